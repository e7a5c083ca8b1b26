"""Prints the pages that a pack has of itself: the first page, the list of evidence, the guide.

Takes the work and what is to be told, gives PDFs; what should fit on one page is shrunk or shortened until it does.
"""

from __future__ import annotations

from collections.abc import Sequence

from monitor.complaints.facts.who_acts import find_actor
from monitor.complaints.pack.absences import count_holdings, find_absent
from monitor.complaints.pack.backing import Backing
from monitor.complaints.pack.evidence_pages import render_evidence_list
from monitor.complaints.pack.first_page import render_first_page
from monitor.complaints.pack.guide import list_sections, render_guide, tell_limits, write_guide
from monitor.complaints.pack.masks import name_kind
from monitor.complaints.pack.model import WrittenLetter
from monitor.complaints.pack.office import find_office
from monitor.complaints.pack.pdf import count_pages
from monitor.complaints.pack.press import Press
from monitor.complaints.pack.work import Work
from monitor.complaints.routing.channels import limits_of
from scrapers.printing import Document

_SCALES = (1.0, 0.92, 0.84, 0.76)


def print_first(
    work: Work,
    attachments: Sequence[str],
    letters: Sequence[WrittenLetter],
    pages: dict[str, str],
    *,
    files: bool,
) -> bytes:
    """The first page, on one page where it can be; `files` says whether the pack holds files beside papers."""

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
        data, fits = print_on_one(work.press, html)
        if fits:
            break
    return data


def print_on_one(press: Press, html: str) -> tuple[bytes, bool]:
    """The document on one page, shrunk as little as needed, and whether it came to fit."""
    data = b""
    for scale in _SCALES:
        data = press.print(Document(html, footer="", scale=scale))
        if count_pages(data) == 1:
            return data, True
    return data, False


def print_list(work: Work, pages: dict[str, str], *, files: bool) -> bytes:
    """The list of evidence with its pages, signed by the buyer or his guardian, unless he stays unnamed."""
    facts = work.file.case.facts
    name = "" if work.anonymous else find_actor(facts).name
    submitter = work.masker.text(f"法定代理人{name}" if name and facts.minor else name, "证据目录")
    day = f"{work.file.today:%Y年%m月%d日}"
    holdings = count_holdings(work.prepared, pages, work.of_exhibit).tell(files=files)
    return work.press.print(Document(render_evidence_list(work.prepared, pages, day, submitter, holdings)))


def write_own_guide(
    work: Work, letters: Sequence[WrittenLetter], uploads: Sequence[str], *, paste_in: str, compact: bool
) -> None:
    """The guide of what to hand in where, with every warning; added to the folder, in the full form as text too."""
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
