"""Complaints to those who mediate: 12315, its short form, the written complaint, 消费者协会, a public post, the payment
provider.

A 12315 complaint holds what 总局令第121号 art. 10 asks for: who complains, against whom and
where, the request, the facts. A public post names no person and judges nothing. Pure.
"""

from __future__ import annotations

from decimal import Decimal

from monitor.complaints.facts.step_outcomes import was_taken_up
from monitor.complaints.letters.common import (
    ANSWERED,
    CLOCK,
    ONLY_ANSWERED,
    list_attachments,
    tell_pages,
    tell_requests,
    tell_talks,
    tell_trade,
)
from monitor.complaints.letters.dealings import tell_answer, tell_asking
from monitor.complaints.letters.delivery import tell_delivery
from monitor.complaints.letters.demands import reckon_demands, returned, total_of
from monitor.complaints.letters.earlier_steps import tell_steps
from monitor.complaints.letters.joint_words import tell_joint, tell_joint_briefly
from monitor.complaints.letters.law_words import choose_articles, citable, tell_laws, tell_rule
from monitor.complaints.letters.material import Material, say_day, say_moment, say_yuan
from monitor.complaints.letters.orders import tell_orders
from monitor.complaints.letters.own_words import whose_words
from monitor.complaints.letters.page_words import find_clauses, find_fee_terms, tell_promises
from monitor.complaints.letters.parties import (
    list_unknowns,
    name_respondent,
    say_payment,
    sign,
    tell_complainant,
    tell_respondent,
)
from monitor.complaints.letters.payment import MONEY_PROOF, tell_payment
from monitor.complaints.letters.problem import tell_problem
from monitor.complaints.letters.problem_words import missing_rebate, name_problem
from monitor.complaints.letters.sentences import demand, fact, fields, form, items, paragraph, signature
from monitor.complaints.letters.short import caption_sentences
from monitor.complaints.letters.support import amount_in, day_in, text_in
from monitor.complaints.letters.who_answered import who_answered
from monitor.complaints.model import Block, Letter, Sentence
from monitor.complaints.routing.exclusions import awaits_decision, said_of_elsewhere
from monitor.complaints.routing.filing_words import find_clause, find_elsewhere
from monitor.complaints.routing.limits_of_claims import holds_promise
from monitor.complaints.routing.named_respondent import asked_platform, find_respondent, forum_of, is_shop_on_platform
from monitor.operators.addresses import find_division_in
from monitor.operators.jurisdiction import Procedure
from storage.case import Answer, Order, PaymentForm, ProblemKind

_TITLE = 30
_MOST_PAYMENTS = 10
_FEW_ORDERS = 2
_FIRST_OF_STORY = 3
_MOST_LAWS = 5
_EXCLUDING = ("p12315", "market_complaint", "consumer_assoc", "pre_mediation", "small_claims", "court")
_BY_ASSOCIATION = "请贵会依法就上述争议组织调解"
_AGREES = "是否同意由市场监督管理部门组织调解：□同意 □不同意"
_TRUE = "本人对所提供材料的真实性负责，上述交易真实存在"


def write_p12315(material: Material) -> Letter:
    """The text for the form of the national 12315 platform."""
    return _write_complaint(material, "12315投诉", "全国12315平台")


def write_market_complaint(material: Material) -> Letter:
    """The same in writing, to the office where it is filed."""
    return _write_complaint(material, "投诉书", _office(material))


def write_consumer_assoc(material: Material) -> Letter:
    """The same to the consumers' association, which is no office: it asks for its mediation, not for a tick."""
    return _write_complaint(material, "消费者投诉书", _association(material), mediation=_BY_ASSOCIATION)


def write_p12315_compact(material: Material) -> Letter:
    """The 12315 text without what its attachments show anyway."""
    articles = choose_articles(material, most=3)
    return Letter(
        "p12315_compact",
        _title(material),
        "全国12315平台",
        (
            fields("投诉人", tell_complainant(material)),
            *tell_joint_briefly(material),
            fields("被投诉人", tell_respondent(material)),
            tell_requests(material, "投诉请求", who="请求被投诉人"),
            paragraph(
                "事实",
                (
                    *_brief_orders(material),
                    *_dispute_first(material),
                    form(CLOCK),
                    *tell_promises(material, most=2),
                    *find_fee_terms(material),
                ),
            ),
            *_answered(material, 120),
            *_laws(tell_laws(articles)),
            paragraph("声明", (form(_TRUE), form(_AGREES), *_declare(material))),
        ),
        material.today,
        tuple(one.text for one in list_unknowns(material)),
    )


def _dispute_first(material: Material) -> tuple[Sentence, ...]:
    """What went wrong, whether it was used, what was asked; how the account begins; the payment; the rest of it.

    A text is shortened from its end: the account gives way before the payment by its numbers, but not how it begins,
    which says what is wrong. Of one or two orders the numbers come first: by them the office finds the payment.
    """
    told = tell_problem(material)
    story = set(material.tell_story(material.facts.what_happened))
    own = [one for one in told if one.text.removeprefix(whose_words(material.facts)) in story]
    dispute = (*(one for one in told if one not in own), *tell_asking(material))
    paid = (*tell_delivery(material)[:1], *tell_payment(material))
    first = 0 if len(material.facts.orders) <= _FEW_ORDERS else _FIRST_OF_STORY
    return (*dispute, *own[:first], *paid, *own[first:])


def _brief_orders(material: Material) -> tuple[Sentence, ...]:
    """The first two orders; of more than two the first with the count and sum of all."""
    told, paid = tell_orders(material), material.facts.paid
    count = len(material.facts.orders)
    if count <= _FEW_ORDERS or paid is None:
        return told
    return (told[0], material.support_sum(f"连同其余订单共{count}笔，实付合计{say_yuan(paid)}", ("order",)))


def write_heimao(material: Material) -> Letter:
    """A post that anybody may read: neutral, without persons, numbers of orders, or judgements."""
    facts = material.facts
    demands = reckon_demands(material)
    money = total_of(demands)
    platform = material.plain(facts.platform, most=20) or "该平台"
    shop = material.plain(facts.respondent.shop, most=20) if is_shop_on_platform(material.file) else ""
    title = f"{platform}的店铺：{name_problem(material.file)}" if shop else f"{platform}：{name_problem(material.file)}"
    material.note("正文取自您写的经过和对方的答复，其中人名不一定都能认出：发布前逐句核对，删去任何人的姓名和称呼")
    material.note("公开帖文不写姓名、电话、订单号和卡密；平台另有“仅商家可见”的栏目时，订单号填在那里")
    material.note("上传的截图要用打码后的版本（投诉包会生成）；只写事实，不加评价")
    return Letter(
        "heimao",
        title[:_TITLE],
        "公开投诉平台",
        (
            fields(
                "帖文信息",
                (
                    ("投诉对象", fact(f"{platform}，店铺“{shop}”" if shop else platform)),
                    ("问题", fact(name_problem(material.file))),
                    ("诉求", demand("、".join(dict.fromkeys(one.short for one in demands)) or "处理")),
                    ("涉及金额", fact(_say_involved(material, money))),
                ),
            ),
            paragraph(
                "正文",
                (
                    *tell_orders(material)[:2],
                    *tell_payment(material),
                    *tell_delivery(material),
                    *tell_problem(material),
                    *tell_promises(material, most=2),
                    *find_fee_terms(material),
                    *tell_asking(material),
                ),
            ),
            *_answered(material, 100),
            paragraph("诉求", tuple(tell_requests(material, who="请").sentences)),
            items("配图说明", tuple(caption_sentences(material))),
        ),
        material.today,
    )


def _say_involved(material: Material, money: Decimal) -> str:
    """The sum that is asked for, else what was paid; of a rebate neither is known."""
    paid = material.facts.paid
    if money:
        return say_yuan(money)
    return say_yuan(paid) if paid and not missing_rebate(material.facts) else "见正文"


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
            *_answered(material, 60),
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


def _answered(material: Material, most: int) -> tuple[Block, ...]:
    """The seller's answer and what came back, in a block of its own that is never shortened."""
    told, who = tell_answer(material, most=most), who_answered(material.file)
    title = ANSWERED if returned(material.file.steps) else ONLY_ANSWERED
    title = title.replace("对方", who or "收到的")
    return (paragraph(title, told),) if told else ()


def _write_complaint(material: Material, name: str, office: str, *, mediation: str = _AGREES) -> Letter:
    articles = choose_articles(material, most=_MOST_LAWS)
    clauses = [sentence for clause in find_clauses(material, most=2) for sentence in clause.sentences]
    return Letter(
        material.kind.id,
        _title(material) if material.kind.id == "p12315" else name,
        office,
        (
            fields("投诉人", tell_complainant(material)),
            *tell_joint(material),
            fields("被投诉人", tell_respondent(material)),
            tell_requests(material, "投诉请求", who="请求被投诉人"),
            tell_trade(material),
            *tell_talks(material),
            *tell_pages(material, promises=4, changes=3),
            *([paragraph("争议条款", clauses)] if clauses else []),
            *_filed(material),
            *_instead(material),
            *_laws(tell_laws(articles)),
            items("尚不掌握的情况", list_unknowns(material)),
            list_attachments(material),
            paragraph("声明", (form(_TRUE), form(mediation), *_declare(material))),
            signature(*sign(material, "投诉人")),
        ),
        material.today,
        tuple(one.text for one in list_unknowns(material)),
    )


def _instead(material: Material) -> tuple[Block, ...]:
    """Why the platform of a shop is complained against: it was asked for the shop's particulars and gave none."""
    named = find_respondent(material.file)
    if named is None or not named.instead:
        return ()
    shop = material.plain(material.facts.respondent.shop, most=40)
    who = f"入驻店铺“{shop}”" if shop else "平台内的店铺"
    asked = [step for step in material.file.steps if step.channel == "platform"]
    if not asked or not asked_platform(material.file):
        return ()
    step = asked[-1]
    day = say_day(step.filed_at)
    sold = f"商品由{who}销售；本人于{day}请平台提供该店铺经营者的真实名称、地址和有效联系方式，平台没有提供"
    rule = tell_rule(citable(("xbf-44",), material), "平台不能提供的，可以向平台要求赔偿：")
    return (
        paragraph("以平台为被投诉人的理由", (fact(sold, material.support_by("", step.proof, _any_text).marks), *rule)),
    )


def _any_text(text: str) -> bool:
    """A proof that can be read: what it says of the request is for the reader to judge."""
    return bool(text.strip())


def _filed(material: Material) -> tuple[Block, ...]:
    offices = ("p12315", "market_complaint", "police")  # a refusal of the very office is not hidden from it
    told = tell_steps(material, leave_out=("platform",), pending=material.kind.id, stated=offices)
    return (paragraph("已经提出的其他请求", told),) if told else ()


def _declare(material: Material) -> tuple[Sentence, ...]:
    """What art. 16(2) and (3) of 总局令第121号 turn on, as far as the buyer may say it: see `_elsewhere`."""
    living = "所购商品用于生活消费" if material.consumer else ""  # not where his own story tells of a resale
    told = "，".join(one for one in (living, _elsewhere(material)) if one)
    if told:
        material.note(f"声明中写有“{told}”，请核对属实再签名")
    return (form(told),) if told else ()


def _elsewhere(material: Material) -> str:
    """The declaration in the words of 总局令第121号 art. 16(2); "" where a step says otherwise or none declared it."""
    told = "同一争议未被法院、仲裁机构、市场监督管理部门、其他行政机关或者消费者协会受理或者处理过"
    taken = any(
        step.channel in _EXCLUDING and (was_taken_up(step) or awaits_decision(step, material.today))
        for step in material.file.steps
    )
    if taken or find_elsewhere(material.facts):
        material.note(
            "案件记录或经过描述中有12315、消协、仲裁、法院或调解的处理：同一争议已在其他机构处理的，本渠道不予受理，请先核对"
        )
        return ""
    if said_of_elsewhere(material.file) is not Answer.NO:
        material.note(
            "没有写“同一争议未被其他机构受理或者处理过”：要由您本人声明（case set 案件 elsewhere=没有），渠道会要求写"
        )
        return ""
    if any(step.channel == "police" and step.accepted_at is not None for step in material.file.steps):
        told = told.replace("其他行政机关或者", "或者").replace("、或者", "或者")
        material.note("已向公安机关报案并被受理：声明中没有写“未被其他行政机关处理”")
    return told


def _title(material: Material) -> str:
    money = total_of(reckon_demands(material))
    amount = f"（请求{say_yuan(money)}）" if money else ""
    return f"投诉{name_respondent(material)}：{name_problem(material.file)}{amount}"


def _office(material: Material) -> str:
    forum = forum_of(find_respondent(material.file), material.file, Procedure.COMPLAINT)
    if forum is None or not forum.authority:
        material.note("有管辖权的机关没有查明：一般是被投诉人住所地县级市场监督管理部门，提交前在12315平台核对")
        return "＿＿＿＿市场监督管理局（被投诉人住所地，请填写）"
    material.note(f"收件机关的依据：{forum.reason}")
    return forum.authority


def _association(material: Material) -> str:
    """Which association: that of the respondent's county, which nothing of the case names; to be compared."""
    named = find_respondent(material.file)
    place = find_division_in(named.address).division if named is not None and named.address else None
    material.note(
        "收件的消协按被投诉人的地址填写：也可以向您所在地的消协提出，名称（消费者协会、消费者委员会、消费者权益保护委员会）"
        "各地不同，提交前核对"
    )
    return f"{place.name}消费者协会（消费者委员会）" if place is not None else "＿＿＿＿消费者协会（请填写）"


def _dispute_of(material: Material) -> str:
    slip = find_clause(material.facts, "own_slip", "own_slip_unless")
    if slip and material.facts.problem in (ProblemKind.TOPUP_MISSING, ProblemKind.NOT_DELIVERED):
        return "充值信息填写有误，没有到账"
    if rebate := missing_rebate(material.facts):
        return f"{rebate}没有到账"
    if material.facts.problem is ProblemKind.WRONG_GOODS and not holds_promise(material.file):
        return "商品或服务与约定不符"
    return {
        "not_delivered": "未收到商品或服务",
        "topup_missing": "未收到商品或服务",
        "platform_gone": "未收到商品或服务",
        "refused_after_sales": "商家拒绝处理",
        "short_value": "到账的金额或数量少于约定",
        "balance_frozen": "账户余额不能提现或使用",
        "extra_fee": "商家要求另行付款",
    }.get(material.facts.problem.value, "商品或服务与描述不符、无法使用")


def _laws(sentences: tuple[Sentence, ...]) -> tuple[Block, ...]:
    return (items("依据", sentences),) if sentences else ()
