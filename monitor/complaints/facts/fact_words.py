"""The Chinese names of facts and of their words, from monitor/reference/case_questions.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources


@cache
def load_table() -> Mapping[str, object]:
    """The whole table as TOML gives it."""
    return tomllib.loads(resources.files("monitor.reference").joinpath("case_questions.toml").read_text("utf-8"))


def label_of(name: str) -> str:
    """What a fact is called in Chinese: label_of("orders.amount") is 实付."""
    labels = load_table()["labels"]
    assert isinstance(labels, dict)
    return str(labels[name])


def words_of(name: str) -> Mapping[str, tuple[str, ...]]:
    """The words that a fact takes, each with its Chinese names, the one that is shown first."""
    words = load_table()["words"]
    assert isinstance(words, dict)
    return {word: tuple(names) for word, names in words[name].items()}


def names_of(name: str, word: str) -> str:
    """The Chinese name that is shown for a word of a fact."""
    return words_of(name)[word][0]


def text_of(name: str, **values: str) -> str:
    """A fixed text of the dialogue; `values` fill in its {…}."""
    texts = load_table()["texts"]
    assert isinstance(texts, dict)
    return str(texts[name]).format(**values)


_EVENTS = {
    "opened": "建案",
    "changed": "修改",
    "closed": "结案",
    "reopened": "重新打开",
    "erased": "清除",
    "unfiled": "删去误记的提交",
}
_TABLES = {
    "orders": "订单",
    "demands": "诉求",
    "meant": "对原话的说明",
    "buyer": "买方",
    "guardian": "监护人",
    "helper": "代办人",
    "respondent": "卖家",
    "outcome": "结果",
    "returned": "收回",
    "step": "提交",
    "why": "原因",
}


def name_event(kind: str) -> str:
    """What a kind of event is called in Chinese."""
    return _EVENTS.get(kind, kind)


def name_fact(name: str) -> str:
    """What a fact of `Facts`, or what a closing says, is called in Chinese: orders and buyer as a whole too."""
    return _TABLES.get(name) or label_of(name)
