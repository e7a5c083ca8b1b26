"""Marks what changed between two texts: sentences first, characters inside changed sentences, measures never split.

A number, a measured thing (24小时, 3个工作日, 九折) and the event a time runs from (自激活之日起) change whole.

Takes two texts, gives runs of equal, removed and added text. Bounded in time: beyond the limit a run is told as
removed and added whole, and the result says that it is coarse. Pure but for the clock of the limit.
"""

from __future__ import annotations

import difflib
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from fast_diff_match_patch import diff as diff_characters
from rapidfuzz import fuzz

from monitor.changes.entities import find_entities
from monitor.changes.normal_forms import fold_text
from monitor.changes.orders import find_longest_order

TIME_LIMIT = 0.6
"""Seconds that one pair may take."""
_SENTENCES = re.compile(r"[^。！？；!?;\n]*(?:[。！？；!?;\n]+|$)")
_MAXIMUM_SENTENCES = 6_000
_MAXIMUM_RUN = 60_000
_SENTENCE_LENGTH = 400
_TOKEN = re.compile(r"\d[\d,.:/-]*\d|\d|[A-Za-z][A-Za-z0-9_.@-]*")
START_EVENT = re.compile(
    r"(?:[自从以][\u4e00-\u9fff]{0,6}?)?(?:购买|付款|下单|支付|拍下|成交|发货|发出|售出|到账|发卡|开通|收货|收到|收卡|提卡|取卡|提取"
    r"|查看|激活|使用|首次登录|登录|绑定|兑换|生效)(?:之日|之时|当日|当天|日|时|后)?(?:起算|起计|起|开始计算|开始)"
)
"""From when a time runs: 自激活之日起, 收到后起算."""
_MAY_MEASURE = re.compile(r"[0-9A-Za-z０-９①-⑳零〇一二两三四五六七八九十百千万半几每当次永终随起始]|开始")
"""What every number, word of Latin letters and measured thing has one of."""
_NEAR = 24
_STOP = re.compile(r"[。；！？，、\n]")
"""How far from a border a measured thing may begin or end that the border cuts."""
_ISLAND = 2
_MAXIMUM_GRID = 2_500
_ALIKE = 35.0


class RunKind(StrEnum):
    """Whether a run of text stands on both sides, on the old one or on the new one only."""

    EQUAL = "equal"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True)
class Run:
    """A stretch of text of one kind."""

    kind: RunKind
    text: str


@dataclass(frozen=True)
class Redline:
    """The runs in reading order; the equal and removed ones make the old text, the equal and added ones the new."""

    runs: tuple[Run, ...]
    coarse: bool = False


def make_redline(before: str, after: str, *, limit: float = TIME_LIMIT) -> Redline:
    """Compare two texts on two levels within `limit` seconds."""
    deadline = time.monotonic() + limit
    if before == after:
        return Redline((Run(RunKind.EQUAL, before),) if before else ())
    head, tail = _shared_ends(before, after)
    old, new = _split(before[head : len(before) - tail]), _split(after[head : len(after) - tail])
    coarse = len(old) > _MAXIMUM_SENTENCES or len(new) > _MAXIMUM_SENTENCES
    if coarse:
        old, new = _merge_lines(old), _merge_lines(new)
    runs: list[Run] = [Run(RunKind.EQUAL, before[:head])]
    for old_run, new_run in _align_sentences(old, new):
        if old_run == new_run:
            runs.append(Run(RunKind.EQUAL, old_run))
            continue
        inside, cut = _compare_inside(old_run, new_run, deadline)
        coarse = coarse or cut
        runs.extend(inside)
    runs.append(Run(RunKind.EQUAL, before[len(before) - tail :]))
    return Redline(tuple(_join_runs(runs)), coarse)


def _split(text: str) -> list[str]:
    sentences: list[str] = []
    for sentence in _SENTENCES.findall(text):
        sentences.extend(sentence[i : i + _SENTENCE_LENGTH] for i in range(0, len(sentence), _SENTENCE_LENGTH))
    return sentences


def _shared_ends(before: str, after: str) -> tuple[int, int]:
    """How many characters both texts share at their start and end, back to the end of a sentence."""
    head = _shared_prefix(before, after)
    head = max((before.rfind(mark, 0, head) + 1 for mark in "。！？；!?;\n"), default=0)
    tail = _shared_prefix(before[head:][::-1], after[head:][::-1])
    start = len(before) - tail
    stops = [before.find(mark, start) for mark in "。！？；!?;\n"]
    stop = min((place for place in stops if place >= 0), default=len(before))
    tail = len(before) - stop - 1 if stop < len(before) else 0
    return head, max(0, tail)


def _shared_prefix(before: str, after: str) -> int:
    low, high = 0, min(len(before), len(after))
    while low < high:
        middle = (low + high + 1) // 2
        if before[low:middle] == after[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _merge_lines(sentences: Sequence[str]) -> list[str]:
    size = -(-len(sentences) // _MAXIMUM_SENTENCES) or 1
    return ["".join(sentences[i : i + size]) for i in range(0, len(sentences), size)]


def _align_sentences(old: list[str], new: list[str]) -> Iterator[tuple[str, str]]:
    """Runs of sentences: equal ones together, changed ones as a pair of old and new."""
    if not old or not new or _is_repetitive(old, new):
        yield "".join(old), "".join(new)
        return
    for i1, i2, j1, j2 in _blocks(old, new):
        if old[i1:i2] == new[j1:j2] or (i2 - i1) * (j2 - j1) > _MAXIMUM_GRID or i1 == i2 or j1 == j2:
            yield "".join(old[i1:i2]), "".join(new[j1:j2])
        else:
            yield from _pair_sentences(old[i1:i2], new[j1:j2])


_Block = tuple[int, int, int, int]


def _blocks(old: Sequence[str], new: Sequence[str]) -> Iterator[_Block]:
    """Stretches of both sides in order, equal or changed: cut first at sentences that stand once on either side."""
    counts_old, counts_new = Counter(old), Counter(new)
    places = {sentence: place for place, sentence in enumerate(new) if counts_new[sentence] == 1}
    anchors = [
        (place, places[sentence])
        for place, sentence in enumerate(old)
        if counts_old[sentence] == 1 and sentence in places
    ]
    i1 = j1 = 0
    for i2, j2 in [*find_longest_order(anchors), (len(old), len(new))]:
        yield from _match_between(old, new, (i1, i2, j1, j2))
        if i2 < len(old):
            yield i2, i2 + 1, j2, j2 + 1
        i1, j1 = i2 + 1, j2 + 1


def _match_between(old: Sequence[str], new: Sequence[str], block: _Block) -> Iterator[_Block]:
    """Between two anchors: equal sentences that stand there several times, by difflib; else the stretch as it is."""
    i1, i2, j1, j2 = block
    if i1 == i2 and j1 == j2:
        return
    if set(old[i1:i2]).isdisjoint(new[j1:j2]):
        yield block
        return
    matcher = difflib.SequenceMatcher(None, old[i1:i2], new[j1:j2], autojunk=False)
    for _tag, a1, a2, b1, b2 in matcher.get_opcodes():
        yield i1 + a1, i1 + a2, j1 + b1, j1 + b2


def _pair_sentences(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Inside a rewritten stretch: the pairing in order that is most alike as a whole; unlike sentences stand alone."""
    if len(old) == len(new) == 1:
        yield old[0], new[0]
        return
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    score = [[fuzz.ratio(one, two, score_cutoff=_ALIKE) for two in new] for one in old]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            paired = best[i + 1][j + 1] + score[i][j] if score[i][j] else 0.0
            best[i][j] = max(best[i + 1][j], best[i][j + 1], paired)
    i = j = 0
    while i < len(old) and j < len(new):
        if score[i][j] and best[i][j] == best[i + 1][j + 1] + score[i][j]:
            yield old[i], new[j]
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            yield old[i], ""
            i += 1
        else:
            yield "", new[j]
            j += 1
    yield "".join(old[i:]), "".join(new[j:])


def _is_repetitive(old: Sequence[str], new: Sequence[str]) -> bool:
    """difflib is quadratic where one sentence stands hundreds of times on both sides: the characters decide then."""
    places: dict[str, int] = {}
    for sentence in new:
        places[sentence] = places.get(sentence, 0) + 1
    return sum(places.get(sentence, 0) for sentence in old) > 400_000


def _compare_inside(before: str, after: str, deadline: float) -> tuple[list[Run], bool]:
    left = deadline - time.monotonic()
    if not before or not after:
        return [Run(RunKind.REMOVED, before), Run(RunKind.ADDED, after)], False
    if left <= 0.02 or len(before) > _MAXIMUM_RUN or len(after) > _MAXIMUM_RUN:
        return [Run(RunKind.REMOVED, before), Run(RunKind.ADDED, after)], True
    steps = diff_characters(before, after, timelimit=max(0.02, left / 2), cleanup="Semantic", counts_only=False)
    names = {"=": RunKind.EQUAL, "-": RunKind.REMOVED, "+": RunKind.ADDED}
    runs = [Run(names[mark], text) for mark, text in steps]
    return _keep_whole(runs, before, after), False


def _keep_whole(runs: Sequence[Run], before: str, after: str) -> list[Run]:
    """Move the borders of equal runs so that no number or amount is cut, and drop islands too short to read."""
    at_old, at_new = _find_borders(runs)
    cut_old, cut_new = _inner_places(before, at_old), _inner_places(after, at_new)
    old = new = 0
    kept: list[Run] = []
    for run in runs:
        size = len(run.text)
        if run.kind is RunKind.EQUAL:
            start, end = 0, size
            while start < end and (old + start in cut_old or new + start in cut_new):
                start += 1
            while end > start and (old + end in cut_old or new + end in cut_new):
                end -= 1
            middle = run.text[start:end]
            if len(middle) < _ISLAND and old > 0 and old + size < len(before) and not middle.isspace():
                start = end = size
                middle = ""
            kept.extend(_replaced(run.text[:start]))
            kept.append(Run(RunKind.EQUAL, middle))
            kept.extend(_replaced(run.text[end:]) if end < size else [])
            old, new = old + size, new + size
        elif run.kind is RunKind.REMOVED:
            kept.append(run)
            old += size
        else:
            kept.append(run)
            new += size
    return _group_replacements(kept)


def _inner_places(text: str, borders: Sequence[int]) -> frozenset[int]:
    """Places near the borders that lie inside a number, a word of Latin letters, or a measured thing."""
    spans: list[tuple[int, int]] = []
    for start, end in _windows(borders, text):
        part = text[start:end]
        if not _MAY_MEASURE.search(part):
            continue
        found = [(entity.start, entity.end) for entity in find_entities(fold_text(part))]
        found += [match.span() for pattern in (_TOKEN, START_EVENT) for match in pattern.finditer(part)]
        spans += [(start + first, start + last) for first, last in found]
    return frozenset(place for start, end in spans for place in range(start + 1, end))


def _windows(borders: Sequence[int], text: str) -> list[tuple[int, int]]:
    """The stretches around the borders, near ones as one: nothing measured goes on over the end of a sentence."""
    windows: list[tuple[int, int]] = []
    for border in borders:
        start, end = max(0, border - _NEAR), min(len(text), border + _NEAR)
        for stop in _STOP.finditer(text, start, end):
            if stop.end() <= border:
                start = stop.end()
            else:
                end = stop.start()
                break
        if windows and start <= windows[-1][1]:
            windows[-1] = windows[-1][0], max(end, windows[-1][1])
        elif start < border < end:
            windows.append((start, end))
    return windows


def _find_borders(runs: Sequence[Run]) -> tuple[list[int], list[int]]:
    """Where runs meet, in the old text and in the new one."""
    old, new = 0, 0
    borders: tuple[list[int], list[int]] = [], []
    for run in runs[:-1]:
        old += len(run.text) if run.kind is not RunKind.ADDED else 0
        new += len(run.text) if run.kind is not RunKind.REMOVED else 0
        borders[0].append(old)
        borders[1].append(new)
    return borders


def _replaced(text: str) -> list[Run]:
    return [Run(RunKind.REMOVED, text), Run(RunKind.ADDED, text)] if text else []


def _group_replacements(runs: Sequence[Run]) -> list[Run]:
    """Between two equal runs: all that was removed, then all that was added."""
    grouped: list[Run] = []
    removed, added = "", ""
    for run in runs:
        if run.kind is RunKind.REMOVED:
            removed += run.text
        elif run.kind is RunKind.ADDED:
            added += run.text
        elif run.text:
            grouped += [Run(RunKind.REMOVED, removed), Run(RunKind.ADDED, added), run]
            removed, added = "", ""
    return [*grouped, Run(RunKind.REMOVED, removed), Run(RunKind.ADDED, added)]


def _join_runs(runs: Sequence[Run]) -> Iterator[Run]:
    """Neighbours of one kind as one run, empty ones left out."""
    waiting: Run | None = None
    for run in runs:
        if not run.text:
            continue
        if waiting is not None and waiting.kind is run.kind:
            waiting = Run(run.kind, waiting.text + run.text)
            continue
        if waiting is not None:
            yield waiting
        waiting = run
    if waiting is not None:
        yield waiting
