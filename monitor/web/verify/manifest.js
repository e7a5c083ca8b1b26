// The manifest of a capture (cardwatch-manifest-1): its commitments, and the salts that open them.

import { encodeText, isDigest, sameBytes, toHex } from "./bytes.js";
import { canonicalJson, get, getText, parseJson } from "./canonical.js";
import { demand } from "./damage.js";
import { SECRET_HEADER } from "./heads.js";
import { hmacSha256, sha256 } from "./sha2.js";

const MOST_RECORDS = 100_000;

export function parseManifest(bytes) {
  const fields = parseJson(bytes);
  demand(getText(fields, "format") === "cardwatch-manifest-1", "bad_manifest", "format");
  demand(sameBytes(canonicalJson(fields), bytes), "not_canonical");
  const artifacts = get(fields, "artifacts");
  const records = get(fields, "records");
  const exchanges = get(fields, "exchanges");
  demand(Array.isArray(artifacts) && artifacts.length === 1, "bad_manifest", "artifacts");
  demand(Array.isArray(records) && records.length <= MOST_RECORDS, "bad_manifest", "records");
  demand(Array.isArray(exchanges) && exchanges.every(isDigest), "bad_manifest", "exchanges");
  demand(isDigest(getText(artifacts[0], "sha256")) && isDigest(getText(fields, "visit")), "bad_manifest", "digests");
  return {
    fields,
    warc: getText(artifacts[0], "sha256"),
    warcBytes: get(artifacts[0], "bytes"),
    records: records.map((record, number) => {
      const [offset, length] = [get(record, "offset"), get(record, "length")];
      demand(Number.isSafeInteger(offset) && Number.isSafeInteger(length) && length > 0, "bad_manifest", `record ${number}`);
      return { offset, length, type: getText(record, "type"), commitment: getText(record, "commitment") };
    }),
    exchanges,
    visit: getText(fields, "visit"),
  };
}

export function saltOf(salts, label) {
  // null where it is not disclosed.
  return salts.seed ? hmacSha256(salts.seed, encodeText(label)) : (salts.labels.get(label) ?? null);
}

export function commit(salt, piece) {
  return toHex(sha256(salt, piece));
}

export function recordPiece(headDigest, payloadDigest) {
  return sha256(headDigest, payloadDigest);
}

export function jsonPiece(value) {
  return sha256(canonicalJson(value));
}

export function isRedacted(value) {
  return value instanceof Map && value.size === 1 && isDigest(value.get("redacted"));
}

export function blindExchange(entry, number, salts) {
  // The entry with a commitment in place of every value that may be secret; null where the salt of one is not disclosed.
  if (!(entry instanceof Map)) return entry;
  const blinded = new Map(entry);
  let complete = true;

  function blind(value, label) {
    if (value instanceof Map) return value;
    const salt = saltOf(salts, label);
    if (!salt) {
      complete = false;
      return value;
    }
    return new Map([["redacted", commit(salt, jsonPiece(value))]]);
  }

  for (const side of ["request_headers", "response_headers"]) {
    const headers = entry.get(side);
    if (!Array.isArray(headers)) continue;
    blinded.set(
      side,
      headers.map((pair, place) =>
        SECRET_HEADER.test(getText(pair, 0)) ? [pair[0], blind(pair[1], `exchange:${number}:${side}:${place}`)] : pair,
      ),
    );
  }
  const body = entry.get("request_body");
  if (body !== undefined && body !== null) blinded.set("request_body", blind(body, `exchange:${number}:request_body`));
  return complete ? blinded : null;
}
