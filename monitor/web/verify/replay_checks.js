// The checks of what replay tools read: the records beside the sealed WARC, every line of the index, and the page list.

import { decodeLoosely, decodeText, encodeText, isDigest, sameBytes, toHex } from "./bytes.js";
import { get, getText, parseJson } from "./canonical.js";
import { isScreenshot, noteDamage, walkRecords } from "./capture_checks.js";
import { Damage } from "./damage.js";
import { hidesHeaders, openLines, safeUri, writeResponseHead } from "./heads.js";
import { readPart } from "./package_checks.js";
import { digestOf, listParts, mainPage } from "./provenance.js";
import { sha256 } from "./sha2.js";
import { makeSortKey } from "./sort_key.js";
import { blobOf } from "./zip.js";

const INDEX = "indexes/index.cdx";
const PAGES = "pages/pages.jsonl";

export async function checkResolved(pack, proof, found, redactions, report, progress) {
  if (!found.provenance) return;
  const parts = listParts(found.provenance);
  if (proof.resolved) await walkResolved(pack, proof, found, parts, report, progress);
  const check = report.check("payloads");
  for (const part of parts) {
    if (found.payloads.has(part.digest) || isEmpty(part.digest)) check.pass();
    else if (redactions.resolved.has(part.digest) || proof.warc.redacted) check.hide("payload_withheld", part.uri);
    else check.lack("payload_missing", part.uri);
  }
}

function isEmpty(digest) {
  return digest === digestOf(undefined) || !isDigest(digest);
}

async function walkResolved(pack, proof, found, parts, report, progress) {
  const { path, sha256: stated } = proof.resolved;
  const entry = pack.entries.get(path);
  const check = report.check("resolved_digest");
  if (!entry || !pack.digests.has(path)) {
    check.lack("part_missing", path);
    return;
  }
  if (pack.digests.get(path) === stated) check.pass();
  else check.fail("other_digest", path);
  const keep = (head) => report.screenshot === null && isScreenshot(head);
  try {
    const blob = await blobOf(pack, entry);
    for await (const record of walkRecords(blob, keep, progress, { bytes: 0 })) {
      checkResolvedRecord(record, parts, report);
      if (record.payload) report.screenshot = new Blob([record.payload], { type: "image/png" });
      found.payloads.add(toHex(record.payloadDigest));
      found.records.push({ ...record, payload: null, path });
    }
  } catch (error) {
    if (error instanceof Damage && error.what === "cut_off") report.check("resolved_payloads").lack(error.what, path);
    else noteDamage(report.check(error.what === "unpacks_beyond" ? "zip_bounds" : "resolved_payloads"), error, path);
  }
}

function checkResolvedRecord(record, parts, report) {
  const label = `${record.type} ${record.uri}`;
  const digest = toHex(record.payloadDigest);
  const check = report.check("resolved_payloads");
  if (record.problem) check.fail(record.problem, label);
  const named = parts.filter((part) => part.type === record.type && part.uri === record.uri && part.digest === digest);
  if (!named.length) {
    check.fail("payload_not_named", label);
    return;
  }
  const date = record.headers.get("warc-date");
  const dated = named.filter((part) => part.reused || part.date === date);
  if (!dated.length) check.fail("other_date", label);
  else check.pass();
  if (record.type === "response") checkHead(record, named, report.check("resolved_heads"), label);
}

function checkHead(record, named, check, label) {
  const heads = named.map(({ exchange }) => [exchange, writeResponseHead(exchange, get(exchange, "body") ? record.payloadBytes : 0)]);
  if (heads.some(([, head]) => sameBytes(head, record.head))) check.pass();
  else if (heads.some(([exchange, head]) => hidesHeaders(exchange) && openLines(head) === openLines(record.head))) check.hide("head_masked", label);
  else check.fail("other_head", label);
}

function findLineProblem(line, text, record) {
  // "" for a line that is what its record says; null for one whose sort key cannot be made here.
  const url = getText(line, "url");
  const [stamp, ...words] = text.slice(0, text.indexOf("{")).trim().split(" ").reverse();
  const status = decodeLoosely(record.head.subarray(9, 12));
  const fits =
    record.uri === safeUri(url) &&
    getText(line, "digest") === `sha256:${toHex(record.payloadDigest)}` &&
    stamp === (record.headers.get("warc-date") ?? "").replace(/\D/g, "").slice(0, 14) &&
    (record.type !== "response" || status === getText(line, "status").padStart(3, "0"));
  if (!fits) return "index_line";
  const key = words.reverse().join(" ");
  const own = makeSortKey(lookedUp(url, line));
  return own === null ? null : key === own ? "" : "index_key";
}

function lookedUp(url, line) {
  // A request with a body is told apart by its method and body.
  if (get(line, "method") === undefined) return url;
  const body = getText(line, "requestBody");
  return `${url}${url.includes("?") ? "&" : "?"}__wb_method=${getText(line, "method")}${body ? `&${body}` : ""}`;
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
    const problem = record ? findLineProblem(line, text, record) : "index_line";
    if (problem) check.fail(problem, getText(line, "url"));
    else if (problem === null) check.doubt("index_key_unknown", getText(line, "url"));
    else check.pass();
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
  const pages = [...parseLines(bytes, check, PAGES)];
  if (pages.length !== 2) {
    if (check.status !== "failed") check.fail("page_line", `${pages.length} / 2`); // the first line says what the list is
    return;
  }
  const wrong = findPageFaults(pages[1][0], proof, found.provenance);
  if (wrong.length) check.fail("page_line", wrong.join(", "));
  else check.pass();
}

function findPageFaults(page, proof, { capture, exchanges }) {
  const main = mainPage(capture, exchanges);
  const fits = { url: getText(page, "url") === main.url, ts: getText(page, "ts") === main.ts };
  if (proof.warc.redacted && !(fits.url && fits.ts)) return []; // what it would be compared with is withheld
  const title = getText(capture, "title") || getText(capture, "final_url") || getText(capture, "url");
  fits.id = getText(page, "id") === getText(capture, "id");
  fits.title = proof.redactions.some((item) => get(item, "visit") === true) || getText(page, "title") === title;
  fits.text = proof.warc.redacted || fitsText(getText(page, "text"), capture);
  return Object.keys(fits).filter((name) => !fits[name]);
}
