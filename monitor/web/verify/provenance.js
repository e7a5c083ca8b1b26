// The provenance record of a capture (cardwatch-capture-1): what it says was seen, and which bytes it names.

import { get, getText, parseJson } from "./canonical.js";
import { demand } from "./damage.js";
import { fullTime, mediaTypeOf, safeUri, viewUri } from "./heads.js";

const EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

export function parseProvenance(bytes) {
  const whole = parseJson(bytes);
  demand(getText(whole, "format") === "cardwatch-capture-1", "bad_provenance", "format");
  const capture = get(whole, "capture");
  demand(capture instanceof Map, "bad_provenance", "capture");
  const exchanges = get(capture, "exchanges") ?? [];
  demand(Array.isArray(exchanges), "bad_provenance", "exchanges");
  const visit = new Map(capture);
  visit.delete("exchanges");
  return { capture, exchanges, visit };
}

export function digestOf(reference) {
  return typeof reference === "string" ? reference.slice(0, 64) : EMPTY;
}

export function isHttp(exchange) {
  return /^https?:\/\//.test(getText(exchange, "url"));
}

function bodiesOf(exchange) {
  const answered = Number.isInteger(get(exchange, "status")) && isHttp(exchange);
  const body = get(exchange, "body");
  if (answered) return [{ type: "response", digest: digestOf(body), exchange, mediaType: mediaTypeOf(exchange) }];
  const loose = isHttp(exchange) ? [body] : [body, get(exchange, "request_body")];
  return loose.filter((one) => typeof one === "string").map((one) => ({ type: "resource", digest: digestOf(one), mediaType: "application/octet-stream" }));
}

export function listParts(provenance) {
  // All that a replay shows: { type, uri, digest, exchange }; of an answer its exchange.
  const { capture, exchanges } = provenance;
  const pageUrl = getText(capture, "final_url") || getText(capture, "url");
  const ended = fullTime(getText(capture, "ended_at"));
  const parts = [];
  for (const exchange of exchanges) {
    if (!(exchange instanceof Map) || !getText(exchange, "url")) continue; // withheld
    const uri = safeUri(getText(exchange, "url"));
    const date = fullTime(getText(exchange, "started_at"));
    for (const part of bodiesOf(exchange)) parts.push({ uri, date, ...part });
  }
  for (const view of get(capture, "views") ?? []) {
    const data = get(view, "data");
    const digest = typeof data === "string" ? digestOf(data) : getText(view, "reused_from") ? getText(view, "digest") : "";
    const reused = typeof data !== "string"; // then the date is that of the capture that made it
    if (digest) parts.push({ type: "resource", uri: safeUri(viewUri(view, pageUrl)), digest, date: ended, reused, mediaType: getText(view, "media_type") });
  }
  for (const certificate of get(capture, "certificates") ?? []) {
    for (const link of get(certificate, "chain") ?? []) {
      const digest = digestOf(link);
      parts.push({ type: "resource", uri: `urn:cardwatch:certificate:sha256:${digest}`, digest, date: ended, mediaType: "application/pkix-cert" });
    }
  }
  return parts.filter((part) => part.type === "response" || part.digest !== EMPTY);
}

export function mainPage(capture, exchanges) {
  // Address and moment of the document that was shown: the last of the main frame that was answered.
  const shown = exchanges.filter((one) => get(one, "main_document") === true && Number.isInteger(get(one, "status")));
  const last = shown[shown.length - 1];
  if (last) return { url: getText(last, "url"), ts: fullTime(getText(last, "started_at")) };
  return { url: getText(capture, "final_url") || getText(capture, "url"), ts: fullTime(getText(capture, "started_at")) };
}
