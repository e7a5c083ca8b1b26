"""What was not seen on the watched pages is said of those pages only; what is there is not said to be missing."""

from __future__ import annotations

import pytest

from monitor.findings.disclosure import find_undisclosed, shows_complaint_channel
from monitor.findings.model import FindingKind, Sight
from scrapers.model import Role

from .sights import page, sight

HOME, TERMS = page(Role.HOME, "/"), page(Role.TERMS)
BARE = "星辰小铺\n所有商品自动发货\n热卖：月卡 9.90元"
RULES = "一、卡密无效的，七天内可以申请补发。\n二、恶意投诉的用户将被封号。"
FULL = (
    "星辰小铺\n营业执照\n统一社会信用代码：91330100MA27X0000X\n投诉电话：0571-87654321\n客服QQ：2800123456\n历史版本\n"
)


def kinds(*sights: Sight, unread: int = 0) -> dict[FindingKind, str]:
    return {one.kind: one.sentence for one in find_undisclosed(sights, unread=unread)}


def test_a_bare_shop_lacks_all_four_on_the_pages_that_were_watched() -> None:
    found = kinds(sight(HOME, 1, BARE), sight(TERMS, 1, RULES), unread=2)
    assert set(found) == {
        FindingKind.IDENTITY_NOT_SHOWN,
        FindingKind.COMPLAINTS_NOT_SHOWN,
        FindingKind.CONTACT_NOT_SHOWN,
        FindingKind.HISTORY_NOT_SHOWN,
    }
    for sentence in found.values():
        assert sentence.startswith("在已监测的2个页面")
        assert "未发现" in sentence
        assert "另有2个页面未能读取" in sentence


def test_a_shop_that_shows_all_lacks_nothing() -> None:
    assert not kinds(sight(HOME, 1, FULL), sight(TERMS, 1, RULES))


def test_it_is_enough_that_one_watched_page_shows_it() -> None:
    assert FindingKind.CONTACT_NOT_SHOWN not in kinds(
        sight(HOME, 1, BARE), sight(TERMS, 1, f"{RULES}\n客服QQ：2800123456")
    )


def test_an_icp_number_alone_does_not_say_who_runs_the_shop() -> None:
    found = kinds(sight(HOME, 1, f"{BARE}\n浙ICP备2024012345号-1"))
    assert "仅见 ICP 或公安备案号" in found[FindingKind.IDENTITY_NOT_SHOWN]


def test_pictures_and_an_unwatched_home_page_leave_a_doubt_that_is_said() -> None:
    [pictured] = [
        one
        for one in find_undisclosed([sight(HOME, 1, BARE, images=("a.png",))])
        if one.kind is FindingKind.IDENTITY_NOT_SHOWN
    ]
    assert pictured.needs_human
    assert "图片" in pictured.sentence
    assert "首页不在监测之列" in kinds(sight(TERMS, 1, RULES))[FindingKind.IDENTITY_NOT_SHOWN]


def test_rule_history_is_asked_of_rules_that_are_watched_only() -> None:
    assert FindingKind.HISTORY_NOT_SHOWN not in kinds(sight(HOME, 1, BARE))


def test_nothing_is_said_where_nothing_was_read() -> None:
    assert find_undisclosed([], unread=5) == ()


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("投诉电话：0571-87654321", True),
        ("如有纠纷可拨打12315", True),
        ("投诉举报", True),
        ("投诉", True),
        ("对处理结果不满意的，可发邮件至 help@shop.test 投诉", True),
        ("恶意投诉的，一律封号处理", False),
        ("请勿投诉，先联系客服QQ 2800123456", False),
        ("客服QQ：2800123456", False),
        ("买家投诉率低于千分之一", False),
    ],
)
def test_a_complaint_channel_is_a_way_and_not_the_word(line: str, shown: bool) -> None:
    assert shows_complaint_channel(line) is shown
