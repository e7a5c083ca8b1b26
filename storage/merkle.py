"""The Merkle tree of RFC 6962 (section 2.1; the checks are those of RFC 9162, section 2.1): hashes, proofs, checks.

Pure: hashes are 32 bytes, leaves are numbered from 0, a node (level, place) is the whole subtree over the leaves from
place * 2^level on. Proofs run from the leaf up. Nothing here knows where hashes are kept: proofs are made over a
reader of nodes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256().digest()
"""The root of a tree without leaves."""

ReadNode = Callable[[int, int], bytes]
"""Gives the hash of the whole subtree (level, place)."""


def hash_leaf(data: bytes) -> bytes:
    """Give the hash of a leaf: SHA-256(0x00 || data)."""
    return hashlib.sha256(b"\x00" + data).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """Give the hash of a node: SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(hashes: Iterable[bytes]) -> bytes:
    """Give the root over leaf hashes, in one pass and logarithmic memory."""
    growth = TreeGrowth()
    for leaf in hashes:
        growth.add(leaf)
    return growth.root()


def hash_whole(nodes: Sequence[bytes]) -> bytes:
    """Give the node over a whole subtree's nodes of one level; their number is a power of two."""
    while len(nodes) > 1:
        nodes = [hash_node(left, right) for left, right in zip(nodes[::2], nodes[1::2], strict=True)]
    return nodes[0]


class TreeGrowth:
    """A tree that grows leaf by leaf and keeps only its whole subtrees on the right edge."""

    def __init__(self) -> None:
        self.size = 0
        self._edge: list[bytes] = []  # one for every bit of the size, the largest first

    def add(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Add a leaf hash; give the nodes above it that are whole now, as (level, place, hash)."""
        whole: list[tuple[int, int, bytes]] = []
        level, number, hashed = 0, self.size, leaf
        while number & 1:
            hashed = hash_node(self._edge.pop(), hashed)
            level, number = level + 1, number >> 1
            whole.append((level, number, hashed))
        self._edge.append(hashed)
        self.size += 1
        return whole

    def root(self) -> bytes:
        """Give the root over all leaves so far."""
        if not self._edge:
            return EMPTY_ROOT
        root = self._edge[-1]
        for left in reversed(self._edge[:-1]):
            root = hash_node(left, root)
        return root


def read_root(read: ReadNode, size: int) -> bytes:
    """Give the root over the first `size` leaves."""
    return _hash_range(read, 0, size) if size else EMPTY_ROOT


def prove_inclusion(read: ReadNode, index: int, size: int) -> tuple[bytes, ...]:
    """Give the hashes that prove a leaf in the tree of the first `size` leaves; ValueError where it is not in it."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not among the first {size}")
    proof: list[bytes] = []
    start, width = 0, size
    while width > 1:
        left = _largest_whole(width)
        if index < start + left:
            proof.append(_hash_range(read, start + left, width - left))
            width = left
        else:
            proof.append(_hash_range(read, start, left))
            start, width = start + left, width - left
    return tuple(reversed(proof))


def prove_consistency(read: ReadNode, old: int, new: int) -> tuple[bytes, ...]:
    """Give the hashes that prove the tree of `new` leaves to extend that of `old`; ValueError where old > new."""
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} leaves does not extend one of {old}")
    if old in (0, new):
        return ()
    proof: list[bytes] = []
    start, width, moved = 0, new, False
    while old - start != width:
        left = _largest_whole(width)
        if old - start <= left:
            proof.append(_hash_range(read, start + left, width - left))
            width = left
        else:
            proof.append(_hash_range(read, start, left))
            start, width, moved = start + left, width - left, True
    if moved:  # else the old root itself is a node of the new tree, and is known to the reader
        proof.append(_hash_range(read, start, width))
    return tuple(reversed(proof))


def verify_inclusion(leaf_hash: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the proof shows this leaf hash at this index of the tree with this size and root."""
    if not 0 <= index < size or len(leaf_hash) != HASH_BYTES or any(len(item) != HASH_BYTES for item in proof):
        return False
    place, last, hashed = index, size - 1, leaf_hash
    for item in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            hashed = hash_node(item, hashed)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            hashed = hash_node(hashed, item)
        place, last = place >> 1, last >> 1
    return last == 0 and hashed == root


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows the tree (new, new_root) to extend the tree (old, old_root)."""
    if not 0 <= old <= new or any(len(item) != HASH_BYTES for item in proof):
        return False
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    path = list(proof)
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    if not path:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = path[0]
    for item in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            before, after = hash_node(item, before), hash_node(item, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = hash_node(after, item)
        place, last = place >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


def _largest_whole(width: int) -> int:
    """Give the largest power of two below a width of 2 or more."""
    return 1 << (width - 1).bit_length() - 1


def _hash_range(read: ReadNode, start: int, width: int) -> bytes:
    """Hash the subtree over `width` leaves from `start`, which begins where a subtree of that size may begin."""
    edges: list[bytes] = []
    while width:
        level = width.bit_length() - 1
        edges.append(read(level, start >> level))
        start, width = start + (1 << level), width - (1 << level)
    hashed = edges.pop()
    while edges:
        hashed = hash_node(edges.pop(), hashed)
    return hashed
