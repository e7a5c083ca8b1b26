"""Statements: which site showed which identifier where, first and last when, and what proves it.

One row for each site, identifier and place; what a file claims stands in rows apart and counts nowhere. An identifier
knows on how many sites it stands. Functions take the session first and give the frozen values of storage.identity.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, bindparam, delete
from sqlalchemy import select as select_columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from scrapers.identity import Identifier
from storage.columns import clean_text
from storage.errors import NotInArchive
from storage.identifiers import (
    bound_value,
    count_on_sites,
    ensure_identifiers,
    frequencies,
    frequency,
    sites_with,
)
from storage.identity import Statement
from storage.identity_tables import IdentifierRow, LookupRow, SiteRow, StatementRow
from storage.sites import ensure_site, ensure_sites, keys_of_sites, list_sites, mark_sites
from storage.tables import CaptureRow

__all__ = [
    "all_statements",
    "count_statements",
    "frequencies",
    "frequency",
    "list_sites",
    "note_identifiers",
    "note_statements",
    "replace_statements",
    "sites_with",
    "statements_between",
    "statements_of",
]

_PART = 400
_BATCH = 2000
_LONGEST_KIND = 60
_LONGEST_SHOWN = 300
_UNSYNCED = {"synchronize_session": False}


def note_identifiers(
    session: Session,
    site: str,
    identifiers: Iterable[Identifier],
    at: datetime,
    capture: str = "",
    *,
    claimed: bool = False,
) -> int:
    """Note what a look at a site showed; gives how many statements are new.

    `capture` is the id of the capture or lookup that shows it; noting one twice counts it once. `claimed` is for what
    only a file of somebody else says. A site that has a new statement of ours waits for its operators.
    """
    return note_statements(
        session,
        (
            Statement(
                site, one.kind, one.value, one.place, at, at, capture, capture, one.shown, one.where, one.role,
                one.problem, one.block, one.confidence, claimed=claimed,
            )
            for one in identifiers
        ),
    )  # fmt: skip


def note_statements(session: Session, statements: Iterable[Statement]) -> int:
    """Note statements of any sites, joined with what is known of each; gives how many are new."""
    new, batch = 0, []
    for statement in statements:
        batch.append(statement)
        if len(batch) >= _BATCH:
            new += _note_batch(session, batch)
            batch = []
    return new + _note_batch(session, batch)


def replace_statements(session: Session, site: str, statements: Iterable[Statement], at: datetime) -> None:
    """Put statements made anew from captures in the place of those that captures proved; lookups' stay."""
    key = ensure_site(session, site, at)
    of_captures = (col(StatementRow.site_key) == key, col(StatementRow.first_lookup_key).is_(None))
    before = set(session.exec(select(StatementRow.identifier_key).where(*of_captures, _OWN)).all())
    # What a lookup saw last, too, is from then on known by that lookup alone.
    session.connection().execute(
        _TABLE.update()
        .where(_TABLE.c.site_key == key, _TABLE.c.first_lookup_key.is_(None), _TABLE.c.last_lookup_key.is_not(None))
        .values(
            first_seen_at=_TABLE.c.last_seen_at, first_lookup_key=_TABLE.c.last_lookup_key, first_capture_key=None,
            last_capture_key=None, times=1,
        )
    )  # fmt: skip
    session.execute(delete(StatementRow).where(*of_captures), execution_options=_UNSYNCED)
    left = set(session.exec(select(StatementRow.identifier_key).where(StatementRow.site_key == key, _OWN)).all())
    count_on_sites(session, before - left, -1)
    note_statements(session, statements)
    mark_sites(session, [key])


def statements_of(
    session: Session, sites: Iterable[str], *, kinds: Sequence[str] = (), claimed: bool | None = None
) -> tuple[Statement, ...]:
    """Give the statements of sites, by site, kind, value and place; `claimed` keeps one sort of them only."""
    found: list[Statement] = []
    keys = sorted(keys_of_sites(session, sites).values())
    for start in range(0, len(keys), _PART):
        conditions = [col(StatementRow.site_key).in_(keys[start : start + _PART])]
        found += _load(session, conditions, kinds=kinds, claimed=claimed)
    return tuple(sorted(found, key=lambda one: (one.site, one.kind, one.value, one.place, one.claimed)))


def statements_between(
    session: Session, since: datetime, until: datetime, *, sites: Iterable[str] = ()
) -> tuple[Statement, ...]:
    """Give the statements, of some sites or of all, that were seen first before and last after a time began."""
    conditions = [col(StatementRow.first_seen_at) <= until, col(StatementRow.last_seen_at) >= since]
    wanted = tuple(sites)
    if wanted:
        keys = tuple(keys_of_sites(session, wanted).values())
        conditions.append(col(StatementRow.site_key).in_(keys))
    found = _load(session, conditions)
    return tuple(sorted(found, key=lambda one: (one.site, one.kind, one.value, one.place, one.claimed)))


def all_statements(session: Session, *, claimed: bool | None = False) -> Iterator[Statement]:
    """Give all statements one by one, those of a site together, without the ids of what proves them."""
    query = (
        select_columns(col(SiteRow.name), col(IdentifierRow.kind), col(IdentifierRow.value), *_PLAIN)
        .join(SiteRow, col(SiteRow.key) == StatementRow.site_key)
        .join(IdentifierRow, col(IdentifierRow.key) == StatementRow.identifier_key)
        .order_by(col(StatementRow.site_key))
    )
    if claimed is not None:
        query = query.where(col(StatementRow.claimed).is_(claimed))
    for site, kind, value, *rest in session.execute(query, execution_options={"yield_per": 5000}):
        yield _statement_of(site, kind, value, rest, "", "")


def count_statements(session: Session) -> int:
    """Give how many statements are kept."""
    return session.exec(select(func.count()).select_from(StatementRow)).one()


_OWN = col(StatementRow.claimed).is_(False)
_MOVING = (
    "first_seen_at", "last_seen_at", "first_capture_key", "last_capture_key", "first_lookup_key", "last_lookup_key",
    "times", "confidence", "shown", "spot", "role", "problem", "block",
)  # fmt: skip
_PLAIN = (
    col(StatementRow.place),
    col(StatementRow.claimed),
    col(StatementRow.first_seen_at),
    col(StatementRow.last_seen_at),
    col(StatementRow.times),
    col(StatementRow.confidence),
    col(StatementRow.shown),
    col(StatementRow.spot),
    col(StatementRow.role),
    col(StatementRow.problem),
    col(StatementRow.block),
)


_Key = tuple[int, int, str, bool]
"""Site, identifier, place, claimed: what a row is found by."""

_TABLE = StatementRow.metadata.tables["statement"]
_MOVE = (
    _TABLE.update()
    .where(
        _TABLE.c.site_key == bindparam("of_site"),
        _TABLE.c.identifier_key == bindparam("of_identifier"),
        _TABLE.c.place == bindparam("of_place"),
        _TABLE.c.claimed == bindparam("of_claimed"),
    )
    .values({name: bindparam(f"new_{name}") for name in _MOVING})
)


@dataclass(frozen=True)
class _Proof:
    """The keys of a capture or of a lookup; both None where a file only says so."""

    capture: int | None = None
    lookup: int | None = None


def _note_batch(session: Session, statements: Sequence[Statement]) -> int:
    """Write a batch: find or make its sites and identifiers, join each statement with the row that is there."""
    if not statements:
        return 0
    wanted = _join_equal(statements)
    sites = ensure_sites(session, {one.site: one.first_seen for one in wanted})
    identifiers = ensure_identifiers(session, [(one.kind, one.value) for one in wanted])
    proofs = _find_proofs(session, wanted)
    keyed: dict[_Key, Statement] = {
        (sites[one.site], identifiers[one.kind, one.value], one.place, one.claimed): one for one in wanted
    }
    held = _find_rows(session, {key[0] for key in keyed}, {key[1] for key in keyed})
    added: list[dict[str, object]] = []
    moved: list[dict[str, object]] = []
    for key, one in keyed.items():
        first, last = proofs[one.first_capture], proofs[one.last_capture]
        row = held.get(key)
        if row is None:
            added.append(_new_row(key, one, first, last))
        elif (after := _moved_row(row, one, first, last)) != row:
            place = dict(zip(("of_site", "of_identifier", "of_place", "of_claimed"), key, strict=True))
            moved.append({**place, **{f"new_{name}": value for name, value in after.items()}})
    if added:
        session.connection().execute(_TABLE.insert(), added)
    if moved:
        session.connection().execute(_MOVE, moved)
    known = {(site, identifier) for site, identifier, _, claimed in held if not claimed}
    fresh = {key[:2] for key in keyed if key not in held and not key[3]} - known
    if fresh:
        count_on_sites(session, [identifier for _, identifier in fresh], 1)
    mark_sites(session, sorted({key[0] for key in keyed if key not in held and not key[3]}))
    return len(added)


def _join_equal(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """Join those of one batch that are the same statement: the whole time, the surest words, all roles."""
    joined: dict[tuple[str, str, str, str, bool], Statement] = {}
    for one in statements:
        one = replace(
            one, site=clean_text(one.site), value=bound_value(one.value), kind=clean_text(one.kind[:_LONGEST_KIND]),
            place=clean_text(one.place[:_LONGEST_KIND]),
        )  # fmt: skip
        key = (one.site, one.kind, one.value, one.place, one.claimed)
        before = joined.get(key)
        joined[key] = one if before is None else _join_two(before, one)
    return tuple(joined.values())


def _join_two(a: Statement, b: Statement) -> Statement:
    first = a if a.first_seen <= b.first_seen else b
    last = b if b.last_seen > a.last_seen else a
    same_look = (a.first_capture, a.last_capture) == (b.first_capture, b.last_capture)
    roles = dict.fromkeys(role for one in (a, b) for role in one.role.split("、") if role)
    return replace(
        b if b.confidence > a.confidence else a,
        first_seen=first.first_seen,
        first_capture=first.first_capture,
        last_seen=last.last_seen,
        last_capture=last.last_capture,
        role="、".join(roles)[:_LONGEST_SHOWN],
        times=a.times if same_look else a.times + b.times,
    )


def _find_proofs(session: Session, statements: Iterable[Statement]) -> dict[str, _Proof]:
    """Give the keys of captures and lookups by their ids; an id that is neither raises NotInArchive."""
    found = {"": _Proof()}
    wanted = list(dict.fromkeys(name for one in statements for name in (one.first_capture, one.last_capture) if name))
    for start in range(0, len(wanted), _PART):
        part = wanted[start : start + _PART]
        captures = select(CaptureRow.id, CaptureRow.key).where(col(CaptureRow.id).in_(part))
        found.update({name: _Proof(capture=key) for name, key in session.exec(captures).all()})
        lookups = select(LookupRow.id, LookupRow.key).where(col(LookupRow.id).in_(part))
        found.update({name: _Proof(lookup=key) for name, key in session.exec(lookups).all()})
    for name in wanted:
        if name not in found:
            raise NotInArchive(f"no capture or lookup {name[:80]!r} in the archive: keep it before what it proves")
    return found


def _find_rows(session: Session, sites: set[int], identifiers: set[int]) -> dict[_Key, dict[str, object]]:
    """Give what is kept of some identifiers on some sites, as the columns that a new look may move."""
    query = select_columns(
        _TABLE.c.site_key, _TABLE.c.identifier_key, _TABLE.c.place, _TABLE.c.claimed, *(_TABLE.c[n] for n in _MOVING)
    )
    keys, values = sorted(sites), sorted(identifiers)
    found: dict[_Key, dict[str, object]] = {}
    # Of one site only the wanted rows are read; of many all, for no index holds sites times identifiers.
    narrow = [values[start : start + _PART] for start in range(0, len(values), _PART)] if len(keys) == 1 else [None]
    for start in range(0, len(keys), _PART):
        for part in narrow:
            chosen = query.where(_TABLE.c.site_key.in_(keys[start : start + _PART]))
            if part is not None:
                chosen = chosen.where(_TABLE.c.identifier_key.in_(part))
            for site, identifier, place, claimed, *rest in session.connection().execute(chosen):
                if identifier in identifiers:
                    found[site, identifier, place, claimed] = dict(zip(_MOVING, rest, strict=True))
    return found


def _new_row(key: _Key, one: Statement, first: _Proof, last: _Proof) -> dict[str, object]:
    return {
        "site_key": key[0],
        "identifier_key": key[1],
        "place": key[2],
        "claimed": key[3],
        "first_seen_at": one.first_seen,
        "last_seen_at": one.last_seen,
        "first_capture_key": first.capture,
        "last_capture_key": last.capture,
        "first_lookup_key": first.lookup,
        "last_lookup_key": last.lookup,
        "times": one.times,
        **_words_of(one),
    }


def _words_of(one: Statement) -> dict[str, object]:
    return {
        "confidence": one.confidence,
        "shown": None if one.shown == one.value else one.shown[:_LONGEST_SHOWN],
        "spot": one.where[:_LONGEST_SHOWN],
        "role": one.role[:_LONGEST_SHOWN],
        "problem": one.problem[:_LONGEST_SHOWN],
        "block": one.block[:_LONGEST_SHOWN],
    }


def _moved_row(row: dict[str, object], one: Statement, first: _Proof, last: _Proof) -> dict[str, object]:
    """Join a row with a statement of the same thing: the earlier first, the later last and its words."""
    after = dict(row)
    known = {(row[f"{end}_capture_key"], row[f"{end}_lookup_key"]) for end in ("first", "last")} - {(None, None)}
    if not {(proof.capture, proof.lookup) for proof in (first, last)} <= known:
        after["times"] = cast(int, row["times"]) + one.times
    if one.first_seen < cast(datetime, row["first_seen_at"]):
        after.update(first_seen_at=one.first_seen, first_capture_key=first.capture, first_lookup_key=first.lookup)
    if one.last_seen >= cast(datetime, row["last_seen_at"]):
        after.update(last_seen_at=one.last_seen, last_capture_key=last.capture, last_lookup_key=last.lookup)
        after.update(_words_of(one))
    return after


def _load(
    session: Session,
    conditions: Sequence[ColumnElement[bool]],
    *,
    kinds: Sequence[str] = (),
    claimed: bool | None = None,
) -> list[Statement]:
    captures = aliased(CaptureRow), aliased(CaptureRow)
    lookups = aliased(LookupRow), aliased(LookupRow)
    query = (
        select_columns(
            col(SiteRow.name), col(IdentifierRow.kind), col(IdentifierRow.value),
            *(col(table.id) for table in captures),
            *(col(table.id) for table in lookups), *_PLAIN,
        )
        .join(SiteRow, col(SiteRow.key) == StatementRow.site_key)
        .join(IdentifierRow, col(IdentifierRow.key) == StatementRow.identifier_key)
        .outerjoin(captures[0], col(captures[0].key) == StatementRow.first_capture_key)
        .outerjoin(captures[1], col(captures[1].key) == StatementRow.last_capture_key)
        .outerjoin(lookups[0], col(lookups[0].key) == StatementRow.first_lookup_key)
        .outerjoin(lookups[1], col(lookups[1].key) == StatementRow.last_lookup_key)
        .where(*conditions)
    )  # fmt: skip
    if kinds:
        query = query.where(col(IdentifierRow.kind).in_(kinds))
    if claimed is not None:
        query = query.where(col(StatementRow.claimed).is_(claimed))
    rows = session.execute(query).all()
    return [
        _statement_of(site, kind, value, rest, first or asked or "", last or asked_last or "")
        for site, kind, value, first, last, asked, asked_last, *rest in rows
    ]


def _statement_of(site: str, kind: str, value: str, rest: Sequence[Any], first: str, last: str) -> Statement:
    place, claimed, since, until, times, confidence, shown, spot, role, problem, block = rest
    return Statement(
        site, kind, value, place, since, until, first, last, value if shown is None else shown, spot, role, problem,
        block, confidence, times, claimed,
    )  # fmt: skip
