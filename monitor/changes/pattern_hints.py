"""Characters without which a pattern cannot match: most patterns are ruled out by one look at the characters of a text.

Worked out from the pattern itself, so that no list has to be kept beside it. Searching a unit for every signal costs
far more than these looks do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from re import _parser  # type: ignore[attr-defined]  # the only parse of a pattern that Python offers

_MAXIMUM_RANGE = 64
_INSIDE = {"MAX_REPEAT": 2, "MIN_REPEAT": 2, "POSSESSIVE_REPEAT": 2, "ASSERT": 1, "SUBPATTERN": 3}
_Token = tuple[object, object]


@dataclass(frozen=True)
class HintIndex:
    """Which patterns may match, as bits: those that always may, and those that a character lets in."""

    always: int
    by_character: Mapping[str, int]

    def find_possible(self, text: str) -> int:
        """The bits of the patterns that may be found in a text."""
        bits = self.always
        for character in frozenset(text) & self.by_character.keys():
            bits |= self.by_character[character]
        return bits


def find_hint(pattern: re.Pattern[str]) -> frozenset[str]:
    """Characters of which one at least is in every text with a match; empty when there is no such set."""
    if pattern.flags & re.IGNORECASE:
        return frozenset()
    return _of_sequence(_parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE)) or frozenset()


def index_hints(hints: Sequence[frozenset[str]]) -> HintIndex:
    """An index over the hints of patterns, in their order."""
    always = 0
    by_character: dict[str, int] = {}
    for place, hint in enumerate(hints):
        always |= 0 if hint else 1 << place
        for character in hint:
            by_character[character] = by_character.get(character, 0) | 1 << place
    return HintIndex(always, by_character)


def _of_sequence(tokens: Iterable[_Token]) -> frozenset[str] | None:
    """All of a sequence must match: its rarest part says most."""
    found = [hint for name, value in tokens if (hint := _of_token(str(name), value)) is not None]
    return min(found, key=len, default=None)


def _of_token(name: str, value: object) -> frozenset[str] | None:
    if name == "LITERAL" and isinstance(value, int):
        return frozenset(chr(value))
    if name == "IN" and isinstance(value, list):
        return _of_class(value)
    if name == "BRANCH" and isinstance(value, tuple):
        return _join(_of_sequence(branch) for branch in value[1])
    if name == "ATOMIC_GROUP" and isinstance(value, Iterable):
        return _of_sequence(value)
    if name in _INSIDE and isinstance(value, tuple):
        if name.endswith("REPEAT") and value[0] == 0:
            return None
        if name == "SUBPATTERN" and value[1] & re.IGNORECASE:
            return None
        return _of_sequence(value[_INSIDE[name]])
    return None


def _of_class(members: Sequence[_Token]) -> frozenset[str] | None:
    found: set[str] = set()
    for name, value in members:
        if str(name) == "LITERAL" and isinstance(value, int):
            found.add(chr(value))
        elif str(name) == "RANGE" and isinstance(value, tuple) and value[1] - value[0] < _MAXIMUM_RANGE:
            found.update(map(chr, range(value[0], value[1] + 1)))
        else:
            return None
    return frozenset(found)


def _join(hints: Iterable[frozenset[str] | None]) -> frozenset[str] | None:
    joined: set[str] = set()
    for hint in hints:
        if hint is None:
            return None
        joined |= hint
    return frozenset(joined)
