"""The clauses in the terms seen that say what an excuse says, and whether they were there at the order. Pure.

A page is known at its captures only: what lies between two of them was not observed, and the sentence says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.complaints.excuses.model import ClauseSeen, Standing
from monitor.complaints.model import CaseFile, PageAround, SeenVersion
from monitor.review.model import TermFinding
from monitor.times import show_time
from scrapers.model import Origin
from scrapers.text import condense
from storage.model import Change

MOST_CLAUSES = 5
_LONGEST_QUOTE = 120
_LEAST_WORDS = 4  # condensed characters: fewer would be found in any text


@dataclass(frozen=True)
class _Spot:
    """A clause of one page: which of its versions show it, and which do not."""

    page: PageAround
    finding: TermFinding
    words: str  # condensed
    shown: tuple[SeenVersion, ...]
    absent: tuple[SeenVersion, ...]


def find_clauses(file: CaseFile, patterns: Collection[str]) -> tuple[ClauseSeen, ...]:
    """The clauses of these kinds on the pages around the order; those seen before the order first."""
    ordered_at = file.case.facts.ordered_at
    found = [
        _judge(spot, file.changes, ordered_at)
        for page in file.pages
        for spot in _spots(page, patterns)
    ]  # fmt: skip
    order = list(Standing)
    return tuple(sorted(found, key=lambda one: (order.index(one.standing), one.first_seen))[:MOST_CLAUSES])


def _spots(page: PageAround, patterns: Collection[str]) -> Iterator[_Spot]:
    versions = list({one.capture: one for one in (page.before, page.after, page.newest) if one is not None}.values())
    texts = {one.capture: _text_of(one) for one in versions}
    told: set[str] = set()
    for version in versions:
        for finding in version.findings:
            words = condense(finding.text)
            if finding.pattern not in patterns or len(words) < _LEAST_WORDS or words in told:
                continue
            told.add(words)
            shown = tuple(one for one in versions if words in texts[one.capture])
            absent = tuple(one for one in versions if words not in texts[one.capture])
            yield _Spot(page, finding, words, shown or (version,), absent)


def _text_of(version: SeenVersion) -> str:
    reading = version.reading
    return condense("\n".join([reading.text, *(block.text for block in reading.blocks)]))


def _judge(spot: _Spot, changes: Sequence[Change], ordered_at: datetime | None) -> ClauseSeen:
    times = sorted(one.seen_at for one in spot.shown)
    standing, statement = _stand(spot, ordered_at)
    quote = spot.finding.text.strip()[:_LONGEST_QUOTE] if spot.finding.quotable else ""
    if not quote:
        statement += "；该文字是页面隐藏内容或图片识别所得，不作为当时显示的内容引用"
    if any(one.origin is not Origin.OWN for one in spot.shown):
        statement += "；其中有他人保存后导入的页面，时间为其所称"
    return ClauseSeen(
        spot.page.url,
        quote,
        standing,
        statement,
        tuple(one.capture for one in (*spot.shown, *spot.absent)),
        times[0],
        times[-1],
        tuple(_changes_that_brought(spot, changes)),
        spot.finding.pattern,
        spot.finding.name,
    )


def _stand(spot: _Spot, ordered_at: datetime | None) -> tuple[Standing, str]:
    """Where the clause stood in time, and the sentence that is true of it."""
    page = spot.page
    shown = sorted(spot.shown, key=lambda one: one.seen_at)
    before, first, last = page.before, shown[0], shown[-1]
    if ordered_at is None:
        return Standing.AFTER_ONLY, f"{_at(first)}的抓取中显示；下单时间未填写，当时是否显示无法判断"
    if before is not None and before in shown:
        later = [one for one in shown if one is not before]
        if later:
            return (
                Standing.BOTH_SIDES,
                f"在{_at(before)}（下单前）、{_at(last)}两次抓取中均显示，间隔期间未观察",
            )
        gone = [one for one in spot.absent if one.seen_at > before.seen_at]
        if gone:
            return (
                Standing.GONE_AFTER,
                f"{_at(before)}（下单前）的抓取中显示，{_at(gone[0])}的抓取中已不见；两次之间未观察",
            )
        return Standing.BEFORE_ONLY, f"{_at(before)}（下单前）的抓取中显示；此后没有抓取，下单时是否仍在未观察"
    since = [one for one in spot.absent if ordered_at <= one.seen_at < first.seen_at]
    if since:
        newest = max(since, key=lambda one: one.seen_at)
        return (
            Standing.ADDED_AFTER,
            f"下单后{_at(newest)}的抓取中还没有，{_at(first)}的抓取中才出现：是下单以后加上的",
        )
    if before is not None:
        return (
            Standing.ADDED_BETWEEN,
            f"{_at(before)}（下单前）的抓取中没有，{_at(first)}（下单后）的抓取中才见；两次之间何时加上未观察，可能早于下单",
        )
    return Standing.AFTER_ONLY, f"{_at(first)}（下单后）的抓取中显示；下单前没有抓取，下单时是否显示无法判断"


def _changes_that_brought(spot: _Spot, changes: Sequence[Change]) -> Iterator[str]:
    for change in changes:
        difference = change.difference
        of_page = change.page.url == spot.page.url
        if of_page and spot.words in condense(difference.after) and spot.words not in condense(difference.before):
            yield change.id


def _at(version: SeenVersion) -> str:
    return show_time(version.seen_at)[:16]
