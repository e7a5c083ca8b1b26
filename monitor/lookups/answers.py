"""Answers of lookups and the archive: kept as evidence, noted as statements, and read again while they are young.

A kept answer reads as when it came, by the readers of this release. What was never asked (offline, nobody to ask) is
not kept.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.config.lookups import LookupSettings
from scrapers.domains import site_of_host
from scrapers.lookups.dns_reading import read_dns
from scrapers.lookups.http import read_http
from scrapers.lookups.icon import read_icon
from scrapers.lookups.model import TELLING, LookupAnswer, LookupOutcome
from scrapers.lookups.rdap import BOOTSTRAP_DOMAIN, read_rdap
from scrapers.lookups.tls import read_tls
from scrapers.lookups.whois import read_whois
from storage.archive import Archive
from storage.identity import LookupKind, StoredLookup
from storage.lookups import keep_lookup, list_lookups, load_answer
from storage.statements import note_identifiers

_log = logging.getLogger(__name__)

_FAILURE_HOURS = 1.0
_ICON_HOURS = 168.0
_ICON_FAILURE_HOURS = 24.0  # nobody waits for an icon, and a site that is away is asked by other questions
_TROUBLED_HOURS = 24.0
"""A registry's answer about a name that is in trouble holds no longer: a hold is put on then, and lifted."""

_NAMELESS = ("no_such_name", "server_failure")
_TOGETHER = timedelta(minutes=5)  # answers of several servers to one question
_MOST_SERVERS = 40
_MOST_LOOKS = 400
REGISTRIES = (LookupKind.RDAP, LookupKind.WHOIS)


@dataclass(frozen=True)
class KnownAnswer:
    """An answer, the id under which it is kept ("" where it is not), and whether it came from the archive."""

    answer: LookupAnswer
    lookup: str = ""
    evidence: str = ""
    cached: bool = False


def read_answer(stored: StoredLookup, raw: bytes) -> LookupAnswer:
    """The answer of a lookup from its raw bytes; where there are none, or not readable ones, its outcome alone."""
    outcome = LookupOutcome(stored.outcome) if stored.outcome in set(LookupOutcome) else LookupOutcome.ERROR
    plain = LookupAnswer(stored.domain, stored.kind.value, stored.server, stored.asked_at, outcome, stored.detail, raw)
    if not raw or stored.domain == BOOTSTRAP_DOMAIN:
        return plain
    try:
        read = _read_raw(stored, raw)
    except ValueError:  # bytes of another release: what was concluded then stands
        return plain
    except Exception:  # bytes that break a reader of this release end no run
        _log.exception("the kept answer %s about %s could not be read", stored.id, stored.domain)
        return plain
    if outcome is LookupOutcome.ERROR and read.outcome is LookupOutcome.OK:
        return read  # not understood then, understood now
    return replace(read, outcome=outcome, detail=stored.detail)  # the asker knew more than the bytes tell


def _read_raw(stored: StoredLookup, raw: bytes) -> LookupAnswer:
    if stored.kind is LookupKind.DNS:
        return read_dns(raw, stored.asked_at)
    if stored.kind is LookupKind.RDAP:
        return read_rdap(raw, stored.domain, stored.server, stored.asked_at)
    if stored.kind is LookupKind.WHOIS:
        return read_whois(raw, stored.domain, stored.server, stored.asked_at)
    if stored.kind is LookupKind.TLS:
        return read_tls(raw, stored.asked_at)
    if stored.kind is LookupKind.ICON:
        return read_icon(raw, stored.domain, stored.asked_at)
    return read_http(raw, stored.domain, stored.asked_at)


def remember_answers(
    archive: Archive,
    settings: LookupSettings,
    domain: str,
    kind: LookupKind,
    now: datetime,
    *,
    any_age: bool = False,
    troubled: bool = False,
) -> tuple[KnownAnswer, ...]:
    """The last answers about a domain, one of each server, where they are young enough; () where it must be asked.

    What a registry said before the name went away holds no longer, nor for long where its site is `troubled`.
    """
    hours = hours_of(settings, kind)
    since = None if any_age else now - timedelta(hours=hours)
    if since is not None and kind in REGISTRIES and not settings.offline:
        gone_since = find_trouble(archive, domain, now)
        if troubled or gone_since:
            since = max(since, now - timedelta(hours=_TROUBLED_HOURS), gone_since or since)
    with archive.database.reading() as session:
        found = list_lookups(session, domain, kind=kind, since=since, until=now, limit=_MOST_SERVERS)
    if not found:
        return ()
    newest = found[0].asked_at
    together = [one for one in found if newest - one.asked_at <= _TOGETHER]
    told = any(one.outcome in TELLING or one.outcome == LookupOutcome.NOT_SUPPORTED for one in together)
    if not any_age and not told and now - newest > timedelta(hours=min(hours, _failure_hours(kind))):
        return ()
    latest = {one.server: one for one in reversed(together)}
    return tuple(
        KnownAnswer(read_answer(one, load_answer(archive, one)), one.id, one.evidence, cached=True)
        for one in latest.values()
    )


def find_trouble(archive: Archive, domain: str, now: datetime) -> datetime | None:
    """Since when no name server knows the name, None where one does, or where none of them said anything."""
    with archive.database.reading() as session:
        found = list_lookups(session, domain, kind=LookupKind.DNS, until=now, limit=_MOST_LOOKS)
    last = [one for one in found if found[0].asked_at - one.asked_at <= _TOGETHER]
    since = None
    for position, one in enumerate(found):
        if one.outcome == LookupOutcome.OK:
            break
        if one.outcome in _NAMELESS and (position < len(last) or since is not None):
            since = one.asked_at
    return None if any(one.outcome == LookupOutcome.OK for one in last) else since


def keep_answer(archive: Archive, answer: LookupAnswer) -> KnownAnswer:
    """Keep an answer and note what it identifies of the site that it is about."""
    if answer.outcome is LookupOutcome.OFFLINE or (not answer.server and not answer.raw):
        return KnownAnswer(answer)
    stored = store_answer(archive, answer)
    if answer.identifiers:
        plain = answer.domain.removeprefix("www.")
        site = plain if site_of_host(answer.domain) == plain else answer.domain  # www is no 分站
        with archive.database.writing() as session:
            note_identifiers(session, site, answer.identifiers, answer.asked_at, stored.id)
    return KnownAnswer(answer, stored.id, stored.evidence)


def store_answer(archive: Archive, answer: LookupAnswer) -> StoredLookup:
    """Keep an answer without noting anything."""
    return keep_lookup(
        archive,
        domain=answer.domain,
        kind=LookupKind(answer.kind),
        server=answer.server,
        asked_at=answer.asked_at,
        outcome=str(answer.outcome),
        detail=answer.detail,
        raw=answer.raw,
        media_type=answer.media_type or "application/octet-stream",
    )


def hours_of(settings: LookupSettings, kind: LookupKind) -> float:
    """For how long an answer of a kind holds."""
    hours = {
        LookupKind.DNS: settings.dns_hours,
        LookupKind.TLS: settings.tls_hours,
        LookupKind.HTTP: settings.http_hours,
        LookupKind.ICON: _ICON_HOURS,
    }
    return hours.get(kind, settings.registry_hours)


def _failure_hours(kind: LookupKind) -> float:
    return _ICON_FAILURE_HOURS if kind is LookupKind.ICON else _FAILURE_HOURS
