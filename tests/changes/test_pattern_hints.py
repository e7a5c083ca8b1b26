"""A hint rules a pattern out only where it cannot match: what is found with hints is what is found without."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.changes.entity_patterns import load_entity_rules
from monitor.changes.pattern_hints import find_hint, index_hints, with_first_characters
from monitor.changes.signals import load_signals
from monitor.changes.units import split_units

PATTERNS = [
    *(signal.pattern for signal in load_signals().signals),
    *(rule.pattern for rule in load_signals().double_negations),
    *(rule.pattern for rule in load_entity_rules().rules),
]


@pytest.mark.parametrize(
    ("pattern", "hint"),
    [
        ("退款", "退"),
        ("退|换", "退换"),
        ("(?:可|能)?退", "退"),
        ("退*", ""),
        ("[退换]+", "退换"),
        ("[^退]", ""),
        (r"\d", ""),
        ("(?<!不)退", "退"),
        ("(?<=可)[^不]", "可"),
        ("(?i)a", ""),
        ("退|", ""),
    ],
)
def test_a_hint_is_what_every_match_must_hold(pattern: str, hint: str) -> None:
    assert find_hint(re.compile(pattern)) == frozenset(hint)


def test_no_match_in_the_judged_pairs_is_ruled_out() -> None:
    rows = tomllib.loads(Path(__file__).with_name("judged_changes.toml").read_text(encoding="utf-8"))["pair"]
    hints = [find_hint(pattern) for pattern in PATTERNS]
    index = index_hints(hints)
    found = 0
    for text in (row[side] for row in rows for side in ("before", "after")):
        for unit in split_units(text):
            possible = index.find_possible(unit.sentence)
            for place, pattern in enumerate(PATTERNS):
                if pattern.search(unit.sentence):
                    found += 1
                    assert possible >> place & 1, (pattern.pattern, unit.sentence)
    assert found > 1_000


@given(st.text(alphabet="不得可以退换补款天7内须验证赔责任封禁", max_size=40))
def test_no_match_in_any_text_is_ruled_out(text: str) -> None:
    for pattern in PATTERNS:
        hint = find_hint_once(pattern)
        assert not (pattern.search(text) and hint and hint.isdisjoint(text))


@given(st.text(alphabet="不得可以退换补款天7内须a", max_size=20))
def test_a_pattern_that_looks_at_the_first_character_finds_the_same(text: str) -> None:
    for pattern in ("(退款|换货)|(不?可)", "(?<!不)(退)|((?:可|能)?换)|天", "(a*)|退", "([^退])|换", "(款)(?=天)|(7)"):
        plain = re.compile(pattern)
        quick = with_first_characters(plain)
        assert [(m.span(), m.lastindex) for m in quick.finditer(text)] == [
            (m.span(), m.lastindex) for m in plain.finditer(text)
        ]


_known: dict[re.Pattern[str], frozenset[str]] = {}


def find_hint_once(pattern: re.Pattern[str]) -> frozenset[str]:
    """Reading a pattern costs more than searching it."""
    if pattern not in _known:
        _known[pattern] = find_hint(pattern)
    return _known[pattern]
