// The checks of the package itself: its ZIP, the list of its files, and the signature of that list.

import { encodeText, fromBase64 } from "./bytes.js";
import { get, getText, parseJson } from "./canonical.js";
import { Damage } from "./damage.js";
import { parseDer, readOid } from "./asn1.js";
import { Hasher, webCrypto } from "./sha2.js";
import { crc32, openPackage, readEntry, streamEntry } from "./zip.js";

const LIST = "datapackage.json";
const SIGNED_LIST = "datapackage-digest.json";
const NAME_TROUBLES = ["zip_name", "zip_twice"];

export async function checkPackage(file, report, progress) {
  // The opened package with `digests` by name, or null when it is no ZIP.
  let pack;
  try {
    pack = await openPackage(file);
  } catch (error) {
    if (!(error instanceof Damage)) throw error;
    report.check(error.what === "zip_bomb" ? "zip_bounds" : "zip_structure").note(
      error.what === "cut_off" ? "absent" : "failed",
      error.what,
      error.detail,
    );
    return null;
  }
  for (const id of ["zip_structure", "file_names", "zip_bounds"]) report.check(id).pass();
  for (const [what, detail] of pack.problems) {
    report.check(NAME_TROUBLES.includes(what) ? "file_names" : "zip_structure").fail(what, detail);
  }
  pack.digests = await digestEntries(pack, report, progress);
  return pack;
}

async function digestEntries(pack, report, progress) {
  const digests = new Map();
  for (const entry of pack.entries.values()) {
    const hash = new Hasher();
    let crc = 0;
    try {
      for await (const bytes of streamEntry(pack, entry)) {
        crc = crc32(bytes, crc);
        hash.update(bytes);
        await progress(bytes.length);
      }
    } catch (error) {
      if (!(error instanceof Damage)) throw error;
      report.check(error.what === "unpacks_beyond" ? "zip_bounds" : "zip_structure").fail(error.what, entry.name);
      continue;
    }
    if (crc !== entry.crc) report.check("zip_structure").fail("zip_crc", entry.name);
    digests.set(entry.name, await hash.hex());
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
  for (const resource of get(list, "resources") ?? []) {
    const path = getText(resource, "path");
    const entry = pack.entries.get(path);
    if (seen.has(path)) check.fail("listed_twice", path);
    else if (!entry) check.lack("part_missing", path);
    else if (getText(resource, "hash") !== `sha256:${pack.digests.get(path)}`) check.fail("other_digest", path);
    else if (get(resource, "bytes") !== entry.size) check.fail("other_length", path);
    else check.pass();
    seen.add(path);
  }
  for (const name of pack.entries.keys()) if (!seen.has(name)) check.fail("not_listed", name);
  await checkSignedList(pack, list, report);
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
    check.lack("no_signature", SIGNED_LIST);
    return;
  }
  const data = get(signed, "signedData");
  if (getText(data, "hash") !== hash || getText(data, "created") !== getText(list, "created")) {
    check.fail("other_digest", "signedData");
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
