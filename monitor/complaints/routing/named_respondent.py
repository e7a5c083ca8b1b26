"""Whom a complaint or a suit can name in this case: with name and address, as what, how sure, and what is missing.

Takes a case file, gives the one that may be named and what blocks it. A subject of the archive counts at 确认 only;
what the buyer says of the seller counts as his own statement. A lead or a suspicion never leaves this machine. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from monitor.complaints.model import CaseFile, Missing
from monitor.complaints.routing.channels import cite, in_force
from monitor.complaints.routing.told_particulars import is_abroad, is_nickname, judge_address
from monitor.operators.addresses import find_division_in
from monitor.operators.jurisdiction import Delivery, Forum, Procedure, find_forums
from monitor.operators.model import Band
from monitor.operators.respondents import NO_PARTY, ROLE_ZH, RespondentRole
from monitor.operators.seller_role import SellerRole
from monitor.operators.subject_names import SubjectKind, classify_name, is_masked, is_third_party
from monitor.operators.subjects import Address, Subject
from monitor.operators.who import Placed
from storage.case import PaymentForm

_ASKED_NAME = ("tsjb-10", "tsjb_old-9")
_ASKED = {
    "small_claims": ("msf-122", "msf-166"),
    "court": ("msf-122",),
    "pre_mediation": ("msf-122",),
    "consumer_assoc": (),
}
_SITE_WORD = re.compile(r"卡盟|平台|商城|发卡|网站|小店|https?:|[a-z0-9-]+\.[a-z]{2,}", re.I)
_MERCHANT_FORMS = (
    PaymentForm.WECHAT_MERCHANT,
    PaymentForm.ALIPAY_MERCHANT,
    PaymentForm.BANK_CARD,
    PaymentForm.EPAY,
)
_ADDRESS_SOURCES = ("verified", "printed", "voucher", "told")
_NO_ANSWER = ("refused", "silent", "ended")


@dataclass(frozen=True)
class NamedRespondent:
    """The one to name. `basis` says in Chinese where it is known from; `instead` that it is the platform of a shop."""

    name: str
    address: str
    uscc: str
    role: str
    basis: str
    confirmed: bool
    instead: bool = False
    forums: tuple[Forum, ...] = ()
    told: bool = False  # the buyer himself names it: it is never swapped for another

    @property
    def complete(self) -> bool:
        """Whether name and address are there, as 投诉 and 起诉 ask for."""
        return bool(self.name and self.address)


def find_respondent(file: CaseFile) -> NamedRespondent | None:
    """The best that may be named, complete ones first; None while nobody may be."""
    told = find_told(file)
    found = [*([told] if told is not None else []), *_proven(file), *_paid(file)]
    found.sort(
        key=lambda one: (
            not one.complete,
            not one.told,
            not one.confirmed,
            one.role == RespondentRole.PAYEE.value,
            one.instead,
        )
    )
    return found[0] if found else None


def find_other_respondents(file: CaseFile) -> tuple[NamedRespondent, ...]:
    """Whom the archive proves beside the one whom the buyer names: told to him, never put in the other's place."""
    best = find_respondent(file)
    if best is None or not best.told:
        return ()
    return tuple(one for one in _proven(file) if one.name != best.name)


def find_missing(file: CaseFile, channel: str = "p12315") -> tuple[Missing, ...]:
    """What is missing to name a respondent with its address to a channel, and where to get it; () where nothing is."""
    best = find_respondent(file)
    if best is not None and best.complete:
        return ()
    articles = in_force(_ASKED.get(channel, _ASKED_NAME), file.today)
    mend = _where_to_look(file)
    if best is not None and best.name:
        wrong = judge_address(file.case.facts.respondent.address) if best.told else ""
        return (
            Missing(
                "respondent.address",
                f"被投诉人“{best.name}”的地址",
                "投诉、起诉都要写明被投诉人的名称和地址" + (f"；{wrong}" if wrong else "") + say_swapped(file, best),
                f"在国家企业信用信息公示系统按名称查出住所并截图（case set 案件 respondent.address=住所）；{mend}",
                articles,
            ),
        )
    return (
        Missing(
            "respondent.name",
            "被投诉人的名称和地址",
            "没有明确的被投诉人，投诉不予受理，起诉不能立案" + _suspected(file),
            mend + _platform_way(file),
            articles,
        ),
    )


def say_swapped(file: CaseFile, best: NamedRespondent) -> str:
    """That what the buyer called the seller stands in no register, where another is named instead; "" else."""
    told = file.case.facts.respondent.name.strip()
    if best.told or not told or not is_no_subject(file, told):
        return ""
    return f"；您填写的“{told[:40]}”不是登记的名称，没有采用，这里写的是{best.basis.split('；')[0]}"


def is_victim(file: CaseFile, name: str) -> bool:
    """Whether a name is that of somebody whose licence was found to be stolen: it must not be complained against."""
    victims = file.who.answer.victims if file.who else ()
    return any(name.strip() in (one.name, *one.other_names) for one in victims if name.strip())


def is_no_subject(file: CaseFile, name: str) -> bool:
    """Whether a name is that of a site or shop, or masked: no firm, trader or person bears it in a register."""
    facts, plain = file.case.facts, name.strip()
    if is_masked(plain):
        return True
    if plain == facts.respondent.name.strip() and is_nickname(facts.respondent):
        return True
    if facts.respondent.uscc.strip() or classify_name(plain) is not SubjectKind.NAME:
        return False
    return plain in (facts.platform.strip(), facts.respondent.shop.strip()) or bool(_SITE_WORD.search(plain))


def is_shop_on_platform(file: CaseFile) -> bool:
    """Whether the buyer dealt with a shop on a platform of several merchants."""
    role, told = file.who.answer.seller.role if file.who else SellerRole.UNKNOWN, file.case.facts.respondent
    if role is SellerRole.PLATFORM:
        return True
    if not told.shop.strip():
        return False
    owners = {one.respondent.subject.name for one in _confirmed(file)}
    another = bool(told.name.strip()) and told.name.strip() not in owners  # a shop of somebody else than the site's
    return role is not SellerRole.OWN_SITE or another


def is_platform_itself(file: CaseFile, name: str) -> bool:
    """Whether a firm that the buyer names is the platform on which the shop is, not the shop."""
    plain, platform = name.strip(), file.case.facts.platform.strip()
    if any(
        one.respondent.subject.name == plain and one.respondent.role is RespondentRole.PLATFORM_OPERATOR
        for one in _confirmed(file)
    ):
        return True
    return len(platform) >= 3 and platform in plain and plain != file.case.facts.respondent.shop.strip()


def asked_platform(file: CaseFile) -> bool:
    """Whether the platform was asked for the shop's particulars and gave none: recorded as a step."""
    return any(
        step.channel == "platform"
        and (step.outcome in _NO_ANSWER or (step.due_at is not None and step.due_at < file.at and not step.outcome))
        for step in file.steps
    )


def forum_of(named: NamedRespondent | None, file: CaseFile, procedure: Procedure) -> Forum | None:
    """The office for a procedure, as far as it is known; none within the mainland for who is abroad."""
    if named is not None and procedure is Procedure.COMPLAINT and is_abroad(named.address):
        return None
    forums = named.forums if named else ()
    if not forums and file.who:
        forums = file.who.forums
    return next((one for one in forums if one.procedure is procedure and (one.authority or one.problem)), None)


def find_told(file: CaseFile) -> NamedRespondent | None:
    """What the buyer says of the seller himself, joined with what the archive proves of the same name."""
    told = file.case.facts.respondent
    if not told.name.strip() or is_victim(file, told.name) or is_no_subject(file, told.name):
        return None
    placed = next((one for one in _confirmed(file) if one.respondent.subject.name == told.name.strip()), None)
    usable = "" if judge_address(told.address) else told.address.strip()
    address = usable or (_address(placed) if placed else "")
    instead = bool(told.shop.strip()) and is_shop_on_platform(file) and is_platform_itself(file, told.name)
    kept = any(item.kind == "subject" and item.removed_at is None for item in file.items)
    basis = "您填写的名称" + ("，有存证的主体资料" if kept else "（未存证，提交前请截图存证公示信息）")
    forums = placed.forums if placed else ()
    elsewhere = bool(placed and usable) and not _are_in_one_place(usable, _address(placed) if placed else "")
    if usable and (elsewhere or not any(one.procedure is Procedure.COMPLAINT and one.authority for one in forums)):
        forums = _forums_of(file, told.name.strip(), address, told.uscc.strip()) or forums
    if placed is not None:
        basis += f"；档案中为{ROLE_ZH[placed.respondent.role]}（确认）"
    return NamedRespondent(
        told.name.strip(),
        address,
        told.uscc.strip() or (placed.respondent.subject.uscc if placed else ""),
        placed.respondent.role.value if placed else "told",
        basis,
        placed is not None,
        instead,
        forums,
        told=True,
    )


def source_of_address(file: CaseFile, named: NamedRespondent) -> str:
    """Where the address of the named one is known from: verified, printed or voucher; told where the buyer says it.

    "" where it has none.
    """
    if not named.address:
        return ""
    if named.told:
        return "told"
    known = [
        address.source
        for one in _confirmed(file)
        if one.respondent.subject.name == named.name
        for address in one.respondent.subject.addresses
        if address.text.strip() == named.address
    ]
    return min(known, key=_ADDRESS_SOURCES.index, default="told")


def other_address(file: CaseFile) -> str:
    """The address that was looked up for the told respondent, where it lies in another district than the told one."""
    told = file.case.facts.respondent
    placed = next((one for one in _confirmed(file) if one.respondent.subject.name == told.name.strip()), None)
    known = _address(placed) if placed else ""
    return known if known and told.address.strip() and not _are_in_one_place(told.address, known) else ""


def _are_in_one_place(one: str, other: str) -> bool:
    """Whether two addresses lie in one district, as far as both can be placed."""
    first, second = find_division_in(one).division, find_division_in(other).division
    if first is None or second is None:
        return True
    length = min(len(first.code.rstrip("0")), len(second.code.rstrip("0")))
    return first.code[:length] == second.code[:length]


def _forums_of(file: CaseFile, name: str, address: str, uscc: str) -> tuple[Forum, ...]:
    """Where a subject can be complained against, reported and sued by the address that the buyer gives for it."""
    if not address:
        return ()
    facts = file.case.facts
    role = RespondentRole.SITE_OPERATOR
    if is_shop_on_platform(file):
        itself = is_platform_itself(file, name)
        role = RespondentRole.PLATFORM_OPERATOR if itself else RespondentRole.PLATFORM_SHOP
    subject = Subject(f"told:{name}", classify_name(name, uscc), name, uscc, addresses=(Address(address, "printed"),))
    forums = find_forums(
        subject,
        role,
        filed_on=file.today,
        home=find_division_in(facts.home or facts.buyer.address).division,
        delivery=Delivery.NETWORK if facts.by_network else Delivery.POST,
    )
    return tuple(
        replace(one, source="told", step=f"您填写的地址在{one.division.name}")
        if one.source == "printed" and one.division is not None
        else one
        for one in forums
    )


def list_proven(file: CaseFile) -> tuple[NamedRespondent, ...]:
    """Everyone whom the archive gives at 确认, as what he is: none of them stands for another."""
    return tuple(
        NamedRespondent(
            one.respondent.subject.name,
            _address(one),
            one.respondent.subject.uscc,
            one.respondent.role.value,
            f"{ROLE_ZH[one.respondent.role]}（确认）：{one.respondent.why}",
            True,
            forums=one.forums,
        )
        for one in _confirmed(file)
    )


def _proven(file: CaseFile) -> list[NamedRespondent]:
    """Those that the archive gives at 确认. A platform stands for a shop only when it did not disclose it."""
    found = []
    for one in _confirmed(file):
        role = one.respondent.role
        instead = role in (RespondentRole.PLATFORM_OPERATOR, RespondentRole.PAYEE) and is_shop_on_platform(file)
        if instead and not asked_platform(file):
            continue
        subject = one.respondent.subject
        basis = f"{ROLE_ZH[role]}（确认）：{one.respondent.why}"
        if role is RespondentRole.PAYEE:
            basis += "；收款方未必就是卖家，可能是代收的第三方"
        if instead:
            basis += "；平台没有提供店铺的真实名称、地址和有效联系方式，可以向平台要求赔偿"
        found.append(
            NamedRespondent(subject.name, _address(one), subject.uscc, role.value, basis, True, instead, one.forums)
        )
    return found


def _paid(file: CaseFile) -> list[NamedRespondent]:
    """The firm that the buyer's bill names as the merchant; a person's code or an unnamed account names nobody."""
    facts = file.case.facts
    name = facts.payee.strip()
    if facts.payment not in _MERCHANT_FORMS or is_third_party(name, "") or is_victim(file, name):
        return []
    if classify_name(name) not in (SubjectKind.COMPANY, SubjectKind.TRADER):
        return []
    shop = is_shop_on_platform(file)
    if shop and not asked_platform(file):
        return []  # the platform collects for its shops
    kept = any(item.kind in ("wallet_bill", "voucher") and item.removed_at is None for item in file.items)
    basis = "账单上的收款商户" + ("" if kept else "（账单未存证）") + "；未必就是卖家，可能是代收的第三方"
    return [NamedRespondent(name, "", "", RespondentRole.PAYEE.value, basis, False, shop)]


def _confirmed(file: CaseFile) -> tuple[Placed, ...]:
    if file.who is None:
        return ()
    return tuple(
        one
        for one in file.who.placed
        if one.respondent.band is Band.CONFIRMED
        and one.respondent.role not in NO_PARTY
        and one.respondent.subject.name
        and one.respondent.subject.kind is not SubjectKind.ACCOUNT
        and not one.respondent.subject.uninvolved
    )


def _address(placed: Placed) -> str:
    """The address that was looked up, else the one printed on the page."""
    addresses = placed.respondent.subject.addresses
    for source in _ADDRESS_SOURCES[:3]:
        for address in addresses:
            if address.source == source and address.text.strip():
                return address.text.strip()
    return ""


def _suspected(file: CaseFile) -> str:
    told = file.case.facts.respondent.name
    if is_victim(file, told):
        return f"；您填写的“{told.strip()}”经查是被冒用的，与本案无关"
    if told.strip() and is_no_subject(file, told):
        return f"；“{told.strip()}”像是网站、店铺的名字或被遮住的名称，不是登记的主体"
    found = [one for one in (file.who.answer.respondents if file.who else ()) if one.band is not Band.CONFIRMED]
    return "；档案中只有高度疑似的对象，查实以前不能写进投诉" if found else ""


def _where_to_look(file: CaseFile) -> str:
    """The next look-ups that the archive proposes, else the usual places."""
    steps = file.who.steps if file.who else ()
    told = [
        f"在{step.service}查“{step.words}”（{step.why}）"
        if len(step.words) <= 40
        else f"向{step.service}查询（{step.why}）"
        for step in steps[:3]
    ]
    if told:
        return "；".join(told) + "；查到的用 verified add 存证"
    return (
        "看首页底部“营业执照”“关于我们”和备案号，在工信部备案系统按域名查主办单位，在国家企业信用信息公示系统查住所；"
        "看账单的收款方全称，向支付机构申请查询收款商户"
    )


def _platform_way(file: CaseFile) -> str:
    if not is_shop_on_platform(file) or asked_platform(file):
        return ""
    return (
        "；店铺在多商户平台上：先书面请平台提供店铺经营者的真实名称、地址和联系方式，"
        f"平台提供不了的，可以以平台为被投诉人{cite(('xbf-44',), file.today)}"
    )
