// The names and HTTP heads that a capture's provenance gives to the records made from it (storage/http_heads.py).

import { get, getText } from "./canonical.js";

const HEADER_NAME = /^[!#$%&'*+.^_\u0060|~0-9A-Za-z-]+$/;
export const SECRET_HEADER = /cookie|auth(?!ority)|token|secret|session|csrf|xsrf|passw|api-?key/i;
const TRANSFER = ["content-encoding", "transfer-encoding", "content-length"];
const SPACE = "[\\t-\\r \\u001c-\\u001f\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+"; // Python's
const OUTER_SPACE = new RegExp(`^${SPACE}|${SPACE}$`, "g");
const VIEW_NAMES = { screenshot: "fullPage", text: "text", pdf: "pdf" };

export function oneLine(text) {
  return text.replace(/[\u0000-\u001f\u007f]+/g, " ").replace(OUTER_SPACE, "");
}

const WITHHELD = "[redacted]";

export function hidesHeaders(exchange) {
  return (get(exchange, "response_headers") ?? []).some(([, value]) => typeof value !== "string");
}

function encodeHead(text) {
  if (/^[\u0000-\u00ff]*$/.test(text)) return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  return new TextEncoder().encode(text.replace(/\p{Surrogate}/gu, "?"));
}

export function writeResponseHead(exchange, bodyBytes) {
  const given = (get(exchange, "response_headers") ?? []).map(([name, value]) => [name, typeof value === "string" ? value : WITHHELD]);
  const length = String(bodyBytes);
  const stated = given.filter(([name]) => name.toLowerCase() === "content-length").map(([, value]) => value);
  const decoded =
    given.some(([name]) => TRANSFER.slice(0, 2).includes(name.toLowerCase())) || stated.length !== 1 || stated[0] !== length;
  const headers = given
    .filter(([name]) => !name.startsWith(":"))
    .map(([name, value]) => [decoded && TRANSFER.includes(name.toLowerCase()) ? `x-orig-${name}` : name, value]);
  if (decoded) headers.push(["Content-Length", length]);
  const status = String(get(exchange, "status") ?? 0).padStart(3, "0");
  const first = `HTTP/1.1 ${status} ${oneLine(getText(exchange, "status_text"))}`.replace(OUTER_SPACE, "") + " ";
  const lines = [first];
  for (const [name, value] of headers) {
    if (HEADER_NAME.test(name)) for (const part of value.split("\n")) lines.push(`${name}: ${oneLine(part)}`);
  }
  return encodeHead(`${lines.join("\r\n")}\r\n\r\n`);
}

export function transferFields(exchange) {
  // The WARC headers of an answer: the server's address, the protocol, and why its body is not whole.
  const found = {};
  const address = getText(exchange, "remote_address");
  const host = address.slice(0, Math.max(0, address.lastIndexOf(":"))).replace(/^[[\]]+|[[\]]+$/g, "");
  const shown = /^\d+(\.\d+){3}$/.test(host) ? host : host.includes(":") ? shortenAddress(host) : "";
  if (shown) found["warc-ip-address"] = shown;
  const protocol = getText(exchange, "protocol");
  if (HEADER_NAME.test(protocol.replaceAll("/", "-"))) found["warc-protocol"] = protocol;
  const isCut = getText(exchange, "body_missing") && getText(exchange, "resource_type") !== "websocket";
  const word = getText(exchange, "truncated") || (isCut ? "unspecified" : "");
  if (word) found["warc-truncated"] = word;
  return found;
}

function shortenAddress(host) {
  // An IPv6 address in its one short spelling.
  try {
    return new URL(`http://[${host}]/`).hostname.slice(1, -1);
  } catch {
    return "";
  }
}

export function mediaTypeOf(exchange) {
  // What an answer states, without its parameters.
  const pair = (get(exchange, "response_headers") ?? []).find(([name]) => name.toLowerCase() === "content-type");
  const stated = typeof pair?.[1] === "string" ? pair[1] : pair ? WITHHELD : "";
  const bare = stated.split(";")[0].replace(OUTER_SPACE, "");
  return Array.from(bare).slice(0, 100).join("").replace(/\p{Surrogate}/gu, "?");
}

export function safeUri(uri) {
  return uri
    .replace(/[\u0000-\u0020\u007f<>]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`)
    .replace(/\p{Surrogate}/gu, "?");
}

export function viewUri(view, pageUrl) {
  const kind = getText(view, "kind");
  const name = getText(view, "name");
  return `urn:${VIEW_NAMES[kind] ?? kind.replaceAll("_", "-")}:${pageUrl}${name ? `#${name}` : ""}`;
}

export function fullTime(text) {
  // "2026-11-22T12:00:00+00:00" of the provenance as WARC-Date writes it; "" for what is no such time.
  const found = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(?:Z|\+00:00)$/.exec(text);
  return found ? `${found[1]}.${(found[2] ?? "").padEnd(6, "0")}Z` : "";
}
