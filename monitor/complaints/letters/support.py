"""Whether the readable text of an exhibit supports what a sentence says: amounts, numbers, names, words, speaker.

A mark is a claim that the reader can check. The kind of a file does not make it one: only what was read in it does.
Each maker here gives a test, which takes the text of an exhibit and says yes, no, or that nobody can tell who speaks.
Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal

from monitor.complaints.evidence.held_values import MOST_READ as _MOST
from monitor.complaints.evidence.held_values import holds_amount, holds_name, holds_number
from monitor.complaints.evidence.said_lines import (
    BUYER,
    ROBOT,
    SELLER,
    SaidLine,
    asks_remedy,
    names_nobody,
    read_chat,
    states,
)
from monitor.complaints.letters.sentences import one_line
from monitor.complaints.routing.filing_words import pattern
from monitor.times import SHANGHAI
from storage.case import Facts, Order

Test = Callable[[str], bool | None]
"""Whether a text holds it; None where it holds the words and tells nobody who says them."""

_DAY = re.compile(r"(?<!\d)(?:(20\d{2})\s?[-/.年]\s?)?(\d{1,2})\s?[-/月]\s?(\d{1,2})(?!\d)")
_FULL_DAY = re.compile(r"(?<!\d)(20\d{2})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?!\d)")
_NOT = re.compile(r"(?:不是|没有|并非|并未|并不|不会|未见|从未|无)[^，。；！？\s]{0,2}$")
_LEAST_SHARE = 0.5
_BRANDED = re.compile(
    r"(?i)(apple|itunes|steam|苹果|谷歌|google|微软|xbox|任天堂|nintendo|psn|netflix|爱奇艺|腾讯视频|优酷|芒果|京东|天猫"
    r"|亚马逊|amazon|spotify|youtube|roblox|razer|移动|联通|电信|骏网|q币)\s?"
    r"(?:礼品卡|点卡|充值卡|会员|月卡|季卡|年卡|激活码|兑换码|话费)"
)
_ABOUT = timedelta(minutes=30)


def amount_in(amount: Decimal, *names: str) -> Test:
    """The amount stands in it; one that is only part of these names (某游戏点卡 50元) does not count."""

    return lambda text: holds_amount(text, amount, *names)


def text_in(wanted: str) -> Test:
    """The words stand in it, however they are spaced, a number whole; nothing supports no words."""
    return lambda text: holds_name(text, wanted)


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


def of_these_goods(orders: Sequence[Order]) -> Test:
    """It names no other order and no goods of a brand that none of these orders is of."""
    numbers = [no for one in orders for no in (one.number, one.payment_no, one.merchant_no) if len(_dense(no)) > 3]
    goods = "".join(_dense(one.product).lower() for one in orders)

    def test(text: str) -> bool:
        plain = unicodedata.normalize("NFKC", text[:_MOST])
        named = pattern("bills", "number").findall(plain)
        if named and numbers and not any(holds_number(plain, number) for number in numbers):
            return False
        brands = {brand.lower() for brand in _BRANDED.findall(plain)}
        return not brands or not goods or any(brand in goods for brand in brands)

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


def said_by_seller(quote: str, facts: Facts) -> Test:
    """A line of the named seller, or his automatic reply, states every clause of the quotation."""

    def test(text: str) -> bool | None:
        lines = read_chat(text, facts)
        if any(states(one, quote) for one in _of_seller(lines)):
            return True
        return None if names_nobody(lines) and any(states(one, quote) for one in lines) else False

    return test


def told_by_seller(tests: Sequence[Test], facts: Facts) -> Test:
    """What the named seller states, neither asking nor denying it, holds all this."""

    def test(text: str) -> bool | None:
        lines = read_chat(text, facts)
        theirs = "\n".join(one.stated for one in _of_seller(lines))
        if theirs and all(one(theirs) for one in tests):
            return True
        every = "\n".join(one.stated for one in lines)
        return None if names_nobody(lines) and every and all(one(every) for one in tests) else False

    return test


def written_by_buyer(facts: Facts, moment: datetime) -> Test:
    """A line of the buyer, whatever it says, about the moment that the case tells."""

    def test(text: str) -> bool | None:
        lines = read_chat(text, facts)
        if names_nobody(lines):
            return None if lines else False
        return any(one.who == BUYER and _is_about(one, moment) for one in lines)

    return test


def asked_by_buyer(facts: Facts, moment: datetime | None = None) -> Test:
    """A line of the buyer asks for money back, other goods or repair, about the moment that the case tells."""

    def test(text: str) -> bool | None:
        lines = read_chat(text, facts)
        if names_nobody(lines):
            return None if any(asks_remedy(one) for one in lines) else False
        return any(one.who == BUYER and asks_remedy(one) and _is_about(one, moment) for one in lines)

    return test


def is_automatic(quote: str, facts: Facts) -> Test:
    """Only an automatic reply states the quotation, no person."""

    def test(text: str) -> bool:
        who = {one.who for one in _of_seller(read_chat(text, facts)) if states(one, quote)}
        return who == {ROBOT}

    return test


def _of_seller(lines: Iterable[SaidLine]) -> list[SaidLine]:
    return [one for one in lines if one.who in (SELLER, ROBOT)]


def _is_about(line: SaidLine, moment: datetime | None) -> bool:
    """Whether a line stands at the hour that the case tells; a line or case without an hour cannot differ."""
    if moment is None or line.at is None or moment.astimezone(SHANGHAI).time() in (time.min, time.max):
        return True
    return abs(line.at - moment) <= _ABOUT


def _dense(text: str) -> str:
    return "".join(one_line(text).split())
