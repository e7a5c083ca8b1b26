"""Every address that a page offers to a visitor: links, buttons, frames and routes, with its words and its place.

Takes a ParsedPage; gives links once each, in document order. Forms are left out: nothing here leads to a POST. Never
fetches anything, and says nothing of what a link is for (`scrapers/discover.py` does).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urljoin, urlsplit

from bs4 import Tag

from scrapers.document import Document
from scrapers.dom import MAX_FRAMES, ParsedPage, attribute, line_of
from scrapers.text import one_line

MAX_LINKS = 3000
_MOST_WORDS = 80
_LONGEST_ADDRESS = 2000
_IN_SCRIPT = re.compile(
    r"""(?:location(?:\.href)?\s{0,3}=|location\.(?:assign|replace)\(|window\.open\(|navigateTo\(|\bgo\()\s{0,3}['"]([^'"\s]{1,500})['"]"""
)
_ADDRESS_ATTRIBUTES = ("data-href", "data-url", "data-link", "data-to", "to")
_TELLING = frozenset({*_ADDRESS_ATTRIBUTES, "href", "onclick"})
_PLACES = {"nav": "nav", "header": "nav", "menu": "nav", "footer": "footer"}
_NAV_NAME = re.compile(r"(?:^|[-_])(?:nav|navbar|menu|topbar|header|tabbar|sidebar)(?:$|[-_])", re.I)
_FOOTER_NAME = re.compile(r"(?:^|[-_])(?:footer|foot|bottom|copyright)(?:$|[-_])", re.I)
_ROUTE = re.compile(r"^[!/]")


class LinkPlace(StrEnum):
    """Where an address stood."""

    NAV = "nav"
    FOOTER = "footer"
    PAGE = "page"
    BUTTON = "button"
    FRAME = "frame"
    GOODS = "goods"  # made of a product's key by the rule of its family
    SITEMAP = "sitemap"


@dataclass(frozen=True)
class Link:
    """An absolute http(s) address, the words that a visitor reads on it, and where it stood."""

    url: str
    words: str
    place: LinkPlace


def find_links(page: ParsedPage, most: int = MAX_LINKS) -> tuple[Link, ...]:
    """The page's links and those in its frames; each address once, with the first words that it has."""
    found: dict[str, Link] = {}
    bases = [page.content.url, *(frame.url for frame in page.content.frames[:MAX_FRAMES] if frame.dom)]
    for document, base in zip(page.documents, bases, strict=False):
        for link in _links_of(document, _base_of(document, base or page.content.url)):
            known = found.get(link.url)
            if known is None and len(found) >= most:
                return tuple(found.values())
            if known is None or (not known.words and link.words):
                found[link.url] = link
    return tuple(found.values())


def join_address(base: str, target: str) -> str:
    """An absolute address without what only scrolls, "" for one that leads nowhere a visitor can GET."""
    target = target.strip()
    if not target or len(target) > _LONGEST_ADDRESS:
        return ""
    try:
        address = urljoin(base, target)
        parts = urlsplit(address)
        parts.port  # noqa: B018 - raises for a port that is none
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
        return ""
    return address if _ROUTE.match(parts.fragment) else address.partition("#")[0]


def _links_of(document: Document, base: str) -> Iterator[Link]:
    for element in document.elements:
        if element.name in ("iframe", "frame"):
            address = join_address(base, attribute(element, "src"))
            if address:
                yield Link(address, _words_of(element), LinkPlace.FRAME)
            continue
        for address, place in _addresses_of(element, base):
            yield Link(address, _words_of(element), place)


def _addresses_of(element: Tag, base: str) -> Iterator[tuple[str, LinkPlace]]:
    if _TELLING.isdisjoint(element.attrs):
        return
    target = attribute(element, "href").strip() if element.name in ("a", "area") else ""
    if target and not target.lower().startswith(("javascript:", "data:", "mailto:", "tel:")):
        address = join_address(base, target)
        if address and (not target.startswith("#") or _ROUTE.match(target[1:])):
            yield address, place_in_page(element)
        return
    for name in _ADDRESS_ATTRIBUTES:
        value = attribute(element, name)
        if value and (value.startswith(("/", "http://", "https://", "#/", "#!", "./"))):
            address = join_address(base, value)
            if address:
                yield address, LinkPlace.BUTTON
    script = attribute(element, "onclick")[:1000] or (target if target.lower().startswith("javascript:") else "")
    match = _IN_SCRIPT.search(script) if script else None
    if match is not None:
        address = join_address(base, match.group(1))
        if address:
            yield address, LinkPlace.BUTTON


def place_in_page(element: Tag) -> LinkPlace:
    """Whether an element stands in the navigation, the footer or elsewhere, by tags and class names around it."""
    for depth, node in enumerate(element.parents):
        if not isinstance(node, Tag) or node.name in ("body", "html") or depth > 12:
            break
        known = _PLACES.get(node.name)
        names = f"{attribute(node, 'class')} {attribute(node, 'id')} {attribute(node, 'role')}".split()
        if known == "footer" or any(_FOOTER_NAME.search(name) for name in names):
            return LinkPlace.FOOTER
        if known == "nav" or "navigation" in names or any(_NAV_NAME.search(name) for name in names):
            return LinkPlace.NAV
    return LinkPlace.PAGE


def _words_of(element: Tag) -> str:
    words = line_of(element, 200)
    if words:
        return words[:_MOST_WORDS]
    for name in ("title", "aria-label", "alt", "name"):
        if attribute(element, name):
            return one_line(attribute(element, name))[:_MOST_WORDS]
    picture = element.find("img")
    return one_line(attribute(picture, "alt"))[:_MOST_WORDS] if isinstance(picture, Tag) else ""


def _base_of(document: Document, address: str) -> str:
    for element in document.with_tag("base")[:1]:
        return join_address(address, attribute(element, "href")) or address
    return address
