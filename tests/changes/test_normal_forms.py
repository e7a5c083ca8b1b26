"""The first equal rung names the noise; a digit in a rule is never noise."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.changes.normal_forms import Rung, digest_forms, fold_text, mask_counters, name_noise, plain_text


@pytest.mark.parametrize(
    ("before", "after", "rung"),
    [
        ("坏卡包换", "坏卡包换", Rung.BYTES),
        ("坏卡 包换\n\n看清", "坏卡包换\n看清", Rung.WHITESPACE),
        ("见[公告](https://a.test/1)", "见[公告](https://a.test/2)", Rung.LINKS),
        ("坏卡，包换。", "坏卡包换！", Rung.PUNCTUATION),
        ("質保７天", "质保7天", Rung.PUNCTUATION),
        ("1. 看清\n2. 换货", "- 看清\n- 换货", Rung.PUNCTUATION),
        ("已售 12 件", "已售 340 件", Rung.COUNTERS),
        ("已稳定运营1024天", "已稳定运营1025天", Rung.COUNTERS),
        ("距离活动结束还有2天3小时", "距离活动结束还有1天9小时", Rung.COUNTERS),
        ("更新时间：2026-11-20", "更新时间：2026-11-21", Rung.COUNTERS),
        ("甲\n乙", "乙\n甲", Rung.ORDER),
    ],
)
def test_first_equal_rung_is_named(before: str, after: str, rung: Rung) -> None:
    assert name_noise(before, after) is rung


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("质保7天", "质保3天"),
        ("售价24.9元", "售价249元"),
        ("限购5件", "限购1件"),
        ("有效期至2027-01-01", "有效期至2026-12-01"),
        ("3-5天", "35天"),
        ("退款扣3%", "退款扣30%"),
        ("24小时内反馈", "2小时内反馈"),
        ("新域名 https://a.test", "新域名 https://b.test"),
        ("剩余3个月有效", "剩余1个月有效"),
        ("不退", "退"),
    ],
)
def test_what_a_rule_says_is_never_noise(before: str, after: str) -> None:
    assert name_noise(before, after) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("已售7天内可退", "已售3天内可退"),
        ("已售 72 小时内包换", "已售 7 小时内包换"),
        ("库存：7天内补发", "库存：3天内补发"),
        ("库存|7|天内补发", "库存|3|天内补发"),
        ("销量：7个工作日内退款", "销量：3个工作日内退款"),
        ("成交70%可退", "成交30%可退"),
        ("成交扣 5 元手续费", "成交扣 9 元手续费"),
        ("人气 7 日内退换", "人气 3 日内退换"),
        ("热度 7日包换", "热度 3日包换"),
        ("今日订单满7天可退", "今日订单满3天可退"),
        ("本站已安全运行7天内包退", "本站已安全运行3天内包退"),
        ("剩余时间：7天内可退", "剩余时间：3天内可退"),
        ("退款申请须在到期7天前", "退款申请须在到期3天前"),
        ("好评 7 天内返现", "好评 3 天内返现"),
        ("好评 5 元返现", "好评 1 元返现"),
        ("在线 7 小时内回复", "在线 72 小时内回复"),
        ("仅限7次访问，超出作废", "仅限3次访问，超出作废"),
        ("每张卡密最多可查看 3 次", "每张卡密最多可查看 1 次"),
    ],
)
def test_a_rule_that_reads_like_a_counter_is_never_noise(before: str, after: str) -> None:
    assert name_noise(before, after) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("库存：100 售后：7天", "库存：98 售后：7天"),
        ("已售 100 质保30天", "已售 103 质保30天"),
        ("销量 1,024 件", "销量 1,030 件"),
        ("今日成交 500 元", "今日成交 720 元"),
        ("3分钟前", "5分钟前"),
        ("张三 3分钟前", "张三 5分钟前"),
        ("2小时前来过", "3小时前来过"),
        ("128人付款", "130人付款"),
        ("倒计时 2天 3小时", "倒计时 1天 3小时"),
    ],
)
def test_a_counter_beside_a_rule_is_still_noise(before: str, after: str) -> None:
    assert name_noise(before, after) is Rung.COUNTERS


@pytest.mark.parametrize("unit", ["1", "12,", "1 ", "库存", "1万"])
def test_long_runs_are_masked_in_linear_time(unit: str) -> None:
    text = unit * (200_000 // len(unit)) + " 库存 已售 在线 前 购 访问"
    start = time.process_time()
    mask_counters(text)
    assert time.process_time() - start < 1.0


@given(st.text(max_size=300))
def test_folding_keeps_every_place(text: str) -> None:
    assert len(fold_text(text)) == len(text)


@given(st.text(max_size=200))
def test_digests_are_one_for_each_rung(text: str) -> None:
    assert set(digest_forms(text)) == {rung.value for rung in Rung}


def test_spaced_out_words_are_drawn_together_and_lists_are_not() -> None:
    assert plain_text("售·出·不·退，概 不 退 换") == "售出不退,概不退换"
    assert plain_text("退、换、补、赔") == "退、换、补、赔"
