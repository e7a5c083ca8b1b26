"""What the evidence, the story and the sums say against the claim itself, before anybody reads it at an office.

Money that came back, a key that worked, one order counted twice, times in the wrong order, damages that nothing shows,
words that turn a complaint into a threat. Takes a case file and a channel at which something is claimed, gives what is
missing with a way out for each. Pure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from monitor.complaints.evidence.against_claim import find_against, find_offer, find_refund
from monitor.complaints.evidence.contradictions import find_contradictions
from monitor.complaints.facts.demands import consumed_of, holds_gift
from monitor.complaints.facts.fact_paths import show_moment
from monitor.complaints.model import CaseFile, Missing
from monitor.complaints.routing.channels import in_force
from monitor.complaints.routing.conduct_words import CONDUCT_ZH, Conduct, find_misconduct
from monitor.complaints.routing.exclusions import BODIES, COMPLAINTS
from monitor.complaints.routing.filing_words import clauses_of, find_clause, pattern
from monitor.complaints.routing.payment_routes import PAYMENT_CHANNELS
from storage.case import Answer, DemandKind, Facts, Order, PaymentForm, ProblemKind

PUBLIC = ("heimao", "xfb", "tszt")
CLAIMS = (*BODIES, "platform", *PUBLIC, *PAYMENT_CHANNELS)
"""The channels at which the buyer asks for something."""

_REFUSE = ("tsjb-16", "tsjb_old-15")
_ASKED = ("tsjb-10", "tsjb_old-9")
_FAILS = (ProblemKind.DEAD_KEY, ProblemKind.EXPIRED_KEY)
_KEYS = (*_FAILS, ProblemKind.USED_KEY, ProblemKind.SHORT_VALUE)
_NOT_COME = (ProblemKind.NOT_DELIVERED, ProblemKind.TOPUP_MISSING)
_NEAR = timedelta(minutes=5)  # two clocks
_MOST_QUOTED = 30
_MONEY = re.compile(r"(?<![\d.])\d[\d,]*(?:\.\d{1,2})?(?![\d])")


def find_claim_blocks(file: CaseFile, channel: str) -> list[Missing]:
    """Everything that speaks against the claim; [] for a channel at which nothing is claimed.

    To the police nothing is claimed, but what was lost is told: money that came back or was never paid stops that.
    """
    if channel == "police":
        return [*_of_loss(file)]
    if channel not in CLAIMS:
        return []
    return [
        *_of_refund(file, channel),
        *_of_success(file, channel),
        *_of_story(file, channel),
        *_of_doubles(file, channel),
        *_of_order_of_times(file, channel),
        *_of_sums(file, channel),
        *_of_expiry(file, channel),
        *_of_offer(file, channel),
        *_of_conduct(file, channel),
    ]


def _refused(file: CaseFile, channel: str) -> tuple[str, ...]:
    return in_force(_REFUSE if channel in COMPLAINTS else (), file.today)


def _asked(file: CaseFile, channel: str) -> tuple[str, ...]:
    return in_force(_ASKED if channel in COMPLAINTS else (), file.today)


def _quote(text: str) -> str:
    return text if len(text) <= _MOST_QUOTED else text[:_MOST_QUOTED] + "…"


def _of_refund(file: CaseFile, channel: str) -> Iterator[Missing]:
    found = find_refund(file)
    if found is None:
        whole = _told_back(file) if channel not in BODIES else None  # a body is stopped by what was told already
        if whole is not None:
            yield whole
            return
        recorded = any(step.returned for step in file.steps)
        said = find_clause(file.case.facts, "refunded_part", "refunded_part_unless")
        if said and not recorded and _asks_whole(file.case.facts):
            yield Missing(
                "refunded",
                "扣除已经退回的钱",
                f"经过中写有“{_quote(said)}”，请求却是退回全部",
                "把请求改为差额（case set 案件 demands.1.amount=差额），或用 case answer 记录退回多少",
                _refused(file, channel),
                said,
            )
        return
    yield Missing(
        "refunded",
        "扣除已经退回的钱",
        f"“{found.title}”中有“{found.read}”：像是已经退款，请求却没有扣除",
        "全额退回了的用 case close 结案；退了一部分的，把请求改为差额（case set 案件 demands.1.amount=差额），"
        "并用 case answer 记录退回多少；没有到账的，在经过里写“对方称已退款，本人没有收到退款”",
        _refused(file, channel),
        found.words,
    )


def _told_back(file: CaseFile) -> Missing | None:
    """The story itself tells that the money is back, and no step records it."""
    if any(step.returned for step in file.steps):
        return None
    said = find_clause(file.case.facts, "refunded", "refunded_unless", other="other_trade")
    if not said:
        return None
    return Missing(
        "story.refunded",
        "还没有退回的钱",
        f"经过中写有“{_quote(said)}”：像是已经退回，却仍按全额写",
        "已解决的用 case close 结案；只退了一部分的，用 case answer 记录退回多少，并把请求改为差额",
        (),
        said,
    )


def _of_loss(file: CaseFile) -> Iterator[Missing]:
    """A loss that a report to the police overstates: the case's own evidence says that it came back or was not paid."""
    back = sum((step.returned for step in file.steps if step.returned is not None), Decimal(0))
    paid = file.case.facts.paid
    if (told := _told_back(file)) is not None:
        yield told
    for one in find_against(file):
        amount = paid if one.whole and one.amount is None else one.amount
        if one.field != "refunded" or (back and (amount is None or back >= amount)):
            continue
        yield Missing(
            "refunded",
            "与证据一致的损失数额",
            f"“{one.title}”中有“{one.read}”：像是已经退款，报案材料却没有写退回了多少",
            "退回了的用 case answer 记录退回多少；没有到账的，在经过里写“对方称已退款，本人没有收到退款”",
            (),
            one.words,
        )
        break
    unpaid = next((one for one in find_contradictions(file) if one.grave and one.field == "unpaid"), None)
    if unpaid is not None:
        yield Missing(
            "purchase_proof",
            "付款成功的凭证",
            f"{unpaid.sentence}：损失多少要看实际付成的款",
            f"换成付款成功的账单（case add --kind wallet_bill）；放错的移除它（case remove 案件 {unpaid.item}）",
        )


def _of_success(file: CaseFile, channel: str) -> Iterator[Missing]:
    for one in find_against(file):
        if one.field == "worked":
            yield Missing(
                "worked",
                "与所说问题相符的画面和聊天",
                f"“{one.title}”中有“{one.read}”：与所填的问题相反，对方会说商品是好的",
                "放错了的用 case remove 移除，放入出问题时的画面；画面是另一张卡的，在经过里写“该画面是另一张卡”；"
                "在收到以前就被别人兑换的填 problem=已被使用；商品确实能用的，改写问题和请求",
                _refused(file, channel),
                one.words,
            )
            return
    settled = next((one for one in find_against(file) if one.field == "settled"), None)
    if settled is not None:
        yield Missing(
            "settled",
            "还没有解决的争议",
            f"“{settled.title}”中您写过“{settled.read}”：问题已经没有了，就没有可以处理的争议",
            "解决了的用 case close 结案；后来又出问题的，在经过里写明何时、什么提示",
            _refused(file, channel),
            settled.read,
        )
    resent = next((one for one in find_against(file) if one.field == "resent"), None)
    facts = file.case.facts
    unclear = not pattern("proofs", "clears_resent").search(facts.what_happened)
    told = find_clause(facts, "resent", "resent_unless") if resent is None and unclear else ""
    if resent is not None or told:
        yield Missing(
            "resent",
            "补发、更换以后的情况",
            f"{'卖家的答复' if resent else '经过'}中写有“{_quote(resent.read if resent else told)}”："
            "没有说补发的能不能用",
            "补发的能用，就结案（case close）或只留差额；没有收到或仍不能用的，"
            "在经过里写“没有收到补发”“补发的也不能用”",
            _refused(file, channel),
            resent.read if resent else told,
        )


def _of_story(file: CaseFile, channel: str) -> Iterator[Missing]:
    """What the buyer himself tells against what he fills in."""
    facts = file.case.facts
    several = len(facts.orders) > 1 or any((one.quantity or 1) > 1 for one in facts.orders)
    in_part = several or Answer.PARTLY in (facts.used, facts.delivered)
    whole = _asks_whole(facts)
    in_doubt = facts.problem in _FAILS or (
        facts.problem is ProblemKind.REFUSED_AFTER_SALES and not _tells_defect(facts.what_happened)
    )
    if in_doubt and not in_part and (said := find_clause(facts, "worked", "worked_unless")):
        problem = "卡密不能用" if facts.problem in _FAILS else "售后被拒绝，没有写商品有什么毛病"
        yield Missing(
            "worked",
            "一致的说法：卡密能不能用",
            f"问题填的是{problem}，经过中却写有“{_quote(said)}”",
            "能用而只是不想要的，没有可以投诉的质量问题，只能与卖家商量；"
            "后来才出问题的，写明何时、什么提示，并改 problem",
            _asked(file, channel),
            said,
        )
    elif (said := find_clause(facts, "solved", "solved_unless")) and not _fails_later(facts, said):
        yield Missing(
            "story.refunded",
            "还没有解决的争议",
            f"经过中写有“{_quote(said)}”：问题已经没有了，就没有可以处理的争议",
            "解决了的用 case close 结案；还有没解决的，写明是哪一笔、差什么",
            _refused(file, channel),
            said,
        )
    if several and whole and (said := find_clause(facts, "good_part", "good_part_unless")):
        yield Missing(
            "story.part",
            "只就有问题的部分提出请求",
            f"经过中写有“{_quote(said)}”，请求却是退回全部",
            "把好的那一笔从 orders 中去掉（case set 案件 orders.N=），或填 used=部分、face_value、got_value，"
            "请求改为有问题部分的金额",
            _asked(file, channel),
            said,
        )
    if facts.problem in _NOT_COME and whole and (said := find_clause(facts, "own_slip", "own_slip_unless")):
        yield Missing(
            "story.own_slip",
            "与经过相符的请求",
            f"经过中写有“{_quote(said)}”：号码是本人填错的，不能说卖家没有到账而要求全额退款",
            "请求改为协助核查、更正到账，不写金额（case set 案件 demands.1.kind=补发 demands.1.amount=）",
            _asked(file, channel),
            said,
        )
    if said := _payment_said(facts):
        yield Missing(
            "payment",
            "与经过一致的付款方式",
            f"付款方式填的是另一种，经过中却写有“{_quote(said)}”",
            "按账单核对：改付款方式（case set 案件 payment=…）",
            _asked(file, channel),
            said,
        )
    if facts.problem is ProblemKind.REFUSED_AFTER_SALES and not _tells_defect(facts.what_happened) and (
        facts.contacted_at is None and not facts.seller_reply.strip()
    ):  # fmt: skip
        yield Missing(
            "what_happened",
            "商品有什么问题、什么时候向卖家提过",
            "只说售后被拒绝，没有写商品有什么问题，也没有联系过卖家：看不出争议是什么",
            "写明商品的问题（what_happened），以及何时联系、对方怎么说（contacted_at、seller_reply）",
            _asked(file, channel),
        )


def _fails_later(facts: Facts, said: str) -> bool:
    """Whether the story goes on to tell what is bad: what stands last is how it is."""
    rest = facts.what_happened.partition(said)[2]
    return _tells_defect(rest)


def _tells_defect(text: str) -> bool:
    """Whether a clause tells what is bad, be it in the words of the page."""
    return any(pattern("story", "defect").search(one) for one in clauses_of(text))


def _asks_whole(facts: Facts) -> bool:
    paid = facts.paid
    asked = sum((one.amount or Decimal(0) for one in facts.demands if one.kind is DemandKind.REFUND), Decimal(0))
    return paid is not None and asked >= paid > 0


def _payment_said(facts: Facts) -> str:
    """The clause that names another wallet, or a person, as the one that was paid."""
    rows = {
        "paid_alipay": (PaymentForm.WECHAT_MERCHANT,),
        "paid_wechat": (PaymentForm.ALIPAY_MERCHANT,),
        "paid_person": (PaymentForm.WECHAT_MERCHANT, PaymentForm.ALIPAY_MERCHANT),
    }
    for row, forms in rows.items():
        if facts.payment in forms and (said := find_clause(facts, row, "paid_unless")):
            return said
    return ""


def _of_doubles(file: CaseFile, channel: str) -> Iterator[Missing]:
    """One order or one transaction told twice, unless a kept bill shows the sum of both (art. 16(5))."""
    orders = file.case.facts.orders
    for name, key in (("订单号", _number), ("交易单号", _payment_no)):
        counts = Counter(key(one) for one in orders if key(one))
        for number, times in counts.items():
            if times < 2:
                continue
            same = [one for one in orders if key(one) == number]
            if _shows_sum(file, same) or not _is_one(file, same):
                continue
            yield Missing(
                "orders.double",
                "每笔订单只写一次",
                f"{name}“{number[:40]}”写了{times}次，金额重复计算",
                "重复的去掉（case set 案件 orders.N=）；确是两笔的，各写各的单号；合并付款的，放入显示合计金额的账单",
                _refused(file, channel),
            )
            return


def _number(order: Order) -> str:
    return order.number.strip()


def _payment_no(order: Order) -> str:
    return order.payment_no.strip()


def _shows_sum(file: CaseFile, orders: list[Order]) -> bool:
    total = sum((one.amount or Decimal(0) for one in orders), Decimal(0))
    return any(
        total in {Decimal(found.replace(",", "")) for found in _MONEY.findall(item.text)}
        for item in file.items
        if item.removed_at is None and item.kind in ("order", "voucher", "wallet_bill")
    )


def _is_one(file: CaseFile, orders: list[Order]) -> bool:
    """Whether nothing parts them: where goods or sums differ and no bill can be read, it may be one cart."""
    alike = len({(one.product.strip(), one.amount) for one in orders}) == 1
    read = any(
        item.text.strip() for item in file.items if item.removed_at is None and item.kind in ("voucher", "wallet_bill")
    )
    return alike or read


def _of_order_of_times(file: CaseFile, channel: str) -> Iterator[Missing]:
    facts = file.case.facts
    paid = min((one.paid_at for one in facts.orders if one.paid_at is not None), default=None)
    steps = [
        ("下单", facts.ordered_at, "收到商品", facts.received_at),
        ("下单", facts.ordered_at, "发现问题", facts.noticed_at),
        ("下单", facts.ordered_at, "首次找卖家", facts.contacted_at),
        ("下单", facts.ordered_at, "卖家答复", facts.replied_at),
        ("下单", facts.ordered_at, "使用", facts.used_at),
        ("首次找卖家", facts.contacted_at, "卖家答复", facts.replied_at),
        ("收到商品", facts.received_at, "使用", facts.used_at),
    ]
    if facts.problem in _KEYS:
        steps.append(("收到商品", facts.received_at, "发现问题", facts.noticed_at))
    if len(facts.orders) == 1:
        steps.append(("付款", paid, "收到商品", facts.received_at))
    wrong = [
        f"{later}（{show_moment(then)}）早于{earlier}（{show_moment(first)}）"
        for earlier, first, later, then in steps
        if first is not None and then is not None and is_before(then, first)
    ]
    if wrong:
        yield Missing(
            "times",
            "前后对得上的时间",
            f"{'；'.join(wrong[:3])}：陈述自相矛盾，会被要求说明或退回",
            "对照账单、订单页和聊天逐个改正（case set 案件 …）",
            _asked(file, channel),
        )


def is_before(one: datetime, other: datetime) -> bool:
    """Whether a moment is surely earlier: by days where one is told as a day only, else by more than clocks differ."""
    first, second = show_moment(one), show_moment(other)
    if len(first) != len(second):
        length = min(len(first), len(second))
        return first[:length] < second[:length]
    return one < other - _NEAR if len(first) > len("2026-11-10") else first < second


def _of_sums(file: CaseFile, channel: str) -> Iterator[Missing]:
    facts = file.case.facts
    paid = facts.paid
    asked = next((one for one in facts.demands if one.kind is DemandKind.RELEASE), None)
    if asked is not None and asked.amount is not None and paid is not None and paid > 0:
        used = consumed_of(facts)
        if asked.amount > paid - used and (holds_gift(facts) or asked.amount > paid):
            yield Missing(
                "balance.principal",
                "余额中自己充值的本金",
                f"请求退还余额{asked.amount:f}元，而所列充值（订单）共付{paid:f}元"
                + (f"、经过中写已消费{used:f}元" if used else "")
                + "：多出的部分不是付出去的钱",
                "其余的充值逐笔填进 orders；含赠送的，请求改为付过而没有消费的数额"
                "（case set 案件 demands.1.amount=金额），并写明赠送多少、消费多少",
                in_force(("yfk-15",), file.today) if channel in BODIES else (),
            )
    face, got = facts.face_value, facts.got_value
    if facts.problem is ProblemKind.SHORT_VALUE and face is not None and got is not None and got >= face:
        yield Missing(
            "got_value",
            "少于应得的实得",
            f"实得{got:f}元{'多于' if got > face else '等于'}应得{face:f}元：没有少给",
            "核对 face_value 和 got_value 是不是填反了（case set 案件 face_value=应得 got_value=实得）",
            _asked(file, channel),
        )
    for one in facts.demands:
        if one.kind is not DemandKind.DAMAGES:
            continue
        mental = pattern("requests", "mental").search(one.reckoning)
        shown = any(item.kind == "loss" and item.removed_at is None for item in file.items)
        idle = pattern("requests", "lost_time").search(one.reckoning)
        large = one.amount is not None and paid is not None and one.amount > paid
        if mental or (not shown and (idle or large)):
            why = (
                f"计算写的是“{_quote(one.reckoning)}”：买卖的是点卡一类财产，不赔精神损失"
                if mental
                else f"请求赔偿{one.amount or 0:f}元（{_quote(one.reckoning)}），而案件中没有损失的凭证"
            )
            yield Missing(
                "damages",
                "有凭证的实际损失",
                why + "：赔偿以实际发生、可以预见的损失为限",
                "放入损失的凭证（case add --kind loss）并写明怎么算的，或去掉这一项（case set 案件 demands.N=）",
                in_force(("mfd-584",), file.today),
            )
            return


def _of_expiry(file: CaseFile, channel: str) -> Iterator[Missing]:
    """A key that was good when it came and ran out unused: its price is not asked back as of bad goods."""
    facts = file.case.facts
    received, until, noticed = facts.received_at, facts.valid_until, facts.noticed_at
    if facts.problem is not ProblemKind.EXPIRED_KEY or received is None or until is None or noticed is None:
        return
    in_time = is_before(received, until) and is_before(until, noticed)
    asks = any(one.kind in (DemandKind.REFUND, DemandKind.FRAUD, DemandKind.DAMAGES) for one in facts.demands)
    if in_time and asks and not pattern("story", "expiry_excused").search(facts.what_happened):
        yield Missing(
            "story.expiry",
            "与有效期相符的请求",
            f"收到时（{show_moment(received)}）卡密还在有效期内（至{show_moment(until)}），"
            f"{show_moment(noticed)}才发现过期：因没有及时兑换而过期的，要求退款的依据不足",
            "去掉退款、赔偿的请求，改为协商延期或换发（case set 案件 demands.1.kind=换发同面值 demands.1.amount=）；"
            "对方没有告知有效期、或期内就兑换不了的，在经过里写明",
            _asked(file, channel),
        )


def _of_offer(file: CaseFile, channel: str) -> Iterator[Missing]:
    """A public post that quotes a refusal and hides the offer in the buyer's own chat: it is not made."""
    offer = find_offer(file) if channel in PUBLIC else None
    if offer is not None:
        reply = file.case.facts.seller_reply.strip()
        told = f"所填的卖家答复是“{_quote(reply)}”" if reply else "案件里没有写卖家的答复"
        yield Missing(
            "seller_reply",
            "与聊天一致的卖家答复",
            f"“{offer.title}”中对方说“{offer.read}”，{told}：公开发出去，对方可以拿聊天反驳",
            "先答复对方；把这句补进卖家的答复（case set 案件 seller_reply=…），没有兑现的写明没有兑现",
            (),
            offer.read,
        )


def _of_conduct(file: CaseFile, channel: str) -> Iterator[Missing]:
    """A public post by who threatens, or asks money for his silence, is used against him: it is not made."""
    if channel not in PUBLIC:
        return
    found = next(
        (one for one in find_misconduct(file.case.facts.what_happened) if one.kind in (Conduct.THREAT, Conduct.HUSH)),
        None,
    )
    if found is not None:
        yield Missing(
            "story.conduct",
            "只写事实和请求的经过",
            f"经过中写有“{_quote(found.sentence)}”：{CONDUCT_ZH[found.kind]}公开发出去，可能被当作敲诈或侵权",
            "删去这一句，只写发生了什么、要求退什么（case set 案件 what_happened=…）",
        )
