"""Tells who complains and against whom: every particular in a slot of its own, and where it is known from.

The respondent is the one that `named_respondent` gives: told by the buyer, or proven; a suspicion is never
written. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from monitor.complaints.evidence.contradictions import is_same_party, payees_beside
from monitor.complaints.letters.material import Material, is_day_only, say_day
from monitor.complaints.letters.orders import say_platform
from monitor.complaints.letters.page_names import list_hosts
from monitor.complaints.letters.payment import MONEY_PROOF, PAYMENT_ZH
from monitor.complaints.letters.sentences import fact, form, unknown
from monitor.complaints.letters.support import text_in
from monitor.complaints.model import Exhibit, ExhibitGroup, Sentence
from monitor.complaints.routing.named_respondent import (
    NamedRespondent,
    find_respondent,
    other_address,
    source_of_address,
)
from monitor.operators.model import Band
from monitor.operators.respondents import RespondentRole
from monitor.operators.subject_names import SubjectKind
from scrapers.identity import Place
from storage.case import Answer, PaymentForm, Person, ProblemKind

Row = tuple[str, Sentence]
_ADDRESS_ZH = {
    "verified": "查询登记、核验所得的结果",
    "printed": "网站页面所示",
    "voucher": "付款凭证所示",
    "told": "据本人填写",
}
PAYEE = RespondentRole.PAYEE.value
BLANK = "＿＿＿＿＿＿"
PLACE = "＿＿＿＿（请填写）"
_USABLE = re.compile(r"卡密|卡号|激活|兑换|被(?:他|别)?人?使用|被用")
_WITHOUT_GOODS = (
    ProblemKind.BALANCE_FROZEN,
    ProblemKind.EXTRA_FEE,
    ProblemKind.NOT_DELIVERED,
    ProblemKind.TOPUP_MISSING,
    ProblemKind.UNASKED_CHARGE,
)


def tell_complainant(material: Material) -> tuple[Row, ...]:
    """Name, phone and address of the one who complains; of a minor the guardian, who acts for him."""
    facts, rows = material.facts, list[Row]()
    if facts.minor:
        child = material.plain(facts.buyer.name)
        rows.append(("购买人（未成年人）", fact(child) if child else unknown("姓名未填写")))
        if facts.buyer.born_on is not None:
            rows.append(("购买人出生日期", fact(say_day(facts.buyer.born_on))))
        rows += _person(material, material.actor, "法定代理人（监护人）", "guardian_relation")
    else:
        rows += _person(material, facts.buyer, "姓名", "identity")
    if facts.helper.name.strip():
        helper = material.plain(facts.helper.name)
        role = material.plain(facts.helper_role, most=40)
        told = f"{helper}（{role}）" if role else helper
        rows.append(("受托人", fact(told, material.support(helper, ("authorisation",), text_in(helper)).marks)))
        phone = material.plain(facts.helper.phone)
        if phone:
            rows.append(("受托人电话", fact(phone)))
    return tuple(rows)


def _person(material: Material, person: Person, name: str, kind: str) -> list[Row]:
    marks = material.support(person.name, (kind,), text_in(person.name)).marks[:1]
    slots = ((name, person.name, marks), ("联系电话", person.phone, ()), ("通讯地址", person.address, ()))
    return [
        (slot, fact(told, found)) if (told := material.plain(text)) else (slot, unknown("未填写"))
        for slot, text, found in slots
    ]


def tell_respondent(material: Material) -> tuple[Row, ...]:
    """The respondent's particulars with the source of each; what is not known is said."""
    named, shop = find_respondent(material.file), material.plain(material.facts.respondent.shop)
    rows = tell_party(material, named)
    if named is None or not shop:
        return rows
    return (*rows, ("店铺", fact(shop, material.support(shop, ("order",), text_in(shop)).marks)))


def tell_party(material: Material, named: NamedRespondent | None) -> tuple[Row, ...]:
    """The particulars of one who is named, with the source of each."""
    if named is None:
        return (
            ("名称", unknown("尚未查明，没有足以指名的依据")),
            ("平台或网站", fact(say_platform(material))),
        )
    rows: list[Row] = [
        ("名称", fact(material.plain(named.name), _paid(material, named) or subject_marks(material, named)))
    ]
    if named.uscc:
        rows.append(("统一社会信用代码", fact(material.plain(named.uscc), subject_marks(material, named, named.uscc))))
    address = fact(material.plain(named.address), subject_marks(material, named, named.address))
    rows.append(("地址", address if named.address else unknown("尚未查明")))
    registered = other_address(material.file) if named.told else ""
    if registered:
        rows.append(("查得的登记住所", fact(material.plain(registered), subject_marks(material, named, registered))))
        material.note(
            "所填地址与查得的登记住所不在同一区县：两处都已写明，收件机关按所填的实际经营地址，提交前核对归哪里管"
        )
    looked_up = _address_marks(material, named) if named.role == PAYEE else ()
    marks = tuple(dict.fromkeys((*rows[0][1].marks, *looked_up)))
    rows.append(("名称和地址的来源", fact(say_basis(material, named), marks)))
    rows.append(("平台或网站", _tell_platform(material)))
    phone = material.plain(material.facts.respondent.phone)
    if phone and named.name == material.facts.respondent.name.strip():
        rows.append(("联系电话", fact(phone)))
    return tuple(rows)


def _tell_platform(material: Material) -> Sentence:
    """The platform, marked with an order that names it."""
    facts = material.facts
    names = [text_in(name) for name in (facts.platform, facts.url) if name.strip()]
    found = material.support("", ("order",), lambda text: any(name(text) for name in names)).marks if names else ()
    return fact(say_platform(material), found)


def _paid(material: Material, named: NamedRespondent) -> tuple[str, ...]:
    """The bills that name a payee."""
    return material.support(named.name, MONEY_PROOF, text_in(named.name)).marks if named.role == PAYEE else ()


def subject_marks(material: Material, named: NamedRespondent | None, shown: str = "") -> tuple[str, ...]:
    """The exhibits that show who the respondent is; of files that were brought in only those whose text names him.

    The kept result of a look-up shows what was found by it, as the archive recorded it.
    """
    if named is None:
        return ()
    group = [one for one in material.exhibits if one.group is ExhibitGroup.SUBJECT and one.kind == "subject"]
    test = text_in(shown or named.name)
    found = [
        one.number
        for one in group
        if (one.form != "item" or test(one.shows if _is_looked_up(material, one) else material.read_in(one)))
    ]
    return tuple(found)[:4]


def _is_looked_up(material: Material, one: Exhibit) -> bool:
    """Whether an exhibit is the result of a look-up: kept by the archive itself, no item of the case."""
    return one.form == "lookup" or (one.form == "item" and all(one.id != item.evidence for item in material.file.items))


def say_basis(material: Material, named: NamedRespondent) -> str:
    """Where name and address are known from, in the words of a letter."""
    held = held_sources(material, named)
    if named.role == PAYEE:
        billed = "账单所示收款方" if _paid(material, named) else "据本人陈述的收款方"
        where = _ADDRESS_ZH.get(source_of_address(material.file, named), "")
        looked_up = f"；{held}" if held and not where and (named.confirmed or not named.told) else ""
        named_by = f"名称：{billed}；地址：{where}" if where else billed
        return f"{named_by}{looked_up}；收款方是否即为卖家尚待查明"
    if not named.confirmed:
        return "据本人查得并留存的主体资料" if subject_marks(material, named) else "据本人自行了解填写"
    where = held or "档案中的主体资料（没有编入证据）"
    if named.instead:
        return f"平台经营者，据{where}；平台没有向本人提供店铺经营者的真实名称、地址和有效联系方式"
    return f"{'本人填写，' if named.told else ''}{where}"


def _address_marks(material: Material, named: NamedRespondent) -> tuple[str, ...]:
    """The kept results of looking him up by name, where his address is known from that."""
    if source_of_address(material.file, named) != "verified":
        return ()
    looked_up = {one.number for one in material.exhibits if _is_looked_up(material, one)}
    return tuple(number for number in subject_marks(material, named) if number in looked_up)


def held_sources(material: Material, named: NamedRespondent | None, *, among: Collection[str] | None = None) -> str:
    """What of the evidence shows who he is: a page, a register that was looked up, or both; "" where nothing does.

    With `among` only these exhibits are looked at, by number.
    """
    marks = [one for one in subject_marks(material, named) if among is None or one in among]
    shown = [one for one in material.exhibits if one.number in marks]
    forms = {"lookup" if _is_looked_up(material, one) else one.form for one in shown}
    found = [
        word for form_of, word in (("capture", "网站公示信息"), ("lookup", "查得的登记、核验结果")) if form_of in forms
    ]
    return "与".join(found) or ("本人留存的主体资料" if forms else "")


def name_respondent(material: Material) -> str:
    """The respondent's name, else the platform: for headings and addressees."""
    named = find_respondent(material.file)
    return material.plain(named.name) if named is not None and named.name else say_platform(material)


def sign(material: Material, role: str) -> tuple[Sentence, ...]:
    """The lines of a signature: who, by whom for a minor, and the day."""
    who = material.plain(material.actor.name) or BLANK
    told = (
        f"{role}（法定代理人，签名）：{BLANK}（{who}）" if material.facts.minor else f"{role}（签名）：{BLANK}（{who}）"
    )
    return form(told), form(f"日期：{say_day(material.today)}")


def say_payment(material: Material) -> str:
    """The form of payment as a word, "" while it is not known."""
    form_of = material.facts.payment
    return "" if form_of is PaymentForm.UNKNOWN else PAYMENT_ZH[form_of]


def list_unknowns(material: Material) -> tuple[Sentence, ...]:
    """What the letter does not know, said in it rather than passed over."""
    facts, told = material.facts, list[str]()
    named = find_respondent(material.file)
    if named is None or not named.name:
        told.append("实际经营者的名称和地址尚未查明")
    elif not named.address:
        told.append("被投诉人的地址尚未查明")
    elif named.role == PAYEE:
        told.append("收款方与实际卖家是否为同一主体尚未查明")
    elif payees_beside(material.file):
        told.append("账单所示收款方与被投诉人的关系尚未查明")
    if named is not None and (payee := _payee_of_another(material, named)):
        told.append(f"收款方“{payee}”与“{material.plain(named.name)}”的关系尚未查明")
    signed = signed_otherwise(material, named) if named is not None else ()
    if not any(one.number.strip() for one in facts.orders):
        told.append("订单号未掌握")
    if not any(one.payment_no.strip() for one in facts.orders):
        told.append("支付交易单号未掌握")
    if not material.file.pages:
        told.append("没有下单前后的页面抓取，页面当时内容以截图和双方记录为准")
    elif all(page.before is None for page in material.file.pages):
        told.append("没有下单前的页面抓取，下单时页面所示内容未观察")
    if facts.ordered_at is not None and is_day_only(facts.ordered_at) and not material.hides_order:
        told.append("下单的具体时刻不详，当日的页面抓取在下单之前还是之后不能断定")
    hosts = list_hosts(material)
    if len(hosts) > 1:
        told += [f"{hosts[0]}与{one}是否同一经营者尚未查明" for one in hosts[1:3]]
    if facts.used.value == "unknown" and _was_delivered(material):
        told.append("商品是否已被他人使用、何时使用尚不清楚，有关记录由对方或发行方掌握")
    beside = [fact("网站的页面署有另一公司的名称，它与收款方、实际卖家的关系尚未查明", signed)] if signed else []
    return (*beside, *(unknown(one) for one in told))


def _payee_of_another(material: Material, named: NamedRespondent) -> str:
    """The payee that the buyer tells, where it is another than the named one; "" in a report that hides the trade."""
    payee = material.facts.payee.strip()
    if not payee or not named.name or material.hides_order or named.role == PAYEE:
        return ""
    return "" if is_same_party(payee, named.name) else material.plain(payee, most=80)


def signed_otherwise(material: Material, named: NamedRespondent | None) -> tuple[str, ...]:
    """The captures of the case on which another firm signs than the named one, or one where none is named.

    It is not named: anybody can write a name on a page. That one stands there the reader finds anyway.
    """
    who = material.file.who
    if who is None:
        return ()
    others = [
        one
        for one in (*who.answer.leads, *who.answer.respondents)
        if one.band is not Band.CONFIRMED
        and one.subject.kind in (SubjectKind.COMPANY, SubjectKind.TRADER)
        and one.subject.name
        and not one.subject.uninvolved
        and (named is None or not is_same_party(one.subject.name, named.name))
    ]
    rows = [row for one in others for row in one.rows if row.kind == "company" and row.place == Place.VISIBLE.value]
    return material.marks_of(proof for row in rows for proof in row.proof)[:2]


def _was_delivered(material: Material) -> bool:
    """Whether goods came that somebody else could have used: of balances and fees nothing did."""
    facts = material.facts
    if facts.problem is ProblemKind.REFUSED_AFTER_SALES and not _USABLE.search(facts.what_happened):
        return False  # nothing in the case raises it
    return facts.delivered in (Answer.YES, Answer.PARTLY) and facts.problem not in _WITHOUT_GOODS
