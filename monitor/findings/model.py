"""A finding about a platform that is no single change: a rule rewritten in silence, something that it does not show.

The value that `announcement`, `disclosure`, `cloaking`, `fabrication` and `places` give: one Chinese sentence, the
captures that prove it, the articles it may touch. A finding says what was and was not seen on watched pages; it never
says that a law was broken.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from scrapers.model import Source
from storage.model import Severity, Version, WatchedPage


class FindingKind(StrEnum):
    """What is found. The words are promises of `cardwatch findings --json`."""

    CHANGED_SILENTLY = "changed_silently"
    ANNOUNCED = "announced"
    NOTICE_UNKNOWN = "notice_unknown"
    SHORT_NOTICE = "short_notice"
    BACKDATED = "backdated"
    EFFECTIVE_BEFORE_PUBLISHED = "effective_before_published"
    DATE_NOT_UPDATED = "date_not_updated"
    APPLIES_BACKWARDS = "applies_backwards"
    HISTORY_NOT_SHOWN = "history_not_shown"
    COMPLAINTS_NOT_SHOWN = "complaints_not_shown"
    IDENTITY_NOT_SHOWN = "identity_not_shown"
    CONTACT_NOT_SHOWN = "contact_not_shown"
    VANTAGES_DIFFER = "vantages_differ"
    NUMBER_NOT_GENUINE = "number_not_genuine"
    PLACES_DISAGREE = "places_disagree"


ZH = {
    FindingKind.CHANGED_SILENTLY: "未见变更通知",
    FindingKind.ANNOUNCED: "有变更通知",
    FindingKind.NOTICE_UNKNOWN: "是否通知不明",
    FindingKind.SHORT_NOTICE: "公示期不足",
    FindingKind.BACKDATED: "生效日期早于实际修改",
    FindingKind.EFFECTIVE_BEFORE_PUBLISHED: "生效日期早于发布日期",
    FindingKind.DATE_NOT_UPDATED: "文字已改而日期未改",
    FindingKind.APPLIES_BACKWARDS: "规则溯及以往",
    FindingKind.HISTORY_NOT_SHOWN: "未见规则历史版本",
    FindingKind.COMPLAINTS_NOT_SHOWN: "未见投诉渠道",
    FindingKind.IDENTITY_NOT_SHOWN: "未见主体信息",
    FindingKind.CONTACT_NOT_SHOWN: "未见联系方式",
    FindingKind.VANTAGES_DIFFER: "不同视角所见不同",
    FindingKind.NUMBER_NOT_GENUINE: "证照或备案编号不可能为真",
    FindingKind.PLACES_DISAGREE: "登记、备案、公示各处所在地不一致",
}


@dataclass(frozen=True)
class SiteFinding:
    """One finding. `captures` prove it; `changes` are those that it is about; `quote` is the page's own words.

    `articles` are ids of monitor/reference/laws.toml; `needs_human` says that a person must look before it is used.
    """

    kind: FindingKind
    severity: Severity
    platform: str
    urls: tuple[str, ...]
    at: datetime
    sentence: str
    captures: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    quote: str = ""
    articles: tuple[str, ...] = ()
    needs_human: bool = False


_SEEN = frozenset({Source.TEXT, Source.POPUP, Source.HIDDEN, Source.IMAGE})  # HIDDEN alone is a fold, to be opened


@dataclass(frozen=True)
class Sight:
    """What one capture of one page showed."""

    page: WatchedPage
    version: Version

    @property
    def at(self) -> datetime:
        """When it was seen."""
        return self.version.seen_at

    @property
    def seen_text(self) -> str:
        """The words that a visitor could see: text, pop-ups, folds and pictures; nothing concealed, no data."""
        reading = self.version.reading
        blocks = [block for block in reading.blocks if block.source in _SEEN and not block.concealed]
        rest = [block.text for block in blocks if block.text and block.text not in reading.text]
        return "\n".join([reading.text, *rest])

    @property
    def text(self) -> str:
        """All its words: the page's text, and blocks that stand outside it (pop-ups, frames)."""
        reading = self.version.reading
        rest = [block.text for block in reading.blocks if block.text and block.text not in reading.text]
        return "\n".join([reading.text, *rest])


def show_day(day: date) -> str:
    """A day as Chinese readers write it."""
    return f"{day.year}年{day.month}月{day.day}日"
