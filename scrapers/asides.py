"""Rules that stand beside the text of a page: in attributes, comments, scripts, data answers, drawings, style sheets.

Takes a ParsedPage and its blocks; gives a block more for what they lack, each marked with its source. Only
texts with the words of a rule are taken: a page holds thousands of others that nobody will ask for.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import unquote, urlsplit

from bs4 import Comment, Tag

from scrapers.document import Document
from scrapers.dom import ParsedPage, place_of, text_of
from scrapers.families.findings import Json, parse_json
from scrapers.families.sections import has_rule
from scrapers.model import Block, BlockKind, Role, Source
from scrapers.text import condense, one_line, readable_text

COMMENT, UNUSED = "comment", "not rendered"
"""Causes of `Block.concealed`: in an HTML comment; in a `<noscript>` or `<template>` that nothing showed."""

_MOST_ASIDES = 120
_MOST_TEXT = 4_000
_MOST_SCRIPT = 2_000_000
_MOST_NODES = 20_000
_LEAST = 6
_IGNORED = frozenset({"class", "style", "id", "href", "src", "onclick", "srcset", "action", "d", "points"})
_CHINESE = re.compile("[\u3400-\u9fff]")
_MAY_SAY = re.compile(r"[\u3400-\u9fff%\\&]")
"""What a text has that is Chinese or may be decoded to it."""
_PERCENT_U = re.compile(r"%u([0-9a-fA-F]{4})")
_PERCENT = re.compile(r"%[0-9a-fA-F]{2}")
_BACKSLASH = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))")
_ENCODED = re.compile(r"[\"'`]([A-Za-z0-9+/]{24,8000}={0,2})[\"'`]")
_STRING = re.compile(r"[^\"'`<>{}\n\r\\;]{6,2000}")
_HTML = re.compile(r"<[a-zA-Z/!]")
_DRAWN_ELSEWHERE = ("svg", "math")
_BEYOND = {
    "video": "a video stands on the page ({address}): what it says was not read; watch it",
    "audio": "a recording stands on the page ({address}): what it says was not read; listen to it",
    "pdf": "rules may stand in a PDF ({address}) that was not read; open it, and keep it by `cardwatch evidence add`",
    "font": "text is drawn with a font of the page's own ({address}), whose letters may look like others; see the "
    "screenshot",
}


@dataclass(frozen=True)
class _Aside:
    text: str
    place: str
    source: Source
    concealed: str = ""


def add_asides(page: ParsedPage, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """The blocks, and one more for each rule that stands beside the text and in none of them."""
    held = "\n".join(condense(block.text) for block in blocks if block.source is not Source.IMAGE)
    shown = condense(page.content.text) if page.content.text else ""
    added: list[Block] = []
    seen: set[str] = set()
    for aside in _find_asides(page):
        lines = [line for line in map(one_line, aside.text[:_MOST_TEXT].split("\n")) if _is_rule(line)]
        lines = [line for line in lines if condense(line) not in held and condense(line) not in seen]
        seen.update(map(condense, lines))
        if not lines:
            continue
        text = "\n".join(lines)
        source, concealed = aside.source, aside.concealed
        if source is Source.HIDDEN and shown and condense(text) in shown:
            source, concealed = Source.TEXT, ""
        elif source is not Source.TEXT and page.sight.pops_up(text):
            source, concealed = Source.POPUP, ""
        added.append(Block(_kind_of(page, source), text, place=aside.place, source=source, concealed=concealed))
        if len(added) == _MOST_ASIDES:
            break
    return (*blocks, *added)


def name_beyond(page: ParsedPage) -> tuple[str, ...]:
    """What stands on the page and cannot be read, each with its address and what to do."""
    return tuple(
        _BEYOND[kind].format(address=what or "without an address")
        for kind, what in page.content.layout.beyond
        if kind in _BEYOND
    )


def _kind_of(page: ParsedPage, source: Source) -> BlockKind:
    """What was shown is a rule of the page; what stands in its data and code is kept apart from the rules in force."""
    if source not in (Source.TEXT, Source.POPUP, Source.ATTRIBUTE):
        return BlockKind.OTHER
    return BlockKind.TERMS if page.role is Role.TERMS else BlockKind.NOTICE


def _is_rule(line: str) -> bool:
    return len(_CHINESE.findall(line)) >= _LEAST and has_rule(line)


def _find_asides(page: ParsedPage) -> Iterator[_Aside]:
    for text, place in page.content.layout.drawn:
        yield _Aside(text, place, Source.TEXT)
    for document in page.documents:
        yield from _in_drawings(document)
        yield from _in_attributes(document)
        yield from _in_unrendered(document)
        yield from _in_scripts(document)
    for answer in page.content.answers[:200]:
        yield from _in_data(parse_json(answer.body), urlsplit(answer.url).path)


def _in_drawings(document: Document) -> Iterator[_Aside]:
    notes = "".join(note.get_text() for note in document.with_tag("rt"))
    if notes:
        yield _Aside(notes, "rt", Source.TEXT)
    for element in document.with_tag(*_DRAWN_ELSEWHERE):
        if not document.words_of(element).strip():
            continue
        parts = element.find_all(["text", "foreignobject", "foreignObject", "mtext", "mi"], limit=500)
        text = "\n".join(part.get_text() for part in parts) or element.get_text()
        if text.strip():
            yield _Aside(text, place_of(element), Source.HIDDEN)


def _in_attributes(document: Document) -> Iterator[_Aside]:
    for element in document.elements:
        for name, value in element.attrs.items():
            if name in _IGNORED or not isinstance(value, str) or len(value) < _LEAST:
                continue
            if not _MAY_SAY.search(value):
                continue
            text = decode_escapes(value)
            if not _CHINESE.search(text):
                continue
            if _HTML.search(text):
                text = readable_text(text)
            yield _Aside(text, f"{place_of(element)}[{name}]", Source.ATTRIBUTE)


def _in_unrendered(document: Document) -> Iterator[_Aside]:
    for element in document.with_tag("noscript", "template"):
        yield _Aside(_readable(element), place_of(element), Source.HIDDEN, UNUSED)
    for comment in islice((string for string in document.strings if isinstance(string, Comment)), 500):
        text = str(comment)
        if _CHINESE.search(text):
            yield _Aside(readable_text(text) if "<" in text else text, "comment", Source.HIDDEN, COMMENT)


def _readable(element: Tag) -> str:
    """The text of an element that is itself never laid out; a noscript's content is markup in a string."""
    inner = element.decode_contents()
    return readable_text(html.unescape(inner) if "&lt;" in inner else inner) or text_of(element, with_hidden=True)


def _in_scripts(document: Document) -> Iterator[_Aside]:
    left = _MOST_SCRIPT
    for number, script in enumerate(document.with_tag("script"), 1):
        code = str(script.string or "")[:left]
        left -= len(code)
        if len(code) < _LEAST:
            continue
        place = f"script {number}"
        for text in filter(has_rule, _decoded(code)):
            for found in _STRING.finditer(text):
                if has_rule(found.group()):
                    yield _Aside(found.group(), place, Source.SCRIPT)


def _decoded(code: str) -> Iterable[str]:
    """The code with its escapes resolved, and the texts that it holds in Base64."""
    if _MAY_SAY.search(code):
        yield decode_escapes(code.replace("\\n", "\n").replace("\\/", "/"))
    for match in _ENCODED.finditer(code):
        try:
            data = base64.b64decode(match.group(1) + "=" * (-len(match.group(1)) % 4))
            text = data.decode("utf-8")
        except (binascii.Error, UnicodeDecodeError, ValueError):
            continue
        if _CHINESE.search(decode_escapes(text)):
            yield readable_text(decode_escapes(text))


def _in_data(data: Json, path: str) -> Iterator[_Aside]:
    pending: list[tuple[Json, str]] = [(data, path)]
    looked = 0
    while pending and looked < _MOST_NODES:
        value, place = pending.pop()
        looked += 1
        if isinstance(value, dict):
            pending += [(item, f"{place}/{key[:60]}") for key, item in reversed(value.items())]
        elif isinstance(value, list):
            pending += [(item, f"{place}/{number}") for number, item in reversed(list(enumerate(value)))]
        elif isinstance(value, str) and len(value) >= _LEAST:
            text = decode_escapes(value)
            yield _Aside(readable_text(text) if _HTML.search(text) else text, place, Source.JSON)


def decode_escapes(text: str) -> str:
    r"""Resolve escape()'s %uXXXX, encodeURIComponent's UTF-8, \uXXXX and entities; what is none of them stays."""
    if "%u" in text:
        text = _PERCENT_U.sub(lambda match: chr(int(match.group(1), 16)), text)
    if "%" in text and len(_PERCENT.findall(text)) >= _LEAST:
        decoded = unquote(text, errors="replace")
        text = text if "\ufffd" in decoded else decoded
    if "\\" in text:
        text = _BACKSLASH.sub(_character, text)
    text = html.unescape(text) if "&" in text else text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # two %uD83D%uDE00 are one character


def _character(match: re.Match[str]) -> str:
    code = int(match.group(1) or match.group(2) or match.group(3), 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
