"""What people type is read as they mean it, and refused in Chinese where it can be read in two ways."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.complaints.facts.fact_words import words_of
from monitor.complaints.facts.said_values import (
    is_unknown,
    read_amount,
    read_choice,
    read_choices,
    read_count,
    read_day,
    read_moment,
    read_text,
    read_yes_no,
)

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "yuan"),
    [
        ("50", "50"), ("50元", "50"), ("￥50.00", "50"), ("¥ 50", "50"), ("RMB 50", "50"), ("8.8块", "8.8"),
        ("1,234.5", "1234.5"), ("119273", "119273"), ("1.2万", "12000"), ("50块5", "50.5"), ("０.９", "0.9"),
        ("五十元", "50"), ("两百", "200"), ("一百零五块", "105"), ("十", "10"), ("一万二千", "12000"), ("0", "0"),
        ("0.125", "0.125"),
    ],
)  # fmt: skip
def test_sums_are_read_in_every_usual_spelling(typed: str, yuan: str) -> None:
    assert read_amount(typed) == Decimal(yuan)


@pytest.mark.parametrize(
    "typed",
    ["", "5o", "-5", "5,0", "50-60", "1.2345", "50U", "$50", "50 usdt", "12345678901234", "百", "一二三", "1" * 500,
     "元", "1,23,456", "nan", "inf", "1e5", "五十万万"],
)  # fmt: skip
def test_what_is_no_plain_sum_in_yuan_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"金额|人民币|数字"):
        read_amount(typed)


@pytest.mark.parametrize(
    ("typed", "utc"),
    [
        ("2026-11-10 14:30", "2026-11-10 06:30"), ("2026年11月10日14时30分", "2026-11-10 06:30"),
        ("11月10日 14:30", "2026-11-10 06:30"), ("12月1日 08:00", "2025-12-01 00:00"),
        ("昨天 20:30", "2026-11-22 12:30"),
        ("昨晚8点半", "2026-11-22 12:30"), ("昨晚九点半", "2026-11-22 13:30"), ("今天上午十点", "2026-11-23 02:00"),
        ("3天前", "2026-11-20 04:00"), ("刚才", "2026-11-23 04:00"), ("2026-11-10", "2026-11-09 16:00"),
        ("2026-11-10T14:30:00+00:00", "2026-11-10 14:30"),
        ("11/22 14:30", "2026-11-22 06:30"), ("11-15", "2026-11-14 16:00"), ("11.11 20:00", "2026-11-11 12:00"),
        ("去年12月3日 8点", "2025-12-03 00:00"), ("今年11月10日", "2026-11-09 16:00"),
        ("10号下午3点", "2026-11-10 07:00"), ("30号", "2026-10-29 16:00"), ("上个月10号", "2026-10-09 16:00"),
        ("大前天 15:00", "2026-11-20 07:00"),
        ("11月10日晚8点", "2026-11-10 12:00"), ("11月10日晚上", "2026-11-09 16:00"), ("半小时前", "2026-11-23 03:30"),
        ("十一月十日", "2026-11-09 16:00"), ("二〇二六年十一月十日下午两点半", "2026-11-10 06:30"),
        ("11月10日24时", "2026-11-10 16:00"), ("2026-11-10 24:00", "2026-11-10 16:00"),
    ],
)  # fmt: skip
def test_times_are_read_as_those_of_china(typed: str, utc: str) -> None:
    assert f"{read_moment(typed, NOW):%Y-%m-%d %H:%M}" == utc


def test_a_time_to_come_is_only_taken_where_one_may_lie_ahead() -> None:
    with pytest.raises(ValueError, match="晚于现在"):
        read_moment("2026-12-01", NOW)
    end = read_moment("2026-12-31", NOW, past=False)
    assert end == datetime(2026, 12, 31, 15, 59, 59, 999999, tzinfo=UTC), "a validity lasts to the end of its day"
    with pytest.raises(ValueError, match="没有写年份"):
        read_moment("12月31日", NOW, past=False)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "上周五",
        "11/10",
        "11-10 14:30",
        "3.4",
        "13/13",
        "31号2点61分",
        "十三月十日",
        "去年2月30日",
        "2月30日",
        "2026-13-01",
        "25:00",
        "x" * 10_000,
    ],
)
def test_a_time_that_may_mean_two_things_is_refused_with_examples(typed: str) -> None:
    with pytest.raises(ValueError, match=r"看不懂时间|不是日期"):
        read_moment(typed, NOW)


def test_days_counts_and_yes_are_read() -> None:
    assert read_day("2012年5月31日", NOW) == date(2012, 5, 31) == read_day("2012-5-31", NOW)
    assert (read_count("2"), read_count("两个"), read_count("3张")) == (2, 2, 3)
    assert (read_yes_no("是的"), read_yes_no("没有"), read_yes_no("Y")) == (True, False, True)
    for wrong in ("0", "-1", "1.5", "一二", "9" * 20):
        with pytest.raises(ValueError, match="数"):
            read_count(wrong)
    for wrong in ("2027-01-01", "1899-01-01", "昨天", "2012-02-30"):
        with pytest.raises(ValueError, match="日期"):
            read_day(wrong, NOW)
    with pytest.raises(ValueError, match="是 或 否"):
        read_yes_no("也许")


def test_a_choice_is_its_number_its_word_or_one_of_its_names_and_never_a_guess() -> None:
    payment = words_of("payment")
    assert read_choice("1", payment) == "wechat_merchant" == read_choice(" 微信商户。", payment)
    assert read_choice("usdt", payment) == "usdt" == read_choice("虚拟币", payment)
    for vague in ("微信", "支付宝", "10", "0", "x", ""):
        with pytest.raises(ValueError, match="不在选项里"):
            read_choice(vague, payment)
    assert read_choices("1，接码 1", words_of("unlawful")) == ("fake_orders", "sms_codes")


def test_not_knowing_may_be_said_in_many_ways() -> None:
    assert all(is_unknown(word) for word in ("", " ", "不知道", "不记得了。", "？", "unknown"))
    assert not is_unknown("0")


def test_control_characters_do_not_reach_the_archive_and_long_texts_are_refused() -> None:
    assert read_text(" a\x00\x1b[2Jb\u202e\r\nc ") == "a[2Jb\nc"
    with pytest.raises(ValueError, match="最多500个字"):
        read_text("x" * 501)


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    moment, day = partial(read_moment, now=NOW), partial(read_day, now=NOW)
    for read in (read_amount, read_count, read_yes_no, moment, day):
        try:
            read(text)  # type: ignore[operator]
        except ValueError as error:
            assert any("\u4e00" <= sign <= "\u9fff" for sign in str(error))
