// pack.json (cardwatch-pack-1): what a pack says of itself. Nothing in it is believed; it names the parts to check.

import { isDigest } from "./bytes.js";
import { get, getText, parseJson } from "./canonical.js";
import { demand } from "./damage.js";
import { fullTime } from "./heads.js";
import { isMapping, isString, isWhole, namedEntry, openSalt, readLogProof, takeField, takeList } from "./proof.js";

export const PACK_PATH = "proof/pack.json";
export const PACK_NOTE_PATH = "proof/pack.note";
export const COMMITTED = ["bytes", "length", "media_type", "name", "note"];
const STATED_LABELS = ["media_type", "name", "note"];
const WHATS = ["capture", "original", "masked", "made"];
const lengthOf = (text) => [...text].length;

export function parsePackFile(bytes) {
  const fields = parseJson(bytes);
  demand(getText(fields, "format") === "cardwatch-pack-1", "bad_proof", "format");
  const files = takeList(fields, "files").map(packedFile);
  const items = takeList(fields, "items").map(packedItem);
  const madeAt = takeField(fields, "made_at", (value) => isString(value) && fullTime(value) === value);
  const told = { case: takeName(fields, "case"), channel: takeName(fields, "channel"), madeAt, files };
  const pack = { ...readLogProof(fields), ...told, items: new Map(items.map((item) => [item.id, item])) };
  demand(pack.items.size === items.length, "bad_proof", "items");
  demand(new Set(files.map((file) => file.path)).size === files.length, "listed_twice");
  demandTied(pack);
  return pack;
}

export function listProofPaths(pack, growth) {
  // The paths of all files that prove something; `growth` are the checkpoints that consistency.json names.
  const items = [...pack.items.values()];
  const paths = [PACK_PATH, pack.checkpoint, ...growth, ...items.map((item) => item.manifest.path)];
  const entries = [...items.map((item) => item.entry), ...pack.keys, ...pack.laterKeys, ...pack.renewals.map((one) => one.entry)];
  for (const entry of entries) paths.push(entry.path, entry.proof);
  for (const token of pack.tokens) paths.push(token.path, ...(token.chain ? [token.chain] : []));
  for (const { checkpoint } of pack.renewals) paths.push(checkpoint);
  return pack.consistency ? [...paths, pack.consistency] : paths;
}

function takeName(fields, key) {
  return takeField(fields, key, (value) => isString(value) && lengthOf(value) <= 100);
}

function isPlainPath(path) {
  if (!path || lengthOf(path) > 512 || path.startsWith("/") || [...path][1] === ":") return false;
  return !/[\p{Cc}\p{Cf}\p{Cs}\\]/u.test(path) && path.split("/").every((part) => !["", ".", ".."].includes(part));
}

function packedFile(item) {
  const path = takeField(item, "path", (value) => isString(value) && isPlainPath(value) && value.split("/")[0] !== "proof");
  const what = takeField(item, "what", (value) => WHATS.includes(value));
  const size = takeField(item, "bytes", (value) => isWhole(value) && value >= 0);
  const id = item.has("id") ? takeName(item, "id") : "";
  demand(Boolean(id) === (what !== "made"), "bad_proof", path);
  return { path, what, size, id, sha256: takeField(item, "sha256", isDigest) };
}

function packedItem(item) {
  const [manifest, disclosed, stated] = ["manifest", "salts", "stated"].map((key) => takeField(item, key, isMapping));
  const [id, original] = [takeName(item, "id"), takeName(item, "original")];
  const salts = new Map([...disclosed].map(([label, salt]) => [label, openSalt(salt, label)]));
  const isKnown = [...salts.keys()].every((label) => COMMITTED.includes(label));
  const fits = STATED_LABELS.every((label) => salts.has(label) === stated.has(label)) && [...stated.keys()].every((label) => STATED_LABELS.includes(label));
  demand(id && isKnown && fits, "bad_proof", `salts ${id}`);
  demand(
    [...stated.values()].every((value) => isString(value) && lengthOf(value) <= 4000),
    "bad_proof",
    `stated ${id}`,
  );
  const named = { path: takeField(manifest, "path", isString), sha256: takeField(manifest, "sha256", isDigest) };
  return { id, original, manifest: named, entry: namedEntry(takeField(item, "entry", isMapping)), salts, stated };
}

function demandTied({ files, items }) {
  // Files and items belong together, and no item is a copy of itself.
  const wanted = new Set(files.filter(({ what }) => what === "original" || what === "masked").map(({ id }) => id));
  for (const { original } of items.values()) if (original) wanted.add(original);
  for (const id of wanted) demand(items.has(id), "bad_proof", `items ${id}`);
  demand(wanted.size === items.size, "bad_proof", "items");
  const known = new Set();
  for (const id of items.keys()) {
    const way = new Set();
    for (let name = id; name && !known.has(name); name = get(items, name).original) {
      demand(!way.has(name), "copy_of_itself", name);
      way.add(name);
    }
    for (const name of way) known.add(name);
  }
}
