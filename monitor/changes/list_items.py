"""What it does to the buyer that a list got an item or lost one while its lead-in stands: 以下情况不予售后：…

One more case in which something is refused is a loss, one less a gain; where the list gives, the other way round. The
words of the item alone do not decide it (提示无效的 in a list of what is not replaced). Pure.
"""

from __future__ import annotations

from collections.abc import Iterable

from monitor.changes.assess import Judgement, judge_texts
from monitor.changes.kinds import load_kinds
from monitor.changes.lead_ins import join_item, read_lead_in
from storage.model import Effect, Severity

_ONE_CASE = {"refund_removed": "refund_narrowed"}
"""What is taken away in one case more is narrowed, not taken away."""
_BURDEN = ("burden_added",)
_SHOWN = 40


def judge_item(lead_in: str, item: str, *, added: bool) -> Judgement | None:
    """The judgement on an item that came (`added`) or went; None where its list neither gives nor takes."""
    told = read_lead_in(lead_in)
    if told is None:
        return None
    asked, consequence = told
    if asked:  # what must be met or handed over is a burden, whatever it opens
        alone = judge_texts("", f"{asked}{item}")
        kinds = alone.kinds if alone.effect is Effect.WORSE else _BURDEN
        gives = False
    else:
        of_list, whole = judge_texts("", consequence), judge_texts("", join_item(lead_in, item))
        if of_list.effect not in (Effect.WORSE, Effect.BETTER):
            return None
        gives = of_list.effect is Effect.BETTER
        kinds = whole.kinds if whole.effect is of_list.effect else of_list.kinds
    harm = gives is not added
    kinds = _name_one_case(kinds if added else _turn(kinds))
    severity = _weigh(kinds) if harm else Severity.NONE
    verb, tail = "新增" if added else "删去", "不利" if harm else "有利"
    reason = f"“{_short(lead_in)}”{verb}一项“{_short(item)}”（{load_kinds()[kinds[0]].zh}），对买家{tail}"
    return Judgement(Effect.WORSE if harm else Effect.BETTER, kinds, severity, reason)


def judge_list(lead_in: str, items: int, *, added: bool) -> Judgement | None:
    """The judgement on a whole list that came or went with its lead-in."""
    told = read_lead_in(lead_in)
    of_list = judge_texts("", told[1]) if told and not told[0] else None
    if of_list is None or of_list.effect not in (Effect.WORSE, Effect.BETTER):
        return None
    harm = (of_list.effect is Effect.WORSE) is added
    kinds = _name_one_case(of_list.kinds if added else _turn(of_list.kinds))
    verb, tail = "新增" if added else "删去", "不利" if harm else "有利"
    reason = f"{verb}“{_short(lead_in)}”共{items}项（{load_kinds()[kinds[0]].zh}），对买家{tail}"
    return Judgement(Effect.WORSE if harm else Effect.BETTER, kinds, _weigh(kinds) if harm else Severity.NONE, reason)


def judge_crossing(old_lead: str, new_lead: str, item: str) -> Judgement | None:
    """The judgement on an item that went from one list into another; None where that is not one loss or one gain."""
    gone, come = judge_item(old_lead, item, added=False), judge_item(new_lead, item, added=True)
    if gone is None or come is None or gone.effect is not come.effect:
        return None
    kinds = tuple(dict.fromkeys((*come.kinds, *gone.kinds)))
    reason = f"“{_short(item)}”由“{_short(old_lead)}”改列“{_short(new_lead)}”（{load_kinds()[kinds[0]].zh}）"
    tail = "，对买家不利" if come.effect is Effect.WORSE else "，对买家有利"
    return Judgement(come.effect, kinds, max(come.severity, gone.severity, key=lambda one: one.rank), reason + tail)


def _turn(kinds: Iterable[str]) -> tuple[str, ...]:
    """The kinds of the change back."""
    names = load_kinds()
    kinds = tuple(kinds)
    return tuple(names[kind].opposite for kind in kinds if names[kind].opposite in names) or kinds


def _name_one_case(kinds: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_ONE_CASE.get(kind, kind) for kind in kinds))


def _weigh(kinds: tuple[str, ...]) -> Severity:
    """The harm of the main kind; in one case of several it is never the gravest."""
    return min(load_kinds()[kinds[0]].severity, Severity.HIGH, key=lambda one: one.rank)


def _short(text: str) -> str:
    return text.strip().rstrip("：:。.;；,，")[:_SHOWN]
