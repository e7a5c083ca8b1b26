// The page: takes files and what the person brings along, runs the checks, and shows how they ended.

import { Damage } from "./damage.js";
import { fillSubject, makeSubjects, makeWhole } from "./report_view.js";
import { joinWords, make, say, speech } from "./speech.js";
import { checkTarget } from "./target.js";
import { KINDS } from "./words.js";
import { parsePem } from "./x509.js";

const KNOWN_ROOTS = "{{roots}}"; // SHA-256 of roots that Mozilla trusts
const MOST_FILES = 1000;
const PNG = [0x89, 0x50, 0x4e, 0x47];

const page = { files: [], answer: null, trouble: null, shots: new Map(), checkedAt: 0, run: 0, open: new Set() };
const byId = (id) => document.getElementById(id);

function sayAll() {
  document.documentElement.lang = ["zh-CN", "en"][speech.language];
  document.title = `${say("title")} · cardwatch verify`;
  for (const element of document.querySelectorAll("[data-say]")) element.textContent = say(element.dataset.say);
  byId("language").textContent = say("language");
  byId("language").lang = ["en", "zh-CN"][speech.language];
  byId("trouble").textContent = page.trouble ? say(page.trouble[0]) + page.trouble[1] : "";
  if (!page.answer) return;
  byId("state").textContent = joinWords(say("done"), say(`verdict_${page.answer.verdict}`));
  showAnswer();
}

function showAnswer() {
  const { answer } = page;
  document.body.dataset.verdict = answer.verdict;
  const result = byId("result");
  const printing = make("p", { className: "no-print" }, makePrintButton());
  if (answer.subjects.length === 1) {
    fillSubject(result, answer.subjects[0], page);
    result.append(printing);
  } else {
    result.replaceChildren(makeWhole(answer), ...makeSubjects(answer.subjects, page), printing);
  }
  result.hidden = false;
}

function makePrintButton() {
  const button = make("button", { text: say("print"), type: "button" });
  button.addEventListener("click", () => print());
  return button;
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

function makeProgress(total, run) {
  // Every byte is read about twice: for the digest of its file, and for the record that it is of.
  let seen = 0;
  let shown = performance.now();
  return async (bytes) => {
    seen += bytes;
    if (performance.now() - shown < 80) return;
    shown = performance.now();
    byId("progress").value = Math.min(1, seen / (2 * total));
    await new Promise((resume) => setTimeout(resume));
    if (run !== page.run) throw new Superseded();
  };
}

class Superseded extends Error {} // another file was chosen while one was checked

async function takeScreenshot(subject) {
  const { screenshot, isEarlierScreenshot, regions } = subject.report;
  const whole = screenshot ? await addressPicture(screenshot) : "";
  const parts = [];
  for (const region of regions) parts.push(await addressPicture(region));
  const shown = { whole, isEarlier: isEarlierScreenshot, parts: parts.filter(Boolean) };
  if (whole || shown.parts.length) page.shots.set(subject, shown);
}

async function addressPicture(blob) {
  const head = new Uint8Array(await blob.slice(0, 4).arrayBuffer());
  return PNG.every((byte, i) => head[i] === byte) ? URL.createObjectURL(blob) : "";
}

function clear() {
  for (const { whole, parts } of page.shots.values()) for (const address of [whole, ...parts]) URL.revokeObjectURL(address);
  Object.assign(page, { answer: null, trouble: null, shots: new Map(), open: new Set() });
  delete document.body.dataset.verdict;
  byId("result").hidden = true;
  byId("progress").value = 0;
  byId("progress").hidden = false;
  byId("trouble").textContent = "";
}

async function run() {
  const own = ++page.run;
  const { files } = page;
  clear();
  const size = files.reduce((sum, file) => sum + file.size, 0);
  byId("state").textContent = `${say("working")} ${files.length > 1 ? `${say("given_files")} (${files.length})` : files[0].name}`;
  try {
    const given = await readGiven();
    const settings = { ids: Object.keys(KINDS), now: Date.now(), progress: makeProgress(size, own) };
    const answer = await checkTarget(files, given, settings);
    if (own !== page.run) return;
    page.checkedAt = settings.now;
    for (const subject of answer.subjects) await takeScreenshot(subject);
    page.answer = answer;
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

function take(files) {
  if (!files.length) return;
  if (files.length > MOST_FILES) {
    page.trouble = ["too_many_files", String(files.length)];
    sayAll();
    return;
  }
  page.files = [...files];
  byId("again").disabled = false;
  run();
}

function openAll() {
  // A print shows everything.
  for (const folded of document.querySelectorAll("details.subject")) {
    folded.open = true;
    folded.dispatchEvent(new Event("toggle"));
  }
}

function listen() {
  byId("file").addEventListener("change", (event) => take(event.target.files));
  byId("again").addEventListener("click", run);
  byId("language").addEventListener("click", () => {
    speech.language = 1 - speech.language;
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
    take(event.dataTransfer.files);
  });
  addEventListener("beforeprint", openAll);
  if (typeof DecompressionStream === "undefined") page.trouble = ["no_unpacking", ""];
  sayAll();
}

listen();
