"""Texts that shop software ships: they are nobody's promise and no clue to who runs a shop.

Known by the SHA-256 of their letters and digits only (`families/software_texts.toml`); the texts are not kept.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from functools import cache
from pathlib import Path

_NOT_A_LETTER = re.compile(r"[\W_]+")
_LIST_NUMBER = re.compile(r"^\s*\d{1,2}(?:\s*[.、．)）]\s*|\s+)")
_TABLE = Path(__file__).parent / "families" / "software_texts.toml"


def is_software_text(text: str) -> bool:
    """Whether a text is a known default text of shop software."""
    return software_of(text) != ""


def software_of(text: str) -> str:
    """The software that ships a text, "" where none is known to; a list's number before it is no part of it."""
    known = _shipped()
    return known.get(fingerprint(text), "") or known.get(fingerprint(_LIST_NUMBER.sub("", text, count=1)), "")


def fingerprint(text: str) -> str:
    """The digest by which a text is known, punctuation and spaces left out."""
    return hashlib.sha256(_NOT_A_LETTER.sub("", text).lower().encode("utf-8", "replace")).hexdigest()


@cache
def _shipped() -> dict[str, str]:
    table = tomllib.loads(_TABLE.read_text("utf-8"))
    return {digest: entry["family"] for entry in table["shipped"] for digest in entry["digests"]}
