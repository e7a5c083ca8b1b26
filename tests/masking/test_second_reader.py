"""The second reader: what rules leave open is weighed, with weights that were learnt from the texts of the tree."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest

from monitor.complaints.masking.second_reader import WEIGHTS_FILE, read_source, read_weights, write_weights
from monitor.complaints.masking.spelling import read_spelling
from monitor.complaints.masking.text import find_spans, mask_text
from monitor.complaints.masking.train_second_reader import count_shown, digest_examples, read_examples, read_marks
from monitor.complaints.model import Audience, Masking

OFFICE = Masking(Audience.AUTHORITY)


def weights_file() -> bytes:
    return resources.files("monitor.reference").joinpath(WEIGHTS_FILE).read_bytes()


def test_the_weights_were_learnt_from_the_texts_of_the_tree() -> None:
    assert read_source(weights_file()) == digest_examples()


def test_the_same_weights_give_the_same_bytes() -> None:
    data = weights_file()
    assert write_weights(read_weights(data), read_source(data)) == data


def test_every_author_is_read_well_enough() -> None:
    """A part of the texts: the true figures, with each author left out, are those of `train_second_reader --check`."""
    counted = count_shown(read_examples()[::7])
    assert counted.secrets > 300
    assert counted.recall >= 0.99
    assert counted.false < 0.03


def test_marks_are_taken_out_and_tell_places() -> None:
    text, marked = read_marks("卡密 ⟦+key|AB-12⟧，订单⟦-order|77⟧")
    assert text == "卡密 AB-12，订单77"
    assert [(text[one.begin : one.end], one.kind, one.secret) for one in marked] == [
        ("AB-12", "key", True),
        ("77", "order", False),
    ]


def test_a_broken_line_of_the_texts_is_named(tmp_path: Path) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_text('{"author":"a","group":"1","text":"x"}\n{"author":"a"}\n', encoding="utf-8")
    with pytest.raises(ValueError, match="line 2"):
        read_examples(path)


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("图片文字 GTKMQSDD35BBN 你看是不是这个，卡密用不了", "GTKMQSDD35BBN"),
        ("卖家给的使用记录：\nEZP6-W795X-3JYGM 使用时间2026-02-28 15:33:08", "W795X"),
        ("买家：来一张\n卖家：33560370706915\n买家：用不了", "33560370706915"),
        ("密码错误\n卖家：试试qa7106477\n买家：账号也不行", "qa7106477"),
        ("airbnb CLQE9LKZDLIVC uber T7F1Q43HIEU3XHFJ disney YUOJCK9AA6EXTQ2M gift card", "CLQE9LKZDLIVC"),
    ],
)
def test_what_no_rule_knows_is_masked_by_its_looks_and_its_surroundings(text: str, gone: str) -> None:
    assert gone not in mask_text(text, OFFICE)[0]


@pytest.mark.parametrize(
    "text",
    [
        "主板 B760M-PLUS 内存 F5-6000 电源 750W 合计 2599元",
        "单号分别266896011158173637 264171193786626806",
        "错误 0xC004F074 版本 10.0.22631.2861",
        "购买须知：卡密格式XXXX-XXXX-XXXX，面值50元",
        "订单号 FMOW7K23MM063SVG\n客服电话 10086",
        '"订单号","商品名称","卡密","联系方式"\n"261124103743153433","Q币卡","见上","无"',
        "收款方 PID 2088555699270313 商户号 1631840237",
        "socks5://x 到期，主机 183.77.21.23:1080",
        "客服-06：请问订单号\nLeo：S8W8DDSY06QJ2V89\n客服-06：查到了，网易云黑胶VIP的卡密已发",
        "下单8Y3DS5C5RTDCOHG8，BJ1BHDM8N6YE8NWX，83T5OCDS6PRQIHLE三笔都是会员卡，都没发货",
        "VIP年卡 ￥88.50 已完成\n2026-11-11 T2611153877221915 会员12个月",
        "卡密作废，已报案，警情号44030020263845647958",
        "卡密投诉 黑猫编号 17381209921",
        "卡密没用，PayPal Case ID: PP-R-KLT-512903377",
        "有效期至2028-12-31。充值请拨打13800138000。",
        "卡密激活失败：ECP.20006，设备 DESKTOP-7K2QF9M，实例 i-bp1c8k2v7x0q5m3n",
        "令牌要验证码\n\n2026-09-15 20:03:14 说好的",
        "Message-ID: <20261117211405.8F3A21C0@mail.suika.net>\n卡密在附件",
    ],
)
def test_what_only_looks_like_a_secret_stays(text: str) -> None:
    assert mask_text(text, OFFICE)[0] == text


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("有效期 11/30\nCVV 327\n余额 35", ["327"]),
        ("walmart us gift card 6552000011112372 pin 6408 balance $0.00", ["6408", "655200001111"]),
        ("target card# 041675548784529 access code 09728455 ($23.07)", ["09728455", "041675548784529"]),
        ("邮箱：a@qq.com\nPW：6q4k91s9ki\nProfile PIN：7779", ["6q4k91s9ki", "7779"]),
        ("kim2245|i6X9grvq4|XCFZGWV3VQKJWZHB|y@qq.com|wepw88mx", ["i6X9grvq4", "XCFZGWV3", "wepw88mx", "kim2245"]),
        ("yu123:nB26pL3EC:x@p.me:X4Ja9SQ:73d07cfc\n格式：账号:密码:邮箱:密码:token", ["nB26pL3EC", "73d07cfc"]),
        ("密保：朋友-4257 工作-2948", ["4257", "2948"]),
        ("第一张6395112233445566密291946", ["291946", "63951122"]),
        ("支付密码也是他让我改成138698的", ["138698"]),
        ("密码：8SpqI%8FIVV", ["8FIVV", "SpqI"]),
        ("卡密\n5a68e18c715f e65aac687e9a88 20146f37", ["20146f37", "e65aac687e9a88"]),
        ("2FA密钥：qrn5 vmu2 nr4u qptc ws4k pfqp pqsi od6y", ["qrn5", "nr4u", "od6y"]),
        ("移动（卡号 密码 面值）\n15376090415602365 466312059797887154 100\n19139955410780278 322579851936639735 100",
         ["466312059797887154", "322579851936639735"]),
        ("优惠券链接 https://ka.example.com/c/deXO7eaOvDfEno4d 领取失败", ["deXO7eaOvDfEno4d"]),
        ("永久许可证号：NAV9-4Q1Q-ZHZY-PTOD", ["4Q1Q-ZHZY"]),
        ("卡密ID 3695 内容 A912919A2068A1F9AC886B20727A44C2", ["A912919A2068A1F9AC886B20727A44C2"]),
        ("机器人 8468752851:AAKbKvppnN2uEPWpY7yv3CEhHJRk7i1bIk1", ["AAKbKvpp"]),
        ("机场订阅：https://tianxia.example/link/GmRcQhxsdtLVVNe7?sub=3", ["GmRcQhxsdtLVVNe7"]),
        ("令牌恢复代码: R53961", ["R53961"]),
        ("我：卡密发一下\n他：0395723596463472\n他：720731914241639096", ["0395723596463472", "720731914241639096"]),
    ],
)  # fmt: skip
def test_what_is_handed_out_in_other_forms_is_masked(text: str, gone: list[str]) -> None:
    masked = mask_text(text, OFFICE)[0]
    assert [one for one in gone if one in masked] == []


def test_of_twelve_signs_two_show_at_each_end_and_of_thirteen_four() -> None:
    assert mask_text("卡密：K7QM2XPL9TBW", OFFICE)[0] == "卡密：K7****BW"
    assert mask_text("卡密：K7QM2XPL9TBW3", OFFICE)[0] == "卡密：K7QM****TBW3"


def test_what_the_case_keeps_is_not_guessed_away() -> None:
    text = "图片文字 GTKMQSDD35BBN 你看是不是这个"
    assert find_spans(text, OFFICE)
    assert mask_text(text, Masking(Audience.AUTHORITY, keep=("GTKMQSDD35BBN",)))[0] == text


def test_what_the_case_keeps_stays_where_no_label_calls_it_a_secret() -> None:
    text = "秒发卡密 支持验货\n我：dj384jio 是你吗，卡密没发"
    assert mask_text(text, Masking(Audience.AUTHORITY, keep=("dj384jio",)))[0] == text
    assert "dj384jio" not in mask_text("密码：dj384jio", Masking(Audience.AUTHORITY, keep=("dj384jio",)))[0]


def test_a_column_of_orders_stays_beside_a_cell_that_ends_with_the_word_card() -> None:
    table = "日期\t平台\t订单号\t卡密\n2026-11-01\t好好卡\tLK2026110310319226\tG4NT8-H6Y3S-2IQ5J"
    masked = mask_text(table, OFFICE)[0]
    assert "LK2026110310319226" in masked
    assert "H6Y3S" not in masked


def test_the_halves_of_a_torn_key_show_no_more_than_one_key_and_a_number_keeps_its_pin_hidden() -> None:
    assert mask_text("商品：会员\n卡密:2VBGO9L 4J6SIR6CY", OFFICE)[0] == "商品：会员\n卡密:2****CY"
    masked = mask_text("卡密如下：\n3573828311966553 0395\n7349036486729110 6779", OFFICE)[0]
    assert "0395" not in masked
    assert "6779" not in masked


def test_a_percent_sign_of_a_password_stays_one() -> None:
    assert read_spelling("a%8Fb", markup=False).text == "a%8Fb"
    assert read_spelling("%E5%8D%A1", markup=False).text == "卡"


def test_the_reader_says_the_same_each_time() -> None:
    texts = [one.text for one in read_examples()[:60]]
    assert [find_spans(text, OFFICE) for text in texts] == [find_spans(text, OFFICE) for text in texts]
