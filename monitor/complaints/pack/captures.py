"""A captured page as an exhibit: its screenshot, the clauses that are quoted, its facts, and its redacted WACZ.

Takes a capture of the archive and the masker of the audience. What has to be masked is looked for in the texts of the
page and in the answers that it was made of; those very words are then taken out of the WACZ by the redacted export. A
capture that cannot be redacted is withheld, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.attestation.gather import attest_capture
from monitor.complaints.evidence.partial_captures import say_partial
from monitor.complaints.letters.charges import grants, name_charge, needs_person
from monitor.complaints.letters.login_state import LOGGED_IN
from monitor.complaints.letters.page_sight import look_at
from monitor.complaints.masking.files import mask_file
from monitor.complaints.masking.text import find_spans
from monitor.complaints.model import Audience, CaseFile, Exhibit, SeenVersion
from monitor.complaints.pack.mask_memory import MaskMemory, Remembered
from monitor.complaints.pack.masks import LIVE, Masker, spell
from monitor.complaints.pack.model import Prepared, QuotedClause
from monitor.complaints.pack.sheets import show_moment
from monitor.outcomes import say_outcome
from monitor.pictures.capture_picture import read_capture_picture
from monitor.pictures.picture import PictureError
from monitor.review.model import TermFinding
from scrapers.model import BlockKind as PageBlock
from scrapers.model import Capture, Origin, Outcome, Role, Source, ViewKind
from storage.captures import get_capture
from storage.errors import ArchiveError
from storage.objects import digest_file
from storage.secret_values import Secrets
from storage.wacz import export_wacz
from storage.wacz_proof import seal_capture

if TYPE_CHECKING:
    from storage.archive import Archive
    from storage.model import StoredCapture

_TEXT_VIEWS = (ViewKind.TEXT, ViewKind.POPUP_TEXT, ViewKind.DOM, ViewKind.FRAME_DOM)
_SPOKEN = ("document", "xhr", "fetch")
_MOST_BYTES = 4 << 20
_PNG = "image/png"
HINDERED = "打开受阻"
_MOST_MASKS = 200
_LEAST_MASK = 4
_LEAST_LIVE = 8
_NUMBERS = ("id_number", "bank_card")
_LONGEST_TEXT = 3000
_RULES = (PageBlock.TERMS, PageBlock.NOTICE, PageBlock.PROMPT)
_QUOTABLE = (Source.TEXT, Source.POPUP)


def prepare_capture(
    archive: Archive, file: CaseFile, exhibit: Exhibit, masker: Masker, folder: Path, *, write: bool = True
) -> Prepared:
    """The exhibit with its screenshot and clauses; `prepared.file` stays empty, the WACZ is written apart."""
    where = f"证{exhibit.number}"
    told = Prepared(
        exhibit,
        masker.text(exhibit.name, where),
        masker.text(exhibit.shows, where),
        masker.text(exhibit.source, where),
    )
    try:
        with archive.database.reading() as session:
            stored = get_capture(session, exhibit.id)
        capture = archive.load_capture(stored.id, fill_views=True)
    except ArchiveError as error:
        return replace(told, withheld=str(error))
    seen = find_seen(file, stored.id)
    notes: list[str] = []
    states = ([LOGGED_IN] if capture.session else []) + _tell_state(stored)
    if states:
        notes += states
        marks = [one.partition("：")[0] for one in states]
        tail = "".join(f"；{one}" for one in marks if one not in exhibit.source)
        told = replace(
            told,
            exhibit=replace(exhibit, source=f"{exhibit.source}{tail}"),
            source=f"{told.source}{tail}",
            session=bool(capture.session),
        )
    own = bool(capture.session) or stored.page.role is Role.ORDER
    secrets, trouble = _find_secrets(capture, masker, own=own)
    notes += [f"网页存档未附：{trouble}"] if trouble else []
    pictures: tuple[Path, ...] = ()
    try:
        picture = read_capture_picture(capture)
    except PictureError:
        notes.append("这次抓取没有截图")
    else:
        place = folder / f"{stored.id}.png"
        picture.image.save(place, "PNG", compress_level=1)
        notes += [masker.text(note, where) for note in picture.notes]
        if masker.masking.audience is Audience.PUBLIC or own or secrets is None or secrets:
            shown, withheld = _mask_screenshot(archive, stored, place, masker, f"{where}（截图）", write=write)
        else:
            shown, withheld = place, ""
        pictures = (shown,) if shown else ()
        notes += [f"截图未附：{withheld}"] if withheld else []
    return replace(
        told,
        evidence=stored.id,
        media_type="application/wacz",
        text=masker.text(_rules_of(seen), f"{where}（文字）") if seen else "",
        clauses=_quote(seen, masker, where) if seen else (),
        facts=_list_facts(stored, capture, masker, where),
        notes=tuple(notes),
        pictures=pictures,
        claimed=stored.origin is not Origin.OWN,
        secrets=secrets,
    )


def _tell_state(stored: StoredCapture) -> list[str]:
    """What a reader must know of how a capture ended: one that is partial or met no page is none that is whole."""
    if partial := say_partial(stored):
        return [partial]
    if stored.origin is Origin.OWN and stored.outcome not in (Outcome.COMPLETE, Outcome.PARTIAL):
        return [f"{HINDERED}：{say_outcome(stored)}，没有读到页面内容"]
    return []


def _find_secrets(capture: Capture, masker: Masker, *, own: bool) -> tuple[tuple[str, ...] | None, str]:
    """What its copy must not show, or why there is no copy."""
    try:
        return find_masks(capture, masker, own=own), ""
    except ArchiveError as error:
        return None, str(error)


def _mask_screenshot(
    archive: Archive, stored: StoredCapture, place: Path, masker: Masker, where: str, *, write: bool
) -> tuple[Path | None, str]:
    """The screenshot as it may leave, or why none does. One that was found clean before is not read again."""
    memory, seed = MaskMemory(archive, masker.masking), archive.salt_seed(stored.id)
    digest = digest_file(place)[0]
    if memory.recall(seed, digest, _PNG) is not None:
        return place, ""
    masked = mask_file(place, _PNG, masker.masking)
    masker.count(masked.hits, where)
    if masked.data is None:
        return None, masked.withheld
    if not masked.hits:
        if write:
            memory.keep(seed, digest, _PNG, Remembered((), "", _PNG))
        return place, ""
    painted = place.with_suffix(".masked.jpg" if masked.media_type == "image/jpeg" else ".masked.png")
    painted.write_bytes(masked.data)
    return painted, ""


def find_seen(file: CaseFile, capture: str) -> SeenVersion | None:
    """What the case knows of a capture's page, None where it was only named by a change."""
    return next(
        (
            seen
            for page in file.pages
            for seen in (page.before, page.after, page.newest)
            if seen is not None and seen.capture == capture
        ),
        None,
    )


def write_package(
    archive: Archive, capture_id: str, path: Path, masks: Sequence[str], *, at: datetime, kept_at: datetime
) -> None:
    """Write the redacted WACZ of a capture. The attestation in it is of `at`; the log is sealed at `kept_at`.

    Raises ArchiveError where it cannot be redacted.
    """
    with archive.database.reading() as session:
        stored = get_capture(session, capture_id)
    seal_capture(archive, stored, kept_at)
    attestation = attest_capture(archive, stored.id, at, masks=masks)
    extras = {"attestation.html": attestation.encode()}
    export_wacz(archive, stored.id, path, at=kept_at, extras=extras, masks=masks, steady=True)


def find_masks(capture: Capture, masker: Masker, *, own: bool) -> tuple[str, ...]:
    """The words of a capture that its copy must not show, as they stand in its texts and answers.

    What a shop shows to everybody (its QQ, the numbers of its goods) stays, but before the public; on pages that are
    `own` (seen logged in, or the buyer's order) everything private goes. Raises ArchiveError where there are so many
    that the copy would be nothing but gaps.
    """
    public = masker.masking.audience is Audience.PUBLIC
    found: dict[str, None] = {}
    texts = list(_list_texts(capture))
    for data in texts:
        text = _decode(data)
        for span in find_spans(text, masker.masking):
            words = text[span.begin : span.end].strip()
            if len(words) >= _LEAST_MASK and (public or own or _is_live(span.kind, words)):
                found[words] = None
    for known, kind in masker.masking.known:
        if known in found or (kind == "order" and not public):
            continue
        for spelling in {known, *(spell(known) if kind in LIVE else ())}:
            needle = Secrets((), (spelling,))
            if any(needle.stand_in(data) for data in texts):
                found[spelling] = None
    if len(found) > _MOST_MASKS:
        raise ArchiveError(f"{len(found)} places of this page would have to be masked: no copy of it is made")
    return tuple(sorted(found))


def _is_live(kind: str, words: str) -> bool:
    """Whether it is a key, number or login that nobody may read; goods have short numbers that look like keys."""
    return kind in _NUMBERS or (kind in LIVE and len(words) >= _LEAST_LIVE)


def _list_texts(capture: Capture) -> Iterator[bytes]:
    for view in capture.views:
        if view.kind in _TEXT_VIEWS and view.data is not None:
            yield view.data[:_MOST_BYTES]
    for exchange in capture.exchanges:
        if exchange.resource_type in _SPOKEN or exchange.main_document:
            body = exchange.read_body(_MOST_BYTES)
            if body and b"\0" not in body[:1000]:
                yield body


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace")


def _rules_of(seen: SeenVersion) -> str:
    """What the page showed of rules, as text; nothing that was hidden or read from a picture."""
    blocks = [
        f"{block.heading}\n{block.text}" if block.heading else block.text
        for block in seen.reading.blocks
        if block.kind in _RULES and block.source in _QUOTABLE and not block.concealed
    ]
    text = "\n\n".join(blocks)
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}……（以下略，全文见网页存档）"


def _quote(seen: SeenVersion, masker: Masker, where: str) -> tuple[QuotedClause, ...]:
    """The sentences in which something was found, each once, called as a report calls them."""
    sight = look_at(seen)
    by_sentence: dict[tuple[str, bool], list[TermFinding]] = {}
    for finding in seen.findings:
        whole = (sight.whole(finding.text) if finding.quotable else "") or finding.text
        judged = finding.needs_human or needs_person(finding.pattern, whole)
        if not finding.quotable or not (judged or grants(finding.pattern, whole)):
            by_sentence.setdefault((whole, finding.quotable), []).append(finding)
    return tuple(_quote_sentence(whole, found, masker, where) for (whole, _), found in by_sentence.items())


def _quote_sentence(whole: str, findings: Sequence[TermFinding], masker: Masker, where: str) -> QuotedClause:
    charge = name_charge(findings, whole, findings[0].lead_in)
    laws = {law.id: f"《{law.title}》{law.article}" for one in findings for law in one.laws}
    return QuotedClause(
        charge.name,
        masker.text(whole, f"{where}（条款）"),
        masker.text(findings[0].reason, f"{where}（条款）"),
        tuple(laws[one] for one in charge.articles if one in laws),
        findings[0].quotable,
    )


def _tell_time(stored: StoredCapture) -> tuple[str, str]:
    """When it was captured; of a file that somebody else saved, when he says so."""
    if stored.origin is Origin.OWN:
        return "抓取时间", f"{show_moment(stored.seen_at)}（北京时间）"
    if stored.claimed_at is None:
        return "提供人声称的时间", "没有声称"
    moment = show_moment(stored.seen_at)
    return (
        "提供人声称的时间",
        f"{moment[:10]}（未给时刻）" if stored.claims_day_only else f"{moment}（北京时间），未核实",
    )


def _list_facts(stored: StoredCapture, capture: Capture, masker: Masker, where: str) -> tuple[tuple[str, str], ...]:
    return (
        ("网址", masker.text(stored.final_url or stored.page.url, where)),
        _tell_time(stored),
        ("抓取编号", stored.id),
        ("浏览器", capture.browser),
        ("WARC 文件 SHA-256", stored.warc),
        ("清单 SHA-256", stored.manifest),
        ("保管链序号", "" if stored.log_index is None else str(stored.log_index)),
    )
