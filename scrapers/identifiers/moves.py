"""Where a visit was sent on to another domain: HTTP hops, Refresh, meta and script redirects, whole-page frames.

Takes a Capture with its PageContent; gives Hops and the redirect identifiers made of them. The `block` of a redirect is
the site that sends on, its `role` how. A redirect shows what its sender wants, not that the target agrees. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urldefrag, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from scrapers.domains import host_of, is_address, is_domain_name, registrable_domain
from scrapers.identifiers.excluded_hosts import explain_exclusion
from scrapers.identity import Identifier, IdentifierKind, Place
from scrapers.model import Capture, Exchange, PageContent
from scrapers.text import bound_html, condense, decode_html, readable_text

MOST_HOPS = 30
_MOST_SOURCE = 400_000
_MOST_FRAMES = 50
_LONGEST_ADDRESS = 2_000
_LONGEST_WAIT = 300
_LITTLE_TEXT = 160
_REDIRECTS = (301, 302, 303, 307, 308)
_REFRESH = re.compile(
    r"\s{0,9}(\d{1,6})(?:\.\d{0,9})?\s{0,9}[;,]?\s{0,9}(?:url\s{0,9}=\s{0,9})?[\"']?([^\"'\s>]{4,2000})", re.I
)
_META = re.compile(r"<meta\b[^>]{0,300}?http-equiv\s{0,5}=\s{0,5}[\"']?refresh\b[^>]{0,2500}>", re.I)
_CONTENT = re.compile(r"\bcontent\s{0,5}=\s{0,5}(?:\"([^\"]{1,2200})\"|'([^']{1,2200})'|([^\s>]{1,2200}))", re.I)
_SCRIPT = re.compile(
    r"(?:\blocation(?:\.href)?\s{0,5}=(?!=)\s{0,5}|\blocation\.(?:replace|assign)\s{0,5}\(\s{0,5}|\bwindow\.open\s{0,5}\(\s{0,5})"
    r"[\"'`](https?:(?:\\?/){2}[^\"'`\s]{3,1000}|//[^\"'`\s]{3,1000})[\"'`]",
    re.I,
)
_SCRIPT_START = re.compile(r"<script(?=[\s>/])", re.I)
_SCRIPT_END = re.compile(r"</script", re.I)
_WHOLE = re.compile(r"(?<![-\w])(?:width|height)\s{0,5}:\s{0,5}(?:100(?:\.0)?\s?(?:%|vw|vh|dvh|dvw)|calc\(100v)", re.I)
_FIXED = re.compile(r"position\s{0,5}:\s{0,5}(?:fixed|absolute)", re.I)
_GONE = re.compile(r"display\s{0,5}:\s{0,5}none|visibility\s{0,5}:\s{0,5}hidden|opacity\s{0,5}:\s{0,5}0(?![.\d])", re.I)


class HopKind(StrEnum):
    """How one document led to the next. An HTTP redirect is named by its status: 301, 302, 303, 307, 308."""

    HEADER_REFRESH = "refresh"
    META = "meta"
    SCRIPT = "script"
    SCRIPT_IN_SOURCE = "script_in_source"  # written in the page, not seen to happen
    FRAME = "iframe"  # the page is a frame of another domain over the whole window
    CHAIN = "chain"  # over one or more other sites


@dataclass(frozen=True)
class Hop:
    """One document sends on to another. `happened` is False where the page only says that it would."""

    kind: str
    source: str
    target: str
    happened: bool = True


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
    found = [_tell(hop, number) for number, hop in enumerate(crossing, start=1) if not _is_left_out(hop.target)]
    done = [hop for hop in crossing if hop.happened]
    first, last = (registrable_domain(done[0].source), done[-1].target) if done else ("", "")
    if len(done) > 1 and registrable_domain(last) != first and not _is_left_out(last):
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


def _is_left_out(target: str) -> bool:
    host = host_of(target)
    return explain_exclusion(host) != "" or not (is_domain_name(host) or is_address(host))


# --- what happened ----------------------------------------------------------------------------------------------------


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
    return HopKind.META if any(_same(one, target) for one in _meta_targets(source, document.url)) else HopKind.SCRIPT


def _location(exchange: Exchange) -> str:
    if exchange.status not in _REDIRECTS:
        return ""
    return _join(exchange.url, _header(exchange.response_headers, "location"))


def _header_refresh(document: Exchange) -> Iterator[Hop]:
    told = _header(document.response_headers, "refresh")
    target = _refresh_target(told[:_LONGEST_ADDRESS], document.url) if told else ""
    if target:
        yield Hop(HopKind.HEADER_REFRESH, document.url, target, happened=False)


# --- what the page would do -------------------------------------------------------------------------------------------


def _page_hops(capture: Capture, content: PageContent, address: str) -> Iterator[Hop]:
    main = next((one for one in capture.exchanges if one.main_document), None)
    if main is not None:
        yield from _header_refresh(main)
    yield from find_page_hops(content, address)


def find_page_hops(content: PageContent, address: str = "") -> Iterator[Hop]:
    """Meta and script redirects that stand in a page, and a frame of another domain that is the whole page."""
    address = address or content.url
    source = (content.source_html or content.dom)[:_MOST_SOURCE]
    dom = content.dom[:_MOST_SOURCE] or source
    for target in dict.fromkeys((*_meta_targets(source, address), *_meta_targets(dom, address))):
        yield Hop(HopKind.META, address, target, happened=False)
    lowered = dom.lower()
    framed, scripted = "<iframe" in lowered or "<frame" in lowered, "location" in source or "window.open" in source
    if not (framed or scripted):
        return
    if len(condense(readable_text(dom))) > _LITTLE_TEXT:  # not the text as laid out: that holds the frame's too
        return  # a page that says something of its own: a script or a frame in it is a part of it
    if scripted:
        for script in script_texts(source):
            for match in _SCRIPT.finditer(script):
                target = _join(address, match.group(1).replace("\\/", "/"))
                if target:
                    yield Hop(HopKind.SCRIPT_IN_SOURCE, address, target, happened=False)
    if framed:
        yield from _whole_page_frames(dom, address, len(content.frames))


def script_texts(source: str, most: int = 60) -> Iterator[str]:
    """The texts of a page's inline scripts, in order; linear whatever stands there."""
    place = 0
    for _ in range(most):
        start = _SCRIPT_START.search(source, place)
        opened = source.find(">", start.end()) if start is not None else -1
        end = _SCRIPT_END.search(source, opened) if opened >= 0 else None
        if end is None:
            return
        yield source[opened + 1 : end.start()]
        place = end.end()


def _whole_page_frames(dom: str, address: str, seen: int) -> Iterator[Hop]:
    tree = LexborHTMLParser(bound_html(dom))
    foreign: list[tuple[LexborNode, str]] = []
    for node in tree.css("iframe, frame")[:_MOST_FRAMES]:
        target = _join(address, node.attributes.get("src") or "")
        if target and registrable_domain(target) != registrable_domain(address) and not _is_left_out(target):
            foreign.append((node, target))
    shown = [(node, target) for node, target in foreign if not _is_tiny(node)]
    for node, target in shown:
        if node.tag == "frame" or _covers(node) or (len(shown) == 1 and seen <= 1 and not _has_size(node)):
            yield Hop(HopKind.FRAME, address, target)


def _covers(node: LexborNode) -> bool:
    style = node.attributes.get("style") or ""
    wide = (node.attributes.get("width") or "").strip() == "100%"
    high = (node.attributes.get("height") or "").strip() == "100%"
    sides = len(_WHOLE.findall(style)) + wide + high
    pinned = _FIXED.search(style) is not None and (sides >= 1 or "inset" in style or "bottom" in style)
    return sides >= 2 or pinned


def _is_tiny(node: LexborNode) -> bool:
    sizes = [node.attributes.get(name) or "" for name in ("width", "height")]
    small = any(
        size.strip().removesuffix("px").isdigit() and int(size.strip().removesuffix("px")[:6]) < 50 for size in sizes
    )
    return small or "hidden" in node.attributes or _GONE.search(node.attributes.get("style") or "") is not None


def _has_size(node: LexborNode) -> bool:
    """Whether the frame's markup itself gives it a size; one that a style sheet sizes may be the whole page."""
    style = node.attributes.get("style") or ""
    return bool(node.attributes.get("width") or node.attributes.get("height")) or "width" in style or "height" in style


def _meta_targets(source: str, address: str) -> Iterator[str]:
    for tag in _META.findall(source[:100_000])[:10]:
        content = _CONTENT.search(tag)
        if content is not None:
            told = next(part for part in content.groups() if part)
            target = _refresh_target(told.replace("&amp;", "&"), address)
            if target:
                yield target


def _refresh_target(told: str, address: str) -> str:
    match = _REFRESH.match(told)
    if match is None or int(match.group(1)) > _LONGEST_WAIT:
        return ""
    return _join(address, match.group(2))


# --- addresses --------------------------------------------------------------------------------------------------------


def _source_of(document: Exchange) -> str:
    content_type = _header(document.response_headers, "content-type")
    return decode_html(document.read_body(_MOST_SOURCE), content_type)


def _join(base: str, target: str) -> str:
    target = target.strip()
    if not target or len(target) > _LONGEST_ADDRESS:
        return ""
    try:
        address = urljoin(base, target)
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme in ("http", "https") and parts.netloc else ""


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
