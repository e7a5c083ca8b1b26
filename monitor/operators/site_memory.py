"""What is remembered of a site between two runs, as JSON text and back. Pure; unreadable text gives an empty memory."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime

from monitor.operators.site_looks import Sign
from monitor.operators.site_state import Pending, Registration, SiteMemory
from storage.identity import SitePeriod, SiteState

_RELEASE = 1


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
    sign = data["sign"]
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
