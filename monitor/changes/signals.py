"""What single units of a sentence give to the buyer or take from him: patterns as data, read once.

A unit is the text between two commas. Takes plain text (see `normal_forms.plain_text`), gives the signals in it; what
gaining or losing one means stands in monitor/reference/buyer_signals.toml. Pure.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from monitor.changes.pattern_hints import HintIndex, find_hint, index_hints, with_first_characters
from storage.model import Severity

_CHINESE = re.compile("[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Signal:
    """One thing that a unit can say. `good` ones help the buyer while they stand."""

    id: str
    zh: str
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None
    context: re.Pattern[str] | None
    without: re.Pattern[str] | None
    whole_sentence: bool
    good: bool
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    severity: Severity


@dataclass(frozen=True)
class Replacement:
    """A pattern and the plain word it stands for."""

    pattern: re.Pattern[str]
    plain: str
    hint: frozenset[str]


@dataclass(frozen=True)
class SignalBook:
    """All patterns of buyer_signals.toml, compiled."""

    signals: tuple[Signal, ...]
    index: HintIndex
    whole_sentence: int
    defects: re.Pattern[str]
    double_negations: tuple[Replacement, ...]
    synonyms: re.Pattern[str]
    plain_words: tuple[str, ...]


@cache
def load_signals() -> SignalBook:
    """Read and compile the patterns; a broken pattern names its row."""
    text = resources.files("monitor.reference").joinpath("buyer_signals.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    words: Mapping[str, str] = data["words"]
    signals = tuple(_read_signal(row, words) for row in data["signals"])
    return SignalBook(
        signals,
        index_hints([find_hint(signal.pattern) for signal in signals]),
        sum(1 << place for place, signal in enumerate(signals) if signal.whole_sentence),
        re.compile(data["defects"]),
        tuple(_read_replacement(row["pattern"], row["plain"], words) for row in data["double_negations"]),
        with_first_characters(_compile("|".join(f"({row['pattern']})" for row in data["synonyms"]), words)),
        tuple(str(row["plain"]) for row in data["synonyms"]),
    )


def _compile(pattern: str, words: Mapping[str, str]) -> re.Pattern[str]:
    for name, row in words.items():
        pattern = pattern.replace("{" + name + "}", row)
    try:
        return re.compile(pattern)
    except re.error as error:
        raise ValueError(f"buyer_signals.toml: pattern {pattern!r}: {error}; mend that row") from error


def _read_replacement(pattern: str, plain: str, words: Mapping[str, str]) -> Replacement:
    compiled = _compile(pattern, words)
    return Replacement(compiled, plain, find_hint(compiled))


def _read_signal(row: Mapping[str, object], words: Mapping[str, str]) -> Signal:
    def words_of(key: str) -> tuple[str, ...]:
        value = row[key]
        return tuple(str(kind) for kind in value) if isinstance(value, list) else ()

    unless, context, without = row.get("unless"), row.get("context"), row.get("without")
    return Signal(
        id=str(row["id"]),
        zh=str(row["zh"]),
        pattern=with_first_characters(_compile(str(row["pattern"]), words)),
        unless=_compile(str(unless), words) if unless else None,
        context=_compile(str(context), words) if context else None,
        without=_compile(str(without), words) if without else None,
        whole_sentence=row.get("scope") == "sentence",
        good=bool(row["good"]),
        gained=words_of("gained"),
        lost=words_of("lost"),
        severity=Severity(str(row["severity"])),
    )


@lru_cache(maxsize=20_000)
def resolve_negations(plain: str) -> str:
    """Double negations written as what they mean: 不得拒绝 is 应当."""
    for rule in load_signals().double_negations:
        if not rule.hint or not rule.hint.isdisjoint(plain):
            plain = rule.pattern.sub(rule.plain, plain)
    return plain


@lru_cache(maxsize=20_000)
def put_defects(text: str) -> str:
    """What is wrong with the goods in one word: its "not" is no denial by the seller."""
    return load_signals().defects.sub("坏", text)


def put_plain_words(text: str) -> str:
    """Every synonym replaced by the plain word it stands for."""
    book = load_signals()
    return book.synonyms.sub(lambda match: book.plain_words[(match.lastindex or 1) - 1], text)


def _choose(signals: Sequence[Signal], bits: int) -> Iterator[Signal]:
    while bits:
        lowest = bits & -bits
        yield signals[lowest.bit_length() - 1]
        bits ^= lowest


@lru_cache(maxsize=5_000)
def is_in(pattern: re.Pattern[str], sentence: str) -> bool:
    """Whether a sentence holds a pattern: asked once for all of its units, however many commas it has."""
    return pattern.search(sentence) is not None


@lru_cache(maxsize=20_000)
def find_signals(unit: str, sentence: str) -> tuple[Signal, ...]:
    """The signals of one unit within its sentence."""
    if not _CHINESE.search(unit):
        return ()
    book = load_signals()
    unit, sentence = put_defects(unit), put_defects(sentence)
    possible = book.index.find_possible(unit) & ~book.whole_sentence
    possible |= book.index.find_possible(sentence) & book.whole_sentence
    return tuple(
        signal
        for signal in _choose(book.signals, possible)
        if (is_in(signal.pattern, sentence) if signal.whole_sentence else signal.pattern.search(unit))
        and not (signal.unless and signal.unless.search(unit))
        and not (signal.context and not is_in(signal.context, sentence))
        and not (signal.without and is_in(signal.without, sentence))
    )
