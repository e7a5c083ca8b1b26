"""What is handed to the police: the timeline, the accounts, the evidence, the loss less what is not lost.

Whether it is an offence is for the police to say, and what is done with an account too. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from monitor.complaints.evidence.against_claim import find_against
from monitor.complaints.letters.blink_words import BETWEEN, list_blinks
from monitor.complaints.letters.common import CLOCK, list_attachments
from monitor.complaints.letters.dealings import tell_dealings
from monitor.complaints.letters.delivery import tell_delivery
from monitor.complaints.letters.demands import most_refund, returned
from monitor.complaints.letters.earlier_steps import tell_steps
from monitor.complaints.letters.first_request import (
    TALKS,
    find_request,
    is_first_contact,
    say_asked,
    say_contacted,
    support_contact,
)
from monitor.complaints.letters.kinds import shown_words
from monitor.complaints.letters.material import Material, say_exact, say_moment, say_paid, say_yuan
from monitor.complaints.letters.orders import is_fee, tell_orders
from monitor.complaints.letters.parties import list_unknowns, sign, tell_complainant
from monitor.complaints.letters.payment import MONEY_PROOF, PAYMENT_ZH, tell_payment
from monitor.complaints.letters.problem import tell_problem
from monitor.complaints.letters.problem_words import FAILURES, missing_rebate, shows_problem
from monitor.complaints.letters.sentences import demand, fact, fields, form, items, paragraph, signature, table
from monitor.complaints.letters.support import (
    Test,
    amount_in,
    asked_by_buyer,
    no_other_day,
    said_by_seller,
    text_in,
    told_by_seller,
    words_in,
)
from monitor.complaints.letters.unasked import is_unasked
from monitor.complaints.letters.who_answered import shop_on_platform, who_answered
from monitor.complaints.model import Letter, Sentence
from monitor.complaints.routing.fraud_signs import find_signs
from storage.case import Answer, DemandKind, Order


def write_police(material: Material) -> Letter:
    """报案材料: the timeline, the accounts, the evidence; whether it is an offence is for the police to say."""
    signs = [form(one.office) for one in find_signs(material.file)]
    paid = material.facts.paid
    extra = material.facts.extra_asked
    if extra is not None and not any(one.amount == extra for one in material.facts.orders):
        material.note(f"对方另要求的{say_yuan(extra)}若已支付，请作为一笔订单填入案件，损失合计才会包括它")
    back = returned(material.file.steps)
    loss = _tell_loss(material)
    whole = paid is not None and back >= paid > 0
    asked = [demand("请依法受理并出具回执；是否构成违法犯罪由公安机关认定")]
    if not whole:
        asked.append(demand("收款账户的情况请依法调查，需要采取的措施由公安机关决定"))
    if material.facts.unlawful:
        material.note("所填用途可能涉及违法：报案材料等于自陈，先咨询律师或法律援助（12348）")
    material.note("携带原手机、付款账户和身份证到就近派出所；转账不久的立即拨打110，由公安机关决定采取什么措施")
    return Letter(
        "police",
        "报案材料",
        "公安机关",
        (
            fields("报案人", tell_complainant(material)),
            table("时间线", ("时间", "经过"), list(_timeline(material))),
            paragraph(
                "经过",
                (
                    *tell_orders(material),
                    *tell_payment(material),
                    *tell_delivery(material),
                    *tell_problem(material),
                    *tell_dealings(material),
                    form(CLOCK),
                ),
            ),
            *([items("已提出的其他请求", filed)] if (filed := tell_steps(material)) else []),
            table("涉案账户与线索", ("类别", "内容"), list(_accounts(material))),
            *([items("值得注意的迹象（据所填情况）", signs)] if signs else []),
            paragraph("损失", loss),
            items("请求", asked),
            items("尚不掌握的情况", list_unknowns(material)),
            list_attachments(material),
            paragraph("声明", (form("以上情况属实，本人愿配合调查；原始手机和账号可当面核对"),)),
            signature(*sign(material, "报案人")),
        ),
        material.today,
        tuple(one.text for one in list_unknowns(material)),
    )


def _tell_loss(material: Material) -> list[Sentence]:
    """What was paid, less what came back, still stands on the account or is of use; open where nobody told how much."""
    facts, paid = material.facts, material.facts.paid
    back = returned(material.file.steps)
    if paid is None:
        return []
    told = [material.support_sum(f"已付款合计{say_paid(facts, paid)}", MONEY_PROOF)]
    if back >= paid > 0:
        return [*told, fact(f"已退回{say_yuan(back)}，没有未退回的款项")]
    open_parts = _list_open_parts(material)
    lacking = most_refund(facts, back)
    if lacking is not None and not open_parts:
        less = f"，减去已退回的{say_yuan(back)}" if back else ""
        return [*told, fact(f"按约定面值与实得折算，没有得到的部分{less}为{say_yuan(lacking)}")]
    rebate = missing_rebate(facts)
    asked = next((one.amount for one in facts.demands if one.kind is DemandKind.REFUND), None)
    if asked is not None and asked < paid - back:
        tail = f"，已退回{say_yuan(back)}" if back else ""
        told.append(fact(f"其中本人请求退回的是{say_yuan(asked)}{tail}，其余不作为损失"))
        if facts.balance is None and not rebate:
            return told
    elif back:
        told.append(fact(f"已退回{say_yuan(back)}，尚有{say_yuan(paid - back)}未退回"))
    if rebate:
        open_parts.append(f"所称没有到账的是{rebate}，其金额没有算出")
    elif Answer.PARTLY in (facts.delivered, facts.used) and facts.balance is None:
        open_parts.append("其中一部分商品已经得到或使用，其余部分的金额没有算出")
    if not open_parts:
        return told
    material.note(
        "损失没有按已付款合计写：退回的用 case answer 记录金额，得到的部分填 face_value 和 got_value，再核算损失"
    )
    return [*told, *(fact(one) for one in open_parts), fact("以上已付款合计不等于损失，损失金额待核实")]


def _list_open_parts(material: Material) -> list[str]:
    """What is known of money that is not lost, or not in this sum, and of which the case has no amount to take off."""
    facts, found = material.facts, list[str]()
    if facts.balance is not None:
        held = f"平台账户中的余额{say_yuan(facts.balance)}尚未取回"
        rest = "，其余充值是否已使用以账户记录为准" if facts.paid is not None and facts.balance < facts.paid else ""
        found.append(held + rest)
    told_back = [one for one in find_against(material.file) if one.field == "refunded"]
    if not returned(material.file.steps) and (told_back or facts.money_back in (Answer.YES, Answer.PARTLY)):
        some = "退款" if facts.money_back is Answer.YES else "部分退款"
        sums = {one.amount for one in told_back if one.amount is not None}
        how_much = f"案件材料中载有{say_yuan(sums.pop())}" if len(sums) == 1 else "退回的金额没有登记"
        found.append(f"已收到{some}，{how_much}")
    return found


def _timeline(material: Material) -> Iterator[tuple[Sentence, ...]]:
    facts, seller = material.facts, said_by_seller(material.facts.seller_reply, material.facts)
    who, request = who_answered(material.file), find_request(material)
    asked_at = request.at if request is not None else None
    merged = request is not None and facts.contacted_at is not None and is_first_contact(request, facts.contacted_at)
    shop = material.plain(shop_on_platform(material.file), most=40)
    seller_word = f"店铺“{shop}”" if shop else "对方"
    answered = ("refusal", "reply", "chat")
    told: list[tuple[datetime | None, str, tuple[str, ...], tuple[Test, ...]]] = []
    for one in facts.orders[:20]:
        shown = [amount_in(one.amount, one.product)] if one.amount is not None else []
        ordered = (*shown, *([text_in(one.number)] if one.number.strip() else []))
        paid = (*shown, *([text_in(one.payment_no)] if one.payment_no.strip() else []))
        if not is_fee(one) and not is_unasked(facts):
            told.append((one.ordered_at, f"下单，{_money(one)}", ("order",), ordered))
        what = (
            f"支付“{name}”"
            if is_fee(one) and (name := material.clean(one.product, most=40))
            else "被扣款"
            if is_unasked(facts)
            else "付款"
        )
        told.append((one.paid_at, f"{what}，{_money(one)}", MONEY_PROOF, paid))
    told += [
        (
            None if is_unasked(facts) else facts.received_at,
            f"{seller_word}交付{'部分商品' if facts.delivered is Answer.PARTLY else ''}",
            (),
            (),
        ),
        (facts.used_at, "使用", ("use_trace",), (words_in(shown_words("used")),)),
        (facts.noticed_at, "发现问题", FAILURES, shows_problem(facts)),
        (asked_at, say_asked(material), TALKS, (asked_by_buyer(facts, asked_at),)),
        (facts.replied_at, f"{who or '收到'}答复", answered, (seller,)),
    ]
    rows = [
        (
            moment,
            form(say_moment(moment)),
            material.support(text, kinds, *(no_other_day(moment), *tests) if tests else ()),
        )
        for moment, text, kinds, tests in told
        if moment is not None
    ]
    if facts.contacted_at is not None and not merged:
        turned = support_contact(material, say_contacted(material), facts.contacted_at)
        rows.append((facts.contacted_at, form(say_moment(facts.contacted_at)), turned))
    rows += [
        (blink.change.after_at, form(f"{say_exact(blink.change.after_at)}（{BETWEEN}）"), sentence)
        for blink, sentence in list_blinks(material)
    ]
    for _, when, sentence in sorted(rows, key=lambda one: one[0]):
        yield when, sentence


def _money(order: Order) -> str:
    return say_yuan(order.amount) if order.amount is not None else "金额见账单"


def _accounts(material: Material) -> Iterator[tuple[Sentence, ...]]:
    facts = material.facts
    rows: list[tuple[str, str, tuple[str, ...]]] = [
        ("平台", material.plain(facts.platform), ("order", "product_page")),
        ("网址", material.plain(facts.url), ("order", "product_page")),
        ("店铺", material.plain(shop_on_platform(material.file)), ("order", "product_page")),
        ("付款方式", PAYMENT_ZH[facts.payment], ()),
        ("收款方", material.plain(facts.payee), MONEY_PROOF),
        ("收款账号", material.plain(facts.payee_account), MONEY_PROOF),
        ("对方联系方式", material.plain(facts.seller_contact), ("chat", "demand_chat")),
        *_called_itself(material),
    ]
    for one in facts.orders[:20]:
        rows.append(("交易单号", material.plain(one.payment_no), MONEY_PROOF))
        rows.append(("商户单号", material.plain(one.merchant_no), MONEY_PROOF))
    for name, text, kinds in rows:
        if text:
            yield form(name), material.support(text, kinds, text_in(text))


def _called_itself(material: Material) -> list[tuple[str, str, tuple[str, ...]]]:
    """The seller's name: what it calls itself where a chat shows that, else what the writer fills in."""
    name = material.plain(material.facts.respondent.name)
    said = told_by_seller([text_in(name)], material.facts)
    talks = ("chat", "reply", "refusal", "demand_chat")
    shown = bool(name) and bool(material.support("", talks, said).marks)
    return [("对方自称" if shown else "报案人填写的卖家名称", name, talks if shown else ())]
