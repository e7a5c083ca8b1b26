// Reads a ZIP (APPNOTE 6.3) by slices of the file and trusts nothing in it. A package of ours is plain: entries one after
// another from byte 0, nothing before, between or behind them, each named once. `problems` lists whatever is not so.

import { decodeText, sameBytes } from "./bytes.js";
import { Damage, demand } from "./damage.js";

const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const DESCRIPTOR = 0x08074b50;
const FULL = 0xffffffff;
const MOST_ENTRIES = 20_000;
const MOST_DIRECTORY = 16 << 20;
const SLICE = 4 << 20;
const LOOSE = 64; // pieces that are held before they go into the browser's store
const ANY_RATIO = 64 << 20; // so many bytes may unpack from however few
const MOST_RATIO = 200;
const MOST_UNPACKED = 8 * 2 ** 30;
const UNICODE_NAME = 0x7075;
const UTF8 = 0x800; // a name that is not ASCII says so
const OWN_MAKER = 0x0314;
const OWN_ATTRIBUTES = [0, 0, 0o644 * 0x10000];

const CRC = Uint32Array.from({ length: 256 * 8 });
for (let i = 0; i < 256; i++) {
  let word = i;
  for (let bit = 0; bit < 8; bit++) word = word & 1 ? (word >>> 1) ^ 0xedb88320 : word >>> 1;
  CRC[i] = word;
}
for (let i = 256; i < 2048; i++) CRC[i] = (CRC[i - 256] >>> 8) ^ CRC[CRC[i - 256] & 255];

export function crc32(bytes, before = 0) {
  let crc = ~before;
  let at = 0;
  for (const end = bytes.length - 7; at < end; at += 8) {
    crc ^= bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
    crc =
      CRC[1792 + (crc & 255)] ^ CRC[1536 + ((crc >>> 8) & 255)] ^ CRC[1280 + ((crc >>> 16) & 255)] ^
      CRC[1024 + (crc >>> 24)] ^ CRC[768 + bytes[at + 4]] ^ CRC[512 + bytes[at + 5]] ^
      CRC[256 + bytes[at + 6]] ^ CRC[bytes[at + 7]];
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ CRC[(crc ^ bytes[at]) & 255];
  return ~crc >>> 0;
}

export async function readSlice(file, start, end) {
  return new Uint8Array(await file.slice(start, end).arrayBuffer());
}

function isSafeName(name) {
  if (!name || name.length > 512 || /[\u0000-\u001f\u007f\\:]/.test(name) || name.startsWith("/")) return false;
  return name.split("/").every((part, i, all) => part !== "." && part !== ".." && (part !== "" || i === all.length - 1));
}

function readExtra(extra) {
  // The fields of an extra block by their number; null when it is not made of fields.
  const view = new DataView(extra.buffer, extra.byteOffset, extra.length);
  const found = new Map();
  let at = 0;
  while (at < extra.length) {
    if (at + 4 > extra.length) return null;
    const id = view.getUint16(at, true);
    const size = view.getUint16(at + 2, true);
    if (at + 4 + size > extra.length || found.has(id)) return null;
    found.set(id, extra.subarray(at + 4, at + 4 + size));
    at += 4 + size;
  }
  return found;
}

function readLong(view, at) {
  const value = view.getBigUint64(at, true);
  demand(value <= BigInt(Number.MAX_SAFE_INTEGER), "zip_directory", "length beyond measure");
  return Number(value);
}

function widen(values, extra) {
  // Replace each 0xffffffff by the next 64-bit value of extra field 1.
  const field = extra.get(1);
  const view = field && new DataView(field.buffer, field.byteOffset, field.length);
  let at = 0;
  return values.map((value) => {
    if (value !== FULL) return value;
    demand(view && at + 8 <= view.byteLength, "zip_directory", "zip64");
    at += 8;
    return readLong(view, at - 8);
  });
}

async function findDirectory(file, problems) {
  const tail = await readSlice(file, Math.max(0, file.size - 65_557), file.size);
  const base = file.size - tail.length;
  const view = new DataView(tail.buffer);
  let at = tail.length - 22;
  while (at >= 0 && view.getUint32(at, true) !== END) at--;
  if (at < 0) throw new Damage(await explainNoEnd(file));
  if (at + 22 !== tail.length) problems.push(["zip_tail", `${tail.length - at - 22}`]);
  let count = view.getUint16(at + 10, true);
  let size = view.getUint32(at + 12, true);
  let start = view.getUint32(at + 16, true);
  if (view.getUint16(at + 4, true) || view.getUint16(at + 6, true) || view.getUint16(at + 8, true) !== count)
    problems.push(["zip_directory", "disks"]);
  if (view.getUint16(at + 20, true) !== tail.length - at - 22) problems.push(["zip_directory", "comment"]);
  let end = base + at;
  const locator = at - 20;
  if (locator >= 0 && view.getUint32(locator, true) === LOCATOR64) {
    const place = readLong(view, locator + 8);
    const record = await readSlice(file, place, place + 56);
    const wide = new DataView(record.buffer);
    demand(record.length === 56 && wide.getUint32(0, true) === END64, "zip_directory", "zip64");
    const [entries, length, offset] = [readLong(wide, 32), readLong(wide, 40), readLong(wide, 48)];
    const agrees = (short, full, long) => short === full || short === long;
    if (!agrees(count, 0xffff, entries) || !agrees(size, FULL, length) || !agrees(start, FULL, offset))
      problems.push(["zip_directory", "zip64"]);
    [count, size, start] = [entries, length, offset];
    end = place;
    const plain = readLong(wide, 4) === 44 && readLong(wide, 24) === count && !wide.getUint32(16, true);
    if (!plain || wide.getUint32(20, true) || place + 56 !== base + locator || view.getUint32(locator + 4, true))
      problems.push(["zip_directory", "zip64"]);
  }
  demand(count <= MOST_ENTRIES && size <= MOST_DIRECTORY, "zip_bomb", `${count} / ${size}`);
  demand(start + size <= file.size, "zip_directory", "offset");
  if (start + size !== end) problems.push(["zip_gap", `${start + size}`]);
  return { count, size, start };
}

function readDirectory(bytes, count, problems) {
  const view = new DataView(bytes.buffer);
  const entries = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== CENTRAL) {
      problems.push(["zip_directory", `entry ${i + 1}`]);
      return entries;
    }
    const nameSize = view.getUint16(at + 28, true);
    const extraSize = view.getUint16(at + 30, true);
    const end = at + 46 + nameSize + extraSize + view.getUint16(at + 32, true);
    demand(end <= bytes.length, "zip_directory", `entry ${i}`);
    const rawName = bytes.subarray(at + 46, at + 46 + nameSize);
    const extra = readExtra(bytes.subarray(at + 46 + nameSize, at + 46 + nameSize + extraSize));
    demand(extra, "zip_directory", `entry ${i}`);
    const [size, packed, offset] = widen(
      [view.getUint32(at + 24, true), view.getUint32(at + 20, true), view.getUint32(at + 42, true)],
      extra,
    );
    entries.push({
      name: decodeText(rawName) ?? "",
      rawName,
      madeBy: view.getUint16(at + 4, true),
      needed: view.getUint16(at + 6, true),
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      stamp: view.getUint32(at + 12, true),
      crc: view.getUint32(at + 16, true),
      comment: view.getUint16(at + 32, true),
      attributes: [view.getUint16(at + 34, true), view.getUint16(at + 36, true), view.getUint32(at + 38, true)],
      extra,
      size,
      packed,
      offset,
    });
    at = end;
  }
  if (at !== bytes.length) problems.push(["zip_directory", "length"]);
  return entries;
}

const isOwn = (entry) => entry.madeBy === OWN_MAKER && entry.attributes.every((value, i) => value === OWN_ATTRIBUTES[i]);

function isSpecial(entry) {
  // A link or a device, by the type bits that Unix keeps in the external attributes.
  return entry.madeBy >> 8 === 3 && ![0, 4, 8].includes(entry.attributes[2] >>> 28);
}

function checkForm(listed, problems) {
  // What cardwatch writes has one form; where one header has it, all must: so a byte that means nothing is compared too.
  if (!listed.some(isOwn)) return;
  const stamps = listed.map((entry) => entry.stamp);
  const usual = stamps.reduce((best, one) => (count(stamps, one) > count(stamps, best) ? one : best));
  for (const entry of listed) {
    const wide = entry.needed === 45;
    const flags = entry.rawName.every((byte) => byte < 128) ? 0 : UTF8;
    const plain = isOwn(entry) && entry.flags === flags && !entry.method && !entry.comment && entry.stamp === usual;
    const extraFits = wide ? [...entry.extra.keys()].every((id) => id === 1) : !entry.extra.size;
    if (!plain || !extraFits || !(wide || entry.needed === 20)) problems.push(["zip_form", entry.name]);
  }
  if (listed.some((entry, i) => i && entry.offset < listed[i - 1].offset)) problems.push(["zip_form", ""]);
}

const count = (list, value) => list.filter((one) => one === value).length;

async function explainNoEnd(file) {
  // Tells what is no ZIP at all from one that was cut off, or whose end was altered: every part of a ZIP begins with PK.
  const [first, second] = await readSlice(file, 0, 2);
  if (first !== 0x50 || second !== 0x4b) return "not_zip";
  return (await isCutOff(file)) ? "cut_off" : "no_end";
}

async function isCutOff(file) {
  // Whether whole entries stand from the front and only the end is not there.
  let at = 0;
  for (let found = 0; found < 2 * MOST_ENTRIES; found++) {
    const head = await readSlice(file, at, at + 46);
    if (head.length < 4) return found > 0;
    const view = new DataView(head.buffer);
    const mark = view.getUint32(0, true);
    if (mark === LOCAL && head.length >= 30) {
      if (view.getUint16(6, true) & 8) return false;
      at += 30 + view.getUint32(18, true) + view.getUint16(26, true) + view.getUint16(28, true);
    } else if (mark === CENTRAL && head.length >= 46) {
      at += 46 + view.getUint16(28, true) + view.getUint16(30, true) + view.getUint16(32, true);
    } else {
      return found > 0 && (mark === LOCAL || mark === CENTRAL || file.size - at < 22);
    }
  }
  return false;
}

async function readLocal(file, entry, problems) {
  // Compare what stands before the data with the directory; both must tell the same.
  const head = await readSlice(file, entry.offset, entry.offset + 30);
  const view = new DataView(head.buffer);
  demand(head.length === 30 && view.getUint32(0, true) === LOCAL, "zip_local", entry.name);
  const nameSize = view.getUint16(26, true);
  const extraSize = view.getUint16(28, true);
  const names = await readSlice(file, entry.offset + 30, entry.offset + 30 + nameSize + extraSize);
  const extra = readExtra(names.subarray(nameSize));
  demand(names.length === nameSize + extraSize && extra, "zip_local", entry.name);
  entry.start = entry.offset + 30 + nameSize + extraSize;
  entry.end = entry.start + entry.packed;
  demand(entry.end <= file.size, "zip_local", entry.name);
  const described = entry.flags & 8;
  const [size, packed] = widen([view.getUint32(22, true), view.getUint32(18, true)], extra);
  const crc = view.getUint32(14, true);
  const same =
    sameBytes(names.subarray(0, nameSize), entry.rawName) &&
    view.getUint16(4, true) === entry.needed &&
    view.getUint16(6, true) === entry.flags &&
    view.getUint16(8, true) === entry.method &&
    view.getUint32(10, true) === entry.stamp &&
    ((described && !crc && !size && !packed) || (crc === entry.crc && size === entry.size && packed === entry.packed));
  if (!same) problems.push(["zip_mismatch", entry.name]);
  if (extra.has(UNICODE_NAME) || (isOwn(entry) && ![...extra.keys()].every((id) => id === 1))) problems.push(["zip_extra", entry.name]);
  if (described) await skipDescriptor(file, entry);
}

async function skipDescriptor(file, entry) {
  const bytes = await readSlice(file, entry.end, entry.end + 24);
  const view = new DataView(bytes.buffer);
  const signed = bytes.length >= 16 && view.getUint32(0, true) === DESCRIPTOR ? 4 : 0;
  demand(bytes.length >= signed + 12 && view.getUint32(signed, true) === entry.crc, "zip_local", entry.name);
  const short = view.getUint32(signed + 4, true) === entry.packed && view.getUint32(signed + 8, true) === entry.size;
  const long = !short && bytes.length >= signed + 20;
  const says = (at, value) => view.getBigUint64(signed + at, true) === BigInt(value);
  demand(short || (long && says(4, entry.packed) && says(12, entry.size)), "zip_local", entry.name);
  entry.end += signed + (short ? 12 : 20);
}

export async function openPackage(file) {
  // { file, entries: Map by name, problems: [[what, detail]] }; Damage when it cannot be read as a ZIP at all.
  const problems = [];
  const { count, size, start } = await findDirectory(file, problems);
  const listed = readDirectory(await readSlice(file, start, start + size), count, problems);
  const entries = new Map();
  const seen = new Set();
  const strangers = []; // names that no list of ours can hold
  checkForm(listed, problems);
  for (const entry of listed) {
    if (!isSafeName(entry.name)) {
      problems.push(["zip_name", entry.name.slice(0, 200)]);
      strangers.push(entry.name);
    }
    const folded = entry.name.normalize("NFC").toLowerCase();
    if (seen.has(folded)) {
      problems.push(["zip_twice", entry.name]);
      strangers.push(entry.name);
    }
    if (isSafeName(entry.name) && !entries.has(entry.name)) entries.set(entry.name, entry);
    seen.add(folded);
    if (entry.flags & ~0x080e) problems.push(["zip_flags", entry.name]);
    if (entry.extra.has(UNICODE_NAME)) problems.push(["zip_extra", entry.name]);
    if (entry.comment) problems.push(["zip_comment", entry.name]);
    if (isSpecial(entry)) problems.push(["zip_special", entry.name]);
    if (entry.method !== 0 && entry.method !== 8) problems.push(["zip_method", entry.name]);
    try {
      await readLocal(file, entry, problems);
      demand(entry.method !== 0 || entry.size === entry.packed, "zip_mismatch");
    } catch (error) {
      if (!(error instanceof Damage)) throw error;
      problems.push([error.what, entry.name]);
      entries.delete(entry.name);
    }
  }
  let at = 0;
  for (const entry of listed.filter((entry) => entry.end !== undefined).sort((one, other) => one.offset - other.offset)) {
    if (entry.offset < at) problems.push(["zip_overlap", entry.name]);
    else if (entry.offset > at) problems.push(["zip_gap", entry.name]);
    at = Math.max(at, entry.end);
  }
  if (at !== start) problems.push(["zip_gap", `${at}`]);
  for (const [name, entry] of [...entries].filter(([name]) => name.endsWith("/"))) {
    if (entry.size) problems.push(["zip_form", name]);
    entries.delete(name);
  }
  return { file, entries, problems, strangers, unpacked: 0 };
}

export function openFolder(files) {
  // Several files that were given at once, as one package.
  const entries = new Map();
  for (const file of files) {
    let name = file.name;
    for (let more = 2; entries.has(name); more++) name = `${more}/${file.name}`;
    entries.set(name, { name, method: 0, start: 0, packed: file.size, size: file.size, file });
  }
  return { file: null, entries, problems: [], strangers: [], unpacked: 0 };
}

function packedBytes(pack, entry) {
  return (entry.file ?? pack.file).slice(entry.start, entry.start + entry.packed);
}

export async function* streamEntry(pack, entry) {
  // The unpacked bytes of an entry in pieces, never more than the directory states.
  const packed = packedBytes(pack, entry);
  if (entry.method === 0) {
    for (let at = 0; at < entry.packed; at += SLICE) {
      const bytes = await readSlice(packed, at, at + SLICE);
      demand(bytes.length, "cut_off", entry.name);
      yield bytes;
    }
    return;
  }
  demand(entry.method === 8, "zip_method", entry.name);
  pack.unpacked += entry.size;
  const most = Math.max(ANY_RATIO, entry.packed * MOST_RATIO);
  demand(entry.size <= most && pack.unpacked <= MOST_UNPACKED, "unpacks_beyond", entry.name);
  let given = 0;
  for await (const bytes of unpack(packed, "deflate-raw", entry.size)) {
    given += bytes.length;
    yield bytes;
  }
  demand(given === entry.size, "zip_mismatch", entry.name);
}

export async function blobOf(pack, entry) {
  // The bytes of an entry as a file of its own. What is packed is unpacked once, by pieces into the browser's own store.
  if (entry.method === 0) return packedBytes(pack, entry);
  if (!entry.blob) {
    const pieces = [];
    const loose = [];
    let crc = 0;
    for await (const bytes of streamEntry(pack, entry)) {
      crc = crc32(bytes, crc);
      if (loose.push(bytes) === LOOSE) pieces.push(new Blob(loose.splice(0)));
    }
    demand(crc === entry.crc, "zip_crc", entry.name);
    entry.blob = new Blob([...pieces, ...loose]);
  }
  return entry.blob;
}

export async function readEntry(pack, entry, most = 64 << 20) {
  demand(entry.size <= most, "too_large", entry.name);
  const whole = new Uint8Array(entry.size);
  let at = 0;
  for await (const bytes of streamEntry(pack, entry)) {
    whole.set(bytes, at);
    at += bytes.length;
  }
  return whole;
}

export async function* unpack(blob, format, most, progress = async () => undefined) {
  // Damage when it is no such stream, has bytes behind it, or gives more than `most` bytes.
  let taken = 0;
  const meter = new TransformStream({
    transform(bytes, next) {
      taken += bytes.length;
      next.enqueue(bytes);
    },
  });
  const reader = blob.stream().pipeThrough(meter).pipeThrough(new DecompressionStream(format)).getReader();
  let given = 0;
  try {
    for (;;) {
      let step;
      try {
        step = await reader.read();
      } catch (error) {
        throw new Damage("cannot_unpack", error.message);
      }
      if (step.done) return;
      given += step.value.length;
      demand(given <= most, "unpacks_beyond", String(most));
      const read = taken;
      taken = 0;
      await progress(read);
      yield step.value;
    }
  } finally {
    reader.cancel().catch(() => undefined); // already in error: what was wrong has been thrown
  }
}
