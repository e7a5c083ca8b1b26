"""Lists of zfaka: cards that stand twice, tables with one page of several, choosers; the answers fill them in.

Takes a ParsedPage; gives facts keyed `product:{id}`, each product once.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from bs4 import Tag

from scrapers.dom import ParsedPage, attribute, line_of, place_of, text_of
from scrapers.families.findings import MAX_PRODUCTS, Json, answers_to, available_fact, fact, text_in
from scrapers.families.promises import promise_facts, read_markup
from scrapers.families.zfaka_tiers import ratio_facts, ratio_rows
from scrapers.labels import canonical, labelled_facts
from scrapers.model import Fact, FactKind, Source
from scrapers.money import read_amount, yuan
from scrapers.selectors import select_one

LINK = re.compile(r"/product/(\d+)\.html|/product/detail/?\?(?:.*&)?pid=(\d+)")
DELIVERY = re.compile(r"^(?:自动|手工|人工|手动)(?:发货|处理)$")
_UNLIMITED = "不限量"


def listed_facts(page: ParsedPage) -> Iterator[Fact]:
    """Cards stand twice (for desktop and mobile) and tables may hold one page of several; the answers fill in."""
    for card in page.document.with_class("goodsdetail")[: 2 * MAX_PRODUCTS]:
        yield from _card_facts(card)
    for row in page.document.with_tag("tr")[:MAX_PRODUCTS]:
        yield from _row_facts(row)
    select = page.document.by_id.get("productlist")
    for option in select.find_all("option", limit=MAX_PRODUCTS) if select is not None else ():
        number = attribute(option, "value")
        name = line_of(option) if number.isdigit() and number != "0" else ""
        yield from fact(f"product:{number}", FactKind.NAME, name, place="select#productlist")
    for _, body in answers_to(page.content, "/product/get/proudctinfo"):  # so spelled by the software
        chosen = body.get("data")
        item = chosen.get("product") if isinstance(chosen, dict) else None
        if isinstance(chosen, dict) and isinstance(item, dict) and text_in(item, "id"):
            subject = f"product:{text_in(item, 'id')}"
            yield from _data_facts(item, subject)
            ratios = ratio_rows(chosen.get("pifa"))
            yield from ratio_facts(ratios, subject, yuan(text_in(item, "price")), "proudctinfo/data/pifa", Source.JSON)
    for _, body in answers_to(page.content, "/product/get"):
        rows = body.get("data")
        rows = rows.get("products") if isinstance(rows, dict) else rows
        for item in rows[:MAX_PRODUCTS] if isinstance(rows, list) else []:
            if isinstance(item, dict) and text_in(item, "id"):
                yield from _data_facts(item, f"product:{text_in(item, 'id')}")


def _linked_number(element: Tag) -> str:
    for link in (element, *element.find_all("a", limit=10)):
        match = LINK.search(attribute(link, "href"))
        if match:
            return match.group(1) or match.group(2)
    return ""


def _card_facts(card: Tag) -> Iterator[Fact]:
    number = _linked_number(card)
    if not number:
        return
    subject, place = f"product:{number}", place_of(card)
    yield from fact(subject, FactKind.NAME, line_of(select_one(card, ".info")), place=place)
    price = line_of(select_one(card, ".price b, .price"))
    yield from fact(subject, FactKind.PRICE, read_amount(price), shown=price, place=place)
    old = line_of(select_one(card, ".price del, .price-ori, del, s"))
    yield from fact(subject, FactKind.ORIGINAL_PRICE, read_amount(old), shown=old, place=place)
    for found in labelled_facts(text_of(card), subject, place, Source.TEXT, 0.85):
        if found.kind in (FactKind.STOCK, FactKind.SOLD):
            yield found
            yield from available_fact(found) if found.kind is FactKind.STOCK else ()
    for badge in card.find_all(class_="layui-badge", limit=10):
        if DELIVERY.match(text := line_of(badge, 20)):
            yield from fact(subject, FactKind.DELIVERY, text, place=place)


def _row_facts(row: Tag) -> Iterator[Fact]:
    """A row of layui's table, whose cells are named."""
    cells = {attribute(cell, "data-field"): line_of(cell) for cell in row.find_all("td", limit=20)}
    number = _linked_number(row) or (cells.get("id", "") if cells.get("id", "").isdigit() else "")
    if not number or not cells.get("name"):
        return
    subject, place = f"product:{number}", place_of(row)
    for key, kind in (("name", FactKind.NAME), ("price", FactKind.PRICE), ("qty", FactKind.STOCK)):
        shown = cells.get(key, "")
        value = read_amount(shown) if kind is FactKind.PRICE else canonical(kind, shown) if shown else ""
        for found in fact(subject, kind, value, shown=shown, place=f"{place} {key}"):
            yield found
            yield from available_fact(found) if kind is FactKind.STOCK else ()
    delivery = cells.get("auto", "")
    yield from fact(subject, FactKind.DELIVERY, delivery if DELIVERY.match(delivery) else "", place=f"{place} auto")


def _data_facts(row: dict[str, Json], subject: str) -> Iterator[Fact]:
    stock = text_in(row, "qty")
    if text_in(row, "stockcontrol") == "0":
        stock = _UNLIMITED
    elif text_in(row, "qty_switch") == "1" and text_in(row, "qty_virtual"):
        stock = text_in(row, "qty_virtual")
    auto = text_in(row, "auto")
    for kind, value, key in (
        (FactKind.NAME, text_in(row, "name"), "name"),
        (FactKind.PRICE, yuan(text_in(row, "price")), "price"),
        (FactKind.ORIGINAL_PRICE, yuan(text_in(row, "price_ori")), "price_ori"),
        (FactKind.STOCK, canonical(FactKind.STOCK, stock) if stock else "", "qty"),
        (FactKind.DELIVERY, {"0": "手工发货", "1": "自动发货"}.get(auto, ""), "auto"),
        (FactKind.LOCKED, "password" if text_in(row, "password") else "", "password"),
    ):
        if kind is FactKind.ORIGINAL_PRICE and value == "0":
            continue
        for found in fact(subject, kind, value, place=f"product/get/data/{key}", source=Source.JSON, confidence=0.9):
            yield found
            yield from available_fact(found) if kind is FactKind.STOCK else ()
    text = read_markup(html.unescape(html.unescape(text_in(row, "description"))))
    if text:
        yield from promise_facts(text, subject, "product/get/data/description", Source.JSON, 0.7)
