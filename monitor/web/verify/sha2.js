// SHA-256, SHA-512 (FIPS 180-4) and HMAC-SHA256 of our own: for small pieces, for streams, and where a browser gives a
// page opened from a file no WebCrypto. `digestBytes` takes WebCrypto for whole buffers, which is faster.

import { toHex } from "./bytes.js";

const MASK = (1n << 64n) - 1n;

function rootOf(value, power) {
  // The whole part of a root, by halving.
  let low = 0n;
  let high = 1n << 80n;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** power <= value) low = middle;
    else high = middle;
  }
  return low;
}

function firstPrimes(count) {
  const primes = [];
  for (let n = 2n; primes.length < count; n++) if (primes.every((prime) => n % prime)) primes.push(n);
  return primes;
}

// The constants are the first bits of the fractions of roots of the first primes.
const PRIMES = firstPrimes(80);
const K512 = PRIMES.map((prime) => rootOf(prime << 192n, 3n) & MASK);
const H512 = PRIMES.slice(0, 8).map((prime) => rootOf(prime << 128n, 2n) & MASK);
const K256 = Int32Array.from(K512.slice(0, 64), (word) => Number(word >> 32n) | 0);
const H256 = Int32Array.from(H512, (word) => Number(word >> 32n) | 0);

function mixBlocks(state, schedule, bytes, start, end) {
  // Four rounds at a time: then the two halves of the words have only to change places.
  let s0 = state[0], s1 = state[1], s2 = state[2], s3 = state[3], s4 = state[4], s5 = state[5], s6 = state[6], s7 = state[7];
  for (let at = start; at < end; at += 64) {
    for (let i = 0, p = at; i < 16; i++, p += 4) {
      schedule[i] = (bytes[p] << 24) | (bytes[p + 1] << 16) | (bytes[p + 2] << 8) | bytes[p + 3];
    }
    for (let i = 16; i < 64; i++) {
      const x = schedule[i - 15];
      const y = schedule[i - 2];
      const left = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const right = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      schedule[i] = (schedule[i - 16] + left + schedule[i - 7] + right) | 0;
    }
    let a = s0, b = s1, c = s2, d = s3, e = s4, f = s5, g = s6, h = s7;
    for (let i = 0; i < 64; i += 4) {
      h = (h + (((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))) + (g ^ (e & (f ^ g))) + K256[i] + schedule[i]) | 0;
      d = (d + h) | 0;
      h = (h + (((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))) + ((a & b) | (c & (a | b)))) | 0;
      g = (g + (((d >>> 6) | (d << 26)) ^ ((d >>> 11) | (d << 21)) ^ ((d >>> 25) | (d << 7))) + (f ^ (d & (e ^ f))) + K256[i + 1] + schedule[i + 1]) | 0;
      c = (c + g) | 0;
      g = (g + (((h >>> 2) | (h << 30)) ^ ((h >>> 13) | (h << 19)) ^ ((h >>> 22) | (h << 10))) + ((h & a) | (b & (h | a)))) | 0;
      f = (f + (((c >>> 6) | (c << 26)) ^ ((c >>> 11) | (c << 21)) ^ ((c >>> 25) | (c << 7))) + (e ^ (c & (d ^ e))) + K256[i + 2] + schedule[i + 2]) | 0;
      b = (b + f) | 0;
      f = (f + (((g >>> 2) | (g << 30)) ^ ((g >>> 13) | (g << 19)) ^ ((g >>> 22) | (g << 10))) + ((g & h) | (a & (g | h)))) | 0;
      e = (e + (((b >>> 6) | (b << 26)) ^ ((b >>> 11) | (b << 21)) ^ ((b >>> 25) | (b << 7))) + (d ^ (b & (c ^ d))) + K256[i + 3] + schedule[i + 3]) | 0;
      a = (a + e) | 0;
      e = (e + (((f >>> 2) | (f << 30)) ^ ((f >>> 13) | (f << 19)) ^ ((f >>> 22) | (f << 10))) + ((f & g) | (h & (f | g)))) | 0;
      const w = a, x = b, y = c, z = d;
      a = e; b = f; c = g; d = h; e = w; f = x; g = y; h = z;
    }
    s0 = (s0 + a) | 0; s1 = (s1 + b) | 0; s2 = (s2 + c) | 0; s3 = (s3 + d) | 0;
    s4 = (s4 + e) | 0; s5 = (s5 + f) | 0; s6 = (s6 + g) | 0; s7 = (s7 + h) | 0;
  }
  state[0] = s0; state[1] = s1; state[2] = s2; state[3] = s3; state[4] = s4; state[5] = s5; state[6] = s6; state[7] = s7;
}

export class Sha256 {
  // Takes bytes in pieces; `digest` gives 32 bytes and ends it.
  constructor() {
    this.state = Int32Array.from(H256);
    this.schedule = new Int32Array(64);
    this.rest = new Uint8Array(128);
    this.held = 0;
    this.length = 0;
  }

  update(bytes) {
    this.length += bytes.length;
    let at = 0;
    if (this.held) {
      const taken = Math.min(64 - this.held, bytes.length);
      this.rest.set(bytes.subarray(0, taken), this.held);
      this.held += taken;
      at = taken;
      if (this.held < 64) return this;
      mixBlocks(this.state, this.schedule, this.rest, 0, 64);
      this.held = 0;
    }
    const end = at + Math.floor((bytes.length - at) / 64) * 64;
    mixBlocks(this.state, this.schedule, bytes, at, end);
    this.rest.set(bytes.subarray(end));
    this.held = bytes.length - end;
    return this;
  }

  digest() {
    const size = this.held < 56 ? 64 : 128;
    const view = new DataView(this.rest.buffer);
    this.rest.fill(0, this.held, size);
    this.rest[this.held] = 0x80;
    view.setUint32(size - 8, Math.floor(this.length / 0x20000000));
    view.setUint32(size - 4, (this.length << 3) >>> 0);
    mixBlocks(this.state, this.schedule, this.rest, 0, size);
    const answer = new Uint8Array(32);
    const out = new DataView(answer.buffer);
    this.state.forEach((word, i) => out.setUint32(4 * i, word));
    return answer;
  }
}

export function sha256(...parts) {
  const state = new Sha256();
  for (const part of parts) state.update(part);
  return state.digest();
}

export function hmacSha256(key, message) {
  const block = new Uint8Array(64);
  block.set(key.length > 64 ? sha256(key) : key);
  const inner = sha256(block.map((byte) => byte ^ 0x36), message);
  return sha256(block.map((byte) => byte ^ 0x5c), inner);
}

export function sha512(bytes) {
  const rotate = (word, by) => ((word >> by) | (word << (64n - by))) & MASK;
  const padded = new Uint8Array(Math.ceil((bytes.length + 17) / 128) * 128);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - 8, BigInt(bytes.length) * 8n);
  const state = [...H512];
  for (let at = 0; at < padded.length; at += 128) {
    const w = [];
    for (let i = 0; i < 16; i++) w.push(view.getBigUint64(at + 8 * i));
    for (let i = 16; i < 80; i++) {
      const left = rotate(w[i - 15], 1n) ^ rotate(w[i - 15], 8n) ^ (w[i - 15] >> 7n);
      const right = rotate(w[i - 2], 19n) ^ rotate(w[i - 2], 61n) ^ (w[i - 2] >> 6n);
      w.push((w[i - 16] + left + w[i - 7] + right) & MASK);
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 80; i++) {
      const big = rotate(e, 14n) ^ rotate(e, 18n) ^ rotate(e, 41n);
      const one = h + big + ((e & f) ^ (~e & MASK & g)) + K512[i] + w[i];
      const two = (rotate(a, 28n) ^ rotate(a, 34n) ^ rotate(a, 39n)) + ((a & b) ^ (a & c) ^ (b & c));
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) & MASK, c, b, a, (one + two) & MASK];
    }
    [a, b, c, d, e, f, g, h].forEach((word, i) => (state[i] = (state[i] + word) & MASK));
  }
  const answer = new DataView(new ArrayBuffer(64));
  state.forEach((word, i) => answer.setBigUint64(8 * i, word));
  return new Uint8Array(answer.buffer);
}

export function webCrypto() {
  // undefined where the browser withholds it (a page that is no secure context).
  return globalThis.crypto?.subtle;
}

export async function digestBytes(bytes) {
  const subtle = webCrypto();
  if (!subtle || bytes.length < 4096) return sha256(bytes);
  return new Uint8Array(await subtle.digest("SHA-256", bytes));
}

const HOLD = 64 << 20;

export class Hasher {
  // SHA-256 of a stream of a stated length: one of up to 64 MB is held for WebCrypto, a longer one is hashed as it comes.
  constructor(expected) {
    this.held = webCrypto() && expected <= HOLD ? new Uint8Array(expected) : null;
    this.stream = this.held ? null : new Sha256();
    this.length = 0;
  }

  update(bytes) {
    if (this.held && this.length + bytes.length > this.held.length) {
      this.stream = new Sha256().update(this.held.subarray(0, this.length));
      this.held = null;
    }
    if (this.held) this.held.set(bytes, this.length);
    else this.stream.update(bytes);
    this.length += bytes.length;
  }

  async digest(from = 0) {
    // `from` leaves out the first bytes, of what is held only.
    return this.held ? digestBytes(this.held.subarray(from, this.length)) : this.stream.digest();
  }

  async hex() {
    return toHex(await this.digest());
  }
}
