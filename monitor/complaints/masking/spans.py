"""A place to be masked, what is shown in its stead, and how places that overlap become one row of places.

Takes spans with their kinds, gives them in order without overlap: what any of them covers stays covered.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

MARK = "****"
_PRIORITY = {
    "id_number": 0, "bank_card": 1, "token": 2, "known": 2, "phone": 3, "email": 3, "card_key": 4, "password": 4,
    "account": 5, "qq": 5, "wechat": 5, "alipay": 5, "landline": 5, "address": 6, "person": 7, "order": 8,
}  # fmt: skip
KINDS = frozenset(_PRIORITY)


@dataclass(frozen=True, order=True)
class Span:
    """From `begin` to before `end` of a text stands something of a kind; `shown` takes its place."""

    begin: int
    end: int
    kind: str
    shown: str
    priority: int = -1

    @property
    def rank(self) -> int:
        """The smaller, the rather its kind is told where several fit."""
        return self.priority if self.priority >= 0 else _PRIORITY.get(self.kind, 9)


def join_spans(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans in order, none over another; of two that overlap the first by rank stays whole, the other is cut."""
    taken: list[Span] = []  # in order and apart
    for span in sorted(set(spans), key=lambda one: (one.rank, one.begin - one.end, one.begin)):
        first = max(0, bisect_left(taken, span.begin, key=lambda one: one.begin) - 1)
        last = bisect_left(taken, span.end, key=lambda one: one.begin)
        for begin, end in _free(span, taken[first:last]):
            cut = (begin, end) != (span.begin, span.end)
            insort(taken, replace(span, begin=begin, end=end, shown=MARK) if cut else span)
    return tuple(taken)


def cut_out(spans: Iterable[Span], kept: Iterable[tuple[int, int]]) -> tuple[Span, ...]:
    """The spans without the places that are kept."""
    holes = [Span(begin, end, "", "") for begin, end in kept]
    found: list[Span] = []
    for span in spans:
        for begin, end in _free(span, holes):
            cut = (begin, end) != (span.begin, span.end)
            found.append(replace(span, begin=begin, end=end, shown=MARK) if cut else span)
    return tuple(found)


def write_spans(text: str, spans: Iterable[Span]) -> str:
    """The text with each span replaced by what is shown; spans are in order and apart."""
    parts: list[str] = []
    at = 0
    for span in spans:
        parts += [text[at : span.begin], span.shown]
        at = span.end
    return "".join((*parts, text[at:]))


def _free(span: Span, taken: Sequence[Span]) -> list[tuple[int, int]]:
    """The parts of a span that no other one covers."""
    free = [(span.begin, span.end)]
    for other in taken:
        if other.begin >= span.end or other.end <= span.begin:
            continue
        rest: list[tuple[int, int]] = []
        for begin, end in free:
            if begin < other.begin:
                rest.append((begin, min(end, other.begin)))
            if end > other.end:
                rest.append((max(begin, other.end), end))
        free = [part for part in rest if part[0] < part[1]]
    return free
