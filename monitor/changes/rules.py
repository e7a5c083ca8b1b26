"""Turns an alignment of clauses into judged differences: rule, price, wording, moved or noise.

Clauses that share units (one was merged into another, or split) are judged together, so that a rule that still stands
elsewhere is not told as removed. Pure.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from monitor.changes.align import Aligned, Alignment
from monitor.changes.assess import Judgement, judge_noise, judge_units
from monitor.changes.change_groups import ChangedPair, group_changes, make_changed, side_of
from monitor.changes.clauses import Clause
from monitor.changes.facts import SHOWN_SOURCES
from monitor.changes.list_items import judge_crossing, judge_item, judge_list
from monitor.changes.normal_forms import collapse_whitespace, find_counters
from monitor.changes.standing_lists import StandingLists, find_standing_lists
from monitor.changes.units import cancel_units
from scrapers.model import Author
from storage.model import ChangeClass, Difference, Effect, Severity

_MAXIMUM_MOVED = 20
_JUDGED_CHARACTERS = 24_000
"""How much changed text is judged by meaning; more than that is told as changed, not as harmless."""
_JUDGED_MEASURES = 1_200
"""How many times, sums and counts are weighed: a page of nothing else costs a second for every ten thousand."""
_NOISE_KINDS = {"formatting_only": "格式、标点或字形", "counter_or_date": "计数或日期"}
_NUMERALS = {1: "一", 2: "两", 3: "三", 4: "四", 5: "五"}
_TITLE_CHARACTERS = 14
_TITLE_MARKS = " #【】[]《》〈〉:：*=-"
_RULING = re.compile(r"[不未无须必仅只限免禁除勿拒罚扣\d]|有权|自负|概")
_PAGE_KINDS = {
    ChangeClass.PRICE: frozenset({"price_changed", "original_price_changed", "variant_added", "variant_removed"}),
    ChangeClass.NEW: frozenset({"product_added"}),
    ChangeClass.STOCK: frozenset({"sold_out", "back_in_stock", "product_removed"}),
    ChangeClass.WORDING: frozenset({"name_changed", "terms_page_moved"}),
}
"""What a clause says of the goods and the shop is classed as the fact would be: it is no change of a rule."""
_PRICE_KINDS = frozenset({"price_raised", "price_lowered"})


def compare_clauses(alignment: Alignment) -> tuple[Difference, ...]:
    """The differences that an alignment holds."""
    lists = find_standing_lists(alignment)
    moved = [
        pair
        for pair in alignment.pairs
        if pair.before
        and pair.after
        and pair.moved
        and pair.before.compact == pair.after.compact
        and not lists.crosses(pair)
    ]
    noise: dict[str, list[Aligned]] = defaultdict(list)
    nodes: list[ChangedPair] = []
    unjudged: list[Aligned] = []
    budget, measures = _JUDGED_CHARACTERS, _JUDGED_MEASURES
    for pair in alignment.pairs:
        if pair.before and pair.after and pair.before.compact == pair.after.compact and not lists.crosses(pair):
            if not pair.moved and collapse_whitespace(pair.before.text) != collapse_whitespace(pair.after.text):
                noise["formatting_only"].append(pair)
        elif pair.before and pair.after and pair.before.steady == pair.after.steady and not lists.crosses(pair):
            noise["counter_or_date"].append(pair)
        else:
            budget -= sum(len(clause.text) for clause in (pair.before, pair.after) if clause)
            if measures > 0 and (budget >= 0 or not nodes):
                nodes.append(make_changed(pair, len(nodes), lists))
                measures -= sum(len(unit.entities) for unit in (*nodes[-1].before, *nodes[-1].after))
            else:
                unjudged.append(pair)
    nodes, titles = _part_titles(nodes, alignment)
    differences = [_judge_group(group, lists) for group in group_changes(nodes, lists)]
    differences += [_tell_title(pair) for pair in titles]
    differences += _tell_moved(moved)
    differences += [_tell_noise(kind, pairs) for kind, pairs in noise.items()]
    if unjudged:
        differences.append(_tell_unjudged(unjudged))
    if alignment.degraded:
        differences = [_mark_degraded(difference) for difference in differences]
    return tuple(differences)


def _part_titles(nodes: list[ChangedPair], alignment: Alignment) -> tuple[list[ChangedPair], list[Aligned]]:
    """The changed clauses without reworded headings, and those headings: what stands under them is compared."""
    titles = [
        frozenset(title for pair in alignment.pairs if (clause := side_of(pair, side)) for title in clause.heading)
        for side in (0, 1)
    ]
    found = [node for node in nodes if _is_title(node.pair.before, titles[0]) and _is_title(node.pair.after, titles[1])]
    went, came = ([node for node in found if side_of(node.pair, side)] for side in (0, 1))
    if not went or not came:  # a heading that only went or came may stand for all that went or came with it
        return nodes, []
    gone = {id(node) for node in found}
    return [node for node in nodes if id(node) not in gone], [node.pair for node in found]


def _is_title(clause: Clause | None, titles: frozenset[str]) -> bool:
    """Whether a clause is nothing but a heading that rules nothing itself; no clause is none that does."""
    if clause is None:
        return True
    bare = clause.text.strip(_TITLE_MARKS)
    return bare in titles and len(bare) <= _TITLE_CHARACTERS and not _RULING.search(bare)


def _tell_title(pair: Aligned) -> Difference:
    before, after = (clause.text if clause else "" for clause in (pair.before, pair.after))
    clause = pair.after or pair.before
    reason = "只是标题变化，其下条款另行比对"
    return Difference(
        ChangeClass.WORDING, Severity.NONE, Effect.NEUTRAL, ("wording_only",), _name(clause) if clause else "", before,
        after, reason,
    )  # fmt: skip


def _judge_group(group: Sequence[ChangedPair], lists: StandingLists) -> Difference:
    old = [node.pair.before for node in group if node.pair.before]
    new = [node.pair.after for node in group if node.pair.after]
    old.sort(key=lambda clause: clause.start)
    new.sort(key=lambda clause: clause.start)
    before, after = _join(old), _join(new)
    left = cancel_units(
        [unit for node in group for unit in node.before], [unit for node in group for unit in node.after]
    )
    judged = judge_units(*left) if left[0] or left[1] else _judge_parts(old, new) or judge_noise(before, after)
    in_list = _judge_in_list(group[0].pair, lists) if len(group) == 1 else _judge_whole_list(old, new)
    judged = in_list or judged
    if judged.kinds == ("wording_only",) and find_counters(before) != find_counters(after):
        judged = replace(judged, kinds=("wording_only", "counter_or_date"))
    shown = all(clause.source in SHOWN_SOURCES for clause in (*old, *new))
    first = (new or old)[0]
    change_class, judged = _classify(judged, first, before, after)
    return Difference(
        change_class,
        judged.severity,
        judged.effect,
        judged.kinds,
        _name(first),
        before,
        after,
        judged.reason,
        quotable=shown,
    )


def _judge_in_list(pair: Aligned, lists: StandingLists) -> Judgement | None:
    """The judgement on an item that came, went, or crossed into another list; None for all else."""
    old, new = pair.before, pair.after
    if old and new:
        return judge_crossing(old.lead_in, new.lead_in, new.text) if lists.crosses(pair) else None
    alone = new or old
    if alone is None or not lists.holds(alone):
        return None
    return judge_item(alone.lead_in, alone.text, added=new is not None)


def _judge_whole_list(old: Sequence[Clause], new: Sequence[Clause]) -> Judgement | None:
    """The judgement on a lead-in that came or went with nothing but its items; None for all else."""
    if bool(old) is bool(new):
        return None
    lead, *items = old or new
    if not items or any(item.lead_in != lead.text for item in items):
        return None
    return judge_list(lead.text, len(items), added=bool(new))


def _judge_parts(old: Sequence[Clause], new: Sequence[Clause]) -> Judgement | None:
    """The judgement on clauses that were only cut or joined; None where there are as many as before."""
    if not old or not new or len(old) == len(new):
        return None
    verb = "拆为" if len(old) < len(new) else "并为"
    reason = f"{_NUMERALS.get(len(old), len(old))}条{verb}{_NUMERALS.get(len(new), len(new))}条，内容相同"
    return Judgement(Effect.NEUTRAL, ("moved_only", "wording_only"), Severity.NONE, reason)


def _classify(judged: Judgement, clause: Clause, before: str, after: str) -> tuple[ChangeClass, Judgement]:
    """The class of a judged change, and the judgement with its kind made exact."""
    kinds = set(judged.kinds)
    if clause.author is Author.SOFTWARE and judged.effect is not Effect.NEUTRAL:
        judged = Judgement(judged.effect, judged.kinds, judged.severity, f"{judged.reason}（软件自带文本）")
    if kinds <= _PRICE_KINDS:
        return ChangeClass.PRICE, judged
    if kinds <= set(_NOISE_KINDS):
        return ChangeClass.NOISE, judged
    if judged.kinds[:1] == ("moved_only",) and kinds <= {"moved_only", "wording_only"}:
        return ChangeClass.MOVED, judged
    if kinds <= {"wording_only", "moved_only", *_NOISE_KINDS}:
        return ChangeClass.WORDING, judged
    named = next((change_class for change_class, names in _PAGE_KINDS.items() if kinds <= names), ChangeClass.RULE)
    return named, judged


def _join(clauses: Sequence[Clause]) -> str:
    return "\n".join(dict.fromkeys(clause.text for clause in clauses))


def _name(clause: Clause) -> str:
    return " ".join(part for part in (clause.subject, clause.name) if part)


def _tell_moved(pairs: Sequence[Aligned]) -> list[Difference]:
    told = []
    for pair in pairs[:_MAXIMUM_MOVED]:
        if pair.before and pair.after:
            told.append(
                Difference(
                    ChangeClass.MOVED,
                    Severity.NONE,
                    Effect.NEUTRAL,
                    ("moved_only",),
                    _name(pair.after),
                    pair.before.text,
                    pair.after.text,
                    "只是位置变化，文字相同",
                )
            )
    if len(pairs) > _MAXIMUM_MOVED and told:
        rest = len(pairs) - _MAXIMUM_MOVED
        last = told[-1]
        told[-1] = Difference(
            last.change_class,
            last.severity,
            last.effect,
            last.kinds,
            last.subject,
            last.before,
            last.after,
            f"{last.reason}（另有{rest}处移动）",
        )
    return told


def _tell_noise(kind: str, pairs: Sequence[Aligned]) -> Difference:
    first = pairs[0]
    before, after = (clause.text if clause else "" for clause in (first.before, first.after))
    subject = _name(first.after) if first.after else ""
    reason = f"只是{_NOISE_KINDS[kind]}变化（{len(pairs)}处），文字内容相同"
    return Difference(ChangeClass.NOISE, Severity.NONE, Effect.NEUTRAL, (kind,), subject, before, after, reason)


def _tell_unjudged(pairs: Sequence[Aligned]) -> Difference:
    """Beyond the budget nothing is called harmless: a person must look."""
    first = pairs[0]
    before, after = (clause.text if clause else "" for clause in (first.before, first.after))
    clause = first.after or first.before
    return tell_unread(
        _name(clause) if clause else "", before, after, f"改动过多，另有{len(pairs)}处变化未逐条判读，须人工核对"
    )


def tell_unread(subject: str, before: str, after: str, reason: str) -> Difference:
    """A difference that was seen and not judged, because of its size."""
    return Difference(ChangeClass.RULE, Severity.MEDIUM, Effect.NEUTRAL, ("unjudged",), subject, before, after, reason)


def _mark_degraded(difference: Difference) -> Difference:
    return Difference(
        difference.change_class, difference.severity, difference.effect, difference.kinds, difference.subject,
        difference.before, difference.after, f"{difference.reason}（文本过长，只作近处比对）", difference.quotable,
    )  # fmt: skip
