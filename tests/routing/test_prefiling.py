"""The check before filing: what an intake clerk with 总局令第121号 would return, and what a lawyer would attack."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from complaints.casefiles import NOW, ORDERED, make_file, make_item, make_step

from monitor.complaints.filing.attack_points import find_attack_points
from monitor.complaints.filing.prefiling import check_before_filing
from monitor.complaints.filing.pressure import RESERVED, pressure_sentence
from monitor.complaints.filing.self_check import check_self
from monitor.complaints.model import CaseFile, OtherCase
from monitor.complaints.routing.limits_of_claims import find_limits, unsupported_demands
from monitor.config.complaints import ComplaintSettings
from routing.whofiles import known_who, page, seen, spec, void_clause
from scrapers.model import Origin, Role
from storage.case import (
    Answer,
    Demand,
    DemandKind,
    FoundTime,
    Order,
    PaymentForm,
    Person,
    ProblemKind,
    Purpose,
    Respondent,
    UnlawfulPurpose,
)

SETTINGS = ComplaintSettings()
BOUGHT = (make_item("order"), make_item("wallet_bill"))


def known_file(**facts: object) -> CaseFile:
    return replace(make_file(**facts), items=BOUGHT, who=known_who())


def blocks(file: CaseFile, channel: str = "p12315") -> dict[str, tuple[str, ...]]:
    return {one.field: one.articles for one in check_before_filing(file, channel, SETTINGS).blocks}


def test_a_whole_complaint_passes() -> None:
    check = check_before_filing(known_file(), "p12315", SETTINGS)
    assert check.ready and check.blocks == ()
    assert any("核验身份" in one for one in check.warnings)


@pytest.mark.parametrize(
    ("changed", "field", "article"),
    [
        ({"buyer": Person("林小明", "", "杭州市")}, "buyer_phone", "tsjb-10"),
        ({"buyer": Person("林小明", "138", "")}, "buyer_address", "tsjb-10"),
        ({"demands": ()}, "demand", "tsjb-10"),
        ({"demands": (Demand(DemandKind.REFUND),)}, "demand", "tsjb-10"),
        ({"what_happened": " "}, "what_happened", "tsjb-10"),
        ({"purpose": Purpose.RESALE}, "purpose", "tsjb-16"),
        ({"purpose": Purpose.UNKNOWN}, "purpose", "tsjb-16"),
        ({"noticed_at": NOW - timedelta(days=1100)}, "noticed_at", "tsjb-16"),
        ({"helper": Person("王助")}, "authorisation", "tsjb-11"),
        ({"minor": True}, "guardian_name", "mfd-19"),
    ],
)
def test_what_would_be_returned_is_named_with_its_article(changed: dict[str, object], field: str, article: str) -> None:
    assert article in blocks(known_file(**changed))[field]


@pytest.mark.parametrize("name", ["星河卡盟", "xh88.test", "杭州**公司", "某某发卡"])
def test_the_name_of_a_site_or_a_masked_name_is_no_respondent(name: str) -> None:
    file = replace(make_file(payee="", respondent=Respondent(name, "杭州市西湖区")), items=BOUGHT)
    gap = {one.field: one for one in check_before_filing(file, "p12315", SETTINGS).blocks}["respondent.name"]
    assert "不是登记的主体" in gap.why


@pytest.mark.parametrize("name", ["杭州星河网络科技有限公司", "西湖区小林数码店", "李小明", "欧阳娜"])
def test_a_firm_a_trader_and_a_person_may_be_named(name: str) -> None:
    assert blocks(replace(make_file(respondent=Respondent(name, "杭州市西湖区")), items=BOUGHT)) == {}


def test_what_ties_the_respondent_to_the_sale_is_asked_for() -> None:
    file = replace(make_file(respondent=Respondent("杭州星河网络科技有限公司", "杭州市西湖区")), items=BOUGHT)
    assert any("收款方是" in one for one in check_before_filing(file, "p12315", SETTINGS).warnings)
    shown = replace(file, items=(*BOUGHT, make_item("subject")))
    assert not any("收款方是" in one for one in check_before_filing(shown, "p12315", SETTINGS).warnings)


def test_no_proof_of_purchase_and_no_respondent_are_stopped() -> None:
    bare = make_file(payee="")
    found = blocks(bare)
    assert found["purchase_proof"] == ("tsjb-16",) and found["respondent.name"] == ("tsjb-10",)
    removed = replace(bare, items=(replace(make_item("order"), removed_at=NOW),))
    assert "purchase_proof" in blocks(removed)


def test_what_another_body_handles_is_stopped_and_what_a_public_platform_handles_is_not() -> None:
    assert "steps.consumer_assoc" in blocks(replace(known_file(), steps=(make_step("consumer_assoc"),)))
    assert "steps.court" in blocks(replace(known_file(), steps=(make_step("court"),)))
    free = ("heimao", "xfb", "wechat_pay", "police", "market_report", "p12377")
    assert blocks(replace(known_file(), steps=tuple(make_step(one) for one in free))) == {}


def test_a_payment_channel_refuses_what_was_not_paid_through_it() -> None:
    assert "payment" in blocks(known_file(), "alipay")
    assert "payment" not in blocks(known_file(), "wechat_pay")
    gap = check_before_filing(known_file(payment=PaymentForm.PERSONAL_CODE), "wechat_pay", SETTINGS).blocks[0]
    assert "没有商户争议" in gap.why and "转账举报" in gap.mend


def test_an_unlawful_purpose_is_stopped_everywhere() -> None:
    for channel in ("p12315", "court", "heimao", "platform"):
        assert "unlawful" in blocks(known_file(unlawful=(UnlawfulPurpose.SMS_CODES,)), channel)


def test_an_unknown_channel_is_an_error() -> None:
    with pytest.raises(KeyError):
        check_before_filing(known_file(), "nobody", SETTINGS)


def test_many_like_complaints_are_warned_of_as_defaults_with_a_persons_advice() -> None:
    mine = tuple(
        OtherCase(f"k-{n}", "星河卡盟", "", "点卡", "林小明", "13800138000", NOW - timedelta(days=n), 1)
        for n in range(2)
    )
    found = {one.id: one for one in check_self(replace(known_file(), others=mine), SETTINGS)}
    told = found["same_respondent"].sentence
    assert "3件" in told and "默认值" in told and "律师" in told
    assert found["same_respondent"].articles[0] == "tsjb-17"
    assert check_self(replace(known_file(), others=mine[:1]), SETTINGS) == ()
    other_buyers = tuple(replace(one, buyer="李四", phone="13900000000") for one in mine)
    assert check_self(replace(known_file(), others=other_buyers), SETTINGS) == ()


def test_refunds_in_a_day_shared_phones_and_quantities_are_looked_at() -> None:
    many = (OtherCase("k-1", "别的", "", "", "林小明", "13800138000", NOW, 4),)
    assert [one.id for one in check_self(replace(known_file(), others=many), SETTINGS)] == ["many_refunds"]
    shared = (OtherCase("k-1", "别的", "", "", "李四", "13800138000", NOW, 0),)
    assert [one.id for one in check_self(replace(known_file(), others=shared), SETTINGS)] == ["shared_phone"]
    bulk = known_file(orders=(Order("1", "点卡", Decimal(50), 30, ORDERED, ORDERED, "1"),))
    assert [one.id for one in check_self(bulk, SETTINGS)] == ["quantity"]


def points(file: CaseFile) -> set[str]:
    return {one.id for one in find_attack_points(file)}


def test_a_case_without_pages_or_traces_of_use_is_attacked_there() -> None:
    assert {"no_page", "no_use_trace", "no_failure_shown"} <= points(known_file())
    shown = replace(known_file(), items=(*BOUGHT, make_item("use_trace"), make_item("failure")))
    assert not {"no_use_trace", "no_failure_shown"} & points(shown)


def test_captures_are_attacked_for_who_made_them_when_and_of_what() -> None:
    near = replace(known_file(), pages=(page(seen()),))
    assert {"operator_is_party", "clock"} <= points(near)
    assert not {"gap", "only_after", "no_page", "imported", "hidden_text"} & points(near)
    after = replace(known_file(), pages=(page(after=seen(ORDERED + timedelta(days=30))),))
    assert {"only_after", "gap"} <= points(after)
    brought = replace(known_file(), pages=(page(seen(origin=Origin.IMPORTED)),))
    assert "imported" in points(brought) and "operator_is_party" not in points(brought)
    login = replace(known_file(), pages=(page(seen(role=Role.ORDER)),))
    assert "login_state" in points(login)
    hidden = replace(void_clause(), quotable=False)
    assert "hidden_text" in points(replace(known_file(), pages=(page(seen(findings=(hidden,))),)))


def test_items_are_attacked_for_their_times_their_text_and_their_editing() -> None:
    item = make_item("chat", times=(FoundTime("exif", "DateTimeOriginal", NOW, zone_known=False),), text_source="ocr")
    assert {"ocr", "zone", "chat_who"} <= points(replace(known_file(), items=(item,)))
    odd = make_item(
        "failure", conflicts=("文件记载经过图像编辑软件（Photoshop）处理，对方可能质疑", "照片信息早于下单时间")
    )
    found = {one.id: one for one in find_attack_points(replace(known_file(), items=(odd,)))}
    assert {"conflicts", "edited", "undated"} <= set(found)
    assert odd.evidence in found["edited"].ids
    recorded = replace(known_file(), items=(make_item("chat"), make_item("recording")))
    assert "chat_who" not in points(recorded)


def test_every_attack_says_how_to_mend_it() -> None:
    file = replace(
        known_file(),
        items=(make_item("chat", text_source="ocr", conflicts=("时间不符",)),),
        pages=(page(after=seen(ORDERED + timedelta(days=30), role=Role.ORDER)),),
    )
    assert all(one.what and one.mend for one in find_attack_points(file))


def limits(file: CaseFile) -> dict[str, str]:
    return {one.id: one.sentence for one in find_limits(file)}


def test_seven_days_without_reason_are_not_promised_for_keys() -> None:
    assert "不能指望" in limits(known_file())["no_seven_days"]
    assert "no_seven_days" not in limits(known_file(by_network=False))


def test_fraud_needs_evidence_that_was_there_before_the_order() -> None:
    fraud = (Demand(DemandKind.FRAUD, Decimal(500), ""),)
    bare = known_file(demands=fraud)
    assert "欺诈为前提" in limits(bare)["fraud_without_evidence"]
    assert unsupported_demands(bare) == {DemandKind.FRAUD}
    named = known_file(demands=fraud, fraud_evidence=("c-1",))
    assert unsupported_demands(named) == frozenset()
    advert = make_item("advert", said_at=ORDERED + timedelta(days=5))
    late = replace(known_file(demands=fraud, advert_relied_on=advert.id, fraud_evidence=("c-1",)), items=(advert,))
    assert DemandKind.FRAUD in unsupported_demands(late)
    early = replace(late, items=(replace(advert, said_at=ORDERED - timedelta(days=5)),))
    assert unsupported_demands(early) == frozenset()
    undated = replace(late, items=(replace(advert, said_at=None),))
    assert "没有可核对的时间" in limits(undated)["advert_undated"]


def test_a_time_in_a_files_name_dates_no_advertisement() -> None:
    named = make_item("advert", times=(FoundTime("name", "file", ORDERED - timedelta(days=9)),))
    file = replace(known_file(advert_relied_on=named.id), items=(named,))
    assert "advert_undated" in limits(file)
    photo = replace(named, times=(FoundTime("exif", "DateTimeOriginal", ORDERED - timedelta(days=9)),))
    assert "advert_undated" not in limits(replace(file, items=(photo,)))


def test_a_capture_as_advertisement_counts_by_when_it_was_seen() -> None:
    shown = seen(ORDERED + timedelta(days=1))
    file = replace(known_file(advert_relied_on=shown.capture), pages=(page(after=shown),))
    assert "advert_later" in limits(file)


def test_some_orders_before_the_advertisement_are_counted() -> None:
    orders = tuple(Order(str(n), "充值", Decimal(100), 1, ORDERED + timedelta(days=n)) for n in range(4))
    advert = make_item("advert", said_at=ORDERED + timedelta(days=2, hours=1))
    file = replace(known_file(orders=orders, advert_relied_on=advert.evidence), items=(advert,))
    assert "有3笔订单（共4笔）" in limits(file)["advert_later_in_part"]
    assert unsupported_demands(file) == frozenset()


def test_where_no_promise_was_broken_it_is_said() -> None:
    useless = known_file(problem=ProblemKind.WRONG_GOODS, what_happened="游戏包玩不了。")
    assert "没有材料显示" in limits(useless)["no_promise_broken"]
    shown = replace(useless, pages=(page(seen(facts=(spec(),))),))
    assert "no_promise_broken" not in limits(shown)
    assert "no_promise_broken" not in limits(known_file())


def test_own_use_and_own_delay_are_said() -> None:
    assert "used_by_buyer" in limits(known_file(used=Answer.YES))
    late = known_file(
        problem=ProblemKind.EXPIRED_KEY,
        valid_until=ORDERED + timedelta(days=3),
        received_at=ORDERED,
        used_at=ORDERED + timedelta(days=9),
    )
    assert "used_late" in limits(late)
    expired_before = replace(late.case.facts, received_at=ORDERED + timedelta(days=5))
    file = replace(late, case=replace(late.case, facts=expired_before))
    assert "used_late" not in limits(file)  # it was dead when it came


def test_a_frozen_balance_goes_by_the_rules_of_prepayment() -> None:
    found = {one.id: one for one in find_limits(known_file(problem=ProblemKind.BALANCE_FROZEN, balance=Decimal(5000)))}
    assert {"xbf-53", "yfk-15"} <= set(found["prepaid_balance"].articles)


def test_only_what_was_recorded_with_its_proof_may_be_called_filed() -> None:
    assert pressure_sentence(known_file(), "p12315") == RESERVED
    bare = replace(known_file(), steps=(make_step("p12315"),))
    assert pressure_sentence(bare, "p12315") == RESERVED
    proven = replace(known_file(), steps=(make_step("p12315", proof=("e-1",), receipt_no="2026111600001"),))
    assert pressure_sentence(proven, "p12315") == (
        "本人已于2026年11月16日向全国12315平台提交投诉（编号2026111600001）。"
    )
    assert pressure_sentence(proven, "court") == RESERVED
    reported = replace(known_file(), steps=(make_step("police", proof=("e-1",)),))
    assert pressure_sentence(reported, "police") == "本人已于2026年11月16日向公安机关报案。"
    to_come = replace(proven, at=NOW - timedelta(days=30))
    assert pressure_sentence(to_come, "p12315") == RESERVED
