"""Which strangers' sites the sites asked about may imitate: their words stand there first, and a register differs.

Reads an open session. A site that only claims to be where another moved to, or that shows another's words under another
registrant, may be that other's impostor; nothing here says that it is. What it says of itself is then no evidence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.operators.kind_words import KIND_WORDS
from monitor.operators.model import Band
from monitor.operators.site_names import plain_name
from monitor.operators.subject_names import is_masked
from monitor.operators.subjects import is_usable
from scrapers.identity import Place
from storage.identifiers import sites_sharing
from storage.identity import MoveKind, Statement
from storage.moves import list_moves
from storage.operators import list_operators
from storage.statements import statements_of

if TYPE_CHECKING:
    from storage.session import Session

_COPIED = ("company", "uscc", "icp", "qq", "wechat", "mobile", "tel400", "email", "telegram", "baidu_tongji")
_LEAST = 2  # kinds of words in common
_MOST_SHARED = 20  # sites on which a value stands; what more show has no first one
_MOST = 20
_MOST_NAMED = 5


@dataclass(frozen=True)
class Imitation:
    """One site, the strangers' sites that it may imitate, and one Chinese sentence that says by what it is thought."""

    site: str
    originals: tuple[str, ...]
    sentence: str


@dataclass(frozen=True)
class _Likeness:
    original: str
    claims: bool  # a move there was a candidate, and no more
    shared: frozenset[str]  # kinds of words that the other showed first
    differ: bool  # both name a registrant, and not the same


def find_imitations(session: Session, sites: Sequence[str], statements: Iterable[Statement]) -> tuple[Imitation, ...]:
    """What each site may imitate; sites of one operator at 确认 imitate nobody among them."""
    if not sites:
        return ()
    ours = {site for one in list_operators(session, sites, band=Band.CONFIRMED) for site in one.sites} | set(sites)
    own = [one for one in statements if not one.claimed and is_usable(one)]
    claimed = {
        (plain_name(move.after), plain_name(move.before))
        for move in list_moves(session, sites, kinds=[MoveKind.CANDIDATE])
        if plain_name(move.after) in sites and plain_name(move.before) not in ours
    }
    pairs = {(one.kind, one.value) for one in own if one.kind in _COPIED}
    near = [site for site in sites_sharing(session, pairs, most=_MOST_SHARED) if plain_name(site) not in ours]
    others = dict.fromkeys([*(before for _, before in sorted(claimed)), *near])
    theirs: dict[str, list[Statement]] = defaultdict(list)
    for one in statements_of(session, list(others)[:_MOST], claimed=False):
        if is_usable(one):
            theirs[plain_name(one.site)].append(one)
    found = []
    for site in sites:
        mine = [one for one in own if one.site == site]
        alike = [_compare(mine, other, rows, claims=(site, other) in claimed) for other, rows in theirs.items()]
        told = [one for one in alike if one.claims or (one.differ and len(one.shared) >= _LEAST)]
        if told:
            found.append(Imitation(site, tuple(one.original for one in told), _say(site, told)))
    return tuple(found)


def _compare(mine: list[Statement], other: str, theirs: list[Statement], *, claims: bool) -> _Likeness:
    first: dict[tuple[str, str], datetime] = {}
    for one in theirs:
        if one.kind in _COPIED:
            key = (one.kind, one.value)
            first[key] = min(first.get(key, one.first_seen), one.first_seen)
    late = frozenset(
        one.kind for one in mine if (one.kind, one.value) in first and first[one.kind, one.value] < one.first_seen
    )
    own, others = _registrants(mine), _registrants(theirs)
    return _Likeness(other, claims, late, bool(own and others and own.isdisjoint(others)))


def _say(site: str, alike: Sequence[_Likeness]) -> str:
    words = [KIND_WORDS.get(kind, kind) for kind in _COPIED if any(kind in one.shared for one in alike)]
    parts = []
    claimed = _join(one.original for one in alike if one.claims)
    if claimed:
        parts.append(f"{site}曾被列为{claimed}的后继候选，没有得到证实")
    if words:
        parts.append(f"{site}所写的{_join(words)}，{_join(one.original for one in alike if one.shared)}先前就有")
    differ = _join(one.original for one in alike if one.differ)
    if differ:
        parts.append(f"域名注册人与{differ}的不同")
    return f"{'；'.join(parts)}：可能是仿冒，页面和客服自称的主体都不能作为依据"


def _join(words: Iterable[str]) -> str:
    listed = list(words)
    return "、".join(listed[:_MOST_NAMED]) + ("等" if len(listed) > _MOST_NAMED else "")


def _registrants(rows: Iterable[Statement]) -> set[str]:
    named = [one for one in rows if one.kind == "registrant" and one.place == Place.REGISTRY]
    return {one.value for one in named if not is_masked(one.value)}
