"""Teaches the model of `second_opinion` from judged pairs, and says how often it is right on those it has not seen.

`python -m monitor.changes.train_opinion` writes monitor/reference/second_opinion.npz; `--check` only prints, leaving
out one author's pairs at a time. Learns from the judged pairs of the tests and from
monitor/reference/judged_units.jsonl (what was changed in the pairs of twelve more authors, and what the rules said of
them before anybody had looked). Needs scikit-learn (a development package): teaching is rare.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from monitor.changes.idle import leave_idle_out
from monitor.changes.kinds import load_kinds
from monitor.changes.measures import UnitPair
from monitor.changes.second_opinion import (
    EFFECTS,
    PLACES,
    Weights,
    choose_effect,
    find_places,
    read_chances,
    read_features,
    weigh_places,
)
from monitor.changes.units import cancel_units, pair_units, split_units
from storage.model import Effect

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

FOLDER = Path(__file__).parents[1] / "reference"
OWN = Path(__file__).parents[2] / "tests" / "changes"
UNITS, MODEL = FOLDER / "judged_units.jsonl", FOLDER / "second_opinion.npz"
_STRENGTH = 10.0  # inverse of the regularisation; 3 to 30 made no difference
_LEAST_OFTEN = 2
_LEAST_WEIGHT = 0.02  # smaller ones are set to nothing: the file packs better, the answers stay
_FLIPPED = {Effect.WORSE: Effect.BETTER, Effect.BETTER: Effect.WORSE}
_STACK_STRENGTH = 0.3


@dataclass(frozen=True)
class JudgedPair:
    """A change with what people say of it; `kind` is "" where they named none.

    `told` is the effect that the rules found before anybody had looked at the pair, None where nobody wrote it down.
    """

    pairs: tuple[UnitPair, ...]
    effect: Effect
    kind: str
    author: str
    told: Effect | None = None


def read_pairs() -> list[JudgedPair]:
    """All judged pairs that say anything but the same."""
    found = []
    for path in sorted(OWN.glob("judged_*.toml")):
        for row in tomllib.loads(path.read_text(encoding="utf-8"))["pair"]:
            kind = str(row.get("kind", ""))
            found.append(make_pair(row["before"], row["after"], str(row["effect"]), kind, path.stem))
    for number, line in enumerate(UNITS.read_text(encoding="utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
            before, after = ("\n".join(row[side]) for side in ("before", "after"))
            pair = make_pair(before, after, row["effect"], row["kind"], row["author"])
            found.append(replace(pair, told=Effect(row["told"])))
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{UNITS.name}: line {number}: {error!r}; mend that line") from error
    return [pair for pair in found if pair.pairs]


def digest_units() -> str:
    """SHA-256 of the judged units: kept with the weights, so that nobody forgets to teach again."""
    return hashlib.sha256(UNITS.read_bytes()).hexdigest()


def make_pair(before: str, after: str, effect: str, kind: str, author: str) -> JudgedPair:
    """One judged pair as the rules see it: what says the same is gone."""
    left = cancel_units(split_units(before), split_units(after))
    pairs = pair_units(*(leave_idle_out(side) for side in left))
    return JudgedPair(pairs, Effect(effect), kind, author)


def fold_places(judged: Sequence[JudgedPair], *, backwards: bool = False) -> csr_matrix:
    """The hashed features of every pair, a row each, of length one."""
    from scipy.sparse import csr_matrix

    rows = [find_places(read_features(pair.pairs, backwards=backwards)) for pair in judged]
    values = np.concatenate([np.full(len(row), 1 / np.sqrt(max(1, len(row)))) for row in rows])
    starts = np.cumsum([0, *map(len, rows)])
    return csr_matrix((values, np.concatenate(rows), starts), shape=(len(rows), PLACES))


def teach(judged: Sequence[JudgedPair], *, of_kinds: bool) -> tuple[Weights, Weights, tuple[str, ...]]:
    """Weights, bias and the names of the columns, learnt forwards and backwards."""
    from scipy.sparse import vstack
    from sklearn.linear_model import LogisticRegression

    names = load_kinds()
    if of_kinds:
        judged = [one for one in judged if one.kind in names and names[one.kind].effect is not Effect.NEUTRAL]
    turned = [one for one in judged if not of_kinds or names[one.kind].opposite]
    features = vstack([fold_places(judged), fold_places(turned, backwards=True)]).tocsr()
    often = np.asarray((features > 0).sum(axis=0)).ravel() >= _LEAST_OFTEN
    labels = [one.kind if of_kinds else str(one.effect) for one in judged]
    labels += [names[one.kind].opposite if of_kinds else str(_FLIPPED.get(one.effect, one.effect)) for one in turned]
    used = np.flatnonzero(often)
    model = LogisticRegression(C=_STRENGTH, max_iter=300).fit(features[:, used], labels)
    weights = np.zeros((PLACES, len(model.classes_)), dtype=np.float32)
    weights[used] = model.coef_.T
    weights[np.abs(weights) < _LEAST_WEIGHT] = 0
    return weights, model.intercept_.astype(np.float32), tuple(map(str, model.classes_))


def teach_effects(judged: Sequence[JudgedPair]) -> tuple[Weights, Weights]:
    """Weights and bias with a column an effect, in the order of `EFFECTS`."""
    weights, bias, columns = teach(judged, of_kinds=False)
    order = [columns.index(str(effect)) for effect in EFFECTS]
    return weights[:, order], bias[order]


@dataclass(frozen=True)
class Sight:
    """A pair whose author the model did not know: what the rules had told, the model's chances, and the truth."""

    pair: JudgedPair
    told: Effect
    chances: Weights


def look_first(judged: Sequence[JudgedPair]) -> list[Sight]:
    """The pairs of which the rules' first word is known, each weighed by a model that was taught by all others."""
    sights: list[Sight] = []
    for author in sorted({one.author for one in judged if one.told}):
        weights, bias = teach_effects([one for one in judged if one.author != author])
        for one in judged:
            if one.author == author and one.told:
                chances = weigh_places(find_places(read_features(one.pairs)), weights, bias)
                sights.append(Sight(one, one.told, chances))
    return sights


def make_trust(sights: Sequence[Sight]) -> tuple[Weights, Weights]:
    """How much each effect the rules tell counts for each that may be true, and how much the model's chances do."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    told = np.array([[one.told is effect for effect in EFFECTS] for one in sights], dtype=np.float32)
    chances = np.array([read_chances(one.chances) for one in sights])
    scaler, model = StandardScaler(), LogisticRegression(C=_STACK_STRENGTH, max_iter=3_000)
    make_pipeline(scaler, model).fit(np.hstack([told, chances]), [str(one.pair.effect) for one in sights])
    order = [list(model.classes_).index(str(effect)) for effect in EFFECTS]
    weights = (model.coef_ / scaler.scale_)[order]
    bias = (model.intercept_ - (model.coef_ * scaler.mean_ / scaler.scale_).sum(axis=1))[order]
    count = len(EFFECTS)
    return (weights[:, :count].T + bias).astype(np.float32), weights[:, count:].T.astype(np.float32)


def check(sights: Sequence[Sight]) -> None:
    """Print how often rules, model and both together are right on the pairs of an author whom neither knew."""
    for author in sorted({one.pair.author for one in sights}):
        trust, share = make_trust([one for one in sights if one.pair.author != author])
        own = [one for one in sights if one.pair.author == author]
        both = sum(choose_effect(one.told, one.chances, trust, share) is one.pair.effect for one in own)
        rules = sum(one.told is one.pair.effect for one in own)
        alone = sum(EFFECTS[int(np.argmax(one.chances))] is one.pair.effect for one in own)
        shares = [count / len(own) for count in (rules, alone, both)]
        sys.stdout.write(
            f"{author:3} n={len(own):4}  rules {shares[0]:.3f}  model {shares[1]:.3f}  together {shares[2]:.3f}\n"
        )


def main() -> None:
    """Teach and write, or only check."""
    judged = read_pairs()
    sights = look_first(judged)
    check(sights)
    if "--check" in sys.argv[1:]:
        return
    trust, share = make_trust(sights)
    weights, bias = teach_effects(judged)
    kind_weights, kind_bias, kinds = teach(judged, of_kinds=True)
    np.savez_compressed(
        MODEL,
        weights=weights.astype(np.float16),
        bias=bias,
        trust=trust,
        share=share,
        kind_weights=kind_weights.astype(np.float16),
        kind_bias=kind_bias,
        kinds=np.array(kinds),
        taught=np.array(digest_units()),
    )
    sys.stdout.write(f"{len(judged)} judged pairs, {MODEL.stat().st_size / 1024:.0f} KB\n")


if __name__ == "__main__":
    main()
