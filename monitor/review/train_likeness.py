"""Makes the model of `likeness` from sentences of our own, and says how often it is right on those it has not seen.

`python -m monitor.review.train_likeness` writes monitor/reference/term_likeness.gz; `--check` only prints, leaving out
one author's sentences at a time. Needs scikit-learn (a development package): training is rare, weighing needs nothing.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from monitor.review.likeness import MODEL_FILE, LikenessModel, list_runs, make_model, write_model
from monitor.review.plain import make_plain
from monitor.review.terms import mask_text

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

FOLDER = Path(__file__).parents[1] / "reference"
SENTENCES = FOLDER / "term_sentences.jsonl"
_STRENGTH = 20.0  # inverse of the regularisation; 10 to 60 made no difference
_SMOOTHING = 0.3
_PARTS = 3
_LEAST_OFTEN = 2
_LEAST_WEIGHT = 0.15  # smaller ones are set to nothing: the file packs better, the answers stay


@dataclass(frozen=True)
class LearntSentence:
    """A sentence and the kinds of clauses that it is, none for a fair one; `author` tells groups apart."""

    text: str
    kinds: tuple[str, ...]
    author: str


def read_sentences(path: Path = SENTENCES) -> list[LearntSentence]:
    """Read the sentences; a broken line is named."""
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
            rows.append(LearntSentence(str(row["text"]), tuple(row["patterns"]), str(row["author"])))
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{path.name}: line {number}: {error!r}; mend that line") from error
    return rows


def train_model(sentences: Sequence[LearntSentence], learnt_from: str = "") -> LikenessModel:
    """Learn the weights."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    vectors = TfidfVectorizer(analyzer=list_runs, sublinear_tf=True, min_df=_LEAST_OFTEN)
    measured = vectors.fit_transform([mask_text(make_plain(one.text).text) for one in sentences])
    risky = np.array([bool(one.kinds) for one in sentences])
    risk, bias = _mix_readers(measured, risky, [one.author for one in sentences])
    places = np.flatnonzero(risky)
    kinds = LogisticRegression(C=_STRENGTH, max_iter=3000).fit(
        measured[places], [sentences[int(place)].kinds[0] for place in places]
    )
    runs = sorted(vectors.vocabulary_)
    columns = [vectors.vocabulary_[run] for run in runs]
    weights = kinds.coef_[:, columns].T
    weights = np.where(np.abs(weights) >= _LEAST_WEIGHT, weights, 0.0)
    return make_model(
        runs,
        vectors.idf_[columns],
        risk[columns],
        weights,
        [str(name) for name in kinds.classes_],
        (bias, kinds.intercept_),
        learnt_from,
    )


def _mix_readers(
    measured: csr_matrix, risky: NDArray[np.bool_], authors: Sequence[str]
) -> tuple[NDArray[np.float64], float]:
    """The weights of the risk: a widest margin and a count of runs, both linear, added up to one.

    How much each counts, and which sum is a risk of one half, is learnt from scores that each gave an author whom it
    had not read: a model that judges its own sentences is far too sure.
    """
    from sklearn.linear_model import LogisticRegression

    scores = np.zeros((len(risky), 2))
    for part in _part_authors(authors):
        for reader, (weights, bias) in enumerate(_learn_readers(measured[~part], risky[~part])):
            scores[part, reader] = measured[part] @ weights + bias
    mix = LogisticRegression(C=_STRENGTH).fit(scores, risky)
    readers = _learn_readers(measured, risky)
    shares = [float(share) for share in mix.coef_[0]]
    weights = sum((share * weights for share, (weights, _) in zip(shares, readers, strict=True)), np.zeros(1))
    bias = float(mix.intercept_[0]) + sum(share * bias for share, (_, bias) in zip(shares, readers, strict=True))
    return weights, bias


def _part_authors(authors: Sequence[str]) -> list[NDArray[np.bool_]]:
    """Which sentences are left out together: an author's, or every third where there are too few authors."""
    named = np.array(authors)
    groups = sorted(set(authors))
    if len(groups) >= _PARTS:
        return [named == author for author in groups]
    return [np.arange(len(named)) % _PARTS == part for part in range(_PARTS)]


def _learn_readers(measured: csr_matrix, risky: NDArray[np.bool_]) -> list[tuple[NDArray[np.float64], float]]:
    from sklearn.naive_bayes import ComplementNB
    from sklearn.svm import LinearSVC

    margin = LinearSVC(C=1.0, random_state=0).fit(measured, risky)
    counted = ComplementNB(alpha=_SMOOTHING).fit(measured, risky)
    told = counted.feature_log_prob_
    return [(margin.coef_[0], float(margin.intercept_[0])), (told[1] - told[0], 0.0)]


def digest_sentences(path: Path = SENTENCES) -> str:
    """The SHA-256 of the file of sentences: a test holds that the model was made of it."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def check_authors(
    sentences: Sequence[LearntSentence], *, least_risk: float = 0.5
) -> list[tuple[str, int, int, int, int]]:
    """Learn from all authors but one and try that one: (author, clauses, of them found, fair ones, of them alarmed)."""
    rows = []
    for author in sorted({one.author for one in sentences}):
        model = train_model([one for one in sentences if one.author != author])
        clauses = found = fair = alarmed = 0
        for one in (one for one in sentences if one.author == author):
            told = model.weigh(mask_text(make_plain(one.text).text))
            says = told.kinds[0][0] if told.risk >= least_risk and told.kinds else ""
            if one.kinds:
                clauses, found = clauses + 1, found + (says in one.kinds)
            else:
                fair, alarmed = fair + 1, alarmed + bool(says)
        rows.append((author, clauses, found, fair, alarmed))
    return rows


def main(words: list[str]) -> int:
    """Train and write, or only check."""
    sentences = read_sentences()
    if "--check" in words:
        for author, clauses, found, fair, alarmed in check_authors(sentences):
            sys.stdout.write(f"{author:12} kinds right {found}/{clauses}, fair ones alarmed {alarmed}/{fair}\n")
        return 0
    data = write_model(train_model(sentences, digest_sentences()))
    (FOLDER / MODEL_FILE).write_bytes(data)
    sys.stdout.write(f"{MODEL_FILE}: {len(data)} bytes from {len(sentences)} sentences\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
