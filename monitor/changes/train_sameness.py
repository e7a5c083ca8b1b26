"""Teaches the weights of `sameness` from judged pairs: `python -m monitor.changes.train_sameness [--without AUTHOR…]`.

Reads the same pairs as `train_opinion`; a pair of which nothing but one side is left teaches nothing here. Writes
monitor/reference/sameness.toml; `--check` only prints how it does on each author when it has not read him. Needs
scikit-learn (a development package): teaching is rare.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from monitor.changes.sameness import is_plain_change, read_traits
from monitor.changes.train_opinion import FOLDER, JudgedPair, read_pairs
from storage.model import Effect

MODEL = FOLDER / "sameness.toml"
NEEDED = {Effect.WORSE: 0.65, Effect.MIXED: 0.6, Effect.BETTER: 0.6}
"""How sure it must be: harm told in vain is looked at, harm that is not told is missed."""
_STRENGTH = 0.1  # inverse of the regularisation; 0.03 to 0.3 made little difference
_HEAD = """# What speaks for and against two wordings meaning the same; see monitor/changes/sameness.py.
# Written by `python -m monitor.changes.train_sameness` from judged pairs; do not mend by hand, teach again.
"""


@dataclass(frozen=True)
class Taught:
    """Weights of the traits, by name, and the bias."""

    weights: dict[str, float]
    bias: float

    def judge(self, traits: dict[str, float]) -> float:
        """The chance that both sides say the same."""
        score = self.bias + sum(self.weights[name] * value for name, value in traits.items())
        return float(1 / (1 + np.exp(-score)))


@dataclass(frozen=True)
class Lesson:
    """One pair: its traits, whether it says the same, and who wrote it."""

    traits: dict[str, float]
    same: bool
    author: str


def make_lessons(judged: Sequence[JudgedPair]) -> list[Lesson]:
    """The traits of all pairs that have something left on both sides."""
    lessons = []
    for one in judged:
        before, after = ([unit for pair in one.pairs if (unit := pair[side])] for side in (0, 1))
        if before and after:
            lessons.append(Lesson(read_traits(before, after), one.effect is Effect.NEUTRAL, one.author))
    return lessons


def teach(lessons: Sequence[Lesson]) -> Taught:
    """Weights for the traits as they are counted (not scaled)."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    names = sorted(lessons[0].traits)
    counted: npt.NDArray[np.float64] = np.array([[one.traits[name] for name in names] for one in lessons])
    scaler = StandardScaler().fit(counted)
    model = LogisticRegression(C=_STRENGTH, max_iter=3_000)
    model.fit(scaler.transform(counted), [one.same for one in lessons])
    weights = model.coef_[0] / scaler.scale_
    bias = float(model.intercept_[0] - (weights * scaler.mean_).sum())
    return Taught({name: round(float(weight), 4) for name, weight in zip(names, weights, strict=True)}, round(bias, 4))


def check(lessons: Sequence[Lesson]) -> None:
    """Print, for each author left out: how many of the same it knows, and how many changes it mistakes."""
    for author in sorted({one.author for one in lessons}):
        own = [one for one in lessons if one.author == author]
        taught = teach([one for one in lessons if one.author != author])
        needed = NEEDED[Effect.WORSE]
        judged = [(one, taught.judge(one.traits)) for one in own]
        chances = [(chance >= needed and not is_plain_change(one.traits, chance), one.same) for one, chance in judged]
        alike, changed = ([said for said, same in chances if same is wanted] for wanted in (True, False))
        known, mistaken = f"{sum(alike)} of {len(alike)}", f"{sum(changed)} of {len(changed)}"
        sys.stdout.write(f"{author:20} the same {known}, changes taken for the same {mistaken}\n")


def main() -> None:
    """Teach and write, or only check."""
    left_out = sys.argv[sys.argv.index("--without") + 1 :] if "--without" in sys.argv else []
    lessons = make_lessons([one for one in read_pairs() if one.author not in left_out])
    check(lessons)
    if "--check" in sys.argv[1:]:
        return
    taught = teach(lessons)
    rows = "".join(f"{name} = {weight}\n" for name, weight in taught.weights.items() if weight)
    needed = "".join(f"{effect} = {chance}\n" for effect, chance in NEEDED.items())
    MODEL.write_text(f"{_HEAD}bias = {taught.bias}\n\n[needed]\n{needed}\n[weights]\n{rows}", encoding="utf-8")
    sys.stdout.write(f"{len(lessons)} judged pairs\n")


if __name__ == "__main__":
    main()
