"""How strongly two sites are tied, as far as a move is concerned: the rows of their link, read for that.

Pure. The words of the old side are weighed elsewhere, so redirects and notices do not count again here; nor do names.
Text that anybody can copy counts only where the old site (or one known to be its operator's) showed it first: an
impersonator that sends his visitors to the site he copied is no former site of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from monitor.operators.explain import RELATION
from monitor.operators.model import Band, ForgeClass, Link, LinkRow
from monitor.operators.weights import load_weights
from scrapers.identity import IdentifierKind

SPOKEN = frozenset(
    {IdentifierKind.REDIRECT, IdentifierKind.NOTICE_SUCCESSOR, IdentifierKind.RELEASE_PAGE, IdentifierKind.NAME}
)
_HARD = frozenset({ForgeClass.CONTROL, ForgeClass.REGISTRY})
_COPYING = frozenset({"clone", "footer", "licence", "sender", "namesake"})
_SERVERS = "infra"
_PROOF_BITS = 5.0
_FAMILY_BITS = 3.0  # less than that is what name servers and addresses of a common provider are worth
_SLACK = timedelta(days=1)
_MOST_ROWS = 8


@dataclass(frozen=True)
class LinkStrength:
    """What ties two sites: bits, in how many families, whether anything is among it that cannot be copied.

    `net` is what is left beside the best other explanation (copying among them); `probable` that the scorer
    itself holds the two to be one operator's, 高度疑似 at least. `held` are the bits of what nobody can copy, servers
    among it; `control` that those of accounts, keys and registers alone suffice.
    `late` says that copyable text was left out because the old site showed it later than another; `vetoed` that a
    person called the two different.
    """

    bits: float = 0.0
    net: float = 0.0
    families: int = 0
    control: bool = False
    held: float = 0.0
    probable: bool = False
    rows: tuple[tuple[str, float, str], ...] = ()
    late: bool = False
    vetoed: bool = False


@dataclass(frozen=True)
class Known:
    """What the rule of succession asks of others, as functions.

    `link_of(a, b)` gives the scorer's link of two sites; `first_shown(kind, value)` which site showed a value first,
    and when; `partners(site)` sites that share something rare with it; `name_bits(a, b)` how alike two names are;
    `together(a, b)` whether both are one operator's by what they show, whatever they say of each other.
    """

    link_of: Callable[[str, str], Link | None]
    first_shown: Callable[[str, str], tuple[str, datetime] | None] = lambda kind, value: None
    partners: Callable[[str], Iterable[str]] = lambda site: ()
    name_bits: Callable[[str, str], float] = lambda a, b: 0.0
    together: Callable[[str, str], bool] = lambda a, b: False


def measure_link(
    known: Known, before: str, after: str, *, any_order: bool = False, sent_since: datetime | None = None
) -> LinkStrength:
    """How strongly the new site is tied to the old one. `any_order` leaves aside who showed a text first.

    `sent_since` is when the old site, which was seen as itself before, began to send its visitors away: a server that
    it is on only since then is that of whoever sends them.
    """
    link = known.link_of(before, after)
    if link is None:
        return LinkStrength()
    turned = link.a != before
    counted: list[LinkRow] = []
    late = False
    shared = [
        row
        for row in link.rows
        if row.kind not in SPOKEN and row.bits > 0 and not _is_newly_lent(row, sent_since, turned=turned)
    ]
    for row in shared:
        if row.forge in _HARD or any_order or _shown_first(known, row, before, turned=turned):
            counted.append(row)
        else:
            late = True
    against = [row for row in link.contrary if row.bits < 0 and row.kind not in (*SPOKEN, RELATION)]
    bits = sum(row.bits for row in (*counted, *against))
    net = sum(row.bits for row in (*shared, *against)) + _explained(link, copying=True)
    lent = _explained(link, copying=False)
    if lent:  # what a common supplier explains is no tie, whoever showed it first
        bits = min(bits, sum(row.bits for row in (*shared, *against)) + lent)
    rows = sorted((*counted, *against), key=lambda row: -abs(row.bits))[:_MOST_ROWS]
    return LinkStrength(
        bits=bits,
        net=net,
        families=len({row.family or row.kind for row in counted if row.bits >= _FAMILY_BITS}),
        control=sum(row.bits for row in counted if _is_proof(row)) >= _PROOF_BITS,
        held=sum(row.bits for row in counted if row.forge in _HARD),
        probable=link.band is not Band.LEAD,
        rows=tuple((row.kind, round(row.bits, 2), "") for row in rows),
        late=late,
        vetoed=link.decided == "different",
    )


def _explained(link: Link, *, copying: bool) -> float:
    """What another explanation takes from a link: with `copying` any, else only those that no order of time refutes.

    That B copied A is refuted where A itself sends its visitors to B; that both have one supplier is not.
    """
    return sum(
        row.bits for row in link.contrary if row.kind == RELATION and (copying or row.value not in _copying_words())
    )


@cache
def _copying_words() -> frozenset[str]:
    return frozenset(one.zh for one in load_weights().explanations if one.name in _COPYING)


def _is_proof(row: LinkRow) -> bool:
    """Whether a row shows control or stands in a register, and is no infrastructure that strangers are lent alike."""
    weight = load_weights().kinds.get(row.kind)
    return row.forge in _HARD and (weight is None or weight.proof)


def _is_newly_lent(row: LinkRow, sent_since: datetime | None, *, turned: bool) -> bool:
    """Whether a row is of a server that the old site has only since it sends its visitors away."""
    first = row.first_b if turned else row.first_a
    return row.family == _SERVERS and sent_since is not None and first is not None and first >= sent_since


def _shown_first(known: Known, row: LinkRow, before: str, *, turned: bool) -> bool:
    """Whether the old site showed a text before the new one, and nobody else before both."""
    first_old, first_new = (row.first_b, row.first_a) if turned else (row.first_a, row.first_b)
    if first_old is None or first_new is None:
        return False
    if first_old > first_new + _SLACK:
        return False
    origin = known.first_shown(row.kind, row.value)
    if origin is None or origin[0] == before or origin[1] >= first_old - _SLACK:
        return True
    return _same_operator(known, origin[0], before)


def _same_operator(known: Known, one: str, other: str) -> bool:
    """Whether the scorer, or a person, holds two sites to be one operator's."""
    link = known.link_of(one, other)
    if link is None or link.decided == "different":
        return False
    return link.decided == "same" or link.band is not Band.LEAD
