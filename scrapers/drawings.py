"""The text of an SVG file, which is letters already and needs no recognition.

Takes the bytes of a picture; gives its lines and "" or why there are none, or None when it is no SVG.
"""

from __future__ import annotations

import gzip
import io
import zlib

from selectolax.lexbor import LexborHTMLParser

from scrapers.text import bound_html, decode_html, one_line

_MOST = 4_000_000
_MOST_LINES = 2_000


def read_drawing(data: bytes) -> tuple[tuple[str, ...], str] | None:
    """Lines of an SVG's `<text>`, `<title>` and `<foreignObject>`; a drawing of mere shapes says so."""
    if data[:2] == b"\x1f\x8b":
        data = _unpacked(data)
    head = data[:4000].lower()
    if b"<svg" not in head or b"\x00" in head[:200] or head.lstrip()[:1] not in (b"<", b"\xef"):
        return None
    tree = LexborHTMLParser(bound_html(decode_html(data[:_MOST], "image/svg+xml; charset=utf-8")))
    lines = [
        line
        for node in tree.css("svg text, svg title, svg desc, svg foreignObject")[:_MOST_LINES]
        if (line := one_line(node.text(deep=True)))
    ]
    pictures = bool(tree.css("svg image"))
    if not lines:  # nested too deeply: the bound took the tags away and left their text
        for node in tree.css("style, script"):
            node.decompose()
        lines = [line for node in tree.css("svg")[:1] if (line := one_line(node.text(deep=True)))]
    if lines:
        return tuple(dict.fromkeys(lines)), ""
    return (), "a drawing that holds other pictures" if pictures else "a drawing of shapes without letters"


def _unpacked(data: bytes) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            return file.read(_MOST)
    except (OSError, EOFError, zlib.error):
        return b""
