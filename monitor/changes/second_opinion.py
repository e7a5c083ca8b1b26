"""A second opinion on what a change does to the buyer, from the words that came and went: a linear model, no network.

Takes paired units and the effect the rules found, gives the effect that stands. The rules read what they know and miss
what they do not; the model has read every judged pair, forwards and backwards, and misses what only arithmetic shows.
How often each was right on pairs that nobody had seen decides which is believed. Weights: monitor/reference/
second_opinion.npz, taught by monitor/changes/train_opinion.py; licence of this project. Pure and repeatable.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

import numpy as np
import numpy.typing as npt

from monitor.changes.entity_patterns import EntityKind
from monitor.changes.kinds import load_kinds
from monitor.changes.measures import UnitPair, pair_measures
from monitor.changes.signals import find_signals
from monitor.changes.stances import read_stances
from monitor.changes.units import Unit
from storage.model import Effect

EFFECTS = (Effect.WORSE, Effect.BETTER, Effect.NEUTRAL, Effect.MIXED)
PLACES = 1 << 16
"""Features are hashed into so many places."""
_MOST_CHARACTERS = 1_200
"""Longer changes are left to the rules: the model has learnt from clauses, not from pages."""
_SURER, _SURER_THAN_NOTHING = 1.0, 1.0
"""By how much the model must be surer to be believed, and where the rules found nothing.

On the pairs of seven authors, each weighed by a model that had not read him: 0.800 right and 59 of 196 neutral ones
told as worse; by the rules alone 0.740 and 59, at 1.0 and 2.0 0.792 and 58, at 0.5 and 1.0 0.809 and 60 with good news
told as bad, which is worse than news not told.
"""
_CHINESE = re.compile("[\u4e00-\u9fff]")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_SIGNS = {
    EntityKind.DURATION: "T", EntityKind.MONEY: "M", EntityKind.SHARE: "P", EntityKind.DISCOUNT: "D",
    EntityKind.COUNT: "N", EntityKind.HOURS: "H", EntityKind.DATE: "Y", EntityKind.CLOCK: "Y",
    EntityKind.CONTACT: "K", EntityKind.AUTHORITY: "A", EntityKind.REGISTRATION: "R",
}  # fmt: skip

Weights = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Opinion:
    """The model: `weights` has a row a place and a column an effect, `kind_weights` a column a kind.

    `trust` has a row for each effect the rules may find and a column for each that may be true, `share` says how much
    the model's own chances count beside it: both learnt from what the rules had said of pairs before anybody saw them.
    """

    weights: Weights
    bias: Weights
    trust: Weights
    share: Weights
    kind_weights: Weights
    kind_bias: Weights
    kinds: tuple[str, ...]


@cache
def load_opinion() -> Opinion:
    """Read the weights."""
    with resources.files("monitor.reference").joinpath("second_opinion.npz").open("rb") as file, np.load(file) as data:
        return Opinion(
            data["weights"].astype(np.float32),
            data["bias"].astype(np.float32),
            data["trust"].astype(np.float32),
            data["share"].astype(np.float32),
            data["kind_weights"].astype(np.float32),
            data["kind_bias"].astype(np.float32),
            tuple(map(str, data["kinds"])),
        )


def settle_effect(found: Effect, pairs: Sequence[UnitPair]) -> Effect:
    """The effect that stands: what the rules found, unless the model is surer than the rules have been right."""
    if found is Effect.WORSE:
        return found  # on pairs that nobody had read it took back one false harm and two true ones
    chances = weigh_effects(pairs)
    if chances is None:
        return found
    opinion = load_opinion()
    return choose_effect(found, chances, opinion.trust, opinion.share)


def choose_effect(found: Effect, chances: Weights, trust: Weights, share: Weights) -> Effect:
    """What stands of the effect the rules found and the chances the model gives; harm that the rules saw stands."""
    scores = trust[EFFECTS.index(found)] + read_chances(chances) @ share
    best = int(np.argmax(scores))
    if found is Effect.WORSE or EFFECTS[best] is Effect.MIXED:
        return found  # which side the rules missed the model cannot say
    surer = float(scores[best] - scores[EFFECTS.index(found)])
    return EFFECTS[best] if surer > (_SURER_THAN_NOTHING if found is Effect.NEUTRAL else _SURER) else found


def name_kind(effect: Effect, pairs: Sequence[UnitPair]) -> tuple[str, float]:
    """The likeliest kind of a change with that effect, and its chance among those kinds; only worse and better ones."""
    opinion, names = load_opinion(), load_kinds()
    chances = weigh_places(find_places(read_features(tuple(pairs))), opinion.kind_weights, opinion.kind_bias)
    fitting = [place for place, kind in enumerate(opinion.kinds) if names[kind].effect is effect]
    best = max(fitting, key=lambda place: float(chances[place]))
    return opinion.kinds[best], float(chances[best]) / max(1e-6, float(chances[fitting].sum()))


def read_chances(chances: Weights) -> Weights:
    """Chances as they are weighed: their logarithms, none of them endless."""
    logarithms: Weights = np.log(chances + 1e-3)
    return logarithms


def can_weigh(pairs: Sequence[UnitPair]) -> bool:
    """Whether these are clauses in Chinese, and no pages: the model has learnt from nothing else."""
    text = "".join(unit.plain for pair in pairs for unit in pair if unit)
    return 0 < len(text) <= _MOST_CHARACTERS and 2 * len(_CHINESE.findall(text)) >= len(text)


def weigh_effects(pairs: Sequence[UnitPair]) -> Weights | None:
    """How likely each effect is, in the order of `EFFECTS`; None where there is nothing the model could know."""
    if not can_weigh(pairs):
        return None
    features = read_features(tuple(pairs))
    if not any(feature[0] in "-+" for feature in features):
        return None  # other numbers in the same words: that is arithmetic
    opinion = load_opinion()
    return weigh_places(find_places(features), opinion.weights, opinion.bias)


def weigh_places(places: npt.NDArray[np.int64], weights: Weights, bias: Weights) -> Weights:
    """The chances of every effect for the features in these places."""
    scores = weights[places].sum(axis=0) / np.sqrt(max(1, len(places))) + bias
    raised = np.exp(scores - scores.max())
    chances: Weights = raised / raised.sum()
    return chances


def find_places(features: Iterable[str]) -> npt.NDArray[np.int64]:
    """The places of features, in an order that never changes."""
    return np.sort(np.array([zlib.crc32(feature.encode()) % PLACES for feature in features], dtype=np.int64))


@lru_cache(maxsize=100)
def read_features(pairs: tuple[UnitPair, ...], *, backwards: bool = False) -> frozenset[str]:
    """What stood on one side only, on both, alone or reworded, and which way each measure went.

    `backwards` reads the change from new to old: what is worse one way is better the other way.
    """
    features: set[str] = set()
    sides: tuple[set[str], set[str]] = (set(), set())
    for forwards in pairs:
        old, new = forwards[::-1] if backwards else forwards
        grams = tuple(_read_grams(unit) for unit in (old, new))
        for side, found in zip(sides, grams, strict=True):
            side |= found
        if old and new:
            features |= {f"p-{gram}" for gram in grams[0] - grams[1]}
            features |= {f"p+{gram}" for gram in grams[1] - grams[0]}
            features |= {f"p={gram}" for gram in grams[0] & grams[1]}
            for kind, grown in pair_measures(old, new):
                way = "up" if grown else "down"
                features.add(f"D{kind}{way}")
                features |= {f"D{way}{gram}" for gram in grams[0] | grams[1]}
        else:
            features |= {f"l-{gram}" for gram in grams[0]} | {f"l+{gram}" for gram in grams[1]}
    features |= {f"-{gram}" for gram in sides[0] - sides[1]} | {f"+{gram}" for gram in sides[1] - sides[0]}
    features |= {f"b{gram}" for gram in sides[0]} | {f"a{gram}" for gram in sides[1]}
    return frozenset(features)


def _read_grams(unit: Unit | None) -> frozenset[str]:
    """Single characters and pairs of them, what is measured by a sign for its kind, and what rules read in it.

    The names of signals and of acts say what a word unknown to the model does: alone it was right on 0.82 of the
    changes of authors whom it did not know, and on 0.77 without these names.
    """
    if unit is None:
        return frozenset()
    parts: list[str] = []
    position = 0
    for entity in unit.entities:
        parts.append(unit.plain[position : entity.start] + _SIGNS[entity.kind])
        position = entity.end
    text = _NUMBER.sub("#", f"^{''.join(parts)}{unit.plain[position:]}$")
    grams = {text[place : place + size] for size in (1, 2) for place in range(len(text) - size + 1)}
    grams |= {f"§{signal.id}" for signal in find_signals(unit.plain, unit.sentence)}
    grams |= {f"§{act}{value:+d}" for act, value in read_stances(unit.plain, unit.sentence).items()}
    return frozenset(grams)


def tell_chances(chances: Weights) -> Mapping[Effect, float]:
    """The chances by effect, for showing."""
    return {effect: round(float(chance), 3) for effect, chance in zip(EFFECTS, chances, strict=True)}
