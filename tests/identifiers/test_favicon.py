"""The icon of a site: the number that search engines of hosts show, and never one of nothing."""

from __future__ import annotations

import base64
import hashlib
import io
import struct
import zlib
from datetime import UTC, datetime

import pytest
from PIL import Image, ImageDraw

from scrapers.identifiers.favicon import favicon_value, find_favicons, icon_addresses, picture_dhash
from scrapers.model import Capture, Exchange, Outcome, PageContent, Vantage

AT = datetime(2026, 11, 1, tzinfo=UTC)
HOME = "https://www.xh88.com/"


def icon(colour: str = "red", size: int = 32, form: str = "PNG") -> bytes:
    picture = Image.new("RGBA", (size, size), "white")
    ImageDraw.Draw(picture).rectangle((2, 2, size // 2, size - 4), fill=colour)
    file = io.BytesIO()
    picture.save(file, form)
    return file.getvalue()


def capture(**bodies: bytes) -> Capture:
    exchanges = tuple(
        Exchange(n, HOME + path.replace("_", "."), "GET", AT, "other", status=200, body=body)
        for n, (path, body) in enumerate(bodies.items())
    )
    return Capture("c", HOME, HOME, Vantage(), AT, AT, Outcome.COMPLETE, exchanges=exchanges)


def find(capture: Capture, dom: str) -> list[str]:
    return [one.value for one in find_favicons(capture, PageContent(HOME, dom))]


def test_the_number_is_that_of_others() -> None:
    """MurmurHash3 x86 32 of base64 with line breaks; checked by an implementation written from the algorithm."""
    data = icon()
    assert favicon_value(data) == f"{murmur(base64.encodebytes(data))}:{hashlib.sha256(data).hexdigest()}"


def murmur(data: bytes) -> int:
    value = 0
    for place in range(0, len(data) - len(data) % 4, 4):
        word = int.from_bytes(data[place : place + 4], "little") * 0xCC9E2D51 & 0xFFFFFFFF
        word = ((word << 15 | word >> 17) & 0xFFFFFFFF) * 0x1B873593 & 0xFFFFFFFF
        value ^= word
        value = ((value << 13 | value >> 19) & 0xFFFFFFFF) * 5 + 0xE6546B64 & 0xFFFFFFFF
    if tail := data[len(data) - len(data) % 4 :]:
        word = int.from_bytes(tail, "little") * 0xCC9E2D51 & 0xFFFFFFFF
        value ^= ((word << 15 | word >> 17) & 0xFFFFFFFF) * 0x1B873593 & 0xFFFFFFFF
    value ^= len(data)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, 1)):
        value = (value ^ value >> shift) * factor & 0xFFFFFFFF
    return value - (1 << 32) if value >> 31 else value


@pytest.mark.parametrize(
    "data", [b"", b"\0" * 10, b"<!DOCTYPE html><html><body>404 not found</body></html>" * 3, b"x" * 100]
)
def test_nothing_and_what_is_no_picture_are_no_icon(data: bytes) -> None:
    assert favicon_value(data) == ""
    assert find(capture(favicon_ico=data), "<p>x</p>") == []


def test_the_icon_that_the_page_names_counts_before_the_one_at_the_root() -> None:
    page = '<head><link rel="shortcut icon" href="/logo.png"></head>'
    assert find(capture(favicon_ico=icon("blue"), logo_png=icon("red")), page) == [favicon_value(icon("red"))]
    assert find(capture(favicon_ico=icon("blue", form="ICO")), "<head></head>") == [
        favicon_value(icon("blue", form="ICO"))
    ]


def test_an_icon_in_the_markup_is_read() -> None:
    page = f'<link rel="icon" href="data:image/png;base64,{base64.b64encode(icon()).decode()}">'
    assert find(capture(), page) == [favicon_value(icon())]


def test_an_icon_of_somebody_elses_host_is_none_of_the_site() -> None:
    assert find(capture(), '<link rel="icon" href="https://cdn.jsdelivr.net/x.png">') == []


def test_icons_that_look_alike_have_hashes_that_are_near() -> None:
    one, other = picture_dhash(icon("red", 32)), picture_dhash(icon("red", 64))
    assert (int(one, 16) ^ int(other, 16)).bit_count() <= 4
    assert picture_dhash(b"\x89PNG broken") == ""


def test_a_bomb_is_not_unpacked() -> None:
    file = io.BytesIO()
    Image.new("L", (9000, 9000)).save(file, "PNG")
    assert picture_dhash(file.getvalue()) == ""


def test_whoever_asks_for_the_icon_is_told_where_it_is() -> None:
    assert icon_addresses(PageContent(HOME, '<link rel="icon" href="img/i.png">')) == (f"{HOME}img/i.png",)
    assert icon_addresses(PageContent(HOME, "<p>x</p>")) == (f"{HOME}favicon.ico",)


def bomb(side: int = 20_000) -> bytes:
    """A PNG of a few KB that says it is of 400 million pixels."""
    packed = zlib.compress(b"\0" * ((side // 8 + 1) * side), 9)
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)),
        (b"IDAT", packed),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )


def test_a_picture_of_more_pixels_than_any_memory_holds_is_no_icon() -> None:
    data = bomb()
    assert len(data) < 100_000
    assert favicon_value(data) == "" and picture_dhash(data) == ""
    inline = base64.b64encode(data).decode()
    assert find(capture(), f'<link rel="icon" href="data:image/png;base64,{inline}">') == []
    assert favicon_value(bomb(2_000)) != "", "a large picture is one"
