"""Lists of dujiaoka, whatever the theme: cards on the page, and the goods of all groups in an inline variable.

Takes a ParsedPage; gives facts keyed `buy:{id}`, or by name where the theme hides the number of what is sold out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from bs4 import Tag

from scrapers.dom import ParsedPage, attribute, is_hidden, line_of, place_of
from scrapers.families.findings import MAX_PRODUCTS, Json, available_fact, fact, name_key, script_value, text_in
from scrapers.labels import canonical, labelled_facts
from scrapers.model import Fact, FactKind, Source
from scrapers.money import find_tiers, read_amount, yuan
from scrapers.selectors import select, select_one

BUY_PATH = re.compile(r"/buy/(\d+)")
GOODS_VARIABLE = re.compile(r"\bgoodsMsg\s*=\s*(?=\[)")
_TIER_LINE = re.compile(r"^(\d{1,7})\s*=\s*(\d+(?:\.\d+)?)$", re.MULTILINE)
_DELIVERY = {"1": "自动发货", "2": "人工处理"}
DELIVERY_WORDS = re.compile(r"自动发货|人工发货|人工处理|自动|代充")
ICON = re.compile("[\ue000-\uf8ff]")  # letters of an icon font


def listed_facts(page: ParsedPage) -> Iterator[Fact]:
    """Every product of the page and of its inline variable."""
    numbers: dict[str, str] = {}
    groups = script_value(page, GOODS_VARIABLE)
    for group in groups[:200] if isinstance(groups, list) else []:
        goods = group.get("goods") if isinstance(group, dict) else None
        for row in goods[:MAX_PRODUCTS] if isinstance(goods, list) else []:
            if isinstance(row, dict) and text_in(row, "id"):
                numbers.setdefault(text_in(row, "gd_name"), text_in(row, "id"))
                yield from _row_facts(row, f"buy:{text_in(row, 'id')}")
    document = page.document
    cards = document.with_class("goods-box", "home-card") or document.with_class("card")
    cards = [card for card in cards if card.find(True) is not None][:MAX_PRODUCTS]
    by_name = document.with_class("home-card") != [] or (document.with_class("goods-box") != [] and not numbers)
    for card in cards:
        name = line_of(_with_class(card, "goods-name", "name", "card-title"))
        number = _number_of(card) or numbers.get(name, "")
        if name:
            yield from _card_facts(card, name_key(name) if by_name or not number else f"buy:{number}", name)


def _number_of(card: Tag) -> str:
    for link in (card, *card.find_all("a", limit=5)):
        match = BUY_PATH.search(urlsplit(attribute(link, "href")).path)
        if match:
            return match.group(1)
    return ""


def _card_facts(card: Tag, subject: str, name: str) -> Iterator[Fact]:
    place, source = place_of(card), Source.TEXT
    sure = 0.95 if is_hidden(card) else 1.0
    yield from fact(subject, FactKind.NAME, name, place=place, source=source, confidence=sure)
    price = _with_class(card, "goods-price") or select_one(card, "button strong, .price b")
    if price is not None:
        own = (
            "".join(piece for piece in price.find_all(string=True, recursive=False)) if select_one(price, "div") else ""
        )
        shown = own.strip() or line_of(price)
        yield from fact(subject, FactKind.PRICE, read_amount(shown), shown=shown, place=place, confidence=sure)
        for element in select(price, "div", limit=20):
            for tier in find_tiers(line_of(element)):
                yield from fact(
                    subject, FactKind.TIER_PRICE, tier.price, shown=tier.shown, qualifier=tier.quantity, place=place
                )
    counter = _with_class(card, "goods-num", "text-muted")
    text = line_of(counter)
    for found in labelled_facts(text, subject, place, source, sure):
        if found.kind is FactKind.STOCK:
            yield found
            yield from available_fact(found)
    ribbon = line_of(_with_class(card, "ribbon-two"))
    if counter is None:
        yield from fact(
            subject,
            FactKind.AVAILABLE,
            "no" if ribbon else "yes",
            shown=ribbon or "no ribbon",
            place=place,
            confidence=sure,
        )
    badge = ICON.sub("", line_of(_with_class(card, "badge"))).strip()
    if DELIVERY_WORDS.search(badge):
        yield from fact(subject, FactKind.DELIVERY, badge, place=place, confidence=sure)


def _with_class(card: Tag, *names: str) -> Tag | None:
    """The first descendant with one of these classes; many times faster than a selector."""
    wanted = set(names)
    for element in card.find_all(True, limit=100):
        if wanted & set(attribute(element, "class").split()):
            return element
    return None


def _row_facts(row: dict[str, Json], subject: str) -> Iterator[Fact]:
    for kind, key in (
        (FactKind.NAME, "gd_name"),
        (FactKind.PRICE, "actual_price"),
        (FactKind.ORIGINAL_PRICE, "retail_price"),
        (FactKind.STOCK, "in_stock"),
        (FactKind.SOLD, "sales_volume"),
        (FactKind.LIMIT, "buy_limit_num"),
    ):
        shown = text_in(row, key)
        value = yuan(shown) if "price" in key else canonical(kind, shown)
        if kind is FactKind.LIMIT and value == "0":
            continue
        side = "max" if kind is FactKind.LIMIT else ""
        for found in fact(
            subject,
            kind,
            value,
            shown=shown,
            qualifier=side,
            place=f"goodsMsg/{key}",
            source=Source.SCRIPT,
            confidence=0.9,
        ):
            yield found
            yield from available_fact(found) if kind is FactKind.STOCK else ()
    delivery = _DELIVERY.get(text_in(row, "type"), "")
    yield from fact(subject, FactKind.DELIVERY, delivery, place="goodsMsg/type", source=Source.SCRIPT, confidence=0.9)
    for match in _TIER_LINE.finditer(text_in(row, "wholesale_price_cnf")):
        yield from fact(
            subject,
            FactKind.TIER_PRICE,
            yuan(match.group(2)),
            shown=match.group(),
            qualifier=match.group(1),
            place="goodsMsg/wholesale_price_cnf",
            source=Source.SCRIPT,
            confidence=0.9,
        )
