"""The two deadlines of a first hour: the seller's answer, and the clock of the payment and of the law. Pure.

The seller's hours are a product choice (settings), no rule. Three years are 民法典第一百八十八条, and the bar of
市场监督管理投诉举报处理办法第十六条: counted from when the harm was known, or
from the payment, which is the earliest that can be meant.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from monitor.complaints.quick.book import Payment
from monitor.complaints.quick.model import Clock
from monitor.complaints.quick.understand import Understood
from monitor.config.complaints import ComplaintSettings
from monitor.review.laws import find_articles
from monitor.times import SHANGHAI

YEARS = 3
_WALLETS = {"wechat": "微信支付", "alipay": "支付宝"}
_LIMITS = ("mfd-188", "tsjb-16")


def answer_by(at: datetime, settings: ComplaintSettings) -> datetime:
    """The moment until which the seller is asked to answer: so many hours on, rounded up to the next half hour."""
    due = at.astimezone(SHANGHAI) + timedelta(hours=settings.answer_hours)
    late = due.minute % 30 * 60 + due.second
    if late or due.microsecond:
        due = due.replace(second=0, microsecond=0) + timedelta(minutes=30 - due.minute % 30)
    return due.astimezone(UTC)


def set_clocks(
    said: Understood, payment: Payment | None, at: datetime, settings: ComplaintSettings
) -> tuple[Clock, ...]:
    """The seller's clock, and that of payment and limitation; a moment that is not known is None with the reason."""
    by = answer_by(at, settings)
    seller = Clock(
        "seller",
        "卖家答复的期限",
        by,
        f"从现在起{settings.answer_hours}小时（工具默认值，法律没有统一时限，可在设置里改）；到时没有答复，"
        "保存“未答复”的截图，进入下一步",
    )
    return (seller, _money_clock(said, payment, at, by))


def _money_clock(said: Understood, payment: Payment | None, at: datetime, by: datetime) -> Clock:
    known = said.noticed_at or said.paid_at
    from_when = "付款时间" if said.noticed_at is None else "发现问题的时间"
    articles = tuple(one.id for one in find_articles(_known(_LIMITS), at=at.astimezone(SHANGHAI).date()))
    if payment is not None and payment.days and said.paid_at is not None:
        due = _end_of_day(said.paid_at.at, timedelta(days=payment.days))
        years = f"；诉讼时效和12315投诉另有{YEARS}年，{_say_limit(known.at)}" if known else ""
        return Clock("payment", f"向{payment.to}提出的期限", due, f"{payment.days_note}；越早越好{years}", articles)
    early = _say_early(payment.to if payment is not None else _WALLETS.get(said.wallet), by)
    if known is None:
        reason = "付款时间没有读出，三年的到期日先空着"
        if said.years_ago >= YEARS:
            reason = (
                f"您说是{said.years_ago}年前：诉讼时效和12315投诉的{YEARS}年可能已经过了（从知道权利受损起算；"
                "诉讼时效在您向对方要求过以后重新计算），先查清日期"
            )
        return Clock("limitation", "支付投诉和诉讼时效", None, f"{early}{reason}", articles)
    day = _three_years(known.at)
    return Clock(
        "limitation",
        "支付投诉和诉讼时效",
        day,
        f"{early}诉讼时效和12315投诉都是{YEARS}年，从知道权利受损起算；这里按{from_when}算出最早的到期时间"
        + ("，这个时间已经过了：先核对何时知道受损、其间有没有向对方要求过" if day < at else ""),
        articles,
    )


def _say_early(to: str | None, by: datetime) -> str:
    if to is None:
        return "付款方式未知，支付投诉的期限先空着。"
    if not to:
        return "没有支付机构可以受理。"
    moment = by.astimezone(SHANGHAI)
    return (
        f"向{to}提出没有查到公开的统一期限：今天就可以提，最迟不要晚过卖家期限"
        f"（{moment:%m月%d日%H:%M}），钱结算给对方之前最有用。"
    )


def _say_limit(moment: datetime) -> str:
    return f"最早到{_three_years(moment).astimezone(SHANGHAI):%Y年%m月%d日}24时"


def _three_years(moment: datetime) -> datetime:
    """The end of the same day three years on (29 February: the 28th); a holiday would only move it later."""
    day = moment.astimezone(SHANGHAI).date()
    try:
        last = day.replace(year=day.year + YEARS)
    except ValueError:
        last = day.replace(year=day.year + YEARS, day=28)
    return (datetime.combine(last, time.min, SHANGHAI) + timedelta(days=1, seconds=-1)).astimezone(UTC)


def _end_of_day(moment: datetime, span: timedelta) -> datetime:
    """The last second of the day so long after a moment; the day it starts on is not counted."""
    last = moment.astimezone(SHANGHAI).date() + span
    return (datetime.combine(last, time.min, SHANGHAI) + timedelta(days=1, seconds=-1)).astimezone(UTC)


def _known(ids: tuple[str, ...]) -> tuple[str, ...]:
    from monitor.review.laws import load_articles

    return tuple(one for one in ids if one in load_articles())
