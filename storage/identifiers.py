"""Identifiers as distinct values: on how many sites each stands, on which, and what was learnt of its sharing.

Only what we saw ourselves counts; a value that a file claims stands nowhere. Functions take the session first.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import bindparam
from sqlmodel import Session, col, func, select

from storage.columns import clean_text
from storage.identity_tables import IdentifierRow, SiteRow, StatementRow

_PART = 400
_BATCH = 2000
_LONGEST_VALUE = 500
_LAST = "\U0010ffff"
_OWN = col(StatementRow.claimed).is_(False)

Pair = tuple[str, str]
"""Kind and value."""


def sites_with(session: Session, kind: str, value: str, limit: int = 100) -> tuple[str, ...]:
    """Give the sites on which we saw an identifier ourselves, by name; no more than `limit`."""
    query = (
        select(SiteRow.name)
        .join(StatementRow, col(StatementRow.site_key) == SiteRow.key)
        .join(IdentifierRow, col(IdentifierRow.key) == StatementRow.identifier_key)
        .where(IdentifierRow.kind == kind, IdentifierRow.value == bound_value(value), _OWN)
        .distinct()
        .order_by(SiteRow.name)
    )
    return tuple(session.exec(query.limit(max(1, limit))).all())


def sites_with_prefix(session: Session, kind: str, prefix: str, limit: int = 100) -> tuple[str, ...]:
    """Give the sites on which we saw an identifier that begins so, by name: an ICP number with any suffix of a site."""
    query = (
        select(SiteRow.name)
        .join(StatementRow, col(StatementRow.site_key) == SiteRow.key)
        .join(IdentifierRow, col(IdentifierRow.key) == StatementRow.identifier_key)
        .where(
            IdentifierRow.kind == kind,
            col(IdentifierRow.value) >= prefix,
            col(IdentifierRow.value) < prefix + _LAST,
            _OWN,
        )
        .distinct()
        .order_by(SiteRow.name)
    )
    return tuple(session.exec(query.limit(max(1, limit))).all())


def sites_sharing(session: Session, pairs: Iterable[Pair], *, most: int) -> tuple[str, ...]:
    """Give the sites on which we saw any of some identifiers that stand on 2 to `most` sites."""
    known = _find_identifiers(session, ((kind, bound_value(value)) for kind, value in pairs))
    keys = sorted({key for key, count in known.values() if 2 <= count <= most})
    found: set[str] = set()
    for start in range(0, len(keys), _PART):
        query = (
            select(SiteRow.name)
            .join(StatementRow, col(StatementRow.site_key) == SiteRow.key)
            .where(col(StatementRow.identifier_key).in_(keys[start : start + _PART]), _OWN)
            .distinct()
        )
        found.update(session.exec(query).all())
    return tuple(sorted(found))


def sites_naming(session: Session, kinds: Sequence[str], values: Sequence[str], *, most: int) -> tuple[str, ...]:
    """Give the sites on which we saw any of some values of some kinds; no value that stands on more than `most`."""
    found: set[str] = set()
    for start in range(0, len(values), _PART):
        query = (
            select(SiteRow.name)
            .join(StatementRow, col(StatementRow.site_key) == SiteRow.key)
            .join(IdentifierRow, col(IdentifierRow.key) == StatementRow.identifier_key)
            .where(
                col(IdentifierRow.kind).in_(kinds),
                col(IdentifierRow.value).in_(values[start : start + _PART]),
                col(IdentifierRow.sites) <= most,
                _OWN,
            )
            .distinct()
        )
        found.update(session.exec(query).all())
    return tuple(sorted(found))


def frequency(session: Session, kind: str, value: str) -> int:
    """Give on how many sites we saw an identifier ourselves."""
    found = session.exec(
        select(IdentifierRow.sites).where(IdentifierRow.kind == kind, IdentifierRow.value == bound_value(value))
    ).first()
    return found or 0


def frequencies(session: Session, pairs: Iterable[Pair]) -> dict[Pair, int]:
    """Give on how many sites each of several identifiers (kind, value) stands."""
    wanted = tuple(dict.fromkeys(pairs))
    known = _find_identifiers(session, ((kind, bound_value(value)) for kind, value in wanted))
    return {(kind, value): known.get((kind, bound_value(value)), (0, 0))[1] for kind, value in wanted}


def known_shares(session: Session, pairs: Iterable[Pair]) -> dict[Pair, float]:
    """Give the learnt chance that an identifier has many owners, of those of which it was learnt.

    What has come to many more sites since is left out: it is to be learnt anew.
    """
    keys = keys_of_identifiers(session, pairs)
    by_key, found = {key: pair for pair, key in keys.items()}, {}
    wanted = sorted(by_key)
    for start in range(0, len(wanted), _PART):
        query = select(IdentifierRow.key, IdentifierRow.shared).where(
            col(IdentifierRow.key).in_(wanted[start : start + _PART]),
            col(IdentifierRow.shared).is_not(None),
            col(IdentifierRow.sites) <= 2 * func.coalesce(col(IdentifierRow.shared_sites), 0) + 2,
        )
        found.update({by_key[key]: share for key, share in session.exec(query).all() if key and share is not None})
    return found


def keep_shares(session: Session, shares: Iterable[tuple[str, str, float]]) -> None:
    """Keep what a whole build learnt of identifiers (kind, value, chance), in the place of what was learnt before."""
    table = IdentifierRow.metadata.tables["identifier"]
    session.connection().execute(table.update().where(table.c.shared.is_not(None)).values(shared=None))
    change = table.update().where(table.c.kind == bindparam("of_kind"), table.c.value == bindparam("of_value"))
    rows = [{"of_kind": kind, "of_value": bound_value(value), "chance": chance} for kind, value, chance in shares]
    for start in range(0, len(rows), _BATCH):
        session.connection().execute(
            change.values(shared=bindparam("chance"), shared_sites=table.c.sites), rows[start : start + _BATCH]
        )


def values_ending(session: Session, kinds: Sequence[str], ending: str, limit: int = 100) -> tuple[Pair, ...]:
    """Give the identifiers of some kinds whose value ends so, whatever its case, that we saw ourselves on any site."""
    query = select(IdentifierRow.kind, IdentifierRow.value).where(
        col(IdentifierRow.kind).in_(kinds),
        func.lower(col(IdentifierRow.value)).endswith(ending.lower(), autoescape=True),
        col(IdentifierRow.sites) > 0,
    )
    ordered = query.order_by(IdentifierRow.kind, IdentifierRow.value)
    return tuple((kind, value) for kind, value in session.exec(ordered.limit(max(1, limit))).all())


def values_with_prefix(session: Session, kind: str, prefix: str, limit: int = 1000) -> dict[str, int]:
    """Give the values that begin so, each with its number of sites."""
    query = select(IdentifierRow.value, IdentifierRow.sites).where(
        IdentifierRow.kind == kind, col(IdentifierRow.value) >= prefix, col(IdentifierRow.value) < prefix + _LAST
    )
    return dict(session.exec(query.limit(limit)).all())


def shared_identifiers(session: Session, *, kinds: Sequence[str] = (), least: int = 2) -> Iterator[Pair]:
    """Give the identifiers that stand on several sites, or are of some kinds."""
    query = select(IdentifierRow.kind, IdentifierRow.value).where(
        (col(IdentifierRow.sites) >= least) | col(IdentifierRow.kind).in_(kinds)
    )
    yield from session.exec(query.execution_options(yield_per=5000)).all()


def keys_of_identifiers(session: Session, pairs: Iterable[Pair]) -> dict[Pair, int]:
    """Give the keys of those of the identifiers (kind, value) that are known: for the other files of storage."""
    wanted = ((kind, bound_value(value)) for kind, value in pairs)
    return {pair: key for pair, (key, _) in _find_identifiers(session, wanted).items()}


def bound_value(value: str) -> str:
    """A value as it is kept: one beyond all measure is cut, and told from others by its digest."""
    if len(value) <= _LONGEST_VALUE:
        return clean_text(value)
    digest = hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
    return clean_text(f"{value[: _LONGEST_VALUE - len(digest) - 1]}…{digest}")


def ensure_identifiers(session: Session, pairs: Sequence[Pair]) -> dict[Pair, int]:
    """Give the keys of identifiers, made now where they are new; the values must be bounded."""
    known = {pair: key for pair, (key, _) in _find_identifiers(session, pairs).items()}
    missing = [pair for pair in dict.fromkeys(pairs) if pair not in known]
    if missing:
        table = IdentifierRow.metadata.tables["identifier"]
        rows = [{"kind": kind, "value": value, "sites": 0} for kind, value in missing]
        session.connection().execute(table.insert(), rows)
        known.update({pair: key for pair, (key, _) in _find_identifiers(session, missing).items()})
    return {pair: known[pair] for pair in pairs}


def _find_identifiers(session: Session, pairs: Iterable[Pair]) -> dict[Pair, tuple[int, int]]:
    """Give key and number of sites of those identifiers that are known."""
    by_kind: dict[str, list[str]] = {}
    for kind, value in dict.fromkeys(pairs):
        by_kind.setdefault(kind, []).append(value)
    found: dict[Pair, tuple[int, int]] = {}
    for kind, values in by_kind.items():
        for start in range(0, len(values), _PART):
            query = select(IdentifierRow.value, IdentifierRow.key, IdentifierRow.sites).where(
                IdentifierRow.kind == kind, col(IdentifierRow.value).in_(values[start : start + _PART])
            )
            for value, key, sites in session.exec(query).all():
                assert key is not None
                found[kind, value] = key, sites
    return found


def count_on_sites(session: Session, identifiers: Iterable[int], by: int) -> None:
    """Add to the number of sites of identifiers; one that is named twice stands on two more sites."""
    amounts = Counter(identifiers)
    if amounts:
        table = IdentifierRow.metadata.tables["identifier"]
        change = table.update().where(table.c.key == bindparam("of_key")).values(sites=table.c.sites + bindparam("by"))
        session.connection().execute(change, [{"of_key": key, "by": by * n} for key, n in amounts.items()])
