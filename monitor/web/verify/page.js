// The page: takes the file and what the person brings along, runs the checks, and tells how they ended. What comes out
// of a package is shown as text only, and its screenshot as an image; nothing of it is ever run or rendered.

import { checkFile } from "./checks.js";
import { Damage } from "./damage.js";
import { get, getText } from "./canonical.js";
import { webCrypto } from "./sha2.js";
import { findAnchors, judge } from "./verdict.js";
import { NOTES, WORDS } from "./words.js";
import { parsePem } from "./x509.js";

const KINDS = "{{kinds}}"; // id -> [title in Chinese, in English, what it proves in Chinese, in English]
const KNOWN_ROOTS = "{{roots}}"; // SHA-256 of roots that Mozilla trusts
const SIGNS = { passed: "✓", failed: "✗", absent: "○", cannot_say: "?", redacted: "▨", not_applicable: "–" };
const VERDICT_SIGNS = { intact: "✓", altered: "✗", incomplete: "○", cannot_say: "?" };
const PNG = [0x89, 0x50, 0x4e, 0x47];

const page = { language: 0, file: null, report: null, trouble: null, shot: "", checkedAt: 0, run: 0 };
const byId = (id) => document.getElementById(id);
const say = (word) => WORDS[word][page.language];
const sayNote = (word) => (NOTES[word] ?? [word, word])[page.language];

function joinWords(...words) {
  return words.filter(Boolean).join(["：", ": "][page.language]);
}

function make(tag, { text, className, ...attributes } = {}, ...children) {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (className) element.className = className;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function showTime(value) {
  const moment = typeof value === "number" ? value : Date.parse(value);
  if (Number.isNaN(moment)) return String(value);
  const options = { timeZone: "Asia/Shanghai", hourCycle: "h23", dateStyle: "short", timeStyle: "medium" };
  const local = new Intl.DateTimeFormat("sv-SE", options).format(moment);
  return `${local} ${["北京时间", "Beijing time"][page.language]} (${new Date(moment).toISOString()})`;
}

function sayAll() {
  document.documentElement.lang = ["zh-CN", "en"][page.language];
  document.title = `${say("title")} · cardwatch verify`;
  for (const element of document.querySelectorAll("[data-say]")) element.textContent = say(element.dataset.say);
  byId("language").textContent = say("language");
  byId("language").lang = ["en", "zh-CN"][page.language];
  byId("trouble").textContent = page.trouble ? say(page.trouble[0]) + page.trouble[1] : "";
  if (!page.report) return;
  byId("state").textContent = joinWords(say("done"), say(`verdict_${judge(page.report)}`));
  showReport();
}

function showReport() {
  const { report } = page;
  const verdict = judge(report);
  document.body.dataset.verdict = verdict;
  byId("result").replaceChildren(
    makeVerdict(report, verdict),
    ...makeProblems(report),
    ...makeFacts(report),
    ...makeScreenshot(),
    make("h2", { text: say("all_checks") }),
    ...makeChecks(report.list),
    make("p", { className: "no-print" }, makePrintButton()),
  );
  byId("result").hidden = false;
}

function makePrintButton() {
  const button = make("button", { text: say("print"), type: "button" });
  button.addEventListener("click", () => print());
  return button;
}

function makeVerdict(report, verdict) {
  const anchors = findAnchors(report).map((name) => say(`anchor_${name}`));
  const body = make("div", {});
  body.append(
    make("h2", { text: say(`verdict_${verdict}`), id: "verdict" }),
    make("p", { text: say(chooseMeaning(report, verdict)) }),
  );
  if (report.has("redacted")) body.append(make("p", { text: say("redacted_too"), id: "redacted" }));
  body.append(make("p", { text: joinWords(say("anchors"), anchors.join(["、", ", "][page.language]) || say("anchor_none")) }));
  if (!webCrypto()) body.append(make("p", { text: say("no_subtle") }));
  return make(
    "div",
    { className: `verdict ${verdict}` },
    make("span", { className: "sign", text: VERDICT_SIGNS[verdict], "aria-hidden": "true" }),
    body,
  );
}

function chooseMeaning(report, verdict) {
  if (verdict === "altered" && report.check("zip_structure").notes[0]?.what === "not_zip") return "means_not_zip";
  if (verdict !== "altered" && report.check("nothing_proven").status !== "not_applicable") return "means_unproven";
  return `means_${verdict}`;
}

function makeProblems(report) {
  const wrong = report.list.filter((check) => check.status === "failed" || check.status === "absent");
  if (!wrong.length) return [];
  const lines = wrong.map((check) => {
    const note = check.notes.find((one) => one.status === check.status);
    const told = note ? joinWords(sayNote(note.what), note.detail) : "";
    return make("li", { text: joinWords(KINDS[check.id][page.language], told) });
  });
  return [make("h2", { text: say("problems") }), make("ul", { className: "problems" }, ...lines)];
}

function makeFacts(report) {
  const list = make("dl");
  const add = (word, text, note) => {
    if (!text) return;
    const value = make("dd", { text });
    if (note) value.append(make("div", { className: "mono", text: note }));
    list.append(make("dt", { text: say(word) }), value);
  };
  add("fact_file", `${page.file.name}, ${page.file.size.toLocaleString("en")} B`);
  const capture = get(report.facts, "capture");
  if (capture) {
    add("fact_url", getText(capture, "url"));
    add("fact_started", showTime(getText(capture, "started_at")));
    add("fact_ended", showTime(getText(capture, "ended_at")));
    if (getText(capture, "claimed_at")) add("fact_claimed", showTime(getText(capture, "claimed_at")));
    const status = get(capture, "status");
    add("fact_outcome", [WORDS[`outcome_${getText(capture, "outcome")}`]?.[page.language] ?? getText(capture, "outcome"), getText(capture, "reason"), status ? `HTTP ${status}` : ""].filter(Boolean).join(" · "));
    add("fact_id", getText(capture, "id"));
    add("fact_tool", getText(capture, "tool"));
  }
  for (const token of report.tokens) {
    const root = `${say("root_is")} ${token.root} · SHA-256 ${token.fingerprint} · ${say(token.trusted ? "trusted_root" : "untrusted_root")}`;
    add("fact_token", `${token.authority} · ${showTime(token.moment)}`, token.fingerprint ? root : "");
  }
  if (capture && !report.tokens.length) add("fact_token", say("no_token"));
  for (const key of report.keys) add("fact_key", key);
  add("fact_checked", showTime(page.checkedAt));
  const parts = [make("h2", { text: say("facts") }), list];
  if (capture) parts.push(make("p", { text: say("own_clock") }));
  return parts;
}

function makeScreenshot() {
  if (!page.shot) return [];
  const image = make("img", { className: "shot", src: page.shot, alt: say("screenshot") });
  return [
    make("details", {}, make("summary", { text: say("screenshot") }), make("p", { text: say("screenshot_note") }), image),
  ];
}

function makeChecks(list) {
  const rows = (checks) => make("ul", { className: "checks" }, ...checks.map(makeCheck));
  const [idle, active] = [true, false].map((wanted) => list.filter((one) => (one.status === "not_applicable") === wanted));
  const others = make("details", { className: "no-print" }, make("summary", { text: `${say("idle_checks")} (${idle.length})` }), rows(idle));
  return idle.length ? [rows(active), others] : [rows(active)];
}

function makeCheck(check) {
  const kind = KINDS[check.id];
  const about = make("div", { className: "about", text: kind[2 + page.language] });
  const notes = check.notes.map((note) => make("li", { text: joinWords(sayNote(note.what), note.detail) }));
  if (check.unsaid) notes.push(make("li", { text: joinWords(say("unsaid"), check.unsaid) }));
  if (notes.length) about.append(make("ul", {}, ...notes));
  const counted = check.status === "passed" && check.count > 1 ? ` · ${check.count} ${say("items")}` : "";
  return make(
    "li",
    { className: check.status, "data-check": check.id, "data-status": check.status },
    make("span", { className: "sign", text: SIGNS[check.status], "aria-hidden": "true" }),
    make("span", { className: "name", text: kind[page.language] }, make("code", { text: check.id })),
    make("span", { className: "status", text: say(`status_${check.status}`) + counted }),
    about,
  );
}

async function readGiven() {
  const earlier = [];
  for (const file of byId("earlier").files) earlier.push(new Uint8Array(await file.slice(0, 1 << 20).arrayBuffer()));
  const roots = [];
  for (const file of byId("roots").files) {
    try {
      roots.push(...parsePem(new Uint8Array(await file.slice(0, 1 << 20).arrayBuffer())));
    } catch (error) {
      if (!(error instanceof Damage)) throw error;
      page.trouble = ["bad_given", file.name];
    }
  }
  return {
    pinnedKey: byId("pinned").value.trim(),
    earlier,
    roots,
    known: new Set(KNOWN_ROOTS.match(/[0-9a-f]{64}/g)),
  };
}

function makeProgress(file, run) {
  let seen = 0;
  let shown = performance.now();
  return async (bytes) => {
    seen += bytes;
    if (performance.now() - shown < 80) return;
    shown = performance.now();
    byId("progress").value = Math.min(1, seen / (2 * file.size));
    await new Promise((resume) => setTimeout(resume));
    if (run !== page.run) throw new Damage("too_large", "another file was chosen");
  };
}

async function isPng(blob) {
  const head = new Uint8Array(await blob.slice(0, 4).arrayBuffer());
  return PNG.every((byte, i) => head[i] === byte);
}

async function run() {
  const own = ++page.run;
  const { file } = page;
  URL.revokeObjectURL(page.shot);
  Object.assign(page, { report: null, trouble: null, shot: "" });
  delete document.body.dataset.verdict;
  byId("result").hidden = true;
  byId("state").textContent = `${say("working")} ${file.name}`;
  byId("progress").value = 0;
  byId("progress").hidden = false;
  byId("trouble").textContent = "";
  try {
    const given = await readGiven();
    const settings = { ids: Object.keys(KINDS), now: Date.now(), progress: makeProgress(file, own) };
    const report = await checkFile(file, given, settings);
    if (own !== page.run) return;
    page.checkedAt = settings.now;
    if (report.screenshot && (await isPng(report.screenshot))) page.shot = URL.createObjectURL(report.screenshot);
    page.report = report;
    sayAll();
    byId("result").focus();
  } catch (error) {
    // The one place that catches all: whatever went wrong, no answer may be shown as if there were one.
    if (own !== page.run) return;
    page.trouble = ["failed_to_run", error.message];
    byId("state").textContent = "";
    sayAll();
  } finally {
    if (own === page.run) byId("progress").hidden = true;
  }
}

function take(file) {
  if (!file) return;
  page.file = file;
  byId("again").disabled = false;
  run();
}

function listen() {
  byId("file").addEventListener("change", (event) => take(event.target.files[0]));
  byId("again").addEventListener("click", run);
  byId("language").addEventListener("click", () => {
    page.language = 1 - page.language;
    sayAll();
  });
  const drop = byId("drop");
  for (const type of ["dragenter", "dragover"]) {
    document.addEventListener(type, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  document.addEventListener("dragleave", () => drop.classList.remove("over"));
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    take(event.dataTransfer.files[0]);
  });
  if (typeof DecompressionStream === "undefined") page.trouble = ["no_unpacking", ""];
  sayAll();
}

listen();
