"""Whether two wordings mean the same: what a rewording carries over, and what alone says that something was changed."""

from __future__ import annotations

import pytest

from monitor.changes.assess import judge_texts, judge_units
from monitor.changes.sameness import is_plain_change, load_sameness, means_the_same, read_traits, weigh_traits
from monitor.changes.units import Unit, cancel_units, split_units
from storage.model import Effect


def left(before: str, after: str) -> tuple[tuple[Unit, ...], tuple[Unit, ...]]:
    return cancel_units(split_units(before), split_units(after))


REWORDED = (
    (
        "点券迟迟不到的，客服应在一小时内查明，查明未到的立即补足，补不足的把钱退给买家。",
        "点券没到账：客服一小时内查明；确认未到账的补足，不能补足的，钱款退还买家。",
    ),
    (
        "买家对验号结果有异议的，可以在一天内提出，由平台重新验号。",
        "平台应当重新验号，如果买家一天内对验号结果提出异议。",
    ),
    (
        "满足下面一条就给换：1）打不开；2）显示已被别人使用。",
        "打不开，或者显示已被别人使用的，都给换。",
    ),
)


@pytest.mark.parametrize(("before", "after"), REWORDED)
def test_a_paragraph_in_other_words_is_no_change_for_the_buyer(before: str, after: str) -> None:
    assert judge_texts(before, after).effect is Effect.NEUTRAL
    assert judge_texts(after, before).effect is Effect.NEUTRAL


def test_a_verdict_that_it_takes_back_says_that_a_person_must_look() -> None:
    taken_back = [judge_texts(*pair).reason for pair in REWORDED if means_the_same(Effect.WORSE, (), *left(*pair))]
    assert taken_back
    assert any("须人工核对" in reason for reason in taken_back)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("点券没到的，七天内可以提出，补不足的退款。", "点券没到的，三天内可以提出，补不足的退款。"),
        ("点券没到的，补足，补不足的退款。", "点券没到的，补足，补不足的退一半。"),
        ("封号由我们找回，找不回的由我们退款。", "封号由您自己找回，找不回的不退款。"),
        ("打不开或者显示已用的，都给换。", "打不开并且显示已用的，才给换。"),
        ("支持手机、平板、电脑登录，随时可换设备。", "支持手机登录，随时可换设备。"),
        ("质保从激活之日起算。", "质保从付款之日起算。"),
    ],
)
def test_a_harm_in_nearly_the_same_words_stays_one(before: str, after: str) -> None:
    assert judge_texts(before, after).effect is Effect.WORSE


def test_a_not_in_the_same_words_is_never_a_rewording() -> None:
    traits = read_traits(*left("余下的积分可以转给家人使用", "余下的积分不可以转给家人使用"))
    assert traits["near_turned"]
    assert is_plain_change(traits, 1.0)


def test_what_went_alone_is_never_a_rewording() -> None:
    gone = left("坏卡三天内退款。客服全天在线。", "客服全天在线。")
    assert gone[0] and not gone[1]
    assert not means_the_same(Effect.WORSE, (), *gone)
    assert judge_units(*gone).effect is Effect.WORSE


def test_a_page_of_changes_is_left_to_the_rules() -> None:
    before = "，".join(f"第{number}种情形由客服另行处理" for number in range(120))
    after = "，".join(f"客服另行处理第{number}种的情形" for number in range(120))
    assert not means_the_same(Effect.WORSE, (), *left(before, after))


def test_the_weights_are_those_of_traits_that_are_read() -> None:
    traits = read_traits(*left("坏卡包退", "坏的卡可以退"))
    assert set(load_sameness().weights) <= traits.keys()
    assert 0 < weigh_traits(traits) < 1


def test_a_paragraph_said_all_anew_needs_few_of_the_same_words() -> None:
    same = dict.fromkeys(read_traits(*left("坏卡三天内包退", "坏卡两天内包退")), 0.0) | {
        "alike": 0.3,
        "cover_least": 0.3,
    }
    several, single = same | {"units_old": 4.0, "units_new": 3.0}, same | {"units_old": 1.0, "units_new": 4.0}
    assert not is_plain_change(several, 0.9)
    assert is_plain_change(several, 0.7)
    assert is_plain_change(single, 0.9)
