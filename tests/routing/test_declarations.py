"""What an office goes by and only the buyer can say: whose trade, whether it stands, what came back, who has it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from complaints.casefiles import make_file, make_item, make_step
from letters.lettercase import make_whole, write

from monitor.complaints.facts.fact_words import label_of
from monitor.complaints.filing.beside_declared import tell_beside
from monitor.complaints.filing.prefiling import check_before_filing
from monitor.complaints.letters.text import render_text
from monitor.complaints.model import CaseFile
from monitor.config.complaints import ComplaintSettings
from storage.case import Answer, Demand, DemandKind, Meant, Purpose, Respondent

SETTINGS = ComplaintSettings()
SELLER = Respondent("杭州某某网络科技有限公司", "浙江省杭州市西湖区文三路100号")
FACTS = ("own_trade", "still_open", "money_back", "elsewhere")
UNKNOWN = dict.fromkeys(FACTS, Answer.UNKNOWN)
HALF = (Demand(DemandKind.REFUND, Decimal("20.00"), "差额"),)


def case(**facts: object) -> CaseFile:
    return replace(make_file(**{"respondent": SELLER, **facts}), items=(make_item("wallet_bill"),))


def blocks(file: CaseFile, channel: str = "p12315") -> dict[str, str]:
    return {one.field: f"{one.why} {one.mend}" for one in check_before_filing(file, channel, SETTINGS).blocks}


def test_what_was_declared_with_nothing_in_the_way_passes() -> None:
    assert blocks(case()) == {}


@pytest.mark.parametrize("channel", ["p12315", "market_complaint", "consumer_assoc"])
@pytest.mark.parametrize("name", FACTS)
def test_a_complaint_waits_for_every_answer_and_says_how_to_give_it(channel: str, name: str) -> None:
    found = blocks(case(**{name: Answer.UNKNOWN}), channel)
    assert set(found) == {"declared"} and f"{name}=" in found["declared"] and "照实" in found["declared"]
    assert all(f"{other}=" not in found["declared"] for other in FACTS if other != name)


def test_all_four_are_asked_for_in_one() -> None:
    found = blocks(case(**UNKNOWN))
    assert set(found) == {"declared"} and all(f"{name}=" in found["declared"] for name in FACTS)


@pytest.mark.parametrize("channel", ["platform", "heimao", "wechat_pay", "police", "market_report"])
def test_who_is_no_such_body_needs_no_declaration(channel: str) -> None:
    assert "declared" not in blocks(case(**UNKNOWN), channel)


def test_a_court_does_not_ask_who_mediates() -> None:
    assert "elsewhere=" not in blocks(case(**UNKNOWN), "court")["declared"]
    pending = replace(case(elsewhere=Answer.YES), steps=(make_step("p12315"),))
    assert "elsewhere" not in blocks(pending, "court")


def test_a_court_is_barred_by_who_decides_and_by_nobody_who_mediates() -> None:
    for story in ("我在12315投诉过，调解没有成。", "消协给我们调解过，没谈成。"):
        assert "elsewhere" not in blocks(case(elsewhere=Answer.YES, what_happened=story), "court")
    for story in ("法院已经判过了。", "仲裁委已经裁决了。", "卡密无效。"):
        assert "elsewhere" in blocks(case(elsewhere=Answer.YES, what_happened=story), "court")
        assert "elsewhere" in blocks(case(elsewhere=Answer.YES, what_happened=story), "p12315")


def test_what_somebody_had_already_is_named_before_a_suit() -> None:
    assert "不能再诉" in blocks(case(elsewhere=Answer.YES), "court")["elsewhere"]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"own_trade": Answer.NO}, "own_trade"),
        ({"own_trade": Answer.PARTLY}, "own_trade"),
        ({"still_open": Answer.NO}, "story.refunded"),
        ({"still_open": Answer.PARTLY}, "story.refunded"),
        ({"money_back": Answer.YES}, "refunded"),
        ({"money_back": Answer.PARTLY}, "refunded"),
        ({"elsewhere": Answer.YES}, "elsewhere"),
        ({"elsewhere": Answer.PARTLY}, "elsewhere"),
    ],
)
def test_an_answer_that_stands_in_the_way_stops(facts: dict[str, object], field: str) -> None:
    assert set(blocks(case(**facts))) == {field}


@pytest.mark.parametrize("name", ["still_open", "money_back"])
def test_what_was_settled_in_part_passes_where_only_the_rest_is_asked(name: str) -> None:
    assert blocks(case(**{name: Answer.PARTLY}, demands=HALF)) == {}


def test_what_a_recorded_step_says_is_not_asked_again() -> None:
    rejected = make_step("p12315", outcome="rejected")
    file = replace(case(elsewhere=Answer.UNKNOWN), steps=(rejected,))
    assert "declared" not in blocks(file, "market_complaint")
    paid = replace(
        case(money_back=Answer.UNKNOWN, demands=HALF),
        steps=(make_step("platform", outcome="partly", returned=Decimal(30)),),
    )
    assert "declared" not in blocks(paid)


def test_a_letter_declares_only_what_the_buyer_declared() -> None:
    declared = render_text(write("p12315", make_whole()))
    assert "同一争议未被法院" in declared
    letter = write("p12315", make_whole(elsewhere=Answer.UNKNOWN))
    assert "同一争议未被" not in render_text(letter) and any("elsewhere=没有" in note for note in letter.notes)


def test_a_complaint_prints_every_answer_for_its_signature_and_no_other() -> None:
    said = {
        "own_trade": "上述交易由本人进行并付款",
        "money_back": "至今没有收到卖家、支付机构等的任何退款、赔付",
        "still_open": "对方没有换好、补好，双方没有和解",
        "elsewhere": "同一争议未被法院",
    }
    text = render_text(write("market_complaint", make_whole()))
    assert all(one in text for one in said.values())
    for name, sentence in said.items():
        text = render_text(write("market_complaint", make_whole(**{name: Answer.UNKNOWN})))
        assert sentence not in text and all(one in text for other, one in said.items() if other != name)
    half = make_whole(money_back=Answer.PARTLY, demands=HALF)
    assert "没有收到卖家" not in render_text(write("market_complaint", half))


BESIDE = [
    ("money_back", "微信客服先垫了50给我。"),
    ("money_back", "总算退了我一半，25块。"),
    ("money_back", "老板娘加我微信发了个66的红包，我点了。"),
    ("still_open", "他们又发来一张，这张倒是好使。"),
    ("still_open", "第二天又试了一次，居然成了。"),
    ("elsewhere", "上礼拜街道市场所的一位同志打电话来了解情况。"),
    ("elsewhere", "我给市长信箱写过信，回信说已转有关部门办理。"),
    ("elsewhere", "民警把店家也叫来坐下谈了一次。"),
    ("own_trade", "我妹妹看我喜欢玩，用她的支付宝买了一张发给我。"),
    ("own_trade", "我们寝室六个人凑的钱，让我去下的单。"),
    ("own_trade", "这张卡是参加商场活动抽奖抽到的。"),
    ("purpose", "我们公司行政让我给办公室十几台电脑装。"),
    ("purpose", "这批会员是帮邻居们一起拼的。"),
]


@pytest.mark.parametrize(("name", "story"), BESIDE)
def test_words_of_the_story_are_laid_beside_the_declaration_and_stop_nothing(name: str, story: str) -> None:
    told = [one for one in tell_beside(case(what_happened=story).case.facts) if f"您声明“{label_of(name)}" in one]
    assert len(told) == 1 and any(clause in told[0] for clause in story.rstrip("。").split("，"))
    letter = write("p12315", make_whole(what_happened=story))
    assert told[0] in letter.notes


@pytest.mark.parametrize(
    "story",
    [
        "卡密兑换时提示卡号不存在，客服说虚拟商品不退。",
        "我要求退款或者换一张，对方不理。",
        "到现在一直没到账，订单显示处理中。",
        "key没激活成功，还在我手里，愿意退还给他。",
        "平台回复不受理。",
        "账单上的商户是我在微信里看到的。",
        "我自己玩游戏用的，第一次在这家买。",
    ],
)
def test_an_ordinary_story_has_nothing_beside_its_declarations(story: str) -> None:
    assert tell_beside(case(what_happened=story).case.facts) == ()


def test_what_was_explained_or_not_declared_is_not_laid_beside() -> None:
    story = "我打过12315热线，接线的让我自己在小程序上填。"
    meant = (Meant("我打过12315热线", "只是打电话问怎么填，没有登记。"),)
    assert tell_beside(case(what_happened=story).case.facts)
    assert tell_beside(case(what_happened=story, meant=meant).case.facts) == ()
    assert tell_beside(case(what_happened=story, elsewhere=Answer.UNKNOWN).case.facts) == ()


@pytest.mark.parametrize("purpose", [Purpose.RESALE, Purpose.WORK, Purpose.FOR_OTHERS])
def test_only_who_bought_for_his_and_his_familys_living_complains_as_a_consumer(purpose: Purpose) -> None:
    for channel in ("p12315", "market_complaint", "consumer_assoc"):
        assert set(blocks(case(purpose=purpose), channel)) == {"purpose"}
    assert "purpose" not in blocks(case(purpose=purpose), "court")
    text = render_text(write("lawsuit", make_whole(purpose=purpose)))
    assert "生活消费" not in text and "消费者权益保护法" not in text


@pytest.mark.parametrize(
    "story",
    [
        "我们公司行政让我给办公室十几台电脑装。",
        "钱走的公司备用金报销。",
        "我在小区妈妈群里当团长，这批会员是帮邻居们一起拼的。",
        "给店里的电脑买的激活码。",
        "每单赚个跑腿的奶茶钱。",
    ],
)
def test_a_story_of_a_firm_or_of_others_stops_what_is_declared_as_for_living(story: str) -> None:
    assert set(blocks(case(what_happened=f"卡密无效。{story}"))) == {"purpose"}


@pytest.mark.parametrize(
    "story",
    [
        "我在公司上班，中午用自己的手机买的。",
        "同事推荐我买的，他帮我看过页面。",
        "收款的公司我不认识。",
        "店里的客服让我等。",
        "我问了公司的行政，说这不归他们管。",
        "我给家里的电脑买的激活码。",
    ],
)
def test_who_only_speaks_of_a_firm_bought_for_himself(story: str) -> None:
    assert "purpose" not in blocks(case(what_happened=f"卡密无效。{story}"))


def test_many_of_what_one_person_needs_once_are_asked_about() -> None:
    def warned(product: str, quantity: int) -> bool:
        order = replace(case().case.facts.orders[0], product=product, quantity=quantity)
        check = check_before_filing(case(orders=(order,)), "p12315", SETTINGS)
        return any("为什么要这么多" in one for one in check.warnings)

    assert warned("视频会员年卡", 12) and warned("Office 激活码", 15)
    assert not warned("视频会员年卡", 2) and not warned("某游戏点卡 50元", 20)


def test_a_court_is_not_barred_by_a_complaint_that_is_still_pending() -> None:
    file = replace(case(), steps=(make_step("p12315"),))
    check = check_before_filing(file, "court", SETTINGS)
    assert not any(one.field.startswith("steps.") for one in check.blocks)
    assert any("法院不因此不收" in one and "第二十三条" in one for one in check.warnings)
