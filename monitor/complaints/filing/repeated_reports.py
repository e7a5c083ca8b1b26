"""A report (举报) that was made before: where it must go instead, or what has to be new in it. Pure."""

from __future__ import annotations

from datetime import datetime

from monitor.complaints.model import CaseFile, Missing
from monitor.complaints.routing.channels import cite, in_force
from monitor.complaints.routing.filing_words import pattern
from storage.case import CaseStep

REPORT = "market_report"
_AGAIN = ("tsjb-35",)
_PLACES = ("tsjb-34", "tsjb-31", "tsjb-29")
_DONE = ("ended", "refused", "partly")
"""Ends at which the office has dealt with what was reported."""


def find_repeated(file: CaseFile, channel: str) -> list[Missing]:
    """What is lacking of a second report of what an office has dealt with: something that came to light since."""
    if channel != REPORT:
        return []
    done = [step for step in file.steps if step.channel == REPORT and step.outcome in _DONE]
    if not done or _has_news(file, max(step.answered_at or step.filed_at for step in done)):
        return []
    last = done[-1]
    told = f"（{last.note.strip()[:40]}）" if last.note.strip() else ""
    return [
        Missing(
            "new_facts",
            "上次举报以后的新事实",
            f"同一事实已经举报并有了结果{told}，重复举报不再另行处理；案件里没有那以后的材料",
            "有新的行为的（改正以后又出现、另一项条款），先用 cardwatch run 抓取，或用 case add 放入新的材料；"
            "没有的不用再举报，对处理结果有异议的向该机关询问",
            in_force(_AGAIN, file.today),
        )
    ]


def warn_of_repeated(file: CaseFile) -> list[str]:
    """What somebody who reported before has to know: the right office, or that it is a repetition."""
    earlier = [step for step in file.steps if step.channel == REPORT and step.outcome]
    if not earlier:
        return []
    if all(_was_not_theirs(step) for step in earlier):
        return [
            "此前的举报因不归其管辖没有处理：平台或自建网站的向其住所地、平台内店铺的向其实际经营地的县级以上市场监管部门"
            f"重新提出，不算重复举报；先请原机关说明归哪里管{cite(_PLACES, file.today)}"
        ]
    return [f"同一事实重复举报不再另行处理，要补充新的事实{cite(_AGAIN, file.today)}"]


def _was_not_theirs(step: CaseStep) -> bool:
    return step.outcome == "rejected" and pattern("story", "not_ours").search(step.note) is not None


def _has_news(file: CaseFile, since: datetime) -> bool:
    """Whether anything of the case was seen or brought after that moment, but for what proves the report itself."""
    own = {proof for step in file.steps if step.channel == REPORT for proof in step.proof}
    seen = [page.newest.seen_at for page in file.pages if page.newest is not None]
    added = [one.added_at for one in file.items if one.removed_at is None and not {one.id, one.evidence} & own]
    return any(moment > since for moment in (*seen, *added))
