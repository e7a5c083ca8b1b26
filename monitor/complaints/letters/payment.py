"""Tells how it was paid, to whom and under which numbers, which only a bill shows.

Takes the material of a letter, gives sentences, each marked by what shows just that. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator

from monitor.complaints.evidence.contradictions import payees_beside
from monitor.complaints.letters.material import Material, say_moment, say_paid
from monitor.complaints.letters.orders import MOST_ORDERS
from monitor.complaints.letters.sentences import fact
from monitor.complaints.letters.support import day_in, text_in, words_in
from monitor.complaints.letters.unasked import is_unasked
from monitor.complaints.model import Sentence
from storage.case import Order, PaymentForm

PAYMENT_ZH = {
    PaymentForm.WECHAT_MERCHANT: "微信支付（商户收款）",
    PaymentForm.ALIPAY_MERCHANT: "支付宝（商户收款）",
    PaymentForm.BANK_CARD: "银行卡",
    PaymentForm.PERSONAL_CODE: "个人收款码",
    PaymentForm.TRANSFER: "转账",
    PaymentForm.EPAY: "聚合支付通道",
    PaymentForm.BALANCE: "平台账户余额",
    PaymentForm.USDT: "USDT",
    PaymentForm.UNKNOWN: "",
}
MONEY_PROOF = ("wallet_bill", "voucher")
_WAYS = {
    PaymentForm.WECHAT_MERCHANT: ("微信", "商户"),
    PaymentForm.ALIPAY_MERCHANT: ("支付宝", "商户"),
    PaymentForm.BANK_CARD: ("银行",),
    PaymentForm.PERSONAL_CODE: ("收款码",),
    PaymentForm.TRANSFER: ("转账",),
    PaymentForm.USDT: ("usdt",),
}
"""The words of a bill that show a way of paying."""


def tell_payment(material: Material) -> tuple[Sentence, ...]:
    """How it was paid, to whom; then under which numbers, which only a bill shows."""
    facts, told = material.facts, list[Sentence]()
    paid = say_paid(facts, facts.paid) if facts.paid is not None else ""
    if paid:
        told.append(material.support_sum(f"{'被扣款' if is_unasked(facts) else '付款'}{paid}", MONEY_PROOF))
    if (
        facts.payment is not PaymentForm.UNKNOWN
    ):  # marked by itself: a bill of a transfer shows no payment to a merchant
        shows = [words_in((word,)) for word in _WAYS.get(facts.payment, ())]
        told.append(material.support(f"付款方式为{PAYMENT_ZH[facts.payment]}", MONEY_PROOF if shows else (), *shows))
    payee, account = material.plain(facts.payee, most=80), material.plain(facts.payee_account, most=80)
    first = facts.orders[0] if facts.orders else Order()
    if material.public:
        return tuple(told)
    if payee:
        shown = material.support(f"收款方为“{payee}”", MONEY_PROOF, text_in(payee))
        told.append(
            material.support(f"账单显示收款方为“{payee}”", MONEY_PROOF, text_in(payee)) if shown.marks else shown
        )
    other = payees_beside(material.file)
    if other:
        name, names = material.plain(other[0], most=60), text_in(other[0])
        bills = [one for one in material.file.items if one.kind in MONEY_PROOF and one.removed_at is None]
        marks = material.marks_of(one.evidence for one in bills if one.text_source != "html" and names(one.text))
        told.append(fact(f"账单显示的收款方为“{name}”，与所填的收款方不同，两者的关系尚待查明", marks))
    if account:
        told.append(material.support(f"收款账号{account}", MONEY_PROOF, text_in(account)))
    if len(facts.orders) == 1 and first.paid_at is not None:
        told.append(
            material.support(
                f"{'扣款' if is_unasked(facts) else '付款'}时间{say_moment(first.paid_at)}",
                MONEY_PROOF,
                day_in(first.paid_at),
            )
        )
    for name, numbers in _list_numbers(material):
        told += [material.support(f"{name}{one}", ("wallet_bill", "voucher", "order"), text_in(one)) for one in numbers]
    return tuple(told)


def _list_numbers(material: Material) -> Iterator[tuple[str, list[str]]]:
    orders = material.facts.orders[:MOST_ORDERS]
    for name, numbers in (
        ("交易单号", [order.payment_no for order in orders]),
        ("商户单号", [order.merchant_no for order in orders]),
    ):
        known = list(dict.fromkeys(kept for one in numbers if one.strip() and (kept := material.plain(one, most=80))))
        if known:
            yield name, known
