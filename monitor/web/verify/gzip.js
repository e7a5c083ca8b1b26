// Where a gzip member (RFC 1952) ends: browsers unpack members, but do not say how long one is. This walks the deflate
// stream (RFC 1951) by windows on the file and without making its output, so neither a long member nor a bomb costs
// memory, and a stored block no time.

import { demand } from "./damage.js";
import { readSlice } from "./zip.js";

const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const WINDOW = 1 << 20;
const MARGIN = 4096; // more than any tables or symbol take
const QUICK = 10; // codes of so many bits are looked up at once

function makeTable(lengths) {
  // How many codes of each length, the symbols in the order of their codes, and `quick`: symbol and length by the next bits.
  const counts = new Uint16Array(16);
  for (const length of lengths) counts[length]++;
  counts[0] = 0;
  const places = new Uint16Array(16);
  const codes = new Uint16Array(17);
  for (let i = 1; i < 16; i++) {
    if (i < 15) places[i + 1] = places[i] + counts[i];
    codes[i + 1] = (codes[i] + counts[i]) << 1;
  }
  const symbols = new Uint16Array(lengths.length);
  const quick = new Uint16Array(1 << QUICK);
  lengths.forEach((length, symbol) => {
    if (!length) return;
    symbols[places[length]++] = symbol;
    if (length > QUICK) return;
    let turned = 0; // codes come with their highest bit first, all else with the lowest
    for (let i = 0, code = codes[length]++; i < length; i++, code >>= 1) turned = (turned << 1) | (code & 1);
    for (let i = turned; i < quick.length; i += 1 << length) quick[i] = (symbol << 4) | length;
  });
  return { counts, symbols, quick };
}

const FIXED = makeTable(Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8)));
const FIXED_DISTANCES = makeTable(Array(30).fill(5));

class Bits {
  // The bits of a file from a place on. `load` must be awaited whenever `at` has passed `room`.
  constructor(file, place) {
    this.file = file;
    this.base = place; // of the window in the file
    this.bytes = new Uint8Array();
    this.at = 0;
    this.room = -1;
    this.held = 0;
    this.count = 0;
  }

  get place() {
    return this.base + this.at - (this.count >> 3);
  }

  async load() {
    this.base += this.at;
    this.at = 0;
    this.bytes = await readSlice(this.file, this.base, this.base + WINDOW);
    this.room = this.base + this.bytes.length < this.file.size ? this.bytes.length - MARGIN : Infinity;
  }

  async moveTo(place) {
    // To a whole byte, of which at least MARGIN bytes can be read then.
    this.at = place - this.base;
    this.held = this.count = 0;
    if (this.at < 0 || this.at > this.room) await this.load();
  }

  fill(wanted) {
    while (this.count < wanted && this.at < this.bytes.length) {
      this.held |= this.bytes[this.at++] << this.count;
      this.count += 8;
    }
  }

  take(wanted) {
    this.fill(wanted);
    demand(this.count >= wanted, "cut_off");
    const value = this.held & ((1 << wanted) - 1);
    this.held >>>= wanted;
    this.count -= wanted;
    return value;
  }

  symbol(table) {
    this.fill(QUICK);
    const found = table.quick[this.held & ((1 << QUICK) - 1)];
    if (found) {
      this.take(found & 15);
      return found >> 4;
    }
    let code = 0;
    let first = 0;
    let place = 0;
    for (let length = 1; length < 16; length++) {
      code |= this.take(1);
      const count = table.counts[length];
      if (code - count < first) return table.symbols[place + code - first];
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

async function skipBlock(bits, table, distances) {
  for (;;) {
    if (bits.at > bits.room) await bits.load();
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

async function skipStored(bits) {
  await bits.moveTo(bits.place);
  demand(bits.at + 4 <= bits.bytes.length, "cut_off");
  await bits.moveTo(bits.place + 4 + (bits.bytes[bits.at] | (bits.bytes[bits.at + 1] << 8)));
  demand(bits.place <= bits.file.size, "cut_off");
}

export async function endOfMember(file, start) {
  // The place behind the member that begins at `start`. Its CRC is checked by whoever unpacks it.
  const bits = new Bits(file, start);
  await bits.load();
  const head = bits.bytes;
  demand(head.length >= 18, "cut_off");
  demand(head[0] === 0x1f && head[1] === 0x8b && head[2] === 8, "not_gzip", `${start}`);
  demand(head[3] === 0, "cannot_unpack", "gzip flags"); // our writer sets none
  bits.at = 10;
  let last = 0;
  while (!last) {
    if (bits.at > bits.room) await bits.load();
    last = bits.take(1);
    const kind = bits.take(2);
    demand(kind < 3, "cannot_unpack");
    if (kind === 0) await skipStored(bits);
    else if (kind === 1) await skipBlock(bits, FIXED, FIXED_DISTANCES);
    else await skipBlock(bits, ...readTables(bits));
  }
  demand(bits.place + 8 <= file.size, "cut_off");
  return bits.place + 8;
}
