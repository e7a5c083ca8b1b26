// DER (X.690) as certificates and time tokens use it: a bounded reader that gives nodes with their places.

import { decodeLoosely } from "./bytes.js";
import { demand } from "./damage.js";

const MOST_DEPTH = 24;
const MOST_NODES = 20_000;

export class Node {
  // `tag` is the whole first byte; `raw` all bytes, `body` those of the content.
  constructor(bytes, start, bodyStart, end) {
    this.tag = bytes[start];
    this.raw = bytes.subarray(start, end);
    this.body = bytes.subarray(bodyStart, end);
    this.children = [];
  }

  at(place, tag) {
    const child = this.children[place];
    demand(child && (tag === undefined || child.tag === tag), "bad_der", `part ${place} of ${this.tag.toString(16)}`);
    return child;
  }

  find(tag) {
    return this.children.find((child) => child.tag === tag);
  }
}

export function parseDer(bytes) {
  // The one value that the bytes are; nothing may stand behind it.
  let nodes = 0;

  function read(start, limit, depth) {
    demand(depth < MOST_DEPTH && ++nodes < MOST_NODES, "bad_der", "beyond measure");
    demand(start + 2 <= limit && (bytes[start] & 31) !== 31, "bad_der");
    let at = start + 1;
    let size = bytes[at++];
    if (size >= 128) {
      const count = size - 128;
      demand(count >= 1 && count <= 4 && at + count <= limit && bytes[at] !== 0, "bad_der", "length");
      size = 0;
      for (let i = 0; i < count; i++) size = size * 256 + bytes[at++];
      demand(size >= 128, "bad_der", "length");
    }
    demand(at + size <= limit, "bad_der", "cut off");
    const node = new Node(bytes, start, at, at + size);
    if (node.tag & 32) {
      while (at < start + node.raw.length) {
        const child = read(at, start + node.raw.length, depth + 1);
        node.children.push(child);
        at += child.raw.length;
      }
    }
    return node;
  }

  const node = read(0, bytes.length, 0);
  demand(node.raw.length === bytes.length, "bad_der", "bytes behind");
  return node;
}

export function readOid(node) {
  demand(node && node.tag === 6 && node.body.length > 0 && node.body.length < 64, "bad_der", "oid");
  const parts = [];
  let value = 0;
  for (const byte of node.body) {
    value = value * 128 + (byte & 127);
    demand(value < 2 ** 46, "bad_der", "oid");
    if (byte < 128) {
      parts.push(value);
      value = 0;
    }
  }
  const first = Math.min(2, Math.floor(parts[0] / 40));
  return [first, parts[0] - 40 * first, ...parts.slice(1)].join(".");
}

export function readSmall(node) {
  demand(node && node.tag === 2 && node.body.length > 0 && node.body.length <= 6, "bad_der", "integer");
  return node.body.reduce((value, byte) => value * 256 + byte, 0);
}

export function readTime(node) {
  // UTCTime or GeneralizedTime in Zulu time as milliseconds.
  const text = decodeLoosely(node.body);
  const found =
    node.tag === 0x17
      ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)()Z$/.exec(text)
      : node.tag === 0x18 && /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d{1,9})?Z$/.exec(text);
  demand(found, "bad_der", `time ${text.slice(0, 30)}`);
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number);
  const full = node.tag === 0x17 ? year + (year < 50 ? 2000 : 1900) : year;
  const moment = Date.UTC(full, month - 1, day, hour, minute, second);
  demand(month >= 1 && month <= 12 && new Date(moment).getUTCDate() === day, "bad_der", `time ${text.slice(0, 30)}`);
  return moment + Math.floor(Number(found[7] ? `0${found[7]}` : 0) * 1000);
}

const ATTRIBUTES = { "2.5.4.3": "CN", "2.5.4.6": "C", "2.5.4.10": "O", "2.5.4.11": "OU" };

export function readName(node) {
  // A distinguished name for people to read.
  const parts = [];
  for (const set of node.children) {
    for (const pair of set.children) {
      const word = ATTRIBUTES[readOid(pair.at(0))];
      const value = pair.at(1);
      const text = value.tag === 0x1e ? new TextDecoder("utf-16be").decode(value.body) : decodeLoosely(value.body);
      if (word) parts.push(`${word}=${text.slice(0, 120)}`);
    }
  }
  return parts.reverse().join(", ");
}
