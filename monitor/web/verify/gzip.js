// Where a gzip member (RFC 1952) ends: browsers unpack members, but do not say how long one is. This walks the deflate
// stream (RFC 1951) without making its output, so a bomb costs no memory and a stored block no time.

import { demand } from "./damage.js";

const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

function makeTable(lengths) {
  // How many codes of each length, and the symbols in the order of their codes.
  const counts = new Uint16Array(16);
  for (const length of lengths) counts[length]++;
  counts[0] = 0;
  const places = new Uint16Array(16);
  for (let i = 1; i < 15; i++) places[i + 1] = places[i] + counts[i];
  const symbols = new Uint16Array(lengths.length);
  lengths.forEach((length, symbol) => {
    if (length) symbols[places[length]++] = symbol;
  });
  return { counts, symbols };
}

const FIXED = makeTable(Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8)));
const FIXED_DISTANCES = makeTable(Array(30).fill(5));

class Bits {
  constructor(bytes, at) {
    this.bytes = bytes;
    this.at = at;
    this.held = 0;
    this.count = 0;
  }

  take(wanted) {
    while (this.count < wanted) {
      demand(this.at < this.bytes.length, "cut_off");
      this.held |= this.bytes[this.at++] << this.count;
      this.count += 8;
    }
    const value = this.held & ((1 << wanted) - 1);
    this.held >>>= wanted;
    this.count -= wanted;
    return value;
  }

  symbol({ counts, symbols }) {
    let code = 0;
    let first = 0;
    let place = 0;
    for (let length = 1; length < 16; length++) {
      code |= this.take(1);
      const count = counts[length];
      if (code - count < first) return symbols[place + code - first];
      place += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    demand(false, "cannot_unpack");
  }
}

function readTables(bits) {
  const literals = bits.take(5) + 257;
  const distances = bits.take(5) + 1;
  const codes = bits.take(4) + 4;
  const lengths = Array(19).fill(0);
  for (let i = 0; i < codes; i++) lengths[LENGTH_ORDER[i]] = bits.take(3);
  const table = makeTable(lengths);
  const found = [];
  while (found.length < literals + distances) {
    const symbol = bits.symbol(table);
    if (symbol < 16) {
      found.push(symbol);
      continue;
    }
    demand(symbol !== 16 || found.length, "cannot_unpack");
    const value = symbol === 16 ? found[found.length - 1] : 0;
    const times = symbol === 16 ? 3 + bits.take(2) : symbol === 17 ? 3 + bits.take(3) : 11 + bits.take(7);
    for (let i = 0; i < times; i++) found.push(value);
  }
  demand(found.length === literals + distances, "cannot_unpack");
  return [makeTable(found.slice(0, literals)), makeTable(found.slice(literals))];
}

function skipBlock(bits, table, distances) {
  for (;;) {
    const symbol = bits.symbol(table);
    if (symbol === 256) return;
    if (symbol < 256) continue;
    demand(symbol < 286, "cannot_unpack");
    bits.take(LENGTH_EXTRA[symbol - 257]);
    const distance = bits.symbol(distances);
    demand(distance < 30, "cannot_unpack");
    bits.take(distance < 2 ? 0 : (distance >> 1) - 1);
  }
}

export function endOfMember(bytes, start) {
  // The place behind the member that begins at `start`. Its CRC is checked by whoever unpacks it.
  demand(start + 18 <= bytes.length, "cut_off");
  demand(bytes[start] === 0x1f && bytes[start + 1] === 0x8b && bytes[start + 2] === 8, "not_gzip", `${start}`);
  demand(bytes[start + 3] === 0, "cannot_unpack", "gzip flags"); // our writer sets none
  const bits = new Bits(bytes, start + 10);
  let last = 0;
  while (!last) {
    last = bits.take(1);
    const kind = bits.take(2);
    if (kind === 0) {
      bits.held = bits.count = 0;
      const size = bytes[bits.at] | (bytes[bits.at + 1] << 8);
      demand(bits.at + 4 + size <= bytes.length, "cut_off");
      bits.at += 4 + size;
    } else if (kind === 1) {
      skipBlock(bits, FIXED, FIXED_DISTANCES);
    } else {
      demand(kind === 2, "cannot_unpack");
      skipBlock(bits, ...readTables(bits));
    }
  }
  demand(bits.at + 8 <= bytes.length, "cut_off");
  return bits.at + 8;
}
