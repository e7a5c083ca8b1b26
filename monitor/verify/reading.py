"""Reads JSON of strangers: bounded, strict about names that occur twice, and typed at every step.

`take` gives a field of the type that is wanted or raises Misshaped, whose text names the field.
"""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime
from typing import TypeVar

T = TypeVar("T")

MOST_DEPTH = 100
_DIGEST = re.compile("[0-9a-f]{64}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


class Misshaped(ValueError):  # noqa: N818 - reads as a sentence where it is caught
    """A text is not the JSON that it should be; the message says where."""


def read_json(data: bytes) -> object:
    """Parse JSON. Names that occur twice in an object, NaN and the like, and depth beyond measure raise Misshaped."""
    try:
        text = data.decode("utf-8")
        value: object = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise Misshaped(f"no readable JSON: {str(error)[:200]}") from None
    _bound_depth(value)
    return value


def read_object(data: bytes) -> dict[str, object]:
    """Parse JSON that is an object."""
    found = read_json(data)
    if not isinstance(found, dict):
        raise Misshaped("no JSON object")
    return found


def take(fields: dict[str, object], name: str, kind: type[T]) -> T:
    """Give a field of a type; a bool is no number here."""
    value = fields.get(name)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise Misshaped(f"{name!r} is missing or is no {kind.__name__}")
    return value


def take_objects(fields: dict[str, object], name: str, most: int = 100_000) -> list[dict[str, object]]:
    """Give a field that is a list of objects."""
    found = take(fields, name, list)
    if len(found) > most:
        raise Misshaped(f"{name!r} has {len(found)} items, {most} are the most")
    for item in found:
        if not isinstance(item, dict):
            raise Misshaped(f"{name!r} holds what is no object")
    return found


def take_digest(fields: dict[str, object], name: str) -> str:
    """Give a field that is a SHA-256 in lower-case hex."""
    found = take(fields, name, str)
    if not _DIGEST.fullmatch(found):
        raise Misshaped(f"{name!r} is no SHA-256 in lower-case hex")
    return found


def take_moment(fields: dict[str, object], name: str) -> datetime:
    """Give a field that is a moment in UTC with microseconds."""
    found = take(fields, name, str)
    if not _MOMENT.fullmatch(found):
        raise Misshaped(f"{name!r} is no moment of the form 2026-11-22T12:00:00.000000Z")
    try:
        return datetime.strptime(found, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    except ValueError:
        raise Misshaped(f"{name!r} is no moment that exists") from None


def _bound_depth(value: object) -> None:
    level = [value]
    for _ in range(MOST_DEPTH):
        level = [
            item
            for outer in level
            if isinstance(outer, (dict, list))
            for item in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return
    raise Misshaped(f"nested deeper than {MOST_DEPTH}")


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Misshaped("a name occurs twice in an object")
    return found


def _finite(word: str) -> float:
    value = float(word)
    if not math.isfinite(value):
        raise Misshaped(f"{word[:40]} is beyond all numbers")
    return value


def _refuse(word: str) -> object:
    raise Misshaped(f"{word} is no JSON")
