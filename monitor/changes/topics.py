"""What a measure is about: an ordered list of rules from monitor/reference/topics.toml.

7天 in 质保7天 is a warranty, in 7天内到账 a time that the seller gives himself. Takes an entity and its unit, gives the
topic with the way that is good for the buyer; None where the measure is no concern of his. Pure.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from monitor.changes.entities import Entity
from monitor.changes.units import Unit
from storage.model import Effect

_NEAR_BEFORE, _NEAR_AFTER = 12, 8


@dataclass(frozen=True)
class Topic:
    """What a measure is about. `up` is the effect for the buyer when it grows."""

    id: str
    zh: str
    up: Effect
    worse: tuple[str, ...]
    better: tuple[str, ...]
    time: bool

    def kinds(self, effect: Effect) -> tuple[str, ...]:
        """The kinds of a change with that effect."""
        return self.worse if effect is Effect.WORSE else self.better


@dataclass(frozen=True)
class TopicRule:
    """One row: all patterns given must be found, and none of the `absent` ones."""

    of: frozenset[str]
    topic: str
    present: tuple[tuple[str, re.Pattern[str]], ...]
    absent: tuple[tuple[str, re.Pattern[str]], ...]


@dataclass(frozen=True)
class TopicBook:
    """All of topics.toml."""

    topics: Mapping[str, Topic]
    rules: tuple[TopicRule, ...]
    window_names: Mapping[str, str]


@cache
def load_topics() -> TopicBook:
    """Read and compile the rules."""
    data = tomllib.loads(resources.files("monitor.reference").joinpath("topics.toml").read_text(encoding="utf-8"))
    words: Mapping[str, str] = data["words"]
    topics = {
        name: Topic(
            name, row["zh"], Effect(row["up"]), tuple(row["worse"]), tuple(row["better"]), bool(row.get("time", False))
        )
        for name, row in data["topics"].items()
    }
    return TopicBook(topics, tuple(_read_rule(row, words) for row in data["rules"]), data["window_names"])


def _read_rule(row: Mapping[str, object], words: Mapping[str, str]) -> TopicRule:
    present: list[tuple[str, re.Pattern[str]]] = []
    absent: list[tuple[str, re.Pattern[str]]] = []
    for field, value in row.items():
        if field in ("of", "topic"):
            continue
        pattern = str(value)
        for name, text in words.items():
            pattern = pattern.replace("{" + name + "}", text)
        place = field.removeprefix("not_")
        (absent if place != field else present).append((place, re.compile(pattern)))
    present.sort(key=lambda one: one[0].startswith("sentence"))  # the long text last: mostly the short one decides
    kinds = row["of"]
    return TopicRule(
        frozenset(map(str, kinds)) if isinstance(kinds, list) else frozenset(),
        str(row["topic"]),
        tuple(present),
        tuple(absent),
    )


@lru_cache(maxsize=2_000)
def find_topic(entity: Entity, unit: Unit) -> Topic | None:
    """The topic of a measure, None where there is none that matters to the buyer."""
    book = load_topics()
    places: dict[str, str] = {}
    for rule in book.rules:
        if entity.kind not in rule.of:
            continue
        places = places or _places_of(entity, unit)
        if all(pattern.search(places[place]) for place, pattern in rule.present) and not any(
            pattern.search(places[place]) for place, pattern in rule.absent
        ):
            return book.topics.get(rule.topic)
    return None


def _places_of(entity: Entity, unit: Unit) -> dict[str, str]:
    head, tail = unit.plain[: entity.start], unit.plain[entity.end :]
    start = unit.sentence.find(entity.text)
    return {
        "unit": unit.plain,
        "sentence": unit.sentence,
        "sentence_head": unit.sentence[: max(0, start)],
        "head": head,
        "tail": tail,
        "near": f"{head[-_NEAR_BEFORE:]}_{tail[:_NEAR_AFTER]}",
        "counted": entity.unit,
        "text": entity.text,
    }


def call_topic(topic: Topic, unit: Unit) -> str:
    """The topic in the words of the page, as far as it says them."""
    if topic.id != "window":
        return topic.zh
    names = load_topics().window_names
    return next((name for word, name in names.items() if word in unit.plain), topic.zh)


def topic_verb(topic: Topic, grown: bool) -> str:
    """How a change of it is told: 缩短为, 延长为, 提高到, 降低到."""
    if topic.time:
        return "延长为" if grown else "缩短为"
    return "提高到" if grown else "降低到"
