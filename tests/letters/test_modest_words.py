"""What a set phrase says is no more than what the buyer knows: whose use, who sealed, where a deposit went."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from complaints.casefiles import ORDERED

from letters.lettercase import make_page, make_version, make_whole, write
from monitor.complaints.letters.text import render_text
from monitor.complaints.model import CaseFile
from scrapers.model import Fact, FactKind
from storage.case import Answer, Order, ProblemKind

SOLD = (Order("A1", "游戏成品号", Decimal(50), 1, ORDERED, ORDERED),)


def text_of(file: CaseFile, kind: str = "demand") -> str:
    return render_text(write(kind, file))


@pytest.mark.parametrize("used", list(Answer))
def test_nobody_says_when_a_used_key_was_used(used: Answer) -> None:
    told = text_of(make_whole(problem=ProblemKind.USED_KEY, used=used))
    assert "兑换时提示已被使用" in told and "使用前已被使用" not in told


@pytest.mark.parametrize(
    "story", ["号被原主人找回了。", "显示密码已修改，绑定手机也换了。", "玩到一半被号主收回。", "号主申诉走了。"]
)
def test_an_account_taken_back_touches_the_rights_of_others(story: str) -> None:
    told = text_of(make_whole(problem=ProblemKind.ACCOUNT_LOST, used=Answer.YES, orders=SOLD, what_happened=story))
    assert "《民法典》第六百一十二条" in told


@pytest.mark.parametrize("story", ["用了五天被封了。", "账号被官方封禁。", "提示账号异常，登录不了。", "封号了。"])
def test_an_account_that_its_issuer_sealed_does_not(story: str) -> None:
    told = text_of(make_whole(problem=ProblemKind.ACCOUNT_LOST, used=Answer.YES, orders=SOLD, what_happened=story))
    assert "第六百一十二条" not in told and "第一百二十七条" not in told and "《民法典》第五百七十七条" in told


def test_a_rented_account_was_not_bought() -> None:
    rented = (replace(SOLD[0], product="租号 5小时"),)
    told = text_of(make_whole(problem=ProblemKind.ACCOUNT_LOST, used=Answer.YES, orders=rented))
    assert "所租账号在租期内不能使用" in told and "所购账号" not in told


def test_of_goods_in_part_either_may_be_so_and_of_deliveries_only_a_part_came() -> None:
    dead = text_of(make_whole(problem=ProblemKind.DEAD_KEY, delivered=Answer.PARTLY))
    assert "其中一部分没有交付或者不能使用" in dead and "只交付了部分商品" not in dead
    late = text_of(make_whole(problem=ProblemKind.NOT_DELIVERED, delivered=Answer.PARTLY))
    assert "只交付了部分商品" in late


def test_a_deposit_is_not_said_to_have_been_paid_on_the_platform() -> None:
    both = (*SOLD, Order("A2", "解冻保证金", Decimal(500), 1, ORDERED, ORDERED + timedelta(days=1)))
    told = text_of(make_whole(problem=ProblemKind.EXTRA_FEE, orders=both))
    assert "支付“解冻保证金”" in told and "在同一平台支付" not in told


@pytest.mark.parametrize(
    ("shown", "where"), [("有效期至2027年12月31日", "卡面所示"), ("有效期至2026年11月30日", "卡面或页面所示")]
)
def test_a_validity_that_the_pages_show_otherwise_is_that_of_the_card(shown: str, where: str) -> None:
    validity = Fact("", FactKind.VALIDITY, shown, shown)
    seen = make_version("c-1", ORDERED - timedelta(days=1), facts=(validity,))
    file = make_whole(problem=ProblemKind.EXPIRED_KEY, valid_until=ORDERED + timedelta(days=20))
    assert f"{where}的有效期至2026年11月30日" in text_of(replace(file, pages=(make_page(seen, None),)))
