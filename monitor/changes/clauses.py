"""Splits the blocks of a page into clauses: one rule each, with its number, what it stands under, and its span.

Knows Chinese numbering (第一章, 第三条, 一、, （一）, 1., 1.2, ①), list marks, markdown headings, Q and A, and lines;
which mark stands under which is read from the page, so 第一条 under 一、 is nested as the page nests it. A clause's
text is the block's own characters; only its number and list mark are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from monitor.changes.lead_ins import find_lead_ins, read_lead_in
from monitor.changes.normal_forms import compact_form, steady_form
from scrapers.model import STRUCK, Author, Block, BlockKind, Reading, Role, Source

RULE_BLOCKS = frozenset({BlockKind.TERMS, BlockKind.NOTICE, BlockKind.PROMPT, BlockKind.DESCRIPTION})
MAXIMUM_CLAUSES = 3_000
MAXIMUM_CHARACTERS = 300_000
_MAXIMUM_CLAUSE_CHARACTERS = 2_000
_HEADING_CHARACTERS = 30

_CN = "一二三四五六七八九十百零〇两"
_MARKS: tuple[tuple[int, re.Pattern[str]], ...] = tuple(
    (level, re.compile(pattern))
    for level, pattern in (
        (1, rf"(第[{_CN}\d]{{1,6}}[章编篇]|第[{_CN}\d]{{1,6}}部分)[、:： 　.]*"),
        (2, rf"(第[{_CN}\d]{{1,6}}节)[、:： 　.]*"),
        (3, rf"(第[{_CN}\d]{{1,6}}[条款项])[、:： 　.]*"),
        (4, rf"([{_CN}]{{1,4}})[、.．]\s*"),
        (5, rf"([(（【][{_CN}]{{1,4}}[)）】])[、.．:：]?\s*"),
        (7, r"(\d{1,3}(?:\.\d{1,3}){1,3})[、.．)）]?(?!\d|[%元折])\s*(?=\D)"),
        (6, r"(\d{1,3})(?:[、．)）]|[.:：](?!\d))\s*"),
        (8, r"([(（]\d{1,3}[)）])[、.．]?\s*"),
        (9, r"([①-⑳⑴-⒇⒈-⒛㈠-㈩❶-❿])[、.．]?\s*"),
        (10, r"((?:[QqAa]|[问答])\d{0,3})[:：、.．]\s*"),
        (11, r"([-*+•·●○■□◆◇▪►➤★☆※✅❌✔✘])(?![-*])\s*"),
    )
)
_MARKDOWN_HEADING = re.compile(r"(#{1,6})\s+(.*)")
_BRACKET_HEADING = re.compile(r"[【\[〖《]([^】\]〗》]{1,30})[】\]〗》]\s*[:：]?\s*")
_INLINE_NUMBER = re.compile(
    r"(?<=[。；;！!？?])\s*(?=(?:\d{1,2}[、.．](?!\d)|[①-⑳⑴-⒇]|[(（][一二三四五六七八九十\d]{1,2}[)）]|[一二三四五六七八九十]{1,3}、))"
)
_FIRST_AFTER_COLON = re.compile(r"(?<=[：:])\s*(?=(?P<mark>1[、.．](?!\d)|①|[(（][一1][)）]|一、))")
_SECOND = str.maketrans("1①一", "2②二")
_FIRST = re.compile(r"第?[(（【]?(?:一(?![十百])|[1①⑴⒈㈠❶](?!\d))")
_STRUCK = re.compile(r"~~([^~]{6,})~~[。.;；]?")
_CLOSED = re.compile(r"[。；;！!？?，,]")
_UNNUMBERED = 12
"""The level of a heading without a number: it stands under numbered ones, and numbered rules stand under it."""


@dataclass(frozen=True)
class Clause:
    """One rule. `start` and `end` are its span in the text of its block.

    `heading` are the titles it stands under, outermost first; `path` the same with their numbers, and with the numbers
    of the rules that it is a part of. `lead_in` is the line that begins the list it is an item of: 以下情况不予售后：
    """

    text: str
    number: str
    heading: tuple[str, ...]
    kind: BlockKind
    subject: str
    author: Author
    source: Source
    start: int
    end: int
    concealed: str = ""
    path: tuple[str, ...] = ()
    lead_in: str = ""

    @property
    def name(self) -> str:
        """What a person calls it: what it stands under, and its number."""
        path = self.path or self.heading
        return " › ".join((*path, self.number) if self.number else path)

    @property
    def in_sight(self) -> bool:
        """Whether a visitor saw it as a rule that stands."""
        return self.source in (Source.TEXT, Source.POPUP) and not self.concealed

    @property
    def compact(self) -> str:
        """The form in which it is compared; digits stay."""
        return compact_form(self.text)

    @property
    def steady(self) -> str:
        """The compact form with counters masked."""
        return steady_form(self.text)


def split_reading(reading: Reading, *, role: Role) -> tuple[Clause, ...]:
    """All clauses of a page. A page of rules that was read into no block is split as a whole."""
    blocks: Iterable[Block] = reading.blocks
    if not reading.blocks and role in (Role.TERMS, Role.NOTICE, Role.RELEASE) and reading.text:
        blocks = (Block(BlockKind.TERMS if role is Role.TERMS else BlockKind.NOTICE, reading.text),)
    clauses: list[Clause] = []
    room = MAXIMUM_CHARACTERS
    for block in blocks:
        for clause in split_block(block):
            room -= len(clause.text)
            clauses.append(clause)
            if room <= 0 or len(clauses) >= MAXIMUM_CLAUSES:
                return tuple(clauses)
    return tuple(clauses)


def reached_bound(clauses: Sequence[Clause]) -> bool:
    """Whether a page had more than is split: what follows was not compared."""
    return len(clauses) >= MAXIMUM_CLAUSES or sum(len(clause.text) for clause in clauses) >= MAXIMUM_CHARACTERS


def split_block(block: Block) -> tuple[Clause, ...]:
    """The clauses of one block in the order of the page; headings are carried, not kept as clauses of their own."""
    outer = (block.heading,) if block.heading else ()
    stack: list[_Open] = []
    nested: set[tuple[int, int]] = set()
    clauses: list[Clause] = []
    levels: list[int] = []
    for start, line in _split_lines(block.text):
        level, number, skipped = _read_mark(line)
        text = line[skipped:].strip()
        if not text and not number:
            continue
        title = _read_heading(line, text, level)
        stack = _keep_open(stack, level, number, title, nested)
        struck = _STRUCK.fullmatch(text)
        concealed = block.concealed or (STRUCK if struck else "")
        text = struck.group(1) if struck else text
        titles = tuple(one.title for one in stack if one.title and not title)
        path = tuple(one.name for one in stack if one.title or level)
        clauses.append(
            Clause(
                text[:_MAXIMUM_CLAUSE_CHARACTERS], number, (*outer, *titles), block.kind, block.subject, block.author,
                block.source, start + skipped, start + len(line), concealed, (*outer, *path),
            )
        )  # fmt: skip
        levels.append(level)
        # a heading is shown as a clause too: a rule may hide in it, and a vanished heading is worth a line
        if title or level:
            stack = [*stack, _Open(level or _UNNUMBERED, number, title)]
        if len(clauses) >= MAXIMUM_CLAUSES:
            break
    return _with_lead_ins(clauses, levels)


def _with_lead_ins(clauses: Sequence[Clause], levels: Sequence[int]) -> tuple[Clause, ...]:
    """The clauses of a block, items of lists with the line that leads them in."""
    begins = [read_lead_in(clause.text) is not None for clause in clauses]
    if not any(begins):
        return tuple(clauses)
    lines = [(clause.text, level) for clause, level in zip(clauses, levels, strict=True)]
    leads = find_lead_ins(lines, is_lead_in=begins)
    return tuple(
        clause if lead is None else replace(clause, lead_in=clauses[lead].text)
        for clause, lead in zip(clauses, leads, strict=True)
    )


@dataclass(frozen=True)
class _Open:
    """A mark or heading that the next lines may stand under; `title` is "" for a rule."""

    level: int
    number: str
    title: str

    @property
    def name(self) -> str:
        return f"{self.number} {self.title}".strip()


def _keep_open(stack: list[_Open], level: int, number: str, title: str, nested: set[tuple[int, int]]) -> list[_Open]:
    """Of what is open, that under which a line with this mark stands. `nested` learns which mark stands under which."""
    if not level and not title:
        return stack
    levels = [one.level for one in stack]
    if level and level in levels:
        return stack[: levels.index(level)]
    if not level:  # a section without a number ends the rules before it, not the numbered sections
        return [one for one in stack if one.title and one.level < _UNNUMBERED]
    if stack and stack[-1].title and stack[-1].level < _UNNUMBERED:
        under = stack[-1].level, level
        # the first of its kind right under a heading belongs there, whatever its mark; later ones (第三条) do as it did
        if _FIRST.match(number):
            nested.add(under)
        if under in nested:
            return stack
    return [one for one in stack if one.level < level or (one.level == _UNNUMBERED and not title)]


def _split_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines with their offset; a line that holds several numbered rules is cut before each number."""
    offset = 0
    for line in text.replace("\ufeff", " ").splitlines(keepends=True):
        cuts = [0, *sorted({*_inline_cuts(line), *(match.end() for match in _INLINE_NUMBER.finditer(line))}), len(line)]
        for start, end in pairwise(cuts):
            piece = line[start:end]
            leading = len(piece) - len(piece.lstrip())
            if piece.strip():
                yield from _cut_long(offset + start + leading, piece.strip())
        offset += len(line)


def _inline_cuts(line: str) -> list[int]:
    """Where a list begins after a colon: 规则如下：1、… 2、… has a second, 比例：1、… alone is no list."""
    return [
        match.end()
        for match in _FIRST_AFTER_COLON.finditer(line[:_MAXIMUM_CLAUSE_CHARACTERS])
        if match["mark"].translate(_SECOND) in line[match.end() + 3 :]
    ][:1]


def _cut_long(offset: int, line: str) -> Iterator[tuple[int, str]]:
    """A line beyond the bound is cut, at the end of a sentence where there is one."""
    while len(line) > _MAXIMUM_CLAUSE_CHARACTERS:
        stop = (
            max(line.rfind(mark, 0, _MAXIMUM_CLAUSE_CHARACTERS) for mark in "。；;. ") + 1 or _MAXIMUM_CLAUSE_CHARACTERS
        )
        yield offset, line[:stop]
        offset, line = offset + stop, line[stop:]
    if line:
        yield offset, line


def _read_mark(line: str) -> tuple[int, str, int]:
    """Level, number and length of the mark at the start of a line; (0, "", 0) without one."""
    heading = _MARKDOWN_HEADING.match(line)
    if heading:
        return len(heading.group(1)), "", heading.start(2)
    for level, pattern in _MARKS:
        match = pattern.match(line)
        if match:
            return level, match.group(1).strip(), match.end()
    return 0, "", 0


def _read_heading(line: str, text: str, level: int) -> str:
    if _MARKDOWN_HEADING.match(line):
        return text.strip(" #")
    bracket = _BRACKET_HEADING.fullmatch(text)
    if bracket:
        return bracket.group(1)
    short = len(text) <= _HEADING_CHARACTERS and not _CLOSED.search(text)
    return text.rstrip(":： ") if short and (1 <= level <= 5 or text.endswith(("：", ":"))) else ""
