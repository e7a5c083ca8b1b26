"""Tells the trade: orders, payment, delivery, what went wrong, what was said since. Each sentence with its marks.

Takes the material of a letter, gives sentences; a thing that the buyer did not say is not said. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator

from monitor.complaints.letters.demands import returned
from monitor.complaints.letters.material import Material, say_day, say_moment, say_yuan
from monitor.complaints.letters.sentences import fact
from monitor.complaints.model import Sentence
from monitor.complaints.routing.channels import load_channels
from storage.case import Answer, CaseStep, Order, PaymentForm, ProblemKind, Purpose

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
PROBLEM_ZH = {
    ProblemKind.DEAD_KEY: "收到的卡密无法兑换或激活",
    ProblemKind.USED_KEY: "收到的卡密在本人使用前已被使用",
    ProblemKind.EXPIRED_KEY: "收到的卡密已过有效期",
    ProblemKind.SHORT_VALUE: "到手的面值或数量少于约定",
    ProblemKind.NOT_DELIVERED: "付款后没有收到商品",
    ProblemKind.WRONG_GOODS: "收到的商品与页面所示不符",
    ProblemKind.ACCOUNT_LOST: "所购账号被找回或停用",
    ProblemKind.TOPUP_MISSING: "充值没有到账",
    ProblemKind.REFUSED_AFTER_SALES: "售后请求被拒绝",
    ProblemKind.BALANCE_FROZEN: "平台账户余额不能提现或使用",
    ProblemKind.EXTRA_FEE: "被要求在价款之外另行付款",
    ProblemKind.PLATFORM_GONE: "平台无法打开或无人答复",
    ProblemKind.UNKNOWN: "交易发生争议",
}
_MOST_ORDERS = 5
_MOST_STEPS = 8
_MONEY_PROOF = ("wallet_bill", "voucher")
_FAILURES = ("failure", "recording", "use_trace")
OUTCOME_ZH = {
    "refunded": "已退款",
    "replaced": "已换货",
    "partly": "部分解决",
    "refused": "被拒绝",
    "rejected": "不予受理",
    "ended": "已终止",
    "silent": "没有答复",
}


def say_platform(material: Material) -> str:
    """The platform by name and address, as the buyer gives it."""
    name, url = material.plain(material.facts.platform, most=60), material.plain(material.facts.url, most=200)
    if name and url:
        return f"“{name}”（{url}）"
    return f"“{name}”" if name else url or "平台"


def tell_orders(material: Material) -> tuple[Sentence, ...]:
    """Each order; many of them as a sum with the first and last day."""
    orders, where = material.facts.orders, say_platform(material)
    marks = material.marks("order")
    told = [fact(_say_order(material, one, where if place == 0 else "同一平台"), marks)
            for place, one in enumerate(orders[:_MOST_ORDERS])]  # fmt: skip
    paid = material.facts.paid
    if len(orders) > _MOST_ORDERS:
        material.note(f"订单共{len(orders)}笔，正文只列前{_MOST_ORDERS}笔，其余列在证据和附表中")
    if len(orders) > 1 and paid is not None:
        told.append(fact(f"以上及其余订单共{len(orders)}笔，实付合计{say_yuan(paid)}", marks))
    return tuple(told)


def _say_order(material: Material, order: Order, where: str) -> str:
    parts = []
    when = order.ordered_at or order.paid_at
    parts.append(
        f"{material.buyer_word}{f'于{say_moment(when)}' if when else ''}在{where}下单购买{_name(material, order)}"
    )
    if order.quantity is not None:
        parts.append(f"数量{order.quantity}")
    if order.number.strip() and not material.public:
        parts.append(f"订单号{material.plain(order.number, most=80)}")
    if order.amount is not None:
        parts.append(f"实付{say_yuan(order.amount)}")
    return "，".join(parts)


def _name(material: Material, order: Order) -> str:
    name = material.clean(order.product, most=80)
    return f"“{name}”" if name else "商品"


def tell_payment(material: Material) -> tuple[Sentence, ...]:
    """How it was paid, to whom; then under which numbers, which only a bill shows."""
    facts, parts = material.facts, list[str]()
    paid = f"{say_yuan(facts.paid)}" if facts.paid is not None else ""
    if facts.payment is not PaymentForm.UNKNOWN:
        parts.append(f"通过{PAYMENT_ZH[facts.payment]}付款{paid}")
    elif paid:
        parts.append(f"付款{paid}")
    if facts.payee.strip() and not material.public:
        parts.append(f"账单显示收款方为“{material.plain(facts.payee, most=80)}”")
    if facts.payee_account.strip() and not material.public:
        parts.append(f"收款账号{material.plain(facts.payee_account, most=80)}")
    first = facts.orders[0] if facts.orders else Order()
    if len(facts.orders) == 1 and first.paid_at is not None and not material.public:
        parts.append(f"付款时间{say_moment(first.paid_at)}")
    told = [fact("，".join(parts), material.marks(*_MONEY_PROOF))] if parts else []
    numbers = "" if material.public else "，".join(_say_numbers(material))
    if numbers:
        told.append(fact(numbers, material.marks("wallet_bill")))
    return tuple(told)


def _say_numbers(material: Material) -> Iterator[str]:
    orders = material.facts.orders[:_MOST_ORDERS]
    for name, numbers in (
        ("交易单号", [order.payment_no for order in orders]),
        ("商户单号", [order.merchant_no for order in orders]),
    ):
        known = list(dict.fromkeys(kept for one in numbers if one.strip() and (kept := material.plain(one, most=80))))
        if known:
            yield f"{name}{'、'.join(known)}"


def tell_purpose(material: Material) -> tuple[Sentence, ...]:
    """What it was bought for."""
    if material.facts.purpose is Purpose.LIVING:
        return (fact("所购商品供本人生活消费使用" if not material.facts.minor else "所购商品供生活消费使用"),)
    return ()


def tell_delivery(material: Material) -> tuple[Sentence, ...]:
    """Whether and when it came, and how long it was to be good for."""
    facts, told = material.facts, list[Sentence]()
    how = "以网络方式" if facts.by_network else "以寄送方式"
    when = f"于{say_moment(facts.received_at)}" if facts.received_at else ""
    if facts.delivered is Answer.YES:
        told.append(fact(f"对方{when}{how}交付了商品"))
    elif facts.delivered is Answer.PARTLY:
        told.append(fact(f"对方{when}{how}只交付了部分商品"))
    elif facts.delivered is Answer.NO:
        told.append(fact(f"付款后至本文书出具之日，{material.buyer_word}没有收到商品", material.marks("failure")))
    if facts.valid_until is not None:
        told.append(fact(f"约定的有效期至{say_moment(facts.valid_until)}", material.marks("validity", "product_page")))
    return tuple(told)


def tell_problem(material: Material) -> tuple[Sentence, ...]:
    """What went wrong: by its kind with the figures, then in the buyer's own words."""
    facts, marks = material.facts, material.marks(*_FAILURES)
    when = f"{say_moment(facts.noticed_at)}，" if facts.noticed_at else ""
    told = [fact(f"{when}{PROBLEM_ZH[facts.problem]}", marks)]
    if facts.face_value is not None and facts.got_value is not None:
        both = f"约定面值{say_yuan(facts.face_value)}，实际得到{say_yuan(facts.got_value)}"
        told.append(fact(both, material.marks("spec", *_FAILURES)))
    if facts.extra_asked is not None:
        name = material.clean(facts.extra_name, most=40)
        asked = f"对方在价款之外另要求支付{f'“{name}”' if name else '费用'}{say_yuan(facts.extra_asked)}"
        told.append(fact(asked, material.marks("loss", "chat", "reply", "failure")))
    if facts.balance is not None:
        told.append(
            fact(
                f"{material.buyer_word}在该平台账户中有余额{say_yuan(facts.balance)}", material.marks("balance_record")
            )
        )
    told += [fact(one) for one in material.tell_story(facts.what_happened)]
    told += _tell_use(material)
    return tuple(told)


def _tell_use(material: Material) -> Iterator[Sentence]:
    facts = material.facts
    if facts.used is Answer.NO:
        yield fact(f"{material.buyer_word}没有成功兑换或使用过该商品", material.marks("use_trace"))
    elif facts.used in (Answer.YES, Answer.PARTLY):
        when = f"于{say_moment(facts.used_at)}" if facts.used_at else ""
        yield fact(f"{material.buyer_word}曾{when}兑换、登录或使用过该商品", material.marks("use_trace"))


def tell_dealings(material: Material) -> tuple[Sentence, ...]:
    """What was asked of the seller, what he answered, what came back."""
    facts, told = material.facts, list[Sentence]()
    if facts.contacted_at is not None:
        told.append(
            fact(
                f"{_side(material)}于{say_moment(facts.contacted_at)}向对方提出处理要求",
                material.marks("demand_chat", "first_complaint", "chat"),
            )
        )
    when = f"于{say_moment(facts.replied_at)}" if facts.replied_at else ""
    reply = material.clean(facts.seller_reply, most=200)
    if reply:
        told.append(fact(f"对方{when}答复：“{reply}”", material.marks("refusal", "reply", "chat")))
    elif facts.contacted_at is not None and not facts.seller_reply.strip():
        told.append(fact(f"至本文书出具时，{_side(material)}没有收到能解决问题的答复"))
    back = returned(material.file.steps)
    if back:
        told.append(fact(f"此前已退回{say_yuan(back)}", _proof_of(material, *material.file.steps)))
    return tuple(told)


def _side(material: Material) -> str:
    return "购买人一方" if material.facts.minor else "本人"


def tell_steps(material: Material, *, leave_out: tuple[str, ...] = ()) -> tuple[Sentence, ...]:
    """What was filed where before, with its proof and how it ended. What has no proof is the writer's statement."""
    told = []
    for step in material.file.steps[:_MOST_STEPS]:
        if step.channel in leave_out:
            continue
        text = f"本人已于{say_day(step.filed_at)}向{name_channel(step.channel)}提出"
        if step.receipt_no.strip() and not material.public:
            text += f"，编号{material.plain(step.receipt_no, most=60)}"
        if step.outcome in OUTCOME_ZH:
            text += f"，结果：{OUTCOME_ZH[step.outcome]}"
        told.append(fact(text, _proof_of(material, step)))
    return tuple(told)


def tell_pressure(material: Material) -> tuple[Sentence, ...]:
    """What may be said of other ways: a filing that has its proof, and that rights are kept. Never a threat."""
    proven = [step for step in material.file.steps if step.channel != "platform" and _proof_of(material, step)]
    told = [
        fact(f"本人已于{say_day(step.filed_at)}向{name_channel(step.channel)}提出", _proof_of(material, step))
        for step in proven[:3]
    ]
    return tuple(told)


def name_channel(channel: str) -> str:
    """The Chinese name of a channel."""
    known = load_channels().get(channel)
    return known.name.partition("——")[0] if known else "有关渠道"


def _proof_of(material: Material, *steps: CaseStep) -> tuple[str, ...]:
    return material.marks_of(proof for step in steps for proof in step.proof)
