"""acg-faka (异次元发卡): lists and prices come by script, tiers stand only in an inline variable.

Addresses `/`, `/cat/{id}`, `/item/{id}`; a product's key is `item:{id}` everywhere. What the page shows wins over
what its data say; data that no visitor sees (member prices, tiers, service QQ) carry their source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from bs4 import BeautifulSoup, Tag

from scrapers.blocks import blocks_of, text_blocks
from scrapers.contacts import shop_facts
from scrapers.dom import ParsedPage, attribute, line_of, place_of, text_of
from scrapers.families.findings import (
    MAX_PRODUCTS,
    Family,
    Findings,
    Json,
    Recognition,
    answers_to,
    available_fact,
    fact,
    script_value,
    source_seen,
    text_in,
    unique_facts,
    weigh_signs,
)
from scrapers.families.promises import part_prompts, promise_facts, read_markup
from scrapers.labels import canonical, kind_of_heading, labelled_facts
from scrapers.model import Author, Block, BlockKind, Fact, FactKind, Role, Source
from scrapers.money import read_amount, yuan
from scrapers.selectors import select, select_one

_ITEM_PATH = re.compile(r"/item/(\d+)")
_ITEM_VARIABLE = re.compile(r"setVar\(\s*[\"']_var_item[\"']\s*,\s*")
_CLOSED = re.compile(r"店铺正在维护|我们正在升级")
_STOCK_LEAD = re.compile(r"^\s*库存\s*[:：]?\s*")
_DELIVERY = {"0": "自动发货", "1": "在线发货"}


def recognise_page(page: ParsedPage) -> Recognition:
    """Tell acg-faka by its script names, inline variables, page container, cookie and JSON addresses."""
    dom = page.content.dom
    paths = [urlsplit(answer.url).path for answer in page.content.answers]
    return weigh_signs(
        (
            ("ACG-SHOP" in page.content.cookies, 0.8, "cookie ACG-SHOP"),
            ("/assets/user/js/_index.js" in dom, 0.7, "script /assets/user/js/_index.js"),
            ("/assets/user/controller/" in dom, 0.5, "script /assets/user/controller/"),
            ("cdn-support" in dom, 0.4, "class cdn-support"),
            ("pjax-container" in page.document.by_id, 0.4, "#pjax-container"),
            (_ITEM_VARIABLE.search(dom) is not None, 0.6, "inline _var_item"),
            (page.first_with_class("item-list") is not None and "goods-title" in dom, 0.5, ".item-list .goods-title"),
            (page.first_with_class("abacus", "switch-race", "item-stock") is not None, 0.4, ".abacus or .item-stock"),
            (any(path.startswith("/user/api/index/") for path in paths), 0.7, "answers of /user/api/index/"),
            ("warp" in page.document.by_id and _is_closed(page), 0.7, "its closed-shop page"),
        )
    )


def read_page(page: ParsedPage) -> Findings:
    """Read a product page, a list or a closed shop."""
    if _is_closed(page):
        shown = line_of(select_one(page.soup, "h1, title"))
        return Findings(
            facts=fact("", FactKind.AVAILABLE, "no", shown=shown or "店铺正在维护", place="h1"),
            blocks=tuple(
                text_blocks(page, Block(BlockKind.NOTICE, text_of(page.soup, with_hidden=True), author=Author.SOFTWARE))
            ),
            problems=("the shop shows its closed page: no products or rules can be read",),
            final=True,
        )
    item = script_value(page, _ITEM_VARIABLE)
    data = item if isinstance(item, dict) else {}
    detail = next(
        (d for _, a in answers_to(page.content, "/commodityDetail") if isinstance(d := a.get("data"), dict)), {}
    )
    data = {**detail, **data}
    number = _item_number(page, data)
    facts: list[Fact] = []
    blocks: list[Block] = list(_notices(page))
    problems: list[str] = []
    if number:
        facts += _product_facts(page, f"item:{number}", data)
        description = _description(page, f"item:{number}", data)
        blocks += description
        for block in description:
            facts += promise_facts(block.text, block.subject, block.place, block.source)
        if not description:
            problems.append("description: neither .item-detail .panel-body nor a description in the data")
    else:
        facts += _listed_facts(page)
    kinds = {found.kind for found in facts}
    if number or page.role in (Role.PRODUCT, Role.HOME):
        for kind, sought in (
            (FactKind.NAME, "h4, .goods-title, _var_item.name"),
            (FactKind.PRICE, ".abacus .price, valuation answer, _var_item.price, commodity answer"),
            (FactKind.STOCK, ".item-stock, stock answer, _var_item.stock, commodity answer"),
        ):
            if kind not in kinds:
                problems.append(f"{kind.value}: nothing at {sought}")
    facts += shop_facts(page, [(block.text, block.place, block.source) for block in blocks if not block.subject])
    return Findings(unique_facts(facts), part_prompts(blocks), tuple(problems))


FAMILY = Family("acg-faka", recognise_page, read_page)


def _is_closed(page: ParsedPage) -> bool:
    heads = page.document.with_tag("title", "h1")[:4]
    return page.first_with_class("panel", "item-list") is None and any(_CLOSED.search(h.get_text()) for h in heads)


def _item_number(page: ParsedPage, data: dict[str, Json]) -> str:
    match = _ITEM_PATH.search(page.path)
    return match.group(1) if match else text_in(data, "id") if page.first_with_class("item-detail", "abacus") else ""


def _product_facts(page: ParsedPage, subject: str, data: dict[str, Json]) -> Iterator[Fact]:
    soup = page.soup
    heading = next(iter(page.document.with_tag("h4")), None)
    if heading is not None:
        yield from fact(subject, FactKind.NAME, line_of(heading), place=place_of(heading))
    yield from fact(
        subject, FactKind.NAME, text_in(data, "name"), place="_var_item/name", source=Source.SCRIPT, confidence=0.9
    )
    yield from _price_facts(page, subject, data)
    yield from _variant_facts(soup, subject, data)
    yield from _tier_facts(soup, subject, data)
    for stock in _stock_facts(page, subject, data):
        yield stock
        yield from available_fact(stock)
    for badge in page.document.with_class("badge-soft")[:50]:
        text = line_of(badge)
        yield from labelled_facts(text, subject, place_of(badge), Source.TEXT)
        if text.endswith(("发货", "充值", "处理")):
            yield from fact(subject, FactKind.DELIVERY, text, place=place_of(badge))
    for tag in page.document.with_class("acg-tag")[:50]:
        yield from labelled_facts(line_of(tag), subject, place_of(tag), Source.TEXT, 0.7)
    limits = {"minimum": "min", "maximum": "max", "purchase_count": "max"}  # the last for a buyer, all orders together
    for key, side in limits.items():
        amount = yuan(text_in(data, key))
        if amount not in ("", "0"):
            sure = 0.9 if key == "purchase_count" else 1.0
            yield from fact(
                subject,
                FactKind.LIMIT,
                amount,
                shown=f"{key} {amount}",
                qualifier=side,
                place=f"_var_item/{key}",
                source=Source.SCRIPT,
                confidence=sure,
            )
    if text_in(data, "only_user") == "1":
        yield from fact(subject, FactKind.LOCKED, "login", place="_var_item/only_user", source=Source.SCRIPT)
    owner = data.get("owner")
    seller = text_in(owner, "username") if isinstance(owner, dict) else ""
    yield from fact(subject, FactKind.SUPPLIER, seller, place="_var_item/owner/username", source=Source.SCRIPT)
    qq = text_in(data, "service_qq")
    yield from fact(subject, FactKind.CONTACT, qq, qualifier="qq", place="_var_item/service_qq", source=Source.SCRIPT)


def _price_facts(page: ParsedPage, subject: str, data: dict[str, Json]) -> Iterator[Fact]:
    shown = select_one(page.soup, ".abacus .price")
    if shown is not None:
        yield from fact(
            subject, FactKind.PRICE, read_amount(line_of(shown)), shown=line_of(shown), place=place_of(shown)
        )
    for answer, body in answers_to(page.content, "/valuation"):
        asked = parse_qs(answer.request_body or urlsplit(answer.url).query, max_num_fields=50)
        inner = body.get("data")
        if isinstance(inner, dict) and asked.get("num", ["1"]) == ["1"]:
            price = yuan(text_in(inner, "price"))
            yield from fact(
                subject, FactKind.PRICE, price, place="valuation/data/price", source=Source.JSON, confidence=0.95
            )
    for key, kind in (("price", FactKind.PRICE), ("user_price", FactKind.MEMBER_PRICE)):
        place = f"_var_item/{key}"
        yield from fact(subject, kind, yuan(text_in(data, key)), place=place, source=Source.SCRIPT, confidence=0.85)


def _variant_facts(soup: BeautifulSoup, subject: str, data: dict[str, Json]) -> Iterator[Fact]:
    for choice in select(soup, ".switch-race", limit=200):
        name, price = attribute(choice, "data-sku"), yuan(attribute(choice, "data-price"))
        yield from fact(
            subject, FactKind.VARIANT_PRICE, price, shown=line_of(choice), qualifier=name, place=place_of(choice)
        )
    for name, price_of in _table(_config(data).get("category")):
        yield from fact(
            subject,
            FactKind.VARIANT_PRICE,
            yuan(price_of),
            qualifier=name,
            place="_var_item/config/category",
            source=Source.SCRIPT,
            confidence=0.9,
        )
    skus = _config(data).get("sku")
    for name, options in list(skus.items())[:50] if isinstance(skus, dict) else []:
        words = " / ".join(list(options)[:100]) if isinstance(options, dict) else ""
        yield from fact(
            subject, FactKind.SPEC, words, qualifier=name, place="_var_item/config/sku", source=Source.SCRIPT
        )


def _tier_facts(soup: BeautifulSoup, subject: str, data: dict[str, Json]) -> Iterator[Fact]:
    for row in select(soup, ".wholesale-table tbody tr", limit=100):
        cells = [line_of(cell) for cell in select(row, "td")]
        if len(cells) == 2 and cells[0].isdigit():
            price = read_amount(cells[1])
            yield from fact(
                subject, FactKind.TIER_PRICE, price, shown=" ".join(cells), qualifier=cells[0], place=place_of(row)
            )
    config = _config(data)
    for quantity, price in _table(config.get("wholesale")):
        yield from _tier(subject, quantity, price, "_var_item/config/wholesale")
    by_variant = config.get("category_wholesale")
    for name, tiers in list(by_variant.items())[:100] if isinstance(by_variant, dict) else []:
        for quantity, price in _table(tiers):
            yield from _tier(subject, f"{quantity} {name}", price, "_var_item/config/category_wholesale")


def _tier(subject: str, qualifier: str, price: str, place: str) -> tuple[Fact, ...]:
    return fact(
        subject,
        FactKind.TIER_PRICE,
        yuan(price),
        shown=f"{qualifier}: {price}",
        qualifier=qualifier,
        place=place,
        source=Source.SCRIPT,
        confidence=0.9,
    )


def _stock_facts(page: ParsedPage, subject: str, data: dict[str, Json]) -> Iterator[Fact]:
    shown = page.first_with_class("item-stock")
    if shown is not None:
        text = line_of(shown)
        yield from fact(subject, FactKind.STOCK, _stock(text), shown=text, place=place_of(shown))
        return
    for _, body in answers_to(page.content, "/stock"):
        inner = body.get("data")
        if isinstance(inner, dict):
            value = _stock(text_in(inner, "stock"))
            yield from fact(
                subject, FactKind.STOCK, value, place="stock/data/stock", source=Source.JSON, confidence=0.95
            )
            return
    value = _stock(text_in(data, "stock"))
    yield from fact(subject, FactKind.STOCK, value, place="_var_item/stock", source=Source.SCRIPT, confidence=0.85)


def _stock(shown: str) -> str:
    return canonical(FactKind.STOCK, _STOCK_LEAD.sub("", shown))


def _description(page: ParsedPage, subject: str, data: dict[str, Json]) -> list[Block]:
    body = select_one(page.soup, ".item-detail .panel-body")
    author = Author.MERCHANT if data.get("owner") else Author.PLATFORM
    if body is not None:
        heading = line_of(select_one(page.soup, ".item-detail .panel-title"))
        return blocks_of(page, BlockKind.DESCRIPTION, body, heading=heading, subject=subject, author=author)
    text = read_markup(text_in(data, "description"))
    if not text:
        return []
    source = source_seen(page, text, Source.JSON)
    return [Block(BlockKind.DESCRIPTION, text, "", subject, author, "commodityDetail/description", source)]


def _notices(page: ParsedPage) -> Iterator[Block]:
    for panel in page.document.with_class("panel")[:50]:
        heading = line_of(select_one(panel, ".panel-title"))
        body = select_one(panel, ".panel-body")
        kind = kind_of_heading(heading)
        if body is not None and kind in (BlockKind.NOTICE, BlockKind.TERMS, BlockKind.PROMPT):
            yield from blocks_of(page, kind, body, heading=heading, author=Author.PLATFORM)


def _listed_facts(page: ParsedPage) -> Iterator[Fact]:
    for card in select(page.soup, ".item-list a[data-id]", limit=MAX_PRODUCTS):
        yield from _card_facts(card, f"item:{attribute(card, 'data-id')}")
    for _, body in answers_to(page.content, "/commodity"):
        rows = body.get("data")
        if isinstance(rows, dict):
            rows = rows.get("list")
        for row in rows[:MAX_PRODUCTS] if isinstance(rows, list) else []:
            if isinstance(row, dict) and text_in(row, "id"):
                yield from _row_facts(row, f"item:{text_in(row, 'id')}")


def _card_facts(card: Tag, subject: str) -> Iterator[Fact]:
    place = place_of(card)
    name = line_of(select_one(card, ".goods-title"))
    yield from fact(subject, FactKind.NAME, name, place=f"{place} .goods-title")
    price = line_of(select_one(card, ".price"))
    yield from fact(subject, FactKind.PRICE, read_amount(price), shown=price, place=f"{place} .price")
    counters = [line_of(counter) for counter in select(card, ".stat-bottom span", limit=10)]
    for text in [*counters, *(line_of(tag) for tag in select(card, ".acg-tag", limit=20))]:
        for found in labelled_facts(text, subject, f"{place} .stat-bottom", Source.TEXT):
            yield found
            yield from available_fact(found) if found.kind is FactKind.STOCK else ()
    for badge in select(card, ".badge-soft", limit=10):
        if line_of(badge).endswith("发货"):
            yield from fact(subject, FactKind.DELIVERY, line_of(badge), place=f"{place} .badge-soft")


def _row_facts(row: dict[str, Json], subject: str) -> Iterator[Fact]:
    for kind, value, key in (
        (FactKind.NAME, text_in(row, "name"), "name"),
        (FactKind.PRICE, yuan(text_in(row, "price")), "price"),
        (FactKind.MEMBER_PRICE, yuan(text_in(row, "user_price")), "user_price"),
        (FactKind.STOCK, _stock(text_in(row, "stock")), "stock"),
        (FactKind.SOLD, text_in(row, "order_sold"), "order_sold"),
        (FactKind.DELIVERY, _DELIVERY.get(text_in(row, "delivery_way"), ""), "delivery_way"),
    ):
        for found in fact(subject, kind, value, place=f"commodity/data/{key}", source=Source.JSON, confidence=0.9):
            yield found
            yield from available_fact(found) if kind is FactKind.STOCK else ()


def _config(data: dict[str, Json]) -> dict[str, Json]:
    config = data.get("config")
    return config if isinstance(config, dict) else {}


def _table(value: Json) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name in list(value)[:200]:
            yield name, text_in(value, name)
