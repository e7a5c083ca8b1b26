"""Signed notes: checkpoints, verifier keys and inclusion proofs as the C2SP texts of those names lay them out.

Takes and gives bytes; knows no database and no file. Every reader is bounded and strict (one way to write a thing),
and raises ArchiveDamaged for what is no such text. Keys and signatures are Ed25519 (algorithm 0x01); signatures of
other kinds, such as a witness's, are read and left alone.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from storage.errors import ArchiveDamaged
from storage.merkle import HASH_BYTES

PROOF_FORMAT = "c2sp.org/tlog-proof@v1"
MOST_NOTE_BYTES = 64 << 10
MOST_SIGNATURES = 100
MOST_PROOF_HASHES = 64  # a tree of 2^63 leaves has no longer proof

_ED25519 = b"\x01"
_NAME = re.compile(r"[^\s+]{1,255}")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f]")
_DASH = "— "


@dataclass(frozen=True)
class Signature:
    """A line below a note: who signs, the four bytes that tell his keys apart, and the signature."""

    name: str
    key_hash: bytes
    value: bytes


@dataclass(frozen=True)
class Note:
    """A text with signatures over it. `data` is the whole as it was read."""

    text: str
    signatures: tuple[Signature, ...]
    data: bytes


@dataclass(frozen=True)
class Head:
    """What a checkpoint says: whose log, how many leaves, and their root."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{_to_base64(self.root)}\n"


@dataclass(frozen=True)
class VerifierKey:
    """A public key under the name that it signs for: `name+hash+base64(0x01 || public key)`."""

    name: str
    public: bytes

    @property
    def key_hash(self) -> bytes:
        """The four bytes that stand before a signature by this key."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    @property
    def text(self) -> str:
        """The key as it is written and pinned."""
        return f"{self.name}+{self.key_hash.hex()}+{_to_base64(_ED25519 + self.public)}"

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Read a verifier key; another algorithm, or a hash that is not its own, raises ArchiveDamaged."""
        name, _, rest = text.partition("+")
        key_hash, _, packed = rest.partition("+")
        data = _from_base64(packed, "a verifier key")
        if not _NAME.fullmatch(name) or len(data) != 33 or data[:1] != _ED25519:
            raise ArchiveDamaged(f"{text[:120]!r} is no verifier key of an Ed25519 signer")
        key = cls(name, data[1:])
        if key_hash != key.key_hash.hex():
            raise ArchiveDamaged(f"the verifier key {text[:120]!r} is mistyped: its hash is {key.key_hash.hex()}")
        return key

    def verify(self, note: Note) -> bool:
        """Whether the note bears a good signature by this key, and no bad one under its name and hash."""
        mine = [item for item in note.signatures if (item.name, item.key_hash) == (self.name, self.key_hash)]
        if not mine:
            return False
        try:
            public = Ed25519PublicKey.from_public_bytes(self.public)
            for item in mine:
                public.verify(item.value, note.text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True)
class InclusionProof:
    """That the leaf with this index is in the log of the checkpoint `note`; hashes from the leaf up."""

    index: int
    hashes: tuple[bytes, ...]
    note: Note


def verifier_key(origin: str, key: Ed25519PrivateKey) -> VerifierKey:
    """Give the public half of a key under the name that it signs for."""
    return VerifierKey(origin, key.public_key().public_bytes_raw())


def sign_note(text: str, origin: str, *keys: Ed25519PrivateKey) -> bytes:
    """Give the note of a text (which ends with a line break), signed under one name by every key in turn."""
    lines = []
    for key in keys:
        value = verifier_key(origin, key).key_hash + key.sign(text.encode())
        lines.append(f"{_DASH}{origin} {_to_base64(value)}\n")
    return f"{text}\n{''.join(lines)}".encode()


def parse_note(data: bytes, most: int = MOST_NOTE_BYTES) -> Note:
    """Read a signed note of `most` bytes. No signature is checked here: VerifierKey.verify does that."""
    text = _decode(data, "a signed note", most)
    body, mark, below = text.rpartition("\n\n")
    if not mark or not body or not below.endswith("\n"):
        raise ArchiveDamaged("a signed note without a text and signatures below it")
    lines = below[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise ArchiveDamaged(f"a signed note with {len(lines)} signatures, {MOST_SIGNATURES} are the most")
    return Note(body + "\n", tuple(_parse_signature(line) for line in lines), data)


def parse_head(note: Note) -> Head:
    """Read what a checkpoint says; lines after the third (extensions) are left alone."""
    lines = note.text.split("\n")
    if len(lines) < 4 or not lines[0] or not all(lines[3:-1]):
        raise ArchiveDamaged("a checkpoint without origin, size and root")
    root = _from_base64(lines[2], "a checkpoint's root")
    if len(root) != HASH_BYTES:
        raise ArchiveDamaged("a checkpoint whose root is no SHA-256")
    return Head(lines[0], _parse_number(lines[1], "a checkpoint's size"), root)


def write_proof(index: int, hashes: Sequence[bytes], note: bytes) -> bytes:
    """Lay out a proof that the leaf `index` is in the log of the checkpoint `note`."""
    lines = [PROOF_FORMAT, f"index {index}", *(_to_base64(item) for item in hashes)]
    return "\n".join(lines).encode() + b"\n\n" + note


def parse_proof(data: bytes) -> InclusionProof:
    """Read a proof of inclusion. Only its form is checked here: `merkle.verify_inclusion` checks what it says."""
    text = _decode(data, "a proof of inclusion")
    head, mark, note = text.partition("\n\n")
    lines = head.split("\n")
    if not mark or lines[0] != PROOF_FORMAT:
        raise ArchiveDamaged(f"a proof of inclusion that does not begin with {PROOF_FORMAT}")
    if len(lines) > 1 and lines[1].startswith("extra "):
        _from_base64(lines.pop(1).removeprefix("extra "), "the extra data of a proof")
    if len(lines) < 2 or not lines[1].startswith("index "):
        raise ArchiveDamaged("a proof of inclusion without an index")
    if len(lines) - 2 > MOST_PROOF_HASHES:
        raise ArchiveDamaged(f"a proof of inclusion with {len(lines) - 2} hashes, {MOST_PROOF_HASHES} are the most")
    hashes = tuple(_from_base64(line, "a proof's hash") for line in lines[2:])
    if any(len(item) != HASH_BYTES for item in hashes):
        raise ArchiveDamaged("a proof of inclusion with a hash that is no SHA-256")
    index = _parse_number(lines[1].removeprefix("index "), "a proof's index")
    return InclusionProof(index, hashes, parse_note(note.encode()))


def _parse_signature(line: str) -> Signature:
    name, _, packed = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not _NAME.fullmatch(name):
        raise ArchiveDamaged(f"a signature line that is none: {line[:80]!r}")
    value = _from_base64(packed, "a signature")
    if len(value) < 5:
        raise ArchiveDamaged(f"a signature of {len(value)} bytes")
    return Signature(name, value[:4], value[4:])


def _parse_number(text: str, what: str) -> int:
    if not _NUMBER.fullmatch(text) or int(text) >= 1 << 63:
        raise ArchiveDamaged(f"{what} is no number: {text[:40]!r}")
    return int(text)


def _decode(data: bytes, what: str, most: int = MOST_NOTE_BYTES) -> str:
    if len(data) > most:
        raise ArchiveDamaged(f"{what} of {len(data)} bytes, {most} are the most")
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise ArchiveDamaged(f"{what} that is no UTF-8") from None
    if _CONTROL.search(text):
        raise ArchiveDamaged(f"{what} with control characters")
    return text


def _to_base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _from_base64(text: str, what: str) -> bytes:
    try:
        data = base64.b64decode(text.encode(), validate=True)
    except (binascii.Error, ValueError):
        raise ArchiveDamaged(f"{what} is no base64: {text[:80]!r}") from None
    if _to_base64(data) != text:
        raise ArchiveDamaged(f"{what} is not written as base64 is: {text[:80]!r}")
    return data
