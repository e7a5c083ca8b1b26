// proof.json (cardwatch-proof-1): what an export says of itself. Nothing in it is believed; it names the parts to check.

import { get, getText, parseJson } from "./canonical.js";
import { fromHex, isDigest } from "./bytes.js";
import { demand } from "./damage.js";

export const PROOF_PATH = "cardwatch/proof.json";
const MOST_LIST = 4096;

function listOf(proof, ...path) {
  const found = get(proof, ...path) ?? [];
  demand(Array.isArray(found) && found.length <= MOST_LIST, "bad_proof", path.join("."));
  return found;
}

function pathOf(item, key) {
  const path = getText(item, key);
  demand(path !== "", "bad_proof", key);
  return path;
}

function statedDigest(item, ...path) {
  const digest = getText(item, ...path);
  demand(isDigest(digest), "bad_proof", path.join("."));
  return digest;
}

function readKey(item) {
  return { index: get(item, "index"), path: pathOf(item, "path"), proof: pathOf(item, "proof") };
}

function readSalts(proof) {
  const seed = get(proof, "salts", "seed");
  if (seed !== undefined) {
    const bytes = fromHex(seed);
    demand(bytes?.length === 32, "bad_proof", "salts.seed");
    return { seed: bytes, labels: new Map() };
  }
  const labels = new Map();
  for (const [label, salt] of get(proof, "salts", "labels") ?? []) {
    const bytes = fromHex(salt);
    demand(bytes?.length === 32, "bad_proof", `salts.labels.${label}`);
    labels.set(label, bytes);
  }
  return { seed: null, labels };
}

export function parseProofFile(bytes) {
  const proof = parseJson(bytes);
  demand(getText(proof, "format") === "cardwatch-proof-1", "bad_proof", "format");
  const resolved = get(proof, "resolved");
  const index = get(proof, "entry", "index");
  demand(Number.isSafeInteger(index) && index >= 0, "bad_proof", "entry.index");
  const derivative = get(proof, "derivative");
  return {
    capture: get(proof, "capture"),
    manifest: { path: pathOf(get(proof, "manifest"), "path"), sha256: statedDigest(proof, "manifest", "sha256") },
    warc: {
      path: pathOf(get(proof, "warc"), "path"),
      sha256: statedDigest(proof, "warc", "sha256"),
      bytes: get(proof, "warc", "bytes"),
      redacted: get(proof, "warc", "redacted") === true,
    },
    resolved: resolved instanceof Map ? { path: pathOf(resolved, "path"), sha256: statedDigest(resolved, "sha256") } : null,
    entry: { path: pathOf(get(proof, "entry"), "path"), index, proof: pathOf(get(proof, "entry"), "proof") },
    checkpoint: pathOf(proof, "checkpoint"),
    origin: getText(proof, "log", "origin"),
    keys: listOf(proof, "log", "keys").map(readKey),
    consistency: getText(proof, "consistency", "path"),
    laterKeys: listOf(proof, "consistency", "keys").map(readKey),
    tokens: listOf(proof, "tokens").map((item) => ({
      kind: getText(item, "kind"),
      authority: getText(item, "authority"),
      path: pathOf(item, "path"),
      chain: getText(item, "chain"),
      of: pathOf(item, "of"),
    })),
    salts: readSalts(proof),
    redactions: listOf(proof, "redactions"),
    records: get(proof, "records"),
    derivative: derivative instanceof Map ? derivative : null,
    fields: proof,
  };
}
