"""The name of the product of a page of unknown make: headings, elements called name, words of the title.

Takes a ParsedPage; gives candidates as facts, each with how sure it is; headings of sections and shops are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4 import Tag

from scrapers.dom import ParsedPage, attribute, line_of, place_of
from scrapers.families.findings import fact
from scrapers.labels import find_labelled, is_delivery, kind_of_heading
from scrapers.model import Fact, FactKind, Source
from scrapers.money import find_prices
from scrapers.text import condense, one_line

_NAMES = re.compile(r"(?:goods|product|item|commodity|pro)[-_]?(?:name|title|tit)", re.I)
_LOOSE_NAMES = re.compile(r"(?:^|[-_])(?:name|title)$", re.I)
_NO_NAMES = re.compile(
    r"shop|site|store|logo|brand|user|nav|panel|modal|section|card-title|file|author|cate|group|page|box|intro", re.I
)
_TITLE_PARTS = re.compile(r"\s*[-_|–—·]\s+|\s+[-_|–—·]\s*|[_|]")
_GENERIC_NAME = re.compile(
    r"^(?:商品|产品|宝贝)?(?:详情|购买|信息|列表|中心|下单)|^购买商品$|首页|欢迎|^(?:shop|home|store)$", re.I
)
_BADGE = re.compile(r"badge|(?:^|[-_\s])(?:tag|tips|label|ribbon)(?:$|[-_\s])", re.I)
_LEAVES = ("p", "div", "span", "font", "strong", "b", "td", "center", "big", "em")
_MOST = 120


def name_facts(
    page: ParsedPage, subject: str, others: frozenset[int], surrounding: frozenset[int] = frozenset()
) -> Iterator[Fact]:
    """Candidates for the name of the page's product.

    `others` are elements that belong to other goods, `surrounding` those of navigation and footer, whose loose names
    are the shop's.
    """
    title = page.content.title or title_of(page)
    first = next((part for part in _TITLE_PARTS.split(one_line(title)) if part), "")
    begun = "" if _GENERIC_NAME.search(first) else condense(first)
    named = {id(e) for e in page.document.classed(lambda token: _NAMES.search(token) is not None)}
    called = [e for e in page.document.elements if id(e) in named or e.attrs.get("itemprop") == "name"]
    loosely = page.document.classed(_is_loose_name)
    beside = surrounding | page.document.covered(surrounding)
    loose = [e for e in loosely if id(e) not in beside]
    passed_over = others | page.document.covered(others)
    for candidates, confidence in (
        (page.document.with_tag("h1"), 0.95),
        (called, 0.9),
        (loose, 0.7),
        (page.document.with_tag("h2", "h3", "h4"), 0.6),
        (_in_title(page, title), 0.55),
    ):
        for element in candidates[:20]:
            if id(element) in passed_over or id(element) in page.document.hidden:
                continue
            text = _without_badges(element)
            if 2 <= len(text) <= _MOST and not _is_no_name(text):
                titled = condense(text) in condense(title) or (len(begun) > 2 and begun in condense(text))
                sure = confidence if confidence > 0.8 or titled else confidence - 0.3
                yield from fact(subject, FactKind.NAME, text, place=place_of(element), confidence=sure)
                break
    if first and not _GENERIC_NAME.search(first):
        yield from fact(subject, FactKind.NAME, first, place="title", source=Source.META, confidence=0.35)


def title_of(page: ParsedPage) -> str:
    """The words of the page's `<title>`."""
    return next((one_line(title.get_text()) for title in page.document.with_tag("title")), "")


def _without_badges(element: Tag) -> str:
    """The element's text without the small marks that stand in it: 自动发货, 库存(12)."""
    text = line_of(element)
    for inner in element.find_all(["span", "small", "em", "i", "b", "sup", "font", "label"], limit=20):
        mark = line_of(inner, 40)
        told = list(find_labelled(mark)) if 2 <= len(mark) <= 20 else []
        if mark != text and (told or is_delivery(mark) or _BADGE.search(attribute(inner, "class"))):
            text = one_line(text.replace(mark, " ", 1))
    return text


def _is_no_name(text: str) -> bool:
    return _GENERIC_NAME.search(text) is not None or kind_of_heading(text) is not None or bool(find_prices(text)[:1])


def _is_loose_name(token: str) -> bool:
    return _LOOSE_NAMES.search(token) is not None and _NO_NAMES.search(token) is None


def _in_title(page: ParsedPage, title: str) -> list[Tag]:
    """Elements whose whole text stands in the title: a shop without headings sets its name so."""
    whole = condense(title)
    found = []
    for element in page.document.with_tag(*_LEAVES)[:2000] if whole else []:
        text = condense(page.document.words_of(element)) if len(element.contents) <= 3 else ""
        if 4 <= len(text) <= _MOST and text in whole and element.find_parent(["a", "nav", "footer", "header"]) is None:
            found.append(element)
    return sorted(found, key=lambda element: -len(condense(page.document.words_of(element))))[:5]
