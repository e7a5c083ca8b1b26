"""Before everybody the buyer's family, a child's school and the number of a parcel are masked, and words stay words."""

from __future__ import annotations

import pytest
from complaints.casefiles import make_file

from monitor.complaints.masking.policy import policy_for
from monitor.complaints.masking.text import mask_text
from monitor.complaints.masking.third_parties import find_schools, find_third_names, mask_third
from monitor.complaints.model import Audience


def masked(text: str, audience: Audience = Audience.PUBLIC) -> str:
    file = make_file(what_happened=text)
    return mask_text(text, mask_third(policy_for(file, audience), file))[0]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("收件人写的是我妈陈桂芳。", "陈桂芳"),
        ("我爸王建国付的款。", "王建国"),
        ("我姐刘敏也试了。", "刘敏"),
        ("是我哥赵铁柱买的。", "赵铁柱"),
        ("我外婆孙秀英不会用手机。", "孙秀英"),
        ("前台说老板孙伟出差了。", "孙伟"),
        ("店主张敏请假了。", "张敏"),
        ("客服李强辞职了，没人管。", "李强"),
    ],
)
def test_a_relative_and_whoever_is_away_are_masked_by_their_name_alone(text: str, name: str) -> None:
    assert name in find_third_names(text)
    told = masked(text)
    assert name not in told and text.partition(name)[2] in told


@pytest.mark.parametrize(
    "text",
    [
        "我妈都不知道这件事。",
        "我爸方便面都吃不起。",
        "我姐和我一起试的。",
        "我弟说卡密无效。",
        "老板出差了。",
        "我妈高兴地付了款。",
    ],
)
def test_a_relative_without_a_name_stays(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    ("text", "school"),
    [
        ("他在杭州十四中上高二。", "杭州十四中"),
        ("儿子在文一街小学读二年级。", "文一街小学"),
        ("女儿就读于学军中学。", "学军中学"),
        ("我在浙江大学读书。", "浙江大学"),
        ("孩子上西湖区实验幼儿园。", "西湖区实验幼儿园"),
    ],
)
def test_a_school_is_masked_before_everybody(text: str, school: str) -> None:
    assert find_schools(text) == (school,)
    assert school not in masked(text)
    assert school in masked(text, Audience.AUTHORITY)


@pytest.mark.parametrize(
    "text", ["孩子在上高中，不懂。", "他读小学。", "在发货过程中，上不去。", "在处理中，就等着。", "他上初中。"]
)
def test_a_kind_of_school_and_what_is_going_on_stay(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("快递单号SF1234567890123。", "SF1234567890123"),
        ("运单号：773012345678901。", "773012345678901"),
        ("物流单号是YT8812345678901，没收到。", "YT8812345678901"),
        ("寄来的是JDVB12345678901。", "JDVB12345678901"),
        ("快递 4312345678901 显示签收。", "4312345678901"),
    ],
)
def test_the_number_of_a_parcel_is_masked_before_everybody_and_kept_for_an_office(text: str, number: str) -> None:
    assert number not in masked(text)
    assert number in masked(text, Audience.AUTHORITY)
