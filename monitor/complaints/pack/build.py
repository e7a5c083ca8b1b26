"""Builds the pack of a case for one channel: letters, list of evidence with true pages, evidence, proofs, guide.

Takes an open archive and a case file; writes a folder or a ZIP and gives a report. Masked copies and redacted exports
become entries of the custody log, once. The same case, moment and browser give the same bytes. Nothing is submitted.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.complaints.model import CaseFile, Exhibit
from monitor.complaints.pack.booklet import Booklet
from monitor.complaints.pack.captures import prepare_capture
from monitor.complaints.pack.compact_form import write_compact
from monitor.complaints.pack.folder import PackFolder
from monitor.complaints.pack.full_form import write_full
from monitor.complaints.pack.gate import open_pack
from monitor.complaints.pack.masks import Masker
from monitor.complaints.pack.model import PackReport, Prepared
from monitor.complaints.pack.packable import list_packable, make_masker
from monitor.complaints.pack.prepare import Preparer
from monitor.complaints.pack.press import Press
from monitor.complaints.pack.report import make_report
from monitor.complaints.pack.reporter import hides_reporter, leave_out_report
from monitor.complaints.pack.work import Tell, Work
from storage.objects import digest_file

if TYPE_CHECKING:
    from monitor.config.complaints import ComplaintSettings
    from scrapers.process import FoundBrowser
    from storage.archive import Archive


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
        work = Work(
            archive, file, settings, at, kept, masker, PackFolder(temporary / "pack"), temporary, press, tell, opened,
            prepared, hides_reporter(channel, disclose=disclose), disclose,
        )  # fmt: skip
        booklet = Booklet(press, temporary)
        for number, one in enumerate(prepared, 1):
            tell(f"印制证{one.exhibit.number}（{number}/{len(prepared)}）")
            booklet.add(one)
        report = write_compact(work, booklet) if compact else write_full(work, booklet)
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
    return make_report(file, channel, opened, prepared, {}, {}, masker, at=at, compact=compact)


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


def _finish(report: PackReport, out: Path, new_copies: int) -> PackReport:
    digest, size = digest_file(out) if out.is_file() else ("", sum(made.bytes for made in report.files))
    return replace(report, out=out, new_copies=new_copies, bytes=size, sha256=digest)
