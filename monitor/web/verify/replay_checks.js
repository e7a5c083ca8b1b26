// The checks of what replay tools read: every line of the index leads to a record, and the page list tells what was captured.

import { decodeText, toHex } from "./bytes.js";
import { get, getText, parseJson } from "./canonical.js";
import { Damage } from "./damage.js";
import { safeUri } from "./heads.js";
import { mainPage } from "./provenance.js";
import { readPart } from "./package_checks.js";

const INDEX = "indexes/index.cdx";
const PAGES = "pages/pages.jsonl";

function* parseLines(bytes, check, path, skip) {
  const text = decodeText(bytes);
  if (text === null) {
    check.fail("not_utf8", path);
    return;
  }
  for (const line of text.split("\n").filter(Boolean)) {
    try {
      yield parseJson(line.slice(skip(line)));
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
    found.records.map((one) => [`${one.path.split("/").pop()} ${one.offset} ${one.length}`, one]),
  );
  for (const line of parseLines(bytes, check, INDEX, (text) => Math.max(0, text.indexOf("{")))) {
    const place = `${getText(line, "filename")} ${getText(line, "offset")} ${getText(line, "length")}`;
    const record = places.get(place);
    const digest = getText(line, "digest");
    if (record && record.uri === safeUri(getText(line, "url")) && digest === `sha256:${toHex(record.payloadDigest)}`) check.pass();
    else check.fail("index_line", getText(line, "url"));
  }
}

export async function checkPageList(pack, proof, found, report) {
  const check = report.check("replay_pages");
  const bytes = await readPart(pack, PAGES);
  if (!bytes) {
    check.lack("part_missing", PAGES);
    return;
  }
  if (!found.provenance || proof.redactions.length) return; // what is withheld there cannot be compared
  const { capture, exchanges } = found.provenance;
  for (const page of parseLines(bytes, check, PAGES, () => 0)) {
    if (!getText(page, "url")) continue; // the first line says what the list is
    const title = getText(capture, "title") || getText(capture, "final_url") || getText(capture, "url");
    const wrong = [
      getText(page, "url") === mainPage(capture, exchanges) ? "" : "url",
      get(capture, "title") instanceof Map || getText(page, "title") === title ? "" : "title",
      found.pageText === undefined || getText(page, "text") === found.pageText ? "" : "text",
    ].filter(Boolean);
    if (wrong.length) check.fail("page_line", wrong.join(", "));
    else check.pass();
  }
}
