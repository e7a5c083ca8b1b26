"""What is asked for: each demand as a sentence, its sum made anew from orders, and what does not add up.

A threefold damage is asked for only where the case holds evidence of deceit; its
sum is always reckoned here (消费者权益保护法 art. 55: three times the price, 500 yuan at least). Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from monitor.complaints.facts.demands import NO_DECEIT_KINDS, consumed_of, holds_gift, is_in_part, states_deceit
from monitor.complaints.facts.guardian_consent import withheld_consent
from monitor.complaints.letters.material import Material, day_bounds, say_exact, say_paid, say_yuan
from monitor.complaints.letters.reckonings import comes_out
from monitor.complaints.letters.unasked import is_unasked
from monitor.complaints.model import CaseFile
from monitor.complaints.routing.limits_of_claims import seen_at, unsupported_demands
from storage.case import Answer, CaseStep, Demand, DemandKind, Facts, PaymentForm, ProblemKind

_MOST_RECKONING = 80
_LEAST_FRAUD = Decimal(500)
_FACE = re.compile(r"卡|券|面值|\d+\s*(?:元|币|点)|充值")
_EQUALS = re.compile(r"[=＝]")
_WORKED = re.compile(r"\d[^，。；]{0,6}[÷×*/]")
_TAKEN_OFF = re.compile(r"减|扣|已退|－")
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
    named: str = ""  # what is paid, in few words, where its kind alone would say too much

    @property
    def short(self) -> str:
        """The demand in the fewest words."""
        if self.kind is DemandKind.REPLACE:
            return self.named or "换同面值商品"
        if self.kind is DemandKind.DELIVER:
            return "补发商品"
        if self.amount is None:
            return "退还未得到部分的价款" if self.kind is DemandKind.REFUND else _SHORT_ZH[self.kind]
        money = say_yuan(self.amount)
        return f"{self.named or _SHORT_ZH[self.kind]}{money}"


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
    if wanted is not None and paid is not None and paid > 0 and back >= paid:
        found.append(f"实付{say_yuan(paid)}已全额退回，没有可以再退的：解决了的用 case close 结案，或去掉退款请求")
    elif wanted is not None and paid is not None and wanted > paid - back and not is_whole(wanted, paid, back):
        told = f"请求退款{say_yuan(wanted)}，而实付合计{say_yuan(paid)}"
        found.append(told + (f"、已退{say_yuan(back)}" if back else ""))
    most = most_refund(facts, back)
    missing = (facts.face_value or Decimal(0)) - (facts.got_value or Decimal(0))
    if wanted is not None and most is not None and paid is not None and max(most, missing) < wanted <= paid - back:
        found.append(f"请求退款{say_yuan(wanted)}，而按所填面值和实得，没有得到的部分最多{say_yuan(most)}")
    if refunds and wanted is None and (paid is None or paid - back <= 0):
        found.append("请求退款，但实付金额未知或已全部退回")
    for one in facts.demands:
        held = facts.balance if one.kind is DemandKind.RELEASE else None
        if held is not None and one.amount is not None and one.amount > held:
            found.append(f"请求退还余额{say_yuan(one.amount)}，而所填余额为{say_yuan(held)}")
    return tuple(dict.fromkeys(found))


def is_whole(wanted: Decimal, paid: Decimal, back: Decimal) -> bool:
    """Whether all that was paid is asked for although a part came back since: that part is reckoned down."""
    return wanted == paid and 0 < back < paid


def principal_of(facts: Facts, back: Decimal = Decimal(0)) -> Decimal | None:
    """What of a balance was paid in: all of it, or, where gifts are in it, what was paid and not consumed."""
    paid, held = facts.paid, facts.balance
    if held is None or paid is None or not holds_gift(facts):
        return held
    return min(held, max(paid - back - consumed_of(facts), Decimal(0)))


def most_refund(facts: Facts, back: Decimal) -> Decimal | None:
    """The part of the price for what was not got, less what came back; None where face and got value are not told."""
    paid, face, got = facts.paid, facts.face_value, facts.got_value
    if paid is None or face is None or got is None or face <= 0 or not 0 <= got < face:
        return None
    if not is_in_part(facts) and facts.problem is not ProblemKind.SHORT_VALUE:
        return None
    share = (paid * (face - got) / face).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return max(share - back, Decimal(0))


def lacks_part(facts: Facts, steps: Sequence[CaseStep] = ()) -> bool:
    """Whether all that was paid is asked back though a part was got, and nobody said how much."""
    paid, back = facts.paid, returned(steps)
    asked = next((one for one in facts.demands if one.kind is DemandKind.REFUND), None)
    short = facts.problem is ProblemKind.SHORT_VALUE and facts.used is Answer.YES and not withheld_consent(facts)
    if asked is None or not (is_in_part(facts) or short) or most_refund(facts, back) is not None or paid is None:
        return False
    return asked.amount is None or asked.amount >= paid - back


def returned(steps: Sequence[CaseStep]) -> Decimal:
    """What came back so far, as the steps record it."""
    return sum((step.returned for step in steps if step.returned is not None), Decimal(0))


def has_fraud_ground(file: CaseFile) -> bool:
    """Whether the case holds what a threefold damage needs: evidence of deceit, and no advert later than the order."""
    facts = file.case.facts
    if DemandKind.FRAUD in unsupported_demands(file) or not states_deceit(facts):
        return False
    items = [item for item in file.items if item.removed_at is None and item.kind not in NO_DECEIT_KINDS]
    ids = {name for item in items for name in (item.id, item.evidence)}
    ids |= {seen.capture for page in file.pages for seen in (page.before, page.after, page.newest) if seen}
    return any(one in ids for one in facts.fraud_evidence)


def paid_under_deceit(file: CaseFile) -> tuple[Decimal, int] | None:
    """What the orders came to that may rest on the deceit, and how many: those surely later than the advertisement."""
    facts = file.case.facts
    shown = seen_at(file, facts.advert_relied_on) if facts.advert_relied_on else None
    if shown is None:
        return None if facts.paid is None else (facts.paid, len(facts.orders))
    found, count = Decimal(0), 0
    for one in facts.orders:
        moment = one.ordered_at or one.paid_at
        if one.amount is not None and moment is not None and day_bounds(moment)[0] > shown:
            found, count = found + one.amount, count + 1
    return (found, count) if count else None


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
        paid, most = facts.paid, most_refund(facts, back)
        if lacks_part(facts, material.file.steps):
            material.note(
                "商品已得到或用过一部分：没有写全额退款；请填应得面值和实得（face_value、got_value），或只退差额的金额"
            )
            return Reckoned(one.kind, f"将没有交付或不能使用部分的价款退至{_back_to(facts)}", None, "")
        amount = one.amount if one.amount is not None else most
        amount = amount if amount is not None else (paid - back if paid is not None else None)
        if amount is None:
            return None
        if paid is not None and is_whole(amount, paid, back):
            amount = paid - back
            material.note(f"已记录退回{say_yuan(back)}，退款请求按差额{say_yuan(amount)}写")
        elif back and most is not None and amount == most_refund(facts, Decimal(0)) and most > 0:
            amount = most
            material.note(f"已记录退回{say_yuan(back)}，退款请求按没有得到的部分减去它，写{say_yuan(amount)}")
        how = _say_refund(material, amount, back, material.clean(one.reckoning, most=_MOST_RECKONING))
        named = {PaymentForm.BALANCE: "退款", PaymentForm.USDT: "退款约合"}.get(facts.payment, "")
        return Reckoned(one.kind, f"将{say_paid(facts, amount)}退至{_back_to(facts)}", amount, how, named)
    if one.kind is DemandKind.RELEASE:
        amount = one.amount if one.amount is not None else facts.balance
        if amount is None:
            material.note("请求退还余额，但没有填写金额，文书未写入该项（case set：balance）")
            return None
        own = principal_of(facts, back)
        if own is not None and holds_gift(facts) and facts.paid is not None and 0 < own <= amount:
            if own < amount:
                material.note(f"余额中有赠送部分：按本金只请求{say_yuan(own)}，赠送的不在其内")
            told = f"解除对账户余额的限制，并将其中的充值本金{say_yuan(own)}退还"
            how = "充值" + say_yuan(facts.paid) + _minus("已退", back) + _minus("已消费", consumed_of(facts))
            return Reckoned(one.kind, told, own, f"{how}，不含赠送", "退还余额中的充值本金")
        if facts.paid is not None and amount > facts.paid:
            material.note(
                "请求退还的余额多于所填订单的实付合计：多出部分若是赠送，不能按本金要求；若另有充值，请填为订单"
            )
        told = f"解除对账户余额的限制，并将余额{say_yuan(amount)}退还"
        return Reckoned(one.kind, told, amount, material.clean(one.reckoning, most=_MOST_RECKONING) or "平台账户余额")
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
    if one.kind is DemandKind.DELIVER and is_in_part(facts):
        return Reckoned(one.kind, f"按约定交付{product}中没有交付的部分")
    if one.kind is DemandKind.REPLACE and not _has_face(facts):
        return Reckoned(one.kind, f"更换符合约定、可正常使用的{product}", named="换符合约定的商品")
    if one.kind is DemandKind.REPLACE:
        return Reckoned(one.kind, f"更换同面值、可正常使用的{product}")
    return Reckoned(one.kind, f"按约定交付{product}")


def _back_to(facts: Facts) -> str:
    """Where the money is to go: what was paid from a balance goes back to the account that it was paid in from."""
    if facts.payment is PaymentForm.BALANCE:
        return "充值时所用的支付账户（不是平台余额）"
    return "付款人的收款账户" if facts.payment is PaymentForm.USDT else "原支付方式"


def _minus(name: str, amount: Decimal) -> str:
    return f"－{name}{say_yuan(amount)}" if amount else ""


def _reckon_fraud(material: Material, one: Demand) -> Reckoned | None:
    basis = paid_under_deceit(material.file)
    if not material.consumer or basis is None or not has_fraud_ground(material.file):
        material.note("案件中没有能支持三倍或五百元赔偿的证据（或不是生活消费），文书未写入该项请求")
        if material.consumer and not states_deceit(material.facts):
            material.note(
                "要求三倍赔偿要在经过里写明对方说了什么、实际如何，并以页面、宣传或聊天为证；订单、账单不能证明欺诈"
            )
        return None
    paid, count = basis
    threefold = paid * 3
    amount = max(threefold, _LEAST_FRAUD)
    if one.amount is not None and one.amount != amount:
        material.note(f"增加赔偿按价款重新计算为{say_yuan(amount)}，与所填的{say_yuan(one.amount)}不同")
    which = f"宣传之后的{count}笔订单" if count < len(material.facts.orders) else ""
    how = f"{which}价款{say_yuan(paid)}的三倍为{say_yuan(threefold)}"
    if threefold < _LEAST_FRAUD:
        how += f"，不足{say_yuan(_LEAST_FRAUD)}，按{say_yuan(_LEAST_FRAUD)}计"
    return Reckoned(one.kind, f"增加赔偿{say_yuan(amount)}", amount, how)


def _say_refund(material: Material, amount: Decimal, back: Decimal, own: str) -> str:
    paid = material.facts.paid
    if paid is None:
        return ""
    if amount == paid - back:
        rest = f"减去已退{say_yuan(back)}" if back else ""
        return f"{'扣款' if is_unasked(material.facts) else '订单实付'}合计{say_yuan(paid)}{rest}"
    if amount == most_refund(material.facts, back):
        face, got = material.facts.face_value, material.facts.got_value
        assert face is not None and got is not None
        less = f"，减去已退{say_yuan(back)}" if back else ""
        return f"订单实付合计{say_yuan(paid)}，按约定面值{say_yuan(face)}与实得{say_yuan(got)}的差额折算{less}"
    told, got = material.facts.face_value, material.facts.got_value
    if told is not None and got is not None and amount == told - got:
        return f"约定面值{say_yuan(told)}与实得{say_yuan(got)}的差额"
    same = [one for one in material.facts.orders if one.amount == amount]
    if len(same) == 1:
        number = "" if material.public else material.plain(same[0].number, most=40)
        return f"{f'订单{number}' if number else '其中一笔订单'}实付{say_paid(material.facts, amount)}"
    if own and comes_out(own, amount):
        return own if _EQUALS.search(own) else f"{own}＝{say_yuan(amount)}"
    if own and _WORKED.search(own):
        material.note(f"所写的计算“{own}”算出来不是{say_yuan(amount)}，文书没有写入：核对后改正（demands.N.reckoning）")
    taken_off = f"（{own}）" if _TAKEN_OFF.search(own) else ""  # what the buyer takes off is for his reader to know
    return f"{'扣款' if is_unasked(material.facts) else '订单实付'}合计{say_yuan(paid)}中的部分{taken_off}"


def _has_face(facts: Facts) -> bool:
    """Whether the goods have a face value: one is told, or they are called a card, a voucher or a sum."""
    return facts.face_value is not None or any(_FACE.search(one.product) for one in facts.orders)


def _product(material: Material) -> str:
    names = dict.fromkeys(name for one in material.facts.orders if (name := material.clean(one.product, most=60)))
    return "、".join(f"“{name}”" for name in list(names)[:3]) or "所购商品"
