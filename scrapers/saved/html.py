"""A page saved as HTML by a browser, SingleFile, curl or a hand: its text, and what its comments say of its origin."""

from __future__ import annotations

import re
from datetime import datetime

from selectolax.lexbor import LexborHTMLParser

from scrapers.model import Missing
from scrapers.saved.page import SavedPage, web_address
from scrapers.text import bound_html, decode_html

_SAVED_FROM = re.compile(r"<!--\s*saved from url=\((\d{4})\)(\S{1,9000}?)\s*-->", re.IGNORECASE)
_SINGLE_FILE = re.compile(r"Page saved with SingleFile\s+url: (\S{1,9000})\s+saved date: ([^\n(]{10,60})")
_HEAD_CHARACTERS = 20_000
_PARSED_CHARACTERS = 300_000  # title and canonical link stand in the head


def read_html(data: bytes) -> SavedPage:
    """One page from the bytes of an HTML file. Address and time are "" and None where the file does not say them."""
    html = decode_html(data, "")
    head = html[:_HEAD_CHARACTERS]
    missing = [
        Missing("traffic", "a saved page carries no requests, answers or headers"),
        Missing("frames and images", "a single HTML file holds only the main document"),
    ]
    url, tool, claimed_at = "", "", None
    single = _SINGLE_FILE.search(head)
    saved = _SAVED_FROM.search(head)
    if single:
        url, tool = web_address(single[1]), "SingleFile"
        claimed_at = _parse_script_date(single[2])
    elif saved:
        url, tool = web_address(saved[2]), "a browser's Save As"
        if len(saved[2]) != int(saved[1]):
            missing.append(
                Missing("address", f"the browser's note says {int(saved[1])} characters but shows another address")
            )
    tree = _parse_head(html)
    if not url:
        url, note = _own_word(tree)
        if url:
            missing.append(Missing("address", note))
    return SavedPage(
        url=url,
        html=html,
        title=_title(tree),
        claimed_at=claimed_at,
        claimed_by="SingleFile's note in the file" if claimed_at else "",
        missing=tuple(missing),
        tool=tool,
        whole=False,
    )


def page_title(html: str) -> str:
    """The text of the title element, "" if there is none."""
    return _title(_parse_head(html))


def _parse_head(html: str) -> LexborHTMLParser:
    return LexborHTMLParser(bound_html(html[:_PARSED_CHARACTERS]))


def _title(tree: LexborHTMLParser) -> str:
    node = tree.css_first("title")
    return " ".join(node.text().split())[:1000] if node else ""


def _own_word(tree: LexborHTMLParser) -> tuple[str, str]:
    """The address that the page gives for itself, which whoever wrote the page chose."""
    for selector, attribute, name in (
        ("link[rel=canonical]", "href", "canonical link"),
        ('meta[property="og:url"]', "content", "og:url"),
    ):
        node = tree.css_first(selector)
        url = web_address(node.attributes.get(attribute) or "") if node else ""
        if url:
            return url, f"only the page's own {name} says it"
    return "", ""


def _parse_script_date(text: str) -> datetime | None:
    """A JavaScript `Date.toString()`, without the name of its time zone."""
    try:
        return datetime.strptime(text.strip(), "%a %b %d %Y %H:%M:%S GMT%z")
    except ValueError:
        return None
