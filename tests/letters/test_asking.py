"""What a buyer writes to a seller is read as a demand where it asks for something, in whatever few words."""

from __future__ import annotations

import pytest
from complaints.casefiles import make_facts

from monitor.complaints.evidence.said_lines import asks_remedy, read_chat


def asks(words: str) -> bool:
    return any(asks_remedy(line) for line in read_chat(f"2026-11-10 16:00 我：{words}\n", make_facts()))


@pytest.mark.parametrize(
    "words",
    [
        "我要提现1800",
        "十张里有三张卡号不存在，请补",
        "只到80，补20",
        "多拍了一张，没用过，退一张",
        "被顶号了，退两小时的4块",
        "我现在就要提现",
        "退掉这张，退50元",
        "请按50元发货",
        "给我补",
    ],
)
def test_a_demand_in_few_words_is_one(words: str) -> None:
    assert asks(words)


@pytest.mark.parametrize(
    "words",
    [
        "提现按钮没有了",
        "上次已退50元收到了",
        "不用退一张了",
        "系统在打补丁",
        "我自己补20进去的",
        "还在吗",
        "余额180",
    ],
)
def test_what_only_tells_is_none(words: str) -> None:
    assert not asks(words)
