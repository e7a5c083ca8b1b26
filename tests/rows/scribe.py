"""A small hand that writes captures, versions and changes into it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from scrapers.model import Fact, FactKind, Origin, Outcome, Reading, Role
from storage.captures import insert_capture
from storage.changes import insert_changes
from storage.ids import new_id
from storage.model import (
    Change,
    ChangeClass,
    ChangeStatus,
    Difference,
    Effect,
    Severity,
    StoredCapture,
    Version,
    WatchedPage,
)
from storage.pages import ensure_page
from storage.session import Database
from storage.versions import insert_version

NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)


@dataclass
class Scribe:
    """Writes rows; `hours` count from noon of 1 March 2026 in Shanghai."""

    database: Database
    start: datetime = NOON
    pages: dict[str, WatchedPage] = field(default_factory=dict)

    def page(self, url: str = "https://shop.test/terms", platform: str = "示例卡盟") -> WatchedPage:
        with self.database.writing() as session:
            return ensure_page(session, platform, url, Role.TERMS, "desktop", self.start)

    def capture(
        self,
        hours: float,
        page: WatchedPage | None = None,
        *,
        outcome: Outcome = Outcome.COMPLETE,
        claimed_hours: float | None = None,
    ) -> StoredCapture:
        at = self.start + timedelta(hours=hours)
        claimed = None if claimed_hours is None else self.start + timedelta(hours=claimed_hours)
        capture = StoredCapture(
            id=new_id("capture", at),
            page=page or self.page(),
            started_at=at,
            ended_at=at + timedelta(seconds=3),
            outcome=outcome,
            reason="timeout" if outcome is Outcome.FAILED else "",
            detail="",
            missing=(("image https://shop.test/a.png", "timeout"),),
            status=200,
            final_url="https://shop.test/terms",
            title="售后条款",
            warc="",
            warc_bytes=0,
            manifest="",
            certificate_error="",
            full_views=True,
            origin=Origin.OWN if claimed_hours is None else Origin.IMPORTED,
            claimed_at=claimed,
            source_file="",
            previous="",
        )
        with self.database.writing() as session:
            insert_capture(session, capture, ())
        return capture

    def read(self, capture: StoredCapture, text: str, *, release: str = "2026.11.1") -> Version:
        reading = Reading("generic", 0.6, release, "售后条款", text, (Fact("a", FactKind.PRICE, "9.9"),))
        version = Version(
            new_id("version", capture.started_at), capture.id, capture.page.id, capture.seen_at, capture.origin, reading
        )
        with self.database.writing() as session:
            insert_version(session, version)
        return version

    def change(
        self,
        capture: StoredCapture,
        *,
        severity: Severity = Severity.HIGH,
        change_class: ChangeClass = ChangeClass.RULE,
        status: ChangeStatus = ChangeStatus.PENDING,
    ) -> Change:
        difference = Difference(
            change_class, severity, Effect.WORSE, ("window_shortened",), "补发期", "7天", "3天", "补发期由7天缩短为3天"
        )
        change = Change(
            id=new_id("change", capture.started_at),
            page=capture.page,
            before_capture="",
            after_capture=capture.id,
            before_at=None,
            after_at=capture.seen_at,
            status=status,
            settled_by="",
            difference=difference,
        )
        with self.database.writing() as session:
            insert_changes(session, [change])
        return change
