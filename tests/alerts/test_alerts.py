"""A digest goes out once to each channel, whatever the channels do; the ledger is the archive's own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.alert_text import (
    MOST_CHARACTERS,
    RunSummary,
    notice_disk_full,
    notice_missed_runs,
    write_change,
    write_digest,
)
from monitor.alerts import keep_ledger, ping_heartbeat, send_digest
from monitor.config.settings import AlertChannel, AlertSettings
from scrapers.model import Origin, Outcome, Role
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
    WatchedPage,
)
from storage.pages import ensure_page
from storage.session import Database

from .listener import Listener, listen

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
SUMMARY = RunSummary("r-1", NOW - timedelta(minutes=1), NOW, planned=3, captured=2, failed=1)


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listen() as state:
        yield state


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{tmp_path / 'cardwatch.db'}")
    opened.migrate()
    yield opened
    opened.close()


def channels(*ports: int) -> AlertSettings:
    return AlertSettings(
        channels=tuple(AlertChannel(f"CHANNEL_{n}", f"json://127.0.0.1:{port}/") for n, port in enumerate(ports))
    )


def keep_change(
    database: Database,
    reason: str = "补发期由7天缩短为3天",
    *,
    severity: Severity = Severity.HIGH,
    status: ChangeStatus = ChangeStatus.CONFIRMED,
    seen_at: datetime = NOW - timedelta(hours=2),
) -> Change:
    with database.writing() as session:
        page = ensure_page(session, "示例卡盟", "https://shop.test/terms", Role.TERMS, "desktop", seen_at)
        capture = make_capture(page, seen_at)
        insert_capture(session, capture, [])
        change = make_change(reason, page=page, severity=severity, status=status, seen_at=seen_at)
        change = replace(change, after_capture=capture.id, before_capture="")
        insert_changes(session, [change])
    return change


def make_capture(page: WatchedPage, at: datetime) -> StoredCapture:
    return StoredCapture(
        id=new_id("capture", at),
        page=page,
        started_at=at,
        ended_at=at,
        outcome=Outcome.COMPLETE,
        reason="",
        detail="",
        missing=(),
        status=200,
        final_url=page.url,
        title="",
        warc="",
        warc_bytes=0,
        manifest="",
        certificate_error="",
        full_views=True,
        origin=Origin.OWN,
        claimed_at=None,
        source_file="",
        previous="",
    )


def make_change(
    reason: str,
    *,
    page: WatchedPage | None = None,
    severity: Severity = Severity.HIGH,
    status: ChangeStatus = ChangeStatus.CONFIRMED,
    seen_at: datetime = NOW,
    before: str = "7天内可申请补发",
    after: str = "3天内可申请补发",
) -> Change:
    return Change(
        id=new_id("change", seen_at),
        page=page or WatchedPage("p-1", "示例卡盟", "https://shop.test/terms", Role.TERMS, "desktop"),
        before_capture="c-1",
        after_capture="c-2",
        before_at=seen_at - timedelta(days=1),
        after_at=seen_at,
        status=status,
        settled_by="",
        difference=Difference(
            ChangeClass.RULE, severity, Effect.WORSE, ("window_shortened",), "补发", before, after, reason
        ),
    )


def tell(database: Database, settings: AlertSettings, summary: RunSummary = SUMMARY, at: datetime = NOW) -> list[str]:
    return list(send_digest(summary, settings, keep_ledger(database, settings, at=at), seconds=5).problems)


def test_digest_names_platform_change_time_and_command(database: Database, listener: Listener) -> None:
    change = keep_change(database)
    assert tell(database, channels(listener.port)) == []
    (sent,) = listener.bodies
    assert "示例卡盟" in sent["title"]
    assert "1 项严重变更" in sent["title"]
    for words in (
        "【严重】示例卡盟 · 售后条款页",
        "补发期由7天缩短为3天",
        "变更前：7天内可申请补发",
        "变更后：3天内可申请补发",
        "+08:00",
        f"cardwatch show {change.after_capture}",
        "失败 1 页",
    ):
        assert words in sent["message"] or words.replace("show", "diff") in sent["message"], words


def test_nothing_is_told_twice_and_nothing_new_is_no_message(database: Database, listener: Listener) -> None:
    keep_change(database)
    tell(database, channels(listener.port))
    tell(database, channels(listener.port))
    assert len(listener.bodies) == 1
    keep_change(database, "退款条款被删除")
    tell(database, channels(listener.port))
    assert len(listener.bodies) == 2
    assert "补发期" not in listener.bodies[1]["message"]


def test_failing_channel_is_told_at_the_next_run_and_the_others_go_on(database: Database) -> None:
    keep_change(database)
    with listen() as broken, listen() as healthy:
        broken.answer = 500
        settings = channels(broken.port, healthy.port)
        (problem,) = tell(database, settings)
        assert "CHANNEL_0" in problem
        assert "next run" in problem
        assert str(broken.port) not in problem
        broken.answer = 200
        assert tell(database, settings) == []
        assert (len(broken.bodies), len(healthy.bodies)) == (1, 1)


def test_hanging_channel_costs_its_deadline_and_no_more(database: Database, listener: Listener) -> None:
    keep_change(database)
    listener.hang = True
    settings = channels(listener.port)
    started = time.perf_counter()
    result = send_digest(SUMMARY, settings, keep_ledger(database, settings, at=NOW), seconds=0.5)
    assert time.perf_counter() - started < 5
    assert "within 0.5 s" in result.problems[0]


def test_unset_and_unknown_addresses_are_told_by_their_variable(database: Database) -> None:
    keep_change(database)
    settings = AlertSettings(channels=(AlertChannel("UNSET", ""), AlertChannel("ODD", "nonsense://secret-token")))
    unset, odd = tell(database, settings)
    assert "UNSET is not set" in unset
    assert "ODD" in odd
    assert "secret-token" not in odd


def test_mild_blinked_claimed_and_old_changes_are_not_told(database: Database, listener: Listener) -> None:
    keep_change(database, "措辞", severity=Severity.LOW)
    keep_change(database, "闪回", status=ChangeStatus.BLINKED)
    keep_change(database, "第三方", status=ChangeStatus.CLAIMED)
    keep_change(database, "旧事", seen_at=NOW - timedelta(days=30))
    keep_change(database, "刚见", status=ChangeStatus.PENDING, seen_at=NOW - timedelta(minutes=5))
    tell(database, channels(listener.port))
    assert listener.bodies == []


def test_grave_change_left_without_a_second_look_is_told_as_unconfirmed(database: Database, listener: Listener) -> None:
    keep_change(database, status=ChangeStatus.PENDING, seen_at=NOW - timedelta(hours=3))
    tell(database, channels(listener.port))
    assert "尚待后一次抓取确认" in listener.bodies[0]["message"]


def test_two_runs_at_once_tell_it_once(database: Database, listener: Listener) -> None:
    keep_change(database)
    settings = channels(listener.port)
    other = keep_ledger(database, settings, at=NOW)
    assert other.claim("CHANNEL_0")
    assert tell(database, settings) == []
    assert listener.bodies == []
    other.release("CHANNEL_0")
    tell(database, settings)
    assert len(listener.bodies) == 1


def test_claim_of_a_killed_run_does_not_hold_for_ever(database: Database, listener: Listener) -> None:
    keep_change(database)
    settings = channels(listener.port)
    keep_ledger(database, settings, at=NOW).claim("CHANNEL_0")
    tell(database, settings, at=NOW + timedelta(hours=1))
    assert len(listener.bodies) == 1


def test_notices_of_the_run_are_told_once(database: Database, listener: Listener) -> None:
    full = notice_disk_full(free_megabytes=120, minimum_free_megabytes=500, day="2026-03-02")
    missed = notice_missed_runs(pages=2, missed=9, since=NOW - timedelta(days=1))
    summary = replace(SUMMARY, notices=(full, missed))
    tell(database, channels(listener.port), summary)
    tell(database, channels(listener.port), summary)
    (sent,) = listener.bodies
    assert "已停止抓取" in sent["message"]
    assert "9 次应做的抓取没有做" in sent["message"]


def test_gravest_comes_first_and_a_flood_stays_short(database: Database) -> None:
    mild = [make_change(f"轻微变更{n}", severity=Severity.MEDIUM, before="旧" * 5000) for n in range(300)]
    digest = write_digest([*mild, make_change("全额退款被删除", severity=Severity.CRITICAL)], SUMMARY, ())
    assert len(digest.body) <= MOST_CHARACTERS
    assert digest.body.index("全额退款被删除") < digest.body.index("轻微变更")
    assert digest.left_out > 200
    assert f"另有 {digest.left_out} 项" in digest.body


def test_words_of_a_page_cannot_act_in_a_chat_or_terminal() -> None:
    text = write_change(make_change("原文", after="@everyone <b>点此</b>\x1b[31m\u202e退款\n【严重】假"))
    assert "@" not in text
    assert "<b>" not in text
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\n【严重】假" not in text


def test_heartbeat_tells_success_and_failure_apart(listener: Listener) -> None:
    beat = AlertChannel("BEAT", f"http://127.0.0.1:{listener.port}/ping/abc?x=1")
    assert ping_heartbeat(beat, ok=True) == ""
    assert ping_heartbeat(beat, ok=False) == ""
    assert listener.paths == ["/ping/abc?x=1", "/ping/abc/fail?x=1"]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://127.0.0.1:1/secret", "refused"),
        ("http://nowhere.invalid/secret", "name of its host was not found"),
        ("http://[/secret", "cannot be asked"),
        ("https://127.0.0.1:{port}/secret", "BEAT"),
    ],
)
def test_heartbeat_says_why_nobody_answered(listener: Listener, url: str, said: str) -> None:
    problem = ping_heartbeat(AlertChannel("BEAT", url.format(port=listener.port)), ok=True, seconds=5)
    assert said in problem and "secret" not in problem and "URLError" not in problem
    listener.hang = True
    slow = ping_heartbeat(AlertChannel("BEAT", f"http://127.0.0.1:{listener.port}/secret"), ok=True, seconds=0.3)
    assert "no answer within 0.3 s" in slow


def test_heartbeat_never_raises_and_never_shows_its_address(listener: Listener) -> None:
    assert ping_heartbeat(None, ok=True) == ""
    assert "not set" in ping_heartbeat(AlertChannel("BEAT", ""), ok=True)
    for url in ("file:///etc/passwd", "http://127.0.0.1:1/secret", "http://[/secret", "http://127.0.0.1:99999/secret"):
        problem = ping_heartbeat(AlertChannel("BEAT", url), ok=True, seconds=3)
        assert "BEAT" in problem
        assert "secret" not in problem
    listener.answer = 404
    assert "404" in ping_heartbeat(AlertChannel("BEAT", f"http://127.0.0.1:{listener.port}/"), ok=True)
    listener.hang = True
    started = time.perf_counter()
    assert ping_heartbeat(AlertChannel("BEAT", f"http://127.0.0.1:{listener.port}/"), ok=True, seconds=0.5)
    assert time.perf_counter() - started < 5
