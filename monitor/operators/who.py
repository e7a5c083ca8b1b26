"""Answers who a platform's complaint is against, from the archive: its sites then, subjects, roles, forums, next steps.

Takes an open session and what was asked; all judging is in the pure modules. The sites of a platform are those of its
own pages and their confirmed successors; other sites of the same operator are named, and prove nothing here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from monitor.operators.divisions import Division
from monitor.operators.imitations import find_imitations
from monitor.operators.jurisdiction import (
    Delivery,
    Forum,
    Locality,
    find_forums,
    find_forums_unknown,
    locate_subject,
)
from monitor.operators.model import Band
from monitor.operators.next_steps import Step, list_next_steps
from monitor.operators.platform_sites import (
    MOST_SITES,
    PlatformSite,
    describe_site,
    keep_that_epoch,
    list_sites_of,
    sort_by_use,
)
from monitor.operators.proofs import Voucher
from monitor.operators.respondents import (
    NO_PARTY,
    ROLE_ZH,
    Respondent,
    RespondentAnswer,
    RespondentRole,
    rank_respondents,
)
from monitor.operators.seller_role import SellerJudgement, judge_seller
from monitor.operators.sister_sites import SisterSites, find_sister_sites, say_decision
from monitor.operators.stray_accounts import find_stray_accounts
from monitor.operators.subject_gathering import gather_subjects
from monitor.operators.subject_names import SubjectKind
from monitor.operators.subjects import Subject, is_usable
from monitor.operators.verified_answers import icp_key, read_answers
from monitor.times import SHANGHAI
from scrapers.domains import registrable_domain
from scrapers.model import FactKind, Origin, Outcome
from storage.captures import list_captures
from storage.identity import Objection, SitePeriod, Statement
from storage.objections import list_objections
from storage.operators import list_operators
from storage.pages import list_pages
from storage.site_periods import list_periods
from storage.statements import frequencies, sites_with, statements_of
from storage.verified import list_verified
from storage.versions import get_version

if TYPE_CHECKING:
    from storage.session import Session

_MOST_PAGES = 30  # whose texts tell a platform from an own site
_MOST_STRANGERS = 200  # sites that are told apart by their operators; beyond, every site counts
_READ_WITHIN = timedelta(days=90)
_COUNTED_KINDS = ("uscc", "company", "icp", "payee", "registrant", "merchant_id", "alipay_static", "wechat_static",
                  "epay_pid", "crypto")  # fmt: skip
_FIRST = (
    RespondentRole.PLATFORM_SHOP,
    RespondentRole.OWN_SITE_SELLER,
    RespondentRole.PLATFORM_OPERATOR,
    RespondentRole.SITE_OPERATOR,
    RespondentRole.PAYEE,
    RespondentRole.ICP_HOLDER,
    RespondentRole.REGISTRANT,
)


@dataclass(frozen=True)
class Placed:
    """A respondent with the place where it is and where it can be complained against."""

    respondent: Respondent
    locality: Locality
    forums: tuple[Forum, ...]


@dataclass(frozen=True)
class WhoAnswer:
    """The whole answer for one order date and one day of filing."""

    asked: str
    platforms: tuple[str, ...]
    at: datetime
    filed_on: date
    sites: tuple[PlatformSite, ...]
    answer: RespondentAnswer
    placed: tuple[Placed, ...]
    forums: tuple[Forum, ...]  # what remains while nobody is known; empty otherwise
    steps: tuple[Step, ...]
    objections: tuple[Objection, ...]
    notes: tuple[str, ...]
    inner_notes: frozenset[str] = frozenset()  # those of the notes that name what is for this machine alone

    @property
    def first(self) -> Respondent | None:
        """The one to complain against first: who runs the shop or site, else who got the money; None for nobody."""
        named = [one for one in self.answer.respondents if one.subject.name]
        named = [one for one in named if one.subject.kind is not SubjectKind.ACCOUNT]
        ranked = sorted(
            named, key=lambda one: (one.role in NO_PARTY, one.band is not Band.CONFIRMED, _FIRST.index(one.role))
        )
        return ranked[0] if ranked else None

    @property
    def conclusion(self) -> str:
        """One Chinese sentence: who, as what, how sure; or that the respondent is unknown."""
        best = self.first
        if best is None:
            told = f"主体不明：没有足以指名的证据，有{len(self.answer.leads)}条线索"
            accounts = sum(1 for one in self.answer.respondents if one.subject.kind is SubjectKind.ACCOUNT)
            return told + (f"，另有{accounts}个未具名的收款账户" if accounts else "")
        sure = "确认" if best.band is Band.CONFIRMED else "高度疑似，提交前须按下列步骤查实"
        # whoever got the money is no more the operator for being sure: that stays as unknown as it was
        named = {one.role for one in self.answer.respondents if one.subject.name} - {RespondentRole.PAYEE, *NO_PARTY}
        unsure = "经营者不明；" if best.role in NO_PARTY or (best.role is RespondentRole.PAYEE and not named) else ""
        return f"{unsure}{ROLE_ZH[best.role]}：{best.subject.name}（{sure}）"


def answer_who(
    session: Session,
    asked: str,
    platforms: Sequence[str],
    sites: Sequence[str],
    *,
    at: datetime,
    filed_on: date,
    home: Division | None = None,
    vouchers: Iterable[Voucher] = (),
    delivery: Delivery = Delivery.NETWORK,
) -> WhoAnswer:
    """The answer for platforms and sites as `find_platforms` gives them, for an order at a moment."""
    notes = tell_odd_dates(at, filed_on, datetime.now(UTC))
    found = list_sites_of(session, platforms, sites)
    if len(found) > MOST_SITES:
        notes.append(f"只看了{len(found)}个站点中的{MOST_SITES}个")
        found = dict(list(found.items())[:MOST_SITES])
    names = tuple(found)
    kept = statements_of(session, names)
    periods = list_periods(session, names)
    statements, told = keep_that_epoch(kept, periods, at)
    notes += told
    seller = _judge_seller(session, platforms, names, statements, at)
    records = list_verified(session, names) if names else ()
    vouchers = tuple(vouchers)
    paid = [one.account for one in read_answers(records) if one.record.source == "payment"]
    astray = find_stray_accounts(session, [*(one.account for one in vouchers), *paid], names, statements)
    subjects = gather_subjects(
        statements,
        at=at,
        verified=records,
        vouchers=vouchers,
        other_sites=_count_elsewhere(session, statements, names),
        periods=periods,
        astray=astray,
    )
    imitations = find_imitations(session, names, statements)
    answer = rank_respondents(
        subjects,
        seller,
        at=at,
        statements=statements,
        imitates=(original for one in imitations for original in one.originals),
    )
    sisters = find_sister_sites(session, names)
    inner = [*dict.fromkeys(astray.values()), *_name_judged(sisters)]
    notes += [*(one.sentence for one in imitations), *inner, *_name_sisters(sisters)]
    if not statements:
        notes.append("这些站点还没有任何记录：先 cardwatch run 抓取，或 cardwatch lookup 查询域名登记")
    placed = _place(answer, filed_on, home, delivery)
    return WhoAnswer(
        asked,
        tuple(platforms),
        at,
        filed_on,
        tuple(describe_site(site, why, statements, at) for site, why in found.items()),
        answer,
        placed,
        () if answer.is_known else find_forums_unknown(filed_on=filed_on, home=home),
        list_next_steps(
            answer, _in_order(sites, names, periods, at), platform=platforms[0] if platforms else "", today=filed_on
        ),
        list_objections(session, (*platforms, *names)),
        (*answer.notes, *notes),
        frozenset(inner),
    )


def keep_confirmed(answer: WhoAnswer, *, home: Division | None = None) -> WhoAnswer:
    """The answer as it may be told to others: whoever is below 确认 stands among the leads."""
    sure = tuple(one for one in answer.answer.respondents if one.band is Band.CONFIRMED)
    unsure = tuple(one for one in answer.answer.respondents if one.band is not Band.CONFIRMED)
    told = replace(answer.answer, respondents=sure, leads=(*unsure, *answer.answer.leads))
    return replace(
        answer,
        answer=told,
        placed=tuple(one for one in answer.placed if one.respondent.band is Band.CONFIRMED),
        forums=() if told.is_known else find_forums_unknown(filed_on=answer.filed_on, home=home),
    )


def _in_order(asked: Sequence[str], sites: Sequence[str], periods: Sequence[SitePeriod], at: datetime) -> list[str]:
    """The site asked about first, then those that were live on the order's day or are now."""
    return list(dict.fromkeys((*(site for site in asked if site in sites), *sort_by_use(sites, periods, at))))


def tell_odd_dates(at: datetime, filed_on: date, now: datetime) -> list[str]:
    """What is odd about the days that were given: an order to come, a filing before the order."""
    ordered, today = at.astimezone(SHANGHAI).date(), now.astimezone(SHANGHAI).date()
    notes = []
    if ordered > today:
        notes.append(f"所给的订单日{ordered}在今天（{today}）之后，请核对")
    if filed_on < ordered:
        notes.append(f"所给的提交日{filed_on}早于订单日{ordered}，请核对")
    return notes


def _judge_seller(
    session: Session, platforms: Sequence[str], sites: Sequence[str], statements: Sequence[Statement], at: datetime
) -> SellerJudgement:
    """Read the pages as they were nearest to the order, for the signs of a platform with many merchants."""
    texts, suppliers = [], []
    pages = [page for platform in platforms for page in list_pages(session, platform)]
    pages = [page for page in pages if registrable_domain(page.url) in sites or not sites]
    for page in pages[:_MOST_PAGES]:
        captures = list_captures(
            session,
            pages=[page.id],
            since=at - _READ_WITHIN,
            until=at + _READ_WITHIN,
            outcomes=[Outcome.COMPLETE, Outcome.PARTIAL],
            limit=20,
        )
        own = [capture for capture in captures if capture.origin is Origin.OWN]
        nearest = sorted(own, key=lambda one: abs((one.seen_at - at).total_seconds()))[:3]
        version = next((one for one in (get_version(session, capture.id) for capture in nearest) if one), None)
        if version is not None:
            reading = version.reading
            texts.append("\n".join([reading.text, *(block.text for block in reading.blocks)]))
            suppliers += [fact.value for fact in reading.facts if fact.kind is FactKind.SUPPLIER]
    return judge_seller(
        texts, suppliers=suppliers, statements=[one for one in statements if is_usable(one)], sites=sites
    )


def _count_elsewhere(
    session: Session, statements: Sequence[Statement], sites: Sequence[str]
) -> dict[tuple[str, str], int]:
    """By how many strangers each identifier is shown: sites of one operator are one, and those of our own are none."""
    wanted = {(one.kind, one.value) for one in statements if one.kind in _COUNTED_KINDS}
    ours = {site for one in list_operators(session, sites) for site in one.sites} | set(sites) if sites else set(sites)
    found: dict[tuple[str, str], int] = {}
    for (kind, value), count in frequencies(session, wanted).items():
        strangers = count
        if count <= _MOST_STRANGERS:
            others = [site for site in sites_with(session, kind, value, _MOST_STRANGERS) if site not in ours]
            grouped = list_operators(session, others) if others else ()
            together = {site: one.id for one in grouped for site in one.sites}
            strangers = len({together.get(site, site) for site in others})
        key = (kind, icp_key(value) if kind == "icp" else value)
        found[key] = max(found.get(key, 0), strangers)
    return found


def _name_sisters(sisters: SisterSites) -> list[str]:
    """The other sites of the same operator: to be looked at by themselves."""
    if not sisters.shown:
        return []
    shown = "、".join(sisters.shown[:8]) + ("等" if len(sisters.shown) > 8 else "")
    count = len(sisters.shown)
    return [f"同一运营者（确认）还有{count}个站点：{shown}；它们的主体信息没有算作本站点的证据，可另行查询"]


def _name_judged(sisters: SisterSites) -> list[str]:
    """The sites that only a person's word joins: with who said so, when and why."""
    if not sisters.judged:
        return []
    shown = "、".join(sisters.judged[:8]) + ("等" if len(sisters.judged) > 8 else "")
    said = "；".join(say_decision(one) for one in sisters.decisions[:3])
    return [f"只由人工判定为同一运营者、证据本身未达到确认的站点：{shown}（{said}）；不随档案、投诉材料带出"]


def _place(answer: RespondentAnswer, filed_on: date, home: Division | None, delivery: Delivery) -> tuple[Placed, ...]:
    platform = next((one.subject for one in answer.respondents if one.role is RespondentRole.PLATFORM_OPERATOR), None)
    return tuple(
        Placed(
            one,
            locate_subject(one.subject),
            find_forums(one.subject, one.role, filed_on=filed_on, home=home, platform=platform, delivery=delivery),
        )
        for one in answer.respondents
    )


def subjects_of(answer: RespondentAnswer) -> tuple[Subject, ...]:
    """All subjects that an answer names or suspects, each once."""
    everybody = [*(one.subject for one in (*answer.respondents, *answer.leads)), *answer.victims]
    return tuple({one.key: one for one in everybody}.values())
