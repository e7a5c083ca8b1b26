// That a package holds what its proof names, each file where it belongs, and nothing else: replay tools load every WARC,
// index and list of pages that lies in it, and whoever packs anew can list and sign any further file.

import { get, getText, parseJson } from "./canonical.js";
import { Damage } from "./damage.js";
import { NOTE_PATH } from "./files_note.js";
import { INDEX_PATH } from "./replay_checks.js";
import { EXPLAINING, isLitter, LIST, readPart, SIGNED_LIST } from "./package_checks.js";
import { PAGES_PATH } from "./page_checks.js";
import { PROOF_PATH } from "./proof.js";

const SEALED = "archive/capture.warc.gz";
const RESOLVED = "archive/resolved.warc.gz";
const DERIVATIVE = ["derivative.json", "derivative.tlog-proof", "derivative.checkpoint"].map((name) => `cardwatch/${name}`);

export async function checkContents(pack, proof, report) {
  const check = report.check("proof_format");
  if (proof.warc.path !== SEALED) check.fail("other_place", proof.warc.path);
  if (proof.resolved && proof.resolved.path !== RESOLVED) check.fail("other_place", proof.resolved.path);
  const named = new Set(await listPaths(pack, proof));
  for (const path of named) if (!/^cardwatch\/[^/]+$/.test(path)) check.fail("other_place", path.slice(0, 200));
  const known = new Set([PROOF_PATH, LIST, SIGNED_LIST, INDEX_PATH, PAGES_PATH, SEALED, NOTE_PATH, ...EXPLAINING, ...named]);
  if (proof.resolved) known.add(RESOLVED);
  if (proof.warc.redacted) for (const path of DERIVATIVE) known.add(path);
  for (const name of [...pack.entries.keys(), ...pack.strangers]) {
    if (!known.has(name) && !isLitter(name)) report.check("other_files").fail("not_named", name);
  }
}

async function listPaths(pack, proof) {
  const paths = [proof.manifest.path, proof.checkpoint];
  for (const entry of [proof.entry, ...proof.keys, ...proof.laterKeys]) paths.push(entry.path, entry.proof);
  for (const token of proof.tokens) paths.push(token.path, ...(token.chain ? [token.chain] : []));
  for (const { entry, checkpoint } of proof.renewals) paths.push(entry.path, entry.proof, checkpoint);
  if (!proof.consistency) return paths;
  paths.push(proof.consistency);
  try {
    const fields = parseJson((await readPart(pack, proof.consistency, 1 << 20)) ?? new Uint8Array());
    for (const name of ["from", "to"]) if (typeof get(fields, name) === "string") paths.push(getText(fields, name));
  } catch (error) {
    if (!(error instanceof Damage)) throw error; // told where the growth of the log is checked
  }
  return paths;
}
