"""A past made by hand: visits of one page kept in a real archive, read then by this release or by an older one."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.page_result import PageResult
from monitor.selectors import Selectors
from monitor.watch import record_capture
from scrapers.model import Capture, Exchange, Outcome, Role, Vantage, View, ViewKind
from storage.archive import Archive, open_archive
from storage.ids import new_id
from storage.model import StoredCapture, Version, WatchedPage
from storage.pages import ensure_page
from storage.versions import insert_version

BEGAN = datetime(2026, 3, 1, 4, tzinfo=UTC)
URL = "https://shop.test/terms"


def open_past(folder: Path) -> Archive:
    """An empty archive."""
    return open_archive(folder, f"sqlite:///{folder}/cardwatch.db", at=BEGAN, minimum_free_megabytes=1)


def html_of(*lines: str, around: str = "<main>{}</main>") -> str:
    """A page of rules; `around` is what stands around them."""
    body = around.format("".join(f"<p>{line}</p>" for line in lines))
    head = '<!doctype html><html lang="zh"><head><title>售后条款</title></head>'
    return f"{head}<body><h1>售后条款</h1>{body}</body></html>"


def text_of(html: str) -> str:
    """What a browser would lay out of it."""
    return re.sub(r"\n+", "\n", re.sub(r"<[^>]+>", "\n", html.split("<body>")[1])).strip()


@dataclass
class Past:
    """Visits in order, an hour apart, as the watcher records them."""

    archive: Archive
    role: Role = Role.TERMS
    url: str = URL
    selectors: Selectors = field(default_factory=Selectors)
    hours: int = 0

    @property
    def page(self) -> WatchedPage:
        with self.archive.database.writing() as session:
            return ensure_page(session, "示例卡盟", self.url, self.role, "desktop", BEGAN)

    def visit(self, html: str, *, outcome: Outcome = Outcome.COMPLETE, text: str | None = None) -> PageResult:
        """Visit the page and let the watcher do all its work."""
        return record_capture(self.archive, self.capture(html, outcome=outcome, text=text), self.page, self.selectors)

    def keep(self, html: str) -> StoredCapture:
        """Keep a visit without reading it."""
        return self.archive.keep_capture(self.capture(html), self.page)

    def read_as(self, stored: StoredCapture, version: Version, release: str) -> None:
        """Put in what an older release is supposed to have read."""
        older = replace(version, id=new_id("version", BEGAN), capture_id=stored.id, seen_at=stored.seen_at)
        older = replace(older, reading=replace(version.reading, release=release))
        with self.archive.database.writing() as session:
            insert_version(session, older)

    def capture(self, html: str, *, outcome: Outcome = Outcome.COMPLETE, text: str | None = None) -> Capture:
        """One visit, an hour after the last."""
        at = BEGAN + timedelta(hours=self.hours)
        self.hours += 1
        views = [_view(ViewKind.DOM, "text/html", html), _view(ViewKind.TEXT, "text/plain", text or text_of(html))]
        document = Exchange(
            sequence=0,
            url=self.url,
            method="GET",
            started_at=at,
            resource_type="document",
            status=200,
            response_headers=(("Content-Type", "text/html; charset=utf-8"),),
            body=html.encode(),
            main_document=True,
        )
        return Capture(
            id=new_id("capture", at),
            url=self.url,
            final_url=self.url,
            vantage=Vantage(),
            started_at=at,
            ended_at=at + timedelta(seconds=2),
            outcome=outcome,
            status=200,
            title="售后条款",
            exchanges=(document,),
            views=tuple(views),
            browser="made by hand",
        )


def _view(kind: ViewKind, media_type: str, text: str) -> View:
    data = text.encode()
    return View(kind, media_type, data, hashlib.sha256(data).hexdigest())
