"""What buyers write when they are asked for more and more money puts the police first; ordinary stories do not."""

from __future__ import annotations

import pytest
from complaints.casefiles import make_file

from monitor.complaints.routing.fraud_signs import find_signs


@pytest.mark.parametrize(
    "story",
    [
        "还要3000会员费才给提现",
        "客服说付2000才能退款",
        "余额提现要先交2000",
        "他说要先充500再提现",
        "让我刷够流水",
        "一次又一次让我付款",
        "说我操作失误要再充500",
        "我把验证码给了对方",
        "让我下载会议软件",
    ],
)
def test_being_asked_for_more_is_for_the_police(story: str) -> None:
    assert any(sign.critical for sign in find_signs(make_file(what_happened=story)))


@pytest.mark.parametrize(
    "story",
    [
        "充值500元以后一直没有到账",
        "没有要求先交钱才能退款",
        "客服说三天后退款",
        "付款后才能看到卡密，卡密无效",
        "先付款再发货，收到的卡密打不开",
    ],
)
def test_an_ordinary_story_is_not(story: str) -> None:
    assert not any(sign.critical for sign in find_signs(make_file(what_happened=story)))
