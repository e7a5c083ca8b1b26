"""Where a visit was sent on to another domain: HTTP hops, Refresh, meta and script redirects, whole-page frames.

Takes a Capture with its PageContent; gives Hops and the redirect identifiers made of them. The `block` of a redirect is
the site that sends on, its `role` how. A redirect shows what its sender wants, not that the target agrees. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urldefrag, urlsplit

from scrapers.domains import registrable_domain
from scrapers.identifiers.page_hops import (
    LONGEST_ADDRESS,
    MOST_SOURCE,
    Hop,
    HopKind,
    find_page_hops,
    is_no_target,
    join_address,
    meta_targets,
    refresh_target,
)
from scrapers.identity import Identifier, IdentifierKind, Place
from scrapers.model import Capture, Exchange, PageContent
from scrapers.text import decode_html

MOST_HOPS = 30
_REDIRECTS = (301, 302, 303, 307, 308)


def find_hops(capture: Capture, content: PageContent) -> tuple[Hop, ...]:
    """All hops of a visit in their order, those inside one site too; then what the page that stands would do."""
    hops = _walk_documents(capture)
    last = capture.final_url or (hops[-1].target if hops else capture.url)
    would = [hop for hop in _page_hops(capture, content, last) if all(hop.target != seen.target for seen in hops)]
    return tuple(dict.fromkeys((*hops, *would)))[:MOST_HOPS]


def find_redirects(capture: Capture, content: PageContent) -> tuple[Identifier, ...]:
    """The redirects from one registrable domain to another, each with the site that sends on as its `block`.

    A chain over several sites also gives its first site the last one, with role `chain`. Search engines, big platforms
    and the like are no targets; of jump hosts only what stands behind them is told.
    """
    crossing = [hop for hop in find_hops(capture, content) if _crosses(hop)]
    found = [_tell(hop, number) for number, hop in enumerate(crossing, start=1) if not is_no_target(hop.target)]
    done = [hop for hop in crossing if hop.happened]
    first, last = (registrable_domain(done[0].source), done[-1].target) if done else ("", "")
    if len(done) > 1 and registrable_domain(last) != first and not is_no_target(last):
        line = " → ".join([first, *(registrable_domain(hop.target) for hop in done)])
        kinds = ", ".join(hop.kind for hop in done)
        found.append(_redirect(last, HopKind.CHAIN, first, f"{line} ({kinds})", 1.0))
    return tuple({(one.value, one.block): one for one in reversed(found)}.values())[::-1]


def starts_away(capture: Capture) -> bool:
    """Whether the visit ended on another registrable domain than it began on."""
    return bool(capture.final_url) and registrable_domain(capture.final_url) != registrable_domain(capture.url)


def _tell(hop: Hop, number: int) -> Identifier:
    where = f"hop {number}: {hop.source[:300]} → {hop.target[:300]}"
    return _redirect(hop.target, hop.kind, registrable_domain(hop.source), where, 1.0 if hop.happened else 0.7)


def _redirect(target: str, kind: str, source: str, where: str, confidence: float) -> Identifier:
    return Identifier(
        kind=IdentifierKind.REDIRECT,
        value=registrable_domain(target),
        place=Place.REDIRECT,
        shown=target[:300],
        where=where,
        role=str(kind),
        block=source,
        confidence=confidence,
    )


def _crosses(hop: Hop) -> bool:
    before, after = registrable_domain(hop.source), registrable_domain(hop.target)
    return bool(before and after) and before != after


def _walk_documents(capture: Capture) -> list[Hop]:
    """From the address that was asked for to the document that stands, by Location headers and referrers."""
    documents = [one for one in capture.exchanges if one.resource_type == "document" or one.main_document]
    main = next((one for one in documents if one.main_document), None)
    hops: list[Hop] = []
    here = _follow(capture.url, 0, documents, hops)
    if main is None or here is main or (here is not None and here.sequence >= main.sequence):
        return hops if hops else _plain_jump(capture)
    # A page in between led on by itself. Backwards from the document that stands: who led to it?
    tail: list[Hop] = []
    later = main
    while len(tail) < MOST_HOPS:
        start = _head_of(later, documents, tail)
        origin = _origin(_header(start.request_headers, "referer"))
        earlier = [
            one
            for one in documents
            if one.sequence < start.sequence and one.status not in _REDIRECTS and (one.status or 0) < 400 and one.status
        ]
        told = [one for one in earlier if origin and _origin(one.url) == origin]
        before = (told or [here] if here is not None else told or earlier)[-1:]
        if not before:
            tail.insert(0, Hop(HopKind.SCRIPT, capture.url, start.url))
            break
        tail.insert(0, Hop(_own_kind(before[0], start.url), before[0].url, start.url))
        if here is None or before[0] is here or before[0].sequence <= here.sequence:
            break
        later = before[0]
    return hops + tail


def _plain_jump(capture: Capture) -> list[Hop]:
    """Without traffic that tells the way (an imported page): only that it ended elsewhere."""
    return [Hop(HopKind.SCRIPT, capture.url, capture.final_url)] if starts_away(capture) else []


def _follow(url: str, after: int, documents: list[Exchange], hops: list[Hop]) -> Exchange | None:
    """Follow HTTP redirects from an address on; the document that they end at, None where it never came."""
    here: Exchange | None = None
    for _ in range(MOST_HOPS):
        found = next((one for one in documents if one.sequence >= after and _same(one.url, url)), None)
        if found is None:
            return here
        here, after = found, found.sequence + 1
        target = _location(found)
        if not target:
            return here
        hops.append(Hop(f"{found.status}", found.url, target))
        url = target
    return here


def _head_of(document: Exchange, documents: list[Exchange], tail: list[Hop]) -> Exchange:
    """Go back over the HTTP redirects that led to a document; the first of them, the hops put before the tail."""
    for _ in range(MOST_HOPS):
        before = next(
            (
                one
                for one in reversed(documents)
                if one.sequence < document.sequence and _same(_location(one), document.url)
            ),
            None,
        )
        if before is None:
            return document
        tail.insert(0, Hop(f"{before.status}", before.url, document.url))
        document = before
    return document


def _own_kind(document: Exchange, target: str) -> str:
    """How a document led on by itself to an address that the browser then asked for."""
    if any(_same(hop.target, target) for hop in _header_refresh(document)):
        return HopKind.HEADER_REFRESH
    source = _source_of(document)
    return HopKind.META if any(_same(one, target) for one in meta_targets(source, document.url)) else HopKind.SCRIPT


def _location(exchange: Exchange) -> str:
    if exchange.status not in _REDIRECTS:
        return ""
    return join_address(exchange.url, _header(exchange.response_headers, "location"))


def _header_refresh(document: Exchange) -> Iterator[Hop]:
    told = _header(document.response_headers, "refresh")
    target = refresh_target(told[:LONGEST_ADDRESS], document.url) if told else ""
    if target:
        yield Hop(HopKind.HEADER_REFRESH, document.url, target, happened=False)


def _page_hops(capture: Capture, content: PageContent, address: str) -> Iterator[Hop]:
    main = next((one for one in capture.exchanges if one.main_document), None)
    if main is not None:
        yield from _header_refresh(main)
    yield from find_page_hops(content, address)


def _source_of(document: Exchange) -> str:
    content_type = _header(document.response_headers, "content-type")
    return decode_html(document.read_body(MOST_SOURCE), content_type)


def _same(a: str, b: str) -> bool:
    return bool(a) and _bare(a) == _bare(b)


def _bare(url: str) -> str:
    plain = urldefrag(url).url
    head, _, path = plain.partition("://")
    return plain if "/" in path or not head else f"{plain}/"


def _origin(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}".lower() if parts.netloc else ""


def _header(headers: tuple[tuple[str, str], ...], name: str) -> str:
    return next((value for key, value in headers if key.lower() == name), "")
