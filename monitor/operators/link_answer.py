"""The link of two sites as the archive shows it: scored among all that they are tied to, with what each row changes.

Reads an open session; the score is that of the operators, never another formula.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from monitor.operators.attribute import attribute_columns
from monitor.operators.columns_builder import build_columns
from monitor.operators.component import gather_component
from monitor.operators.explain import explain_links
from monitor.operators.pairs import Pairs
from monitor.operators.pointers import NAMING
from monitor.operators.site_names import plain_name
from monitor.operators.subject_names import mask_value
from storage.identity import Verdict

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.operators.columns import Columns
    from monitor.operators.model import Link, LinkRow
    from storage.identity import Decision, Statement
    from storage.session import Session

_SIDES = re.compile("(甲站|乙站)")
_SAID = {Verdict.SAME: 1, Verdict.DIFFERENT: -1, Verdict.UNSURE: 0}


def answer_link(session: Session, a: str, b: str) -> Link | None:
    """The link of two sites (a name, or `name@day` of an earlier registration); None where one states nothing."""
    component = gather_component(session, (a, b))
    scored = attribute_columns(
        build_columns(component.statements), decisions=component.decisions, frequencies=component.frequencies
    )
    numbers = _numbers_of(scored.scorer.columns, a, b)
    if numbers is None:
        return None
    low, high = sorted(numbers)
    pair = Pairs(np.array([low], np.int32), np.array([high], np.int32))
    said = np.array([_decided(component.decisions, a, b)], np.int32)
    link = explain_links(scored.scorer, pair, said, without=True)[0]
    link = date_names(link, component.statements)
    return link if link.a == a else turn_link(link)


def turn_link(link: Link) -> Link:
    """The same link with its two sites in the other order, in every row and every sentence."""
    return replace(
        link, a=link.b, b=link.a, rows=tuple(map(_turn_row, link.rows)), contrary=tuple(map(_turn_row, link.contrary))
    )


def mask_link(link: Link) -> Link:
    """The link with the names, accounts and contacts of natural persons masked."""
    return replace(link, rows=tuple(map(_mask_row, link.rows)), contrary=tuple(map(_mask_row, link.contrary)))


def date_names(link: Link, statements: Iterable[Statement]) -> Link:
    """The link with the rows of sites that name sites dated by what each site itself was seen to say.

    For the score, who is named bears the name as long as the other says it; a reader is told of sights only.
    """
    spans: dict[tuple[str, str, str], tuple[datetime, datetime]] = {}
    for one in statements:
        if one.kind in NAMING:
            first, last = spans.get((one.site, one.kind, one.value), (one.first_seen, one.last_seen))
            spans[(one.site, one.kind, one.value)] = (min(first, one.first_seen), max(last, one.last_seen))

    def sights(site: str, row: LinkRow, first: datetime | None, last: datetime | None) -> tuple[datetime | None, ...]:
        span = spans.get((plain_name(site), row.kind, row.value))
        if span is None or first is None or last is None or span[0] > last or span[1] < first:
            return None, None
        return max(span[0], first), min(span[1], last)

    def date_row(row: LinkRow) -> LinkRow:
        if row.kind not in NAMING:
            return row
        first_a, last_a = sights(link.a, row, row.first_a, row.last_a)
        first_b, last_b = sights(link.b, row, row.first_b, row.last_b)
        return replace(
            row, first_a=first_a, last_a=last_a, first_b=first_b, last_b=last_b,
            place_a=row.place_a if first_a else "", place_b=row.place_b if first_b else "",
        )  # fmt: skip

    return replace(link, rows=tuple(map(date_row, link.rows)), contrary=tuple(map(date_row, link.contrary)))


def _turn_row(row: LinkRow) -> LinkRow:
    turned = {"甲站": "乙站", "乙站": "甲站"}
    reason = "".join(turned.get(part, part) for part in _SIDES.split(row.reason))
    value, other = (row.other_value, row.value) if row.other_value else (row.value, "")
    return replace(
        row, value=value, other_value=other, reason=reason, place_a=row.place_b, place_b=row.place_a,
        first_a=row.first_b, last_a=row.last_b, first_b=row.first_a, last_b=row.last_a,
    )  # fmt: skip


def _mask_row(row: LinkRow) -> LinkRow:
    value, other = (mask_value(row.kind, text) if text else "" for text in (row.value, row.other_value))
    return replace(row, value=value, other_value=other)


def _numbers_of(columns: Columns, a: str, b: str) -> tuple[int, int] | None:
    known = {name: number for number, name in enumerate(columns.sites)}
    return (known[a], known[b]) if a in known and b in known and a != b else None


def _decided(decisions: tuple[Decision, ...], a: str, b: str) -> int:
    standing = [one for one in decisions if {one.a, one.b} == {a, b}]
    return _SAID[standing[-1].verdict] if standing else 0
