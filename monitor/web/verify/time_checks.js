// The checks of time tokens and of the order of all times that are stated.

import { sameBytes, toHex } from "./bytes.js";
import { getText } from "./canonical.js";
import { Damage } from "./damage.js";
import { readPart } from "./package_checks.js";
import { sha256 } from "./sha2.js";
import { holdsImprint, parseToken, verifyToken } from "./tsa.js";
import { buildChain, parsePem, verifySignature } from "./x509.js";

const OTS_MAGIC = "004f70656e54696d657374616d7073000050726f6f6600bf89e2e884e89294";
const MOST_IN_CHAIN = 20; // each is held against each: more would be a bomb
export const CLOCK_SLACK = 10 * 60 * 1000; // clocks of two machines; more is said, not judged

export async function checkTokens(pack, proof, given, report, now, stamped, sealed = new Map()) {
  // From the last to the first: a later token says by when those that it seals existed.
  if (!proof.tokens.length) report.check("token_time").doubt("no_time_token");
  const renewed = new Map();
  const paths = new Set([...stamped, ...proof.tokens.map((item) => item.path)]);
  for (const item of [...proof.tokens].reverse()) {
    const bytes = await readPart(pack, item.path, 1 << 20);
    const target = await readPart(pack, item.of, 1 << 20);
    if (!bytes || !target) report.check("token_imprint").lack("part_missing", bytes ? item.of : item.path);
    else if (!paths.has(item.of) && !sealed.has(item.path)) report.check("token_imprint").fail("not_on_checkpoint", item.path);
    else if (item.kind === "rfc3161") {
      const settings = { given, report, now, stamped, judgedAt: renewed.get(item.path) ?? now };
      const moment = await checkToken(pack, item, bytes, target, settings);
      if (!moment) continue; // only of a trusted one: anybody can make another that claims any time
      for (const path of [item.of, ...(sealed.get(item.path) ?? [])]) {
        renewed.set(path, Math.min(moment, renewed.get(path) ?? moment));
      }
    } else checkOpenTimestamps(item, bytes, target, report.check("ots_proof"));
  }
}

function checkOpenTimestamps(item, bytes, target, check) {
  const head = toHex(bytes.subarray(0, 33));
  if (head !== `${OTS_MAGIC}0108`) check.fail("no_token", item.path);
  else if (!sameBytes(bytes.subarray(33, 65), sha256(target))) check.fail("other_imprint", item.path);
  else check.doubt("ots_offline", item.path);
}

async function checkToken(pack, item, bytes, target, settings) {
  // Gives the moment that a trusted token states, else null.
  const { report, now, stamped } = settings;
  let token;
  let chain = [];
  try {
    token = parseToken(bytes);
  } catch (error) {
    if (!(error instanceof Damage)) throw error;
    report.check("token_signature").fail(error.what, `${item.path} ${error.detail}`);
    return null;
  }
  const pem = item.chain && (await readPart(pack, item.chain, 1 << 20));
  if (item.chain && !pem) report.check("token_trust").lack("part_missing", item.chain);
  try {
    if (pem) chain = parsePem(pem, MOST_IN_CHAIN);
  } catch (error) {
    if (!(error instanceof Damage)) throw error;
    report.check("token_trust").fail(error.what, item.chain);
  }
  const { certificate, problem, unsure } = await readVerified(token, chain, item, report);
  if (problem) report.check("token_signature").fail(problem, item.path);
  if (!certificate || problem) return null; // what an altered token says is not told
  const imprint = await holdsImprint(token, target);
  if (imprint === null) report.check("token_imprint").doubt("algorithm", item.path);
  else if (imprint) report.check("token_imprint").pass();
  else {
    report.check("token_imprint").fail("other_imprint", item.path);
    return null;
  }
  if (unsure) report.check("token_signature").doubt(unsure, item.path);
  else report.check("token_signature").pass();
  const shown = { authority: item.authority, moment: token.moment, first: stamped.includes(item.of), trusted: false, root: "", fingerprint: "" };
  report.tokens.push(shown);
  const trusted = await checkTrust(certificate, chain, token, item, settings, shown);
  shown.trusted = trusted && imprint === true && !unsure && token.moment <= now + CLOCK_SLACK;
  checkMoment(token, item, shown.trusted, report, now);
  return shown.trusted ? token.moment : null;
}

async function readVerified(token, chain, item, report) {
  try {
    return await verifyToken(token, chain);
  } catch (error) {
    if (!(error instanceof Damage)) throw error;
    report.check("token_signature").fail(error.what, `${item.path} ${error.detail}`);
    return {};
  }
}

async function checkTrust(certificate, beside, token, item, { given, report, now, judgedAt }, shown) {
  const check = report.check("token_trust");
  const pool = [...token.certificates, ...beside];
  const { chain, problem } = await buildChain(certificate, [...pool, ...given.roots], token.moment);
  const root = chain[chain.length - 1];
  shown.root = root.subjectName;
  shown.fingerprint = root.fingerprint;
  const strays = (list) => list.filter((one) => !chain.some((link) => link.fingerprint === one.fingerprint));
  if (!problem && strays(token.certificates).length) report.check("token_signature").fail("stray_certificate", item.path);
  for (const stray of strays(beside)) if (!(await isIssuedIn(stray, [...beside, ...chain]))) check.fail("stray_certificate", item.chain);
  if (problem === "chain_signature") check.fail(problem, root.subjectName);
  else if (problem) check.doubt(problem, root.subjectName);
  else if (!given.known.has(root.fingerprint) && !given.roots.some((one) => one.fingerprint === root.fingerprint))
    check.doubt("unknown_root", `${root.subjectName} SHA-256 ${root.fingerprint}`);
  else if (chain.some((one) => one.to < judgedAt)) check.doubt("certificate_ended", item.path);
  else {
    check.pass();
    if (chain.some((one) => one.to < now)) check.remark("stands_by_later", `${item.path} ${new Date(judgedAt).toISOString()}`);
    return true;
  }
  return false;
}

async function isIssuedIn(certificate, pool) {
  for (const issuer of pool) {
    if (!sameBytes(issuer.subject, certificate.issuer)) continue;
    if ((await verifySignature(issuer, certificate.algorithm, certificate.signature, certificate.signed)) !== false) return true;
  }
  return false;
}

function checkMoment(token, item, trusted, report, now) {
  const check = report.check("token_time");
  const shown = new Date(token.moment).toISOString();
  if (token.moment > now + CLOCK_SLACK) check.fail("future", shown);
  else if (trusted) check.pass();
  else check.doubt("claims_time", `${shown} (${item.authority})`);
}

export function checkOrder(manifest, log, report) {
  // Capture, entry, token: none before the one that it follows, by more than two clocks may differ.
  const check = report.check("clock_order");
  const steps = ["started_at", "ended_at"].map((name) => ["capture." + name, getText(manifest.fields, "capture", name)]);
  if (log.entry) steps.push(["entry.at", log.entry.at]);
  for (const [what, text] of steps) if (Number.isNaN(Date.parse(text))) check.fail("bad_time", what);
  const compare = (before, after, what, word, label) => {
    if (Date.parse(before) > Date.parse(after) + CLOCK_SLACK) check.fail(word, `${what} ${label ?? after}`);
    else check.pass();
  };
  steps.slice(1).forEach(([what, text], i) => compare(steps[i][1], text, what, "clock_backwards"));
  for (const token of report.tokens) {
    const moment = new Date(token.moment).toISOString();
    if (token.first) for (const [what, text] of steps) compare(text, moment, what, "clock_ahead", `${text} > ${moment}`);
  }
  checkMoments(log.moments, check);
}

export function checkStamped(moments, report) {
  // No entry below a checkpoint states a later time than the tokens over it.
  for (const token of report.tokens.filter((one) => one.first)) {
    for (const { at } of moments) {
      if (Date.parse(at) > token.moment + CLOCK_SLACK)
        report.check("clock_order").fail("clock_ahead", `${at} > ${new Date(token.moment).toISOString()}`);
    }
  }
}

export function checkMoments(moments, check) {
  // Of entries of one log no later one states an earlier time, by more than clocks may differ.
  let latest = null;
  const timed = moments.filter((one) => Number.isInteger(one.index)).map((one) => ({ ...one, moment: Date.parse(one.at) }));
  for (const one of timed.sort((one, other) => one.index - other.index || one.moment - other.moment)) {
    const isBack = latest && one.index > latest.index && one.moment + CLOCK_SLACK < latest.moment;
    if (isBack) check.fail("clock_backwards", `${one.path} ${one.at}`);
    if (!latest || one.moment > latest.moment) latest = one;
  }
  if (timed.length > 1) check.pass(0);
}
