"""Reports what a pack holds, masks and keeps back, and what comes next; the same of one that is only previewed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from monitor.complaints.letters.login_state import LOGGED_IN
from monitor.complaints.model import CaseFile
from monitor.complaints.pack.gate import Opened
from monitor.complaints.pack.masks import Masker
from monitor.complaints.pack.model import PackedExhibit, PackReport, PageRange, Prepared
from monitor.complaints.pack.office import find_office
from monitor.complaints.pack.work import Work


def report_work(work: Work, ranges: dict[str, PageRange], *, compact: bool) -> PackReport:
    """The report of a pack whose folder is filled."""
    report = make_report(
        work.file, work.opened.channel.id, work.opened, work.prepared, ranges, work.of_exhibit, work.masker,
        at=work.at, compact=compact,
    )  # fmt: skip
    return replace(report, files=work.folder.files, warnings=(*report.warnings, *work.warnings))


def make_report(
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
    """What is told of a pack, be it written or only previewed; `paths` by exhibit number."""
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
