"""The watcher with a page's habits: flicker is not confirmed, languages are not mixed, rules are told every time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from versions.past import Past, html_of, open_past

from monitor.page_memory import VISITS_TO_CHANGE_LANGUAGE, read_habits
from storage.archive import Archive
from storage.changes import list_changes
from storage.model import Change, ChangeClass, ChangeStatus

RULE = "卡密失效的，自购买之日起{}内可以申请全额退款。"
OTHERS = ("付款后自动发货，请在订单页查看卡密。", "发生争议的，双方协商解决，协商不成的可以投诉。")
ENGLISH = html_of(
    "Welcome to our little store, where every item is delivered right after the payment has arrived.",
    "Please write to the desk when something does not work as it is described on this page here.",
)


def chinese(window: str = "7天", *more: str) -> str:
    return html_of(RULE.format(window), *OTHERS, *more)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    opened = open_past(tmp_path / "archive")
    yield opened
    opened.close()


@pytest.fixture
def past(archive: Archive) -> Past:
    return Past(archive)


def changes(past: Past, *classes: ChangeClass) -> tuple[Change, ...]:
    with past.archive.database.reading() as session:
        return list_changes(session, classes=classes, limit=500)


def test_a_confirmed_return_is_two_changes_and_an_unconfirmed_flicker_none(past: Past) -> None:
    for window in ("7天", "3天", "3天", "7天", "7天", "5天", "7天", "7天"):
        past.visit(chinese(window))
    found = changes(past, ChangeClass.RULE)
    assert [one.status for one in found].count(ChangeStatus.CONFIRMED) == 2
    assert [one.status for one in found].count(ChangeStatus.BLINKED) == 1


def test_a_line_that_rotates_is_not_confirmed_and_says_why(past: Past) -> None:
    words = ("今天天气晴朗。", "店主出门散步。", "欢迎新老朋友。")
    for visit in range(24):
        past.visit(chinese("7天", words[visit * visit % 3]))
    assert [one for one in changes(past, ChangeClass.WORDING, ChangeClass.RULE) if one.status == "confirmed"] == []
    noise = changes(past, ChangeClass.NOISE)
    assert noise and "按本页自身的历史视为噪声" in noise[0].difference.reason


def test_a_rule_is_told_at_once_on_a_page_that_is_new(past: Past) -> None:
    for window in ("7天", "3天", "3天"):
        past.visit(chinese(window))
    (found,) = changes(past, ChangeClass.RULE)
    assert found.status is ChangeStatus.CONFIRMED


def test_a_page_that_answers_in_another_language_is_compared_with_its_own(past: Past) -> None:
    for page in (chinese(), chinese(), ENGLISH, chinese(), ENGLISH, chinese("3天"), chinese("3天")):
        past.visit(page)
    (rule,) = changes(past, ChangeClass.RULE, ChangeClass.WORDING)
    assert rule.status is ChangeStatus.CONFIRMED and "3天" in rule.difference.after
    flips = [one for one in changes(past, ChangeClass.NOISE) if "language_flipped" in one.difference.kinds]
    assert len(flips) == 2


def test_a_pending_rule_waits_while_the_page_answers_in_another_language(past: Past) -> None:
    for page in (chinese(), chinese("3天"), ENGLISH, ENGLISH):
        past.visit(page)
    (rule,) = changes(past, ChangeClass.RULE)
    assert rule.status is ChangeStatus.PENDING
    past.visit(chinese("3天"))
    (rule,) = changes(past, ChangeClass.RULE)
    assert rule.status is ChangeStatus.CONFIRMED


def test_a_page_that_stays_in_another_language_has_changed_it(past: Past) -> None:
    for _ in range(13):
        past.visit(chinese())
    for _ in range(VISITS_TO_CHANGE_LANGUAGE + 2):
        past.visit(ENGLISH)
    told = [one for one in changes(past) if "language_changed" in one.difference.kinds]
    assert len(told) == 1 and told[0].status is ChangeStatus.CONFIRMED
    with past.archive.database.reading() as session:
        assert read_habits(session, past.page.id).language == "latin"


def test_what_was_learnt_comes_back_from_the_archive(past: Past) -> None:
    for visit in range(8):
        past.visit(chinese("7天", f"页面编号 a{visit}f{visit * 7}c"))
    with past.archive.database.reading() as session:
        habits = read_habits(session, past.page.id)
    assert habits.visits >= 7
    assert any(slot.kind == "shape" for slot, _ in habits.learnt())
