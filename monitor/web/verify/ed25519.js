// Ed25519 (RFC 8032), verifying only. Strict: S below the group's order, points in their one spelling, none of small order.
// The equation is WebCrypto's where the browser has it, else our own; the strict checks are ours in both cases.

import { join } from "./bytes.js";
import { sha512, webCrypto } from "./sha2.js";

const P = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const D = 37095705934669439343138083508754565189542113879843219016388785533085940283555n;
const ROOT = 19681161376707505956807079304988542015446066515923890162744021073123829784752n;
const BASE_X = 15112221349535400772501151409588531511454012693041857206046113283949847762202n;
const BASE_Y = 46316835694926478169428394003475163141307993866256225615783033603165251855960n;

const mod = (value) => ((value % P) + P) % P;
const BASE = [BASE_X, BASE_Y, 1n, mod(BASE_X * BASE_Y)];

function power(base, exponent) {
  let answer = 1n;
  for (let b = mod(base), e = exponent; e; e >>= 1n, b = (b * b) % P) if (e & 1n) answer = (answer * b) % P;
  return answer;
}

function toNumber(bytes) {
  let number = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) number = (number << 8n) | BigInt(bytes[i]);
  return number;
}

function add([x1, y1, z1, t1], [x2, y2, z2, t2]) {
  const a = mod((y1 - x1) * (y2 - x2));
  const b = mod((y1 + x1) * (y2 + x2));
  const c = mod(2n * t1 * t2 * D);
  const d = mod(2n * z1 * z2);
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
}

function multiply(point, factor) {
  let answer = [0n, 1n, 1n, 0n];
  for (let p = point, n = factor; n; n >>= 1n, p = add(p, p)) if (n & 1n) answer = add(answer, p);
  return answer;
}

function samePoint([x1, y1, z1], [x2, y2, z2]) {
  return mod(x1 * z2 - x2 * z1) === 0n && mod(y1 * z2 - y2 * z1) === 0n;
}

function decodePoint(bytes) {
  // The point, or null for what is no point, is spelled in a second way, or has small order.
  const number = toNumber(bytes);
  const sign = number >> 255n;
  const y = number & ((1n << 255n) - 1n);
  if (y >= P) return null;
  const square = mod((y * y - 1n) * power(D * y * y + 1n, P - 2n));
  let x = power(square, (P + 3n) / 8n);
  if (mod(x * x - square)) x = mod(x * ROOT);
  if (mod(x * x - square) || (x === 0n && sign)) return null;
  if ((x & 1n) !== sign) x = P - x;
  const point = [x, y, 1n, mod(x * y)];
  return samePoint(multiply(point, 8n), [0n, 1n, 1n, 0n]) ? null : point;
}

function holdsEquation(key, publicKey, signature, message, nonce) {
  const challenge = toNumber(sha512(join(signature.subarray(0, 32), publicKey, message))) % ORDER;
  const left = multiply(BASE, toNumber(signature.subarray(32)));
  return samePoint(left, add(nonce, multiply(key, challenge)));
}

export async function verifyEd25519(publicKey, signature, message, subtle = webCrypto()) {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  const key = decodePoint(publicKey);
  const nonce = decodePoint(signature.subarray(0, 32));
  if (!key || !nonce || toNumber(signature.subarray(32)) >= ORDER) return false;
  if (subtle) {
    try {
      const imported = await subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"]);
      return await subtle.verify("Ed25519", imported, signature, message);
    } catch (error) {
      // NotSupportedError: a browser without Ed25519. Any other trouble is ours to decide too.
      if (error.name !== "NotSupportedError") return holdsEquation(key, publicKey, signature, message, nonce);
    }
  }
  return holdsEquation(key, publicKey, signature, message, nonce);
}
