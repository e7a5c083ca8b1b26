"""A redline gives both texts back, never cuts a number, and is safe to open whatever it holds."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.alert_text import write_change
from monitor.change_words import SEVERITY_WORDS
from monitor.changes.compare import compare_texts, read_plain
from monitor.changes.redline import Redline, RunKind, make_redline
from monitor.changes.redline_page import Side, render_redline_html
from monitor.changes.redline_terminal import render_redline_terminal
from monitor.demo.report import Finding, Report, tell_findings
from monitor.demo.truth import Verdict
from scrapers.model import Role
from storage.model import Change, ChangeStatus, Severity, WatchedPage

OLD, NEW = Side("cap-1", "2026-01-01 08:00 +08:00", "https://a.test/"), Side("cap-2", "2026-02-01 08:00 +08:00")
TEXTS = st.text(alphabet="退换7天14小时，。；\n不ab", max_size=120)


def sides(redline: Redline) -> tuple[str, str]:
    old = "".join(run.text for run in redline.runs if run.kind is not RunKind.ADDED)
    new = "".join(run.text for run in redline.runs if run.kind is not RunKind.REMOVED)
    return old, new


@given(TEXTS, TEXTS)
def test_both_texts_come_back_whole(before: str, after: str) -> None:
    assert sides(make_redline(before, after)) == (before, after)


@given(st.integers(1, 9999), st.integers(1, 9999))
def test_numbers_are_never_cut(one: int, two: int) -> None:
    redline = make_redline(f"坏卡应在{one}天内反馈。", f"坏卡应在{two}天内反馈。")
    if one != two:
        assert [run.text for run in redline.runs if run.kind is not RunKind.EQUAL] == [f"{one}天", f"{two}天"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("退" * 500_000, "退" * 499_999 + "换"),
        ("不退。" * 60_000, "不退。退。" * 40_000),
        (
            "".join(chr(0x4E00 + i * 7919 % 5000) for i in range(200_000)),
            "".join(chr(0x4E00 + i * 104729 % 5000) for i in range(200_000)),
        ),
    ],
)
def test_hostile_pairs_end_in_time_and_say_that_they_are_coarse(before: str, after: str) -> None:
    start = time.process_time()
    redline = make_redline(before, after)
    assert time.process_time() - start < 2.0
    assert redline.coarse
    assert sides(redline) == (before, after)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, list[tuple[str, str | None]]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, attrs))


OWN_TAGS = (
    "html head meta title style body header h1 h2 table tr th td p b i a ol ul li "
    "section span div del ins details summary"
)
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'>&lt;<!--</style></section>\u202e反\x00\x1b[31m"


@given(st.sampled_from(["", HOSTILE]), TEXTS)
def test_hostile_text_stays_text(hostile: str, text: str) -> None:
    before, after = read_plain(f"坏卡包退{hostile}"), read_plain(f"{hostile}坏卡不退{text}")
    differences = compare_texts(before.text, after.text)
    side = Side(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    page = render_redline_html(before, after, differences, old=side, new=side)
    parser = _Tags()
    parser.feed(page)
    assert {tag for tag, _attributes in parser.seen} <= set(OWN_TAGS.split())
    names = {name for _tag, attributes in parser.seen for name, _value in attributes}
    assert not [name for name in names if name.startswith("on") or name == "src"]
    assert not re.search("[\x00\x1b\u202e]", page)


def test_the_page_names_both_sides_and_forbids_scripts() -> None:
    before, after = read_plain("坏卡7天包换。"), read_plain("坏卡3天包换。")
    page = render_redline_html(before, after, compare_texts(before.text, after.text), old=OLD, new=NEW)
    assert "default-src 'none'" in page
    for words in (OLD.name, OLD.seen, NEW.name, NEW.seen, "<del>7天</del>", "<ins>3天</ins>", "7天缩短为3天"):
        assert words in page


def test_long_equal_parts_are_folded() -> None:
    same = "本店规则说明，请仔细阅读。" * 40
    before, after = read_plain(same + "\n坏卡包退"), read_plain(same + "\n坏卡不退")
    page = render_redline_html(before, after, compare_texts(before.text, after.text), old=OLD, new=NEW)
    assert "<details><summary>未变" in page


def test_the_terminal_form_has_colour_only_when_asked() -> None:
    differences = compare_texts("坏卡7天包换。\x1b[2J", "坏卡3天包换。\x1b[2J")
    plain = render_redline_terminal(differences, old=OLD, new=NEW, colour=False)
    assert "[-7天-]{+3天+}" in plain
    assert "\x1b" not in plain
    assert "\x1b[31;9m7天\x1b[0m" in render_redline_terminal(differences, old=OLD, new=NEW, colour=True)


def test_redline_alert_and_demo_call_a_severity_by_one_name() -> None:
    differences = compare_texts("坏卡七天内全额退款。", "坏卡一律不退款。")
    severity = max((difference.severity for difference in differences), key=lambda severity: severity.rank)
    word = SEVERITY_WORDS[severity]
    assert set(SEVERITY_WORDS) == set(Severity)
    assert f"[{word}]" in render_redline_terminal(differences, old=OLD, new=NEW, colour=False)
    page = WatchedPage("p-1", "示例卡盟", "https://a.test/", Role.TERMS, "desktop")
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    change = Change("d-1", page, "", "c-1", None, moment, ChangeStatus.CONFIRMED, "", differences[0])
    assert f"【{word}】" in write_change(change)
    finding = Finding("d-1", "", "", "", "rule", str(severity), "confirmed", "", "", "", "", None, moment)
    assert f"[规则·{word}]" in tell_findings(Report(Path(), 0.0, (finding,), (), Verdict((), (), ()), None, ()))[0]
