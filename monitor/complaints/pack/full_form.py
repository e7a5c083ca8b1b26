"""The full form of a pack: papers to send, evidence by number, captures to replay, where each came from, the proofs.

Takes the work and the bound booklet, fills the folder, gives the report.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from monitor.complaints.letters.docx import render_docx
from monitor.complaints.letters.html import render_html
from monitor.complaints.letters.text import render_text
from monitor.complaints.pack.booklet import Booklet, tell_pages
from monitor.complaints.pack.captures import write_package
from monitor.complaints.pack.case_letters import write_case_letters
from monitor.complaints.pack.evidence_pages import render_mask_report
from monitor.complaints.pack.folder import file_name
from monitor.complaints.pack.gate import EVIDENCE_LIST
from monitor.complaints.pack.model import PackReport, Prepared, WrittenLetter
from monitor.complaints.pack.own_pages import print_first, print_list, print_on_one, write_own_guide
from monitor.complaints.pack.prepare import extension_of, kind_name
from monitor.complaints.pack.provenance import write_provenance
from monitor.complaints.pack.report import report_work
from monitor.complaints.pack.then_now import TITLE as THEN_NOW
from monitor.complaints.pack.then_now import find_then_now, render_then_now
from monitor.complaints.pack.work import Work
from monitor.export import VERIFIER
from scrapers.printing import Document
from storage.errors import ArchiveError
from storage.pack_proof import PackedAs, PackedFile, PackedItem, close_pack, gather_item_proofs

_EVIDENCE = "06-证据文件"
_PAGES = "07-网页存档"
_LETTERS = "02-文书"
_BOOKLET = "04-证据材料.pdf"


def write_full(work: Work, booklet: Booklet) -> PackReport:
    """Fill the folder with everything the pack can hold, proofs and the signed list last."""
    ranges = booklet.pages
    pages = tell_pages(ranges, work.prepared)
    target = work.folder.place(_BOOKLET)
    total = booklet.bind(target, work.at)
    if total:
        work.folder.note(_BOOKLET)
    letters = write_case_letters(work, pages)
    _add_letters(work, letters)
    _write_then_now(work)
    _copy_evidence(work)
    _write_captures(work)
    work.folder.add("03-证据目录.pdf", print_list(work, pages, files=True))
    attachments = _list_attachments(work, total)
    work.folder.add("01-首页.pdf", print_first(work, attachments, letters, pages, files=True))
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
    write_own_guide(work, letters, uploads, paste_in=_LETTERS, compact=False)
    _close(work)
    return report_work(work, ranges, compact=False)


def _add_letters(work: Work, letters: Sequence[WrittenLetter]) -> None:
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


def _write_then_now(work: Work) -> None:
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
            data, fits = print_on_one(work.press, html)
            if fits:
                break
        work.folder.add(name, data)


def _copy_evidence(work: Work) -> None:
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


def _write_captures(work: Work) -> None:
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


def _close(work: Work) -> None:
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


def _list_attachments(work: Work, total: int) -> list[str]:
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


def _upload_order(work: Work) -> list[str]:
    begins = ("01-", f"{_LETTERS}/", "03-", "04-", "05-")
    wanted = [made.path for made in work.folder.files if made.path.startswith(begins) and made.path.endswith(".pdf")]
    return [*wanted, f"如能再传：{_EVIDENCE}/ 中的文件，按编号顺序"]
