"""A list of latest deals is noise at every view; a rule hidden in its form is not."""

from __future__ import annotations

import pytest

from monitor.changes.normal_forms import mask_counters


@pytest.mark.parametrize(
    "line",
    [
        "用户 182****9405 44 分钟前购买了 银杏加速器 月卡",
        "恭喜 张** 3小时前成功下单 九洲传说 点卡 30 元",
    ],
)
def test_a_deal_of_somebody_else_is_dropped_whole(line: str) -> None:
    assert mask_counters(line).strip() == ""


def test_a_ticker_that_speaks_of_after_sales_is_kept() -> None:
    line = "用户 182****9405 44 分钟前购买了 月卡 不退不换"
    assert "不退不换" in mask_counters(line)


def test_members_online_are_a_counter_and_a_handling_time_is_not() -> None:
    assert mask_counters("在线会员 43 人 今日访问 454 次") == mask_counters("在线会员 35 人 今日访问 533 次")
    assert mask_counters("处理时间: 24小时") != mask_counters("处理时间: 48小时")
