// The checks of a pack, as monitor/verify/pack.py makes them: its list of files, the signed list, its evidence items. The
// exports of captures in it are checked as anywhere else. What was made for the pack is only listed and signed for.

import { fromHex, isDigest, sameBytes } from "./bytes.js";
import { canonicalJson, get, getText, parseJson } from "./canonical.js";
import { gunzip, noteDamage } from "./capture_checks.js";
import { Damage, demand } from "./damage.js";
import { checkListSignature, compareListed, findSigner, parseFilesNote } from "./files_note.js";
import { fullTime } from "./heads.js";
import { checkConsistency, checkInclusion, checkRenewals, openLog, readEntryFile } from "./log_checks.js";
import { commit, jsonPiece } from "./manifest.js";
import { isLitter, noteUnreadable, readPart } from "./package_checks.js";
import { COMMITTED, listProofPaths, PACK_NOTE_PATH, PACK_PATH, parsePackFile } from "./pack_file.js";
import { checkMoments, checkStamped, checkTokens, CLOCK_SLACK } from "./time_checks.js";

const MOST_PACK = 16 << 20;
const MOST_NOTED = 1 << 20;
const EVIDENCE = ["original", "masked"];
const OF_CAPTURE = { intact: "passed", cannot_say: "cannot_say", incomplete: "absent", altered: "failed" };

export function findPackRoots(names) {
  // Where packs begin: in the folders where proof/pack.json or its signed list lies, and in no folder of another.
  const roots = new Set();
  for (const mark of [PACK_PATH, PACK_NOTE_PATH]) {
    for (const name of names) if (name === mark || name.endsWith(`/${mark}`)) roots.add(name.slice(0, -mark.length));
  }
  const kept = [];
  for (const root of [...roots].sort()) if (!kept.some((outer) => root.startsWith(outer))) kept.push(root);
  return kept;
}

export async function checkPackProof(pack, given, report, now) {
  // Gives { trace, exports }: what can be compared with others, and the paths of what is to be opened as an export.
  const trace = { manifest: "", capture: "", log: null };
  let exports = [];
  try {
    const told = await readPackFile(pack, report);
    const what = new Map((told?.files ?? []).map((file) => [file.path, file.what]));
    const isExport = (name) => what.get(name) === "capture" || (/\.wacz$/i.test(name) && !EVIDENCE.includes(what.get(name)));
    exports = [...pack.entries.keys()].filter(isExport).sort();
    if (told) trace.log = await checkProven(pack, told, given, report, now);
    await checkPackNote(pack, told, trace.log, report);
  } catch (error) {
    noteUnreadable(report, error);
  }
  return { trace, exports };
}

async function readPackFile(pack, report) {
  const check = report.check("pack_format");
  const bytes = await readPart(pack, PACK_PATH, MOST_PACK);
  if (!bytes) {
    check.lack("part_missing", PACK_PATH);
    return null;
  }
  try {
    const told = parsePackFile(bytes);
    check.pass();
    return told;
  } catch (error) {
    noteDamage(check, error, PACK_PATH);
    return null;
  }
}

async function checkProven(pack, told, given, report, now) {
  const files = await checkPackFiles(pack, told, report);
  report.packed = { case: told.case, channel: told.channel, madeAt: told.madeAt, files };
  const log = await openLog(pack, told, report);
  if (!log.checkpoint) return log;
  const byItem = new Map([...told.items.keys()].map((id) => [id, []]));
  for (const file of files) if (EVIDENCE.includes(file.what)) byItem.get(file.id).push(file);
  for (const item of told.items.values()) {
    const proven = await checkItem(pack, told, item, log, report);
    for (const file of byItem.get(item.id)) checkItemFile(pack, file, item, proven, report);
  }
  await checkConsistency(pack, told, log, given, report);
  if (["checkpoint_signature", "key_history"].some((id) => report.check(id).status === "failed")) {
    for (const file of files) if (["passed", "redacted"].includes(file.status)) file.status = "cannot_say";
  }
  const sealed = await checkRenewals(pack, told, report);
  await checkTokens(pack, told, given, report, now, [told.checkpoint], sealed);
  checkStamped(
    log.moments.filter(({ index }) => index < log.checkpoint.size),
    report,
  );
  report.check("clock_order").pass();
  checkMoments(log.moments, report.check("clock_order"));
  return log;
}

async function checkPackFiles(pack, told, report) {
  // Every file against pack.json, and that no further one lies in the pack.
  const check = report.check("pack_files");
  const named = new Set(listProofPaths(told, await listGrowth(pack, told)));
  for (const path of named) if (!/^proof\/[^/]+$/.test(path)) report.check("pack_format").fail("not_in_proof", path.slice(0, 200));
  const files = [];
  for (const { path, what, size, sha256, id } of told.files) {
    const entry = pack.entries.get(path);
    let status = "cannot_say"; // until its item or its export is proven
    if (!entry) {
      check.lack("part_missing", path);
      status = "absent";
    } else if (sha256 !== pack.digests.get(path) || size !== entry.size) {
      check.fail("other_digest", path);
      status = "failed";
    } else {
      check.pass();
      if (what === "made") report.check("pack_made").doubt("made_for_pack", path);
    }
    files.push({ path, what, id, status, original: told.items.get(id)?.original ?? "", masked: "" });
  }
  const known = new Set([PACK_NOTE_PATH, ...named, ...told.files.map((file) => file.path)]);
  for (const name of [...pack.entries.keys(), ...pack.strangers]) {
    if (/(^|\/)verify\.html$/.test(name)) report.check("other_files").doubt("own_word", name);
    if (isLitter(name)) report.check("other_files").doubt("strewn", name);
    else if (!known.has(name)) check.fail("not_listed", name.slice(0, 200));
  }
  return files;
}

async function listGrowth(pack, told) {
  // The two checkpoints that consistency.json names; what is wrong with it is told where growth is checked.
  try {
    const bytes = told.consistency && (await readPart(pack, told.consistency, MOST_NOTED));
    const fields = bytes ? parseJson(bytes) : new Map();
    return ["from", "to"].map((name) => getText(fields, name)).filter(Boolean);
  } catch (error) {
    if (!(error instanceof Damage)) throw error;
    return [];
  }
}

async function checkItem(pack, told, item, log, report) {
  // Manifest, entry and place in the log: { status, kind, masked, sha256, manifest }.
  const { path, sha256 } = item.manifest;
  const bytes = await readPart(pack, path, MOST_NOTED);
  if (!bytes) report.check("manifest_digest").lack("part_missing", path);
  const entry = await readEntryFile(pack, item.entry.path, report.check("entry"));
  if (entry) log.moments.push({ index: item.entry.index, at: entry.at, path: item.entry.path });
  if (!bytes || !entry) return { status: "absent", kind: "", manifest: null };
  const digest = pack.digests.get(path);
  let good = digest === sha256 && getText(entry.fields, "manifest") === digest;
  if (good) report.check("manifest_digest").pass();
  else report.check("manifest_digest").fail("other_digest", path);
  const manifest = await readItemManifest(bytes, path, report.check("manifest_format"));
  if (manifest && manifest.id !== item.id) {
    report.check("statement").fail("other_statement", path);
    good = false;
  }
  if (!["evidence", "derivative"].includes(entry.kind)) {
    report.check("entry").fail("other_kind", item.entry.path);
    good = false;
  } else report.check("entry").pass();
  const place = { entry, index: item.entry.index, path: item.entry.proof, checkpoint: log.checkpoint, nodes: log.heads[0].nodes };
  good = (await checkInclusion(pack, place, report.check("inclusion"))) && good;
  good = Boolean(manifest) && namesOriginal(told, item, manifest, entry, report) && good;
  if (manifest && Date.parse(manifest.keptAt) > Date.parse(entry.at) + CLOCK_SLACK) report.check("clock_order").fail("clock_backwards", path);
  const [masked, copy] = [getText(entry.fields, "what"), getText(entry.fields, "sha256")];
  return { status: good ? "passed" : "failed", kind: entry.kind, masked, sha256: copy, manifest };
}

function namesOriginal(told, item, manifest, entry, report) {
  // Entry, manifest and pack.json name the same original, or all of them none.
  const stated = told.items.get(item.original)?.manifest.sha256 ?? "";
  const isCopy = entry.kind === "derivative";
  const named = isCopy ? getText(entry.fields, "original") : "";
  const fits = manifest.original === stated && stated === named && Boolean(stated) === isCopy;
  if (!fits) report.check("derivative").fail("other_original", item.entry.path);
  return fits;
}

function checkItemFile(pack, file, item, proven, report) {
  // One file that is said to be an item; gives it its status.
  const entry = pack.entries.get(file.path);
  if (!entry) return;
  const digest = pack.digests.get(file.path) ?? "";
  const isMasked = file.what === "masked";
  let status = proven.status;
  if (proven.kind && proven.kind !== (isMasked ? "derivative" : "evidence")) {
    report.check("derivative").fail("other_what", file.path);
    status = "failed";
  } else if (isMasked && proven.kind && proven.sha256 !== digest) {
    report.check("derivative").fail("other_copy", file.path);
    status = "failed";
  }
  const opened = openItem(file, item, proven.manifest, digest, entry.size, report.check("item_bytes"));
  if (status === "passed") status = opened;
  if (status === "passed" && isMasked) {
    report.check("derivative").pass();
    file.masked = proven.masked.slice(0, 300);
    report.check("redactions").hide("masked_copy", `${file.path} · ${item.original} · ${file.masked}`);
    status = "redacted";
  } else if (status === "passed") report.check("item_bytes").pass();
  if (file.status === "cannot_say") file.status = status;
}

function openItem(file, item, manifest, digest, size, check) {
  // The file and what is stated of it, against the commitments in the manifest.
  if (!manifest) return "failed";
  const pieces = { bytes: fromHex(digest), length: jsonPiece(size) };
  for (const [label, value] of item.stated) pieces[label] = jsonPiece(value);
  let status = "passed";
  for (const label of COMMITTED) {
    const salt = item.salts.get(label);
    if (!salt && (label === "bytes" || label === "length")) {
      check.lack("salt_missing", file.path);
      return "absent";
    }
    if (salt && commit(salt, pieces[label]) !== manifest.commitments[label]) {
      check.fail("other_commitment", `${file.path} (${label})`);
      status = "failed";
    }
  }
  return status;
}

async function readItemManifest(packed, path, check) {
  // { id, original, keptAt, commitments } of cardwatch-evidence-1; null, and told, where it cannot be read in one way only.
  try {
    const bytes = await gunzip(packed, MOST_NOTED);
    const fields = parseJson(bytes);
    demand(sameBytes(canonicalJson(fields), bytes), "not_canonical");
    const commitments = { bytes: get(fields, "bytes") };
    for (const label of COMMITTED.slice(1)) commitments[label] = get(fields, "fields", label);
    const [id, original, keptAt] = [get(fields, "evidence", "id"), get(fields, "original"), getText(fields, "evidence", "kept_at")];
    const isText = typeof id === "string" && typeof original === "string" && fullTime(keptAt) === keptAt;
    demand(getText(fields, "format") === "cardwatch-evidence-1" && isText, "bad_manifest");
    demand(Object.values(commitments).every(isDigest), "bad_manifest");
    check.pass();
    return { id, original, keptAt, commitments };
  } catch (error) {
    noteDamage(check, error, path);
    return null;
  }
}

async function checkPackNote(pack, told, log, report) {
  const check = report.check("pack_note");
  const bytes = await readPart(pack, PACK_NOTE_PATH, MOST_NOTED);
  if (!bytes) {
    check.lack("part_missing", PACK_NOTE_PATH);
    return;
  }
  let listed;
  try {
    listed = parseFilesNote(bytes, "cardwatch-pack-files-1");
  } catch (error) {
    noteDamage(check, error, PACK_NOTE_PATH);
    return;
  }
  const proof = pack.digests.get(PACK_PATH);
  if ((told && listed.capture !== told.case) || (proof && listed.warc !== proof)) check.fail("other_pack", PACK_NOTE_PATH);
  compareListed(pack, listed.files, check, [PACK_NOTE_PATH]);
  await checkListSignature(listed.note, told ? findSigner(told, log) : null, check, PACK_NOTE_PATH);
}

export function tieCaptures(report, exports) {
  // Each export is of the capture that pack.json says. `exports`: Map of path -> the first thing that was found there.
  for (const file of report.packed?.files ?? []) {
    const found = exports.get(file.path);
    if (file.what !== "capture" || !found || file.status === "absent") continue;
    const capture = found.trace?.capture ?? "";
    const isNone = found.kind !== "capture" && ["cannot_say", "intact"].includes(found.verdict);
    if ((capture && capture !== file.id) || isNone) {
      report.check("statement").fail("other_name", file.path);
      file.status = "failed";
    } else if (file.status !== "failed") file.status = OF_CAPTURE[found.verdict];
  }
}
