"""One plain HTTP/1.1 GET and its redirects, through a lane of the gate: no cookies, no scripts, bounded everywhere.

Gives a transcript that is kept as evidence and can be read again. For registries (RDAP) and for a first look at a
site where no browser is needed. What is late, too long or no HTTP ends as LookupFailed with the reason.
"""

from __future__ import annotations

import asyncio
import base64
import json
import ssl
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urljoin, urlsplit

from scrapers.gate import Lane
from scrapers.lookups.connection import connect, look_any
from scrapers.lookups.model import LookupFailed, LookupOutcome

MEDIA_TYPE = "application/json"
FORMAT = "cardwatch-http-1"
REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_HEADERS = 100
_MOST_HEAD_BYTES = 65_536
_LONGEST_URL = 2000
_AGENT = "Mozilla/5.0 (compatible; cardwatch)"


@dataclass(frozen=True)
class Fetched:
    """One request and its answer; `trouble` where there was none. Header names are in lower case."""

    url: str
    address: str = ""
    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    cut: bool = False
    trouble: str = ""

    def header(self, name: str) -> str:
        """The first value of a header, "" where it is not there."""
        return next((value for key, value in self.headers if key == name), "")

    @property
    def target(self) -> str:
        """Where a redirect leads, "" where it is none. Only http and https are followed, and shown as they stand."""
        location = self.header("location")
        if self.status not in REDIRECTS or not location or len(location) > _LONGEST_URL:
            return ""
        try:
            return urljoin(self.url, location.strip())
        except ValueError:
            return ""


async def fetch(
    lane: Lane, url: str, *, most_bytes: int, accept: str = "*/*", context: ssl.SSLContext | None = None
) -> Fetched:
    """GET one address, without following. `context` is for https; without one nobody is distrusted."""
    host, port, target, secure = split_url(url)
    async with connect(lane, host, port, (context or look_any()) if secure else None) as (reader, writer):
        shown = f"[{host}]" if ":" in host else host
        named = shown if port == (443 if secure else 80) else f"{shown}:{port}"
        head = (
            f"GET {target} HTTP/1.1\r\nHost: {named}\r\nUser-Agent: {_AGENT}\r\nAccept: {accept}\r\n"
            "Accept-Language: zh-CN,zh;q=0.9,en;q=0.5\r\nAccept-Encoding: identity\r\nConnection: close\r\n\r\n"
        )
        writer.write(head.encode("ascii", "replace"))
        try:
            status, headers = await _read_head(reader)
            body, cut = await _read_body(reader, status, dict(reversed(headers)), most_bytes)
        except (ValueError, asyncio.IncompleteReadError) as error:  # a line that is too long is a ValueError too
            raise LookupFailed(LookupOutcome.ERROR, f"{host}:{port} does not answer in HTTP: {error}") from None
        return Fetched(url, lane.remote_address(host, port), status, headers, body, cut)


async def follow(
    lane: Lane,
    url: str,
    *,
    most_bytes: int,
    most_hops: int,
    accept: str = "*/*",
    context: ssl.SSLContext | None = None,
    may_follow: Callable[[str], str] = lambda _url: "",
) -> tuple[Fetched, ...]:
    """GET an address and what it redirects to; the last one says in `trouble` why it was not followed further.

    `may_follow` gives a reason against an address, "" for none. Only trouble of the first request raises.
    """
    hops = [await fetch(lane, url, most_bytes=most_bytes, accept=accept, context=context)]
    seen = {url}
    while target := hops[-1].target:
        why = _refuse(target, seen, len(hops), most_hops) or may_follow(target)
        if why:
            hops[-1] = replace(hops[-1], trouble=why)
            break
        seen.add(target)
        try:
            hops.append(await fetch(lane, target, most_bytes=most_bytes, accept=accept, context=context))
        except LookupFailed as failed:
            hops.append(Fetched(target, trouble=f"{failed.outcome}: {failed.detail}"))
            break
    return tuple(hops)


def write_hops(hops: tuple[Fetched, ...], *, beside: tuple[Fetched, ...] = ()) -> bytes:
    """Requests and answers as JSON; bodies as text where they are UTF-8, else in base64.

    `beside` are requests for what belongs to the page, such as its icon.
    """
    told: dict[str, object] = {"format": FORMAT, "hops": [_write_hop(hop) for hop in hops]}
    if beside:
        told["beside"] = [_write_hop(hop) for hop in beside]
    return json.dumps(told, ensure_ascii=False, indent=1).encode("utf-8", "replace")


def read_hops(raw: bytes) -> tuple[Fetched, ...]:
    """What `write_hops` wrote. Raises ValueError for other bytes."""
    return _read_list(raw, "hops")


def read_beside(raw: bytes) -> tuple[Fetched, ...]:
    """What `write_hops` wrote beside the page. Raises ValueError for other bytes."""
    return _read_list(raw, "beside")


def split_url(url: str) -> tuple[str, int, str, bool]:
    """Host, port, path with query, and whether it is https. Raises LookupFailed for what is no such address."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        host = host if host.isascii() else host.encode("idna").decode()
    except (ValueError, UnicodeError):
        raise LookupFailed(LookupOutcome.ERROR, f"{url[:200]!r} is no address") from None
    if parts.scheme not in ("http", "https") or not host:
        raise LookupFailed(LookupOutcome.ERROR, f"{url[:200]!r} is no address of the web")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    safe = "".join(char if "!" <= char <= "~" else _quote(char) for char in path)
    secure = parts.scheme == "https"
    return host, port or (443 if secure else 80), safe, secure


def _refuse(target: str, seen: set[str], hops: int, most: int) -> str:
    if target in seen:
        return "redirect loop"
    if hops > most:
        return f"more than {most} redirects"
    try:
        split_url(target)
    except LookupFailed:
        return f"leads to what is no web page: {target[:200]}"
    return ""


def _quote(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "replace"))


def _write_hop(hop: Fetched) -> dict[str, object]:
    return {
        "url": hop.url,
        "address": hop.address,
        "status": hop.status,
        "headers": [list(header) for header in hop.headers],
        **_write_body(hop.body),
        "cut": hop.cut,
        "trouble": hop.trouble,
    }


def _read_list(raw: bytes, name: str) -> tuple[Fetched, ...]:
    try:
        told = json.loads(raw)
        if told["format"] != FORMAT:
            raise ValueError("another format")
        return tuple(
            Fetched(
                url=str(hop["url"]),
                address=str(hop["address"]),
                status=int(hop["status"]),
                headers=tuple((str(name), str(value)) for name, value in hop["headers"]),
                body=base64.b64decode(hop["base64"]) if "base64" in hop else str(hop["body"]).encode(),
                cut=bool(hop["cut"]),
                trouble=str(hop["trouble"]),
            )
            for hop in (told["hops"] if name == "hops" else told.get(name, ()))
        )
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise ValueError(f"this is no kept HTTP answer: {error}") from None


def _write_body(body: bytes) -> dict[str, str]:
    try:
        text = body.decode("utf-8")
        if text.encode() == body:
            return {"body": text}
    except UnicodeDecodeError:
        pass
    return {"base64": base64.b64encode(body).decode()}


async def _read_head(reader: asyncio.StreamReader) -> tuple[int, tuple[tuple[str, str], ...]]:
    """Status and headers of the answer; interim answers (1xx) are passed over."""
    for _ in range(4):
        first = (await reader.readline()).decode("latin-1").strip()
        words = first.split(None, 2)
        if not first:
            raise ValueError("it closed the connection without an answer")
        if len(words) < 2 or not words[0].startswith("HTTP/") or not words[1].isdigit() or len(words[1]) != 3:
            raise ValueError(f"it begins {first[:80]!r}")
        headers: list[tuple[str, str]] = []
        size = 0
        while (line := await reader.readline()).strip():
            size += len(line)
            if size > _MOST_HEAD_BYTES:
                raise ValueError("its headers never end")
            name, colon, value = line.decode("utf-8", "replace").partition(":")
            if colon and len(headers) < _MOST_HEADERS:
                headers.append((name.strip().lower(), value.strip()[:4000]))
        if not words[1].startswith("1"):
            return int(words[1]), tuple(headers)
    raise ValueError("it sends interim answers only")


async def _read_body(
    reader: asyncio.StreamReader, status: int, headers: dict[str, str], most: int
) -> tuple[bytes, bool]:
    if status in (204, 304):
        return b"", False
    length = headers.get("content-length", "")
    if "chunked" in headers.get("transfer-encoding", "").lower():
        body, cut = await _read_chunks(reader, most)
    else:
        announced = int(length) if length.isascii() and length.isdigit() and len(length) < 16 else None
        body, cut = await _read_plain(reader, announced, most)
    return _unpack(body, headers.get("content-encoding", "").strip().lower(), most), cut


async def _read_plain(reader: asyncio.StreamReader, announced: int | None, most: int) -> tuple[bytes, bool]:
    wanted = most if announced is None else min(announced, most)
    data = bytearray()
    while len(data) < wanted:
        piece = await reader.read(min(65_536, wanted - len(data)))
        if not piece:
            return bytes(data), announced is not None  # it ended early
        data += piece
    return bytes(data), (announced > most) if announced is not None else bool(await reader.read(1))


async def _read_chunks(reader: asyncio.StreamReader, most: int) -> tuple[bytes, bool]:
    data = bytearray()
    while True:
        size = int((await reader.readline()).partition(b";")[0].strip() or b"-", 16)
        if size <= 0:
            return bytes(data), False
        if len(data) + size > most:
            wanted = most - len(data)
            while wanted > 0 and (piece := await reader.read(min(65_536, wanted))):
                data += piece
                wanted -= len(piece)
            return bytes(data), True
        data += await reader.readexactly(size)
        await reader.readline()


def _unpack(body: bytes, coding: str, most: int) -> bytes:
    """The plain bytes of a body that was packed although nobody asked for it; as it came if it cannot be unpacked."""
    if coding not in ("gzip", "x-gzip", "deflate"):
        return body
    try:
        return zlib.decompressobj(47 if coding != "deflate" or body[:1] == b"\x78" else -15).decompress(body, most)
    except zlib.error:
        return body
