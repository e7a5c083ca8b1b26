// The checks of what replay tools read: the records beside the sealed WARC, and every line of the index.

import { decodeLoosely, decodeText, isDigest, sameBytes, toBase64, toHex } from "./bytes.js";
import { get, getText, parseJson } from "./canonical.js";
import { isScreenshot, isText, noteDamage, takePayload, walkRecords } from "./capture_checks.js";
import { Damage } from "./damage.js";
import { hidesHeaders, oneLine, safeUri, transferFields, writeResponseHead } from "./heads.js";
import { readPart } from "./package_checks.js";
import { digestOf, listParts } from "./provenance.js";
import { makeSortKey } from "./sort_key.js";
import { blobOf } from "./zip.js";

const MOST_BODY = 4096;
const MOST_BODY_READ = 1 << 20;
export const INDEX_PATH = "indexes/index.cdx";

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
  const { path, sha256: stated, bytes: length } = proof.resolved;
  const entry = pack.entries.get(path);
  const check = report.check("resolved_digest");
  if (!entry || !pack.digests.has(path)) {
    check.lack("part_missing", path);
    return;
  }
  if (pack.digests.get(path) === stated && entry.size === length) check.pass();
  else check.fail("other_digest", path);
  const keep = (head) => isText(head) || (report.screenshot === null && isScreenshot(head));
  try {
    const blob = await blobOf(pack, entry);
    for await (const record of walkRecords(blob, keep, progress, { bytes: 0 })) {
      checkResolvedRecord(record, parts, report);
      if (record.payload && isScreenshot(record)) report.isEarlierScreenshot = isMadeEarlier(record, parts);
      takePayload(record, found, report);
      found.payloads.add(toHex(record.payloadDigest));
      found.records.push({ ...record, payload: null, path });
    }
  } catch (error) {
    if (error instanceof Damage && error.what === "cut_off") report.check("resolved_payloads").lack(error.what, path);
    else noteDamage(report.check(error.what === "unpacks_beyond" ? "zip_bounds" : "resolved_payloads"), error, path);
  }
}

function isMadeEarlier(record, parts) {
  // A picture of this visit with the bytes of an older one lies beside the sealed WARC too.
  return !parts.some((part) => !part.reused && part.uri === record.uri && part.digest === toHex(record.payloadDigest));
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
  if (!named.some((part) => statesOnly(record, part))) report.check("resolved_heads").fail("other_head", label);
  if (record.type === "response") checkHead(record, named, report.check("resolved_heads"), label);
}

const COMMON = ["type", "record-id", "target-uri", "date", "payload-digest", "block-digest"].map((name) => `warc-${name}`);

function statesOnly(record, { exchange, mediaType }) {
  // Whether the WARC header has just the fields that the visit gives: so that nobody adds an address or a reason.
  const given = exchange ? { "content-type": "application/http; msgtype=response", ...transferFields(exchange) } : { "content-type": mediaType };
  const told = [...record.headers].filter(([name]) => !COMMON.includes(name) && name !== "content-length");
  return told.length === Object.keys(given).length && told.every(([name, value]) => oneLine(given[name] ?? "") === value);
}

function checkHead(record, named, check, label) {
  const heads = named.map(({ exchange }) => [exchange, writeResponseHead(exchange, get(exchange, "body") ? record.payloadBytes : 0)]);
  const same = heads.filter(([, head]) => sameBytes(head, record.head));
  if (same.some(([exchange]) => hidesHeaders(exchange))) check.hide("head_masked", label);
  else if (same.length) check.pass();
  else check.fail("other_head", label);
}

const LINE_FIELDS = ["url", "mime", "status", "digest", "length", "offset", "filename", "recordDigest", "method", "requestBody"];

function findLineProblem(line, text, record, visit) {
  // "" for a line that is what its record says; null for one whose sort key cannot be made here.
  const url = getText(line, "url");
  const head = text.slice(0, text.indexOf("{")).replace(/ $/, "");
  const split = head.lastIndexOf(" ");
  const status = record.type === "response" ? decodeLoosely(record.head.subarray(9, 12)) : "200";
  const types = visit.types.get(`${record.type} ${record.uri}`);
  const mime = getText(line, "mime");
  const fits =
    [...line].every(([name, value]) => LINE_FIELDS.includes(name) && typeof value === "string") &&
    /^(sha256:[0-9a-f]{64})?$/.test(getText(line, "recordDigest")) &&
    record.uri === safeUri(url) &&
    getText(line, "digest") === `sha256:${toHex(record.payloadDigest)}` &&
    head.slice(split + 1) === (record.headers.get("warc-date") ?? "").replace(/\D/g, "").slice(0, 14) &&
    status === getText(line, "status").padStart(3, "0") &&
    (types ? types.has(mime) : visit.redacted && mime !== "warc/revisit") &&
    isAsked(line, record, visit);
  if (!fits) return "index_line";
  const own = makeSortKey(lookedUp(url, line));
  return own === null ? null : head.slice(0, split) === own ? "" : "index_key";
}

function isAsked(line, record, visit) {
  // Whether an exchange of this address has this method and this body, as far as the body can be written out here.
  const method = getText(line, "method");
  if (record.type !== "response") return !method && !getText(line, "requestBody");
  const asked = visit.methods.get(record.uri) ?? [];
  const digest = toHex(record.payloadDigest);
  const body = getText(line, "requestBody");
  const isSame = (one) => one.method === method && (one.body === null || one.body === body);
  const isOne = asked.some((one) => isSame(one) && (visit.redacted || one.digest === digest));
  return isOne || (visit.redacted && !asked.length && !getText(line, "requestBody"));
}

function writeBody(exchange, method, sent) {
  // A request's body as the index states it; null for JSON and forms in parts, which are compared in the sort key only.
  const digest = digestOf(get(exchange, "request_body"));
  if (isEmpty(digest) || !["POST", "PUT"].includes(method)) return "";
  const body = sent.get(digest)?.subarray(0, MOST_BODY_READ);
  if (!body) return null;
  const stated = (get(exchange, "request_headers") ?? []).find((pair) => String(pair[0]).toLowerCase() === "content-type");
  const kind = typeof stated?.[1] === "string" ? stated[1].trim().toLowerCase() : "";
  if (["application/json", "text/plain", "multipart/"].some((start) => kind.startsWith(start))) return null;
  const form = kind.startsWith("application/x-www-form-urlencoded") ? decodeText(body) : null;
  return [...(form === null ? `__wb_post_data=${toBase64(body)}` : unquoteForm(form))].slice(0, MOST_BODY).join("");
}

export function unquoteForm(text) {
  const plain = text.replaceAll("+", " ");
  return plain.replace(/(?:%[0-9a-fA-F]{2})+/g, (run) => decodeLoosely(Uint8Array.from(run.slice(1).split("%"), (hex) => parseInt(hex, 16))));
}

function gatherVisit(found, proof) {
  // What the visit tells of the records: media types by kind and address, methods by address.
  const types = new Map();
  for (const { type, uri, mediaType } of listParts(found.provenance)) {
    const key = `${type} ${uri}`;
    types.set(key, (types.get(key) ?? new Set()).add(mediaType || "unknown"));
  }
  const methods = new Map();
  for (const exchange of found.provenance.exchanges) {
    if (!getText(exchange, "url")) continue; // withheld
    const uri = safeUri(getText(exchange, "url"));
    const given = get(exchange, "method") ?? "GET";
    const method = ["GET", "HEAD", ""].includes(given) ? "" : given;
    const body = method && !proof.warc.redacted ? writeBody(exchange, method, found.sent) : "";
    methods.set(uri, [...(methods.get(uri) ?? []), { method, body, digest: digestOf(get(exchange, "body")) }]);
  }
  return { types, methods, redacted: proof.warc.redacted };
}

function lookedUp(url, line) {
  // A request with a body is told apart by its method and body.
  if (get(line, "method") === undefined) return url;
  const body = getText(line, "requestBody");
  return `${url}${url.includes("?") ? "&" : "?"}__wb_method=${getText(line, "method")}${body ? `&${body}` : ""}`;
}

export function* parseLines(bytes, check, path) {
  const text = decodeText(bytes);
  if (text === null) {
    check.fail("not_utf8", path);
    return;
  }
  for (const line of text.replace(/\n$/, "").split("\n")) {
    try {
      yield [parseJson(line.slice(Math.max(0, line.indexOf("{")))), line];
    } catch (error) {
      if (!(error instanceof Damage)) throw error;
      check.fail(error.what, path);
      return;
    }
  }
}

export async function checkIndex(pack, proof, found, report) {
  const check = report.check("replay_index");
  const bytes = await readPart(pack, INDEX_PATH);
  if (!bytes) {
    check.lack("part_missing", INDEX_PATH);
    return;
  }
  const places = new Map(
    found.records.filter((one) => one.type === "response" || one.type === "resource").map((one) => [`${one.path.split("/").pop()} ${one.offset} ${one.length}`, one]),
  );
  const visit = gatherVisit(found, proof);
  let before = "";
  for (const [line, text] of parseLines(bytes, check, INDEX_PATH)) {
    if (text < before) check.fail("index_order", getText(line, "url")); // looked up by halving: elsewhere it is not found
    before = text;
    const place = `${getText(line, "filename")} ${getText(line, "offset")} ${getText(line, "length")}`;
    const record = places.get(place);
    places.delete(place);
    const problem = record ? findLineProblem(line, text, record, visit) : "index_line";
    if (problem) check.fail(problem, getText(line, "url"));
    else if (problem === null) check.doubt("index_key_unknown", getText(line, "url"));
    else check.pass();
  }
  for (const left of places.values()) check.fail("index_gap", left.uri);
}
