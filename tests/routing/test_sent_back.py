"""What an intake clerk sends back although every field is filled, and the good complaints beside each that pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from complaints.casefiles import NOW, ORDERED, make_case, make_facts, make_file, make_item, make_step

from monitor.complaints.evidence.contradictions import (
    contradicting_items,
    find_contradictions,
    is_same_party,
    orders_without_proof,
)
from monitor.complaints.evidence.exhibits import list_exhibits
from monitor.complaints.filing.prefiling import check_before_filing
from monitor.complaints.filing.whole_check import check_whole, find_filing_blocks
from monitor.complaints.letters.sentences import list_sentences
from monitor.complaints.letters.write import write_letter
from monitor.complaints.model import CaseFile, OtherCase
from monitor.complaints.routing.channels import load_channels
from monitor.complaints.routing.conduct_words import Conduct, find_misconduct
from monitor.complaints.routing.named_respondent import find_respondent, forum_of
from monitor.complaints.routing.told_particulars import is_phone, judge_address
from monitor.config.complaints import ComplaintSettings
from monitor.operators.jurisdiction import Procedure
from routing.whofiles import FIRM, HOME, known_who
from storage.case import Answer, Demand, DemandKind, Person, ProblemKind, Respondent

SETTINGS = ComplaintSettings()
SELLER = Respondent("杭州某某网络科技有限公司", "浙江省杭州市西湖区文三路100号")
BILL = (
    "微信支付 账单详情\n商户全称：杭州某某网络科技有限公司\n金额：50.00元\n"
    "交易单号：4200002211202611101234567890\n支付时间：2026-11-10 14:31\n"
)
FOREIGN_BILL = "商户全称：别家公司\n金额：12.00元\n交易单号：4200000000000000000000000000\n支付时间：2025-01-01 14:31\n"


def bought(text: str = BILL, source: str = "chat", **facts: object) -> CaseFile:
    item = make_item("wallet_bill", text=text, text_source=source)
    return replace(make_file(**{"respondent": SELLER, **facts}), items=(item,))


def blocks(file: CaseFile, channel: str = "p12315") -> dict[str, tuple[str, ...]]:
    return {one.field: one.articles for one in check_before_filing(file, channel, SETTINGS).blocks}


def warnings(file: CaseFile, channel: str = "p12315") -> str:
    return "\n".join(check_before_filing(file, channel, SETTINGS).warnings)


def buyer(**changed: object) -> Person:
    return replace(make_facts().buyer, **changed)  # type: ignore[arg-type]


def test_an_ordinary_complaint_passes() -> None:
    assert blocks(bought()) == {}


# --- bills -------------------------------------------------------------------------------------------------------


def test_a_bill_of_another_trade_is_no_proof() -> None:
    file = bought(FOREIGN_BILL)
    assert {one.field for one in find_contradictions(file)} == {"number", "amount", "payee", "paid_at"}
    assert blocks(file)["purchase_proof"] == ("tsjb-16",)
    assert "purchase_proof" in blocks(file, "court")
    assert contradicting_items(file) == {file.items[0].id, file.items[0].evidence}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (BILL.replace("50.00", "12.00"), "amount"),
        (BILL.replace("4200002211202611101234567890", "4200009999999999999999999999"), "number"),
        (BILL.replace("杭州某某网络科技有限公司", "义乌小李贸易有限公司"), "payee"),
    ],
)
def test_one_wrong_value_stops_and_one_read_by_ocr_is_told(wrong: str, field: str) -> None:
    assert [one.field for one in find_contradictions(bought(wrong))] == [field]
    assert "purchase_proof" in blocks(bought(wrong))
    read = bought(wrong, "ocr")
    assert blocks(read) == {} and "对照原件核对" in warnings(read)
    assert "purchase_proof" in blocks(bought(FOREIGN_BILL, "ocr"))


def test_the_right_line_among_others_contradicts_nothing() -> None:
    assert find_contradictions(bought(FOREIGN_BILL + BILL)) == ()
    assert find_contradictions(bought("一段没有标签的文字 99.00")) == ()
    removed = bought(FOREIGN_BILL)
    removed = replace(removed, items=(replace(removed.items[0], removed_at=NOW),))
    assert find_contradictions(removed) == ()


def test_a_bill_of_another_day_is_mended_and_one_of_the_next_day_is_not_asked_about() -> None:
    file = bought(BILL.replace("2026-11-10", "2022-11-10"))
    assert blocks(file) == {"times": ("tsjb-16",)}
    assert contradicting_items(file) == frozenset()  # its number is that of the case: the case's day is wrong
    assert blocks(bought(BILL.replace("2026-11-10", "2026-11-11"))) == {}
    read = bought(BILL.replace("2026-11-10", "2026-11-02"), "ocr")
    assert blocks(read) == {} and "付款时间" in warnings(read)


@pytest.mark.parametrize(
    "state",
    ["当前状态：支付失败", "当前状态：待付款", "当前状态：交易关闭", "订单状态：已关闭（超时未支付）", "付款失败"],
)
def test_a_bill_that_says_unpaid_proves_no_payment_whatever_numbers_it_holds(state: str) -> None:
    file = bought(BILL + state)
    assert blocks(file) == {"purchase_proof": ("tsjb-16",)}


@pytest.mark.parametrize(
    "state",
    [
        "当前状态：支付成功",
        "全部\n待付款\n待发货\n待收货",
        "全部 待付款 待发货 待收货",
        "如未付款，订单将自动关闭",
        "超过30分钟未支付的订单自动取消",
        "上一次支付失败\n当前状态：支付成功",
    ],
)
def test_tabs_help_and_an_earlier_attempt_are_no_state_of_the_bill(state: str) -> None:
    assert blocks(bought(BILL + state)) == {}


def test_an_order_kept_before_it_was_paid_is_told_where_the_bill_shows_the_payment() -> None:
    order = make_item("order", text="订单 XH20261110001 某游戏点卡 50.00元 待付款", text_source="chat")
    file = bought()
    file = replace(file, items=(*file.items, order))
    assert blocks(file) == {} and "待付款" in warnings(file)


def test_a_payee_is_that_of_the_bill_and_masks_brackets_and_wallets_part_nobody() -> None:
    assert blocks(bought(payee="支付宝")) == {} == blocks(bought(payee="杭州某某网络科技有限公司（收款）"))
    assert "收款方是" not in warnings(bought(payee="支付宝"))
    assert blocks(bought(payee="*晓晨")) == {"payee": ("tsjb-10",)}
    person = bought(BILL.replace("杭州某某网络科技有限公司", "*伟"), payee="张伟")
    assert find_contradictions(person) == () and "账单上的收款方是“*伟”" in warnings(person)
    other = bought(BILL.replace("杭州某某网络科技有限公司", "*伟"), payee="李四")
    assert [one.field for one in find_contradictions(other)] == ["payee"]
    assert is_same_party("西湖区星河数码商行（个体工商户）", "西湖区星河数码商行")
    assert not is_same_party("杭州甲科技有限公司", "杭州乙科技有限公司")


def test_a_second_order_that_no_bill_shows_is_told() -> None:
    one = make_facts().orders[0]
    other = replace(one, number="XH20261110002", payment_no="4200002211202611101234567891", merchant_no="")
    file = bought(orders=(one, other))
    assert orders_without_proof(file) == (2,) and "订单2没有凭证" in warnings(file)
    assert orders_without_proof(bought()) == ()


def test_an_order_that_waits_for_payment_proves_no_purchase() -> None:
    order = replace(make_facts().orders[0], paid_at=None, payment_no="")
    item = make_item("order", text="订单 XH20261110001 待付款")
    file = replace(make_file(respondent=SELLER, orders=(order,)), items=(item,))
    assert "purchase_proof" in blocks(file)


# --- the dispute -------------------------------------------------------------------------------------------------


def test_a_complaint_is_not_filed_twice() -> None:
    filed = replace(bought(), steps=(make_step("p12315"),))
    assert blocks(filed)["steps.p12315"] == ("tsjb-16",)
    assert "steps.p12315" in blocks(replace(filed, steps=(make_step("p12315", outcome="ended"),)))
    assert blocks(replace(filed, steps=(make_step("p12315", outcome="rejected"),))) == {}
    assert "steps.small_claims" in blocks(replace(filed, steps=(make_step("small_claims"),)), "small_claims")


@pytest.mark.parametrize(
    "story",
    [
        "我已向西湖区消费者协会投诉，消协调解未成。",
        "法院也已立案。",
        "12315已经受理了。",
    ],
)
def test_another_body_that_only_the_story_names_stops(story: str) -> None:
    found = blocks(bought(what_happened=f"卡密无效。{story}"))
    assert [articles for field, articles in found.items() if field.startswith("story.")] == [("tsjb-16",)]


@pytest.mark.parametrize(
    "story",
    [
        "我准备向消协投诉。",
        "再不处理我就打12315。",
        "客服让我去法院起诉。",
        "12315说不予受理。",
        "没有向法院起诉过。",
        "已过有效期。",
        "要求全额退款，客服不肯。",
        "商品页写明无效全额退款。",
        "卖家说不能转卖。",
        "我没有转卖。",
        "平台是开店卖卡的。",
    ],
)
def test_a_plan_a_threat_a_denial_and_anothers_words_stop_nothing(story: str) -> None:
    assert blocks(bought(what_happened=f"卡密兑换时提示无效。{story}")) == {}


def test_what_the_story_says_against_the_complaint_stops_it() -> None:
    assert "story.refunded" in blocks(bought(what_happened="卖家已于11月12日全额退款，但我还要再要50元。"))
    assert "purpose" in blocks(bought(what_happened="我在闲鱼开店转卖，买家退货了。"))
    assert "unlawful" in blocks(bought(what_happened="我用这卡给赌博网站充值了。"))
    assert "helper_name" in blocks(bought(what_happened="我是林小明的妈妈，替他投诉。卡密无效。"))
    assert "helper_name" in blocks(bought(helper_role="母亲"))


def test_the_police_come_before_a_consumers_complaint() -> None:
    file = bought(what_happened="客服要我先交500元解冻保证金，我交了又要1000元，之后失联。")
    assert "steps.police" in blocks(file) and "steps.police" not in blocks(file, "wechat_pay")
    assert "steps.police" not in blocks(replace(file, steps=(make_step("police"),)))


@pytest.mark.parametrize(
    "demands",
    [
        (Demand(DemandKind.INVALID_CLAUSE),),
        (Demand(DemandKind.FRAUD, Decimal(500)),),
        (Demand(DemandKind.COSTS, Decimal(50)),),
    ],
)
def test_a_complaint_without_a_request_that_can_be_granted_stops(demands: tuple[Demand, ...]) -> None:
    assert {"tsjb-10", "tsjb-16"} <= set(blocks(bought(demands=demands))["demand"])
    assert "demand" not in blocks(bought(demands=(*demands, *make_facts().demands)))


def test_a_bill_shows_no_deceit() -> None:
    fraud = (Demand(DemandKind.FRAUD, Decimal(500)),)
    file = bought(demands=fraud)
    named = replace(file, case=replace(file.case, facts=replace(file.case.facts, fraud_evidence=(file.items[0].id,))))
    assert "demand" in blocks(named)
    advert = make_item("advert", said_at=ORDERED - timedelta(days=1))
    facts = replace(file.case.facts, fraud_evidence=(advert.id,))
    assert blocks(replace(file, items=(*file.items, advert), case=replace(file.case, facts=facts))) == {}


def test_times_that_cannot_be_stop_and_no_time_at_all_too() -> None:
    assert "times" in blocks(bought(noticed_at=ORDERED - timedelta(days=9)))
    order = replace(make_facts().orders[0], paid_at=ORDERED - timedelta(days=2))
    assert "times" in blocks(bought(orders=(order,)))
    undated = replace(order, ordered_at=None, paid_at=None)
    nothing = {"noticed_at": None, "received_at": None}
    assert "ordered_at" in blocks(bought(orders=(undated,), **nothing))
    assert "delivered" in blocks(bought(delivered=Answer.NO))
    assert blocks(bought(delivered=Answer.NO, problem=ProblemKind.NOT_DELIVERED)) == {}


def test_what_was_bought_long_ago_and_noticed_now_is_asked_about() -> None:
    old = replace(make_facts().orders[0], ordered_at=NOW - timedelta(days=1500), paid_at=NOW - timedelta(days=1500))
    assert "应当知道" in warnings(bought(orders=(old,)))
    assert "应当知道" not in warnings(bought())


# --- persons -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["林先生", "匿名用户888", "林小明、王小红", "杭州某某贸易有限公司", "本人"])
def test_no_real_single_person_is_no_complainant(name: str) -> None:
    assert "buyer_name" in blocks(bought(buyer=buyer(name=name)))


@pytest.mark.parametrize("name", ["林小明", "欧阳娜", "阿依古丽·买买提", "John Smith", "生先"])
def test_real_names_pass(name: str) -> None:
    assert blocks(bought(buyer=buyer(name=name))) == {}


@pytest.mark.parametrize("phone", ["+86 138 0013 8000", "138-0013-8000", "0571-87654321", "+852 2123 4567"])
def test_a_phone_may_be_written_in_any_way(phone: str) -> None:
    assert is_phone(phone) and blocks(bought(buyer=buyer(phone=phone))) == {}


@pytest.mark.parametrize("phone", ["12345", "QQ 12345678", "无", "1380013800"])
def test_what_is_no_phone_stops(phone: str) -> None:
    assert blocks(bought(buyer=buyer(phone=phone)))["buyer_phone"] == ("tsjb-10",)


@pytest.mark.parametrize(
    "address", ["不详", "https://xh88.test", "杭州", "浙江省杭州市", "浙江省火星市月球区不知道路1号", "网上"]
)
def test_what_is_no_address_stops(address: str) -> None:
    found = blocks(bought(respondent=replace(SELLER, address=address)))
    assert found["respondent.address"] == ("tsjb-10",)


@pytest.mark.parametrize(
    "address",
    ["杭州市西湖区", "杭州市文三路100号", "广东省中山市石岐街道1号", "江苏省苏州市工业园区星湖街328号", "浙江义乌市",
     "河北省雄安新区容城县奥威路1号", "新疆生产建设兵团第八师143团5连", "青岛市市南区香港中路1号"],
)  # fmt: skip
def test_coarse_addresses_pass(address: str) -> None:
    assert judge_address(address) == "" and blocks(bought(respondent=replace(SELLER, address=address))) == {}


@pytest.mark.parametrize("address", ["Unit 1203, 88 Queen's Road Central, Hong Kong", "香港九龙旺角弥敦道1号",
                                     "10400 NE 4th St, Bellevue, WA 98004, USA"])  # fmt: skip
def test_a_seller_abroad_has_no_office(address: str) -> None:
    found = blocks(bought(respondent=replace(SELLER, address=address)))
    assert found["respondent.abroad"] == ("tsjb-13",)


@pytest.mark.parametrize("name", ["快充小店", "小明数码专营店", "客服小李", "QQ12345678"])
def test_a_nickname_is_no_respondent(name: str) -> None:
    shop = "快充小店" if name == "快充小店" else ""
    assert "respondent.name" in blocks(bought(payee="", respondent=replace(SELLER, name=name, shop=shop)))


def test_nobody_complains_against_himself() -> None:
    assert "respondent.name" in blocks(bought(respondent=replace(SELLER, name="林小明")))


@pytest.mark.parametrize("name", ["财付通支付科技有限公司", "上海易付聚合支付技术有限公司"])
def test_who_only_collects_is_told(name: str) -> None:
    file = bought(BILL.replace("杭州某某网络科技有限公司", name), payee=name, respondent=replace(SELLER, name=name))
    assert "respondent.name" in blocks(file)


def test_a_telecom_operator_is_told() -> None:
    mobile = "中国移动通信集团浙江有限公司"
    assert "电信" in warnings(bought(respondent=replace(SELLER, name=mobile)))


def test_a_child_by_birthday_needs_a_guardian() -> None:
    assert "minor" in blocks(bought(buyer=buyer(born_on=date(2013, 5, 1))))
    assert blocks(bought(buyer=buyer(born_on=date(2008, 11, 23)))) == {}  # eighteen today
    assert "minor" in blocks(bought(buyer=buyer(born_on=date(2008, 11, 24))))


def test_the_mends_of_a_minor_name_the_guardian() -> None:
    guardian = Person("林建国", "", "浙江省杭州市西湖区文一路2号")
    file = bought(minor=True, buyer=Person("林小宝"), guardian=guardian, helper=Person("王律师"))
    gaps = {one.field: one.mend for one in check_before_filing(file, "p12315", SETTINGS).blocks}
    assert "guardian.phone" in gaps["buyer_phone"]
    assert "guardian_authorisation" in gaps["authorisation"] and "监护人签名" in gaps["authorisation"]


def test_an_empty_authority_is_none() -> None:
    helper = {"helper": Person("林小红", "13900139000"), "helper_role": "姐姐", "consent": "微信同意"}
    file = bought(**helper)
    empty = replace(file, items=(*file.items, make_item("authorisation", text="（空白）")))
    assert blocks(empty)["authorisation"] == ("tsjb-11",)
    signed = replace(file, items=(*file.items, make_item("authorisation", text="授权委托书 委托人 林小明")))
    assert blocks(signed) == {"helper_identity": ("tsjb-11",)} and "身份证明" in warnings(signed)


def test_unknown_fellow_complainants_stop() -> None:
    assert blocks(bought(others=("k-20261123T000000-bbbbbbbb",)))["others"] == ("tsjb-12",)


# --- whom, and where ---------------------------------------------------------------------------------------------


def test_a_told_respondent_is_not_swapped_for_the_looked_up_one() -> None:
    file = replace(bought(), who=known_who())
    named = find_respondent(file)
    assert named is not None and named.name == SELLER.name and FIRM in warnings(file)


def test_a_platform_that_is_named_is_judged_as_a_platform() -> None:
    told = Respondent("厦门百店卡城信息技术有限公司", "福建省厦门市思明区软件园二期1号", shop="快充小店")
    file = bought(platform="百店卡城", respondent=told)
    named = find_respondent(file)
    forum = forum_of(named, file, Procedure.COMPLAINT)
    assert forum is not None and "平台经营者和自建网站" in forum.reason and "请平台披露" in warnings(file)
    shop = bought(platform="百店卡城", respondent=replace(told, name="南昌快充网络科技有限公司"))
    report = forum_of(find_respondent(shop), shop, Procedure.REPORT)
    assert report is not None and "平台内经营者的举报" in report.reason


def test_a_zone_is_told_as_one() -> None:
    file = bought(respondent=replace(SELLER, address="江苏省苏州市工业园区星湖街328号"))
    forum = forum_of(find_respondent(file), file, Procedure.COMPLAINT)
    assert forum is not None and "工业园区市场监督管理部门" in forum.authority and "核对" in forum.problem


# --- check, letter and pack say the same -------------------------------------------------------------------------


def test_the_whole_check_tells_what_the_letters_lack() -> None:
    over = bought(demands=(Demand(DemandKind.REFUND, Decimal(5000), "精神损失"),))
    assert check_before_filing(over, "p12315", SETTINGS).ready
    assert not check_whole(over, "p12315", (), SETTINGS).ready
    assert not check_whole(bought(), "market_report", (), SETTINGS).ready  # nothing unlawful was observed


def test_every_channel_can_be_checked_whole() -> None:
    for channel in load_channels():
        check_whole(bought(), channel, (), SETTINGS)


def test_a_letter_tells_for_what_it_would_be_sent_back() -> None:
    filed = replace(bought(), steps=(make_step("consumer_assoc"),))
    assert [one.field for one in find_filing_blocks(filed, "p12315", SETTINGS)] == ["steps.consumer_assoc"]
    assert [one.field for one in find_filing_blocks(filed, "p12315_compact", SETTINGS)] == ["steps.consumer_assoc"]
    assert find_filing_blocks(filed, "evidence_list", SETTINGS) == ()
    solved = replace(filed, case=make_case(what_happened="卡密无效。问题已经解决了。"))
    for kind in ("demand", "demand_chat"):
        assert "story.refunded" in [one.field for one in find_filing_blocks(solved, kind, SETTINGS)]
    bare = replace(bought(), case=replace(bought().case, facts=make_facts(demands=())))
    assert "demand" in [one.field for one in find_filing_blocks(bare, "market_complaint", SETTINGS)]


# --- silence, refusals, other bodies -----------------------------------------------------------------------------


def test_silence_is_no_refusal_until_the_term_is_over_and_then_the_body_is_asked() -> None:
    fresh = replace(bought(), steps=(make_step("p12315", filed_at=NOW - timedelta(days=8), outcome="silent"),))
    assert blocks(fresh) == {"steps.p12315": ("tsjb-16",)} == blocks(fresh, "p12315")
    assert "steps.p12315" in blocks(fresh, "market_complaint")
    late = replace(bought(), steps=(make_step("p12315", filed_at=NOW - timedelta(days=40), outcome="silent"),))
    assert blocks(late) == {} and "不等于不予受理" in warnings(late)
    taken = replace(
        bought(),
        steps=(
            make_step(
                "p12315", filed_at=NOW - timedelta(days=40), accepted_at=NOW - timedelta(days=35), outcome="silent"
            ),
        ),
    )
    assert "steps.p12315" in blocks(taken)
    refused = replace(fresh, steps=(replace(fresh.steps[0], outcome="rejected"),))
    assert blocks(refused) == {}


def test_refused_for_want_of_jurisdiction_the_same_office_is_not_simply_asked_again() -> None:
    step = make_step("p12315", outcome="rejected", note="不是我局管辖")
    assert "不归其管辖" in warnings(replace(bought(), steps=(step,)))
    other = make_step("p12315", outcome="rejected", note="材料不齐")
    assert "不归其管辖" not in warnings(replace(bought(), steps=(other,)))


@pytest.mark.parametrize("story", ["工商所调解过一次。", "12345热线已经处理完毕。", "市监所已受理。"])
def test_offices_by_their_older_and_shorter_names_are_bodies_too(story: str) -> None:
    assert "story.p12315" in blocks(bought(what_happened=f"卡密无效。{story}"))


@pytest.mark.parametrize(
    "story", ["客服说让我去12315投诉。", "打算向消协投诉，还没有提交。", "12345转告我先找商家。", "工商所在我家旁边。"]
)
def test_bodies_that_were_only_named_have_nothing(story: str) -> None:
    assert blocks(bought(what_happened=f"卡密无效。{story}")) == {}


def test_police_are_told_of_where_all_money_is_back() -> None:
    kept = replace(bought(), steps=(make_step("platform", outcome="refunded", returned=Decimal(50)),))
    assert "已全额退回" in warnings(kept, "police")
    part = replace(bought(), steps=(make_step("platform", outcome="partly", returned=Decimal(20)),))
    assert "已全额退回" not in warnings(part, "police")


def test_what_came_back_is_reckoned_down_from_the_whole_price() -> None:
    part = replace(bought(), steps=(make_step("platform", outcome="partly", returned=Decimal(20)),))
    whole = check_whole(part, "p12315", list_exhibits(part), SETTINGS)
    assert whole.blocks == ()
    letter = write_letter("p12315", part, list_exhibits(part), SETTINGS)
    told = "".join(one.text for block in letter.blocks for one in list_sentences(block))
    assert "将30.00元退至原支付方式" in told and "将50.00元" not in told


def test_who_got_more_than_was_due_is_told_so() -> None:
    facts = {"problem": ProblemKind.SHORT_VALUE, "face_value": Decimal(50), "got_value": Decimal(80), "demands": ()}
    found = {one.field: one.why for one in check_before_filing(bought(**facts), "p12315", SETTINGS).blocks}
    assert "实得80元多于应得50元" in found["got_value"]


# --- persons and places ------------------------------------------------------------------------------------------

GUARDIAN = Person("林建国", "13800138001", "浙江省杭州市西湖区某路1号")


def with_authority(text: str, **facts: object) -> CaseFile:
    file = bought(helper=Person("林小红", "13900139000"), helper_role="姐姐", consent="当面同意", **facts)
    item = make_item("authorisation", text=text, text_source="chat")
    return replace(file, items=(*file.items, item, make_item("identity")))


def cited_in(file: CaseFile) -> set[str]:
    letter = write_letter("p12315", file, list_exhibits(file), SETTINGS)
    return {article for block in letter.blocks for one in list_sentences(block) for article in one.articles}


def test_who_has_grown_up_complains_himself_and_a_small_child_goes_by_its_own_articles() -> None:
    grown = bought(minor=True, buyer=buyer(born_on=date(2008, 11, 20)), guardian=GUARDIAN)
    found = {one.field: one for one in check_before_filing(grown, "p12315", SETTINGS).blocks}
    assert "下单时17周岁" in found["minor"].why and "minor=否" in found["minor"].mend
    small = bought(minor=True, buyer=buyer(born_on=date(2019, 5, 1)), guardian=GUARDIAN)
    assert blocks(small) == {}
    assert "第一百四十四条" in warnings(small) and "第一百四十五条" not in warnings(small)
    older = bought(
        minor=True, buyer=buyer(born_on=date(2013, 5, 1)), guardian=GUARDIAN, guardian_agreed=Answer.NO
    )  # the article on ratifying is cited where the guardian says that he did not agree
    assert "第一百四十五条" in warnings(older) and blocks(older) == {}
    letters = [write_letter("p12315", file, list_exhibits(file), SETTINGS) for file in (small, older)]
    cited = [
        {one for block in letter.blocks for s in list_sentences(block) for one in s.articles} for letter in letters
    ]
    assert "mfd-144" in cited[0] and "mfd-145" not in cited[0] and "mfd-145" in cited[1]


def test_guardian_helper_and_authority_are_of_this_case() -> None:
    same = bought(minor=True, buyer=buyer(born_on=date(2013, 5, 1)), guardian=replace(GUARDIAN, name="林小明"))
    assert "guardian_name" in blocks(same)
    assert "helper_name" in blocks(bought(helper=Person("林小明")))
    assert "authorisation" in blocks(with_authority("授权委托书 委托人王大力 受托人赵六 代为买房"))
    assert (
        blocks(
            with_authority("授权委托书 委托人：林小明 受托人：林小红 代为投诉 权限：一般代理 期限：至办结 签名：林小明")
        )
        == {}
    )
    assert blocks(with_authority("授权委托书扫描件")) == {}


@pytest.mark.parametrize("name", ["林小明和王小红", "林小明（代王小红）", "林小明与王小红", "林小明代王小红", "王"])
def test_one_whole_name_a_complaint(name: str) -> None:
    assert "buyer_name" in blocks(bought(buyer=buyer(name=name)))


@pytest.mark.parametrize("name", ["李和平", "欧阳和平", "代小明", "和珅", "王与之", "买买提·吐尔逊"])
def test_names_that_hold_such_a_sign_are_names(name: str) -> None:
    assert blocks(bought(buyer=buyer(name=name))) == {}


@pytest.mark.parametrize("name", ["阿强代充", "王老板", "微信昵称：卡盟小七"])
def test_what_somebody_is_called_is_told_apart_from_who_is_named_in_his_place(name: str) -> None:
    file = bought(respondent=replace(SELLER, name=name))
    told = "".join(one.why for one in check_before_filing(file, "p12315", SETTINGS).blocks)
    assert f"“{name}”不是登记的名称" in told


def test_a_place_that_may_be_two_and_a_service_line_are_asked_about() -> None:
    for address in ("西湖区文三路100号", "朝阳区建国路1号"):
        assert "respondent.address" in blocks(bought(respondent=replace(SELLER, address=address)))
    assert "buyer_phone" in blocks(bought(buyer=buyer(phone="400-123-4567")))
    assert blocks(bought(respondent=replace(SELLER, phone="400-123-4567"))) == {}


def test_a_seller_in_tokyo_is_abroad_and_has_no_office() -> None:
    file = bought(respondent=Respondent("星河株式会社", "東京都千代田区1-1"))
    assert "respondent.abroad" in blocks(file)
    island = bought(respondent=replace(SELLER, address="香港九龙旺角弥敦道1号"))
    assert forum_of(find_respondent(island), island, Procedure.COMPLAINT) is None
    assert "respondent.abroad" not in blocks(bought(respondent=replace(SELLER, address="青岛市市南区香港中路1号")))


def test_the_office_follows_the_address_that_was_told_and_another_registered_one_is_named() -> None:
    told = Respondent(FIRM, "浙江省杭州市滨江区某路2号")
    file = replace(bought(respondent=told, payee=FIRM), items=(), who=known_who())
    forum = forum_of(find_respondent(file), file, Procedure.COMPLAINT)
    assert forum is not None and "滨江区" in forum.authority
    bill = make_item("wallet_bill", text=f"商户全称：{FIRM} 金额：50.00元", text_source="chat")
    assert "余杭区" in warnings(replace(file, items=(bill,)))
    near = replace(file, items=(bill,))
    near = replace(near, case=replace(near.case, facts=replace(near.case.facts, respondent=Respondent(FIRM, HOME))))
    assert "不在同一区县" not in warnings(near)


def test_who_shares_address_or_phone_with_the_seller_is_told_so() -> None:
    assert "与投诉人的相同" in warnings(bought(respondent=replace(SELLER, phone="13800138000")))
    assert "与投诉人的相同" not in warnings(bought())


def test_a_joint_complaint_is_of_one_trader() -> None:
    def other(platform: str, respondent: str) -> CaseFile:
        told = OtherCase("k-2", platform, respondent, "卡", "王小红", "13900139000", NOW, 1)
        return replace(bought(others=("k-2",)), others=(told,))

    assert blocks(other("别的卡盟", "上海别的网络有限公司"))["others"] == ("tsjb-12",)
    assert "others" not in blocks(other("星河卡盟", "")) and "others" not in blocks(other("", SELLER.name))
    assert "凭证由各人另附" in warnings(other("星河卡盟", SELLER.name))


@pytest.mark.parametrize(
    "story",
    [
        "那天偷偷用妈妈的手机充了648",
        "孩子用我妈的手机充的",
        "密码是他看他妈妈输的时候记住的",
        "爸妈的支付宝",
        "他妈不同意",
        "用他妈的微信付的",
    ],
)
def test_a_mother_is_no_curse(story: str) -> None:
    assert find_misconduct(story) == ()


@pytest.mark.parametrize("story", ["他妈的骗子", "妈的，退钱", "去你妈的"])
def test_a_curse_is_one(story: str) -> None:
    assert [one.kind for one in find_misconduct(story)] == [Conduct.INSULT]
