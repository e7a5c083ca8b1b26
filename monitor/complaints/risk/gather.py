"""Gathers what the archive knows of a platform for `assess_risk`: newest sights, findings, moves, states, own cases.

Takes an open archive, what was asked and a moment; asks no network. What cannot be found is a note.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor.capture_reading import shows_page
from monitor.complaints.excuses.sights import takes_back
from monitor.complaints.risk.book import load_risk
from monitor.complaints.risk.figures import list_figures
from monitor.complaints.risk.metrics import KnownCase
from monitor.complaints.risk.model import RiskInput, SightedClause
from monitor.findings.collect import collect_findings
from monitor.findings.empty_pages import is_error_page, says_no_rule
from monitor.findings.model import Sight, SiteFinding
from monitor.operators.certain_moves import choose_certain
from monitor.operators.platform_sites import find_platforms, sites_for
from monitor.operators.who import answer_who
from monitor.review.document import review_reading
from monitor.sites.pages import pages_across_domains
from monitor.times import SHANGHAI
from scrapers.domains import registrable_domain
from scrapers.model import Origin, Outcome, Role
from storage.captures import list_captures
from storage.case_steps import list_steps
from storage.cases import list_cases
from storage.identity import MoveKind
from storage.model import WatchedPage
from storage.moves import list_moves
from storage.pages import list_pages
from storage.site_periods import list_periods
from storage.versions import get_version

if TYPE_CHECKING:
    from storage.archive import Archive
    from storage.session import Session

_MOST_PAGES = 60
_REVIEWED = (Role.TERMS, Role.NOTICE, Role.PRODUCT, Role.HOME)
_RULES = (Role.TERMS, Role.NOTICE, Role.HOME, Role.PRODUCT)


def gather_risk(archive: Archive, asked: str, *, at: datetime) -> RiskInput:
    """What is known of a platform (by name, domain or URL) at a moment; `platforms` is empty where nothing is."""
    with archive.database.reading() as session:
        platforms, sites = find_platforms(session, asked.strip())
        every = tuple(dict.fromkeys(sites_for(session, platforms, sites)))
        cases = _find_cases(session, asked.strip(), platforms, every, at)
        if not platforms and not every:
            notes = (
                f"档案中没有“{asked.strip()[:80]}”：先 cardwatch add 网址 --platform 名称 --role home 并 cardwatch run",
            )
            return RiskInput(asked, (), (), at, cases=cases, notes=notes)
        pages = _list_pages(session, platforms)
        sights = [sight for page in pages[:_MOST_PAGES] if (sight := _newest(session, page, at)) is not None]
        told = [f"页面有{len(pages)}个，只看了{_MOST_PAGES}个"] if len(pages) > _MOST_PAGES else []
        findings = _collect(session, platforms, at, told)
        moves = list_moves(session, every, kinds=(MoveKind.SUCCESSOR, MoveKind.CANDIDATE), at=at) if every else ()
        certain = choose_certain(session, moves)
        day = at.astimezone(SHANGHAI).date()
        known = RiskInput(
            asked,
            tuple(platforms),
            every,
            at,
            tuple(sights),
            len(pages[:_MOST_PAGES]) - len(sights),
            findings,
            tuple(
                SightedClause(sight, one)
                for sight in sights
                if sight.page.role in _REVIEWED and not says_no_rule(sight.version.reading)
                for one in review_reading(sight.version.reading, at=day).findings
                if not takes_back(one.text)
            ),
            certain,
            len(moves) - len(certain),
            tuple(one for one in list_periods(session, every, open_only=True) if one.since <= at) if every else (),
            answer_who(session, asked, platforms, sites, at=at, filed_on=day),
            cases,
            _count_watched(session, pages[:_MOST_PAGES], at),
            (),
            tuple(told),
        )
    return replace(known, figures=list_figures(archive, platforms or (asked.strip(),)))


def _list_pages(session: Session, platforms: Sequence[str]) -> list[WatchedPage]:
    order = {role: place for place, role in enumerate((Role.HOME, Role.TERMS, Role.NOTICE, Role.CONTACT))}
    pages = {page.id: page for name in platforms for page in pages_across_domains(session, name)}
    return sorted(pages.values(), key=lambda page: (order.get(page.role, 9), page.url))


def _newest(session: Session, page: WatchedPage, at: datetime) -> Sight | None:
    """What a page showed last in a capture of our own; an error page is none that was read."""
    seen = [Outcome.COMPLETE, Outcome.PARTIAL]
    for capture in list_captures(session, pages=[page.id], until=at, outcomes=seen, limit=5):
        if capture.origin is Origin.OWN and shows_page(capture):
            version = get_version(session, capture.id)
            if version is not None and not is_error_page(version.reading):
                return Sight(page, version)
    return None


def _collect(session: Session, platforms: Sequence[str], at: datetime, notes: list[str]) -> tuple[SiteFinding, ...]:
    found: list[SiteFinding] = []
    for platform in platforms:
        pages = list_pages(session, platform)
        listed = collect_findings(session, pages, wanted=pages, at=at)
        found += listed.findings
        notes += listed.notes
    return tuple(found)


def _count_watched(session: Session, pages: Sequence[WatchedPage], at: datetime) -> int:
    """How many pages with rules were seen at least twice in the days that count."""
    since = at - timedelta(days=load_risk().limits.change_days)
    seen = [Outcome.COMPLETE, Outcome.PARTIAL]
    rules = [page for page in pages if page.role in _RULES]
    return sum(
        len(list_captures(session, pages=[one.id], since=since, until=at, outcomes=seen, limit=2)) == 2 for one in rules
    )


def _find_cases(
    session: Session, asked: str, platforms: Sequence[str], sites: Sequence[str], at: datetime
) -> tuple[KnownCase, ...]:
    names = {asked, *platforms} - {""}  # a case without a platform is nobody's
    found = []
    for case in list_cases(session):
        facts = case.facts
        site = registrable_domain(facts.url) if "://" in facts.url else ""
        if case.erased_at is None and case.opened_at <= at and (facts.platform in names or (site and site in sites)):
            found.append(KnownCase(case, list_steps(session, case.id)))
    return tuple(found)
