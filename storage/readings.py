"""Readings as they are kept: JSON packed by zlib, once for each distinct content.

The text of a reading and the release that made it stay outside the packed form: the text is kept once for search too,
and the same content read by another release is the same reading. Fields at their default are left out, so that a
field added later reads back from older rows.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import MISSING, Field, fields
from typing import Any

from scrapers.model import Author, Block, BlockKind, Fact, FactKind, Reading, Source

_OUTSIDE = ("text", "release")
_Plain = dict[str, Any]


def pack_reading(reading: Reading) -> bytes:
    """Pack a reading without its text and release; equal contents give equal bytes."""
    plain = {name: value for name, value in _as_plain(reading).items() if name not in _OUTSIDE}
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 6)


def digest_reading(packed: bytes, text_digest: str) -> str:
    """Give the digest of a whole reading: of its packed part, unpacked because zlib may change, and of its text."""
    return hashlib.sha256(text_digest.encode() + b"\n" + zlib.decompress(packed)).hexdigest()


def unpack_reading(packed: bytes, text: str, release: str) -> Reading:
    """Make the reading again."""
    plain = json.loads(zlib.decompress(packed).decode("utf-8", "surrogatepass"))
    plain["facts"] = tuple(_fact_of(fact) for fact in plain.get("facts", ()))
    plain["blocks"] = tuple(_block_of(block) for block in plain.get("blocks", ()))
    plain["problems"] = tuple(plain.get("problems", ()))
    plain["signs"] = tuple(plain.get("signs", ()))
    return Reading(text=text, release=release, **plain)


def pack_text(text: str) -> bytes:
    """Pack a readable text."""
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 6)


def unpack_text(packed: bytes) -> str:
    """Make the text again."""
    return zlib.decompress(packed).decode("utf-8", "surrogatepass")


def digest_text(text: str) -> str:
    """Give the SHA-256 of a text's UTF-8."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _as_plain(value: Reading | Fact | Block) -> _Plain:
    plain: _Plain = {}
    for item in fields(value):
        content = getattr(value, item.name)
        if content == _default_of(item):
            continue
        if isinstance(content, tuple):
            content = [_as_plain(part) if isinstance(part, (Fact, Block)) else part for part in content]
        plain[item.name] = content
    return plain


def _default_of(item: Field[object]) -> object:
    return MISSING if item.default is MISSING else item.default


def _fact_of(plain: _Plain) -> Fact:
    return Fact(**{**plain, "kind": FactKind(plain["kind"]), "source": Source(plain.get("source", Source.TEXT))})


def _block_of(plain: _Plain) -> Block:
    return Block(
        **{
            **plain,
            "kind": BlockKind(plain["kind"]),
            "author": Author(plain.get("author", Author.UNKNOWN)),
            "source": Source(plain.get("source", Source.TEXT)),
            "images": tuple(plain.get("images", ())),
        }
    )
