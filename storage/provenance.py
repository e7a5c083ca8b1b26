"""Turns a Capture into JSON and back, field by field as its types say; a new field of the model needs nothing here.

Bytes are not in the JSON but their SHA-256 (a body's wherever it was held, in memory or in a file), followed by
`@n` when they lie in another WARC, the n-th of `sources`.
A field that has its default is left out.
"""

from __future__ import annotations

import dataclasses
import json
import re
import types
import typing
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache

from scrapers.model import Capture, Exchange
from scrapers.spool import SpooledBody, read_all
from storage.canonical import canonical_json
from storage.errors import ArchiveDamaged

FORMAT = "cardwatch-capture-1"

_SHARED = re.compile(r"[0-9a-f]{64}@\d{1,9}")

Note = Callable[[bytes | SpooledBody], str]
"""Gives the reference that stands for some bytes: a SHA-256, with `@n` if they lie elsewhere."""

Fetch = Callable[[str], bytes | SpooledBody]
"""Gives the bytes of a reference; for the body of an answer they may lie in a file."""


@dataclasses.dataclass(frozen=True)
class Provenance:
    """The parsed record: the capture as JSON values, and the WARCs (SHA-256) that hold what is not in its own."""

    capture: dict[str, object]
    sources: tuple[str, ...]

    @property
    def exchanges(self) -> list[object]:
        """The entries of the exchange table."""
        found = self.capture.get("exchanges", [])
        return found if isinstance(found, list) else []

    @property
    def visit(self) -> dict[str, object]:
        """All that is not an exchange."""
        return {name: value for name, value in self.capture.items() if name != "exchanges"}

    def shared_digests(self) -> set[str]:
        """The SHA-256 of all bytes that lie in another WARC."""
        found: set[str] = set()
        left: list[object] = [self.capture]
        while left:
            value = left.pop()
            if isinstance(value, dict):
                left.extend(value.values())
            elif isinstance(value, list):
                left.extend(value)
            elif isinstance(value, str) and _SHARED.fullmatch(value):
                found.add(value.partition("@")[0])
        return found


def describe_capture(capture: Capture, note: Note) -> dict[str, object]:
    """Give the capture as JSON values."""
    described = _encode(capture, note)
    assert isinstance(described, dict)
    return described


def write_provenance(provenance: Provenance) -> bytes:
    """Lay the record out as canonical JSON."""
    return canonical_json({"format": FORMAT, "sources": list(provenance.sources), "capture": provenance.capture})


def read_provenance(data: bytes) -> Provenance:
    """Parse the record; anything else raises ArchiveDamaged."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ArchiveDamaged(f"the provenance of a capture is not JSON: {error}") from None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise ArchiveDamaged("the provenance of a capture is not in a format that this version reads")
    capture, sources = found.get("capture"), found.get("sources")
    if not isinstance(capture, dict) or not isinstance(sources, list):
        raise ArchiveDamaged("the provenance of a capture lacks its capture or its sources")
    return Provenance(capture, tuple(str(source) for source in sources))


def rebuild_capture(provenance: Provenance, fetch: Fetch) -> Capture:
    """Make the Capture again; what does not fit the model raises ArchiveDamaged."""
    try:
        rebuilt = _decode(Capture, provenance.capture, fetch)
    except (TypeError, KeyError, ValueError, RecursionError) as error:
        raise ArchiveDamaged(f"the provenance of a capture does not fit this version's model: {error}") from error
    assert isinstance(rebuilt, Capture)
    return rebuilt


def _encode(value: object, note: Note) -> object:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return [_encode(item, note) for item in value]
    if isinstance(value, bytes | SpooledBody):
        return note(value)
    if isinstance(value, Exchange) and value.body_file is not None:
        made = _encode(dataclasses.replace(value, body_file=None), note)
        assert isinstance(made, dict)
        return {**made, "body": note(value.body_file)}
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{value.isoformat()} has no time zone: a capture's times are aware UTC")
        return value.astimezone(UTC).isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        given = ((name, default, getattr(value, name)) for name, default in _defaults(type(value)))
        return {name: _encode(item, note) for name, default, item in given if default is _NONE or item != default}
    raise TypeError(f"a capture holds a {type(value).__name__}, which has no place in its provenance")


_NONE = object()


@cache
def _defaults(kind: type) -> tuple[tuple[str, object], ...]:
    """The fields of a dataclass with their defaults."""
    return tuple(
        (field.name, _NONE if field.default is dataclasses.MISSING else field.default)
        for field in dataclasses.fields(kind)
    )


@cache
def _kinds(kind: type) -> Mapping[str, object]:
    return typing.get_type_hints(kind)


def _decode(kind: object, value: object, fetch: Fetch) -> object:
    if isinstance(kind, types.UnionType):
        if value is None:
            return None
        (kind,) = (option for option in kind.__args__ if option is not types.NoneType)
    if typing.get_origin(kind) is tuple:
        items = _expect(list, value)
        parts = typing.get_args(kind)
        if len(parts) == 2 and parts[1] is Ellipsis:
            return tuple(_decode(parts[0], item, fetch) for item in items)
        return tuple(_decode(part, item, fetch) for part, item in zip(parts, items, strict=True))
    assert isinstance(kind, type)
    if kind is datetime:
        return datetime.fromisoformat(_expect(str, value))
    if kind is bytes:
        return read_all(fetch(_expect(str, value)))
    if dataclasses.is_dataclass(kind):
        known = _kinds(kind)
        given = _expect(dict, value)
        if kind is Exchange and given.get("body") is not None:
            body = fetch(_expect(str, given["body"]))
            given = {name: item for name, item in given.items() if name != "body"}
            held = {"body_file" if isinstance(body, SpooledBody) else "body": body}
        else:
            held = {}
        return kind(**{name: _decode(known[name], item, fetch) for name, item in given.items()}, **held)
    if issubclass(kind, StrEnum):
        return kind(_expect(str, value))
    return _expect(kind, value)


T = typing.TypeVar("T")


def _expect(kind: type[T], value: object) -> T:
    if not isinstance(value, kind):
        raise TypeError(f"{kind.__name__} expected, {type(value).__name__} found")
    return value
