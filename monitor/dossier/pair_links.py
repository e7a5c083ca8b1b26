"""The links among the sites of a dossier: scored once for all pairs, each row with the captures that prove it.

Reads an open session; bits and bands are those of the operators. Of many pairs those are told row by row that tie the
sites together, a platform's own moves first; the others are told in a line each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from monitor.dossier.model import SiteLink, cite
from monitor.operators.attribute import attribute_columns
from monitor.operators.columns_builder import build_columns
from monitor.operators.component import gather_component
from monitor.operators.explain import explain_links
from monitor.operators.link_answer import date_names
from monitor.operators.model import Band, Link, LinkRow
from monitor.operators.pairs import Pairs
from monitor.operators.site_names import plain_name
from monitor.operators.values import read_value
from storage.identity import Verdict

if TYPE_CHECKING:
    from storage.identity import Decision, Statement
    from storage.session import Session

_SAID = {Verdict.SAME: 1, Verdict.DIFFERENT: -1, Verdict.UNSURE: 0}
Shown = Mapping[tuple[str, str, str], Sequence["Statement"]]


def link_sites(session: Session, sites: Sequence[str]) -> tuple[Link, ...]:
    """The links of all pairs of sites that state anything, with what each row changes.

    The band is that of the evidence alone where a person called two sites the same: `decided` says that he did.
    """
    if len(sites) < 2:
        return ()
    component = gather_component(session, sites)
    scored = attribute_columns(
        build_columns(component.statements), decisions=component.decisions, frequencies=component.frequencies
    )
    places = {name: number for number, name in enumerate(scored.scorer.columns.sites)}
    numbers = sorted(places[site] for site in dict.fromkeys(sites) if site in places)
    pairs = list(combinations(numbers, 2))
    if not pairs:
        return ()
    names = scored.scorer.columns.sites
    said = np.array([_decided(component.decisions, names[a], names[b]) for a, b in pairs], np.int32)
    both = Pairs(np.array([a for a, _ in pairs], np.int32), np.array([b for _, b in pairs], np.int32))
    links = explain_links(scored.scorer, both, np.minimum(said, 0), without=True)
    return tuple(
        date_names(replace(link, decided="same") if word > 0 else link, component.statements)
        for link, word in zip(links, said.tolist(), strict=True)
    )


def prove_links(
    links: Iterable[Link],
    statements: Iterable[Statement],
    moves: Iterable[tuple[str, str]],
    decisions: Iterable[Decision] = (),
) -> tuple[SiteLink, ...]:
    """The links with their proof, strongest first; the rows of a tree of them are to be listed one by one.

    `decisions` are those that stand, oldest first: a link that a person decided says which.
    """
    said = {frozenset((one.a, one.b)): one for one in decisions}
    listed = sorted(links, key=lambda link: (-link.bits, link.a, link.b))
    kinds = {row.kind for link in listed for row in (*link.rows, *link.contrary)}
    shown: dict[tuple[str, str, str], list[Statement]] = defaultdict(list)
    for one in statements:
        if one.kind in kinds and not one.claimed:
            shown[plain_name(one.site), one.kind, read_value(one.kind, one.value).key].append(one)
    tree = _choose_tree(listed, {frozenset(pair) for pair in moves})
    return tuple(
        SiteLink(
            link,
            tuple(_proofs_of(link, row, shown) for row in (*link.rows, *link.contrary)),
            {link.a, link.b} in tree,
            said.get(frozenset((link.a, link.b))) if link.decided else None,
        )
        for link in listed
    )


def _choose_tree(links: Sequence[Link], moves: set[frozenset[str]]) -> list[set[str]]:
    """The pairs that tie all sites together: moves before others, then stronger before weaker."""
    group: dict[str, str] = {}

    def root(site: str) -> str:
        while group.get(site, site) != site:
            site = group[site]
        return site

    chosen: list[set[str]] = []
    ranked = sorted(
        links, key=lambda link: (link.band is not Band.CONFIRMED, {link.a, link.b} not in moves, -link.bits)
    )
    for link in ranked:
        one, other = root(link.a), root(link.b)
        if one != other:
            group[one] = other
            chosen.append({link.a, link.b})
    return chosen


def _proofs_of(link: Link, row: LinkRow, shown: Shown) -> tuple[str, ...]:
    """The first and the last sight of a row's value on either site."""
    found: list[str] = []
    for site, value in ((link.a, row.value), (link.b, row.other_value or row.value)):
        seen = shown.get((plain_name(site), row.kind, value), ())
        if seen:
            first = min(seen, key=lambda one: one.first_seen)
            last = max(seen, key=lambda one: one.last_seen)
            found += (first.first_capture, last.last_capture)
    return cite(found)


def _decided(decisions: Iterable[Decision], a: str, b: str) -> int:
    standing = [one for one in decisions if {one.a, one.b} == {a, b}]
    return _SAID[standing[-1].verdict] if standing else 0
