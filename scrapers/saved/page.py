"""What a reader of one saved format gives: one page with its claims, not yet a capture.

Nothing here is believed: a time or an address is what the file says of itself. Bounds that all formats share stand
here, so that a hostile file ends in a SavedFileError and never in a full memory.
"""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import urldefrag, urljoin, urlsplit

from scrapers.errors import SavedFileError
from scrapers.model import Exchange, FrameContent, Headers, Missing, View

MEGABYTE = 1024 * 1024
MAX_DOCUMENT_BYTES = 64 * MEGABYTE  # an HTML, MHTML or HAR file, which is read whole
MAX_FILE_BYTES = 256 * MEGABYTE  # a WARC or WACZ file, which is kept whole as evidence
MAX_CONTAINER_BYTES = 2048 * MEGABYTE  # what a WARC or WACZ file may unpack to
MAX_BODY_BYTES = 50 * MEGABYTE
MAX_KEPT_BYTES = 256 * MEGABYTE  # all bodies of one file that are held at once
MAX_EXCHANGES = 2000
MAX_PAGES = 200
MAX_URL_CHARACTERS = 8192
EARLIEST_CLAIM = datetime(1995, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class SavedPage:
    """One page found in a saved file. `claimed_by` says whose word the time is; `whole` is False when parts are cut."""

    url: str
    html: str
    final_url: str = ""
    title: str = ""
    status: int | None = None
    claimed_at: datetime | None = None
    claimed_by: str = ""
    exchanges: tuple[Exchange, ...] = ()
    frames: tuple[FrameContent, ...] = ()
    views: tuple[View, ...] = ()
    missing: tuple[Missing, ...] = ()
    tool: str = ""
    browser: str = ""
    user_agent: str = ""
    whole: bool = True


def digest_of(data: bytes) -> str:
    """SHA-256 in lower-case hex."""
    return hashlib.sha256(data).hexdigest()


@lru_cache(maxsize=16_384)
def web_address(url: str) -> str:
    """The URL if it is a usable http or https address, else "". Its fragment stays: many shops route by it."""
    url = url.strip().strip("<>")
    if not url or len(url) > MAX_URL_CHARACTERS or any(character <= " " for character in url):
        return ""
    try:
        parts = urlsplit(url)
        usable = parts.scheme.lower() in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return ""
    return url if usable else ""


def same_address(one: str, other: str) -> bool:
    """Whether two URLs name one page: scheme, fragment, letter case of the host and a closing slash do not count."""
    return address_key(one) == address_key(other)


def address_key(url: str) -> str:
    """The form in which `same_address` compares."""
    try:
        parts = urlsplit(urldefrag(url)[0])
    except ValueError:
        return url
    host = parts.netloc.lower().removesuffix(":80").removesuffix(":443")
    return f"{host}{parts.path.rstrip('/')}?{parts.query}"


def join_address(base: str, reference: str) -> str:
    """An address resolved against another, "" when it is none."""
    try:
        return web_address(urldefrag(urljoin(base, reference))[0])
    except ValueError:
        return ""


def believable_time(moment: datetime | None, *, at: datetime) -> datetime | None:
    """A claimed time as aware UTC, or None if it lies before the web or after the present moment."""
    if moment is None:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        aware = aware.astimezone(UTC)
    except (OverflowError, ValueError):
        return None
    return aware if EARLIEST_CLAIM <= aware <= at else None


def parse_iso_time(text: str) -> datetime | None:
    """An ISO 8601 or WARC time as aware UTC, None when it is none. A time without an offset is taken as UTC."""
    text = text.strip()
    if len(text) > 64:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def header(headers: Headers, name: str) -> str:
    """The first header of that name, "" if there is none."""
    return next((value for key, value in headers if key.lower() == name.lower()), "")


def is_html(content_type: str) -> bool:
    """Whether a media type is a page's."""
    return content_type.partition(";")[0].strip().lower() in ("text/html", "application/xhtml+xml")


def looks_like_page(data: bytes) -> bool:
    """Whether bytes begin as an HTML document; JSON and fragments sent as text/html do not."""
    start = data[:65536].replace(b"\x00", b"").lower()
    return any(mark in start for mark in (b"<!doctype html", b"<html", b"<head", b"<body", b"<title"))


def decode_body(data: bytes, encoding: str) -> tuple[bytes, str]:
    """Undo a content encoding within MAX_BODY_BYTES; gives the bytes and, if that failed, why."""
    for name in reversed([part.strip().lower() for part in encoding.split(",") if part.strip()][:3]):
        if name in ("identity", "none", "utf-8"):
            continue
        if name not in ("gzip", "x-gzip", "deflate"):
            return data, f"content encoding {name[:20]!r} is not known here; the bytes are kept encoded"
        try:
            data = _inflate(data, raw=False)
        except zlib.error:
            try:
                data = _inflate(data, raw=True)
            except zlib.error:
                # Tools that store bodies decoded often leave the header: what does not unpack is taken as it is.
                if name == "deflate" or data[:2] == b"\x1f\x8b":
                    return data, f"the {name} data is damaged; the bytes are kept encoded"
    return data, ""


def _inflate(data: bytes, *, raw: bool) -> bytes:
    worker = zlib.decompressobj(-zlib.MAX_WBITS if raw else zlib.MAX_WBITS | 32)
    result = worker.decompress(data, MAX_BODY_BYTES)
    if worker.unconsumed_tail and not worker.eof:
        raise SavedFileError(
            f"a body in the file unpacks to more than {MAX_BODY_BYTES // MEGABYTE} MB; "
            "such a file is not brought in: save the page alone in a browser and import that"
        )
    return result
