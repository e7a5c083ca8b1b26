"""What single units of a sentence give to the buyer or take from him: patterns as data, read once.

A unit is the text between two commas. Takes plain text (see `normal_forms.plain_text`), gives the signals in it; what
gaining or losing one means stands in monitor/reference/buyer_signals.toml. Pure.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

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


@dataclass(frozen=True)
class SignalBook:
    """All patterns of buyer_signals.toml, compiled."""

    signals: tuple[Signal, ...]
    double_negations: tuple[Replacement, ...]
    synonyms: re.Pattern[str]
    plain_words: tuple[str, ...]


@cache
def load_signals() -> SignalBook:
    """Read and compile the patterns; a broken pattern names its row."""
    text = resources.files("monitor.reference").joinpath("buyer_signals.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    words: Mapping[str, str] = data["words"]
    return SignalBook(
        tuple(_read_signal(row, words) for row in data["signals"]),
        tuple(Replacement(_compile(row["pattern"], words), row["plain"]) for row in data["double_negations"]),
        _compile("|".join(f"({row['pattern']})" for row in data["synonyms"]), words),
        tuple(str(row["plain"]) for row in data["synonyms"]),
    )


def _compile(pattern: str, words: Mapping[str, str]) -> re.Pattern[str]:
    for name, row in words.items():
        pattern = pattern.replace("{" + name + "}", row)
    try:
        return re.compile(pattern)
    except re.error as error:
        raise ValueError(f"buyer_signals.toml: pattern {pattern!r}: {error}; mend that row") from error


def _read_signal(row: Mapping[str, object], words: Mapping[str, str]) -> Signal:
    def words_of(key: str) -> tuple[str, ...]:
        value = row[key]
        return tuple(str(kind) for kind in value) if isinstance(value, list) else ()

    unless, context, without = row.get("unless"), row.get("context"), row.get("without")
    return Signal(
        id=str(row["id"]),
        zh=str(row["zh"]),
        pattern=_compile(str(row["pattern"]), words),
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
        plain = rule.pattern.sub(rule.plain, plain)
    return plain


def put_plain_words(text: str) -> str:
    """Every synonym replaced by the plain word it stands for."""
    book = load_signals()
    return book.synonyms.sub(lambda match: book.plain_words[(match.lastindex or 1) - 1], text)


@lru_cache(maxsize=20_000)
def find_signals(unit: str, sentence: str) -> tuple[Signal, ...]:
    """The signals of one unit within its sentence."""
    if not _CHINESE.search(unit):
        return ()
    return tuple(
        signal
        for signal in load_signals().signals
        if signal.pattern.search(sentence if signal.whole_sentence else unit)
        and not (signal.unless and signal.unless.search(unit))
        and not (signal.context and not signal.context.search(sentence))
        and not (signal.without and signal.without.search(sentence))
    )
