"""A rule in disguise is judged as the rule that it is, and plain words are left alone."""

from __future__ import annotations

import pytest

from monitor.changes.assess import judge_texts
from monitor.changes.lookalikes import undo_lookalikes
from monitor.changes.normal_forms import plain_text
from storage.model import Effect

DISGUISED = (
    "售出概卟退换",
    "售·出·不·退",
    "售。出。不。退",
    "售★出★不★退",
    "售\u200b出\u200b不\u200b退",
    "售\u0336出\u0336不\u0336退\u0336",
    "售出概bu退换",
    "售出慨不退换",
    "售出概丕退换",
    "售齣概吥退換",
    "售出概б退换",
    "售出不tui不换",
    "卡密售出，❌退❌换",
    "\u202e换退不概出售\u202c",
)


@pytest.mark.parametrize("text", DISGUISED)
def test_a_disguised_refusal_is_worse_for_the_buyer(text: str) -> None:
    assert judge_texts("", text).effect is Effect.WORSE, plain_text(text)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("质保①天", "质保1天"),
        ("质保㈦天", "质保七天"),
        ("质保⑺天", "质保7天"),
        ("质保𝟕天", "质保7天"),
        ("质保Ⅶ天", "质保7天"),
        ("质保柒天", "质保七天"),
        ("假一罰拾", "假一罚十"),
        ("包陪, 退kuan", "包赔, 退款"),
    ],
)
def test_numbers_and_syllables_are_read(text: str, plain: str) -> None:
    assert plain_text(text) == plain


@pytest.mark.parametrize(
    "text",
    [
        "①售后说明",
        "感慨良多",
        "卟啉检测卡",
        "曹丕传",
        "火腿肠兑换",
        "陪玩服务",
        "bug反馈",
        "build版本",
        "腿部按摩仪",
        "第Ⅱ代",
        "3×5张",
        "培训课程",
    ],
)
def test_words_with_a_life_of_their_own_stay(text: str) -> None:
    assert undo_lookalikes(text) == text


def test_long_hostile_text_is_read_in_bounded_time() -> None:
    import time

    started = time.process_time()
    plain_text("卟·" * 100_000 + "概bu" * 50_000)
    assert time.process_time() - started < 2.0
