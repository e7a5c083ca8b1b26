// Exports of one log beside each other: they must be of one history, and no capture may have two manifests.

import { sameBytes } from "./bytes.js";
import { checkMoments } from "./time_checks.js";

export function compareExports(subjects, report) {
  const manifests = new Map();
  const logs = new Map();
  for (const subject of subjects) {
    const { capture, manifest, log } = subject.trace ?? {};
    if (capture && manifest) {
      if (!manifests.has(capture)) manifests.set(capture, manifest);
      if (manifests.get(capture) !== manifest) report.check("statement").fail("two_manifests", subject.name);
    }
    if (!log?.checkpoint) continue;
    const name = log.checkpoint.origin.split("/").slice(0, -1).join("/");
    logs.set(name, [...(logs.get(name) ?? []), subject]);
  }
  for (const group of logs.values()) {
    compareHeads(group, report.check("consistency"));
    checkMoments(group.flatMap((subject) => subject.trace.log.moments), report.check("clock_order"));
  }
}

function compareHeads(group, check) {
  const heads = group.flatMap((subject) => subject.trace.log.heads.map((head) => ({ ...head, subject })));
  const roots = new Map(heads.map(({ checkpoint }) => [`${checkpoint.origin} ${checkpoint.size}`, checkpoint]));
  let compared = 0;
  for (const { checkpoint, nodes, subject } of heads) {
    for (const other of roots.values()) {
      if (other.origin !== checkpoint.origin || other.size > checkpoint.size) continue;
      const root = other.size === checkpoint.size ? checkpoint.root : nodes.rootAt(other.size);
      if (!root) continue;
      compared++;
      if (!sameBytes(root, other.root)) check.fail("two_histories", subject.name);
    }
  }
  if (compared > heads.length) check.pass(0);
}
