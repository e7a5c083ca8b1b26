"""Operators as they were known on any day: which sites they held since when, and what happened to them why.

An operator is born with an id that never alters; it gains and loses sites, and ends. What was known at a moment is
asked with `at`. Functions take the session first; who belongs together is decided by monitor.operators.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select

from storage.errors import NotInArchive
from storage.identity import EventKind, Operator, OperatorEvent
from storage.identity_tables import OperatorEventRow, OperatorRow, OperatorSiteRow, SiteRow
from storage.sites import ensure_site, keys_of_sites

MOST = 100_000
_PART = 400


def begin_operator(session: Session, operator: Operator) -> None:
    """Put in a new operator with its sites, known from `since`."""
    row = OperatorRow(id=operator.id, band=operator.band, born_at=operator.since)
    session.add(row)
    session.flush()
    add_sites(session, operator.id, operator.sites, operator.since)


def add_sites(session: Session, operator_id: str, sites: Iterable[str], at: datetime) -> None:
    """Let an operator hold sites from a moment on."""
    key = _key_of(session, operator_id)
    session.add_all(
        OperatorSiteRow(operator_key=key, site_key=ensure_site(session, site, at), since=at) for site in sites
    )
    session.flush()


def take_sites(session: Session, operator_id: str, sites: Iterable[str], at: datetime) -> None:
    """Let an operator hold sites no longer."""
    keys = set(keys_of_sites(session, sites).values())
    held = select(OperatorSiteRow).where(
        OperatorSiteRow.operator_key == _key_of(session, operator_id), col(OperatorSiteRow.until).is_(None)
    )
    for row in session.exec(held).all():
        if row.site_key in keys:
            row.until = at
            session.add(row)
    session.flush()


def end_operator(session: Session, operator_id: str, at: datetime) -> None:
    """End an operator: what it still held is let go."""
    row = session.exec(select(OperatorRow).where(OperatorRow.id == operator_id)).one()
    row.ended_at = at
    session.add(row)
    held = select(OperatorSiteRow).where(OperatorSiteRow.operator_key == row.key, col(OperatorSiteRow.until).is_(None))
    for place in session.exec(held).all():
        place.until = at
        session.add(place)
    session.flush()


def note_event(session: Session, event: OperatorEvent) -> None:
    """Keep what happened to an operator."""
    session.add(
        OperatorEventRow(
            operator_key=_key_of(session, event.operator),
            kind=event.kind.value,
            at=event.at,
            sites=list(event.sites),
            others=list(event.others),
            cause=event.cause,
        )
    )
    session.flush()


def get_operator(session: Session, operator_id: str, *, at: datetime | None = None) -> Operator:
    """Give the operator with this id or unique beginning, as known now or at a moment; raise NotInArchive.

    One that had ended by then is given with the sites it held last, and `until`.
    """
    wanted = operator_id.strip()
    begins = (col(OperatorRow.id) >= wanted, col(OperatorRow.id) < wanted + "\x7f")
    rows = session.exec(select(OperatorRow).where(OperatorRow.id == wanted)).all()
    if not rows and wanted:
        rows = session.exec(select(OperatorRow).where(*begins).order_by(col(OperatorRow.id)).limit(2)).all()
    if len(rows) != 1:
        what = "no operator" if not rows else "several operators with"
        raise NotInArchive(f"{what} {wanted[:80]!r} in the archive; `cardwatch operators` lists them")
    row = rows[0]
    when = at
    if row.ended_at is not None and (at is None or at >= row.ended_at):
        when = row.ended_at
    sites = _sites_at(session, [_required(row.key)], when, ending=when == row.ended_at)
    return _operator_of(row, sites.get(_required(row.key), ()), at)


def list_operators(
    session: Session,
    sites: Iterable[str] = (),
    *,
    band: str = "",
    at: datetime | None = None,
    after: str = "",
    limit: int = MOST,
) -> tuple[Operator, ...]:
    """List the operators that hold any of some sites, or all, in the order of their birth: as known now, or `at`."""
    query = select(OperatorRow).order_by(col(OperatorRow.key))
    if at is None:
        query = query.where(col(OperatorRow.ended_at).is_(None))
    else:
        lasting = or_(col(OperatorRow.ended_at).is_(None), col(OperatorRow.ended_at) > at)
        query = query.where(OperatorRow.born_at <= at, lasting)
    if band:
        query = query.where(OperatorRow.band == band)
    if after:
        query = query.where(col(OperatorRow.key) > _key_of(session, after))
    wanted = tuple(sites)
    rows: list[OperatorRow] = []
    if wanted:
        keys = sorted(keys_of_sites(session, wanted).values())
        for start in range(0, len(keys), _PART):
            part = col(OperatorSiteRow.site_key).in_(keys[start : start + _PART])
            holders = select(OperatorSiteRow.operator_key).where(part, *_held_at(at))
            rows += session.exec(query.where(col(OperatorRow.key).in_(holders)).limit(limit)).all()
    else:
        rows += session.exec(query.limit(max(1, min(limit, MOST)))).all()
    distinct = sorted({_required(row.key): row for row in rows}.items())
    held = _sites_at(session, [key for key, _ in distinct], at)
    return tuple(_operator_of(row, held.get(key, ()), at) for key, row in distinct)


def list_events(
    session: Session,
    operators: Sequence[str] = (),
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 1000,
) -> tuple[OperatorEvent, ...]:
    """List what happened to operators, or to all, oldest first; of more than `limit` the newest."""
    query = (
        select(OperatorEventRow, OperatorRow.id)
        .join(OperatorRow, col(OperatorRow.key) == OperatorEventRow.operator_key)
        .order_by(col(OperatorEventRow.at).desc(), col(OperatorEventRow.key).desc())
    )
    if operators:
        query = query.where(col(OperatorRow.id).in_(operators))
    if since is not None:
        query = query.where(OperatorEventRow.at >= since)
    if until is not None:
        query = query.where(OperatorEventRow.at <= until)
    rows = session.exec(query.limit(max(1, min(limit, MOST)))).all()
    return tuple(
        OperatorEvent(operator, EventKind(row.kind), row.at, tuple(row.sites), tuple(row.others), row.cause)
        for row, operator in reversed(rows)
    )


def _key_of(session: Session, operator_id: str) -> int:
    key = session.exec(select(OperatorRow.key).where(OperatorRow.id == operator_id)).first()
    if key is None:
        raise NotInArchive(f"no operator {operator_id[:80]!r} in the archive; `cardwatch operators` lists them")
    return key


def _held_at(at: datetime | None) -> list[ColumnElement[bool]]:
    if at is None:
        return [col(OperatorSiteRow.until).is_(None)]
    return [
        col(OperatorSiteRow.since) <= at,
        or_(col(OperatorSiteRow.until).is_(None), col(OperatorSiteRow.until) > at),
    ]


def _sites_at(
    session: Session, keys: Sequence[int], at: datetime | None, *, ending: bool = False
) -> dict[int, tuple[str, ...]]:
    """Give the sites that operators held, by key; with `ending` those that were let go at that moment."""
    found: dict[int, list[str]] = {}
    conditions = [col(OperatorSiteRow.until) == at] if ending and at is not None else _held_at(at)
    for start in range(0, len(keys), _PART):
        query = (
            select(OperatorSiteRow.operator_key, SiteRow.name)
            .join(SiteRow, col(SiteRow.key) == OperatorSiteRow.site_key)
            .where(col(OperatorSiteRow.operator_key).in_(keys[start : start + _PART]), *conditions)
            .order_by(SiteRow.name)
        )
        for key, name in session.exec(query).all():
            found.setdefault(key, []).append(name)
    return {key: tuple(names) for key, names in found.items()}


def _required(key: int | None) -> int:
    assert key is not None
    return key


def _operator_of(row: OperatorRow, sites: tuple[str, ...], at: datetime | None) -> Operator:
    ended = row.ended_at if at is None or (row.ended_at is not None and row.ended_at <= at) else None
    return Operator(row.id, row.band, sites, row.born_at, ended)
