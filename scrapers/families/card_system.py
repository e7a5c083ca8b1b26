"""card-system: a script's shop, whose goods and notices stand in the page variable `config` and in JSON answers.

Addresses `/s/`, `/c/{id}`, `/p/{id}`; a product's key is `p:{id}`. Its data count money in hundredths of a yuan and
write texts as Quill deltas. What the page shows is told apart from what only its data say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from scrapers.blocks import blocks_of
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
    parse_json,
    script_value,
    source_seen,
    text_in,
    unique_facts,
    weigh_signs,
)
from scrapers.families.promises import promise_facts
from scrapers.labels import canonical, labelled_facts
from scrapers.model import Author, Block, BlockKind, Fact, FactKind, Role, Source
from scrapers.money import find_prices, read_amount, yuan
from scrapers.text import condense, one_line, readable_text, tidy_lines

_CONFIG = re.compile(r"(?<![\w.])(?:window\.)?config\s*=\s*(?=\{)")
_SHOP_PATH = re.compile(r"^/(?:s|c/[\w-]{1,40}|p/[\w-]{1,40})/?$")
_PRODUCT_PATH = re.compile(r"^/p/([\w-]{1,40})/?$")
_SCRIPTS = re.compile(r"/plugins/theme_classic/|/dist/js/(?:app|chunk-vendors)\.")
_DEFAULT_COUNTER = "1272914459"
_DELIVERY = {"0": "自动发货", "1": "人工发货"}
_MAX_OPS = 2000


def recognise_page(page: ParsedPage) -> Recognition:
    """Tell card-system by its page variable, the addresses of its answers and pages, its scripts and its links."""
    config = _config(page)
    shop = config.get("shop")
    keys = set(shop) if isinstance(shop, dict) else set()
    links = [attribute(link, "href") for link in page.document.with_tag("a")[:500]]
    asked = any(
        True for _ in (*answers_to(page.content, "/api/shop/product"), *answers_to(page.content, "/record/get"))
    )
    return weigh_signs(
        (
            (len(keys & {"name", "qq", "ann", "ann_pop", "inventory"}) >= 3, 0.6, "config.shop"),
            ({"categories", "pays"} <= set(config) or {"categories", "theme"} <= set(config), 0.4, "config.categories"),
            (asked, 0.6, "answers of /api/shop/"),
            (_SHOP_PATH.match(page.path) is not None, 0.2, "address /s, /c or /p"),
            (_SCRIPTS.search(page.content.dom) is not None, 0.3, "script of its themes"),
            ("web_shop doesn't work" in page.content.dom, 0.3, "its page without scripts"),
            (any(link.startswith(("/s#/", "/#/record")) for link in links), 0.4, "links /s#/"),
            (_DEFAULT_COUNTER in page.content.dom, 0.2, "counter that its default installation carries"),
            (
                {"products", "invent", "discount-tip"} <= set(page.document.by_id),
                0.5,
                "#products #invent #discount-tip",
            ),
        )
    )


def read_page(page: ParsedPage) -> Findings:
    """Read the products of the page's data and answers, the shop's notices, and what is shown of the one chosen."""
    config = _config(page)
    products = list(_products(page, config))
    wanted = _PRODUCT_PATH.match(page.path)
    chosen = ""
    if wanted and page.role is not Role.HOME:
        known = {number for number, _, _, _ in products}
        told = config.get("product")
        own = text_in(told, "id") if isinstance(told, dict) else ""
        chosen = own or (wanted.group(1) if wanted.group(1) in known or len(known) != 1 else next(iter(known)))
    facts: list[Fact] = []
    blocks: list[Block] = []
    problems: list[str] = list(_locked_categories(config))
    for number, row, place, source in products[:MAX_PRODUCTS]:
        if chosen and number != chosen:
            continue
        subject = f"p:{number}"
        facts += _product_facts(page, row, subject, place, source)
        text = read_rich_text(text_in(row, "description"))
        if text and not any(block.subject == subject for block in blocks):
            seen = source_seen(page, text, source)
            where = f"{place}/description"
            blocks.append(Block(BlockKind.DESCRIPTION, text, "商品说明", subject, Author.PLATFORM, where, seen))
            facts += promise_facts(text, subject, where, seen)
            facts += labelled_facts(text, subject, where, seen, 0.82)
    only = chosen or next(iter({number for number, *_ in products}), "")
    if chosen or len({number for number, *_ in products}) == 1:
        shown = list(_shown_facts(page, f"p:{only}"))
        problems += _contradictions(shown, facts)
        facts = [*shown, *facts]
    blocks += _notices(page, config)
    if not products and page.role in (None, Role.HOME, Role.PRODUCT):
        problems.append("products: neither in config nor in an answer of /api/shop/product")
    facts += _contact(config)
    facts += shop_facts(page, [(b.text, b.place, b.source) for b in blocks if not b.subject])
    return Findings(unique_facts(facts), tuple(blocks), tuple(problems))


FAMILY = Family("card-system", recognise_page, read_page)


def read_rich_text(text: str) -> str:
    """The readable text of a description: a Quill delta (JSON with `insert`s), HTML, or plain text."""
    if text.lstrip().startswith("{"):
        delta = parse_json(text)
        ops = delta.get("ops") if isinstance(delta, dict) else None
        if isinstance(ops, list):
            inserts = (op.get("insert") for op in ops[:_MAX_OPS] if isinstance(op, dict))
            return tidy_lines("".join(insert for insert in inserts if isinstance(insert, str)))
    return readable_text(text) if "<" in text else tidy_lines(text)


def _config(page: ParsedPage) -> dict[str, Json]:
    named = "config" in page.content.dom or "config" in page.content.source_html
    value = script_value(page, _CONFIG) if named else None
    return value if isinstance(value, dict) else {}


def _products(page: ParsedPage, config: dict[str, Json]) -> Iterator[tuple[str, dict[str, Json], str, Source]]:
    """Number, data, place and source of each product; a password on its category counts as its own."""
    own = config.get("product")
    if isinstance(own, dict) and text_in(own, "id"):
        yield text_in(own, "id"), own, "config/product", Source.SCRIPT
    groups = config.get("categories")
    for group in groups[:500] if isinstance(groups, list) else []:
        rows = group.get("products") if isinstance(group, dict) else None
        for row in rows[:MAX_PRODUCTS] if isinstance(rows, list) else []:
            if isinstance(row, dict) and text_in(row, "id"):
                yield text_in(row, "id"), row, "config/categories/products", Source.SCRIPT
    for path in ("/api/shop/product", "/api/shop/product/get"):
        for _, data in answers_to(page.content, path):
            found = data.get("data")
            rows = found if isinstance(found, list) else [found]
            for row in rows[:MAX_PRODUCTS]:
                if isinstance(row, dict) and text_in(row, "id"):
                    yield text_in(row, "id"), row, "/api/shop/product/data", Source.JSON


def _product_facts(page: ParsedPage, row: dict[str, Json], subject: str, place: str, source: Source) -> Iterator[Fact]:
    def told(kind: FactKind, key: str, value: str, qualifier: str = "", sure: float = 0.9) -> tuple[Fact, ...]:
        shown = text_in(row, key) or value
        return fact(
            subject,
            kind,
            value,
            shown=shown,
            qualifier=qualifier,
            place=f"{place}/{key}",
            source=source,
            confidence=sure,
        )

    seen = frozenset(price.value for price in find_prices(page.text))
    name = one_line(text_in(row, "name"))
    if name and condense(name) in condense(page.text):
        yield from fact(subject, FactKind.NAME, name, place="page text", confidence=0.95)
    yield from told(FactKind.NAME, "name", name)
    price = _money(text_in(row, "price"), seen)
    if price in seen:
        yield from fact(subject, FactKind.PRICE, price, place="page text", confidence=0.95)
    yield from told(FactKind.PRICE, "price", price)
    whole = row.get("price_whole")
    tiers = parse_json(whole) if isinstance(whole, str) else whole
    for tier in tiers[:100] if isinstance(tiers, list) else []:
        if isinstance(tier, list) and len(tier) >= 2 and str(tier[0]).isdecimal() and int(str(tier[0])) > 1:
            unit = _money(str(tier[1]), seen, price)
            yield from told(FactKind.TIER_PRICE, "price_whole", unit, str(int(str(tier[0]))))
    stock = text_in(row, "count2") or text_in(row, "count")
    for found in told(
        FactKind.STOCK, "count2" if text_in(row, "count2") else "count", canonical(FactKind.STOCK, stock)
    ):
        yield found
        yield from available_fact(found)
    if text_in(row, "count") == "0":
        yield from told(FactKind.AVAILABLE, "count", "no", sure=0.92)
    least, most = text_in(row, "buy_min"), text_in(row, "buy_max")
    if least.isdecimal() and int(least) > 1:
        yield from told(FactKind.LIMIT, "buy_min", least, "min")
    if most.isdecimal() and int(most) > 0:
        yield from told(FactKind.LIMIT, "buy_max", most, "max")
    yield from told(FactKind.DELIVERY, "delivery", _DELIVERY.get(text_in(row, "delivery"), ""))
    sold = text_in(row, "count_sold")
    yield from told(FactKind.SOLD, "count_sold", sold if sold.isdecimal() else "")
    if row.get("password_open") in (True, 1, "1"):
        yield from told(FactKind.LOCKED, "password_open", "password")


def _money(amount: str, seen: frozenset[str], near: str = "") -> str:
    """Hundredths of a yuan as yuan; yuan where the amount has a point, or is the one that the page shows."""
    value = yuan(amount)
    if not value or "." in amount:
        return value
    hundredth = yuan(Decimal(value) / 100)
    if hundredth in seen:
        return hundredth
    if near and value != "0":  # a tier is of the size of the price it lowers
        return hundredth if Decimal(value) > Decimal(near) * 2 else value
    return value if value in seen else hundredth


def _shown_facts(page: ParsedPage, subject: str) -> Iterator[Fact]:
    """What the classic theme shows of the chosen product."""
    by_id = page.document.by_id
    if "price" in by_id:
        shown = line_of(by_id["price"])
        yield from fact(subject, FactKind.PRICE, read_amount(shown), shown=shown, place=place_of(by_id["price"]))
    if "invent" in by_id:
        for found in labelled_facts(line_of(by_id["invent"]), subject, place_of(by_id["invent"]), Source.TEXT, 1.0):
            if found.kind is FactKind.STOCK:
                yield from (found, *available_fact(found))


def _contradictions(shown: list[Fact], told: list[Fact]) -> list[str]:
    found = (
        f"price: the page shows {one.value} but its data say {other.value}"
        for one in shown
        for other in told
        if one.kind is other.kind is FactKind.PRICE and other.subject == one.subject and other.value != one.value
    )
    return list(dict.fromkeys(found))


def _notices(page: ParsedPage, config: dict[str, Json]) -> Iterator[Block]:
    told = config.get("shop")
    shop = told if isinstance(told, dict) else {}
    platform, name = text_in(config, "name"), text_in(shop, "name")
    author = Author.MERCHANT if platform and name and platform != name else Author.PLATFORM
    texts = [(key, read_rich_text(text_in(shop, key))) for key in ("ann", "ann_pop")]
    element = page.document.by_id.get("ann")
    if element is not None and text_of(element, with_hidden=True) and not texts[0][1]:
        yield from blocks_of(page, BlockKind.NOTICE, element, heading="店铺公告", author=author)
    for key, text in texts:
        if text:
            seen = source_seen(page, text, Source.SCRIPT)
            if (
                seen is Source.SCRIPT
                and element is not None
                and key == "ann"
                and condense(text) in condense(text_of(element))
            ):
                seen = Source.TEXT
            yield Block(BlockKind.NOTICE, text, "店铺公告", "", author, f"config/shop/{key}", seen)


def _contact(config: dict[str, Json]) -> tuple[Fact, ...]:
    shop = config.get("shop")
    number = text_in(shop, "qq").strip() if isinstance(shop, dict) else ""
    if not re.fullmatch(r"[1-9]\d{4,10}", number):
        return ()
    return fact(
        "", FactKind.CONTACT, number, qualifier="qq", place="config/shop/qq", source=Source.SCRIPT, confidence=0.8
    )


def _locked_categories(config: dict[str, Json]) -> Iterator[str]:
    groups = config.get("categories")
    for group in groups[:500] if isinstance(groups, list) else []:
        if isinstance(group, dict) and group.get("password_open") in (True, 1, "1") and not group.get("products"):
            yield f"category {text_in(group, 'name')[:40]}: locked by a password, its products are not in sight"
