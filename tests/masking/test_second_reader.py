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


def test_a_percent_sign_of_a_password_stays_one() -> None:
    assert read_spelling("a%8Fb", markup=False).text == "a%8Fb"
    assert read_spelling("%E5%8D%A1", markup=False).text == "卡"


def test_the_reader_says_the_same_each_time() -> None:
    texts = [one.text for one in read_examples()[:60]]
    assert [find_spans(text, OFFICE) for text in texts] == [find_spans(text, OFFICE) for text in texts]
