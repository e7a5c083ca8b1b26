"""The statement of claim in elements form (民事诉讼法 art. 124), with jurisdiction and small claims.

The official form (法〔2025〕82号) was not read: the sender is told to compare. What the case does not
hold is a blank to fill in, never a guess. Pure.
"""

from __future__ import annotations

from datetime import date, datetime, time

from monitor.complaints.letters.blink_words import BETWEEN, tell_blinks
from monitor.complaints.letters.common import CLOCK, list_attachments, say_requests, say_total
from monitor.complaints.letters.dealings import tell_dealings
from monitor.complaints.letters.delivery import tell_delivery
from monitor.complaints.letters.demands import reckon_demands
from monitor.complaints.letters.earlier_steps import tell_steps
from monitor.complaints.letters.law_words import choose_articles, citable, name_articles, tell_laws
from monitor.complaints.letters.material import Material, say_day
from monitor.complaints.letters.orders import tell_orders, tell_purpose
from monitor.complaints.letters.page_changes import tell_changes
from monitor.complaints.letters.page_clauses import Clause, find_clauses
from monitor.complaints.letters.page_moves import tell_moves
from monitor.complaints.letters.page_promises import find_fee_terms, tell_shown
from monitor.complaints.letters.parties import PLACE, list_unknowns, sign, subject_marks, tell_respondent
from monitor.complaints.letters.payment import tell_payment
from monitor.complaints.letters.problem import tell_problem
from monitor.complaints.letters.sentences import demand, fact, fields, form, items, law, signature, table
from monitor.complaints.letters.support import day_in, text_in
from monitor.complaints.letters.unasked import is_unasked
from monitor.complaints.model import Letter, Sentence
from monitor.complaints.routing.named_respondent import find_respondent, forum_of
from monitor.complaints.routing.small_claims import Fit, judge_small_claims
from monitor.operators.jurisdiction import Procedure
from monitor.times import SHANGHAI
from storage.case import DemandKind, ProblemKind

_SERVICES = (ProblemKind.TOPUP_MISSING, ProblemKind.BALANCE_FROZEN, ProblemKind.UNASKED_CHARGE)
_BOXES = "□是　□否（请勾选）"


def write_lawsuit(material: Material) -> Letter:
    """民事起诉状（要素式）."""
    material.note("要素式起诉状的官方示范文本（法〔2025〕82号）未读到买卖合同表格：按官方示范文本核对后再用")
    material.note("起诉状按被告人数提交副本；身份证号在提交时填写，不要写进电子版留存")
    clauses = tuple(clause for clause in find_clauses(material, most=3) if clause.own)
    articles = choose_articles(material, most=5, first=_first_articles(material, clauses))
    return Letter(
        "lawsuit",
        material.kind.name,
        say_court(material),
        (
            fields("原告", _plaintiff(material)),
            fields("被告", (*tell_respondent(material), ("法定代表人或负责人", form(PLACE)))),
            fields("案由与管辖", _forum(material)),
            items("诉讼请求", _requests(material, clauses)),
            table("事实要素", ("要素", "内容"), _elements(material, clauses)),
            *([items("理由和依据", tell_laws(articles))] if articles else []),
            items("尚不掌握、需对方提供的情况", list_unknowns(material)),
            list_attachments(material),
            fields("送达与程序", _procedure(material)),
            signature(form(f"此致　{say_court(material)}"), *sign(material, "具状人")),
        ),
        material.today,
        tuple(one.text for one in list_unknowns(material)),
    )


def _plaintiff(material: Material) -> tuple[tuple[str, Sentence], ...]:
    facts = material.facts
    buyer = facts.buyer
    marks = _shown(material, buyer.name, "identity")[:1]
    address, phone = buyer.address.strip(), buyer.phone.strip()
    rows = [
        ("姓名", fact(material.plain(buyer.name), marks) if buyer.name.strip() else form(PLACE)),
        ("性别", form(PLACE)),
        ("出生日期", fact(say_day(buyer.born_on), _born(material, buyer.born_on)) if buyer.born_on else form(PLACE)),
        ("民族", form(PLACE)),
        ("职业或工作单位", form(PLACE)),
        ("住所", fact(material.plain(address)) if address else form(PLACE)),
        ("联系电话", fact(material.plain(phone)) if phone else form(PLACE)),
        ("身份证号", form("（提交时填写）")),
    ]
    if facts.minor:
        guardian = material.actor
        rows += [
            ("法定代理人", fact(material.plain(guardian.name), _shown(material, guardian.name, "guardian_relation"))),
            ("法定代理人电话", fact(material.plain(guardian.phone)) if guardian.phone.strip() else form(PLACE)),
            ("法定代理人住所", fact(material.plain(guardian.address)) if guardian.address.strip() else form(PLACE)),
        ]
    if facts.helper.name.strip():
        helper = facts.helper.name
        rows.append(("委托诉讼代理人", fact(material.plain(helper), _shown(material, helper, "authorisation"))))
    return tuple(rows)


def _shown(material: Material, name: str, kind: str) -> tuple[str, ...]:
    """The papers of a kind that name a person."""
    return material.support(name, (kind,), text_in(name)).marks


def _born(material: Material, born: date) -> tuple[str, ...]:
    noon = datetime.combine(born, time(12), SHANGHAI)
    return material.support("", ("identity",), day_in(noon)).marks[:1]


def say_court(material: Material) -> str:
    """The court that has jurisdiction, a blank where it is not known."""
    forum = forum_of(find_respondent(material.file), material.file, Procedure.COURT)
    return forum.authority if forum is not None and forum.authority else "＿＿＿＿人民法院（请填写）"


def _forum(material: Material) -> tuple[tuple[str, Sentence], ...]:
    facts = material.facts
    name = "网络服务合同纠纷" if facts.problem in _SERVICES else "信息网络买卖合同纠纷"
    home = material.plain(facts.home) or material.plain(facts.buyer.address)
    place = citable(("msf-24", "msfjs-20"), material) if facts.by_network else citable(("msf-24",), material)
    rows = [("案由", form(f"{name}（以立案时法院确定的为准）"))]
    forum = forum_of(find_respondent(material.file), material.file, Procedure.COURT)
    if forum is not None and forum.authority:
        material.note(f"管辖法院的依据：{forum.reason}")
    if facts.by_network and home:
        told = f"商品通过信息网络交付，合同履行地在买受人住所地（{home}）"
    elif facts.by_network:
        told = "商品通过信息网络交付，合同履行地在买受人住所地"
        material.note("没有填写省市区（case set：home），管辖依据里的地点请补上")
    else:
        told = "由被告住所地或合同履行地法院管辖"
    rows.append(
        ("管辖依据", law(f"{told}，依据{name_articles(place)}", [one.id for one in place]) if place else form(told))
    )
    agreed = citable(("msfjs-31",), material)
    if agreed and material.consumer:
        material.note(f"页面有约定管辖的，若未醒目提示，可依{name_articles(agreed)}主张无效")
    small = judge_small_claims(facts, material.settings, material.today)
    rule = citable(("msf-165", "msf-166"), material)
    told = f"{small.sentence}{f'；{small.basis}' if small.basis else ''}"
    if small.fit is Fit.UNKNOWN:
        told = "是否适用小额诉讼程序，请法院依标的额审查"
    rows.append(
        ("小额诉讼程序", law(f"{told}（{name_articles(rule)}）", [one.id for one in rule]) if rule else form(told))
    )
    for missing in small.missing:
        material.note(f"小额诉讼限额：{missing.mend}")
    return tuple(rows)


def _requests(material: Material, clauses: tuple[Clause, ...]) -> tuple[Sentence, ...]:
    demands = reckon_demands(material)
    asked = list(say_requests(demands, who="判令被告"))
    kinds = {one.kind for one in material.facts.demands}
    if DemandKind.INVALID_CLAUSE in kinds:
        if clauses:
            asked += [demand(f"确认“{clause.quote}”的格式条款无效") for clause in clauses]
        else:
            material.note("请求确认条款无效，但没有可引用的抓取显示该条款，文书未写入该项")
    money = [one.amount for one in demands if one.amount is not None]
    if len(money) > 1:
        asked.append(demand(say_total(demands)))
    asked.append(demand("本案诉讼费用由被告负担"))
    return tuple(asked)


def _elements(material: Material, clauses: tuple[Clause, ...]) -> tuple[tuple[Sentence, ...], ...]:
    """One row an element of the case, its sentences with their marks."""
    parts: list[tuple[str, tuple[Sentence, ...]]] = [
        ("扣款" if is_unasked(material.facts) else "合同订立", (*tell_orders(material), *tell_purpose(material))),
        ("页面承诺", (*tell_shown(material, beside=clauses), *tell_moves(material))),
        ("页面所载费用", find_fee_terms(material)),
        ("格式条款", tuple(one for clause in clauses for one in clause.sentences)),
        ("价款支付", tell_payment(material)),
        ("交付情况", tell_delivery(material)),
        ("争议发生", tell_problem(material)),
        ("通知与协商", (*tell_dealings(material), *tell_steps(material, leave_out=("platform",)))),
        ("抓取所见的变更", tell_changes(material)),
        (BETWEEN, tell_blinks(material)),
        ("被告身份", _identity(material)),
        ("时间说明", (form(CLOCK),)),
    ]
    return tuple((form(name if one is told[0] else ""), one) for name, told in parts for one in told)


def _identity(material: Material) -> tuple[Sentence, ...]:
    named = find_respondent(material.file)
    marks = subject_marks(material, named)
    return (fact(f"被告名称为“{material.plain(named.name)}”", marks),) if named is not None else ()


def _first_articles(material: Material, clauses: tuple[Clause, ...]) -> tuple[str, ...]:
    wanted: list[str] = []
    if any(one.kind is DemandKind.FRAUD for one in reckon_demands(material)):
        wanted += ["xbf-55"]
    if clauses and any(one.kind is DemandKind.INVALID_CLAUSE for one in material.facts.demands):
        wanted += ["mfd-497"] if not material.consumer else ["xbf-26", "mfd-497"]
    return tuple(wanted)


def _procedure(material: Material) -> tuple[tuple[str, Sentence], ...]:
    address = material.plain(material.actor.address)
    return (
        ("送达地址", fact(address) if address else form(PLACE)),
        ("是否同意电子送达", form(_BOXES)),
        ("是否同意诉前或诉中调解", form(_BOXES)),
        ("是否同意适用小额诉讼程序", form(_BOXES)),
    )
