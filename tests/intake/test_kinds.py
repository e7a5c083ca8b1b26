"""The guess of a file's kind: told with its reason, and `other` where nothing speaks clearly."""

from __future__ import annotations

import pytest

from monitor.complaints.evidence.evidence_kinds import guess_kind


@pytest.mark.parametrize(
    ("name", "text", "form", "kind"),
    [
        ("IMG_1.jpg", "账单详情 交易单号 4200 商户全称 某公司 支付时间", "image", "wallet_bill"),
        ("IMG_1.jpg", "支付成功 ¥50.00 收款方 某公司", "image", "voucher"),
        ("IMG_1.jpg", "订单编号 X1 下单时间 2026-11-10 已完成", "image", "order"),
        ("IMG_1.jpg", "兑换失败 卡密无效", "image", "failure"),
        ("IMG_1.jpg", "该卡密已被使用", "image", "failure"),
        ("IMG_1.jpg", "可用余额 120.00 冻结金额 5000 提现记录", "image", "balance_record"),
        ("IMG_1.jpg", "商品详情 立即购买 库存 99", "image", "product_page"),
        ("IMG_1.jpg", "售后说明：卡密一经售出概不退换", "image", "after_sales_promise"),
        ("IMG_1.jpg", "登录设备 最近登录 异地", "image", "use_trace"),
        ("IMG_1.jpg", "营业执照 统一社会信用代码 法定代表人", "image", "subject"),
        ("回执.png", "", "image", "receipt"),
        ("受案.pdf", "受案回执 某派出所", "pdf", "police_receipt"),
        ("x.txt", "2026-11-10 14:35 客服\n我们无法退款", "chat", "refusal"),
        ("x.txt", "你好，卡用不了，请退款", "chat", "demand_chat"),
        ("x.txt", "订单编号 下单时间 你好", "chat", "chat"),
        ("订单失败.mp4", "", "video", "recording"),
        ("a.eml", "您好，已收到", "mail", "reply"),
        ("a.tsr", "", "token", "certificate"),
        ("IMG_2.jpg", "您好 客服：先交保证金 发送", "image", "chat"),
        ("IMG_2.jpg", "我要打12315", "image", "other"),
        ("IMG_2.jpg", "", "image", "other"),
        ("IMG_2.jpg", "今天天气不错", "image", "other"),
    ],
)
def test_kinds_are_guessed_from_names_words_and_forms(name: str, text: str, form: str, kind: str) -> None:
    guess = guess_kind(name, text, form)
    assert guess.kind == kind
    assert guess.reason


def test_a_guess_names_what_spoke_for_it() -> None:
    assert guess_kind("a.png", "交易单号 1 商户全称 2", "image").reason == "文字中有“交易单号”、“商户全称”"
    assert "文件名中有" in guess_kind("失败.png", "", "image").reason


def test_a_long_text_is_looked_at_within_bounds() -> None:
    assert guess_kind("a.txt", "x" * 5_000_000 + "交易单号 商户全称", "text").kind == "other"


def test_a_transfer_is_told_from_a_payment_to_a_merchant() -> None:
    transfer = guess_kind("IMG_1.jpg", "账单详情 转账单号 1000 转账-来自微信 对方账户 *小明 当前状态 已收钱", "image")
    assert transfer.kind == "wallet_bill" and "不是商户付款" in transfer.reason
    received = guess_kind("IMG_1.jpg", "转账成功 ¥50.00 收款方 *小明", "image")
    assert received.kind == "wallet_bill" and "不是商户付款" in received.reason
    merchant = guess_kind("IMG_1.jpg", "账单详情 交易单号 4200 商户全称 某公司 对方账户 某公司", "image")
    assert merchant.kind == "wallet_bill" and "转账" not in merchant.reason
