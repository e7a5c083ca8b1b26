"""qs-faka (骑士寄售): a platform of many merchants, drawn by script from POST answers.

`/links/{token}` is a shop, a category or one product; `/article/{id}` and `/cate/{alias}` are the platform's notices
and agreements; `/order` holds texts that the software ships. The shop's notice, descriptions and contacts are the
merchant's words, articles and footer the platform's. One product is keyed `link:{token}`, goods of a list by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from bs4 import Tag

from scrapers.blocks import blocks_of
from scrapers.contacts import find_contacts, shop_facts
from scrapers.dom import ParsedPage, attribute, line_of, place_of, text_of
from scrapers.families.findings import (
    MAX_PRODUCTS,
    Family,
    Findings,
    Json,
    Recognition,
    available_fact,
    fact,
    name_key,
    source_seen,
    text_in,
    unique_facts,
    weigh_signs,
)
from scrapers.families.promises import part_prompts, promise_facts, read_markup
from scrapers.families.qs_faka_data import answer_data, row_facts, shop_data, stock_of
from scrapers.labels import counted_facts, kind_of_heading
from scrapers.model import Author, Block, BlockKind, Fact, FactKind, Role, Source
from scrapers.money import find_tiers, read_amount
from scrapers.selectors import select, select_one
from scrapers.text import one_line

_LINK_PATH = re.compile(r"/links/([^/]+)/?$")
_ARTICLE_PATH = re.compile(r"/article/([^/]+)/?$")
_LIST_PATH = re.compile(r"/cate/([^/]+)/?$")
_PASSWORD = re.compile(r"(?:访问|商品|提取|查看)密码|请输入密码")
_PHONE = re.compile(r"^1[3-9]\d{9}$")
_QQ = re.compile(r"^[1-9]\d{4,10}$")
_ICONS = (("mobile", "phone"), ("call", "phone"), ("qq", "qq"), ("wechat", "wechat"), ("mail", "email"))
_CONTACT_KEYS = {"qq": "qq", "mobile": "phone", "phone": "phone", "wechat": "wechat", "email": "email"}
_NOTICE_LIMIT = 100


def recognise_page(page: ParsedPage) -> Recognition:
    """Tell qs-faka by its keywords, its addresses of data, its class names and its asset folder."""
    dom = page.content.dom + page.content.source_html
    paths = [urlsplit(answer.url).path for answer in page.content.answers]
    document = page.document
    return weigh_signs(
        (
            ("骑士寄售" in dom, 0.6, "keywords 骑士寄售"),
            (any(path.endswith("/home/index/siteConfig") for path in paths), 0.7, "answer of /home/index/siteConfig"),
            (any(path.startswith("/home/article/") for path in paths), 0.4, "answer of /home/article/"),
            (shop_data(page) != {}, 0.5, "answer of /shop with goods"),
            ("/web/assets/index-" in dom, 0.2, "assets under /web/assets/"),
            (bool(document.with_class("shop-main-content")), 0.5, ".shop-main-content"),
            (bool(document.with_class("goods-section", "purchase-form-section")), 0.3, ".goods-section"),
            (bool(document.with_class("description-section", "promotion-item")), 0.2, ".description-section"),
            (bool(document.with_class("shop-footer")), 0.2, ".shop-footer"),
            (bool(document.with_class("beoan_box")), 0.4, ".beoan_box"),
            (bool(document.with_class("lxwb_text")), 0.4, ".lxwb_text"),
            (bool(document.with_class("help-details-box", "help-banner")), 0.4, ".help-banner"),
            (_LINK_PATH.search(page.path) is not None, 0.2, "address /links/"),
            ({"order-search-box", "order-banner"} <= set(document.by_class), 0.5, ".order-banner"),
        )
    )


def read_page(page: ParsedPage) -> Findings:
    """Read a shop, a category, one product, an article, the list of articles or the page that queries orders."""
    article, listed = _ARTICLE_PATH.search(page.path), _LIST_PATH.search(page.path)
    if article or listed:
        blocks = list(_articles(page, opened=article is not None))
        problems = () if blocks else ("article: neither .help-details-box nor an answer of /home/article/",)
        return _finish(page, [], blocks, problems)
    if page.first_with_class("shop-main-content", "goods-section") is None and not shop_data(page):
        return _finish(page, [], list(_platform_texts(page)), ())
    return _read_shop(page)


FAMILY = Family("qs-faka", recognise_page, read_page)


def _finish(
    page: ParsedPage, facts: list[Fact], blocks: list[Block], problems: tuple[str, ...], final: bool = False
) -> Findings:
    texts = [(b.text, b.place, b.source) for b in blocks if not b.subject and b.author is Author.PLATFORM]
    texts += [(line_of(e), place_of(e), Source.TEXT) for e in page.document.with_class("lxwb_text")[:5]]
    facts += shop_facts(page, texts)
    site = answer_data(page, "/home/index/siteConfig")
    for key, kind in (("site_info_qq", "platform qq"), ("site_info_email", "platform email")):
        facts += fact(
            "", FactKind.CONTACT, text_in(site, key), qualifier=kind, place=f"siteConfig/data/{key}", source=Source.JSON
        )
    icp = text_in(site, "site_info_icp")
    facts += fact(
        "", FactKind.LICENCE, icp, qualifier="icp", place="siteConfig/data/site_info_icp", source=Source.JSON,
        confidence=0.8,
    )  # fmt: skip
    return Findings(unique_facts(facts), part_prompts(blocks), problems, final)


def _read_shop(page: ParsedPage) -> Findings:
    data = shop_data(page)
    shop = data.get("shop")
    shop = shop if isinstance(shop, dict) else {}
    facts: list[Fact] = []
    problems: list[str] = []
    closed = text_in(shop, "shop_close") == "1"
    if closed:
        facts += fact(
            "", FactKind.AVAILABLE, "no", shown="shop_close", place="shop/data/shop_close", source=Source.JSON
        )
        problems.append("the shop says that it is closed: nothing can be bought now")
    rows = data.get("goods")
    goods = [row for row in rows[:MAX_PRODUCTS] if isinstance(row, dict)] if isinstance(rows, list) else []
    items = page.document.with_class("goods-item")[:MAX_PRODUCTS]
    single = _single_subject(page, data, max(len(items), len(goods)))
    seen: dict[str, int] = {}
    chosen = ""
    for item in items:
        name = line_of(select_one(item, ".goods-name"))
        subject = single or _numbered(name_key(name), seen)
        active = "goods-item--active" in attribute(item, "class").split()
        chosen = subject if active or not chosen else chosen
        facts += _item_facts(item, subject, name)
    seen = {}
    for row in goods:
        name = one_line(text_in(row, "name"))
        if name:
            facts += row_facts(row, single or _numbered(name_key(name), seen), name)
    blocks = [*_shop_notice(page, shop), *_descriptions(page, single or chosen, goods if single else [])]
    for block in blocks:
        if block.kind is BlockKind.DESCRIPTION:
            facts += promise_facts(block.text, block.subject, block.place, block.source)
            facts += counted_facts(block.text, block.subject, block.place, block.source)
    facts += _promotions(page, single or chosen, facts)
    if single and (locked := _PASSWORD.search(_dialogs(page))):
        facts += fact(single, FactKind.LOCKED, "password", shown=locked.group(), place="dialog", confidence=0.8)
    facts += _merchant_contacts(page, shop)
    kinds = {one.kind for one in facts if one.subject}
    problems += [
        f"{kind.value}: nothing at {places}"
        for kind, places in ((FactKind.NAME, ".goods-name, goods/name"), (FactKind.PRICE, ".goods-price, goods/price"))
        if kind not in kinds and page.role in (None, Role.PRODUCT, Role.HOME) and not closed
    ]
    return _finish(page, facts, blocks, tuple(problems), closed)


def _single_subject(page: ParsedPage, data: dict[str, Json], count: int) -> str:
    """The key of the one product that the link is for, "" where it is a shop or a category."""
    link = _LINK_PATH.search(page.path)
    told = data.get("qrcode")
    kind = text_in(told, "relation_type") if isinstance(told, dict) else ""
    single = kind == "goods" if kind else not isinstance(told, list) and count == 1
    return f"link:{link.group(1)}" if link and single else ""


def _numbered(key: str, seen: dict[str, int]) -> str:
    seen[key] = seen.get(key, 0) + 1
    return key if seen[key] == 1 else f"{key} {seen[key]}"


def _item_facts(item: Tag, subject: str, name: str) -> Iterator[Fact]:
    place = place_of(item)
    yield from fact(subject, FactKind.NAME, name, place=f"{place} .goods-name")
    price = line_of(select_one(item, ".goods-price"))
    yield from fact(subject, FactKind.PRICE, read_amount(price), shown=price, place=f"{place} .goods-price")
    old = line_of(select_one(item, "del, .goods-price-original, .goods-market-price"))
    yield from fact(subject, FactKind.ORIGINAL_PRICE, read_amount(old), shown=old, place=place)
    stock = line_of(select_one(item, ".goods-stock"))
    for found in fact(subject, FactKind.STOCK, stock_of(stock), shown=stock, place=f"{place} .goods-stock"):
        yield from (found, *available_fact(found))


def _shop_notice(page: ParsedPage, shop: dict[str, Json]) -> Iterator[Block]:
    found = False
    for notice in page.document.with_class("notice")[:5]:
        title = select_one(notice, ".title")
        without = frozenset({id(title)}) if title is not None else frozenset()
        for block in blocks_of(
            page, BlockKind.NOTICE, notice, heading=line_of(title), author=Author.MERCHANT, without=without
        ):
            found = found or bool(block.text)
            yield block
    text = read_markup(text_in(shop, "shop_notice"))
    if text and not found and text_in(shop, "shop_notice_show") != "0":
        source = source_seen(page, text, Source.JSON)
        yield Block(BlockKind.NOTICE, text, "店铺公告", "", Author.MERCHANT, "shop/data/shop_notice", source)


def _descriptions(page: ParsedPage, subject: str, goods: list[dict[str, Json]]) -> Iterator[Block]:
    found = False
    for section in page.document.with_class("description-section")[:5]:
        without = {id(e) for e in select(section, ".section-title, .promotion-section", limit=20)}
        for block in blocks_of(
            page,
            BlockKind.DESCRIPTION,
            section,
            heading="商品描述",
            subject=subject,
            author=Author.MERCHANT,
            without=without,
        ):
            found = found or bool(block.text)
            yield block
    text = read_markup(text_in(goods[0], "content")) if goods else ""
    if text and not found:
        source = source_seen(page, text, Source.JSON)
        place = "shop/data/goods/content"
        yield Block(BlockKind.DESCRIPTION, text, "商品描述", subject, Author.MERCHANT, place, source)


def _promotions(page: ParsedPage, subject: str, facts: list[Fact]) -> Iterator[Fact]:
    price = next((f.value for f in facts if f.subject == subject and f.kind is FactKind.PRICE), "")
    for item in page.document.with_class("promotion-item")[:100]:
        for tier in find_tiers(line_of(item), price):
            yield from fact(
                subject,
                FactKind.TIER_PRICE,
                tier.price,
                shown=tier.shown,
                qualifier=tier.quantity,
                place=place_of(item),
            )


def _dialogs(page: ParsedPage) -> str:
    """Texts and placeholders of dialogs that are not the order's own, on a product page."""
    fields = [attribute(field, "placeholder") for field in page.document.with_tag("input")[:100]]
    heads = [line_of(head, 100) for head in page.document.with_class("t-dialog__header-content", "t-dialog__body")[:20]]
    words = " ".join(text for text in (*fields, *heads) if "查询密码" not in text)
    return words[:5000]


def _merchant_contacts(page: ParsedPage, shop: dict[str, Json]) -> Iterator[Fact]:
    """The merchant's contacts: beside icons without a word on the page, by their kind in the answer."""
    told = shop.get("shop_contact")
    for key, kind in _CONTACT_KEYS.items() if isinstance(told, dict) else ():
        value = text_in(told, key).strip() if isinstance(told, dict) else ""
        yield from fact(
            "",
            FactKind.CONTACT,
            value,
            qualifier=kind,
            place=f"shop/data/shop_contact/{key}",
            source=source_seen(page, value, Source.JSON) if value else Source.JSON,
            confidence=0.9,
        )
    for box in page.document.with_class("contact")[:5]:
        for shown in box.find_all("span", limit=20):
            value = line_of(shown, 100)
            icon = shown.find_previous_sibling("svg")
            names = attribute(icon, "class") if isinstance(icon, Tag) else ""
            kind = next((kind for word, kind in _ICONS if word in names), "")
            kind = kind or ("phone" if _PHONE.match(value) else "qq" if _QQ.match(value) else "")
            if kind and value:
                yield from fact("", FactKind.CONTACT, value, qualifier=kind, place=place_of(shown), confidence=0.93)


def _articles(page: ParsedPage, *, opened: bool) -> Iterator[Block]:
    """The open article, or the list of articles, each headed by its title: agreements are terms, the rest notices."""
    details = page.first_with_class("help-details-box")
    if opened and details is not None:
        title = line_of(select_one(details, ".hd h1, h1"))
        body = select_one(details, ".bd") or details
        yield from blocks_of(page, _kind(page, title), body, heading=title, author=Author.PLATFORM)
        return
    for item in page.document.with_class("notice-item")[:_NOTICE_LIMIT]:
        words = select_one(item, ".txt") or item
        head = select_one(words, "dt")
        # The title stays in the text: two articles may begin with the same words.
        yield from blocks_of(page, BlockKind.NOTICE, words, heading=line_of(head, 100), author=Author.PLATFORM)
    for path in ("/home/article/detail", "/home/article/list"):
        data = answer_data(page, path)
        detail, rows = data.get("detail"), data.get("list")
        listed = [detail] if isinstance(detail, dict) else rows if isinstance(rows, list) else []
        for row in listed[:_NOTICE_LIMIT]:
            text = read_markup(text_in(row, "content")) if isinstance(row, dict) else ""
            if text and isinstance(row, dict):
                title = one_line(text_in(row, "title"))
                place = f"{path.removeprefix('/home/')}/data/{text_in(row, 'id')}"
                source = source_seen(page, text, Source.JSON)
                yield Block(_kind(page, title), text, title, "", Author.PLATFORM, place, source)


def _kind(page: ParsedPage, title: str) -> BlockKind:
    if page.role in (Role.TERMS, Role.NOTICE):
        return BlockKind.TERMS if page.role is Role.TERMS else BlockKind.NOTICE
    return BlockKind.TERMS if kind_of_heading(title) is BlockKind.TERMS else BlockKind.NOTICE


def _platform_texts(page: ParsedPage) -> Iterator[Block]:
    """Texts of the platform's own pages. What the software ships of them is told apart by its digest, line by line."""
    for element in page.soup.select(".order-search .p, .order-search-box + .p, .copyright", limit=20):
        if element.find_parent("footer") is None and len(text_of(element, with_hidden=True)) > 20:
            yield from blocks_of(page, BlockKind.TERMS, element, author=Author.PLATFORM)
    for item in page.document.with_class("customer-item")[:10]:
        head = line_of(select_one(item, "dt"), 100)
        body = item.find("dd")
        if isinstance(body, Tag) and find_contacts(text_of(body)):
            yield from blocks_of(page, BlockKind.CONTACT, body, heading=head, author=Author.PLATFORM)
