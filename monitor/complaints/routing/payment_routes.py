"""Which disputes a payment has at all: a merchant's trade can be disputed, a transfer to a person cannot. Pure.

Takes how the order was paid, gives the channels of layer 3 that exist for it and those that do not, with the reason.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from monitor.complaints.model import Unsuited
from monitor.complaints.routing.channels import in_force, load_channels
from storage.case import Facts, PaymentForm

PAYMENT_CHANNELS = ("wechat_pay", "alipay", "bank", "transfer_report")
"""The channels that dispute a payment or report its payee."""
_WALLETS = ("wechat_pay", "alipay")
_WECHAT_NO = re.compile(r"4200\d{24}")  # how the numbers of WeChat Pay looked in 2026; a hint only
_ALIPAY_NO = re.compile(r"20\d{6}22\d{18,22}")
_OF = {
    PaymentForm.WECHAT_MERCHANT: ("wechat_pay",),
    PaymentForm.ALIPAY_MERCHANT: ("alipay",),
    PaymentForm.BANK_CARD: ("bank",),
    PaymentForm.PERSONAL_CODE: ("transfer_report",),
    PaymentForm.TRANSFER: ("transfer_report",),
    PaymentForm.USDT: ("transfer_report",),
}
_WHY_NONE = {
    PaymentForm.PERSONAL_CODE: "付给个人收款码的，没有商户争议可提；改用转账举报、钱包客服，并向公安机关反映",
    PaymentForm.TRANSFER: "转账、红包没有商户争议可提；改用转账举报、钱包客服，并向公安机关反映",
    PaymentForm.USDT: "虚拟币付款没有支付机构的争议处理，也难以追回；保存地址和交易哈希，向公安机关反映",
    PaymentForm.BALANCE: "用平台余额付款，没有支付争议可提；当初充值的那一笔，按充值时的付款方式另提",
    PaymentForm.UNKNOWN: "付款方式未填写：看账单上的收款方是商户还是个人；填写后再看计划（case set 案件 payment=…）",
}


@dataclass(frozen=True)
class PaymentRoute:
    """The payment channels of a case. `note` is what to mind, "" for nothing."""

    channels: tuple[str, ...]
    unsuited: tuple[Unsuited, ...] = ()
    note: str = ""


def find_payment_route(facts: Facts, day: date) -> PaymentRoute:
    """The payment disputes that exist for how the order was paid."""
    form = facts.payment
    if form is PaymentForm.EPAY:
        return _of_gateway(facts)
    channels = _OF.get(form, ())
    why = _WHY_NONE.get(form, "")
    names = load_channels()
    unsuited = tuple(
        Unsuited(one, names[one].name, why, in_force(("yfk-15",) if form is PaymentForm.BALANCE else (), day))
        for one in (_WALLETS if why else ())
    )
    return PaymentRoute(channels, unsuited, why if form is PaymentForm.UNKNOWN else "")


def _of_gateway(facts: Facts) -> PaymentRoute:
    """易支付 collects for others: what can be disputed is the trade in the wallet under it."""
    numbers = [one.payment_no.strip() for one in facts.orders]
    wechat = any(_WECHAT_NO.fullmatch(one) for one in numbers)
    alipay = any(_ALIPAY_NO.fullmatch(one) for one in numbers)
    note = "易支付是代收通道：以您付款时所用钱包的账单为准提争议；账单上的商户可能是代收的第三方"
    if wechat != alipay:
        return PaymentRoute(("wechat_pay",) if wechat else ("alipay",), note=note + "（按交易单号的样式推断）")
    return PaymentRoute(_WALLETS, note=note + "；下面两个只提付款时用的那一个")
