"""Plays the whole demo in a claimed folder: settings, archive, browser, walk, verdict, a complaint, files to look at.

Raises BrowserUnavailable where no browser is, and what the archive raises when it cannot keep.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from monitor.config.settings import load_settings
from monitor.demo.complaint import complain
from monitor.demo.event import Visit
from monitor.demo.folder import CONFIG, EXPORT, PACK, REDLINE
from monitor.demo.redline import write_redline
from monitor.demo.report import Report, make_report
from monitor.demo.script import VISITS
from monitor.demo.walk import Stage, walk_script
from monitor.export import export_capture
from scrapers.browser import find_browser
from scrapers.errors import BrowserUnavailable
from storage.archive import open_archive


def play_demo(
    folder: Path,
    *,
    environ: Mapping[str, str],
    now: datetime,
    visits: Sequence[Visit] = VISITS,
    report: Callable[[Stage], None] = lambda stage: None,
) -> Report:
    """Walk through the visits in this folder, which `claim_folder` made ready. `now` is the real time."""
    found = find_browser(environ)
    if found is None:
        raise BrowserUnavailable("no Chromium was found on this machine; `cardwatch doctor` says how to get one")
    settings = load_settings(folder / CONFIG, environ)
    began = time.monotonic()
    archive = open_archive(settings.archive.path, settings.archive.database, at=visits[0].at)
    try:
        walk = asyncio.run(walk_script(settings, archive, found, now=now, visits=visits, report=report))
        told = make_report(folder, time.monotonic() - began, walk)
        if told.grave:
            change = next(change for change in walk.changes if change.id == told.grave.change_id)
            write_redline(archive, change, folder / REDLINE)
            export_capture(archive, change.after_capture, folder / EXPORT, at=now)
            last = max(visit.at for visit in walk.visits) + timedelta(minutes=1)
            made = complain(archive, settings, found, walk.changes, at=last, out=folder / PACK)
            told = replace(told, complaint=made, seconds=time.monotonic() - began)
    finally:
        archive.close()
    return told
