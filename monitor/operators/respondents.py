"""Who can be complained against for an order, as what, how sure, by which rows, and what is still missing.

Takes gathered subjects, gives ranked respondents. 确认 needs something that the page itself cannot make: the buyer's
payment record, a registry, or an answer that a person looked up and whose source ties the subject to the site. A name
on copyable text alone is a lead at most, and then the answer is 主体不明. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from monitor.operators.contacts import Contact, list_contacts
from monitor.operators.model import Band
from monitor.operators.proofs import STRENGTH_ZH, ProofRow, Strength
from monitor.operators.seller_role import SellerJudgement, SellerRole, is_branch
from monitor.operators.subject_names import SubjectKind, is_masked
from monitor.operators.subjects import ACCOUNT_KINDS, Subject
from monitor.operators.verified_answers import SOURCES
from storage.identity import Statement


class RespondentRole(StrEnum):
    """As what a subject can be complained against. The words are promises of `cardwatch who --json`."""

    PAYEE = "payee"
    PLATFORM_SHOP = "platform_shop"
    PLATFORM_OPERATOR = "platform_operator"
    OWN_SITE_SELLER = "own_site_seller"
    SITE_OPERATOR = "site_operator"  # platform or own site is not known
    ICP_HOLDER = "icp_holder"
    REGISTRANT = "registrant"


ROLE_ZH = {
    RespondentRole.PAYEE: "收款方",
    RespondentRole.PLATFORM_SHOP: "平台内经营者",
    RespondentRole.PLATFORM_OPERATOR: "平台经营者",
    RespondentRole.OWN_SITE_SELLER: "自建网站经营者",
    RespondentRole.SITE_OPERATOR: "网站经营者（平台或自建网站未定）",
    RespondentRole.ICP_HOLDER: "备案主体",
    RespondentRole.REGISTRANT: "域名注册人",
}
OPERATOR_ROLES = (RespondentRole.PLATFORM_OPERATOR, RespondentRole.OWN_SITE_SELLER, RespondentRole.SITE_OPERATOR)
NO_PARTY = (RespondentRole.ICP_HOLDER, RespondentRole.REGISTRANT)
_RANK = {role: place for place, role in enumerate(RespondentRole)}
_BAND_RANK = {Band.CONFIRMED: 0, Band.PROBABLE: 1, Band.LEAD: 2}
_STRENGTH_RANK = {strength: place for place, strength in enumerate(Strength)}
_OPERATOR_OF = {
    SellerRole.PLATFORM: RespondentRole.PLATFORM_OPERATOR,
    SellerRole.OWN_SITE: RespondentRole.OWN_SITE_SELLER,
    SellerRole.UNKNOWN: RespondentRole.SITE_OPERATOR,
}
_SHOP_WORDS = ("商户", "店铺", "卖家", "商家", "供货", "入驻")
_MOST_LEADS = 100
_MOST_PAYEES = 4
_MOST_COPIED = 3
_MOST_ROWS = 100  # of one respondent, the strongest first
_OUTSIDE = ("court", "gsxt")  # sources that say by themselves who runs the site
_FAMILIES = {
    "payee": "pay",
    "registrant": "registry",
    "icp": "filing",
    "uscc": "legal",
    "company": "legal",
    "address": "legal",
    **dict.fromkeys(ACCOUNT_KINDS, "pay"),
}


@dataclass(frozen=True)
class Respondent:
    """One subject in one role. `why` is one Chinese sentence, `missing` what would make it surer."""

    subject: Subject
    role: RespondentRole
    band: Band
    why: str
    rows: tuple[ProofRow, ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class RespondentAnswer:
    """The answer for one order date. `respondents` are at 高度疑似 or 确认; without any the respondent is unknown."""

    at: datetime
    respondents: tuple[Respondent, ...]
    leads: tuple[Respondent, ...]
    victims: tuple[Subject, ...]
    contacts: tuple[Contact, ...]
    seller: SellerJudgement
    notes: tuple[str, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether anybody with a name sold or was paid: a registrant or the holder of a filing alone did not."""
        return any(
            one.subject.name and one.subject.kind is not SubjectKind.ACCOUNT and one.role not in NO_PARTY
            for one in self.respondents
        )


def rank_respondents(
    subjects: Iterable[Subject],
    seller: SellerJudgement,
    *,
    at: datetime,
    statements: Iterable[Statement] = (),
    imitates: Iterable[str] = (),
) -> RespondentAnswer:
    """Rank subjects in their roles for an order at a moment; `statements` give the contacts.

    `imitates` are strangers' sites whose words the sites asked about may have copied: what such a site discloses of
    its sellers is worth no more than its footer.
    """
    subjects = tuple(subjects)
    copied = tuple(dict.fromkeys(imitates))
    if seller.role is not SellerRole.PLATFORM or copied:
        subjects = tuple(map(_take_as_own_word, subjects))
    if copied:  # a copied number leads to whom it was copied from: only a look-up of the domain itself tells more
        subjects = tuple(map(_loosen_typed, subjects))
    found = [
        respondent
        for subject in subjects
        if not subject.uninvolved
        for respondent in _roles_of(subject, seller, copied)
    ]
    found, notes = _settle_conflicts(found)
    notes = (*notes, *_name_contradictions(subjects))
    found.sort(key=_order)
    leads = [one for one in found if one.band is Band.LEAD]
    if len(leads) > _MOST_LEADS:
        notes = (*notes, f"线索共{len(leads)}条，只列出{_MOST_LEADS}条")
    return RespondentAnswer(
        at,
        tuple(one for one in found if one.band is not Band.LEAD),
        tuple(leads[:_MOST_LEADS]),
        tuple(one for one in subjects if one.uninvolved),
        list_contacts(statements),
        seller,
        notes,
    )


def _order(one: Respondent) -> tuple[int, int, int, int, str]:
    strongest = min((_STRENGTH_RANK[row.strength] for row in one.rows), default=len(_STRENGTH_RANK))
    return (_BAND_RANK[one.band], _RANK[one.role], 0 if one.subject.name else 1, strongest, one.subject.key)


def _take_as_own_word(subject: Subject) -> Subject:
    """The subject with what a site that is no platform said of its sellers as text: that is its own word."""
    if all(row.source != "platform" for row in subject.rows):
        return subject
    rows = tuple(replace(row, strength=Strength.TEXT) if row.source == "platform" else row for row in subject.rows)
    return replace(subject, rows=rows)


def _loosen_typed(subject: Subject) -> Subject:
    rows = tuple(replace(row, strength=Strength.KNOWN) if row.as_typed else row for row in subject.rows)
    return replace(subject, rows=rows)


def _roles_of(subject: Subject, seller: SellerJudgement, copied: Sequence[str]) -> Iterable[Respondent]:
    """A subject in every role that its rows speak of; a payment into a stranger's account speaks of nothing else."""
    paid = [row for row in subject.rows if _FAMILIES.get(row.kind) == "pay" or row.source == "payment"]
    if paid:
        yield _as_payee(subject, paid)
    rows = tuple(row for row in subject.rows if not row.astray)
    subject = replace(subject, rows=rows)
    shop = [row for row in rows if row.source == "platform" or _is_of_shop(row)]
    if shop and seller.role is not SellerRole.OWN_SITE:
        yield _as_shop(subject, shop, seller, copied)
    registered = [row for row in rows if row.kind == "registrant"]
    if registered:
        yield _as_registrant(subject, registered)
    filed = [row for row in rows if row.kind == "icp" or row.source == "miit"]
    if filed or subject.icp:
        yield _as_holder(subject, filed)
    elsewhere = ("payment",) if seller.role is SellerRole.OWN_SITE else ("payment", "platform")
    stated = [row for row in rows if row.kind in ("uscc", "company") and not _is_of_shop(row)]
    stated = [row for row in stated if row.source not in elsewhere]
    if (stated or registered) and not (shop and not stated):
        yield _as_operator(subject, seller)


def _as_payee(subject: Subject, rows: Sequence[ProofRow]) -> Respondent:
    astray = next((row.astray for row in rows if row.astray), "")
    own = [row for row in rows if not row.astray]
    sure = [row for row in own if row.strength in (Strength.VOUCHER, Strength.LINKED) and row.timely]
    told = [row for row in own if row.strength is Strength.TOLD]
    some = [row for row in rows if row.strength is Strength.CONTROL and row.timely]
    missing: tuple[str, ...] = ()
    if sure:
        band, why = Band.CONFIRMED, "款项付给了其：付款凭证或支付机构的答复写明"
        if not subject.name or subject.kind is SubjectKind.ACCOUNT:
            missing = ("收款账户背后的真实名称：向支付机构查询",)
    elif told:
        band, why = Band.PROBABLE, "您称款项付给了其（未存档）；存档付款凭证以后才能确认"
        if some:
            why += "；网站页面上也见到这个收款账户"
        missing = ("付款凭证：verified add --source payment --file",)
        if not subject.name or subject.kind is SubjectKind.ACCOUNT:
            missing = (*missing, "收款账户背后的真实名称：向支付机构查询")
    elif some and not subject.shared:
        band, why = Band.PROBABLE, "页面上的收款码或商户号属于其；是否就是本单的收款方，要看付款凭证"
        missing = ("本单的付款凭证", "收款账户背后的真实名称：向支付机构查询")
    elif astray:
        band, why, missing = Band.LEAD, astray, ("所问平台的页面或客服给出该账户的证据：下单页截图、聊天记录",)
    else:
        far = not any(row.timely for row in rows)
        band, why = Band.LEAD, "见到这个收款方的时候离订单日较远" if far else "只在页面文字中见到这个收款方"
        if subject.shared:
            why = "这个收款账户也为许多别的站点收款，多半是代收款的第三方"
        missing = ("本单的付款凭证",)
    return Respondent(subject, RespondentRole.PAYEE, band, why, _by_strength(rows), missing)


def _as_shop(subject: Subject, rows: Sequence[ProofRow], seller: SellerJudgement, copied: Sequence[str]) -> Respondent:
    missing: tuple[str, ...] = ()
    told = any(row.strength is Strength.LINKED and row.timely for row in rows)
    agrees = any(_is_beyond_platform(row) and row.timely for row in subject.rows)
    if told and agrees and seller.role is SellerRole.PLATFORM:
        band, why = Band.CONFIRMED, "平台披露它是该店铺的经营者，平台以外的证据与之一致"
    elif told and seller.role is SellerRole.PLATFORM:
        band, why = Band.PROBABLE, "平台披露它是该店铺的经营者；只有平台自己的说法"
        missing = ("平台以外的一种证据：付款凭证、支付机构的答复",)
    elif any(row.source == "platform" for row in rows):
        band, why = Band.LEAD, "网站自己说它是卖家；该网站是否平台尚未判定，网站自己的话和页脚一样可以照抄"
        missing = ("网站以外的一种证据：付款凭证、工信部按域名的备案、法院文书",)
        if copied:
            shown = "、".join(copied[:_MOST_COPIED])
            why = f"网站自己说它是卖家；该网站疑似照抄{shown}，它说卖家是谁可能正是冒用被照抄一方的名义"
        elif seller.role is SellerRole.UNKNOWN:
            missing = (*missing, "该网站是否平台：有无多个商户")
    else:
        band, why = Band.LEAD, "只有店铺自己的公示文字"
        missing = ("平台对该店铺经营者真实名称、地址的披露", "公示系统的核验")
    return Respondent(subject, RespondentRole.PLATFORM_SHOP, band, why, _by_strength(rows), missing)


def _as_registrant(subject: Subject, rows: Sequence[ProofRow]) -> Respondent:
    sure = any(row.strength is Strength.REGISTRY and row.timely for row in rows)
    if sure and not subject.shared:
        band, why = Band.CONFIRMED, "域名登记查询写明它是注册人；注册人未必是经营者"
    elif subject.shared:
        band, why = Band.LEAD, "它注册了许多互不相干的域名，可能是代理注册的服务商"
    else:
        unchecked = any(row.strength is Strength.TEXT for row in rows)
        far = not any(row.timely for row in rows)
        told = [*(["不经实名核验"] if unchecked else []), *(["查询日离订单日较远"] if far else [])]
        band, why = Band.LEAD, f"该域名的注册人信息{'，且'.join(told)}"
    return Respondent(subject, RespondentRole.REGISTRANT, band, why, _by_strength(rows), ("注册人与经营者是否同一",))


def _as_holder(subject: Subject, rows: Sequence[ProofRow]) -> Respondent:
    missing: tuple[str, ...] = ()
    tied = [row for row in rows if row.source == "miit" and row.strength is Strength.LINKED and row.timely]
    known = any(row.source == "miit" and row.timely for row in rows)
    if any(not row.as_typed for row in tied):
        band, why = Band.CONFIRMED, "工信部按域名查得的备案主体就是它"
    elif tied:
        band, why = Band.PROBABLE, "工信部按备案号查得，其下列有本域名（您填写）；备案号可能被别的站点冒用"
        missing = ("按域名（而不是备案号）再查一次工信部",)
    elif known:
        band, why = Band.LEAD, "工信部查得该备案号属于它；备案号可能被别的站点冒用，须按域名再查"
        missing = ("按域名（而不是备案号）再查一次工信部",)
    elif any(row.source == "miit" for row in rows):
        band, why = Band.LEAD, "工信部的查询离订单日太远，或查得的可能是域名从前的持有人；须按订单日前后的查询核对"
        missing = ("离订单日较近的工信部按域名查询",)
    else:
        band, why = Band.LEAD, "只是页面上写着这个备案号，须人工在工信部核验"
        missing = ("工信部按域名查询的备案主体",)
    return Respondent(subject, RespondentRole.ICP_HOLDER, band, why, _by_strength(rows), missing)


def _as_operator(subject: Subject, seller: SellerJudgement) -> Respondent:
    """The one who runs the site: 确认 needs two families, one of them beyond the page's reach and not shared."""
    # what the site itself discloses is its own word, and ties no more than its footer does
    said = any(row.timely and row.source == "platform" for row in subject.rows)
    timely = [row for row in subject.rows if row.timely and row.source != "platform"]
    stated = any(row.strength is Strength.TEXT and row.kind in ("uscc", "company") for row in timely)
    ties = [row for row in timely if row.strength in (Strength.VOUCHER, Strength.LINKED, Strength.REGISTRY)]
    if subject.shared:  # on many strangers' sites: what ties others to it ties nothing here
        ties = [row for row in ties if row.source in _OUTSIDE]
    sure = [row for row in ties if row.settles]  # a filing may be that of the name's former holder
    families = {_family(row) for row in sure} | ({"legal"} if stated else set())
    known = any(row.source == "gsxt" for row in timely)
    alike = subject.kind in (SubjectKind.PERSON, SubjectKind.NAME)
    outside = any(row.source in _OUTSIDE for row in sure)
    several = len({_family(row) for row in ties}) + stated > 1
    if sure and (len(families) >= 2 or outside) and not alike and not subject.gone:
        band = Band.CONFIRMED
        why = f"{_join_strengths(sure)}与页面公示一致" if stated else f"{_join_strengths(sure)}指向它"
    elif ties and (several or any(row.strength is Strength.LINKED for row in ties)):
        band = Band.PROBABLE
        doubt = "；同名不等于同一人" if alike and several else "" if several else "，尚无第二种证据"
        why = f"{_join_strengths(ties)}指向它{doubt}"
    else:
        band, why = Band.LEAD, "只有页面文字写着它，任何人都可以照抄" if stated else "尚无足以指向它的证据"
        if ties and not stated:
            why = f"{_join_strengths(ties)}指向它，但注册人、收款方未必是经营者，尚无第二种证据"
        elif any(row.source == "gsxt" and row.names_site for row in timely):
            why = "公示系统年报所列的网站就是本站点，但可能是域名从前的持有人报的（见疑点），还没有把二者连起来的证据"
        elif known and stated:
            why = "公示系统确有页面所写的主体，但不说它与本站点有关；执照可被冒用，还没有把二者连起来的证据"
        elif said and not stated:
            why = "只有网站自己的话说是它，和页脚一样可以照抄"
        why = why if timely or said else "见到它的时候离订单日较远"
    missing = []
    person = subject.kind is SubjectKind.PERSON
    if person:
        missing.append("身份和住址：向公安机关报案，或由法院依申请调查")
    elif not subject.uscc:
        missing.append("统一社会信用代码：按名称在公示系统查询")
    if not known and not person:
        missing.append("公示系统的核验（名称、代码、住所、状态）")
    if not ties:
        missing.append("把它与本站点连起来的证据：付款凭证、工信部按域名的备案、支付机构的答复")
    if any(not row.settles and row.source == "miit" for row in ties) and band is not Band.CONFIRMED:
        missing.append("备案审核通过日期（filed_on）晚于域名本次注册日期的证明，以排除买来的旧域名")
    return Respondent(subject, _OPERATOR_OF[seller.role], band, why, _by_strength(subject.rows), tuple(missing))


def _settle_conflicts(found: list[Respondent]) -> tuple[list[Respondent], tuple[str, ...]]:
    """Two subjects that are both sure to run the site contradict each other: neither stays sure."""
    sure = [one for one in found if one.role in OPERATOR_ROLES and one.band is Band.CONFIRMED]
    if len({one.subject.key for one in sure}) < 2:
        return found, ()
    names = "、".join(one.subject.name for one in sure[:4])
    told = f"有{len(sure)}个主体都有证据是经营者（{names}），互相矛盾或先后转让，均降为高度疑似，须查清订单日是谁"
    lowered = [replace(one, band=Band.PROBABLE, why=f"{one.why}；{told}") if one in sure else one for one in found]
    return lowered, (told,)


def _name_contradictions(subjects: Iterable[Subject]) -> Iterable[str]:
    """A payee that differs from whoever registered the domain or stands on the page: said, for it may be another."""
    subjects = [one for one in subjects if one.name and not one.uninvolved]
    paid = [one for one in subjects if any(row.strength in (Strength.VOUCHER, Strength.TOLD) for row in one.rows)]
    kinds = {"registrant": "域名注册人", "company": "页面公示的名称"}
    for payee in paid[:_MOST_PAYEES]:
        for kind, said in kinds.items():
            others = [
                one.name
                for one in subjects
                if one is not payee and any(row.kind == kind and not row.source for row in one.rows)
            ]
            own = any(row.kind == kind for row in payee.rows)
            if others and not own and not is_masked(payee.name):
                names = "、".join(dict.fromkeys(others[:4]))
                yield f"收款方“{payee.name}”与{said}（{names}）不一致：收款方未必是经营者，须查明二者关系"


def _family(row: ProofRow) -> str:
    if row.source:
        return {"miit": "filing", "payment": "pay"}.get(row.source, row.source)
    return _FAMILIES.get(row.kind, row.kind)


def _by_strength(rows: Iterable[ProofRow]) -> tuple[ProofRow, ...]:
    ordered = sorted(
        rows, key=lambda one: (_STRENGTH_RANK[one.strength], not one.timely, one.kind, one.value, one.site)
    )
    return tuple(dict.fromkeys(ordered))[:_MOST_ROWS]


def _join_strengths(rows: Iterable[ProofRow]) -> str:
    told = dict.fromkeys(
        SOURCES.get(row.source, row.source) if row.source else STRENGTH_ZH[row.strength] for row in rows
    )
    return "、".join(told)


def _is_of_shop(row: ProofRow) -> bool:
    """Whether a row speaks of a shop on a platform: by the word beside it, or by the site that it stood on."""
    return _is_shop_word(row.role) or (row.kind in ("uscc", "company") and bool(row.site) and is_branch(row.site))


def _is_beyond_platform(row: ProofRow) -> bool:
    """Whether a row comes from somebody whom a platform cannot make say it."""
    told = row.strength is Strength.LINKED and row.source in ("payment", "court")
    return told or row.strength in (Strength.VOUCHER, Strength.REGISTRY)


def _is_shop_word(role: str) -> bool:
    return any(word in role for word in _SHOP_WORDS)
