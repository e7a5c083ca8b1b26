"""What one capture alone showed otherwise is told as seen between two sights, never as a change."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from complaints.casefiles import NOW, ORDERED, make_case
from complaints.market import make_market

from letters.lettercase import make_change, make_page, make_version, make_whole, write
from monitor.complaints.evidence.exhibits import list_exhibits
from monitor.complaints.gather import gather_case
from monitor.complaints.letters.text import render_text
from monitor.complaints.model import Blink, CaseFile
from monitor.config.complaints import ComplaintSettings
from scrapers.model import Role
from storage.cases import keep_case
from storage.model import ChangeStatus

DAY = timedelta(days=1)
GOOD, BAD = "卡密无效的，七天内包换。", "卡密一经售出，概不退换。"
SHOP = "https://xh88.test"


def blinked(*, back: str = GOOD) -> CaseFile:
    """A promise that stood before the order, was otherwise the day after, and the day after that stood again."""
    first = make_version("c-1", ORDERED - DAY, GOOD)
    between = make_version("c-2", ORDERED + DAY, BAD)
    last = make_version("c-3", ORDERED + 2 * DAY, back)
    change = make_change(first, between, GOOD, BAD, status=ChangeStatus.BLINKED, settled_by="c-3")
    return replace(make_whole(), pages=(make_page(first, last),), blinks=(Blink(change, last),))


def part_of(text: str, title: str) -> str:
    return text.partition(f"【{title}】")[2].partition("【")[0]


@pytest.mark.parametrize("kind", ["demand", "p12315", "market_complaint"])
def test_it_is_told_with_three_captures_under_a_heading_of_its_own(kind: str) -> None:
    letter = write(kind, blinked())
    told = part_of(render_text(letter), "两次所见之间")
    for day in ("2026-11-09", "2026-11-11", "2026-11-12"):
        assert f"在{day} 14:30:00" in told, day
    assert f"又显示“{GOOD}”" in told and "不作为变更主张，间隔期间未观察（证2-1、2-3、2-2）" in told
    assert "【抓取所见的变更】" not in render_text(letter)
    assert any("不要当作变更主张" in note for note in letter.notes)


def test_the_claim_form_has_it_apart_and_the_police_paper_in_its_timeline() -> None:
    assert "两次所见之间 | 该平台售后条款页面在" in render_text(write("lawsuit", blinked()))
    rows = part_of(render_text(write("police", blinked())), "时间线").splitlines()
    places = [place for place, row in enumerate(rows) if "（两次所见之间） | " in row]
    bought = next(place for place, row in enumerate(rows) if "| 付款" in row)
    assert len(places) == 1 and places[0] > bought and rows[places[0]].startswith("2026-11-11 14:30:00")


@pytest.mark.parametrize("back", [BAD, "另一种说法。", f"旧规则：{GOOD[:-1]}，自即日起取消。"])
def test_what_the_last_capture_does_not_show_again_did_not_come_back(back: str) -> None:
    assert "两次所见之间】" not in render_text(write("demand", blinked(back=back)))


def test_only_what_blinked_and_may_be_quoted_is_told() -> None:
    file = blinked()
    blink = file.blinks[0]
    hidden = replace(blink.change, difference=replace(blink.change.difference, quotable=False))
    for change in (replace(blink.change, status=ChangeStatus.PENDING), hidden):
        assert "两次所见之间】" not in render_text(
            write("demand", replace(file, blinks=(replace(blink, change=change),)))
        )


def test_each_capture_is_an_exhibit_that_shows_itself_and_no_change() -> None:
    shown = [one for one in list_exhibits(replace(blinked(), pages=())) if one.form == "capture"]
    assert [one.id for one in shown] == ["c-1", "c-2", "c-3"]
    assert not any("变更" in one.name + one.shows for one in shown)


@pytest.mark.parametrize(("last", "blinks", "changes"), [(GOOD, 1, 0), (BAD, 0, 1)])
def test_the_archive_tells_a_blink_from_a_change(tmp_path: Path, last: str, blinks: int, changes: int) -> None:
    market = make_market(tmp_path)
    archive = market.open()
    for day, words in ((-1, GOOD), (1, BAD), (2, last), (3, last)):
        body = f"<h1>售后规则</h1><p>本站提供点卡。</p><p>{words}</p>"
        market.visit(archive, "星河卡盟", f"{SHOP}/help", Role.TERMS, body, ORDERED + day * DAY)
    with archive.database.writing() as session:
        keep_case(session, make_case())
    case = make_case().id
    file = gather_case(archive, case, at=NOW, settings=ComplaintSettings())
    early = gather_case(archive, case, at=ORDERED + DAY + timedelta(hours=1), settings=ComplaintSettings())
    archive.close()
    assert len(file.blinks) == blinks and len(file.changes) == changes
    assert early.blinks == ()
    for blink in file.blinks:
        assert blink.change.settled_by == blink.back.capture and GOOD in blink.back.reading.text


def test_what_blinked_wholly_before_the_order_is_not_of_this_case(tmp_path: Path) -> None:
    market = make_market(tmp_path)
    archive = market.open()
    for day, words in ((-9, GOOD), (-8, BAD), (-7, GOOD), (1, GOOD)):
        body = f"<h1>售后规则</h1><p>本站提供点卡。</p><p>{words}</p>"
        market.visit(archive, "星河卡盟", f"{SHOP}/help", Role.TERMS, body, ORDERED + day * DAY)
    with archive.database.writing() as session:
        keep_case(session, make_case())
    file = gather_case(archive, make_case().id, at=NOW, settings=ComplaintSettings())
    archive.close()
    assert file.blinks == () and file.changes == ()


@pytest.mark.parametrize(("newest", "again"), [(BAD, True), (GOOD, False)])
def test_what_the_newest_capture_shows_again_is_not_said_to_be_seen_once(newest: str, again: bool) -> None:
    file = blinked()
    last = make_version("c-4", ORDERED + 4 * DAY, newest)
    page = replace(file.pages[0], newest=last)
    told = part_of(render_text(write("demand", replace(file, pages=(page,)))), "两次所见之间")
    assert (f"其后在2026-11-14 14:30:00 +08:00的抓取中再次显示“{BAD}”；不作为变更主张" in told) is again
    assert ("其间所见只有一次抓取，没有再次见到" in told) is not again
    assert len(re.findall(r"2-\d", told.partition("（证")[2])) == (4 if again else 3)
