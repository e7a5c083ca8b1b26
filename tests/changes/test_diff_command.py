"""`cardwatch diff` compares two captures of the archive, and says why when it cannot."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.changes.compare import read_plain
from monitor.cli.main import group
from scrapers.model import Capture, Outcome, Role, Vantage, View, ViewKind
from storage.archive import Archive, open_archive
from storage.ids import new_id
from storage.model import StoredCapture, Version
from storage.pages import ensure_page
from storage.versions import insert_version

NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)


@dataclass
class Shelf:
    """An archive with a configuration beside it, and the command line on it."""

    folder: Path
    archive: Archive

    def diff(self, *arguments: str) -> Result:
        return CliRunner().invoke(group, ["diff", "--config", str(self.folder / "config.toml"), *arguments])

    def keep(self, hours: int, text: str, *, read: bool = True, url: str = "https://shop.test/terms") -> StoredCapture:
        at = NOON + timedelta(hours=hours)
        body = f"<html><body><h1>售后规则</h1><p>{text}</p></body></html>".encode()
        capture = Capture(
            id=new_id("capture", at),
            url=url,
            final_url=url,
            vantage=Vantage(),
            started_at=at,
            ended_at=at,
            outcome=Outcome.COMPLETE if text else Outcome.BLOCKED,
            reason="" if text else "maintenance",
            status=200,
            title="售后规则",
            views=(View(ViewKind.DOM, "text/html", body, hashlib.sha256(body).hexdigest()),),
            browser="Chromium 156",
        )
        with self.archive.database.writing() as session:
            page = ensure_page(session, "示例卡盟", url, Role.TERMS, "desktop", NOON)
        stored = self.archive.keep_capture(capture, page)
        if text and read:
            version = Version(
                new_id("version", at), capture.id, page.id, stored.seen_at, capture.origin, read_plain(text)
            )
            with self.archive.database.writing() as session:
                insert_version(session, version)
        return stored


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    (tmp_path / "config.toml").write_text('[archive]\npath = "archive"\n', encoding="utf-8")
    folder = tmp_path / "archive"
    archive = open_archive(folder, f"sqlite:///{folder}/cardwatch.db", at=NOON)
    yield Shelf(tmp_path, archive)
    archive.close()


def test_a_grave_change_is_told_with_both_captures_and_times(shelf: Shelf) -> None:
    one, two = shelf.keep(0, "坏卡7天包换。"), shelf.keep(24, "坏卡3天包换。")
    done = shelf.diff(one.id, two.id)
    assert done.exit_code == 3
    for words in (one.id, two.id, "2026-03-01", "2026-03-02", "+08:00", "[-7天-]{+3天+}"):
        assert words in done.stdout


def test_json_and_html_say_the_same(shelf: Shelf, tmp_path: Path) -> None:
    one, two = shelf.keep(0, "坏卡7天包换。"), shelf.keep(24, "坏卡3天包换。")
    target = tmp_path / "redline.html"
    done = shelf.diff(one.id, two.id, "--json", "--html", str(target))
    (change,) = json.loads(done.stdout)["changes"]
    assert change["reason"] in target.read_text(encoding="utf-8")


def test_a_capture_without_a_version_is_read_now(shelf: Shelf) -> None:
    one, two = shelf.keep(0, "坏卡7天内全额退款。", read=False), shelf.keep(24, "坏卡一律不退款。", read=False)
    answer = json.loads(shelf.diff(one.id, two.id, "--json").stdout)
    assert "refund_removed" in answer["kinds"]


def test_equal_captures_end_with_status_0(shelf: Shelf) -> None:
    one, two = shelf.keep(0, "坏卡7天包换。"), shelf.keep(24, "坏卡7天包换。")
    done = shelf.diff(one.id, two.id)
    assert (done.exit_code, "没有变化" in done.stdout) == (0, True)


def test_the_order_of_times_and_other_pages_are_pointed_out(shelf: Shelf) -> None:
    one, two = shelf.keep(0, "坏卡7天包换。"), shelf.keep(24, "坏卡7天包换。", url="https://shop.test/other")
    words = shelf.diff(two.id, one.id).stderr
    assert "newer" in words
    assert "two different pages" in words


def test_two_different_pages_are_no_grave_change(shelf: Shelf) -> None:
    one, other = shelf.keep(0, "坏卡7天内全额退款。"), shelf.keep(24, "坏卡一律不退款。", url="https://shop.test/other")
    same = shelf.keep(48, "坏卡一律不退款。")
    assert shelf.diff(one.id, same.id).exit_code == 3
    done = shelf.diff(one.id, other.id)
    assert done.exit_code == 0 and "https://shop.test/other" in done.stderr and "no change" in done.stderr


def test_what_cannot_be_compared_is_said(shelf: Shelf) -> None:
    one, blocked = shelf.keep(0, "坏卡7天包换。"), shelf.keep(24, "")
    done = shelf.diff(one.id, blocked.id)
    assert (done.exit_code, "maintenance" in done.stderr) == (6, True)
    unknown = shelf.diff(one.id, "c-unknown")
    assert (unknown.exit_code, "c-unknown" in unknown.stderr) == (6, True)
