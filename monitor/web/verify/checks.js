// All checks of one export in their order. Takes the files of the export and what the person brings along.

import { get, getText } from "./canonical.js";
import { Damage } from "./damage.js";
import { isDigest } from "./bytes.js";
import { checkManifest, checkProvenance, checkStatements, checkWarc } from "./capture_checks.js";
import { checkContents } from "./contents_checks.js";
import { checkFilesNote } from "./files_note.js";
import { checkConsistency, checkDerivative, checkLog, checkRenewals } from "./log_checks.js";
import { checkList, readPart } from "./package_checks.js";
import { checkDescription, checkPageList } from "./page_checks.js";
import { parseProofFile, PROOF_PATH } from "./proof.js";
import { checkIndex, checkResolved } from "./replay_checks.js";
import { checkOrder, checkTokens } from "./time_checks.js";

const CAPTURE_ID = /c-\d{8}T\d{6}-[0-9a-z]{8}/g;
const HOWS = ["withheld", "masked", "head"];

export async function checkExport(pack, given, report, { label, now, progress }) {
  // `given`: { pinnedKey, earlier, roots, known }, of which each may be empty. Gives what can be compared with others.
  const trace = { manifest: "", capture: "", log: null };
  await checkList(pack, report);
  const proof = await readProof(pack, report);
  if (!proof) return trace;
  await checkContents(pack, proof, report);
  const redactions = checkRedactions(proof, report);
  const manifest = await checkManifest(pack, proof, report);
  const log = await checkLog(pack, proof, report);
  Object.assign(trace, { manifest: proof.manifest.sha256, log });
  await checkConsistency(pack, proof, log, given, report);
  await checkDerivative(pack, proof, log, report);
  await checkFilesNote(pack, proof, log, report);
  const sealed = await checkRenewals(pack, proof, report);
  await checkTokens(pack, proof, given, report, now, [proof.checkpoint], sealed);
  if (!manifest) return trace;
  report.facts = manifest.fields;
  trace.capture = getText(manifest.fields, "capture", "id");
  const found = await checkWarc(pack, proof, manifest, redactions, report, progress);
  checkProvenance(found, proof, manifest, redactions, report);
  checkStatements(proof, manifest, found.provenance, redactions, report);
  checkName(label, trace.capture, report.check("statement"));
  await checkResolved(pack, proof, found, redactions, report, progress);
  if (found.provenance) {
    await checkIndex(pack, proof, found, report);
    await checkPageList(pack, proof, found, report);
    await checkDescription(pack, proof, manifest, found, report);
  }
  checkOrder(manifest, log, report);
  return trace;
}

function checkName(label, capture, check) {
  // A file that is named after a capture must hold that one.
  for (const [named] of label.matchAll(CAPTURE_ID)) if (named !== capture) check.fail("other_name", label.slice(-200));
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
