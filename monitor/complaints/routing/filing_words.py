"""The words by which a clerk tells that a field or a story will be sent back.

Rows of monitor/reference/filing_checks.toml as compiled patterns; nothing is judged here. Pure.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.case import Facts

_CLAUSE = re.compile(r"[，,。；;！!？?、\n]+")
_BREAKS = re.compile("，{2,}")
_SENTENCE = re.compile(r"[。；;！!？?\n]+")
# what another said, set in marks: a word or two in marks is mere emphasis (我是“代理”)
_QUOTED = re.compile(r"“[^“”]{5,}”|「[^「」]{5,}」|『[^『』]{5,}』|\"[^\"\n]{5,200}\"")
_SAYS = re.compile(
    r"(?:[他她]们?|客服|卖家|店主|店家|老板|商家|对方|掌柜|朋友|同事|同学|网友)[^，。；]{0,4}?"
    r"(?:说|称|讲|回复|答复|表示)(?!明|过要)"
)
_MOST_TEXT = 20_000
_MOST_QUOTED = 30


@dataclass(frozen=True)
class ElsewhereRow:
    """A body that may have the dispute already; `channel` is "" where it is none of our channels."""

    channel: str
    name: str
    words: re.Pattern[str]


@cache
def _data() -> Mapping[str, Mapping[str, object]]:
    text = resources.files("monitor.reference").joinpath("filing_checks.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def pattern(section: str, name: str) -> re.Pattern[str]:
    """The pattern of a row; a list of patterns is one that any of them fulfils. An unknown row raises KeyError."""
    value = _data()[section][name]
    if isinstance(value, str):
        return re.compile(value)
    assert isinstance(value, list)
    flags = [re.compile(one) for one in value]
    return re.compile("|".join(f"(?:{one.pattern.removeprefix('(?i)')})" for one in flags), re.I)


@cache
def kinds(section: str, name: str) -> frozenset[str]:
    """A row that lists ids."""
    value = _data()[section][name]
    assert isinstance(value, list)
    return frozenset(value)


@cache
def elsewhere_rows() -> tuple[ElsewhereRow, ...]:
    """The bodies that may have the dispute already."""
    rows = _data()["story"]["elsewhere"]
    assert isinstance(rows, list)
    return tuple(ElsewhereRow(row["channel"], row["name"], re.compile(row["words"])) for row in rows)


@cache
def denied_rows() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    """What a story may say that no page says, by topic: how the denial names it, and how a page does."""
    rows = _data()["story"]["denied"]
    assert isinstance(rows, list)
    return tuple((re.compile(row["said"], re.I), re.compile(row["shown"], re.I)) for row in rows)


def clauses_of(text: str) -> Iterator[str]:
    """The clauses of a story, at most 20,000 characters of it."""
    return (part for part in _CLAUSE.split(text[:_MOST_TEXT]) if part)


def explained(facts: Facts) -> frozenset[str]:
    """The words of a case of which the buyer said what they mean: they raise no doubt any more."""
    return frozenset(one.words for one in facts.meant if one.meaning.strip())


def own_words(text: str) -> str:
    """A story without what others say in it, in marks or after 他说: each such part is a break between clauses."""
    bare = _QUOTED.sub(lambda hit: "，" * len(hit[0]), text[:_MOST_TEXT])
    return "".join(
        part[: said.end()] + "，" * (len(part) - said.end()) if (said := _SAYS.search(part)) else part
        for part in re.split(f"({_CLAUSE.pattern})", bare)
    )


def find_clause(facts: Facts, words: str, unless: str = "", *, other: str = "") -> str:
    """The first clause of the story that fulfils a row of [story], none of `unless`, and is not explained; or "".

    What others say is not read. `other` is a row for what stands before the clause in its sentence and makes it one of
    another trade or another person.
    """
    wanted, apart, clear = pattern("story", words), pattern("story", unless) if unless else None, explained(facts)
    elses = pattern("story", other) if other else None
    return next(
        (
            one
            for before, one in _with_before(own_words(facts.what_happened))
            if wanted.search(one)
            and not (apart and apart.search(one))
            and one not in clear
            and not (elses and elses.search(before))
        ),
        "",
    )


def quote_clause(text: str) -> str:
    """A clause as a reason quotes it: its beginning, where it is long."""
    return text if len(text) <= _MOST_QUOTED else text[:_MOST_QUOTED] + "…"


def find_sentence(facts: Facts, words: str, unless: str) -> str:
    """The first sentence of the story that fulfils a row, none of `unless`, and is not explained; or ""."""
    wanted, apart, clear = pattern("story", words), pattern("story", unless), explained(facts)
    told = (_BREAKS.sub("，", part).strip("，, ") for part in _SENTENCE.split(own_words(facts.what_happened)))
    return next((one for one in told if wanted.search(one) and not apart.search(one) and one not in clear), "")


def _with_before(text: str) -> Iterator[tuple[str, str]]:
    """Every clause with what stands before it in its sentence."""
    for sentence in _SENTENCE.split(text):
        before = ""
        for clause in clauses_of(sentence):
            yield before, clause
            before += f"{clause}，"


def find_elsewhere(facts: Facts) -> tuple[tuple[str, ElsewhereRow], ...]:
    """The clauses of a story that tell of another body which has, or had, the dispute: not what is only meant to be."""
    done, unless, clear = pattern("story", "done"), pattern("story", "unless"), explained(facts)
    other = pattern("story", "of_others")
    return tuple(
        (clause, row)
        for before, clause in _with_before(own_words(facts.what_happened))
        if clause not in clear and done.search(clause) and not unless.search(clause)
        if not (other.search(before) and "我" not in clause)
        for row in elsewhere_rows()
        if row.words.search(clause)
    )
