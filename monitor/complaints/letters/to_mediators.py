"""Complaints to those who mediate: 12315, its short form, the written complaint, 消费者协会.

Each holds what 总局令第121号 art. 10 asks for: who complains, against whom and where, the request, the facts. Pure.
"""

from __future__ import annotations

from monitor.complaints.letters.common import (
    CLOCK,
    list_attachments,
    tell_answered,
    tell_pages,
    tell_requests,
    tell_talks,
    tell_trade,
)
from monitor.complaints.letters.dealings import tell_asking
from monitor.complaints.letters.declared import tell_declared
from monitor.complaints.letters.delivery import tell_delivery
from monitor.complaints.letters.demands import reckon_demands, total_of
from monitor.complaints.letters.earlier_steps import tell_steps
from monitor.complaints.letters.joint_words import tell_joint, tell_joint_briefly
from monitor.complaints.letters.law_words import choose_articles, citable, tell_laws, tell_rule
from monitor.complaints.letters.material import Material, say_day, say_yuan
from monitor.complaints.letters.orders import tell_orders
from monitor.complaints.letters.own_words import whose_words
from monitor.complaints.letters.page_clauses import find_clauses
from monitor.complaints.letters.page_promises import find_fee_terms, tell_shown
from monitor.complaints.letters.parties import list_unknowns, name_respondent, sign, tell_complainant, tell_respondent
from monitor.complaints.letters.payment import tell_payment
from monitor.complaints.letters.problem import tell_problem
from monitor.complaints.letters.problem_words import name_problem
from monitor.complaints.letters.receivers import name_association, name_office
from monitor.complaints.letters.sentences import fact, fields, form, items, paragraph, signature
from monitor.complaints.letters.unasked import is_unasked
from monitor.complaints.model import Block, Letter, Sentence
from monitor.complaints.routing.named_respondent import asked_platform, find_respondent

_FEW_ORDERS = 2
_FIRST_OF_STORY = 3
_MOST_LAWS = 5
_BY_ASSOCIATION = "请贵会依法就上述争议组织调解"
_AGREES = "是否同意由市场监督管理部门组织调解：□同意 □不同意"
_TRUE = "本人对所提供材料的真实性负责，上述交易真实存在"
_CHARGED = "本人对所提供材料的真实性负责，上述扣款真实存在"


def write_p12315(material: Material) -> Letter:
    """The text for the form of the national 12315 platform."""
    return _write_complaint(material, "12315投诉", "全国12315平台")


def write_market_complaint(material: Material) -> Letter:
    """The same in writing, to the office where it is filed."""
    return _write_complaint(material, "投诉书", name_office(material))


def write_consumer_assoc(material: Material) -> Letter:
    """The same to the consumers' association, which is no office: it asks for its mediation, not for a tick."""
    return _write_complaint(material, "消费者投诉书", name_association(material), mediation=_BY_ASSOCIATION)


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
                    *tell_shown(material, most=2),
                    *find_fee_terms(material),
                ),
            ),
            *tell_answered(material, 120),
            *_laws(tell_laws(articles)),
            paragraph(
                "声明",
                (form(_CHARGED if is_unasked(material.facts) else _TRUE), form(_AGREES), *tell_declared(material)),
            ),
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


def _write_complaint(material: Material, name: str, office: str, *, mediation: str = _AGREES) -> Letter:
    articles = choose_articles(material, most=_MOST_LAWS)
    quoted = find_clauses(material, most=2)
    clauses = [sentence for clause in quoted for sentence in clause.sentences]
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
            *tell_pages(material, promises=4, changes=3, beside=quoted),
            *([paragraph("争议条款", clauses)] if clauses else []),
            *_filed(material),
            *_instead(material),
            *_laws(tell_laws(articles)),
            items("尚不掌握的情况", list_unknowns(material)),
            list_attachments(material),
            paragraph(
                "声明",
                (form(_CHARGED if is_unasked(material.facts) else _TRUE), form(mediation), *tell_declared(material)),
            ),
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


def _title(material: Material) -> str:
    money = total_of(reckon_demands(material))
    amount = f"（请求{say_yuan(money)}）" if money else ""
    return f"投诉{name_respondent(material)}：{name_problem(material.file)}{amount}"


def _laws(sentences: tuple[Sentence, ...]) -> tuple[Block, ...]:
    return (items("依据", sentences),) if sentences else ()
