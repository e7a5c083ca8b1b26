"""Tells what pages changed to the buyer's harm: both sides with their captures, and what the newest one shows of it.

Only confirmed changes are told, and of none is said on which side of the order it fell where nobody knows. Pure.
"""

from __future__ import annotations

from monitor.changes.fact_judging import fact_of_subject
from monitor.complaints.letters.material import Material, day_bounds, say_exact
from monitor.complaints.letters.page_doubts import doubt_change, find_version, quote_beside, quote_value
from monitor.complaints.letters.page_names import FACT_ZH, name_page
from monitor.complaints.letters.page_sight import is_shown_fact, look_at, make_dense
from monitor.complaints.letters.page_sightings import LONGEST, say_half
from monitor.complaints.letters.sentences import fact
from monitor.complaints.model import SeenVersion, Sentence
from monitor.complaints.routing.report_parties import Doer, doer_of
from monitor.findings.empty_pages import quote_empty
from scrapers.model import Origin
from storage.model import Change, ChangeClass, ChangeStatus, Effect

_MOST_CHANGES = 5


def tell_changes(material: Material, *, most: int = _MOST_CHANGES) -> tuple[Sentence, ...]:
    """What was changed to the buyer's harm since the order, each with both captures."""
    return tuple(told for _, told in list_changes(material, most=most))


def list_changes(material: Material, *, most: int = _MOST_CHANGES) -> tuple[tuple[Change, Sentence], ...]:
    """The same, each sentence with its change."""
    told = [(change, one) for change in material.file.changes if (one := _tell_change(material, change)) is not None]
    pending = sum(1 for change in material.file.changes if change.status is ChangeStatus.PENDING)
    if pending:
        material.note(f"另有{pending}处变更只见于一次抓取，尚待再次抓取确认，没有写入文书")
    if len(told) > most:
        kept = "最近的" if material.facts.ordered_at is None else "与下单最有关的"
        material.note(f"抓取所见的变更共{len(told)}处，正文只写{kept}{most}处，其余见投诉包")
    first = sorted(range(len(told)), key=lambda place: (not _spans_order(material, told[place][0]), -place))[:most]
    return tuple(told[place] for place in sorted(first))


def _spans_order(material: Material, change: Change) -> bool:
    """Whether the order lies between the two captures of a change: what was agreed then is the dispute itself."""
    ordered = None if material.hides_order else material.facts.ordered_at
    if ordered is None or change.before_at is None:
        return False
    first, last = day_bounds(ordered)
    return change.before_at <= last and change.after_at >= first


def _tell_change(material: Material, change: Change) -> Sentence | None:
    difference = change.difference
    if change.status is not ChangeStatus.CONFIRMED or change.before_at is None or not difference.quotable:
        return None
    if difference.change_class not in (ChangeClass.RULE, ChangeClass.PRICE):
        return None
    if difference.effect not in (Effect.WORSE, Effect.MIXED):
        return None
    reason = doubt_change(material, change)
    if reason:
        material.note(f"有一处前后不同没有写成变更（“{(difference.before or difference.after)[:30]}”）：{reason}")
        return None
    before, beside = _quote_side(material, change, change.before_capture, difference.before, difference.after)
    after, _ = _quote_side(material, change, change.after_capture, difference.after, "")
    marks = material.marks_of((change.before_capture, change.after_capture))
    if not (before or after) or len(marks) < 2:
        return None
    what = name_page(material, change.page.url, change.page.role, short=True)
    shown_fact = fact_of_subject(difference.subject)
    if shown_fact is not None and shown_fact[0] in FACT_ZH:
        what += f"所列的{FACT_ZH[shown_fact[0]]}"
    then = (
        f"显示“{before}”{f'（另显示“{beside}”）' if beside else ''}"
        if before
        else f"没有下述内容{say_half(material, change.before_capture)}"
    )
    now = f"显示“{after}”" if after else f"已不见该内容{say_half(material, change.after_capture)}"
    whose = "店铺" if doer_of(material.file, change.page.url, change.page.role) is Doer.SHOP else "平台"
    seen = f"该{whose}{what}在{say_exact(change.before_at)}的抓取中{then}，在{say_exact(change.after_at)}的抓取中{now}"
    tail = "，变更在下单之前还是之后不能断定" if _spans_order(material, change) else ""
    since, also = _tell_since(material, change, before, after)
    return fact(f"{seen}，间隔期间未观察{tail}{since}", (*marks, *also))


def _quote_side(material: Material, change: Change, capture: str | None, text: str, other: str) -> tuple[str, str]:
    """One side of a change as the page shows it, a value with its label; and what held the other side's value then."""
    seen = find_version(material, capture)
    if seen is None or fact_of_subject(change.difference.subject) is None or not text:
        return material.clean(text, most=LONGEST), ""
    line = quote_value(seen, change, text)
    beside = quote_beside(seen, change, other, line)
    return material.clean(line, most=LONGEST), material.clean(beside, most=LONGEST)


def _tell_since(material: Material, change: Change, before: str, after: str) -> tuple[str, tuple[str, ...]]:
    """What the newest capture shows of a change that did not last: added and gone again, or taken away and back."""
    difference = change.difference
    for page in material.file.pages:
        newest = page.newest
        same = newest is not None and (page.url, page.vantage) == (change.page.url, change.page.vantage)
        if newest is None or not same or newest.seen_at <= change.after_at or newest.origin is not Origin.OWN:
            continue
        told = []
        empty = material.clean(quote_empty(newest.reading), most=LONGEST)
        if empty:  # an error, or goods taken down: what was changed is neither kept by it nor taken back
            told.append(f"该页面只显示“{empty}”")
        elif after and stands(newest, change, difference.after) is False:
            told.append("已不见变更后的内容")
        if not empty and before and stands(newest, change, difference.before) is True:
            told.append("又显示变更前的内容")
        marks = material.marks_of((newest.capture,))
        if told and marks:
            return f"；其后在{say_exact(newest.seen_at)}的抓取中{'，'.join(told)}", marks
    return "", ()


def stands(seen: SeenVersion, change: Change, text: str) -> bool | None:
    """Whether a version shows one side of a change: a value as the same fact, words as whole sentences.

    None where it cannot be told: words that stand in it, but in another sentence.
    """
    named = fact_of_subject(change.difference.subject)
    if named is not None:
        same = [one for one in seen.reading.facts if (one.kind, one.qualifier) == named and is_shown_fact(one)]
        values = {make_dense(value) for one in same for value in (one.value, one.shown)}
        return make_dense(text) in values if same else None
    sight = look_at(seen)
    return True if sight.holds(text) else None if sight.shows(text) else False
