// The checks of the package itself: its ZIP, the list of its files, and the signature of that list.

import { encodeText, fromBase64, sameBytes } from "./bytes.js";
import { get, getText, indentedJson, parseJson } from "./canonical.js";
import { Damage } from "./damage.js";
import { parseDer, readOid } from "./asn1.js";
import { Hasher, webCrypto } from "./sha2.js";
import { PROOF_PATH } from "./proof.js";
import { crc32, readEntry, streamEntry } from "./zip.js";

export const LIST = "datapackage.json";
export const SIGNED_LIST = "datapackage-digest.json";
const VERIFIER = "cardwatch/verify.html";
export const EXPLAINING = ["cardwatch/attestation.html", VERIFIER, "cardwatch/README.txt"]; // only the signed list covers them
const NAME_TROUBLES = ["zip_name", "zip_twice", "zip_special"];
const BOUNDS = ["zip_bomb", "unpacks_beyond", "too_large"];

export function noteUnreadable(report, error, detail = error.detail) {
  // What cannot be read at all: failed, or absent where only its end is missing.
  if (!(error instanceof Damage)) throw error;
  if (error.what === "not_zip") {
    report.check("nothing_proven").doubt(error.what, detail);
    return;
  }
  const id = BOUNDS.includes(error.what) ? "zip_bounds" : "zip_structure";
  report.check(id).note(error.what === "cut_off" ? "absent" : "failed", error.what, detail);
}

export function notePackage(pack, report) {
  // What is wrong with the container.
  for (const id of ["zip_structure", "file_names", "zip_bounds"]) report.check(id).pass();
  for (const [what, detail] of pack.problems) {
    report.check(NAME_TROUBLES.includes(what) ? "file_names" : "zip_structure").fail(what, detail);
  }
}

export function noteRest(rest, report) {
  for (const name of rest) report.check("other_files").doubt("outside", name);
}

export function findRoots(names) {
  // Where exports begin: in the folders where a proof or a list of files lies, and in no folder of another.
  const roots = new Set();
  for (const mark of [PROOF_PATH, LIST, SIGNED_LIST]) {
    for (const name of names) {
      if (name === mark || name.endsWith(`/${mark}`)) roots.add(name.slice(0, -mark.length));
    }
  }
  const kept = [];
  for (const root of [...roots].sort()) if (!kept.some((outer) => root.startsWith(outer))) kept.push(root);
  return kept;
}

export async function takeExport(pack, root, report, progress) {
  // The files below a folder as a package of their own, with `digests` by name.
  const below = (name) => name.startsWith(root) && name.length > root.length;
  const entries = new Map();
  for (const [name, entry] of pack.entries) if (below(name)) entries.set(name.slice(root.length), entry);
  const strangers = pack.strangers.filter(below).map((name) => name.slice(root.length));
  const taken = { file: pack.file, entries, strangers, unpacked: 0 };
  taken.digests = await digestEntries(taken, report, progress);
  return taken;
}

async function digestEntries(pack, report, progress) {
  const digests = new Map();
  for (const [name, entry] of pack.entries) {
    const hash = new Hasher(entry.size);
    let crc = 0;
    try {
      for await (const bytes of streamEntry(pack, entry)) {
        crc = crc32(bytes, crc);
        hash.update(bytes);
        await progress(bytes.length);
      }
    } catch (error) {
      noteUnreadable(report, error, entry.name);
      continue;
    }
    if (entry.crc !== undefined && crc !== entry.crc) report.check("zip_structure").fail("zip_crc", entry.name);
    digests.set(name, await hash.hex());
  }
  return digests;
}

export async function readPart(pack, path, most) {
  // The bytes of an entry, null when it is not there or cannot be unpacked (which has been noted).
  const entry = pack.entries.get(path);
  return entry && pack.digests.has(path) ? readEntry(pack, entry, most) : null;
}

export async function checkList(pack, report) {
  const check = report.check("package_digests");
  const listBytes = await readPart(pack, LIST);
  if (!listBytes) {
    check.lack("part_missing", LIST);
    return;
  }
  const list = parseOr(check, listBytes, LIST);
  const seen = new Set([LIST, SIGNED_LIST]);
  const resources = get(list, "resources");
  if (!Array.isArray(resources)) check.fail("not_list", LIST);
  for (const resource of Array.isArray(resources) ? resources : []) {
    const path = getText(resource, "path");
    const entry = pack.entries.get(path);
    if (seen.has(path)) check.fail("listed_twice", path);
    else if (!entry) check.lack("part_missing", path);
    else if (getText(resource, "hash") !== `sha256:${pack.digests.get(path)}`) check.fail("other_digest", path);
    else if (get(resource, "bytes") !== entry.size) check.fail("other_length", path);
    else check.pass();
    seen.add(path);
  }
  for (const name of pack.strangers) check.fail("not_listed", name);
  for (const name of pack.entries.keys()) {
    if (isLitter(name)) report.check("other_files").doubt("strewn", name);
    else if (!seen.has(name)) check.fail("not_listed", name);
    if (name === VERIFIER) report.check("other_files").doubt("own_word", name);
  }
  await checkSignedList(pack, list, report);
}

export function isLitter(name) {
  // What file managers leave behind in folders that they pack.
  return /(^|\/)__MACOSX\/(.*\/)?\._[^/]*$/.test(name) || /(^|\/)(\.DS_Store|Thumbs\.db|desktop\.ini)$/.test(name);
}

function parseOr(check, bytes, path) {
  try {
    return parseJson(bytes);
  } catch (error) {
    if (!(error instanceof Damage)) throw error;
    check.fail(error.what, path);
    return null;
  }
}

async function checkSignedList(pack, list, report) {
  const check = report.check("package_signature");
  const bytes = await readPart(pack, SIGNED_LIST);
  if (!bytes) {
    check.lack("part_missing", SIGNED_LIST);
    return;
  }
  const signed = parseOr(check, bytes, SIGNED_LIST);
  const hash = `sha256:${pack.digests.get(LIST)}`;
  if (getText(signed, "path") !== LIST || getText(signed, "hash") !== hash) {
    report.check("package_digests").fail("other_digest", LIST);
  }
  if (get(signed, "signedData") === undefined) {
    check.doubt("no_signature", SIGNED_LIST);
    return;
  }
  const data = get(signed, "signedData");
  const same = ["created", "software"].every((name) => get(data, name) === get(list, name));
  if (getText(data, "hash") !== hash || !same) {
    check.fail("other_digest", "signedData");
    return;
  }
  // One value can be spelled in many ways; ours in one. So a byte that no signature covers is seen too.
  if (getText(data, "version") !== "0.1.0" || !sameBytes(indentedJson(signed), bytes)) {
    check.fail("not_canonical", SIGNED_LIST);
    return;
  }
  const holds = await verifyPackageSignature(data, hash);
  if (holds === null) check.doubt("no_web_crypto");
  else if (holds) check.pass();
  else check.fail("bad_signature", SIGNED_LIST);
}

const SIGNING_CURVES = { "1.2.840.10045.3.1.7": "P-256", "1.3.132.0.34": "P-384" };

async function verifyPackageSignature(data, text) {
  const subtle = webCrypto();
  if (!subtle) return null;
  const key = fromBase64(getText(data, "publicKey"));
  const signature = fromBase64(getText(data, "signature"));
  if (!key || !signature) return false;
  try {
    const namedCurve = SIGNING_CURVES[readOid(parseDer(key).at(0).at(1))];
    const imported = await subtle.importKey("spki", key, { name: "ECDSA", namedCurve }, false, ["verify"]);
    return await subtle.verify({ name: "ECDSA", hash: "SHA-256" }, imported, signature, encodeText(text));
  } catch (error) {
    if (error instanceof Damage || error instanceof DOMException || error instanceof TypeError) return false;
    throw error;
  }
}
