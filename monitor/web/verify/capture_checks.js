// The checks of one capture: its manifest, its WARC record by record, its provenance, and the records beside it.

import { decodeLoosely, fromHex, join, toHex } from "./bytes.js";
import { get, getText } from "./canonical.js";
import { Damage } from "./damage.js";
import { endOfMember } from "./gzip.js";
import { fullTime } from "./heads.js";
import { blindExchange, commit, isRedacted, jsonPiece, parseManifest, recordPiece, saltOf } from "./manifest.js";
import { readPart } from "./package_checks.js";
import { parseProvenance } from "./provenance.js";
import { readRecord } from "./warc.js";
import { blobOf, unpack } from "./zip.js";

const PROVENANCE_URI = "urn:cardwatch:capture:";
const PROVENANCE_LIMIT = 128 << 20;
const SCREENSHOT_LIMIT = 64 << 20;
const MANIFEST_LIMIT = 64 << 20;
const MOST_REGIONS = 6;
const MOST_SENT = 2 << 20;

export async function gunzip(bytes, most) {
  const parts = [];
  for await (const part of unpack(new Blob([bytes]), "gzip", most)) parts.push(part);
  return join(...parts);
}

export function noteDamage(check, error, detail) {
  if (!(error instanceof Damage)) throw error;
  check.fail(error.what, [detail, error.detail].filter(Boolean).join(": "));
}

export async function checkManifest(pack, proof, report) {
  // The manifest, or null when there is none that can be read.
  const check = report.check("manifest_digest");
  const packed = await readPart(pack, proof.manifest.path);
  if (!packed) {
    check.lack("part_missing", proof.manifest.path);
    return null;
  }
  const digest = pack.digests.get(proof.manifest.path);
  if (digest === proof.manifest.sha256) check.pass();
  else check.fail("other_digest", proof.manifest.path);
  try {
    const manifest = parseManifest(await gunzip(packed, MANIFEST_LIMIT));
    report.check("manifest_format").pass();
    return manifest;
  } catch (error) {
    noteDamage(report.check("manifest_format"), error, proof.manifest.path);
    return null;
  }
}

const STATED = ["id", "url", "started_at", "ended_at", "title"];

export function checkStatements(proof, manifest, provenance, redactions, report) {
  // proof.json, the manifest and the provenance tell the same; what is shown comes from the manifest.
  const check = report.check("statement");
  const sealed = get(manifest.fields, "capture");
  const same = (what, one, other) => (one === other ? check.pass() : check.fail("other_statement", what));
  for (const field of ["id", "url", "started_at", "ended_at"]) same(`proof.json ${field}`, get(proof.capture, field), get(sealed, field));
  for (const field of proof.capture.keys()) if (!STATED.includes(field)) check.fail("other_statement", `proof.json ${field.slice(0, 40)}`);
  // A masked visit bears the title that is left of it: nobody may state another.
  if (provenance) same("proof.json title", getText(proof.capture, "title"), get(provenance.capture, "title") ?? "");
  if (!provenance || redactions.visit) return;
  for (const field of ["id", "url", "outcome", "reason", "status", "started_at", "ended_at"]) {
    const seen = get(provenance.capture, field);
    if (seen === undefined || seen === null) continue; // a default is left out
    same(field, field.endsWith("_at") ? fullTime(String(seen)) : seen, get(sealed, field));
  }
}

export async function checkWarc(pack, proof, manifest, redactions, report, progress) {
  // Walks all records. Gives what the later checks need: { provenance, payloads: Set of digests, places }.
  const found = { provenance: null, payloads: new Set(), records: [], texts: new Map(), sent: new Map(), shift: 0, unpacked: { bytes: 0 } };
  const entry = pack.entries.get(proof.warc.path);
  const digest = pack.digests.get(proof.warc.path);
  const check = report.check("warc_digest");
  if (!entry || !digest) {
    check.lack("part_missing", proof.warc.path);
    return found;
  }
  if (digest !== proof.warc.sha256 || entry.size !== proof.warc.bytes) check.fail("other_digest", proof.warc.path);
  else if (proof.warc.redacted) check.hide("redacted_copy", proof.warc.path);
  else if (digest !== manifest.warc || entry.size !== manifest.warcBytes) check.fail("other_digest", proof.warc.path);
  else check.pass();
  try {
    const blob = await blobOf(pack, entry);
    for (const [number, place] of listPlaces(proof, manifest, redactions, report, entry.size)) {
      await checkRecord(blob, number, place, { manifest, proof, redactions, report, found, progress });
    }
  } catch (error) {
    noteDamage(report.check(error.what === "unpacks_beyond" ? "zip_bounds" : "zip_structure"), error, proof.warc.path);
  }
  return found;
}

function listPlaces(proof, manifest, redactions, report, size) {
  // Where each record lies, from byte 0 to the end of the file without a gap.
  const check = report.check("warc_records");
  const places = [];
  manifest.records.forEach((record, number) => {
    let place = [record.offset, record.length];
    if (proof.warc.redacted) {
      place = get(proof.records, String(number)) ?? null;
      if (!place) {
        if (redactions.records.get(number)?.how === "withheld") report.check("record_commitments").hide("record_withheld", number);
        else report.check("record_commitments").lack("record_missing", number);
        return;
      }
    }
    places.push([number, place]);
  });
  let at = 0;
  for (const [number, [offset, length]] of [...places].sort((one, other) => one[1][0] - other[1][0])) {
    if (offset !== at) check.fail("record_place", number);
    at = offset + length;
  }
  if (at !== size) check.fail("record_place", `${at} / ${size}`);
  return places;
}

async function checkRecord(blob, number, [offset, length], { manifest, proof, redactions, report, found, progress }) {
  const stated = manifest.records[number];
  const check = report.check("warc_records");
  const shots = report.screenshot === null;
  let record;
  try {
    const keep = (head) => {
      if (head.uri.startsWith(PROVENANCE_URI)) return head.payloadBytes <= PROVENANCE_LIMIT;
      return isText(head) || isSmallRequest(head) || (shots && isScreenshot(head)) || (report.regions.length < MOST_REGIONS && isRegion(head));
    };
    record = await readShifted(blob, offset, length, found, { keep, progress });
  } catch (error) {
    if (error.what === "unpacks_beyond") throw error;
    noteDamage(check, error, `#${number}`);
    return;
  }
  const label = `#${number} ${record.type} ${record.uri}`;
  if (record.problem) check.fail(record.problem, label);
  else if (record.type !== stated.type) check.fail("record_type", label);
  else check.pass();
  if (record.type !== "revisit") found.payloads.add(toHex(record.payloadDigest));
  if (record.offset !== offset || record.length !== length) check.fail("record_place", label);
  found.shift = record.offset + record.length - offset - length;
  found.records.push({ ...record, payload: null, path: proof.warc.path });
  checkCommitment(number, record, stated, { proof, redactions, report, label });
  if (record.uri.startsWith(PROVENANCE_URI) && record.type === "metadata" && record.payload) {
    readProvenance(record, number, found, report);
  } else takePayload(record, found, report);
}

export function takePayload(record, found, report) {
  // Keeps the text of the page, by the digest of its bytes, the first screenshot and some of changed places.
  if (!record.payload) return;
  if (record.type === "request") found.sent.set(toHex(record.payloadDigest), record.payload);
  else if (isText(record)) found.texts.set(toHex(record.payloadDigest), decodeLoosely(record.payload));
  else if (isRegion(record)) report.regions.push(new Blob([record.payload], { type: "image/png" }));
  else report.screenshot ??= new Blob([record.payload], { type: "image/png" });
}

function isSmallRequest(record) {
  // Whose body may stand in the index, where it tells answers of one address apart.
  return record.type === "request" && record.payloadBytes > 0 && record.payloadBytes <= MOST_SENT;
}

export function isText(record) {
  return record.type === "resource" && record.uri.startsWith("urn:text:") && record.payloadBytes <= SCREENSHOT_LIMIT;
}

async function readShifted(blob, offset, length, found, { keep, progress }) {
  // The record of a place. Where one before it has grown or shrunk, the others are looked for behind that: each is named.
  let trouble;
  for (const start of found.shift ? [offset + found.shift, offset] : [offset]) {
    try {
      if (start === offset) return await readAt(blob, offset, offset + length, found, { keep, progress });
    } catch (error) {
      if (!(error instanceof Damage) || error.what === "unpacks_beyond") throw error;
      trouble = error;
    }
    try {
      return await readAt(blob, start, await endOfMember(blob, start), found, { keep, progress });
    } catch (error) {
      if (!(error instanceof Damage) || error.what === "unpacks_beyond") throw error;
      trouble ??= error;
    }
  }
  throw trouble;
}

async function readAt(blob, offset, end, found, { keep, progress }) {
  const record = await readRecord(blob.slice(offset, end), keep, progress, found.unpacked);
  return { ...record, offset, length: end - offset };
}

export function isScreenshot(record) {
  return isPicture(record, "urn:fullPage:");
}

function isRegion(record) {
  return isPicture(record, "urn:region-screenshot:");
}

function isPicture(record, start) {
  const isPng = record.uri.startsWith(start) && record.headers.get("content-type") === "image/png";
  return record.type === "resource" && isPng && record.payloadBytes <= SCREENSHOT_LIMIT;
}

export async function* walkRecords(blob, keep, progress, unpacked) {
  // All records of a WARC of which nothing says where they lie.
  for (let offset = 0; offset < blob.size; ) {
    const end = await endOfMember(blob, offset);
    const record = await readRecord(blob.slice(offset, end), keep, progress, unpacked);
    yield { ...record, offset, length: end - offset };
    offset = end;
  }
}

export async function checkWarcAlone(file, report, progress) {
  // A WARC with nothing beside it: only the digests that its records state themselves can be compared.
  const check = report.check("warc_records");
  const unpacked = { bytes: 0 };
  try {
    for await (const record of walkRecords(file, () => false, progress, unpacked)) {
      if (record.problem) check.fail(record.problem, `@${record.offset} ${record.type} ${record.uri}`);
      else check.pass();
    }
  } catch (error) {
    if (error instanceof Damage && error.what === "cut_off") check.lack(error.what, file.name);
    else if (error instanceof Damage && error.what === "unpacks_beyond") report.check("zip_bounds").fail(error.what, file.name);
    else noteDamage(check, error, file.name);
  }
  report.check("nothing_proven").doubt("warc_alone");
}

function readProvenance(record, number, found, report) {
  const check = report.check("warc_records");
  if (number !== 1 || found.provenance) {
    check.fail("bad_provenance", `#${number}`);
    return;
  }
  try {
    found.provenance = parseProvenance(record.payload);
  } catch (error) {
    noteDamage(check, error, `#${number}`);
  }
}

function hasNoSalts(proof) {
  // An erased capture's salts are destroyed; a redacted copy must disclose those of what it shows.
  return !proof.warc.redacted && !proof.salts.seed && !proof.salts.labels.size;
}

function checkCommitment(number, record, stated, { proof, redactions, report, label }) {
  const check = report.check("record_commitments");
  const redaction = redactions.records.get(number);
  if (redaction && redaction.how !== "head") {
    check.hide("record_masked", `${label} (${redaction.what})`);
    return;
  }
  const salt = saltOf(proof.salts, `record:${number}`);
  if (!salt) {
    if (hasNoSalts(proof)) check.doubt("no_salts");
    else check.lack("salt_missing", label);
    return;
  }
  const head = redaction ? fromHex(redaction.head) : record.headDigest;
  if (commit(salt, recordPiece(head, record.payloadDigest)) !== stated.commitment) check.fail("other_commitment", label);
  else if (redaction) check.hide("head_masked", `${label} (${redaction.what})`);
  else check.pass();
}

export function checkProvenance(found, proof, manifest, redactions, report) {
  const exchangeCheck = report.check("exchange_commitments");
  const visitCheck = report.check("visit_commitment");
  const { provenance } = found;
  if (!provenance) {
    const withheld = redactions.records.get(1)?.how === "withheld";
    for (const check of [exchangeCheck, visitCheck]) {
      if (withheld) check.hide("record_withheld", 1);
      else check.lack("no_provenance");
    }
    return;
  }
  if (hasNoSalts(proof)) {
    for (const check of [exchangeCheck, visitCheck]) check.doubt("no_salts");
    return;
  }
  if (provenance.exchanges.length !== manifest.exchanges.length) exchangeCheck.fail("exchange_count");
  provenance.exchanges.slice(0, manifest.exchanges.length).forEach((entry, number) => {
    checkExchange(entry, number, { proof, manifest, redactions, check: exchangeCheck });
  });
  if (!provenance.exchanges.length && !manifest.exchanges.length) exchangeCheck.pass(0);
  const salt = saltOf(proof.salts, "visit");
  if (redactions.visit) visitCheck.hide("visit_masked");
  else if (!salt) visitCheck.lack("salt_missing", "visit");
  else if (commit(salt, jsonPiece(provenance.visit)) !== manifest.visit) visitCheck.fail("other_commitment", "visit");
  else visitCheck.pass();
}

function checkExchange(entry, number, { proof, manifest, redactions, check }) {
  const label = `#${number} ${getText(entry, "url")}`;
  if (isRedacted(entry)) {
    if (entry.get("redacted") !== manifest.exchanges[number]) check.fail("other_commitment", label);
    else if (redactions.exchanges.has(number)) check.hide("exchange_withheld", label);
    else check.fail("redaction_unsaid", label);
    return;
  }
  if (redactions.exchanges.get(number)) {
    if (entry instanceof Map && entry.size === 1 && entry.get("redacted") === true) check.hide("exchange_withheld", label);
    else check.fail("not_withheld", label);
    return;
  }
  const salt = saltOf(proof.salts, `exchange:${number}`);
  const blinded = salt && blindExchange(entry, number, proof.salts);
  if (!blinded) {
    check.lack("salt_missing", label);
    return;
  }
  if (commit(salt, jsonPiece(blinded)) !== manifest.exchanges[number]) check.fail("other_commitment", label);
  else if (hidesValues(entry)) check.hide("values_withheld", label);
  else check.pass();
}

function hidesValues(entry) {
  const headers = ["request_headers", "response_headers"].flatMap((side) => get(entry, side) ?? []);
  return headers.some((pair) => isRedacted(get(pair, 1))) || isRedacted(get(entry, "request_body"));
}
