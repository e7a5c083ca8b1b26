"""The icon of a site as an identifier: the number that search engines of hosts use, and the digest of its bytes.

Takes a Capture with its page; gives one identifier for each icon that the page names or that stands at /favicon.ico,
as far as the bytes are in the capture or in the page (data: addresses). Never one of an empty file or of what is no
picture: an error page served as icon is shared by everybody.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import warnings
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes, urljoin

import mmh3
from PIL import Image, UnidentifiedImageError
from selectolax.lexbor import LexborHTMLParser

from scrapers.domains import registrable_domain
from scrapers.identity import Identifier, IdentifierKind, Place
from scrapers.model import Capture, PageContent
from scrapers.text import bound_html

MOST_BYTES = 1_000_000
MOST_ICONS = 8
_LEAST_BYTES = 40  # nothing that an icon format can hold a picture in is smaller
_MOST_PIXELS = 1_100_000
_HEAD = 200_000
_BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning)
_UNREADABLE = (UnidentifiedImageError, OSError, ValueError, SyntaxError, TypeError, IndexError, ArithmeticError)
_FORMATS = ("ICO", "PNG", "GIF", "JPEG", "WEBP", "BMP")
_MAGIC = (b"\x00\x00\x01\x00", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"RIFF", b"BM")


def find_favicons(capture: Capture, content: PageContent) -> tuple[Identifier, ...]:
    """The icons of the page that stands, each once by its bytes."""
    address = content.url or capture.final_url or capture.url
    bodies = {
        exchange.url.partition("#")[0]: exchange
        for exchange in capture.exchanges
        if exchange.status == 200 and not exchange.truncated and 0 < (exchange.body_size or 0) <= MOST_BYTES
    }
    found: dict[str, Identifier] = {}
    for place, url in _addresses(content, address):
        if url.startswith("data:"):
            data = _inline(url)
        else:
            exchange = bodies.get(url.partition("#")[0])
            data = exchange.read_body(MOST_BYTES) if exchange is not None else b""
        value = favicon_value(data)
        if value:
            shown = f"dhash {dhash}" if (dhash := picture_dhash(data)) else ""
            found.setdefault(value, Identifier(IdentifierKind.FAVICON, value, place, shown, url[:300]))
        if len(found) == MOST_ICONS:
            break
    return tuple(found.values())


def icon_addresses(content: PageContent) -> tuple[str, ...]:
    """Where the icons of a page are, for whoever has to ask for them: a browser without a window never does."""
    listed = (url for _, url in _addresses(content, content.url) if not url.startswith("data:"))
    return tuple(dict.fromkeys(listed))[:MOST_ICONS]


def favicon_value(data: bytes) -> str:
    """ "mmh3:sha256hex" of an icon's bytes; "" of an empty file, of one too big in bytes or pixels, of no picture.

    The first number is that of Shodan and others: MurmurHash3 (x86, 32 bit, signed) of the base64 text with line
    breaks. It has 32 bits only, so the digest stands beside it.
    """
    if not _LEAST_BYTES <= len(data) <= MOST_BYTES or not _is_picture(data) or _is_bomb(data):
        return ""
    return f"{mmh3.hash(base64.encodebytes(data))}:{hashlib.sha256(data).hexdigest()}"


def picture_dhash(data: bytes) -> str:
    """The difference hash (64 bits, hex) of a small picture: alike for pictures that look alike; "" if unreadable."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
                if picture.size[0] * picture.size[1] > _MOST_PIXELS:
                    return ""
                small = picture.convert("RGBA")
        ground = Image.new("RGBA", small.size, "white")
        grey = Image.alpha_composite(ground, small).convert("L").resize((9, 8), Image.Resampling.BILINEAR)
    except (*_UNREADABLE, Image.DecompressionBombError):
        return ""
    pixels = grey.tobytes()
    bits = 0
    for row in range(8):
        for column in range(8):
            bits = bits << 1 | (pixels[row * 9 + column] < pixels[row * 9 + column + 1])
    return f"{bits:016x}"


def _addresses(content: PageContent, address: str) -> Iterator[tuple[Place, str]]:
    source = content.dom or content.source_html
    named = False
    if "icon" in source[:_HEAD].lower():
        tree = LexborHTMLParser(bound_html(source[:_HEAD]))
        for node in tree.css("link[rel][href]")[:200]:
            words = (node.attributes.get("rel") or "").lower().split()
            target = (node.attributes.get("href") or "").strip()
            if not target or not any("icon" in word for word in words) or "mask-icon" in words:
                continue
            url = target if target.startswith("data:") else _join(address, target)
            # An icon of somebody else's library is no sign of this site.
            if url.startswith("data:") or registrable_domain(url) == registrable_domain(address):
                named = True
                yield Place.ATTRIBUTE, url
    root = _join(address, "/favicon.ico")
    if root and not named:
        yield Place.ATTRIBUTE, root


def _inline(url: str) -> bytes:
    head, _, packed = url.partition(",")
    if len(packed) > 2 * MOST_BYTES:
        return b""
    try:
        return base64.b64decode(unquote_to_bytes(packed)) if ";base64" in head else unquote_to_bytes(packed)
    except (binascii.Error, ValueError):
        return b""


def _is_picture(data: bytes) -> bool:
    return data.startswith(_MAGIC) or (b"<svg" in data[:2_000].lower() and b"<html" not in data[:2_000].lower())


def _is_bomb(data: bytes) -> bool:
    """Whether a picture says that it is of more pixels than anybody draws: few bytes that would fill the memory."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            Image.open(io.BytesIO(data), formats=_FORMATS).close()
    except _BOMB:
        return True
    except _UNREADABLE:
        return False  # an icon by its first bytes, of a form that is not read here
    return False


def _join(base: str, target: str) -> str:
    try:
        return urljoin(base, target)
    except ValueError:
        return ""
