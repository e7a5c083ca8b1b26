"""What a buyer's own text does beside telling: threatens, asks money for silence, insults, calls somebody a criminal,
draws conclusions of law, tells what befell others.

Takes a text, gives the sentences with their kind. Who only tells what another said or what a page showed does none of
it. Rows of monitor/reference/filing_checks.toml; nothing is judged of the matter itself. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from monitor.complaints.routing.filing_words import pattern

_SENTENCE = re.compile(r"[。！!?？；;\n]+")
_CLAUSE = re.compile(r"[，,]+")
_TOLD = re.compile(r"(?:说|称|讲|答复|回复|回答|认为|写道|写着)[：:“\"]?$")
_MOST_TEXT = 20_000


class Conduct(StrEnum):
    """What a sentence does."""

    THREAT = "threat"
    HUSH = "hush"
    INSULT = "insult"
    CRIME = "crime"
    LAW = "law"
    OTHERS = "others"
    FEELING = "feeling"


CONDUCT_ZH = {
    Conduct.THREAT: "威胁的话",
    Conduct.HUSH: "以不投诉、不发帖换钱的话",
    Conduct.INSULT: "辱骂的话",
    Conduct.CRIME: "指人违法犯罪的话",
    Conduct.LAW: "自己下的法律结论",
    Conduct.OTHERS: "别人的遭遇",
    Conduct.FEELING: "只表示情绪的话",
}


@dataclass(frozen=True)
class Misconduct:
    """One sentence that no letter should hold. `word` is what gives it away."""

    kind: Conduct
    sentence: str
    word: str


def find_misconduct(text: str) -> tuple[Misconduct, ...]:
    """Every such sentence of a text, by place; the gravest kind of each."""
    found = []
    for part in _SENTENCE.split(text[:_MOST_TEXT]):
        for kind in Conduct:
            word = _find_law(part) if kind is Conduct.LAW else _find_word(kind, part)
            if word:
                found.append(Misconduct(kind, part.strip(), word))
                break
    return tuple(found)


def improper_words(text: str, apart: Collection[Conduct] = ()) -> tuple[str, ...]:
    """The words of a text for which a sentence is left out of letters, but for those kinds."""
    return tuple(dict.fromkeys(one.word for one in find_misconduct(text) if one.kind not in apart))


def _find_word(kind: Conduct, part: str) -> str:
    """The word of a sentence that does it. Of an insult it is told that another used it only behind him."""
    hit = pattern("conduct", kind.value).search(part)
    if hit is None:
        return ""
    if kind is Conduct.FEELING:  # whoever it is told of
        return hit[0].strip("，, ")
    told = pattern("conduct", "unless").search(part)
    return "" if told is not None and (kind is not Conduct.INSULT or told.start() < hit.start()) else hit[0]


def _find_law(part: str) -> str:
    """The conclusion of law in a sentence, clause by clause: what another claims, or a page says, is none of his."""
    before = ""
    for clause in _CLAUSE.split(part):
        hit = pattern("conduct", Conduct.LAW.value).search(clause)
        if hit is not None and not pattern("conduct", "law_unless").search(clause) and not _TOLD.search(before):
            return hit[0]
        before = clause
    return ""
