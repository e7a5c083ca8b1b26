"""The pages in WARC files: each top-level HTML answer, with the exchanges that belong to it.

A file is read twice: once for an index without bodies, once for the bodies of the pages asked for. An exchange belongs
to the page that its Referer names, else to the page loaded last before it; where that is not certain it belongs to
none, and the page says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from scrapers.errors import SavedFileError
from scrapers.model import Exchange, Headers, Missing
from scrapers.saved.html import page_title
from scrapers.saved.page import (
    MAX_EXCHANGES,
    MAX_KEPT_BYTES,
    MAX_PAGES,
    MEGABYTE,
    SavedPage,
    address_key,
    digest_of,
    header,
    is_html,
    join_address,
    looks_like_page,
    web_address,
)
from scrapers.saved.warc_records import WarcRecord, WarcSource, read_records
from scrapers.saved.wayback import same_page
from scrapers.text import decode_html

_NEAR = timedelta(seconds=60)
_NO_TIME = datetime(1, 1, 1, tzinfo=UTC)
_HOPS = re.compile(rb"^hopsFromSeed:\s*([A-Z]*)", re.MULTILINE | re.IGNORECASE)
_SOFTWARE = re.compile(rb"^software:\s*([^\r\n]{1,200})", re.MULTILINE | re.IGNORECASE)
_ANSWERS = ("response", "resource", "revisit")

Place = tuple[int, int]  # which file, which record in it


@dataclass(frozen=True)
class NamedPage:
    """A page that a list beside the WARC (pages.jsonl) names."""

    url: str
    at: datetime | None
    title: str = ""


@dataclass(frozen=True)
class _Index:
    answers: dict[Place, WarcRecord]
    requests: dict[Place, WarcRecord]  # by the place of their answer
    pages: tuple[Place, ...]  # in order of time
    redirects: dict[str, tuple[Place, ...]]  # by the address that they lead to
    damaged: tuple[str, ...]
    software: str


def read_warc(
    sources: Sequence[WarcSource], *, url: str = "", named: Sequence[NamedPage] = ()
) -> tuple[SavedPage, ...]:
    """The pages of WARC files that hold one crawl, in order of time; only those of `url` if it is given."""
    index = _index_records(sources, url, named)
    if len(index.pages) > MAX_PAGES:
        raise SavedFileError(f"the file holds more than {MAX_PAGES} pages; choose one with --url")
    groups = {page: _hops_before(index, page) for page in index.pages}
    unsure = _assign(index, groups)
    bodies = _read_bodies(sources, index, {place for group in groups.values() for place in group})
    titles = {address_key(page.url): page.title for page in named}
    return tuple(
        _make_page(index, page, sorted(group, key=lambda place: _time(index.answers[place])), bodies, unsure, titles)
        for page, group in groups.items()
    )


def _index_records(sources: Sequence[WarcSource], url: str, named: Sequence[NamedPage]) -> _Index:
    answers: dict[Place, WarcRecord] = {}
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
            elif record.type in _ANSWERS and web_address(record.url):
                answers[place] = replace(record, body=None)
                if record.body is not None and looks_like_page(record.body):
                    documents.append(place)
            elif record.type == "metadata" and record.body and (found := _HOPS.search(record.body[:4096])):
                hops[record.url] = found[1].decode()
            elif record.type == "warcinfo" and record.body and (found := _SOFTWARE.search(record.body[:4096])):
                software = software or found[1].decode("utf-8", "replace").strip()
    paired = _pair_requests(answers, requests)
    pages = _choose_pages(answers, paired, documents, hops, url, named)
    if not pages:
        raise SavedFileError(_no_page_message(answers, documents, url))
    pages.sort(key=lambda place: _time(answers[place]))
    return _Index(answers, paired, tuple(pages), _redirects(answers), tuple(damaged[:20]), software)


def _redirects(answers: dict[Place, WarcRecord]) -> dict[str, tuple[Place, ...]]:
    found: dict[str, tuple[Place, ...]] = {}
    for place, record in answers.items():
        if _is_redirect(record):
            target = join_address(record.url, header(record.headers, "Location"))
            found[target] = (*found.get(target, ())[-20:], place)
    return found


def _is_redirect(record: WarcRecord) -> bool:
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
            if _is_redirect(record) and same_page(record.url, url)
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


def _hops_before(index: _Index, page: Place) -> list[Place]:
    """The page and the redirects that led to it, first hop first."""
    chain = [page]
    for _ in range(20):
        wanted = index.answers[chain[0]]
        hop = next(
            (
                place
                for place in index.redirects.get(web_address(wanted.url), ())
                if timedelta(0) <= _time(wanted) - _time(index.answers[place]) <= _NEAR and place not in chain
            ),
            None,
        )
        if hop is None:
            break
        chain.insert(0, hop)
    return chain


def _assign(index: _Index, groups: dict[Place, list[Place]]) -> int:
    """Put every other exchange into the group of its page; gives how many could not be placed for certain."""
    unsure = 0
    taken = {place for group in groups.values() for place in group}
    owner = {place: page for page, group in groups.items() for place in group}
    by_url: dict[str, list[Place]] = {}
    for place in sorted((p for p in index.answers if p not in taken), key=lambda p: (_time(index.answers[p]), p)):
        record = index.answers[place]
        request = index.requests.get(place)
        referer = web_address(header(request.headers, "Referer")) if request else ""
        page = _page_of(index, record, referer, by_url, owner)
        if page is None:
            unsure += 1
        elif len(groups[page]) < MAX_EXCHANGES:
            groups[page].append(place)
            owner[place] = page
            by_url.setdefault(web_address(record.url), []).append(place)
    return unsure


def _page_of(
    index: _Index, record: WarcRecord, referer: str, by_url: dict[str, list[Place]], owner: dict[Place, Place]
) -> Place | None:
    before = [page for page in index.pages if _time(index.answers[page]) <= _time(record)]
    if referer:
        own = [page for page in before if web_address(index.answers[page].url) == referer]
        if own:
            return own[-1]
        through = by_url.get(referer)  # a stylesheet's image, a frame's script
        if through:
            return owner[through[-1]]
    recent = [page for page in before if _time(record) - _time(index.answers[page]) <= _NEAR]
    return recent[0] if len(recent) == 1 else None


def _read_bodies(sources: Sequence[WarcSource], index: _Index, places: set[Place]) -> dict[Place, WarcRecord]:
    originals = _originals(index, places)
    wanted = places | set(originals.values())
    bodies: dict[Place, WarcRecord] = {}
    total = 0
    for number, source in enumerate(sources):
        chosen = {record for file, record in wanted if file == number}
        if not chosen:
            continue
        for record in read_records(source, lambda record, chosen=chosen: record.number in chosen):  # type: ignore[misc]
            if record.number not in chosen:
                continue
            total += len(record.body or b"")
            if total > MAX_KEPT_BYTES:
                raise SavedFileError(
                    f"the pages in the file hold more than {MAX_KEPT_BYTES // MEGABYTE} MB; choose one with --url"
                )
            bodies[(number, record.number)] = record
    for place, original in originals.items():
        if original in bodies:
            bodies[place] = replace(bodies[original], status=index.answers[place].status)
    return bodies


def _originals(index: _Index, places: set[Place]) -> dict[Place, Place]:
    """For each revisit record the answer in these files that holds its payload."""
    by_digest = {
        header(record.warc_headers, "WARC-Payload-Digest"): place
        for place, record in index.answers.items()
        if record.type == "response"
    }
    found = {}
    for place in places:
        record = index.answers[place]
        digest = header(record.warc_headers, "WARC-Payload-Digest")
        if record.type == "revisit" and digest in by_digest:
            found[place] = by_digest[digest]
    return found


def _make_page(
    index: _Index, page: Place, group: list[Place], bodies: dict[Place, WarcRecord], unsure: int, titles: dict[str, str]
) -> SavedPage:
    answer, loaded = index.answers[page], bodies[page]
    body = loaded.body or b""
    html = decode_html(body, _content_type(answer))
    request = index.requests.get(page)
    missing = [Missing("file", text) for text in index.damaged]
    if unsure and len(index.pages) > 1:
        missing.append(Missing("exchanges", f"{unsure} exchanges of the file could not be tied to one page"))
    if loaded.body_missing:
        missing.append(Missing("main document", loaded.body_missing))
    exchanges = tuple(
        _make_exchange(number, index, place, bodies.get(place), main=place == page)
        for number, place in enumerate(group)
    )
    first = _hops_before(index, page)[0]
    return SavedPage(
        url=web_address(index.answers[first].url),
        final_url=web_address(answer.url),
        html=html,
        title=page_title(html) or titles.get(address_key(answer.url), "")[:1000],
        status=answer.status,
        claimed_at=answer.date,
        claimed_by="the WARC-Date of its record",
        exchanges=exchanges,
        missing=tuple(missing),
        tool=index.software,
        user_agent=header(request.headers, "User-Agent") if request else "",
        whole=not index.damaged and not loaded.body_missing,
    )


def _make_exchange(number: int, index: _Index, place: Place, loaded: WarcRecord | None, *, main: bool) -> Exchange:
    answer, request = index.answers[place], index.requests.get(place)
    body = loaded.body if loaded else None
    missing = loaded.body_missing if loaded else "the payload is in another file"
    redirect = _is_redirect(answer)
    if redirect:
        body, missing = None, ""
    return Exchange(
        sequence=number,
        url=web_address(answer.url),
        method=(request.method if request else "") or "GET",
        started_at=answer.date or _NO_TIME,
        resource_type="document" if main or redirect else _resource_type(answer, request),
        request_headers=request.headers if request else (),
        status=answer.status,
        status_text=answer.status_text,
        response_headers=answer.headers or _resource_headers(answer),
        body=body,
        body_digest=digest_of(body) if body is not None else "",
        body_missing=missing,
        remote_address=header(answer.warc_headers, "WARC-IP-Address")[:100],
        main_document=main,
    )


def _resource_type(answer: WarcRecord, request: WarcRecord | None) -> str:
    purpose = header(request.headers, "Sec-Fetch-Dest").lower() if request else ""
    if purpose in ("image", "script", "font"):
        return purpose
    media = _content_type(answer).lower()
    if purpose == "empty" or (request and header(request.headers, "X-Requested-With")) or "json" in media:
        return "xhr"
    for prefix, kind in (("image/", "image"), ("text/css", "stylesheet"), ("font/", "font"), ("text/html", "document")):
        if media.startswith(prefix):
            return kind
    return "script" if "javascript" in media else "other"


def _content_type(answer: WarcRecord) -> str:
    return header(answer.headers, "Content-Type") or (
        header(answer.warc_headers, "Content-Type") if answer.type == "resource" else ""
    )


def _resource_headers(answer: WarcRecord) -> Headers:
    return (("Content-Type", _content_type(answer)),) if answer.type == "resource" else ()


def _time(record: WarcRecord) -> datetime:
    return record.date or _NO_TIME


def _no_page_message(answers: dict[Place, WarcRecord], documents: list[Place], url: str) -> str:
    held = list(dict.fromkeys(answers[place].url for place in documents))
    if url and held:
        shown = "\n  ".join(held[:10])
        return f"the file holds no page {url}; the pages in it are:\n  {shown}" + ("\n  ..." if len(held) > 10 else "")
    if url or held:
        return "the file holds no top-level HTML page; name one of its pages with --url, or save the page again"
    return "the file holds no HTML page; save the page again, with its main document"
