"""The fingerprint of a page's own design: its own words outside of goods, and the build of its markup.

Takes a PageContent; gives a Design, its distance to another, and values that are equal for near-identical pages of one
template only. Texts that shop software ships, prices, numbers, goods and lists of equal things are left out: they are
the template's or the supplier's. Anybody can copy a design. Pure.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy
from selectolax.lexbor import LexborHTMLParser, LexborNode

from scrapers.families.listing import looks_like_product
from scrapers.identity import Identifier, IdentifierKind, Place
from scrapers.model import PageContent
from scrapers.software_texts import is_software_text
from scrapers.text import BLOCK_TAGS, SKIPPED_TAGS, bound_html

ROWS = 20
BANDS = 2
"""Two bands of ten rows: pages whose own words agree to 98 % share a value with 0.97, to 90 % with 0.58, 70 % 0.06."""
LEAST_WORDS = 250  # pages of a fresh installation have up to 240 shingles that are the template's
_LEAST_COMPARED = 80
_MOST_ELEMENTS = 6_000
_MOST_TEXT = 8_000
_LEAST_LINE = 6
_GRAM = 4
_REPEATED = 4  # so many siblings of one class are a list: goods, articles, links
_PRIME = numpy.uint64((1 << 31) - 1)
_NOT_LETTERS = re.compile(r"[^A-Za-z\u3400-\u9fff]+")
_ADDRESS = re.compile(r"(?<![\w-])[\w-]{1,63}+(?:\.[\w-]{1,63}+){1,5}(?:/[\w./-]{0,100}+)?")
_GOODS = re.compile(r"[￥¥$]\s?\d|\d\s?元|库存|销量|已售|立即购买|加入购物车")
_GENERATED = re.compile(r"\d|[A-Z].*[A-Z].*[A-Z]|__|^css-|^jss")
_TEXT_STOP = frozenset({*SKIPPED_TAGS, "option", "select", "button"})


@dataclass(frozen=True)
class Design:
    """A page's design: `structure` is a 64-bit simhash of the markup, `words` the minhash of its own words."""

    structure: int
    build: tuple[int, ...]  # minhash of the same markup
    classes: frozenset[int]
    words: tuple[int, ...]
    count: int  # how many different shingles the words have; few say nothing


def read_design(content: PageContent) -> Design:
    """The design of a page."""
    tree = LexborHTMLParser(bound_html(content.dom or content.source_html))
    marks: set[int] = set()
    classes: set[int] = set()
    body = tree.body
    if body is not None:
        for number, node in enumerate(body.traverse()):
            if number >= _MOST_ELEMENTS:
                break
            mark = _mark(node)
            marks.add(zlib.crc32(f"{_mark(node.parent) if node.parent is not None else ''}>{mark}".encode()))
            classes.update(zlib.crc32(name.encode()) for name in mark.split(".")[1:])
    grams = _grams("\n".join(_own_lines(body)) if body is not None else "")
    return Design(_simhash(marks), _minhash(marks), frozenset(classes), _minhash(grams), len(grams))


def design_distance(a: Design, b: Design) -> float:
    """How far two designs are apart: 0 for the same page, about 0.3 for two shops of one template, 1 for strangers."""
    structure = min((a.structure ^ b.structure).bit_count() / 32, 1.0)
    united = len(a.classes | b.classes)
    classes = 1 - len(a.classes & b.classes) / united if united else 0.0
    if min(a.count, b.count) < _LEAST_COMPARED:
        return round(0.6 * structure + 0.4 * classes, 4)
    words = 1 - sum(one == other for one, other in zip(a.words, b.words, strict=True)) / ROWS
    return round(0.3 * structure + 0.2 * classes + 0.5 * words, 4)


def design_values(design: Design) -> tuple[str, ...]:
    """The values by which near-identical designs are found, one a band; none where a page has few words of its own."""
    if design.count < LEAST_WORDS:
        return ()
    step = ROWS // BANDS
    values = []
    for band in range(BANDS):
        rows = design.words[band * step : (band + 1) * step]
        build = design.build[band * 2 : band * 2 + 2]
        digest = hashlib.sha256(repr((band, rows, build)).encode()).hexdigest()
        values.append(digest[:16])
    return tuple(values)


def find_design(content: PageContent) -> tuple[Identifier, ...]:
    """The design of a page as identifiers."""
    if not (content.dom or content.source_html) or looks_like_product(content.url):
        return ()  # the words of a product's page are its supplier's
    design = read_design(content)
    shown = f"structure {design.structure:016x}, {design.count} shingles"
    return tuple(
        Identifier(IdentifierKind.DESIGN, value, Place.VISIBLE, shown, f"band {band}", block="design")
        for band, value in enumerate(design_values(design), start=1)
    )


def _own_lines(body: LexborNode) -> Iterator[str]:
    """The lines of a page that are neither goods, nor parts of a list, nor the software's."""
    taken = 0
    for node in _own_blocks(body):
        text = node.text(deep=False, strip=False) or ""
        inline = [
            child.text(deep=True) or ""
            for child in node.iter(include_text=False)
            if child.tag not in BLOCK_TAGS and child.tag not in _TEXT_STOP
        ]
        line = " ".join((text[:_MOST_TEXT], *inline))[:_MOST_TEXT].strip()
        bare = _NOT_LETTERS.sub("", _ADDRESS.sub("", line))
        if len(bare) < _LEAST_LINE or _GOODS.search(line) or is_software_text(line):
            continue
        taken += len(bare)
        yield bare[:2_000]
        if taken > _MOST_TEXT:
            return


def _own_blocks(body: LexborNode) -> Iterator[LexborNode]:
    waiting = [body]
    seen = 0
    while waiting and seen < _MOST_ELEMENTS:
        node = waiting.pop()
        seen += 1
        yield node
        children = [child for child in node.iter(include_text=False) if child.tag not in _TEXT_STOP]
        alike = Counter(_mark(child) for child in children if child.attributes.get("class"))
        waiting += [
            child
            for child in reversed(children)
            if child.tag in BLOCK_TAGS | {"a", "span", "font", "b", "strong"} and alike.get(_mark(child), 0) < _REPEATED
        ]


def _mark(node: LexborNode) -> str:
    tag = node.tag or ""
    names = (node.attributes.get("class") or "") if tag and tag[0] not in "-_#!" else ""
    return ".".join([tag, *sorted({name for name in names.split()[:12] if not _GENERATED.search(name)})])


def _grams(text: str) -> set[int]:
    found: set[int] = set()
    for line in text.split("\n"):
        data = line.lower()
        found.update(zlib.crc32(data[place : place + _GRAM].encode()) for place in range(max(len(data) - _GRAM + 1, 0)))
    return found


def _minhash(marks: set[int]) -> tuple[int, ...]:
    if not marks:
        return (0,) * ROWS
    values = numpy.fromiter(marks, dtype=numpy.uint64, count=len(marks)) % _PRIME
    factors, terms = _permutations()
    return tuple(int(row) for row in ((values[:, None] * factors + terms) % _PRIME).min(axis=0))


@cache
def _permutations() -> tuple[numpy.ndarray, numpy.ndarray]:
    """Fixed ones, so that values of different days can be compared."""
    digests = [hashlib.sha256(f"design {number}".encode()).digest() for number in range(ROWS)]
    factors = [int.from_bytes(one[:4], "big") % (int(_PRIME) - 1) + 1 for one in digests]
    terms = [int.from_bytes(one[4:8], "big") % int(_PRIME) for one in digests]
    return numpy.array(factors, dtype=numpy.uint64), numpy.array(terms, dtype=numpy.uint64)


def _simhash(marks: set[int]) -> int:
    """64 bits (Charikar 2002): near for sets that differ little."""
    if not marks:
        return 0
    spread = numpy.fromiter(marks, dtype=numpy.uint64, count=len(marks)) * numpy.uint64(0x9E3779B97F4A7C15)
    spread ^= spread >> numpy.uint64(29)
    spread *= numpy.uint64(0xBF58476D1CE4E5B9)
    spread ^= spread >> numpy.uint64(32)
    bits = (spread[:, None] >> numpy.arange(64, dtype=numpy.uint64)) & numpy.uint64(1)
    ones = bits.sum(axis=0) * 2 > len(marks)
    return int(sum(1 << place for place in range(64) if ones[place]))
