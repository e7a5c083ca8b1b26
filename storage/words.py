"""The words of search: how a text and a question are cut and compared, and where a text has the hits.

Pure functions. Chinese is cut into overlapping pairs, Latin letters and digits into words; everything is folded (full
width, case, accents, zero-width characters). What a person types never reaches FTS5 but as quoted letters and digits.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise

LONGEST_QUESTION = 200
MOST_WORDS = 16
_AROUND = 40

# Scripts written without blanks: Han with its extensions and signs, kana, bopomofo, hangul.
_UNSPACED = (
    "\u3005-\u3007\u3040-\u30ff\u3100-\u312f\u31a0-\u31bf\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7a3\uf900-\ufaff\U00020000-\U000323af"
)
_RUN = re.compile(rf"(?P<unspaced>[{_UNSPACED}]+)|(?P<digit>\d+)|(?P<letter>[^\W\d_{_UNSPACED}]+)")
_ANY_UNSPACED = re.compile(f"[{_UNSPACED}]+")


class SearchQuestion(ValueError):  # noqa: N818 - reads as a sentence where it is caught
    """The question cannot be searched for; the message says why and what to ask instead."""


@dataclass(frozen=True)
class Run:
    """A run of folded characters of one kind: unspaced, digit or letter."""

    kind: str
    text: str


def read_question(words: str) -> list[list[Run]]:
    """Read what a person asks into phrases; raise SearchQuestion where nothing can be searched for."""
    if len(words) > LONGEST_QUESTION:
        raise SearchQuestion(
            f"the question has {len(words)} characters; search for at most {LONGEST_QUESTION}, a few words are enough"
        )
    folded = words.translate({ord(mark): '"' for mark in "“”„‟＂「」『』"})
    parts = [quoted or plain for quoted, plain in re.findall(r'"([^"]*)"?|([^\s"]+)', folded)]
    phrases = [runs for part in parts if (runs := _runs_of(_fold(part)))]
    if not phrases:
        raise SearchQuestion("there is no letter, digit or Chinese character to search for; give a word such as 退款")
    if len(phrases) > MOST_WORDS:
        raise SearchQuestion(f"the question has {len(phrases)} words; give at most {MOST_WORDS}")
    return phrases


def match_expression(phrases: Sequence[Sequence[Run]]) -> str:
    """Write the question for FTS5. Its words are letters and digits only, so quoting them is always whole."""
    written = []
    for phrase in phrases:
        words = [word for run in phrase for word in _cut_run(run)]
        opened = False
        if phrase[-1].kind == "unspaced":
            # In a text, 退款 may be followed by more: the single 款 that ends the run must not be asked for.
            # A run of one character is the beginning of any pair.
            opened = len(phrase[-1].text) == 1
            words = words if opened else words[:-1]
        written.append('"' + " ".join(words) + '"' + (" *" if opened else ""))
    return " AND ".join(written)


def words_of(text: str) -> Iterator[str]:
    """Cut a text into the words under which it is indexed."""
    for run in _runs_of(_fold(text)):
        yield from _cut_run(run)


def _runs_of(folded: str) -> list[Run]:
    """Cut folded text where the kind of character changes, so that Steam100 and 100元 are found by either part."""
    return [Run(match.lastgroup or "", match[0]) for match in _RUN.finditer(folded)]


def _cut_run(run: Run) -> Iterator[str]:
    """Give the words of a run: pairs and the last single character for an unspaced script, else the run itself."""
    if run.kind != "unspaced":
        yield run.text
        return
    for first, second in pairwise(run.text):
        yield first + second
    yield run.text[-1]


def _fold(text: str) -> str:
    return "".join(map(_fold_character, text))


@lru_cache(maxsize=30_000)
def _fold_character(character: str) -> str:
    """Give a character as it is compared: narrow, small, without accents; "" for marks and for what is not seen.

    So a zero-width blank between two characters hides neither of them.
    """
    if character.isascii():
        return character.lower()
    folded = unicodedata.normalize("NFKC", character).casefold()
    if _ANY_UNSPACED.fullmatch(folded):
        return folded
    parts = unicodedata.normalize("NFKD", folded)
    return "".join(part for part in parts if unicodedata.category(part) not in {"Cf", "Mn", "Mc", "Me"})


def cut_snippet(text: str, phrases: Sequence[Sequence[Run]]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Cut the surroundings of the first hit of each word, on one line, with the places of the hits."""
    parts = [_fold_character(character) for character in text]
    folded = "".join(parts)
    ends = list(accumulate(map(len, parts)))  # of each character of the text, in the folded text
    hits = []
    for phrase in phrases:
        match = _phrase_pattern(phrase).search(folded)
        if match is not None:
            hits.append((bisect_right(ends, match.start()), bisect_left(ends, match.end()) + 1))
    hits.sort()
    windows: list[list[int]] = []
    for start, end in hits:
        low, high = max(0, start - _AROUND), min(len(text), end + _AROUND)
        if windows and low <= windows[-1][1]:
            windows[-1][1] = max(high, windows[-1][1])
        else:
            windows.append([low, high])
    snippet = ""
    marks: list[tuple[int, int]] = []
    for low, high in windows or [[0, min(len(text), 2 * _AROUND)]]:
        snippet += "…" if low > 0 and not snippet else ""
        offset = len(snippet) - low
        snippet += re.sub(r"\s", " ", text[low:high]) + ("…" if high < len(text) else "")
        marks += [(start + offset, end + offset) for start, end in hits if low <= start and end <= high]
    return snippet, tuple(marks)


def _phrase_pattern(phrase: Sequence[Run]) -> re.Pattern[str]:
    """Write a phrase as a pattern over folded text that finds what the index finds; runs in linear time."""
    edges = {"digit": r"\d", "letter": rf"[^\W\d_{_UNSPACED}]", "unspaced": f"[{_UNSPACED}]"}
    pattern = ""
    for number, run in enumerate(phrase):
        edge = edges[run.kind]
        inner = number > 0
        if inner:
            pattern += r"[\W_]+" if phrase[number - 1].kind == run.kind else r"[\W_]*"
        before = f"(?<!{edge})" if inner or run.kind != "unspaced" else ""
        after = f"(?!{edge})" if number < len(phrase) - 1 or run.kind != "unspaced" else ""
        pattern += before + re.escape(run.text) + after
    return re.compile(pattern)
