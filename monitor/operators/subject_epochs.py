"""Of which holder of a domain name an answer speaks that a person looked up: the order's, or one before or after.

Takes what registries and the archive say of when a name changed hands; gives for each answer whether it speaks for the
order's registration, whether it settles anything, and a doubt in Chinese. A name can be sold without any sign, so a
filing or a yearly report that is older than everything known of the present holder settles nothing. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from monitor.operators.verified_answers import VerifiedAnswer
from monitor.times import SHANGHAI
from scrapers.domains import site_of_host
from scrapers.identity import Place
from storage.identity import SitePeriod, SiteState, Statement

_TIED_TO_SITE = ("gsxt", "miit", "court", "platform")
_OFFERED = frozenset({SiteState.PARKED, SiteState.EXPIRED})  # in between a name is for sale or free
_CASE_YEAR = re.compile(r"[(（〔\[]((?:19|20)[0-9]{2})[)）〕\]]")


@dataclass(frozen=True)
class Tenures:
    """What is known of the holders of names, by registrable domain."""

    changes: Mapping[str, tuple[date, ...]] = field(default_factory=dict)  # days on which a name was registered anew
    offered: Mapping[str, tuple[date, ...]] = field(default_factory=dict)  # days until which it was for sale or free
    first_seen: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True)
class Standing:
    """How an answer stands to the order's registration. `ties` is False where it may speak of an earlier holder."""

    speaks: bool = True
    ties: bool = True
    settles: bool = True
    doubt: str = ""


def learn_tenures(statements: Iterable[Statement], periods: Iterable[SitePeriod] = ()) -> Tenures:
    """When names were registered, offered and first seen; what others only claim is not heard."""
    changes: dict[str, set[date]] = {}
    offered: dict[str, set[date]] = {}
    first_seen: dict[str, date] = {}
    for one in statements:
        if one.claimed:
            continue
        name, seen = _name_of(one.site), _day(one.first_seen)
        first_seen[name] = min(first_seen.get(name, seen), seen)
        if one.kind == "registered_on" and one.place == Place.REGISTRY and (day := _read_day(one.value)):
            changes.setdefault(name, set()).add(day)
    for period in periods:
        if period.state is SiteState.REREGISTERED:
            changes.setdefault(_name_of(period.site), set()).add(_day(period.since))
        elif period.state in _OFFERED:
            offered.setdefault(_name_of(period.site), set()).add(_day(period.ended_at or period.checked_at))
    return Tenures(
        {name: tuple(sorted(days)) for name, days in changes.items()},
        {name: tuple(sorted(days)) for name, days in offered.items()},
        first_seen,
    )


def judge_answer(answer: VerifiedAnswer, tenures: Tenures, at: datetime) -> Standing:
    """Whether an answer belongs to the registration that the name had at a moment, and whether it settles anything."""
    source = answer.record.source
    if source not in _TIED_TO_SITE or (source == "gsxt" and not answer.links_site):
        return Standing()
    name, order, looked = _name_of(answer.record.site), _day(at), answer.record.looked_on
    days = tenures.changes.get(name, ())
    begun = max((day for day in days if day <= order), default=None)
    ended = min((day for day in days if day > order), default=None)
    if (begun and looked < begun) or (ended and looked >= ended):
        change = begun if begun and looked < begun else ended
        return _strange(f"{looked}的查询与订单日之间（{change}）该域名换了注册，查得的可能是另一持有人")
    sold = max((day for day in tenures.offered.get(name, ()) if day <= order), default=None)
    if sold and looked < sold:
        return _strange(f"查询日{looked}之后该域名曾过期或待售（至{sold}），查得的可能是从前的持有人")
    since = max((day for day in (begun, sold) if day), default=None)
    return {"gsxt": _judge_report, "miit": _judge_filing, "court": _judge_case}.get(source, _accept)(
        answer, since, tenures.first_seen.get(name)
    )


def _accept(_answer: VerifiedAnswer, _since: date | None, _seen: date | None) -> Standing:
    return Standing()


def _judge_report(answer: VerifiedAnswer, since: date | None, _seen: date | None) -> Standing:
    """The website of a yearly report: the report may be as old as January of the year before the look-up."""
    oldest = date(answer.record.looked_on.year - 1, 1, 1)
    if since and since > oldest:
        return Standing(True, False, False, f"该域名{since}才由现持有人取得，年报公示的网站可能是从前的持有人报的")
    return Standing(True, True, False, "年报公示的网站是企业自己所报，报送日期不明，其后域名可能已转让")


def _judge_filing(answer: VerifiedAnswer, since: date | None, seen: date | None) -> Standing:
    filed = answer.filed_on
    if filed is None or since is None:
        return Standing(settles=False)
    if filed < since:
        told = f"备案{filed}通过，域名{since}才注册或重新启用：备案可能是该域名从前的持有人的"
        return Standing(settles=False, doubt=told)
    if seen is None or filed < seen:
        told = f"备案{filed}通过，早于对该站点最早的记录{f'（{seen}）' if seen else ''}：其后域名可能连同备案一起转让"
        return Standing(settles=False, doubt=told)
    return Standing()


def _judge_case(answer: VerifiedAnswer, since: date | None, _seen: date | None) -> Standing:
    """A judgement speaks of the time before its case number's year ended."""
    found = _CASE_YEAR.search(answer.record.asked)
    year = int(found[1]) if found else None
    if since and year and year < since.year:
        return _strange(f"案号是{year}年的，该域名{since}才由现持有人取得，文书说的可能是从前的持有人")
    if not since or not year or year <= since.year:
        return Standing(settles=False, doubt="文书的年份与域名本次注册的先后不明，说的可能是从前的持有人")
    return Standing()


def _strange(told: str) -> Standing:
    return Standing(False, False, False, told)


def _name_of(site: str) -> str:
    return site_of_host(site.split("@")[0].split("/")[0].split(":")[0])


def _day(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
