"""An error page, goods taken down or a lone line prove no clause, take none away, and lack nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.findings.disclosure import find_undisclosed
from monitor.findings.empty_pages import is_error_page, says_no_rule, shows_nothing_of_shop
from monitor.findings.model import FindingKind
from scrapers.model import Fact, FactKind, Role

from .sights import page, sight

TERMS, HOME = page(Role.TERMS), page(Role.HOME, "/")
RULES = "一、卡密无效的，七天内可以申请补发。\n二、系统繁忙时请稍后再试，超过有效期的不予退款。"


@pytest.mark.parametrize(
    "text",
    [
        "抱歉，出了点小问题",
        "404 页面不存在",
        "系统繁忙，请稍后再试\n返回首页",
        "服务器开小差了",
        "Something went wrong. Try again later.",
    ],
)
def test_an_error_in_nobodys_words_is_no_content(text: str) -> None:
    reading = sight(TERMS, 1, text).version.reading
    assert is_error_page(reading)
    assert says_no_rule(reading)
    assert find_undisclosed([sight(HOME, 1, text)]) == ()


@pytest.mark.parametrize(
    "text", [RULES, "系统繁忙导致充值失败的，概不负责。", "月卡 9.90元\n系统异常时暂停发货", "一经售出概不退换"]
)
def test_rules_and_goods_that_speak_of_errors_are_content(text: str) -> None:
    reading = sight(TERMS, 1, text).version.reading
    assert not is_error_page(reading)
    assert not says_no_rule(reading)


def test_goods_taken_down_hold_no_clause_and_are_still_what_the_page_said() -> None:
    reading = sight(page(Role.PRODUCT), 1, "商品已下架").version.reading
    assert says_no_rule(reading)
    assert not is_error_page(reading)


def test_a_lone_rule_is_a_rule_and_no_page_on_which_a_contact_could_be_missed() -> None:
    of = sight(TERMS, 1, "虚拟商品一经售出概不退换")
    assert shows_nothing_of_shop(of.version.reading)
    assert not says_no_rule(of.version.reading)
    assert find_undisclosed([of]) == ()


def test_what_was_not_read_is_counted_beside_what_was() -> None:
    found = find_undisclosed([sight(HOME, 1, "星辰小铺\n月卡 9.90元"), sight(TERMS, 1, "服务器开小差了")])
    assert found
    assert all("1个页面（" in one.sentence and "另有1个页面未能读取或没有内容" in one.sentence for one in found)


@pytest.mark.parametrize(
    "line", ["右下角在线咨询", "联系客服", "意见反馈：提交", "售后联系：进群找管理员", "提交工单", "Contact us"]
)
def test_a_service_desk_or_a_form_is_a_way_to_write_and_to_complain(line: str) -> None:
    kinds = {one.kind for one in find_undisclosed([sight(HOME, 1, f"星辰小铺\n月卡 9.90元\n{line}")])}
    assert not kinds & {FindingKind.CONTACT_NOT_SHOWN, FindingKind.COMPLAINTS_NOT_SHOWN}


def test_a_link_to_a_service_desk_counts_by_its_address() -> None:
    of = sight(HOME, 1, "星辰小铺\n月卡 9.90元")
    link = Fact("", FactKind.LINK, "work.weixin.qq.com/kfid/abc", "找我们", "contact:找我们")
    reading = replace(of.version.reading, facts=(link,))
    linked = replace(of, version=replace(of.version, reading=reading))
    kinds = {one.kind for one in find_undisclosed([linked])}
    assert not kinds & {FindingKind.CONTACT_NOT_SHOWN, FindingKind.COMPLAINTS_NOT_SHOWN}


def test_without_the_home_page_nothing_is_called_missing_before_a_person_looked() -> None:
    found = find_undisclosed([sight(TERMS, 1, "一、卡密无效的，七天内补发。\n二、超过有效期的不退。")])
    assert found
    assert all(one.needs_human for one in found)
    assert all("首页不在监测之列" in one.sentence for one in found if one.kind is not FindingKind.HISTORY_NOT_SHOWN)
