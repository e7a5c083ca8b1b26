"""What `sites` and `domains` answer: rows of sites with their state, and a platform's line, as values and as JSON.

JSON field names are promises (docs/json.md): they are only added to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.operators.kind_words import MOVE_WORDS, STATE_WORDS
from monitor.operators.move_words import say_signal
from monitor.operators.site_memory import Pending, SiteMemory
from monitor.sites.records import next_check, read_memory, read_periods
from storage.identity import Move, MoveKind, SitePeriod
from storage.sites import platforms_of_site, sites_of_platform

if TYPE_CHECKING:
    from monitor.operators.release_pages import ReleasePage
    from monitor.sites.follow import Proposal
    from monitor.sites.moves import PlatformLine
    from storage.session import Session


@dataclass(frozen=True)
class SiteRow:
    """A site as it stands: its present state, what was seen and not yet twice, and its last and next looks."""

    site: str
    platforms: tuple[str, ...]
    current: SitePeriod | None
    pending: Pending | None
    next_check_at: datetime | None
    periods: tuple[SitePeriod, ...]
    looked_at: datetime | None = None


def read_site(session: Session, site: str) -> SiteRow:
    """The row of a site; of an earlier registration only its periods are known."""
    name, _, earlier = site.partition("@")
    memory = read_memory(session, name)
    periods = tuple(period for period in read_periods(session, [name]) if period.site == site)
    platforms = platforms_of_site(session, name)
    if earlier:
        return SiteRow(site, platforms, periods[-1] if periods else None, None, None, periods)
    visited = any(name in sites_of_platform(session, platform, arrived=False) for platform in platforms)
    next_at = _next_at(memory, visited)
    return SiteRow(site, platforms, memory.current, memory.pending, next_at, periods, memory.last_at)


def site_data(row: SiteRow) -> dict[str, object]:
    """A site as JSON."""
    current, pending = row.current, row.pending
    return {
        "site": row.site,
        "platforms": list(row.platforms),
        "state": current.state if current else "unknown",
        "state_zh": STATE_WORDS[current.state] if current else "未检查",
        "since": current.since if current else None,
        "checked_at": row.looked_at or (current.checked_at if current else None),
        "next_check_at": row.next_check_at,
        "reason": current.reason if current else "尚未检查",
        "target": current.target if current else "",
        "registry": current.registry if current else "",
        "http": current.http if current else "",
        "content": current.content if current else "",
        "proof": list(current.proof) if current else [],
        "pending": None
        if pending is None
        else {
            "state": pending.sign.state,
            "state_zh": STATE_WORDS[pending.sign.state],
            "since": pending.first_at,
            "checks": pending.checks,
            "reason": pending.sign.reason,
            "proof": list(pending.proof),
        },
        "periods": [period_data(period) for period in row.periods],
    }


def period_data(period: SitePeriod) -> dict[str, object]:
    """A period as JSON."""
    return {
        "state": period.state,
        "state_zh": STATE_WORDS[period.state],
        "since": period.since,
        "until": period.ended_at,
        "checked_at": period.checked_at,
        "target": period.target,
        "reason": period.reason,
        "proof": list(period.proof),
    }


def move_data(move: Move) -> dict[str, object]:
    """A move as JSON."""
    return {
        "before": move.before,
        "after": move.after,
        "kind": move.kind,
        "kind_zh": MOVE_WORDS[move.kind],
        "since": move.since,
        "bits": move.bits,
        "signals": [
            {"signal": name, "signal_zh": say_signal(name, bits), "bits": bits, "proof": proof}
            for name, bits, proof in move.signals
        ],
        "reason": move.reason,
        "decided_by": move.decided_by,
    }


def release_data(page: ReleasePage) -> dict[str, object]:
    """A release page as JSON."""
    return {
        "url": page.url,
        "site": page.site,
        "named_by": list(page.named_by),
        "first_at": page.first_at,
        "last_at": page.last_at,
        "listed": [
            {"site": one.site, "part": one.part, "first_at": one.first_at, "last_at": one.last_at, "proof": one.proof}
            for one in page.listed
        ],
    }


def line_data(
    line: PlatformLine, rows: Sequence[SiteRow], moves: Iterable[Move], proposals: Iterable[Proposal], at: datetime
) -> dict[str, object]:
    """The line of a platform as JSON."""
    listed = list(moves)

    def of(*kinds: MoveKind) -> list[dict[str, object]]:
        return [move_data(move) for move in listed if move.kind in kinds]

    return {
        "platform": line.platform,
        "at": at,
        "now": list(current_sites(rows, listed)),
        "checked_at": last_look(rows),
        "sites": [site_data(row) for row in rows],
        "moves": of(MoveKind.SUCCESSOR),
        "candidates": of(MoveKind.CANDIDATE),
        "mirrors": of(MoveKind.MIRROR),
        "branches": of(MoveKind.BRANCH),
        "rejected": [move_data(move) for move in line.succession.rejected],
        "passed_through": sorted(line.succession.jumps),
        "release_pages": [release_data(page) for page in line.release_pages],
        "proposals": [
            {"url": one.url, "role": one.role, "continues": one.continues, "why": one.why} for one in proposals
        ],
    }


def last_look(rows: Iterable[SiteRow]) -> datetime | None:
    """When any of the sites was looked at last."""
    listed = list(rows)
    looks = [row.looked_at for row in listed if row.looked_at is not None]
    return max((*looks, *(period.checked_at for row in listed for period in row.periods)), default=None)


def current_sites(rows: Iterable[SiteRow], moves: Iterable[Move]) -> tuple[str, ...]:
    """Where the platform is now: the sites of the line that are open and that none of its moves leads away from."""
    left = {move.before for move in moves if move.kind is MoveKind.SUCCESSOR}
    return tuple(
        row.site
        for row in rows
        if "@" not in row.site
        and row.site not in left
        and (row.current.state in ("active", "unknown") if row.current else bool(row.platforms))
    )


def _next_at(memory: SiteMemory, visited: bool) -> datetime | None:
    if memory.last_at is None:
        return None
    return memory.last_at + next_check(memory.current, memory.pending, visited=visited)
