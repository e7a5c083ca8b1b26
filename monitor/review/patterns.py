"""Kinds of unfair or risky clauses as data: monitor/reference/term_patterns.toml, compiled once.

A rule is a pattern over one sentence of plain text, built from named classes of words and bounded gaps; nothing in it
repeats without a bound. A broken row is named.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from monitor.changes.pattern_hints import HintIndex, find_hint, index_hints, with_first_characters
from storage.model import Severity

_FILE = "term_patterns.toml"
_NAME = re.compile(r"\{([A-Z]{2,})\}")
_GAP = re.compile(r"\{([GS])(\d{1,2})\}")
_GAPS = {"G": "[^,。;!?\\n]", "S": "[^。;!?\\n]"}
_DEPTH = 5


@dataclass(frozen=True)
class Step:
    """A severity that holds where a pattern is found in the sentence."""

    severity: Severity
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class TermPattern:
    """One kind of clause. `exception` says what a carve-out for defects beside it does: void, lower or ignore."""

    id: str
    name: str
    severity: Severity
    laws: tuple[str, ...]
    reason: str
    unless: re.Pattern[str] | None
    need: re.Pattern[str] | None
    exception: str
    gift: bool
    merchant: bool
    counter: re.Pattern[str] | None
    raised: Step | None
    lowered: Step | None
    human: bool
    yields: frozenset[str]


@dataclass(frozen=True)
class Rule:
    """One wording of a kind: the place of its kind, and what must or must not stand in the sentence."""

    kind: TermPattern
    find: re.Pattern[str]


@dataclass(frozen=True)
class Stance:
    """What a text may say about such clauses without making one, and what gives back what they take."""

    masked: re.Pattern[str]
    disowned: re.Pattern[str]
    promised: re.Pattern[str]
    burden: re.Pattern[str]
    question: re.Pattern[str]
    restored: re.Pattern[str]
    carved_out: re.Pattern[str]
    softened: re.Pattern[str]
    gift: re.Pattern[str]
    paid: re.Pattern[str]
    merchant: re.Pattern[str]
    merchant_heading: re.Pattern[str]
    buyer: re.Pattern[str]


@dataclass(frozen=True)
class PatternBook:
    """All kinds by id, their rules in one list with an index, and the stances."""

    kinds: Mapping[str, TermPattern]
    rules: tuple[Rule, ...]
    index: HintIndex
    stance: Stance


@cache
def load_patterns() -> PatternBook:
    """Read and compile all patterns."""
    data = tomllib.loads(resources.files("monitor.reference").joinpath(_FILE).read_text(encoding="utf-8"))
    words: Mapping[str, str] = data["words"]
    kinds = {name: _read_kind(name, row, words) for name, row in data["patterns"].items()}
    rules = tuple(
        Rule(kinds[name], with_first_characters(_compile(wording, words, name)))
        for name, row in data["patterns"].items()
        for wording in row["rules"]
    )
    stance = data["stance"]
    return PatternBook(
        kinds,
        rules,
        index_hints([find_hint(rule.find) for rule in rules]),
        Stance(
            masked=_join(stance["masked"], words),
            disowned=_join(stance["disowned"], words),
            promised=_join(stance["promised"], words),
            burden=_compile(stance["burden"], words, "burden"),
            question=_compile(stance["question"], words, "question"),
            restored=_join(stance["restored"], words),
            carved_out=_compile(stance["carved_out"], words, "carved_out"),
            softened=_join(stance["softened"], words),
            gift=_compile(words["GIFT"], words, "GIFT"),
            paid=_compile(words["PAID"], words, "PAID"),
            merchant=_compile(words["MERCHANT"], words, "MERCHANT"),
            merchant_heading=_compile(stance["merchant_heading"], words, "merchant_heading"),
            buyer=_compile(stance["buyer"], words, "buyer"),
        ),
    )


def _join(patterns: Sequence[str], words: Mapping[str, str]) -> re.Pattern[str]:
    return _compile("|".join(f"(?:{pattern})" for pattern in patterns), words, "stance")


def _compile(pattern: str, words: Mapping[str, str], name: str) -> re.Pattern[str]:
    try:
        for _ in range(_DEPTH):
            pattern = _NAME.sub(lambda match: words[match[1]], pattern)
        pattern = _GAP.sub(lambda match: f"{_GAPS[match[1]]}{{0,{match[2]}}}?", pattern)
        return re.compile(pattern)
    except (re.error, KeyError) as error:
        raise ValueError(f"{_FILE}: {name}: pattern {pattern[:120]!r}: {error}; mend that row") from error


def _read_kind(name: str, row: Mapping[str, object], words: Mapping[str, str]) -> TermPattern:
    def optional(key: str) -> re.Pattern[str] | None:
        return _compile(str(row[key]), words, f"{name}.{key}") if key in row else None

    def step(key: str) -> Step | None:
        value = row.get(key)
        if not isinstance(value, list):
            return None
        return Step(Severity(str(value[0])), _compile(str(value[1]), words, f"{name}.{key}"))

    def listed(key: str) -> tuple[str, ...]:
        value = row.get(key, [])
        return tuple(map(str, value)) if isinstance(value, list) else ()

    exception = str(row["exception"])
    if exception not in ("void", "lower", "ignore"):
        raise ValueError(f"{_FILE}: {name}: exception is void, lower or ignore, not {exception!r}; mend that row")
    return TermPattern(
        id=name,
        name=str(row["name"]),
        severity=Severity(str(row["severity"])),
        laws=listed("laws"),
        reason=str(row["reason"]),
        unless=optional("unless"),
        need=optional("need"),
        exception=exception,
        gift=bool(row.get("gift", False)),
        merchant=bool(row.get("merchant", False)),
        counter=optional("counter"),
        raised=step("raise"),
        lowered=step("lower"),
        human=bool(row.get("human", False)),
        yields=frozenset(listed("yields")),
    )
