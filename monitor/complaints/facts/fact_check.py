"""What is doubtful in the facts as the buyer gave them: times that do not fit, numbers that cannot be right. Pure.

Nothing is altered and nothing is refused: each doubt is one Chinese sentence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

from monitor.complaints.facts.demands import check_demands, tell_late_advert
from monitor.complaints.facts.fact_paths import show_moment
from monitor.complaints.facts.fact_words import names_of, text_of
from monitor.complaints.facts.purposes import is_not_living, say_purpose
from storage.case import DemandKind, Facts, PaymentForm, Person, ProblemKind

_NONE_SEEN: Mapping[str, datetime] = {}
_PHONE = re.compile(r"(?:\+?86[- ]?)?1[3-9]\d{9}|0\d{2,3}[- ]?\d{7,8}|400[- ]?\d{3}[- ]?\d{4}")


def warn_of(facts: Facts) -> tuple[str, ...]:
    """The warnings that a case begins with: unlawful purposes, resale, a minor, a helper without consent."""
    told: list[str] = []
    if facts.unlawful:
        what = "、".join(names_of("unlawful", one.value) for one in facts.unlawful)
        told.append(text_of("unlawful", what=what))
    if is_not_living(facts):
        told.append(text_of("resale", what=say_purpose(facts)))
    if facts.minor:
        told.append(text_of("minor"))
        if not facts.guardian.name:
            told.append("还没有写监护人的姓名（guardian.name）")
    if facts.helper.name and not (facts.consent and facts.helper_role):
        told.append(text_of("helper"))
    if facts.problem is ProblemKind.EXTRA_FEE:
        told.append("在对方退清之前不要再付任何“激活费”“解冻金”“保证金”")
    return tuple(told)


def find_doubts(facts: Facts, now: datetime, *, seen: Mapping[str, datetime] = _NONE_SEEN) -> tuple[str, ...]:
    """What does not fit together, or cannot be right. `seen` says when the named captures and items came about."""
    return (
        *_doubt_times(facts, now),
        *_doubt_orders(facts),
        *_doubt_people(facts),
        *check_demands(facts, seen=seen),
        *_doubt_advert(facts, seen),
    )


def _doubt_advert(facts: Facts, seen: Mapping[str, datetime]) -> tuple[str, ...]:
    if any(demand.kind is DemandKind.FRAUD for demand in facts.demands):
        return ()  # the check of that demand says it
    late = tell_late_advert(facts, seen)
    return (late,) if late else ()


def _doubt_times(facts: Facts, now: datetime) -> list[str]:
    ordered = facts.ordered_at
    told: list[str] = []
    later = (("收到", facts.received_at), ("发现问题", facts.noticed_at), ("使用", facts.used_at),
             ("首次找卖家", facts.contacted_at), ("卖家答复", facts.replied_at))  # fmt: skip
    for what, at in later:
        # A time given as a day alone is its first moment: compared by days it is never before an order of that day.
        if at is not None and ordered is not None and show_moment(at) < show_moment(ordered)[: len(show_moment(at))]:
            told.append(f"{what}的时间（{show_moment(at)}）早于下单时间（{show_moment(ordered)}），请核对")
    if facts.replied_at and facts.contacted_at and facts.replied_at < facts.contacted_at:
        told.append("卖家答复的时间早于首次找卖家的时间，请核对")
    for number, order in enumerate(facts.orders, start=1):
        if order.paid_at and order.ordered_at and show_moment(order.paid_at) < show_moment(order.ordered_at)[:10]:
            told.append(f"订单{number}的付款时间早于下单时间，请核对")
    if facts.valid_until and facts.received_at and facts.received_at > facts.valid_until:
        told.append(f"收到时已过有效期（{show_moment(facts.valid_until)}）：这是对您有利的事实，请保存好页面和卡面")
    if facts.answer_by and facts.answer_by < now:
        told.append(f"给卖家的期限（{show_moment(facts.answer_by)}）已过，可以走下一步")
    return told


def _doubt_orders(facts: Facts) -> list[str]:
    told: list[str] = []
    numbers = [order.number for order in facts.orders if order.number]
    for number in dict.fromkeys(one for one in numbers if numbers.count(one) > 1):
        told.append(f"订单号 {number} 写了{numbers.count(number)}次，金额会重复计算")
    unpaid = sum(1 for order in facts.orders if order.amount is None)
    if facts.orders and unpaid:
        told.append(f"{unpaid}笔订单没有写实付金额")
    if facts.payment in (PaymentForm.WECHAT_MERCHANT, PaymentForm.ALIPAY_MERCHANT) and not any(
        order.payment_no for order in facts.orders
    ):
        told.append("没有交易单号：向支付方申请争议前要从账单里抄下来")
    if facts.face_value is not None and facts.got_value is not None and facts.got_value >= facts.face_value:
        told.append("实得不少于应得面值，请核对")
    return told


def _doubt_people(facts: Facts) -> list[str]:
    told: list[str] = []
    people: tuple[tuple[str, Person], ...] = (
        ("买方", facts.buyer),
        ("监护人", facts.guardian),
        ("代办人", facts.helper),
    )
    for who, person in people:
        if person.phone and not _PHONE.fullmatch(person.phone.strip()):
            told.append(f"{who}的电话不像电话号码，请核对")
        if person.id_number and not _holds(person.id_number, ric.validate):
            told.append(f"{who}的身份证号校验不符，请核对")
    if facts.respondent.uscc and not _holds(facts.respondent.uscc, uscc.validate):
        told.append(f"卖家的统一社会信用代码 {facts.respondent.uscc} 校验不符：可能抄错，也可能是对方编造的")
    if facts.guardian.name and not facts.minor:
        told.append("写了监护人，但没有写买的人未成年（minor=是）")
    return told


def _holds(number: str, validate: object) -> bool:
    assert callable(validate)
    try:
        validate(number)
    except ValidationError:
        return False
    return True
