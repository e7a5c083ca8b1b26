"""What is known of a page when it is visited again: its habits, the language it answers in, how well it was read.

Loaded before a version is weighed and kept after it, in two small rows of the archive; the history is never read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.changes.habits import VISITS_TO_LEARN, Habits, Slot
from monitor.changes.language import NAMES
from storage.habits import keep_habits, load_habits
from storage.model import ChangeClass, Difference, Effect, Severity

if TYPE_CHECKING:
    from storage.session import Session

VISITS_TO_CHANGE_LANGUAGE = 5
"""A page that answers so many times in a row in another language has changed its language."""


def read_habits(session: Session, page_id: str) -> Habits:
    """The habits of a page as they are kept; what another version of this program wrote and cannot be read is left."""
    visits, data = load_habits(session, page_id)
    slots = data.get("slots")
    return Habits(
        visits=visits,
        slots=_read_slots(slots) if isinstance(slots, list) else {},
        blinks=_number(data.get("blinks")),
        on_budget=data.get("on_budget") is True,
        language=str(data.get("language", "")),
        other_language=str(data.get("other_language", "")),
        other_run=_number(data.get("other_run")),
    )


def write_habits(session: Session, page_id: str, habits: Habits) -> None:
    """Keep the habits of a page."""
    slots = [[key, slot.kind, slot.bits, slot.at, slot.example] for key, slot in habits.slots.items()]
    data: dict[str, object] = {
        "slots": slots,
        "blinks": habits.blinks,
        "on_budget": habits.on_budget,
        "language": habits.language,
        "other_language": habits.other_language,
        "other_run": habits.other_run,
    }
    keep_habits(session, page_id, habits.visits, data)


def note_language(habits: Habits, language: str) -> tuple[Habits, Difference | None]:
    """The habits after a visit in a language, and what there is to tell: that it flipped, or that it changed."""
    if not language:
        return habits, None
    if not habits.language:
        return replace(habits, language=language), None
    if language == habits.language:
        return replace(habits, other_run=0), None
    run = habits.other_run + 1 if language == habits.other_language else 1
    if run >= VISITS_TO_CHANGE_LANGUAGE:
        # which language is the usual one of a page that is new is not known yet
        changed = _tell_changed(habits.language, language) if habits.visits >= VISITS_TO_LEARN else None
        return replace(habits, language=language, other_language="", other_run=0), changed
    told = _tell_flipped(habits.language, language) if run == 1 else None
    return replace(habits, other_language=language, other_run=run), told


def _tell_flipped(usual: str, language: str) -> Difference:
    reason = f"页面这次以{NAMES[language]}作答（通常为{NAMES[usual]}）：只与同一语言的上一版本比较，不作为规则变更"
    return _of_language(ChangeClass.NOISE, Severity.NONE, "language_flipped", usual, language, reason)


def _tell_changed(usual: str, language: str) -> Difference:
    reason = (
        f"页面连续{VISITS_TO_CHANGE_LANGUAGE}次以{NAMES[language]}作答，此前为{NAMES[usual]}："
        "两种语言的条款无法逐条比对，规则有无变化须人工核对"
    )
    return _of_language(ChangeClass.WORDING, Severity.LOW, "language_changed", usual, language, reason)


def _of_language(
    change_class: ChangeClass, severity: Severity, kind: str, usual: str, language: str, reason: str
) -> Difference:
    return Difference(
        change_class, severity, Effect.NEUTRAL, (kind,), "", NAMES[usual], NAMES[language], reason, quotable=False
    )


def _read_slots(rows: list[object]) -> Mapping[str, Slot]:
    found: dict[str, Slot] = {}
    for row in rows:
        if isinstance(row, list) and len(row) == 5:
            key, kind, bits, at, example = row
            found[str(key)] = Slot(str(kind), _number(bits), _number(at), str(example))
    return found


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
