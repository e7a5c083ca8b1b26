"""The sites that a platform had around a day: those of its own pages, those asked for, their hosts and successors.

Takes an open session; gives names of sites with why each is one. Statements of another registration of the same name
are left out. Other sites of the same operator are not the platform's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.operators.asked_sites import find_site
from monitor.operators.certain_moves import choose_certain
from monitor.operators.proofs import tell_dates
from monitor.operators.seller_role import is_branch
from monitor.times import SHANGHAI
from scrapers.domains import registrable_domain, site_of_host
from scrapers.identity import Place
from scrapers.model import Role
from storage.identity import MoveKind, SitePeriod, SiteState, Statement
from storage.moves import list_moves
from storage.pages import find_pages, list_pages
from storage.sites import has_site, platforms_of_site, sites_of_platform

if TYPE_CHECKING:
    from storage.session import Session

MOST_SITES = 50
_WHY_ZH = {"page": "监测的页面", "successor": "已确认的后继域名", "asked": "所问的站点", "host": "所在平台的主站"}


@dataclass(frozen=True)
class PlatformSite:
    """One site of the platform: why it is one, when it was seen, and what that says of the order's day."""

    site: str
    why: str
    first_seen: datetime | None
    last_seen: datetime | None
    timely: bool
    sentence: str


def find_platforms(session: Session, asked: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The platforms and sites that were asked about, by a platform's name, a URL or a domain; both empty for none."""
    if not asked.strip():
        return (), ()
    if list_pages(session, asked, limit=1):
        return (asked,), ()
    site = find_site(session, asked)
    if site:
        return platforms_of_site(session, site), (site,)
    pages = find_pages(session, asked)
    return tuple(dict.fromkeys(page.platform for page in pages)), ()


def sites_for(session: Session, platforms: Sequence[str], sites: Sequence[str] = ()) -> tuple[str, ...]:
    """The sites of platforms: those of their own pages, those asked for, and confirmed successors, first met first."""
    return tuple(list_sites_of(session, platforms, sites))


def list_sites_of(session: Session, platforms: Sequence[str], sites: Sequence[str]) -> dict[str, str]:
    """The sites of platforms with why each is one: asked, page, host, successor. A release page is none of them."""
    release = _release_sites(session, platforms) - set(sites)
    found = dict.fromkeys(sites, "asked")
    for platform in platforms:
        for site in sites_of_platform(session, platform, arrived=False):
            found.setdefault(site, "page")
        for page in list_pages(session, platform):  # a page that was never captured has its site too
            found.setdefault(registrable_domain(page.url), "page")
    found = {site: why for site, why in found.items() if site not in release}
    for site in [one for one in found if is_branch(one)]:
        host = site_of_host(site.split("@")[0].split("/")[0])
        if has_site(session, host):
            found.setdefault(host, "host")
    waiting = list(found)
    while waiting and len(found) <= MOST_SITES:
        moves = choose_certain(session, list_moves(session, waiting, kinds=[MoveKind.SUCCESSOR]))
        waiting = [
            one for move in moves for one in (move.before, move.after) if one not in found and one not in release
        ]
        found.update(dict.fromkeys(waiting, "successor"))
    return found


def _release_sites(session: Session, platforms: Sequence[str]) -> set[str]:
    """The sites that are watched as release pages only: they say where a platform is, and are none of its shops."""
    roles: dict[str, set[Role]] = {}
    for platform in platforms:
        for page in list_pages(session, platform):
            roles.setdefault(registrable_domain(page.url), set()).add(page.role)
    return {site for site, of in roles.items() if of == {Role.RELEASE}}


def sort_by_use(sites: Iterable[str], periods: Sequence[SitePeriod], at: datetime) -> tuple[str, ...]:
    """Sites in the order in which asking about them helps: live on the order's day, live now, known, the others."""
    return tuple(sorted(sites, key=lambda site: (not _is_live(site, periods, at), not _is_live(site, periods, None))))


def _is_live(site: str, periods: Sequence[SitePeriod], at: datetime | None) -> bool:
    """Whether a site was open at a moment; without one, at its last look."""
    return any(
        one.site == site
        and one.state is SiteState.ACTIVE
        and (one.ended_at is None if at is None else one.since <= at and (one.ended_at is None or at < one.ended_at))
        for one in periods
    )


def keep_that_epoch(
    statements: Sequence[Statement], periods: Sequence[SitePeriod], at: datetime
) -> tuple[list[Statement], list[str]]:
    """The statements of the registration that a site had on the order's day: another holder's are left out."""
    kept, notes = list(statements), []
    for period in periods:
        if period.state is not SiteState.REREGISTERED:
            continue
        if at < period.since:
            kept = [one for one in kept if one.site != period.site or one.first_seen < period.since]
        else:
            kept = [one for one in kept if one.site != period.site or one.last_seen >= period.since]
        notes.append(f"{period.site}在{_day(period.since)}前后换了注册，只看订单日所在的那一次注册")
    return kept, notes


def describe_site(site: str, why: str, statements: Iterable[Statement], at: datetime) -> PlatformSite:
    """A site with when it was seen, as it bears on the order's day."""
    own = [one for one in statements if one.site == site and not one.claimed]
    if not own:
        return PlatformSite(site, why, None, None, False, f"{_WHY_ZH[why]}，没有记录")
    asked = {one.last_capture.startswith("q-") or one.place == Place.REGISTRY for one in own}
    seen = "抓取" if asked == {False} else "查询" if asked == {True} else "抓取或查询"
    first, last = min(one.first_seen for one in own), max(one.last_seen for one in own)
    timely, when = tell_dates(first, last, at, seen=seen)
    return PlatformSite(site, why, first, last, timely, f"{_WHY_ZH[why]}，{when}")


def _day(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).date().isoformat()
