"""Says beside every mark of an exhibit that it is not attached, and how many exhibits and files a pack holds.

Takes letters and prepared exhibits, gives letters and words. A letter must not lean on what its reader does not get.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from monitor.complaints.model import Block, BlockKind, Letter, Sentence, SentenceKind
from monitor.complaints.pack.model import ABSENT, NOT_ATTACHED, Prepared

_MARKS = re.compile(r"(?<=证)(?:据\s?)?[1-6]-[0-9]{1,4}(?:、[1-6]-[0-9]{1,4})*(?![0-9])")
_NUMBER = re.compile(r"[1-6]-[0-9]{1,4}")


@dataclass(frozen=True)
class Holdings:
    """How much there is: exhibits in all, of them printed in the booklet, of them with a file; the absent ones."""

    exhibits: int
    printed: int
    filed: int
    absent: tuple[str, ...]

    def tell(self, *, files: bool) -> str:
        """One sentence; without `files` only paper goes along, as in the compact form."""
        told = [f"共 {self.exhibits} 件", f"印入证据材料 {self.printed} 件"]
        if files:
            told.append(f"附有电子文件 {self.filed} 件")
        told.append(f"未附 {len(self.absent)} 件：{'、'.join(self.absent)}（原因见证据目录）" if self.absent else "")
        return "，".join(one for one in told if one)


def count_holdings(
    prepared: Sequence[Prepared], pages: Mapping[str, str], files: Mapping[str, Sequence[str]]
) -> Holdings:
    """What a pack holds; `pages` as the list of evidence tells them, `files` the paths of each exhibit."""
    numbers = [one.exhibit.number for one in prepared]
    absent = find_absent(pages)
    return Holdings(
        len(numbers),
        sum(one not in absent for one in numbers),
        sum(bool(files.get(one)) for one in numbers),
        tuple(one for one in numbers if one in absent and not files.get(one)),
    )


def find_absent(pages: Mapping[str, str]) -> frozenset[str]:
    """The numbers of which the pack shows nothing."""
    return frozenset(number for number, told in pages.items() if told == NOT_ATTACHED)


def tell_absent(letter: Letter, absent: Collection[str]) -> tuple[Letter, tuple[str, ...]]:
    """The letter with 〔未附〕 behind every number that is absent, and which of them it names."""
    if not absent:
        return letter, ()
    named: dict[str, None] = {}

    def mark(number: str) -> str:
        if number not in absent:
            return number
        named[number] = None
        return f"{number}{ABSENT}"

    def say(one: Sentence) -> Sentence:
        text = one.text
        if one.kind is not SentenceKind.LAW:
            text = _MARKS.sub(lambda found: _NUMBER.sub(lambda number: mark(number[0]), found[0]), text)
        return replace(one, text=text, marks=tuple(mark(number) for number in one.marks))

    def lay(block: Block) -> Block:
        return replace(
            block,
            sentences=tuple(say(one) for one in block.sentences),
            rows=tuple(tuple(say(one) for one in row) for row in block.rows),
        )

    return replace(letter, blocks=tuple(lay(block) for block in letter.blocks)), tuple(named)


def add_reasons(letter: Letter, prepared: Sequence[Prepared], absent: Collection[str]) -> Letter:
    """The list of evidence with why something is not attached, before the signature."""
    told = tuple(
        Sentence(f"证{one.exhibit.number}{ABSENT}：{one.withheld}")
        for one in prepared
        if one.exhibit.number in absent and one.withheld
    )
    if not told:
        return letter
    block = Block(BlockKind.ITEMS, "未附的证据及原因", told)
    signed = next((n for n, one in enumerate(letter.blocks) if one.kind is BlockKind.SIGNATURE), len(letter.blocks))
    return replace(letter, blocks=(*letter.blocks[:signed], block, *letter.blocks[signed:]))
