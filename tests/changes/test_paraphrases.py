"""Ways of saying one thing are put into one word on both sides; what is quoted stays in the page's own words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.changes.assess import judge_texts
from monitor.changes.paraphrases import load_paraphrases, put_canonical_words
from monitor.changes.units import split_units
from storage.model import Effect


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("坏卡付多少退多少", "坏卡全额退款"),
        ("怎么付的怎么退", "原路退回"),
        ("买错了没法换", "拍错不能换"),
        ("天天在线", "每天在线"),
        ("运费买家自理", "邮费由买家承担"),
        ("换货最多三回", "换货最多三次"),
    ],
)
def test_two_ways_of_saying_one_thing_have_one_form(one: str, other: str) -> None:
    assert [unit.form for unit in split_units(one)] == [unit.form for unit in split_units(other)]


def test_what_is_told_is_quoted_in_the_words_of_the_page() -> None:
    judged = judge_texts("余额怎么付的怎么退，随时可提。", "余额不退，充公。")
    assert judged.effect is Effect.WORSE
    assert "怎么付的怎么退" in judged.reason


def test_a_paraphrase_never_moves_the_marks_between_units() -> None:
    for text in ("如果卡打不开，付多少退多少，怎么付的怎么退。", "过期就不能用,不接,不理,不办"):
        put = put_canonical_words(text)
        assert [put.count(mark) for mark in ",，。;"] == [text.count(mark) for mark in ",，。;"]


def test_a_word_that_depends_on_its_sentence_is_left_alone_elsewhere() -> None:
    assert put_canonical_words("客服不打烊") == "客服不打烊"
    assert put_canonical_words("春节客服不打烊") == "春节客服照常"


@given(
    st.text(
        alphabet="退还给您钱款原路付多少就不能没法换补一张个卡坏过期作废最多次回运费买家自理0123456789", max_size=200
    )
)
def test_no_text_is_read_without_end(text: str) -> None:
    assert len(put_canonical_words(text)) <= 4 * len(text) + 40


def test_every_row_compiles_and_says_something() -> None:
    rows, _index = load_paraphrases()
    assert len(rows) > 30
    assert all(not row.pattern.search("") for row in rows)
