"""One person's many complaints or refunds in a short time: what may make an office look twice, said before filing.

Takes a case file and the thresholds of the settings, gives warnings. The rule (总局令121 art. 17) gives no numbers:
ours are defaults and are labelled so. Nobody is judged, nothing is kept or sent. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from monitor.complaints.model import CaseFile, OtherCase
from monitor.complaints.routing.channels import in_force
from monitor.config.complaints import ComplaintSettings
from storage.case import DemandKind

_MANY_PIECES = 20  # of one order; our default
_ARTICLES = ("tsjb-17", "tsjb-16")
ADVICE = "建议先请消协、律师或有经验的人看一看，再决定是否提交"


@dataclass(frozen=True)
class SelfCheck:
    """One warning about the buyer's own filing."""

    id: str
    sentence: str
    articles: tuple[str, ...]


def check_self(file: CaseFile, settings: ComplaintSettings) -> tuple[SelfCheck, ...]:
    """What of the buyer's own cases may be taken for no consumer's dispute; () where nothing stands out."""
    articles = in_force(_ARTICLES, file.today)
    mine = [one for one in file.others if _is_mine(file, one)]
    found = []
    month = [one for one in mine if _within(file, one, timedelta(days=30)) and _same_respondent(file, one)]
    least = settings.same_respondent_30_days
    if len(month) + 1 >= least:
        told = (
            f"三十天内对同一商家已有{len(month) + 1}件（达到{least}件即提示，默认值，条文没有数字）："
            f"可能触发人工复核或不予受理。几笔订单属于同一争议的，合成一件提出；{ADVICE}"
        )
        found.append(SelfCheck("same_respondent", told, articles))
    day = [one for one in mine if _within(file, one, timedelta(hours=24))]
    refunds = sum(one.refunds_asked for one in day) + _refunds_of(file)
    if refunds >= settings.refunds_24_hours:
        told = (
            f"二十四小时内提出了{refunds}项退款请求（达到{settings.refunds_24_hours}项即提示，默认值）："
            f"可能被当作异常。{ADVICE}"
        )
        found.append(SelfCheck("many_refunds", told, articles))
    facts = file.case.facts
    phone = facts.buyer.phone.strip()
    shared = {
        one.buyer for one in file.others if phone and one.phone.strip() == phone and one.buyer != facts.buyer.name
    }
    if shared:
        told = (
            f"本档案中另有{len(shared)}名买家用同一电话：多人使用同一联系方式是不予受理的考虑因素，各人用自己的电话提出"
        )
        found.append(SelfCheck("shared_phone", told, articles))
    pieces = sum(one.quantity or 0 for one in facts.orders)
    if pieces >= _MANY_PIECES:
        told = f"购买数量共{pieces}件：与通常的消费习惯不符的，可能不被当作生活消费；写明各件的用途"
        found.append(SelfCheck("quantity", told, articles))
    return tuple(found)


def _is_mine(file: CaseFile, other: OtherCase) -> bool:
    """Whether another case is of the same buyer: by his name and, where both have one, his phone."""
    buyer = file.case.facts.buyer
    if buyer.phone.strip() and other.phone.strip():
        return buyer.phone.strip() == other.phone.strip() and (not other.buyer or other.buyer == buyer.name)
    return bool(buyer.name) and buyer.name == other.buyer


def _same_respondent(file: CaseFile, other: OtherCase) -> bool:
    facts = file.case.facts
    return bool(facts.platform and facts.platform == other.platform) or bool(
        facts.respondent.name and facts.respondent.name == other.respondent
    )


def _within(file: CaseFile, other: OtherCase, span: timedelta) -> bool:
    return abs(file.case.opened_at - other.opened_at) <= span


def _refunds_of(file: CaseFile) -> int:
    return sum(1 for one in file.case.facts.demands if one.kind in (DemandKind.REFUND, DemandKind.FRAUD))
