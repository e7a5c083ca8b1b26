"""Texts as people and pages write them: what must be gone is gone, what must stay stays, and twice is as once."""

from __future__ import annotations

import pytest

from monitor.complaints.masking import text as text_module
from monitor.complaints.masking.spelling import dense
from monitor.complaints.masking.text import find_spans, mask_text
from monitor.complaints.model import Audience, Masking

AUTHORITY = Masking(Audience.AUTHORITY)
PUBLIC = Masking(Audience.PUBLIC)

# (text, what must be gone)
KEYS = [
    ("您购买的商品：Steam 50美元充值卡\n卡密信息:  QK7WM-3TZ4P-N9R2D\n请尽快使用", ["QK7WM-3TZ4P-N9R2D"]),
    ("亲，密钥发您了哈 VK7JG-NPHTM-C97JM-9MPGT-3V66T", ["VK7JG-NPHTM-C97JM-9MPGT-3V66T"]),
    ("卡号：JW20938475619283，卡密：9182736455", ["JW20938475619283", "9182736455"]),
    ("1. XGTF8-KKQ2W-9PLMN\n2. 7YHBV-3EDCR-FVTGB", ["XGTF8-KKQ2W-9PLMN", "7YHBV-3EDCR-FVTGB"]),
    (
        "充值卡号 17位：12345678901234567\n充值密码 18位：876543210987654321",
        ["12345678901234567", "876543210987654321"],
    ),
    ("兑换码(点击复制)\nE4R5T6Y7U8I9O0P1", ["E4R5T6Y7U8I9O0P1"]),
    ("网易一卡通 账号 1234567890123 密码 987654321", ["1234567890123", "987654321"]),
    ("完美一卡通100元  1029384756  102938475610293", ["1029384756", "102938475610293"]),
    ("卡密\t状态\t时间\nABCD1234EFGH\t未使用\t2026-11-10", ["ABCD1234EFGH"]),
    ("| 卡号 | 密码 |\n| --- | --- |\n| 1000113200001234 | 8374 9283 7482 |", ["1000113200001234", "837492837482"]),
    ('{"list":[{"cardNo":"8800112233","cardPwd":"AA11BB22"}]}', ["8800112233", "AA11BB22"]),
    (r"\u5361\u5bc6\uff1aXYZ12-ABC34-DEF56", ["XYZ12-ABC34-DEF56"]),
    ("卡密：ABCDE-FGHIJ-\nKLMNO-PQRST-\nUVWXY", ["FGHIJ-KLMNO-PQRST"]),
    ("卡密：ABCD\u200b1234\u200bEFGH5678", ["ABCD1234EFGH5678"]),
    ("ＡＢＣＤ１-ＥＦＧＨ２-ＩＪＫＬ３ 这个激活码用不了", ["ABCD1-EFGH2-IJKL3"]),
    ("苹果礼品卡 X4J8 K9L2 M5N7 P3Q6", ["X4J8K9L2M5N7P3Q6"]),
    ("xbox 25位码 6QK3X 7YH2P 9MNB4 VCX8Z LKJ5W", ["6QK3X7YH2P9MNB4VCX8ZLKJ5W"]),
    ("卡密：A B C D 1 2 3 4 E F G H", ["ABCD1234EFGH"]),
    ("我发你：88889999AAAA，这就是卡密", ["88889999AAAA"]),
    ("给您了\n9723767365\n这个是卡密，收好", ["9723767365"]),
    ("授权码：3f2504e0-4f89-11d3-9a0c-0305e82c3301", ["3f2504e0-4f89-11d3-9a0c-0305e82c3301"]),
    ("abc@qq.com----Pass1234----rec@x.com", ["abc@", "Pass1234", "rec@"]),
    ("user_one1:pass1234\nuser_two2:pass5678", ["pass1234", "pass5678"]),
    ("账号密码如下：\nlol_user88\nPass9988", ["lol_user88", "Pass9988"]),
    ("密码：key1234567", ["key1234567"]),
    ("<tr><th>卡密</th><td>QWER<b>-1234-</b>TYUI</td></tr>", ["QWER-1234-TYUI"]),
    ('<button data-clipboard-text="卡密：QK7WM3TZ4PN9R2D">复制</button>', ["QK7WM3TZ4PN9R2D"]),
    ("券码 6612 8890 3321 001", ["661288903321001"]),
    ("账号 lucky_star 密码 iloveyou", ["lucky_star", "iloveyou"]),
    ("卡密内容：https://card.example.com/c/8fj39dk2l", ["8fj39dk2l"]),
    ("<zhangsan@qq.com> 发来 <QK7WM-3TZ4P-N9R2D>", ["zhangsan", "QK7WM-3TZ4P-N9R2D"]),
    ("https://discord.gift/AbCdEfGh12345678", ["AbCdEfGh12345678"]),
    ("https://x.test/q?order=123&token=abcdef123456", ["abcdef123456"]),
    ("卡密：QK7WM3TZ4PN9R2D。他后来又发了一遍：qk7wm 3tz4p n9r2d", ["QK7WM3TZ4PN9R2D"]),
]
NUMBERS = [
    ("电话 138-0013-8000", ["13800138000"]),
    ("请打我电话一三八零零一三八零零零", ["一三八零零一三八零零零"]),
    ("联系方式l38OOl38OOO", ["l38OOl38OOO"]),
    ("Tel:+86 138 0013 8000", ["13800138000"]),
    ("家庭电话：0571-88881234", ["88881234"]),
    ("6222 0212 3456 7890 128 张三", ["6222021234567890128"]),
    ("户名：李四 账号：6222021234567890123", ["李四", "6222021234567890123"]),
    ("身份证 33010619900101123x", ["33010619900101123x"]),
    ("身份证号码：330106 19900101 1237", ["330106199001011237"]),
    ("身份证：330106199001\n011237", ["330106199001011237"]),
    ("护照：E12345678", ["E12345678"]),
    ("vx:abc_12345 / QQ 123456789 / 支付宝 zhifu@163.com", ["abc_12345", "123456789", "zhifu"]),
    ("加我微信wx_hello2020详谈", ["wx_hello2020"]),
    ("【某游】您的验证码是 384756", ["384756"]),
    ("Cookie: PHPSESSID=abc123def456; path=/", ["abc123def456"]),
]
PEOPLE = [
    ("我是张伟，老板在吗", ["张伟"]),
    ("监护人：欧阳震华", ["震华"]),
    ("张三 2026/11/10 14:30\n你好", ["张三"]),
    ("转账给 *伟(张伟)", ["张伟"]),
    ("付款方：林小明　收款方：杭州某某网络科技有限公司", ["林小明"]),
    ("我住在浙江省杭州市西湖区文三路123号5幢2单元301室", ["文三路", "301室"]),
    ("收件人：王小二 13800138000 杭州市余杭区文一西路969号3号楼5层", ["王小二", "13800138000", "文一西路"]),
]
HOMES_END = [
    ("我住在文一路2号，他们说可以上门给我换，我没同意", "我住在", "，他们说可以上门给我换，我没同意"),
    ("家住阳光花园3幢2单元401，一直没收到货", "家住", "，一直没收到货"),
    ("收货地址写的是文一路2号，结果寄错了", "收货地址", "，结果寄错了"),
    ("我家在文一路2号3幢，楼下就是他们的店，他们不认", "我家", "，楼下就是他们的店，他们不认"),
    ("我住在西湖区，文一路2号，3幢401室，客服说到付", "我住在", "，客服说到付"),
    ("收件地址：杭州市西湖区文一路2号,3幢,401室，因为没人在家退回了", "收件地址：", "，因为没人在家退回了"),
]
"""Words, what stands before the home, and what stands behind it and is no home."""
STAYS = [
    "订单号 202611101430221234 已完成，请在2026年11月10日前使用，编号GM-88-2201",
    "支付宝交易号：2026111022001412345678901234  金额￥50.00",
    "商户号 1600000001，商户单号 XH20261110001，微信支付单号 4200002211202611101234567890",
    "密码错误次数过多，请24小时后再试；激活码无效（错误代码 0xC004F050）",
    "卡密已使用：2026-11-09 22:15:03 于IP 112.64.33.9",
    "激活码类商品不退不换。Windows 11 Pro 23H2 22631.2861",
    "客服电话 400-820-8820 工作时间9:00-18:00 QQ群 876543210",
    "统一社会信用代码：91330106MA27XXXX1X 浙B2-20210088 浙ICP备2021000000号-1",
    "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "快递单号 SF1234567890123 条形码 6901234567892 ISBN 978-7-5086-1234-5",
    "页面 https://www.xh88.test/buy/12?id=3321 快照 c-20261122T063015-k7m2qdx4",
    "提示：卡密格式为16位数字+字母，如 XXXX-XXXX-XXXX-XXXX",
    "（2026）浙0106民初12345号 GB/T 35273-2020",
    "卡密数量：3张，单价 16.50 元，合计 49.50元",
    "账号安全提示：请勿将密码告诉他人，如有疑问拨打12315",
    "杭州某某网络科技有限公司，注册地址：杭州市西湖区文三路478号华星时代广场A座12楼",
    "MicroMessenger/8.0.44.2502(0x28002C51) Chrome/107.0.5304.110",
    "时间戳 1762756222 / 1762756222000，本人余额不足，金额50元",
]


@pytest.mark.parametrize(("text", "gone"), [*KEYS, *NUMBERS, *PEOPLE])
def test_what_is_private_is_gone_however_it_is_written(text: str, gone: list[str]) -> None:
    masked, hits = mask_text(text, AUTHORITY)
    assert [one for one in gone if dense(one) in dense(masked)] == []
    assert hits
    assert all(dense(one) not in dense("".join(hit.shown for hit in hits)) for one in gone)
    assert mask_text(masked, AUTHORITY) == (masked, ())


@pytest.mark.parametrize("text", STAYS)
def test_what_only_looks_alike_stays(text: str) -> None:
    assert mask_text(text, AUTHORITY) == (text, ())


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("QK7WM-3TZ4P-N9R2D", "QK7W****9R2D"),
        ("1234567890123456", "1234****3456"),
        ("12345678901", "12****01"),
        ("AB12CD34", "A****4"),
    ],
)
def test_a_key_shows_its_ends_and_less_of_them_where_the_rest_could_be_guessed(key: str, shown: str) -> None:
    masked, _hits = mask_text(f"卡密：{key}", AUTHORITY)
    assert masked == f"卡密：{shown}"


def test_orders_are_masked_before_the_public_only() -> None:
    text = "订单号：XH20261110001 交易单号：4200002211202611101234567890"
    assert mask_text(text, AUTHORITY)[0] == text
    assert mask_text(text, PUBLIC)[0] == "订单号：XH20****0001 交易单号：4200****7890"


def test_what_is_kept_stays_and_live_keys_are_masked_all_the_same() -> None:
    masking = Masking(Audience.AUTHORITY, keep=("林小明", "13800138000", "QK7WM-3TZ4P-N9R2D"))
    masked, _hits = mask_text("联系人：林小明，电话：138 0013 8000，卡密：QK7WM-3TZ4P-N9R2D", masking)
    assert masked == "联系人：林小明，电话：138 0013 8000，卡密：QK7W****9R2D"


def test_known_texts_are_masked_where_nothing_stands_beside_them() -> None:
    masking = Masking(Audience.PAYMENT, known=(("林小明", "person"), ("QK7WM3TZ4PN9R2D", "card_key")))
    masked, hits = mask_text("昨天林小明说 qk7wm 3tz4p n9r2d 不行", masking)
    assert "林小明" not in masked and "3tz4p" not in masked
    assert [hit.kind for hit in hits] == ["person", "card_key"]


def test_a_long_text_is_masked_in_all_its_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_module, "_PIECE", 5_000)
    text = "卡密：QK7WM-3TZ4P-N9R2D 说明文字。\n" + "平常的一句话，没有别的。\n" * 1_000 + "卡密：ZK7WM-3TZ4P-N9R2E"
    spans = find_spans(text, AUTHORITY)
    assert [span.kind for span in spans] == ["card_key", "card_key"]


@pytest.mark.parametrize(
    "said",
    [
        "客服回复说账号实名是成年人的，不受理",
        "该账号实名认证为成年人，无法按未成年人退款受理",
        "账号实名是成人",
        "平台说实名是成年了的",
        "账户名是常用的",
        "收款人显示是商家的",
    ],
)
def test_whose_a_name_is_said_without_a_name_is_left(said: str) -> None:
    for masking in (AUTHORITY, PUBLIC):
        assert mask_text(said, masking)[0] == said


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("账号实名是王小明的，不受理", "王小明"),
        ("实名：成龙", "成龙"),
        ("该账号实名认证为张伟，电话", "张伟"),
        ("收款人：常思思", "常思思"),
        ("实名是任远的", "任远"),
    ],
)
def test_whose_a_name_is_said_with_a_name_is_masked(said: str, name: str) -> None:
    assert name not in mask_text(said, AUTHORITY)[0]


@pytest.mark.parametrize(("text", "before", "behind"), HOMES_END)
def test_a_home_ends_where_other_words_begin(text: str, before: str, behind: str) -> None:
    masked = mask_text(text, Masking(Audience.AUTHORITY))[0]
    assert masked.startswith(before) and masked.endswith(behind)
    assert "文一路" not in masked and "401" not in masked and "阳光花园" not in masked
