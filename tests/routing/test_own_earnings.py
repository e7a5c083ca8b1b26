"""A minor of sixteen who lives by his own work needs no consent: the claim from age waits until that is cleared up."""

from __future__ import annotations

from datetime import date

import pytest
from complaints.casefiles import make_file

from monitor.complaints.filing.prefiling import check_before_filing
from monitor.config.complaints import ComplaintSettings
from storage.case import Answer, Meant, Person

GUARDIAN = Person("周敏", "13900139001", "浙江省杭州市西湖区文一路2号3幢401室")


def stops(story: str, channel: str = "p12315", *, born: date = date(2009, 3, 1), **facts: object) -> str:
    usual: dict[str, object] = {
        "minor": True,
        "guardian": GUARDIAN,
        "guardian_agreed": Answer.NO,
        "buyer": Person("周小宝", born_on=born),
        "what_happened": f"{story}。",
        **facts,
    }
    blocks = check_before_filing(make_file(**usual), channel, ComplaintSettings()).blocks
    return next((one.why for one in blocks if one.field == "minor.earns"), "")


@pytest.mark.parametrize(
    "story",
    ["儿子17岁，在饭店打工一年多了", "他自己挣钱自己花", "用自己的工资买的号", "孩子辍学去打工了", "他养活自己"],
)
@pytest.mark.parametrize("channel", ["p12315", "platform", "alipay", "court", "police", "heimao"])
def test_own_earnings_stop_the_claim_from_age(story: str, channel: str) -> None:
    told = stops(story, channel)
    assert "视为完全民事行为能力人" in told


@pytest.mark.parametrize(
    "story", ["孩子用压岁钱买的", "我在上班，孩子自己在家买的", "我白天上班，不知道", "用零花钱买的", "孩子上高二"]
)
def test_pocket_money_and_the_parents_work_do_not(story: str) -> None:
    assert not stops(story)


def test_nobody_is_asked_below_sixteen_nor_where_he_has_said_what_it_means() -> None:
    story = "在饭店打工一年多了"
    assert stops(story)
    assert not stops(story, born=date(2011, 3, 1))
    assert not stops(story, meant=(Meant(story, "只是周末打零工，生活费都是家里出"),))
    assert not stops(story, guardian_agreed=Answer.UNKNOWN)
