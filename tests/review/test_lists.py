"""Lists in terms: each item is reviewed with the line that leads it in."""

from __future__ import annotations

from datetime import date

import pytest

from monitor.review.model import TermFinding
from monitor.review.terms import review_text
from storage.model import Severity

AT = date(2026, 11, 23)


def review(text: str) -> dict[str, TermFinding]:
    """The findings of a text by the words of their clause."""
    return {finding.text: finding for finding in review_text(text, at=AT)}


def test_an_item_is_a_clause_with_its_lead_in() -> None:
    told = review_text("有下列行为之一的，账号永久封禁：\n1. 向12315投诉\n2. 使用外挂\n", at=AT)
    finding = next(one for one in told if one.pattern == "P01")
    assert finding.text == "向12315投诉"
    assert finding.lead_in == "有下列行为之一的，账号永久封禁："
    assert finding.wording == "有下列行为之一的，账号永久封禁：……向12315投诉"


def test_the_same_item_under_a_promise_is_no_clause() -> None:
    refused = "以下情形平台不承担任何责任：\n（1）商品存在质量问题；\n（2）卡密无效。"
    granted = refused.replace("平台不承担任何责任", "全额退款")
    assert "商品存在质量问题" in review(refused)
    assert not review(granted)


def test_a_refusal_in_listed_cases_weighs_less_than_one_of_all() -> None:
    whole = review("本店商品不予售后。")["本店商品不予售后"]
    listed = review("以下情况不予售后：\n1. 超过三十天；\n2. 已使用完毕。")["以下情况不予售后："]
    assert listed.pattern == whole.pattern
    assert listed.severity.rank < whole.severity.rank
    assert listed.needs_human


@pytest.mark.parametrize("rest", ["客服在线时间为9点到22点。", "3天内处理完毕。"])
def test_what_stands_behind_the_list_is_read_by_itself(rest: str) -> None:
    found = review_text(f"以下情况不予售后：\n1. 超过三十天；\n2. 已使用完毕。\n\n{rest}", at=AT)
    assert all(finding.lead_in == "" for finding in found if finding.text in rest)


def test_spans_lead_back_to_the_words_of_the_page() -> None:
    text = "【售后】\n以下情況恕不退換：\n　① 提 示 “無 效” 的；\n　② 沒有全程錄屏的；"
    for finding in review_text(text, at=AT):
        assert text[finding.start : finding.end] == finding.text
        assert finding.severity is not Severity.NONE
        assert finding.lead_in in text
