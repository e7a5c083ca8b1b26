// proof.json (cardwatch-proof-1): what an export says of itself. Nothing in it is believed; it names the parts to check.

import { get, getText, parseJson } from "./canonical.js";
import { fromHex, isDigest } from "./bytes.js";
import { demand } from "./damage.js";

export const PROOF_PATH = "cardwatch/proof.json";
const MOST_LIST = { renewals: 200, "log.keys": 1000, "consistency.keys": 1000, tokens: 200, redactions: 100_000, files: 10_000, items: 10_000 };
const TOKEN_KINDS = ["rfc3161", "opentimestamps"];

export function takeField(item, key, isKind) {
  const value = get(item, key);
  demand(isKind(value), "bad_proof", key);
  return value;
}

export const isString = (value) => typeof value === "string";
export const isMapping = (value) => value instanceof Map;
export const isWhole = (value) => Number.isSafeInteger(value);
const isYesOrNo = (value) => typeof value === "boolean";
const isIndex = (value) => isWhole(value) && value >= 0;

function takeOptional(item, key) {
  // An object, or null where there is none.
  const value = get(item, key) ?? null;
  demand(value === null || isMapping(value), "bad_proof", key);
  return value;
}

export function takeList(item, key, name = key) {
  const found = takeField(item, key, Array.isArray);
  demand(found.length <= MOST_LIST[name] && found.every(isMapping), "bad_proof", name);
  return found;
}

function namedFile(item) {
  return { path: takeField(item, "path", isString), sha256: takeField(item, "sha256", isDigest), bytes: takeField(item, "bytes", isWhole) };
}

export function namedEntry(item) {
  return { path: takeField(item, "path", isString), index: takeField(item, "index", isIndex), proof: takeField(item, "proof", isString) };
}

function namedToken(item) {
  const kind = takeField(item, "kind", isString);
  demand(TOKEN_KINDS.includes(kind), "bad_proof", `kind ${kind.slice(0, 40)}`);
  const [authority, path, of] = ["authority", "path", "of"].map((key) => takeField(item, key, isString));
  return { kind, authority: authority.slice(0, 200), path, chain: getText(item, "chain"), of };
}

function namedRenewal(item) {
  const [token, checkpoint, by] = ["token", "checkpoint", "by"].map((key) => takeField(item, key, isString));
  return { token, entry: namedEntry(takeField(item, "entry", isMapping)), checkpoint, by };
}

export function openSalt(value, label) {
  demand(isDigest(value), "bad_proof", `salts ${label}`);
  return fromHex(value);
}

function openSalts(salts) {
  if (salts.has("seed")) return { seed: openSalt(salts.get("seed"), "seed"), labels: new Map() };
  const labels = salts.has("labels") ? takeField(salts, "labels", isMapping) : new Map();
  return { seed: null, labels: new Map([...labels].map(([label, salt]) => [label, openSalt(salt, label)])) };
}

function takePlaces(value) {
  if (value === undefined || value === null) return new Map();
  demand(isMapping(value), "bad_proof", "records");
  for (const [number, place] of value) {
    const isPlace = Array.isArray(place) && place.length === 2 && place.every(isWhole) && place[0] >= 0 && place[1] > 0;
    demand(/^(0|[1-9][0-9]{0,8})$/.test(number) && isPlace, "bad_proof", "records");
  }
  return value;
}

export function readLogProof(proof) {
  // What an export or a pack says of the log and its tokens.
  const [log, growth] = [takeField(proof, "log", isMapping), takeOptional(proof, "consistency")];
  return {
    checkpoint: takeField(proof, "checkpoint", isString),
    origin: takeField(log, "origin", isString),
    keys: takeList(log, "keys", "log.keys").map(namedEntry),
    consistency: growth ? takeField(growth, "path", isString) : "",
    laterKeys: growth ? takeList(growth, "keys", "consistency.keys").map(namedEntry) : [],
    tokens: takeList(proof, "tokens").map(namedToken),
    renewals: proof.has("renewals") ? takeList(proof, "renewals").map(namedRenewal) : [],
  };
}

export function parseProofFile(bytes) {
  const proof = parseJson(bytes);
  demand(getText(proof, "format") === "cardwatch-proof-1", "bad_proof", "format");
  const [manifest, warc] = ["manifest", "warc"].map((key) => takeField(proof, key, isMapping));
  const [resolved, derivative] = ["resolved", "derivative"].map((key) => takeOptional(proof, key));
  return {
    ...readLogProof(proof),
    capture: takeField(proof, "capture", isMapping),
    manifest: { path: takeField(manifest, "path", isString), sha256: takeField(manifest, "sha256", isDigest) },
    warc: { ...namedFile(warc), redacted: takeField(warc, "redacted", isYesOrNo) },
    resolved: resolved && namedFile(resolved),
    entry: namedEntry(takeField(proof, "entry", isMapping)),
    salts: openSalts(takeField(proof, "salts", isMapping)),
    redactions: takeList(proof, "redactions"),
    records: takePlaces(get(proof, "records")),
    derivative,
    fields: proof,
  };
}
