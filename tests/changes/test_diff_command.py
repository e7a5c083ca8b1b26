"""`cardwatch diff` compares two captures of the archive, and says why when it cannot."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import resources
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from conftest import run_async
from pictures.drawing import draw_page, rules
from pypdf import PdfReader
from terminal import invoke_apart

from monitor.changes.compare import compare_texts, read_plain
from monitor.cli.main import group
from scrapers.model import Capture, Outcome, Role, Vantage, View, ViewKind
from scrapers.printing import Document, print_documents
from scrapers.process import find_browser
from storage.archive import Archive, open_archive
from storage.changes import insert_changes
from storage.ids import new_id
from storage.model import Change, ChangeStatus, StoredCapture, Version
from storage.pages import ensure_page
from storage.versions import insert_version

NOON = datetime(2026, 3, 1, 4, tzinfo=UTC)


@dataclass
class Shelf:
    """An archive with a configuration beside it, and the command line on it."""

    folder: Path
    archive: Archive

    def diff(self, *arguments: str) -> Result:
        return invoke_apart(group, ["diff", "--config", str(self.folder / "config.toml"), *arguments])

    def keep(
        self,
        hours: int,
        text: str,
        *,
        read: bool = True,
        url: str = "https://shop.test/terms",
        pictures: tuple[View, ...] = (),
    ) -> StoredCapture:
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
            views=(View(ViewKind.DOM, "text/html", body, hashlib.sha256(body).hexdigest()), *pictures),
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


def test_captures_in_between_are_told_and_a_known_change_names_its_own_two(shelf: Shelf) -> None:
    one, two = shelf.keep(0, "坏卡7天包换。"), shelf.keep(24, "坏卡7天包换。")
    three, four = shelf.keep(48, "坏卡3天包换。"), shelf.keep(72, "坏卡3天包换。")
    assert "其间另有 2 次抓取" in shelf.diff(one.id, four.id).stdout
    (difference,) = compare_texts("坏卡7天包换。", "坏卡3天包换。")
    known = Change(
        new_id("change", three.seen_at), three.page, two.id, three.id, two.seen_at, three.seen_at,
        ChangeStatus.CONFIRMED, four.id, difference,
    )  # fmt: skip
    with shelf.archive.database.writing() as session:
        insert_changes(session, [known])
    told = shelf.diff(one.id, four.id).stdout
    assert "最后一次见到旧文：2026-03-02 12:00；首次见到新文：2026-03-03 12:00。间隔期间（24 小时）未观察" in told


def picture(lines: list[str], kind: ViewKind = ViewKind.SCREENSHOT, name: str = "") -> View:
    data = draw_page(lines)
    return View(kind, "image/png", data, hashlib.sha256(data).hexdigest(), name)


def test_screenshots_and_pop_ups_are_compared_in_the_redline_and_in_a_folder(shelf: Shelf, tmp_path: Path) -> None:
    before, after = rules(20), [*rules(6), "one more rule", *rules(14, 6)]
    popup = picture(["no refunds"], ViewKind.POPUP_SCREENSHOT, "popup 1")
    one = shelf.keep(0, "坏卡7天包换。", pictures=(picture(before),))
    two = shelf.keep(24, "坏卡3天包换。", pictures=(picture(after), popup))
    page, folder = tmp_path / "redline.html", tmp_path / "pictures"
    shelf.diff(one.id, two.id, "--html", str(page), "--pictures", str(folder))
    told = json.loads((folder / "comparison.json").read_text(encoding="utf-8"))
    assert [sheet["title"] for sheet in told["sheets"]] == ["整页", "弹窗 1"]
    assert [[mark["kind"] for mark in sheet["marks"]] for sheet in told["sheets"]] == [["added"], ["added"]]
    assert (told["before"]["capture"], told["after"]["capture"]) == (one.id, two.id)
    for side in ("before", "after"):
        for file in told[side]["files"]:
            assert hashlib.sha256((folder / file["file"]).read_bytes()).hexdigest() == file["sha256"]
    redline = page.read_text(encoding="utf-8")
    assert redline.count("data:image/png;base64,") == 4
    assert "截图对照" in redline and "没有出现此弹窗" in redline
    viewer = (folder / "index.html").read_text(encoding="utf-8")
    assert "script-src 'sha256-" in viewer and one.manifest in viewer


def test_a_folder_of_pictures_holds_one_comparison_and_nothing_is_written_over(shelf: Shelf, tmp_path: Path) -> None:
    popup = picture(["no refunds"], ViewKind.POPUP_SCREENSHOT, "popup 1")
    one = shelf.keep(0, "坏卡7天包换。", pictures=(picture(rules(20)), popup))
    two = shelf.keep(24, "坏卡3天包换。", pictures=(picture(rules(6)),))
    folder = tmp_path / "pictures"
    folder.mkdir()
    (folder / "index.html").write_text("a page of mine", encoding="utf-8")
    refused = shelf.diff(one.id, two.id, "--pictures", str(folder))
    assert refused.exit_code == 2 and "other files" in refused.stderr
    assert [file.read_text(encoding="utf-8") for file in folder.iterdir()] == ["a page of mine"]
    (folder / "index.html").unlink()
    shelf.diff(one.id, two.id, "--pictures", str(folder))
    assert (folder / "old-popup-2.png").exists()
    shelf.diff(two.id, two.id, "--pictures", str(folder))
    assert sorted(file.name for file in folder.glob("*.png")) == ["new-screenshot-1.png", "old-screenshot-1.png"]
    (folder / "comparison.json").unlink()
    (folder / "comparison.json").symlink_to(tmp_path / "elsewhere.json")
    assert shelf.diff(one.id, two.id, "--pictures", str(folder)).exit_code == 2
    assert not (tmp_path / "elsewhere.json").exists()


def test_a_redline_without_screenshots_says_so_and_a_folder_of_them_is_refused(shelf: Shelf, tmp_path: Path) -> None:
    one, two = shelf.keep(0, "坏卡7天包换。"), shelf.keep(24, "坏卡3天包换。")
    page = tmp_path / "redline.html"
    shelf.diff(one.id, two.id, "--html", str(page))
    assert "未附截图" in page.read_text(encoding="utf-8")
    done = shelf.diff(one.id, two.id, "--pictures", str(tmp_path / "pictures"))
    assert (done.exit_code, "no screenshot" in done.stderr) == (6, True)


def test_the_redline_is_printed_as_pdf(shelf: Shelf, tmp_path: Path) -> None:
    if find_browser(os.environ) is None:
        pytest.skip("no Chromium here")
    one, two = shelf.keep(0, "坏卡7天包换。"), shelf.keep(24, "坏卡3天包换。")
    target = tmp_path / "redline.pdf"
    assert shelf.diff(one.id, two.id, "--pdf", str(target)).exit_code == 3
    text = "".join(page.extract_text() for page in PdfReader(target).pages)
    text = "".join(text.split())
    assert one.manifest[:16] in text
    assert "7天→3天（缩短，对买家不利）" in text


def test_the_timeline_of_a_page_is_given_as_json_and_as_a_picture(shelf: Shelf, tmp_path: Path) -> None:
    one, two = shelf.keep(0, "坏卡7天包换。"), shelf.keep(24, "")
    target = tmp_path / "timeline.svg"
    command = ["timeline", "--config", str(shelf.folder / "config.toml"), "示例卡盟", "--json", "--svg", str(target)]
    done = CliRunner().invoke(group, command)
    (page,) = json.loads(done.stdout)["pages"]
    assert page["looks"] == {"complete": 1, "blocked": 1}
    assert page["page"]["id"] == one.page.id == two.page.id
    assert "被拦 1 maintenance" in target.read_text(encoding="utf-8")


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


def test_digests_can_be_copied_from_a_printed_page() -> None:
    found = find_browser(os.environ)
    if found is None:
        pytest.skip("no Chromium here")
    digest = "ffeb8dfffi00fl11ffb8"  # fonts that join letters give ff, fi and fl back as one sign each
    style = resources.files("monitor.reference").joinpath("redline.css").read_text("utf-8")
    html = f"<!doctype html><meta charset=utf-8><style>{style}</style><p style='font-family:DejaVu Sans,serif'>{digest}"
    (pdf,) = run_async(print_documents(found, [Document(html)]))
    assert digest in "".join("".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())
