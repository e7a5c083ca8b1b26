"""A dispute at the payment provider: the fields of its form, one payment at a time, and a short description.

Nothing here promises that money comes back. Pure.
"""

from __future__ import annotations

from monitor.complaints.letters.common import tell_answered
from monitor.complaints.letters.demands import reckon_demands, returned
from monitor.complaints.letters.material import Material, say_moment, say_yuan
from monitor.complaints.letters.parties import say_payment
from monitor.complaints.letters.payment import MONEY_PROOF
from monitor.complaints.letters.problem_words import missing_rebate
from monitor.complaints.letters.sentences import demand, fact, fields, items, paragraph
from monitor.complaints.letters.short import caption_sentences
from monitor.complaints.letters.support import amount_in, day_in, text_in
from monitor.complaints.letters.unasked import is_renewal
from monitor.complaints.model import Letter, Sentence
from monitor.complaints.routing.filing_words import find_clause
from storage.case import Order, PaymentForm, ProblemKind

_MOST_PAYMENTS = 10


def write_payment(material: Material) -> Letter:
    """A payment dispute: the fields of the form, a description within 300 characters, captions."""
    from monitor.complaints.letters.short import payment_sentences

    facts = material.facts
    several = len(facts.orders) > 1
    rows: list[tuple[str, Sentence]] = []
    for place, one in enumerate(facts.orders[:_MOST_PAYMENTS], 1):
        rows += _payment_rows(material, one, f"（第{place}笔）" if several else "")
    if facts.payment is not PaymentForm.UNKNOWN:
        rows.append(("支付方式", fact(say_payment(material))))
    rows.append(("争议类型", fact(_dispute_of(material))))
    rows += _refund_row(material)
    if several:
        material.note("每笔付款要在账单里分别投诉：单号、金额按本文书逐笔填写，不要把合计填进其中一笔")
    if len(facts.orders) > _MOST_PAYMENTS:
        material.note(f"付款共{len(facts.orders)}笔，本文书只列前{_MOST_PAYMENTS}笔")
    material.note("支付机构会不会退款由商户和平台规则决定，本说明不保证结果")
    return Letter(
        "payment",
        material.kind.name,
        "支付机构客服",
        (
            fields("交易信息", rows),
            paragraph("争议描述", payment_sentences(material)),
            *tell_answered(material, 60),
            items("图片说明", tuple(caption_sentences(material))),
        ),
        material.today,
    )


def _payment_rows(material: Material, order: Order, which: str) -> list[tuple[str, Sentence]]:
    """What the form asks of one payment, each with the bill that shows it."""
    rows: list[tuple[str, Sentence]] = []
    for name, number in (("交易单号", order.payment_no), ("商户单号", order.merchant_no)):
        if number.strip():
            rows.append((f"{name}{which}", material.support(material.plain(number), MONEY_PROOF, text_in(number))))
    moment = order.paid_at or order.ordered_at
    if moment is not None:
        rows.append((f"付款时间{which}", material.support(say_moment(moment), MONEY_PROOF, day_in(moment))))
    if order.amount is not None:
        shown = amount_in(order.amount, order.product)
        rows.append((f"付款金额{which}", material.support(say_yuan(order.amount), MONEY_PROOF, shown)))
    return rows


def _refund_row(material: Material) -> list[tuple[str, Sentence]]:
    """What of the payments is asked back: never more than was paid and not returned yet."""
    facts = material.facts
    refund = next((one for one in reckon_demands(material) if one.amount is not None), None)
    if refund is None or refund.amount is None:
        return []
    left = None if facts.paid is None else facts.paid - returned(material.file.steps)
    amount = refund.amount if left is None else min(refund.amount, left)
    if amount < refund.amount:
        material.note(f"支付争议只能请求退回付款本身：按{say_yuan(amount)}填写，其余请求在投诉或起诉中提出")
    name = "请求退款金额（各笔合计）" if len(facts.orders) > 1 else "请求退款金额"
    return [(name, demand(say_yuan(amount)))] if amount > 0 else []


def _dispute_of(material: Material) -> str:
    slip = find_clause(material.facts, "own_slip", "own_slip_unless")
    if slip and material.facts.problem in (ProblemKind.TOPUP_MISSING, ProblemKind.NOT_DELIVERED):
        return "充值信息填写有误，没有到账"
    if rebate := missing_rebate(material.facts):
        return f"{rebate}没有到账"
    if material.facts.problem is ProblemKind.WRONG_GOODS:
        return "商品或服务与约定不符"
    return {
        "not_delivered": "未收到商品或服务",
        "topup_missing": "未收到商品或服务",
        "platform_gone": "未收到商品或服务",
        "refused_after_sales": "商家拒绝处理",
        "short_value": "到账的金额或数量少于约定",
        "balance_frozen": "账户余额不能提现或使用",
        "extra_fee": "商家要求另行付款",
        "unasked_charge": "未经同意的扣款（自动续费）" if is_renewal(material.facts) else "未经同意的扣款",
    }.get(material.facts.problem.value, "商品或服务与描述不符、无法使用")
