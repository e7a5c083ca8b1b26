"""Was a rewritten rule announced, how long before, and do the dates that the page states fit what was seen?"""

from __future__ import annotations

from datetime import date

import pytest

from monitor.findings.announcement import is_change_notice, judge_announcements
from monitor.findings.model import FindingKind, Sight
from monitor.findings.rule_dates import judge_own_dates
from monitor.findings.stated_dates import DateKind, find_stated_dates
from scrapers.model import Block, BlockKind, Role, Source
from storage.model import ChangeStatus, Severity

from .sights import changes_between, page, sight, with_block

OLD = "一、卡密无效的，买家可以在购买后7天内申请退款。\n二、客服每天9点到22点在线。"
NEW = "一、卡密无效的，买家可以在购买后3天内申请退款。\n二、客服每天9点到22点在线。"
QUIET = "本店所有商品自动发货，请放心选购。"
NOTICE = "关于调整售后规则的通知：自2026年3月20日起，退款期限改为3天。"
TERMS, HOME, BOARD = page(Role.TERMS), page(Role.HOME, "/"), page(Role.NOTICE)


def kinds(old: Sight, new: Sight, *others: Sight, days: int = 30) -> dict[FindingKind, str]:
    found = judge_announcements(changes_between(old, new), [old, new, *others], days=days)
    return {one.kind: one.sentence for one in found}


def test_a_change_without_a_notice_on_watched_pages_is_silent() -> None:
    found = kinds(sight(TERMS, 10, OLD), sight(TERMS, 20, NEW), *(sight(HOME, day, QUIET) for day in (5, 12, 18)))
    assert set(found) == {FindingKind.CHANGED_SILENTLY}
    assert "公告页和首页（共1个）" in found[FindingKind.CHANGED_SILENTLY]
    assert "3次抓取" in found[FindingKind.CHANGED_SILENTLY]
    assert "7天" in found[FindingKind.CHANGED_SILENTLY]


def test_a_silent_change_names_its_proof_and_the_article() -> None:
    old, new = sight(TERMS, 10, OLD), sight(TERMS, 20, NEW)
    looks = [sight(HOME, day, QUIET) for day in (11, 15, 19)]
    [found] = judge_announcements(changes_between(old, new), [*looks, old, new])
    assert found.captures[:2] == (old.version.capture_id, new.version.capture_id)
    assert {look.version.capture_id for look in looks} <= set(found.captures)
    assert found.severity is Severity.HIGH
    assert "dsf-34" in found.articles
    assert not found.needs_human


@pytest.mark.parametrize(
    ("source", "concealed", "seen"),
    [
        (Source.POPUP, "", True), (Source.IMAGE, "", True), (Source.HIDDEN, "", True),
        (Source.TEXT, "display:none", False), (Source.HIDDEN, "in a comment", False),
        (Source.META, "", False), (Source.SCRIPT, "", False),
    ],
)  # fmt: skip
def test_a_notice_that_no_visitor_saw_announces_nothing(source: Source, concealed: str, seen: bool) -> None:
    notice = Block(BlockKind.NOTICE, NOTICE, source=source, concealed=concealed)
    old, new = sight(TERMS, 10, OLD), sight(TERMS, 20, NEW)
    looks = [with_block(sight(HOME, day, QUIET), notice) for day in (8, 15, 19)]
    looks.insert(0, sight(HOME, 5, QUIET))
    [found] = judge_announcements(changes_between(old, new), [*looks, old, new])
    assert (found.kind is not FindingKind.CHANGED_SILENTLY) is seen
    assert seen or found.needs_human


def test_where_no_notice_page_was_watched_silence_is_not_claimed() -> None:
    found = kinds(sight(TERMS, 10, OLD), sight(TERMS, 20, NEW))
    assert set(found) == {FindingKind.NOTICE_UNKNOWN}


def test_a_single_old_look_at_the_home_page_needs_a_person() -> None:
    old, new = sight(TERMS, 1, OLD), sight(TERMS, 40, NEW)
    [found] = judge_announcements(changes_between(old, new), [sight(HOME, 2, QUIET), old, new])
    assert found.kind is FindingKind.CHANGED_SILENTLY
    assert found.needs_human


def test_a_notice_more_than_a_week_before_is_an_announcement() -> None:
    board = [sight(BOARD, 1, QUIET), sight(BOARD, 9, f"{QUIET}\n{NOTICE}")]
    found = kinds(sight(TERMS, 18, OLD), sight(TERMS, 20, NEW), *board)
    assert set(found) == {FindingKind.ANNOUNCED}
    assert "2026年3月20日" in found[FindingKind.ANNOUNCED]


def test_a_notice_within_the_week_is_too_short_only_when_the_captures_show_it() -> None:
    terms = sight(TERMS, 18, OLD), sight(TERMS, 20, NEW)
    shown = kinds(*terms, sight(BOARD, 16, QUIET), sight(BOARD, 19, NOTICE))
    assert set(shown) == {FindingKind.SHORT_NOTICE}
    assert "4天" in shown[FindingKind.SHORT_NOTICE]
    unsure = kinds(*terms, sight(BOARD, 2, QUIET), sight(BOARD, 19, NOTICE))
    assert set(unsure) == {FindingKind.ANNOUNCED}


def test_a_notice_after_the_change_does_not_announce_it() -> None:
    looks = sight(BOARD, 15, QUIET), sight(BOARD, 25, NOTICE)
    found = kinds(sight(TERMS, 18, OLD), sight(TERMS, 20, NEW), *looks)
    assert set(found) == {FindingKind.CHANGED_SILENTLY}
    assert "才首次见到相关通知" in found[FindingKind.CHANGED_SILENTLY]


def test_a_clause_that_the_rules_may_change_is_no_notice() -> None:
    power = "本平台有权随时修改本协议，修改后的规则自公布之日起生效，不再另行通知。"
    found = kinds(
        sight(TERMS, 10, OLD), sight(TERMS, 20, NEW), *(sight(HOME, day, f"{QUIET}\n{power}") for day in (11, 15, 19))
    )
    assert set(found) == {FindingKind.CHANGED_SILENTLY}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("关于售后规则调整的公告：自3月20日起执行", True),
        ("本次修订了用户协议第五条，现将变更内容公示七日", True),
        ("即日起，退款政策变更为七天内可退", True),
        ("规则变更", False),
        ("如有规则调整，以页面公告为准，2026年有效", False),
        ("端午节期间正常发货，客服时间不变", False),
        ("本店保留修改售后条款的权利，自2026年1月1日起", False),
    ],
)
def test_a_notice_is_a_sentence_about_a_change_that_happens(words: str, told: bool) -> None:
    assert is_change_notice(words) is told


def test_an_unconfirmed_change_and_one_for_the_better_say_nothing() -> None:
    old, new = sight(TERMS, 10, OLD), sight(TERMS, 20, NEW)
    looks = [sight(HOME, day, QUIET) for day in (11, 15, 19)]
    assert not judge_announcements(changes_between(old, new, status=ChangeStatus.PENDING), [old, new, *looks])
    assert not judge_announcements(changes_between(new, sight(TERMS, 30, OLD)), [old, new, *looks])


def test_an_effective_day_before_the_last_sight_of_the_old_words_is_backdated() -> None:
    old, new = sight(TERMS, 10, OLD), sight(TERMS, 20, f"{NEW}\n本规则自2026年1月1日起生效。")
    found = kinds(old, new, *(sight(HOME, day, QUIET) for day in (11, 15, 19)))
    assert "2026年1月1日" in found[FindingKind.BACKDATED]
    assert "仍是旧文字" in found[FindingKind.BACKDATED]


def test_an_effective_day_within_the_gap_is_not_backdated() -> None:
    old, new = sight(TERMS, 10, OLD), sight(TERMS, 20, f"{NEW}\n本规则自2026年3月15日起生效。")
    assert FindingKind.BACKDATED not in kinds(old, new, sight(HOME, 15, QUIET))


def test_words_that_change_under_an_unchanged_date_are_told() -> None:
    line = "\n更新日期：2025-06-30"
    found = kinds(sight(TERMS, 10, OLD + line), sight(TERMS, 20, NEW + line), sight(HOME, 15, QUIET))
    assert "更新日期仍写2025年6月30日" in found[FindingKind.DATE_NOT_UPDATED]
    fresh = kinds(
        sight(TERMS, 10, OLD + line), sight(TERMS, 20, f"{NEW}\n更新日期：2026-03-18"), sight(HOME, 15, QUIET)
    )
    assert FindingKind.DATE_NOT_UPDATED not in fresh


def test_a_rule_for_earlier_orders_applies_backwards() -> None:
    line = "\n三、本规则对此前已支付的订单同样适用。"
    found = kinds(sight(TERMS, 10, OLD), sight(TERMS, 20, NEW + line), sight(HOME, 15, QUIET))
    assert FindingKind.APPLIES_BACKWARDS in found
    kind = "\n三、本规则对此前已支付的订单不适用，仍按原规则执行。"
    spared = kinds(sight(TERMS, 10, OLD), sight(TERMS, 20, NEW + kind), sight(HOME, 15, QUIET))
    assert FindingKind.APPLIES_BACKWARDS not in spared


def test_in_force_before_it_was_published() -> None:
    [found] = judge_own_dates(sight(TERMS, 1, f"{OLD}\n发布日期：2026年2月10日\n生效日期：2026年1月1日"))
    assert found.kind is FindingKind.EFFECTIVE_BEFORE_PUBLISHED
    assert not judge_own_dates(sight(TERMS, 1, f"{OLD}\n发布日期：2026年2月10日\n生效日期：2026年2月20日"))


@pytest.mark.parametrize(
    ("text", "kind", "day"),
    [
        ("生效日期：2026年1月1日", DateKind.EFFECTIVE, date(2026, 1, 1)),
        ("本协议自 2026 年 3 月 5 日起正式施行", DateKind.EFFECTIVE, date(2026, 3, 5)),
        ("从2026/12/31零时起执行新的退款标准", DateKind.EFFECTIVE, date(2026, 12, 31)),
        ("本规则自二〇二六年十一月二十三日起实施", DateKind.EFFECTIVE, date(2026, 11, 23)),
        ("最近更新时间：2025.07.08", DateKind.UPDATED, date(2025, 7, 8)),
        ("修订日期 2025-7-8", DateKind.UPDATED, date(2025, 7, 8)),
        ("公示日期：2026-02-01", DateKind.PUBLISHED, date(2026, 2, 1)),
        ("2026年4月1日起生效", DateKind.EFFECTIVE, date(2026, 4, 1)),
    ],
)
def test_stated_dates_are_read(text: str, kind: DateKind, day: date) -> None:
    assert (kind, day) in {(one.kind, one.day) for one in find_stated_dates(text)}


def test_dates_that_are_none_are_not_read() -> None:
    assert find_stated_dates("生效日期：2026年2月30日") == ()
    assert find_stated_dates("版权所有 2020-2026，活动时间：2026年5月1日") == ()
    assert find_stated_dates("生效日期：" + "2026年" * 50_000) == ()
