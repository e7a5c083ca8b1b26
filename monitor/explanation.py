"""One change told to somebody who has never seen the platform: what was taken, from whom, since when, how it is known.

Takes a change, what else was found about it and how its two captures are proven; gives an Explanation, whose sentences
are Chinese. Pure. It says what was seen and which article it may touch, never that a law was broken.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.findings.model import FindingKind, SiteFinding
from monitor.review.model import TermFinding
from monitor.review.terms import review_text
from monitor.times import SHANGHAI, show_time
from storage.model import Change, ChangeClass, ChangeStatus, Effect, StoredCapture, TokenKind

_FOR_SELLERS = re.compile(r"^[^。\n]{0,12}(?:供货商|商户|入驻|代理商?|分销|货源方)")
_FOR_MEMBERS = re.compile(r"^[^\w]{0,3}(?:本站|平台)?(?:会员|VIP ?\d?)(?:用户|买家|等级|价|可|须|享)", re.IGNORECASE)
_STATUS = {
    ChangeStatus.PENDING: "只见过一次，等待第二次抓取确认",
    ChangeStatus.CONFIRMED: "后一次抓取仍然如此，已确认",
    ChangeStatus.BLINKED: "未经确认就恢复了原样，不宜作为规则变更使用",
    ChangeStatus.CLAIMED: "依据他人提供的文件，只能作为线索",
}
_NOTICE_KINDS = (
    FindingKind.CHANGED_SILENTLY,
    FindingKind.ANNOUNCED,
    FindingKind.NOTICE_UNKNOWN,
    FindingKind.SHORT_NOTICE,
)
_BACKWARD_KINDS = (
    FindingKind.APPLIES_BACKWARDS,
    FindingKind.BACKDATED,
    FindingKind.EFFECTIVE_BEFORE_PUBLISHED,
    FindingKind.DATE_NOT_UPDATED,
)


@dataclass(frozen=True)
class Proof:
    """One of the two captures with what stands for it. `stamped_at` is the earliest time token over its log entry."""

    capture: StoredCapture
    stamped_at: datetime | None = None
    authority: str = ""
    kind: TokenKind | None = None


@dataclass(frozen=True)
class Explanation:
    """A change explained. `lawfulness` are clauses of the new wording that may be unfair and were not there before.

    `notices` say whether it was announced, `backwards` whether it reaches back; both empty where nothing can be said.
    `alongside` are the other changes that the same capture showed.
    """

    change: Change
    whom: str
    since: str
    earlier_buyers: str
    status: str
    lawfulness: tuple[TermFinding, ...]
    notices: tuple[SiteFinding, ...]
    backwards: tuple[SiteFinding, ...]
    before: Proof | None
    after: Proof
    alongside: tuple[Change, ...]

    @property
    def sentence(self) -> str:
        """What happened, in one sentence that a buyer understands."""
        return f"{self.since}：{self.change.difference.reason}。"


def explain_change(
    change: Change,
    *,
    before: Proof | None,
    after: Proof,
    findings: Sequence[SiteFinding] = (),
    alongside: Sequence[Change] = (),
) -> Explanation:
    """Explain a change by the findings that name it; `alongside` are all changes of its capture."""
    about = [one for one in findings if change.id in one.changes]
    return Explanation(
        change,
        whom=_find_whom(change),
        since=_tell_since(change),
        earlier_buyers=_tell_earlier(change, before),
        status=_STATUS[change.status],
        lawfulness=find_new_clauses(change),
        notices=tuple(one for one in about if one.kind in _NOTICE_KINDS),
        backwards=tuple(one for one in about if one.kind in _BACKWARD_KINDS),
        before=before,
        after=after,
        alongside=tuple(other for other in alongside if other.id != change.id),
    )


def find_new_clauses(change: Change) -> tuple[TermFinding, ...]:
    """Unfair or risky clauses in the new wording whose kind the old wording did not have, by the law of that day."""
    difference, day = change.difference, change.after_at.astimezone(SHANGHAI).date()
    if difference.change_class is ChangeClass.OUTCOME:  # its words are ours, not the operator's
        return ()
    if difference.effect not in (Effect.WORSE, Effect.MIXED) or not difference.after:
        return ()
    known = {finding.pattern for finding in review_text(difference.before, at=day)} if difference.before else set()
    found = (one for one in review_text(difference.after, at=day) if one.pattern not in known)
    if difference.quotable:
        return tuple(found)
    return tuple(replace(one, quotable=False, needs_human=True) for one in found)


def _find_whom(change: Change) -> str:
    text = change.difference.after or change.difference.before
    if _FOR_SELLERS.search(text):
        return "供货商、商户或代理（不是直接针对买家）"
    return "会员买家" if _FOR_MEMBERS.search(text) else "买家"


def _tell_since(change: Change) -> str:
    after = show_time(change.after_at)
    if change.before_at is None:
        return f"{after} 首次见到"
    return f"{show_time(change.before_at)} 仍为原来的内容，{after} 见到已经改变（其间未观察）"


def _tell_earlier(change: Change, before: Proof | None) -> str:
    """What those who bought before it can point to: the words of one look. Of earlier days it says nothing."""
    difference = change.difference
    if before is None or change.before_at is None or difference.effect not in (Effect.WORSE, Effect.MIXED):
        return ""
    if difference.change_class is ChangeClass.OUTCOME:
        return ""
    shown = difference.before
    quoted = shown if len(shown) <= 60 else f"{shown[:59]}…"
    words = f"页面写的是“{quoted}”" if shown else "页面还没有这一条"
    if not difference.quotable:
        doubt = "（改前或改后未作为文字直接显示给访客，不能直接当作当时所见，须人工核对）"
        words = f"从页面读到的是“{quoted}”{doubt}" if shown else f"从页面没有读到这一条{doubt}"
    return (
        f"{show_time(change.before_at)} 抓取时，{words}（抓取 {before.capture.id}）。"
        f"更早下单的，用 cardwatch at {change.page.url} --at 下单时间 查看当时的写法。"
    )
