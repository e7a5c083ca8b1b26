// Merkle tree hashes and proofs of RFC 6962 (2.1) and RFC 9162 (2.1.3.2, 2.1.4.2). Hashes are 32 bytes; sizes whole numbers.

import { sameBytes } from "./bytes.js";
import { sha256 } from "./sha2.js";

const LEAF_MARK = Uint8Array.of(0);
const NODE_MARK = Uint8Array.of(1);

export function hashLeaf(data) {
  return sha256(LEAF_MARK, data);
}

export function hashNode(left, right) {
  return sha256(NODE_MARK, left, right);
}

export function verifyInclusion(leafHash, index, size, proof, root) {
  if (!Number.isSafeInteger(size) || !Number.isSafeInteger(index) || index < 0 || index >= size) return false;
  let place = index;
  let last = size - 1;
  let hash = leafHash;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      hash = hashNode(sibling, hash);
      while (place % 2 === 0 && place !== 0) {
        place = Math.floor(place / 2);
        last = Math.floor(last / 2);
      }
    } else {
      hash = hashNode(hash, sibling);
    }
    place = Math.floor(place / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && sameBytes(hash, root);
}

export function verifyConsistency(oldSize, newSize, oldRoot, newRoot, proof) {
  if (!Number.isSafeInteger(oldSize) || !Number.isSafeInteger(newSize) || oldSize < 0 || oldSize > newSize) return false;
  if (oldSize === newSize) return proof.length === 0 && sameBytes(oldRoot, newRoot);
  if (oldSize === 0) return proof.length === 0;
  const path = [...proof];
  let place = oldSize - 1;
  let last = newSize - 1;
  while (place % 2 === 1) {
    place = Math.floor(place / 2);
    last = Math.floor(last / 2);
  }
  // A tree of a power of two is a node of the later one: its own root begins the path.
  let before = place === 0 ? oldRoot : path.shift();
  if (!before || (place === 0 && !path.length)) return false;
  let after = before;
  for (const sibling of path) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      before = hashNode(sibling, before);
      after = hashNode(sibling, after);
      while (place % 2 === 0 && place !== 0) {
        place = Math.floor(place / 2);
        last = Math.floor(last / 2);
      }
    } else {
      after = hashNode(after, sibling);
    }
    place = Math.floor(place / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && sameBytes(before, oldRoot) && sameBytes(after, newRoot);
}

export class KnownNodes {
  // Hashes of ranges of a tree, collected from good proofs of inclusion: often enough for the root of an earlier size.
  constructor() {
    this.nodes = new Map();
  }

  add(leaf, index, size, proof) {
    const mine = [[0, size]];
    const beside = [];
    for (let [start, width] = mine[0]; width > 1; mine.push([start, width])) {
      const left = widthOfLeft(width);
      if (index < start + left) {
        beside.push([start + left, width - left]);
        width = left;
      } else {
        beside.push([start, left]);
        [start, width] = [start + left, width - left];
      }
    }
    let hash = leaf;
    this.nodes.set(String(mine[mine.length - 1]), leaf);
    for (const sibling of proof) {
      const other = beside.pop();
      mine.pop();
      const place = mine[mine.length - 1];
      this.nodes.set(String(other), sibling);
      hash = other[0] === place[0] ? hashNode(sibling, hash) : hashNode(hash, sibling);
      this.nodes.set(String(place), hash);
    }
  }

  rootAt(size, start = 0) {
    const known = this.nodes.get(`${start},${size}`);
    if (known || size <= 1) return known ?? null;
    const left = widthOfLeft(size);
    const before = this.rootAt(left, start);
    const behind = before && this.rootAt(size - left, start + left);
    return behind ? hashNode(before, behind) : null;
  }
}

function widthOfLeft(width) {
  // The largest power of two below a width.
  let left = 1;
  while (left * 2 < width) left *= 2;
  return left;
}
