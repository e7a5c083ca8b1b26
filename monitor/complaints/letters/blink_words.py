"""Tells what one capture alone showed otherwise than those before and after it: as seen, never as a change.

Each sentence has the three captures and says that nobody saw it twice, or when the newest capture shows it again. Pure.
"""

from __future__ import annotations

from monitor.changes.fact_judging import fact_of_subject
from monitor.complaints.letters.material import Material, say_exact
from monitor.complaints.letters.page_changes import stands
from monitor.complaints.letters.page_names import FACT_ZH, name_page
from monitor.complaints.letters.sentences import fact
from monitor.complaints.model import Blink, SeenVersion, Sentence
from monitor.complaints.routing.report_parties import Doer, doer_of
from storage.model import ChangeClass, ChangeStatus, Effect

BETWEEN = "两次所见之间"
"""The heading: what was between two sights that agree."""

_MOST = 3
_LONGEST = 120


def tell_blinks(material: Material, *, most: int = _MOST) -> tuple[Sentence, ...]:
    """Rules and prices that were otherwise in one capture to the buyer's harm, and then as before."""
    return tuple(told for _, told in list_blinks(material, most=most))


def list_blinks(material: Material, *, most: int = _MOST) -> tuple[tuple[Blink, Sentence], ...]:
    """The same, each sentence with what it tells of."""
    told = [(blink, one) for blink in material.file.blinks if (one := _tell(material, blink)) is not None]
    if told:
        material.note(
            f"只见于一次抓取又恢复原样的内容写作“{BETWEEN}”：可能是改了又改回，也可能是页面没有显示完整，不要当作变更主张"
        )
    return tuple(told[-most:])


def _tell(material: Material, blink: Blink) -> Sentence | None:
    change, difference = blink.change, blink.change.difference
    if change.status is not ChangeStatus.BLINKED or change.before_at is None or not difference.quotable:
        return None
    if difference.change_class not in (ChangeClass.RULE, ChangeClass.PRICE):
        return None
    if difference.effect not in (Effect.WORSE, Effect.MIXED) or not _is_back(blink):
        return None
    before, after = (material.clean(one, most=_LONGEST) for one in (difference.before, difference.after))
    marks = material.marks_of((change.before_capture, change.after_capture, blink.back.capture))
    if not (before or after) or len(marks) < 3:
        return None
    what = name_page(material, change.page.url, change.page.role, short=True)
    named = fact_of_subject(difference.subject)
    if named is not None and named[0] in FACT_ZH:
        what += f"所列的{FACT_ZH[named[0]]}"
    whose = "店铺" if doer_of(material.file, change.page.url, change.page.role) is Doer.SHOP else "平台"
    first = f"显示“{before}”" if before else "没有下述内容"
    between = f"显示“{after}”" if after else "不见该内容"
    again = f"又显示“{before}”" if before else "又没有该内容"
    seen = f"该{whose}{what}在{say_exact(change.before_at)}的抓取中{first}"
    seen += f"，在{say_exact(change.after_at)}的抓取中{between}"
    seen += f"，在{say_exact(blink.back.seen_at)}的抓取中{again}"
    newest = _newest_after(material, blink)
    shown = _shows_between(blink, newest) if newest is not None else False
    if newest is not None and shown:
        anew = f"再次显示“{after}”" if after else "再次不见该内容"
        seen += f"，其后在{say_exact(newest.seen_at)}的抓取中{anew}"
        return fact(f"{seen}；不作为变更主张，间隔期间未观察", (*marks, *material.marks_of((newest.capture,))))
    alone = "，没有再次见到" if shown is False else ""
    return fact(f"{seen}；其间所见只有一次抓取{alone}，不作为变更主张，间隔期间未观察", marks)


def _newest_after(material: Material, blink: Blink) -> SeenVersion | None:
    """The newest version of the page that was seen after all was as before again."""
    page = blink.change.page
    seen = [
        one
        for around in material.file.pages
        for one in (around.after, around.newest)
        if one is not None and (one.url, one.role, one.vantage) == (page.url, page.role, page.vantage)
    ]
    later = [one for one in seen if one.seen_at > blink.back.seen_at]
    return max(later, key=lambda one: one.seen_at, default=None)


def _shows_between(blink: Blink, seen: SeenVersion) -> bool | None:
    """Whether a version shows what was between; None where it cannot be told."""
    difference = blink.change.difference
    if difference.after:
        return stands(seen, blink.change, difference.after)
    gone = stands(seen, blink.change, difference.before)
    return None if gone is None else not gone


def _is_back(blink: Blink) -> bool:
    """Whether the last capture shows what was before, and no longer what was between."""
    difference, change = blink.change.difference, blink.change
    again = not difference.before or stands(blink.back, change, difference.before) is True
    return again and (not difference.after or stands(blink.back, change, difference.after) is False)
