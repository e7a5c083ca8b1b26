"""Gathers a platform's dossier from the archive: who, where, what ties the sites, and the proof of each.

Takes an open archive and the answer's terms; gives a Dossier. Nothing is asked of any network. Links below 确认 and
the sites that only they would bring in are left out unless the dossier is for this machine alone.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import combinations
from typing import TYPE_CHECKING

from PIL import Image

from monitor.attestation.gather import name_tool
from monitor.dossier.model import Dossier, SiteFile
from monitor.dossier.proof_list import list_proofs
from monitor.findings.collect import collect_findings
from monitor.findings.model import FindingKind
from monitor.operators.link_answer import answer_link
from monitor.operators.model import Band, Link
from monitor.operators.who import WhoAnswer, answer_who
from monitor.pictures.capture_picture import read_capture_picture
from monitor.pictures.picture import PictureError
from monitor.site_moves import PlatformLine, follow_platform
from scrapers.domains import registrable_domain
from scrapers.model import Origin, Outcome
from storage.captures import list_captures
from storage.errors import ArchiveError
from storage.identity import Move, MoveKind, Statement
from storage.objections import list_objections
from storage.operators import list_operators
from storage.pages import list_pages
from storage.statements import statements_of
from storage.verified import list_verified

if TYPE_CHECKING:
    from datetime import date

    from monitor.findings.model import SiteFinding
    from monitor.operators.divisions import Division
    from storage.archive import Archive
    from storage.session import Session

MOST_SITES = 12
_MOST_STATEMENTS = 60  # of one site, in the file; all stand in `cardwatch statements`
_PICTURE_WIDTH, _PICTURE_HEIGHT, _PICTURE_QUALITY = 460, 620, 72
_TOLD = (FindingKind.NUMBER_NOT_GENUINE, FindingKind.PLACES_DISAGREE, FindingKind.IDENTITY_NOT_SHOWN)
_NEVER_TOLD = frozenset({"name", "ns", "ip", "registrar", "design", "mx", "cname", "txt", "captcha_key"})


def gather_dossier(
    archive: Archive,
    platform: str,
    *,
    made_at: datetime,
    ordered_at: datetime,
    filed_on: date,
    home: Division | None = None,
    internal: bool = False,
) -> Dossier:
    """The dossier of a platform as the archive knows it now, for an order at a moment."""
    with archive.database.reading() as session:
        who = answer_who(session, platform, (platform,), (), at=ordered_at, filed_on=filed_on, home=home)
        line = follow_platform(session, platform, made_at)
        moves = [move for move in line.moves if internal or move.kind is MoveKind.SUCCESSOR]
        sisters = _confirmed_sisters(session, line.sites)
        looked = list(dict.fromkeys((*line.sites, *sisters, *(line.around if internal else ()))))
        links = _link_all(session, looked[:MOST_SITES], internal=internal)
        shown = [site for site in looked if site in line.sites or any(site in (one.a, one.b) for one in links)]
        statements = {site: _telling(statements_of(session, [site])) for site in shown}
        findings = _findings_about(session, platform, made_at)
        verified = list_verified(session, shown)
        objections = list_objections(session, (platform, *shown))
        notes = _notes_of(line, looked, who)
    sites = tuple(
        _with_picture(
            archive,
            SiteFile(site, tuple(p for p in line.periods if p.site == site), statements[site]),
        )
        for site in shown
    )
    proofs, left = list_proofs(archive, _proof_ids(who, sites, line, moves, findings))
    if left:
        notes.append(f"有{left}项证据超出清单或不在本档案中，可用 cardwatch 各查询命令的 --json 查看")
    return Dossier(
        platform=platform,
        made_at=made_at,
        tool=name_tool(),
        who=who,
        sites=sites,
        periods=line.periods,
        moves=tuple(moves),
        links=tuple(links),
        sisters=sisters,
        findings=findings,
        verified=tuple(verified),
        objections=tuple(objections),
        proofs=proofs,
        notes=tuple(notes),
        internal=internal,
    )


def _confirmed_sisters(session: Session, sites: Sequence[str]) -> tuple[str, ...]:
    operators = list_operators(session, sites, band=Band.CONFIRMED) if sites else ()
    return tuple(sorted({site for one in operators for site in one.sites} - set(sites)))


def _link_all(session: Session, sites: Sequence[str], *, internal: bool) -> list[Link]:
    found = [answer_link(session, a, b) for a, b in combinations(sites, 2)]
    return [link for link in found if link is not None and (internal or link.band is Band.CONFIRMED)]


def _telling(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    told = [one for one in statements if one.kind not in _NEVER_TOLD and not one.claimed]
    told.sort(key=lambda one: (one.kind, one.first_seen, one.value))
    return tuple(told[:_MOST_STATEMENTS])


def _findings_about(session: Session, platform: str, at: datetime) -> tuple[SiteFinding, ...]:
    pages = list_pages(session, platform)
    found = collect_findings(session, pages, wanted=pages, at=at).findings
    return tuple(one for one in found if one.kind in _TOLD)


def _notes_of(line: PlatformLine, looked: Sequence[str], who: WhoAnswer) -> list[str]:
    notes = list(who.notes)
    if len(looked) > MOST_SITES:
        notes.append(f"涉及{len(looked)}个网站，只逐对比较了其中{MOST_SITES}个")
    unknown = [period.site for period in line.periods if period.ended_at is None and period.state == "unknown"]
    if unknown:
        notes.append(f"{'、'.join(unknown)}现状不明：本机网络或检查本身有问题，不能据此说该网站已关闭")
    return list(dict.fromkeys(notes))


def _with_picture(archive: Archive, file: SiteFile) -> SiteFile:
    """The file with the newest screenshot of the site that was made by this tool, where there is one."""
    with archive.database.reading() as session:
        pages = [page for page in list_pages(session) if registrable_domain(page.url) == file.site]
        captures = list_captures(
            session,
            pages=[page.id for page in pages],
            outcomes=[Outcome.COMPLETE, Outcome.PARTIAL],
            limit=10,
        ) if pages else ()  # fmt: skip
    for stored in captures:
        if stored.origin is not Origin.OWN or registrable_domain(stored.final_url or stored.page.url) != file.site:
            continue
        try:
            picture = read_capture_picture(archive.load_capture(stored.id, fill_views=True))
        except (PictureError, ArchiveError):
            continue  # a capture without a picture that can be shown: an older one may have one
        return SiteFile(
            file.site, file.periods, file.statements, _shrink(picture.image), stored.seen_at, stored.id
        )  # fmt: skip
    return file


def _shrink(image: Image.Image) -> bytes:
    height = min(image.height, image.width * _PICTURE_HEIGHT // _PICTURE_WIDTH)
    small = image.crop((0, 0, image.width, height))
    small.thumbnail((_PICTURE_WIDTH * 2, _PICTURE_HEIGHT * 2))
    out = io.BytesIO()
    small.convert("RGB").save(out, "JPEG", quality=_PICTURE_QUALITY)
    return out.getvalue()


def _proof_ids(
    who: WhoAnswer,
    sites: Sequence[SiteFile],
    line: PlatformLine,
    moves: Iterable[Move],
    findings: Iterable[SiteFinding],
) -> Iterable[str]:
    for placed in who.placed:
        for row in placed.respondent.rows:
            yield from row.proof
    for period in line.periods:
        yield from period.proof
    for move in moves:
        yield from (proof for _, _, proof in move.signals)
    for finding in findings:
        yield from finding.captures
    for site in sites:
        yield site.picture_proof
        for statement in site.statements:
            yield statement.first_capture
            yield statement.last_capture
