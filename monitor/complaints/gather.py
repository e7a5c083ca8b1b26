"""Gathers the file of a case from the archive: its evidence and steps, what the pages said around the order, who it is.

Takes an open archive, a case and a moment; gives a CaseFile. Nothing is asked of any network, and nothing that was seen
after the moment is in it. What could not be found is a note, never a guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor.around import Around, look_around
from monitor.complaints.evidence.partial_captures import list_partial
from monitor.complaints.model import Blink, CaseFile, OtherCase, PageAround, SeenVersion
from monitor.findings.collect import collect_findings, leave_out_errors
from monitor.findings.empty_pages import is_error_page, quote_empty, says_no_rule
from monitor.operators.addresses import find_division_in
from monitor.operators.jurisdiction import Delivery
from monitor.operators.platform_sites import find_platforms
from monitor.operators.proofs import Voucher
from monitor.operators.who import WhoAnswer, answer_who
from monitor.outcomes import say_outcome
from monitor.page_address import normalise_address
from monitor.review.document import review_reading
from monitor.rot import LOST
from monitor.sites.pages import pages_across_domains
from monitor.times import SHANGHAI
from scrapers.domains import registrable_domain
from scrapers.model import FactKind, Role
from storage.captures import get_capture, list_captures
from storage.case import Case, CaseItem, DemandKind, Facts
from storage.case_items import list_items
from storage.case_steps import list_steps
from storage.cases import list_cases, load_case
from storage.changes import list_changes
from storage.model import Change, ChangeClass, ChangeStatus, Effect, Version, WatchedPage
from storage.pages import find_pages, list_pages
from storage.versions import get_version, versions_around

if TYPE_CHECKING:
    from monitor.config.complaints import ComplaintSettings
    from monitor.findings.model import SiteFinding
    from storage.archive import Archive
    from storage.session import Session

_MOST_PRODUCTS = 3
_MOST_PAGES = 12
_MOST_CHANGES = 200
_MOST_CASES = 1000
_RULE_ROLES = (Role.TERMS, Role.NOTICE, Role.HOME, Role.CONTACT)
_REVIEWED = (Role.TERMS, Role.NOTICE, Role.PRODUCT)
_TOLD_CLASSES = (ChangeClass.RULE, ChangeClass.PRICE, ChangeClass.OUTCOME)
_BLINK_CLASSES = (ChangeClass.RULE, ChangeClass.PRICE)
_BLINK_BEFORE = timedelta(days=90)  # captures further apart say nothing of the order
_MOST_BLINKS = 6
_VOUCHERS = ("wallet_bill", "voucher")
_MOST_ERRORS = 50  # error pages in a row that are passed over
_BIT = timedelta(microseconds=1)
_LEAST_NAME = 4  # characters of a product's name that are enough to find its page by


def gather_case(archive: Archive, case_id: str, *, at: datetime, settings: ComplaintSettings) -> CaseFile:
    """The file of a case, given by its id or a unique beginning, as the archive knew it at a moment."""
    with archive.database.reading() as session:
        case = load_case(session, case_id)
        items = tuple(item for item in list_items(session, case.id) if item.added_at <= at)
        steps = tuple(step for step in list_steps(session, case.id) if step.filed_at <= at)
        file = gather_about(session, case, at, items)
        known = [other for other in list_cases(session) if other.id != case.id and other.erased_at is None]
        others = tuple(_summarise(other, joint=other.id in case.facts.others) for other in _newest(known, case))
    return CaseFile(
        case, at, items, steps, file.pages, file.changes, file.findings, file.who, others, file.notes, file.blinks,
        file.partial,
    )  # fmt: skip


def gather_about(session: Session, case: Case, at: datetime, items: Sequence[CaseItem] = ()) -> CaseFile:
    """What the archive knows around a case: pages, changes, findings and respondents; no steps, no other cases."""
    facts, notes = case.facts, list[str]()
    platforms, sites = _find_platform(session, facts)
    if not platforms and not sites:
        wanted = facts.platform or facts.url or "（未填写平台）"
        notes.append(f"档案中没有“{wanted}”的抓取：平台页面的内容和主体线索无从引用")
        return CaseFile(case, at, tuple(items), notes=tuple(notes))
    moment = facts.ordered_at or min(case.opened_at, at)
    if facts.ordered_at is None:
        notes.append("下单时间未填写：页面内容按立案时间前后查找")
    every = tuple({page.id: page for name in platforms for page in pages_across_domains(session, name)}.values())
    chosen = _choose_pages(session, every, facts, moment)
    if every and not any(page.role is Role.PRODUCT for page in chosen):
        notes.append("没有找到这件商品页面的抓取（按网址和商品名都未对上）")
    pages = tuple(_place_page(session, page, moment, at) for page in chosen)
    changes = _list_changes(session, chosen, moment, at) if facts.ordered_at else ()
    blinks = _list_blinks(session, chosen, moment, at) if facts.ordered_at else ()
    return CaseFile(
        case,
        at,
        tuple(items),
        pages=tuple(page for page in pages if page.before or page.after or page.newest or page.visits_now),
        changes=changes,
        findings=_collect(session, platforms, at),
        who=_ask_who(session, facts, platforms, sites, moment, at, items),
        notes=tuple(notes),
        blinks=blinks,
        partial=list_partial(get_capture(session, one) for one in _name_captures(pages, changes, blinks)),
    )


def _find_platform(session: Session, facts: Facts) -> tuple[tuple[str, ...], tuple[str, ...]]:
    for asked in (facts.platform, facts.url):
        platforms, sites = find_platforms(session, asked.strip()) if asked.strip() else ((), ())
        if platforms or sites:
            return platforms, sites
    return (), ()


def _choose_pages(
    session: Session, every: Sequence[WatchedPage], facts: Facts, moment: datetime
) -> tuple[WatchedPage, ...]:
    """The page that was bought from (by address, else by the product's name), and the pages of rules."""
    known = {page.id for page in every}
    products: list[WatchedPage] = []
    if facts.url.strip():
        try:
            address = normalise_address(facts.url if "://" in facts.url else f"https://{facts.url}")
        except ValueError:
            address = ""
        found = find_pages(session, address) if address else ()
        products = [page for page in found if page.id in known and page.role in (Role.PRODUCT, Role.ORDER)]
    if not products:
        names = [order.product for order in facts.orders if len(_plain(order.product)) >= _LEAST_NAME]
        candidates = (page for page in every if page.role is Role.PRODUCT)
        products = [page for page in candidates if _sells(session, page, names, moment)] if names else []
    rules = sorted(
        (page for page in every if page.role in _RULE_ROLES), key=lambda page: (_RULE_ROLES.index(page.role), page.url)
    )
    return tuple([*products[:_MOST_PRODUCTS], *rules][:_MOST_PAGES])


def _sells(session: Session, page: WatchedPage, names: Iterable[str], moment: datetime) -> bool:
    before, after = versions_around(session, page.id, moment)
    version = before or after
    if version is None:
        return False
    shown = {_plain(fact.value) for fact in version.reading.facts if fact.kind is FactKind.NAME}
    return any(
        _plain(name) in one or (len(one) >= _LEAST_NAME and one in _plain(name)) for name in names for one in shown
    )


def _plain(name: str) -> str:
    return "".join(name.split()).lower()


def _place_page(session: Session, page: WatchedPage, moment: datetime, at: datetime) -> PageAround:
    around = look_around(session, page, moment, until=at)
    newest = _last_told(session, page, at)
    failed = [one for one in (around.before, around.after) if one is not None and is_error_page(one.reading)]
    before = _seen(page, _last_told(session, page, moment), moment)
    after = _seen(page, _next_told(session, page, moment, at), moment)
    same = next((one for one in (after, before) if one and newest and one.capture == newest.capture_id), None)
    return PageAround(
        url=page.url,
        role=page.role,
        vantage=page.vantage,
        before=before,
        after=after,
        newest=same or _seen(page, newest, at),
        statement="" if failed else around.statement,
        alike=None if failed else around.alike,
        rules_alike=None if failed else around.rules_alike,
        gap_seconds=_gap(around),
        visits_now=_say_visits(session, page, newest, at),
    )


def _last_told(session: Session, page: WatchedPage, at: datetime) -> Version | None:
    """The last version of a page until a moment that is no error page."""
    moment = at
    for _ in range(_MOST_ERRORS):
        version = versions_around(session, page.id, moment)[0]
        if version is None or not is_error_page(version.reading):
            return version
        moment = version.seen_at - _BIT
    return None


def _next_told(session: Session, page: WatchedPage, since: datetime, until: datetime) -> Version | None:
    """The first version of a page after a moment, and until another, that is no error page."""
    moment = since
    for _ in range(_MOST_ERRORS):
        version = versions_around(session, page.id, moment)[1]
        if version is None or version.seen_at > until or not is_error_page(version.reading):
            return version if version is not None and version.seen_at <= until else None
        moment = version.seen_at
    return None


def _seen(page: WatchedPage, version: Version | None, law_of: datetime) -> SeenVersion | None:
    if version is None:
        return None
    day = law_of.astimezone(SHANGHAI).date()
    reviewed = page.role in _REVIEWED and not says_no_rule(version.reading)
    findings = review_reading(version.reading, at=day).findings if reviewed else ()
    return SeenVersion(
        capture=version.capture_id,
        page=page.id,
        url=page.url,
        role=page.role,
        vantage=page.vantage,
        seen_at=version.seen_at,
        origin=version.origin,
        title=version.reading.title,
        reading=version.reading,
        findings=findings,
    )


def _gap(around: Around) -> float | None:
    if around.before is None or around.after is None or around.day_only:
        return None
    return (around.after.seen_at - around.before.seen_at).total_seconds()


def _say_visits(session: Session, page: WatchedPage, newest: Version | None, at: datetime) -> str:
    """What the last visit met, where it gave no version of the page; "" where the newest version is of it."""
    last = list_captures(session, pages=[page.id], until=at, limit=1)
    if not last or (newest is not None and last[0].seen_at <= newest.seen_at):
        return ""
    version = get_version(session, last[0].id)
    failed = version is not None and is_error_page(version.reading)
    return "页面只显示出错提示，没有内容" if failed else say_outcome(last[0])


def _list_changes(
    session: Session, pages: Sequence[WatchedPage], since: datetime, until: datetime
) -> tuple[Change, ...]:
    """Confirmed changes seen since the order, oldest first.

    One whose `before_at` lies before the order may have been made before it: nobody looked in between.
    """
    if not pages:
        return ()
    found = list_changes(
        session,
        pages=[page.id for page in pages],
        since=since,
        until=until,
        classes=_TOLD_CLASSES,
        status=ChangeStatus.CONFIRMED,
        limit=_MOST_CHANGES,
    )
    return tuple(_tell_errors(session, one) for one in reversed(leave_out_errors(session, found)))


def _tell_errors(session: Session, change: Change) -> Change:
    """A change of how a page opened, where what opened was no more than an error: that is told as what it showed."""
    difference = change.difference
    if difference.change_class is not ChangeClass.OUTCOME:
        return change
    before = _show_error(session, change.before_capture) or difference.before
    after = _show_error(session, change.after_capture) or difference.after
    return replace(change, difference=replace(difference, before=before, after=after))


def _show_error(session: Session, capture: str) -> str:
    version = get_version(session, capture) if capture else None
    quote = quote_empty(version.reading) if version is not None else ""
    return f"只显示“{quote}”" if quote else ""


def _name_captures(pages: Iterable[PageAround], changes: Iterable[Change], blinks: Iterable[Blink]) -> tuple[str, ...]:
    """The captures that the file of a case may name."""
    seen = [one.capture for page in pages for one in (page.before, page.after, page.newest) if one is not None]
    for change in (*changes, *(blink.change for blink in blinks)):
        seen += [change.before_capture, change.after_capture]
    seen += [blink.back.capture for blink in blinks]
    return tuple(dict.fromkeys(one for one in seen if one))


def _list_blinks(
    session: Session, pages: Sequence[WatchedPage], moment: datetime, until: datetime
) -> tuple[Blink, ...]:
    """Rules and prices that one capture showed otherwise than those around it, not wholly before the order.

    None that a reader's mistake explains, and none that is not shown again as it was.
    """
    if not pages:
        return ()
    found = list_changes(
        session,
        pages=[page.id for page in pages],
        since=moment - _BLINK_BEFORE,
        until=until,
        classes=_BLINK_CLASSES,
        status=ChangeStatus.BLINKED,
        limit=_MOST_CHANGES,
    )
    known = {page.id: page for page in pages}
    told: list[Blink] = []
    for change in reversed(leave_out_errors(session, found)):
        version = get_version(session, change.settled_by) if change.settled_by else None
        if version is None or not moment <= version.seen_at <= until or not _may_matter(change):
            continue
        back = _seen(known[change.page.id], version, version.seen_at)
        if back is not None:
            told.append(Blink(change, back))
    return tuple(told[-_MOST_BLINKS:])


def _may_matter(change: Change) -> bool:
    """Whether what blinked could be quoted against the seller, and is none of a reader that lost text."""
    difference = change.difference
    return difference.quotable and difference.effect in (Effect.WORSE, Effect.MIXED) and LOST not in difference.kinds


def _collect(session: Session, platforms: Sequence[str], at: datetime) -> tuple[SiteFinding, ...]:
    found: list[SiteFinding] = []
    for platform in platforms:
        pages = list_pages(session, platform)
        found += collect_findings(session, pages, wanted=pages, at=at).findings
    return tuple(found)


def _ask_who(
    session: Session,
    facts: Facts,
    platforms: Sequence[str],
    sites: Sequence[str],
    moment: datetime,
    at: datetime,
    items: Sequence[CaseItem],
) -> WhoAnswer:
    """The respondents for this order; what the buyer says of the payment counts as proof only with a kept voucher."""
    kept = next(
        (item.evidence for kind in _VOUCHERS for item in items if item.kind == kind and _names(item, facts)), ""
    )
    paid = next((order.paid_at for order in facts.orders if order.paid_at), None) or moment
    told = facts.payee.strip() or facts.payee_account.strip()
    vouchers = [Voucher(facts.payee.strip(), paid, facts.payee_account.strip(), evidence=kept)] if told else []
    home = find_division_in(facts.home or facts.buyer.address)
    return answer_who(
        session,
        facts.platform or facts.url,
        platforms,
        tuple(
            dict.fromkeys((*sites, *([registrable_domain(facts.url)] if "://" in facts.url and not platforms else [])))
        ),
        at=moment,
        filed_on=at.astimezone(SHANGHAI).date(),
        home=home.division,
        vouchers=vouchers,
        delivery=Delivery.NETWORK if facts.by_network else Delivery.POST,
    )


def _names(item: CaseItem, facts: Facts) -> bool:
    """Whether a voucher may be the proof of the payee that the buyer names: not where its text was read without him."""
    told = [_plain(word) for word in (facts.payee, facts.payee_account) if word.strip()]
    return not item.text.strip() or any(word in _plain(item.text) for word in told)


def _newest(known: Sequence[Case], case: Case) -> list[Case]:
    """The cases that are compared: the newest ones, and all that this one names."""
    named = [other for other in known[:-_MOST_CASES] if other.id in case.facts.others]
    return [*named, *known[-_MOST_CASES:]]


def _summarise(case: Case, *, joint: bool) -> OtherCase:
    """What another case tells: more of one that complains jointly."""
    facts = case.facts
    told = OtherCase(
        id=case.id,
        platform=facts.platform,
        respondent=facts.respondent.name,
        product=facts.orders[0].product if facts.orders else "",
        buyer=facts.buyer.name,
        phone=facts.buyer.phone,
        opened_at=case.opened_at,
        refunds_asked=sum(1 for demand in facts.demands if demand.kind in (DemandKind.REFUND, DemandKind.FRAUD)),
        shop=facts.respondent.shop,
    )
    if not joint:
        return told
    return replace(
        told,
        address=facts.buyer.address,
        minor=facts.minor,
        guardian=facts.guardian,
        orders=facts.orders,
        demands=tuple(demand.kind for demand in facts.demands),
    )
