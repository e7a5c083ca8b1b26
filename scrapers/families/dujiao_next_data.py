"""The JSON answers of dujiao-next: configuration, products and posts, with texts in several languages.

Takes a ParsedPage; gives plain dictionaries and the facts of a product. Answers that were cut short where they were
saved are read up to the cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import ROUND_CEILING, Decimal
from typing import cast
from urllib.parse import urlsplit

from scrapers.dom import ParsedPage
from scrapers.families.findings import MAX_PRODUCTS, Json, available_fact, fact, parse_json, source_seen, text_in
from scrapers.model import Author, Block, BlockKind, Fact, FactKind, Source
from scrapers.money import discounted, yuan
from scrapers.partial_json import read_cut_json
from scrapers.text import condense, one_line

_API = "/api/v1/public/"
_LANGUAGES = ("zh-CN", "zh-TW", "zh", "en-US", "en")
_STOCK_WORD = {"unlimited": "库存不限", "in_stock": "有库存", "low_stock": "库存紧张", "out_of_stock": "售罄"}
_DELIVERY = {"auto": "自动交付", "manual": "人工交付"}
_PROMOTION = re.compile(
    r"(?:购满\s*(\d[\d,.]{0,12})\s*[A-Za-z￥¥元]{0,4}\s*[，,]\s*)?"
    r"(每件优惠|每件立减|单价降至)\s*[¥￥]?(\d[\d,.]{0,12})\s*(%|％)?"
)
_RULE_WORDS = {"percent": "每件优惠", "fixed": "每件立减", "special_price": "单价降至", "special": "单价降至"}


def config_of(page: ParsedPage) -> dict[str, Json]:
    """The shop's configuration, {} without one."""
    return next((data for data in _data(page, "config") if isinstance(data, dict)), {})


def products_of(page: ParsedPage) -> list[dict[str, Json]]:
    """The products of the answers, of one page or of a list."""
    found: list[dict[str, Json]] = []
    for data in _data(page, "products"):
        rows = data if isinstance(data, list) else [data]
        found += [row for row in rows[:MAX_PRODUCTS] if isinstance(row, dict) and row.get("title")]
    return found[:MAX_PRODUCTS]


def posts_of(page: ParsedPage) -> list[dict[str, Json]]:
    """The notices and articles of the answers."""
    found: list[dict[str, Json]] = []
    for data in _data(page, "posts"):
        rows = data if isinstance(data, list) else [data]
        found += [row for row in rows[:200] if isinstance(row, dict) and row.get("content")]
    return found


def localised(page: ParsedPage, value: object) -> str:
    """A text of several languages in the one that the page shows, else in Chinese."""
    if isinstance(value, str):
        return value
    if not isinstance(value, dict):
        return ""
    texts = {name: text for name, text in value.items() if isinstance(text, str) and text.strip()}
    ordered = sorted(texts, key=lambda name: _LANGUAGES.index(name) if name in _LANGUAGES else len(_LANGUAGES))
    if len(set(texts.values())) > 1:
        seen = condense(page.text)
        shown = next((name for name in ordered if len(texts[name]) < 300 and condense(texts[name]) in seen), None)
        return texts[shown or ordered[0]]
    return texts[ordered[0]] if ordered else ""


def block_of_data(
    page: ParsedPage, kind: BlockKind, text: str, heading: str, place: str, subject: str = ""
) -> Iterator[Block]:
    """A text of the answers as the platform's block, shown where the browser saw it."""
    if text:
        yield Block(kind, text, heading, subject, Author.PLATFORM, place, source_seen(page, text, Source.JSON))


def promotion_tier(price: str, *, line: str = "", rule: dict[str, Json] | None = None) -> tuple[str, str] | None:
    """A promotion as the least quantity and the unit price that it gives: 购满100，每件优惠5% at 15.80 is 7 for 15.01.

    The threshold is an amount of money; the least quantity that reaches it at the price of one is what counts.
    """
    if rule is not None:
        words = _RULE_WORDS.get(text_in(rule, "type"), "")
        least, value = yuan(text_in(rule, "min_amount")), yuan(text_in(rule, "value"))
    else:
        match = _PROMOTION.search(line)
        if match is None:
            return None
        words, least, value = match.group(2), yuan(match.group(1) or "0"), yuan(match.group(3))
    if not price or not words or not value or Decimal(price) <= 0:
        return None
    share = Decimal(value)
    if words == "每件优惠":
        unit = discounted(price, str(1 - share / 100)) if share < 100 else ""
    elif words == "每件立减":
        unit = yuan(Decimal(price) - share)
    else:
        unit = value
    reached = (Decimal(least or "0") / Decimal(price)).to_integral_value(ROUND_CEILING)
    return (str(max(1, int(reached))), unit) if unit else None


def product_facts(page: ParsedPage, row: dict[str, Json], subject: str, config: dict[str, Json]) -> Iterator[Fact]:
    """What the data say of one product."""

    def told(kind: FactKind, value: str, key: str, qualifier: str = "", sure: float = 0.9) -> tuple[Fact, ...]:
        return fact(
            subject, kind, value, qualifier=qualifier, place=f"products/data/{key}", source=Source.JSON, confidence=sure
        )

    if not row:
        return
    yield from told(FactKind.NAME, one_line(localised(page, row.get("title"))), "title")
    price, promoted = yuan(text_in(row, "price_amount")), yuan(text_in(row, "promotion_price_amount"))
    if promoted and price and Decimal(promoted) < Decimal(price):
        yield from told(FactKind.PRICE, promoted, "promotion_price_amount")
        yield from told(FactKind.ORIGINAL_PRICE, price, "price_amount")
    else:
        yield from told(FactKind.PRICE, price, "price_amount")
    currency = (text_in(row, "price_currency") or text_in(config, "currency")).strip().upper()
    if currency and currency not in ("CNY", "RMB"):
        yield from told(FactKind.CURRENCY, currency, "price_currency")
    stock = _stock(row)
    for found in told(FactKind.STOCK, stock, "stock_status", sure=0.9 if stock.isdigit() else 0.75):
        yield from (found, *available_fact(found))
    yield from told(FactKind.DELIVERY, _DELIVERY.get(text_in(row, "fulfillment_type"), ""), "fulfillment_type")
    for key, side in (("min_purchase_quantity", "min"), ("max_purchase_quantity", "max")):
        amount = yuan(text_in(row, key))
        if amount not in ("", "0") and not (side == "min" and amount == "1"):
            yield from told(FactKind.LIMIT, amount, key, side)
    if text_in(row, "purchase_type") == "member":
        yield from told(FactKind.LOCKED, "login", "purchase_type")
    variants = _variants(page, row)
    for number, name, amount in variants:
        if len(variants) > 1 or name:
            yield from told(FactKind.VARIANT_PRICE, amount, f"skus/{number}/price_amount", name or number)
    yield from _member_facts(row, subject, {number: name for number, name, _ in variants})
    yield from _tier_facts(row, subject, price, {number: name for number, name, _ in variants})


def _stock(row: dict[str, Json]) -> str:
    """A number where the shop lets it be known, else the word that the software shows for its state."""
    word = _STOCK_WORD.get(text_in(row, "stock_status"), "")
    if word == "库存不限" or row.get("stock_quantity_hidden") is True:
        return word
    key = "manual_stock_available" if text_in(row, "fulfillment_type") == "manual" else "auto_stock_available"
    number = text_in(row, key)
    return number if number.isdigit() else word


def _variants(page: ParsedPage, row: dict[str, Json]) -> list[tuple[str, str, str]]:
    """Number, name and price of the variants that can be chosen."""
    skus = row.get("skus")
    found = []
    for sku in skus[:200] if isinstance(skus, list) else []:
        if isinstance(sku, dict) and sku.get("is_active") is not False:
            name = _variant_name(page, sku)
            price = yuan(text_in(sku, "promotion_price_amount")) or yuan(text_in(sku, "price_amount"))
            found.append((text_in(sku, "id"), name, price))
    return found


def _variant_name(page: ParsedPage, sku: dict[str, Json]) -> str:
    values = sku.get("spec_values")
    if isinstance(values, dict):
        if set(values) & set(_LANGUAGES):
            inner = values.get(next(name for name in (*_LANGUAGES,) if name in values))
            named = inner if isinstance(inner, dict) else None
            text = localised(page, values) if named is None else ""
        else:
            named, text = values, ""
        if named is not None:
            text = " / ".join(one_line(str(value)) for value in list(named.values())[:10] if isinstance(value, str))
        if text:
            return one_line(text)[:100]
    code = text_in(sku, "sku_code")
    return "" if code == "DEFAULT" else code[:100]


def _member_facts(row: dict[str, Json], subject: str, names: dict[str, str]) -> Iterator[Fact]:
    prices = row.get("member_prices")
    rows = [one for one in prices[:200] if isinstance(one, dict)] if isinstance(prices, list) else []
    levels = {text_in(one, "member_level_id") for one in rows}
    skus = {text_in(one, "sku_id") for one in rows}
    for one in rows:
        level = text_in(one, "member_level_name") or f"等级{text_in(one, 'member_level_id')}"
        parts = [level if len(levels) > 1 or text_in(one, "member_level_name") else ""]
        parts += [names.get(text_in(one, "sku_id"), "")] if len(skus) > 1 else []
        yield from fact(
            subject,
            FactKind.MEMBER_PRICE,
            yuan(text_in(one, "price_amount")),
            qualifier=" ".join(part for part in parts if part),
            place="products/data/member_prices",
            source=Source.JSON,
            confidence=0.9,
        )


def _tier_facts(row: dict[str, Json], subject: str, price: str, names: dict[str, str]) -> Iterator[Fact]:
    tiers = row.get("wholesale_prices")
    for tier in tiers[:100] if isinstance(tiers, list) else []:
        quantity = text_in(tier, "min_quantity") if isinstance(tier, dict) else ""
        if isinstance(tier, dict) and quantity.isdigit():
            variant = names.get(text_in(tier, "sku_id"), "") if len(names) > 1 else ""
            yield from fact(
                subject,
                FactKind.TIER_PRICE,
                yuan(text_in(tier, "unit_price")),
                qualifier=f"{quantity} {variant}".strip(),
                place="products/data/wholesale_prices",
                source=Source.JSON,
                confidence=0.95,
            )
    rules = row.get("promotion_rules")
    for rule in rules[:50] if isinstance(rules, list) else []:
        found = promotion_tier(price, rule=rule) if isinstance(rule, dict) else None
        if found is not None and isinstance(rule, dict):
            yield from fact(
                subject,
                FactKind.TIER_PRICE,
                found[1],
                shown=f"满{text_in(rule, 'min_amount')} {text_in(rule, 'type')} {text_in(rule, 'value')}",
                qualifier=found[0],
                place="products/data/promotion_rules",
                source=Source.JSON,
                confidence=0.9,
            )


def _data(page: ParsedPage, name: str) -> Iterator[Json]:
    """What the envelopes of these answers hold; of one that was cut short, what came whole."""
    for answer in page.content.answers[:200]:
        path = urlsplit(answer.url).path
        if f"{_API}{name}" not in path or answer.status >= 400:
            continue
        whole = parse_json(answer.body)
        envelope = cast("Json", read_cut_json(answer.body)) if whole is None else whole
        if isinstance(envelope, dict) and envelope.get("status_code") in (0, 200, None):
            yield envelope.get("data")
