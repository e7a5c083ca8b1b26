"""Texts that shop software ships: they are nobody's promise and no clue to who runs a shop.

Known by the SHA-256 of their letters and digits only; the texts themselves are not kept here.
"""

from __future__ import annotations

import hashlib
import re

_NOT_A_LETTER = re.compile(r"[\W_]+")

# digest of the text -> the software that ships it (seen on default installations in 2026-11)
_KNOWN: dict[str, str] = {
    "111496c42b415e83ccc236ddb44387edc44daecbc581ffcafaf8a9f2e6161926": "qs-faka",  # order page, disclaimer
    "43cce0e921e4d296214f262a21f2502dcf9ac55e6287d73377b9da0ea837d830": "qs-faka",  # order page, warning of fraud
    "f07f7ae46f8518f4cde2e6381cbbc07a2d29ed0ce8f05c39d2a8fb5231f886ea": "qs-faka",  # order page, signs of fraud
}


def is_software_text(text: str) -> bool:
    """Whether a text is a known default text of shop software."""
    return fingerprint(text) in _KNOWN


def fingerprint(text: str) -> str:
    """The digest by which a text is known, punctuation and spaces left out."""
    return hashlib.sha256(_NOT_A_LETTER.sub("", text).lower().encode()).hexdigest()
