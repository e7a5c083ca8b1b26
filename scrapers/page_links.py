"""The links of a page to rules, notices, contacts and release pages, as facts: so that one that goes is noticed.

Takes a ParsedPage; gives one fact a link, its qualifier role and words, its value the address without random parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from scrapers.discover import explain_refusal, guess_words
from scrapers.dom import ParsedPage
from scrapers.families.listing import product_key
from scrapers.links import LinkPlace, find_links
from scrapers.model import Fact, FactKind, Role
from scrapers.text import condense

_KEPT = (Role.TERMS, Role.NOTICE, Role.CONTACT, Role.RELEASE)
_PAGES = (Role.HOME, Role.NOTICE, Role.TERMS)
_MOST = 60
_MOST_LOOKED_AT = 20_000


def find_page_links(page: ParsedPage) -> tuple[Fact, ...]:
    """The telling links of a page that is watched for what it links; none for products."""
    return tuple(dict.fromkeys(_facts(page)))[:_MOST] if page.role in _PAGES else ()


def _facts(page: ParsedPage) -> Iterator[Fact]:
    seen: set[str] = set()
    for link in find_links(page, _MOST_LOOKED_AT):  # footers come last
        words = condense(link.words)
        role = guess_words(link.words) if words and link.place is not LinkPlace.FRAME else None
        if role not in _KEPT or f"{role}:{words}" in seen or explain_refusal(link):
            continue
        if any(sign.isdigit() for sign in words):
            continue  # 关于3月5日维护的公告: one item of a list of articles, not the way to it
        seen.add(f"{role}:{words}")
        parts = urlsplit(link.url)
        own = parts.netloc == urlsplit(page.content.url).netloc
        route = f"#{parts.fragment}" if parts.fragment else ""
        address = f"{'' if own else parts.netloc}{product_key(link.url)}{route}"
        yield Fact("", FactKind.LINK, address, link.words, f"{role}:{words}", link.place.value, confidence=0.9)
