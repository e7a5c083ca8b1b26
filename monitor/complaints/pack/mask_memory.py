"""Remembers what masking a file for an audience gave, so that a second pack does not read every picture again.

A note of the archive's database holds kinds and counts and the digest of the masked copy, never a text. Its name is a
keyed hash: by the item's own secret, over the file, the policy and the release of the masking rules. So another
audience, another known name or a mended rule reads anew, and nobody can try names out on it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from monitor.complaints.model import Hit, Masking
from scrapers.ocr import engine_release
from storage.canonical import canonical_json
from storage.runs import read_note, write_note

if TYPE_CHECKING:
    from storage.archive import Archive

_SOURCES = ("monitor.complaints.masking", "monitor.reference")
_TABLES = ("key_formats.toml", "masking_weights.gz")


@dataclass(frozen=True)
class Remembered:
    """What masking gave before: `copy` is the SHA-256 of the masked copy, "" where the file may go as it is."""

    hits: tuple[Hit, ...]
    copy: str
    media_type: str
    notes: tuple[str, ...] = ()


class MaskMemory:
    """The memory of one archive for one policy."""

    def __init__(self, archive: Archive, masking: Masking) -> None:
        self._archive = archive
        known = sorted(masking.known)
        self._policy = canonical_json(
            {
                "audience": masking.audience.value,
                "keep": sorted(masking.keep),
                "known": [list(pair) for pair in known],
                "release": _release(),
            }
        )

    def recall(self, seed: bytes | None, digest: str, media_type: str) -> Remembered | None:
        """What was found in the file before, None where it was not looked at, or under other rules."""
        if seed is None:
            return None
        with self._archive.database.reading() as session:
            value = read_note(session, self._name(seed, digest, media_type))
        if value is None:
            return None
        told = json.loads(value)
        hits = tuple(Hit(kind, "") for kind, count in told["hits"] for _ in range(count))
        return Remembered(hits, told["copy"], told["media_type"], tuple(told["notes"]))

    def keep(self, seed: bytes | None, digest: str, media_type: str, found: Remembered) -> None:
        """Remember it."""
        if seed is None:
            return
        counts: dict[str, int] = {}
        for hit in found.hits:
            counts[hit.kind] = counts.get(hit.kind, 0) + 1
        told = {
            "hits": sorted(counts.items()),
            "copy": found.copy,
            "media_type": found.media_type,
            "notes": list(found.notes),
        }
        with self._archive.database.writing() as session:
            write_note(session, self._name(seed, digest, media_type), json.dumps(told, ensure_ascii=False))

    def _name(self, seed: bytes, digest: str, media_type: str) -> str:
        told = b"\0".join((b"pack-mask", digest.encode(), media_type.encode(), self._policy))
        return f"pack-mask:{hmac.new(seed, told, hashlib.sha256).hexdigest()}"


@cache
def _release() -> str:
    """A hash of the rules: the code of the masking, its tables, and the engine that reads pictures."""
    state = hashlib.sha256(engine_release().encode())
    for package in _SOURCES:
        for file in sorted(resources.files(package).iterdir(), key=lambda one: one.name):
            if (package == _SOURCES[0] and file.name.endswith(".py")) or file.name in _TABLES:
                state.update(file.name.encode() + b"\0" + file.read_bytes())
    return state.hexdigest()
