"""Learns the weights of `second_reader` from texts of several authors, and says how it reads an author it has not seen.

`python -m monitor.complaints.masking.train_second_reader` writes monitor/reference/masking_weights.gz; `--check` only
prints, leaving out one author's texts at a time. The texts are monitor/reference/masking_examples.jsonl: all values in
them are drawn. Needs scikit-learn (a development package): training is rare, weighing needs nothing.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from monitor.complaints.masking import second_reader
from monitor.complaints.masking.candidates import find_candidates, list_traits, look_around
from monitor.complaints.masking.labels import find_labelled, find_labels
from monitor.complaints.masking.second_reader import STEPS, WEIGHTS_FILE, write_weights
from monitor.complaints.masking.spans import Span
from monitor.complaints.masking.spelling import read_spelling
from monitor.complaints.masking.text import find_spans
from monitor.complaints.model import Audience, Masking

FOLDER = Path(__file__).parents[2] / "reference"
EXAMPLES = FOLDER / "masking_examples.jsonl"
PROMISED = frozenset({"key", "number", "password", "token", "id_number", "bank_card", "phone"})
_LEARNT = PROMISED - {"phone"}  # phones are read by their own rules
_MARKED = re.compile(r"⟦([+-])([a-z_ ]+)\|(.*?)⟧", re.S)
_STRENGTH = 1.0  # inverse of the regularisation; 0.3 and 3 made little difference
_LEAST_OFTEN = 3
_LEAST_WEIGHT = 0.03  # smaller ones are left out: the file packs better, the answers stay
_UNMARKED = 0.5  # how much a run counts that an author marked neither as a secret nor as a look-alike
_COVERED = 0.6  # of a run must lie in a secret for it to be one


@dataclass(frozen=True)
class Marked:
    """A part of a text that an author called a secret or a look-alike."""

    begin: int
    end: int
    kind: str
    secret: bool


@dataclass(frozen=True)
class Example:
    """A text with what is to be masked and what is to stay; `author` and `group` tell whose text of which form."""

    author: str
    group: str
    text: str
    marked: tuple[Marked, ...]
    keep: tuple[str, ...] = ()


@dataclass(frozen=True)
class Counted:
    """What was masked of one author's texts."""

    secrets: int
    shown: int
    alike: int
    masked: int

    @property
    def recall(self) -> float:
        """The share of secrets of which no more than the ends show."""
        return 1 - self.shown / max(self.secrets, 1)

    @property
    def false(self) -> float:
        """The share of look-alikes of which anything was masked."""
        return self.masked / max(self.alike, 1)


def read_examples(path: Path = EXAMPLES) -> list[Example]:
    """The texts; a broken line is named."""
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
            text, marked = read_marks(str(row["text"]))
            found.append(Example(str(row["author"]), str(row["group"]), text, marked, tuple(row.get("keep", ()))))
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{path.name}: line {number}: {error!r}; mend that line") from error
    return found


def read_marks(written: str) -> tuple[str, tuple[Marked, ...]]:
    """A text without its marks, and what they say: ⟦+key|…⟧ for a secret, ⟦-order|…⟧ for a look-alike."""
    parts: list[str] = []
    marked: list[Marked] = []
    at = length = 0
    for match in _MARKED.finditer(written):
        parts += [written[at : match.start()], match[3]]
        begin = length + match.start() - at
        length = begin + len(match[3])
        marked.append(Marked(begin, length, match[2], match[1] == "+"))
        at = match.end()
    return "".join((*parts, written[at:])), tuple(marked)


def learn_weights(examples: Sequence[Example]) -> dict[str, int]:
    """The weights, in thousandths, that tell secrets from what only looks like them in these texts."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    rows = [row for one in examples for row in _learnable(one)]
    vectors = CountVectorizer(analyzer=set, min_df=_LEAST_OFTEN, binary=True)
    measured = vectors.fit_transform([traits for traits, _secret, _counts in rows])
    model = LogisticRegression(C=_STRENGTH, max_iter=1000, solver="liblinear")
    model.fit(
        measured, [secret for _traits, secret, _counts in rows], sample_weight=[counts for *_rest, counts in rows]
    )
    found = {str(trait): float(model.coef_[0][place]) for trait, place in vectors.vocabulary_.items()}
    weights = {trait: round(value * STEPS) for trait, value in found.items() if abs(value) >= _LEAST_WEIGHT}
    weights["bias"] = weights.get("bias", 0) + round(float(model.intercept_[0]) * STEPS)
    return weights


def count_shown(examples: Sequence[Example]) -> Counted:
    """How much of the secrets shows and of the look-alikes is masked, for an authority."""
    secrets = shown = alike = masked = 0
    for one in examples:
        spans = find_spans(one.text, Masking(Audience.AUTHORITY, keep=one.keep))
        covered = [-1] * len(one.text)
        for number, span in enumerate(spans):
            covered[span.begin : span.end] = [number] * (span.end - span.begin)
        for part in one.marked:
            if not part.secret:
                alike += 1
                masked += any(number >= 0 for number in covered[part.begin : part.end])
            elif part.kind in PROMISED:
                secrets += 1
                shown += is_shown(one.text, part, spans, covered)
    return Counted(secrets, shown, alike, masked)


def is_shown(text: str, part: Marked, spans: Sequence[Span], covered: Sequence[int]) -> bool:
    """Whether more of a secret shows than its ends."""
    places = [place for place in range(part.begin, part.end) if text[place].isalnum()]
    ends = 4 if part.kind == "phone" else 1 if len(places) <= 8 else 2 if len(places) <= 12 else 4
    inner = places[ends : len(places) - ends] or places
    if any(covered[place] < 0 for place in inner):
        return True
    several = {covered[place] for place in places if covered[place] >= 0}
    if len(several) < 2 or "\n" in text[part.begin : part.end]:
        return False
    return sum(sign.isalnum() for number in several for sign in spans[number].shown) > 2 * ends


def check_authors(examples: Sequence[Example]) -> list[tuple[str, Counted, Counted]]:
    """For each author what the rules alone do, and what they do with a reader that learnt from the others."""
    found = []
    kept = second_reader.load_weights
    try:
        for author in sorted({one.author for one in examples}):
            theirs = [one for one in examples if one.author == author]
            alone = _counted_with({"bias": -100 * STEPS}, theirs, unlikely=0.0)
            weights = learn_weights([one for one in examples if one.author != author])
            found.append((author, alone, _counted_with(weights, theirs)))
    finally:
        second_reader.load_weights = kept
    return found


def digest_examples(path: Path = EXAMPLES) -> str:
    """The SHA-256 of the file of texts: a test holds that the weights were made of it."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main(arguments: Sequence[str]) -> int:
    """Write the weights, or print how well they read authors that they were not learnt from."""
    examples = read_examples()
    if "--check" in arguments:
        heads = ("author left out", "secrets", "rules", "+ reader", "look-alikes", "rules", "+ reader")
        sys.stdout.write("".join(f"{head:>16}" for head in heads) + "\n")
        for author, alone, both in check_authors(examples):
            figures = (both.secrets, alone.recall, both.recall, both.alike, alone.false, both.false)
            row = [f"{one:.4f}" if isinstance(one, float) else str(one) for one in figures]
            sys.stdout.write("".join(f"{one:>16}" for one in (author, *row)) + "\n")
        return 0
    weights = learn_weights(examples)
    data = write_weights(weights, digest_examples())
    (FOLDER / WEIGHTS_FILE).write_bytes(data)
    sys.stdout.write(f"{len(weights)} weights from {len(examples)} texts, {len(data)} bytes\n")
    return 0


def _learnable(one: Example) -> list[tuple[list[str], bool, float]]:
    """The traits of each candidate of a text, whether it is a secret, and how much it counts."""
    reading = read_spelling(one.text, markup=True)
    labels = find_labels(reading.text)
    candidates = find_candidates(reading.text)
    around = look_around(reading.text, labels, find_labelled(reading.text, labels), candidates)
    found = []
    for candidate in candidates:
        begin, end = reading.place(candidate.begin, candidate.end)
        over = [part for part in one.marked if part.begin < end and part.end > begin]
        secret = [part for part in over if part.secret]
        if any(
            part.kind not in _LEARNT or min(end, part.end) - max(begin, part.begin) < _COVERED * (end - begin)
            for part in secret
        ):
            continue
        found.append((list_traits(candidate, around), bool(secret), 1.0 if over else _UNMARKED))
    return found


def _counted_with(weights: Mapping[str, int], examples: Sequence[Example], unlikely: float | None = None) -> Counted:
    least = second_reader.MOST_UNLIKELY
    second_reader.load_weights = lambda: weights  # type: ignore[assignment]
    try:
        second_reader.MOST_UNLIKELY = least if unlikely is None else unlikely
        return count_shown(examples)
    finally:
        second_reader.MOST_UNLIKELY = least


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
