"""Blocks of text by their headings: notices, prompts, terms, descriptions, contacts; and the main text of a page.

Takes a ParsedPage of unknown make; gives Blocks. Text with rule words that no heading claims is kept too: a rule is
never lost because a shop set no heading over it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import islice

from bs4 import Tag

from scrapers.blocks import blocks_of, text_blocks
from scrapers.contacts import find_footers
from scrapers.document import Document
from scrapers.dom import ParsedPage, attribute, line_of, opens_popup, place_of, text_of
from scrapers.labels import MAX_HEADING, RECOMMENDED, kind_of_heading
from scrapers.model import Author, Block, BlockKind
from scrapers.text import BLOCK_TAGS, SKIPPED_TAGS, condense

_HEADING_CLASS = re.compile(r"(?:^|[-_])(?:title|tit|heading|header|head|hd|caption)(?:$|[-_])|[-_]h$", re.I)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_RULE = re.compile(
    r"售后|质保|保修|退款|退货|退换|不退|不换|不予|不支持|补发|补卡|换货|赔|有效期|过期|作废|概不|逾期|视为|责任|"
    r"\d{1,4}\s?(?:天|小时|个工作日)内|七天|争议|管辖|解释权"
)
_DATE = re.compile(r"\d{4}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}")
_CONTROLS = ("form", "select", "textarea")
_CALLED_NOTICE = re.compile(
    r"(?:^|[-_\s])(?:notice|notices|gonggao|announce|announcement|anounce|bulletin|elem-quote)(?:$|[-_\s])", re.I
)
_LEAST_NOTICE = 6
_MAX_NOTICE = 20_000
_MAX_CANDIDATES = 1500
_MAX_SECTIONS = 100
_MAX_LINES = 3000


def headed_blocks(page: ParsedPage, without: frozenset[int], subject: str) -> list[Block]:
    """Sections whose heading says what they are, in document order; prompts and descriptions belong to `subject`."""
    blocks: list[Block] = []
    claimed: set[int] = set()
    for document in page.documents:
        for heading in _candidates(document.elements):
            if len(blocks) >= _MAX_SECTIONS:
                return blocks
            if any(id(node) in claimed or id(node) in without for node in (heading, *heading.parents)):
                continue
            title = _title(heading)
            kind = kind_of_heading(title)
            if kind is None:
                continue
            body = _body_of(document, heading, title)
            if not body:
                continue
            claimed.update(id(element) for element in body)
            owner = subject if kind in (BlockKind.PROMPT, BlockKind.DESCRIPTION) else ""
            made: list[Block] = []
            for element in body:
                made += blocks_of(page, kind, element, heading=title, subject=owner, without=without)
            blocks += _joined(made)
    return blocks


def main_text_blocks(page: ParsedPage, kind: BlockKind) -> list[Block]:
    """The main text of a terms or notice page, one block for each heading; navigation and footer left out."""
    blocks: list[Block] = []
    for document in page.documents:
        without = document.boilerplate
        root = _densest(document.body, without)
        text = text_of(root, without=without)
        headings = [line_of(h) for h in root.find_all(_HEADINGS, limit=500) if id(h) not in without]
        for heading, lines in _parted(text.split("\n"), [h for h in headings if h and not _DATE.search(h)]):
            place = place_of(root)
            blocks += text_blocks(page, Block(kind, "\n".join(lines), heading, place=place))
        blocks += _concealed_blocks(page, kind, root, without, text)
    return [block for block in blocks if block.text]


def _concealed_blocks(page: ParsedPage, kind: BlockKind, root: Tag, without: frozenset[int], text: str) -> list[Block]:
    """Rules in the main text that its markup hides or folds away: they are not gone."""
    seen = set(text.split("\n"))
    lines = [line for line in text_of(root, with_hidden=True, without=without).split("\n") if line not in seen]
    hidden = tuple(line for line in lines if (len(line) >= 8 and has_rule(line)) or condense(line) in page.concealed)
    return text_blocks(page, Block(kind, "", place=place_of(root)), hidden) if hidden else []


def unclaimed_rules(
    page: ParsedPage, kind: BlockKind, blocks: list[Block], without: frozenset[int], subject: str
) -> list[Block]:
    """Lines with rule words in the main text that stand in no block yet, as one block."""
    held = "".join(condense(block.text) for block in blocks)
    lines: list[str] = []
    seen: set[str] = set()
    for document in page.documents:
        skipped = document.boilerplate | without
        whole = text_of(document.body, with_hidden=True, without=skipped).split("\n")
        lines += whole
        seen.update(text_of(document.body, without=skipped).split("\n") if document.hidden else whole)
    long_lines = [line for line in lines[:_MAX_LINES] if len(line) >= 8 and _RULE.search(line)]
    rules = [line for line in long_lines if condense(line) not in held]
    unique = list(dict.fromkeys(rules))
    hidden = tuple(line for line in unique if line not in seen)
    shown = "\n".join(line for line in unique if line in seen)
    return text_blocks(page, Block(kind, shown, subject=subject, place="body"), hidden) if unique else []


def called_notices(page: ParsedPage, blocks: list[Block], without: frozenset[int]) -> list[Block]:
    """Elements that are called a notice by class or id and stand in no block yet, though no heading says so."""
    held = "".join(condense(block.text) for block in blocks)
    found: list[Block] = []
    taken: set[int] = set()
    for document in page.documents:
        for element in document.elements:
            if not element.attrs or not _CALLED_NOTICE.search(
                f"{attribute(element, 'id')} {attribute(element, 'class')}"
            ):
                continue
            if any(id(node) in taken or id(node) in without for node in (element, *element.parents)):
                continue
            text = text_of(element, with_hidden=True, limit=_MAX_NOTICE)
            if (
                not _LEAST_NOTICE <= len(text) <= _MAX_NOTICE
                or condense(text) in held
                or _is_control(document, element)
            ):
                continue
            taken.add(id(element))
            found += blocks_of(page, BlockKind.NOTICE, element, without=without)
            if len(found) >= _MAX_SECTIONS:
                return found
    return found


def has_rule(text: str) -> bool:
    """Whether a text has words of a rule: refund, warranty, time limit, liability."""
    return _RULE.search(text) is not None


def footer_blocks(page: ParsedPage) -> list[Block]:
    """The page's footers, as text that is no rule."""
    return [
        replace(block, author=Author.UNKNOWN)
        for footer in find_footers(page)
        for block in blocks_of(page, BlockKind.OTHER, footer, heading="footer")
    ]


def _candidates(elements: tuple[Tag, ...]) -> Iterator[Tag]:
    count = 0
    for element in elements:
        name = element.name
        if name in SKIPPED_TAGS or name in ("a", "button", "body", "html", "form", "img", "input", "nav"):
            continue
        heading = (
            name in _HEADINGS
            or name in ("summary", "legend", "strong", "b")
            or (element.attrs and any(map(_heads, attribute(element, "class").split())))
        )
        if not heading or element.find_parent(["a", "nav", "button", "li"] if name not in _HEADINGS else ["a", "nav"]):
            continue
        if name in ("strong", "b") and not _stands_alone(element):
            continue
        count += 1
        if count > _MAX_CANDIDATES:
            return
        yield element


@lru_cache(maxsize=4096)
def _heads(token: str) -> bool:
    """Whether a class is that of a heading; pages have a hundred classes and a thousand elements."""
    return _HEADING_CLASS.search(token) is not None


def _stands_alone(element: Tag) -> bool:
    """Whether bold text is a line of its own: all that its parent holds, or followed by a block."""
    following = element.next_sibling
    while following is not None and not isinstance(following, Tag) and not str(following).strip(" \r\n\t：:"):
        following = following.next_sibling
    if isinstance(following, Tag) and following.name in BLOCK_TAGS:
        return True
    return line_of(element, 60) == line_of(element.parent, 60)


def _title(heading: Tag) -> str:
    text = text_of(heading, with_hidden=True, limit=2 * MAX_HEADING)
    return text.strip("：: ×x\n") if len(text) <= MAX_HEADING + 4 and "\n" not in text.strip() else ""


def _body_of(document: Document, heading: Tag, title: str) -> list[Tag]:
    """The elements that a heading heads: what follows it, or follows the wrapper that holds nothing else."""
    node = heading
    for _ in range(4):
        body = list(_following(node, heading))
        if any(text_of(element, with_hidden=True) or document.holds(element, ("img",)) for element in body):
            return [element for element in body if element.name == "img" or not _is_control(document, element)]
        parent = node.parent
        if not isinstance(parent, Tag) or parent.name in ("body", "html", "[document]", "main"):
            return []
        if condense(text_of(parent, with_hidden=True, limit=2 * MAX_HEADING)).strip("：:×") != condense(title):
            return []
        node = parent
    return []


def _is_control(document: Document, element: Tag) -> bool:
    """Whether an element is for doing, not for reading: a form, or nothing but buttons."""
    if element.name in ("form", "button") or any(map(_takes_input, document.inside(element))):
        return True
    buttons = islice(document.named_inside(element, ("button",)), 20)
    pushed = "".join(condense(document.words_of(button)) for button in buttons)
    return bool(pushed) and pushed == condense(document.words_of(element))


def _takes_input(element: Tag) -> bool:
    return element.name in _CONTROLS or (element.name == "input" and attribute(element, "type").lower() != "hidden")


def _following(node: Tag, heading: Tag) -> Iterator[Tag]:
    level = _level(heading)
    for sibling in node.next_siblings:
        if not isinstance(sibling, Tag) or sibling.name in SKIPPED_TAGS:
            continue
        if sibling.name in ("footer", "nav") or _starts_section(sibling, heading, level):
            return
        if RECOMMENDED.search(_title(sibling)):
            return
        if opens_popup(sibling):
            continue
        yield sibling


def _starts_section(sibling: Tag, heading: Tag, level: int) -> bool:
    """Whether a sibling is, or begins with, a heading of the same rank: an inner, lower heading does not end a body."""
    head = sibling
    while head.name not in _HEADINGS:
        if _alike(head, heading):
            return True
        first = next((c for c in head.children if isinstance(c, Tag) or str(c).strip()), None)
        if not isinstance(first, Tag):
            return False
        head = first
    return _level(head) <= level if level < 7 else head is sibling or _alike(head, heading)


def _alike(one: Tag, other: Tag) -> bool:
    classes = attribute(one, "class")
    return one.name == other.name and bool(classes) and classes == attribute(other, "class")


def _level(heading: Tag) -> int:
    return int(heading.name[1]) if heading.name in _HEADINGS else 7


def _joined(blocks: list[Block]) -> list[Block]:
    """One block for each way in which it was seen: the pieces under one heading belong together."""
    joined: dict[tuple[str, str], Block] = {}
    for block in blocks:
        way = (block.source, block.concealed)
        before = joined.get(way)
        joined[way] = (
            block
            if before is None
            else replace(
                before,
                text="\n".join(text for text in (before.text, block.text) if text),
                images=(*before.images, *block.images),
            )
        )
    return list(joined.values())


def _densest(root: Tag, without: frozenset[int]) -> Tag:
    """The smallest element that still holds nine tenths of the text outside the boilerplate."""
    whole = len(text_of(root, without=without))
    for _ in range(40):
        children = [
            c for c in root.children if isinstance(c, Tag) and c.name not in SKIPPED_TAGS and id(c) not in without
        ]
        heavy = [child for child in children if len(text_of(child, without=without)) >= 0.9 * whole]
        if len(heavy) != 1 or not whole:
            return root
        root = heavy[0]
    return root


def _parted(lines: list[str], headings: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Lines by the heading above them, in document order; a heading with no text of its own stands as text."""
    current: list[str] = []
    heading, position = "", 0
    for line in lines:
        if line in headings[position : position + 5]:
            if current:
                yield heading, current
            elif heading:
                yield "", [heading]
            position = headings.index(line, position) + 1
            current, heading = [], line
        else:
            current.append(line)
    if current:
        yield heading, current
    elif heading:
        yield "", [heading]
