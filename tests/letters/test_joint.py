"""A joint complaint names everybody who is known here and of the same operator, and nobody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from complaints.casefiles import NOW, ORDERED, make_case, make_facts
from complaints.market import make_market

from letters.lettercase import FIRM, make_whole, write
from monitor.complaints.gather import gather_case
from monitor.complaints.letters.text import render_text
from monitor.complaints.masking.policy import policy_for
from monitor.complaints.masking.text import mask_text
from monitor.complaints.model import Audience, CaseFile, LetterBlocked, OtherCase
from monitor.complaints.routing.joint import find_joint
from monitor.complaints.routing.plan import plan_case
from monitor.config.complaints import ComplaintSettings
from storage.case import Case, DemandKind, Order, Person
from storage.cases import keep_case

HOME = "浙江省宁波市海曙区某巷8号"
ORDER = Order("XH20261111007", "视频会员月卡", Decimal("33.10"), 1, ORDERED + timedelta(days=1))
LI = OtherCase(
    "k-2", "星河卡盟", FIRM.name, "视频会员月卡", "李四", "13900139000", NOW, 1,
    address=HOME, orders=(ORDER,), demands=(DemandKind.REFUND,),
)  # fmt: skip
ELSEWHERE = replace(LI, id="k-3", platform="别的卡盟", respondent="成都云桥信息技术有限公司", buyer="王五")
WHOLE = ("p12315", "market_complaint")


def joint_file(*others: OtherCase, named: tuple[str, ...] = (), **facts: object) -> CaseFile:
    names = named or tuple(one.id for one in others)
    return replace(make_whole(others=names, **facts), others=others)


def text_of(kind: str, file: CaseFile) -> str:
    return render_text(write(kind, file))


@pytest.mark.parametrize("kind", WHOLE)
def test_everybody_stands_with_his_particulars_and_orders(kind: str) -> None:
    text = text_of(kind, joint_file(LI))
    assert f"2 | 李四 | 13900139000 | {HOME}" in text
    assert "李四 | XH20261111007 | 视频会员月卡 | 2026年11月11日14:30 | 33.10元 | 退款" in text
    assert "《市场监督管理投诉举报处理办法》第十二条" in text and "凭证由各人另附" in text
    assert "请求被投诉人将50.00元退至原支付方式" in text and "83.10" not in text


@pytest.mark.parametrize("kind", [*WHOLE, "p12315_compact", "demand", "lawsuit"])
def test_a_single_complaint_says_nothing_of_others(kind: str) -> None:
    text = text_of(kind, replace(make_whole(), others=(LI,)))
    assert "共同" not in text and "李四" not in text


@pytest.mark.parametrize("kind", WHOLE)
def test_a_case_of_another_operator_is_left_out_and_the_sender_is_told(kind: str) -> None:
    letter = write(kind, joint_file(LI, ELSEWHERE))
    assert "李四" in render_text(letter) and "王五" not in render_text(letter)
    assert any("k-3" in note and "不是同一争议" in note for note in letter.notes)
    alone = write(kind, joint_file(ELSEWHERE))
    assert "共同投诉" not in render_text(alone)


def test_of_one_platform_with_many_shops_the_respondents_decide() -> None:
    other_shop = replace(LI, respondent="成都云桥信息技术有限公司")
    assert find_joint(joint_file(other_shop)).apart == (other_shop,)
    untold = replace(LI, platform="", respondent="")
    assert find_joint(joint_file(untold)).apart == (untold,)


def test_a_case_that_is_not_here_is_said_to_be_missing_and_not_made_up() -> None:
    letter = write("p12315", joint_file(LI, named=("k-2", "k-404")))
    text = render_text(letter)
    assert "另有1名共同投诉人的情况本文书没有掌握" in text and "k-404" not in text
    assert text.count("139001") == 1
    only = text_of("p12315", joint_file(named=("k-404",)))
    assert "【共同投诉人" not in only and "另有1名共同投诉人的情况本文书没有掌握" in only


def test_what_a_case_does_not_tell_is_said_to_be_open() -> None:
    text = text_of("p12315", joint_file(replace(LI, phone="", address="", orders=(), demands=())))
    assert "2 | 李四 | 未填写 | 未填写" in text and "李四 | 未填写 | 未填写 | 未填写 | 未填写 | 未填写" in text


def test_two_orders_of_one_buyer_are_no_joint_complaint() -> None:
    own = replace(LI, buyer="林小明", phone="13800138000")
    letter = write("p12315", joint_file(own))
    assert "【共同投诉人" not in render_text(letter)
    assert any("同一人的几笔订单" in note for note in letter.notes)


def test_the_short_form_says_how_many_complain() -> None:
    text = text_of("p12315_compact", joint_file(LI))
    assert "本投诉由2人就同一争议共同提出" in text and "13900139000" not in text


def test_representatives_are_elected_by_all_and_left_to_be_written_in() -> None:
    text = text_of("elect_representatives", joint_file(replace(LI, minor=True, guardian=Person("李大"))))
    assert "1 | 林小明 | 13800138000" in text and f"2 | 李四 | 13900139000 | {HOME}" in text
    assert "共同推选＿＿＿＿＿＿、＿＿＿＿＿＿为代表人（一人或者两人" in text
    assert "须经被代表的投诉人同意" in text and "第十二条" in text
    assert "投诉人（签名）：＿＿＿＿＿＿（林小明）" in text
    assert "投诉人李四的法定代理人（签名）：＿＿＿＿＿＿（李大）" in text


def test_nobody_is_elected_where_nobody_joins() -> None:
    for file in (make_whole(), joint_file(ELSEWHERE), joint_file(named=("k-404",))):
        with pytest.raises(LetterBlocked) as blocked:
            write("elect_representatives", file)
        assert [one.field for one in blocked.value.missing] == ["joint"]


def test_before_the_rule_of_today_it_is_not_cited() -> None:
    day = date(2026, 4, 14)
    at = datetime(day.year, day.month, day.day, 4, tzinfo=NOW.tzinfo)
    order = Order("A1", "点卡", Decimal(50), 1, at - timedelta(days=5), at - timedelta(days=5))
    text = text_of("elect_representatives", joint_file(LI, at=at, orders=(order,)))
    assert "第十二条" not in text


def test_the_plan_of_a_joint_complaint_has_the_election_and_that_of_a_single_one_has_not() -> None:
    settings = ComplaintSettings()
    joint = {one.channel: one.letters for one in plan_case(joint_file(LI), settings).steps}
    single = {one.channel: one.letters for one in plan_case(make_whole(), settings).steps}
    for channel in WHOLE:
        assert "elect_representatives" in joint[channel] and "elect_representatives" not in single[channel]
    assert "elect_representatives" not in joint["heimao"]


def test_an_office_reads_who_joins_and_the_public_does_not() -> None:
    told = f"李四，电话13900139000，住{HOME}"
    assert mask_text(told, policy_for(joint_file(LI), Audience.AUTHORITY))[0] == told
    assert "13900139000" not in mask_text(told, policy_for(joint_file(LI), Audience.PUBLIC))[0]


def test_only_a_named_case_gives_its_particulars_to_another(tmp_path: Path) -> None:
    archive = make_market(tmp_path).open()
    other = Case("k-20261122T040000-bbbbbbbb", NOW, NOW, make_facts(buyer=Person("李四", "13900139000", HOME)))
    with archive.database.writing() as session:
        keep_case(session, other)
        keep_case(session, make_case(others=(other.id,)))
        keep_case(session, Case("k-20261121T040000-cccccccc", NOW, NOW, make_facts(buyer=Person("王五", "1", HOME))))
    file = gather_case(archive, make_case().id, at=NOW, settings=ComplaintSettings())
    archive.close()
    found = {one.buyer: one for one in file.others}
    assert found["李四"].address == HOME and found["李四"].orders == other.facts.orders
    assert found["王五"].address == "" and found["王五"].orders == ()
