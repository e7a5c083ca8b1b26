"""Keys that nobody names: handed over in chats, on pages after extraction, in pieces; and what stands beside them."""

from __future__ import annotations

import time

import pytest

from monitor.complaints.masking.text import mask_text
from monitor.complaints.model import Audience, Masking

OFFICE = Masking(Audience.AUTHORITY)
HANDED = (
    ("小鱼点卡：骏卡 50元 两张\n小鱼点卡：7711223344556678/901234", ("7711223344556678", "901234")),
    ("卡商阿九(20394857) 2026-02-03 10:00:01\n3829103847561234\n883746\n对应卡号", ("20394857", "38291038", "883746")),
    ("[2026-02-03 10:00:01] 卖家-阿九：TR5X-9QW2Z8LM4K 你先用", ("9QW2Z8LM4K",)),
    ("卖家：换一个 9c1e5a77b04d2f86a3c0de9145b7f210 试试", ("9c1e5a77b04d2f86a3c0de9145b7f210",)),
    ("订单已提取成功\n--------------------\nW3KD9P\nXQ72\n--------------------", ("W3KD9P", "XQ72")),
    ("发货成功(x2)→ 7Q2W-88KD-LM31 / 9Z4X-77PL-0KD2", ("7Q2W-88KD-LM31", "9Z4X-77PL-0KD2")),
    ('发卡页 <button data-clipboard-text="km_9D8FH3J2K1LQ">复制</button>', ("9D8FH3J2K1LQ",)),
    ('充值 <input readonly value="803948571">', ("803948571",)),
    ("export: order,item,code,price\n20260203100001123456,Steam 50,8260 1102 3847,50", ("1102",)),
    ("order,item,code,pin\n20260203100001123456,骏卡,7260110238471122,99120384", ("7260110238471122", "99120384")),
    ("card=K7ASN2VBWX&pwd=90817263&time=1786839815", ("K7ASN2VBWX", "90817263")),
    ("激活码 7Kmd QpI3 9DLM B4jX 50", ("QpI3", "9DLM")),
    ("PIN: 3669 8256 0370 092", ("8256", "0370")),
    ("卡号：1 2 4 7 6 9 6 2 7 3 9 8 4 3 4 7  卡密：8 8 1 8 5 7 8 0 8 1 9 2", ("6 9 6 2", "5 7 8 0", "6962", "5780")),
    ("激活码：KQ7W2X9PL\n4D8ZC3V6B\n有效期30天", ("7W2X9", "D8ZC3")),
    ("卡号9180751095874161密码4833", ("4833",)),
    ("Expiry: 09/28   CVV: 571", ("571",)),
    ("卖家：收到，码是366.855.3965", ("855",)),
    ("卡密在这L136E33TQ7-" + "eyJsaWNlbnNlSWQiOiIx" * 30 + "/Ab+9==", ("eyJsaWNlbnNlSWQiOiIxeyJ",)),
    ("小象卡券：号kbmup9296密Qwwrso742!", ("kbmup9296", "Qwwrso742")),
    ("游戏账号【nuybjfvx】邮箱密码【Kfluti930.】\n找回包赔", ("nuybjfvx", "Kfluti930")),
    ("V：cat_lover20（备注买卡）\nQ：3069470307", ("cat_lover20", "3069470307")),
    ("卡一 8837465566 密 12938847", ("8837465566", "12938847")),
    ("兹证明：钱多多（身份证号：330106199001011234）", ("钱多多", "011234")),
    ("购买方名称：孙悟凡\n报案人李小棠，住杭州市余杭区五常大道3号翠苑8-2-301", ("孙悟凡", "李小棠", "8-2-301")),
    ("打到银行卡 6222020200112233445 赵小棠 建行", ("赵小棠",)),
    ("此致\n敬礼\n周文静", ("周文静",)),
    ("家里电话(028)46405717", ("46405717", "464")),
)  # fmt: skip
STAYS = (
    "客服：显卡 B760M-PLUS、Mate60Pro，换 Office2021ProPlus 或 Windows11Pro24H2",
    "兑换失败 ERROR code=2811-7429",
    "激活码有问题请提交工单，工单号如WO-202698660586，或 #202628680162",
    "卡密接口 status=1&time=1786839815591",
    "<table><tr><td>商品名称</td><td>Office激活码</td></tr><tr><td>订单号</td><td>2026052300570450700</td></tr></table>",
    "被投诉人：义乌市卡易购电子商务商行\n统一社会信用代码：91330106MARM181JB0\n住所：浙江省杭州市西湖区文三路478号华星大厦A座1203室",
    "卖家发货：快递 SF1234567890123 已签收",
    "买家：据本人陈述，订单 20260512123412341234 未到账",
    "MD5: 9c1e5a77b04d2f86a3c0de9145b7f210 卡密文件",
)


@pytest.mark.parametrize(("text", "gone"), HANDED)
def test_what_is_handed_over_is_masked(text: str, gone: tuple[str, ...]) -> None:
    masked, _hits = mask_text(text, OFFICE)
    assert not [one for one in gone if one in masked], masked


@pytest.mark.parametrize("text", STAYS)
def test_what_only_looks_like_a_key_stays(text: str) -> None:
    assert mask_text(text, OFFICE)[0] == text


@pytest.mark.parametrize("key", ["K7M2-QXAB-12Z9-PLW3", "1234-5678-9012-3456"])
def test_a_known_key_is_masked_without_its_dashes_in_a_mail_header(key: str) -> None:
    bare = key.replace("-", "")
    masking = Masking(Audience.AUTHORITY, (), ((key, "card_key"),))
    for text in (f"Message-ID: <{bare}@x>", f"Message-ID: <a{bare}b@shop.test>", f"id={bare.lower()}x"):
        assert bare not in mask_text(text, masking)[0].upper()


def test_of_a_key_on_two_lines_no_more_shows_than_of_two_keys() -> None:
    masked, _hits = mask_text("卡号：8963662792839233\n049389", OFFICE)
    assert "9389" not in masked


def test_time_grows_with_the_text_alone() -> None:
    def draw(rows: int) -> str:
        return "\n".join(
            f"卖家：第{row}张 {row * 7919:08X}K{row % 9}Z{row * 31 % 97}Q 1380013{row % 9000 + 1000} 单号2026{row:014d}"
            for row in range(rows)
        )

    def take(text: str) -> float:
        started = time.process_time()
        mask_text(text, OFFICE)
        return time.process_time() - started

    take(draw(20))
    small, large = take(draw(150)), take(draw(1200))
    assert large < small * 8 * 2.5, (small, large)
