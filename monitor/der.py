"""Walks DER (X.690): where each element of a structure begins and ends. Strict and bounded; raises DerError.

Only as much as RFC 3161 tokens need: one-byte tags, definite lengths in their shortest form.
"""

from __future__ import annotations

from dataclasses import dataclass

INTEGER, OCTET_STRING, NULL, OBJECT, SEQUENCE, SET = 0x02, 0x04, 0x05, 0x06, 0x30, 0x31
_MOST_PARTS = 1000


class DerError(ValueError):
    """The bytes are no DER, or not of the expected shape."""


@dataclass(frozen=True)
class Element:
    """One element inside `source`: its header begins at `start`, its content at `content`, both end at `end`."""

    source: bytes
    tag: int
    start: int
    content: int
    end: int

    @property
    def value(self) -> bytes:
        """Its content."""
        return self.source[self.content : self.end]

    @property
    def whole(self) -> bytes:
        """Header and content."""
        return self.source[self.start : self.end]

    def parts(self) -> tuple[Element, ...]:
        """The elements that it is made of."""
        found: list[Element] = []
        place = self.content
        while place < self.end:
            if len(found) >= _MOST_PARTS:
                raise DerError(f"an element has more than {_MOST_PARTS} parts")
            element = _read(self.source, place, self.end)
            found.append(element)
            place = element.end
        return tuple(found)

    def require(self, tag: int) -> Element:
        """The element itself, if it has this tag."""
        if self.tag != tag:
            raise DerError(f"tag {self.tag:#04x} at byte {self.start}, where {tag:#04x} belongs")
        return self


def parse_der(data: bytes) -> Element:
    """The one element that `data` is."""
    element = _read(data, 0, len(data))
    if element.end != len(data):
        raise DerError(f"{len(data) - element.end} bytes follow the structure's end")
    return element


def encode_length(length: int) -> bytes:
    """A length as DER writes it."""
    if length < 0x80:
        return bytes([length])
    digits = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(digits)]) + digits


def _read(data: bytes, place: int, end: int) -> Element:
    if end - place < 2:
        raise DerError(f"cut off at byte {place}")
    tag, first = data[place], data[place + 1]
    if tag & 0x1F == 0x1F:
        raise DerError(f"a tag of many bytes at byte {place}")
    content = place + 2
    length = first
    if first & 0x80:
        count = first & 0x7F
        if not 1 <= count <= 4 or end - content < count:
            raise DerError(f"no definite length at byte {place + 1}")
        length = int.from_bytes(data[content : content + count], "big")
        content += count
        if encode_length(length) != data[place + 1 : content]:
            raise DerError(f"a length that is not in its shortest form at byte {place + 1}")
    if length > end - content:
        raise DerError(f"cut off: {length} bytes are announced at byte {place}, {end - content} are there")
    return Element(data, tag, place, content, content + length)
