// WARC/1.1 records (ISO 28500:2017), one gzip member each, digested as they are unpacked: a record of hundreds of
// megabytes passes through in pieces. What it keeps of a payload is bounded by the caller.

import { decodeLoosely, findBytes, join, toHex } from "./bytes.js";
import { demand } from "./damage.js";
import { Hasher, sha256 } from "./sha2.js";
import { unpack } from "./zip.js";

const BLANK_LINE = Uint8Array.of(13, 10, 13, 10);
const MOST_HEAD = 1 << 20;
const MOST_HTTP_HEAD = 16 << 20;
const MOST_ALL_RECORDS = 8 * 2 ** 30; // all records of a file together
const HTTP_TYPES = ["request", "response", "revisit"];

function parseHeaders(bytes) {
  const [first, ...lines] = decodeLoosely(bytes).split("\r\n");
  demand(/^WARC\/1\.[01]$/.test(first), "no_warc_header");
  const headers = new Map();
  for (const line of lines) {
    const colon = line.indexOf(":");
    demand(colon > 0, "no_warc_header", line);
    const [name, value] = [line.slice(0, colon), line.slice(colon + 1)].map((part) => part.replace(/^[ \t]+|[ \t]+$/g, ""));
    const known = name.toLowerCase();
    headers.set(known, headers.has(known) ? `${headers.get(known)}\n${value}` : value);
  }
  return headers;
}

function bareDigest(text = "") {
  return text.replace(/^sha256:/, "").toLowerCase();
}

class BlockHash {
  // The digests of a payload, and of the whole block: its head and the payload.
  constructor(head, payloadBytes) {
    this.head = head;
    this.block = new Hasher(head.length + payloadBytes);
    this.payload = this.block.held || !head.length ? null : new Hasher(payloadBytes);
    this.block.update(head);
  }

  update(bytes) {
    this.block.update(bytes);
    this.payload?.update(bytes);
  }

  async digests() {
    const block = await this.block.digest();
    if (!this.head.length) return [block, block];
    return [await (this.payload ? this.payload.digest() : this.block.digest(this.head.length)), block];
  }
}

export class RecordReader {
  // Fed with the unpacked bytes of one record; `finish` gives the record.
  constructor(keep) {
    this.keep = keep;
    this.stage = "head";
    this.held = new Uint8Array();
    this.left = 0;
  }

  feed(bytes) {
    if (this.stage === "payload") {
      this.takePayload(bytes);
      return;
    }
    this.held = join(this.held, bytes);
    if (this.stage === "head") this.takeHead();
    if (this.stage === "http") this.takeHttpHead();
  }

  takeHead() {
    const end = findBytes(this.held, BLANK_LINE);
    demand(end >= 0 ? end <= MOST_HEAD : this.held.length <= MOST_HEAD, "no_warc_header");
    if (end < 0) return;
    this.headers = parseHeaders(this.held.subarray(0, end));
    const stated = this.headers.get("content-length") ?? "";
    demand(/^[0-9]{1,15}$/.test(stated), "record_length", stated);
    this.left = Number(stated);
    this.type = this.headers.get("warc-type") ?? "";
    this.uri = this.headers.get("warc-target-uri") ?? "";
    this.bodyStart = end + 4;
    const isHttp = HTTP_TYPES.includes(this.type) && (this.headers.get("content-type") ?? "").startsWith("application/http");
    if (isHttp) this.stage = "http";
    else this.beginPayload(this.bodyStart);
  }

  takeHttpHead() {
    const end = findBytes(this.held, BLANK_LINE, this.bodyStart);
    const size = (end >= 0 ? end + 4 : this.held.length) - this.bodyStart;
    demand(size <= MOST_HTTP_HEAD && size <= this.left, "no_http_head");
    if (end >= 0) this.beginPayload(end + 4);
  }

  beginPayload(start) {
    this.stage = "payload";
    this.head = this.held.slice(this.bodyStart, start);
    this.headDigest = sha256(this.held.subarray(0, start));
    this.left -= this.head.length;
    this.payloadBytes = this.left;
    this.hash = new BlockHash(this.head, this.left);
    this.wanted = this.keep(this) ? [] : null;
    this.tail = new Uint8Array();
    const rest = this.held.slice(start);
    this.held = null;
    this.takePayload(rest);
  }

  takePayload(bytes) {
    const part = bytes.subarray(0, this.left);
    this.left -= part.length;
    if (part.length) {
      this.hash.update(part);
      this.wanted?.push(part);
    }
    if (part.length < bytes.length) {
      this.tail = join(this.tail, bytes.subarray(part.length));
      demand(this.tail.length <= 4, "record_length", "bytes behind the record");
    }
  }

  async finish() {
    demand(this.stage === "payload", this.stage === "head" ? "no_warc_header" : "no_http_head");
    demand(this.left === 0 && this.tail.length === 4 && findBytes(this.tail, BLANK_LINE) === 0, "record_length", "cut off");
    const [payload, block] = await this.hash.digests();
    return {
      headers: this.headers,
      type: this.type,
      uri: this.uri,
      head: this.head,
      headDigest: this.headDigest,
      payloadDigest: payload,
      payloadBytes: this.payloadBytes,
      payload: this.wanted && join(...this.wanted),
      problem: this.compareStated(toHex(payload), toHex(block)),
    };
  }

  compareStated(payload, block) {
    const statedPayload = bareDigest(this.headers.get("warc-payload-digest"));
    if (statedPayload && this.type !== "revisit" && statedPayload !== payload) return "payload_digest";
    const statedBlock = bareDigest(this.headers.get("warc-block-digest"));
    return statedBlock && statedBlock !== block ? "block_digest" : "";
  }
}

export async function readRecord(member, keep, progress = async () => undefined, unpacked = { bytes: 0 }) {
  // `member` is a Blob with one gzip member. Damage when it is no record. `unpacked` counts over all records of a file.
  const reader = new RecordReader(keep);
  for await (const bytes of unpack(member, "gzip", MOST_ALL_RECORDS - unpacked.bytes, progress)) {
    unpacked.bytes += bytes.length;
    reader.feed(bytes);
  }
  return reader.finish();
}
