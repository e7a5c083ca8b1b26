"""Blocks of text made from elements, what a visitor saw and what was hidden from him kept apart.

Takes a ParsedPage and an element or loose lines; gives Blocks, one for each way in which their lines stood.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace

from bs4 import Tag

from scrapers.dom import ParsedPage, hidden_parts, images_in, is_hidden, is_popup, place_of, text_of
from scrapers.labels import is_button
from scrapers.model import Author, Block, BlockKind, Source


def blocks_of(
    page: ParsedPage,
    kind: BlockKind,
    element: Tag,
    *,
    heading: str = "",
    subject: str = "",
    author: Author = Author.UNKNOWN,
    without: Container[int] = (),
) -> list[Block]:
    """The element as a block; lines that a visitor could not see become a block of their own, marked hidden."""
    text = text_of(element, with_hidden=False, without=without)
    concealed = [text_of(part, with_hidden=True, without=without) for part in hidden_parts(element)]
    hidden_by_markup = is_hidden(element)
    if hidden_by_markup:
        text = text_of(element, with_hidden=True, without=without)
        concealed = []
    return _sorted_by_sight(
        page,
        Block(
            kind, text, heading, subject, author, place_of(element), Source.TEXT, images_in(element, page.content.url)
        ),
        "\n".join(concealed).split("\n"),
        hidden_by_markup,
        is_popup(element),
    )


def text_blocks(page: ParsedPage, block: Block, hidden: tuple[str, ...] = ()) -> list[Block]:
    """A block made of loose lines, parted into what was seen and what was not; `hidden` lines the markup hides."""
    return _sorted_by_sight(page, block, list(hidden), False, False)


def _sorted_by_sight(page: ParsedPage, block: Block, concealed: list[str], hidden: bool, popup: bool) -> list[Block]:
    lines: dict[Source, list[str]] = {}
    for line in [*block.text.split("\n"), *concealed] if block.text or any(concealed) else []:
        if not line or is_button(line):
            continue
        by_markup = hidden or line in concealed
        lines.setdefault(page.sight.source_of(line, hidden=by_markup, popup=popup), []).append(line)
    if not lines and not block.images:
        return []
    shown = max(lines, key=lambda source: len("".join(lines[source])), default=Source.TEXT)
    blocks = []
    for source in sorted(lines, key=lambda source: source != shown) or [shown]:
        images = block.images if source == shown else ()
        blocks.append(replace(block, text="\n".join(lines.get(source, [])), source=source, images=images))
    return blocks
