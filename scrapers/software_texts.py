"""Texts that shop software ships: they are nobody's promise and no clue to who runs a shop.

Known by the SHA-256 of their letters and digits only; the texts themselves are not kept here.
"""

from __future__ import annotations

import hashlib
import re

_NOT_A_LETTER = re.compile(r"[\W_]+")

# digest of the text -> the software that ships it (seen on default installations in 2026-11)
_KNOWN: dict[str, str] = {}


def is_software_text(text: str) -> bool:
    """Whether a text is a known default text of shop software."""
    return fingerprint(text) in _KNOWN


def fingerprint(text: str) -> str:
    """The digest by which a text is known, punctuation and spaces left out."""
    return hashlib.sha256(_NOT_A_LETTER.sub("", text).lower().encode()).hexdigest()
