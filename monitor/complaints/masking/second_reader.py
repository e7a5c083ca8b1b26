"""Weighs what the rules leave open: how likely a run of signs is a secret, by its shape and by what stands around it.

Takes the reading with its labels and what the rules found, gives further spans, and says which unsure finds are none.
The weights are learnt by `train_second_reader` from texts of several authors and lie in
monitor/reference/masking_weights.gz; they are read when the first text is masked. Whole numbers are summed, so that the
same text gives the same answer on every machine.
"""

from __future__ import annotations

import gzip
import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from importlib import resources

from monitor.complaints.masking.candidates import Candidate, Surroundings, find_candidates, list_traits, look_around
from monitor.complaints.masking.labels import Label, Labelled
from monitor.complaints.masking.shapes import is_dated_name, is_epoch, is_hash, is_named, is_serial
from monitor.complaints.masking.shown import show_key
from monitor.complaints.masking.spans import Span

WEIGHTS_FILE = "masking_weights.gz"
STEPS = 1000  # a weight of 1 in the file
LEAST_LIKELY = 0.3  # of what no rule found
MOST_UNLIKELY = 0.02  # of what a rule guessed without a label
LEAST_LIKELY_SHORT = 0.7  # a few digits: rather an amount or the number of an item
LEAST_LIKELY_NAMED = 0.9  # behind a label that calls it something else
_MOST_OVER = 6  # places that may lie over each other
_DRAWN = 12  # capitals in a row that are no word
_PAGES = (".html", ".htm", ".shtml", ".php", ".js", ".css", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".md", ".toml")
_SHORT = 5
_ROW = "\x1e"  # traits hold line breaks
_RANK = 9  # what a rule says of the place goes first


class SecondReader:
    """What the weights say of the candidates of one text; nothing is read before it is asked for."""

    def __init__(self, text: str, labels: Sequence[Label], labelled: Sequence[Labelled]) -> None:
        self._text, self._labels, self._labelled = text, labels, labelled

    @cached_property
    def _candidates(self) -> list[Candidate]:
        return find_candidates(self._text)

    @cached_property
    def _around(self) -> Surroundings:
        return look_around(self._text, self._labels, self._labelled, self._candidates)

    def may_be(self, span: Span) -> bool:
        """Whether what a rule guessed may be a secret: false only for what is plainly something else by its traits."""
        place = bisect_right(self._candidates, span.begin, key=lambda one: one.begin) - 1
        if place < 0:
            return True
        one = self._candidates[place]
        if one.begin != span.begin or one.end != span.end:
            return True
        return weigh(list_traits(one, self._around)) >= MOST_UNLIKELY

    def find_likely(
        self, kept: Sequence[tuple[int, int]], ours: Sequence[tuple[int, int]], spans: Sequence[Span]
    ) -> Iterator[Span]:
        """Spans of what is likely a secret and is not masked yet, in spite of a label that calls it something else.

        `spans` are in order and apart, `ours` the places that the case keeps; what a label calls something else must be
        the likelier.
        """
        begins, ends = [span.begin for span in spans], [span.end for span in spans]
        held, stays = sorted(kept), sorted(ours)
        for one in self._candidates:
            if bisect_right(ends, one.begin) < bisect_left(begins, one.end):
                continue
            if _covers(stays, one):
                continue
            named = _covers(held, one)
            if one.word.isdigit() and self._around.is_in_link(one):
                continue  # the number of an item or of an order
            if one.word.endswith(_PAGES):
                continue
            least = LEAST_LIKELY_NAMED if named else _least_of(one.word)
            if weigh(list_traits(one, self._around)) >= least:
                yield Span(one.begin, one.end, "card_key", show_key(one.word), _RANK)


def _covers(places: Sequence[tuple[int, int]], one: Candidate) -> bool:
    """Whether one of these places, which are in order, holds a part of a candidate."""
    place = bisect_left(places, (one.end, 0))
    return any(end > one.begin for _begin, end in places[max(0, place - _MOST_OVER) : place])


def _least_of(word: str) -> float:
    """How likely a word must be a secret to be masked: more where it is short, a moment, a hash or a product's name."""
    if is_named(word) or is_serial(word) or is_dated_name(word) or is_epoch(word):
        return LEAST_LIKELY_NAMED
    if (word.isalpha() and len(word) < _DRAWN) or is_hash(word) or (word.isdigit() and len(word) <= _SHORT):
        return LEAST_LIKELY_SHORT
    return LEAST_LIKELY


def weigh(traits: Sequence[str]) -> float:
    """How likely a candidate of these traits is a secret, from 0 to 1."""
    weights = load_weights()
    score = sum(weights.get(trait, 0) for trait in set(traits)) / STEPS
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, score))))


@cache
def load_weights() -> Mapping[str, int]:
    """The weight of each trait, in thousandths."""
    data = resources.files("monitor.reference").joinpath(WEIGHTS_FILE).read_bytes()
    return read_weights(data)


def read_weights(data: bytes) -> dict[str, int]:
    """Weights from the bytes of their file."""
    _learnt_from, *lines = gzip.decompress(data).decode().split(_ROW)
    rows = (line.rpartition("\t") for line in lines)
    return {trait: int(weight) for trait, _tab, weight in rows}


def read_source(data: bytes) -> str:
    """The digest of the texts that the weights in these bytes were learnt from."""
    return gzip.decompress(data).decode().partition(_ROW)[0]


def write_weights(weights: Mapping[str, int], learnt_from: str) -> bytes:
    """The bytes of the file: the same for the same weights."""
    rows = (f"{trait}\t{weight}" for trait, weight in sorted(weights.items()))
    return gzip.compress(_ROW.join((learnt_from, *rows)).encode(), mtime=0)
