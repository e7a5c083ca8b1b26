"""What the buyer may ask for: proposed where he asked for nothing, and his own demands checked. Pure.

Every sum is reckoned anew from the facts and told in one sentence. Threefold damages are proposed only where evidence
of deceit, or the advertisement that was relied on, is in the case and is no younger than the order; and never for who
bought to resell. Nothing here says that a demand will be met.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from monitor.complaints.facts.fact_paths import show_fact, show_moment
from monitor.complaints.facts.fact_words import names_of
from monitor.complaints.facts.guardian_consent import withheld_consent
from monitor.complaints.facts.purposes import is_not_living, say_purpose
from storage.case import Answer, Demand, DemandKind, Facts, ProblemKind

FRAUD_LEAST = Decimal(500)
FRAUD_TIMES = 3
FRAUD_ARTICLE = "xbf-55"  # 消费者权益保护法第五十五条, in force since 2014-03-15
_CENT = Decimal("0.01")
_MONEY = (DemandKind.REFUND, DemandKind.RELEASE, DemandKind.DAMAGES, DemandKind.FRAUD, DemandKind.COSTS)
_REPLACEABLE = (ProblemKind.DEAD_KEY, ProblemKind.USED_KEY, ProblemKind.EXPIRED_KEY, ProblemKind.WRONG_GOODS)
_DELIVERABLE = (ProblemKind.NOT_DELIVERED, ProblemKind.TOPUP_MISSING)
_ASKS_GOODS = re.compile(
    r"(?<!不)(?:按|照)[^，。；！？]{0,8}(?:发货|发卡|交付)|(?:我要求|要求(?:他们?|对方|卖家|客服)?|请)[^，。；！？不退补]{0,8}(?:发货|发卡|交付)"
)
_ASKS_MONEY = re.compile(r"不想要了|(?<!对方)(?<!没有)(?<!不)(?:要求|只要|只想)[^，。；！？]{0,6}退(?:款|钱)")
_NONE_SEEN: Mapping[str, datetime] = {}


NO_DECEIT_KINDS = ("order", "wallet_bill", "voucher", "failure", "recording", "use_trace", "balance_record", "identity",
                   "guardian_relation", "authorisation", "receipt", "police_receipt", "loss")  # fmt: skip
"""Kinds of evidence that show a trade, a fault or a person, but nothing untrue that the seller told."""
GIFTS = ("赠送", "赠金", "赠额", "充送", "返利", "返现", "奖励", "送的", "多送", "彩金")
"""Words by which a buyer tells that a balance holds more than was paid in."""
_DECEIT = ("虚假", "谎称", "隐瞒", "冒充", "伪造", "假冒", "欺骗", "不实", "不属实", "编造", "虚构", "误导", "明知",
           "宣称", "声称", "谎", "造假", "与宣传不符", "与描述不符", "与页面不符", "实际却", "其实")  # fmt: skip


_SAID_OTHERWISE = re.compile(
    r"(?:客服|卖家|商家|店家|对方|页面|商品页|平台|广告)[^。；]{0,6}(?:说|称|承诺|保证|答复|写|标|宣传)[^。；]{2,40}(?:实际|结果|事实上|可是|却|但)"
)
"""The seller said one thing, and it was another: 客服说“保证是全新的”，实际早已激活."""
_GIFT_SHAPE = re.compile(r"充\s*\d+[^，。；\d]{0,4}(?:送|赠|得|到)\s*\d+")
_CONSUMED = re.compile(r"(?:已经?)?(?:消费|花|用)(?:掉|去)?了?\s*(\d+(?:\.\d{1,2})?)\s*(?:元|块)")


def holds_gift(facts: Facts) -> bool:
    """Whether the buyer tells that the balance holds more than was paid in (充500送100)."""
    told = (facts.what_happened, *(one.product for one in facts.orders), *(one.reckoning for one in facts.demands))
    return any(_GIFT_SHAPE.search(text) or any(word in text for word in GIFTS) for text in told)


def consumed_of(facts: Facts) -> Decimal:
    """What of a balance the buyer says to have consumed; 0 where he says nothing."""
    return sum((Decimal(one) for one in _CONSUMED.findall(facts.what_happened)), Decimal(0))


def is_in_part(facts: Facts) -> bool:
    """Whether the buyer got or used a part, so that not the whole price is asked back.

    Not of a minor's trade that the guardian does not ratify: what was used of it makes it no short delivery, it is
    given back as a whole (民法典 arts. 145, 157).
    """
    return Answer.PARTLY in (facts.delivered, facts.used) and not withheld_consent(facts)


def asks_whole(facts: Facts) -> bool:
    """Whether the refunds asked for make up the whole price."""
    paid = facts.paid
    asked = sum((one.amount or Decimal(0) for one in facts.demands if one.kind is DemandKind.REFUND), Decimal(0))
    return paid is not None and asked >= paid > 0


@dataclass(frozen=True)
class Proposal:
    """Demands that fit, and what the buyer should know of them."""

    demands: tuple[Demand, ...]
    notes: tuple[str, ...] = ()


def propose_demands(facts: Facts, *, seen: Mapping[str, datetime] = _NONE_SEEN) -> Proposal:
    """The demands that fit what happened. `seen` says when captures and evidence items came about, by their ids.

    A sum that cannot be reckoned is None and its reckoning says what is missing. An unknown problem gives none.
    """
    if facts.unlawful:
        return Proposal((), ("先咨询律师，再决定提不提、提什么要求：工具不替您提出诉求",))
    notes: list[str] = []
    demands = _first_demands(facts)
    if demands and len(demands) > 1 and demands[0].amount is None and demands[1].kind is DemandKind.REFUND:
        notes.append("前一项做不到的，才按后一项退款：两项是先后关系，不重复计算")
    fraud = _propose_fraud(facts, seen, notes)
    return Proposal((*demands, *fraud), tuple(notes))


def check_demands(facts: Facts, *, seen: Mapping[str, datetime] = _NONE_SEEN) -> tuple[str, ...]:
    """What is doubtful in the demands that the buyer made, each in one Chinese sentence."""
    told: list[str] = []
    kinds = [demand.kind for demand in facts.demands]
    for kind in dict.fromkeys(kind for kind in kinds if kinds.count(kind) > 1):
        told.append(f"诉求“{_name(kind)}”写了{kinds.count(kind)}次，请合并成一项")
    for demand in facts.demands:
        if demand.kind in _MONEY and demand.amount is None:
            told.append(f"诉求“{_name(demand.kind)}”没有写金额")
        elif demand.amount is not None and demand.amount <= 0:
            told.append(f"诉求“{_name(demand.kind)}”的金额应大于0")
        if demand.kind in (DemandKind.DAMAGES, DemandKind.COSTS) and not demand.reckoning:
            told.append(f"诉求“{_name(demand.kind)}”要写明怎么算的，并有证据")
    told += _check_sums(facts)
    fraud = next((demand for demand in facts.demands if demand.kind is DemandKind.FRAUD), None)
    if fraud is not None:
        told += _check_fraud(facts, fraud, seen)
    return tuple(told)


def total_asked(demands: Sequence[Demand]) -> Decimal | None:
    """The sum of all demands for money, None where one of them has no amount or none is for money."""
    amounts = [demand.amount for demand in demands if demand.kind in _MONEY]
    if not amounts or any(amount is None for amount in amounts):
        return None
    return sum((amount for amount in amounts if amount is not None), Decimal(0))


def reckon_fraud(paid: Decimal) -> tuple[Decimal, str]:
    """Three times what was paid, at least 500 yuan, with its sentence (消费者权益保护法第五十五条)."""
    threefold = paid * FRAUD_TIMES
    amount = max(threefold, FRAUD_LEAST)
    told = f"实付{_yuan(paid)}的三倍为{_yuan(threefold)}"
    if threefold < FRAUD_LEAST:
        told += f"，不足五百元，按{_yuan(FRAUD_LEAST)}计"
    return amount, told + "（以证据能证明存在欺诈为前提）"


def tell_late_advert(facts: Facts, seen: Mapping[str, datetime]) -> str:
    """The sentence on an advertisement that is younger than every order; "" where it is not, or nobody knows."""
    moments = [moment for one in facts.orders if (moment := one.ordered_at or one.paid_at) is not None]
    at, ordered = seen.get(facts.advert_relied_on), max(moments, default=None)
    if at is None or ordered is None or at <= ordered:
        return ""
    return (
        f"所信广告（{facts.advert_relied_on}）的时间是{show_moment(at)}，晚于下单时间{show_moment(ordered)}："
        "不能证明下单时受它误导，不据此要求三倍赔偿"
    )


def states_deceit(facts: Facts) -> bool:
    """Whether the buyer tells what the seller said untruly or kept silent: threefold damages rest on it."""
    return any(word in facts.what_happened for word in _DECEIT) or bool(_SAID_OTHERWISE.search(facts.what_happened))


def _first_demands(facts: Facts) -> list[Demand]:
    problem, refused = facts.problem, bool(facts.seller_reply)
    if problem is ProblemKind.UNKNOWN:
        return []
    if problem is ProblemKind.BALANCE_FROZEN:
        return [_release(facts)]
    if withheld_consent(facts) and facts.orders:
        return [_refund_paid(facts)]  # who does not ratify wants neither another key nor a part
    if problem is ProblemKind.SHORT_VALUE:
        return [_refund_difference(facts)]
    if problem is ProblemKind.EXTRA_FEE:
        found = [_release(facts)] if facts.balance is not None else []
        if facts.delivered is Answer.NO and facts.balance is None and _ASKS_GOODS.search(facts.what_happened):
            found = [Demand(DemandKind.DELIVER, None, "按已付的价款交付，不另付费")]
        return _ask_once(facts, found + ([_refund_paid(facts)] if facts.orders else []))
    if problem is ProblemKind.PLATFORM_GONE:
        found = [_refund_paid(facts)] if facts.orders and facts.delivered is not Answer.YES else []
        return found + ([_release(facts)] if facts.balance is not None or not found else [])
    if problem in _REPLACEABLE and not refused and not _wants_money_only(facts):
        return [Demand(DemandKind.REPLACE, None, "换发同一商品、同面值且可用的卡密"), _refund_paid(facts)]
    if problem in _DELIVERABLE and not refused:
        return [Demand(DemandKind.DELIVER, None, "按订单交付（发货或到账）"), _refund_paid(facts)]
    return [_refund_paid(facts)]


def _wants_money_only(facts: Facts) -> bool:
    """Whether the buyer tells that he asked for his money, and nowhere of other goods in exchange."""
    told = facts.what_happened
    return _ASKS_MONEY.search(told) is not None and not any(word in told for word in ("换", "补发", "补卡", "重发"))


def _ask_once(facts: Facts, demands: list[Demand]) -> list[Demand]:
    """Money that lies on the platform as a balance was paid with the orders: it is asked back once."""
    kinds = {demand.kind for demand in demands}
    paid, balance = facts.paid, facts.balance
    if not {DemandKind.REFUND, DemandKind.RELEASE} <= kinds or paid is None or balance is None:
        return demands
    kept = [demand for demand in demands if demand.kind is not DemandKind.REFUND]
    if paid <= balance:
        return kept
    told = f"订单实付{_yuan(paid)}，减去另行请求的余额{_yuan(balance)}"
    return [Demand(DemandKind.REFUND, paid - balance, told), *kept]


def _refund_paid(facts: Facts) -> Demand:
    if is_in_part(facts):
        if facts.face_value is not None and facts.got_value is not None:
            return _refund_difference(facts)
        told = "只退没有得到的部分，金额待填：已得到或用过一部分，需要应得面值和实得（face_value、got_value）"
        return Demand(DemandKind.REFUND, None, told)
    if facts.paid is None:
        return Demand(DemandKind.REFUND, None, "退还实付款，金额待填：有订单没有写实付金额")
    amounts = [order.amount for order in facts.orders if order.amount is not None]
    if len(amounts) == 1:
        return Demand(DemandKind.REFUND, facts.paid, f"订单实付{_yuan(facts.paid)}")
    if len(amounts) <= 5:
        told = "＋".join(_yuan(amount) for amount in amounts)
        return Demand(DemandKind.REFUND, facts.paid, f"{len(amounts)}笔订单实付合计：{told}＝{_yuan(facts.paid)}")
    return Demand(DemandKind.REFUND, facts.paid, f"{len(amounts)}笔订单实付合计{_yuan(facts.paid)}，明细见订单表")


def _refund_difference(facts: Facts) -> Demand:
    face, got, paid = facts.face_value, facts.got_value, facts.paid
    if face is None or got is None or paid is None or face <= 0 or not 0 <= got < face:
        return Demand(DemandKind.REFUND, None, "按少到账的部分退款，金额待填：需要应得面值、实得和实付金额")
    share = (paid * (face - got) / face).quantize(_CENT, ROUND_HALF_UP)
    told = f"实付{_yuan(paid)}×（应得{_plain(face)}－实得{_plain(got)}）÷应得{_plain(face)}＝{_yuan(share)}"
    return Demand(DemandKind.REFUND, share, told)


def _release(facts: Facts) -> Demand:
    paid, used = facts.paid, consumed_of(facts)
    if holds_gift(facts) and facts.balance is not None and paid is not None and facts.balance > paid - used > 0:
        reckoning = f"余额中的充值本金{_yuan(paid - used)}（余额{_yuan(facts.balance)}含赠送"
        reckoning += f"，充值{_yuan(paid)}减去已消费{_yuan(used)}）" if used else "）"
        return Demand(DemandKind.RELEASE, paid - used, reckoning)
    if facts.balance is None:
        return Demand(DemandKind.RELEASE, None, "退回账户内未取出的余额，金额待填")
    return Demand(DemandKind.RELEASE, facts.balance, f"账户内未取出的余额{_yuan(facts.balance)}")


def _propose_fraud(facts: Facts, seen: Mapping[str, datetime], notes: list[str]) -> list[Demand]:
    told = tuple(dict.fromkeys((*facts.fraud_evidence, *((facts.advert_relied_on,) if facts.advert_relied_on else ()))))
    if not told:
        return []
    if is_not_living(facts):
        notes.append(f"{say_purpose(facts)}，不能按消费者要求三倍赔偿")
        return []
    late = tell_late_advert(facts, seen)
    if late:
        notes.append(late)
    if not late and not states_deceit(facts):
        notes.append("经过里没有写明对方说了什么不实的话、隐瞒了什么：只有质量问题、不发货的，不能据此要求三倍赔偿")
        return []
    paid = _paid_after_advert(facts, seen)
    if paid is None or not _carries(facts, seen):
        return []
    amount, reckoning = reckon_fraud(paid)
    if facts.advert_relied_on and facts.advert_relied_on not in seen:
        notes.append("所信广告的时间还没有对上：要能证明它在下单之前就有，否则不要据此要求三倍赔偿")
    notes.append("三倍赔偿要求能证明对方故意告知虚假情况或隐瞒真实情况；证据不足时可以只要求退款")
    return [Demand(DemandKind.FRAUD, amount, reckoning)]


def _paid_after_advert(facts: Facts, seen: Mapping[str, datetime]) -> Decimal | None:
    """What the orders came to that are surely later than the advertisement relied on; all of them without one."""
    at = seen.get(facts.advert_relied_on)
    if at is None:
        return facts.paid
    amounts = [
        order.amount
        for order in facts.orders
        if (moment := order.ordered_at or order.paid_at) is not None and moment > at
    ]
    if not amounts or any(amount is None for amount in amounts):
        return None
    return sum((amount for amount in amounts if amount is not None), Decimal(0))


def _carries(facts: Facts, seen: Mapping[str, datetime]) -> bool:
    """Whether anything in the case may show deceit before the order: evidence, or an advertisement not after it."""
    others = [one for one in facts.fraud_evidence if one != facts.advert_relied_on]
    return bool(others) or (bool(facts.advert_relied_on) and not tell_late_advert(facts, seen))


def _check_sums(facts: Facts) -> list[str]:
    told: list[str] = []
    refund = sum((one.amount or Decimal(0) for one in facts.demands if one.kind is DemandKind.REFUND), Decimal(0))
    release = sum((one.amount or Decimal(0) for one in facts.demands if one.kind is DemandKind.RELEASE), Decimal(0))
    if (
        is_in_part(facts)
        and facts.paid is not None
        and refund >= facts.paid
        and None in (facts.face_value, facts.got_value)
    ):
        told.append(f"已得到或用过一部分，却要求退回全部{_yuan(refund)}：请填应得面值和实得，或只写没有得到部分的金额")
    if facts.paid is not None and refund > facts.paid:
        told.append(f"要求退款{_yuan(refund)}，多于订单实付合计{_yuan(facts.paid)}：多出部分要另写成赔偿并说明依据")
    elif facts.paid is None and refund:
        told.append("有订单没有写实付金额，退款数额无从核对")
    if facts.balance is not None and release > facts.balance:
        told.append(f"要求退回余额{_yuan(release)}，多于所写的余额{_yuan(facts.balance)}")
    return told


def _check_fraud(facts: Facts, fraud: Demand, seen: Mapping[str, datetime]) -> list[str]:
    told: list[str] = []
    if is_not_living(facts):
        told.append(f"{say_purpose(facts)}，不能按消费者要求三倍赔偿：请去掉这一项")
    if not facts.fraud_evidence and not facts.advert_relied_on:
        told.append(
            "要求三倍赔偿但案件里没有证明欺骗的材料：请先补材料（fraud_evidence 或 advert_relied_on），或去掉这一项"
        )
    elif not _carries(facts, seen):
        told.append(tell_late_advert(facts, seen))
    elif not states_deceit(facts):
        told.append("要求三倍赔偿，但经过里没有写明对方说了什么不实的话、隐瞒了什么：请写明，或去掉这一项")
    paid = _paid_after_advert(facts, seen)
    if paid is not None and fraud.amount is not None:
        amount, reckoning = reckon_fraud(paid)
        if fraud.amount != amount:
            told.append(f"三倍赔偿写的是{_yuan(fraud.amount)}，按规定算是{_yuan(amount)}：{reckoning}")
    return told


def _name(kind: DemandKind) -> str:
    return names_of("demands.kind", kind.value)


def _yuan(amount: Decimal) -> str:
    return show_fact("", amount)


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize():f}"
