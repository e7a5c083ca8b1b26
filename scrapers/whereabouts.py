"""Where a text stands in a page: the smallest element that holds most of it, and a CSS selector for that element.

Also which configured selectors match nothing, and what a visitor was shown whatever the readers make of it. Takes a
PageContent, gives plain values; pure. For proposals to a person: nothing is read by a selector that nobody chose.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag
from soupsieve import SelectorSyntaxError

from scrapers.dom import attribute, text_of
from scrapers.model import PageContent
from scrapers.text import bound_html, condense, mend_html, readable_text

_MOST_TEXTS = 200
_MOST_STEPS = 60
_MOST_FRAMES = 10
_ENOUGH = 0.8
_GENERATED = re.compile(r"\d{3,}|(?=[a-z]*\d)(?=\d*[a-z])[a-z0-9]{5,}|--|[^\w-]|^[\d-]", re.I)


@dataclass(frozen=True)
class Whereabouts:
    """A selector, "" when none was found, and how much of the text (0 to 1, by characters) stands under it."""

    selector: str = ""
    share: float = 0.0


def shown_text(content: PageContent) -> str:
    """All that a visitor could read: the text as laid out, pop-ups, frames; without a browser, that of the markup."""
    text = content.text or readable_text(content.dom or content.source_html)
    frames = [readable_text(frame.dom) for frame in content.frames[:_MOST_FRAMES] if frame.dom]
    return "\n".join([text, *content.popups, *frames])


def find_whereabouts(content: PageContent, texts: Sequence[str]) -> Whereabouts:
    """Where most of these texts stand now."""
    wanted = [form for text in texts[:_MOST_TEXTS] for line in text.split("\n") if (form := condense(line))]
    whole = sum(map(len, wanted))
    if not whole:
        return Whereabouts()
    soup = _parse(content)
    element: Tag = soup.body or soup
    best = _share(element, wanted, whole)
    for _ in range(_MOST_STEPS):  # down, as long as one child holds nearly as much as all
        children = [child for child in element.children if isinstance(child, Tag)]
        inner = max(((_share(child, wanted, whole), child) for child in children), key=lambda p: p[0], default=None)
        if inner is None or inner[0] < _ENOUGH * best or inner[0] == 0:
            break
        best, element = max(best * _ENOUGH, inner[0]), inner[1]
    share = _share(element, wanted, whole)
    selector = _selector_of(element, soup)
    return Whereabouts(selector, round(share, 2)) if share and selector else Whereabouts()


def dead_selectors(content: PageContent, selectors: Sequence[str]) -> tuple[str, ...]:
    """Those of the selectors that match nothing in the page or its frames."""
    if not selectors:
        return ()
    pages = [_parse(content), *(_parse_html(frame.dom) for frame in content.frames[:_MOST_FRAMES] if frame.dom)]
    return tuple(one for one in selectors if not any(_matches(page, one) for page in pages))


def _parse(content: PageContent) -> BeautifulSoup:
    return _parse_html(content.dom or content.source_html)


def _parse_html(html: str) -> BeautifulSoup:
    return BeautifulSoup(mend_html(bound_html(html)), "lxml")


def _matches(page: BeautifulSoup, selector: str) -> bool:
    try:
        return page.select_one(selector) is not None
    except SelectorSyntaxError:
        return False


def _share(element: Tag, wanted: Sequence[str], whole: int) -> float:
    held = condense(text_of(element, with_hidden=True))
    return sum(len(form) for form in wanted if form in held) / whole


def _selector_of(element: Tag, soup: BeautifulSoup) -> str:
    """The shortest path of names that are not generated which matches this element alone; "" when there is none."""
    steps: list[str] = []
    for node in (element, *element.parents):
        if not isinstance(node, Tag) or node.name in ("[document]", "html"):
            break
        steps.insert(0, _step(node))
        selector = " > ".join(steps)
        if steps[0] != node.name or node.name in ("main", "article", "body"):
            found = soup.select(selector, limit=2)
            if len(found) == 1 and found[0] is element:
                return selector
    return ""


def _step(node: Tag) -> str:
    identity = attribute(node, "id")
    if identity and not _GENERATED.search(identity):
        return f"{node.name}#{identity}"
    names = [name for name in attribute(node, "class").split() if not _GENERATED.search(name)]
    if names:
        return ".".join([node.name, *names[:2]])
    same = list(node.parent.find_all(node.name, recursive=False)) if node.parent is not None else [node]
    place = next((number for number, one in enumerate(same, start=1) if one is node), 1)
    return node.name if len(same) == 1 else f"{node.name}:nth-of-type({place})"
