"""A scene of two sites for the rules of moves: what they say, what ties them, and when they were seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from monitor.operators.model import Band, ForgeClass, Link, LinkRow
from monitor.operators.move_evidence import Known
from monitor.operators.move_signals import read_signals
from monitor.operators.site_facts import SiteFacts
from monitor.operators.succession import Succession, find_moves
from storage.identity import Decision, MoveKind, Statement

START = datetime(2026, 1, 1, tzinfo=UTC)
OLD, NEW = "old-ka.com", "new-ka.com"


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def said(
    site: str, kind: str, value: str, first: float, last: float | None = None, *, where: str = "", role: str = ""
) -> Statement:
    place = "redirect" if kind == "redirect" else "visible"
    last_seen = day(first if last is None else last)
    proof = f"c-{site}"
    return Statement(site, kind, value, place, day(first), last_seen, proof, proof, where=where, role=role)


def row(
    kind: str, bits: float, forge: ForgeClass = ForgeClass.CONTROL, first_a: float = 0, first_b: float = 50
) -> LinkRow:
    return LinkRow(
        kind, f"value of {kind}", bits, "相同", family=kind, forge=forge, first_a=day(first_a), first_b=day(first_b)
    )


PAYEE = row("merchant_id", 9)
QQ = row("qq", 8, ForgeClass.TEXT)
ICP = row("icp", 8, ForgeClass.TEXT)


def link(
    *rows: LinkRow,
    a: str = OLD,
    b: str = NEW,
    contrary: Iterable[LinkRow] = (),
    decided: str = "",
    band: Band = Band.LEAD,
) -> Link:
    bits = sum(one.bits for one in rows)
    return Link(a, b, bits, band, rows, tuple(contrary), decided)


def facts(gone: float | None = 60, new_from: float = 55, at: float = 100) -> dict[str, SiteFacts]:
    return {
        OLD: SiteFacts(OLD, day(0), day(at if gone is None else gone), None if gone is None else day(gone)),
        NEW: SiteFacts(NEW, day(new_from), day(at)),
    }


def judge(
    *statements: Statement,
    links: Iterable[Link] = (),
    known_facts: Mapping[str, SiteFacts] | None = None,
    decisions: Iterable[Decision] = (),
    names: float = 0.0,
    first: Mapping[str, tuple[str, datetime]] | None = None,
    together: bool = False,
) -> Succession:
    pairs = {frozenset((one.a, one.b)): one for one in links}
    known = Known(
        link_of=lambda a, b: pairs.get(frozenset((a, b))),
        first_shown=lambda kind, value: (first or {}).get(kind),
        partners=lambda site: [next(iter(pair - {site})) for pair in pairs if site in pair],
        name_bits=lambda a, b: names,
        together=lambda a, b: together,
    )
    return find_moves(
        read_signals(statements),
        known_facts if known_facts is not None else facts(),
        known,
        at=day(100),
        decisions=decisions,
    )


def kind_of(found: Succession, before: str = OLD, after: str = NEW) -> MoveKind | None:
    return next((move.kind for move in found.moves if (move.before, move.after) == (before, after)), None)


REDIRECT = said(OLD, "redirect", NEW, 58, 60, where="301 Location")
NOTICE = said(OLD, "notice_successor", NEW, 50, 60)
