"""Whether the readable text of an exhibit supports what a sentence says: amounts, numbers, names, words, speaker.

A mark is a claim that the reader can check. The kind of a file does not make it one: only what was read in it does.
Each maker here gives a test, which takes the text of an exhibit and says yes or no. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation

from monitor.complaints.letters.sentences import one_line
from monitor.times import SHANGHAI

Test = Callable[[str], bool]

_NUMBER = re.compile(r"(?<![\d.])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,])|(?<![\d.])\d{1,12}(?:\.\d{1,6})?(?![\d])")
_DAY = re.compile(r"(?<!\d)(?:(20\d{2})\s?[-/.年]\s?)?(\d{1,2})\s?[-/月]\s?(\d{1,2})(?!\d)")
_FULL_DAY = re.compile(r"(?<!\d)(20\d{2})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?!\d)")
_NOT = re.compile(r"(?:不是|没有|并非|并未|并不|不会|未见|从未|无)[^，。；！？\s]{0,2}$")
_STAMP = re.compile(
    r"\[?(?:20\d{2}[-/.年]\s?\d{1,2}[-/.月]\s?\d{1,2}日?)?[ \tT]{0,3}"
    r"(?:凌晨|早上|上午|中午|下午|晚上)?\s?(?<!\d)\d{1,2}:\d{2}(?::\d{2})?(?!\d)\]?"
)
_SPEAKER = re.compile(r"^\s*([^:：，。！？\s]{1,20})\s*[:：]")
_NAME = re.compile(r"^\s*([^:：，。！？?!]{1,20}?)\s*$")
_OWN = ("我", "本人", "买家", "买方", "我方", "自己", "me")
_CLAUSE = re.compile(r"[，。；！？,;!?…]+")
_MOST = 200_000
_LEAST_SHARE = 0.5


def amount_in(amount: Decimal, *names: str) -> Test:
    """The amount stands in it; one that is only part of these names (某游戏点卡 50元) does not count."""

    def test(text: str) -> bool:
        plain = one_line(text[:_MOST])
        for name in names:
            if one_line(name):
                plain = plain.replace(one_line(name), " ")
        return any(_number(found[0]) == amount for found in _NUMBER.finditer(plain))

    return test


def text_in(wanted: str) -> Test:
    """The words stand in it, however they are spaced; nothing supports no words."""
    dense = _dense(wanted)
    return lambda text: bool(dense) and dense in _dense(text[:_MOST])


def name_in(wanted: str) -> Test:
    """A name of goods stands in it, at least half of its pairs of signs: shops write it longer or shorter."""
    dense = _dense(wanted).lower()
    pairs = [dense[place : place + 2] for place in range(len(dense) - 1)] or [dense]

    def test(text: str) -> bool:
        whole = _dense(text[:_MOST]).lower()
        return bool(dense) and sum(pair in whole for pair in pairs) >= len(pairs) * _LEAST_SHARE

    return test


def words_in(words: Sequence[str]) -> Test:
    """One of the words stands in it and is not denied (不是无效)."""

    def test(text: str) -> bool:
        plain = "".join(text[:_MOST].lower().split())
        return any(
            not _NOT.search(plain[max(0, found.start() - 6) : found.start()])
            for word in words
            for found in re.finditer(re.escape("".join(word.lower().split())), plain)
        )

    return test


def day_in(moment: datetime) -> Test:
    """It names that day in China."""
    local = moment.astimezone(SHANGHAI)
    wanted = (local.month, local.day)

    def test(text: str) -> bool:
        days = [found.groups() for found in _DAY.finditer(text[:_MOST])]
        return any((int(month), int(day)) == wanted and year in (None, str(local.year)) for year, month, day in days)

    return test


def no_other_day(moment: datetime | None) -> Test:
    """It names that day, or no day at all."""
    return lambda text: moment is None or _FULL_DAY.search(text[:_MOST]) is None or day_in(moment)(text)


def said_by_seller(quote: str, own: Sequence[str]) -> Test:
    """Every clause of the quotation stands in what somebody else than the buyer says."""
    clauses = [dense for part in _CLAUSE.split(quote) if (dense := _dense(part))]

    def test(text: str) -> bool:
        theirs = _dense("\n".join(line for line, is_own in lines_of(text, own) if not is_own))
        return bool(clauses) and all(clause in theirs for clause in clauses)

    return test


def told_by_seller(tests: Sequence[Test], own: Sequence[str]) -> Test:
    """What somebody else than the buyer says holds all this."""

    def test(text: str) -> bool:
        theirs = "\n".join(line for line, is_own in lines_of(text, own) if not is_own)
        return all(one(theirs) for one in tests)

    return test


def told_by_buyer(tests: Sequence[Test], own: Sequence[str]) -> Test:
    """What the buyer says holds all this; a chat that names no speakers at all is taken whole."""

    def test(text: str) -> bool:
        lines = list(lines_of(text, own))
        mine = "\n".join(line for line, is_own in lines if is_own) if any(own for _, own in lines) else text
        spoken = any(_who(line)[0] for line in text[:_MOST].splitlines()[:5000])
        return (any(own for _, own in lines) or not spoken) and all(one(mine) for one in tests)

    return test


def lines_of(text: str, own: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """The words of a chat line by line, each with whether the buyer says it.

    Knows `time who：words`, `who：words`, and a head of time and name above the words. Without a speaker a line is
    nobody's.
    """
    mine = {_dense(name) for name in (*_OWN, *own) if name.strip()}
    speaking = False
    for line in text[:_MOST].splitlines():
        who, rest = _who(line)
        if who:
            speaking = _dense(who) in mine
        if rest.strip():
            yield rest, speaking


def _who(line: str) -> tuple[str, str]:
    """Who opens a line, and what is left of it."""
    stamp = _STAMP.search(line[:80])
    rest = f"{line[: stamp.start()]} {line[stamp.end() :]}" if stamp else line
    found = _SPEAKER.match(rest)
    if found:
        return found[1], rest[found.end() :]
    alone = _NAME.match(rest) if stamp else None
    return (alone[1], "") if alone and alone[1].strip() else ("", rest)


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None


def _dense(text: str) -> str:
    return "".join(one_line(text).split())
