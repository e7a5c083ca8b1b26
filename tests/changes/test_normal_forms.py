"""The first equal rung names the noise; a digit in a rule is never noise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.changes.normal_forms import Rung, digest_forms, fold_text, name_noise, plain_text


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


@given(st.text(max_size=300))
def test_folding_keeps_every_place(text: str) -> None:
    assert len(fold_text(text)) == len(text)


@given(st.text(max_size=200))
def test_digests_are_one_for_each_rung(text: str) -> None:
    assert set(digest_forms(text)) == {rung.value for rung in Rung}


def test_spaced_out_words_are_drawn_together_and_lists_are_not() -> None:
    assert plain_text("售·出·不·退，概 不 退 换") == "售出不退,概不退换"
    assert plain_text("退、换、补、赔") == "退、换、补、赔"
