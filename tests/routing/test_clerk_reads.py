"""What a clerk reads in papers, names and stories: authorities, addresses that are none, a child, years, money back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from complaints.casefiles import NOW, make_case, make_facts, make_file, make_item
from complaints.market import make_market

from monitor.complaints.evidence.against_claim import find_against
from monitor.complaints.evidence.exhibits import list_exhibits
from monitor.complaints.filing.prefiling import check_before_filing
from monitor.complaints.filing.whole_check import check_whole
from monitor.complaints.letters.text import render_text
from monitor.complaints.letters.write import write_letter
from monitor.complaints.model import CaseFile
from monitor.complaints.routing.channels import in_force
from monitor.complaints.routing.conduct_words import Conduct, find_misconduct
from monitor.complaints.routing.filing_words import own_words
from monitor.complaints.routing.fraud_signs import find_signs, hint_purposes
from monitor.complaints.routing.told_particulars import is_coarse, is_nickname, judge_address, judge_person_name
from monitor.config.complaints import ComplaintSettings
from storage.case import Answer, Demand, DemandKind, Meant, Person, ProblemKind, Purpose, Respondent
from storage.cases import keep_case

SETTINGS = ComplaintSettings()
SELLER = Respondent("杭州某某网络科技有限公司", "浙江省杭州市西湖区文三路100号")
BILL = (
    "微信支付 账单详情\n商户全称：杭州某某网络科技有限公司\n金额：50.00元\n"
    "交易单号：4200002211202611101234567890\n支付时间：2026-11-10 14:31\n"
)
PAPER = "授权委托书 委托人林小明 受托人林小红 委托事项：代为投诉 权限：一般代理 期限：至投诉办结 签名：林小明"
CARD = make_item("identity", text="林小红 身份证 330106198001011234")


def told(story: str = "", **facts: object) -> CaseFile:
    file = make_file(**{"respondent": SELLER, "what_happened": f"卡密提示“卡号不存在”。{story}", **facts})
    return replace(file, items=(make_item("wallet_bill", text=BILL),))


def stops(file: CaseFile, channel: str = "p12315") -> dict[str, str]:
    return {one.field: f"{one.why}；{one.mend}" for one in check_before_filing(file, channel, SETTINGS).blocks}


def warns(file: CaseFile) -> str:
    return "\n".join(check_before_filing(file, "p12315", SETTINGS).warnings)


def helped(paper: str, *more: object, source: str = "") -> dict[str, str]:
    file = told(helper=Person("林小红", "13900139000"), helper_role="姐姐", consent="当面同意")
    paper_item = make_item("authorisation", text=paper, text_source=source)
    return stops(replace(file, items=(*file.items, paper_item, *more)))  # type: ignore[arg-type]


# --- authorities -----------------------------------------------------------------------------------------------------


def test_a_whole_authority_with_the_helpers_paper_passes() -> None:
    assert helped(PAPER, CARD) == {}


@pytest.mark.parametrize(
    ("paper", "lacks"),
    [
        ("授权委托书 委托人林小明 受托人林小红 代为投诉", "权限、期限、委托人的签名"),
        (PAPER.replace("签名：林小明", "签名："), "签名"),
        (PAPER.replace("权限：一般代理", ""), "权限"),
        (PAPER.replace("代为投诉", "代办房产过户").replace("至投诉办结", "至办结"), "代办房产过户"),
        (PAPER.replace("至投诉办结", "2026年1月1日至2026年10月31日"), "2026-10-31"),
    ],
)
def test_an_authority_that_lacks_a_part_is_over_or_of_another_matter_is_none(paper: str, lacks: str) -> None:
    found = helped(paper, CARD)
    assert set(found) == {"authorisation"} and lacks in found["authorisation"]


def test_a_term_that_still_runs_and_a_signature_drawn_into_a_pdf_stop_nothing() -> None:
    assert helped(PAPER.replace("至投诉办结", "2026年1月1日至2027年1月1日"), CARD) == {}
    assert helped(PAPER.replace("签名：林小明", "签名："), CARD, source="pdf") == {}


@pytest.mark.parametrize(
    ("line", "signed"),
    [
        ("委托人（签名）：林小明", True),
        ("委托人（签字、按手印）：林小明", True),
        ("签名：\n林小明\n日期：2026年11月1日", True),
        ("委托人（签名）：＿＿＿＿＿＿\n受托人（签名）：林小红", False),
        ("签名：\n日期：2026年11月1日", False),
        ("自签署之日起生效", False),
    ],
)
def test_the_giver_has_signed_on_his_own_line(line: str, signed: bool) -> None:
    assert ("authorisation" not in helped(PAPER.replace("签名：林小明", line), CARD)) is signed


def test_the_authority_that_is_written_here_waits_for_its_signature_alone() -> None:
    helper = {"helper": Person("林小红", "13900139000"), "helper_role": "姐姐", "consent": "当面同意"}
    file = told(**helper)
    text = render_text(write_letter("authorisation", file, list_exhibits(file), SETTINGS))
    assert "没有写明委托人的签名；" in helped(text, CARD)["authorisation"]
    assert helped(text.replace("委托人（签名）：＿＿＿＿＿＿", "委托人（签名）：林小明"), CARD) == {}


def test_what_a_recogniser_read_of_an_authority_is_not_judged() -> None:
    assert helped("授权委托书 委托人林小明 受托人林小红 代为投诉", CARD, source="ocr") == {}


def test_the_helpers_own_paper_is_asked_for_and_anothers_does_not_do() -> None:
    assert set(helped(PAPER)) == {"helper_identity"}
    other = make_item("identity", text="王大力 身份证 330106198001011234")
    assert "别人的" in helped(PAPER, other)["helper_identity"]
    assert helped(PAPER, make_item("identity", text="")) == {}


# --- names, numbers, addresses ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["小明", "小王", "爱吃鱼的猫", "王小二（化名）", "林小明律师", "林明律师"])
def test_an_alias_and_somebodys_lawyer_are_no_complainant(name: str) -> None:
    assert judge_person_name(name)


@pytest.mark.parametrize("name", ["林小明", "欧阳小红", "买买提·艾力", "李大山"])
def test_a_persons_name_is_one(name: str) -> None:
    assert judge_person_name(name) == ""


@pytest.mark.parametrize("phone", ["00000000000", "13800000000"])
def test_noughts_are_nobodys_number(phone: str) -> None:
    assert "buyer_phone" in stops(told(buyer=replace(make_facts().buyer, phone=phone)))


def test_a_number_of_one_digit_is_asked_about_only() -> None:
    odd = told(buyer=replace(make_facts().buyer, phone="13888888888"))
    assert stops(odd) == {} and "像是随手写的号码" in warns(odd)
    assert "像是随手写的号码" not in warns(told())


@pytest.mark.parametrize(
    "address", ["网站首页没有写", "浙江省杭州市西湖区xx路xx号", "浙江省杭州市西湖区某小区", "页面未公示"]
)
def test_words_that_stand_where_an_address_should_are_none(address: str) -> None:
    assert judge_address(address)


@pytest.mark.parametrize(
    "address", ["浙江省杭州市西湖区文三路100号", "上海市嘉定区曹安公路4588号", "深圳市南山区软件园X区3楼"]
)
def test_an_address_is_one(address: str) -> None:
    assert judge_address(address) == "" and not is_coarse(address)


def test_an_address_that_ends_at_its_district_is_told() -> None:
    file = told(respondent=Respondent(SELLER.name, "杭州市西湖区"))
    assert stops(file) == {} and "只到区县" in warns(file)
    assert "只到区县" not in warns(told())


@pytest.mark.parametrize("name", ["抖音主播小美", "小红书博主大宝", "某公司", "淘宝网"])
def test_who_is_known_from_a_screen_only_is_no_registered_name(name: str) -> None:
    assert is_nickname(Respondent(name, SELLER.address))
    assert "respondent.address" in stops(told(respondent=Respondent(name, SELLER.address)))


@pytest.mark.parametrize("name", ["杭州某某网络科技有限公司", "北京抖音信息服务有限公司", "浙江淘宝网络有限公司"])
def test_a_registered_name_is_no_nickname(name: str) -> None:
    assert not is_nickname(Respondent(name, SELLER.address))


# --- stories ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "story",
    [
        "我女儿今年9岁，拿我手机买的，她自己点的。",
        "孩子趁我睡觉偷偷充的。",
        "我家孩子八岁，背着我用爷爷的手机点了付款。",
    ],
)
def test_a_child_told_only_in_words_is_asked_about(story: str) -> None:
    found = stops(told(story))
    assert set(found) == {"minor"} and "minor=是" in found["minor"]


@pytest.mark.parametrize(
    "story",
    [
        "我儿子12岁，喜欢玩这个游戏，我给他买的卡，是我自己下单付款的，孩子没有碰我手机。",
        "孩子说没问题，其实是怕我骂他，根本没充上。",
        "我儿子今年25岁，用我手机付的款。",
        "买来给孩子用的。",
        "女儿说她同学也在这家买，我就用我的微信付了。",
    ],
)
def test_a_gift_for_a_child_is_no_purchase_by_one(story: str) -> None:
    assert stops(told(story)) == {}


@pytest.mark.parametrize("story", ["2022年春天就发现不能用了。", "2022年就知道不能用，一直没管。", "四年前就发现了。"])
def test_a_story_that_knew_it_years_ago_stands_against_the_day_that_is_filled_in(story: str) -> None:
    found = {one.field: one for one in check_before_filing(told(story), "p12315", SETTINGS).blocks}
    assert set(found) == {"story.noticed"} and found["story.noticed"].articles == in_force(("tsjb-16",), NOW.date())
    assert "2026-11-10" in found["story.noticed"].why and found["story.noticed"].read
    assert "story.noticed" not in stops(told(story), "court")


def test_last_year_is_asked_about_without_calling_it_too_late() -> None:
    assert "超过三年" not in stops(told("去年就发现不能用了。"))["story.noticed"]
    right = told("去年就发现不能用了。", noticed_at=NOW - timedelta(days=400))
    assert "story.noticed" not in stops(right)


@pytest.mark.parametrize(
    "story", ["去年就知道这家店。", "客服说2021年就发现过这种情况。", "2026年11月10日发现不能用。"]
)
def test_other_years_of_a_story_stop_nothing(story: str) -> None:
    assert stops(told(story)) == {}


def test_who_got_it_and_tired_of_it_has_no_dispute_about_service() -> None:
    refused = {"problem": ProblemKind.REFUSED_AFTER_SALES, "seller_reply": "已使用不退", "used": Answer.YES}
    bored = told(what_happened="50元点券已经到账，玩了两天觉得不好玩，想退，客服不退。", **refused)
    assert set(stops(bored)) == {"worked"} and "毛病" in stops(bored)["worked"]
    broken = told(what_happened="会员已经开通，用了三天就掉了，客服说已经尽到义务。", **refused)
    assert stops(broken) == {}


@pytest.mark.parametrize(
    "story",
    [
        "我跟客服说要打12315，他说“你打呗，12315都已经处理过很多次了，没用的”。",
        "他说法院已经判过他赢。",
        "我朋友起诉过他们，法院已经判了他赢。",
        "我上个月在别的店买的卡也坏过，那家店很爽快，已经全额退款给我了。",
        "我从三年前就在这家买，一直没问题，这次不行了。",
        "页面写着“已为10万顾客全额退款，假一赔十”。",
    ],
)
def test_what_others_say_and_what_befell_others_is_not_the_buyers_case(story: str) -> None:
    assert stops(told(story)) == {}


@pytest.mark.parametrize("story", ["12315说已经受理了。", "我自己就是“代理”，从他家拿货。", "商家已经全额退款给我了。"])
def test_what_the_buyer_tells_of_his_own_case_still_stops(story: str) -> None:
    assert len(stops(told(story))) == 1


def test_words_in_marks_leave_a_break_and_no_length_behind() -> None:
    text = "他说“法院判过很多次了”我不信。我是“代理”。"
    assert len(own_words(text)) == len(text)
    assert "法院" not in own_words(text) and "我不信" in own_words(text) and "“代理”" in own_words(text)


def test_a_story_that_tells_of_money_back_stops_the_other_channels_too() -> None:
    for channel in ("heimao", "wechat_pay", "police"):
        assert "story.refunded" in stops(told("商家后来把钱退到我微信了。"), channel), channel


# --- bills and chats -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["退款 +50.00元 2026-11-12 10:00", "退款记录：2026-11-12 原路退回 50.00"])
def test_a_bill_that_books_money_back_proves_no_loss(line: str) -> None:
    bill = make_item("wallet_bill", text=BILL + line)
    assert "refunded" in stops(replace(told(), items=(bill,)))


@pytest.mark.parametrize("line", ["退款 +0.00元", "退款将原路退回 50.00", "原路退回 0.00"])
def test_a_bill_that_only_speaks_of_money_back_is_a_bill(line: str) -> None:
    assert stops(replace(told(), items=(make_item("wallet_bill", text=BILL + line),))) == {}


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        ("10:00 客服：50块转你了，查收\n10:01 我：好的", "refunded"),
        ("10:00 客服：[转账 50.00元]\n10:01 我：[已收款]", "refunded"),
        ("10:00 客服：新卡密 ABCD-1234-EFGH-5678\n10:05 我：这个可以了，谢谢", "settled"),
    ],
)
def test_a_transfer_and_a_key_that_does_are_read_in_a_chat(lines: str, field: str) -> None:
    chat = make_item("chat", text=lines, text_source="chat")
    assert [one.field for one in find_against(replace(told(), items=(chat,)))] == [field]


@pytest.mark.parametrize(
    "lines",
    [
        "10:00 客服：[转账 10.00元]\n10:01 我：不要，已退还",
        "10:00 我：[转账 50.00元]\n10:01 客服：收到",
        "10:00 客服：退款成功率很低，建议您再试试",
        "10:00 我：这个可以了吗",
    ],
)
def test_what_was_sent_back_paid_or_only_asked_is_no_money_back(lines: str) -> None:
    chat = make_item("chat", text=lines, text_source="chat")
    assert find_against(replace(told(), items=(chat,))) == ()


# --- conduct, purposes, fees -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "不退我就把老板娘家里地址发到抖音上，让他们做不成生意",
        "我要把他们的身份证照片挂到网上",
        "商家不给我五千块，我就一直投诉到他关门",
    ],
)
def test_publishing_an_address_and_complaining_until_he_closes_are_threats(text: str) -> None:
    assert [one.kind for one in find_misconduct(text)] == [Conduct.THREAT]
    assert "story.conduct" in stops(told(f"{text}。"), "heimao")


@pytest.mark.parametrize(
    "text",
    [
        "我把卡密截图发到群里问别人",
        "客服的电话发给我以后打不通",
        "我会一直投诉到他们处理为止",
        "卖家把链接发到我微信上",
        "老板说会把我的地址发到网上",
        "卖家把别人的电话发到群里",
    ],
)
def test_telling_where_something_was_sent_is_no_threat(text: str) -> None:
    assert find_misconduct(text) == ()


@pytest.mark.parametrize("story", ["我买的是代刷粉丝的服务。", "说好给我刷一万播放。", "刷赞的钱付了。"])
def test_bought_followers_are_no_consumers_goods(story: str) -> None:
    assert hint_purposes(make_facts(what_happened=story))


@pytest.mark.parametrize(
    "story", ["我不是来刷粉的。", "刷视频时看到的广告。", "刷短视频看到一个粉丝很多的主播推荐。", "刷卡付的。"]
)
def test_watching_and_paying_are_no_bought_followers(story: str) -> None:
    assert not hint_purposes(make_facts(what_happened=story))


def test_one_fee_told_by_a_seller_known_with_an_address_is_no_first_matter_for_the_police() -> None:
    story = "客服说还要再交30激活费，我没有交。"
    fee = {"problem": ProblemKind.EXTRA_FEE, "extra_asked": Decimal(30), "extra_name": "激活费"}
    assert "steps.police" not in stops(told(story, **fee))
    assert "严重涉诈" not in warns(told(story, **fee))
    unknown = told(story, respondent=Respondent(), **fee)
    assert any(one.critical for one in find_signs(unknown))
    again = told(f"{story}后来又让我充了一次，越充越多。", **fee)
    assert "steps.police" in stops(again)


def test_the_missing_face_value_may_be_asked_for_and_is_told_beside_its_price() -> None:
    order = replace(make_facts().orders[0], amount=Decimal(48))
    short = {
        "orders": (order,), "problem": ProblemKind.SHORT_VALUE, "face_value": Decimal(50), "got_value": Decimal(30),
    }  # fmt: skip
    file = told(**short, demands=(Demand(DemandKind.REFUND, Decimal(20), "少到账20元"),))
    file = replace(file, items=(make_item("wallet_bill", text=BILL.replace("50.00", "48.00")),))
    check = check_whole(file, "p12315", list_exhibits(file), SETTINGS)
    assert check.blocks == () and any("19.20元" in one and "少得的面值" in one for one in check.warnings)
    text = render_text(write_letter("p12315", file, list_exhibits(file), SETTINGS))
    assert "约定面值50.00元与实得30.00元的差额" in text
    more = replace(file.case.facts, demands=(Demand(DemandKind.REFUND, Decimal(30), "少到账"),))
    file = replace(file, case=replace(file.case, facts=more))
    assert [one.field for one in check_whole(file, "p12315", list_exhibits(file), SETTINGS).blocks] == ["demand_sum"]


def test_a_resale_is_no_consumers_by_the_article_that_says_who_is_one() -> None:
    for file in (told(purpose=Purpose.RESALE), told("我是代理，从他家拿货。"), told(purpose=Purpose.UNKNOWN)):
        found = {one.field: one.articles for one in check_before_filing(file, "consumer_assoc", SETTINGS).blocks}
        assert found["purpose"] == ("xbf-2",)


def test_why_it_is_not_for_living_says_for_whom_it_was() -> None:
    assert "为单位" in stops(told("公司统一采购的。"))["purpose"]
    assert "索赔" in stops(told("我就是专门找这种店买来索赔的。"))["purpose"]
    assert "转卖" in stops(told("我是代理，从他家拿货。"))["purpose"]


# --- the same words in every command ---------------------------------------------------------------------------------


def test_letter_and_pack_end_alike_and_both_name_the_way_out(tmp_path_factory: pytest.TempPathFactory) -> None:
    market = make_market(tmp_path_factory.mktemp("alike"))
    archive = market.open()
    try:
        with archive.database.writing() as session:
            keep_case(session, make_case(respondent=SELLER, what_happened="卡密无效。我是代理，从他家拿货。"))
    finally:
        archive.close()
    bill = market.folder / "bill.txt"
    bill.write_text(BILL, encoding="utf-8")
    case = make_case().id
    assert market.run("case", "add", case, str(bill), "--kind", "wallet_bill").exit_code == 0
    letter = market.run("case", "letter", case, "p12315")
    pack = market.run("pack", case, "--channel", "p12315", "--out", str(market.folder / "pack.zip"))
    assert (letter.exit_code, pack.exit_code) == (6, 6)
    assert letter.stdout.startswith("【草稿") and not (market.folder / "pack.zip").exists()
    for result in (letter, pack):
        assert f"case clarify {case} '我是代理'" in result.output


def test_an_authority_to_complain_is_none_to_sue() -> None:
    def asked(paper: str, channel: str) -> str:
        file = told(helper=Person("林小红", "13900139000"), helper_role="姐姐", consent="当面同意")
        items = (*file.items, make_item("authorisation", text=paper, text_source=""), CARD)
        return stops(replace(file, items=items), channel).get("authorisation", "")

    assert "没有写诉讼" in asked(PAPER, "court") and asked(PAPER, "p12315") == ""
    for suit in ("代为起诉、应诉", "就本案提起诉讼", "向人民法院立案、出庭"):
        assert "没有写诉讼" not in asked(PAPER.replace("代为投诉", suit), "court")


@pytest.mark.parametrize("channel", ["wechat_pay", "platform", "heimao"])
def test_a_bill_of_another_day_is_told_where_it_stops_nothing(channel: str) -> None:
    bill = BILL.replace("2026-11-10", "2026-11-01")
    file = replace(told(), items=(make_item("wallet_bill", text=bill),))
    assert "times" in stops(file)
    assert any("对照原件核对" in one and "2026" in one for one in check_before_filing(file, channel, SETTINGS).warnings)


def test_of_several_orders_one_may_be_used_before_another_came() -> None:
    first = told().case.facts.orders[0]
    second = replace(first, number="XH2", ordered_at=first.ordered_at + timedelta(days=2), paid_at=None)
    came, used = first.ordered_at + timedelta(days=2, hours=1), first.ordered_at + timedelta(hours=1)
    given = {"received_at": came, "used_at": used, "used": Answer.PARTLY}
    assert "times" not in stops(told(orders=(first, second), **given))
    assert "times" in stops(told(orders=(first,), **given))


# --- who is no seller -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["财付通支付科技有限公司", "上海某某支付服务有限公司", "银联商务股份有限公司"])
def test_a_firm_that_pays_for_others_is_no_respondent_until_it_is_explained(name: str) -> None:
    file = told(respondent=Respondent(name, "广东省深圳市南山区海天二路33号"))
    for channel in ("p12315", "market_complaint", "consumer_assoc"):
        assert "收款商户" in stops(file, channel)["respondent.name"]
    assert "respondent.name" not in stops(file, "court") and "支付、代收机构" in "".join(
        check_before_filing(file, "court", SETTINGS).warnings
    )
    meant = (Meant(name, "我投诉的就是它的支付服务：扣了两次款。"),)
    file = told(respondent=Respondent(name, "广东省深圳市南山区海天二路33号"), meant=meant)
    assert "respondent.name" not in stops(file)


@pytest.mark.parametrize(
    ("platform", "story"),
    [
        ("闲鱼", "收到的码早就过期了。"),
        ("转转", ""),
        ("某群", "是他用不完的健身月卡码。"),
        ("某群", "跟一个大学生买的，他自己办的月卡没时间去。"),
        ("某群", "一个学姐转让给我的。"),
    ],
)
def test_a_person_who_hands_on_his_own_is_no_trader(platform: str, story: str) -> None:
    person = Respondent("王浩宇", "浙江省杭州市西湖区留和路318号")
    file = told(story, platform=platform, url="", respondent=person)
    for channel in ("p12315", "market_complaint", "consumer_assoc"):
        assert "个人" in stops(file, channel)["respondent.trader"]
    assert "respondent.trader" not in stops(file, "court")
    meant = (Meant("王浩宇", "他天天在上面卖几百种卡，是长期做这个的。"),)
    assert "respondent.trader" not in stops(told(story, platform=platform, url="", respondent=person, meant=meant))


@pytest.mark.parametrize(
    "respondent",
    [
        Respondent("王浩宇", "浙江省杭州市西湖区留和路318号", shop="浩宇数码"),
        Respondent("杭州某某网络科技有限公司", "浙江省杭州市西湖区文三路100号"),
        Respondent("西湖区浩宇便利店", "浙江省杭州市西湖区文三路100号"),
    ],
)
def test_who_trades_on_a_second_hand_platform_is_a_trader(respondent: Respondent) -> None:
    assert "respondent.trader" not in stops(told(platform="闲鱼", respondent=respondent))


def test_a_person_who_runs_a_shop_of_keys_is_no_private_seller() -> None:
    person = Respondent("陈晓晨", "浙江省杭州市西湖区留和路318号")
    assert "respondent.trader" not in stops(told("客服不再回复。", platform="小陈发卡", respondent=person))
