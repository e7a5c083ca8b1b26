"""Texts of dujiao-next: descriptions, the announcement, legal texts and notices, from the page or from its answers.

Takes a ParsedPage; gives Blocks of the platform.
"""

from __future__ import annotations

from collections.abc import Iterator

from bs4 import Tag

from scrapers.blocks import blocks_of
from scrapers.dom import ParsedPage, line_of, text_of
from scrapers.families.dujiao_next_data import block_of_data, localised, posts_of
from scrapers.families.findings import Json, text_in
from scrapers.families.promises import read_markup
from scrapers.model import Author, Block, BlockKind
from scrapers.selectors import select, select_one
from scrapers.traditional import fold_traditional


def section_of(root: Tag, heading: str) -> Tag | None:
    """The element that a heading of these words stands in."""
    for element in root.find_all(["h2", "h3"], limit=60):
        if fold_traditional(line_of(element, 30)) == heading and isinstance(element.parent, Tag):
            return element.parent
    return None


def descriptions(page: ParsedPage, subject: str, row: dict[str, Json]) -> Iterator[Block]:
    """The summary and the detailed text of a product; from its data where the page has none."""
    root = page.first_with_class("product-detail-page") or page.document.body
    shown = False
    summary = section_of(root, "商品描述")
    if summary is not None:
        for paragraph in summary.find_all("p", limit=5):
            yield from blocks_of(
                page, BlockKind.DESCRIPTION, paragraph, heading="商品描述", subject=subject, author=Author.PLATFORM
            )
    for prose in select(root, ".theme-prose, .prose", limit=5):
        shown = True
        yield from blocks_of(
            page, BlockKind.DESCRIPTION, prose, heading="详细信息", subject=subject, author=Author.PLATFORM
        )
    if not shown:
        text = read_markup(localised(page, row.get("content")))
        yield from block_of_data(page, BlockKind.DESCRIPTION, text, "详细信息", "products/data/content", subject)


def announcement(page: ParsedPage, config: dict[str, Json]) -> Iterator[Block]:
    """The announcement of the configuration, which the software lets pop up."""
    told = config.get("announcement")
    if isinstance(told, dict) and told.get("enabled") is not False:
        text = read_markup(localised(page, told.get("content")))
        heading = localised(page, told.get("title")) or "公告"
        yield from block_of_data(page, BlockKind.NOTICE, text, heading, "config/data/announcement/content")


def legal_text(page: ParsedPage, config: dict[str, Json], which: str) -> Iterator[Block]:
    """The terms or the privacy text: as the page shows it, else as the configuration holds it."""
    main = page.soup.find("main")
    heading = line_of(select_one(main, "h1")) if isinstance(main, Tag) else ""
    prose = select_one(main, ".prose, .theme-prose") if isinstance(main, Tag) else None
    if prose is not None and text_of(prose):
        yield from blocks_of(page, BlockKind.TERMS, prose, heading=heading, author=Author.PLATFORM)
        return
    legal = config.get("legal")
    if isinstance(legal, dict):
        text = read_markup(localised(page, legal.get(which)))
        name = {"terms": "服务条款", "privacy": "隐私政策"}[which]
        yield from block_of_data(page, BlockKind.TERMS, text, name, f"config/data/legal/{which}")


def posts(page: ParsedPage, slug: str) -> Iterator[Block]:
    """Notices: one that is open, or the heads of all, with their texts where the answers bring them."""
    main = page.soup.find("main")
    if not isinstance(main, Tag):
        main = page.document.body
    prose = select_one(main, ".theme-prose, .prose") if slug else None
    if prose is not None:
        yield from blocks_of(
            page, BlockKind.NOTICE, prose, heading=line_of(select_one(main, "h1")), author=Author.PLATFORM
        )
        return
    if not slug:
        for article in main.find_all("article", limit=100):
            heading = select_one(article, "h2, h3")
            beside = frozenset(id(element) for element in select(article, "time, .rounded-md", limit=20))
            yield from blocks_of(
                page, BlockKind.NOTICE, article, heading=line_of(heading), author=Author.PLATFORM, without=beside
            )
    for post in posts_of(page):
        if slug and text_in(post, "slug") != slug:
            continue
        text = read_markup(localised(page, post.get("content")))
        place = f"posts/{text_in(post, 'slug')}/content"
        yield from block_of_data(page, BlockKind.NOTICE, text, localised(page, post.get("title")), place)
