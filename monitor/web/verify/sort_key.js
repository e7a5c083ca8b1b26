// The key by which an index is sorted (SURT), as storage/cdxj.py makes it: the host turned round, all in one spelling.

import { decodeText, encodeText } from "./bytes.js";

const ADDRESS = /^(https?):\/\/([^/?#]*)([^?#]*)(\?[^#]*)?/i;
const DEFAULT_PORTS = { http: "80", https: "443" };
const ROUNDS = 8;

function encodeSafely(text) {
  return encodeText(text.replace(/\p{Surrogate}/gu, "?"));
}

function unescapeBytes(bytes) {
  // %xx as bytes; what is no %xx stays.
  const found = new Uint8Array(bytes.length);
  let size = 0;
  for (let at = 0; at < bytes.length; at++) {
    const digits = bytes[at] === 0x25 ? String.fromCharCode(...bytes.subarray(at + 1, at + 3)) : "";
    const isEscape = /^[0-9a-f]{2}$/i.test(digits);
    found[size++] = isEscape ? parseInt(digits, 16) : bytes[at];
    if (isEscape) at += 2;
  }
  return found.subarray(0, size);
}

function unescapeAll(text) {
  let bytes = encodeSafely(text);
  for (let round = 0; round < ROUNDS; round++) {
    const decoded = unescapeBytes(bytes);
    if (decoded.length === bytes.length) break;
    bytes = decoded;
  }
  return bytes;
}

function escapeBytes(bytes) {
  // All but visible ASCII without # and %.
  let text = "";
  for (const byte of bytes) {
    const plain = byte > 0x20 && byte < 0x7f && byte !== 0x23 && byte !== 0x25;
    text += plain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return text;
}

function lowerAscii(text) {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function turnHost(host) {
  // null where the name is not ASCII: then its spelling is a matter of IDNA.
  const name = decodeText(unescapeBytes(encodeSafely(host)));
  if (name === null || /[^\u0000-\u007f]/.test(name)) return null;
  const lower = lowerAscii(name).replace(/\.+$/, "");
  if (lower.startsWith("[")) return lower.replace(/^[[\]]+|[[\]]+$/g, "");
  return lower.replace(/^www\d*\./, "").split(".").reverse().join(",");
}

function straighten(path) {
  // Without empty parts, "." and "..".
  const parts = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

function compareTerms(one, other) {
  const [name, value] = one.term;
  const [otherName, otherValue] = other.term;
  if (name !== otherName) return name < otherName ? -1 : 1;
  return value === otherValue ? 0 : value < otherValue ? -1 : 1;
}

function splitTerm(text) {
  const at = text.indexOf("=");
  return { text, term: at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)] };
}

export function makeSortKey(url) {
  // null where it cannot be made without tables of names.
  const found = ADDRESS.exec(url);
  if (!found) return /[^\u0000-\u007f]| /.test(url) ? escapeBytes(encodeSafely(url)) : url;
  const [, scheme, authority, path, query = ""] = found;
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  const [, name, port] = /^([^]*):(\d+)$/.exec(host) ?? [null, host.replace(/:+$/, ""), ""];
  const turned = turnHost(name);
  if (turned === null) return null;
  const shown = port && port !== DEFAULT_PORTS[scheme.toLowerCase()] ? `:${port}` : "";
  const key = `${turned}${shown})${lowerAscii(straighten(escapeBytes(unescapeAll(path))))}`;
  if (query.length < 2) return key;
  const terms = lowerAscii(escapeBytes(unescapeAll(query.slice(1)))).split("&").map(splitTerm);
  return `${key}?${terms.sort(compareTerms).map((one) => one.text).join("&")}`;
}
