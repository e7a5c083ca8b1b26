"""Checks of identifiers: what an office gave passes, what somebody made up is named with its fault."""

from __future__ import annotations

import time

import pytest

from scrapers.identifiers.checks import canonical_value, problem_of, split_icp
from scrapers.identifiers.checksums import organisation_check_character, uscc_check_character


def make_uscc(division: str, organisation: str, start: str = "91") -> str:
    body = f"{start}{division}{organisation}{organisation_check_character(organisation)}"
    return body + uscc_check_character(body)


@pytest.mark.parametrize(
    "division",
    ["440301", "330101", "440300", "441900", "110000", "100000", "320594", "310141", "340521", "620200", "469005"],
)
def test_a_code_of_a_present_retired_or_municipal_division_passes(division: str) -> None:
    assert problem_of("uscc", make_uscc(division, "MA5K7T2R")) == ""


def test_a_published_code_passes_and_each_single_character_changed_fails() -> None:
    genuine = "91110000600037341L"
    assert problem_of("uscc", genuine) == ""
    for place in range(2, 18):
        other = "7" if genuine[place] != "7" else "4"
        assert problem_of("uscc", genuine[:place] + other + genuine[place + 1 :]), place


def test_two_x_are_no_filler_where_every_check_fits() -> None:
    assert problem_of("uscc", make_uscc("440301", "MA5KXX2R")) == ""


def test_each_check_of_a_code_is_named_by_itself() -> None:
    genuine = make_uscc("440301", "MA5K7T2R")
    assert "check character" in problem_of("uscc", genuine[:17] + ("0" if genuine[17] != "0" else "1"))
    wrong = genuine[:16] + ("0" if genuine[16] != "0" else "1")
    assert "organisation code" in problem_of("uscc", wrong + uscc_check_character(wrong))
    assert problem_of("uscc", make_uscc("999999", "MA5K7T2R")) == "the division 999999 is not known"
    assert "division" in problem_of("uscc", make_uscc("449901", "MA5K7T2R"))
    assert "18 characters" in problem_of("uscc", genuine[:17])
    assert "does not occur" in problem_of("uscc", genuine[:9] + "O" + genuine[10:])


@pytest.mark.parametrize(
    ("kind", "written", "value"),
    [
        ("uscc", "9111 0000 6000 3734 1l", "91110000600037341L"),
        ("icp", "粤 icp 备 ２０２１００１２３５ 号 － 3", "粤ICP备2021001235号-3"),
        ("icp", "粤ICP备20431765", "粤ICP备20431765号"),
        ("icp_license", "粤ICP证B2-20207531号", "粤B2-20207531"),
        ("icp_license", "增值电信业务经营许可证：B2-20207531", "B2-20207531"),
        ("icp_license", "京ICP证030173", "京ICP证030173号"),
        ("police_icp", "粤公网安备 44030002000001号", "粤公网安备44030002000001号"),
        ("police_icp", "https://beian.mps.gov.cn/#/query/webSearch?code=44030002000001", "粤公网安备44030002000001号"),
        ("alipay_static", "HTTPS://QR.ALIPAY.COM/FKX06931KQPZ2W8RTB41", "fkx06931kqpz2w8rtb41"),
        ("wechat_static", "WXP://F2F0kRt7_aQ", "wxp://f2f0kRt7_aQ"),
        ("merchant_id", "2088731204569817", "alipay:2088731204569817"),
        ("merchant_id", "1604837251", "wechat:1604837251"),
        ("epay_pid", "https://www.Pay.Zhifu.cn/submit.php#1027", "pay.zhifu.cn#1027"),
        ("qq", "273190846@qq.com", "273190846"),
        ("qq", "http://wpa.qq.com/msgrd?v=3&uin=273190846&site=qq", "273190846"),
        ("qq_group", "https://qm.qq.com/q/a8Kd03LmQz", "k:a8Kd03LmQz"),
        ("telegram", "https://t.me/Kami_Shop", "kami_shop"),
        ("telegram", "https://t.me/joinchat/AAbbCC0192837465", "+AAbbCC0192837465"),
        ("mobile", "+86 137-6402-8519", "13764028519"),
        ("tel400", "400-617-2093", "4006172093"),
        ("email", "mailto:Kefu@Shop-A.CN?subject=x", "kefu@shop-a.cn"),
        ("ga", "UA-73920164-2", "UA-73920164"),
        ("ga", "pub-7302915864207391", "ca-pub-7302915864207391"),
        ("company", "杭州 星河(浙江)网络有限公司", "杭州星河（浙江）网络有限公司"),
        ("tls_san", "*.pay.zhifu.com.cn", "zhifu.com.cn"),
        ("ip", "2001:DB8::0001", "2001:db8::1"),
        ("crypto", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"),
        ("something_new", " kept as\u200b it is ", "kept as it is"),
    ],
)
def test_one_value_has_one_spelling(kind: str, written: str, value: str) -> None:
    assert canonical_value(kind, written) == value
    assert canonical_value(kind, value) == value


def test_an_icp_number_splits_into_province_digits_and_suffix() -> None:
    assert split_icp("粤ICP备20431765号-31") == ("粤", "20431765", "31")
    assert split_icp("粤ICP备2043176501号") == ("粤", "2043176501", None)
    assert split_icp("沪ICP备05001号-1") == ("沪", "05001", "1")
    assert split_icp("粤公网安备44030002000001号") == ("", "", None)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("icp", "萌ICP备20257012号"),
        ("icp", "粤ICP备12345678号"),
        ("icp", "京ICP备18888888号"),
        ("icp", "粤ICP备XXXXXXXX号-1"),
        ("icp", "粤ICP备1234567号"),
        ("police_icp", "湘公网安备31010333002939号"),
        ("police_icp", "粤公网安备123456789号"),
        ("alipay_static", "bax03133abcdef0123"),
        ("wechat_static", "weixin://wxpay/bizpayurl?pr=AbCdEf0"),
        ("crypto", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"),
        ("crypto", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6u"),
        ("crypto", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD"),
        ("crypto", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb"),
        ("crypto", "11A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
        ("crypto", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5"),
        ("mobile", "13800138000"),
        ("mobile", "18888888888"),
        ("qq", "10001"),
        ("qq", "123456"),
        ("qq", "88888888"),
        ("ga", "UA-000000"),
        ("ga", "UA-123456"),
        ("gtm", "gtm-xxxxxx"),
        ("cnzz", "1272XX4459"),
        ("uscc", "91440300XX12345678"),
        ("baidu_tongji", "47fa38d830e280c13bb8b962fd"),
        ("telegram", "share"),
        ("favicon", "0:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("company", "某某网络科技有限公司"),
        ("epay_pid", "127.0.0.1#1000"),
    ],
)
def test_what_cannot_be_genuine_has_its_fault_named(kind: str, value: str) -> None:
    assert problem_of(kind, value)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("icp", "蜀ICP备2021001835号-2"),
        ("icp", "黔ICP备20431765号"),
        ("icp", "沪ICP备05001号"),
        ("police_icp", "苏公网安备32011302320662号"),
        ("police_icp", "滇公网安备53010202000417号"),
        ("crypto", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"),
        ("crypto", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"),
        ("crypto", "0x5AAEB6053F3E94C9B9A09F33669435E7EF1BEAED"),
        ("crypto", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
        ("crypto", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy"),
        ("crypto", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"),
        ("crypto", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"),
        ("epay_pid", "pay.zhifu.test#1000"),
        ("telegram", "kami_shop"),
        ("verification_meta", "yandex-verification=tFgOseXXl5"),
        ("la51", "3kXXq9Lm2ZrTb7Wd"),
        ("something_new", "anything"),
    ],
)
def test_what_may_be_genuine_has_no_problem(kind: str, value: str) -> None:
    assert problem_of(kind, value) == ""


def test_texts_of_any_length_and_kind_are_checked_in_bounded_time() -> None:
    from scrapers.identity import IdentifierKind

    started = time.perf_counter()
    for kind in IdentifierKind:
        for text in ("", "x" * 300_000, "1" * 300_000, "粤ICP备" * 50_000, "a@" * 99_999, "\ud800\x00", "-" * 99_999):
            value = canonical_value(kind, text)
            assert canonical_value(kind, value) == value
            problem_of(kind, value)
    assert time.perf_counter() - started < 4
