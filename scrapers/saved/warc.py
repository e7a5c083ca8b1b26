"""The pages in WARC files: each top-level HTML answer, with the exchanges that belong to it.

A file is read twice: once for an index without bodies, once for the bodies of the pages asked for. An exchange belongs
to the page that its Referer names, else to the page loaded last before it; where that is not certain it belongs to
none, and the page says so.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from scrapers.errors import SavedFileError
from scrapers.model import Exchange, FrameContent, Headers, Missing, View, ViewKind
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
    web_address,
)
from scrapers.saved.warc_index import (
    LONG_AGO,
    NamedPage,
    Place,
    WarcIndex,
    content_type,
    index_records,
    is_redirect,
    time_of,
    view_of,
)
from scrapers.saved.warc_records import WarcRecord, WarcSource, read_records
from scrapers.text import decode_html

_NEAR = timedelta(seconds=60)
_MOST_VIEWS = 200


def read_warc(
    sources: Sequence[WarcSource], *, url: str = "", named: Sequence[NamedPage] = ()
) -> tuple[SavedPage, ...]:
    """The pages of WARC files that hold one crawl, in order of time; only those of `url` if it is given."""
    index = index_records(sources, url, named)
    if len(index.pages) > MAX_PAGES:
        raise SavedFileError(f"the file holds more than {MAX_PAGES} pages; choose one with --url")
    groups = {page: _hops_before(index, page) for page in index.pages}
    unsure = _assign(index, groups)
    views = _assign_views(index)
    bodies = _read_bodies(sources, index, {place for group in (*groups.values(), *views.values()) for place in group})
    names = {address_key(page.url): page for page in named}
    pages = []
    for page, group in groups.items():
        group.sort(key=lambda place: (time_of(index.answers[place]), place))
        made = _make_page(index, page, group, bodies, unsure)
        pages.append(_add_views(_add_name(made, names), [(index.views[v], bodies[v].body) for v in views[page]]))
    return tuple(pages)


def _hops_before(index: WarcIndex, page: Place) -> list[Place]:
    """The page and the redirects that led to it, first hop first."""
    chain = [page]
    for _ in range(20):
        wanted = index.answers[chain[0]]
        hop = next(
            (
                place
                for place in index.redirects.get(web_address(wanted.url), ())
                if timedelta(0) <= time_of(wanted) - time_of(index.answers[place]) <= _NEAR and place not in chain
            ),
            None,
        )
        if hop is None:
            break
        chain.insert(0, hop)
    return chain


def _assign(index: WarcIndex, groups: dict[Place, list[Place]]) -> int:
    """Put every other exchange into the group of its page; gives how many could not be placed for certain."""
    unsure = 0
    taken = {place for group in groups.values() for place in group}
    owner = {place: page for page, group in groups.items() for place in group}
    by_url: dict[str, list[Place]] = {}
    visits: dict[str, list[Place]] = {}
    for page in index.pages:
        visits.setdefault(web_address(index.answers[page].url), []).append(page)
    times = [time_of(index.answers[page]) for page in index.pages]
    for place in sorted((p for p in index.answers if p not in taken), key=lambda p: (time_of(index.answers[p]), p)):
        record = index.answers[place]
        request = index.requests.get(place)
        referer = web_address(header(request.headers, "Referer")) if request else ""
        through = by_url.get(referer)  # a stylesheet's image, a frame's script
        mother = _last_before(index, visits.get(referer, ()), record)
        if mother is None and through:
            mother = owner[through[-1]]
        if mother is None:
            mother = _only_recent(index, times, time_of(record))
        if mother is None:
            unsure += 1
        elif len(groups[mother]) < MAX_EXCHANGES:
            groups[mother].append(place)
            owner[place] = mother
            by_url.setdefault(web_address(record.url), []).append(place)
    return unsure


def _last_before(index: WarcIndex, visits: Sequence[Place], record: WarcRecord) -> Place | None:
    return next((page for page in reversed(visits) if time_of(index.answers[page]) <= time_of(record)), None)


def _only_recent(index: WarcIndex, times: list[datetime], moment: datetime) -> Place | None:
    """The page that was loaded within the last minute, if there was only one."""
    first, end = bisect_left(times, max(moment, LONG_AGO + _NEAR) - _NEAR), bisect_right(times, moment)
    return index.pages[first] if end - first == 1 else None


def _assign_views(index: WarcIndex) -> dict[Place, list[Place]]:
    """The views of each page: those under its address, made at its time or after and before its next visit."""
    found: dict[Place, list[Place]] = {page: [] for page in index.pages}
    for place, record in index.views.items():
        view = view_of(record)
        own = [
            page
            for page in index.pages
            if view
            and address_key(index.answers[page].url) == address_key(view[2])
            and time_of(index.answers[page]) <= time_of(record)
        ]
        if own:
            found[own[-1]].append(place)
    return found


def _add_views(page: SavedPage, records: Sequence[tuple[WarcRecord, bytes | None]]) -> SavedPage:
    """The page with the views that its file holds; a DOM after scripts goes before the bare source."""
    views: list[View] = []
    for record, body in records[:_MOST_VIEWS]:
        view = view_of(record)
        if view is None or body is None:
            continue
        kind, media_type, _, name = view
        if kind is ViewKind.DOM:
            page = replace(page, html=decode_html(body, media_type))
        elif kind is ViewKind.FRAME_DOM:
            page = replace(page, frames=(*page.frames, FrameContent(name, decode_html(body, media_type))))
        else:
            media_type = header(record.warc_headers, "Content-Type")[:100] or media_type
            views.append(View(kind, media_type, body, digest_of(body), name=name))
    return replace(page, title=page.title or page_title(page.html), views=tuple(views))


def _add_name(page: SavedPage, names: dict[str, NamedPage]) -> SavedPage:
    """The page under the address and title of the list beside it: only that may hold a fragment (#/buy/12)."""
    named = names.get(address_key(page.final_url))
    if named is None:
        return page
    url = named.url if address_key(page.url) == address_key(named.url) else page.url
    return replace(page, url=url, final_url=named.url, title=page.title or named.title[:1000])


def _read_bodies(sources: Sequence[WarcSource], index: WarcIndex, places: set[Place]) -> dict[Place, WarcRecord]:
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
            bodies[place] = bodies[original]
    return bodies


def _originals(index: WarcIndex, places: set[Place]) -> dict[Place, Place]:
    """For each revisit record the answer in these files that holds its payload."""
    by_digest = {
        header(record.warc_headers, "WARC-Payload-Digest"): place
        for place, record in (*index.answers.items(), *index.views.items())
        if record.type in ("response", "resource")
    }
    found = {}
    for place in places:
        record = index.answers.get(place) or index.views[place]
        digest = header(record.warc_headers, "WARC-Payload-Digest")
        if record.type == "revisit" and digest in by_digest:
            found[place] = by_digest[digest]
    return found


def _make_page(
    index: WarcIndex, page: Place, group: list[Place], bodies: dict[Place, WarcRecord], unsure: int
) -> SavedPage:
    answer, loaded = index.answers[page], bodies[page]
    body = loaded.body or b""
    html = decode_html(body, content_type(answer))
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
        title=page_title(html),
        status=answer.status,
        claimed_at=answer.date,
        claimed_by="the WARC-Date of its record",
        exchanges=exchanges,
        missing=tuple(missing),
        tool=index.software,
        user_agent=header(request.headers, "User-Agent") if request else "",
        whole=not index.damaged and not loaded.body_missing,
    )


def _make_exchange(number: int, index: WarcIndex, place: Place, loaded: WarcRecord | None, *, main: bool) -> Exchange:
    answer, request = index.answers[place], index.requests.get(place)
    body = loaded.body if loaded else None
    missing = loaded.body_missing if loaded else "the payload is in another file"
    redirect = is_redirect(answer)
    if redirect:
        body, missing = None, ""
    return Exchange(
        sequence=number,
        url=web_address(answer.url),
        method=(request.method if request else "") or "GET",
        started_at=time_of(answer),
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
    media = content_type(answer).lower()
    if purpose == "empty" or (request and header(request.headers, "X-Requested-With")) or "json" in media:
        return "xhr"
    for prefix, kind in (("image/", "image"), ("text/css", "stylesheet"), ("font/", "font"), ("text/html", "document")):
        if media.startswith(prefix):
            return kind
    return "script" if "javascript" in media else "other"


def _resource_headers(answer: WarcRecord) -> Headers:
    return (("Content-Type", content_type(answer)),) if answer.type == "resource" else ()
