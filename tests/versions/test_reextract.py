"""The history is read anew: once for each capture, after a kill too, and what differs stays apart from the changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.alerts import is_due
from monitor.reextract import Tally, reextract_pages
from monitor.selectors import Selectors
from scrapers.extract import RELEASE
from scrapers.model import Block, BlockKind, Reading
from storage.archive import Archive
from storage.changes import list_changes
from storage.model import ChangeClass, ChangeStatus, StoredCapture, Verdict, Version
from storage.rereads import captures_to_reread, list_reassessed
from storage.versions import get_version, insert_version
from versions.past import BEGAN, Past, html_of

OLD = "2025.1.1"
RULE = "卡密失效的，自购买之日起{}内可以申请退款。"
OTHERS = ("付款后自动发货，请在订单页查看卡密。", "客服在线时间为每天九点到二十二点。", "发生争议的，双方协商解决。")


def page_with(window: str) -> str:
    return html_of(OTHERS[0], RULE.format(window), *OTHERS[1:])


def read_blindly(past: Past, stored: StoredCapture) -> None:
    """An older release that did not see the rule about the window."""
    blocks = (Block(BlockKind.TERMS, "\n".join(OTHERS)),)
    reading = Reading("generic", 0.6, OLD, "售后条款", "\n".join(OTHERS), blocks=blocks)
    with past.archive.database.writing() as session:
        insert_version(
            session, Version(f"v-{stored.id}", stored.id, stored.page.id, stored.seen_at, stored.origin, reading)
        )


def reread(past: Past, **options: int) -> Tally:
    return reextract_pages(past.archive, [past.page], {}, clock=lambda: BEGAN + timedelta(days=9), **options)


def test_every_capture_is_read_by_this_release_and_the_older_reading_stays(past: Past) -> None:
    captures = [past.keep(page_with("7天")) for _ in range(3)]
    for stored in captures:
        read_blindly(past, stored)
    tally = reread(past)
    assert (tally.read, tally.reused, tally.failures) == (3, 2, [])
    with past.archive.database.reading() as session:
        for stored in captures:
            newest, older = get_version(session, stored.id), get_version(session, stored.id, OLD)
            assert newest is not None and newest.reading.release == RELEASE and "7天" in newest.reading.text
            assert newest.seen_at == stored.seen_at
            assert older is not None and "7天" not in older.reading.text


def test_a_second_run_has_nothing_left_to_do(past: Past) -> None:
    past.keep(page_with("7天"))
    assert reread(past).read == 1
    again = reread(past)
    assert (again.total, again.read) == (0, 0)


def test_what_another_release_reads_otherwise_is_technical_and_never_waits_nor_alerts(past: Past) -> None:
    for _ in range(3):
        read_blindly(past, past.keep(page_with("7天")))
    assert reread(past).technical == 1  # the same for all three captures: once
    with past.archive.database.reading() as session:
        (change,) = list_changes(session)
    assert change.difference.change_class is ChangeClass.TECHNICAL
    assert change.status is ChangeStatus.CONFIRMED
    assert change.before_capture == change.after_capture
    assert "7天" in change.difference.after
    assert not is_due(change, at=BEGAN + timedelta(days=30))


def test_a_change_that_the_older_release_missed_is_listed_with_both_captures(past: Past) -> None:
    captures = [past.keep(page_with(window)) for window in ("7天", "7天", "3天", "3天")]
    for stored in captures:
        read_blindly(past, stored)
    assert reread(past).reassessed == 1
    with past.archive.database.reading() as session:
        (found,) = list_reassessed(session)
        told = list_changes(session, classes=[ChangeClass.RULE])
    assert found.verdict is Verdict.NEWLY_FOUND
    assert (found.before_capture, found.after_capture) == (captures[1].id, captures[2].id)
    assert (found.former, found.release) == (OLD, RELEASE)
    assert "window_shortened" in found.difference.kinds
    assert told == ()  # it is no change that is told, and none that waits


def test_a_change_that_only_the_older_release_saw_is_listed_and_stays_told(past: Past) -> None:
    told = [past.visit(page_with("7天")) for _ in range(4)]
    for number, result in enumerate(told):
        with past.archive.database.reading() as session:
            version = get_version(session, result.capture.id)
        assert version is not None
        advert = f"广告：{'甲乙'[number // 2]}店新张，欢迎光临本站选购各种卡密。"
        blocks = (*version.reading.blocks, Block(BlockKind.NOTICE, advert))
        past.read_as(result.capture, replace(version, reading=replace(version.reading, blocks=blocks)), OLD)
    with past.archive.database.writing() as session:  # as if this release had not read them yet
        from sqlalchemy import text

        session.execute(text("DELETE FROM version WHERE release = :release"), {"release": RELEASE})
    reread(past)
    with past.archive.database.reading() as session:
        (found,) = list_reassessed(session)
    assert found.verdict is Verdict.NOT_FOUND_AGAIN
    assert "乙店新张" in found.difference.after


def test_a_flicker_in_the_past_is_no_change_for_the_new_release_either(past: Past) -> None:
    for window in ("7天", "7天", "3天", "7天", "7天"):
        read_blindly(past, past.keep(page_with(window)))
    assert reread(past).reassessed == 0


def test_a_capture_that_cannot_be_read_is_told_and_tried_again(past: Past) -> None:
    good, bad = past.keep(page_with("7天")), past.keep(page_with("3天"))
    place = past.archive.root / "objects" / bad.warc[:2] / bad.warc
    content = place.read_bytes()
    place.chmod(0o600)
    place.write_bytes(b"")
    tally = reread(past)
    assert tally.read == 1
    (failure,) = tally.failures
    assert failure.capture == bad.id and failure.reason
    place.write_bytes(content)
    with past.archive.database.reading() as session:
        assert captures_to_reread(session, past.page.id, RELEASE) == (bad.id,)
    assert reread(past).read == 1
    assert good.id != bad.id


def test_selectors_make_a_reading_of_their_own(past: Past) -> None:
    stored = past.keep(html_of(OTHERS[0], around='<main id="rules">{}</main><footer>页脚广告一则</footer>'))
    selectors = Selectors(keep=("#rules",))
    key = (stored.page.platform, stored.page.url, stored.page.vantage)
    reextract_pages(past.archive, [past.page], {key: selectors}, clock=lambda: BEGAN)
    with past.archive.database.reading() as session:
        version = get_version(session, stored.id)
    assert version is not None
    assert version.reading.release == selectors.release
    assert "页脚广告" not in version.reading.text


@pytest.mark.parametrize("jobs", [1, 2])
def test_several_processes_read_what_one_reads(archive: Archive, jobs: int) -> None:
    past = Past(archive)
    for number in range(70):
        read_blindly(past, past.keep(page_with(f"{number % 3 + 3}天")))
    seen: list[int] = []
    tally = reextract_pages(
        archive, [past.page], {}, clock=lambda: BEGAN, jobs=jobs, on_progress=lambda one: seen.append(one.done)
    )
    assert (tally.read, tally.failures) == (70, [])
    assert seen[-1] == 70 and seen == sorted(seen)
    with archive.database.reading() as session:
        assert captures_to_reread(session, past.page.id, RELEASE) == ()
