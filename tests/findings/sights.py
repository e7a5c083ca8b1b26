"""Pages, what they showed and when, and changes between two of them, for the findings' tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor.changes.compare import compare_readings
from monitor.findings.model import Sight
from scrapers.model import Block, BlockKind, Origin, Reading, Role
from storage.model import Change, ChangeStatus, Version, WatchedPage

DAY = timedelta(days=1)
START = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
_KINDS = {Role.TERMS: BlockKind.TERMS, Role.NOTICE: BlockKind.NOTICE, Role.PRODUCT: BlockKind.DESCRIPTION}


def page(role: Role, path: str = "", *, vantage: str = "desktop") -> WatchedPage:
    """A watched page of the shop."""
    path = path or f"/{role}"
    return WatchedPage(f"{path}@{vantage}", "示例小铺", f"https://shop.test{path}", role, vantage)


def sight(of: WatchedPage, day: float, text: str, *, images: tuple[str, ...] = ()) -> Sight:
    """What a page showed so many days after the start."""
    block = Block(_KINDS.get(of.role, BlockKind.OTHER), text, images=images)
    reading = Reading("generic", 0.5, "1", "", text, blocks=(block,))
    capture = f"c-{of.id}-{day:g}"
    return Sight(of, Version(f"v-{capture}", capture, of.id, START + day * DAY, Origin.OWN, reading))


def with_block(of: Sight, block: Block) -> Sight:
    """The sight with one more block, which stands outside the page's text."""
    reading = replace(of.version.reading, blocks=(*of.version.reading.blocks, block))
    return replace(of, version=replace(of.version, reading=reading))


def changes_between(old: Sight, new: Sight, *, status: ChangeStatus = ChangeStatus.CONFIRMED) -> list[Change]:
    """The changes that a comparison of two sights gives."""
    differences = compare_readings(old.version.reading, new.version.reading, role=old.page.role)
    return [
        Change(
            f"ch-{number}", old.page, old.version.capture_id, new.version.capture_id, old.at, new.at, status, "", one
        )
        for number, one in enumerate(differences)
    ]
