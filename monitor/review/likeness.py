"""How alike a sentence is to unfair clauses and to fair ones, learnt from sentences of our own: a second reader.

A linear model over runs of one to four characters, with the ends of a sentence and its stops as signs of their own: one
score for "takes something from the buyer", and one for each kind of clause. It knows wordings that no rule foresaw, and
doubts rules that match a fair sentence. Pure, and all on this machine; `python -m monitor.review.train_likeness` makes
it and says how often it is right on unseen sentences.
"""

from __future__ import annotations

import gzip
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

MODEL_FILE = "term_likeness.gz"
LONGEST_RUN = 4
_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_MASKS = re.compile("□+")
_SPACE = re.compile(r"\s+")
_STOPS = re.compile(r"[^\w□]+")
_MOST_CHARACTERS = 400
_LEAST_TELLING = 0.05
_STEPS = 127
_TOLD = 3


@dataclass(frozen=True)
class Likeness:
    """What a sentence is like. `risk` is 0 to 1; `kinds` are (pattern id, share of the risk), the likeliest first."""

    risk: float
    kinds: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class LikenessModel:
    """Weights of runs of characters: `places` of the runs, then for each its rarity, its weight for the risk, and its
    weights for the kinds (runs x kinds). `learnt_from` is the SHA-256 of the sentences that it was made of.
    """

    places: Mapping[str, int]
    rarity: NDArray[np.float32]
    risk: NDArray[np.float32]
    weights: NDArray[np.float32]
    kinds: tuple[str, ...]
    risk_bias: float
    biases: NDArray[np.float32]
    learnt_from: str

    def weigh(self, sentence: str) -> Likeness:
        """Say what a masked sentence of plain text is like."""
        return self.weigh_all([sentence])[0]

    def weigh_all(self, sentences: Sequence[str]) -> list[Likeness]:
        """Say of each masked sentence what it is like: of many in one go, for each by itself costs more."""
        counted = [self._count(sentence) for sentence in sentences]
        ends = np.cumsum([len(counts) for counts in counted], dtype=np.intp)
        rows = np.fromiter((place for counts in counted for place in counts), np.intp, int(ends[-1]) if counted else 0)
        often = np.fromiter((count for counts in counted for count in counts.values()), np.float32, len(rows))
        values = (1 + np.log(often)) * self.rarity[rows]
        shares = self.risk[rows] * values
        told = []
        start = 0
        for end in map(int, ends):
            mine = values[start:end]
            length = math.sqrt(float(mine @ mine)) or 1.0
            risk = _share(self.risk_bias + float(shares[start:end].sum()) / length)
            told.append(Likeness(risk, self._rank(rows[start:end], mine / length) if risk >= _LEAST_TELLING else ()))
            start = end
        return told

    def _rank(self, rows: NDArray[np.intp], values: NDArray[np.float32]) -> tuple[tuple[str, float], ...]:
        scores = self.biases + values @ self.weights[rows]
        parts = np.exp(scores - scores.max())
        parts /= parts.sum()
        return tuple((self.kinds[place], float(parts[place])) for place in np.argsort(-parts)[:_TOLD])

    def _count(self, sentence: str) -> dict[int, int]:
        """The known runs of a sentence: rarer and more frequent ones count more."""
        counts: dict[int, int] = {}
        for place in map(self.places.get, list_runs(sentence)):
            if place is not None:
                counts[place] = counts.get(place, 0) + 1
        return counts


def list_runs(sentence: str) -> list[str]:
    """All runs of one to LONGEST_RUN characters of a masked sentence; numbers count as one sign, and so do stops.

    Where a part begins or ends tells more than which mark stands there, and holds for authors who use other marks.
    """
    text = _SPACE.sub("", _MASKS.sub("□", _DIGITS.sub("0", sentence)))[:_MOST_CHARACTERS]
    text = f"^{_STOPS.sub('|', text).strip('|')}$"
    return [text[start : start + n] for n in range(1, LONGEST_RUN + 1) for start in range(len(text) - n + 1)]


def write_model(model: LikenessModel) -> bytes:
    """The model as a file: a line of JSON, rarities and risks in half precision, the kinds' weights in 255 steps."""
    step = float(np.abs(model.weights).max()) / _STEPS or 1.0
    head = {
        "kinds": model.kinds,
        "risk_bias": round(model.risk_bias, 4),
        "biases": [round(float(bias), 4) for bias in model.biases],
        "step": step,
        "learnt_from": model.learnt_from,
        "runs": list(model.places),
    }
    parts = (
        json.dumps(head, ensure_ascii=False).encode("utf-8") + b"\n",
        model.rarity.astype("<f2").tobytes(),
        model.risk.astype("<f2").tobytes(),
        np.rint(model.weights / step).astype("i1").tobytes(),
    )
    return gzip.compress(b"".join(parts), 9, mtime=0)


def read_model(data: bytes) -> LikenessModel:
    """Read a model that `write_model` wrote."""
    line, _mark, rest = gzip.decompress(data).partition(b"\n")
    head = json.loads(line)
    count = len(head["runs"])
    rarity, risk = (np.frombuffer(rest, "<f2", count, offset).astype(np.float32) for offset in (0, 2 * count))
    weights = np.frombuffer(rest, "i1", count * len(head["kinds"]), 4 * count).astype(np.float32) * head["step"]
    return LikenessModel(
        {run: place for place, run in enumerate(head["runs"])},
        rarity,
        risk,
        weights.reshape(count, -1),
        tuple(head["kinds"]),
        float(head["risk_bias"]),
        np.array(head["biases"], dtype=np.float32),
        str(head["learnt_from"]),
    )


def make_model(
    runs: Sequence[str],
    rarity: NDArray[np.float64],
    risk: NDArray[np.float64],
    weights: NDArray[np.float64],
    kinds: Sequence[str],
    biases: tuple[float, NDArray[np.float64]],
    learnt_from: str,
) -> LikenessModel:
    """Build a model of learnt arrays; `biases` are that of the risk and those of the kinds."""
    return LikenessModel(
        {run: place for place, run in enumerate(runs)},
        rarity.astype(np.float32),
        risk.astype(np.float32),
        weights.astype(np.float32),
        tuple(kinds),
        biases[0],
        biases[1].astype(np.float32),
        learnt_from,
    )


@cache
def load_model() -> LikenessModel:
    """The model that comes with the package."""
    return read_model(resources.files("monitor.reference").joinpath(MODEL_FILE).read_bytes())


def _share(score: float) -> float:
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, score))))
