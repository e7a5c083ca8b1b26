"""What the first page says: marks only where an exhibit's text holds the fact, and what speaks for the other side."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from complaints.casefiles import make_file, make_item, make_step

from monitor.complaints.evidence.exhibits import list_exhibits
from monitor.complaints.model import CaseFile, PlannedStep
from monitor.complaints.pack.backing import Backing
from monitor.complaints.pack.first_page import render_first_page
from storage.case import Answer, CaseItem, CaseStep, Order, Person, ProblemKind, Respondent

STEP = PlannedStep("p12315", "全国12315平台（投诉）", 2, 1, "", "现在")
BILL = "账单详情\n商户单号 2026\n付款金额 ￥50.00\n交易单号 4200002211202611101234567890\n"
ORDERED = datetime(2026, 11, 10, 6, 30, tzinfo=UTC)


def page_of(*items: CaseItem, steps: tuple[CaseStep, ...] = (), absent: tuple[str, ...] = (), **facts: object) -> str:
    file: CaseFile = replace(make_file(**facts), items=items, steps=steps)
    html = render_first_page(file, STEP, Backing(file, list_exhibits(file), absent), ["证据目录"], str, holdings="共")
    return re.sub(r"<[^>]+>", "", html.replace("</tr>", "\n").replace("</li>", "\n"))


def line(page: str, begin: str) -> str:
    return next(one for one in page.splitlines() if one.strip().startswith(begin))


def test_a_bill_that_shows_the_payment_is_its_mark() -> None:
    page = page_of(make_item("wallet_bill", text=BILL, text_source="ocr"))
    assert "交易单号 4200002211202611101234567890（证3-1）" in page
    assert "50.00 元（证3-1）" in line(page, "金额")


def test_a_bill_of_another_payment_marks_nothing() -> None:
    other = "收款方 上海某某公司\n付款 80.00元\n交易单号 4200009999\n2026-10-01\n余额 1250.00元，150.00"
    page = page_of(make_item("wallet_bill", text=other, text_source="ocr"))
    assert "证3-1" not in page
    assert "（据本人陈述）" in line(page, "金额")
    assert "（据本人陈述）" in line(page, "交易")


def test_an_item_that_nobody_read_marks_nothing() -> None:
    page = page_of(make_item("wallet_bill"), make_item("failure"))
    assert "（证3" not in page and "（证4" not in page


def test_a_sum_of_orders_needs_a_bill_of_each() -> None:
    orders = tuple(
        Order(f"CZ{number}", "充值", Decimal(amount), 1, ORDERED, ORDERED, f"420000000{number}")
        for number, amount in ((1, 60000), (2, 59273))
    )
    one = make_item("wallet_bill", text="充值 60,000.00元 交易单号 4200000001", text_source="ocr")
    page = page_of(one, orders=orders)
    assert "（据本人陈述）" in line(page, "金额")
    assert "交易单号 4200000001（证3-1）" in page
    assert "交易单号 4200000002（证" not in page
    two = make_item("voucher", text="付款 ¥59273 成功", text_source="ocr", id="i-2", evidence="e-20261123T040000-two")
    assert "据本人陈述" not in line(page_of(one, two, orders=orders), "金额")


@pytest.mark.parametrize(
    ("text", "marked"),
    [("提示：该卡密无效", True), ("充值成功", False), ("该卡密无效……后来充值成功", False), ("", False)],
)
def test_a_defect_is_marked_by_what_shows_it(text: str, marked: bool) -> None:
    page = page_of(make_item("failure", text=text, text_source="ocr"), problem=ProblemKind.DEAD_KEY)
    assert ("（证4-1）" in line(page, "问题")) is marked


def test_what_is_not_attached_is_named_so_beside_its_mark() -> None:
    page = page_of(make_item("wallet_bill", text=BILL, text_source="ocr"), absent=("3-1",))
    assert "（证3-1〔未附〕）" in line(page, "金额")


def test_money_that_came_back_is_told() -> None:
    page = page_of(steps=(make_step("platform", returned=Decimal(20), outcome="partly"),))
    assert "20.00 元" in line(page, "已退回")
    assert "已退回" not in page_of().split("请求")[0]


def test_the_sellers_offer_is_told_in_his_words() -> None:
    page = page_of(seller_reply="同意全额退款50元，三天内到账", replied_at=ORDERED)
    assert "同意全额退款50元，三天内到账" in line(page, "对方答复")
    assert "据本人陈述" in line(page, "对方答复")


def test_filed_is_said_only_with_a_recorded_proof() -> None:
    told = page_of(steps=(make_step("p12315", receipt_no="N1"),))
    assert "已向" not in told
    assert "没有提交凭证" in told
    receipt = make_item("receipt")
    proven = page_of(receipt, steps=(make_step("p12315", proof=(receipt.evidence,)),))
    assert re.search(r"已向全国12315平台.*提出，尚无结果（证5-1）", proven)


def test_a_day_without_an_hour_is_not_made_midnight() -> None:
    at = datetime(2026, 11, 9, 16, tzinfo=UTC)
    page = page_of(orders=(Order("A1001", "点卡", Decimal(50), 1, at, at),))
    assert "2026年11月10日（时刻不详）" in page
    assert "00:00" not in page


def test_a_used_key_is_told_as_the_letters_tell_it() -> None:
    gift = page_of(problem=ProblemKind.USED_KEY, used=Answer.UNKNOWN)
    assert "兑换时提示已被使用" in line(gift, "问题")
    own = page_of(problem=ProblemKind.USED_KEY, used=Answer.NO)
    assert "兑换时提示已被使用" in line(own, "问题")


def test_the_account_on_the_first_page_neither_judges_nor_tells_of_others() -> None:
    story = "卡密提示无效，卖家虚假宣传。老板是骗子。同事刘芳也被骗了。"
    page = page_of(what_happened=story)
    assert line(page, "经过").removeprefix("经过").startswith("卡密提示无效。（据本人陈述）")
    for words in ("虚假宣传", "骗子", "刘芳"):
        assert words not in page


def test_a_resale_in_the_account_leaves_the_purpose_open() -> None:
    assert "为生活消费需要购买" in line(page_of(), "购买用途")
    page = page_of(what_happened="卡密提示无效。我进了十张准备放到自己店里卖。")
    assert "未说明" in line(page, "购买用途") and "生活消费" not in page


def test_goods_that_came_and_were_taken_back_are_not_called_unused() -> None:
    assert "本人未使用该商品" in line(page_of(used=Answer.NO), "购买用途")
    assert "未使用" not in page_of(problem=ProblemKind.ACCOUNT_LOST, used=Answer.NO)


def test_an_answer_of_the_platform_stands_under_its_name() -> None:
    shop = Respondent(shop="快充小店")
    page = page_of(platform="百店卡城", respondent=shop, seller_reply="请联系商家，平台概不负责")
    assert "请联系商家" in line(page, "平台客服答复")
    assert "对方答复" not in page


def test_the_account_is_told_as_the_words_of_whoever_tells_it() -> None:
    child, father = Person("林小宝"), Person("林建国", "13800138000")
    story = "孩子拿我的手机充了值。"
    assert "（据监护人陈述）" in page_of(minor=True, buyer=child, guardian=father, what_happened=story)
    helper = Person("林小红", "13800138001")
    story = "我父亲在网上买了张卡，充不进去。"
    assert "（据受托人陈述）" in page_of(buyer=father, helper=helper, what_happened=story)
    assert "（据监护人陈述）" not in page_of(buyer=father) and "（据受托人陈述）" not in page_of(buyer=father)
