// Certificates (RFC 5280) as far as a time token needs them, and signatures by their keys through WebCrypto.

import { parseDer, readName, readOid, readSmall, readTime } from "./asn1.js";
import { decodeLoosely, fromBase64, sameBytes, toHex } from "./bytes.js";
import { Damage, demand } from "./damage.js";
import { sha256, webCrypto } from "./sha2.js";

const HASHES = {
  "1.3.14.3.2.26": "SHA-1",
  "2.16.840.1.101.3.4.2.1": "SHA-256",
  "2.16.840.1.101.3.4.2.2": "SHA-384",
  "2.16.840.1.101.3.4.2.3": "SHA-512",
};
const RSA = "1.2.840.113549.1.1.1";
const RSA_PSS = "1.2.840.113549.1.1.10";
const EC = "1.2.840.10045.2.1";
const CURVES = { "1.2.840.10045.3.1.7": ["P-256", 32], "1.3.132.0.34": ["P-384", 48], "1.3.132.0.35": ["P-521", 66] };
const SIGNED_HASHES = {
  "1.2.840.113549.1.1.11": "SHA-256",
  "1.2.840.113549.1.1.12": "SHA-384",
  "1.2.840.113549.1.1.13": "SHA-512",
  "1.2.840.10045.4.3.2": "SHA-256",
  "1.2.840.10045.4.3.3": "SHA-384",
  "1.2.840.10045.4.3.4": "SHA-512",
};
const MOST_CERTIFICATES = 32;

export function hashName(oid) {
  return HASHES[oid] ?? "";
}

export function parseCertificate(der) {
  const node = parseDer(der);
  const body = node.at(0, 0x30);
  const parts = body.children[0]?.tag === 0xa0 ? body.children.slice(1) : body.children;
  demand(parts.length >= 6 && node.children.length === 3, "bad_der", "certificate");
  const [serial, , issuer, validity, subject, key] = parts;
  const extensions = new Map();
  for (const extension of body.find(0xa3)?.at(0).children ?? []) {
    const value = extension.children[extension.children.length - 1];
    extensions.set(readOid(extension.at(0)), value.body);
  }
  return {
    der,
    serial: serial.body,
    issuer: issuer.raw,
    subject: subject.raw,
    subjectName: readName(subject),
    from: readTime(validity.at(0)),
    to: readTime(validity.at(1)),
    key,
    extensions,
    signed: body.raw,
    algorithm: node.at(1),
    signature: readBits(node.at(2)),
    fingerprint: toHex(sha256(der)),
  };
}

function readBits(node) {
  demand(node.tag === 3 && node.body[0] === 0, "bad_der", "bit string");
  return node.body.subarray(1);
}

export function parsePem(bytes, most = MOST_CERTIFICATES) {
  // Every certificate of a PEM file, or the one of a DER file.
  if (bytes[0] === 0x30) return [parseCertificate(bytes)];
  const blocks = decodeLoosely(bytes).matchAll(/-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g);
  const found = [];
  for (const [, text] of blocks) {
    const der = fromBase64(text.replace(/\s+/g, ""));
    demand(der, "bad_der", "pem");
    demand(found.length < most, "too_large", "pem");
    found.push(parseCertificate(der));
  }
  demand(found.length, "bad_der", "pem");
  return found;
}

export function isAuthority(certificate) {
  const constraints = certificate.extensions.get("2.5.29.19");
  if (!constraints || parseDer(constraints).find(1)?.body[0] !== 0xff) return false;
  const usage = certificate.extensions.get("2.5.29.15");
  return !usage || (parseDer(usage).body[1] & 4) !== 0;
}

export function isForTimestamps(certificate) {
  const usage = certificate.extensions.get("2.5.29.37");
  const purposes = usage ? parseDer(usage).children.map(readOid) : [];
  return purposes.length === 1 && purposes[0] === "1.3.6.1.5.5.7.3.8";
}

function rawEcdsa(signature, size) {
  // WebCrypto takes r and s side by side where DER has two integers.
  const raw = new Uint8Array(2 * size);
  const node = parseDer(signature);
  demand(node.tag === 0x30 && node.children.length === 2, "bad_der", "ecdsa");
  node.children.forEach((part, i) => {
    const value = part.body[0] === 0 ? part.body.subarray(1) : part.body;
    demand(part.tag === 2 && value.length <= size, "bad_der", "ecdsa");
    raw.set(value, (i + 1) * size - value.length);
  });
  return raw;
}

function chooseAlgorithm(key, algorithm, digest) {
  // WebCrypto's names for a key and a signature algorithm; null for what it has not.
  const keyKind = readOid(key.at(0).at(0));
  const oid = readOid(algorithm.at(0));
  const hash = SIGNED_HASHES[oid] ?? digest;
  if (keyKind === RSA && oid === RSA_PSS) {
    const settings = algorithm.at(1, 0x30);
    const pssHash = hashName(readOid(settings.find(0xa0)?.at(0).at(0)));
    const salt = settings.find(0xa2);
    return pssHash ? { name: "RSA-PSS", hash: pssHash, saltLength: salt ? readSmall(salt.at(0)) : 20 } : null;
  }
  if (keyKind === RSA && hash) return { name: "RSASSA-PKCS1-v1_5", hash };
  if (keyKind === EC && hash) {
    const curve = CURVES[readOid(key.at(0).at(1))];
    return curve ? { name: "ECDSA", namedCurve: curve[0], size: curve[1], hash } : null;
  }
  return null;
}

export async function verifySignature(certificate, algorithm, signature, message, digest = "") {
  // true or false; null where this browser cannot tell (no WebCrypto, an algorithm that it has not).
  const chosen = chooseAlgorithm(certificate.key, algorithm, digest);
  const subtle = webCrypto();
  if (!chosen || !subtle || chosen.hash === "SHA-1") return null;
  try {
    const given = chosen.size ? rawEcdsa(signature, chosen.size) : signature;
    const key = await subtle.importKey("spki", certificate.key.raw, chosen, false, ["verify"]);
    return await subtle.verify(chosen, key, given, message);
  } catch (error) {
    if (error.name === "NotSupportedError") return null;
    if (error instanceof Damage || error instanceof DOMException) return false;
    throw error;
  }
}

export async function buildChain(leaf, pool, moment) {
  // { chain, problem }: from the leaf to a certificate that signs itself; `problem` says where it breaks.
  const chain = [leaf];
  for (let current = leaf; chain.length <= 8; ) {
    if (moment < current.from || moment > current.to) return { chain, problem: "certificate_time" };
    if (sameBytes(current.issuer, current.subject)) {
      const own = await verifySignature(current, current.algorithm, current.signature, current.signed);
      return { chain, problem: own === false ? "chain_signature" : "" };
    }
    const issuers = pool.filter((one) => sameBytes(one.subject, current.issuer) && !chain.includes(one));
    if (!issuers.length) return { chain, problem: "chain_open" };
    let next = null;
    for (const issuer of issuers.slice(0, 4)) {
      if (!isAuthority(issuer)) continue;
      const holds = await verifySignature(issuer, current.algorithm, current.signature, current.signed);
      if (holds === null) return { chain, problem: "algorithm" };
      if (holds) next = issuer;
    }
    if (!next) return { chain, problem: "chain_signature" };
    chain.push(next);
    current = next;
  }
  return { chain, problem: "chain_open" };
}
