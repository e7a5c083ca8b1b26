"""Any other shop: JSON-LD, metas, data of scripts, labels, tables, repeated cards, and text under telling headings.

Needs no knowledge of the software. It is less sure than a family's own reader, and says so in each fact.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from scrapers.contacts import shop_facts
from scrapers.dom import ParsedPage, line_of, place_of
from scrapers.families.data_goods import contact_facts, find_data_goods, goods_facts
from scrapers.families.findings import Family, Findings, Recognition, fact, name_key, unique_facts
from scrapers.families.goods import Goods, elements_of
from scrapers.families.listing import find_goods, looks_like_product, price_elements, product_key
from scrapers.families.product_page import read_product_page
from scrapers.families.sections import called_notices, footer_blocks, headed_blocks, main_text_blocks, unclaimed_rules
from scrapers.families.structured import says_product
from scrapers.labels import is_button, kind_of_heading
from scrapers.model import Block, BlockKind, Fact, FactKind, Role, Source
from scrapers.text import condense, one_line

_CLOSED = re.compile(
    r"(?:店铺|网站|本站|系统|商城|平台).{0,4}(?:维护|打烊|关闭|停业|暂停营业|休息中)|暂停营业|维护中|打烊"
)
_MOST_TEXT = 50_000
_TERMS_PATH = re.compile(r"terms|agreement|protocol|policy|privacy|rule|xieyi|tiaokuan|refund|disclaimer|help", re.I)


def recognise_page(page: ParsedPage) -> Recognition:
    """Any page at all; `extract` comes here when no family is sure enough."""
    return Recognition(0.3, ("no known family is sure enough",)) if page.text else Recognition(0.0)


def read_page(page: ParsedPage) -> Findings:
    """Read a page of unknown make by what its role, or else the page itself, says it is."""
    if page.role in (Role.TERMS, Role.NOTICE) or (page.role is None and _is_terms(page)):
        kind = BlockKind.NOTICE if page.role is Role.NOTICE else BlockKind.TERMS
        return with_shop(page, (), main_text_blocks(page, kind), ())
    goods = find_goods(page) if page.role in (None, Role.PRODUCT, Role.HOME) else ()
    if page.role in (None, Role.PRODUCT, Role.HOME) and _is_detail(page, goods):
        return read_product(page, goods, f"product:{product_key(page.content.url)}")
    listed = (*(fact for item in goods for fact in item.facts), *_told_goods(page, goods))
    cards = elements_of(goods)
    blocks = headed_blocks(page, cards, "")
    blocks += called_notices(page, blocks, cards)
    blocks += unclaimed_rules(page, BlockKind.NOTICE, blocks, cards, "")
    problems = []
    if page.role is Role.HOME and not listed:
        problems.append("home page: no list of goods found (no repeated cards with a price, no table of goods)")
    closed = _closed_facts(page) if not listed else ()
    return with_shop(page, (*listed, *closed), blocks, tuple(problems))


def read_product(page: ParsedPage, goods: tuple[Goods, ...], subject: str) -> Findings:
    """Read the one product of a page; `goods` are those that the page lists beside it."""
    found = read_product_page(page, goods, subject)
    return with_shop(page, found.facts, list(found.blocks), found.problems)


def popup_block(page: ParsedPage, text: str, place: str) -> Block:
    """A pop-up's text as a block; its first line says its kind, an unknown one is a notice."""
    lines = [line for line in text.split("\n") if line.strip() and not is_button(line)]
    kind = next((kind for line in lines[:2] if (kind := kind_of_heading(line))), BlockKind.NOTICE)
    if kind in (BlockKind.CONTACT, BlockKind.DESCRIPTION):
        kind = BlockKind.NOTICE
    heading = one_line(lines[0]) if len(lines) > 1 and kind_of_heading(lines[0]) else ""
    body = "\n".join(lines[1:] if heading else lines)
    return Block(kind, body, heading, place=place, source=Source.POPUP)


FAMILY = Family("generic", recognise_page, read_page)


def _told_goods(page: ParsedPage, shown: tuple[Goods, ...]) -> Iterator[Fact]:
    """What the page's data add to the goods that it shows; the goods of its data where it shows none.

    Data may hold goods of elsewhere too: a list of them counts where the page shows no goods, or most of the goods that
    it shows are in the list.
    """
    if page.role not in (None, Role.HOME):
        return
    subjects = {found.value: item.subject for item in shown for found in item.facts if found.kind is FactKind.NAME}
    by_name = {condense(name): subject for name, subject in subjects.items()}
    prices = {f.subject: f.value for item in shown for f in item.facts if f.kind is FactKind.PRICE}
    told = find_data_goods(page)
    groups = Counter(item.group for item in told if condense(item.name) in by_name)
    whole = {group for group, count in groups.items() if count >= 0.6 * len(shown)}
    for item in told:
        known = by_name.get(condense(item.name), "")
        if known or not shown or item.group in whole:
            subject = known or name_key(item.name)
            yield from goods_facts(item, subject, prices.get(subject, ""))


def _closed_facts(page: ParsedPage) -> tuple[Fact, ...]:
    """That the shop is closed, where its title or heading says so and it shows no goods."""
    for element in page.document.with_tag("title", "h1", "h2", "h3")[:8]:
        if _CLOSED.search(shown := one_line(element.get_text())[:80]):
            return fact("", FactKind.AVAILABLE, "no", shown=shown, place=place_of(element), confidence=0.7)
    return ()


def _is_terms(page: ParsedPage) -> bool:
    heading = next((text for head in page.document.with_tag("h1", "h2", "title") if (text := line_of(head))), "")
    return kind_of_heading(heading) is BlockKind.TERMS or (
        _TERMS_PATH.search(page.path) is not None and not price_elements(page.document)
    )


def _is_detail(page: ParsedPage, goods: tuple[Goods, ...]) -> bool:
    if says_product(page) or looks_like_product(page.content.url):
        return True
    return len(goods) < 2 and (page.role is Role.PRODUCT or bool(price_elements(page.document)))


def with_shop(page: ParsedPage, facts: tuple[Fact, ...], blocks: list[Block], problems: tuple[str, ...]) -> Findings:
    """The findings with what the page says of the shop itself: contacts, licences, footers."""
    texts = [(block.text, block.place, block.source) for block in blocks if block.kind is not BlockKind.OTHER]
    texts.append((page.text[:_MOST_TEXT], "page", Source.TEXT))
    if page.role is Role.CONTACT and not any(block.kind is BlockKind.CONTACT for block in blocks):
        blocks = [*blocks, *main_text_blocks(page, BlockKind.CONTACT)]
    shop = (*shop_facts(page, texts), *contact_facts(page))
    return Findings(unique_facts((*facts, *shop)), (*blocks, *footer_blocks(page)), problems)
