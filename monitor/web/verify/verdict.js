// The answer of all checks together: intact, altered, incomplete or cannot_say (docs/evidence.md).

const VERDICTS = ["intact", "cannot_say", "incomplete", "altered"]; // by their gravity

export function findAnchors(report) {
  // What lies outside the reach of the key's holder, and holds.
  const found = [];
  if (report.tokens.some((token) => token.trusted && token.first)) found.push("token");
  for (const id of ["pinned_key", "earlier_checkpoint"]) if (report.check(id).status === "passed") found.push(id);
  return found;
}

export function judge(report) {
  if (report.has("failed")) return "altered";
  if (report.has("absent")) return "incomplete";
  return findAnchors(report).length ? "intact" : "cannot_say";
}

export function judgeContainer(report, isEmpty) {
  // A container says nothing of its contents: its own verdict is only what is wrong with it.
  const verdict = judge(report);
  return verdict === "cannot_say" && !isEmpty ? "intact" : verdict;
}

export function gravest(verdicts) {
  return VERDICTS[Math.max(...verdicts.map((verdict) => VERDICTS.indexOf(verdict)))] ?? "cannot_say";
}
