"""What a buyer's own text does beside telling: threatens, asks money for silence, insults, calls somebody a criminal.

Takes a text, gives the sentences with their kind. Who only tells what another said or what a page showed does none of
it. Rows of monitor/reference/filing_checks.toml; nothing is judged of the matter itself. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from monitor.complaints.routing.filing_words import pattern

_SENTENCE = re.compile(r"[。！!?？；;\n]+")
_MOST_TEXT = 20_000


class Conduct(StrEnum):
    """What a sentence does."""

    THREAT = "threat"
    HUSH = "hush"
    INSULT = "insult"
    CRIME = "crime"


CONDUCT_ZH = {
    Conduct.THREAT: "威胁的话",
    Conduct.HUSH: "以不投诉、不发帖换钱的话",
    Conduct.INSULT: "辱骂的话",
    Conduct.CRIME: "指人违法犯罪的话",
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
            hit = pattern("conduct", kind.value).search(part)
            if hit is not None and not pattern("conduct", "unless").search(part):
                found.append(Misconduct(kind, part.strip(), hit[0]))
                break
    return tuple(found)


def improper_words(text: str) -> tuple[str, ...]:
    """The words of a text for which a sentence is left out of letters."""
    return tuple(dict.fromkeys(one.word for one in find_misconduct(text)))
