"""What is known around the sites of a line: who points where, who shares something rare, links, epochs and facts.

Takes an open session; gives statements, links and facts for the pure rules. Bounded in sites and values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from monitor.operators.attribute import attribute_sites
from monitor.operators.frequencies import Frequencies
from monitor.operators.model import Link
from monitor.operators.move_signals import SignalSet
from monitor.operators.quiet_groups import group_quietly
from monitor.operators.site_facts import Epochs, SiteFacts, facts_of_periods
from monitor.operators.values import read_value
from scrapers.identity import IdentifierKind
from storage.decisions import ABOUT_OPERATOR, list_decisions
from storage.identifiers import frequencies, sites_with, sites_with_prefix
from storage.identity import SitePeriod, Statement
from storage.statements import statements_of

if TYPE_CHECKING:
    from storage.session import Session

MOST_SITES = 300
_MOST_PARTNERS = 40
_RARE = 8  # a value on more sites is no reason to look at them all
_PARTNER_KINDS = frozenset(
    {
        IdentifierKind.ALIPAY_STATIC,
        IdentifierKind.WECHAT_STATIC,
        IdentifierKind.MERCHANT_ID,
        IdentifierKind.EPAY_PID,
        IdentifierKind.CRYPTO,
        IdentifierKind.TLS_SPKI,
        IdentifierKind.REGISTRANT,
        IdentifierKind.VERIFICATION_DNS,
        IdentifierKind.QQ,
        IdentifierKind.QQ_GROUP,
        IdentifierKind.WECHAT,
        IdentifierKind.TELEGRAM,
        IdentifierKind.MOBILE,
        IdentifierKind.EMAIL,
        IdentifierKind.BAIDU_TONGJI,
    }
)
_POINTERS = (IdentifierKind.REDIRECT, IdentifierKind.NOTICE_SUCCESSOR)


def sites_around(
    session: Session, line: Sequence[str], statements: Iterable[Statement], signals: SignalSet
) -> list[str]:
    """The sites that the line points to, that point to it, its release pages, and who shares something rare."""
    found: dict[str, None] = {}
    for signal in signals.signals:
        found |= dict.fromkeys((signal.before, signal.after))
    for pages in signals.release_pages.values():
        found |= dict.fromkeys(sorted(pages))
        for page in pages:
            listed = statements_of(session, [page], kinds=tuple(map(str, _POINTERS)))
            found |= dict.fromkeys(one.value for one in listed)
    for site in line:
        for kind in _POINTERS:
            found |= dict.fromkeys(sites_with(session, str(kind), site, _MOST_PARTNERS))
    found |= dict.fromkeys(_partners(session, statements))
    return [site for site in found if site not in line and "@" not in site][:MOST_SITES]


def _partners(session: Session, statements: Iterable[Statement]) -> list[str]:
    pairs = {(one.kind, one.value) for one in statements if one.kind in _PARTNER_KINDS and not one.problem}
    counts = frequencies(session, sorted(pairs))
    rare = sorted((count, pair) for pair, count in counts.items() if 2 <= count <= _RARE)
    found: dict[str, None] = {}
    for _, (kind, value) in rare:
        found |= dict.fromkeys(sites_with(session, kind, value, _RARE))
        if len(found) >= _MOST_PARTNERS:
            break
    return list(found)[:_MOST_PARTNERS]


def score_links(session: Session, statements: Sequence[Statement]) -> dict[frozenset[str], Link]:
    """The scorer's links between the sites of some statements, with how common the values are over all sites."""
    decisions = list_decisions(session, about=ABOUT_OPERATOR)
    answer = attribute_sites(statements, decisions=decisions, frequencies=_count(session, statements))
    return {frozenset((link.a, link.b)): link for link in answer.links}


def sites_together(session: Session, statements: Sequence[Statement]) -> Callable[[str, str], bool]:
    """Which sites are one operator's by what they show, whatever they say of each other.

    To be asked while the session is open.
    """
    decisions = list_decisions(session, about=ABOUT_OPERATOR)
    return group_quietly(statements, decisions=decisions, count=lambda: _count(session, statements))


def _count(session: Session, statements: Iterable[Statement]) -> Frequencies:
    counts: dict[tuple[str, str], int] = {}
    pairs = {(one.kind, one.value) for one in statements}
    for (kind, value), count in frequencies(session, sorted(pairs)).items():
        key = (kind, read_value(kind, value).key)
        if kind == IdentifierKind.ICP:
            count = len(sites_with_prefix(session, kind, key[1], 100))
        counts[key] = max(counts.get(key, 0), count)
    return Frequencies(counts=counts)


def first_shown(statements: Iterable[Statement]) -> dict[tuple[str, str], tuple[str, datetime]]:
    """For every value the site that showed it first, and when."""
    found: dict[tuple[str, str], tuple[str, datetime]] = {}
    for one in statements:
        for key in {(one.kind, one.value), (one.kind, read_value(one.kind, one.value).key)}:
            known = found.get(key)
            if known is None or one.first_seen < known[1]:
                found[key] = (one.site, one.first_seen)
    return found


def name_epochs(statements: Iterable[Statement], epochs: Epochs) -> list[Statement]:
    """Statements under the name of the registration that they are of; one over both is cut in two."""
    found: list[Statement] = []
    for one in statements:
        rest: Statement | None = one
        for until, name in epochs.get(one.site, ()):
            if rest is None or rest.first_seen >= until:
                continue
            found.append(replace(rest, site=name, last_seen=min(rest.last_seen, until)))
            rest = replace(rest, first_seen=until) if rest.last_seen >= until else None
        if rest is not None:
            found.append(rest)
    return found


def gather_facts(
    periods: Iterable[SitePeriod], statements: Iterable[Statement], epochs: Epochs, days: dict[str, date]
) -> dict[str, SiteFacts]:
    """What is known of sites in time: their states, and for those never looked at what was seen of them."""
    facts = facts_of_periods(periods, days)
    spans: dict[str, tuple[datetime, datetime]] = {}
    for one in name_epochs(statements, epochs):
        first, last = spans.get(one.site, (one.first_seen, one.last_seen))
        spans[one.site] = (min(first, one.first_seen), max(last, one.last_seen))
    for site, (first, last) in spans.items():
        known = facts.get(site)
        if known is None:
            facts[site] = SiteFacts(site, first, last, registered_on=days.get(site))
        elif first < known.first_seen:
            facts[site] = replace(known, first_seen=first)
    return facts
