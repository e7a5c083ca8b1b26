"""dujiaoka (独角数卡 2.x) with its themes unicorn, luna and hyper: server-rendered lists and product pages.

Addresses `/`, `/buy/{id}`. A product's key is `buy:{id}`; hyper hides the number of what is sold out, so its lists
are keyed by name throughout, or every sale would look like a removed product.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from bs4 import BeautifulSoup, Tag

from scrapers.blocks import blocks_of
from scrapers.contacts import shop_facts
from scrapers.dom import ParsedPage, attribute, line_of, place_of, text_of
from scrapers.families.dujiaoka_lists import BUY_PATH, DELIVERY_WORDS, GOODS_VARIABLE, ICON, listed_facts
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
from scrapers.labels import labelled_facts
from scrapers.model import Author, Block, BlockKind, Fact, FactKind, Role, Source
from scrapers.money import find_prices, find_tiers, read_amount
from scrapers.selectors import select, select_one

_ASSETS = re.compile(r"/assets/(unicorn|luna|hyper)/")
_GATE = re.compile(r"(?:微信|QQ)[^\n]{0,20}(?:访问|打开)|浏览器\s?打开")
_GATE_PROBLEM = "gate: the shop asks to be opened in another browser, nothing of it is shown to this one"
_SECTION = "h5, .card-header, .title"


def recognise_page(page: ParsedPage) -> Recognition:
    """Tell dujiaoka by its theme folders, its order form, its cookies, its default picture and its signature."""
    dom, cookies = page.content.dom, page.content.cookies
    theme = _ASSETS.search(dom)
    links = [attribute(link, "href") for link in page.document.with_tag("a")]
    laravel = "XSRF-TOKEN" in cookies and any(name.endswith("_session") for name in cookies)
    return weigh_signs(
        (
            (theme is not None, 0.7, f"theme folder {theme.group() if theme else ''}"),
            ("dujiaoka" in dom or "独角数卡" in dom, 0.6, "signature of the software"),
            ("dujiaoka_orders" in cookies, 0.8, "cookie dujiaoka_orders"),
            ("/assets/common/images/default.jpg" in dom, 0.4, "default picture"),
            (laravel, 0.2, "cookies XSRF-TOKEN and _session"),
            (_order_form(page) is not None, 0.6, "order form"),
            (any("order-search" in address for address in links), 0.3, "link order-search"),
            (any("/buy/" in address for address in links), 0.3, "links /buy/"),
            (page.first_with_class("buy-prompt", "goods-box", "home-card") is not None, 0.3, "its classes"),
            ("buy_prompt" in page.document.by_id, 0.3, "#buy_prompt"),
            ("goodsMsg" in dom and GOODS_VARIABLE.search(dom) is not None, 0.5, "inline goodsMsg"),
            (_is_gate(page), 0.7, "its page for WeChat and QQ"),
        )
    )


def read_page(page: ParsedPage) -> Findings:
    """Read a product page or a list, whatever the theme."""
    if _is_gate(page):
        return Findings(problems=(_GATE_PROBLEM,), final=True)
    facts: list[Fact] = []
    blocks: list[Block] = list(_notices(page))
    problems: list[str] = []
    number = _product_number(page)
    if number:
        subject = f"buy:{number}"
        facts += _product_facts(page, subject)
        blocks += _product_blocks(page, subject)
        for block in blocks:
            if block.kind is BlockKind.DESCRIPTION:
                facts += promise_facts(block.text, subject, block.place, block.source)
        if not any(block.kind is BlockKind.DESCRIPTION for block in blocks):
            problems.append("description: no .intro, .buy-product or card under 商品描述/商品详情")
        sought = {
            FactKind.NAME: "h3.card-title, .goods-name, #buy-form h3",
            FactKind.PRICE: ".price-num, .buy-price, 价格：",
            FactKind.STOCK: "库存：N or 库存(N)",
        }
    else:
        facts += listed_facts(page)
        sought = {FactKind.NAME: ".goods-box, .home-card, .card .card-title, goodsMsg"}
    kinds = {found.kind for found in facts if found.subject}
    if number or page.role in (Role.PRODUCT, Role.HOME):
        problems += [f"{kind.value}: nothing at {places}" for kind, places in sought.items() if kind not in kinds]
    facts += shop_facts(page, [(b.text, b.place, b.source) for b in blocks if b.kind is BlockKind.NOTICE])
    return Findings(unique_facts(facts), part_prompts(blocks), tuple(problems))


FAMILY = Family("dujiaoka", recognise_page, read_page)


def _is_gate(page: ParsedPage) -> bool:
    """Whether this is the page that WeChat and QQ get: open it in another browser."""
    guided = page.first_with_class("top-bar-guidance", "app-download-tip") is not None
    return guided and _order_form(page) is None and _GATE.search(page.text[:2000]) is not None


def _product_number(page: ParsedPage) -> str:
    match = BUY_PATH.search(page.path)
    if match:
        return match.group(1)
    form = _order_form(page)
    field = select_one(form, "input[name=gid]") if form is not None else None
    return attribute(field, "value") if field is not None else ""


def _order_form(page: ParsedPage) -> Tag | None:
    return next((f for f in page.document.with_tag("form") if "create-order" in attribute(f, "action")), None)


def _product_facts(page: ParsedPage, subject: str) -> Iterator[Fact]:
    form = select_one(page.soup, ".goods-msg, .buy-shop, .good-card") or page.soup.body or page.soup
    name = _name_element(form)
    if name is not None:
        yield from fact(subject, FactKind.NAME, _own_text(name), place=place_of(name))
    shown = select_one(form, ".price-num, .buy-price")
    if shown is not None:
        yield from fact(
            subject, FactKind.PRICE, read_amount(line_of(shown)), shown=line_of(shown), place=place_of(shown)
        )
    else:
        for element in select(form, "h6, .price", limit=30):
            prices = find_prices(line_of(element))
            if prices and line_of(element).startswith("价格"):
                yield from fact(
                    subject, FactKind.PRICE, prices[0].value, shown=line_of(element), place=place_of(element)
                )
                break
    struck = select_one(form, "del")
    if struck is not None:
        amount = read_amount(line_of(struck))
        yield from fact(subject, FactKind.ORIGINAL_PRICE, amount, shown=line_of(struck), place=place_of(struck))
    for element in select(form, ".small-tips, .badge, small, h6", limit=100):
        text = line_of(element)
        if len(text) > 40:
            continue
        for found in labelled_facts(text, subject, place_of(element), Source.TEXT):
            if found.kind in (FactKind.STOCK, FactKind.LIMIT):
                yield found
                yield from available_fact(found) if found.kind is FactKind.STOCK else ()
        words = ICON.sub("", text).strip()
        if DELIVERY_WORDS.search(words) and len(words) < 12:
            yield from fact(subject, FactKind.DELIVERY, words, shown=text, place=place_of(element))
    for element in select(form, ".sale, .alert", limit=10):
        for tier in find_tiers(text_of(element)):
            yield from fact(
                subject,
                FactKind.TIER_PRICE,
                tier.price,
                shown=tier.shown,
                qualifier=tier.quantity,
                place=place_of(element),
            )


def _name_element(form: Tag) -> Tag | None:
    for selector in ("h3.card-title", ".goods-name", "#buy-form h3", "form h3", "h3"):
        found = select_one(form, selector)
        if found is not None:
            return found
    return None


def _own_text(element: Tag) -> str:
    """A name without the badges that luna sets inside it."""
    badges = [line_of(badge) for badge in select(element, ".small-tips, .badge")]
    text = line_of(element)
    for badge in reversed(badges):
        if badge and text.endswith(badge):
            text = text[: -len(badge)].rstrip()
    return text


def _product_blocks(page: ParsedPage, subject: str) -> Iterator[Block]:
    body = select_one(page.soup, ".intro, .buy-product") or _card_under(
        page.soup, ("商品描述", "商品详情", "描述", "详情")
    )
    if body is not None:
        head = select_one(body, "h5.card-title")
        heading = line_of(head) or _heading_before(body)
        for block in blocks_of(
            page, BlockKind.DESCRIPTION, body, heading=heading, subject=subject, author=Author.PLATFORM
        ):
            text = block.text.removeprefix(f"{heading}\n") if heading else block.text
            yield replace(block, text="" if text == heading else text)
    for prompt in select(
        page.soup, "#buy_prompt .modal-body, #staticBackdrop .modal-body, .layui-layer-content, .buy-prompt"
    ):
        if text_of(prompt, with_hidden=True):
            yield from blocks_of(
                page, BlockKind.PROMPT, prompt, heading="购买提示", subject=subject, author=Author.PLATFORM
            )


def _card_under(soup: BeautifulSoup, headings: tuple[str, ...]) -> Tag | None:
    for header in select(soup, ".card-header", limit=20):
        if line_of(header).strip("：:") in headings:
            return header.find_next_sibling(class_="card-body")
    return None


def _heading_before(body: Tag) -> str:
    parent = body.parent
    return line_of(select_one(parent, _SECTION)) if parent is not None else ""


def _notices(page: ParsedPage) -> Iterator[Block]:
    for element in select(
        page.soup, ".notice .jumbotron, .notice .lead, #notice-modal .modal-body, .main-box .tips", limit=10
    ):
        if element.name == "p" and element.find_parent(class_="jumbotron"):
            continue
        text = text_of(element, with_hidden=True)
        if text:
            heading = select_one(element, "h4")
            for block in blocks_of(page, BlockKind.NOTICE, element, heading="公告", author=Author.PLATFORM):
                first = line_of(heading)
                yield replace(block, text=block.text.removeprefix(f"{first}\n") if first else block.text)
