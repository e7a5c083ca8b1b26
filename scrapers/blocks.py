"""Blocks of text made from elements, what a visitor saw and what was hidden from him kept apart.

Takes a ParsedPage and an element or loose lines; gives Blocks, one for each way in which their lines stood.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace

from bs4 import Tag

from scrapers.concealment import takes_out_of_layout
from scrapers.dom import ParsedPage, hidden_parts, images_in, is_hidden, is_popup, place_of, text_of
from scrapers.labels import is_button
from scrapers.model import STRUCK, STYLESHEET, Author, Block, BlockKind, Source
from scrapers.text import condense


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
    lines: dict[tuple[Source, str], list[str]] = {}
    for line in [*block.text.split("\n"), *concealed] if block.text or any(concealed) else []:
        if not line or is_button(line):
            continue
        by_markup = hidden or line in concealed
        source = page.sight.source_of(line, hidden=by_markup, popup=popup)
        for piece, cause in _parted_by_cause(page, line):
            lines.setdefault(_seen_as(page, piece, source, cause), []).append(piece)
    if not lines and not block.images:
        return []
    shown = max(lines, key=lambda way: len("".join(lines[way])), default=(Source.TEXT, ""))
    blocks = []
    for way in sorted(lines, key=lambda way: way != shown) or [shown]:
        images = block.images if way == shown else ()
        text = "\n".join(lines.get(way, []))
        blocks.append(replace(block, text=text, source=way[0], images=images, concealed=way[1]))
    return blocks


def _parted_by_cause(page: ParsedPage, line: str) -> list[tuple[str, str]]:
    """The line, or, where only a part of it is concealed (a word struck out), what is seen and what is not."""
    whole = page.concealed.get(condense(line))
    if whole is not None or not page.concealed:
        return [(line, whole or "")]
    pieces = []
    for part in page.concealed_words:
        if part in line:
            line = line.replace(part, "", 1)
            pieces.append((part, page.concealed[part]))
    return [(line, ""), *pieces] if line.strip() else pieces


def _seen_as(page: ParsedPage, line: str, source: Source, cause: str) -> tuple[Source, str]:
    if cause == STRUCK:
        return source, cause
    if cause and source is not Source.POPUP:
        shown = takes_out_of_layout(cause) and source is Source.TEXT and page.sight.visible
        return (source, "") if shown else (Source.HIDDEN, cause)
    if source is Source.HIDDEN and page.sight.visible and condense(line) not in page.folded:
        return source, STYLESHEET
    return source, ""
