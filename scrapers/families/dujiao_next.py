"""dujiao-next (Vue and Go): the page is drawn from JSON answers in an envelope {status_code, msg, data}.

Addresses `/products/{slug}`, `/categories/{slug}`, `/terms`, `/privacy`, `/notice`, `/blog/{slug}`. A product's key is
`product:{slug}` on its own page; lists draw cards without links, so they are keyed by name whether or not the answers
came. What the page shows wins; the answers add what it hides: member prices, all variants, tiers, limits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlsplit

from bs4 import Tag

from scrapers.blocks import blocks_of
from scrapers.contacts import shop_facts
from scrapers.dom import ParsedPage, attribute, line_of, place_of, text_of
from scrapers.families.dujiao_next_data import (
    config_of,
    localised,
    product_facts,
    products_of,
    promotion_tier,
)
from scrapers.families.dujiao_next_texts import announcement, descriptions, legal_text, posts, section_of
from scrapers.families.findings import (
    MAX_PRODUCTS,
    Family,
    Findings,
    Recognition,
    available_fact,
    fact,
    name_key,
    text_in,
    unique_facts,
    weigh_signs,
)
from scrapers.families.promises import part_prompts, promise_facts
from scrapers.labels import counted_facts, labelled_facts
from scrapers.model import Author, Block, BlockKind, Fact, FactKind, Role, Source
from scrapers.money import find_tiers, read_amount
from scrapers.selectors import select_one
from scrapers.traditional import fold_traditional
from scrapers.vocabulary import STOCK_WORDS

_PRODUCT_PATH = re.compile(r"/products/([^/]+)/?$")
_LEGAL_PATH = re.compile(r"/(terms|privacy)/?$")
_POST_PATH = re.compile(r"/(notice|blog)(?:/([^/]+))?/?$")
_CURRENCY = re.compile(r"\b([A-Z]{3,4})\s*$")
_DELIVERY = re.compile(r"^(?:自动|人工|手动)(?:交付|发货|处理)$|^(?:Auto|Manual)\b", re.I)
_MEMBERS_ONLY = re.compile(r"会员(?:可购|专享购买|专购)|(?:仅限|限)会员|登录(?:可购|后购买)")
_LEFT = re.compile(r"(?:剩余|剩|库存)\s*[:：]?\s*(\d{1,9})|(已?售罄|缺货|库存不限|无限)")
_SECTIONS = {"description": "商品描述", "detail": "详细信息", "promotion": "促销活动", "variants": "选择规格"}
_API = "/api/v1/public/"


def recognise_page(page: ParsedPage) -> Recognition:
    """Tell dujiao-next by its API, its class names, its page containers and its signature."""
    paths = [urlsplit(answer.url).path for answer in page.content.answers]
    links = {attribute(link, "href") for link in page.document.with_tag("a")}
    named = {name for name in page.document.by_class if name.startswith("theme-")}
    own = page.first_with_class("product-detail-page", "notice-page", "blog-detail-page", "about-page")
    return weigh_signs(
        (
            (any("github.com/dujiao-next" in link for link in links), 0.7, "link to the software"),
            (any(_API + "config" in path for path in paths), 0.5, "answer of /api/v1/public/config"),
            (any(_API + "products" in path for path in paths), 0.5, "answer of /api/v1/public/products"),
            (any(_API + "posts" in path for path in paths), 0.3, "answer of /api/v1/public/posts"),
            (bool(named & {"theme-prose", "theme-price-lg", "theme-price-sm"}), 0.5, "its class names theme-…"),
            ("theme-wordmark" in named, 0.3, ".theme-wordmark"),
            (own is not None, 0.3, "its page container"),
            ({"/guest/orders", "/cart"} <= links, 0.4, "links /guest/orders and /cart"),
            ({"/terms", "/privacy", "/products"} <= links, 0.3, "links /terms, /privacy and /products"),
        )
    )


def read_page(page: ParsedPage) -> Findings:
    """Read a product page, a list, a notice or a legal text."""
    config = config_of(page)
    facts: list[Fact] = []
    blocks: list[Block] = list(announcement(page, config))
    problems: list[str] = []
    product, legal, post = (pattern.search(page.path) for pattern in (_PRODUCT_PATH, _LEGAL_PATH, _POST_PATH))
    if product or page.first_with_class("product-detail-page") is not None:
        subject = f"product:{product.group(1) if product else page.path}"
        facts += _shown_facts(page, subject)
        own = products_of(page)
        row = next((one for one in own if product and text_in(one, "slug") == product.group(1)), own[0] if own else {})
        facts += product_facts(page, row, subject, config)
        blocks += descriptions(page, subject, row)
        for block in blocks:
            if block.kind is BlockKind.DESCRIPTION:
                facts += promise_facts(block.text, subject, block.place, block.source)
        problems += _unfound(facts, (FactKind.NAME, FactKind.PRICE, FactKind.STOCK))
    elif legal:
        blocks += legal_text(page, config, legal.group(1))
    elif post:
        blocks += posts(page, post.group(2) or "")
    elif page.first_with_class("about-page") is not None:
        root = page.first_with_class("about-page")
        if root is not None:
            blocks += blocks_of(page, BlockKind.CONTACT, root, heading="关于", author=Author.PLATFORM)
    else:
        facts += _listed_facts(page)
        rows = products_of(page)
        for one in rows:
            name = localised(page, one.get("title"))
            if name:
                facts += product_facts(page, one, name_key(name), config)
        if page.role in (Role.PRODUCT, Role.HOME):
            problems += _unfound(facts, (FactKind.NAME, FactKind.PRICE))
    texts = [(b.text, b.place, b.source) for b in blocks if b.kind in (BlockKind.NOTICE, BlockKind.CONTACT)]
    facts += shop_facts(page, texts)
    return Findings(unique_facts(facts), part_prompts(blocks), tuple(problems))


FAMILY = Family("dujiao-next", recognise_page, read_page)


def _unfound(facts: list[Fact], kinds: tuple[FactKind, ...]) -> list[str]:
    found = {one.kind for one in facts if one.subject}
    places = {
        FactKind.NAME: "h1, h3, title of the answer",
        FactKind.PRICE: ".theme-price-lg, .theme-price-sm, price_amount",
        FactKind.STOCK: "剩余 N 件, the stock badge, stock_status",
    }
    return [f"{kind.value}: nothing at {places[kind]}" for kind in kinds if kind not in found]


def _shown_facts(page: ParsedPage, subject: str) -> Iterator[Fact]:
    root = page.first_with_class("product-detail-page") or page.soup.find("main") or page.document.body
    if not isinstance(root, Tag):
        return
    heading = root.find("h1")
    if isinstance(heading, Tag):
        yield from fact(subject, FactKind.NAME, line_of(heading), place=place_of(heading))
    yield from _price_facts(root, subject, "theme-price-lg")
    yield from _badge_facts(root, subject)
    yield from _variant_facts(root, subject)
    price = read_amount(line_of(select_one(root, ".theme-price-lg")))
    section = section_of(root, _SECTIONS["promotion"])
    for line in text_of(section).split("\n")[:50] if section is not None else ():
        tier = promotion_tier(price, line=line)
        if tier is not None and section is not None:
            quantity, unit = tier
            yield from fact(subject, FactKind.TIER_PRICE, unit, shown=line, qualifier=quantity, place=place_of(section))
    for other in root.find_all("h2", limit=30):
        if "批发" in line_of(other) or "阶梯" in line_of(other):
            for found in find_tiers(text_of(other.parent) if isinstance(other.parent, Tag) else "", price):
                yield from fact(
                    subject,
                    FactKind.TIER_PRICE,
                    found.price,
                    shown=found.shown,
                    qualifier=found.quantity,
                    place=place_of(other),
                )
    column = heading.parent if isinstance(heading, Tag) and isinstance(heading.parent, Tag) else root
    words = text_of(column, limit=5000)
    for counted in counted_facts(words, subject, place_of(column), Source.TEXT, 0.8):
        if not (counted.kind is FactKind.LIMIT and counted.value == "1" and counted.qualifier == "min"):
            yield counted
    for labelled in labelled_facts(words, subject, place_of(column), Source.TEXT, 0.8):
        if labelled.kind in (FactKind.MEMBER_PRICE, FactKind.SOLD):
            yield labelled
    if members := _MEMBERS_ONLY.search(words):
        yield from fact(subject, FactKind.LOCKED, "login", shown=members.group(), place=place_of(column))


def _classed(root: Tag, *names: str) -> list[Tag]:
    """Descendants with any of these classes; many times faster than a selector for each of many cards."""
    wanted = set(names)
    inner = islice((node for node in root.descendants if isinstance(node, Tag)), 400)
    return [e for e in inner if e.attrs and not wanted.isdisjoint(attribute(e, "class").split())]


def _price_facts(root: Tag, subject: str, name: str) -> Iterator[Fact]:
    shown = next(iter(_classed(root, name)), None)
    if shown is None:
        return
    text = line_of(shown)
    place = place_of(shown)
    yield from fact(subject, FactKind.PRICE, read_amount(text), shown=text, place=place)
    currency = _CURRENCY.search(text)
    if currency and currency.group(1) not in ("CNY", "RMB"):
        yield from fact(subject, FactKind.CURRENCY, currency.group(1), shown=text, place=place)
    around = [node for node in list(shown.parents)[:2] if node is root or any(up is root for up in node.parents)]
    box = around[-1] if around else root
    struck = next(iter(_classed(box, "line-through")), None) or select_one(box, "del, s")
    if isinstance(struck, Tag):
        old = line_of(struck)
        yield from fact(subject, FactKind.ORIGINAL_PRICE, read_amount(old), shown=old, place=place_of(struck))


def _badge_facts(root: Tag, subject: str) -> Iterator[Fact]:
    """Delivery and stock words stand in badges; the shop's own tags come before the software's."""
    for badge in _classed(root, "rounded-md", "rounded-full"):
        text = line_of(badge, 40)
        if not 2 <= len(text) <= 16 or any(node.name == "button" for node in badge.parents):
            continue
        plain = fold_traditional(text)
        place = place_of(badge)
        if _DELIVERY.match(plain):
            sure = 1.0 if plain.endswith("交付") else 0.9
            yield from fact(subject, FactKind.DELIVERY, text, place=place, confidence=sure)
        elif plain in STOCK_WORDS or plain.lower() in STOCK_WORDS or plain.startswith("库存"):
            left = _LEFT.search(plain)
            value = left.group(1) if left and left.group(1) else text
            gone = plain.lower() in ("售罄", "已售罄", "缺货", "sold out", "out of stock")
            for found in fact(
                subject, FactKind.STOCK, value, shown=text, place=place, confidence=1.0 if gone or left else 0.8
            ):
                yield from (found, *available_fact(found))


def _variant_facts(root: Tag, subject: str) -> Iterator[Fact]:
    """Choices with what is left of each; the page shows the price of the chosen one only."""
    section = section_of(root, _SECTIONS["variants"])
    buttons = section.find_all("button", limit=100) if section is not None else []
    for button in buttons:
        name = line_of(button.find("span") or button, 100)
        left = _LEFT.search(line_of(button, 200)[len(name) :])
        amount = next((value for span in button.find_all("span", limit=10) if (value := _money(line_of(span, 60)))), "")
        yield from fact(subject, FactKind.VARIANT_PRICE, amount, qualifier=name, place=place_of(button))
        if left and len(buttons) == 1:
            value = left.group(1) or left.group(2)
            for found in fact(
                subject, FactKind.STOCK, value, shown=left.group(), place=place_of(button), confidence=0.98
            ):
                yield from (found, *available_fact(found))


def _money(text: str) -> str:
    return read_amount(text) if re.search(r"CNY|RMB|[¥￥]|\d\.\d\d\s*[A-Z]{3}", text) else ""


def _listed_facts(page: ParsedPage) -> Iterator[Fact]:
    seen: dict[str, int] = {}
    for price in page.document.with_class("theme-price-sm")[:MAX_PRODUCTS]:
        card = price
        for _ in range(6):
            if card.parent is None or select_one(card, "h3, h2") is not None:
                break
            card = card.parent
        heading = select_one(card, "h3, h2")
        name = line_of(heading, 200) if isinstance(heading, Tag) else ""
        if not name or card.name in ("body", "main"):
            continue
        key = name_key(name)
        seen[key] = seen.get(key, 0) + 1
        subject = key if seen[key] == 1 else f"{key} {seen[key]}"
        yield from fact(subject, FactKind.NAME, name, place=place_of(card))
        yield from _price_facts(card, subject, "theme-price-sm")
        box = card.parent if card.parent is not None and "group" in attribute(card.parent, "class").split() else card
        yield from _badge_facts(box, subject)
        for tag in _classed(box, "rounded-md"):
            for found in labelled_facts(line_of(tag, 40), subject, place_of(tag), Source.TEXT, 0.7):
                if found.kind in (FactKind.WARRANTY, FactKind.VALIDITY):
                    yield found
