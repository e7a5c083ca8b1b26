"""What a report calls a clause, and under which articles: a kind by name only where its words stand in the sentence.

A reader of rules finds a kind by what a sentence means; an accusation says no more than the page does. Takes the
findings of one sentence, gives its name and the articles that it may touch; never that a law was broken. Pure.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from monitor.review.model import TermFinding
from monitor.review.plain import make_plain

_CLAUSE = "格式条款"
_MOST_NAMES = 2
_FULL_WIDTH = str.maketrans(",;", "，；")


@dataclass(frozen=True)
class Charge:
    """The name under which a sentence is reported, and the ids of the articles."""

    name: str
    articles: tuple[str, ...]


@dataclass(frozen=True)
class _Row:
    """What has to stand in a sentence, and must not, for the name of a kind; its neutral name otherwise."""

    words: re.Pattern[str]
    unless: re.Pattern[str] | None
    plain: str
    name: str


def name_charge(findings: Sequence[TermFinding], sentence: str, heading: str = "") -> Charge:
    """One charge for one sentence: the kinds whose words stand in it, else neutral, with the articles on terms alone.

    `findings` are all of this sentence and at least one; `heading` stands above it on the page.
    """
    dense = _dense(f"{heading}\n{sentence}")
    own = [one for one in findings if _bears(one.pattern, dense)][:_MOST_NAMES]
    if not own:
        first = findings[0]
        return Charge(f"{_CLAUSE}（{_row(first.pattern).plain}）", _neutral(findings))
    names = dict.fromkeys(_row(one.pattern).name or one.name for one in own)
    ids = dict.fromkeys(law.id for one in own for law in one.laws)
    return Charge(f"{_CLAUSE}：{'、'.join(names)}", tuple(ids))


def grants(kind: str, sentence: str) -> bool:
    """Whether a sentence does not do what its kind says: it only grants, or it warns the buyer of just that."""
    dense = _dense(sentence)
    given, warned = _data()["grants"], _data()["warns"]
    if kind in given["kinds"] and _has(given["given"], dense):
        rest = _compiled(str(given["given"])).sub("", dense)
        if not _has(given["refused"], rest):
            return True
    return kind in warned["kinds"] and _has(warned["words"], dense) and _has(warned["about"], dense)


def needs_person(kind: str, sentence: str) -> bool:
    """Whether what the sentence excludes may be fair (不可抗力, 人为原因): a person judges it before it is reported."""
    row = _data()["person"]
    return kind in row["kinds"] and _has(row["words"], _dense(sentence))


def breached_by_conduct() -> frozenset[str]:
    """Articles that are breached by refusing somebody and not by a text: no penalty goes with a published rule."""
    return frozenset(_listed("conduct"))


def _bears(kind: str, dense: str) -> bool:
    row = _row(kind)
    return row.words.search(dense) is not None and not (row.unless and row.unless.search(dense))


def _neutral(findings: Sequence[TermFinding]) -> tuple[str, ...]:
    wanted = _listed("neutral")
    touched = {law.id for one in findings for law in one.laws}
    return tuple(one for one in wanted if one in touched) or wanted[:1]


def _dense(text: str) -> str:
    """The undisguised signs of a text, its commas as the rows of the table have them."""
    return "".join(make_plain(text).text.split()).translate(_FULL_WIDTH)


@cache
def _row(kind: str) -> _Row:
    charges, topics = _data()["charges"], _data()["topics"]
    row = charges[kind]
    unless = str(row.get("unless", ""))
    return _Row(
        re.compile(str(row["words"])),
        re.compile(unless) if unless else None,
        str(row.get("plain", "")) or str(topics[kind[0]]),
        str(row.get("name", "")),
    )


def _has(wanted: object, dense: str) -> bool:
    return _compiled(str(wanted)).search(dense) is not None


@cache
def _compiled(wanted: str) -> re.Pattern[str]:
    return re.compile(wanted)


def _listed(table: str) -> tuple[str, ...]:
    return tuple(str(one) for one in _data()[table]["articles"])


@cache
def _data() -> dict[str, Any]:
    text = resources.files("monitor.reference").joinpath("charges.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
