"""A redline gives both texts back, never cuts a number, and is safe to open whatever it holds."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.alert_text import write_change
from monitor.change_words import SEVERITY_WORDS
from monitor.changes.compare import compare_texts, read_plain
from monitor.changes.redline import Redline, RunKind, make_redline
from monitor.changes.redline_page import Side, render_redline_html
from monitor.changes.redline_terminal import render_redline_terminal
from monitor.changes.redline_words import OTHER_PAGE, UNTIMED, Sighting, tell_sighting, tell_verdict
from monitor.changes.shifts import find_shifts
from monitor.demo.report import Finding, Report, tell_findings
from monitor.demo.truth import Verdict
from scrapers.model import Role
from storage.model import Change, ChangeClass, ChangeStatus, Difference, Effect, Severity, WatchedPage

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


@settings(deadline=None, max_examples=40)
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


@pytest.mark.parametrize(
    ("before", "after", "sentence", "effect"),
    [
        ("坏卡须在收到后7天内反馈。", "坏卡须在收到后3天内反馈。", "反馈期限 7天→3天（缩短）", Effect.WORSE),
        ("质保期自激活之日起30天", "质保期自购买之日起30天", "质保期的起算点 自激活之日起→自购买之日起（起算提前）",
         Effect.WORSE),
        ("退款三天内到账。", "退款72小时内到账。", "三天→72小时（数值相同）", Effect.NEUTRAL),
        ("退款收取手续费5%。", "退款收取手续费百分之二十。", "费用 5%→百分之二十（提高）", Effect.WORSE),
        ("退款于3个工作日内处理", "退款于3天内处理", "处理或到账时间 3个工作日→3天（缩短）", Effect.BETTER),
    ],
)  # fmt: skip
def test_a_measure_is_told_with_both_values_and_the_way_for_the_buyer(
    before: str, after: str, sentence: str, effect: Effect
) -> None:
    (shift,) = find_shifts(make_redline(before, after), before, after).all
    assert (shift.sentence, shift.effect) == (sentence, effect)


def test_what_was_read_in_two_ways_is_not_called_harmless() -> None:
    one = Difference(
        ChangeClass.TECHNICAL, Severity.NONE, Effect.NEUTRAL, (), "", "可退款", "不退款", "由另一种方式读取"
    )
    assert "须对照两份原文" in tell_verdict([one]) and "未见" not in tell_verdict([one])


def test_a_limit_whose_text_became_a_picture_is_not_told_as_gone() -> None:
    before, after = "每个账号每月限兑换 2 张。", "[图片] https://a.test/rules.png"
    assert find_shifts(make_redline(before, after), before, after).all == ()
    assert find_shifts(make_redline(before, ""), before, "").all


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ("质保期自激活之日起算。", "质保期自购买之日起算。", ["自激活之日起算", "自购买之日起算"]),
        ("满24小时后处理。", "满72小时后处理。", ["24小时", "72小时"]),
        ("每单收取5.5元", "每单收取15.5元", ["5.5元", "15.5元"]),
        ("于2026年6月30日截止", "于2026年5月30日截止", ["2026年6月30日", "2026年5月30日"]),
    ],
)
def test_what_is_measured_changes_as_a_whole(before: str, after: str, changed: list[str]) -> None:
    assert [run.text for run in make_redline(before, after).runs if run.kind is not RunKind.EQUAL] == changed


def test_the_first_screen_has_the_worst_change_first_with_since_when_and_the_proof() -> None:
    before = read_plain("1. 客服九点上班。\n2. 坏卡7天内全额退款。\n3. 每单限购5件。")
    after = read_plain("1. 客服九点上班。\n2. 坏卡一律不退款。\n3. 每单限购3件。")
    differences = compare_texts(before.text, after.text)
    noon = datetime(2026, 3, 1, 4, tzinfo=UTC)
    old = Side("c-1", "2026-03-01 12:00", seen_at=noon, proofs=(("清单 SHA-256", "ab" * 32),))
    new = Side("c-9", "2026-03-09 12:00", seen_at=noon + timedelta(days=8))
    known = Sighting(noon + timedelta(days=2), "c-3", noon + timedelta(days=3), "c-4")
    page = render_redline_html(before, after, differences, old=old, new=new, sightings=[known, None])
    top = page[: page.index("<h2>逐条对照</h2>")]
    worst, next_one = (top.index(difference.reason[:20].replace('"', "&quot;")) for difference in differences[:2])
    assert differences[0].severity.rank > differences[1].severity.rank
    assert worst < next_one < top.index("如何得知")
    assert "最后一次见到旧文：2026-03-03 12:00；首次见到新文：2026-03-04 12:00。间隔期间（24 小时）未观察" in top
    assert "最后一次见到旧文：2026-03-01 12:00；首次见到新文：2026-03-09 12:00。" in top
    assert "ab" * 32 in top
    assert "c-3 → c-4" in page


def test_captures_in_between_forbid_to_say_that_nobody_looked() -> None:
    noon = datetime(2026, 3, 1, 4, tzinfo=UTC)
    words = tell_sighting(Sighting(noon, "c-1", noon + timedelta(days=8), "c-9", between=5), OLD, NEW)
    assert "其间另有 5 次抓取" in words and "未观察" not in words


def test_two_pages_and_files_without_a_time_are_never_told_as_a_change_in_between() -> None:
    noon = datetime(2026, 3, 1, 4, tzinfo=UTC)
    sides = [
        Side("c-1", "2026-03-01", f"https://{host}.test/", seen_at=noon + timedelta(days=day))
        for day, host in enumerate("ab")
    ]
    assert tell_sighting(None, *sides) == OTHER_PAGE
    assert tell_sighting(None, Side("a.html", ""), Side("b.html", "")) == UNTIMED
    newer_first = replace(sides[1], url=""), replace(sides[0], url="")
    assert "顺序相反" in tell_sighting(None, *newer_first)


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
