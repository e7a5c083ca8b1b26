"""Keys and numbers that touch something else, or stand behind a label of something else; and what stays beside them."""

from __future__ import annotations

import re

import pytest
from complaints.casefiles import make_file

from monitor.complaints.masking.policy import policy_for
from monitor.complaints.masking.text import mask_text
from monitor.complaints.model import Audience, Masking

OFFICE = Masking(Audience.AUTHORITY)
KEY = "QWER-7T2K-ZX90-MN4B"
MIDDLE = ("7T2K", "ZX90", "ER-7")
PLACES = (
    "截图 {}.jpg",
    "{}.txt",
    "见附件 {}.png 和 a.zip",
    "备份/{}.zip",
    "https://store.test/r/{}",
    "https://store.test/r?{}",
    "weixin://x/{}",
    "data:text/plain,{}",
    "*{}*",
    "_{}_",
    "**{}**",
    "{}@qq",
    "/srv/{}/x",
    r"C:\{}\x",
    "商品：{}",
    "网址：{}",
    "价格：{}",
    "时间：{}",
    "MD5：{}",
    "文件名：{}.jpg",
    '=HYPERLINK("https://x.test/?{}")',
    "https://store.test/r/{}/ 打开",
    "日期={}",
)
ID = "33010619900101123X"
WRONG = "330106199001011234"
CARD = "6222021234567890128"


def test_a_key_in_small_letters_is_masked_in_an_address() -> None:
    assert "7t2k" not in mask_text("https://store.test/r/qwer-7t2k-zx90-mn4b", OFFICE)[0]
    assert mask_text("https://store.test/blog/best-game-card-2026-news", OFFICE)[0].endswith("2026-news")


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("key", [KEY, "QK7WM-3TZ4P-N9R2D", "VK7JG-NPHTM-C97JM-9MPGT-3V66T"])
def test_a_key_in_groups_is_masked_whatever_touches_it(place: str, key: str) -> None:
    text = place.format(key)
    masked, _hits = mask_text(text, OFFICE)
    assert key[4:-4] not in masked and key.split("-")[1] not in masked, masked
    assert masked.startswith(text.partition(key)[0]), masked
    assert mask_text(masked, OFFICE)[0] == masked


def test_the_ending_of_a_file_named_as_a_key_stays() -> None:
    for ending in (".jpg", ".txt", ".png", ".zip"):
        assert mask_text(KEY + ending, OFFICE)[0] == f"QWER****MN4B{ending}"


@pytest.mark.parametrize(
    "text",
    [
        "QWER,7T2K,ZX90,MN4B",
        "QWER→7T2K→ZX90→MN4B",
        "QWER -> 7T2K -> ZX90 -> MN4B",
        "QWER7T2K ZX90MN4B",
        "QWER、7T2K、ZX90、MN4B",
        "商品：QWER7T2KZX90MN4B 有货",
        "时间：QWER7T2KZX90MN4B",
        "https://store.test/r/QWER7T2KZX90MN4B",
        "QWER7T2KZX90MN4B.png",
        r"C:\QWER7T2KZX90MN4B\x",
    ],
)
def test_a_key_in_other_pieces_is_masked(text: str) -> None:
    masked, _hits = mask_text(text, OFFICE)
    assert not [one for one in ("7T2K", "ZX90") if one in masked], masked


@pytest.mark.parametrize("key", [KEY, "887766554433221100", "lowerkey77abc"])
def test_a_known_key_is_masked_in_a_formula(key: str) -> None:
    masking = Masking(Audience.AUTHORITY, (), ((key, "card_key"),))
    assert key not in mask_text(f'=HYPERLINK("http://x/?{key}")', masking)[0]


@pytest.mark.parametrize(
    "text", ["订单号：{}", "x{}y", "?id={}", "https://a.test/u/{}.html", "编号{}", "商户单号={}&x=1"]
)
def test_an_identity_number_with_a_right_check_digit_is_masked_everywhere(text: str) -> None:
    masked, _hits = mask_text(text.format(ID), OFFICE)
    assert ID not in masked and "19900101" not in masked


def test_a_number_that_fails_the_check_stays_behind_a_label_of_an_order() -> None:
    assert mask_text(f"订单号：{WRONG}", OFFICE)[0] == f"订单号：{WRONG}"


def test_a_bank_card_behind_a_label_of_an_order_is_masked_and_an_order_is_not() -> None:
    assert CARD not in mask_text(f"订单号：{CARD}", OFFICE)[0]
    for order in ("6220261110143022123", "4200002211202611101234567890", "2404255657568992", "202611101430221234"):
        assert mask_text(f"订单号：{order}", OFFICE)[0] == f"订单号：{order}"


@pytest.mark.parametrize(
    "text",
    [
        "收款方全称：海南某某信息技术有限公司",
        "收款方全称：未提供",
        "收款方全称\n海南某某信息技术有限公司",
        "转账给 **军(个人收款)",
        "**军（个人收款）",
        "主板 B760,X670,Z790,H610 均可",
        "编号：GM-88-2201 工单CAS-64733-K4O2M0",
        "产品ID 00870-40000-00000-AA144",
        "https://shop.kami88.net/goods/34048",
        "https://shop.kami88.net/item?id=128946",
        "退款单 KAJ6Y7NIUDGBDWAR",
        "订单 240314-095024284791105",
        "批次 5893868590713398382",
        "订单号：QWER-7T2K-ZX90-MN4B",
        "https://img.test/2026/11/IMG_20261110_143022.jpg",
        "MD5：9C1E5A77B04D2F86A3C0DE9145B7F210",
        "显卡 RTX4090D GTX1080T",
        "时间：2026-1110-1430-2212",
    ],
)
def test_what_only_looks_alike_stays(text: str) -> None:
    assert mask_text(text, OFFICE)[0] == text


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("收款方全称：林小明", "林小明"),
        ("消费者：林伟\n联系方式：无", "林伟"),
        ("密码🔑Zxlffx4425#", "Zxlffx4425"),
        ("他们把密码改成Lzhkvt.670，登不上", "Lzhkvt"),
        ("密&nbsp;&nbsp;码：huo705873", "huo705873"),
        ("查询口令 jrix5954，下单", "jrix5954"),
        ("加V信 qsocn3824 备注", "qsocn3824"),
        ("卡 密 ： K2 X3 P - 9 Q5 WM - R4T4Z", "9 Q5 WM"),
        ("客服：请问您的QQ是多少？\n我：2331984075", "2331984075"),
        ("激活码 NKJFK-GPHP7-G3C3J-\nP7JXR-HQRJR\n已激活", "3C3J"),
        ("产品代码 6T7XO-L7KQ8-PPlZ6\n激活失败", "L7KQ8"),
        ("写我家：北京市海淀区知春路450号院22号楼3单元1803，无", "22号楼"),
        (
            "格式：用户名|密码|邮箱|邮箱密码|2fa|token\n"
            "jane_doe8821|bpw545521|x8@gmail.com|Lqp550a|6PEWWGGHF7NS6W7T|5c1e4a08b56d5f7e51a6bc67d0f5e2834a1b5c9d",
            "bpw545521",
        ),
        ("微 信 号 ： xiao_yu 7781\n下单", "7781"),
        ("M.C588_BAY.0.U.-BJetYhpCIZ22lda*i1AR6lDg!PM4ApwxD!khunz8XUSpa", "i1AR6lDg"),
    ],
)
def test_what_a_stranger_wrote_is_masked(text: str, gone: str) -> None:
    assert gone not in mask_text(text, OFFICE)[0]


@pytest.mark.parametrize(
    "text", ["账户：buyer_88@163.com", "会员号：8837261940", "账户 vip_8837261940", "会员账号：8837261940"]
)
def test_an_account_that_the_case_names_stays_for_an_authority(text: str) -> None:
    for account in ("buyer_88@163.com", "8837261940", "vip_8837261940"):
        masked, _hits = mask_text(text, policy_for(make_file(payee_account=account), Audience.AUTHORITY))
        if re.split("[： ]", text)[1] == account:
            assert masked == text
