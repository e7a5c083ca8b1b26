"""The index of WARC files: their answers, requests, views and pages, without bodies.

A page is an HTML answer that a browser or crawler asked for as a page, not as a frame or by script; a list beside the
WARC (pages.jsonl) or an address given by the bringer goes before that guess.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from scrapers.errors import SavedFileError
from scrapers.model import ViewKind
from scrapers.saved.page import address_key, header, is_html, join_address, looks_like_page, web_address
from scrapers.saved.warc_records import WarcRecord, WarcSource, read_records
from scrapers.saved.wayback import same_page

LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)  # the time of a record that names none
_HOPS = re.compile(rb"^hopsFromSeed:\s*([A-Z]*)", re.MULTILINE | re.IGNORECASE)
_SOFTWARE = re.compile(rb"^software:\s*([^\r\n]{1,200})", re.MULTILINE | re.IGNORECASE)
_ANSWERS = ("response", "resource", "revisit")
_VIEW_URI = re.compile(r"^urn:([a-zA-Z-]{1,30}):(https?://\S+)$", re.IGNORECASE)
_VIEWS = {  # names of Browsertrix and of cardwatch's own exports
    "dom": (ViewKind.DOM, "text/html;charset=utf-8"),
    "frame-dom": (ViewKind.FRAME_DOM, "text/html;charset=utf-8"),
    "text": (ViewKind.TEXT, "text/plain;charset=utf-8"),
    "popup-text": (ViewKind.POPUP_TEXT, "text/plain;charset=utf-8"),
    "fullpage": (ViewKind.SCREENSHOT, "image/png"),
    "popup-screenshot": (ViewKind.POPUP_SCREENSHOT, "image/png"),
    "pdf": (ViewKind.PDF, "application/pdf"),
    "mhtml": (ViewKind.MHTML, "multipart/related"),
}

Place = tuple[int, int]  # which file, which record in it


@dataclass(frozen=True)
class NamedPage:
    """A page that a list beside the WARC (pages.jsonl) names."""

    url: str
    at: datetime | None
    title: str = ""


@dataclass(frozen=True)
class WarcIndex:
    """What WARC files hold, by place. `damaged` says in words what breaks off or does not match its digest."""

    answers: dict[Place, WarcRecord]
    views: dict[Place, WarcRecord]  # screenshots, rendered DOM and the like, under urn: names
    requests: dict[Place, WarcRecord]  # by the place of their answer
    pages: tuple[Place, ...]  # in order of time
    redirects: dict[str, tuple[Place, ...]]  # by the address that they lead to
    damaged: tuple[str, ...]
    software: str


def index_records(sources: Sequence[WarcSource], url: str, named: Sequence[NamedPage]) -> WarcIndex:
    """Read all records once, without keeping bodies; choose the pages. SavedFileError when there is none."""
    answers: dict[Place, WarcRecord] = {}
    views: dict[Place, WarcRecord] = {}
    requests: list[tuple[Place, WarcRecord]] = []
    documents: list[Place] = []
    hops: dict[str, str] = {}
    damaged: list[str] = []
    software = ""
    for number, source in enumerate(sources):
        for record in read_records(source, _wanted_in_index):
            place = (number, record.number)
            if record.cut:
                damaged.append(f"{source.name} ends or breaks in record {record.number}")
            if record.altered:
                damaged.append(f"record {record.number} of {source.name} does not match its own digest")
            if record.type == "request":
                requests.append((place, replace(record, body=None)))
            elif record.type in ("resource", "revisit") and view_of(record):
                views[place] = record
            elif record.type in _ANSWERS and web_address(record.url):
                answers[place] = replace(record, body=None)
                if record.body is not None and looks_like_page(record.body):
                    documents.append(place)
            elif record.type == "metadata" and record.body and (found := _HOPS.search(record.body[:4096])):
                hops[record.url] = found[1].decode()
            elif record.type == "warcinfo" and record.body and (found := _SOFTWARE.search(record.body[:4096])):
                software = software or found[1].decode("utf-8", "replace").strip()
    paired = _pair_requests(answers, requests)
    _drop_resolved(answers, paired)
    pages = _choose_pages(answers, paired, documents, hops, url, named)
    if not pages:
        raise SavedFileError(_no_page_message(answers, documents, url))
    pages.sort(key=lambda place: time_of(answers[place]))
    return WarcIndex(answers, views, paired, tuple(pages), _redirects(answers), tuple(damaged[:20]), software)


def view_of(record: WarcRecord) -> tuple[ViewKind, str, str, str] | None:
    """Kind, media type, page and name of a view's record, None for any other."""
    found = _VIEW_URI.match(record.url)
    if not found or found[1].lower() not in _VIEWS:
        return None
    kind, media_type = _VIEWS[found[1].lower()]
    address, _, name = found[2].rpartition("#")
    return kind, media_type, address or name, name if address else ""


def _redirects(answers: dict[Place, WarcRecord]) -> dict[str, tuple[Place, ...]]:
    found: dict[str, tuple[Place, ...]] = {}
    for place, record in answers.items():
        if is_redirect(record):
            target = join_address(record.url, header(record.headers, "Location"))
            found[target] = (*found.get(target, ())[-20:], place)
    return found


def is_redirect(record: WarcRecord) -> bool:
    """Whether an answer sends on to another address."""
    return record.status is not None and 300 <= record.status < 400 and bool(header(record.headers, "Location"))


def _wanted_in_index(record: WarcRecord) -> bool:
    if record.type in ("metadata", "warcinfo"):
        return "warc-fields" in header(record.warc_headers, "Content-Type")
    return _may_be_document(record)


def _may_be_document(record: WarcRecord) -> bool:
    content_type = header(record.headers or (), "Content-Type")
    if record.type == "resource":
        content_type = header(record.warc_headers, "Content-Type")
    return record.type in ("response", "resource") and is_html(content_type)


def _drop_resolved(answers: dict[Place, WarcRecord], requests: dict[Place, WarcRecord]) -> None:
    """Drop each revisit beside which a complete record of the same answer stands (cardwatch's exports hold both)."""
    complete = {_answer_key(record): place for place, record in answers.items() if record.type == "response"}
    for place, record in [*answers.items()]:
        whole = complete.get(_answer_key(record)) if record.type == "revisit" else None
        if whole is not None:
            del answers[place]
            if place in requests:
                requests.setdefault(whole, requests.pop(place))


def _answer_key(record: WarcRecord) -> tuple[str, str, str]:
    return record.url, header(record.warc_headers, "WARC-Date"), header(record.warc_headers, "WARC-Payload-Digest")


def _pair_requests(
    answers: dict[Place, WarcRecord], requests: list[tuple[Place, WarcRecord]]
) -> dict[Place, WarcRecord]:
    """Requests by their answer: by WARC-Concurrent-To in either direction, else by address and nearness."""
    by_id = {record.id: place for place, record in answers.items() if record.id}
    by_request_id = {header(record.warc_headers, "WARC-Concurrent-To"): place for place, record in answers.items()}
    by_url: dict[str, list[Place]] = {}
    for place, record in answers.items():
        by_url.setdefault(record.url, []).append(place)
    paired: dict[Place, WarcRecord] = {}
    for place, request in requests:
        target = by_id.get(header(request.warc_headers, "WARC-Concurrent-To")) or by_request_id.get(request.id or "-")
        if target is None:
            near = [p for p in by_url.get(request.url, ())[:50] if p[0] == place[0] and abs(p[1] - place[1]) <= 2]
            target = near[0] if near else None
        if target is not None:
            paired.setdefault(target, request)
    return paired


def _choose_pages(
    answers: dict[Place, WarcRecord],
    requests: dict[Place, WarcRecord],
    documents: list[Place],
    hops: dict[str, str],
    url: str,
    named: Sequence[NamedPage],
) -> list[Place]:
    if url:
        chosen = [place for place in documents if same_page(answers[place].url, url)]
        redirected = {
            address_key(join_address(record.url, header(record.headers, "Location")))
            for record in answers.values()
            if is_redirect(record) and same_page(record.url, url)
        }
        return chosen or [place for place in documents if address_key(answers[place].url) in redirected]
    names = {address_key(page.url) for page in named}
    listed = [place for place in documents if address_key(answers[place].url) in names]
    if listed:
        return listed
    return [
        place
        for place in documents
        if answers[place].status in (200, None) and _is_top_level(answers[place], requests.get(place), hops)
    ]


def _is_top_level(answer: WarcRecord, request: WarcRecord | None, hops: dict[str, str]) -> bool:
    """Whether a browser or crawler asked for this as a page, not as a frame or by script."""
    headers = request.headers if request else ()
    purpose = header(headers, "Sec-Fetch-Dest").lower()
    if purpose:
        return purpose == "document"
    if request and request.method not in ("GET", ""):
        return False
    return not header(headers, "X-Requested-With") and hops.get(answer.url, "")[-1:].upper() not in ("E", "X", "I")


def content_type(answer: WarcRecord) -> str:
    """The media type that an answer states."""
    return header(answer.headers, "Content-Type") or (
        header(answer.warc_headers, "Content-Type") if answer.type == "resource" else ""
    )


def time_of(record: WarcRecord) -> datetime:
    """When a record says that it was made; a time before all others if it says none."""
    return record.date or LONG_AGO


def _no_page_message(answers: dict[Place, WarcRecord], documents: list[Place], url: str) -> str:
    held = list(dict.fromkeys(answers[place].url for place in documents))
    if url and held:
        shown = "\n  ".join(held[:10])
        return f"the file holds no page {url}; the pages in it are:\n  {shown}" + ("\n  ..." if len(held) > 10 else "")
    if url or held:
        return "the file holds no top-level HTML page; name one of its pages with --url, or save the page again"
    return "the file holds no HTML page; save the page again, with its main document"
