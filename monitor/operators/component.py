"""What must be scored anew when sites have new statements: the sites, their statements, and how common values are.

The sites are those touched, those that share a value with them which is not too common, those that they point to or
that point to them, and all members of every operator that any of these belongs to: so no operator is cut in two by
looking at a part. Reads from storage, writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from monitor.operators.frequencies import Frequencies
from monitor.operators.pairs import BLOCK_NARROW, BLOCK_WIDE
from monitor.operators.site_names import plain_name
from monitor.operators.values import has_weight, read_value
from monitor.operators.weights import load_weights
from scrapers.identity import IdentifierKind
from storage.decisions import ABOUT_OPERATOR, list_decisions
from storage.identifiers import (
    Pair,
    frequencies,
    known_shares,
    sites_naming,
    sites_sharing,
    sites_with_prefix,
    values_with_prefix,
)
from storage.identity import Decision, Operator, Statement
from storage.operators import list_operators
from storage.session import Session
from storage.sites import count_sites, epochs_of
from storage.statements import statements_of

MOST_SITES = 2000
"""A component larger than this is scored in part: the touched sites and what they share come first."""

MOST_SHARED = 0.5
"""A value that surely has many owners ties no site to another."""

_NARROW = frozenset(("infra", "design", "name"))
_POINTERS = (IdentifierKind.REDIRECT, IdentifierKind.NOTICE_SUCCESSOR, IdentifierKind.TLS_SAN)


@dataclass(frozen=True)
class Component:
    """A part of all sites that is scored by itself, and the operators that stand in it now."""

    sites: tuple[str, ...]
    statements: tuple[Statement, ...]
    frequencies: Frequencies
    decisions: tuple[Decision, ...]
    operators: tuple[Operator, ...]
    cut: bool = False  # larger than MOST_SITES: its rest waits for a rebuild


def gather_component(session: Session, touched: Iterable[str]) -> Component:
    """Gather all that the operators of some sites depend on."""
    first = tuple(dict.fromkeys(map(plain_name, touched)))
    own = statements_of(session, first, claimed=False)
    wanted = dict.fromkeys((*first, *_neighbours(session, first, own)))
    wanted |= dict.fromkeys(_decided_with(session, first))
    operators: dict[str, Operator] = {}
    fresh = list(wanted)
    while fresh and len(wanted) <= MOST_SITES:  # operators overlap: 高度疑似 holds 确认
        found = [one for one in list_operators(session, epochs_of(session, fresh)) if one.id not in operators]
        operators |= {one.id: one for one in found}
        fresh = [site for one in found for site in map(plain_name, one.sites) if site not in wanted]
        wanted |= dict.fromkeys(fresh)
    sites = tuple(wanted)
    if len(sites) > MOST_SITES:
        sites = _cut(sites, first, operators)
    statements = statements_of(session, sites, claimed=False)
    return Component(
        sites=sites,
        statements=statements,
        frequencies=gather_frequencies(session, statements),
        decisions=list_decisions(session, epochs_of(session, sites), about=ABOUT_OPERATOR),
        operators=tuple(one for one in operators.values() if set(map(plain_name, one.sites)) <= set(sites)),
        cut=len(wanted) > len(sites),
    )


def _cut(sites: Sequence[str], touched: Sequence[str], operators: Mapping[str, Operator]) -> tuple[str, ...]:
    """The first MOST_SITES, without members of operators that are not wholly among them: these stay as they are."""
    kept = dict.fromkeys(sites[: max(MOST_SITES, len(touched))])
    for one in operators.values():
        members = set(map(plain_name, one.sites))
        if not members <= kept.keys():
            for site in members:
                kept.pop(site, None)
    return tuple(kept)


def gather_frequencies(session: Session, statements: Iterable[Statement]) -> Frequencies:
    """How common the values of some statements are over all sites that are known."""
    keys: dict[Pair, Pair] = {}  # as the scorer names a value, to as it is kept
    for one in statements:
        if has_weight(one.kind):
            keys.setdefault((one.kind, read_value(one.kind, one.value).key), (one.kind, one.value))
    counts = frequencies(session, keys.values())
    shares = known_shares(session, keys.values())
    known = {key: counts.get(kept, 0) for key, kept in keys.items()}
    chances = {key: shares[kept] for key, kept in keys.items() if kept in shares}
    for kind, key in keys:
        if kind == IdentifierKind.ICP:  # one number, many suffixes: each suffix is kept as a value of its own
            known[kind, key] = sum(values_with_prefix(session, kind, key).values())
    return Frequencies(count_sites(session), known, chances)


def _neighbours(session: Session, sites: Sequence[str], statements: Sequence[Statement]) -> Iterable[str]:
    """The sites that share a telling value with these, point to one of them, or are pointed to."""
    told = dict.fromkeys((one.kind, one.value) for one in statements if has_weight(one.kind) and not one.problem)
    shares = known_shares(session, told)
    wide: list[Pair] = []
    narrow: list[Pair] = []
    for pair in told:
        kind, value = pair
        reading = read_value(kind, value)
        if reading.problem or shares.get(pair, 0.0) > MOST_SHARED:
            continue
        if kind in _POINTERS:
            yield value
        if kind == IdentifierKind.ICP:
            yield from sites_with_prefix(session, kind, reading.key, BLOCK_WIDE)
        elif load_weights().kinds[kind].family in _NARROW:
            narrow.append(pair)
        else:
            wide.append(pair)
    yield from sites_sharing(session, wide, most=BLOCK_WIDE)
    yield from sites_sharing(session, narrow, most=BLOCK_NARROW)
    yield from sites_naming(session, _POINTERS, sites, most=BLOCK_WIDE)


def _decided_with(session: Session, sites: Sequence[str]) -> Iterable[str]:
    for decision in list_decisions(session, sites, about=ABOUT_OPERATOR):
        yield from (plain_name(decision.a), plain_name(decision.b))
