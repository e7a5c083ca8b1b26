"""What is remembered of a site between two looks, and that as JSON text and back.

Pure. Text that cannot be read gives an empty memory.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from monitor.operators.site_looks import Sign
from storage.identity import SitePeriod, SiteState

APART = timedelta(minutes=30)
"""Two looks nearer to each other count as one check: the pages of one run say one thing about their site."""

_RELEASE = 1


@dataclass(frozen=True)
class Pending:
    """A state that was seen and not yet often enough. `sources` tell who said so; `checks` counts looks apart."""

    sign: Sign
    first_at: datetime
    counted_at: datetime
    checks: int
    sources: frozenset[str]
    proof: tuple[str, ...]


@dataclass(frozen=True)
class Doubt:
    """Since when checks met something other than the present state, and what the first of them met."""

    since: datetime
    reason: str


@dataclass(frozen=True)
class Registration:
    """A day of registration later than what is known, and how many looks and registers said it."""

    day: date
    first_at: datetime
    checks: int
    sources: frozenset[str]
    proof: tuple[str, ...]


@dataclass(frozen=True)
class SiteMemory:
    """All that is remembered of a site between two looks.

    `first_seen` is when the name first answered us, `registered_on` its known registration; `outage_since` when our
    own network went away (None while it is well); `before_outage` the state that it had then. `doubt` is there while
    the present state was not met again after something else had been.
    """

    site: str
    current: SitePeriod | None = None
    pending: Pending | None = None
    doubt: Doubt | None = None
    first_seen: datetime | None = None
    registered_on: date | None = None
    expires_on: date | None = None
    registration: Registration | None = None
    was_gone: bool = False
    outage_since: datetime | None = None
    outage_checks: int = 0
    before_outage: SiteState | None = None
    last_at: datetime | None = None
    epochs: tuple[tuple[datetime, str], ...] = ()


def dump_memory(memory: SiteMemory) -> str:
    """The memory as one line of JSON."""
    return json.dumps({"release": _RELEASE, **asdict(memory)}, ensure_ascii=False, default=_plain)


def load_memory(site: str, text: str | None) -> SiteMemory:
    """The memory of a site; of another release, or where there is none, it begins anew."""
    if not text:
        return SiteMemory(site)
    try:
        data = json.loads(text)
        known = isinstance(data, dict) and data.pop("release", 0) == _RELEASE and data.get("site") == site
        return _memory_of(data) if known else SiteMemory(site)
    except (ValueError, TypeError, KeyError):
        return SiteMemory(site)


def _memory_of(data: dict[str, object]) -> SiteMemory:
    before = data["before_outage"]
    return SiteMemory(
        site=str(data["site"]),
        current=_period_of(data["current"]),
        pending=_pending_of(data["pending"]),
        doubt=_doubt_of(data.get("doubt")),
        first_seen=_moment(data["first_seen"]),
        registered_on=_day(data["registered_on"]),
        expires_on=_day(data["expires_on"]),
        registration=_registration_of(data["registration"]),
        was_gone=bool(data["was_gone"]),
        outage_since=_moment(data["outage_since"]),
        outage_checks=int(str(data["outage_checks"])),
        before_outage=SiteState(str(before)) if before else None,
        last_at=_moment(data["last_at"]),
        epochs=tuple((_sure(_moment(until)), str(name)) for until, name in _rows(data["epochs"])),
    )


def _period_of(data: object) -> SitePeriod | None:
    if not isinstance(data, dict):
        return None
    return SitePeriod(
        site=str(data["site"]),
        state=SiteState(data["state"]),
        since=_sure(_moment(data["since"])),
        checked_at=_sure(_moment(data["checked_at"])),
        ended_at=_moment(data["ended_at"]),
        registry=str(data["registry"]),
        http=str(data["http"]),
        content=str(data["content"]),
        reason=str(data["reason"]),
        target=str(data["target"]),
        proof=tuple(map(str, data["proof"])),
    )


def _pending_of(data: object) -> Pending | None:
    if not isinstance(data, dict):
        return None
    sign = {key: value for key, value in data["sign"].items() if key != "sure"}  # of earlier releases
    if "http" in sign["sources"]:
        return None  # so is this: a server that does not answer us is no source of death any more
    return Pending(
        sign=Sign(
            **{**sign, "state": SiteState(sign["state"]), "sources": frozenset(sign["sources"])},
        ),
        first_at=_sure(_moment(data["first_at"])),
        counted_at=_sure(_moment(data["counted_at"])),
        checks=int(data["checks"]),
        sources=frozenset(map(str, data["sources"])),
        proof=tuple(map(str, data["proof"])),
    )


def _doubt_of(data: object) -> Doubt | None:
    return Doubt(_sure(_moment(data["since"])), str(data["reason"])) if isinstance(data, dict) else None


def _registration_of(data: object) -> Registration | None:
    if not isinstance(data, dict):
        return None
    return Registration(
        day=_sure_day(_day(data["day"])),
        first_at=_sure(_moment(data["first_at"])),
        checks=int(data["checks"]),
        sources=frozenset(map(str, data["sources"])),
        proof=tuple(map(str, data["proof"])),
    )


def _rows(data: object) -> list[tuple[object, object]]:
    return [(first, second) for first, second in data] if isinstance(data, list) else []


def _moment(value: object) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) and value else None


def _day(value: object) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) and value else None


def _sure(value: datetime | None) -> datetime:
    if value is None:
        raise ValueError("a moment is missing")
    return value


def _sure_day(value: date | None) -> date:
    if value is None:
        raise ValueError("a day is missing")
    return value


def _plain(value: object) -> object:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
