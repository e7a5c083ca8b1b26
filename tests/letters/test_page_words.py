"""What pages showed is told in whole sentences: a fragment, a quotation or a review is no promise and no return."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from complaints.casefiles import ORDERED

from letters.lettercase import make_change, make_page, make_version, make_whole, promise, write
from monitor.complaints.letters.page_sight import look_at
from monitor.complaints.letters.text import render_text
from monitor.complaints.letters.write import Extra
from scrapers.model import Fact, FactKind, Role
from storage.model import ChangeClass

DAY = timedelta(days=1)


def price(value: str) -> Fact:
    return Fact("", FactKind.PRICE, value, value)


def text_of(file: object, kind: str = "demand", extra: Extra | None = None) -> str:
    return render_text(write(kind, file, extra))  # type: ignore[arg-type]


def test_price_is_back_only_where_the_price_itself_is() -> None:
    shown = ("面值50元，本店不退不换",)
    first = make_version("c-1", ORDERED - DAY, "价格：¥50.00", *shown, facts=(price("50"),))
    second = make_version("c-2", ORDERED + DAY, "价格：¥60.00", *shown, facts=(price("60"),))
    third = make_version("c-3", ORDERED + 2 * DAY, "价格：¥60.00", *shown, facts=(price("60"),))
    change = make_change(first, second, "50", "60")
    difference = replace(change.difference, change_class=ChangeClass.PRICE, subject="#price")
    change = replace(change, difference=difference)
    page = replace(make_page(first, second), newest=third)
    text = text_of(replace(make_whole(), pages=(page,), changes=(change,)))
    assert "所列的价格在" in text and "显示“价格：¥60.00”" in text
    assert "又显示变更前的内容" not in text
    back = replace(page, newest=replace(first, capture="c-3", seen_at=third.seen_at))
    assert "又显示变更前的内容" in text_of(replace(make_whole(), pages=(back,), changes=(change,)))


def test_promise_that_the_next_capture_calls_off_is_not_told_as_shown_twice() -> None:
    before = make_version("c-1", ORDERED - DAY, "质保7天", facts=(promise("质保7天"),))
    after = make_version("c-2", ORDERED + DAY, "质保7天已取消，概不负责")
    text = text_of(replace(make_whole(), pages=(make_page(before, after, role=Role.PRODUCT),)))
    assert "“质保7天”" in text and "两次抓取中均显示" not in text
    assert "抓取中该句为“质保7天已取消，概不负责”" in text


def test_rule_that_stays_under_another_number_is_shown_twice() -> None:
    before = make_version(
        "c-1", ORDERED - DAY, "二、卡密无效7天内包换。\n三、请勿外借。", facts=(promise("卡密无效7天内包换"),)
    )
    after = make_version("c-2", ORDERED + DAY, "一、请勿外借。\n二、其他。\n四、卡密无效7天内包换。")
    text = text_of(replace(make_whole(), pages=(make_page(before, after),)))
    assert "“卡密无效7天内包换。”，在" in text and "两次抓取中均显示" in text


@pytest.mark.parametrize(
    ("line", "fact"),
    [
        ("用户评价：“卡密无效包换是骗人的，质保一年没兑现”", "质保一年"),
        ("其他店铺承诺：质保一年（与本店无关）", "质保一年"),
        ("网上有“质保一年”的说法", "质保一年"),
        ("质保一年的承诺到期终止", "质保一年"),
    ],
)
def test_words_of_a_review_or_a_quotation_are_no_promise(line: str, fact: str) -> None:
    seen = make_version("c-1", ORDERED - DAY, line, facts=())
    seen = replace(seen, reading=replace(seen.reading, facts=(promise(fact),)))
    assert "质保一年" not in text_of(replace(make_whole(), pages=(make_page(seen, None, role=Role.PRODUCT),)))


def test_clause_is_quoted_as_its_whole_sentence() -> None:
    rule = "以上各项规则如有争议，最终解释权归本站所有。"
    page = make_page(make_version("c-1", ORDERED - DAY, rule), make_version("c-2", ORDERED + DAY, rule))
    text = text_of(replace(make_whole(), pages=(page,)), "p12315")
    assert "“以上各项规则如有争议，最终解释权归本站所有”" in text


def test_clause_that_is_only_named_to_be_called_off_is_told_nowhere() -> None:
    rule = "自即日起取消“余额不予退还”的规定，余额可随时提现。"
    page = make_page(make_version("c-1", ORDERED - DAY, rule), None)
    assert "不予退还" not in text_of(replace(make_whole(), pages=(page,)), "p12315")


def test_change_between_whose_captures_the_order_lies_is_never_dropped() -> None:
    sides = [make_version(f"c-{place}", ORDERED + place * DAY - DAY / 2, f"规则{place}。") for place in range(7)]
    changes = tuple(
        make_change(one, two, f"规则{place}。", f"规则{place + 1}。")
        for place, (one, two) in enumerate(pairwise(sides))
    )
    file = replace(make_whole(), changes=changes, pages=(make_page(sides[0], sides[1]),))
    text = text_of(file)
    assert "显示“规则0。”" in text and "变更在下单之前还是之后不能断定" in text
    assert text.count("抓取中显示“规则") == 6


def test_pages_of_another_site_are_named_by_its_address() -> None:
    here = make_page(make_version("c-1", ORDERED - DAY, "最终解释权归本站所有。"), None)
    there = replace(here, url="https://xh89.test/help", before=make_version("c-2", ORDERED - DAY, "概不退换。"))
    text = text_of(replace(make_whole(), pages=(here, there)), "p12315")
    assert "该网站xh88.test的售后条款页面" in text and "该网站xh89.test的售后条款页面" in text
    assert "与xh89.test是否同一经营者尚未查明" in text
    assert "网站xh88.test的" not in text_of(replace(make_whole(), pages=(here,)), "p12315")


def test_sentence_that_rests_on_one_capture_of_an_account_says_so() -> None:
    rule = "卡密无效7天内包换。"
    sides = [
        make_version(name, at, rule, facts=(promise(rule),))
        for name, at in (("c-1", ORDERED - DAY), ("c-2", ORDERED + DAY))
    ]
    file = replace(make_whole(), pages=(make_page(*sides),))
    assert "均显示（其中一次为登录状态）" in text_of(file, extra=Extra(logged_in=frozenset(("c-1",))))
    assert "其中一次为登录状态" not in text_of(file)


def test_concealed_words_make_no_sentence() -> None:
    seen = make_version("c-1", ORDERED, "卡密无效包换。", hidden="假一赔十。")
    assert look_at(seen).shows("卡密无效包换") and not look_at(seen).shows("假一赔十")


def test_what_half_a_capture_does_not_show_is_not_said_to_be_gone() -> None:
    before = make_version("c-1", ORDERED - timedelta(days=1), "一、卡密无效包换。", facts=(promise("卡密无效包换"),))
    after = make_version("c-2", ORDERED + timedelta(days=1), "二、客服在24小时内答复，请耐心等待。")
    file = replace(make_whole(), pages=(make_page(before, after),))
    assert "没有找到，" in render_text(write("demand", file))
    half = replace(file, partial={"c-2": "抓取部分完成：缺打印件，只有所附的内容"})
    assert "没有找到（该次抓取部分完成），" in render_text(write("demand", half))


def test_goods_taken_down_do_not_take_a_change_back() -> None:
    before = make_version("c-1", ORDERED - timedelta(days=1), "一、卡密无效的，7天内包换。")
    after = make_version("c-2", ORDERED + timedelta(days=1), "一、卡密无效的，概不退换。")
    newest = make_version("c-3", ORDERED + timedelta(days=3), "商品已下架")
    page = replace(make_page(before, after), newest=newest)
    change = make_change(before, after, "一、卡密无效的，7天内包换。", "一、卡密无效的，概不退换。")
    told = render_text(write("demand", replace(make_whole(), pages=(page,), changes=(change,))))
    assert "的抓取中该页面只显示“商品已下架”" in told
    assert "已不见变更后的内容" not in told


def changed_price(first_lines: tuple[str, ...], second_lines: tuple[str, ...], old: str, new: str) -> str:
    first = make_version("c-1", ORDERED - DAY, *first_lines, facts=(Fact("", FactKind.PRICE, old, ""),))
    second = make_version("c-2", ORDERED + DAY, *second_lines, facts=(Fact("", FactKind.PRICE, new, ""),))
    change = make_change(first, second, old, new)
    change = replace(change, difference=replace(change.difference, change_class=ChangeClass.PRICE, subject="#price"))
    return text_of(replace(make_whole(), pages=(make_page(first, second),), changes=(change,)))


def test_a_price_is_told_with_its_label_and_what_stood_beside_it() -> None:
    name = "某游戏点卡 50元"
    told = changed_price((name, "活动价：¥45.00 原价：¥50.00"), (name, "价格：¥50.00"), "45", "50")
    assert "显示“活动价：¥45.00”（另显示“原价：¥50.00”）" in told and "显示“价格：¥50.00”" in told
    assert "显示“价格：$10（约72元）”" in changed_price(("价格：$10（约72元）",), ("价格：$10（约75元）",), "72", "75")


@pytest.mark.parametrize("value", ["40.5", "36", "4.5", "5", "0.45"])
def test_a_price_that_the_page_shows_nowhere_is_told_nowhere(value: str) -> None:
    told = changed_price(("活动价：¥45.00 满2件9折",), ("价格：¥60.00",), value, "60")
    assert "所列的价格" not in told


def test_words_that_stand_on_another_page_of_the_site_are_not_said_to_be_gone() -> None:
    kept = "卡密无效全额退款。"
    first = make_version("c-1", ORDERED - DAY, kept)
    second = make_version("c-2", ORDERED + DAY, "售后规则见《售后细则》页面。")
    moved = replace(make_version("c-3", ORDERED + 2 * DAY, kept), url="https://xh88.test/aftersales")
    change = make_change(first, second, kept, "")
    page = make_page(first, second)
    there = replace(make_page(None, moved), url=moved.url)
    assert "已不见该内容" in text_of(replace(make_whole(), pages=(page,), changes=(change,)))
    assert "已不见该内容" not in text_of(replace(make_whole(), pages=(page, there), changes=(change,)))


def test_a_difference_between_an_account_and_none_is_no_change() -> None:
    first = make_version("c-1", ORDERED - DAY, "卡密无效全额退款。")
    second = make_version("c-2", ORDERED + DAY, "概不退换。")
    change = make_change(first, second, "卡密无效全额退款。", "概不退换。")
    file = replace(make_whole(), pages=(make_page(first, second),), changes=(change,))
    assert "间隔期间未观察，变更在下单" in text_of(file)
    assert "变更在下单" not in text_of(file, extra=Extra(logged_in=frozenset({"c-2"})))


def test_what_the_newest_capture_shows_instead_stands_beside_a_quotation() -> None:
    first = make_version("c-1", ORDERED + DAY, "质保：一个月。")
    other = make_version("c-2", ORDERED + 2 * DAY, "质保：30天。")
    first = replace(first, reading=replace(first.reading, facts=(promise("质保：一个月。"),)))
    page = replace(make_page(None, first, role=Role.PRODUCT), newest=other)
    told = text_of(replace(make_whole(), pages=(page,)))
    assert "最早在" in told and "最近一次" in told and "该句为“质保：30天。”" in told


@pytest.mark.parametrize("line", ["问：过期了能退吗？", "过期了能退吗？", "Q：多久质保？"])
def test_a_question_promises_nothing(line: str) -> None:
    seen = make_version("c-1", ORDERED - DAY, line, facts=(promise(line),))
    assert line.rstrip("？") not in text_of(replace(make_whole(), pages=(make_page(seen, None, role=Role.PRODUCT),)))


@pytest.mark.parametrize(
    "limit",
    [
        "365天，账号密码发货，多人共享，勿改密码",
        "土耳其区使用，请确认账号区域",
        "仅限新号充值",
        "高峰期顺延，充值期间不支持退款",
        "不含会员特权，以实际到账为准",
    ],
)
def test_a_promise_is_quoted_with_the_limit_that_stands_beside_it(limit: str) -> None:
    seen = make_version("c-1", ORDERED - DAY, f"质保30天。\n{limit}。", facts=(promise("质保30天"),))
    other = make_version("c-1", ORDERED - DAY, "质保30天。\n官方直充，自动发货。", facts=(promise("质保30天"),))
    for kind in ("demand", "lawsuit", "p12315"):
        told = text_of(replace(make_whole(), pages=(make_page(seen, None, role=Role.PRODUCT),)), kind)
        assert "“质保30天。”" in told and limit in told, kind
        assert "自动发货" not in text_of(
            replace(make_whole(), pages=(make_page(other, None, role=Role.PRODUCT),)), kind
        )


def test_a_rule_that_the_answer_rests_on_is_quoted_and_no_other() -> None:
    seen = make_version("c-1", ORDERED - DAY, "收到后请录屏，凭录屏售后。\n请勿外借账号。")
    file = replace(make_whole(seller_reply="没有录屏不售后"), pages=(make_page(seen, None),))
    told = text_of(file)
    assert "收到后请录屏，凭录屏售后" in told and "请勿外借账号" not in told
    assert "凭录屏售后" not in text_of(replace(file, case=make_whole(seller_reply="请等待").case))


def test_what_stands_on_the_other_capture_in_its_place_is_told() -> None:
    first = make_version(
        "c-1", ORDERED - DAY, "0-72小时到账，超时全额退款。", facts=(promise("0-72小时到账，超时全额退款"),)
    )
    other = make_version("c-2", ORDERED + DAY, "0-15天到账，超时全额退款。\n客服在线。")
    told = text_of(replace(make_whole(), pages=(make_page(first, other, role=Role.PRODUCT),)))
    assert "没有找到该句，相近的一句为“0-15天到账，超时全额退款。”" in told
    apart = make_version("c-2", ORDERED + DAY, "客服在线。")
    assert "相近的一句" not in text_of(replace(make_whole(), pages=(make_page(first, apart, role=Role.PRODUCT),)))
