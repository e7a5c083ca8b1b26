// How an answer looks: the whole of it, and each thing that was checked. What comes out of a package is shown as text
// only, and its screenshot as an image; nothing of it is ever run or rendered.

import { get, getText } from "./canonical.js";
import { webCrypto } from "./sha2.js";
import { fillIn, joinWords, make, say, sayNote, showTime, speech } from "./speech.js";
import { findAnchors } from "./verdict.js";
import { KINDS, WORDS } from "./words.js";

const SIGNS = { passed: "✓", failed: "✗", absent: "○", cannot_say: "?", redacted: "▨", not_applicable: "–" };
const MEANINGS = { container: "means_container", pack: "means_pack" }; // of what is intact
const NOTED = ["other_files", "pack_made"]; // tell of files beside the proof, which is no doubt of it
const VERDICT_SIGNS = { intact: "✓", altered: "✗", incomplete: "○", cannot_say: "?" };

export function fillSubject(place, subject, context) {
  // All that is said of one thing. `context`: { checkedAt, shots } of the page.
  const { report } = subject;
  place.replaceChildren(
    makeVerdict(subject),
    ...makeProblems(report),
    ...makeFacts(subject, context.checkedAt),
    ...makePackFiles(report.packed),
    ...makeScreenshot(context.shots.get(subject)),
    make("h2", { text: say("all_checks") }),
    ...makeChecks(report.list),
  );
}

export function makeWhole({ verdict, subjects }) {
  // The gravest answer first, and how many there are of each.
  const told = subjects.filter((subject) => subject.kind !== "container" || subject.verdict !== "intact");
  const counts = Object.keys(VERDICT_SIGNS).map((one) => [one, told.filter((subject) => subject.verdict === one).length]);
  const sums = counts.filter(([, count]) => count).map(([one, count]) => `${say(`verdict_${one}`)} ${count}`);
  const body = make("div", {}, make("h2", { text: say(`verdict_${verdict}`), className: "answer" }));
  const number = subjects.filter((subject) => subject.kind !== "container").length;
  body.append(make("p", { text: fillIn("means_several", { number }) }), make("p", { text: sums.join(["，", ", "][speech.language]) }));
  if (!webCrypto()) body.append(make("p", { text: say("no_subtle") }));
  return makePanel(verdict, body);
}

export function makeSubjects(subjects, context) {
  const list = make("div", { className: "subjects" }, ...subjects.map((subject) => makeFolded(subject, context)));
  return [make("h2", { text: say("subjects") }), list];
}

function makeFolded(subject, context) {
  // Filled when it is opened: a pack may hold a thousand.
  const { name, kind, report, verdict } = subject;
  const problems = report.list.filter((check) => check.status === "failed" || check.status === "absent");
  const address = getText(report.facts, "capture", "url");
  const started = getText(report.facts, "capture", "started_at");
  const title = kind === "container" ? joinWords(say("container"), name || say("given_files")) : name;
  const summary = make(
    "summary",
    {},
    make("span", { className: "sign", text: VERDICT_SIGNS[verdict], "aria-hidden": "true" }),
    make("span", { className: "name", text: title }),
    make("span", { className: "status", text: say(kind === "container" && verdict === "intact" ? "container_good" : `verdict_${verdict}`) }),
  );
  if (address) summary.append(make("span", { className: "about", text: `${address} · ${showTime(started)}` }));
  if (problems.length) {
    const names = problems.map((check) => KINDS[check.id][speech.language]).join(["、", ", "][speech.language]);
    summary.append(make("span", { className: "about wrong", text: joinWords(say("problems"), names) }));
  }
  const body = make("div", { className: "body" });
  const folded = make("details", { className: `subject ${verdict}`, "data-subject": name, "data-verdict": verdict, "data-kind": kind }, summary, body);
  folded.addEventListener("toggle", () => {
    if (folded.open) context.open.add(subject);
    else context.open.delete(subject);
    if (folded.open && !body.hasChildNodes()) fillSubject(body, subject, context);
  });
  folded.open = context.open.has(subject);
  return folded;
}

function makePanel(verdict, body) {
  return make(
    "div",
    { className: `verdict ${verdict}` },
    make("span", { className: "sign", text: VERDICT_SIGNS[verdict], "aria-hidden": "true" }),
    body,
  );
}

function makeVerdict({ kind, report, verdict }) {
  const anchors = findAnchors(report).map((name) => say(`anchor_${name}`));
  const body = make("div", {});
  body.append(
    make("h2", { text: say(`verdict_${verdict}`), className: "answer" }),
    make("p", { text: say(verdict === "intact" && MEANINGS[kind] ? MEANINGS[kind] : chooseMeaning(report, verdict)) }),
  );
  if (report.has("redacted")) body.append(make("p", { text: say("redacted_too"), className: "redacted-too" }));
  body.append(make("p", { text: joinWords(say("anchors"), anchors.join(["、", ", "][speech.language]) || say("anchor_none")) }));
  if (!webCrypto()) body.append(make("p", { text: say("no_subtle") }));
  return makePanel(verdict, body);
}

function chooseMeaning(report, verdict) {
  if (report.check("nothing_proven").notes[0]?.what === "not_zip") return "means_not_zip";
  if (verdict !== "altered" && report.check("nothing_proven").status !== "not_applicable") return "means_unproven";
  return `means_${verdict}`;
}

function makeProblems(report) {
  const wrong = report.list.filter((check) => check.status === "failed" || check.status === "absent");
  if (!wrong.length) return [];
  const lines = wrong.map((check) => {
    const note = check.notes.find((one) => one.status === check.status);
    const told = note ? joinWords(sayNote(note.what), note.detail) : "";
    return make("li", { text: joinWords(KINDS[check.id][speech.language], told) });
  });
  return [make("h2", { text: say("problems") }), make("ul", { className: "problems" }, ...lines)];
}

function makeFacts({ name, size, kind, report }, checkedAt) {
  const list = make("dl");
  const add = (word, text, note) => {
    if (!text) return;
    const value = make("dd", { text });
    if (note) value.append(make("div", { className: "mono", text: note }));
    list.append(make("dt", { text: say(word) }), value);
  };
  add("fact_file", `${name || say("given_files")}${size ? `, ${size.toLocaleString("en")} B` : ""}`);
  const capture = get(report.facts, "capture");
  if (report.packed) {
    add("fact_case", [report.packed.case, report.packed.channel].filter(Boolean).join(" · "));
    add("fact_made", showTime(report.packed.madeAt));
  }
  if (capture) {
    add("fact_url", getText(capture, "url"));
    add("fact_started", showTime(getText(capture, "started_at")));
    add("fact_ended", showTime(getText(capture, "ended_at")));
    if (getText(capture, "claimed_at")) add("fact_claimed", showTime(getText(capture, "claimed_at")));
    const status = get(capture, "status");
    add("fact_outcome", [WORDS[`outcome_${getText(capture, "outcome")}`]?.[speech.language] ?? getText(capture, "outcome"), getText(capture, "reason"), status ? `HTTP ${status}` : ""].filter(Boolean).join(" · "));
    add("fact_id", getText(capture, "id"));
    add("fact_tool", getText(capture, "tool"));
  }
  for (const token of report.tokens) {
    const root = `${say("root_is")} ${token.root} · SHA-256 ${token.fingerprint} · ${say(token.trusted ? "trusted_root" : "untrusted_root")}`;
    add("fact_token", `${token.authority} · ${showTime(token.moment)}`, token.fingerprint ? root : "");
  }
  if (capture && !report.tokens.length) add("fact_token", say("no_token"));
  for (const key of report.keys) add("fact_key", key);
  add("fact_checked", showTime(checkedAt));
  const parts = [make("h2", { text: say(kind === "capture" ? "facts" : "fact_file") }), list];
  if (capture) parts.push(make("p", { text: say("own_clock") }));
  return parts;
}

function makePackFiles(packed) {
  // What each file of a pack is, and whether that holds.
  if (!packed) return [];
  const rows = packed.files.map(({ path, what, status, id, original, masked }) => {
    const isNote = what === "made" && status === "cannot_say";
    const about = [say(`what_${what}`), original ? `${id} ← ${original}` : id, masked].filter(Boolean).join(" · ");
    return make(
      "li",
      { className: status, "data-file": path, "data-file-status": status },
      make("span", { className: "sign", text: isNote ? "i" : SIGNS[status], "aria-hidden": "true" }),
      make("span", { className: "name", text: path }),
      make("span", { className: "status", text: say(isNote ? "status_note" : `status_${status}`) }),
      make("div", { className: "about", text: about }),
    );
  });
  return [make("h2", { text: say("pack_files") }), make("ul", { className: "checks" }, ...rows)];
}

function makeScreenshot(shots) {
  if (!shots) return [];
  const picture = (source, word) => make("img", { className: "shot", src: source, alt: say(word) });
  const body = [make("summary", { text: say("screenshot") }), make("p", { text: say("screenshot_note") })];
  if (shots.whole) body.push(picture(shots.whole, "screenshot"));
  if (shots.whole && shots.isEarlier) body.push(make("p", { text: say("screenshot_earlier"), className: "earlier" }));
  if (shots.parts.length) body.push(make("p", { text: say("screenshot_parts") }));
  body.push(...shots.parts.map((source) => picture(source, "screenshot_parts")));
  return [make("details", {}, ...body)];
}

function makeChecks(list) {
  const rows = (checks) => make("ul", { className: "checks" }, ...checks.map(makeCheck));
  const [idle, active] = [true, false].map((wanted) => list.filter((one) => (one.status === "not_applicable") === wanted));
  const others = make("details", { className: "no-print" }, make("summary", { text: `${say("idle_checks")} (${idle.length})` }), rows(idle));
  return idle.length ? [rows(active), others] : [rows(active)];
}

function makeCheck(check) {
  const kind = KINDS[check.id];
  const about = make("div", { className: "about", text: kind[2 + speech.language] });
  const notes = check.notes.map((note) => make("li", { text: joinWords(sayNote(note.what), note.detail) }));
  if (check.unsaid) notes.push(make("li", { text: joinWords(say("unsaid"), check.unsaid) }));
  if (notes.length) about.append(make("ul", {}, ...notes));
  const counted = check.status === "passed" && check.count > 1 ? ` · ${check.count} ${say("items")}` : "";
  const isNote = NOTED.includes(check.id) && check.status === "cannot_say";
  return make(
    "li",
    { className: check.status, "data-check": check.id, "data-status": check.status },
    make("span", { className: "sign", text: isNote ? "i" : SIGNS[check.status], "aria-hidden": "true" }),
    make("span", { className: "name", text: kind[speech.language] }, make("code", { text: check.id })),
    make("span", { className: "status", text: say(isNote ? "status_note" : `status_${check.status}`) + counted }),
    about,
  );
}
