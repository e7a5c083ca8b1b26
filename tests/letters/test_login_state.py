"""A capture made while logged in is marked in the list, and the reservation that it needs is said once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from complaints.casefiles import ORDERED

from letters.lettercase import make_page, make_version, make_whole, write
from monitor.complaints.letters.login_state import LOGGED_IN
from monitor.complaints.letters.text import render_text
from monitor.complaints.letters.write import Extra
from monitor.complaints.model import CaseFile


def seen_twice() -> CaseFile:
    first = make_version("c-1", ORDERED - timedelta(days=1), "最终解释权归本站所有。")
    second = make_version("c-2", ORDERED + timedelta(days=1), "最终解释权归本站所有。")
    return replace(make_whole(), pages=(make_page(first, second),))


def test_a_report_says_once_what_others_may_see_instead() -> None:
    text = render_text(write("market_report", seen_twice(), Extra(logged_in=frozenset({"c-1"}))))
    assert text.count("未登录的访客所见可能不同") == 1
    assert text.count(f"（{LOGGED_IN}）") == 1  # at its name in the list
    assert text.count(LOGGED_IN) == 2


def test_a_note_on_captures_names_those_that_were_logged_in() -> None:
    text = render_text(write("capture_note", seen_twice(), Extra(logged_in=frozenset({"c-2"}))))
    sentence = next(one for one in text.split("。") if "未登录的访客" in one)
    assert "证2-2" in sentence and "证2-1" not in sentence


def test_nothing_is_said_where_nobody_was_logged_in() -> None:
    assert "登录状态" not in render_text(write("market_report", seen_twice()))
