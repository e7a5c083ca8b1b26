// All checks of one package in their order. Takes a File or Blob and what the person brings along; gives a Report.

import { get, getText } from "./canonical.js";
import { Damage } from "./damage.js";
import { isDigest } from "./bytes.js";
import { checkManifest, checkProvenance, checkResolved, checkStatements, checkWarc } from "./capture_checks.js";
import { Report } from "./check.js";
import { checkConsistency, checkDerivative, checkLog } from "./log_checks.js";
import { checkList, checkPackage, readPart } from "./package_checks.js";
import { parseProofFile, PROOF_PATH } from "./proof.js";
import { checkIndex, checkPageList } from "./replay_checks.js";
import { checkOrder, checkTokens } from "./time_checks.js";

const HOWS = ["withheld", "masked", "head"];

export async function checkFile(file, given, { ids, now, progress = async () => undefined }) {
  // `given`: { pinnedKey, earlier, roots, known }, of which each may be empty.
  const report = new Report(ids);
  const pack = await checkPackage(file, report, progress);
  if (!pack) return report;
  if (!pack.entries.size) {
    report.check("nothing_proven").doubt("part_missing", PROOF_PATH);
    return report;
  }
  await checkList(pack, report);
  const proof = await readProof(pack, report);
  if (!proof) return report;
  const redactions = checkRedactions(proof, report);
  const manifest = await checkManifest(pack, proof, report);
  const log = await checkLog(pack, proof, report);
  await checkConsistency(pack, proof, log, given, report);
  await checkDerivative(pack, proof, log, report);
  await checkTokens(pack, proof, given, report, now, [proof.checkpoint]);
  if (!manifest) return report;
  report.facts = manifest.fields;
  const found = await checkWarc(pack, proof, manifest, redactions, report, progress);
  checkProvenance(found, proof, manifest, redactions, report);
  checkStatements(proof, manifest, found.provenance, redactions, report);
  await checkResolved(pack, proof, found, redactions, report);
  if (found.provenance) {
    await checkIndex(pack, found, report);
    await checkPageList(pack, proof, found, report);
  }
  checkOrder(manifest, log, report);
  return report;
}

async function readProof(pack, report) {
  const bytes = await readPart(pack, PROOF_PATH);
  if (!bytes) {
    const listed = report.check("package_digests").status === "absent";
    report.check("nothing_proven").note(listed ? "absent" : "cannot_say", "part_missing", PROOF_PATH);
    return null;
  }
  try {
    const proof = parseProofFile(bytes);
    report.check("proof_format").pass();
    return proof;
  } catch (error) {
    if (!(error instanceof Damage)) throw error;
    report.check("proof_format").fail(error.what, error.detail);
    return null;
  }
}

function checkRedactions(proof, report) {
  // What is said to be withheld: { records: Map, exchanges: Map, resolved: Set, visit }.
  const check = report.check("proof_format");
  const found = { records: new Map(), exchanges: new Map(), resolved: new Set(), visit: false };
  for (const item of proof.redactions) {
    const how = getText(item, "how");
    const record = get(item, "record");
    const exchange = get(item, "exchange");
    const what = getText(item, "what");
    const head = getText(item, "head");
    if (!proof.warc.redacted || !HOWS.includes(how) || (how === "head" && !isDigest(head))) check.fail("bad_redaction", how);
    else if (Number.isSafeInteger(record) && !found.records.has(record)) found.records.set(record, { how, what, head });
    else if (Number.isSafeInteger(exchange) && !found.exchanges.has(exchange)) found.exchanges.set(exchange, { how, what });
    else if (isDigest(get(item, "resolved"))) found.resolved.add(get(item, "resolved"));
    else if (get(item, "visit") === true && !found.visit) found.visit = true;
    else check.fail("bad_redaction", how);
  }
  if (proof.redactions.length) report.check("redactions").hide("redactions_said", proof.redactions.length);
  return found;
}
