"""What a page does all the time is learnt from its visits and told with its reason; what may be a rule never is."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest

from monitor.changes.compare import compare_readings
from monitor.changes.habits import MOST_SLOTS, Habits, is_guarded, learn_visit, tell_habits
from monitor.changes.noise_budget import BLINKS_TO_BEGIN, BLINKS_TO_END, count_blink, fold_differences
from scrapers.model import Block, BlockKind, Fact, FactKind, Reading, Role
from storage.model import ChangeClass, Difference, Effect, Severity

RULES = ("坏卡自购买之日起7天内可以退款。", "每个账号限购2件。")
SAYINGS = ("诚信经营", "品质之选", "口碑相传", "精挑细选", "欢迎光临", "薄利多销")


def make_page(*notices: str, rules: Sequence[str] = RULES, goods: Sequence[str] = ()) -> Reading:
    blocks = (
        Block(BlockKind.PROMPT, "\n".join(rules), "购买须知"),
        Block(BlockKind.NOTICE, "\n".join(notices), "公告"),
    )
    facts = (Fact("main", FactKind.NAME, "主商品"), *(Fact(name, FactKind.NAME, name, name) for name in goods))
    return Reading("generic", 0.8, "r", "", "\n".join([*rules, *notices, *goods]), facts, blocks)


def learn(pages: Sequence[Reading], habits: Habits | None = None) -> Habits:
    habits = habits or Habits(visits=1)
    for before, after in pairwise(pages):
        habits = learn_visit(habits, before, after, role=Role.PRODUCT)
    return habits


def tell(habits: Habits, before: Reading, after: Reading) -> tuple[Difference, ...]:
    differences = compare_readings(before, after, role=Role.PRODUCT)
    return tell_habits(habits, differences, before, after, role=Role.PRODUCT)


@pytest.mark.parametrize(
    ("lines", "newest", "word"),
    [
        ([f"页面编号 a{n}f{n * 7}c" for n in range(8)], "页面编号 a9f99c", "随机标记"),
        (["小店营业中。", "小店打烊了。"] * 4, "小店营业中。", "轮换"),
        ([f"今日推荐：{word}" for word in SAYINGS], "今日推荐：天天上新", "随机标记"),
    ],
)
def test_what_always_changes_becomes_noise_with_a_visible_reason(lines: list[str], newest: str, word: str) -> None:
    pages = [make_page(line, "固定的一行公告在此。") for line in lines]
    habits = learn(pages)
    told = tell(habits, pages[-1], make_page(newest, "固定的一行公告在此。"))
    assert {one.change_class for one in told} == {ChangeClass.NOISE}
    assert "次抓取中" in told[0].reason and word in told[0].reason
    assert told[0].before or told[0].after  # what changed is kept and shown


def test_a_page_that_changed_once_has_no_habit() -> None:
    before, after = make_page("小店营业中。"), make_page("小店打烊了。")
    told = tell(learn([before, after]), before, after)
    assert {one.change_class for one in told} != {ChangeClass.NOISE}


@pytest.mark.parametrize(
    "line",
    [
        "坏卡{}天内包换。", "手续费{}元。", "提现收取{}%。", "每人限购{}件。", "有效期{}个月。", "客服QQ：1234567{}。",
        "概不退款，第{}批。", "新域名 https://shop{}.test 已启用。",
    ],
)  # fmt: skip
def test_what_may_be_a_rule_is_never_learnt(line: str) -> None:
    pages = [make_page(line.format(number % 2 + 3), "固定的一行公告在此。") for number in range(12)]
    habits = learn(pages)
    plain = compare_readings(pages[-2], pages[-1], role=Role.PRODUCT)
    told = tell(habits, pages[-2], pages[-1])
    assert [one.change_class for one in told] == [one.change_class for one in plain]
    assert [one.severity for one in told] == [one.severity for one in plain]
    assert is_guarded(line.format(3))


@pytest.mark.parametrize(
    "line",
    [
        "禁止转卖，否则冻结账号", "收款账户已变更为个人账户", "默认同意本站收集您的手机号", "本站已转让给新团队运营",
        "购买后不予受理", "发货后不再处理", "未激活的卡密将作废", "本店只接受USDT", "使用需自备梯子",
    ],
)  # fmt: skip
def test_a_rule_in_a_place_that_always_chats_is_not_taken_for_chat(line: str) -> None:
    chat = ["天气真好", "早安各位", "加油朋友", "祝好梦呀", "阳光灿烂", "春天花开", "周末愉快"]
    pages = [make_page(f"公告：{chat[number % 7]}") for number in range(14)]
    habits = learn(pages)
    new = make_page(f"公告：{line}")
    for told in (
        tell(habits, pages[-1], new),
        fold_differences(Habits(on_budget=True), compare_readings(pages[-1], new, role=Role.PRODUCT)),
    ):
        assert any(line in one.after and one.change_class is not ChangeClass.NOISE for one in told)


def test_a_rule_that_comes_and_goes_is_told_with_a_remark() -> None:
    pages = [make_page(f"坏卡{3 + number % 2}天内包换。") for number in range(8)]
    told = tell(learn(pages), pages[-2], pages[-1])
    assert any(one.change_class is ChangeClass.RULE and "轮换" in one.reason for one in told)


def test_a_rule_beside_a_habit_is_told_alone() -> None:
    pages = [make_page(f"今日推荐：{word}") for word in SAYINGS]
    after = make_page("今日推荐：天天上新", rules=(RULES[0].replace("7天", "3天"), RULES[1]))
    told = tell(learn(pages), pages[-1], after)
    rules = [one for one in told if one.change_class is ChangeClass.RULE]
    assert len(rules) == 1 and "3天" in rules[0].after and "推荐" not in rules[0].after


def test_rotating_recommendations_are_a_habit_and_prices_are_not() -> None:
    names = ("点券", "会员", "年卡", "网盘", "课程", "壁纸")
    pages = [make_page(goods=(names[n % 6], names[(n + 2) % 6])) for n in range(9)]
    habits = learn(pages)
    told = tell(habits, pages[-2], pages[-1])
    assert told and {one.change_class for one in told} == {ChangeClass.NOISE}
    priced = [
        Reading("generic", 0.8, "r", "", "", (Fact("main", FactKind.PRICE, price),), pages[0].blocks)
        for price in ("9", "12")
    ]
    assert [one.change_class for one in tell(habits, *priced)] == [ChangeClass.PRICE]


def test_what_is_learnt_stays_small() -> None:
    pages = [
        make_page(*(f"{word}第{visit}-{n}则闲话" for n in range(90) for word in SAYINGS[:1])) for visit in range(30)
    ]
    assert len(learn(pages).slots) <= MOST_SLOTS


def test_a_habit_that_ends_is_forgotten() -> None:
    pages = [make_page(line) for line in ["小店营业中。", "小店打烊了。"] * 4]
    habits = learn(pages)
    assert habits.learnt()
    assert not learn([pages[-1]] * 30, habits).learnt()


def wording(before: str, after: str, *, effect: Effect = Effect.NEUTRAL) -> Difference:
    severity = Severity.NONE if effect is Effect.NEUTRAL else Severity.HIGH
    change_class = ChangeClass.WORDING if effect is Effect.NEUTRAL else ChangeClass.RULE
    return Difference(change_class, severity, effect, ("wording_only",), "公告", before, after, "文字变化")


def test_a_page_that_flickers_without_end_is_put_on_a_budget_and_rules_still_come_through() -> None:
    habits = Habits()
    for _ in range(BLINKS_TO_BEGIN):
        habits = count_blink(habits, True)
    assert habits.on_budget
    rule = wording("坏卡7天内包换。", "坏卡3天内包换。", effect=Effect.WORSE)
    told = fold_differences(habits, [wording("甲甲甲", "乙乙乙"), rule, wording("丙丙丙", "丁丁丁")])
    assert told[0] is rule and len(told) == 2
    assert told[1].change_class is ChangeClass.NOISE and "2处" in told[1].reason
    assert told[1].before == "甲甲甲\n丙丙丙"


def test_guarded_text_is_not_folded_even_where_it_does_nothing_to_the_buyer() -> None:
    habits = Habits(on_budget=True, blinks=255)
    guarded = wording("有效期见包装。", "有效期见说明。")
    assert fold_differences(habits, [guarded]) == (guarded,)


def test_the_budget_ends_when_the_page_is_calm() -> None:
    habits = Habits(on_budget=True, blinks=(1 << BLINKS_TO_BEGIN) - 1)
    for _ in range(20 - BLINKS_TO_END):
        habits = count_blink(habits, False)
    assert not habits.on_budget
    assert len(fold_differences(habits, [wording("甲", "乙")])) == 1
