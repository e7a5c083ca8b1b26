// The checks of the custody log: the entry, its place under the checkpoint, who signed that, and what extends what.

import { encodeText, fromBase64, sameBytes } from "./bytes.js";
import { canonicalJson, get, getText, parseJson } from "./canonical.js";
import { Damage, demand } from "./damage.js";
import { fullTime } from "./heads.js";
import { hashLeaf, KnownNodes, verifyConsistency, verifyInclusion } from "./merkle.js";
import { isSignedBy, nameKey, parseCheckpoint, parseEither, parseProof, parseVerifierKey } from "./note.js";
import { readPart } from "./package_checks.js";

const ORIGIN = /^cardwatch\/([0-9a-f]{16})\/([1-9][0-9]{0,8})$/;

async function attempt(check, detail, work) {
  // What the work gives; null when it met damage, which is noted.
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Damage)) throw error;
    check.fail(error.what, [detail, error.detail].filter(Boolean).join(": "));
    return null;
  }
}

export async function readEntryFile(pack, path, check) {
  const bytes = await readPart(pack, path, 1 << 20);
  if (!bytes) {
    check.lack("part_missing", path);
    return null;
  }
  return attempt(check, path, () => {
    const fields = parseJson(bytes);
    demand(sameBytes(canonicalJson(fields), bytes), "not_canonical");
    const entry = { bytes, fields, kind: getText(fields, "kind"), at: getText(fields, "at") };
    demand(entry.kind && fullTime(entry.at) === entry.at, "bad_entry");
    return entry;
  });
}

async function readCheckpoint(pack, path, check) {
  const bytes = await readPart(pack, path, 1 << 20);
  if (!bytes) {
    check.lack("part_missing", path);
    return null;
  }
  return attempt(check, path, () => parseCheckpoint(bytes));
}

export async function checkInclusion(pack, { entry, index, path, checkpoint, nodes }, check) {
  // The proof of one entry in the very checkpoint of the export.
  const bytes = await readPart(pack, path, 1 << 20);
  if (!bytes) {
    check.lack("part_missing", path);
    return false;
  }
  const proof = await attempt(check, path, () => parseProof(bytes));
  if (!proof) return false;
  let problem = "";
  if (proof.index !== index) problem = "other_index";
  else if (!sameBytes(proof.checkpoint, checkpoint.note.bytes)) problem = "other_checkpoint";
  else if (!verifyInclusion(hashLeaf(entry.bytes), index, checkpoint.size, proof.hashes, checkpoint.root))
    problem = "not_included";
  if (problem) check.fail(problem, path);
  else check.pass();
  if (!problem) nodes?.add(hashLeaf(entry.bytes), index, checkpoint.size, proof.hashes);
  return !problem;
}

export async function openLog(pack, proof, report) {
  // The checkpoint of a proof and the keys behind it: { checkpoint, keys, epoch, restored, heads, moments }, as far as it goes.
  const log = { entry: null, checkpoint: null, keys: [], epoch: 1, restored: [], heads: [], moments: [] };
  const checkpoint = await readCheckpoint(pack, proof.checkpoint, report.check("checkpoint_signature"));
  if (!checkpoint) return log;
  log.checkpoint = checkpoint;
  if (checkpoint.origin !== proof.origin) report.check("checkpoint_signature").fail("other_origin", checkpoint.origin);
  log.heads.push({ checkpoint, nodes: new KnownNodes() });
  await checkKeys(pack, proof.keys, log.heads[0], log, report);
  if (!proof.keys.length) report.check("key_history").lack("no_keys");
  report.keys = log.keys.map((key) => key.text);
  await checkSignature(checkpoint, log, report.check("checkpoint_signature"));
  return log;
}

export async function checkLog(pack, proof, report) {
  // What was proven of the log, and the entry of the capture in it.
  const log = await openLog(pack, proof, report);
  const entry = await readEntryFile(pack, proof.entry.path, report.check("entry"));
  log.entry = entry;
  if (!entry) return log;
  log.moments.push({ index: proof.entry.index, at: entry.at, path: proof.entry.path });
  if (entry.kind !== "capture") report.check("entry").fail("other_kind", entry.kind);
  else if (getText(entry.fields, "manifest") !== pack.digests.get(proof.manifest.path))
    report.check("manifest_digest").fail("other_digest", proof.entry.path);
  else report.check("entry").pass();
  if (!log.checkpoint) return log;
  const place = { entry, index: proof.entry.index, path: proof.entry.proof, checkpoint: log.checkpoint, nodes: log.heads[0].nodes };
  await checkInclusion(pack, place, report.check("inclusion"));
  return log;
}

async function checkSignature(checkpoint, { keys, epoch }, check) {
  const newest = keys[keys.length - 1];
  if (!newest) check.doubt("no_keys");
  else if (Number(ORIGIN.exec(checkpoint.origin)?.[2]) !== epoch) check.fail("other_epoch", checkpoint.origin);
  else if (await isSignedBy(checkpoint.note, nameKey(newest.publicKey, checkpoint.origin))) check.pass();
  else check.fail("bad_signature");
}

async function checkKeys(pack, items, { checkpoint, nodes }, log, report) {
  // Goes on with the keys of the log, as far as their entries are proven and follow each other.
  const check = report.check("key_history");
  const origin = ORIGIN.exec(checkpoint.origin);
  if (!origin) {
    check.fail("other_origin", checkpoint.origin);
    return;
  }
  for (const item of [...items].sort((one, other) => one.index - other.index)) {
    const entry = await readEntryFile(pack, item.path, check);
    const place = { entry, index: item.index, path: item.proof, checkpoint, nodes };
    if (entry) log.moments.push({ index: item.index, at: entry.at, path: item.path });
    if (!entry) continue;
    await checkInclusion(pack, place, check); // told if it is not so; the signature is judged all the same
    const key = await attempt(check, item.path, () => parseVerifierKey(getText(entry.fields, "key")));
    if (!key) continue;
    if (entry.kind === "epoch") {
      if (!(get(entry.fields, "epoch") > log.epoch)) check.fail("other_epoch", item.path);
      log.epoch = get(entry.fields, "epoch");
      log.restored.push({ epoch: log.epoch, index: item.index });
    }
    const problem = findKeyProblem(entry, item.index, key, log.keys[log.keys.length - 1], log.epoch, origin[1]);
    if (problem) check.fail(problem, item.path);
    else log.keys.push({ ...key, text: getText(entry.fields, "key"), at: entry.at, index: item.index });
    if (getText(entry.fields, "reason") === "compromise") check.remark("key_compromised", entry.at);
  }
}

function findKeyProblem(entry, index, key, previous, epoch, log) {
  if (key.name !== `cardwatch/${log}/${epoch}`) return "other_origin";
  if (entry.kind === "log") return index === 0 && !previous && getText(entry.fields, "log") === log ? "" : "key_order";
  if (!previous) return "key_order";
  if (entry.kind === "epoch") return "";
  if (entry.kind !== "key") return "other_kind";
  try {
    return sameBytes(parseVerifierKey(getText(entry.fields, "previous")).publicKey, previous.publicKey) ? "" : "key_order";
  } catch (error) {
    if (!(error instanceof Damage)) throw error;
    return error.what;
  }
}

async function checkPinned({ heads, keys }, pinned, check) {
  // A pinned key anchors what it signed itself: that a log names it proves nothing, anybody can write its name.
  if (!pinned) return;
  const key = await attempt(check, "", () => parseVerifierKey(pinned));
  if (!key) return;
  for (const { checkpoint } of heads) {
    const sameLog = key.name.split("/")[1] === checkpoint.origin.split("/")[1];
    if (!sameLog || !(await isSignedBy(checkpoint.note, nameKey(key.publicKey, checkpoint.origin)))) continue;
    check.pass();
    return;
  }
  if (keys.some((one) => sameBytes(one.publicKey, key.publicKey))) check.doubt("key_rotated");
  else check.fail("other_key");
}

async function isSignedByHistory(checkpoint, keys) {
  for (const key of keys) {
    if (await isSignedBy(checkpoint.note, nameKey(key.publicKey, checkpoint.origin))) return true;
  }
  return false;
}

async function readConsistency(pack, bytes, path, check) {
  // { from, to, hashes }: two checkpoints (their text, or the path of a file) and the proof between them.
  return attempt(check, path, async () => {
    const fields = parseJson(bytes);
    const side = async (name) => {
      const text = getText(fields, name);
      const found = text.includes("\n") ? encodeText(text) : await readPart(pack, text, 1 << 20);
      demand(found, "part_missing", text.slice(0, 200));
      return parseCheckpoint(found);
    };
    const hashes = (get(fields, "hashes") ?? []).slice(0, 130).map(fromBase64);
    demand(
      hashes.every((hash) => hash?.length === 32),
      "no_proof",
    );
    return { from: await side("from"), to: await side("to"), hashes };
  });
}

const sameHead = (one, other) => one.origin === other.origin && one.size === other.size && sameBytes(one.root, other.root);

function extendsIt({ from, to, hashes }) {
  return verifyConsistency(from.size, to.size, from.root, to.root, hashes);
}

async function checkGrowth(pack, proof, log, report) {
  // The newest checkpoint in the package extends the one of the proof, and the log's key of then signed it.
  const check = report.check("consistency");
  const bytes = await readPart(pack, proof.consistency, 1 << 20);
  if (!bytes) {
    check.lack("part_missing", proof.consistency);
    return null;
  }
  const link = await readConsistency(pack, bytes, proof.consistency, check);
  if (!link) return null;
  if (!sameBytes(link.from.note.bytes, log.checkpoint.note.bytes) || !extendsIt(link)) {
    check.fail("not_consistent", proof.consistency);
    return null;
  }
  check.pass();
  const head = { checkpoint: link.to, nodes: new KnownNodes() };
  await checkKeys(pack, proof.laterKeys, head, log, report);
  await checkSignature(link.to, log, report.check("checkpoint_signature"));
  log.heads.push(head);
  return link;
}

export async function checkConsistency(pack, proof, log, given, report) {
  // Gives the links between checkpoints that hold; then looks at the checkpoints that the person kept.
  if (!log.checkpoint) return;
  const links = [];
  const grown = proof.consistency ? await checkGrowth(pack, proof, log, report) : null;
  if (grown) links.push(grown);
  await checkPinned(log, given.pinnedKey, report.check("pinned_key"));
  const check = report.check("earlier_checkpoint");
  const kept = [];
  for (const data of given.earlier) {
    if (data[0] !== 0x7b) {
      const checkpoint = await attempt(check, "", () => parseEither(data));
      if (checkpoint) kept.push(checkpoint);
      continue;
    }
    const link = await readConsistency(pack, data, "", check);
    if (link && extendsIt(link)) {
      links.push(link);
      kept.push(link.from);
    } else if (link) check.fail("not_consistent");
  }
  for (const checkpoint of kept) await checkEarlier(checkpoint, log, links, check);
}

async function checkEarlier(earlier, log, links, check) {
  const ours = log.heads[log.heads.length - 1].checkpoint;
  const label = `${earlier.origin} ${earlier.size}`;
  const twin = log.heads.find(({ checkpoint }) => checkpoint.origin === earlier.origin && checkpoint.size === earlier.size);
  if (ORIGIN.exec(earlier.origin)?.[1] !== ORIGIN.exec(ours.origin)?.[1]) check.fail("other_origin", label);
  else if (log.keys.length && !(await isSignedByHistory(earlier, log.keys))) check.fail("bad_signature", label);
  else if (twin) {
    if (sameBytes(twin.checkpoint.root, earlier.root)) check.pass();
    else check.fail("forked", label);
  } else if (links.some((link) => log.heads.some(({ checkpoint }) => isPair(link.from, link.to, earlier, checkpoint))))
    check.pass();
  else if (earlier.size > ours.size) check.doubt("no_consistency", label);
  else compareRoots(earlier, log, check, label);
}

function isPair(from, to, one, other) {
  return (sameHead(from, one) && sameHead(to, other)) || (sameHead(from, other) && sameHead(to, one));
}

function compareRoots(earlier, log, check, label) {
  // The proofs of this export may give the earlier root by themselves.
  const branched = log.restored.find(({ epoch }) => epoch > Number(ORIGIN.exec(earlier.origin)[2]));
  const root = log.heads.map(({ nodes }) => nodes.rootAt(earlier.size)).find(Boolean);
  if (branched && earlier.size > branched.index) check.doubt("other_epoch", label);
  else if (!root) check.doubt("no_consistency", label);
  else if (sameBytes(root, earlier.root)) check.pass();
  else check.fail("forked", label);
}

export async function checkRenewals(pack, proof, report) {
  // Which earlier tokens each later one seals: by their entries in the log that it stamps. Map of path -> paths.
  const check = report.check("token_renewal");
  const over = new Map(proof.tokens.map((token) => [token.path, token.of]));
  const sealed = new Map();
  for (const { token, entry: named, checkpoint: path, by } of proof.renewals) {
    if (over.get(by) !== path || !over.has(token)) {
      check.fail("other_token", named.path);
      continue;
    }
    sealed.set(by, sealed.get(by) ?? []);
    const entry = await readEntryFile(pack, named.path, check);
    const checkpoint = await readCheckpoint(pack, path, check);
    if (!pack.entries.has(token)) check.lack("part_missing", token);
    if (!entry || !checkpoint || !pack.entries.has(token)) continue;
    if (entry.kind !== "token" || getText(entry.fields, "sha256") !== pack.digests.get(token)) check.fail("other_token", named.path);
    else if (await checkInclusion(pack, { entry, index: named.index, path: named.proof, checkpoint }, check))
      sealed.get(by).push(token);
  }
  return sealed;
}

export async function checkDerivative(pack, proof, log, report) {
  // Of a redacted export: the entry of the copy, in a later checkpoint of the same log.
  const check = report.check("derivative");
  if (!proof.warc.redacted) return;
  const entry = await readEntryFile(pack, "cardwatch/derivative.json", check);
  const checkpoint = await readCheckpoint(pack, "cardwatch/derivative.checkpoint", check);
  if (!entry || !checkpoint) return;
  if (entry.kind !== "derivative") check.fail("other_kind", entry.kind);
  else if (getText(entry.fields, "original") !== pack.digests.get(proof.manifest.path)) check.fail("other_digest", "original");
  else if (getText(entry.fields, "sha256") !== pack.digests.get(proof.warc.path)) check.fail("other_digest", proof.warc.path);
  const path = "cardwatch/derivative.tlog-proof";
  const bytes = await readPart(pack, path, 1 << 20);
  const index = bytes ? (await attempt(check, path, () => parseProof(bytes)))?.index : undefined;
  await checkInclusion(pack, { entry, index, path, checkpoint }, check);
  log.moments.push({ index, at: entry.at, path: "cardwatch/derivative.json" });
  const linked = log.heads.some((head) => sameBytes(head.checkpoint.note.bytes, checkpoint.note.bytes));
  if (!linked) report.check("consistency").lack("no_consistency", "cardwatch/derivative.checkpoint");
}
