"""Gathers a platform's dossier from the archive: who, where, what ties the sites, and the proof of each.

Takes an open archive and the answer's terms; gives a Dossier. Nothing is asked of any network. Respondents and links
below 确认, and the sites that only they would bring in, are left out unless the dossier is for this machine alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from monitor.attestation.gather import name_tool
from monitor.dossier.model import Dossier, SiteFile, SiteLink, cite
from monitor.dossier.pair_links import link_sites, prove_links
from monitor.dossier.proof_list import list_proofs
from monitor.dossier.screenshots import add_picture
from monitor.findings.collect import collect_findings
from monitor.findings.model import FindingKind
from monitor.operators.certain_moves import choose_certain
from monitor.operators.jurisdiction import Delivery
from monitor.operators.kind_words import KIND_WORDS
from monitor.operators.model import Band
from monitor.operators.sister_sites import SisterSites, find_sister_sites
from monitor.operators.site_names import plain_name
from monitor.operators.who import WhoAnswer, answer_who, keep_confirmed
from monitor.sites.moves import PlatformLine, follow_platform
from monitor.sites.records import read_periods
from scrapers.domains import registrable_domain
from scrapers.model import Role
from storage.decisions import ABOUT_OPERATOR, list_decisions
from storage.identity import Move, MoveKind, SitePeriod, SiteState, Statement
from storage.objections import list_objections
from storage.pages import list_pages
from storage.statements import statements_of
from storage.verified import list_verified

if TYPE_CHECKING:
    from datetime import date, datetime

    from monitor.findings.model import SiteFinding
    from monitor.operators.divisions import Division
    from monitor.operators.proofs import Voucher
    from storage.archive import Archive
    from storage.identity import Objection, VerifiedRecord
    from storage.session import Session

MOST_SITES = 24
_MOST_STATEMENTS = 40  # of one site, in the file; all stand in `cardwatch statements`
_LONGEST_VALUE = 300
_TOLD = (FindingKind.NUMBER_NOT_GENUINE, FindingKind.PLACES_DISAGREE, FindingKind.IDENTITY_NOT_SHOWN)
_NEVER_TOLD = frozenset(
    {"name", "ns", "ip", "registrar", "design", "mx", "cname", "txt", "captcha_key", "domain_status"}
)
_ORDER = {kind: place for place, kind in enumerate(KIND_WORDS)}


def gather_dossier(
    archive: Archive,
    platform: str,
    *,
    made_at: datetime,
    ordered_at: datetime,
    filed_on: date,
    home: Division | None = None,
    vouchers: Iterable[Voucher] = (),
    delivery: Delivery = Delivery.NETWORK,
    internal: bool = False,
    at_given: bool = True,
) -> Dossier:
    """The dossier of a platform as the archive knows it now, for an order at a moment.

    `at_given` is False where nobody told of an order and the day of making stands in for it.
    """
    with archive.database.reading() as session:
        who = answer_who(
            session, platform, (platform,), (),
            at=ordered_at, filed_on=filed_on, home=home, vouchers=vouchers, delivery=delivery,
        )  # fmt: skip
        who = who if internal else keep_confirmed(who, home=home)
        line = follow_platform(session, platform, made_at)
        certain = choose_certain(session, line.moves)
        own = line.sites if internal else _certain_sites(line, who, certain)
        sisters = find_sister_sites(session, own)
        every = _name_sites(session, platform, own, line.around, sisters, internal=internal)
        sites = dict(list(every.items())[:MOST_SITES])
        others = read_periods(session, set(sites) - {plain_name(one.site) for one in line.periods})
        periods = tuple(one for one in (*line.periods, *others) if plain_name(one.site) in sites)
        moves, mutual = _choose_moves(line.moves if internal else certain, periods, sites)
        statements = {site: statements_of(session, [site], claimed=False) for site in sites}
        links = prove_links(
            [one for one in link_sites(session, tuple(sites)) if internal or one.band is Band.CONFIRMED],
            (one for shown in statements.values() for one in shown),
            [(plain_name(move.before), plain_name(move.after)) for move in moves],
            list_decisions(session, sites, about=ABOUT_OPERATOR),
        )
        findings = _findings_about(session, platform, made_at)
        verified = list_verified(session, tuple(sites))
        objections = list_objections(session, (platform, *sites))
    files = tuple(add_picture(archive, SiteFile(site, why, *_telling(statements[site]))) for site, why in sites.items())
    ids = _proof_ids(who, files, periods, moves, links, findings, verified, objections)
    proofs, left = list_proofs(archive, ids, made_at)
    notes = list(who.notes)
    if len(every) > len(sites):
        notes.append(f"涉及{len(every)}个网站，本档案只列其中{len(sites)}个")
    if left:
        notes.append(f"有{left}项依据不在本档案的证据清单中（清单有长度限制，或者原件不在本机），相应的行没有编号")
    return Dossier(
        platform=platform,
        made_at=made_at,
        tool=name_tool(),
        who=who,
        sites=files,
        periods=periods,
        moves=moves,
        links=links,
        sisters=sisters.shown,
        findings=findings,
        verified=tuple(verified),
        objections=tuple(objections),
        proofs=proofs,
        notes=tuple(dict.fromkeys((*notes, *_doubts_of(periods)))),
        mutual=mutual,
        internal=internal,
        said=line.signals.signals,
        at_given=at_given,
    )


def _certain_sites(line: PlatformLine, who: WhoAnswer, certain: Iterable[Move]) -> tuple[str, ...]:
    """The sites of a line that may be told to others: those of the answer, and what certain moves lead to or from."""
    found = {plain_name(one.site) for one in who.sites}
    moves, grown = list(certain), True
    while grown:
        ends = [{plain_name(move.before), plain_name(move.after)} for move in moves]
        new = {end for pair in ends if not found.isdisjoint(pair) for end in pair} - found
        found |= new
        grown = bool(new)
    return tuple(site for site in line.sites if plain_name(site) in found)


def _name_sites(
    session: Session, platform: str, own: Sequence[str], around: Sequence[str], sisters: SisterSites, *,
    internal: bool,
) -> dict[str, str]:  # fmt: skip
    """Each site that the dossier is about, and why: the platform's own first."""
    roles: dict[str, set[Role]] = {}
    for page in list_pages(session, platform):
        roles.setdefault(registrable_domain(page.url), set()).add(page.role)
    named = {site: "release" if roles.get(site) == {Role.RELEASE} else "line" for site in own}
    named |= {site: "release" for site, of in roles.items() if of == {Role.RELEASE} and site not in named}
    named |= {plain_name(site): "sister" for site in sisters.shown if plain_name(site) not in named}
    if internal:
        named |= {plain_name(site): "judged" for site in sisters.judged if plain_name(site) not in named}
        named |= {site: "around" for site in around if site not in named}
    return named


def _choose_moves(
    told: Iterable[Move], periods: Sequence[SitePeriod], sites: Iterable[str]
) -> tuple[tuple[Move, ...], frozenset[tuple[str, str]]]:
    """The moves to tell, oldest first. Where two sites name each other the older one is the one that moved."""
    known = set(sites)
    begun: dict[str, datetime] = {}
    for period in periods:
        begun[period.site] = min(begun.get(period.site, period.since), period.since)
    moves = [move for move in told if {plain_name(move.before), plain_name(move.after)} <= known]
    followed = {(move.before, move.after) for move in moves if move.kind is MoveKind.SUCCESSOR}
    mutual = frozenset(
        (a, b) for a, b in followed
        if (b, a) in followed and a in begun and b in begun and (begun[a], a) < (begun[b], b)
    )  # fmt: skip
    kept = [move for move in moves if (move.after, move.before) not in mutual]
    return tuple(sorted(kept, key=lambda move: (move.since, move.before, move.after))), mutual


def _telling(statements: Sequence[Statement]) -> tuple[tuple[Statement, ...], int]:
    """The statements that say something of who runs a site, and how many more there are."""
    told = [one for one in statements if one.kind not in _NEVER_TOLD and len(one.value) <= _LONGEST_VALUE]
    # of one value that changes with every visit, such as a test of hundreds of fields, the first few are enough
    told.sort(key=lambda one: (_ORDER.get(one.kind, len(_ORDER)), one.first_seen, one.value, one.place))
    of_kind: Counter[str] = Counter()
    kept = []
    for one in told:
        of_kind[one.kind] += 1
        if of_kind[one.kind] <= _MOST_STATEMENTS // 4:
            kept.append(one)
    return tuple(kept[:_MOST_STATEMENTS]), len(told) - min(len(kept), _MOST_STATEMENTS)


def _findings_about(session: Session, platform: str, at: datetime) -> tuple[SiteFinding, ...]:
    pages = list_pages(session, platform)
    found = collect_findings(session, pages, wanted=pages, at=at).findings
    return tuple(one for one in found if one.kind in _TOLD)


def _doubts_of(periods: Iterable[SitePeriod]) -> Iterable[str]:
    unknown = [one.site for one in periods if one.ended_at is None and one.state is SiteState.UNKNOWN]
    if unknown:
        yield f"{'、'.join(dict.fromkeys(unknown))}现状不明，不能据此说该网站已经关闭"


def _proof_ids(
    who: WhoAnswer,
    sites: Sequence[SiteFile],
    periods: Iterable[SitePeriod],
    moves: Iterable[Move],
    links: Iterable[SiteLink],
    findings: Iterable[SiteFinding],
    verified: Iterable[VerifiedRecord],
    objections: Iterable[Objection],
) -> Iterable[str]:
    """What the rows name, in the order of the rows."""
    for placed in who.placed:
        for row in placed.respondent.rows:
            yield from cite(row.proof)
    for record in verified:
        yield record.evidence
    for period in periods:
        yield from cite(period.proof)
    for move in moves:
        yield from (proof for name, _, proof in move.signals if not name.startswith("link:"))
    for link in links:
        rows = (*link.link.rows, *link.link.contrary)
        for link_row, proof in zip(rows, link.proofs, strict=True):
            if link_row.bits:
                yield from proof
    for finding in findings:
        yield from cite(finding.captures)
    for objection in objections:
        yield objection.evidence
    for site in sites:
        yield site.picture_proof
        for statement in site.statements:
            yield from cite((statement.first_capture, statement.last_capture))
