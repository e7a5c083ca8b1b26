// The answer of all checks together: intact, altered, incomplete or cannot_say (docs/evidence.md).

export function findAnchors(report) {
  // What lies outside the reach of the key's holder, and holds.
  const found = [];
  if (report.tokens.some((token) => token.trusted)) found.push("token");
  for (const id of ["pinned_key", "earlier_checkpoint"]) if (report.check(id).status === "passed") found.push(id);
  return found;
}

export function judge(report) {
  if (report.has("failed")) return "altered";
  if (report.has("absent")) return "incomplete";
  return findAnchors(report).length ? "intact" : "cannot_say";
}
