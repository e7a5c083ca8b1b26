"""Opens a saved file of any known format, recognised by its content, as captures of origin `imported`.

Takes a path and what its bringer says of it; gives one capture for each page in it. A capture made here says in
`missing` what such a file cannot prove; nothing in it was observed by this tool.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from scrapers.challenge import recognise_block
from scrapers.errors import SavedFileError
from scrapers.model import NO_TIME_OF_DAY, Capture, Missing, Origin, Outcome, Reason, Vantage, View, ViewKind
from scrapers.saved.har import read_har
from scrapers.saved.html import read_html
from scrapers.saved.mhtml import read_mhtml
from scrapers.saved.page import (
    MAX_DOCUMENT_BYTES,
    MAX_FILE_BYTES,
    MEGABYTE,
    SavedPage,
    believable_time,
    digest_of,
    same_address,
    web_address,
)
from scrapers.saved.wacz import is_wacz, read_wacz
from scrapers.saved.warc import read_warc
from scrapers.saved.warc_records import WarcSource
from scrapers.saved.wayback import (
    Replay,
    recognise_replay_address,
    recognise_replay_page,
    remove_rewriting,
    same_page,
)
from scrapers.text import readable_text

_UNPROVEN = (
    Missing("origin", "made elsewhere: that the site sent this rests on the word of whoever made the file"),
    Missing("dns", "the site's name was not resolved by this tool"),
    Missing("tls", "no certificate was seen by this tool"),
    Missing("browser", "no browser of this tool saw the page"),
)
_UNKNOWN_VANTAGE = Vantage(name="imported", width=0, height=0, locale="", timezone="")
_OTHER_FORMATS = (
    (b"%PDF-", "a PDF", "it has no page to read: keep it as evidence and import the page itself"),
    (b"\x89PNG", "a picture", "it has no page to read: keep it as evidence and import the page itself"),
    (b"\xff\xd8\xff", "a picture", "it has no page to read: keep it as evidence and import the page itself"),
    (b"GIF8", "a picture", "it has no page to read: keep it as evidence and import the page itself"),
    (b"bplist00", "a Safari web archive", "save the page in Safari as 'Page Source' (HTML) and import that"),
    (b"filedesc://", "an ARC file", "turn it into WARC with 'warcio recompress' and import that"),
    (b"\x28\xb5\x2f\xfd", "zstd-compressed", "unpack it and import what is in it"),
    (b"Rar!", "a RAR archive", "unpack it and import the page in it"),
    (b"7z\xbc\xaf", "a 7z archive", "unpack it and import the page in it"),
)
_SNIFF = 64 * 1024


def open_saved(
    path: Path,
    *,
    url: str,
    claimed_at: datetime | None,
    at: datetime,
    make_id: Callable[[], str],
    day_only: bool = False,
) -> tuple[Capture, ...]:
    """The captures in a saved file, in the order of their claimed times.

    `url` chooses a page of a file with several, and names the page of a file that does not; "" leaves it to the file.
    `claimed_at` is the bringer's word on the time and goes before the file's own; with `day_only` it is the start of
    the day that was named, and each capture says that no time was given. Raises SavedFileError.
    """
    source = f"{path.name} sha256:{digest_file(path)}"
    if url and not web_address(url):
        raise SavedFileError(f"--url {url[:200]} is not an http or https address")
    if claimed_at is not None and believable_time(claimed_at, at=at) is None:
        raise SavedFileError(
            "--claimed-time lies in the future or before the web; give the time at which the page was seen"
        )
    captures = [
        _make_capture(page, url, source, claimed_at=claimed_at, at=at, capture_id=make_id())
        for page in _read_pages(path, url)
    ]
    original = _original_view(path, source)
    no_time = (Missing(NO_TIME_OF_DAY, "the bringer claims a day: that day, no time given"),) if day_only else ()
    captures = [
        replace(capture, views=(*capture.views, original), missing=(*capture.missing, *no_time)) for capture in captures
    ]
    return tuple(sorted(captures, key=lambda capture: capture.claimed_at or at))


def digest_file(path: Path) -> str:
    """SHA-256 of a file; SavedFileError when it cannot be read, is empty or far too large."""
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise SavedFileError(f"{path} is not a file; name one saved file")
        if size == 0:
            raise SavedFileError(f"{path} is empty; save or download it again")
        if size > MAX_FILE_BYTES:
            raise SavedFileError(
                f"{path} is larger than {MAX_FILE_BYTES // MEGABYTE} MB; take the wanted page out of it first"
            )
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise SavedFileError(f"{path} cannot be read ({error.strerror}); see the name and the rights") from error


def _original_view(path: Path, source: str) -> View:
    """The whole file, kept with every capture made from it (the archive stores its bytes once)."""
    data = path.read_bytes()
    digest = digest_of(data)
    if not source.endswith(digest):
        raise SavedFileError(f"{path} was altered while it was read; import it again")
    return View(ViewKind.SOURCE_FILE, "application/octet-stream", data, digest, name=path.name)


def _read_pages(path: Path, url: str) -> tuple[SavedPage, ...]:
    with path.open("rb") as file:
        start = file.read(_SNIFF)
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        if not is_wacz(path):
            raise SavedFileError(f"{path.name} is a zip file but no WACZ; unpack it and import the page in it")
        return read_wacz(path, url=url)
    packed = start.startswith(b"\x1f\x8b")
    if packed:
        start = _unpack_start(start)
    if start.lstrip(b"\r\n").startswith(b"WARC/"):
        return read_warc([WarcSource(path.name, lambda: path.open("rb"))], url=url)
    data = _read_document(path, packed=packed)
    return _choose(_read_document_pages(path, data), url)


def _read_document_pages(path: Path, data: bytes) -> tuple[SavedPage, ...]:
    for mark, name, advice in _OTHER_FORMATS:
        if data.startswith(mark):
            raise SavedFileError(f"{path.name} is {name}; {advice}")
    start = data[:_SNIFF].removeprefix(b"\xef\xbb\xbf").lstrip()
    lowered = start.replace(b"\x00", b"").lower()
    if start[:1] == b"{":
        return read_har(data)
    if b"multipart/related" in lowered[:8192] and b"mime-version" in lowered[:8192]:
        return (read_mhtml(data),)
    if b"<html" in lowered or b"<!doctype html" in lowered or b"<body" in lowered or b"<head" in lowered:
        return (read_html(data),)
    if lowered[:1] == b"<" and b"<?xml" not in lowered[:5]:
        return (read_html(data),)
    raise SavedFileError(
        f"{path.name} is of no known format (WARC, WACZ, MHTML, HTML or HAR); save the page again in one of these"
    )


def _choose(pages: tuple[SavedPage, ...], url: str) -> tuple[SavedPage, ...]:
    """Of a file with several pages, those of `url`; a file with one page is taken whatever it calls itself."""
    if not url or len(pages) == 1:
        return pages
    chosen = tuple(page for page in pages if same_page(page.url, url) or same_page(page.final_url, url))
    if not chosen:
        held = "\n  ".join(page.url for page in pages[:10])
        raise SavedFileError(f"the file holds no page {url}; the pages in it are:\n  {held}")
    return chosen


def _make_capture(
    page: SavedPage, url: str, source: str, *, claimed_at: datetime | None, at: datetime, capture_id: str
) -> Capture:
    page, replay = _undo_replay(page, url)
    missing = [*_UNPROVEN, *page.missing]
    address, note = _settle_address(page, url, replay)
    if note:
        missing.append(Missing("address", note))
    moment, word = _settle_time(page, claimed_at, at)
    missing.append(Missing("time", word))
    text = readable_text(page.html)
    outcome, reason, detail = _judge(page, address, text)
    dom = page.html.encode("utf-8", "replace")
    views = [View(ViewKind.DOM, "text/html;charset=utf-8", dom, digest_of(dom)), *page.views]
    for frame in page.frames:
        data = frame.dom.encode("utf-8", "replace")
        views.append(View(ViewKind.FRAME_DOM, "text/html;charset=utf-8", data, digest_of(data), name=frame.url))
    # No text view: it stands for what a browser laid out, and here none did. Readers make their own from the DOM.
    return Capture(
        id=capture_id,
        url=address,
        final_url=page.final_url or address,
        vantage=replace(_UNKNOWN_VANTAGE, user_agent=page.user_agent[:1000]),
        started_at=at,
        ended_at=at,
        outcome=outcome,
        reason=reason,
        detail=detail,
        status=page.status,
        title=page.title[:1000],
        exchanges=page.exchanges,
        views=tuple(views),
        missing=tuple(missing),
        full_views=False,
        browser=page.browser[:200],
        tool=page.tool[:200],
        origin=Origin.IMPORTED,
        claimed_at=moment,
        source_file=source,
    )


def _undo_replay(page: SavedPage, url: str) -> tuple[SavedPage, Replay | None]:
    """A page saved from a public archive, under its original address and the archive's time."""
    inside = recognise_replay_page(page.html)
    replay = next(
        (
            found
            for address in (page.url, page.final_url, url)
            if address and (found := recognise_replay_address(address)) is not None
        ),
        inside,
    )
    if replay is None:
        return page, None
    when = replay.at or (inside.at if inside else None)
    note = Missing(
        "archive", f"replayed by {replay.archive}, which vouches for address and time; this tool did not see it"
    )
    if inside:
        page = replace(page, html=remove_rewriting(page.html))
        note = replace(note, why=note.why + "; its toolbar and rewritten links are taken out of the DOM view")
    return (
        replace(
            page,
            url=replay.url,
            final_url=replay.url,
            claimed_at=when,
            claimed_by=f"the time stamp of {replay.archive}",
            missing=(*page.missing, note),
        ),
        replay,
    )


def _settle_address(page: SavedPage, url: str, replay: Replay | None) -> tuple[str, str]:
    """The page's address, and a note where bringer and file do not say the same."""
    given = recognise_replay_address(url) if url else None
    wanted = given.url if given else url
    if not wanted:
        if not page.url:
            raise SavedFileError("the file does not say which page it is; give its address with --url")
        return page.url, ""
    if not page.url:
        return wanted, "" if replay and given else "given by the bringer; the file does not say it"
    if same_address(page.url, wanted) or same_address(page.final_url, wanted):
        return wanted, ""
    return wanted, f"given by the bringer; the file itself says {page.url}"


def _settle_time(page: SavedPage, claimed_at: datetime | None, at: datetime) -> tuple[datetime | None, str]:
    """The claimed time, and in words whose claim it is."""
    own = believable_time(page.claimed_at, at=at)
    if claimed_at is not None:
        given = believable_time(claimed_at, at=at)
        said = f"; {page.claimed_by} says {own.isoformat()}" if own else "; the file itself names no time"
        return given, f"claimed by the bringer{said}"
    if own is not None:
        return own, f"claimed by {page.claimed_by}, which whoever made the file could set"
    if page.claimed_at is not None:
        return (
            None,
            f"{page.claimed_by} says {page.claimed_at.isoformat()}, which cannot be; only the time of import is known",
        )
    return None, "nobody claims a time; only the time of import is known"


def _judge(page: SavedPage, address: str, text: str) -> tuple[Outcome, str, str]:
    if page.status is not None and page.status >= 400:
        return Outcome.FAILED, f"http_{page.status}", "an error page in the saved file"
    if not page.html.strip():
        return Outcome.FAILED, Reason.EMPTY_ANSWER, "the saved page has no content"
    block = recognise_block(
        status=page.status,
        title=page.title,
        text=text,
        html=page.html,
        url=page.final_url or address,
        requested_url=address,
    )
    if block is not None:
        return block.outcome, block.reason, block.detail
    return (Outcome.COMPLETE if page.whole else Outcome.PARTIAL), "", ""


def _read_document(path: Path, *, packed: bool) -> bytes:
    limit = MAX_DOCUMENT_BYTES
    with path.open("rb") as file:
        data = file.read(limit + 1)
    if packed:
        worker = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            data = worker.decompress(data, limit + 1)
        except zlib.error as error:
            raise SavedFileError(f"{path.name} is damaged gzip ({error}); download it again") from error
        if not worker.eof and len(data) <= limit:
            raise SavedFileError(f"{path.name} is gzip that was cut short; download it again")
    if len(data) > limit:
        raise SavedFileError(f"{path.name} is a page of more than {limit // MEGABYTE} MB; save it again without media")
    return data


def _unpack_start(start: bytes) -> bytes:
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(start, _SNIFF)
    except zlib.error:
        return b""
