"""A page saved as MHTML (RFC 2557): the main document, its frames, and what the header says of address and time.

The parts are found by their boundary and never by recursion, so deep nesting costs nothing; part headers are read by
the standard library's parser. An MHTML file has no HTTP statuses, so it gives no exchanges: it is a view.
"""

from __future__ import annotations

import binascii
import quopri
from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime

from scrapers.errors import SavedFileError
from scrapers.model import FrameContent, Missing, View, ViewKind
from scrapers.saved.html import page_title
from scrapers.saved.page import MAX_EXCHANGES, SavedPage, digest_of, is_html, web_address
from scrapers.text import decode_html

_MAX_HEADER_BYTES = 64 * 1024
_MAX_DEPTH = 4


@dataclass(frozen=True)
class _Part:
    content_type: str  # with parameters
    location: str
    content_id: str
    data: bytes


def read_mhtml(data: bytes) -> SavedPage:
    """One page from the bytes of an MHTML file."""
    head, body = _split_headers(data)
    missing = [Missing("traffic", "an MHTML file carries no requests, answers or headers")]
    parts, cut = _read_parts(head, body)
    if cut:
        missing.append(Missing("file", "it ends before its closing boundary: parts may be missing"))
    url = web_address(_text(head, "Snapshot-Content-Location") or _text(head, "Content-Location"))
    pages = [part for part in parts if is_html(part.content_type)]
    if not pages:
        raise SavedFileError("the MHTML file holds no HTML part; save the page again as 'Webpage, Single File'")
    main = next((part for part in pages if url and web_address(part.location) == url), pages[0])
    html = decode_html(main.data, main.content_type)
    frames = tuple(
        FrameContent(part.location or part.content_id, decode_html(part.data, part.content_type))
        for part in pages
        if part is not main
    )
    return SavedPage(
        url=url or web_address(main.location),
        html=html,
        title=_text(head, "Subject") or page_title(html),
        claimed_at=_date(head),
        claimed_by="the Date header of the MHTML file",
        frames=frames,
        views=(View(ViewKind.MHTML, "multipart/related", data, digest_of(data)),),
        missing=tuple(missing),
        tool=_text(head, "From").strip("<>"),
        whole=not cut,
    )


def _split_headers(data: bytes) -> tuple[Message, bytes]:
    window = data[:_MAX_HEADER_BYTES]
    ends = [(window.find(mark), len(mark)) for mark in (b"\r\n\r\n", b"\n\n") if mark in window]
    if not ends:
        return BytesHeaderParser().parsebytes(window), b""
    place, width = min(ends)
    return BytesHeaderParser().parsebytes(data[:place]), data[place + width :]


def _read_parts(head: Message, body: bytes) -> tuple[list[_Part], bool]:
    """The leaf parts in order, and whether the file was cut short."""
    parts: list[_Part] = []
    cut = False
    waiting = [(head, body, 0)]
    while waiting:
        message, content, depth = waiting.pop()
        boundary = message.get_boundary() if message.get_content_maintype() == "multipart" else None
        if not boundary:
            parts.append(_read_leaf(message, content))
            continue
        if depth >= _MAX_DEPTH:
            raise SavedFileError(
                f"the MHTML file nests more than {_MAX_DEPTH} levels deep, which no browser writes; save the page again"
            )
        pieces, closed = _split_parts(content, boundary.encode("utf-8", "surrogateescape"))
        cut = cut or not closed
        if len(parts) + len(waiting) + len(pieces) > MAX_EXCHANGES:
            raise SavedFileError(
                f"the MHTML file holds more than {MAX_EXCHANGES} parts; save the page alone and import that"
            )
        for piece in reversed(pieces):
            inner, rest = _split_headers(piece)
            waiting.append((inner, rest, depth + 1))
    return parts, cut


def _split_parts(content: bytes, boundary: bytes) -> tuple[list[bytes], bool]:
    marker = b"--" + boundary
    pieces = (b"\n" + content).split(b"\n" + marker, MAX_EXCHANGES + 2)
    closed = any(piece.startswith(b"--") for piece in pieces[1:])
    inside = [piece.split(b"\n", 1)[1] for piece in pieces[1:] if not piece.startswith(b"--") and b"\n" in piece]
    return [piece.removesuffix(b"\r") for piece in inside], closed


def _read_leaf(message: Message, content: bytes) -> _Part:
    encoding = _text(message, "Content-Transfer-Encoding").strip().lower()
    if encoding == "quoted-printable":
        content = quopri.decodestring(content)
    elif encoding == "base64":
        try:
            content = binascii.a2b_base64(content)
        except binascii.Error:
            content = b""
    return _Part(
        content_type=_text(message, "Content-Type"),
        location=_text(message, "Content-Location").strip(),
        content_id=_text(message, "Content-ID").strip("<> "),
        data=content,
    )


def _text(message: Message, name: str) -> str:
    value = str(message.get(name, ""))[:10_000]
    try:
        return " ".join(str(make_header(decode_header(value))).split())
    except (HeaderParseError, LookupError, ValueError):
        return " ".join(value.split())


def _date(message: Message) -> datetime | None:
    try:
        return parsedate_to_datetime(_text(message, "Date"))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
