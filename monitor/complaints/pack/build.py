"""Builds the pack of a case for one channel: letters, list of evidence with true pages, evidence, proofs, guide.

Takes an open archive and a case file; writes a folder or a ZIP and gives a report. Masked copies and redacted exports
become entries of the custody log, once. The same case, moment and browser give the same bytes. Nothing is submitted.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.attestation.facts import Witness
from monitor.attestation.gather import gather_attestation, name_tool
from monitor.complaints.evidence.exhibits import list_exhibits, number_again
from monitor.complaints.letters.docx import render_docx
from monitor.complaints.letters.html import render_html
from monitor.complaints.letters.login_state import LOGGED_IN
from monitor.complaints.letters.text import render_text
from monitor.complaints.letters.write import Extra
from monitor.complaints.masking.policy import policy_for
from monitor.complaints.masking.third_parties import mask_third, warn_public
from monitor.complaints.model import CaseFile, Exhibit
from monitor.complaints.pack.absences import count_holdings, find_absent
from monitor.complaints.pack.audience import audience_of
from monitor.complaints.pack.backing import Backing
from monitor.complaints.pack.booklet import Booklet, tell_pages
from monitor.complaints.pack.captures import prepare_capture, write_package
from monitor.complaints.pack.compact import Upload, write_pdfs, write_pictures
from monitor.complaints.pack.evidence_pages import render_evidence_list, render_mask_report
from monitor.complaints.pack.first_page import render_first_page
from monitor.complaints.pack.folder import PackFolder, file_name
from monitor.complaints.pack.gate import EVIDENCE_LIST, Opened, open_pack, write_letters
from monitor.complaints.pack.guide import list_sections, render_guide, tell_limits, write_guide
from monitor.complaints.pack.masks import Masker, name_kind
from monitor.complaints.pack.model import PackedExhibit, PackReport, PageRange, Prepared, WrittenLetter
from monitor.complaints.pack.office import find_office
from monitor.complaints.pack.pdf import count_pages
from monitor.complaints.pack.prepare import Preparer, extension_of, kind_name
from monitor.complaints.pack.press import Press
from monitor.complaints.pack.provenance import write_provenance
from monitor.complaints.pack.reporter import hides_reporter, leave_out_own, leave_out_report, mask_own
from monitor.complaints.pack.then_now import TITLE as THEN_NOW
from monitor.complaints.pack.then_now import find_then_now, render_then_now
from monitor.complaints.routing.channels import limits_of
from monitor.export import VERIFIER
from monitor.operators.model import Band
from scrapers.printing import Document
from storage.errors import ArchiveError
from storage.evidence import load_evidence
from storage.objects import digest_file
from storage.pack_proof import PackedAs, PackedFile, PackedItem, close_pack, gather_item_proofs

if TYPE_CHECKING:
    from monitor.config.complaints import ComplaintSettings
    from scrapers.process import FoundBrowser
    from storage.archive import Archive

Tell = Callable[[str], None]
_SCALES = (1.0, 0.92, 0.84, 0.76)
_EVIDENCE, _PAGES, _LETTERS = "06-证据文件", "07-网页存档", "02-文书"
_BOOKLET = "04-证据材料.pdf"


@dataclass
class _Work:
    """What is at hand while a pack is made."""

    archive: Archive
    file: CaseFile
    settings: ComplaintSettings
    at: datetime
    kept_at: datetime
    masker: Masker
    folder: PackFolder
    temporary: Path
    press: Press
    tell: Tell
    opened: Opened
    prepared: list[Prepared]
    anonymous: bool
    disclose: bool
    what: dict[str, tuple[PackedAs, str]] = field(default_factory=dict)  # by path, of what is evidence
    of_exhibit: dict[str, list[str]] = field(default_factory=dict)  # paths by exhibit number
    warnings: list[str] = field(default_factory=list)

    def own(self, number: str, path: str, what: PackedAs, name: str) -> None:
        """Note which exhibit a file is, and as what it is proven."""
        if what is not PackedAs.MADE:
            self.what[path] = (what, name)
        self.of_exhibit.setdefault(number, []).append(path)


def build_pack(
    archive: Archive,
    file: CaseFile,
    channel: str,
    *,
    compact: bool,
    at: datetime,
    settings: ComplaintSettings,
    out: Path,
    browser: FoundBrowser,
    include: Collection[str] = (),
    disclose: bool = False,
    kept_at: datetime | None = None,
    tell: Tell = lambda _line: None,
) -> PackReport:
    """Build the pack at `out`: a ZIP where it ends in .zip, else a new folder.

    `at` is the moment of the pack, `kept_at` (else `at`) that of new entries in the custody log. `include` names items
    that cannot be masked and that an authority gets all the same; without `disclose` a report keeps out who makes it.
    Raises PackBlocked, PackTaken, BrowserUnavailable, and what the archive raises.
    """
    kept = kept_at or at
    file = leave_out_report(file, channel, disclose=disclose)
    masker = make_masker(file, channel, disclose=disclose)
    exhibits = list_packable(file, channel, disclose=disclose)
    opened = open_pack(file, channel, exhibits, settings)
    with (
        tempfile.TemporaryDirectory(prefix="pack-", dir=archive.staging()) as root,
        Press(browser, at) as press,
    ):
        temporary = Path(root)
        preparer = Preparer(archive, file, masker, temporary, kept, include=include)
        prepared = _prepare(archive, file, exhibits, masker, preparer, temporary, tell)
        work = _Work(
            archive, file, settings, at, kept, masker, PackFolder(temporary / "pack"), temporary, press, tell, opened,
            prepared, hides_reporter(channel, disclose=disclose), disclose,
        )  # fmt: skip
        booklet = Booklet(press, temporary)
        for number, one in enumerate(prepared, 1):
            tell(f"印制证{one.exhibit.number}（{number}/{len(prepared)}）")
            booklet.add(one)
        report = _write_compact(work, booklet) if compact else _write_full(work, booklet)
        tell("写出材料包")
        work.folder.write_out(out, at)
    return replace(_finish(report, out, preparer.new_copies), printing_seconds=press.seconds)


def preview_pack(
    archive: Archive,
    file: CaseFile,
    channel: str,
    *,
    compact: bool,
    at: datetime,
    settings: ComplaintSettings,
    include: Collection[str] = (),
    disclose: bool = False,
    tell: Tell = lambda _line: None,
) -> PackReport:
    """What would be made, masked and withheld; nothing is written and no browser is started. Raises PackBlocked."""
    file = leave_out_report(file, channel, disclose=disclose)
    masker = make_masker(file, channel, disclose=disclose)
    exhibits = list_packable(file, channel, disclose=disclose)
    opened = open_pack(file, channel, exhibits, settings)
    with tempfile.TemporaryDirectory(prefix="pack-", dir=archive.staging()) as root:
        temporary = Path(root)
        preparer = Preparer(archive, file, masker, temporary, at, include=include, write=False)
        prepared = _prepare(archive, file, exhibits, masker, preparer, temporary, tell)
    return _report(file, channel, opened, prepared, {}, {}, masker, at=at, compact=compact)


def make_masker(file: CaseFile, channel: str, *, disclose: bool = False) -> Masker:
    """The masking for whoever reads what goes through a channel; set phrases of ours are no names."""
    policy = policy_for(file, audience_of(channel))
    if hides_reporter(channel, disclose=disclose):
        policy = mask_own(policy, file)
    policy = mask_third(policy, file)
    return Masker(replace(policy, keep=(*policy.keep, "据本人陈述")))


def list_packable(file: CaseFile, channel: str, *, disclose: bool = False) -> tuple[Exhibit, ...]:
    """The exhibits that may leave: what shows a subject that is not 确认 stays on this machine.

    They are numbered again, so that no gap in a pack tells that something was left out.
    """
    first = file.who.first if file.who else None
    sure = first is not None and first.band is Band.CONFIRMED
    kept = tuple(one for one in list_exhibits(file) if sure or one.kind != "subject" or one.form == "item")
    return number_again(leave_out_own(kept) if hides_reporter(channel, disclose=disclose) else kept)


def _prepare(
    archive: Archive,
    file: CaseFile,
    exhibits: Sequence[Exhibit],
    masker: Masker,
    preparer: Preparer,
    temporary: Path,
    tell: Tell,
) -> list[Prepared]:
    prepared = []
    for number, exhibit in enumerate(exhibits, 1):
        tell(f"整理并遮盖证{exhibit.number}（{number}/{len(exhibits)}）")
        if exhibit.form == "capture":
            prepared.append(prepare_capture(archive, file, exhibit, masker, temporary, write=preparer.writes))
        else:
            prepared.append(preparer.prepare(exhibit))
    return prepared


# --- the full form ------------------------------------------------------------------------------------------------


def _write_full(work: _Work, booklet: Booklet) -> PackReport:
    ranges = booklet.pages
    pages = tell_pages(ranges, work.prepared)
    target = work.folder.place(_BOOKLET)
    total = booklet.bind(target, work.at)
    if total:
        work.folder.note(_BOOKLET)
    letters = _write_letters(work, pages)
    _add_letters(work, letters)
    _write_then_now(work)
    _copy_evidence(work)
    _write_captures(work)
    work.folder.add("03-证据目录.pdf", _print_list(work, pages, files=True))
    attachments = _list_attachments(work, total)
    work.folder.add("01-首页.pdf", _print_first(work, attachments, letters, pages, files=True))
    work.folder.add("08-遮盖说明.pdf", work.press.print(Document(render_mask_report(work.prepared, work.masker))))
    digests = {made.path: made.sha256 for made in work.folder.files}
    files = {number: [(path, digests[path]) for path in paths] for number, paths in work.of_exhibit.items()}
    work.folder.add(
        "09-来源与保管.json",
        write_provenance(work.archive, work.file.case.id, work.opened.channel.id, work.prepared, files, pages, work.at),
    )
    if VERIFIER.is_file():
        work.folder.copy("verify.html", VERIFIER)
    uploads = _upload_order(work)
    _write_guide(work, letters, uploads, paste_in=_LETTERS, compact=False)
    _close(work)
    return _report_of(work, ranges, compact=False)


def _write_letters(work: _Work, pages: dict[str, str]) -> tuple[WrittenLetter, ...]:
    exhibits = [one.exhibit for one in work.prepared]
    notes = {"data_note", "capture_note"} & set(work.opened.kinds)
    extra = Extra(
        pages=pages,
        witnesses=_find_witnesses(work) if notes else {},
        digests=_find_digests(work) if notes else {},
        disclose_reporter=work.disclose,
        tool=name_tool(),
        logged_in=frozenset(one.exhibit.id for one in work.prepared if one.session),
    )
    letters = write_letters(work.opened, work.file, exhibits, work.settings, work.masker, extra, work.prepared)
    work.warnings += [f"《{one.title}》：{one.too_long}" for one in letters if one.too_long]
    work.warnings += [
        f"《{one.title}》提到未附的证{'、'.join(one.leans_on)}，文中已注明“未附”：能提交的请另行提交"
        for one in letters
        if one.leans_on and one.kind != EVIDENCE_LIST
    ]
    work.warnings += warn_public(work.masker.masking, work.file)
    return letters


def _find_witnesses(work: _Work) -> dict[str, tuple[Witness, ...]]:
    found = {}
    for one in work.prepared:
        if one.exhibit.form == "capture" and not one.withheld:
            place = gather_attestation(work.archive, one.exhibit.id, work.at).place
            found[one.exhibit.id] = place.witnesses if place else ()
    return found


def _find_digests(work: _Work) -> dict[str, str]:
    """Of captures, and of originals that lie in the pack: from that of a masked text its secret could be tried out."""
    found = {}
    for one in work.prepared:
        told = dict(one.facts).get("WARC 文件 SHA-256", "")
        if told:
            found[one.exhibit.id] = told
        elif one.file is not None and not one.masked:
            found[one.exhibit.id] = load_evidence(work.archive, one.evidence).object
    return found


def _add_letters(work: _Work, letters: Sequence[WrittenLetter]) -> None:
    for number, written in enumerate(letters, 1):
        work.tell(f"写文书《{written.title}》")
        if written.kind == EVIDENCE_LIST:
            work.folder.add("03-证据目录.docx", render_docx(written.letter, work.at))
            continue
        stem = f"{_LETTERS}/{number}-{file_name(written.title)}"
        work.folder.add(f"{stem}.pdf", work.press.print(Document(render_html(written.letter, head=False))))
        work.folder.add(f"{stem}.docx", render_docx(written.letter, work.at))
        work.folder.add(f"{stem}.txt", render_text(written.letter))
        if written.paste:
            work.folder.add(f"{stem}（粘贴用）.txt", written.paste)


def _write_then_now(work: _Work) -> None:
    pairs = find_then_now(work.file.pages)
    marks = {one.exhibit.id: one.exhibit.number for one in work.prepared}
    for number, pair in enumerate(pairs, 1):
        name = f"05-{THEN_NOW}{f'-{number}' if len(pairs) > 1 else ''}.pdf"
        sides = (marks.get(pair.then.capture, ""), marks.get(pair.now.capture, ""))

        def mask(text: str) -> str:
            return work.masker.text(text, THEN_NOW)

        told = len(pair.told)
        data = b""
        for most in sorted({told, min(told, 12), min(told, 8), min(told, 5), min(told, 3), 1}, reverse=True):
            html = render_then_now(pair, sides, mask, today=work.file.today, most=most)
            data, fits = _print_on_one(work.press, html)
            if fits:
                break
        work.folder.add(name, data)


def _copy_evidence(work: _Work) -> None:
    for one in work.prepared:
        number = one.exhibit.number
        stem = f"{_EVIDENCE}/{number}-{file_name(kind_name(one.exhibit))}"
        for place, picture in enumerate(one.pictures, 1):
            path = f"{stem}-截图{place if len(one.pictures) > 1 else ''}{picture.suffix}"
            work.folder.copy(path, picture)
            work.own(number, path, PackedAs.MADE, "")
        if one.file is not None:
            path = f"{stem}{'（遮盖件）' if one.masked else ''}{extension_of(one.media_type)}"
            work.folder.copy(path, one.file)
            work.own(number, path, PackedAs.MASKED if one.masked else PackedAs.ORIGINAL, one.evidence)


def _write_captures(work: _Work) -> None:
    for place, one in enumerate(work.prepared):
        if one.exhibit.form != "capture" or one.withheld:
            continue
        if one.secrets is None:
            work.warnings.append(f"证{one.exhibit.number} 的{work.masker.text(one.notes[-1], '网页存档')}")
            continue
        work.tell(f"导出网页存档 {one.exhibit.number}")
        path = f"{_PAGES}/{one.exhibit.number}-{file_name(kind_name(one.exhibit))}.wacz"
        try:
            place_of = work.folder.place(path)
            write_package(work.archive, one.exhibit.id, place_of, one.secrets, at=work.at, kept_at=work.kept_at)
        except ArchiveError as error:
            why = f"网页存档未附：{work.masker.text(str(error), '网页存档')}"
            work.prepared[place] = _note(one, why)
            work.warnings.append(f"证{one.exhibit.number} 的{why}")
            continue
        work.folder.note(path)
        work.own(one.exhibit.number, path, PackedAs.CAPTURE, one.exhibit.id)


def _note(prepared: Prepared, note: str) -> Prepared:
    return replace(prepared, notes=(*prepared.notes, note))


def _close(work: _Work) -> None:
    """Add proof/: of every item that lies in the pack, and the signed list of all its files."""
    work.tell("生成证明文件")
    named = sorted({name for what, name in work.what.values() if what in (PackedAs.ORIGINAL, PackedAs.MASKED)})
    proof = gather_item_proofs(work.archive, [PackedItem(name) for name in named], work.kept_at)
    files = []
    for made in work.folder.files:
        what, name = work.what.get(made.path, (PackedAs.MADE, ""))
        files.append(PackedFile(made.path, made.sha256, made.bytes, what, name))
    case, channel = work.file.case.id, work.opened.channel.id
    for path, data in close_pack(work.archive, proof, files, work.at, case=case, channel=channel).items():
        work.folder.add(path, data)


def _list_attachments(work: _Work, total: int) -> list[str]:
    listed = [f"《{title}》" for title in work.opened.titles]
    listed.append("证据目录")
    if total:
        listed.append(f"证据材料（共 {total} 页，每页下方印有页码）")
    if any(made.path.startswith("05-") for made in work.folder.files):
        listed.append(THEN_NOW)
    originals = sum(1 for _ in work.folder.list_under(_EVIDENCE))
    captures = sum(1 for _ in work.folder.list_under(_PAGES))
    if originals:
        listed.append(f"证据文件 {originals} 个（按证据编号命名）")
    if captures:
        listed.append(f"网页存档 {captures} 个（可回放、可核验）")
    return listed


def _upload_order(work: _Work) -> list[str]:
    begins = ("01-", f"{_LETTERS}/", "03-", "04-", "05-")
    wanted = [made.path for made in work.folder.files if made.path.startswith(begins) and made.path.endswith(".pdf")]
    return [*wanted, f"如能再传：{_EVIDENCE}/ 中的文件，按编号顺序"]


# --- the compact form ---------------------------------------------------------------------------------------------


def _write_compact(work: _Work, booklet: Booklet) -> PackReport:
    limits = limits_of(work.opened.channel.id, work.settings)
    ranges = booklet.pages
    pages = tell_pages(ranges, work.prepared)
    bound = work.temporary / "booklet.pdf"
    total = booklet.bind(bound, work.at)
    letters = _write_letters(work, pages)
    papers: list[tuple[str, str, Path]] = []
    for written in letters:
        if written.kind != EVIDENCE_LIST:
            data = work.press.print(Document(render_html(written.letter, head=False)))
            papers.append((file_name(written.title), f"《{written.title}》", _put(work, data)))
    listed = [f"《{title}》" for title in work.opened.titles]
    listed += ["证据目录", f"证据材料（共 {total} 页，每页下方印有页码）"]
    parts = [("首页", "首页", _put(work, _print_first(work, listed, letters, pages, files=False))), *papers]
    parts.append(("证据目录", "证据目录", _put(work, _print_list(work, pages, files=False))))
    if total:
        parts.append(("证据材料", "证据材料", bound))
    uploads, notes = write_pdfs(work.folder, parts, limits, work.at)
    pictures, more = write_pictures(work.folder, bound if total else None, ranges, limits)
    work.warnings += [*notes, *more]
    told = [f"{one.path}：{one.told}" for one in uploads]
    if pictures:
        told.append(f"页面只收图片的，改传 JPG 文件夹中的 {len(pictures)} 张（{_span(pictures)}），按编号顺序")
    _write_guide(work, letters, told, paste_in="", compact=True)
    return _report_of(work, ranges, compact=True)


def _span(pictures: Sequence[Upload]) -> str:
    names = [one.path.rpartition("/")[2] for one in pictures]
    return names[0] if len(names) == 1 else f"{names[0]} 至 {names[-1]}"


def _put(work: _Work, data: bytes) -> Path:
    path = work.temporary / f"{hashlib.sha256(data).hexdigest()}.pdf"
    path.write_bytes(data)
    return path


# --- pages of both forms ------------------------------------------------------------------------------------------


def _print_first(
    work: _Work,
    attachments: Sequence[str],
    letters: Sequence[WrittenLetter],
    pages: dict[str, str],
    *,
    files: bool,
) -> bytes:
    def mask(text: str) -> str:
        return work.masker.text(text, "首页")

    backing = Backing(work.file, [one.exhibit for one in work.prepared], find_absent(pages))
    holdings = count_holdings(work.prepared, pages, work.of_exhibit).tell(files=files)
    data = b""
    for most in (40, 12, 6):
        html = render_first_page(
            work.file, work.opened.step, backing, attachments, mask, letters=[one.letter for one in letters],
            holdings=holdings, most_attachments=most, anonymous=work.anonymous,
        )  # fmt: skip
        data, fits = _print_on_one(work.press, html)
        if fits:
            break
    return data


def _print_on_one(press: Press, html: str) -> tuple[bytes, bool]:
    """The document on one page, shrunk as little as needed, and whether it came to fit."""
    data = b""
    for scale in _SCALES:
        data = press.print(Document(html, footer="", scale=scale))
        if count_pages(data) == 1:
            return data, True
    return data, False


def _print_list(work: _Work, pages: dict[str, str], *, files: bool) -> bytes:
    name = "" if work.anonymous else work.file.case.facts.buyer.name
    submitter = work.masker.text(name, "证据目录")
    day = f"{work.file.today:%Y年%m月%d日}"
    holdings = count_holdings(work.prepared, pages, work.of_exhibit).tell(files=files)
    return work.press.print(Document(render_evidence_list(work.prepared, pages, day, submitter, holdings)))


def _write_guide(
    work: _Work, letters: Sequence[WrittenLetter], uploads: Sequence[str], *, paste_in: str, compact: bool
) -> None:
    opened = work.opened
    sections = list_sections(
        opened.channel,
        opened.step,
        find_office(work.file, opened.channel),
        limits_of(opened.channel.id, work.settings),
        case=work.file.case.id,
        uploads=uploads,
        pastes=[(one.title, one.paste) for one in letters if one.paste],
        paste_in=paste_in,
        masks=[(name_kind(kind), count) for kind, count in work.masker.totals],
        withheld=[f"证{one.exhibit.number}（{one.name}）：{one.withheld}" for one in work.prepared if one.withheld],
        warnings=[work.masker.text(one, "使用说明") for one in (*opened.warnings, *opened.lacking, *work.warnings)],
        limits_told=tell_limits(work.prepared),
        compact=compact,
    )
    work.folder.add("00-使用说明.pdf", work.press.print(Document(render_guide(sections))))
    if not compact:
        work.folder.add("00-使用说明.txt", write_guide(sections))


# --- the report ---------------------------------------------------------------------------------------------------


def _report_of(work: _Work, ranges: dict[str, PageRange], *, compact: bool) -> PackReport:
    report = _report(
        work.file, work.opened.channel.id, work.opened, work.prepared, ranges, work.of_exhibit, work.masker,
        at=work.at, compact=compact,
    )  # fmt: skip
    return replace(report, files=work.folder.files, warnings=(*report.warnings, *work.warnings))


def _report(
    file: CaseFile,
    channel: str,
    opened: Opened,
    prepared: Sequence[Prepared],
    ranges: dict[str, PageRange],
    paths: dict[str, list[str]],
    masker: Masker,
    *,
    at: datetime,
    compact: bool,
) -> PackReport:
    return PackReport(
        file.case.id,
        channel,
        opened.channel.name,
        masker.masking.audience,
        at,
        compact,
        None,
        letters=opened.titles,
        exhibits=tuple(
            PackedExhibit(
                one.exhibit.number,
                one.exhibit.id,
                one.name,
                one.exhibit.form,
                str(ranges.get(one.exhibit.number, "")),
                tuple(paths.get(one.exhibit.number, ())),
                one.masked,
                one.withheld,
            )
            for one in prepared
        ),
        masks=masker.totals,
        withheld=tuple((one.exhibit.number, one.name, one.withheld) for one in prepared if one.withheld),
        warnings=(
            *opened.warnings,
            *(f"未写成：{one}" for one in opened.lacking),
            *(f"证{one.exhibit.number} 为{LOGGED_IN}，证据目录中已注明" for one in prepared if one.session),
        ),
        next_steps=(
            f"到“{find_office(file, opened.channel).name}”提交：{opened.channel.tell_entry()}",
            f"提交后记录：cardwatch case file {file.case.id} {channel}",
        ),
        pages=max((one.last for one in ranges.values()), default=0),
    )


def _finish(report: PackReport, out: Path, new_copies: int) -> PackReport:
    digest, size = digest_file(out) if out.is_file() else ("", sum(made.bytes for made in report.files))
    return replace(report, out=out, new_copies=new_copies, bytes=size, sha256=digest)
