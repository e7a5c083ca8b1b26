"""A review finds clauses by their kind, whatever words they use, and leaves those alone that take nothing away."""

from __future__ import annotations

import time
import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.review.model import TermFinding
from monitor.review.patterns import load_patterns
from monitor.review.plain import make_plain
from monitor.review.terms import review_text
from storage.model import Severity

AT = date(2026, 11, 1)
OWN = tomllib.loads((Path(__file__).parent / "own_clauses.toml").read_text(encoding="utf-8"))


def kinds_in(text: str) -> set[str]:
    return {finding.pattern for finding in review_text(text, at=AT)}


def find_one(text: str, pattern: str) -> TermFinding:
    (found,) = [finding for finding in review_text(text, at=AT) if finding.pattern == pattern]
    return found


def test_every_kind_has_sentences_of_our_own() -> None:
    assert OWN.keys() == load_patterns().kinds.keys()
    assert len(OWN) == 56


@pytest.mark.parametrize("pattern", OWN)
def test_harsh_clause_is_found_as_its_kind(pattern: str) -> None:
    assert [text for text in OWN[pattern]["harsh"] if pattern not in kinds_in(text)] == []


@pytest.mark.parametrize("pattern", OWN)
def test_fair_clause_is_left_alone(pattern: str) -> None:
    assert {text: kinds_in(text) for text in OWN[pattern]["fair"] if kinds_in(text)} == {}


@pytest.mark.parametrize(
    "text",
    [
        "“一经售出，概不退换”这类条款属于霸王条款，依法无效。",
        "本店从不使用“概不退换”之类的说法。",
        "商家写着“售出不退”合法吗？",
        "根据消费者权益保护法，经营者不得规定最终解释权归自己。",
        "商家不得以售出为由拒绝退款。",
        "谨防骗局：凡要求先交解冻金才能提现的，请立即报警。",
        "案例分析：某店规定概不退换，被处罚。",
        "请不要放弃您的权利，依法可以起诉。",
    ],
)
def test_what_is_quoted_disowned_asked_or_warned_of_is_no_clause(text: str) -> None:
    assert kinds_in(text) == set()


@pytest.mark.parametrize(
    "text",
    [
        "一经售出，概卟退换", "一经售出·概·不·退·换", "一經售出,概不退換", "一经售\u200b出，概不\u200b退换",
        "**一经售出**，概不退换", "一经售出 概不退换",
    ],
)  # fmt: skip
def test_disguise_does_not_hide_a_clause_and_the_span_leads_back(text: str) -> None:
    found = find_one(text, "R01")
    assert text[found.start : found.end] == found.text
    assert "退" in found.text


def test_span_counts_in_the_text_as_it_was_given() -> None:
    text = "第一条　欢迎光临\r\n\r\n2. 本站\u200b承诺正品；\n3、最终解释权归本店所有。\n"
    found = find_one(text, "I01")
    assert text[found.start : found.end] == "最终解释权归本店所有"


def test_exception_in_the_same_sentence_takes_the_harm_out() -> None:
    assert "R01" in kinds_in("卡密一经售出概不退换。")
    assert kinds_in("卡密一经售出概不退换，质量问题除外。") == set()


def test_exception_in_the_next_item_takes_the_harm_out_when_it_says_so() -> None:
    assert kinds_in("1. 卡密一经售出概不退换\n2. 商品质量问题不受此限") == set()


def test_remedy_in_the_next_sentence_makes_a_clause_milder() -> None:
    harsh = find_one("卡密一经售出概不退换。", "R01")
    mild = find_one("卡密一经售出概不退换。卡密无效的可以换新。", "R01")
    assert (harsh.severity, mild.severity) == (Severity.HIGH, Severity.MEDIUM)
    assert mild.exceptions == ("卡密无效的可以换",)
    assert mild.needs_human


def test_evidence_elsewhere_in_the_text_makes_a_clause_milder() -> None:
    found = find_one("卡密一经售出概不退换。\n营业时间九点到六点。\n客服在线。\n遇到质量问题七天内可以退款。", "R01")
    assert found.severity is Severity.MEDIUM
    assert len(found.counter_evidence) == 1
    assert found.counter_evidence[0].startswith("质量问题")


def test_gift_may_run_out_but_paid_money_may_not() -> None:
    assert kinds_in("活动赠送的红包余额三十天未使用自动清零") == set()
    assert "T03" in kinds_in("充值余额三十天未使用自动清零")


@pytest.mark.parametrize(
    "text",
    [
        "质保九十天，一天不少",
        "赔偿不以货款金额为限",
        "点开卡密不代表您认可质量",
        "续费开关默认是关的，要开得您自己打勾",
        "本店不用个人收款码，只走官方支付接口",
        "孩子误充，拿来户口本就给退",
        "原来的订单由新站长接着管",
        "购物车里的东西不算成交",
        "没到账的请找客服，人工给您补",
        "买家无任何违约金",
        "我们不敢说永不封号，封了就补",
        "谁也不能保证百分百不掉，掉了包换",
        "充进来的本金永久有效",
        "数据库被黑导致卡密外泄的，损失我们赔",
        "到手请先改密码换绑手机",
    ],
)
def test_what_the_seller_takes_upon_himself_is_no_clause(text: str) -> None:
    assert kinds_in(text) == set()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("坏卡我们补，退钱没门", "R06"),
        ("余额永不过期，但提现得满五百", "F03"),
        ("封号由我们赔，赔偿最高不过货款", "L06"),
        ("别把卡密给外人，泄露了自己担着", "L07"),
        ("请改密码，改完再被找回本店不管", "L04"),
        ("店是新老板的，以前的单找原来的老板", "G06"),
        ("补发由我们来，退款一律退到站内余额", "R06"),
    ],
)
def test_a_promise_with_a_hook_is_a_clause_still(text: str, kind: str) -> None:
    assert kind in kinds_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "有的网站规定充值到期清零，本站的余额永不作废",
        "有些店挂着“无售后”的牌子，见了请绕道",
        "“解释权归本店”这样写，法院不认",
        "商品里出现“售出不退”字样的，审核不通过",
        "不要在“自愿放弃索赔”的单子上随便签字",
        "七日无理由的选项须由买家自己勾选",
        "协议里写“自愿放弃投诉”的，签了也没用",
        "科普：黑卡就是盗刷来的卡，用了会被回收",
        "平台默认不退余额是没有依据的",
    ],
)
def test_what_others_write_or_the_law_denies_is_no_clause_of_this_seller(text: str) -> None:
    assert kinds_in(text) == set()


def test_a_refund_at_a_part_of_the_price_and_a_platform_that_steps_aside_are_told_in_other_words() -> None:
    assert "R07" in kinds_in("坏卡要退的，照付款额打九折返还")
    assert "L03" in kinds_in("商家失联与本平台无涉")


def test_rules_for_merchants_are_not_read_as_rules_for_buyers() -> None:
    assert kinds_in("商户违规的，平台有权冻结其账户资金") == set()
    assert kinds_in("商户入驻规则\n1. 违规扣除全部保证金\n2. 满五百元方可提现") == set()
    assert "F03" in kinds_in("用户须知\n1. 余额满五百元方可提现")


def test_one_sided_change_is_graver_without_notice() -> None:
    assert find_one("本站可以随时修改本协议。", "I02").severity is Severity.MEDIUM
    assert find_one("本站可以随时修改本协议，恕不另行通知。", "I02").severity is Severity.HIGH


def test_articles_are_those_in_force_on_the_day() -> None:
    text = "升级代理的费用概不退还"
    now = {law.id for law in find_one(text, "F04").laws}
    before = {law.id for law in review_text(text, at=date(2025, 6, 1))[0].laws}
    assert "tsjb-16" in now
    assert "tsjb_old-15" not in now
    assert "tsjb_old-15" in before
    assert "tsjb-16" not in before


def test_long_sentence_does_not_hide_a_clause_behind_another() -> None:
    text = (
        "本店所售商品均为虚拟商品，一经售出概不退换，发货由系统自动完成，请核对地区和面额后再付款，"
        "收到卡密后请及时兑换，兑换完成以后如有其他问题，逾期未反馈的视为放弃售后权利"
    )
    assert {"R01", "T01"} <= kinds_in(text)


def test_nothing_is_found_in_plain_talk() -> None:
    assert kinds_in("欢迎光临本店，下单后自动发货，客服每天九点到二十二点在线。\n支付方式：支付宝、微信。") == set()


def test_reasons_never_say_that_a_law_was_broken() -> None:
    told = [kind.reason for kind in load_patterns().kinds.values()]
    assert [reason for reason in told if "构成" in reason or "诈骗罪" in reason or "违法犯罪" in reason] == []
    assert all(told)


def test_hostile_text_is_reviewed_in_bounded_time() -> None:
    started = time.process_time()
    for word in ("退款不退", "查看后即视为", "不得以为由拒绝", "余额冻结", "（（（（", "，，，，"):
        review_text(word * 10_000, at=AT)
    assert time.process_time() - started < 15


def test_goods_that_differ_from_what_was_said_restore_nothing() -> None:
    """面值不符的 names the defect for which all return is refused; it is no 不在此限."""
    harsh = review_text("卡密无效、已被使用或者面值不符的，一经售出概不退换。", at=date(2026, 11, 1))
    assert [found.pattern for found in harsh] == ["R01"]
    fair = review_text("一经售出概不退换，质量问题不在此限。", at=date(2026, 11, 1))
    assert fair == ()


def test_a_clause_spaced_out_character_by_character_is_found_with_its_span() -> None:
    text = "说明：\n概 不 退 换 货"
    finding = find_one(text, "R01")
    assert text[finding.start : finding.end] == finding.text == "概 不 退 换 货"


def test_two_short_parts_with_a_gap_between_them_stay_parted() -> None:
    assert make_plain("售出 不退 不换").text == "售出,不退,不换"


def test_cantonese_small_words_are_read_as_their_meaning_and_quoted_as_written() -> None:
    text = "卡密賣出咗一律唔退唔換"
    finding = find_one(text, "R01")
    assert finding.text == text


@pytest.mark.parametrize(
    "text",
    [
        "钱货两清，概不tui換，瑕疵也请自行消化",
        "概不tui換\n" * 2_000,
        "概不tui換" * 5_000,
        "\u202e款退不\u202c，概不tui換" * 10,
    ],
)
def test_words_that_several_letters_stand_for_are_read_and_every_span_stays_within_the_page(text: str) -> None:
    plain = make_plain(text)
    assert "概不退换" in plain.text and plain.places is not None and len(plain.places) == len(plain.text)
    assert list(plain.places) == sorted(plain.places) and plain.places[-1] < len(text)
    found = review_text(text[:200], at=AT)
    assert found and all(0 <= one.start < one.end <= 200 for one in found)


_PIECES = [
    "概不", "tui", "換", "huan", "-", "·", "3", "0", "天", "退", "款", "*", "卟", "薇", "信", "，", "K", "ß",
    " ", "\n", "\u200b", "\u202e", "\u202c",
]  # fmt: skip


@given(st.lists(st.sampled_from(_PIECES), max_size=60).map("".join))
@settings(max_examples=300, deadline=None)
def test_whatever_is_disguised_how_ever_every_character_has_a_place(text: str) -> None:
    plain = make_plain(text)
    for number in range(len(plain.text)):
        start, end = plain.find_span(number, number + 1)
        assert 0 <= start < end <= len(text)
    review_text(text, at=AT)
