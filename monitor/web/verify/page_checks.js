// What a player shows before a page is opened: the list of pages, and the package's description of itself. Neither is
// sealed; both follow from the sealed record of the visit, and of a redacted copy from what its records still tell.

import { get, getText, parseJson } from "./canonical.js";
import { Damage } from "./damage.js";
import { fullTime, safeUri } from "./heads.js";
import { LIST, readPart } from "./package_checks.js";
import { digestOf, mainPage } from "./provenance.js";
import { parseLines } from "./replay_checks.js";

export const PAGES_PATH = "pages/pages.jsonl";
const PAGE_FIELDS = ["id", "url", "ts", "title", "seed", "text"];
const DESCRIBED = ["profile", "wacz_version", "software", "created", "title", "mainPageURL", "mainPageDate", "resources"];

export async function checkPageList(pack, proof, found, report) {
  const check = report.check("replay_pages");
  const bytes = await readPart(pack, PAGES_PATH);
  if (!bytes) {
    check.lack("part_missing", PAGES_PATH);
    return;
  }
  const pages = [...parseLines(bytes, check, PAGES_PATH)].map(([page]) => page);
  if (pages.length !== 2) {
    if (check.status !== "failed") check.fail("page_line", `${pages.length} / 2`);
    return;
  }
  const wrong = [...findHeaderFaults(...pages), ...findPageFaults(pages[1], proof, found)];
  if (wrong.length) check.fail("page_line", wrong.join(", "));
  else check.pass();
}

export async function checkDescription(pack, proof, manifest, found, report) {
  const bytes = await readPart(pack, LIST);
  let fields;
  try {
    fields = bytes && parseJson(bytes);
  } catch (error) {
    if (!(error instanceof Damage)) throw error;
  }
  if (!(fields instanceof Map)) return; // told where the list was read
  const wrong = [...fields.keys()].filter((name) => !DESCRIBED.includes(name));
  const own = getText(found.provenance.capture, "title");
  const title = own || getText(manifest.fields, "page", "url");
  if ((get(fields, "title") ?? title) !== title && (own || !proof.warc.redacted)) wrong.push("title");
  const [url, ts] = [get(fields, "mainPageURL"), get(fields, "mainPageDate")];
  if ((url ?? ts ?? null) !== null && !isMain(url, ts, proof, found)) wrong.push("mainPageURL");
  if (getText(fields, "profile") !== "data-package" || getText(fields, "wacz_version") !== "1.1.1") wrong.push("profile");
  if (wrong.length) report.check("replay_pages").fail("page_line", `${LIST}: ${wrong.join(", ")}`);
}

function findHeaderFaults(header, page) {
  const told = { format: "json-pages-1.0", id: "pages", title: "Pages", hasText: Boolean(get(page, "text")) };
  const names = Object.keys(told);
  const isHeader = header instanceof Map && header.size === names.length && names.every((name) => header.get(name) === told[name]);
  const isPage = page instanceof Map && [...page.keys()].every((name) => PAGE_FIELDS.includes(name));
  return [isHeader ? "" : "header", isPage && (get(page, "seed") ?? true) === true ? "" : "fields"].filter(Boolean);
}

function findPageFaults(page, proof, found) {
  const { capture } = found.provenance;
  const title = getText(capture, "title") || getText(capture, "final_url") || getText(capture, "url");
  const fits = {
    url: isMain(get(page, "url"), get(page, "ts"), proof, found),
    id: get(page, "id") === getText(capture, "id"),
    title: get(page, "title") === title,
    text: listTexts(capture, proof, found).includes(get(page, "text") ?? ""),
  };
  return Object.keys(fits).filter((name) => !fits[name]);
}

function isMain(url, ts, proof, found) {
  // Address and moment of the document that was shown. Where its entry may be withheld, any answer in the copy will do.
  const { capture, exchanges } = found.provenance;
  const same = (main) => main.url === url && main.ts === ts;
  if (same(mainPage(capture, exchanges))) return true;
  if (!proof.warc.redacted || typeof url !== "string") return false;
  const whole = { url: getText(capture, "final_url") || getText(capture, "url"), ts: fullTime(getText(capture, "started_at")) };
  const uri = safeUri(url);
  return same(whole) || found.records.some((one) => one.type !== "request" && one.uri === uri && one.headers.get("warc-date") === ts);
}

function listTexts(capture, proof, found) {
  // The texts that may be shown: the page's own as it lies in the package, in a redacted copy also none.
  if (proof.warc.redacted) return ["", ...found.texts.values()];
  const view = (get(capture, "views") ?? []).find((one) => getText(one, "kind") === "text" && getText(one, "digest"));
  const digest = getText(view, "digest") || digestOf(undefined);
  const text = found.texts.get(digest);
  return text !== undefined ? [text] : digest === digestOf(undefined) ? [""] : [];
}
