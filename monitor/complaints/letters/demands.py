"""What is asked for: each demand as a sentence, its sum made anew from orders, and what does not add up.

A threefold damage is asked for only where the case holds evidence of deceit; its
sum is always reckoned here (消费者权益保护法 art. 55: three times the price, 500 yuan at least). Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from monitor.complaints.letters.material import Material, say_exact, say_yuan
from monitor.complaints.model import CaseFile
from monitor.complaints.routing.limits_of_claims import unsupported_demands
from storage.case import CaseStep, Demand, DemandKind, Facts

_LEAST_FRAUD = Decimal(500)
_SHORT_ZH = {
    DemandKind.REFUND: "原路退款",
    DemandKind.RELEASE: "退还余额",
    DemandKind.DAMAGES: "赔偿损失",
    DemandKind.FRAUD: "增加赔偿",
}


@dataclass(frozen=True)
class Reckoned:
    """One demand as it is written. `amount` None where it is not money; `reckoning` says how the sum is made."""

    kind: DemandKind
    text: str
    amount: Decimal | None = None
    reckoning: str = ""

    @property
    def short(self) -> str:
        """The demand in the fewest words."""
        if self.kind is DemandKind.REPLACE:
            return "换同面值商品"
        if self.kind is DemandKind.DELIVER:
            return "补发商品"
        money = say_yuan(self.amount) if self.amount is not None else ""
        return f"{_SHORT_ZH[self.kind]}{money}"


def check_sums(facts: Facts, steps: Sequence[CaseStep] = ()) -> tuple[str, ...]:
    """What does not add up, each in a sentence: () where all does."""
    found = []
    paid, back = facts.paid, returned(steps)
    for order in facts.orders:
        if order.amount is not None and order.amount < 0:
            found.append("有订单的金额是负数")
    for one in facts.demands:
        if one.amount is not None and one.amount <= 0:
            found.append("有请求的金额不是正数")
    refunds = [one for one in facts.demands if one.kind is DemandKind.REFUND]
    if len(refunds) > 1:
        found.append("退款请求写了不止一项，请合并")
    wanted = refunds[0].amount if refunds else None
    if wanted is not None and paid is not None and wanted > paid - back:
        told = f"请求退款{say_yuan(wanted)}，而实付合计{say_yuan(paid)}"
        found.append(told + (f"、已退{say_yuan(back)}" if back else ""))
    if refunds and wanted is None and (paid is None or paid - back <= 0):
        found.append("请求退款，但实付金额未知或已全部退回")
    for one in facts.demands:
        held = facts.balance if one.kind is DemandKind.RELEASE else None
        if held is not None and one.amount is not None and one.amount > held:
            found.append(f"请求退还余额{say_yuan(one.amount)}，而所填余额为{say_yuan(held)}")
    return tuple(dict.fromkeys(found))


def returned(steps: Sequence[CaseStep]) -> Decimal:
    """What came back so far, as the steps record it."""
    return sum((step.returned for step in steps if step.returned is not None), Decimal(0))


def has_fraud_ground(file: CaseFile) -> bool:
    """Whether the case holds what a threefold damage needs: evidence of deceit, and no advert later than the order."""
    facts = file.case.facts
    if DemandKind.FRAUD in unsupported_demands(file):
        return False
    ids = {item.id for item in file.items if item.removed_at is None}
    ids |= {item.evidence for item in file.items if item.removed_at is None}
    ids |= {seen.capture for page in file.pages for seen in (page.before, page.after, page.newest) if seen}
    return any(one in ids for one in facts.fraud_evidence)


def reckon_demands(material: Material) -> tuple[Reckoned, ...]:
    """The demands that this case carries, with their sums; what it does not carry is told to the sender."""
    facts = material.facts
    made: list[Reckoned] = []
    for one in facts.demands:
        if one.kind in (DemandKind.COSTS, DemandKind.INVALID_CLAUSE):
            continue
        reckoned = _reckon(material, one)
        if reckoned is not None:
            made.append(reckoned)
    return tuple(made)


def total_of(demands: Sequence[Reckoned]) -> Decimal:
    """The sum of all that is money."""
    return sum((one.amount for one in demands if one.amount is not None), Decimal(0))


def deadlines(material: Material) -> tuple[datetime, datetime]:
    """Until when the seller is to answer and to act: the buyer's own moment, else the settings' hours from now."""
    at, settings = material.file.at.replace(second=0, microsecond=0), material.settings
    own = material.facts.answer_by
    if own is not None and own > material.file.at:
        return own, own
    if own is not None:
        material.note("所填的答复期限已经过去，文书按默认时限重新计算")
    answer, act = at + timedelta(hours=settings.answer_hours), at + timedelta(hours=settings.solve_hours)
    material.note(
        f"答复{settings.answer_hours}小时、解决{settings.solve_hours}小时是本工具的默认值，不是法定期限，可在配置中修改"
    )
    return answer, max(answer, act)


def say_deadlines(material: Material) -> str:
    """The deadline as an exact moment."""
    answer, act = deadlines(material)
    if answer == act:
        return f"请于{say_exact(act)}（北京时间）前书面答复并完成上述处理"
    return f"请于{say_exact(answer)}（北京时间）前书面答复，于{say_exact(act)}（北京时间）前完成上述处理"


def _reckon(material: Material, one: Demand) -> Reckoned | None:
    facts = material.facts
    back = returned(material.file.steps)
    if one.kind is DemandKind.REFUND:
        paid = facts.paid
        amount = one.amount if one.amount is not None else (paid - back if paid is not None else None)
        if amount is None:
            return None
        how = _say_refund(material, amount, back)
        return Reckoned(one.kind, f"将{say_yuan(amount)}退至原支付方式", amount, how)
    if one.kind is DemandKind.RELEASE:
        amount = one.amount if one.amount is not None else facts.balance
        if amount is None:
            material.note("请求退还余额，但没有填写金额，文书未写入该项（case set：balance）")
            return None
        return Reckoned(one.kind, f"解除对账户余额的限制，并将余额{say_yuan(amount)}退还", amount, "平台账户余额")
    if one.kind is DemandKind.DAMAGES:
        if one.amount is None:
            material.note("赔偿损失没有金额，文书未写入该项")
            return None
        how = material.clean(one.reckoning)
        if not how:
            material.note("赔偿损失没有写明计算方法，提交前请补上")
        return Reckoned(one.kind, f"赔偿损失{say_yuan(one.amount)}", one.amount, how)
    if one.kind is DemandKind.FRAUD:
        return _reckon_fraud(material, one)
    product = _product(material)
    if one.kind is DemandKind.REPLACE:
        return Reckoned(one.kind, f"更换同面值、可正常使用的{product}")
    return Reckoned(one.kind, f"按约定交付{product}")


def _reckon_fraud(material: Material, one: Demand) -> Reckoned | None:
    paid = material.facts.paid
    if not material.consumer or paid is None or not has_fraud_ground(material.file):
        material.note("案件中没有能支持三倍或五百元赔偿的证据（或不是生活消费），文书未写入该项请求")
        return None
    threefold = paid * 3
    amount = max(threefold, _LEAST_FRAUD)
    if one.amount is not None and one.amount != amount:
        material.note(f"增加赔偿按价款重新计算为{say_yuan(amount)}，与所填的{say_yuan(one.amount)}不同")
    how = f"价款{say_yuan(paid)}的三倍为{say_yuan(threefold)}"
    if threefold < _LEAST_FRAUD:
        how += f"，不足{say_yuan(_LEAST_FRAUD)}，按{say_yuan(_LEAST_FRAUD)}计"
    return Reckoned(one.kind, f"增加赔偿{say_yuan(amount)}", amount, how)


def _say_refund(material: Material, amount: Decimal, back: Decimal) -> str:
    paid = material.facts.paid
    if paid is None:
        return ""
    if amount == paid - back:
        rest = f"减去已退{say_yuan(back)}" if back else ""
        return f"订单实付合计{say_yuan(paid)}{rest}"
    return f"订单实付合计{say_yuan(paid)}中的部分"


def _product(material: Material) -> str:
    names = dict.fromkeys(name for one in material.facts.orders if (name := material.clean(one.product, most=60)))
    return "、".join(f"“{name}”" for name in list(names)[:3]) or "所购商品"
