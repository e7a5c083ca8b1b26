"""Puts ways of saying one thing into one word, on both wordings alike, before anything is compared.

What is told is quoted from the page all the same: a unit keeps its own words. Data: reference/paraphrases.toml. Pure.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from monitor.changes.pattern_hints import HintIndex, find_hint, index_hints, with_first_characters


@dataclass(frozen=True)
class Paraphrase:
    """A way of saying what `plain` says; `only_if` and `not_if` are looked for in the same sentence."""

    pattern: re.Pattern[str]
    plain: str
    only_if: re.Pattern[str] | None
    not_if: re.Pattern[str] | None


@cache
def load_paraphrases() -> tuple[tuple[Paraphrase, ...], HintIndex]:
    """Read and compile the rows; a broken pattern names its row."""
    text = resources.files("monitor.reference").joinpath("paraphrases.toml").read_text(encoding="utf-8")
    rows = tuple(_read_row(row) for row in tomllib.loads(text)["rows"])
    return rows, index_hints([find_hint(row.pattern) for row in rows])


def _read_row(row: dict[str, str]) -> Paraphrase:
    try:
        only_if, not_if = (re.compile(row[key]) if key in row else None for key in ("only_if", "not_if"))
        return Paraphrase(with_first_characters(re.compile(row["pattern"])), row["plain"], only_if, not_if)
    except re.error as error:
        raise ValueError(f"paraphrases.toml: pattern {row['pattern']!r}: {error}; mend that row") from error


@lru_cache(maxsize=20_000)
def put_canonical_words(sentence: str) -> str:
    """The sentence with every paraphrase replaced. The marks that cut it into units stay as they are."""
    rows, index = load_paraphrases()
    for place in index.find_places(sentence):
        row = rows[place]
        if (row.only_if and not row.only_if.search(sentence)) or (row.not_if and row.not_if.search(sentence)):
            continue
        sentence = row.pattern.sub(row.plain, sentence)
    return sentence
