"""The dialogue asks what fits, one thing at a time, purpose early; the table behind it is whole."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.complaints.facts.case_text import describe_facts
from monitor.complaints.facts.fact_check import find_doubts
from monitor.complaints.facts.fact_paths import list_fact_names, set_fact
from monitor.complaints.facts.fact_words import label_of, load_table, words_of
from monitor.complaints.facts.questions import (
    Dialogue,
    answer_question,
    finish_dialogue,
    load_questions,
    next_question,
    path_of,
)
from storage.case import (
    Answer,
    DemandKind,
    Facts,
    PaymentForm,
    ProblemKind,
    Purpose,
    UnlawfulPurpose,
)
from storage.case_json import facts_json, facts_of

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def talk(answers: Mapping[str, str]) -> tuple[Dialogue, list[str]]:
    """Answer every question that comes, those not named with nothing; give the end and what was asked."""
    dialogue, asked = Dialogue(), list[str]()
    while (question := next_question(dialogue)) is not None:
        path = path_of(question, dialogue)
        asked.append(path)
        dialogue = answer_question(dialogue, question, answers.get(path, ""), NOW)
        assert len(asked) < 200
    return dialogue, asked


def test_every_question_says_why_and_names_a_fact() -> None:
    for question in load_questions():
        assert question.ask and question.why, question.key
        for name in question.conditions:
            assert name in list_fact_names() or any(one.dialogue and one.key == name for one in load_questions())
    for name in list_fact_names():
        assert label_of(name)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("payment", PaymentForm), ("problem", ProblemKind), ("purpose", Purpose), ("unlawful", UnlawfulPurpose),
     ("delivered", Answer), ("used", Answer), ("own_trade", Answer), ("still_open", Answer),
     ("money_back", Answer), ("elsewhere", Answer), ("guardian_agreed", Answer),
     ("demands.kind", DemandKind)],
)  # fmt: skip
def test_every_word_of_a_fact_has_a_chinese_name_of_its_own(name: str, kind: type[PaymentForm]) -> None:
    words = words_of(name)
    assert set(words) == {one.value for one in kind}
    names = [one for several in words.values() for one in several]
    assert len(names) == len(set(names)), "one name for two words cannot be told apart"


def test_conditions_name_words_that_exist() -> None:
    rows = load_table()["questions"]
    assert isinstance(rows, list)
    words = load_table()["words"]
    assert isinstance(words, dict)
    for row in rows:
        for name, several in row.get("if", {}).items():
            allowed = {*words.get(name, {}), "known", "unknown", "yes", "no"}
            assert set(several) <= allowed, row["key"]


def test_the_purpose_is_asked_before_the_order_and_nothing_that_does_not_fit() -> None:
    _, asked = talk({"payment": "余额", "problem": "没发货", "delivered": "没有"})
    assert asked.index("purpose") < asked.index("unlawful") < asked.index("orders.1.number")
    for never in ("orders.1.payment_no", "payee", "received_at", "used", "guardian.name", "helper.name", "balance",
                  "face_value", "respondent.address", "seller_reply"):  # fmt: skip
        assert never not in asked, never


def test_the_questions_of_a_dead_card_make_its_facts() -> None:
    dialogue, asked = talk(
        {
            "platform": "星河卡盟", "purpose": "自用", "unlawful": "0", "orders.1.number": "X1",
            "orders.1.amount": "50元", "orders.1.ordered_at": "昨天 20:30", "payment": "微信商户",
            "orders.1.payment_no": "4200", "problem": "卡密无效", "delivered": "收到了", "used": "没有",
            "contacted_at": "今天 8:00", "seller_reply": "不退", "minor": "否",
        }
    )  # fmt: skip
    facts, notes = finish_dialogue(dialogue)
    (order,) = facts.orders
    assert (order.number, order.amount, order.payment_no) == ("X1", Decimal(50), "4200")
    assert (facts.purpose, facts.payment, facts.used, facts.unlawful) == (
        Purpose.LIVING, PaymentForm.WECHAT_MERCHANT, Answer.NO, ()
    )  # fmt: skip
    assert {"seller_contact", "replied_at", "received_at", "valid_until"} <= set(asked)
    assert "used_at" not in asked and "buyer.id_number" not in asked, "an ID number is never asked for"
    assert [(one.kind, one.amount) for one in facts.demands] == [(DemandKind.REFUND, Decimal(50))] and notes == ()


def test_several_orders_are_asked_one_after_the_other() -> None:
    dialogue, asked = talk(
        {
            "orders.1.amount": "50",
            "more_orders.1": "是",
            "orders.2.number": "B",
            "orders.2.amount": "20",
            "more_orders.2": "否",
        }
    )
    facts, _ = finish_dialogue(dialogue)
    assert facts.paid == Decimal(70) and "orders.3.number" not in asked
    assert asked.count("payment") == 1


def test_a_minor_leads_to_the_guardian_and_a_helper_to_role_and_consent() -> None:
    dialogue, asked = talk({"minor": "是", "guardian.name": "林大明", "acting": "是", "helper_role": "消协工作人员"})
    assert {"buyer.born_on", "guardian.name", "guardian.phone", "helper.name", "helper_role", "consent"} <= set(asked)
    assert "buyer.phone" not in asked
    assert dialogue.facts.minor and dialogue.facts.guardian.name == "林大明"


def test_what_the_buyer_wants_goes_before_what_the_tool_would_propose() -> None:
    dialogue, _ = talk({"orders.1.amount": "50", "problem": "卡密无效", "wants": "1 退一赔三"})
    facts, _ = finish_dialogue(dialogue)
    assert [(one.kind, one.amount) for one in facts.demands] == [(DemandKind.REPLACE, None), (DemandKind.FRAUD, None)]


def test_an_answer_that_is_not_understood_leaves_the_dialogue_as_it_was() -> None:
    dialogue = Dialogue(asked=tuple(path for path in talk({})[1] if not path.startswith("orders.1.amount")))
    question = next_question(dialogue)
    assert question is not None and question.key == "orders.amount"
    with pytest.raises(ValueError, match="看不懂金额"):
        answer_question(dialogue, question, "一些钱", NOW)
    assert next_question(dialogue) == question


def test_no_answer_at_all_gives_no_facts() -> None:
    facts, _ = finish_dialogue(talk({})[0])
    assert facts == Facts()


@given(
    st.lists(
        st.sampled_from(["", "是", "否", "1", "2", "5", "0", "不知道", "50元", "昨天 20:30", "退款", "1,3"]), min_size=1
    )
)
@settings(max_examples=60, deadline=None)
def test_whatever_is_answered_the_dialogue_ends_with_facts_that_can_be_kept(typed: list[str]) -> None:
    dialogue, count = Dialogue(), 0
    while (question := next_question(dialogue)) is not None:
        count += 1
        assert count < 400
        try:
            dialogue = answer_question(dialogue, question, typed[count % len(typed)], NOW)
        except ValueError as error:
            assert any("\u4e00" <= sign <= "\u9fff" for sign in str(error))
            dialogue = answer_question(dialogue, question, "", NOW)
    facts, _ = finish_dialogue(dialogue)
    assert facts_of(facts_json(facts)) == facts
    assert describe_facts(facts) is not None and find_doubts(facts, NOW) is not None


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_name_and_value_are_set_or_refused_in_chinese(path: str, typed: str) -> None:
    for name in (path, "orders.1.amount", "demands.1.kind", "unlawful", "buyer.born_on"):
        try:
            facts = set_fact(Facts(), name, typed, NOW)
        except ValueError as error:
            assert any("\u4e00" <= sign <= "\u9fff" for sign in str(error))
        else:
            assert facts_of(facts_json(facts)) == facts
