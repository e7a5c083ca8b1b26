"""A part that came back is no refund of all: it stops only a claim for the whole that no record reduces."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from complaints.casefiles import ORDERED, make_file, make_step

from monitor.complaints.filing.prefiling import check_before_filing
from monitor.config.complaints import ComplaintSettings
from storage.case import Demand, DemandKind, Order, Respondent

SELLER = Respondent("杭州某某网络科技有限公司", "浙江省杭州市西湖区文三路100号")
ORDERS = (Order("A1", "点卡 100元", Decimal(100), 1, ORDERED, ORDERED),)


def stops(story: str, asked: str, *, returned: str = "", channel: str = "p12315") -> dict[str, str]:
    demands = (Demand(DemandKind.REFUND, Decimal(asked)),)
    file = make_file(respondent=SELLER, orders=ORDERS, demands=demands, what_happened=f"{story}。")
    if returned:
        file = replace(file, steps=(make_step("platform", outcome="partly", returned=Decimal(returned)),))
    return {one.field: one.why for one in check_before_filing(file, channel, ComplaintSettings()).blocks}


PARTS = ["平台先行赔付了我20元", "客服把钱退给我了30元", "钱昨天退回来了20元", "货款退了40元给我"]


@pytest.mark.parametrize("story", PARTS)
@pytest.mark.parametrize("channel", ["p12315", "platform", "alipay"])
def test_a_part_that_came_back_stops_a_claim_for_all_alone(story: str, channel: str) -> None:
    assert "story.refunded" not in stops(story, "100", channel=channel)
    assert "refunded" in stops(story, "100", channel=channel)
    assert not {"refunded", "story.refunded"} & set(stops(story, "60", channel=channel))
    assert not {"refunded", "story.refunded"} & set(stops(story, "60", returned="20", channel=channel))


@pytest.mark.parametrize("story", ["钱已经退给我了", "把100元退给我了", "全额退款了", "平台先行赔付了"])
def test_all_that_came_back_leaves_nothing_to_claim(story: str) -> None:
    assert "story.refunded" in stops(story, "100")
