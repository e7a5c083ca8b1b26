// The checks of what replay tools read: every line of the index leads to a record, and the page list tells what was captured.

import { decodeLoosely, decodeText, encodeText, toHex } from "./bytes.js";
import { get, getText, parseJson } from "./canonical.js";
import { Damage } from "./damage.js";
import { safeUri } from "./heads.js";
import { digestOf, mainPage } from "./provenance.js";
import { readPart } from "./package_checks.js";
import { sha256 } from "./sha2.js";

const INDEX = "indexes/index.cdx";
const PAGES = "pages/pages.jsonl";

function fitsRecord(line, text, record) {
  const stamp = text.slice(0, text.indexOf("{")).trim().split(" ").pop();
  const status = decodeLoosely(record.head.subarray(9, 12));
  return (
    record.uri === safeUri(getText(line, "url")) &&
    getText(line, "digest") === `sha256:${toHex(record.payloadDigest)}` &&
    stamp === (record.headers.get("warc-date") ?? "").replace(/\D/g, "").slice(0, 14) &&
    (record.type !== "response" || status === getText(line, "status").padStart(3, "0"))
  );
}

function* parseLines(bytes, check, path) {
  const text = decodeText(bytes);
  if (text === null) {
    check.fail("not_utf8", path);
    return;
  }
  for (const line of text.split("\n").filter(Boolean)) {
    try {
      yield [parseJson(line.slice(Math.max(0, line.indexOf("{")))), line];
    } catch (error) {
      if (!(error instanceof Damage)) throw error;
      check.fail(error.what, path);
      return;
    }
  }
}

export async function checkIndex(pack, found, report) {
  const check = report.check("replay_index");
  const bytes = await readPart(pack, INDEX);
  if (!bytes) {
    check.lack("part_missing", INDEX);
    return;
  }
  const places = new Map(
    found.records.filter((one) => one.type === "response" || one.type === "resource").map((one) => [`${one.path.split("/").pop()} ${one.offset} ${one.length}`, one]),
  );
  for (const [line, text] of parseLines(bytes, check, INDEX)) {
    const place = `${getText(line, "filename")} ${getText(line, "offset")} ${getText(line, "length")}`;
    const record = places.get(place);
    places.delete(place);
    if (record && fitsRecord(line, text, record)) check.pass();
    else check.fail("index_line", getText(line, "url"));
  }
  for (const left of places.values()) check.fail("index_gap", left.uri);
}

function fitsText(text, capture) {
  // A text whose bytes were no UTF-8 was mended when the list was written: that one is not compared.
  const view = (get(capture, "views") ?? []).find((one) => getText(one, "kind") === "text");
  const digest = get(view, "data") ?? get(view, "digest") ?? "";
  return text.includes("\ufffd") || toHex(sha256(encodeText(text))) === digestOf(digest || undefined);
}

export async function checkPageList(pack, proof, found, report) {
  const check = report.check("replay_pages");
  const bytes = await readPart(pack, PAGES);
  if (!bytes) {
    check.lack("part_missing", PAGES);
    return;
  }
  if (proof.redactions.length) return; // what is withheld there cannot be compared
  const { capture, exchanges } = found.provenance;
  for (const [page] of parseLines(bytes, check, PAGES)) {
    if (!getText(page, "url")) continue; // the first line says what the list is
    const title = getText(capture, "title") || getText(capture, "final_url") || getText(capture, "url");
    const main = mainPage(capture, exchanges);
    const wrong = [
      getText(page, "url") === main.url ? "" : "url",
      getText(page, "ts") === main.ts ? "" : "ts",
      getText(page, "id") === getText(capture, "id") ? "" : "id",
      getText(page, "title") === title ? "" : "title",
      fitsText(getText(page, "text"), capture) ? "" : "text",
    ].filter(Boolean);
    if (wrong.length) check.fail("page_line", wrong.join(", "));
    else check.pass();
  }
}
