// SHA-256, SHA-512 (FIPS 180-4) and HMAC-SHA256 of our own: for small pieces, for streams, and where a browser gives a
// page opened from a file no WebCrypto. `digestBytes` takes WebCrypto for whole buffers, which is faster.

import { join, toHex } from "./bytes.js";

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
const K256 = Uint32Array.from(K512.slice(0, 64), (word) => Number(word >> 32n));
const H256 = Uint32Array.from(H512, (word) => Number(word >> 32n));

function mixBlocks(state, schedule, bytes, start, end) {
  let [s0, s1, s2, s3, s4, s5, s6, s7] = state;
  for (let at = start; at < end; at += 64) {
    for (let i = 0; i < 16; i++) {
      const p = at + 4 * i;
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
    for (let i = 0; i < 64; i++) {
      const big = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const one = (h + big + ((e & f) ^ (~e & g)) + K256[i] + schedule[i]) | 0;
      const small = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const two = (small + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
    }
    s0 = (s0 + a) | 0; s1 = (s1 + b) | 0; s2 = (s2 + c) | 0; s3 = (s3 + d) | 0;
    s4 = (s4 + e) | 0; s5 = (s5 + f) | 0; s6 = (s6 + g) | 0; s7 = (s7 + h) | 0;
  }
  state.set([s0, s1, s2, s3, s4, s5, s6, s7]);
}

export class Sha256 {
  // Takes bytes in pieces; `digest` gives 32 bytes and ends it.
  constructor() {
    this.state = Uint32Array.from(H256);
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

const HOLD = 32 << 20;

export class Hasher {
  // SHA-256 of a stream: what is short is held for WebCrypto, what is long goes through our own as it comes.
  constructor() {
    this.parts = [];
    this.length = 0;
    this.stream = null;
  }

  update(bytes) {
    this.length += bytes.length;
    if (this.stream) {
      this.stream.update(bytes);
      return;
    }
    this.parts.push(bytes);
    if (this.length > HOLD) {
      this.stream = new Sha256();
      for (const part of this.parts) this.stream.update(part);
      this.parts = [];
    }
  }

  async digest() {
    if (this.stream) return this.stream.digest();
    return digestBytes(this.parts.length === 1 ? this.parts[0] : join(...this.parts));
  }

  async hex() {
    return toHex(await this.digest());
  }
}
