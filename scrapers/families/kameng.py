"""Classic 卡盟: tables of goods in frames, GB2312, prices by session and level, rules for suppliers among the buyers'.

A product's key is `no:{编号}` in lists and on its own page. The goods are supplied by others: the supplier is a fact,
never the operator; what is addressed to suppliers (提现, 结算, 供货) is kept as text but is no rule for buyers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

from bs4 import Tag

from scrapers.blocks import blocks_of
from scrapers.document import Document
from scrapers.dom import ParsedPage, attribute, line_of, text_of
from scrapers.families import generic
from scrapers.families.findings import Family, Findings, Recognition, unique_facts, weigh_signs
from scrapers.families.goods import Goods, elements_of
from scrapers.families.goods_tables import heads_of, table_goods
from scrapers.families.promises import promise_facts
from scrapers.families.sections import headed_blocks, unclaimed_rules
from scrapers.labels import labelled_facts
from scrapers.model import Author, Block, BlockKind, Fact, FactKind, Role
from scrapers.text import condense

_HEADS = frozenset(
    {"编号", "商品编号", "商品名称", "面值", "购价", "库存状态", "购买类型", "进价", "商品类型", "供货商"}
)
_FRAME = "frame_content"
_FOR_SUPPLIERS = re.compile(r"提现|结算|供货(?!商相关)|供应商|入驻|保证金|上架|商户|接口|SUP对接")
_TO_SUPPLIERS = re.compile(
    r"供货商(?:须|应|需|必须|不得|请|如|在|的?提现|结算)|各(?:位)?供货商|提现|供货价|保证金|结算"
)
_SUPPLIER_SAYS = re.compile(r"供货商(?:相关)?(?:说明|须知|公告|承诺|提示|声明)|供应商说明")
_RULE_HEADS = re.compile(r"供货商相关说明|规则变更|提现变更|平台公告|商品介绍")
_NUMBER = re.compile(r"(?:商品编号|编号|商品ID)\s{0,3}[:：]?\s{0,3}([A-Za-z0-9_-]{1,20})")
_ID_PARAMETERS = ("id", "gid", "pid", "goodsid", "goods_id", "productid", "spid", "no", "bh")
_CHARSET = re.compile(r"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]+)", re.I)
_BODY = re.compile(r"<body\b", re.I)
_SESSION_PRICE = re.compile(r"登[录陆]后(?:才?可?见|显示|查看)")


def recognise_page(page: ParsedPage) -> Recognition:
    """Tell a classic 卡盟 by its columns, its content frame, its charsets and bodies, its headings and its words."""
    source = page.content.source_html or page.content.dom
    heads = {condense(head) for document in page.documents for head in _heads(document)} & _HEADS
    framed = any(_FRAME in attribute(e, "name") + attribute(e, "id") for e in _frames(page)) or any(
        attribute(link, "target") == _FRAME for link in page.document.with_tag("a", "form")[:300]
    )
    charsets = {name.lower() for name in _CHARSET.findall(source[:20_000])}
    headings = {
        match for document in page.documents for match in _RULE_HEADS.findall(document.body.get_text()[:200_000])
    }
    title = page.content.title + " ".join(line_of(t) for t in page.document.with_tag("title")[:1])
    return weigh_signs(
        (
            (len(heads) >= 4, 0.6, f"columns {' '.join(sorted(heads))}"),
            (len(heads) == 3, 0.35, f"columns {' '.join(sorted(heads))}"),
            (framed, 0.5, "frame frame_content"),
            (bool(charsets & {"gb2312", "gbk"}), 0.15, "GB2312"),
            (len(charsets) > 1, 0.25, "charsets that contradict each other"),
            (len(_BODY.findall(source[:2_000_000])) > 1, 0.2, "two bodies"),
            ("供货商相关说明" in headings, 0.4, "heading 供货商相关说明"),
            (bool(headings & {"规则变更", "提现变更"}), 0.3, "heading 规则变更 or 提现变更通知"),
            ("卡盟" in title, 0.3, "卡盟 in its title"),
            (page.path.lower().endswith((".asp", ".aspx")), 0.1, "ASP address"),
            (_SESSION_PRICE.search(page.text[:200_000]) is not None, 0.2, "price in a session only"),
        )
    )


def read_page(page: ParsedPage) -> Findings:
    """Read a list or a product in whichever frame it stands, and the rules of all frames with their authors."""
    if page.role in (Role.TERMS, Role.NOTICE, Role.CONTACT):
        found = generic.read_page(page)
        return replace(found, blocks=tuple(_with_author(block, "") for block in found.blocks))
    listed = {id(document): table_goods(document) for document in page.documents}
    main = max(page.documents, key=lambda document: (len(listed[id(document)]), _labels_in(document)))
    rest = tuple(document for document in page.documents if document is not main)
    inner = replace(page, document=main, frames=rest)
    goods = tuple(item for items in listed.values() for item in items)
    number = _number(page, main)
    if number and len(goods) < 2 and page.role is not Role.HOME:
        return _read_product(inner, f"no:{number}")
    return _read_list(page, goods)


FAMILY = Family("kameng", recognise_page, read_page)


def _read_list(page: ParsedPage, goods: tuple[Goods, ...]) -> Findings:
    cards = elements_of(goods)
    blocks = headed_blocks(page, cards, "")
    blocks += unclaimed_rules(page, BlockKind.NOTICE, blocks, cards, "")
    problems = () if goods else ("goods: no table with the columns 商品名称 and 购价, 面值 or 库存状态 in any frame",)
    facts = tuple(found for item in goods for found in item.facts)
    return _with_shop(page, facts, blocks, problems if page.role in (None, Role.HOME, Role.PRODUCT) else ())


def _read_product(page: ParsedPage, subject: str) -> Findings:
    found = generic.read_product(page, (), subject)
    blocks = list(found.blocks)
    held = "".join(condense(block.text) for block in blocks)
    for document in page.frames:  # 商品介绍 opens in a frame of its own, without a heading
        text = text_of(document.body)
        if text and condense(text) not in held and not table_goods(document) and not _is_navigation(document):
            blocks += blocks_of(page, BlockKind.DESCRIPTION, document.body, heading="商品介绍", subject=subject)
    described = tuple(
        told
        for block in blocks
        if block.subject == subject
        for told in (
            *promise_facts(block.text, subject, block.place, block.source, 0.75),
            *labelled_facts(block.text, subject, block.place, block.source, 0.77),
        )
        if told.kind is not FactKind.NAME
    )
    facts = unique_facts((*found.facts, *described))
    return Findings(facts, tuple(_with_author(block, subject) for block in blocks), found.problems)


def _with_shop(page: ParsedPage, facts: tuple[Fact, ...], blocks: list[Block], problems: tuple[str, ...]) -> Findings:
    found = generic.with_shop(page, facts, blocks, problems)
    return replace(found, blocks=tuple(_with_author(block, "") for block in found.blocks))


def _with_author(block: Block, subject: str) -> Block:
    """The block with its author: the platform, or the supplier of one product; rules for suppliers are no buyer's."""
    if block.kind is BlockKind.OTHER:
        return block
    if _SUPPLIER_SAYS.search(block.heading):
        if _TO_SUPPLIERS.search(block.text):
            return replace(block, kind=BlockKind.OTHER, author=Author.PLATFORM)
        return replace(block, kind=BlockKind.PROMPT, subject=subject, author=Author.MERCHANT)
    if _FOR_SUPPLIERS.search(block.heading):
        return replace(block, kind=BlockKind.OTHER, author=Author.PLATFORM)
    return replace(block, author=Author.PLATFORM if block.author is Author.UNKNOWN else block.author)


def _heads(document: Document) -> Iterator[str]:
    for table in document.with_tag("table")[:60]:
        yield from heads_of(table)
    yield from (line_of(cell, 20) for cell in document.with_tag("th")[:100])


def _frames(page: ParsedPage) -> list[Tag]:
    return [e for document in page.documents for e in document.with_tag("frame", "iframe")]


def _labels_in(document: Document) -> int:
    text = condense(document.body.get_text()[:20_000])
    return sum(head in text for head in _HEADS)


def _number(page: ParsedPage, document: Document) -> str:
    """The product's number as its page tells it, or as its address or its frame's address carries it."""
    match = _NUMBER.search(text_of(document.body, limit=20_000))
    if match:
        return match.group(1)
    if _labels_in(document) < 3:
        return ""
    for address in (page.content.url, *(frame.url for frame in page.content.frames[:10])):
        query = urlsplit(address).query
        named = dict(parse_qsl(query, max_num_fields=50)) if len(query) < 2000 else {}
        found = next((named[name] for name in named if name.lower() in _ID_PARAMETERS and named[name]), "")
        if found:
            return found[:40]
    return ""


def _is_navigation(document: Document) -> bool:
    links = "".join(condense(link.get_text()) for link in document.with_tag("a")[:300])
    return len(links) > 0.5 * len(condense(text_of(document.body, limit=20_000)))
