"""Where a page itself would send on: Refresh, meta and script redirects, a frame of another domain over the window.

Takes a PageContent; gives Hops. What happened in a visit is `moves`' to tell. Pure, linear in the length of the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from scrapers.domains import host_of, is_address, is_domain_name, registrable_domain
from scrapers.identifiers.excluded_hosts import explain_exclusion
from scrapers.model import PageContent
from scrapers.text import bound_html, condense, readable_text

MOST_SOURCE = 400_000
_MOST_FRAMES = 50
LONGEST_ADDRESS = 2_000
_LONGEST_WAIT = 300
_LITTLE_TEXT = 160
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


def is_no_target(target: str) -> bool:
    """Whether an address is nobody's new home: a search engine, a big platform, no domain at all."""
    host = host_of(target)
    return explain_exclusion(host) != "" or not (is_domain_name(host) or is_address(host))


def find_page_hops(content: PageContent, address: str = "") -> Iterator[Hop]:
    """Meta and script redirects that stand in a page, and a frame of another domain that is the whole page."""
    address = address or content.url
    source = (content.source_html or content.dom)[:MOST_SOURCE]
    dom = content.dom[:MOST_SOURCE] or source
    for target in dict.fromkeys((*meta_targets(source, address), *meta_targets(dom, address))):
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
                target = join_address(address, match.group(1).replace("\\/", "/"))
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
        target = join_address(address, node.attributes.get("src") or "")
        if target and registrable_domain(target) != registrable_domain(address) and not is_no_target(target):
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


def meta_targets(source: str, address: str) -> Iterator[str]:
    """The addresses to which meta tags of a page send on within five minutes."""
    for tag in _META.findall(source[:100_000])[:10]:
        content = _CONTENT.search(tag)
        if content is not None:
            told = next(part for part in content.groups() if part)
            target = refresh_target(told.replace("&amp;", "&"), address)
            if target:
                yield target


def refresh_target(told: str, address: str) -> str:
    """The address in the text of a Refresh, "" where it has none or waits longer than five minutes."""
    match = _REFRESH.match(told)
    if match is None or int(match.group(1)) > _LONGEST_WAIT:
        return ""
    return join_address(address, match.group(2))


def join_address(base: str, target: str) -> str:
    """An address as it is seen from a page, "" where it is none of the web."""
    target = target.strip()
    if not target or len(target) > LONGEST_ADDRESS:
        return ""
    try:
        address = urljoin(base, target)
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme in ("http", "https") and parts.netloc else ""
