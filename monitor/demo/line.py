"""Where the practice platform went, as the archive holds it after a walk: its line of domains, the impostor, `who`.

Takes an open archive and the walk's last moment; gives what is told and the comparison with the script's truth.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.demo.script import IMPOSTOR_HOST, NEW_HOST, OLD_HOST, PAGES, SHANGHAI, THIRD_HOST
from monitor.demo.truth import Seen
from monitor.operators.kind_words import STATE_WORDS
from monitor.operators.move_days import find_days, say_days
from monitor.operators.move_words import say_briefly
from scrapers.domains import site_of_host
from storage.identity import MoveKind

if TYPE_CHECKING:
    from storage.archive import Archive
    from storage.identity import SitePeriod
    from storage.session import Session

PLATFORM, PRETENDER = "星河卡盟", "自称星河卡盟"
TRUE_LINE = tuple(map(site_of_host, (OLD_HOST, NEW_HOST, THIRD_HOST)))
IMPOSTOR = site_of_host(IMPOSTOR_HOST)


@dataclass(frozen=True)
class LineSite:
    """One domain of the platform: the states that it was in, each with its first day, and where it moved to."""

    site: str
    states: tuple[tuple[str, datetime], ...]
    moved_to: str = ""
    moved_at: datetime | None = None
    why: str = ""
    when: str = ""  # since when which side says so


@dataclass(frozen=True)
class DemoLine:
    """The platform's line and who it is. `impostor_followed` must never be; `impostor_why` is what is said of it."""

    sites: tuple[LineSite, ...] = ()
    now: tuple[str, ...] = ()
    impostor_followed: bool = False
    impostor_why: str = ""
    conclusion: str = ""


@dataclass(frozen=True)
class LineVerdict:
    """How many of the domains that the walk looked at are in one line, and what differs from the truth."""

    expected: tuple[str, ...]
    followed: tuple[str, ...]
    impostor_seen: bool
    troubles: tuple[str, ...]


NO_LINE = DemoLine()
NO_VERDICT = LineVerdict((), (), False, ())


def read_line_of(archive: Archive, at: datetime) -> DemoLine:
    """Read where the platform is now and how it came there."""
    from monitor.operators.who import answer_who
    from monitor.sites.answers import current_sites, read_site
    from monitor.sites.moves import follow_platform

    with archive.database.reading() as session:
        line = follow_platform(session, PLATFORM, at)
        if not line.sites:
            return NO_LINE
        rows = [read_site(session, site) for site in line.sites]
        moves = [move for move in line.moves if move.kind is MoveKind.SUCCESSOR]
        about = [move.reason for move in line.moves if move.after == IMPOSTOR]
        who = answer_who(session, PLATFORM, (PLATFORM,), (), at=at, filed_on=at.astimezone(SHANGHAI).date())
        followed = IMPOSTOR in line.sites or _followed_from(session, at)
    onward = {move.before: move for move in reversed(moves)}
    sites = []
    for row in sorted(rows, key=lambda row: row.periods[0].since if row.periods else at):
        move = onward.get(row.site)
        sites.append(
            LineSite(
                row.site,
                _say_states(row.periods),
                move.after if move else "",
                move.since if move else None,
                say_briefly(move, proofs=False) if move else "",
                say_days(move, find_days(line.signals.signals, move)) if move else "",
            )
        )
    now = current_sites(rows, moves)
    return DemoLine(tuple(sites), now, followed, about[0] if about else "", who.conclusion)


def judge_line(line: DemoLine, visits: Iterable[Seen]) -> LineVerdict:
    """Compare with the truth. Only domains that the walk saw open can be expected in the line."""
    hosts = {page.key: site_of_host(page.host) for page in PAGES}
    seen = {hosts[visit.page] for visit in visits if visit.readable}
    expected = tuple(site for site in TRUE_LINE if site in seen)
    onward = {one.site: one.moved_to for one in line.sites}
    followed = tuple(site for place, site in enumerate(expected) if place == 0 or _leads(onward, expected[0], site))
    followed = tuple(site for site in followed if site in onward)
    troubles = [f"{site}: not in the line of {PLATFORM}" for site in expected if site not in followed]
    troubles += [f"{one.site}: taken for a domain of {PLATFORM}" for one in line.sites if one.site not in TRUE_LINE]
    if line.impostor_followed:
        troubles.append(f"{IMPOSTOR}: the impostor is taken for a domain of {PLATFORM}")
    if expected and expected[-1] == TRUE_LINE[-1] and line.now != expected[-1:]:
        troubles.append(f"{PLATFORM} is said to be at {'、'.join(line.now) or 'nowhere'} now, not at {expected[-1]}")
    return LineVerdict(expected, followed, IMPOSTOR in seen, tuple(troubles))


def tell_line(line: DemoLine, verdict: LineVerdict) -> list[str]:
    """The line in Chinese as a consumer reads it; nothing where the walk did not see the platform."""
    if not line.sites:
        return []
    lines = [f"{PLATFORM}搬到了哪里（{len(line.sites)} 个域名，现用：{'、'.join(line.now) or '不明'}）："]
    for one in line.sites:
        states = "，".join(f"{_day(since)} 起{words}" for words, since in one.states)
        lines.append(f"  {one.site}  {states}")
        if one.moved_at is not None:
            lines.append(f"    → {one.moved_to}（{one.when or f'{_day(one.moved_at)} 起'}）：{one.why}")
    if verdict.impostor_seen and not line.impostor_followed:
        lines.append(f"  不跟随 {IMPOSTOR}：{line.impostor_why or '与平台没有共同的、不能照抄的标识'}")
    lines.append(f"被投诉人：{line.conclusion}")
    return lines


def _followed_from(session: Session, at: datetime) -> bool:
    """Whether the line of who calls himself the platform holds any of its domains."""
    from monitor.sites.moves import follow_platform

    return not set(follow_platform(session, PRETENDER, at).sites).isdisjoint(TRUE_LINE)


def _say_states(periods: Iterable[SitePeriod]) -> tuple[tuple[str, datetime], ...]:
    return tuple((STATE_WORDS[period.state], period.since) for period in periods)


def _leads(onward: dict[str, str], start: str, end: str) -> bool:
    seen = set()
    while start and start not in seen:
        seen.add(start)
        start = onward.get(start, "")
        if start == end:
            return True
    return False


def _day(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d")
