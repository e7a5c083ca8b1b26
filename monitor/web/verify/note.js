// C2SP signed notes, log checkpoints and proof files: c2sp.org/signed-note, /tlog-checkpoint, /tlog-proof.

import { decodeText, encodeText, fromBase64, sameBytes, toHex } from "./bytes.js";
import { Damage, demand } from "./damage.js";
import { verifyEd25519 } from "./ed25519.js";
import { sha256 } from "./sha2.js";

const MOST_NOTE = 1 << 16;
const MOST_HASHES = 64;
const MOST_SIGNATURES = 100;

export function parseNote(bytes, most = MOST_NOTE) {
  // { text, signatures: [{ name, hash, signature }], bytes }
  demand(bytes.length <= most, "too_large");
  const whole = decodeText(bytes);
  demand(whole !== null && !/[\u0000-\u0009\u000b-\u001f\u007f]/.test(whole), "no_note");
  const split = whole.lastIndexOf("\n\n");
  demand(split > 0 && whole.endsWith("\n"), "no_note");
  const lines = whole.slice(split + 2, -1).split("\n");
  demand(lines.length <= MOST_SIGNATURES, "no_note");
  const signatures = lines.map((line) => {
    const found = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/=]+)$/.exec(line);
    const raw = found && fromBase64(found[2]);
    demand(raw && raw.length > 4, "no_note", line);
    return { name: found[1], hash: raw.subarray(0, 4), signature: raw.subarray(4) };
  });
  return { text: whole.slice(0, split + 1), signatures, bytes };
}

export function parseHead(note) {
  // { origin, size, root } of a checkpoint's text.
  const lines = note.text.slice(0, -1).split("\n");
  const [origin, size, root] = lines;
  const hash = fromBase64(root);
  demand(origin && /^(?:0|[1-9][0-9]{0,15})$/.test(size ?? "") && hash?.length === 32, "no_checkpoint");
  demand(Number.isSafeInteger(Number(size)), "no_checkpoint");
  return { origin, size: Number(size), root: hash };
}

export function parseCheckpoint(bytes) {
  const note = parseNote(bytes);
  return { note, ...parseHead(note) };
}

export function parseProof(bytes) {
  // { index, hashes, checkpoint: bytes } of a c2sp.org/tlog-proof@v1 file.
  demand(bytes.length <= MOST_NOTE * 2, "too_large");
  const text = decodeText(bytes);
  const split = text === null ? -1 : text.indexOf("\n\n");
  demand(split > 0, "no_proof");
  const lines = text.slice(0, split).split("\n");
  demand(lines.shift() === "c2sp.org/tlog-proof@v1", "no_proof");
  if (lines[0]?.startsWith("extra ")) demand(fromBase64(lines.shift().slice(6)), "no_proof");
  const found = /^index (0|[1-9][0-9]{0,15})$/.exec(lines.shift() ?? "");
  demand(found && Number.isSafeInteger(Number(found[1])) && lines.length <= MOST_HASHES, "no_proof");
  const hashes = lines.map(fromBase64);
  demand(
    hashes.every((hash) => hash?.length === 32),
    "no_proof",
  );
  return { index: Number(found[1]), hashes, checkpoint: encodeText(text.slice(split + 2)) };
}

export function parseVerifierKey(text) {
  // { name, hash, publicKey, text } of `name+hash+base64(0x01 || public key)`.
  const found = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(typeof text === "string" ? text.trim() : "");
  const raw = found && fromBase64(found[3]);
  demand(raw && raw.length === 33 && raw[0] === 1, "no_key");
  const key = nameKey(raw.subarray(1), found[1]);
  demand(toHex(key.hash) === found[2], "no_key");
  return key;
}

export function nameKey(publicKey, name) {
  // The same key pair has another hash under another origin.
  const hash = sha256(encodeText(`${name}\n\u0001`), publicKey).subarray(0, 4);
  return { name, hash, publicKey };
}

export async function isSignedBy(note, key) {
  // A good signature by this key, and no bad one under its name and hash.
  const made = note.signatures.filter((one) => one.name === key.name && sameBytes(one.hash, key.hash));
  for (const one of made) {
    if (!(await verifyEd25519(key.publicKey, one.signature, encodeText(note.text)))) return false;
  }
  return made.length > 0;
}

export function parseEither(bytes) {
  // A checkpoint, from a checkpoint file or from the proof file that holds one.
  try {
    return parseCheckpoint(bytes);
  } catch (error) {
    if (!(error instanceof Damage)) throw error;
    return parseCheckpoint(parseProof(bytes).checkpoint);
  }
}
