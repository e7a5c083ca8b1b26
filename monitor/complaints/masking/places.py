"""Finds given texts in a reading however they are spelt: grouped, full-width, with O for 0, broken over lines.

Takes the dense reading (letters, digits and Han only) and texts, gives where they stand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from monitor.complaints.masking.shown import (
    show_account,
    show_address,
    show_key,
    show_mail,
    show_number,
    show_person,
    show_phone,
)
from monitor.complaints.masking.spans import MARK, Span
from monitor.complaints.masking.spelling import Reading, dense

_LEAST = 2
_LEAST_ASCII = 4
_BOUNDED = 7
_LONG = 12  # digits that are no part of an ordinary word
_MOST_PLACES = 5_000


class Texts:
    """The places of known texts in one reading."""

    def __init__(self, letters: Reading) -> None:
        self._letters = letters

    def spans_of(self, value: str, kind: str, *, least: int = _LEAST, shown: str = "") -> Iterator[Span]:
        """Each place of a text; too short ones are not looked for."""
        wanted = dense(value)
        if len(wanted) < least:
            return
        for begin, end in find_places(self._letters, wanted):
            yield Span(begin, end, kind, shown or show_known(value, kind), 2)


def find_places(letters: Reading, wanted: str) -> Iterator[tuple[int, int]]:
    """Where a dense text stands in the reading; short Latin ones only as whole words."""
    if len(wanted) < (_LEAST_ASCII if wanted.isascii() else _LEAST):
        return
    at, count = letters.text.find(wanted), 0
    while at >= 0 and count < _MOST_PLACES:
        begin, end = letters.place(at, at + len(wanted))
        if (
            not wanted.isascii()
            or (len(wanted) >= _BOUNDED and not wanted.isdigit())
            or _stands_alone(letters, at, at + len(wanted), digits=len(wanted) >= _LONG)
        ):
            yield begin, end
            count += 1
        at = letters.text.find(wanted, at + 1)


def find_kept_places(letters: Reading, keep: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Where the texts that stay stand."""
    return tuple(place for text in keep for place in find_places(letters, dense(text)))


def show_known(value: str, kind: str) -> str:
    """How a known text of a kind is shown."""
    if kind == "id_number":
        return show_number(value, 2, 2)
    if kind == "bank_card":
        return show_number(value, 0, 4)
    if kind == "email":
        return show_mail(value)
    shows = {"phone": show_phone, "person": show_person, "address": show_address, "card_key": show_key,
             "password": show_key, "order": show_key}.get(kind)  # fmt: skip
    if shows is not None:
        return shows(value)
    return show_account(value) if value.isascii() and len(value) > 3 else MARK


def _stands_alone(letters: Reading, begin: int, end: int, *, digits: bool = False) -> bool:
    """Whether no letter or digit touches the text on either side; with `digits` only digits count."""
    left = begin > 0 and letters.ends[begin - 1] == letters.starts[begin] and _touches(letters.text[begin - 1], digits)
    right = end < len(letters.text) and letters.starts[end] == letters.ends[end - 1]
    return not left and not (right and _touches(letters.text[end], digits))


def _touches(sign: str, digits: bool) -> bool:
    return sign.isdigit() if digits else sign.isascii()
