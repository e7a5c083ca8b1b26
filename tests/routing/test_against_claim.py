"""What speaks against a claim stops it, with a way out; the innocent sentences beside each do not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from complaints.casefiles import ORDERED, make_facts, make_file, make_item, make_step

from monitor.complaints.evidence.against_claim import find_against, find_refund
from monitor.complaints.facts.demands import states_deceit
from monitor.complaints.filing.prefiling import check_before_filing
from monitor.complaints.letters.kinds import letter_kinds
from monitor.complaints.letters.material import Extra, Material
from monitor.complaints.model import CaseFile
from monitor.complaints.routing.conduct_words import Conduct, find_misconduct
from monitor.config.complaints import ComplaintSettings
from storage.case import Answer, Demand, DemandKind, Meant, PaymentForm, ProblemKind, Respondent

SETTINGS = ComplaintSettings()
SELLER = Respondent("杭州某某网络科技有限公司", "浙江省杭州市西湖区文三路100号")
BILL = "商户全称：杭州某某网络科技有限公司\n金额：50.00元\n交易单号：4200002211202611101234567890\n"


def case_with(kind: str = "", text: str = "", **facts: object) -> CaseFile:
    """An ordinary complaint with its bill, and one more item."""
    items = [make_item("wallet_bill", text=BILL, text_source="chat")]
    if kind:
        items.append(replace(make_item(kind, text=text, text_source="chat"), id="i-more"))
    return replace(make_file(**{"respondent": SELLER, **facts}), items=tuple(items))


def blocks(file: CaseFile, channel: str = "p12315") -> set[str]:
    return {one.field for one in check_before_filing(file, channel, SETTINGS).blocks}


def mends(file: CaseFile, field: str, channel: str = "p12315") -> str:
    return next(one.mend for one in check_before_filing(file, channel, SETTINGS).blocks if one.field == field)


# --- money that came back ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "text", "amount"),
    [
        ("wallet_bill", "当前状态：已全额退款（￥50.00）2026-11-12", "50.00"),
        ("wallet_bill", "当前状态：已全额退款\n退款时间：2026-11-12", None),
        ("wallet_bill", "已退款（￥20.00）", "20.00"),
        ("order", "退款金额：20.00元", "20.00"),
        ("chat", "2026-11-12 10:00 客服：已经给您全额退款50元，请查收\n2026-11-12 10:05 我：收到了，谢谢", "50"),
        ("chat", "10:00 客服：先退你30\n10:05 我：30元收到了", "30"),
        ("chat", "16:02 客服：已为您全额退款50元，请查收", "50"),
        ("chat", "2026-11-10 16:20:05 星河客服(10001)\n退款已到账，请查收", None),
    ],
)
def test_money_that_came_back_by_the_evidence_stops_and_shows_the_way_out(
    kind: str, text: str, amount: str | None
) -> None:
    file = case_with(kind, text)
    found = find_refund(file)
    assert found is not None
    assert found.amount == (None if amount is None else Decimal(amount))
    for channel in ("p12315", "platform", "heimao", "wechat_pay", "court"):
        assert "refunded" in blocks(file, channel)
    assert "没有收到退款" in mends(file, "refunded")
    denied = case_with(kind, text, what_happened="卡密无效。对方称已退款，本人没有收到退款。")
    assert "refunded" not in blocks(denied)


def test_a_part_that_came_back_is_reckoned_with_by_the_demand_or_the_record() -> None:
    part = Demand(DemandKind.REFUND, Decimal("20.00"), "差额")
    text = "10:00 客服：先退你30\n10:05 我：30元收到了"
    assert "refunded" not in blocks(case_with("chat", text, demands=(part,)))
    kept = replace(case_with("chat", text), steps=(make_step("platform", outcome="partly", returned=Decimal(30)),))
    assert "refunded" not in blocks(kept)
    short = Demand(DemandKind.REFUND, Decimal("40.00"), "差额")
    assert "refunded" in blocks(case_with("chat", text, demands=(short,)))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("wallet_bill", "如需退款请申请退款\n未退款\n交易成功"),
        ("wallet_bill", "交易单号：4200000000000000000000000001 已退款 20元\n交易单号：4200000000000000000000000002"),
        ("order", "支持七天退款 已完成 申请退款"),
        ("order", "退款须知：已退款的订单不再受理"),
        ("chat", "16:00 客服：不能退款\n16:02 我：为什么不退"),
        ("chat", "客服：已为您申请退款\n我：好"),
        ("chat", "客服：已经退款了吗？"),
        ("chat", "客服：已退款50元\n我：没有收到"),
        ("chat", "我：收到了卡密，但是提示无效"),
        ("chat", "我：收到了\n客服：好"),
        ("chat", "客服：可以退，请发收款码"),
        ("chat", "王五：已经给您退款50元"),
        ("chat", "客服：我们已拒绝退款"),
        ("chat", "客服：已过退款期限"),
        ("chat", "客服：给您退款需要提供收款码"),
    ],
)
def test_offers_rules_questions_and_strangers_give_nothing_back(kind: str, text: str) -> None:
    assert find_refund(case_with(kind, text)) is None


def warnings(file: CaseFile, channel: str = "p12315") -> str:
    return "\n".join(check_before_filing(file, channel, SETTINGS).warnings)


@pytest.mark.parametrize("story", ["客服已经退了30元", "昨天退回20元", "30元收到了", "先退我20块，剩下的不退"])
def test_a_part_that_the_story_says_came_back_is_taken_off(story: str) -> None:
    assert "refunded" in blocks(case_with(what_happened=f"卡密无效。{story}。"))
    kept = replace(
        case_with(what_happened=f"卡密无效。{story}。"),
        steps=(make_step("platform", outcome="partly", returned=Decimal(20)),),
    )
    assert "refunded" not in blocks(kept)


@pytest.mark.parametrize(
    "story", ["客服可以退30元", "只肯退20", "要求退我50元", "没有退我50元", "面值50元收到了", "客服说退了30元，没到账"]
)
def test_what_may_come_back_is_not_taken_off(story: str) -> None:
    assert "refunded" not in blocks(case_with(what_happened=f"卡密无效。{story}。"))


@pytest.mark.parametrize("line", ["可以退，请发收款码", "给您换一张吧。", "马上给您补发", "同意退款，等财务处理"])
def test_an_offer_in_a_chat_that_the_case_hides_is_told(line: str) -> None:
    text = f"16:00 我：卡密无效，请退款\n16:20 客服：{line}"
    told = "聊天中对方说" in warnings(case_with("chat", text)) + warnings(case_with("chat", text), "platform")
    assert told == (not line.endswith("吧。"))  # 给您换一张吧 may be a question: nothing is made of it
    assert "聊天中对方说" not in warnings(case_with("chat", text, seller_reply=line))


@pytest.mark.parametrize(
    "line", ["不能退", "先交激活费才能退", "激活后不可以退", "可以退吗？", "已售出概不退换", "请稍后再试"]
)
def test_a_refusal_or_a_condition_is_no_offer(line: str) -> None:
    text = f"16:00 我：卡密无效，请退款\n16:20 客服：{line}"
    assert "聊天中对方说" not in warnings(case_with("chat", text))
    assert "聊天中对方说" not in warnings(case_with("chat", f"16:00 王五：可以退\n16:01 我：{line}"))
    withdrawn = f"16:00 客服：可以退\n16:20 客服：不退了\n16:21 我：{line}"
    assert "聊天中对方说" not in warnings(case_with("chat", withdrawn))


# --- a key that worked -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("failure", "2026-11-10 15:30 兑换成功 50元已到账"),
        ("failure", "充值成功！50元已到账"),
        ("use_trace", "2026-11-10 14:50 使用该卡密充值成功 50元"),
        ("chat", "16:00 我：卡密已经兑换成功了，但是我不想要了，请退款"),
        ("chat", "16:00 我：充值成功了，但我不想要了，能退吗"),
    ],
)
def test_evidence_that_the_key_worked_stops(kind: str, text: str) -> None:
    file = case_with(kind, text)
    assert "worked" in blocks(file) and "worked" in blocks(file, "platform")
    assert "worked" not in blocks(case_with(kind, text, what_happened="该画面是另一张卡。本案的卡密提示无效。"))
    assert "worked" not in blocks(case_with(kind, text, problem=ProblemKind.USED_KEY))
    assert "worked" not in blocks(case_with(kind, text, used=Answer.PARTLY))


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("failure", "卡号不存在"),
        ("failure", "兑换失败，请在兑换成功后刷新"),
        ("failure", "充值成功率99%"),
        ("failure", "11-09 兑换成功\n11-10 兑换失败"),
        ("chat", "客服：系统显示兑换成功"),
        ("chat", "我：你们说兑换成功，可是我没有兑换过"),
        ("chat", "我：你们说的充值成功了吗"),
        ("chat", "我：换了一张才兑换成功？"),
        ("order", "订单状态：充值成功"),
    ],
)
def test_what_only_names_success_shows_none(kind: str, text: str) -> None:
    assert not [one for one in find_against(case_with(kind, text)) if one.field == "worked"]


# --- the story against the claim ---------------------------------------------------------------------------------

STORIES = {
    "worked": (
        [
            "卡密兑换成功并已使用，后来我觉得不好玩，想退",
            "充值成功了，但我不想要了",
            "我用过了卡密，朋友说可以退款试试",
        ],
        ["卡密兑换提示无效", "官网显示兑换成功但没有到账", "客服说充值成功了", "激活成功后第二天失效", "没有兑换成功"],
    ),
    "story.refunded": (
        ["不是卡密无效，是我输错了，现在好了", "问题已经解决", "昨天客服补发了，可以用"],
        ["问题没有解决", "客服说已经解决了", "手机没问题", "希望尽快解决", "客服说已经全额退款，但我没有收到退款"],
    ),
    "purpose": (
        [
            "放在自己的小店里出售",
            "我是做代充工作室的，帮客户充值用",
            "批量采购用于公司抽奖活动",
            "买来倒卖赚差价",
            "我是代理，从该平台批发拿货",
            "公司采购员工福利卡20张",
            "我进了十张准备放到自己店里卖",
        ],
        [
            "我不是代理",
            "客服说他们是代理",
            "这家店里卖的卡",
            "店铺卖的是无效卡",
            "朋友生日买来送给他的点卡",
            "公司发的福利卡我自己用",
            "卖家让我去批发区下单",
            "客服怀疑我是代理",
        ],
    ),
    "payment": (
        ["我是在支付宝付的", "付给了个人王五", "扫的是个人收款码"],
        ["不是用支付宝付的", "客服让我用支付宝付手续费", "没有付给个人", "客服要求转给个人"],
    ),
}


@pytest.mark.parametrize("field", list(STORIES))
def test_a_story_that_says_otherwise_stops_and_an_innocent_one_does_not(field: str) -> None:
    guilty, innocent = STORIES[field]
    assert [one for one in guilty if field not in blocks(case_with(what_happened=f"{one}。"))] == []
    assert [one for one in innocent if field in blocks(case_with(what_happened=f"卡密无效。{one}。"))] == []


def test_of_several_only_the_bad_ones_are_asked_for() -> None:
    one = make_facts().orders[0]
    two = replace(one, number="XH2", payment_no="4200002211202611101234567891", merchant_no="")
    both = (Demand(DemandKind.REFUND, Decimal(100), "两笔"),)
    told = "第二单的会员已经正常开通了。"
    assert "story.part" in blocks(case_with(orders=(one, two), demands=both, what_happened=told))
    half = (Demand(DemandKind.REFUND, Decimal(50), "第一笔"),)
    assert "story.part" not in blocks(case_with(orders=(one, two), demands=half, what_happened=told))
    for innocent in ("第二单也没有到账。", "第二张同样无效。", "第一次联系客服没有回复。", "其他平台同款正常。"):
        assert "story.part" not in blocks(case_with(orders=(one, two), demands=both, what_happened=innocent))


def test_who_typed_a_wrong_account_may_ask_for_help_and_not_for_all_the_money() -> None:
    facts = {"problem": ProblemKind.TOPUP_MISSING, "delivered": Answer.NO, "received_at": None}
    slip = case_with(what_happened="我把账号填错了一位，没有到账。", **facts)
    assert "story.own_slip" in blocks(slip, "platform") and "核查" in mends(slip, "story.own_slip")
    asked = case_with(what_happened="我把账号填错了一位，没有到账。", demands=(Demand(DemandKind.DELIVER),), **facts)
    assert "story.own_slip" not in blocks(asked)
    for innocent in ("不是我填错了账号。", "客服说我账号填错了。", "卖家把账号充错了。"):
        assert "story.own_slip" not in blocks(case_with(what_happened=innocent, **facts))


def test_goods_sent_again_are_told_of() -> None:
    assert "resent" in blocks(case_with(seller_reply="已补发"), "heimao")
    assert "resent" in blocks(case_with(what_happened="卡密无效。昨天客服又补发了一张。"))
    for reply in ("不补发", "可以补发", "已过补发期限", "补发要等三天，会处理"):
        assert "resent" not in blocks(case_with(seller_reply=reply))
    assert "resent" not in blocks(case_with(seller_reply="已补发", what_happened="补发的也不能用。"))


# --- doubles, times, sums ----------------------------------------------------------------------------------------


def test_an_order_told_twice_is_stopped_and_one_payment_for_a_cart_is_not() -> None:
    one = make_facts().orders[0]
    assert "orders.double" in blocks(case_with(orders=(one, one)))
    other_number = replace(one, number="XH20261110002", merchant_no="")
    assert "orders.double" in blocks(case_with(orders=(one, other_number)))
    cart = case_with(orders=(one, other_number))
    whole = make_item("voucher", text="合计 100.00元 交易单号：4200002211202611101234567890", text_source="chat")
    assert "orders.double" not in blocks(replace(cart, items=(*cart.items, whole)))
    apart = replace(one, number="XH20261110002", payment_no="4200002211202611101234567891", merchant_no="")
    assert "orders.double" not in blocks(case_with(orders=(one, apart)))


@pytest.mark.parametrize(
    "facts",
    [
        {"contacted_at": ORDERED - timedelta(hours=1)},
        {"contacted_at": ORDERED + timedelta(hours=2), "replied_at": ORDERED + timedelta(hours=1)},
        {"received_at": ORDERED - timedelta(minutes=30)},
        {"received_at": ORDERED + timedelta(hours=2)},  # noticed an hour before it was received
        {"used": Answer.YES, "used_at": ORDERED + timedelta(minutes=-29)},
        {"replied_at": ORDERED - timedelta(days=3)},
    ],
)
def test_times_in_the_wrong_order_are_mended_first(facts: dict[str, object]) -> None:
    assert "times" in blocks(case_with(**facts)) and "times" in blocks(case_with(**facts), "platform")


@pytest.mark.parametrize(
    "facts",
    [
        {"contacted_at": ORDERED + timedelta(minutes=1)},
        {"received_at": ORDERED - timedelta(minutes=2)},  # two clocks
        {"replied_at": ORDERED + timedelta(hours=2)},
        {"problem": ProblemKind.NOT_DELIVERED, "received_at": ORDERED + timedelta(hours=3), "delivered": Answer.YES},
        {"noticed_at": ORDERED.replace(hour=16, minute=0) - timedelta(days=1)},  # the day alone, in China
        {"contacted_at": None, "replied_at": None},
    ],
)
def test_times_that_may_be_right_are_left_alone(facts: dict[str, object]) -> None:
    assert "times" not in blocks(case_with(**facts))


def test_a_balance_is_asked_back_as_far_as_it_was_paid_in() -> None:
    order = replace(make_facts().orders[0], amount=Decimal(500), product="余额充值 充500送100")

    def held(asked: int, story: str = "余额取不出来。", **facts: object) -> CaseFile:
        demand = Demand(DemandKind.RELEASE, Decimal(asked), "余额")
        given = {"problem": ProblemKind.BALANCE_FROZEN, "balance": Decimal(600), "orders": (order,), **facts}
        return case_with(demands=(demand,), what_happened=story, **given)

    assert "balance.principal" in blocks(held(600), "platform")
    assert "balance.principal" in blocks(held(500, "已经消费了80元，剩下的取不出来。"), "heimao")
    assert "balance.principal" not in blocks(held(420, "已经消费了80元，剩下的取不出来。"), "heimao")
    assert "balance.principal" not in blocks(held(500), "heimao")
    plain = replace(order, product="余额充值")
    assert "balance.principal" not in blocks(held(450, "已经消费了50元。", orders=(plain,), balance=Decimal(450)))
    assert "balance.principal" in blocks(held(5000, orders=(plain,), balance=Decimal(5000)), "heimao")
    for story in (
        "去年开始陆陆续续往账户里充过钱。",
        "分三次充的，只找到一笔账单。",
        "之前也充过。",
        "每个月充一点。",
        "充了好几次。",
    ):
        assert "balance.principal" not in blocks(held(5000, story, orders=(plain,), balance=Decimal(5000)), "p12315")
    assert "balance.principal" not in blocks(held(510, orders=(plain,), balance=Decimal(510)), "p12315")


def test_damages_need_a_loss_and_a_card_hurts_nobodys_feelings() -> None:
    refund = make_facts().demands[0]

    def asks(amount: int, reckoning: str, *more: str) -> set[str]:
        demand = Demand(DemandKind.DAMAGES, Decimal(amount), reckoning)
        return blocks(case_with(*more, demands=(refund, demand)), "court")

    assert "damages" in asks(10_000, "精神损失和误工")
    assert "damages" in asks(500, "其他损失") and "damages" in asks(20, "误工费")
    assert "damages" not in asks(20, "误工费", "loss", "单位扣款证明 20元")
    assert "damages" in asks(20, "精神损失", "loss", "收条 20元")
    assert "damages" not in asks(500, "另购同款的差价", "loss", "另购发票 500元")
    assert "damages" not in asks(12, "打电话的通信费")


def test_refused_after_sales_alone_is_no_dispute() -> None:
    facts = {"problem": ProblemKind.REFUSED_AFTER_SALES, "contacted_at": None}
    assert "what_happened" in blocks(case_with(what_happened="太坑了。", **facts))
    assert "what_happened" not in blocks(case_with(what_happened="卡密无效。", **facts))
    assert "what_happened" not in blocks(case_with(what_happened="太坑了。", problem=facts["problem"]))


def test_a_merchants_payment_is_not_questioned_for_another_form() -> None:
    assert "payment" not in blocks(case_with(what_happened="扫的是个人收款码。", payment=PaymentForm.PERSONAL_CODE))


# --- threats and insults -----------------------------------------------------------------------------------------

GUILTY = """老板是老赖，坐过牢|这是洗钱平台|卖的是盗刷来的黑卡|他们涉嫌诈骗，已经立案了|这明显是欺诈
不退我就人肉他，打断他的腿|给我500块封口费我就不投诉|让你们店开不下去|开的黑店|他们偷了我的钱跑路了|不退我就找记者，让你们店开不下去|王八蛋客服
他们售假，侵权|他们构成诈骗罪，必须坐牢|不退我就上网曝光你们、找人砸了你们店|他们就是诈骗集团，我要曝光他们|你个傻逼
赔我1000元就不投诉你们|不给2000块就举报|给我转500就删差评|再不退就让你们好看|垃圾客服不回话|我要去你家砸店""".replace(
    "\n", "|"
)
INNOCENT = """客服骂我傻逼，还拉黑了我|客服威胁说再投诉就打断我的腿|系统提示该卡为黑卡，已停用|退我50元我就撤诉
退款给我我就撤回投诉|客服说给我200块封口费让我不要投诉|民警说这可能是诈骗|官方客服告知这张卡是盗刷的|我已报警，派出所已立案
卡密兑换时提示无效|商品页写着假一赔十|我担心卡密被别人使用|请核实是否涉嫌欺诈|充值后账号被冻结，提示涉嫌违规|垃圾箱里也没有邮件
客服要我再交500块保证金才退|我要求退款50元，否则向12315投诉|再不处理我将依法投诉|页面滚动显示已售出|昨天给我退了20元，还差30元
我没有骂过客服|对方把我拉黑，联系不上|银行说这笔是正常交易|客服让我私了，我没有同意""".replace("\n", "|")


def test_threats_insults_and_accusations_are_told_from_accounts_of_them() -> None:
    assert [one for one in GUILTY.split("|") if not find_misconduct(one)] == []
    assert [one for one in INNOCENT.split("|") if find_misconduct(one)] == []


def test_letters_leave_such_a_sentence_out_and_say_so() -> None:
    file = case_with(what_happened="卡密兑换提示无效。不退我就人肉他，打断他的腿。他们涉嫌诈骗。")
    material = Material(letter_kinds()["demand"], file, (), SETTINGS, Extra())
    assert material.tell_story(file.case.facts.what_happened) == ("卡密兑换提示无效",)
    assert len([note for note in material.notes if "未写入文书" in note]) == 2


def test_a_public_post_with_a_threat_or_a_price_for_silence_is_not_made() -> None:
    for story in ("不退我就找人砸了你们店。", "给我500块封口费我就不投诉。"):
        file = case_with(what_happened=f"卡密无效。{story}")
        assert "story.conduct" in blocks(file, "heimao") and "story.conduct" not in blocks(file)
    for story in ("他们是老赖。", "客服威胁说再投诉就打断我的腿。"):
        assert "story.conduct" not in blocks(case_with(what_happened=f"卡密无效。{story}"), "heimao")
    assert {one.kind for one in find_misconduct("给我500块封口费我就不投诉")} == {Conduct.HUSH}


# --- police, deceit, words of the problem --------------------------------------------------------------------------


def test_a_firm_with_an_address_may_be_complained_against_although_its_site_is_gone() -> None:
    facts = {"problem": ProblemKind.PLATFORM_GONE, "delivered": Answer.NO, "received_at": None}
    gone = case_with(what_happened="付款后网站打不开，客服失联。", **facts)
    assert "steps.police" not in blocks(gone) and "先报案" in warnings(gone)
    nobody = case_with(what_happened="付款后网站打不开。", respondent=Respondent(), payee="", **facts)
    assert "steps.police" in blocks(nobody)
    thawing = case_with(what_happened="客服说要先交500元解冻金才能退款。", **facts)
    assert "steps.police" in blocks(thawing)


@pytest.mark.parametrize("story", ["客服一直说平台不涉及刷单。", "页面写明禁止刷单。", "我没有刷单。"])
def test_an_unlawful_purpose_that_is_denied_stops_nothing(story: str) -> None:
    assert "unlawful" not in blocks(case_with(what_happened=f"卡密无效。{story}"))


def test_deceit_is_one_thing_said_and_another_found() -> None:
    said = "客服说“保证是全新未使用的卡”，实际10月1日已被激活。"
    assert states_deceit(make_facts(what_happened=said))
    for plain in ("卡密无效，客服不退。", "客服说三天内处理。", "卡密提示已被激活。"):
        assert not states_deceit(make_facts(what_happened=plain))


# --- what a report to the police loses by, what a public post hides, what ran out -----------------------------------


def test_a_report_to_the_police_stops_where_the_loss_came_back_or_was_never_paid() -> None:
    text = "10:00 客服：先退你30\n10:05 我：30元收到了"
    reduced = Demand(DemandKind.REFUND, Decimal("20.00"), "差额")
    for file in (case_with("chat", text), case_with("chat", text, demands=(reduced,))):
        assert "refunded" in blocks(file, "police")
    recorded = replace(case_with("chat", text), steps=(make_step("platform", returned=Decimal(30)),))
    assert "refunded" not in blocks(recorded, "police")
    failed = replace(make_item("voucher", text="微信支付 付款失败 金额50.00元", text_source="chat"), title="付款凭证")
    assert "purchase_proof" in blocks(replace(case_with(), items=(failed,)), "police")
    assert not {"refunded", "purchase_proof"} & blocks(case_with(), "police")


@pytest.mark.parametrize(
    ("reply", "stops"),
    [
        ("已经全部退款，订单关闭，截图发你了", True),
        ("钱已经打过去了，请不要再发消息", True),
        ("您的申请已关闭，不予退款", False),
        ("如果您没有领取，已全额退款", False),
        ("退款申请已提交，请等待", False),
    ],
)
def test_an_answer_is_read_clause_by_clause_for_money_that_came_back(reply: str, stops: bool) -> None:
    file = case_with(seller_reply=reply)
    assert ("refunded" in blocks(file)) == ("refunded" in blocks(file, "police")) == stops


def test_a_public_post_that_hides_an_offer_in_the_chat_is_not_made() -> None:
    text = "16:00 我：卡密无效，请退款\n16:20 客服：都可以退的"
    hidden = case_with("chat", text, seller_reply="激活后不退")
    assert "seller_reply" in blocks(hidden, "heimao") and "seller_reply" not in blocks(hidden)
    assert "seller_reply" in blocks(case_with("chat", text), "heimao")
    for facts in (
        {"seller_reply": "客服说可以退，一直没有退"},
        {"what_happened": "卡密无效。客服答应退款，没有退。"},
        {"seller_reply": "激活后不退", "meant": (Meant("都可以退的", "说的是另一单"),)},
    ):
        assert "seller_reply" not in blocks(case_with("chat", text, **facts), "heimao")
    refused = f"{text}\n16:30 客服：查过了，不能退"
    assert "seller_reply" not in blocks(case_with("chat", refused, seller_reply="不能退"), "heimao")


def test_a_key_that_ran_out_unused_is_not_asked_back_as_bad_goods() -> None:
    ran_out: dict[str, object] = {
        "problem": ProblemKind.EXPIRED_KEY,
        "valid_until": ORDERED + timedelta(days=10),
        "noticed_at": ORDERED + timedelta(days=12),
        "what_happened": "放了十几天没用，兑换时提示过期。",
    }
    for channel in ("p12315", "platform", "heimao"):
        assert "story.expiry" in blocks(case_with(**ran_out), channel)
    untold = {**ran_out, "what_happened": "商品页没有写有效期，兑换时提示过期。"}
    failed = {**ran_out, "what_happened": "收到后马上兑换失败，客服拖到过期。"}
    early = {**ran_out, "noticed_at": ORDERED + timedelta(days=1)}
    other = {**ran_out, "demands": (Demand(DemandKind.REPLACE),)}
    for facts in (untold, failed, early, other):
        assert "story.expiry" not in blocks(case_with(**facts))


# --- conclusions of law, and the fate of others ---------------------------------------------------------------------

LAW = """卖家虚假宣传|他们违反消费者权益保护法第20条|应当退一赔三|存心不退|故意拖延时间|这是霸王条款|侵犯了我的合法权益
恶意扣我的钱|页面写官方直充，卖家虚假宣传""".replace("\n", "|")
NO_LAW = """卖家承诺假一赔十|页面写明退一赔三|客服说我恶意投诉|系统提示账号违规被封|客服说，我违反平台规定|不是恶意退款
卖家违反约定没有发货
规则第5条写着激活后不退|大家都买了这款游戏|我买来送给表妹，她兑换时说已被使用|朋友的卡也能用|账号被原主恶意找回
朋友帮我兑换也无效|按售后办法第3条可以换|卖家违反平台售后规定|系统提示因违法内容被封""".replace("\n", "|")


def test_conclusions_of_law_are_told_from_what_others_claim() -> None:
    assert [one for one in LAW.split("|") if {m.kind for m in find_misconduct(one)} != {Conduct.LAW}] == []
    assert [one for one in NO_LAW.split("|") if find_misconduct(one)] == []
    for told in (
        "同事刘芳也被骗了",
        "很多网友都无效",
        "女朋友陈晓丽也买了",
        "我上网查了几百个人都被骗了",
        "上百人都中招了",
        "群里有十几个人也没收到",
        "评论区全是说充不进去的",
    ):
        assert [one.kind for one in find_misconduct(told)] == [Conduct.OTHERS]
    for told in (
        "客服在群里说明天都处理",
        "页面写着违约金10%",
        "客服说我违约了",
        "我试了几十次都无效",
        "我们几个人都试过",
        "三张卡都无效",
    ):
        assert not find_misconduct(told)
    assert [one.kind for one in find_misconduct("王八蛋客服骂我")] == [Conduct.INSULT]
