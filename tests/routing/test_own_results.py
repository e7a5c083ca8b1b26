"""A picture, a record or an answer that leads elsewhere than the claim stops it; one that fits it does not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from complaints.casefiles import make_file, make_item

from monitor.complaints.filing.prefiling import check_before_filing
from monitor.complaints.model import CaseFile
from monitor.config.complaints import ComplaintSettings
from storage.case import Answer, Meant, PaymentForm, ProblemKind, Respondent

SETTINGS = ComplaintSettings()
SELLER = Respondent("杭州某某网络科技有限公司", "浙江省杭州市西湖区文三路100号")
BILL = "商户全称：杭州某某网络科技有限公司\n金额：50.00元\n"


def stops(file: CaseFile, channel: str = "p12315") -> dict[str, str]:
    return {one.field: one.why for one in check_before_filing(file, channel, SETTINGS).blocks}


def told(kind: str, text: str, **facts: object) -> CaseFile:
    items = (make_item("wallet_bill", text=BILL), make_item(kind, text=text, title="我的截图"))
    return replace(make_file(**{"respondent": SELLER, "problem": ProblemKind.USED_KEY, **facts}), items=items)


@pytest.mark.parametrize(
    ("problem", "text", "shown"),
    [
        (ProblemKind.USED_KEY, "2026-11-10 15:30 某游戏充值页 提示：该卡密不存在或已失效", "不存在或已失效"),
        (ProblemKind.USED_KEY, "卡号错误，请重新输入", "卡号错误"),
        (ProblemKind.USED_KEY, "该卡已过期", "已过期"),
        (ProblemKind.EXPIRED_KEY, "该卡密已被使用", "已被使用"),
        (ProblemKind.EXPIRED_KEY, "密码错误，兑换失败", "密码错误"),
    ],
)
@pytest.mark.parametrize("channel", ["p12315", "platform", "police"])
def test_a_picture_of_another_fault_stops(problem: ProblemKind, text: str, shown: str, channel: str) -> None:
    assert shown in stops(told("failure", text, problem=problem), channel)["failure.kind"]


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (ProblemKind.USED_KEY, "兑换失败：该卡密已被使用"),
        (ProblemKind.USED_KEY, "该卡密不存在或已使用"),
        (ProblemKind.EXPIRED_KEY, "该卡已失效，超过有效期"),
        (ProblemKind.DEAD_KEY, "该卡密已被使用，兑换失败"),
        (ProblemKind.USED_KEY, "截图 2026-11-10 15:30"),
        (ProblemKind.USED_KEY, "Steam礼品卡 卡号错误"),
    ],
)
def test_a_picture_that_fits_or_is_of_other_goods_does_not(problem: ProblemKind, text: str) -> None:
    assert "failure.kind" not in stops(told("failure", text, problem=problem))


def test_two_pictures_of_which_one_shows_the_fault_are_enough() -> None:
    file = told("failure", "卡号错误")
    more = replace(make_item("failure", text="该卡密已被使用"), id="i-more")
    assert "failure.kind" not in stops(replace(file, items=(*file.items, more)))


@pytest.mark.parametrize(
    "record",
    [
        "充值记录 2026-11-10 14:50 账号 lin***ming 面值50元 状态 成功",
        "使用时间：2026年11月10日 15:01 账号 未知",
        "卡密已使用 2026-11-10 下午3:10",
        "充值账号 138****8000 已使用",
        "2026-11-09 10:00 充值成功 13800138000",
    ],
)
def test_a_use_after_delivery_or_on_the_own_number_stops(record: str) -> None:
    assert record[:6] in stops(told("use_trace", record))["use_trace"]
    other = told("use_trace", record, what_happened="提示已使用，那个账号不是我的，我不认识。")
    assert "use_trace" not in stops(other)


@pytest.mark.parametrize(
    "record",
    [
        "卡号尾号 90AB 使用时间 2026-11-10 14:20 充值账号 139****0001",
        "2026-11-10 14:50 查询 该卡密状态：未使用",
        "2026-11-10 15:40 官方客服：您好",
        "使用时间 2026-11-09 10:00 账号 abc",
    ],
)
def test_a_use_before_delivery_by_another_does_not(record: str) -> None:
    assert "use_trace" not in stops(told("use_trace", record))


def test_an_answer_that_names_the_own_number_is_to_be_answered() -> None:
    said = "后台显示已充值成功，充值账号138****8000"
    assert "use_trace" in stops(told("order", "", seller_reply=said))
    assert "use_trace" not in stops(told("order", "", seller_reply=said, meant=(Meant(said, "那是我留的联系电话"),)))
    assert "use_trace" not in stops(told("order", "", seller_reply="充值账号139****1111"))
    assert "use_trace" not in stops(told("order", "", seller_reply="请拨打您预留的138****8000"))
    assert "use_trace" not in stops(told("order", "", seller_reply=said, used=Answer.YES))


@pytest.mark.parametrize(
    "story",
    [
        "网站订单显示未支付",
        "我的订单一直是待付款",
        "订单还是没有付款",
        "网站上查不到我的订单",
        "订单状态是等待支付",
    ],
)
def test_an_unpaid_order_and_another_payee_show_no_trade_with_the_one_named(story: str) -> None:
    person = {"payee": "李某", "payment": PaymentForm.TRANSFER, "problem": ProblemKind.NOT_DELIVERED}
    bill = replace(make_item("voucher", text="收款方 李某 金额 50.00元"), id="i-v")
    file = replace(make_file(respondent=SELLER, what_happened=f"{story}。", **person), items=(bill,))
    assert story in stops(file)["story.unpaid"]
    assert "story.unpaid" not in stops(file, "alipay")
    direct = replace(make_file(respondent=SELLER, what_happened=f"{story}。"), items=(make_item("order"),))
    assert "story.unpaid" not in stops(direct)


@pytest.mark.parametrize(
    "story", ["订单显示已支付", "后来订单变成已支付了", "客服说订单没有付款", "未支付手续费", "订单已发货"]
)
def test_an_order_that_is_paid_is_none(story: str) -> None:
    file = make_file(respondent=SELLER, what_happened=f"{story}。", payee="李某", payment=PaymentForm.TRANSFER)
    assert "story.unpaid" not in stops(file)
