"""A file that somebody else made joins the history under its mark, once, and settles nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.bring_in import THIRD_PARTY, BringerWord, BroughtIn, bring_in, guess_role
from monitor.selectors import Selectors
from monitor.watch import record_capture
from scrapers.content import content_of
from scrapers.model import Capture, Exchange, Origin, Outcome, Role, Vantage, View, ViewKind
from scrapers.saved import open_saved
from scrapers.saved.page import digest_of
from storage.archive import Archive, open_archive
from storage.captures import last_capture, list_captures
from storage.changes import list_changes, pending_changes, unalerted
from storage.ids import new_id
from storage.model import ChangeStatus
from storage.pages import ensure_page
from storage.versions import versions_around
from storage.wacz import export_wacz

from .files import NOW, TERMS_URL, har_bytes, mhtml_bytes, page_html, shop_warc, write

MARCH_1 = datetime(2024, 3, 1, 2, 0, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    root = tmp_path / "archive"
    opened = open_archive(root, f"sqlite:///{root / 'cardwatch.db'}", at=NOW, minimum_free_megabytes=0)
    yield opened
    opened.close()


def import_file(
    archive: Archive, path: Path, *, url: str = "", claimed_at: datetime | None = None, platform: str = "示例卡盟"
) -> tuple[BroughtIn, ...]:
    captures = open_saved(path, url=url, claimed_at=claimed_at, at=NOW, make_id=lambda: new_id("capture", NOW))
    return bring_in(archive, captures, (), BringerWord(platform, Role.TERMS, claimed_at))


def watch(archive: Archive, days: int, at: datetime) -> None:
    """Keep a capture of our own, as a run does."""
    with archive.database.writing() as session:
        page = ensure_page(session, "示例卡盟", TERMS_URL, Role.TERMS, "desktop", at)
    dom = page_html(days).encode()
    seen = Capture(new_id("capture", at), TERMS_URL, TERMS_URL, Vantage(), at, at, Outcome.COMPLETE, status=200)
    record_capture(archive, replace(seen, views=(make_view(ViewKind.DOM, dom),)), page, Selectors())


def make_view(kind: ViewKind, data: bytes, name: str = "") -> View:
    media_type = {ViewKind.SCREENSHOT: "image/png", ViewKind.POPUP_TEXT: "text/plain"}.get(kind, "text/html")
    return View(kind, media_type, data, digest_of(data), name=name)


def test_imported_page_is_kept_whole_and_loads_as_it_was(archive: Archive, tmp_path: Path) -> None:
    path = write(tmp_path, "page.mhtml", mhtml_bytes())
    (item,) = import_file(archive, path)
    loaded = archive.load_capture(item.capture.id)
    assert loaded.origin is Origin.IMPORTED
    assert loaded.claimed_at == MARCH_1
    original = next(view for view in loaded.views if view.kind is ViewKind.SOURCE_FILE)
    assert original.data == path.read_bytes()
    assert item.read
    assert item.capture.seen_at == MARCH_1
    assert dict(item.capture.missing)["origin"]


def test_warc_with_several_pages_gives_each_its_page_and_exchanges(archive: Archive, tmp_path: Path) -> None:
    items = import_file(archive, write(tmp_path, "crawl.warc.gz", shop_warc().data()))
    assert [item.page.url for item in items] == ["http://shop.test/buy/1", TERMS_URL]
    loaded = archive.load_capture(items[0].capture.id)
    assert [exchange.body for exchange in loaded.exchanges if exchange.resource_type == "xhr"] == [b'{"stock": 12}']


def test_same_file_again_is_recognised_and_nothing_is_doubled(archive: Archive, tmp_path: Path) -> None:
    path = write(tmp_path, "crawl.warc.gz", shop_warc().data())
    first = import_file(archive, path)
    again = import_file(archive, write(tmp_path, "renamed", path.read_bytes()))
    assert [item.known for item in again] == [True, True]
    assert [item.capture.id for item in again] == [item.capture.id for item in first]
    with archive.database.reading() as session:
        assert len(list_captures(session)) == 2


def test_changes_beside_our_own_captures_are_claimed_and_marked(archive: Archive, tmp_path: Path) -> None:
    watch(archive, 3, MARCH_1 + timedelta(days=30))
    (item,) = import_file(archive, write(tmp_path, "page.mhtml", mhtml_bytes()))
    assert item.changes
    for change in item.changes:
        assert change.status is ChangeStatus.CLAIMED
        assert THIRD_PARTY in change.difference.kinds
        assert change.difference.reason.startswith("（依据第三方文件")
        assert change.before_capture == item.capture.id
    assert any("3" in change.difference.after for change in item.changes)


def test_import_confirms_nothing_and_is_no_baseline_for_our_own(archive: Archive, tmp_path: Path) -> None:
    watch(archive, 7, MARCH_1 - timedelta(days=2))
    watch(archive, 3, MARCH_1 - timedelta(days=1))
    with archive.database.reading() as session:
        page = list_captures(session)[0].page
        pending = pending_changes(session, page.id)
    assert pending
    saved = mhtml_bytes().replace(b"1 Mar 2024", b"2 Mar 2024")
    import_file(archive, write(tmp_path, "page.mhtml", saved))
    with archive.database.reading() as session:
        assert pending_changes(session, page.id) == pending
        own = last_capture(session, page.id)
        assert own is not None
        assert own.origin is Origin.OWN
    watch(archive, 3, MARCH_1 + timedelta(days=3))
    with archive.database.reading() as session:
        assert pending_changes(session, page.id) == ()
        confirmed = list_changes(session, status=ChangeStatus.CONFIRMED)
    assert {change.id for change in pending} <= {change.id for change in confirmed}


def test_claimed_changes_are_not_sent_as_alerts(archive: Archive, tmp_path: Path) -> None:
    watch(archive, 3, MARCH_1 + timedelta(days=30))
    import_file(archive, write(tmp_path, "page.mhtml", mhtml_bytes()))
    told = (ChangeStatus.CONFIRMED, ChangeStatus.PENDING)
    with archive.database.reading() as session:
        assert not [c for c in unalerted(session, "X", statuses=told) if THIRD_PARTY in c.difference.kinds]


def test_import_is_found_at_its_claimed_time(archive: Archive, tmp_path: Path) -> None:
    (item,) = import_file(archive, write(tmp_path, "page.mhtml", mhtml_bytes()))
    with archive.database.reading() as session:
        before, after = versions_around(session, item.page.id, MARCH_1 + timedelta(days=1))
    assert before is not None
    assert (before.origin, before.seen_at) == (Origin.IMPORTED, MARCH_1)
    assert after is None


def test_page_without_a_claimed_time_is_compared_with_nothing(archive: Archive, tmp_path: Path) -> None:
    watch(archive, 3, MARCH_1)
    (item,) = import_file(archive, write(tmp_path, "page.html", page_html(7)), url=TERMS_URL)
    assert item.read
    assert item.changes == ()


def test_another_claim_on_the_same_file_is_another_capture(archive: Archive, tmp_path: Path) -> None:
    path = write(tmp_path, "page.html", page_html())
    import_file(archive, path, url=TERMS_URL)
    (item,) = import_file(archive, path, url=TERMS_URL, claimed_at=MARCH_1)
    assert not item.known
    (item,) = import_file(archive, path, url=TERMS_URL, claimed_at=MARCH_1)
    assert item.known


def test_a_claimed_day_is_compared_with_other_days_only(archive: Archive, tmp_path: Path) -> None:
    day = datetime(2024, 2, 29, 16, tzinfo=UTC)  # 1 March in Shanghai
    watch(archive, 3, day + timedelta(hours=9))
    path = write(tmp_path, "page.html", page_html(7))

    def bring(*, day_only: bool) -> BroughtIn:
        captures = open_saved(
            path, url=TERMS_URL, claimed_at=day, at=NOW, make_id=lambda: new_id("capture", NOW), day_only=day_only
        )
        return bring_in(archive, captures, (), BringerWord("示例卡盟", Role.TERMS, day))[0]

    item = bring(day_only=True)
    assert (item.capture.claims_day_only, item.capture.seen_at, item.changes) == (True, day, ())
    assert "no time given" in dict(item.capture.missing)["time of day"]
    assert bring(day_only=True).known
    exact = bring(day_only=False)
    assert exact.changes and not exact.known
    watch(archive, 15, day + timedelta(days=1, hours=1))
    other = write(tmp_path, "other.html", page_html(9))
    captures = open_saved(
        other, url=TERMS_URL, claimed_at=day, at=NOW, make_id=lambda: new_id("capture", NOW), day_only=True
    )
    (item,) = bring_in(archive, captures, (), BringerWord("示例卡盟", Role.TERMS, day))
    assert any("只称当日" in change.difference.reason and change.after_at > day for change in item.changes)


def test_locked_page_is_kept_as_evidence_but_not_read(archive: Archive, tmp_path: Path) -> None:
    lock = (
        "<html><head><title>用户登录</title></head><body><form><h2>用户登录</h2><p>请先登录后再查看本页内容</p>"
        "账号 <input name=user> 密码 <input type=password></form></body></html>"
    )
    (item,) = import_file(archive, write(tmp_path, "lock.html", lock), url=TERMS_URL)
    assert item.capture.outcome is Outcome.BLOCKED
    assert not item.read


@pytest.mark.parametrize(
    ("url", "title", "role"),
    [
        ("https://shop.test/terms", "", Role.TERMS),
        ("https://shop.test/p/9", "售后条款", Role.TERMS),
        ("https://shop.test/", "某某发卡", Role.HOME),
        ("https://shop.test", "", Role.HOME),
        ("https://shop.test/buy/12", "月卡", Role.PRODUCT),
        ("https://shop.test/a", "站点公告", Role.NOTICE),
    ],
)
def test_role_is_guessed_from_address_and_title(url: str, title: str, role: Role) -> None:
    assert guess_role(url, title) is role


def run_command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "monitor", "import", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=folder,
        env={"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": "", "PYTHONUTF8": "1"},
    )


def test_command_says_what_the_file_can_and_cannot_prove(tmp_path: Path) -> None:
    write(tmp_path, "config.toml", '[archive]\nminimum_free_megabytes = 0\n[[platforms]]\nname = "示例卡盟"\n')
    write(tmp_path, "page.mhtml", mhtml_bytes())
    told = run_command(tmp_path, "page.mhtml")
    assert told.returncode == 0, told.stderr
    for words in (
        "不能证明所称的时间",
        "Since its import the file is unchanged",
        "2024-03-01 10:00:00 +08:00",
        "guessed",
    ):
        assert words in told.stdout
    again = run_command(tmp_path, "page.mhtml", "--json")
    data = json.loads(again.stdout)
    assert data["captures"][0]["known"] is True
    assert data["captures"][0]["capture"]["third_party"] is True
    assert again.returncode == 0


def test_command_refuses_wrong_use_by_name(tmp_path: Path) -> None:
    write(tmp_path, "config.toml", "")
    write(tmp_path, "page.html", page_html())
    for arguments, word in (
        (("none.html",), "none.html"),
        (("page.html",), "--url"),
        (("page.html", "--url", "ftp://x/"), "--url"),
        (("page.html", "--url", TERMS_URL, "--claimed-time", "sometime"), "--claimed-time"),
        (("page.html", "--url", TERMS_URL, "--claimed-time", "2190-01-01"), "future"),
        (("page.html", "--role", "shop"), "role"),
    ):
        told = run_command(tmp_path, *arguments)
        assert told.returncode == 2, (arguments, told)
        assert word in told.stderr
        assert "Traceback" not in told.stderr


def test_export_of_another_archive_comes_in_with_what_its_browser_saw(archive: Archive, tmp_path: Path) -> None:
    """The rendered page, its frame and its pop-up are read, not the empty shell that the server sent."""
    shell = b"<html><head><title>\xe5\xba\x97</title></head><body><div id=app></div></body></html>"
    at = MARCH_1
    with archive.database.writing() as session:
        page = ensure_page(session, "示例卡盟", TERMS_URL, Role.TERMS, "desktop", at)
    main = Exchange(
        *(1, TERMS_URL, "GET", at, "document"),
        request_headers=(("Sec-Fetch-Dest", "document"), ("User-Agent", "Mozilla/5.0")),
        status=200,
        response_headers=(("Content-Type", "text/html"),),
        body=shell,
        main_document=True,
    )
    data = replace(
        main,
        sequence=2,
        url="https://shop.test/api",
        resource_type="fetch",
        request_headers=(("Referer", TERMS_URL), ("Sec-Fetch-Dest", "empty")),
        response_headers=(("Content-Type", "application/json"),),
        body=b'{"price": "9.90"}',
        main_document=False,
    )
    views = (
        make_view(ViewKind.DOM, page_html(7).encode()),
        make_view(ViewKind.TEXT, "售后条款\n一、…".encode()),
        make_view(ViewKind.FRAME_DOM, "<p>框架内的公告</p>".encode(), name="https://shop.test/frame"),
        make_view(ViewKind.POPUP_TEXT, "公告：本店不退款".encode(), name="1"),
        make_view(ViewKind.SCREENSHOT, b"\x89PNG-picture"),
    )
    seen = Capture(new_id("capture", at), TERMS_URL, TERMS_URL, Vantage(), at, at, Outcome.COMPLETE, status=200)
    stored = archive.keep_capture(replace(seen, exchanges=(main, data), views=views), page)
    export_wacz(archive, stored.id, tmp_path / "evidence.wacz", at=stored.ended_at)

    (capture,) = open_saved(tmp_path / "evidence.wacz", url="", claimed_at=None, at=NOW, make_id=lambda: "c-2")
    content = content_of(capture)
    assert "购买后7天内" in content.dom
    assert "框架内的公告" in content.frames[0].dom
    assert content.popups == ("公告：本店不退款",)
    assert [answer.body for answer in content.answers] == ['{"price": "9.90"}']
    assert next(view.data for view in capture.views if view.kind is ViewKind.SCREENSHOT) == b"\x89PNG-picture"
    assert capture.claimed_at == at
    assert capture.outcome is Outcome.COMPLETE
    assert capture.origin is Origin.IMPORTED


def test_half_characters_and_odd_names_are_kept_without_an_error(archive: Archive, tmp_path: Path) -> None:
    log = json.loads(har_bytes())
    for entry in log["log"]["entries"]:
        entry["response"]["headers"].append({"name": "X-Odd", "value": "\ud800 half\x00"})
        entry["request"]["url"] += "?q=\ud83d"
        entry["response"]["statusText"] = "\udfff"
    log["log"]["creator"]["name"] = "\ud800"
    path = tmp_path / os.fsdecode(b"odd \xff\n name.har")
    path.write_bytes(json.dumps(log).encode())
    (item,) = import_file(archive, path, url=TERMS_URL)
    assert archive.load_capture(item.capture.id).origin is Origin.IMPORTED
