"""A case, its items and steps as JSON-ready data, as `--json` prints it. Field names are promises, only added to."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from enum import Enum

from storage.case import Case, CaseItem, CaseStep, Facts


def case_data(case: Case) -> dict[str, object]:
    """A case with all its facts; of a tombstone the facts are null."""
    return {
        "id": case.id,
        "opened_at": case.opened_at,
        "updated_at": case.updated_at,
        "closed_at": case.closed_at,
        "outcome": case.outcome,
        "returned": case.returned,
        "erased_at": case.erased_at,
        "erased_why": case.erased_why,
        "facts": None if case.erased_at is not None else facts_data(case.facts),
    }


def facts_data(facts: Facts) -> dict[str, object]:
    """The facts: sums in yuan as texts, times as ISO 8601, words as they stand in storage.case; `paid` is reckoned."""
    made = _data(facts)
    assert isinstance(made, dict)
    return {**made, "paid": facts.paid}


def item_data(item: CaseItem) -> dict[str, object]:
    """An evidence item of a case, without the text that was read in it."""
    made = _data(item)
    assert isinstance(made, dict)
    del made["text"]
    return {**made, "text_length": len(item.text)}


def step_data(step: CaseStep) -> dict[str, object]:
    """A step of a case."""
    made = _data(step)
    assert isinstance(made, dict)
    return made


def _data(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: _data(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, tuple):
        return [_data(one) for one in value]
    if isinstance(value, Enum):
        return value.value
    if hasattr(value, "isoformat") and not hasattr(value, "hour"):
        return value.isoformat()  # a day
    return value
