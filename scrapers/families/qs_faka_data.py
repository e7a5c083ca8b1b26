"""The POST answers of qs-faka: a shop with its goods, articles, the configuration of the platform.

Takes a ParsedPage; gives plain dictionaries and the facts of one product. An answer that was cut short is read up to
the cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast
from urllib.parse import urlsplit

from scrapers.dom import ParsedPage
from scrapers.families.findings import Json, available_fact, fact, parse_json, text_in
from scrapers.labels import canonical
from scrapers.model import Fact, FactKind, Source
from scrapers.money import yuan
from scrapers.partial_json import read_cut_json


def row_facts(row: dict[str, Json], subject: str, name: str) -> Iterator[Fact]:
    """What the data say of one product."""

    def told(kind: FactKind, value: str, key: str, qualifier: str = "", shown: str = "") -> tuple[Fact, ...]:
        return fact(
            subject,
            kind,
            value,
            shown=shown,
            qualifier=qualifier,
            place=f"shop/data/goods/{key}",
            source=Source.JSON,
            confidence=0.9,
        )

    yield from told(FactKind.NAME, name, "name")
    yield from told(FactKind.PRICE, yuan(text_in(row, "price")), "price")
    told_stock = text_in(row, "stockStr") or text_in(row, "cards_stock_count")
    for found in told(FactKind.STOCK, stock_of(told_stock), "stockStr", shown=told_stock):
        yield from (found, *available_fact(found))
    tiers = row.get("wholesale_discount_list")
    for tier in tiers[:100] if isinstance(tiers, list) and text_in(row, "wholesale_discount") != "0" else []:
        if isinstance(tier, dict) and text_in(tier, "num").isdigit():
            price = text_in(tier, "price")
            yield from told(
                FactKind.TIER_PRICE, yuan(price), "wholesale_discount_list", text_in(tier, "num"), f"单价{price}元"
            )
    for key, side in (("limit_quantity", "min"), ("limit_quantity_max", "max")):
        amount = yuan(text_in(row, key))
        if amount not in ("", "0") and not (side == "min" and amount == "1"):
            yield from told(FactKind.LIMIT, amount, key, side)
    if text_in(row, "visit_type") == "1":
        yield from told(FactKind.LOCKED, "password", "visit_type")


def stock_of(shown: str) -> str:
    """A stock as it is compared: 库存50张 is 50, 库存充足 stays a word."""
    return canonical(FactKind.STOCK, re.sub(r"^\s*库存\s*[:：]?\s*(?=\d)", "", shown)) if shown else ""


def shop_data(page: ParsedPage) -> dict[str, Json]:
    """The shop, its goods and what the link is for, {} without an answer."""
    data = answer_data(page, "/shop")
    return data if "shop" in data or "goods" in data else {}


def answer_data(page: ParsedPage, path: str) -> dict[str, Json]:
    """The data of the last answer from a path; of one that was cut short, what came whole."""
    for answer in reversed(page.content.answers[:200]):
        if urlsplit(answer.url).path.rstrip("/") != path or answer.status >= 400:
            continue
        whole = parse_json(answer.body)
        found = whole if whole is not None else cast("Json", read_cut_json(answer.body))
        data = found.get("data") if isinstance(found, dict) else None
        if isinstance(data, dict):
            return data
    return {}
