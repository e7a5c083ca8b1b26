"""Pages whose bytes are the weapon: huge, packed, slow, endless, or against the rules of HTTP."""

from __future__ import annotations

import asyncio
import gzip
import zlib

from scrapers.model import Outcome

from ..page import READ, RULES, Page, html
from ..site import Request

_FAILED = (Outcome.FAILED,)
_ANY = (*READ, Outcome.FAILED)
_MEGABYTE = 1 << 20
_START = f"<!doctype html><meta charset=utf-8><title>点卡</title>{RULES}"


def _packed(megabytes: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    parts = [packer.compress(_START.encode())]
    block = b" " * _MEGABYTE
    parts.extend(packer.compress(block) for _ in range(megabytes))
    return b"".join((*parts, packer.flush()))


async def _gigabyte(request: Request) -> None:
    await request.head("200 OK", "text/html; charset=utf-8", f"Content-Length: {1 << 30}")
    await request.send(_START)
    block = b"<p>x</p>" * (_MEGABYTE // 8)
    for _ in range(1024):
        await request.send(block)


async def _gigabyte_picture(request: Request) -> None:
    if not request.path:
        await request.answer(f"{_START}<img src=/gigabyte-picture/x.png>")
        return
    await request.head("200 OK", "image/png")
    block = bytes(_MEGABYTE)
    for _ in range(1024):
        await request.send(block)


async def _gzip_bomb(request: Request) -> None:
    await request.answer(_packed(600), "text/html; charset=utf-8", "Content-Encoding: gzip")


async def _nested_bomb(request: Request) -> None:
    data = gzip.compress(_packed(300), 9)
    await request.answer(data, "text/html; charset=utf-8", "Content-Encoding: gzip, gzip")


async def _many_encodings(request: Request) -> None:
    data = _START.encode()
    for _ in range(40):
        data = gzip.compress(data, 1)
    await request.answer(data, "text/html; charset=utf-8", "Content-Encoding: " + ", ".join(["gzip"] * 40))


async def _bomb_in_script(request: Request) -> None:
    if not request.path:
        code = "<script>for (let i = 0; i < 20; i++) fetch('/bomb-in-script/' + i).then(r => r.text()).then(t => k.push(t)); k = []</script>"
        await request.answer(_START + code)
        return
    await request.answer(_packed(60), "text/plain", "Content-Encoding: gzip")


async def _false_gzip(request: Request) -> None:
    await request.answer(_START, "text/html; charset=utf-8", "Content-Encoding: gzip")


async def _brotli_garbage(request: Request) -> None:
    await request.answer(b"\xcf\xff\xff\x7f" * 1000, "text/html; charset=utf-8", "Content-Encoding: br")


async def _zstd_bomb(request: Request) -> None:
    """Frames of one repeated byte each: a block of 128 KB in four bytes (RFC 8878, RLE block)."""
    frame = bytearray(b"\x28\xb5\x2f\xfd\x00\x58")  # no size told, window of 2 MB
    size = 128 * 1024
    for number in range(4000):
        last = number == 3999
        frame += ((size << 3) | (1 << 1) | last).to_bytes(3, "little") + b" "
    await request.answer(bytes(frame), "text/html; charset=utf-8", "Content-Encoding: zstd")


async def _drip_head(request: Request) -> None:
    await request.send("HTTP/1.1 200 OK\r\n")
    for number in range(600):
        await request.send(f"X-{number}: y\r\n")
        await asyncio.sleep(0.1)


async def _drip_body(request: Request) -> None:
    await request.head()
    await request.send(_START)
    for _ in range(600):
        await request.send(b"<b>")
        await asyncio.sleep(0.1)


async def _drip_nothing_first(request: Request) -> None:
    await request.head("200 OK", "text/html; charset=utf-8", "Content-Length: 1000")
    for _ in range(600):
        await request.send(b" ")
        await asyncio.sleep(0.1)


async def _never_ending(request: Request) -> None:
    await request.head()
    await request.send(_START)
    while True:
        await request.send(b"<p>more</p>" * 200)
        await asyncio.sleep(0.01)


async def _silent(request: Request) -> None:
    await request.hang()


async def _huge_header(request: Request) -> None:
    await request.answer(_START, "text/html; charset=utf-8", f"X-Big: {'y' * 200_000}")


async def _thousand_headers(request: Request) -> None:
    await request.answer(_START, "text/html; charset=utf-8", *(f"X-{number}: {'y' * 100}" for number in range(1500)))


async def _endless_header(request: Request) -> None:
    await request.send("HTTP/1.1 200 OK\r\nX-Endless: ")
    while True:
        await request.send(b"y" * 65536)


async def _two_lengths(request: Request) -> None:
    data = _START.encode()
    await request.send(
        f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\nContent-Length: {len(data)}\r\n\r\n", data
    )


async def _bad_chunks(request: Request) -> None:
    await request.head("200 OK", "text/html; charset=utf-8", "Transfer-Encoding: chunked")
    data = _START.encode()
    await request.send(f"{len(data):x}\r\n", data, "\r\n", "FFFFFFFFFFFFFFFFF\r\n", "garbage")


async def _chunk_of_nothing(request: Request) -> None:
    """A chunk extension without an end."""
    await request.head("200 OK", "text/html; charset=utf-8", "Transfer-Encoding: chunked")
    data = _START.encode()
    await request.send(f"{len(data):x}\r\n", data, "\r\n", "5;")
    while True:
        await request.send(b"z" * 4096)


async def _short_body(request: Request) -> None:
    data = _START.encode()
    await request.head("200 OK", "text/html; charset=utf-8", f"Content-Length: {len(data) + 5000}")
    await request.send(data)


async def _http_09(request: Request) -> None:
    await request.send(_START)


async def _header_injection(request: Request) -> None:
    await request.send(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nX-A: 1\r\n folded\r\nX\x01Y: 2\r\nNo colon here\r\n"
        "Set-Cookie: a=1\nSet-Cookie: b=2\r\nX-Nul: a\r\nConnection: close\r\n\r\n",
        _START,
    )


async def _many_hints(request: Request) -> None:
    for _ in range(3000):
        await request.send("HTTP/1.1 103 Early Hints\r\nLink: </x.css>; rel=preload; as=style\r\n\r\n")
    await request.answer(_START)


async def _endless_hints(request: Request) -> None:
    while True:
        await request.send("HTTP/1.1 100 Continue\r\n\r\n" * 100)
        await asyncio.sleep(0.01)


async def _empty_error(request: Request) -> None:
    await request.answer(b"", status="503 Service Unavailable")


async def _odd_status(request: Request) -> None:
    await request.send(
        "HTTP/1.1 999 \x07\x1b[31mred\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n\r\n", _START
    )


async def _basic_auth(request: Request) -> None:
    await request.answer(
        _START, "text/html; charset=utf-8", 'WWW-Authenticate: Basic realm="x"', status="401 Unauthorized"
    )


async def _reset_in_body(request: Request) -> None:
    await request.head("200 OK", "text/html; charset=utf-8", "Content-Length: 100000")
    await request.send(_START)
    await asyncio.sleep(0.2)
    request.writer.transport.abort()


async def _endless_parts(request: Request) -> None:
    await request.head("200 OK", "multipart/x-mixed-replace; boundary=x")
    number = 0
    while True:
        number += 1
        await request.send(f"--x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{_START}{number}\r\n")
        await asyncio.sleep(0.05)


async def _endless_styles(request: Request) -> None:
    if not request.path:
        await request.answer(f"<link rel=stylesheet href=/endless-styles/0>{_START}")
        return
    number = int(request.path) + 1
    await request.answer(f"@import url(/endless-styles/{number}); b {{ color: red }}", "text/css")


async def _silent_parts(request: Request) -> None:
    """Style, font, script and picture are promised and never come."""
    if request.path:
        await request.hang()
        return
    await request.answer(
        f"<!doctype html><meta charset=utf-8>{RULES}<style>@font-face {{ font-family: f; src: url(/silent-parts/f) }}"
        "body { font-family: f, serif }</style><img src=/silent-parts/i><script async src=/silent-parts/s></script>"
    )


async def _silent_style(request: Request) -> None:
    if request.path:
        await request.hang()
        return
    await request.answer(f"<!doctype html><meta charset=utf-8><link rel=stylesheet href=/silent-style/x>{RULES}")


PAGES = (
    Page("gigabyte", _gigabyte, _ANY, ("memory", "reset", "timeout"), weight=3, shows=""),
    Page("gigabyte-picture", _gigabyte_picture, READ, weight=3, bench=True),
    Page("gzip-bomb", _gzip_bomb, _ANY, ("memory", "reset", "timeout"), weight=3),
    Page("nested-bomb", _nested_bomb, _ANY, ("memory", "reset", "timeout"), weight=3, bench=True),
    Page("many-encodings", _many_encodings, _FAILED, ("crash",), weight=6),
    Page("bomb-in-script", _bomb_in_script, _ANY, ("memory",), weight=3, bench=True),
    Page("false-gzip", _false_gzip, _FAILED, ("empty_answer",)),
    Page("brotli-garbage", _brotli_garbage, _FAILED, ("empty_answer",)),
    Page("zstd-bomb", _zstd_bomb, _ANY, ("memory", "reset", "timeout", "empty_answer"), weight=3, shows="", bench=True),
    Page("drip-head", _drip_head, _FAILED, ("timeout",), bench=True),
    Page("drip-body", _drip_body, READ, told="still loading|had not ended"),
    Page("drip-nothing", _drip_nothing_first, _FAILED, ("timeout",), bench=True),
    Page("never-ending", _never_ending, _ANY, ("timeout", "memory"), told="still loading"),
    Page("silent", _silent, _FAILED, ("timeout",)),
    Page("huge-header", _huge_header, _ANY, ("empty_answer",)),
    Page("thousand-headers", _thousand_headers, _ANY, ("empty_answer",), bench=True),
    Page("endless-header", _endless_header, _FAILED, ("empty_answer", "timeout", "reset")),
    Page("two-lengths", _two_lengths, _FAILED, ("empty_answer",)),
    Page("bad-chunks", _bad_chunks, _ANY, ("empty_answer",)),
    Page("chunk-without-end", _chunk_of_nothing, (Outcome.PARTIAL,), told="broke off"),
    Page("short-body", _short_body, (Outcome.PARTIAL,), told="broke off: net::ERR_CONTENT_LENGTH_MISMATCH"),
    Page("http-0.9", _http_09, _ANY, ("empty_answer",)),
    Page("header-injection", _header_injection, _ANY, ("empty_answer",)),
    Page("many-hints", _many_hints, _ANY, ("empty_answer",), bench=True),
    Page("endless-hints", _endless_hints, _FAILED, ("timeout", "empty_answer"), bench=True),
    Page("empty-error", _empty_error, _FAILED, ("http_503",)),
    Page("odd-status", _odd_status, _FAILED, ("http_999",)),
    Page("basic-auth", _basic_auth, (Outcome.FAILED, Outcome.BLOCKED), ("http_401", "login")),
    Page("reset-in-body", _reset_in_body, (Outcome.PARTIAL,), told="broke off"),
    Page("endless-parts", _endless_parts, READ, shows="", bench=True),
    Page("endless-styles", _endless_styles, READ),
    Page("silent-parts", _silent_parts, READ),
    Page("silent-style", _silent_style, _ANY, ("timeout",), bench=True),
    Page(
        "huge-cookies",
        html(
            f"<meta charset=utf-8>{RULES}<script>for (let i = 0; i < 3000; i++)"
            " document.cookie = 'c' + i + '=' + 'v'.repeat(3900); fetch('/huge-cookies/x')</script>"
        ),
        _ANY,
    ),
)
