"""Who sees what of a case: the rules by audience, tried on one text that holds everything."""

from __future__ import annotations

import pytest
from complaints.casefiles import make_file

from monitor.complaints.masking.policy import policy_for
from monitor.complaints.masking.text import mask_text
from monitor.complaints.model import Audience
from storage.case import Person, ProblemKind, Respondent

BUYER = Person("林小明", "13800138000", "浙江省杭州市西湖区某路1号2幢301室", "330106199001011237")
SELLER = Respondent("赵大刚", "江苏省南京市鼓楼区某街2号3室", "", "13911112222")
FILE = make_file(buyer=BUYER, respondent=SELLER)
TEXT = (
    "投诉人林小明，电话13800138000，身份证330106199001011237，住浙江省杭州市西湖区某路1号2幢301室。"
    "卖家赵大刚，电话13911112222，地址江苏省南京市鼓楼区某街2号3室。订单XH20261110001，卡密：ABCDE-FGH1J-KLMNO。"
    "客服手机13722223333"
)


@pytest.mark.parametrize(
    ("audience", "stays", "goes"),
    [
        (
            Audience.AUTHORITY,
            ["林小明", "13800138000", "某路1号2幢301室", "赵大刚", "13911112222", "某街2号3室", "XH20261110001"],
            ["330106199001011237", "FGH1J", "13722223333"],
        ),
        (
            Audience.PAYMENT,
            ["林小明", "13800138000", "XH20261110001"],
            ["某路1号", "330106199001011237", "FGH1J", "13722223333"],
        ),
        (Audience.PLATFORM, ["XH20261110001"], ["某路1号", "330106199001011237", "FGH1J"]),
        (
            Audience.PUBLIC,
            ["西湖区"],
            ["林小明", "赵大刚", "13800138000", "13911112222", "某路1号", "某街2号", "XH20261110001", "FGH1J"],
        ),
    ],
)
def test_each_audience_sees_what_it_needs(audience: Audience, stays: list[str], goes: list[str]) -> None:
    masked, _hits = mask_text(TEXT, policy_for(FILE, audience))
    assert [one for one in stays if one not in masked] == []
    assert [one for one in goes if one in masked] == []


@pytest.mark.parametrize("audience", list(Audience))
def test_a_firm_and_its_numbers_stay_for_everybody(audience: Audience) -> None:
    firm = Respondent(
        "杭州某某网络科技有限公司", "杭州市余杭区文一西路969号3幢5层", "91330106MA27XXXX1X", "0571-88889999"
    )
    text = f"被投诉人：{firm.name}，住所：{firm.address}，统一社会信用代码：{firm.uscc}，电话：{firm.phone}。"
    assert mask_text(text, policy_for(make_file(buyer=BUYER, respondent=firm), audience)) == (text, ())


@pytest.mark.parametrize(
    ("story", "number"),
    [
        ("充值给手机号13900000000的话费没到账。", "13900000000"),
        ("手机号139 0000 0000，充了50元话费，一直没到。", "139 0000 0000"),
        ("充到QQ号：123456789，没有到账。", "123456789"),
    ],
)
def test_the_number_that_a_top_up_did_not_reach_stays_for_who_has_to_look_it_up(story: str, number: str) -> None:
    file = make_file(buyer=BUYER, respondent=SELLER, problem=ProblemKind.TOPUP_MISSING, what_happened=story)
    for audience in (Audience.AUTHORITY, Audience.PLATFORM):
        assert number in mask_text(story, policy_for(file, audience))[0]
    assert number not in mask_text(story, policy_for(file, Audience.PUBLIC))[0]


@pytest.mark.parametrize(
    "story",
    [
        "话费没到账，客服手机13722223333不接。",
        "充值没到账。卡密1390000000012345不能用。",
        "我的手机13722223333打不通。",
    ],
)
def test_other_numbers_beside_a_top_up_are_masked(story: str) -> None:
    file = make_file(buyer=BUYER, respondent=SELLER, problem=ProblemKind.TOPUP_MISSING, what_happened=story)
    masked, _ = mask_text(story, policy_for(file, Audience.AUTHORITY))
    assert "13722223333" not in masked and "1390000000012345" not in masked


def test_a_number_of_another_trouble_is_masked() -> None:
    story = "充值卡无效，手机号13722223333。"
    file = make_file(buyer=BUYER, respondent=SELLER, what_happened=story)
    assert "13722223333" not in mask_text(story, policy_for(file, Audience.AUTHORITY))[0]


def test_what_a_letter_says_of_itself_is_no_name() -> None:
    text = "以上据本人陈述。本人于2026年11月10日购买，本人余额不足。联系人：未提供 卡密：见证4-1 密码：不详"
    assert mask_text(text, policy_for(FILE, Audience.AUTHORITY)) == (text, ())
