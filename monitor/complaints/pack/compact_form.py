"""The compact form of a pack: few PDFs and pictures within the limits of a channel's upload page.

Takes the work and the bound booklet, fills the folder, gives the report.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from monitor.complaints.letters.html import render_html
from monitor.complaints.pack.booklet import Booklet, tell_pages
from monitor.complaints.pack.case_letters import write_case_letters
from monitor.complaints.pack.compact import Upload, write_pdfs, write_pictures
from monitor.complaints.pack.folder import file_name
from monitor.complaints.pack.gate import EVIDENCE_LIST
from monitor.complaints.pack.model import PackReport
from monitor.complaints.pack.own_pages import print_first, print_list, write_own_guide
from monitor.complaints.pack.report import report_work
from monitor.complaints.pack.work import Work
from monitor.complaints.routing.channels import limits_of
from scrapers.printing import Document


def write_compact(work: Work, booklet: Booklet) -> PackReport:
    """Fill the folder with what an upload page takes."""
    limits = limits_of(work.opened.channel.id, work.settings)
    ranges = booklet.pages
    pages = tell_pages(ranges, work.prepared)
    bound = work.temporary / "booklet.pdf"
    total = booklet.bind(bound, work.at)
    letters = write_case_letters(work, pages)
    papers: list[tuple[str, str, Path]] = []
    for written in letters:
        if written.kind != EVIDENCE_LIST:
            data = work.press.print(Document(render_html(written.letter, head=False)))
            papers.append((file_name(written.title), f"《{written.title}》", _put(work, data)))
    listed = [f"《{title}》" for title in work.opened.titles]
    listed += ["证据目录", f"证据材料（共 {total} 页，每页下方印有页码）"]
    parts = [("首页", "首页", _put(work, print_first(work, listed, letters, pages, files=False))), *papers]
    parts.append(("证据目录", "证据目录", _put(work, print_list(work, pages, files=False))))
    if total:
        parts.append(("证据材料", "证据材料", bound))
    uploads, notes = write_pdfs(work.folder, parts, limits, work.at)
    pictures, more = write_pictures(work.folder, bound if total else None, ranges, limits)
    work.warnings += [*notes, *more]
    told = [f"{one.path}：{one.told}" for one in uploads]
    if pictures:
        told.append(f"页面只收图片的，改传 JPG 文件夹中的 {len(pictures)} 张（{_span(pictures)}），按编号顺序")
    write_own_guide(work, letters, told, paste_in="", compact=True)
    return report_work(work, ranges, compact=True)


def _span(pictures: Sequence[Upload]) -> str:
    names = [one.path.rpartition("/")[2] for one in pictures]
    return names[0] if len(names) == 1 else f"{names[0]} 至 {names[-1]}"


def _put(work: Work, data: bytes) -> Path:
    path = work.temporary / f"{hashlib.sha256(data).hexdigest()}.pdf"
    path.write_bytes(data)
    return path
