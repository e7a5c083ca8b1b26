"""彩虹 shops: one page, whose goods stand in the attributes of the `<option>`s of `select#tid`.

A product's key is `tid:{id}`. Price, stock, tiers, description and warning are attributes that a visitor sees only
after he chose the product; what the page shows of the chosen one (`#need`) wins. Notices: `#anounce`, `#myModal`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

from bs4 import Tag

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
    source_seen,
    text_in,
    unique_facts,
    weigh_signs,
)
from scrapers.families.promises import promise_facts
from scrapers.families.sections import unclaimed_rules
from scrapers.labels import labelled_facts
from scrapers.model import Author, Block, BlockKind, Fact, FactKind, Role, Source
from scrapers.money import find_prices, yuan
from scrapers.selectors import select_one
from scrapers.text import one_line, readable_text

_MAX_ESCAPED = 200_000
_MAX_TIERS = 100
_ESCAPE = re.compile(r"%u([0-9a-fA-F]{4})|%([0-9a-fA-F]{2})")
_NO_CHOICE = re.compile(r"^(?:请(?:先)?选择|没有|暂无|加载中|『提示』)|没有更多")
_EMPTY = frozenset({"", "null", "undefined", "none", "false"})
_PRICED_NAME = re.compile(r"\s*[（(【\[]?\s*(?:售?价[:：]?)?\s*[¥￥]?\s*\d+(?:\.\d{1,4})?\s*元?\s*[)）】\]]?\s*$")
_CLOSED = frozenset({"1", "true"})
_KEYS = ("name", "price", "prices", "stock", "close", "min", "max", "multi", "isfaka", "desc", "alert")


def recognise_page(page: ParsedPage) -> Recognition:
    """Tell a 彩虹 shop by its select of goods, the attributes in it, its notices and the addresses of its answers."""
    dom, document = page.content.dom, page.document
    options = _options(page)
    priced = [option for option in options if option.has_attr("price")]
    escaped = any(_ESCAPE.search(attribute(o, "desc") + attribute(o, "alert")) for o in options[:50])
    return weigh_signs(
        (
            (bool(priced), 0.6, "select#tid with prices in its options"),
            (any(o.has_attr("prices") or o.has_attr("close") for o in priced), 0.3, "option attributes prices, close"),
            (escaped, 0.4, "escape()d texts in option attributes"),
            ("cid" in document.by_id and "tid" in document.by_id, 0.3, "#cid and #tid"),
            ("anounce" in document.by_id, 0.4, "#anounce"),
            ("myModal" in document.by_id and "anounce" in document.by_id, 0.2, "#myModal"),
            (any(_rows(page)), 0.7, "answers of act=gettool"),
            ("act=gettool" in dom or "act=getclass" in dom, 0.4, "script that asks act=gettool"),
            ("need" in document.by_id and "submit_buy" in document.by_id, 0.4, "#need and #submit_buy"),
        )
    )


def read_page(page: ParsedPage) -> Findings:
    """Read the goods of the one page; with a `tid` in a product's address only that product."""
    chosen = _asked_for(page)
    facts: list[Fact] = []
    blocks: list[Block] = list(_notices(page))
    problems: list[str] = []
    seen: set[str] = set()
    for number, values, place, source in _goods(page):
        if len(seen) == MAX_PRODUCTS:
            problems.append(f"more than {MAX_PRODUCTS} goods: the rest was not read")
            break
        if chosen and number != chosen:
            continue
        subject = f"tid:{number}"
        facts += _goods_facts(subject, values, place, source)
        if number not in seen:
            described = list(_goods_blocks(page, subject, values, place, source))
            blocks += described
            for block in described:
                facts += promise_facts(block.text, subject, block.place, block.source)
                facts += labelled_facts(block.text, subject, block.place, block.source, 0.82)
        seen.add(number)
    selected = _selected(page, chosen)
    shown = list(_shown_facts(page, selected))
    blocks += _shown_prompt(page, selected)
    problems += _contradictions(shown, facts)
    facts = [*shown, *facts]
    blocks += unclaimed_rules(page, BlockKind.NOTICE, blocks, _selects(page), "")
    if not seen and page.role in (None, Role.HOME, Role.PRODUCT):
        problems.append("goods: no option with a price in select#tid, no answer of act=gettool")
    facts += shop_facts(page, [(b.text, b.place, b.source) for b in blocks if not b.subject])
    return Findings(unique_facts(facts), tuple(blocks), tuple(problems))


FAMILY = Family("caihong", recognise_page, read_page)


def unescape(text: str) -> str:
    """What JavaScript's `escape()` made unreadable (%uXXXX and %XX); broken escapes stay as they stand.

    Some themes write `encodeURIComponent` instead: percent signs that are UTF-8 are read as such.
    """
    text = text[:_MAX_ESCAPED]
    plain = _ESCAPE.sub(lambda match: chr(int(match.group(1) or match.group(2), 16)), text)
    if "%u" not in text and any("\x80" <= character <= "\xff" for character in plain):
        try:
            return plain.encode("latin-1").decode("utf-8")
        except UnicodeError:
            pass  # it was escape() after all: those are letters of Latin-1
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def read_tiers(prices: str, unit_price: str) -> tuple[tuple[str, str], ...]:
    """Least quantities and unit prices from the attribute `prices`.

    `10%24.90|100%19.90` names unit prices; `10|1.5,100|3` names what is taken off the price of each.
    """
    found: dict[int, str] = {}
    by_price = "%" in prices
    for part in prices.split("|" if by_price else ",")[:_MAX_TIERS]:
        quantity, _, amount = part.partition("%" if by_price else "|")
        value = yuan(amount)
        if not quantity.strip().isascii() or not quantity.strip().isdigit() or not value:
            continue
        if not by_price:
            value = yuan(Decimal(unit_price) - Decimal(value)) if unit_price else ""
        if value and int(quantity) > 1:
            found.setdefault(int(quantity), value)
    return tuple((str(quantity), found[quantity]) for quantity in sorted(found))


def _options(page: ParsedPage) -> list[Tag]:
    selects = [d.by_id["tid"] for d in page.documents if "tid" in d.by_id and d.by_id["tid"].name == "select"]
    return [option for select in selects for option in select.find_all("option")]


def _selects(page: ParsedPage) -> frozenset[int]:
    return frozenset(id(select) for document in page.documents for select in document.with_tag("select"))


def _rows(page: ParsedPage) -> Iterator[dict[str, Json]]:
    for answer, data in answers_to(page.content, "/ajax.php"):
        if "act=gettool" in answer.url and isinstance(rows := data.get("data"), list):
            yield from (row for row in rows[:MAX_PRODUCTS] if isinstance(row, dict))


def _goods(page: ParsedPage) -> Iterator[tuple[str, dict[str, str], str, Source]]:
    """Number, values by name, place and source of each product: options first, then what the answers add."""
    for option in _options(page):
        number, text = attribute(option, "value").strip(), one_line(option.get_text())
        if number in ("", "0") or attribute(option, "cid") == "-1" or _NO_CHOICE.search(text):
            continue
        values = {key: attribute(option, key).strip() for key in _KEYS}
        values["shown"] = text
        values |= {key: unescape(values[key]) for key in ("desc", "alert")}
        yield number, values, f"select#tid > option[value={number[:20]}]", Source.ATTRIBUTE
    for row in _rows(page):
        if number := text_in(row, "tid"):
            yield number, {key: text_in(row, key).strip() for key in _KEYS}, "gettool/data", Source.JSON


def _asked_for(page: ParsedPage) -> str:
    if page.role is Role.HOME:
        return ""
    query = urlsplit(page.content.url).query
    return parse_qs(query, max_num_fields=50).get("tid", [""])[0] if len(query) < 2000 else ""


def _goods_facts(subject: str, values: dict[str, str], place: str, source: Source) -> Iterator[Fact]:
    def told(kind: FactKind, key: str, value: str, qualifier: str = "") -> tuple[Fact, ...]:
        where = f"{place}[{key}]" if source is Source.ATTRIBUTE else f"{place}/{key}"
        return fact(
            subject, kind, value, shown=values[key], qualifier=qualifier, place=where, source=source, confidence=0.95
        )

    values = {key: "" if value.lower() in _EMPTY else value for key, value in values.items()}
    price = yuan(values["price"])
    name, text = values["name"], values.get("shown", "")
    if text and not name:
        bare = _PRICED_NAME.sub("", text)
        priced = any(found.value == price for found in find_prices(text[len(bare) :]))
        yield from fact(subject, FactKind.NAME, bare if bare and priced else text, place=place, confidence=1.0)
    yield from told(FactKind.NAME, "name", name)
    yield from told(FactKind.PRICE, "price", price)
    for quantity, unit in read_tiers(values["prices"], price):
        yield from told(FactKind.TIER_PRICE, "prices", unit, quantity)
    stock = values["stock"]
    closed = values["close"] in _CLOSED
    for found in told(FactKind.STOCK, "stock", str(int(stock)) if stock.isdecimal() else stock):
        yield found
        yield from () if closed else available_fact(found)
    if closed:
        yield from told(FactKind.AVAILABLE, "close", "no")
    least, most = values["min"], values["max"]
    if least.isdecimal() and int(least) > 1:
        yield from told(FactKind.LIMIT, "min", str(int(least)), "min")
    if most.isdecimal() and int(most) > 0:
        yield from told(FactKind.LIMIT, "max", str(int(most)), "max")
    elif values["multi"] == "0":
        yield from told(FactKind.LIMIT, "multi", "1", "max")
    if values["isfaka"] == "1":
        yield from told(FactKind.DELIVERY, "isfaka", "自动发货")


def _goods_blocks(
    page: ParsedPage, subject: str, values: dict[str, str], place: str, source: Source
) -> Iterator[Block]:
    for key, kind, heading in (("alert", BlockKind.PROMPT, "购买提示"), ("desc", BlockKind.DESCRIPTION, "商品介绍")):
        text = "" if values[key].lower() in _EMPTY else readable_text(values[key])
        if text:
            seen = source_seen(page, text, source)
            where = f"{place}[{key}]" if source is Source.ATTRIBUTE else f"{place}/{key}"
            yield Block(kind, text, heading, subject, Author.PLATFORM, where, seen)


def _selected(page: ParsedPage, chosen: str) -> str:
    """The number of the product that is chosen in the select, "" for none."""
    option = next((o for o in _options(page) if o.has_attr("selected")), None)
    number = attribute(option, "value") if option is not None else chosen
    return "" if number == "0" or (chosen and number != chosen) else number


def _shown_facts(page: ParsedPage, number: str) -> Iterator[Fact]:
    """The price that the page shows for the chosen product."""
    need = page.document.by_id.get("need")
    if need is None or not number:
        return
    shown = attribute(need, "value") or line_of(need)
    prices = find_prices(shown)
    if prices:
        yield from fact(f"tid:{number}", FactKind.PRICE, prices[0].value, shown=shown, place=place_of(need))


def _shown_prompt(page: ParsedPage, number: str) -> Iterator[Block]:
    frame = page.document.by_id.get("alert_frame")
    if frame is not None and number and text_of(frame, with_hidden=True):
        subject = f"tid:{number}"
        yield from blocks_of(page, BlockKind.PROMPT, frame, heading="购买提示", subject=subject, author=Author.PLATFORM)


def _contradictions(shown: list[Fact], told: list[Fact]) -> list[str]:
    found = (
        f"price: the page shows {one.value} but the option says {other.value}"
        for one in shown
        for other in told
        if other.kind is FactKind.PRICE and other.subject == one.subject and other.value != one.value
    )
    return list(dict.fromkeys(found))


def _notices(page: ParsedPage) -> Iterator[Block]:
    for document in page.documents:
        for name in ("anounce", "myModal"):
            element = document.by_id.get(name)
            if element is None:
                continue
            body = select_one(element, ".modal-body") or element
            if text_of(body, with_hidden=True) or body.find("img") is not None:
                yield from blocks_of(page, BlockKind.NOTICE, body, heading="公告", author=Author.PLATFORM)
