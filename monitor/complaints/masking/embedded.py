"""Finds keys and numbers by a shape so plain that neither what touches them nor a label makes them anything else.

Takes the reading and its labelled places, gives spans: keys in groups within addresses, paths, names of files, between
marks of a layout and behind labels of other things (商品, 时间, MD5); identity numbers with a right date and check
digit; bank cards behind a label of an order. A key-like number that a label calls that of an order or a file stays.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

from monitor.complaints.masking.labels import KEPT, Labelled, is_free_label
from monitor.complaints.masking.numbers import is_bank_card, is_identity
from monitor.complaints.masking.shapes import is_kept_shape, is_named
from monitor.complaints.masking.shown import show_key, show_number
from monitor.complaints.masking.spans import Span

_GROUPED = re.compile(
    r"(?<![0-9A-Za-z-])[0-9A-Z]{4,8}(?:-[0-9A-Z]{4,8}){2,7}(?![0-9A-Za-z]|-[0-9A-Za-z])"
    r"|(?<![0-9A-Za-z-])[0-9a-z]{4,8}(?:-[0-9a-z]{4,8}){2,7}(?![0-9A-Za-z]|-[0-9A-Za-z])"
    r"|(?<![0-9A-Za-z,-])[0-9A-Z]{4,8}(?:[ ]?(?:[,、]|->|→|=>|>)[ ]?[0-9A-Z]{4,8}){2,7}(?![0-9A-Za-z]|[,-][0-9A-Za-z])"
)
_HALVES = re.compile(r"(?<![0-9A-Za-z-])([0-9A-Z]{6,10})[ \t]([0-9A-Z]{6,10})(?![0-9A-Za-z-])")
_SOLID = re.compile(
    r"(?<=[/?=,\\*_])[0-9A-Z]{12,32}(?=[/\\*_@\"')\]\s]|$|\.(?:jpe?g|png|gif|webp|txt|zip|rar|7z|pdf|csv)\b)"
    r"|(?<![0-9A-Za-z/?=,_.-])[0-9A-Z]{12,32}(?=@|\.(?:jpe?g|png|gif|webp|txt|zip|rar|7z|pdf|csv)\b)"
)
_BARE = re.compile(r"[0-9A-Z]{15,30}(?![0-9A-Za-z_-])")
_HEX = re.compile(r"[0-9A-F]+")
_ORDERLY = re.compile(
    r"(?:order|trade|item|goods|product|oid|tid|[?&]id|[?&]no|sn|trace|track)[a-z_]{0,10}[/=]\Z", re.I
)
_IDENTITY = re.compile(r"(?<![0-9.])[1-9][0-9]{16}[0-9Xx](?![0-9]|\.[0-9])")
_CARD = re.compile(r"(?<![0-9.])(?:62[0-9]{14,17}|[45][0-9]{15})(?![0-9.])")
_DATED = re.compile(r"20[12][0-9](?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
_LEAST_DIGITS, _LEAST_CHANGES = 2, 3


def find_embedded(text: str, labelled: Sequence[Labelled]) -> Iterator[Span]:
    """Spans of keys in groups, identity numbers and bank cards, whatever stands around them."""
    numbered = _Numbered(text, labelled)
    for match in _GROUPED.finditer(text):
        parts = re.findall(r"[0-9A-Za-z]+", match[0])
        listed = "-" not in match[0].replace("->", "")
        if _is_key(parts, listed=listed) and not numbered.holds(match.start()):
            yield Span(match.start(), match.end(), "card_key", show_key("".join(parts)))
    for match in _HALVES.finditer(text):
        if _are_halves(match[1], match[2]) and not numbered.holds(match.start()):
            yield Span(match.start(), match.end(), "card_key", show_key(match[1] + match[2]))
    for match in _SOLID.finditer(text):
        before = text[max(0, match.start() - 24) : match.start()]
        if _is_solid(match[0]) and not _ORDERLY.search(before) and not numbered.holds(match.start()):
            yield Span(match.start(), match.end(), "card_key", show_key(match[0]))
    for one in labelled:
        bare = _BARE.match(text, one.begin) if is_free_label(one.label) else None
        if bare and _is_solid(bare[0]) and not _HEX.fullmatch(bare[0]):
            yield Span(bare.start(), bare.end(), "card_key", show_key(bare[0]))
    for match in _IDENTITY.finditer(text):
        if is_identity(match[0]):
            yield Span(match.start(), match.end(), "id_number", show_number(match[0], 2, 2))
    for match in _CARD.finditer(text):
        if is_bank_card(match[0]) and not _DATED.search(match[0]):
            yield Span(match.start(), match.end(), "bank_card", show_number(match[0], 0, 4))


class _Numbered:
    """Tells whether a label right before a place calls what stands there the number of an order or a file."""

    def __init__(self, text: str, labelled: Sequence[Labelled]) -> None:
        held = [one for one in labelled if one.says in KEPT and not is_free_label(one.label)]
        self._text = text
        self._places = sorted((one.begin, one.limit if one.cell else one.begin + 80) for one in held)
        self._begins = [begin for begin, _limit in self._places]

    def holds(self, at: int) -> bool:
        """Whether nothing but signs of one number stand between such a label and the place."""
        place = bisect_right(self._begins, at) - 1
        if place < 0 or at > self._places[place][1]:
            return False
        between = self._text[self._begins[place] : at]
        return re.fullmatch(r"[0-9A-Za-z_#-]*", between) is not None


def _is_key(parts: Sequence[str], *, listed: bool) -> bool:
    """Groups of one length, of capitals and digits mixed as by a machine; `listed`: commas or arrows between."""
    if len({len(part) for part in parts}) != 1 or len(set("".join(parts))) <= 4:
        return False
    mixed = [part for part in parts if not part.isalpha() and not part.isdigit()]
    drawn = [part for part in mixed if _changes(part) >= 2]
    if "".join(parts).islower():
        return len(drawn) >= 2
    if listed:
        return len(mixed) >= 2 and bool(drawn)
    return bool(mixed) and (bool(drawn) or len(mixed) >= 2)


def _are_halves(first: str, second: str) -> bool:
    if len(first) != len(second) or is_kept_shape(first) or is_kept_shape(second):
        return False
    changes = _changes(first), _changes(second)
    return min(changes) >= 1 and max(changes) >= _LEAST_CHANGES and not is_named(first) and not is_named(second)


def _is_solid(word: str) -> bool:
    digits = sum(sign.isdigit() for sign in word)
    hexed = len(word) == 32 and _HEX.fullmatch(word)
    drawn = _LEAST_DIGITS <= digits < len(word) and _changes(word) >= _LEAST_CHANGES
    return drawn and not hexed and not is_kept_shape(word) and not is_named(word)


def _changes(word: str) -> int:
    """How often letters and digits take turns."""
    return sum(one.isdigit() != other.isdigit() for one, other in pairwise(word))
