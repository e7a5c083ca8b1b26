"""A name that was dropped and registered anew: the earlier registration is a site of its own, named by its first day.

Pure. Takes what is remembered of a site and one look. A day of registration later than our first sight counts once two
looks or two registers said it, or the name was known to be gone.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from monitor.operators.site_looks import SiteLook
from monitor.operators.site_memory import APART, Registration, SiteMemory
from storage.identity import SitePeriod, SiteState

MOST_PROOF = 8
_MOST_EPOCHS = 20
_REGISTRATION_SLACK = timedelta(days=1)  # registries and time zones disagree by a day


def epoch_name(site: str, first_day: date) -> str:
    """The name of an earlier registration of a site."""
    return f"{site}@{first_day.isoformat()}"


def check_registration(memory: SiteMemory, look: SiteLook) -> tuple[tuple[SitePeriod, ...], str, SiteMemory]:
    """Whether the register shows that the name was dropped and registered anew: then a new epoch begins."""
    day = look.registered_on
    if day is None or not is_newer(day, memory):
        return (), "", memory
    before = memory.registration
    sources = look.registered_by or frozenset({"registry"})
    if before is None or abs(before.day - day) > _REGISTRATION_SLACK:
        before = Registration(day, look.at, 0, frozenset(), ())
    apart = before.checks == 0 or look.at - before.first_at >= APART
    told = replace(
        before,
        checks=before.checks + apart,
        sources=before.sources | sources,
        proof=join_proof(before.proof, look.proof),
    )
    dropped = memory.was_gone or (memory.expires_on is not None and memory.expires_on <= day)
    if told.checks < 2 and len(told.sources) < 2 and not dropped:
        return (), "", replace(memory, registration=told)
    assert memory.first_seen is not None
    moment = datetime.combine(day, time(), UTC)
    name = epoch_name(memory.site, memory.first_seen.date())
    last = memory.current
    closed = tuple(
        replace(period, site=name) for period in end_period(last, max(moment, last.since) if last else moment)
    )
    anew = SitePeriod(
        site=name,
        state=SiteState.REREGISTERED,
        since=moment,
        checked_at=look.at,
        registry="registered anew",
        reason=f"注册局记录显示该域名于 {day.isoformat()} 重新注册，晚于此前的使用："
        "之后的网站属于新的注册人，不当然与原平台有关",
        proof=told.proof,
    )
    fresh = SiteMemory(
        memory.site,
        registered_on=day,
        expires_on=look.expires_on,
        last_at=look.at,
        epochs=(*memory.epochs, (moment, name))[-_MOST_EPOCHS:],
    )
    return (*closed, anew), name, fresh


def is_newer(day: date, memory: SiteMemory) -> bool:
    """Whether a day of registration is later than the one that is known and than our first sight."""
    if memory.first_seen is None:
        return False
    if memory.registered_on is not None and day <= memory.registered_on + _REGISTRATION_SLACK:
        return False
    return day > memory.first_seen.date() + _REGISTRATION_SLACK


def end_period(period: SitePeriod | None, at: datetime) -> tuple[SitePeriod, ...]:
    """The period with its end, () where there is none."""
    return () if period is None else (replace(period, ended_at=max(period.ended_at or at, period.since)),)


def join_proof(before: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    """The first proofs and the newest: a long period needs not name every visit."""
    joined = tuple(dict.fromkeys((*before, *more)))
    half = MOST_PROOF // 2
    return joined if len(joined) <= MOST_PROOF else (*joined[:half], *joined[-half:])
