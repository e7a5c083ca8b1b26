"""Why a change that the archive holds is not told as one: nobody may say that a page took back what it shows elsewhere.

Takes a change with the material of a letter, gives the reason as a phrase, "" where it can be told. Also the line of a
page in which a value stands, for a value alone (45) is no quotation. Pure.
"""

from __future__ import annotations

import re

from monitor.changes.fact_judging import fact_of_subject
from monitor.complaints.letters.material import Material
from monitor.complaints.letters.page_sight import look_at, make_dense
from monitor.complaints.model import SeenVersion
from scrapers.domains import registrable_domain
from scrapers.model import FactKind, Origin
from storage.model import Change

_OF_PRICE = re.compile(r"价|¥|￥|\$")  # 元 alone stands in the names of goods
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def doubt_change(material: Material, change: Change) -> str:
    """Why this change is not claimed: other accounts, half a capture, a value that no page shows, words that stay."""
    sides = (change.before_capture, change.after_capture)
    if len(material.extra.logged_in.intersection(sides)) == 1:
        return "两次抓取一次登录、一次没有登录，看到的不同不等于修改"
    difference = change.difference
    if any(one in material.file.partial for one in sides) and not (difference.before and difference.after):
        return "其中一次抓取没有完成，没有读到不等于删去"
    if fact_of_subject(difference.subject) is None:
        held = _still_held(material, change)
        return f"同一网站的另一页面（{held.url}）在其后的抓取中仍显示该内容" if held is not None else ""
    for capture, value in zip(sides, (difference.before, difference.after), strict=True):
        seen = find_version(material, capture)
        if value and seen is not None and not quote_value(seen, change, value):
            return f"“{value}”在页面上没有照此显示，是读取时折算的"
    return ""


def find_version(material: Material, capture: str | None) -> SeenVersion | None:
    """What a capture showed, where it is among those of the case."""
    sides = [one for page in material.file.pages for one in (page.before, page.after, page.newest) if one is not None]
    return next((one for one in sides if one.capture == capture), None)


def quote_value(seen: SeenVersion, change: Change, value: str) -> str:
    """The shortest visible line in which a value stands as that fact, with its label; "" where none does."""
    named = fact_of_subject(change.difference.subject)
    same = [one for one in seen.reading.facts if named is not None and (one.kind, one.qualifier) == named]
    words = dict.fromkeys([one.shown for one in same if value in (one.value, one.shown) and one.shown] + [value])
    lines = [one for one in look_at(seen).units.values() if any(_holds(one, word) for word in words)]
    if named is not None and named[0] is FactKind.PRICE:
        lines = [one for one in lines if _OF_PRICE.search(one)] or lines
    return min(lines, key=len, default="")


def quote_beside(seen: SeenVersion, change: Change, other: str, told: str) -> str:
    """Another line of a price on the same capture that holds the other side's value already; "" where none does."""
    named = fact_of_subject(change.difference.subject)
    if named is None or named[0] is not FactKind.PRICE or not other:
        return ""
    lines = [one for one in look_at(seen).units.values() if _holds(one, other) and _OF_PRICE.search(one)]
    return next((one for one in lines if one != told), "")


def _holds(line: str, value: str) -> bool:
    """Whether a line holds a value: a number whole, in whatever decimals, else the words."""
    if not _NUMBER.fullmatch(value):
        return make_dense(value) in make_dense(line)
    return any(float(found) == float(value) for found in _NUMBER.findall(line.replace(",", "")))


def _still_held(material: Material, change: Change) -> SeenVersion | None:
    """A later capture of another page of the same site that shows what is said to be gone."""
    before, site = change.difference.before, registrable_domain(change.page.url)
    if not before or (change.difference.after and before in change.difference.after):
        return None
    for page in material.file.pages:
        for seen in (page.after, page.newest):
            if seen is None or seen.origin is not Origin.OWN or seen.seen_at < change.after_at:
                continue
            if seen.url == change.page.url or registrable_domain(seen.url) != site:
                continue
            if look_at(seen).holds(before):
                return seen
    return None
