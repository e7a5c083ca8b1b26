"""In which state a site was when: periods that follow each other, and the one that a second check has still to show.

A period is begun, checked again and ended, never altered otherwise. Functions take the session first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select

from storage.identity import SitePeriod, SiteState
from storage.identity_tables import SitePeriodRow, SiteRow
from storage.sites import ensure_site, keys_of_sites

MOST = 100_000
_PART = 400


def open_period(session: Session, site: str) -> SitePeriod | None:
    """Give the state that a site is in, None for one that was never checked."""
    row = _open_row(session, site, pending=False)
    return None if row is None else _period_of(row, site)


def begin_period(session: Session, period: SitePeriod) -> None:
    """Let a site be in a state from `since`; the state before ends then, and what was pending goes."""
    key = ensure_site(session, period.site, period.since)
    before = _open_row(session, period.site, pending=False)
    if before is not None:
        before.ended_at = max(period.since, before.since)
        session.add(before)
    drop_pending(session, period.site)
    session.add(_row_of(key, period, pending=False))
    session.flush()


def end_period(session: Session, period: SitePeriod) -> None:
    """End the present state at the moment and with the reason of `period`, which is the same state, ended."""
    row = _open_row(session, period.site, pending=False)
    if row is not None and row.since == period.since and period.ended_at is not None:
        row.ended_at, row.reason = period.ended_at, period.reason
        session.add(row)
        session.flush()


def check_period(session: Session, period: SitePeriod) -> None:
    """Note that the site was found in its present state again: the check's time, parts, reason and proof.

    What was pending goes. A site without a state begins one.
    """
    row = _open_row(session, period.site, pending=False)
    if row is None:
        begin_period(session, period)
        return
    drop_pending(session, period.site)
    _move(row, period)
    session.add(row)
    session.flush()


def pending_period(session: Session, site: str) -> tuple[SitePeriod, int] | None:
    """Give the state that was seen but not yet twice, and how often it was seen."""
    row = _open_row(session, site, pending=True)
    return None if row is None else (_period_of(row, site), row.checks)


def keep_pending(session: Session, period: SitePeriod) -> int:
    """Note a state that another check has still to show; gives how often it was seen in a row now.

    Another state than the pending one begins anew; `since` stays the first of the row.
    """
    row = _open_row(session, period.site, pending=True)
    if row is None or row.state != period.state.value or row.target != period.target:
        drop_pending(session, period.site)
        row = _row_of(ensure_site(session, period.site, period.since), period, pending=True)
    else:
        row.checks += 1
        _move(row, period)
    session.add(row)
    session.flush()
    return row.checks


def drop_pending(session: Session, site: str) -> None:
    """Forget what was pending: the next check did not show it."""
    row = _open_row(session, site, pending=True)
    if row is not None:
        session.delete(row)
        session.flush()


def list_periods(
    session: Session, sites: Iterable[str] = (), *, open_only: bool = False, limit: int = MOST
) -> tuple[SitePeriod, ...]:
    """List the periods of sites, or of all, by site and time; what is pending is not among them."""
    wanted = tuple(sites)
    base = [col(SitePeriodRow.pending).is_(False)]
    if open_only:
        base.append(col(SitePeriodRow.ended_at).is_(None))
    if not wanted:
        return _load(session, base, limit)
    found: list[SitePeriod] = []
    keys = sorted(keys_of_sites(session, wanted).values())
    for start in range(0, len(keys), _PART):
        found += _load(session, [*base, col(SitePeriodRow.site_key).in_(keys[start : start + _PART])], limit)
    return tuple(sorted(found, key=lambda one: (one.site, one.since)))


def state_at(session: Session, site: str, at: datetime) -> SitePeriod | None:
    """Give the state that a site was in at a moment, None where nothing is known of then."""
    key = keys_of_sites(session, [site]).get(site)
    found = _load(
        session,
        [
            col(SitePeriodRow.site_key) == key,
            col(SitePeriodRow.pending).is_(False),
            col(SitePeriodRow.since) <= at,
            or_(col(SitePeriodRow.ended_at).is_(None), col(SitePeriodRow.ended_at) > at),
        ],
        1,
    )
    return found[0] if found else None


def sites_checked_before(
    session: Session, before: datetime, *, states: Sequence[SiteState] = (), limit: int = 1000
) -> tuple[str, ...]:
    """Give the sites whose state was last checked before a moment, the longest ago first."""
    query = (
        select(SiteRow.name)
        .join(SitePeriodRow, col(SitePeriodRow.site_key) == SiteRow.key)
        .where(
            col(SitePeriodRow.ended_at).is_(None),
            col(SitePeriodRow.pending).is_(False),
            SitePeriodRow.checked_at < before,
        )
        .order_by(col(SitePeriodRow.checked_at))
    )
    if states:
        query = query.where(col(SitePeriodRow.state).in_([state.value for state in states]))
    return tuple(session.exec(query.limit(limit)).all())


def _open_row(session: Session, site: str, *, pending: bool) -> SitePeriodRow | None:
    query = (
        select(SitePeriodRow)
        .join(SiteRow, col(SiteRow.key) == SitePeriodRow.site_key)
        .where(SiteRow.name == site, col(SitePeriodRow.ended_at).is_(None), col(SitePeriodRow.pending).is_(pending))
        .order_by(col(SitePeriodRow.since).desc(), col(SitePeriodRow.key).desc())
    )
    return session.exec(query.limit(1)).first()


def _move(row: SitePeriodRow, period: SitePeriod) -> None:
    row.checked_at = max(row.checked_at, period.checked_at)
    row.registry_part, row.http_part, row.content_part = period.registry, period.http, period.content
    row.reason, row.target = period.reason, period.target
    row.proof = list(period.proof)


def _row_of(site_key: int, period: SitePeriod, *, pending: bool) -> SitePeriodRow:
    return SitePeriodRow(
        site_key=site_key,
        state=period.state.value,
        since=period.since,
        checked_at=period.checked_at,
        ended_at=period.ended_at,
        pending=pending,
        checks=1,
        registry_part=period.registry,
        http_part=period.http,
        content_part=period.content,
        reason=period.reason,
        target=period.target,
        proof=list(period.proof),
    )


def _load(session: Session, conditions: Sequence[ColumnElement[bool]], limit: int) -> tuple[SitePeriod, ...]:
    query = (
        select(SitePeriodRow, SiteRow.name)
        .join(SiteRow, col(SiteRow.key) == SitePeriodRow.site_key)
        .where(*conditions)
        .order_by(col(SiteRow.name), col(SitePeriodRow.since), col(SitePeriodRow.key))
    )
    return tuple(_period_of(row, name) for row, name in session.exec(query.limit(limit)).all())


def _period_of(row: SitePeriodRow, site: str) -> SitePeriod:
    period = SitePeriod(site, SiteState(row.state), row.since, row.checked_at, row.ended_at)
    return replace(
        period,
        registry=row.registry_part,
        http=row.http_part,
        content=row.content_part,
        reason=row.reason,
        target=row.target,
        proof=tuple(row.proof),
    )
