"""The dialogue that opens a case: which question comes next, and what an answer makes of the facts. Pure.

The questions are rows of monitor/reference/case_questions.toml. A dialogue is a value: asking, answering and going back
give another one, so the caller only prints and reads. Questions of orders are asked of each order in turn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from functools import cache

from monitor.complaints.facts.demands import propose_demands
from monitor.complaints.facts.fact_paths import (
    get_fact,
    is_list,
    list_fact_names,
    put_fact,
    read_fact,
    read_list,
    split_path,
)
from monitor.complaints.facts.fact_words import load_table, words_of
from monitor.complaints.facts.said_values import is_unknown, read_choices, read_yes_no
from storage.case import Demand, DemandKind, Facts

MOST_ASKED_ORDERS = 20
"""More orders than that are better brought in by a file."""

_CHOICES = (
    "payment", "problem", "purpose", "unlawful", "delivered", "used",
    "own_trade", "still_open", "money_back", "elsewhere", "guardian_agreed",
)  # fmt: skip


@dataclass(frozen=True)
class Question:
    """One question. `key` is a fact, or a word of the dialogue; `options` are the choices by word, in order."""

    key: str
    ask: str
    why: str
    example: str = ""
    conditions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    dialogue: bool = False

    @property
    def options(self) -> Mapping[str, tuple[str, ...]]:
        """What may be chosen, with its Chinese names; empty for a free answer."""
        if self.key == "wants":
            return words_of("demands.kind")
        return words_of(self.key) if self.key in _CHOICES else {}

    @property
    def of_order(self) -> bool:
        """Whether it is asked of each order."""
        return self.key.startswith("orders.")


@dataclass(frozen=True)
class Dialogue:
    """Where a dialogue stands: the facts so far, what was answered beside them, and what was asked (paths)."""

    facts: Facts = field(default_factory=Facts)
    answers: Mapping[str, str] = field(default_factory=dict)
    asked: tuple[str, ...] = ()
    order: int = 1


@cache
def load_questions() -> tuple[Question, ...]:
    """All questions in their order; a row that names no fact raises ValueError."""
    rows = load_table()["questions"]
    assert isinstance(rows, list)
    found = tuple(
        Question(
            row["key"],
            row["ask"],
            row["why"],
            row.get("example", ""),
            {name: tuple(words) for name, words in row.get("if", {}).items()},
            row.get("dialogue", False),
        )
        for row in rows
    )
    for question in found:
        if not question.dialogue and question.key not in list_fact_names():
            raise ValueError(f"case_questions.toml: {question.key} is no fact; mend that row")
    return found


def next_question(dialogue: Dialogue) -> Question | None:
    """The question that is to be asked now, None when all that fit were asked."""
    for question in load_questions():
        if path_of(question, dialogue) not in dialogue.asked and _fits(question, dialogue):
            return question
    return None


def path_of(question: Question, dialogue: Dialogue) -> str:
    """The path of the fact that a question asks for: of orders with the number of the order."""
    if question.of_order:
        return question.key.replace(".", f".{dialogue.order}.", 1)
    return f"{question.key}.{dialogue.order}" if question.key == "more_orders" else question.key


def answer_question(dialogue: Dialogue, question: Question, typed: str, now: datetime) -> Dialogue:
    """The dialogue after an answer; one that is not understood raises ValueError with a Chinese sentence."""
    path = path_of(question, dialogue)
    after = replace(dialogue, asked=(*dialogue.asked, path))
    if question.key == "more_orders":
        more = not is_unknown(typed) and read_yes_no(typed)
        if more and dialogue.order >= MOST_ASKED_ORDERS:
            raise ValueError(f"一次最多问{MOST_ASKED_ORDERS}笔订单，更多的请写在文件里，用 --from 导入；这里答 否")
        return replace(after, order=dialogue.order + 1) if more else after
    if question.dialogue:
        return replace(after, answers={**dialogue.answers, question.key: _read_dialogue(question, typed)})
    if is_list(question.key):
        none = is_unknown(typed) or typed.strip() in ("0", "都不涉及", "不涉及", "没有", "否")
        value: object = () if none else read_list(question.key, read_choices(typed, question.options), now)
    else:
        value = read_fact(question.key, typed, now)
    facts = dialogue.facts
    if value is None and get_fact(facts, path) is None and not question.of_order:
        return after
    return replace(after, facts=put_fact(facts, path, value))


def finish_dialogue(dialogue: Dialogue) -> tuple[Facts, tuple[str, ...]]:
    """The facts with the demands that were chosen, or those that fit; and what is to be said of them."""
    facts = _without_empty_orders(dialogue.facts)
    proposal = propose_demands(facts)
    chosen = [DemandKind(word) for word in dialogue.answers.get("wants", "").split(",") if word]
    if not chosen:
        return replace(facts, demands=proposal.demands), proposal.notes
    known = {demand.kind: demand for demand in propose_for(facts, chosen)}
    return replace(facts, demands=tuple(known[kind] for kind in dict.fromkeys(chosen))), ()


def propose_for(facts: Facts, kinds: list[DemandKind]) -> tuple[Demand, ...]:
    """Demands of the kinds that the buyer chose, with the sums that can be reckoned; others are left open."""
    fitting = {demand.kind: demand for demand in propose_demands(facts).demands}
    if DemandKind.REFUND in kinds and DemandKind.REFUND not in fitting and facts.paid is not None:
        fitting[DemandKind.REFUND] = Demand(DemandKind.REFUND, facts.paid, "订单实付合计")
    if DemandKind.RELEASE in kinds and DemandKind.RELEASE not in fitting:
        fitting[DemandKind.RELEASE] = Demand(DemandKind.RELEASE, facts.balance, "账户内未取出的余额")
    return tuple(fitting.get(kind, Demand(kind)) for kind in kinds)


def _without_empty_orders(facts: Facts) -> Facts:
    from storage.case import Order

    return replace(facts, orders=tuple(order for order in facts.orders if order != Order()))


def _read_dialogue(question: Question, typed: str) -> str:
    if is_unknown(typed) or (question.key == "wants" and typed.strip() == "0"):
        return ""
    if question.options:
        return ",".join(read_choices(typed, question.options))
    return "yes" if read_yes_no(typed) else "no"


def _fits(question: Question, dialogue: Dialogue) -> bool:
    return all(_meets(name, words, dialogue) for name, words in question.conditions.items())


def _meets(name: str, words: tuple[str, ...], dialogue: Dialogue) -> bool:
    if name in dialogue.answers or name in ("acting", "wants"):
        word = dialogue.answers.get(name, "")
    else:
        path, _ = split_path(name)
        value = get_fact(dialogue.facts, path)
        if isinstance(value, bool):
            word = "yes" if value else "no"
        elif isinstance(value, Enum):
            word = str(value.value)
        else:
            word = "" if value is None or value == "" or value == () else "known"
    return (word or "unknown") in words or ("known" in words and word not in ("", "unknown"))
