"""One quotation with the captures that showed it, and nothing said of the time between them.

A page is known at its captures only: every sentence names them. What somebody else made is told as his. Pure.
"""

from __future__ import annotations

import re
from datetime import datetime
from difflib import SequenceMatcher

from monitor.complaints.evidence.partial_captures import PARTIAL
from monitor.complaints.letters.material import Material, day_bounds, say_exact
from monitor.complaints.letters.page_sight import Sight, look_at, make_dense
from monitor.complaints.letters.sentences import fact
from monitor.complaints.model import CaseFile, PageAround, SeenVersion, Sentence
from monitor.findings.empty_pages import quote_empty
from scrapers.model import Origin

LONGEST = 120
LEAST = 2
_LIKE = 0.5
_MOST_LINES = 400
_LABELLED = re.compile(r"[^：:，。；]{1,8}[：:]")


def claimed_captures(file: CaseFile) -> frozenset[str]:
    """Captures that somebody else made: what their files hold need never have been shown."""
    sides = [seen for page in file.pages for seen in (page.before, page.after, page.newest) if seen]
    return frozenset(seen.capture for seen in sides if seen.origin is not Origin.OWN)


def say_told(seen: SeenVersion) -> str:
    """How a page says a sentence: it states it where we saw that, a file of somebody else only holds it."""
    return "写明" if seen.origin is Origin.OWN else "的存档文件（他人提供）中载有"


def pin_quote(material: Material, page: PageAround, what: str, quote: str) -> Sentence:
    """One quotation with the captures that showed it, and what the newest capture shows in its place where it lacks it.

    Nothing is said of the time between them.
    """
    told = _pin(material, page, what, quote)
    newest = page.newest
    known = {one.capture for one in (page.before, page.after) if one is not None}
    if newest is None or newest.capture in known or newest.origin is not Origin.OWN or look_at(newest).holds(quote):
        return told
    marks = material.marks_of((newest.capture,))
    if not marks:
        return told
    last = f"；最近一次（{say_seen(newest)}）的抓取中{_otherwise(material, newest, quote)}"
    return fact(told.text + last, (*told.marks, *marks))


def _pin(material: Material, page: PageAround, what: str, quote: str) -> Sentence:
    """One quotation with the captures around the order."""
    before, after = page.before, page.after
    ordered = None if material.hides_order else material.facts.ordered_at
    told = f"该{what}" if not what.startswith("该") else what
    sides = [one for one in (before, after) if one is not None]
    if ordered is not None and any(_may_be_either(ordered, one) for one in sides):
        seen = [one for one in sides if look_at(one).holds(quote)] or sides[:1]
        times, marks = "、".join(say_seen(one) for one in seen), material.marks_of(one.capture for one in sides)
        gone = "".join(
            f"，在{say_seen(one)}{_held(one)}{_otherwise(material, one, quote)}" for one in sides if one not in seen
        )
        tail = "下单只知日期、时刻不详，各次抓取在下单之前还是之后不能断定，间隔期间未观察"
        return fact(f"{told}，在{times}{_held(seen[0])}{_appears(seen[0])}{gone}，{tail}", marks)
    if before is None:
        assert after is not None
        tail = "下单时的内容未观察" if ordered else "此前的内容未观察"
        last = f"最早在{say_seen(after)}{_held(after)}{_appears(after)}"
        return fact(f"{told}，{last}，{tail}", material.marks_of((after.capture,)))
    if ordered is not None and before.seen_at == ordered:
        return fact(
            f"{told}，在{say_seen(before)}{_held(before)}{_appears(before)}", material.marks_of((before.capture,))
        )
    if after is None:
        tail = "下单时的内容未观察" if ordered else "此后的内容未观察"
        last = f"最后在{say_seen(before)}{_held(before)}{_appears(before)}，其后没有读到内容的抓取，{tail}"
        return fact(f"{told}，{last}", material.marks_of((before.capture,)))
    marks = material.marks_of((before.capture, after.capture))
    same = look_at(after).holds(quote)
    if same and before.origin is after.origin is Origin.OWN:
        inside = {before.capture, after.capture} & material.extra.logged_in
        login = "（其中一次为登录状态）" if len(inside) == 1 else ""
        return fact(f"{told}，在{say_seen(before)}、{say_seen(after)}两次抓取中均显示{login}，间隔期间未观察", marks)
    first = f"{told}，在{say_seen(before)}{_held(before)}{_appears(before)}，在{say_seen(after)}{_held(after)}"
    if same:
        return fact(f"{first}{_appears(after)}，间隔期间未观察", marks)
    tail = f"间隔期间未观察，{'下单时' if ordered else '其间'}显示的是哪一种不能断定"
    return fact(f"{first}{_otherwise(material, after, quote)}，{tail}", marks)


def _otherwise(material: Material, seen: SeenVersion, quote: str) -> str:
    """What a version shows that does not show a sentence: another one with the same words, or none of it."""
    empty = material.clean(quote_empty(seen.reading), most=LONGEST)
    if empty:  # an error, or goods taken down: it takes no promise back
        return f"该页面只显示“{empty}”"
    sight = look_at(seen)
    now = material.clean(sight.instead(quote) or _same_label(sight, quote), most=LONGEST)
    if not now and (near := _nearest_line(sight, quote)):
        return f"没有找到该句，相近的一句为“{material.clean(near, most=LONGEST)}”"
    return f"该句为“{now}”" if now else f"没有找到{say_half(material, seen.capture)}"


def _same_label(sight: Sight, quote: str) -> str:
    """The line that stands under the label of a quotation (质保：…) on another capture; "" where none does."""
    label = _LABELLED.match(quote)
    if label is None:
        return ""
    dense = make_dense(label[0])
    lines = [one for one in sight.units.values() if make_dense(one).startswith(dense)]
    return lines[0] if len(lines) == 1 else ""


def _nearest_line(sight: Sight, quote: str) -> str:
    """The one line of another capture that says most of a quotation, where it says at least half; "" else."""
    matcher = SequenceMatcher(autojunk=False, b=make_dense(quote))
    best, near = 0.0, ""
    for dense, line in list(sight.units.items())[:_MOST_LINES]:
        matcher.set_seq1(dense[:LONGEST])
        if matcher.quick_ratio() > max(best, _LIKE) and (ratio := matcher.ratio()) > max(best, _LIKE):
            best, near = ratio, line
    return near


def say_half(material: Material, capture: str) -> str:
    """That what a capture does not show may stand on the page all the same, where it ended half done."""
    return f"（该次{PARTIAL}）" if capture in material.file.partial else ""


def _may_be_either(ordered: datetime, seen: SeenVersion) -> bool:
    """Whether nobody can say on which side of an order that is known by its day a capture lies."""
    first, last = day_bounds(ordered)
    return first < last and first <= seen.seen_at <= last


def _held(seen: SeenVersion) -> str:
    return "抓取中" if seen.origin is Origin.OWN else "的文件中"


def _appears(seen: SeenVersion) -> str:
    return "显示" if seen.origin is Origin.OWN else "载有"


def say_seen(seen: SeenVersion) -> str:
    """When a version was seen; of a file of somebody else the time is what it claims."""
    told = say_exact(seen.seen_at)
    return told if seen.origin is Origin.OWN else f"{told}（他人提供的存档，时间为其声称）"
