// Time tokens of RFC 3161: a CMS SignedData (RFC 5652) over a TSTInfo. Parses and verifies; asks nobody.

import { parseDer, readOid, readSmall, readTime } from "./asn1.js";
import { sameBytes, toHex } from "./bytes.js";
import { demand } from "./damage.js";
import { sha256, webCrypto } from "./sha2.js";
import { hashName, isForTimestamps, parseCertificate, verifySignature } from "./x509.js";

const SIGNED_DATA = "1.2.840.113549.1.7.2";
const TST_INFO = "1.2.840.113549.1.9.16.1.4";
const CONTENT_TYPE = "1.2.840.113549.1.9.3";
const MESSAGE_DIGEST = "1.2.840.113549.1.9.4";
const SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.12";
const SIGNING_CERTIFICATE_2 = "1.2.840.113549.1.9.16.2.47";
const KEY_IDENTIFIER = "2.5.29.14";
const MOST_TOKEN = 1 << 20;
const MOST_CERTIFICATES_HELD = 20;

export function parseToken(bytes) {
  // A TimeStampResp (what a server answers) or the bare token. Damage for anything else.
  demand(bytes.length <= MOST_TOKEN, "too_large");
  let root = parseDer(bytes);
  demand(root.tag === 0x30, "no_token");
  if (root.children[0]?.tag === 0x30) {
    demand(readSmall(root.at(0).at(0)) <= 1, "token_refused");
    root = root.at(1, 0x30);
  }
  demand(readOid(root.at(0)) === SIGNED_DATA, "no_token");
  const signed = root.at(1, 0xa0).at(0, 0x30);
  const content = signed.at(2, 0x30);
  demand(readOid(content.at(0)) === TST_INFO, "no_token");
  const info = content.at(1, 0xa0).at(0, 4).body;
  const last = signed.children[signed.children.length - 1];
  demand(last.tag === 0x31 && last.children.length === 1, "no_token", "signers");
  const certificates = (signed.find(0xa0)?.children ?? []).filter((one) => one.tag === 0x30);
  demand(certificates.length <= MOST_CERTIFICATES_HELD, "too_large", "certificates");
  return {
    ...parseInfo(info),
    info,
    certificates: certificates.map((one) => parseCertificate(one.raw)),
    signer: parseSigner(last.at(0, 0x30)),
  };
}

function parseInfo(bytes) {
  const info = parseDer(bytes);
  demand(info.tag === 0x30 && readSmall(info.at(0)) === 1, "no_token", "version");
  const imprint = info.at(2, 0x30);
  return {
    policy: readOid(info.at(1)),
    hash: hashName(readOid(imprint.at(0).at(0))),
    imprint: imprint.at(1, 4).body,
    serial: toHex(info.at(3, 2).body),
    moment: readTime(info.at(4, 0x18)),
  };
}

function parseSigner(node) {
  const attributes = node.find(0xa0)?.raw && node.children.find((child) => child.tag === 0xa0 && child !== node.children[1]);
  demand(attributes, "no_token", "no signed attributes");
  const place = node.children.indexOf(attributes);
  const found = new Map();
  for (const attribute of attributes.children) {
    const oid = readOid(attribute.at(0));
    demand(!found.has(oid), "no_token", "attribute twice");
    found.set(oid, attribute.at(1, 0x31).at(0));
  }
  const signedBytes = attributes.raw.slice();
  signedBytes[0] = 0x31; // signed as the SET that it is, not under the tag that it bears here (RFC 5652, 5.4)
  return {
    id: node.at(1),
    digest: hashName(readOid(node.at(2).at(0))),
    attributes: found,
    signedBytes,
    algorithm: node.at(place + 1, 0x30),
    signature: node.at(place + 2, 4).body,
  };
}

function isSigner(certificate, id) {
  if (id.tag === 0x30) return sameBytes(id.at(0).raw, certificate.issuer) && sameBytes(id.at(1, 2).body, certificate.serial);
  const own = certificate.extensions.get(KEY_IDENTIFIER);
  return (id.tag === 0x80 || id.tag === 0xa0) && own !== undefined && sameBytes(parseDer(own).body, id.body);
}

async function digestAs(name, bytes) {
  if (name === "SHA-256") return sha256(bytes);
  const subtle = webCrypto();
  return subtle && name ? new Uint8Array(await subtle.digest(name, bytes)) : null;
}

export async function holdsImprint(token, bytes) {
  // true, false, or null for a hash that cannot be reckoned here. SHA-1 is none that binds.
  if (!token.hash || token.hash === "SHA-1") return null;
  const digest = await digestAs(token.hash, bytes);
  return digest && sameBytes(digest, token.imprint);
}

export async function verifyToken(token, chain) {
  // { signer, problem, unsure }: the certificate that signed, and what is wrong ("" if nothing) or cannot be told here.
  const { signer } = token;
  const pool = [...token.certificates, ...chain];
  const certificate = pool.find((one) => isSigner(one, signer.id));
  if (!certificate) return { problem: "no_signer" };
  if (readOid(signer.attributes.get(CONTENT_TYPE) ?? parseDer(Uint8Array.of(6, 1, 0))) !== TST_INFO)
    return { certificate, problem: "token_attributes" };
  const digest = await digestAs(signer.digest, token.info);
  if (!digest) return { certificate, unsure: "algorithm" };
  if (!sameBytes(digest, signer.attributes.get(MESSAGE_DIGEST)?.body)) return { certificate, problem: "token_attributes" };
  if (!(await namesCertificate(signer.attributes, certificate))) return { certificate, problem: "token_attributes" };
  const holds = await verifySignature(certificate, signer.algorithm, signer.signature, signer.signedBytes, signer.digest);
  if (holds === null) return { certificate, unsure: webCrypto() ? "algorithm" : "no_web_crypto" };
  if (!holds) return { certificate, problem: "token_signature" };
  return isForTimestamps(certificate) ? { certificate, problem: "" } : { certificate, problem: "not_for_time" };
}

async function namesCertificate(attributes, certificate) {
  // ESSCertID(v2), RFC 2634 and 5816: the token says which certificate signed it.
  const second = attributes.get(SIGNING_CERTIFICATE_2);
  const first = attributes.get(SIGNING_CERTIFICATE);
  if (!second && !first) return false;
  const named = (second ?? first).at(0, 0x30).at(0, 0x30);
  const stated = named.find(4);
  let name = second ? "SHA-256" : "SHA-1";
  if (second && named.at(0).tag === 0x30) name = hashName(readOid(named.at(0).at(0)));
  if (!webCrypto() && name !== "SHA-256") return true; // cannot be reckoned; the signature itself is not checked either
  const digest = await digestAs(name, certificate.der);
  return Boolean(stated && digest && sameBytes(digest, stated.body));
}
