"""Reads chats: who said which line (buyer, seller, automatic reply, or somebody the text does not tell), and how.

Exports and copied chats put the name before the words, the time before the name, or both on a line of their own; a
picture of bubbles names nobody. A name that the case does not know and that is no word for a seller is nobody's: no
line of his is held against either side. Pure; names and words are monitor/reference/chat_words.toml.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources

from monitor.times import SHANGHAI
from storage.case import Facts

BUYER, SELLER, ROBOT, UNKNOWN = "buyer", "seller", "robot", "unknown"

_CLOCK = r"(?:凌晨|早上|上午|中午|下午|晚上)?\s?\d{1,2}:\d{2}(?::\d{2})?"
_TIME = (
    r"\[?(?:(?:20\d{2}[-/.年]\s?)?\d{1,2}[-/.月]\s?\d{1,2}日?|\d{1,2}\.\d{1,2}\.20\d{2})?[ \tT,]{0,3}"
    rf"(?:(?:星期|周)[一二三四五六日天])?\s?{_CLOCK}\]?"
)
_SAID = re.compile(rf"^[ \t]*(?P<time>{_TIME})?[ \t]*(?P<name>[^\s:：，。,；;！？]{{1,40}})[ \t]*[:：]")
_NAME_TIME = re.compile(
    rf"^[ \t]*(?P<name>[^:：，。]{{1,40}}?)[ \t,(（]{{1,3}}(?P<time>{_TIME})[)）]?[ \t]*[:：]?[ \t]*$"
)
_TIME_NAME = re.compile(rf"^[ \t]*(?P<time>{_TIME})[ \t]+(?P<name>[^:：，。！？!?]{{1,40}}?)[ \t]*$")
_TIME_ALONE = re.compile(rf"^[ \t]*[-—]*[ \t]*{_TIME}[ \t]*[-—]*[ \t]*$")
_MOMENT = re.compile(r"(20\d{2})[-/.年]\s?(\d{1,2})[-/.月]\s?(\d{1,2})[^\d]{0,8}?(下午|晚上)?\s?(\d{1,2}):(\d{2})")
_ACCOUNT = re.compile(r"[(（<\[【]\s*([A-Za-z0-9@._+-]{4,60})\s*[)）>\]】]$")
_CONTACTS = re.compile(r"[\s:：，,;；/、]+")
_SENTENCE = re.compile(r"[^。！？!?；;~～]+[。！？!?；;~～]*")
_CLAUSE = re.compile(r"[，。；！？,;!?…~～]+")
_BREAK = re.compile(r"[，,、；;。！？!?]")
_LONGEST_HEAD = 120
_MOST = 200_000
_MOST_LINES = 20_000


@dataclass(frozen=True)
class SaidLine:
    """The words of one line: who says them, under which name ("" where none stands), when, from which character on."""

    who: str
    words: str
    name: str
    at: datetime | None
    start: int

    @property
    def sentences(self) -> tuple[str, ...]:
        """Its sentences without spaces, each with its closing signs."""
        return tuple(_SENTENCE.findall(_dense(self.words)))

    @property
    def stated(self) -> str:
        """Those sentences that state something: neither questions nor denials."""
        return "".join(one for one in self.sentences if not is_question(one) and not is_denial(one))


@dataclass(frozen=True)
class Speakers:
    """Who speaks from which character on, in the order of the text."""

    starts: tuple[int, ...]
    kinds: tuple[str, ...]

    def at(self, place: int) -> str:
        """Who speaks at a character."""
        found = bisect_right(self.starts, place) - 1
        return self.kinds[found] if found >= 0 else UNKNOWN


def find_speakers(text: str, facts: Facts) -> Speakers:
    """Who speaks where in a text."""
    lines = list(_walk(text, facts))
    return Speakers(tuple(one.start for one in lines), tuple(one.who for one in lines))


def read_chat(text: str, facts: Facts) -> tuple[SaidLine, ...]:
    """The lines of a chat that hold words, in their order."""
    return tuple(one for one in _walk(text[:_MOST], facts) if one.words.strip())


def names_nobody(lines: tuple[SaidLine, ...]) -> bool:
    """Whether no line says who speaks: a picture of bubbles, or words copied without names."""
    return not any(one.name for one in lines)


def is_question(sentence: str) -> bool:
    """Whether a sentence asks."""
    return _words("sentences", "question").search(sentence) is not None


def is_denial(sentence: str) -> bool:
    """Whether a sentence denies what it names."""
    return _words("sentences", "denial").search(sentence) is not None


def states(line: SaidLine, quote: str) -> bool:
    """Whether a line says every clause of a quotation itself: it neither asks for it nor denies it.

    A whole sentence that stands in the quotation as it is, question or not, is said.
    """
    clauses = [dense for part in _CLAUSE.split(quote) if (dense := _dense(part))]
    whole = _dense(quote)
    return bool(clauses) and all(any(_says(one, clause, whole) for one in line.sentences) for clause in clauses)


def asks_remedy(line: SaidLine) -> bool:
    """Whether a line asks for money back, other goods, repair, delivery or release.

    Clause by clause: who wants no 补 of ten yuan (我不要补10块，要么退款) asks in the next one.
    """
    return any(
        _words("sentences", "asks").search(one) and not _words("sentences", "asks_not").search(one)
        for sentence in line.sentences
        for one in _CLAUSE.split(sentence)
    )


def tells_return(line: SaidLine) -> bool:
    """Whether a line states that money came back."""
    return any(
        _words("sentences", "returned").search(one) and not is_question(one) and not is_denial(one)
        for one in line.sentences
    )


def may_answer(line: SaidLine) -> bool:
    """Whether a line of nobody known may grant or refuse a remedy: it speaks of one, neither asking nor wanting it."""
    return any(
        _words("sentences", "remedy").search(one)
        and not is_question(one)
        and not _words("sentences", "wants").search(one)
        for one in line.sentences
    )


def turns_away(line: SaidLine) -> bool:
    """Whether a line takes a demand back or asks of something else."""
    return any(
        _words("sentences", "asks_not").search(one)
        or (_words("sentences", "other_matter").search(one) and not _words("sentences", "remedy").search(one))
        for one in line.sentences
    )


def greets(line: SaidLine) -> bool:
    """Whether a line only greets."""
    return bool(line.sentences) and all(_words("sentences", "greeting").search(one) for one in line.sentences)


def _says(sentence: str, clause: str, whole: str) -> bool:
    bare = sentence.strip("。！？!?；;~～")
    if bare and bare in whole and clause in bare:
        return True
    place = sentence.find(clause)
    while place >= 0:
        before = _BREAK.split(sentence[:place])[-1]
        if not is_question(sentence) and not _words("sentences", "denied_before").search(before):
            return True
        place = sentence.find(clause, place + 1)
    return False


def _walk(text: str, facts: Facts) -> Iterator[SaidLine]:
    """Every line. A speaker with a time before him keeps the lines below; one without only his own line."""
    known = _Known.of(facts)
    current, name, at, place = UNKNOWN, "", None, 0
    for number, line in enumerate(text.split("\n")):
        if number >= _MOST_LINES:
            return
        plain = unicodedata.normalize("NFKC", line)
        head, short = plain[:_LONGEST_HEAD], len(line) <= _LONGEST_HEAD
        who, words, said_by, when = current, plain, name, at
        alone = (_NAME_TIME.match(head) or _TIME_NAME.match(head)) if short else None
        if alone is not None:
            who = current = known.kind_of(alone["name"])
            said_by = name = alone["name"].strip()
            when = at = _moment(alone["time"])
            words = ""
        elif short and _TIME_ALONE.match(head):
            who = current = UNKNOWN
            said_by = name = words = ""
            when = at = _moment(head)
        elif said := _SAID.match(head):
            who, said_by = known.kind_of(said["name"]), said["name"]
            words = plain[said.end() :]
            if said["time"]:
                current, name = who, said_by
                when = at = _moment(said["time"]) or _on_day(at, said["time"])
            elif who != UNKNOWN:
                current, name = UNKNOWN, ""
        yield SaidLine(who, words, said_by, when, place)
        place += len(line) + 1


@dataclass(frozen=True)
class _Known:
    """The names and accounts of the two sides, as the case tells them."""

    own: tuple[str, ...]
    own_accounts: frozenset[str]
    theirs: tuple[str, ...]
    their_accounts: frozenset[str]

    @classmethod
    def of(cls, facts: Facts) -> _Known:
        people = (facts.buyer, facts.guardian, facts.helper)
        contacts = [part for part in _CONTACTS.split(facts.seller_contact) if part]
        theirs = (facts.platform, facts.respondent.name, facts.respondent.shop, facts.payee, *contacts)
        return cls(
            tuple(name for one in people if len(name := _dense(one.name)) >= 2),
            frozenset(one.phone.strip() for one in people if len(one.phone.strip()) >= 5),
            tuple(name for one in theirs if len(name := _dense(one)) >= 2),
            frozenset(one.lower() for one in contacts if len(one) >= 5 and one.isascii()),
        )

    def kind_of(self, name: str) -> str:
        """Who stands behind a name."""
        plain = _dense(name)
        account = _ACCOUNT.search(plain)
        if account is not None:
            plain = plain[: account.start()] or account[1]
            if account[1].lower() in self.their_accounts:
                return SELLER
            if account[1] in self.own_accounts:
                return BUYER
        if _words("names", "robot").search(plain):
            return ROBOT
        if _words("names", "buyer").search(plain) or any(one in plain for one in self.own):
            return BUYER
        if _words("names", "narrated").search(plain) or plain.startswith("我"):
            return UNKNOWN
        if _words("names", "seller").search(plain):
            return SELLER
        if len(plain) >= 2 and any(one in plain or plain in one for one in self.theirs):
            return SELLER
        return UNKNOWN


def _moment(text: str) -> datetime | None:
    """The moment of a head with a full day; None where it has none that exists."""
    found = _MOMENT.search(text)
    if found is None:
        return None
    year, month, day, half, hour, minute = found.groups()
    clock = int(hour) + (12 if half and int(hour) < 12 else 0)
    try:
        return datetime(int(year), int(month), int(day), clock, int(minute), tzinfo=SHANGHAI)
    except ValueError:
        return None


def _on_day(last: datetime | None, text: str) -> datetime | None:
    """A clock time alone, on the day of the line before; None where none is known or another day is named."""
    found = re.fullmatch(r"\[?\s*(\d{1,2}):(\d{2})(?::\d{2})?\s*\]?", text.strip())
    if last is None or found is None or int(found[1]) > 23 or int(found[2]) > 59:
        return None
    return last.replace(hour=int(found[1]), minute=int(found[2]))


def _dense(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


@cache
def _words(section: str, name: str) -> re.Pattern[str]:
    text = resources.files("monitor.reference").joinpath("chat_words.toml").read_text(encoding="utf-8")
    return re.compile(tomllib.loads(text)[section][name])
