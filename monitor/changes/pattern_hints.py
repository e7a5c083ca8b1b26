"""Characters without which a pattern cannot match: most patterns are ruled out by one look at the characters of a text.

Worked out from the pattern itself, so that no list has to be kept beside it. Searching a unit for every signal costs
far more than these looks do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
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

    def find_places(self, text: str) -> Iterator[int]:
        """The places of those patterns, in order."""
        bits = self.find_possible(text)
        while bits:
            lowest = bits & -bits
            yield lowest.bit_length() - 1
            bits ^= lowest

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


def with_first_characters(pattern: re.Pattern[str]) -> re.Pattern[str]:
    """The same pattern, tried only where a character stands with which a match begins: for long alternations."""
    first = _first_of(tuple(_parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE)))
    if not first or pattern.flags & re.IGNORECASE:
        return pattern
    return re.compile(f"(?=[{''.join(map(re.escape, sorted(first)))}])(?:{pattern.pattern})")


def _first_of(tokens: Sequence[_Token]) -> frozenset[str] | None:
    """The characters with which a match of a sequence may begin; None when that cannot be said."""
    if not tokens:
        return None
    (name, value), rest = tokens[0], tokens[1:]
    kind = str(name)
    if kind in ("ASSERT", "ASSERT_NOT", "AT"):
        return _first_of(rest)
    if kind == "BRANCH" and isinstance(value, tuple):
        return _join(_first_of(tuple(branch)) for branch in value[1])
    if kind == "SUBPATTERN" and isinstance(value, tuple):
        return _first_of(tuple(value[3]))
    if kind.endswith("REPEAT") and isinstance(value, tuple):
        inner = _first_of(tuple(value[2]))
        return inner if value[0] else _join((inner, _first_of(rest)))
    return _of_token(kind, value) if kind in ("LITERAL", "IN") else None


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
