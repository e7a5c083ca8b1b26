"""Which site leads to which: as known now, and as known on any earlier day. Nothing is overwritten.

A move that is judged otherwise ends the row before and begins another. Functions take the session first.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from storage.identity import Move, MoveKind
from storage.identity_tables import MoveRow, SiteRow
from storage.sites import ensure_site, keys_of_sites

MOST = 100_000


def keep_move(session: Session, move: Move, at: datetime) -> bool:
    """Know a move from now on, in the place of what was known of the two sites; says whether that is anything new."""
    keys = ensure_site(session, move.before, at), ensure_site(session, move.after, at)
    row = _open_row(session, *keys)
    if row is not None and _move_of(row, move.before, move.after) == move:
        return False
    _end(session, row, at)
    session.add(
        MoveRow(
            before_key=keys[0],
            after_key=keys[1],
            kind=move.kind.value,
            since=move.since,
            bits=move.bits,
            signals=[list(signal) for signal in move.signals],
            reason=move.reason,
            decided_by=move.decided_by,
            noted_at=at,
        )
    )
    session.flush()
    return True


def revoke_move(session: Session, before: str, after: str, at: datetime) -> bool:
    """Know nothing of a move from now on; says whether anything was known."""
    keys = keys_of_sites(session, (before, after))
    if len(keys) < len({before, after}):
        return False
    row = _open_row(session, keys[before], keys[after])
    _end(session, row, at)
    return row is not None


def list_moves(
    session: Session,
    sites: Iterable[str] = (),
    *,
    kinds: Iterable[MoveKind] = (),
    at: datetime | None = None,
    limit: int = MOST,
) -> tuple[Move, ...]:
    """List the moves from or to sites, or all, by their time: as known now, or `at` a moment."""
    conditions = _known_at(at)
    wanted, chosen = tuple(sites), [kind.value for kind in kinds]
    if wanted:
        keys = tuple(keys_of_sites(session, wanted).values())
        conditions.append(or_(col(MoveRow.before_key).in_(keys), col(MoveRow.after_key).in_(keys)))
    if chosen:
        conditions.append(col(MoveRow.kind).in_(chosen))
    return _load(session, conditions, limit)


def moves_from(session: Session, site: str, *, at: datetime | None = None) -> tuple[Move, ...]:
    """Give the moves away from a site, the surest first."""
    key = keys_of_sites(session, [site]).get(site)
    found = _load(session, [*_known_at(at), col(MoveRow.before_key) == key], MOST)
    return tuple(sorted(found, key=lambda move: (-move.bits, move.after)))


def moves_to(session: Session, site: str, *, at: datetime | None = None) -> tuple[Move, ...]:
    """Give the moves to a site, the surest first."""
    key = keys_of_sites(session, [site]).get(site)
    found = _load(session, [*_known_at(at), col(MoveRow.after_key) == key], MOST)
    return tuple(sorted(found, key=lambda move: (-move.bits, move.before)))


def _known_at(at: datetime | None) -> list[ColumnElement[bool]]:
    if at is None:
        return [col(MoveRow.replaced_at).is_(None)]
    return [col(MoveRow.noted_at) <= at, or_(col(MoveRow.replaced_at).is_(None), col(MoveRow.replaced_at) > at)]


def _open_row(session: Session, before_key: int, after_key: int) -> MoveRow | None:
    return session.exec(
        select(MoveRow).where(
            MoveRow.before_key == before_key, MoveRow.after_key == after_key, col(MoveRow.replaced_at).is_(None)
        )
    ).first()


def _end(session: Session, row: MoveRow | None, at: datetime) -> None:
    if row is not None:
        row.replaced_at = at
        session.add(row)
        session.flush()


def _load(session: Session, conditions: list[ColumnElement[bool]], limit: int) -> tuple[Move, ...]:
    before, after = aliased(SiteRow), aliased(SiteRow)
    query = (
        select(MoveRow, before.name, after.name)
        .join(before, col(before.key) == MoveRow.before_key)
        .join(after, col(after.key) == MoveRow.after_key)
        .where(*conditions)
        .order_by(col(MoveRow.since), col(MoveRow.key))
    )
    return tuple(_move_of(row, old, new) for row, old, new in session.exec(query.limit(limit)).all())


def _move_of(row: MoveRow, before: str, after: str) -> Move:
    signals = tuple((str(name), float(bits), str(proof)) for name, bits, proof in row.signals)
    return Move(before, after, MoveKind(row.kind), row.since, row.bits, signals, row.reason, row.decided_by)
