"""The texts of quick: to the seller (100 characters, and longer) and to the payment provider (300). Pure.

Only what was said goes in; what is not known is 〔…〕 for the sender, or left out. Nothing is threatened, nothing is
called a fraud, nothing promises a refund. `case letter` writes the numbered forms later.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from monitor.complaints.quick.amounts import show_yuan
from monitor.complaints.quick.book import Payment, Problem
from monitor.complaints.quick.model import PaymentText, SellerText
from monitor.complaints.quick.moments import Moment
from monitor.complaints.quick.understand import Understood
from monitor.times import SHANGHAI
from storage.case import PaymentForm, ProblemKind

CHAT_MOST = 100
PAYMENT_MOST = 300
_LONGEST_ORDER = 24
_RIGHTS = "本人依法保留投诉、起诉的权利。"
_NO_MERCHANT = (PaymentForm.PERSONAL_CODE, PaymentForm.TRANSFER)


def write_to_seller(said: Understood, problem: Problem, by: datetime) -> SellerText:
    """What to paste to the seller, with the exact moment until which an answer is asked."""
    return SellerText(_write_chat(said, problem, by), _write_long(said, problem, by))


def _write_chat(said: Understood, problem: Problem, by: datetime) -> str:
    moment = by.astimezone(SHANGHAI)
    order = _short_order(said)
    several = len(said.orders) > 1  # one sum beside several orders: of all or of each is not known
    amount = f"（{show_yuan(said.amount)}元）" if said.amount is not None and not several else ""
    count = f"等{len(said.orders)}笔" if several else ""
    until = f"{moment.month}月{moment.day}日{moment:%H:%M}"
    offer = _say_offer(said).rstrip("。")
    stories = (f"{problem.short}；{offer}", problem.short) if offer else (problem.short,)
    for head, tail in (
        (f"订单{order}{count}{amount}" if order else f"我在贵店的订单{amount}", "" if said.regret else _RIGHTS),
        (f"订单{order}{count}{amount}" if order else f"我的订单{amount}", ""),
        (f"订单尾号{order[-6:]}{count}{amount}" if order else f"我的订单{amount}", ""),
    ):
        for story in stories:
            text = f"{head}：{story}。请于{until}前{problem.want}，并用文字答复。{tail}"
            if len(text) <= CHAT_MOST:
                return text
    return text[: CHAT_MOST - 1] + "…"


def _write_long(said: Understood, problem: Problem, by: datetime) -> str:
    facts = [f"本人在{said.platform or '贵平台'}下单"]
    if said.paid_at is not None:
        facts = [f"本人于{_day(said.paid_at)}在{said.platform or '贵平台'}付款"]
    if said.orders:
        facts.append(f"订单号{'、'.join(said.orders[:3])}{'等' if len(said.orders) > 3 else ''}")
    if len(said.orders) > 1:
        facts.append(f"共{len(said.orders)}笔，各笔金额见账单")
    elif said.amount is not None:
        facts.append(f"金额{show_yuan(said.amount)}元")
    moment = by.astimezone(SHANGHAI)
    fee, offer = _say_fee(said), _say_offer(said)
    if said.regret:
        until = f"{moment.year}年{moment.month}月{moment.day}日{moment:%H:%M}（北京时间）"
        return f"您好。{'，'.join(facts)}。{problem.long}。能否退款？请在{until}前用文字答复。"
    return "\n".join(
        (
            f"您好。{'，'.join(facts)}。{problem.long}{fee}。{offer}",
            f"请在{moment.year}年{moment.month}月{moment.day}日{moment:%H:%M}（北京时间）前，用文字答复以下几点：",
            f"1. {problem.want}；",
            "2. 如果拒绝，请写明理由，以及依据的是下单时页面上的哪一条规则；",
            f"3. {_ask_records(said)}；",
            "4. 请提供贵方的名称、地址和联系方式。",
            f"请不要删除本订单和聊天记录。到期没有答复或协商不成的，{_RIGHTS}",
        )
    )


def _ask_records(said: Understood) -> str:
    """What the seller is asked to show: of a platform that is gone not the records that nobody there can look up."""
    if said.problem is ProblemKind.PLATFORM_GONE:
        return "请说明平台停止服务的时间，以及余额和未完成的订单由谁、怎样处理"
    return "请提供这笔订单的交付记录（何时交付、交付了什么、是否及何时被使用）"


def write_to_payment(said: Understood, problem: Problem, payment: Payment | None) -> PaymentText | None:
    """What to hand to the payment provider, within 300 characters; None where the payment form is not known at all."""
    if payment is None:
        return _write_for_wallet(said, problem)
    text = _payment_text(said, problem, payment) if payment.to and not said.regret else ""
    return PaymentText(
        payment.form.value,
        payment.name,
        payment.to,
        payment.entry,
        text,
        payment.gives,
        payment.instead,
        payment.confirmed,
    )


def _write_for_wallet(said: Understood, problem: Problem) -> PaymentText | None:
    names = {"wechat": "微信支付", "alipay": "支付宝"}
    if said.wallet not in names or said.regret:
        return None
    to = names[said.wallet]
    return PaymentText(
        PaymentForm.UNKNOWN.value,
        f"{to}（收款方是商家还是个人未知）",
        to,
        "先打开账单看收款方：有“商户单号”的是商家，点“对订单有疑惑 / 投诉”；显示个人的，点“投诉 / 举报”",
        _fit(
            _lines(
                said,
                problem,
                f"请求：请核实收款方，协助{_say_what_back(said)}或提供处理渠道。",
            )
        ),
        "付给商家的可以走交易投诉；付给个人的没有商户投诉，一般不会代为退款",
        "如果是付给个人：在账单里举报该账户、请支付机构保留记录，再向卖家和平台书面要求退款，或起诉、报警",
        False,
    )


def _say_what_back(said: Understood) -> str:
    if said.returned is not None:
        return "退回其余款项"
    return _say_difference(said).rstrip("。") if said.redeemed and not said.partly else "把款项退回原支付账户"


def _payment_text(said: Understood, problem: Problem, payment: Payment) -> str:
    if said.fraud:
        wish = "请求：停止向该账户结算、保留交易记录并协助核查。可能涉及以付费解冻等名目骗取款项，以公安机关认定为准。"
    elif payment.form in _NO_MERCHANT:
        wish = "请求：核查并限制该收款账户，保留交易记录和收款人信息，供公安、法院依法调取。"
    elif payment.form is PaymentForm.BALANCE:
        wish = "请求：该款是向平台充值的款项，平台未按约定提供商品，请按该笔交易处理，退回原支付账户。"
    elif said.returned is not None:
        wish = f"请求：{problem.want}，退回原支付账户。"
    elif said.redeemed and not said.partly:
        wish = f"请求：{_say_difference(said)}"
    elif said.partly:
        wish = "请求：就有问题的部分退回原支付账户，共〔有问题部分的金额〕。"
    else:
        wish = "请求：退回原支付账户。"
    return _fit(_lines(said, problem, wish))


def _say_difference(said: Understood) -> str:
    """What is asked back of goods that were redeemed: what did not come."""
    if said.missing is None:
        return "就少给的部分退回原支付账户，共〔少给部分的金额〕。"
    return f"把少给的{show_yuan(said.missing)}元退回原支付账户（按面值与实付相等计，不相等的按比例）。"


def _lines(said: Understood, problem: Problem, wish: str) -> list[str]:
    several = len(said.orders) > 1
    amount = f"{show_yuan(said.amount)}元" if said.amount is not None and not several else "〔金额〕"
    paid = _day(said.paid_at) if said.paid_at is not None else "〔付款时间〕"
    order = f"，商户订单号{_short_order(said)}" if said.orders else ""
    if several:  # a complaint goes by one transaction
        amount, order = "〔本笔金额〕", f"，商户订单号〔{_short_order(said)}等{len(said.orders)}笔中的本笔，逐笔提出〕"
    where = f"，平台：{said.platform}" if said.platform else ""
    contacted = ""
    if said.contacted_at is not None:
        contacted = f"本人已于{_day(said.contacted_at)}联系卖家，〔对方答复或未答复〕。"
    elif said.contacted:
        contacted = "本人已联系卖家，〔对方答复或未答复〕。"
    return [
        f"交易单号：〔交易单号〕，{paid}支付{amount}{order}{where}。",
        f"{problem.long}{_say_fee(said)}。{_say_offer(said)}",
        contacted,
        wish,
        "附图：〔账单、订单、问题截图、聊天记录中已有的；遮住卡密〕。",
    ]


def _fit(lines: list[str]) -> str:
    """The lines as one text within the form's limit; what matters least is left out first."""
    for left_out in ((), (4,), (2, 4)):
        text = "".join(line for place, line in enumerate(lines) if place not in left_out)
        if len(text) <= PAYMENT_MOST:
            return text
    return text[: PAYMENT_MOST - 1] + "…"


def _say_offer(said: Understood) -> str:
    """What the seller offered, where the story above does not say so already."""
    if not said.offer or said.partly or said.problem is ProblemKind.UNKNOWN:
        return ""
    return f"{said.offer}，本人没有接受。" if said.offer_refused else f"{said.offer}。"


def _say_fee(said: Understood) -> str:
    if not said.extra_name or said.extra_paid:  # then his own words tell it
        return ""
    amount: Decimal | None = said.extra
    return f"，对方另要{said.extra_name}{f'{show_yuan(amount)}元' if amount is not None else ''}"


def _short_order(said: Understood) -> str:
    if not said.orders:
        return ""
    order = said.orders[0]
    return order if len(order) <= _LONGEST_ORDER else f"…{order[-_LONGEST_ORDER + 4 :]}"


def _day(moment: Moment) -> str:
    local = moment.at.astimezone(SHANGHAI)
    day = f"{local.year}年{local.month}月{local.day}日"
    return day if moment.day_only else f"{day}{local:%H:%M}"
