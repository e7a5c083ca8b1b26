"""Values that stand for a value: 12345678, 88888888, xxxx, 示例.

Takes digits or text; gives whether it is a filler that was never meant.
"""

from __future__ import annotations

import re

_COUNTED = ("0123456789012345", "1234567890123456", "9876543210987654")
_SHORTEST_COUNT = 5
_FILLER = re.compile(
    r"x{4,}|\*{3,}|your|example|sample|placeholder|[{}<>$]|%s|\A(?:x{3}|test|testing|demo|undefined|null|nan|none)\Z",
    re.I,
)
NUMBER_FILLER = re.compile(r"[xX*]{2,}")
_DIGITS_AND_FILLER = re.compile(r"[0-9xX*_-]+")


def is_placeholder_number(digits: str) -> bool:
    """Whether digits are all alike (88888888), count up or down (12345678), or hold letters that stand for digits.

    Among other letters XX is chance: one token of 43 letters and digits in twenty has it.
    """
    if len(set(digits)) == 1 or (NUMBER_FILLER.search(digits) and _DIGITS_AND_FILLER.fullmatch(digits)):
        return True
    return len(digits) >= _SHORTEST_COUNT and any(digits in counted for counted in _COUNTED)


def is_filler(text: str) -> bool:
    """Whether a text stands for a name or an id: xxxx, 示例, one letter over and over."""
    return bool(_FILLER.search(text)) or len(set(text.lower())) <= 1
