"""Sites by name: made when first met, tied to the platforms whose pages led there, marked while something waits.

Functions take the session first; keys stay inside storage. What the name of a site means: storage.identity.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, func, select

from storage.identity_tables import PlatformSiteRow, SiteRow, StatementRow
from storage.pages import key_of_platform
from storage.tables import PlatformRow

MOST = 100_000
_PART = 400
_LONGEST = 1000
_TABLE = SiteRow.metadata.tables["site"]


@dataclass(frozen=True)
class StoredSite:
    """A site that is known: since when, of which platforms, and how many statements there are of it."""

    site: str
    noted_at: datetime
    platforms: tuple[str, ...]
    statements: int


def ensure_site(session: Session, name: str, at: datetime) -> int:
    """Give the key of a site, made now if it is new. A name that none can have raises ValueError."""
    return ensure_sites(session, {name: at})[name]


def ensure_sites(session: Session, met: Mapping[str, datetime]) -> dict[str, int]:
    """Give the keys of sites by name; those that are new are made, as met at their moment."""
    for name in met:
        if not name or len(name) > _LONGEST:
            raise ValueError(f"a site's name has 1 to {_LONGEST} characters, not {len(name)}: {name[:80]!r}")
    keys = keys_of_sites(session, met)
    fresh = [name for name in met if name not in keys]
    if fresh:
        session.connection().execute(_TABLE.insert(), [{"name": name, "noted_at": met[name]} for name in fresh])
        keys |= keys_of_sites(session, fresh)
    return keys


def keys_of_sites(session: Session, names: Iterable[str]) -> dict[str, int]:
    """Give the keys of those of the sites that are known, by name."""
    wanted, found = list(dict.fromkeys(names)), {}
    for start in range(0, len(wanted), _PART):
        query = select(SiteRow.name, SiteRow.key).where(col(SiteRow.name).in_(wanted[start : start + _PART]))
        found.update({name: key for name, key in session.exec(query).all() if key is not None})
    return found


def names_of_sites(session: Session, keys: Iterable[int]) -> dict[int, str]:
    """Give the names of sites, by key."""
    wanted, found = list(dict.fromkeys(keys)), {}
    for start in range(0, len(wanted), _PART):
        query = select(SiteRow.key, SiteRow.name).where(col(SiteRow.key).in_(wanted[start : start + _PART]))
        found.update({key: name for key, name in session.exec(query).all() if key is not None})
    return found


def epochs_of(session: Session, names: Iterable[str]) -> tuple[str, ...]:
    """Give sites with the earlier registrations (`site@YYYY-MM-DD`) that are known of them."""
    wanted = tuple(dict.fromkeys(names))
    found: list[str] = list(wanted)
    for name in wanted:
        begins = (col(SiteRow.name) >= f"{name}@", col(SiteRow.name) < f"{name}A")  # "A" follows "@"
        found += session.exec(select(SiteRow.name).where(*begins)).all()
    return tuple(found)


def list_sites(
    session: Session, *, platform: str = "", after: str = "", limit: int = MOST, counted: bool = False
) -> tuple[StoredSite, ...]:
    """List sites by name, after a name: all, or those of a platform. `counted` counts their statements too."""
    query = select_columns(col(SiteRow.key), col(SiteRow.name), col(SiteRow.noted_at)).where(col(SiteRow.name) > after)
    if platform:
        owned = select_columns(col(PlatformSiteRow.site_key)).where(
            col(PlatformSiteRow.platform_key) == key_of_platform(session, platform)
        )
        query = query.where(col(SiteRow.key).in_(owned))
    rows = session.execute(query.order_by(col(SiteRow.name)).limit(max(1, min(limit, MOST)))).all()
    keys = [key for key, _, _ in rows]
    owners = _platforms_of(session, keys)
    counts = _count_statements(session, keys) if counted else {}
    return tuple(StoredSite(name, at, owners.get(key, ()), counts.get(key, 0)) for key, name, at in rows)


def count_sites(session: Session) -> int:
    """Give how many sites are known."""
    return session.exec(select(func.count()).select_from(SiteRow)).one()


def has_site(session: Session, name: str) -> bool:
    """Whether a site of this name is known."""
    return session.exec(select(SiteRow.key).where(SiteRow.name == name)).first() is not None


def link_platform(session: Session, platform: str, site: str, at: datetime, *, arrived: bool = False) -> None:
    """Note that pages of a platform are on a site; with `arrived` that a visit to one ended there.

    A platform that is not known yet is left: its pages make it.
    """
    platform_key = key_of_platform(session, platform)
    if platform_key is None:
        return
    site_key = ensure_site(session, site, at)
    row = session.get(PlatformSiteRow, (platform_key, site_key))
    if row is None:
        row = PlatformSiteRow(
            platform_key=platform_key, site_key=site_key, arrived=arrived, first_seen_at=at, last_seen_at=at
        )
    row.arrived = row.arrived and arrived
    row.first_seen_at, row.last_seen_at = min(row.first_seen_at, at), max(row.last_seen_at, at)
    session.add(row)
    session.flush()


def sites_of_platform(session: Session, platform: str, *, arrived: bool = True) -> tuple[str, ...]:
    """Give the sites of a platform in the order they were met; without `arrived` only those of its own pages."""
    query = (
        select(SiteRow.name)
        .join(PlatformSiteRow, col(PlatformSiteRow.site_key) == SiteRow.key)
        .where(PlatformSiteRow.platform_key == key_of_platform(session, platform))
        .order_by(col(PlatformSiteRow.first_seen_at), col(SiteRow.name))
    )
    if not arrived:
        query = query.where(col(PlatformSiteRow.arrived).is_(False))
    return tuple(session.exec(query).all())


def platforms_of_site(session: Session, site: str) -> tuple[str, ...]:
    """Give the platforms whose pages led to a site, sorted."""
    key = keys_of_sites(session, [site]).get(site)
    return () if key is None else _platforms_of(session, [key]).get(key, ())


def touch_sites(session: Session, names: Iterable[str]) -> None:
    """Mark sites: the operators of what they are tied to are to be worked out anew."""
    mark_sites(session, tuple(keys_of_sites(session, names).values()))


def touched_sites(session: Session, *, limit: int = MOST) -> dict[str, int]:
    """Give the marked sites in the order they became known, each with its mark for `settle_sites`."""
    query = select(SiteRow.name, SiteRow.touched).where(col(SiteRow.touched).is_not(None)).order_by(col(SiteRow.key))
    return {name: mark for name, mark in session.exec(query.limit(limit)).all() if mark is not None}


def settle_sites(session: Session, marks: Mapping[str, int]) -> None:
    """Take marks off; a site that was marked again meanwhile keeps its own."""
    rows = [{"of_name": name, "of_mark": mark} for name, mark in marks.items()]
    if rows:
        done = _TABLE.update().where(_TABLE.c.name == bindparam("of_name"), _TABLE.c.touched == bindparam("of_mark"))
        session.connection().execute(done.values(touched=None), rows)


def mark_sites(session: Session, keys: Sequence[int]) -> None:
    """Mark sites by their keys: for the other files of storage."""
    for start in range(0, len(keys), _PART):
        chosen = _TABLE.update().where(_TABLE.c.key.in_(keys[start : start + _PART]))
        session.connection().execute(chosen.values(touched=func.coalesce(_TABLE.c.touched, 0) + 1))


def _platforms_of(session: Session, keys: Sequence[int]) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for start in range(0, len(keys), _PART):
        query = (
            select(PlatformSiteRow.site_key, PlatformRow.name)
            .join(PlatformRow, col(PlatformRow.key) == PlatformSiteRow.platform_key)
            .where(col(PlatformSiteRow.site_key).in_(keys[start : start + _PART]))
            .order_by(col(PlatformRow.name))
        )
        for key, name in session.exec(query).all():
            found[key] = (*found.get(key, ()), name)
    return found


def _count_statements(session: Session, keys: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for start in range(0, len(keys), _PART):
        query = (
            select(StatementRow.site_key, func.count())
            .where(col(StatementRow.site_key).in_(keys[start : start + _PART]))
            .group_by(col(StatementRow.site_key))
        )
        found.update(dict(session.exec(query).all()))
    return found
