"""zfaka (PHP, layui): product pages and lists from the server, tiers as discount ratios in an inline variable.

Addresses `/product/`, `/product/{id}.html`, `/product/detail/?pid=`, `/product/group/?tid=`. A product's key is
`product:{id}`. A password lock lies over the page as a window: the text is there all the same, and marked locked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from scrapers.blocks import blocks_of
from scrapers.contacts import shop_facts
from scrapers.dom import ParsedPage, attribute, line_of, place_of, text_of
from scrapers.families.findings import (
    Family,
    Findings,
    Recognition,
    available_fact,
    fact,
    unique_facts,
    weigh_signs,
)
from scrapers.families.promises import part_prompts, promise_facts
from scrapers.families.zfaka_lists import DELIVERY, LINK, listed_facts
from scrapers.families.zfaka_tiers import ratio_facts, ratios_in_page
from scrapers.labels import canonical, labelled_facts
from scrapers.model import Author, Block, BlockKind, Fact, FactKind, Role, Source
from scrapers.money import read_amount, yuan

_PRODUCT_PATH = re.compile(r"/product/(\d+)\.html|/product/detail/?(?:index/?)?(?:pid/(\d+))?$")
_LOCKED = re.compile(r"\bPASSWORD_(?:PRODUCT|GROUP)\s*=\s*[\"']?1\b")
_TOKEN = re.compile(r"\bvar\s+TOKEN\s*=\s*[\"']eyJ")
_STOCK = re.compile(r"库存\s*[:：]?\s*([^()（）\s]{1,12})")


def recognise_page(page: ParsedPage) -> Recognition:
    """Tell zfaka by its body's id, its token, its inline variables, its form and its addresses."""
    dom, document = page.content.dom, page.document
    links = [attribute(link, "href") for link in document.with_tag("a")[:2000]]
    paths = [urlsplit(answer.url).path for answer in page.content.answers]
    form = {"pid", "limitorderqty", "stockcontrol"} & set(document.by_id)
    return weigh_signs(
        (
            ("zlkbbody" in document.by_id, 0.8, "body#zlkbbody"),
            ("TOKEN" in dom and _TOKEN.search(dom) is not None, 0.4, "inline TOKEN"),
            ("PIFA" in dom and re.search(r"\bvar\s+PIFA\s*=", dom) is not None, 0.5, "inline PIFA"),
            ("PASSWORD_" in dom and _LOCKED.search(dom) is not None, 0.4, "inline PASSWORD_PRODUCT"),
            ("PHPSESSID" in page.content.cookies, 0.1, "cookie PHPSESSID"),
            (bool(document.with_class("trade-goodname")), 0.5, ".trade-goodname"),
            (bool(document.with_class("trade-price", "trade-price-ori")), 0.4, ".trade-price"),
            (len(form) >= 2, 0.5, "hidden fields #pid, #limitorderqty"),
            (bool(document.with_class("goodsdetail")), 0.3, ".goodsdetail"),
            (any("/product/query" in link for link in links), 0.4, "link /product/query"),
            (any(LINK.search(link) for link in links), 0.3, "links /product/{id}.html"),
            (any(path.rstrip("/").endswith("/product/get") for path in paths), 0.5, "answer of /product/get"),
            (re.search(r"layui\.use\(['\"]product", dom) is not None, 0.4, "layui module product"),
        )
    )


def read_page(page: ParsedPage) -> Findings:
    """Read a product page or a list."""
    number = _number(page)
    facts: list[Fact] = []
    blocks = list(_notices(page))
    problems: list[str] = []
    if number:
        subject = f"product:{number}"
        facts += _product_facts(page, subject)
        blocks += _descriptions(page, subject)
        for block in blocks:
            if block.kind is BlockKind.DESCRIPTION:
                facts += promise_facts(block.text, subject, block.place, block.source)
        sought = {
            FactKind.NAME: ".trade-goodname, #name",
            FactKind.PRICE: ".trade-price, #price",
            FactKind.STOCK: "库存:N, #qty",
        }
        if not any(block.kind is BlockKind.DESCRIPTION for block in blocks):
            problems.append("description: neither .layui-tab-item nor #prodcut_description")
    else:
        facts += listed_facts(page)
        sought = {FactKind.NAME: ".goodsdetail .info, table rows, answer of /product/get"}
        if _LOCKED.search(page.content.dom):
            facts += fact("", FactKind.LOCKED, "password", shown="PASSWORD_GROUP", place="script", source=Source.SCRIPT)
    kinds = {one.kind for one in facts if one.subject}
    if number or page.role in (Role.PRODUCT, Role.HOME):
        problems += [f"{kind.value}: nothing at {places}" for kind, places in sought.items() if kind not in kinds]
    facts += shop_facts(page, [(b.text, b.place, b.source) for b in blocks if b.kind is BlockKind.NOTICE])
    return Findings(unique_facts(facts), part_prompts(blocks), tuple(problems))


FAMILY = Family("zfaka", recognise_page, read_page)


def _number(page: ParsedPage) -> str:
    path = _PRODUCT_PATH.search(page.path)
    if path and (path.group(1) or path.group(2)):
        return path.group(1) or path.group(2)
    if path:
        asked = parse_qs(urlsplit(page.content.url).query, max_num_fields=50).get("pid", [""])[0]
        if asked.isdigit():
            return asked
    field = page.document.by_id.get("pid")
    value = attribute(field, "value") if field is not None else ""
    return value if value.isdigit() and value != "0" else ""


def _field(page: ParsedPage, name: str) -> tuple[str, str]:
    """The value of a hidden or read-only field, and its place."""
    field = page.document.by_id.get(name)
    if field is None or field.name != "input":
        return "", ""
    return attribute(field, "value").strip(), f"input#{name}"


def _product_facts(page: ParsedPage, subject: str) -> Iterator[Fact]:
    for selector, field, kind in (
        ("trade-goodname", "name", FactKind.NAME),
        ("trade-price", "price", FactKind.PRICE),
        ("trade-price-ori", "price_ori", FactKind.ORIGINAL_PRICE),
    ):
        element = page.first_with_class(selector)
        shown = line_of(element)
        if element is not None:
            value = shown if kind is FactKind.NAME else read_amount(shown)
            yield from fact(subject, kind, value, shown=shown, place=place_of(element))
        kept, place = _field(page, field)
        value = kept if kind is FactKind.NAME else yuan(kept)
        yield from fact(subject, kind, value, place=place, source=Source.ATTRIBUTE, confidence=0.9)
    for stock in _stock_facts(page, subject):
        yield from (stock, *available_fact(stock))
    limit, place = _field(page, "limitorderqty")
    if limit.isdigit() and int(limit) > 0:
        yield from fact(
            subject, FactKind.LIMIT, limit, qualifier="max", place=place, source=Source.ATTRIBUTE, confidence=0.9
        )
    for badge in page.document.with_class("layui-badge")[:30]:
        if DELIVERY.match(text := line_of(badge, 20)):
            yield from fact(subject, FactKind.DELIVERY, text, place=place_of(badge))
    for area in page.document.with_class("trade-goodinfo", "trade-youhui")[:10]:
        for found in labelled_facts(line_of(area), subject, place_of(area), Source.TEXT, 0.8):
            if found.kind is FactKind.SOLD:
                yield found
    price = yuan(_field(page, "price")[0]) or read_amount(line_of(page.first_with_class("trade-price")))
    yield from _tier_facts(page, subject, price)
    if _LOCKED.search(page.content.dom):
        yield from fact(
            subject, FactKind.LOCKED, "password", shown="PASSWORD_PRODUCT", place="script", source=Source.SCRIPT
        )
    elif any("密码" in line_of(layer, 60) for layer in page.document.with_class("layui-layer-prompt")[:3]):
        yield from fact(subject, FactKind.LOCKED, "password", place=".layui-layer-prompt")


def _stock_facts(page: ParsedPage, subject: str) -> Iterator[Fact]:
    """What the page shows beside the quantity; a shop may let a number of its choice (8888) be shown."""
    for element in page.document.with_class("layui-word-aux", "trade-stock", "layui-field-box")[:10]:
        match = _STOCK.search(line_of(element, 2000))
        if match:
            value = canonical(FactKind.STOCK, match.group(1))
            yield from fact(subject, FactKind.STOCK, value, shown=match.group(), place=place_of(element))
            break
    kept, place = _field(page, "qty")
    if not kept:
        kept, place = _field(page, "kucun")
    if kept:
        value = canonical(FactKind.STOCK, kept)
        yield from fact(subject, FactKind.STOCK, value, place=place, source=Source.ATTRIBUTE, confidence=0.9)


def _tier_facts(page: ParsedPage, subject: str, price: str) -> Iterator[Fact]:
    """Unit prices from the ratios: 0.95 from 10 on makes 24.9 to 23.655."""
    yield from ratio_facts(ratios_in_page(page), subject, price, "PIFA", Source.SCRIPT)


def _descriptions(page: ParsedPage, subject: str) -> Iterator[Block]:
    """The first tab; in the older template the card of the description."""
    tabs = page.document.with_class("layui-tab-item")[:10]
    body = next((tab for tab in tabs if text_of(tab, with_hidden=True)), None)
    body = body if body is not None else page.document.by_id.get("prodcut_description")
    if body is None:
        return
    badges = {id(badge) for badge in body.find_all(class_="layui-badge", limit=10)}
    for block in blocks_of(
        page, BlockKind.DESCRIPTION, body, heading="商品描述", subject=subject, author=Author.PLATFORM, without=badges
    ):
        if block.text or block.images:
            yield block


def _notices(page: ParsedPage) -> Iterator[Block]:
    for quote in page.document.with_class("layui-elem-quote")[:5]:
        if quote.name == "blockquote":
            yield from blocks_of(page, BlockKind.NOTICE, quote, heading="公告", author=Author.PLATFORM)
    advert = page.document.by_id.get("layerad")
    if advert is not None and text_of(advert, with_hidden=True):
        yield from blocks_of(page, BlockKind.NOTICE, advert, heading="弹窗公告", author=Author.PLATFORM)
