"""What comes and goes on a list: products, and the links to rules. What a list did not show is not what it lost.

Takes two readings and the differences between them, gives the differences that can be told. A list that was not seen
whole (cut short, another category, one of several pages) has no vanished products: that it is not known is said. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from monitor.outcomes import registrable_domain
from scrapers.model import Fact, FactKind, Reading
from storage.model import Change, ChangeClass, Difference, Effect, Severity, StoredCapture

CAME, WENT = "product_added", "product_removed"
LINK_KINDS = frozenset({"terms_page_added", "terms_page_removed", "terms_page_moved"})
COMING_AND_GOING = frozenset({CAME, WENT}) | LINK_KINDS
"""Kinds that a second capture must show, whatever their class: lists flicker more than anything else."""

_TOTAL = re.compile(
    r"(?:共|全部|总计|合计)\s{0,3}(?:有\s{0,2})?(\d{1,5})\s{0,3}[件个款种条项]\s{0,3}(?:商品|产品|宝贝|货品|记录|结果|数据)"
)
_TOTAL_FIRST = re.compile(r"(?:商品|产品)(?:总数|数量|共计)\s{0,2}[:：]?\s{0,2}(\d{1,5})")
_PAGES = re.compile(
    r"下一页|末页|尾页|加载更多|查看更多商品|上拉加载|load more|next page|共\s{0,2}(?:[2-9]|[1-9]\d{1,3})\s{0,2}页"
    r"|\d\s{0,2}/\s{0,2}(?:[2-9]|[1-9]\d)\s{0,2}页",
    re.I,
)
_MOST_TEXT = 200_000
_PARTS_OF_LISTS = frozenset({"load", "dom", "document", "scripts", "traffic", "text", "settling", "tabs"})
_LOADED = ("document", "xhr", "fetch", "script", "frame")
_LEAST_FOR_SWITCH = 3
_NAMED = 5
_WORTH = {"terms": "规则条款", "notice": "公告", "contact": "联系或投诉", "release": "发布页"}


def explain_partial(shown: Reading, other: Reading, *, missing: str = "") -> str:
    """Why a list may show a part of itself only, "" where it seems whole; `missing` is what its capture lacked."""
    here, there = _listed(shown), _listed(other)
    if missing:
        return f"该次抓取不完整（{missing}）"
    if there and not here:
        return "该次没有读到任何商品"
    text = shown.text[:_MOST_TEXT]
    stated = [int(match.group(1)) for pattern in (_TOTAL, _TOTAL_FIRST) for match in pattern.finditer(text)]
    if stated and max(stated) > len(here) > 0:
        return f"页面写明共{max(stated)}件，只显示了{len(here)}件"
    if _PAGES.search(text):
        return "列表分页或逐步加载，只看到其中一部分"
    if min(len(here), len(there)) >= _LEAST_FOR_SWITCH and len(here & there) * 4 < min(len(here), len(there)):
        return "列表内容几乎全部不同，可能换了分类或只是推荐"
    return ""


def explain_missing(capture: StoredCapture) -> str:
    """What a capture lacked that its list may have needed, "" where only pictures or views are missing."""
    for what, _why in capture.missing:
        kind, _, address = what.partition(" ")
        if what in _PARTS_OF_LISTS:
            return what
        if kind in _LOADED and registrable_domain(address) == registrable_domain(capture.page.url):
            return f"{kind} {address}"[:120]
    return ""


def withhold_absences(
    differences: Sequence[Difference],
    before: Reading,
    after: Reading,
    *,
    missing_before: str = "",
    missing_after: str = "",
) -> list[Difference]:
    """The differences without products that only went or came out of sight; one difference says what is not known."""
    gone = [one for one in differences if WENT in one.kinds]
    came = [one for one in differences if CAME in one.kinds]
    why_after = explain_partial(after, before, missing=missing_after) if gone else ""
    why_before = explain_partial(before, after, missing=missing_before) if came else ""
    if not why_after and not why_before:
        return list(differences)
    held = [*(gone if why_after else ()), *(came if why_before and _is_back(before, why_before) else ())]
    kept = [one for one in differences if one not in held]
    if why_after:
        kept.append(_tell_unknown(gone, why_after))
    if why_before:
        kept = [_doubt_newness(one, why_before) if one in came else one for one in kept]
    return kept


def holds_back(change: Change, before: Reading, after: Reading, *, missing: str = "") -> bool:
    """Whether a pending loss must wait: the newest list is no whole one, so its silence confirms nothing."""
    return WENT in change.difference.kinds and bool(explain_partial(after, before, missing=missing))


def compare_links(before: Reading, after: Reading) -> list[Difference]:
    """Links to rules, notices, contacts and release pages that came, went, or lead elsewhere under the same words."""
    old, new = _links(before), _links(after)
    if not new and len(old) > 1:
        return []  # all at once: the navigation was not there, which says nothing of one link
    addresses = {fact.value for fact in new.values()}, {fact.value for fact in old.values()}
    found = []
    for key, fact in old.items():
        if key not in new and fact.value not in addresses[0]:
            found.append(_tell_link(fact, gone=True))
        elif key in new and new[key].value != fact.value:
            found.append(_tell_moved(fact, new[key]))
    found += [
        _tell_link(fact, gone=False)
        for key, fact in new.items()
        if key not in old and fact.value not in addresses[1] and old
    ]
    return found


def without_links(reading: Reading) -> Reading:
    """The reading without its links, which are compared by themselves."""
    kept = tuple(fact for fact in reading.facts if fact.kind is not FactKind.LINK)
    return reading if len(kept) == len(reading.facts) else replace(reading, facts=kept)


def _listed(reading: Reading) -> frozenset[str]:
    return frozenset(fact.subject for fact in reading.facts if fact.subject and fact.kind is FactKind.NAME)


def _is_back(before: Reading, why: str) -> bool:
    """Whether the older list was so incomplete that what came may have been there all along."""
    return not _PAGES.search(before.text[:_MOST_TEXT]) or "共" in why or "抓取" in why


def _doubt_newness(one: Difference, why: str) -> Difference:
    return replace(one, reason=f"{one.reason}（{why}，也可能原来就有）")


def _tell_unknown(gone: Sequence[Difference], why: str) -> Difference:
    names = "、".join(one.before for one in gone[:_NAMED]) + (" 等" if len(gone) > _NAMED else "")
    return Difference(
        ChangeClass.NOISE,
        Severity.NONE,
        Effect.NEUTRAL,
        ("list_incomplete",),
        "",
        names,
        "",
        f"{why}：{len(gone)}件商品此次未见，是否下架不明",
    )


def _links(reading: Reading) -> dict[str, Fact]:
    return {fact.qualifier: fact for fact in reading.facts if fact.kind is FactKind.LINK}


def _tell_link(fact: Fact, *, gone: bool) -> Difference:
    role, words = fact.qualifier.partition(":")[0], fact.shown
    what = _WORTH.get(role, "页面")
    if gone:
        severity = Severity.MEDIUM if role in ("terms", "contact") else Severity.LOW
        reason = f"页面上不再有通往{what}的链接“{words}”"
        return Difference(
            ChangeClass.RULE, severity, Effect.WORSE, ("terms_page_removed",), f"链接 {words}", words, "", reason
        )
    reason = f"页面上新增通往{what}的链接“{words}”"
    return Difference(
        ChangeClass.NEW, Severity.NONE, Effect.NEUTRAL, ("terms_page_added",), f"链接 {words}", "", words, reason
    )


def _tell_moved(old: Fact, new: Fact) -> Difference:
    reason = f"链接“{old.shown}”改指向另一页面：{old.value} → {new.value}"
    return Difference(
        ChangeClass.WORDING, Severity.LOW, Effect.NEUTRAL, ("terms_page_moved",), f"链接 {old.shown}", old.value,
        new.value, reason,
    )  # fmt: skip
