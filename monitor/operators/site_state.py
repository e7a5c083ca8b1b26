"""What a site is over time: looks at it, in the order of time, become periods of one state each.

Pure. A look holds what one check met (registry × HTTP × content) and whether our own network was well. `advance`
takes what is remembered and one look; `trace` a whole history. Two looks in a row are needed for a change, for death
three over 72 hours by two sources; trouble of our own never becomes a fact about a site.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.operators.site_looks import DEAD_SOURCES, Network, Sign, SiteLook, judge_look
from monitor.operators.site_memory import APART, Doubt, Pending, SiteMemory
from monitor.operators.site_registration import MOST_PROOF, check_registration, end_period, is_newer, join_proof
from monitor.times import show_time
from storage.identity import SitePeriod, SiteState

REDIRECT_SPAN = timedelta(hours=6)
DEAD_CHECKS = 3
DEAD_SPAN = timedelta(hours=72)
OUTAGE_SPAN = timedelta(hours=6)
"""So long our own network must have been away before a site's state is called unknown."""

_GONE = frozenset({SiteState.DEAD, SiteState.EXPIRED, SiteState.HELD})
_WITHDRAWN = frozenset({SiteState.EXPIRED, SiteState.HELD})  # the register took the name out of the DNS


@dataclass(frozen=True)
class Advance:
    """What a look brought: the new memory, and the periods that it ended or began (an ended one first).

    `old_epoch` is the name of the earlier registration where this look showed that somebody registered the name anew;
    its last period says so, and all earlier periods of the plain name are that epoch's.
    """

    memory: SiteMemory
    periods: tuple[SitePeriod, ...] = ()
    old_epoch: str = ""


def trace(site: str, looks: Iterable[SiteLook]) -> tuple[SitePeriod, ...]:
    """All periods of a site from all its looks in the order of time, earlier registrations under their own name."""
    memory = SiteMemory(site)
    periods: list[SitePeriod] = []
    for look in looks:
        step = advance(memory, look)
        memory = step.memory
        if step.old_epoch:
            periods = [replace(period, site=step.old_epoch) if period.site == site else period for period in periods]
        for period in step.periods:
            _put(periods, period)
        if memory.current is not None:
            _put(periods, memory.current)
    return tuple(periods)


def advance(memory: SiteMemory, look: SiteLook) -> Advance:
    """One look more. Looks that are older than what is remembered say nothing."""
    if look.site != memory.site:
        raise ValueError(f"a look at {look.site} says nothing about {memory.site}")
    if memory.last_at is not None and look.at < memory.last_at:
        return Advance(memory)
    memory = replace(memory, last_at=look.at)
    if look.network is Network.DOWN:
        return _note_outage(memory, look)
    ended, epoch, memory = check_registration(memory, look)
    sign = judge_look(look, expires_on=memory.expires_on)
    if sign is None:
        if look.network is Network.PARTIAL:
            step = _note_outage(memory, look)
            return Advance(step.memory, (*ended, *step.periods), epoch)
        return Advance(_note_facts(_drop_refuted(memory, look), look), ended, epoch)
    memory = _note_facts(memory, look)
    outage = memory.outage_since
    memory = replace(memory, outage_since=None, outage_checks=0)
    step = _take_sign(memory, look, sign, after_outage=outage is not None)
    return Advance(step.memory, (*ended, *step.periods), epoch)


def _take_sign(memory: SiteMemory, look: SiteLook, sign: Sign, *, after_outage: bool) -> Advance:
    current = memory.current
    if current is not None and _same(current, sign):
        proof = join_proof(current.proof, look.proof)
        kept = replace(current, checked_at=look.at, proof=proof, reason=sign.reason or current.reason)
        return Advance(replace(memory, current=kept, pending=None, doubt=None, before_outage=None))
    if current is not None and _only_missing(sign, look) and current.state in _WITHDRAWN:
        return Advance(_touch(memory, look))  # the register said why the name is missing, and nothing else now
    if memory.pending is not None and _only_missing(sign, look) and memory.pending.sign.state in _WITHDRAWN:
        sign = memory.pending.sign
    pending = _extend(memory.pending, look, sign)
    doubt = memory.doubt or (Doubt(look.at, sign.reason) if current is not None else None)
    memory = replace(memory, pending=pending, doubt=doubt)
    state = _settled_state(memory, pending)
    if state is None:
        return Advance(memory)  # what was met is not the present state: that is known up to its last sight only
    return _begin(memory, look, pending, state)


def _settled_state(memory: SiteMemory, pending: Pending) -> SiteState | None:
    """The state that is settled by what is pending, None while it is not."""
    sign, span = pending.sign, pending.counted_at - pending.first_at
    known = memory.current.state if memory.current else None
    unsure = known in (None, SiteState.UNKNOWN)
    if sign.state is SiteState.DEAD:
        if pending.checks < DEAD_CHECKS or span < DEAD_SPAN:
            return None
        if len(pending.sources) >= DEAD_SOURCES:
            return SiteState.DEAD
        return None if known is SiteState.UNKNOWN else SiteState.UNKNOWN
    if unsure and sign.state in (SiteState.ACTIVE, memory.before_outage):
        return sign.state
    if sign.state is SiteState.REDIRECTING:
        return sign.state if pending.checks >= 2 and span >= REDIRECT_SPAN else None
    return sign.state if pending.checks >= 2 else None


def _begin(memory: SiteMemory, look: SiteLook, pending: Pending, state: SiteState) -> Advance:
    sign = pending.sign
    reason = sign.reason
    if state is SiteState.UNKNOWN and sign.state is SiteState.DEAD:
        reason = f"{sign.reason}；但只有一个来源这样说，尚不能认定网站已停用"
    elif sign.state is SiteState.DEAD:
        reason = f"{sign.reason}；{pending.checks} 次检查均如此，历时 {_say_span(pending)}"
    current = memory.current
    since = pending.first_at
    if current is not None and since <= current.since:
        since = look.at  # it was unknown until now
    begun = SitePeriod(
        site=memory.site,
        state=state,
        since=since,
        checked_at=look.at,
        registry=sign.registry,
        http=sign.http,
        content=sign.content,
        reason=reason,
        target=sign.target,
        proof=pending.proof,
    )
    ended = end_period(_end_at_doubt(current, memory.doubt, since), since)
    kept = pending if state is SiteState.UNKNOWN else None
    was_gone = memory.was_gone or state in _GONE
    memory = replace(memory, current=begun, pending=kept, doubt=None, before_outage=None, was_gone=was_gone)
    return Advance(memory, (*ended, begun))


def _end_at_doubt(period: SitePeriod | None, doubt: Doubt | None, since: datetime) -> SitePeriod | None:
    """The period that another one follows; what was met between the two, too briefly for a state, ends its claim."""
    if period is None or doubt is None or not period.since <= doubt.since < since:
        return period
    words = (
        f"{period.reason}；最后一次见到这一状态：{show_time(period.checked_at)[:16]}；"
        f"{show_time(doubt.since)[:16]} 起见到：{doubt.reason}，未满两次间隔的检查，不单独算作一个状态"
    )
    return replace(period, reason=words, ended_at=doubt.since)


def _note_outage(memory: SiteMemory, look: SiteLook) -> Advance:
    """Our own network is away: nothing is learnt, and after a while the state is honestly unknown."""
    since = memory.outage_since or look.at
    memory = replace(memory, outage_since=since, outage_checks=memory.outage_checks + 1)
    current = memory.current
    long_away = memory.outage_checks >= 2 and look.at - since >= OUTAGE_SPAN
    if not long_away or (current is not None and current.state is SiteState.UNKNOWN):
        return Advance(memory)
    begun = SitePeriod(
        site=memory.site,
        state=SiteState.UNKNOWN,
        since=since,
        checked_at=look.at,
        reason="本机网络不通（对照站点同样打不开），这段时间无法判断网站的状态",
        proof=look.proof[:MOST_PROOF],
    )
    before = current.state if current else None
    ended = end_period(_end_at_doubt(current, memory.doubt, since), since)
    memory = replace(memory, current=begun, before_outage=before, pending=None, doubt=None)
    return Advance(memory, (*ended, begun))


def _note_facts(memory: SiteMemory, look: SiteLook) -> SiteMemory:
    first = memory.first_seen or (look.at if look.answered else None)
    registered = memory.registered_on
    if look.registered_on is not None and (registered is None or look.registered_on < registered):
        registered = look.registered_on if not is_newer(look.registered_on, memory) else registered
    return replace(
        memory,
        first_seen=first,
        registered_on=registered,
        expires_on=look.expires_on or memory.expires_on,
    )


def _extend(before: Pending | None, look: SiteLook, sign: Sign) -> Pending:
    if before is None or not (_agree(before.sign, sign) or _explains(before.sign, sign)):
        return Pending(sign, look.at, look.at, 1, sign.sources, look.proof[:MOST_PROOF])
    apart = look.at - before.counted_at >= APART
    return Pending(
        sign=sign,
        first_at=before.first_at,
        counted_at=look.at if apart else before.counted_at,
        checks=before.checks + apart,
        sources=before.sources | sign.sources,
        proof=join_proof(before.proof, look.proof),
    )


def _explains(before: Sign, sign: Sign) -> bool:
    """Whether the register now says why a name was missing: then the earlier check counts."""
    return _by_name(before) and sign.state in _WITHDRAWN


def _only_missing(sign: Sign, look: SiteLook) -> bool:
    """Whether name servers do not know a name, and no register was heard about it."""
    return _by_name(sign) and not look.registry and not look.answered


def _by_name(sign: Sign) -> bool:
    return sign.state is SiteState.DEAD and any(source.startswith("resolver") for source in sign.sources)


def _drop_refuted(memory: SiteMemory, look: SiteLook) -> SiteMemory:
    """A name that resolves again ends the count of those who said that it is not there."""
    by_name = memory.pending is not None and any(source.startswith("resolver") for source in memory.pending.sources)
    resolves = any(outcome == "ok" for _, outcome in look.answers)
    return replace(memory, pending=None, doubt=None) if by_name and resolves else memory


def _touch(memory: SiteMemory, look: SiteLook) -> SiteMemory:
    current = memory.current
    return replace(memory, current=replace(current, checked_at=look.at) if current else None)


def _same(period: SitePeriod, sign: Sign) -> bool:
    same = period.state is sign.state and period.target == sign.target
    return same and (sign.content == "changed") == (period.content == "changed")


def _agree(one: Sign, other: Sign) -> bool:
    same = one.state is other.state and one.target == other.target
    return same and (one.content == "changed") == (other.content == "changed")


def _put(periods: list[SitePeriod], period: SitePeriod) -> None:
    """Replace the period of this site and beginning, else add it."""
    for place in range(len(periods) - 1, -1, -1):
        known = periods[place]
        if known.site == period.site and known.since == period.since and known.state is period.state:
            periods[place] = period
            return
    periods.append(period)


def _say_span(pending: Pending) -> str:
    hours = int((pending.counted_at - pending.first_at).total_seconds() // 3600)
    return f"{hours // 24} 天 {hours % 24} 小时"
