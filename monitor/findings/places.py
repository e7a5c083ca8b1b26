"""异地: where a site's subject is registered, filed, says that it is, and lets itself be paid do not agree.

Takes statements of one platform's sites, gives at most one finding a site. To be registered in one place and to work in
another is lawful: a finding is a lead to who is behind, and a reason to look the address up. What stands several
times with several answers on one site (many merchants) is not compared. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from monitor.findings.model import FindingKind, SiteFinding
from monitor.operators.addresses import find_division_in
from monitor.operators.divisions import Division, Fineness, find_division, find_division_of_uscc, province_of_plate
from monitor.operators.subjects import is_usable
from monitor.times import show_time
from scrapers.identifiers.checks import split_icp
from scrapers.identity import Place
from storage.identity import Statement
from storage.model import Severity

_SHOWN = (Place.VISIBLE, Place.ATTRIBUTE, Place.IMAGE_OCR, Place.REGISTRY, Place.VOUCHER)
_FEW = 2


@dataclass(frozen=True)
class PlaceSaid:
    """One place that one identifier speaks of. `what` is its name in Chinese."""

    what: str
    division: Division
    statement: Statement


def compare_places(
    statements: Iterable[Statement], platform: str, urls: Mapping[str, Sequence[str]]
) -> tuple[SiteFinding, ...]:
    """A finding for each site whose places lie in different provinces, or whose address lies in another city."""
    by_site: dict[str, list[Statement]] = {}
    for one in statements:
        if one.place in _SHOWN and not one.claimed and is_usable(one):
            by_site.setdefault(one.site, []).append(one)
    found = (
        _judge(site, said, platform, urls) for site, ones in sorted(by_site.items()) if (said := list_places(ones))
    )
    return tuple(one for one in found if one is not None)


def list_places(statements: Iterable[Statement]) -> tuple[PlaceSaid, ...]:
    """The places that the identifiers of one site speak of: one a kind; a kind with several answers is left out."""
    said: dict[str, dict[str, PlaceSaid]] = {}
    for one in statements:
        told = _place_of(one)
        if told is not None:
            what, division = told
            said.setdefault(what, {}).setdefault(division.code, PlaceSaid(what, division, one))
    return tuple(next(iter(places.values())) for places in said.values() if len(places) == 1)


def _judge(
    site: str, said: Sequence[PlaceSaid], platform: str, urls: Mapping[str, Sequence[str]]
) -> SiteFinding | None:
    provinces = {one.division.code[:2] for one in said}
    stated = [one for one in said if one.what in ("登记机关", "公示地址") and one.division.code[2:4] != "00"]
    cities = {one.division.code[:4] for one in stated}
    if len(said) < _FEW or (len(provinces) == 1 and len(cities) < _FEW):
        return None
    shown = list(said) if len(provinces) > 1 else stated
    told = "，".join(f"{one.what}在{one.division.name}" for one in shown)
    last = max(shown, key=lambda one: one.statement.last_seen).statement
    return SiteFinding(
        FindingKind.PLACES_DISAGREE,
        Severity.LOW,
        platform,
        tuple(urls.get(site, (f"https://{site}/",)))[:5],
        last.last_seen,
        f"{site}的各项所在地不一致：{told}（截至{show_time(last.last_seen)[:10]}的抓取）。"
        "这只是线索，异地经营本身不违法；登记机关是登记当时的，须在公示系统核对今天的住所，并留意证照是否冒用",
        tuple(
            dict.fromkeys(
                name for one in shown for name in (one.statement.first_capture, one.statement.last_capture) if name
            )
        )[:20],
        articles=("dsf-15", "wljy-12"),
        needs_human=True,
    )


def _place_of(statement: Statement) -> tuple[str, Division] | None:
    """Which place a statement speaks of, and as what."""
    kind, value = statement.kind, statement.value
    division: Division | None = None
    what = ""
    if kind == "uscc":
        what, division = "登记机关", find_division_of_uscc(value).division
    elif kind == "icp":
        what, division = "ICP备案", province_of_plate(split_icp(value)[0])
    elif kind == "police_icp":
        digits = "".join(letter for letter in value if letter.isdigit())
        what, division = "公安备案", find_division(digits[:6]).division
    elif kind == "address":
        what, division = "公示地址", find_division_in(value).division
    elif kind in ("company", "payee", "registrant"):
        what = {"company": "企业名称", "payee": "收款方名称", "registrant": "域名注册人名称"}[kind]
        # only a name that begins with a place in full: 深圳市…; a short one (中山…, 吉林…) may be a mere word
        found = find_division_in(value[:12])
        named = found.division
        division = named if named is not None and value.startswith(_full_names(named)) else None
    if division is None or division.fineness is Fineness.COUNTRY:
        return None
    return what, division


def _full_names(division: Division) -> tuple[str, ...]:
    return tuple(name for name in (division.province, division.prefecture, division.county) if name)
