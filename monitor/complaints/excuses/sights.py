"""On which captures of a page a text stood, and on which not: all of them where the archive is asked.

Without an archive only the versions of the case file are known (before, after, newest): `whole` is False then, and
nobody may say that a text was never there before. Pure, but for `gather_histories`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor.complaints.model import CaseFile, PageAround
from scrapers.model import Origin, Reading, Source
from scrapers.text import condense

if TYPE_CHECKING:
    from storage.session import Session

_SHOWN = (Source.TEXT, Source.POPUP)
_MOST_CAPTURES = 2000
_NEAR = 24
_ENDS = "。！？!?；;"
_TAKEN_BACK = re.compile(r"(?:取消|废止|废除|删除|删去|撤销|停止执行|不再(?:执行|适用|实行)?)[^，,]{0,10}$")
_REVOKES = re.compile(
    r"(?:取消|废止|废除|删除|删去|撤销|停止执行|不再(?:执行|适用|实行))(?:了|原有?的?|此前的?)?[“\"「『《]?[^，。；]{2,40}(?:规定|条款|规则|限制|要求|政策)"
)
_WITHDRAWN = re.compile(
    r"^[”\"」』]?(?:的)?(?:规定|条款|规则|承诺|说法|政策)?(?:已经?|现已?|自[^，,]{1,12})?(?:取消|废止|废除|作废|到期终止|终止|停止执行|不再(?:执行|适用|实行|有效)|失效)"
)


@dataclass(frozen=True)
class Sight:
    """One capture of a page. `shown` is what a visitor saw as text, `words` all that was read; both condensed."""

    capture: str
    seen_at: datetime
    origin: Origin
    shown: str
    words: str


@dataclass(frozen=True)
class PageHistory:
    """The captures of one page, oldest first. `whole` where all captures of the archive were looked at."""

    sights: tuple[Sight, ...]
    whole: bool


def takes_back(clause: str) -> bool:
    """Whether a clause says that a rule is taken back (取消“余额不予退还”的规定), and so is none itself."""
    return _REVOKES.search(clause) is not None


def stands_in(words: str, shown: str) -> bool:
    """Whether words stand in a text as its own: not where the sentence around them takes them back (取消“……”)."""
    place = shown.find(words)
    while place >= 0:
        before, after = shown[max(0, place - _NEAR) : place], shown[place + len(words) : place + len(words) + _NEAR]
        begin = max(before.rfind(mark) for mark in _ENDS) + 1
        ends = [end for mark in _ENDS if (end := after.find(mark)) >= 0]
        if not (_TAKEN_BACK.search(before[begin:]) or _WITHDRAWN.search(after[: min(ends, default=len(after))])):
            return True
        place = shown.find(words, place + 1)
    return False


Histories = Mapping[tuple[str, str], PageHistory]
"""Histories by address and vantage of the page."""


def gather_histories(session: Session, file: CaseFile) -> Histories:
    """The histories of the pages of a case, until the moment of its file."""
    from storage.page_readings import list_page_readings

    found: dict[tuple[str, str], PageHistory] = {}
    for page in file.pages:
        version = page.before or page.after or page.newest
        if version is None:
            continue
        seen, readings = list_page_readings(session, version.page, until=file.at, limit=_MOST_CAPTURES)
        texts = {key: _texts_of(reading) for key, reading in readings.items()}
        sights = tuple(
            Sight(one.capture, one.seen_at, one.origin, *texts[one.reading]) for one in seen if one.reading in texts
        )
        found[page.url, page.vantage] = PageHistory(sights, whole=len(seen) < _MOST_CAPTURES)
    return found


def history_of(page: PageAround, histories: Histories) -> PageHistory:
    """The history of a page; of the versions in the case file where the archive was not asked."""
    if (page.url, page.vantage) in histories:
        return histories[page.url, page.vantage]
    versions = {one.capture: one for one in (page.before, page.after, page.newest) if one is not None}
    sights = [Sight(one.capture, one.seen_at, one.origin, *_texts_of(one.reading)) for one in versions.values()]
    return PageHistory(tuple(sorted(sights, key=lambda one: one.seen_at)), whole=False)


def shown_texts(reading: Reading) -> tuple[str, ...]:
    """The texts of a reading that a visitor saw as text: nothing concealed, nothing read from a picture."""
    if not reading.blocks:
        return (reading.text,)
    hidden = [block.text for block in reading.blocks if block.source not in _SHOWN or block.concealed]
    shown = [block for block in reading.blocks if block.source in _SHOWN and not block.concealed]
    facts = [one.shown or one.value for one in reading.facts if one.source in _SHOWN]
    return (
        *(f"{block.heading}\n{block.text}" if block.heading else block.text for block in shown),
        *(text for text in facts if text and not any(text in one for one in hidden)),
    )


def _texts_of(reading: Reading) -> tuple[str, str]:
    shown = "\n".join(shown_texts(reading))
    return condense(shown), condense("\n".join([shown, reading.text, *(block.text for block in reading.blocks)]))


@dataclass(frozen=True)
class Span:
    """When it was ordered, as far as it is known: one moment, or a whole day where the clock time is not known."""

    first: datetime
    last: datetime

    @property
    def day_only(self) -> bool:
        """Whether only the day is known: what was seen that day stands neither before nor after."""
        return self.first != self.last

    def is_before(self, moment: datetime) -> bool:
        """Whether a capture was certainly before the order."""
        return moment < self.first or (moment == self.first and not self.day_only)

    def is_after(self, moment: datetime) -> bool:
        """Whether a capture was certainly after the order."""
        return moment > self.last


def span_of(ordered_at: datetime) -> Span:
    """The span of an order. Midnight in China is how a day without a clock time is kept (see facts.fact_paths)."""
    from monitor.complaints.facts.fact_paths import show_moment

    if len(show_moment(ordered_at)) > len("2026-11-10"):
        return Span(ordered_at, ordered_at)
    from monitor.times import SHANGHAI

    day = ordered_at.astimezone(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    return Span(day, day + timedelta(days=1) - timedelta(microseconds=1))
