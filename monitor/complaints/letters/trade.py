"""Tells the trade: orders, payment, delivery, what went wrong, what was said since. Each sentence with its marks.

Takes the material of a letter, gives sentences; a thing that the buyer did not say is not said. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import urlsplit

from monitor.complaints.evidence.against_claim import find_offer
from monitor.complaints.evidence.contradictions import payees_beside
from monitor.complaints.evidence.exhibits import ROLE_ZH
from monitor.complaints.evidence.said_lines import ROBOT, SELLER, read_chat, states
from monitor.complaints.evidence.talks import holds_answer
from monitor.complaints.facts.age import age_at_order, is_small_child
from monitor.complaints.facts.guardian_consent import withheld_consent
from monitor.complaints.facts.step_outcomes import OUTCOME_ZH
from monitor.complaints.letters.demands import returned
from monitor.complaints.letters.kinds import shown_words
from monitor.complaints.letters.material import Material, is_day_only, say_day, say_exact, say_moment, say_yuan
from monitor.complaints.letters.own_words import OF_GUARDIAN, whose_words
from monitor.complaints.letters.sentences import fact
from monitor.complaints.letters.support import (
    Test,
    amount_in,
    asked_by_buyer,
    day_in,
    is_automatic,
    name_in,
    no_other_day,
    of_these_goods,
    said_by_seller,
    text_in,
    told_by_seller,
    words_in,
)
from monitor.complaints.letters.who_answered import Answerer, shop_on_platform, who_answered
from monitor.complaints.model import CaseFile, SeenVersion, Sentence
from monitor.complaints.routing.channels import load_channels
from monitor.complaints.routing.filing_words import pattern
from monitor.complaints.routing.fraud_signs import is_same_site
from monitor.complaints.routing.limits_of_claims import holds_promise
from scrapers.model import Origin
from storage.case import Answer, CaseStep, Facts, Order, PaymentForm, ProblemKind

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
_GONE = "打不开平台或没有人答复"
PROBLEM_ZH = {
    ProblemKind.DEAD_KEY: "收到的卡密无法兑换或激活",
    ProblemKind.USED_KEY: "收到的卡密在本人使用前已被使用",
    ProblemKind.EXPIRED_KEY: "收到的卡密兑换时有效期已过",
    ProblemKind.SHORT_VALUE: "到手的面值或数量少于约定",
    ProblemKind.NOT_DELIVERED: "付款后没有收到商品",
    ProblemKind.WRONG_GOODS: "收到的商品与页面所示不符",
    ProblemKind.ACCOUNT_LOST: "所购账号被找回或停用",
    ProblemKind.TOPUP_MISSING: "充值没有到账",
    ProblemKind.REFUSED_AFTER_SALES: "售后请求被拒绝",
    ProblemKind.BALANCE_FROZEN: "平台账户余额不能提现或使用",
    ProblemKind.EXTRA_FEE: "被要求在价款之外另行付款",
    ProblemKind.PLATFORM_GONE: f"发现问题时{_GONE}",
    ProblemKind.UNKNOWN: "交易发生争议",
}
_IN_PART = {
    ProblemKind.DEAD_KEY: "收到的卡密有一部分无法兑换或激活",
    ProblemKind.USED_KEY: "收到的卡密有一部分在本人使用前已被使用",
    ProblemKind.EXPIRED_KEY: "收到的卡密有一部分已过有效期",
    ProblemKind.NOT_DELIVERED: "付款后只收到部分商品",
    ProblemKind.WRONG_GOODS: "收到的商品有一部分与页面所示不符",
    ProblemKind.TOPUP_MISSING: "充值只有部分到账",
}
_GROWN_UP = 18
_MOST_ORDERS = 5
_MOST_STEPS = 8
MONEY_PROOF = ("wallet_bill", "voucher")
FAILURES = ("failure", "recording", "use_trace")
_FOUND = (
    ProblemKind.DEAD_KEY,
    ProblemKind.USED_KEY,
    ProblemKind.EXPIRED_KEY,
    ProblemKind.SHORT_VALUE,
    ProblemKind.WRONG_GOODS,
    ProblemKind.TOPUP_MISSING,
    ProblemKind.ACCOUNT_LOST,
    ProblemKind.BALANCE_FROZEN,
)
_CAME_NOT = (ProblemKind.NOT_DELIVERED, ProblemKind.TOPUP_MISSING)
_FILED_ZH = {
    "small_claims": "向法院起诉（小额诉讼）",
    "court": "向法院起诉",
    "market_complaint": "向市场监督管理部门书面投诉",
    "police": "向公安机关报案",
}
_FOUND_FIRST = (ProblemKind.REFUSED_AFTER_SALES, ProblemKind.EXTRA_FEE, ProblemKind.PLATFORM_GONE)
"""What has a day of its own, another than that on which the harm was seen."""
_FEE = re.compile(r"(?<![免无零退])(?:保证金|押金|解冻费|激活费|认证金|认证费|手续费|解冻金)")
_NOT_CAME = re.compile(r"没有?(?:到账|到帐|到|给|发|收到)|未(?:到账|到帐|到|给|发放|收到)|不到账|少给")
_REBATE = re.compile(r"返利|返现|返点|赠送|奖励|红包")
_CLAUSE = re.compile(r"[。；，,;！？!?\s]+")
_ACCOUNT = re.compile(r"账号|帐号|账户|小号|成品号|租号|号$")
_ANSWERS = ("refusal", "reply", "chat")
_LONGEST_REASON = 60
_SHORTEST_REST = 4
_HALF_COMMA = re.compile(r"(?<!\d),|,(?!\d)")
_WAYS = {
    PaymentForm.WECHAT_MERCHANT: ("微信", "商户"),
    PaymentForm.ALIPAY_MERCHANT: ("支付宝", "商户"),
    PaymentForm.BANK_CARD: ("银行",),
    PaymentForm.PERSONAL_CODE: ("收款码",),
    PaymentForm.TRANSFER: ("转账",),
    PaymentForm.USDT: ("usdt",),
}
"""The words of a bill that show a way of paying."""
_TALKS = ("chat", "demand_chat", "reply", "refusal", "first_complaint")


def say_platform(material: Material) -> str:
    """The platform by name and address, as the buyer gives it."""
    name, url = material.plain(material.facts.platform, most=60), material.plain(material.facts.url, most=200)
    if name and url:
        return f"“{name}”（{url}）"
    return f"“{name}”" if name else url or "平台"


def tell_orders(material: Material) -> tuple[Sentence, ...]:
    """Each order; many of them as a sum with the first and last day."""
    orders, where = material.facts.orders, say_platform(material)
    told = [
        material.support(_say_order(material, one, where if place == 0 else "同一平台"), ("order",), *_shows_order(one))
        for place, one in enumerate(orders[:_MOST_ORDERS])
    ]
    paid = material.facts.paid
    if len(orders) > _MOST_ORDERS:
        material.note(f"订单共{len(orders)}笔，正文只列前{_MOST_ORDERS}笔和合计，其余见所附订单和账单")
    if len(orders) > 1 and paid is not None:
        whole = "以上及其余订单" if len(orders) > _MOST_ORDERS else "以上订单"
        told.append(material.support_sum(f"{whole}共{len(orders)}笔，实付合计{say_yuan(paid)}", ("order",)))
    return tuple(told)


def _shows_order(order: Order) -> tuple[Test, ...]:
    """What an exhibit has to show of an order that it marks: its number, its goods, what was paid, no other day."""
    found: list[Test] = [no_other_day(order.ordered_at)] if order.ordered_at else []
    if order.number.strip():
        found.append(text_in(order.number))
    if order.product.strip():
        found.append(name_in(order.product))
    if order.amount is not None:
        found.append(amount_in(order.amount, order.product))
    return tuple(found)


def _say_order(material: Material, order: Order, where: str) -> str:
    parts = []
    when = order.ordered_at or order.paid_at
    what = "支付" if is_fee(order) else "下单购买"
    parts.append(
        f"{material.buyer_word}{f'于{say_moment(when)}' if when else ''}在{where}{what}{_name(material, order)}"
    )
    if order.quantity is not None:
        parts.append(f"数量{order.quantity}")
    if order.number.strip() and not material.public:
        parts.append(f"订单号{material.plain(order.number, most=80)}")
    if order.amount is not None:
        parts.append(f"实付{say_yuan(order.amount)}")
    return "，".join(parts)


def is_fee(order: Order) -> bool:
    """Whether what was paid for was no goods but a deposit or a fee that had to be paid first."""
    return _FEE.search(order.product) is not None


def _name(material: Material, order: Order) -> str:
    name = material.clean(order.product, most=80)
    return f"“{name}”" if name else "商品"


def tell_payment(material: Material) -> tuple[Sentence, ...]:
    """How it was paid, to whom; then under which numbers, which only a bill shows."""
    facts, told = material.facts, list[Sentence]()
    paid = f"{say_yuan(facts.paid)}" if facts.paid is not None else ""
    if paid:
        told.append(material.support_sum(f"付款{paid}", MONEY_PROOF))
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
        told.append(material.support(f"付款时间{say_moment(first.paid_at)}", MONEY_PROOF, day_in(first.paid_at)))
    for name, numbers in _list_numbers(material):
        told += [material.support(f"{name}{one}", ("wallet_bill", "voucher", "order"), text_in(one)) for one in numbers]
    return tuple(told)


def _list_numbers(material: Material) -> Iterator[tuple[str, list[str]]]:
    orders = material.facts.orders[:_MOST_ORDERS]
    for name, numbers in (
        ("交易单号", [order.payment_no for order in orders]),
        ("商户单号", [order.merchant_no for order in orders]),
    ):
        known = list(dict.fromkeys(kept for one in numbers if one.strip() and (kept := material.plain(one, most=80))))
        if known:
            yield name, known


def tell_purpose(material: Material) -> tuple[Sentence, ...]:
    """What it was bought for."""
    orders = material.facts.orders
    goods = [one for one in orders if not is_fee(one)]
    if not material.consumer or (orders and not goods):
        return ()
    names = dict.fromkeys(_name(material, one) for one in goods) if len(goods) < len(orders) else {}
    whose = "" if material.facts.minor else "本人"
    return (fact(f"所购{'、'.join(names) or '商品'}供{whose}生活消费使用"),)


def tell_delivery(material: Material) -> tuple[Sentence, ...]:
    """Whether and when it came, and how long it was to be good for."""
    facts, told = material.facts, list[Sentence]()
    how = "以网络方式" if facts.by_network else "以寄送方式"
    when = f"于{say_moment(facts.received_at)}" if facts.received_at else ""
    later = [one for one in facts.orders if one.ordered_at and facts.received_at and one.ordered_at > facts.received_at]
    if later and facts.delivered is Answer.PARTLY:
        when = ""  # which of the goods came then is not told, and those of later orders did not
        material.note("有的订单晚于所填的交付时间：文书没有写部分商品是何时交付的，请在经过里逐笔写明")
    elif later and facts.delivered is Answer.YES:
        material.note("有的订单晚于所填的交付时间：文书只写此前所购的已交付，其余的请在经过里逐笔写明")
    if facts.problem is ProblemKind.BALANCE_FROZEN or missing_rebate(facts):
        pass  # money stands on an account there: no goods were handed over, nor are any awaited
    elif facts.delivered is Answer.YES and facts.problem in _CAME_NOT:
        material.note(
            f"填写的是收到了，而问题是“{PROBLEM_ZH[facts.problem]}”：文书没有写“交付了商品”，"
            "请核对 delivered（收到的是什么）或 problem 后改正"
        )
    elif facts.delivered is Answer.YES:
        told.append(fact(f"{_name_seller(material)}{when}{how}交付了{'此前所购的' if later else ''}商品"))
    elif facts.delivered is Answer.PARTLY:
        told.append(fact(f"{_name_seller(material)}{when}{how}只交付了部分商品"))
    elif facts.delivered is Answer.NO:
        none = f"付款后至本文书出具之日，{material.buyer_word}没有收到商品"
        told.append(material.support(none, ("failure",), words_in(shown_words("not_delivered"))))
    if facts.valid_until is not None:
        until = facts.valid_until
        when = say_day(until) if is_day_only(until) else say_moment(until)
        told.append(material.support(f"卡面或页面所示的有效期至{when}", ("validity", "product_page"), day_in(until)))
        if facts.problem is ProblemKind.EXPIRED_KEY and facts.received_at is not None and facts.received_at < until:
            material.note("卡密收到时还在有效期内：因没有及时兑换而过期的，要求退款的依据不足，先与对方协商延期或补发")
    return tuple(told)


def _name_seller(material: Material) -> str:
    """How a letter calls the seller where it first does: of a shop on a platform it says that the shop is meant."""
    shop = material.plain(shop_on_platform(material.file), most=40)
    return f"对方（该平台上的店铺“{shop}”）" if shop else "对方"


def tell_problem(material: Material) -> tuple[Sentence, ...]:
    """What went wrong: by its kind with the figures, then in the buyer's own words."""
    facts = material.facts
    told = [
        material.support(f"{_say_noticed(material)}{_say_what_was(material)}", FAILURES, *shows_problem(facts)),
        *tell_open_site(material),
    ]
    if facts.face_value is not None and facts.got_value is not None:
        face, got = facts.face_value, facts.got_value
        told.append(material.support(f"约定面值{say_yuan(face)}", ("spec", "product_page", "order"), amount_in(face)))
        told.append(material.support(f"实际得到{say_yuan(got)}", FAILURES, amount_in(got)))
    if facts.extra_asked is not None:
        name = material.clean(facts.extra_name, most=40)
        came = facts.delivered in (Answer.YES, Answer.PARTLY)
        seller = "对方" if came else _name_seller(material)
        asked = f"{seller}在价款之外另要求支付{f'“{name}”' if name else '费用'}{say_yuan(facts.extra_asked)}"
        tests = [amount_in(facts.extra_asked), *([text_in(facts.extra_name)] if name else [])]
        by_seller = told_by_seller(tests, facts)
        told.append(material.support(asked, ("chat", "reply", "refusal", "demand_chat"), by_seller))
    if facts.balance is not None:
        held = f"{material.buyer_word}在该平台账户中有余额{say_yuan(facts.balance)}"
        told.append(material.support(held, ("balance_record",), amount_in(facts.balance)))
    whose = whose_words(facts)
    told += [fact(f"{whose}{one}") for one in material.tell_story(facts.what_happened)]
    told += tell_consent(material)
    told += _tell_use(material)
    _doubt_story(material)
    return tuple(told)


def tell_consent(material: Material) -> Iterator[Sentence]:
    """That the guardian did not agree, where he declares it; that he does not ratify only of a trade that he could."""
    facts = material.facts
    age = age_at_order(facts, material.today)
    if not withheld_consent(facts) or age is None or age >= _GROWN_UP:
        return
    tail = "" if is_small_child(facts, material.today) else "，监护人不予追认"
    yield fact(f"{OF_GUARDIAN}该笔交易没有经过监护人同意{tail}")


def _say_noticed(material: Material) -> str:
    """When the harm was seen, before what it was: the moment of seeing is not told for that of what was seen.

    A refusal has its own day beside the answer, a demand for a fee beside the talk; nothing that did not come did so at
    one moment.
    """
    facts = material.facts
    if facts.noticed_at is None:
        return ""
    when = say_moment(facts.noticed_at)
    if facts.problem in _FOUND_FIRST:
        return f"{when}，{_side(material)}发现问题；"
    if facts.problem is ProblemKind.NOT_DELIVERED:
        return f"至{when}，"
    if name_problem(material.file).startswith(f"{_side(material)}认为"):
        return f"{when}，"
    return f"{when}，{_side(material)}发现" if facts.problem in _FOUND else f"{when}，"


def _say_what_was(material: Material) -> str:
    """What went wrong, after the moment of seeing: a platform that cannot be opened is not seen twice."""
    told = name_problem(material.file)
    return told.removeprefix("发现问题时") if material.facts.noticed_at is not None else told


def tell_open_site(material: Material) -> tuple[Sentence, ...]:
    """Of a platform that could not be opened: that a later capture opened it, which a reader will find anyway.

    Of another site it is said that nobody knows whose it is; in public nothing, for it may be of somebody else.
    """
    facts = material.facts
    if facts.problem is not ProblemKind.PLATFORM_GONE or facts.noticed_at is None:
        return ()
    sides = [one for page in material.file.pages for one in (page.after, page.newest) if one is not None]
    later = [one for one in sides if one.origin is Origin.OWN and one.seen_at > facts.noticed_at]
    same = [one for one in later if is_same_site(material.file, one)]
    if same:
        return (_say_open(material, same, "{host}的{page}可以打开"),)
    if not later or material.public:
        return ()
    return (_say_open(material, later, "另一网站{host}的{page}可以打开，该网站与上述平台的关系未查明"),)


def _say_open(material: Material, seen: list[SeenVersion], told: str) -> Sentence:
    last = max(seen, key=lambda one: one.seen_at)
    host = urlsplit(last.url).hostname or "该网站"
    what = told.format(host=host, page=ROLE_ZH[last.role])
    return fact(f"其后在{say_exact(last.seen_at)}的抓取中，{what}", material.marks_of((last.capture,)))


def name_problem(file: CaseFile) -> str:
    """The same for a letter: that goods are not as a page shows them only where a page or promise is known."""
    facts = file.case.facts
    if facts.problem is not ProblemKind.WRONG_GOODS or holds_promise(file):
        return say_problem(facts)
    part = "有一部分" if Answer.PARTLY in (facts.delivered, facts.used) else ""
    return f"{_who(facts)}认为收到的商品{part}与约定不符"


def _who(facts: Facts) -> str:
    return "购买人一方" if facts.minor else "本人"


def missing_rebate(facts: Facts) -> str:
    """The rebate or gift that the buyer says did not come, where he says that of nothing else; "" of any other case."""
    if facts.problem is not ProblemKind.TOPUP_MISSING:
        return ""
    missed = [one for one in _CLAUSE.split(facts.what_happened) if _NOT_CAME.search(one)]
    named = [found[0] for one in missed if (found := _REBATE.search(one))]
    return named[0] if named and len(named) == len(missed) else ""


def say_problem(facts: Facts) -> str:
    """What went wrong in a few words; where a part came or was used, of a part only."""
    if rebate := missing_rebate(facts):
        return f"{_who(facts)}认为{rebate}没有到账"
    if Answer.PARTLY in (facts.delivered, facts.used) and facts.problem in _IN_PART:
        return _IN_PART[facts.problem]
    if facts.problem is ProblemKind.USED_KEY and facts.used is not Answer.NO:
        return "收到的卡密兑换时提示已被使用"
    if facts.problem is ProblemKind.ACCOUNT_LOST and not any(_ACCOUNT.search(one.product) for one in facts.orders):
        return "兑换到的商品后来被收回或停用"
    return PROBLEM_ZH[facts.problem]


def shows_problem(facts: Facts) -> tuple[Test, ...]:
    """What an exhibit has to show of what went wrong to mark it."""
    words = shown_words(facts.problem.value)
    return (words_in(words), of_these_goods(facts.orders)) if words else (lambda _text: False,)


def _doubt_story(material: Material) -> None:
    """Tell the writer where his story names another way of payment than his answers, or persons in a public post."""
    facts = material.facts
    wallet = {PaymentForm.WECHAT_MERCHANT: "微信", PaymentForm.ALIPAY_MERCHANT: "支付宝"}.get(facts.payment)
    other = {"微信": "支付宝", "支付宝": "微信"}.get(wallet or "")
    if (
        wallet
        and other
        and wallet not in facts.what_happened
        and re.search(f"{other}[^。；，]{{0,4}}付", facts.what_happened)
    ):
        material.note(f"经过里写的是用{other}付款，而所填的付款方式是{wallet}：请核对账单后改正，两处不一致会被质疑")


def name_unused(facts: Facts) -> str:
    """What was not used: of goods of which a part is good, the other part; of several those that are in dispute."""
    if Answer.PARTLY is facts.delivered and facts.problem not in _CAME_NOT:
        return "其中未能使用的部分"
    several = len(facts.orders) > 1 or any((one.quantity or 1) > 1 for one in facts.orders)
    return "有争议的商品" if several else "该商品"


def _tell_use(material: Material) -> Iterator[Sentence]:
    facts = material.facts
    if facts.used is Answer.NO and facts.problem is ProblemKind.ACCOUNT_LOST:
        material.note("填写的是没有使用过，而问题是到手以后被收回或停用：文书没有写“没有使用过”，请核对 used 后改正")
    elif facts.used is Answer.NO:
        none = f"{material.buyer_word}没有成功兑换或使用过{name_unused(facts)}"
        yield material.support(none, ("use_trace",), words_in(shown_words("unused")))
    elif facts.used in (Answer.YES, Answer.PARTLY):
        when = f"于{say_moment(facts.used_at)}" if facts.used_at else ""
        what = "该商品" if facts.used is Answer.YES else "该商品的一部分"
        told = f"{material.buyer_word}曾{when}兑换、登录或使用过{what}"
        yield material.support(told, ("use_trace",), words_in(shown_words("used")), no_other_day(facts.used_at))


def tell_dealings(material: Material) -> tuple[Sentence, ...]:
    """What was asked of the seller, what he answered, what came back."""
    return (*tell_asking(material), *tell_answer(material))


def tell_asking(material: Material) -> tuple[Sentence, ...]:
    """That the seller was asked, and that nothing came where nothing did."""
    facts, told = material.facts, list[Sentence]()
    if facts.contacted_at is not None:
        whom = "向对方" if who_answered(material.file) is Answerer.SELLER else ""
        asked = f"{_side(material)}于{say_moment(facts.contacted_at)}{whom}提出处理要求"
        tests = (no_other_day(facts.contacted_at), asked_by_buyer(facts, facts.contacted_at))
        told.append(material.support(asked, ("demand_chat", "first_complaint", "chat"), *tests))
        if not facts.seller_reply.strip():
            told += _tell_silence(material)
    return tuple(told)


def tell_answer(material: Material, *, most: int = 200) -> tuple[Sentence, ...]:
    """What speaks for the seller: his answer and what came back. Never left out for want of room."""
    facts, told = material.facts, list[Sentence]()
    when = f"于{say_moment(facts.replied_at)}" if facts.replied_at else ""
    whole = _whole_line(material)
    full = material.tell_reply(most=most, said=whole) if whole and len(whole) <= most else ""
    reply = full or material.tell_reply(most=most)
    if reply:
        by_seller = said_by_seller(facts.seller_reply, facts)
        tests = (no_other_day(facts.replied_at), by_seller)
        marked = material.support("", _ANSWERS, *tests, is_automatic(facts.seller_reply, facts)).marks
        who = who_answered(material.file)
        what = "的自动回复" if marked else "答复"
        what += "（节录）" if whole and not full else ""
        said = f"{who}{when}{what}" if who else f"{_side(material)}{when}收到{what.removeprefix('的')}"
        told.append(material.support(f"{said}：“{reply}”", _ANSWERS, *tests))
    elif facts.seller_reply.strip():
        told.append(fact(f"{who_answered(material.file)}{when}已有答复，原话见聊天记录"))
        material.note("对方的答复没有能写进文书的部分：提交前请自行把答复的意思补写进去，尤其是同意退款、换货的")
    if facts.seller_reply.strip():
        _doubt_quotation(material)
        told += _tell_offer(material)
    back = returned(material.file.steps)
    if back:
        proofs = [proof for step in material.file.steps if step.returned for proof in step.proof]
        told.append(material.support_by(f"此前已退回{say_yuan(back)}", proofs, amount_in(back)))
    return tuple(told)


def is_unanswered(material: Material) -> bool:
    """Whether nothing in the case may be an answer to the demand: no reply, no chat, no offer in the story."""
    facts = material.facts
    if facts.seller_reply.strip() or pattern("proofs", "tells_offer").search(facts.what_happened):
        return False
    return not any(holds is not False for holds in _judge_talks(material).values())


def _judge_talks(material: Material) -> dict[str, bool | None]:
    """Of each talk among the exhibits, by number, whether it holds an answer to the demand."""
    facts = material.facts
    return {
        one.number: holds_answer(
            material.read_in(one), facts, facts.contacted_at, asked=one.kind in ("refusal", "reply")
        )
        for one in material.exhibits
        if one.form == "item" and one.kind in _TALKS
    }


def _tell_silence(material: Material) -> tuple[Sentence, ...]:
    """That no answer came: never where the case holds what may be one; an answer to the demand in a chat is named."""
    if is_unanswered(material):
        return (fact(f"至本文书出具时，{_side(material)}没有收到能解决问题的答复"),)
    answered = [number for number, holds in _judge_talks(material).items() if holds]
    if answered:
        material.note(
            "聊天记录中有对方的答复，而案件没有填写：请用 case set 填写 seller_reply，对方同意退款、换货的更要写明"
        )
        return (fact(f"{who_answered(material.file)}已有答复，原话见聊天记录", answered[:3]),)
    material.note(
        "经过或聊天记录里有话看不出是不是对处理要求的答复：没有写“没有收到答复”；"
        "是答复的填进 seller_reply，没有答复的在经过里写明"
    )
    return ()


def _tell_offer(material: Material) -> tuple[Sentence, ...]:
    """What the seller offers in a chat beside the answer that is filled in: a reader will find it anyway."""
    offer = find_offer(material.file)
    if offer is None:
        unnamed = find_offer(material.file, unnamed=True)
        if unnamed is not None:
            material.note(
                f"聊天记录中有“{unnamed.read}”，看不出是谁说的；是对方说的，补进 seller_reply，不要只写拒绝的话"
            )
        return ()
    material.note(
        f"聊天记录中对方说“{offer.read}”，所填的卖家答复里没有：先答复它，并补进 seller_reply；没有兑现的写明没有兑现"
    )
    told = "" if material.public else material.clean(offer.read, most=60)
    return (fact(f"聊天记录中另有答复：“{told}”", material.marks_of((offer.item,))),) if told else ()


def _whole_line(material: Material) -> str:
    """The seller's line of a chat of which the answer, as it is filled in, is a part: half of it may be what he grants.

    "" where no such line is known, or where it says no more than the answer.
    """
    quote = _bare(material.facts.seller_reply)
    for one in material.exhibits:
        if not quote or one.form != "item" or one.kind not in _TALKS:
            continue
        for line in read_chat(material.read_in(one), material.facts):
            said = _bare(line.words)
            more = len(_bare(said.replace(quote, ""))) >= _SHORTEST_REST  # 亲, 您好 say nothing
            if line.who in (SELLER, ROBOT) and quote in said and more and states(line, material.facts.seller_reply):
                return _HALF_COMMA.sub("，", " ".join(line.words.split()))
    return ""


def _bare(words: str) -> str:
    """Words without spaces, and without the signs at their ends, which change nothing of what is said."""
    return "".join(unicodedata.normalize("NFKC", words).split()).strip('，,。.！!？?；;~～…“”"')


def _doubt_quotation(material: Material) -> None:
    """Tell the writer that a named seller's lines are in the case and none of them says the answer as it is quoted."""
    facts = material.facts
    lines = [
        line
        for one in material.exhibits
        if one.form == "item" and one.kind in _TALKS
        for line in read_chat(material.read_in(one), facts)
        if line.who in (SELLER, ROBOT)
    ]
    if lines and not any(states(line, facts.seller_reply) for line in lines):
        material.note("所填的卖家答复在聊天记录中读不到原话，文书里却加了引号：对照聊天改成原话，不是这次说的去掉")


def _side(material: Material) -> str:
    return "购买人一方" if material.facts.minor else "本人"


def tell_steps(
    material: Material, *, leave_out: tuple[str, ...] = (), pending: str = "", stated: tuple[str, ...] = ()
) -> tuple[Sentence, ...]:
    """What was filed where before, with its proof and how it ended; what has no proof is left out and said so.

    What is still open at the channel `pending` is left out: it is what this letter is written for. What was decided by
    the channels `stated` is told without a mark where no proof shows it: the reader must know it.
    """
    told, bare, unlike, told_bare = [], list[str](), list[str](), list[str]()
    for step in material.file.steps[:_MOST_STEPS]:
        if step.channel in leave_out or (step.channel == pending and not step.outcome):
            continue
        without = step.channel in stated and bool(step.outcome or step.accepted_at)
        if not material.marks_of(step.proof) and not without:
            bare.append(name_channel(step.channel))
            continue
        how = _FILED_ZH.get(step.channel, f"向{name_channel(step.channel)}提出")
        text = f"本人已于{say_day(step.filed_at)}{how}"
        if step.receipt_no.strip() and not material.public:
            text += f"，编号{material.plain(step.receipt_no, most=60)}"
        if step.outcome in OUTCOME_ZH:
            text += f"，结果：{OUTCOME_ZH[step.outcome]}{_say_reason(material, step)}"
        elif step.accepted_at is not None:
            text += f"，已于{say_day(step.accepted_at)}受理"
        sentence = _support_filing(material, step, text)
        shown = bool(sentence.marks) or sentence.text != fact(text).text
        if shown or without:
            told.append(sentence)
        if not shown:  # what was brought as its proof shows something else
            (told_bare if without else unlike).append(name_channel(step.channel))
    if bare:
        material.note(
            f"向{'、'.join(dict.fromkeys(bare))}的提交没有凭证，没有写入：补上回执或截图（case file 的 --proof）"
        )
    if unlike:
        material.note(
            f"向{'、'.join(dict.fromkeys(unlike))}提交的凭证里读不到该机构的名称或编号，没有写入："
            "换一张看得出向谁提交、编号多少的回执"
        )
    if told_bare:
        material.note(
            f"向{'、'.join(dict.fromkeys(told_bare))}的提交按本人陈述写入，没有标凭证："
            "没有回执，或回执里读不到该机构的名称或编号，补一张再标"
        )
    return tuple(told)


def _say_reason(material: Material, step: CaseStep) -> str:
    """Why a body refused to take it up, as the buyer noted it; "" for any other end."""
    reason = material.clean(step.note, most=_LONGEST_REASON).rstrip("。") if step.outcome == "rejected" else ""
    return f"（所告知的理由：{reason}）" if reason else ""


def tell_pressure(material: Material) -> tuple[Sentence, ...]:
    """What may be said of other ways: a filing that has its proof, and that rights are kept. Never a threat."""
    return tell_steps(material, leave_out=("platform",))[:3]


def _support_filing(material: Material, step: CaseStep, text: str) -> Sentence:
    """A filing with its proof, where that can be read and is of a filing, and of no other number or day."""
    number = [text_in(step.receipt_no)] if step.receipt_no.strip() else []
    return material.support_by(text, step.proof, words_in(shown_words("filed")), no_other_day(step.filed_at), *number)


def name_channel(channel: str) -> str:
    """The Chinese name of a channel."""
    known = load_channels().get(channel)
    return known.name.partition("——")[0] if known else "有关渠道"
