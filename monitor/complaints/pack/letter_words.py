"""What the first page takes over from the letters of its pack, so that it promises and accuses exactly as they do.

Takes letters; gives what they ask for, whom a report accuses of what, and the exhibits that they name behind a
quotation. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from monitor.complaints.model import Block, Letter, Sentence, SentenceKind

_ASKS = re.compile(r"(?:请求|诉求)$|^争议描述$")
_BESIDE = ("ask_payee", "ask_records", "ask_preservation", "demand_chat")
_ACCUSED = re.compile(r"^被举报人")
_ACTS = re.compile(r"^涉嫌")
_ACT = re.compile(r"^(格式条款：[^：]{1,40}|[^：]{1,40})：")
_NAMES = ("名称", "统一社会信用代码", "地址")
_SITES = ("平台或网站", "网站", "网站备案号", "店铺")


def find_requests(letters: Sequence[Letter]) -> tuple[str, ...]:
    """What the pack asks for: the requests of its main letter, in its words."""
    ordered = sorted(letters, key=lambda one: one.kind in _BESIDE)
    for letter in ordered:
        for block in letter.blocks:
            if _ASKS.search(block.title):
                told = [one.text for one in _sentences(block) if one.kind is SentenceKind.DEMAND]
                if told:
                    return tuple(told)
    return ()


def find_accused(letters: Sequence[Letter]) -> tuple[tuple[str, str], ...]:
    """Of a report: its headings on the accused and what it says of each."""
    found = []
    wanted = (*_NAMES, *_SITES)
    for letter in letters:
        for block in letter.blocks:
            if _ACCUSED.match(block.title):
                rows = [row for row in block.rows if row and row[0].text in wanted]
                told = "；".join(f"{row[0].text}：{'，'.join(cell.text for cell in row[1:])}" for row in rows)
                if told:
                    found.append((block.title, told))
    return tuple(found)


def find_acts(letters: Sequence[Letter]) -> tuple[str, ...]:
    """Of a report: the names of the acts that it tells."""
    named: dict[str, None] = {}
    for letter in letters:
        for block in letter.blocks:
            if _ACTS.match(block.title):
                for row in block.rows:
                    match = next((found for cell in row if (found := _ACT.match(cell.text))), None)
                    if match:
                        named[match[1]] = None
    return tuple(named)


def find_marks(letters: Sequence[Letter], quoted: str) -> tuple[str, ...]:
    """The exhibits that a letter names behind these words of somebody."""
    plain = "".join(quoted.split())[:20]
    if len(plain) < 2:
        return ()
    for letter in letters:
        for block in letter.blocks:
            for one in _sentences(block):
                if one.marks and f"“{plain}" in "".join(one.text.split()):
                    return one.marks
    return ()


def _sentences(block: Block) -> Iterator[Sentence]:
    yield from block.sentences
    for row in block.rows:
        yield from row
