// The signed list of the package's files (cardwatch/files.note): no file is another, missing, or one too many. It bears
// the custody log's key, where the package's own signature bears one that anybody can make.

import { isDigest } from "./bytes.js";
import { getText } from "./canonical.js";
import { Damage, demand } from "./damage.js";
import { isSignedBy, nameKey, parseNote } from "./note.js";
import { isLitter, LIST, readPart, SIGNED_LIST } from "./package_checks.js";

export const NOTE_PATH = "cardwatch/files.note";
const LIST_FORMAT = "cardwatch-files-1";
const LIST_MOST = 1 << 20;
const MOST_LISTED = 10_000;
const LISTED_FILE = /^([0-9a-f]{64}) (0|[1-9][0-9]{0,15}) ([^ \n](?:[^\n]{0,998}[^ \n])?)$/u;

export function parseFilesNote(bytes, form = LIST_FORMAT) {
  // { capture, warc, files: Map of path -> { digest, size }, note }; in its one form, with one signature. Of a pack the
  // two lines behind the form are its case and the SHA-256 of its pack.json.
  const note = parseNote(bytes, LIST_MOST);
  const [format, capture, warc, ...lines] = note.text.slice(0, -1).split("\n");
  demand(format === form && capture !== undefined && warc !== undefined, "no_note");
  demand(note.signatures.length === 1 && lines.length <= MOST_LISTED, "no_note");
  const files = new Map();
  for (const line of lines) {
    const found = LISTED_FILE.exec(line);
    demand(found && Number.isSafeInteger(Number(found[2])) && !files.has(found[3]), "no_note", line.slice(0, 200));
    files.set(found[3], { digest: found[1], size: Number(found[2]) });
  }
  const paths = [...files.keys()];
  demand(
    paths.every((path, i) => !i || comparePoints(paths[i - 1], path) < 0),
    "not_canonical",
  );
  return { capture, warc, files, note };
}

function comparePoints(one, other) {
  // By code points, as the writer sorts: JavaScript compares halves of pairs.
  const [left, right] = [[...one], [...other]];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const gap = left[i].codePointAt(0) - right[i].codePointAt(0);
    if (gap) return gap;
  }
  return left.length - right.length;
}

export async function checkFilesNote(pack, proof, log, report) {
  const check = report.check("package_note");
  let listed;
  try {
    const bytes = await readPart(pack, NOTE_PATH, LIST_MOST);
    if (!bytes) {
      check.lack("part_missing", NOTE_PATH);
      return;
    }
    listed = parseFilesNote(bytes);
  } catch (error) {
    if (!(error instanceof Damage)) throw error;
    check.fail(error.what, NOTE_PATH);
    return;
  }
  if (listed.capture !== getText(proof.capture, "id") || !isDigest(listed.warc) || listed.warc !== proof.warc.sha256)
    check.fail("other_export", NOTE_PATH);
  compareListed(pack, listed.files, check, [LIST, SIGNED_LIST, NOTE_PATH]);
  await checkListSignature(listed.note, findSigner(proof, log), check, NOTE_PATH);
}

export function compareListed(pack, files, check, leftOut) {
  for (const [path, { digest, size }] of files) {
    const entry = pack.entries.get(path);
    if (!entry) check.lack("part_missing", path.slice(0, 200));
    else if (digest !== pack.digests.get(path) || size !== entry.size) check.fail("not_as_signed", path.slice(0, 200));
    else check.pass();
  }
  for (const name of pack.entries.keys()) {
    if (!leftOut.includes(name) && !files.has(name) && !isLitter(name)) check.fail("not_signed_for", name.slice(0, 200));
  }
  for (const name of pack.strangers) check.fail("not_signed_for", name.slice(0, 200));
}

export function findSigner(proof, log) {
  // The key of the newest checkpoint in the package, under that checkpoint's name; null where it is not known.
  const key = log?.keys[log.keys.length - 1];
  if (!key || log.heads.length < (proof.consistency ? 2 : 1)) return null;
  return nameKey(key.publicKey, log.heads[log.heads.length - 1].checkpoint.origin);
}

export async function checkListSignature(note, signer, check, path) {
  if (!signer) check.doubt("no_keys", path);
  else if (await isSignedBy(note, signer)) check.pass(0);
  else check.fail("bad_signature", path);
}
