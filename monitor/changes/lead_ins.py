"""Lead-ins of lists: 以下情况不予售后：1. … 2. … — what a list does with each of its items.

An item alone says nothing, or the contrary (提示无效的 in a list of what is not replaced). Takes a lead-in and an item,
gives the sentence that both make together; it is judged and never quoted. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from monitor.changes.normal_forms import plain_line
from monitor.changes.signals import find_signals
from monitor.changes.stances import read_stances

_LONGEST = 80
_SHORTEST_CONSEQUENCE = 3
_CASES = "情况|情形|行为|问题|原因|商品|产品|卡种|卡密|订单|类目|事项|场景|现象|账号|损失|后果|风险|费用"
_CASE = re.compile(
    rf"(?:如果?|若|凡是?|凡有|但凡|遇到?|出现|发生|属于|属|存在|因|由于|有|对于|符合|满足|触犯|违反)*(?:以下|下列|如下|下述|下面)"
    rf"(?:任何|任意|任一|各|几|这几|[一二三四五六七八九十两\d]+)*(?:种|类|项|条|个|款)*(?P<what>{_CASES}|条件|要求|规定|材料|凭证|资料|信息|证明|内容|之一)"
    r"(?P<one>(?:之一|中的?任[何意]?一[种项个条])?)(?:的(?!商品|订单)|者|时|下)?,?"
)
_TAIL = re.compile(rf"(?:的|之)?(?:具体)?(?:{_CASES}|范围)?(?:具体)?(?:如下|包括|包含|有|为|是|即|及)?(?:但不限于)?$")
_CONDITIONS = frozenset({"条件", "要求", "规定"})
_THINGS = frozenset({"材料", "凭证", "资料", "信息", "证明", "内容"})
_ASKED = re.compile(r"(?:提供|提交|准备|出示|附上|上传|发送|收集|采集|获取|使用|读取)$")
_MARKS = " ,、。.;；：:，-—*#【】[]"
_ON_EACH = ("对", "将", "把", "就", "为", "因")
_ALL_OF = re.compile(r"同时|全部|均|都|所有|方|才")


@lru_cache(maxsize=2_000)
def read_lead_in(text: str) -> tuple[str, str] | None:
    """What a lead-in says before and after each item, ("", "") parts included; None where a text is none.

    以下情况不予售后： gives ("", "不予售后"), 申请时须提供以下材料： ("申请时须提供", "").
    """
    if len(text) > _LONGEST or text.rstrip(" *】」]")[-1:] not in (":", "："):
        return None
    plain = plain_line(text).strip(_MARKS)
    match = _CASE.search(plain)
    if match is None:
        told = _TAIL.sub("", plain)
        return ("", told) if told != plain and "," not in told and _rules(told) else None
    before, after = plain[: match.start()].strip(_MARKS), plain[match.end() :].strip(_MARKS)
    after = _TAIL.sub("", after) if after else ""
    if match["what"] in _THINGS and _ASKED.search(before) and not after:
        return before, ""
    told = f"{before}此{after}" if before.endswith(_ON_EACH) else f"{before},{after}".strip(",")
    if not _rules(told):
        return None
    if match["what"] in _CONDITIONS and not match["one"]:  # all of them: each is one more thing to meet
        return "须", told if _ALL_OF.search(told) else f"方{told.lstrip('则就')}"
    return "", told


def _rules(told: str) -> bool:
    """Whether what a lead-in says of its items gives, takes or asks something: 售后规则 only names them."""
    return len(told) >= _SHORTEST_CONSEQUENCE and bool(read_stances(told, told) or find_signals(told, told))


def join_item(lead_in: str, item: str) -> str:
    """The sentence that an item says under its lead-in; the item itself where that is none."""
    told = read_lead_in(lead_in) if lead_in else None
    if told is None:
        return item
    before, after = told
    bare = item.strip().rstrip("。.;；,，、")
    return f"{before}{bare}，{after}" if after else f"{before}{bare}"


def find_lead_ins(lines: Sequence[tuple[str, int]], *, is_lead_in: Sequence[bool]) -> list[int | None]:
    """For each line of a block (its text, the level of its mark, 0 for none) which line leads it in, if any."""
    leads: list[int | None] = [None] * len(lines)
    place = 0
    while place < len(lines):
        if is_lead_in[place]:
            for item in _list_items(lines, place):
                leads[item] = place
        place += 1
    return leads


def _list_items(lines: Sequence[tuple[str, int]], lead: int) -> list[int]:
    """The lines that are items of the list which a line begins: with one mark, or without until one closes."""
    own = lines[lead][1]
    following = lead + 1
    if following >= len(lines):
        return []
    level = lines[following][1]
    if level and level == own:
        return []
    items: list[int] = []
    for place in range(following, len(lines)):
        text, mark = lines[place]
        if not level:
            if mark or text.rstrip().endswith((":", "：")):
                break
            items.append(place)
            if not text.rstrip().endswith((";", "；", "、", ",", "，")):
                break
        elif mark == level:
            items.append(place)
        elif not mark or mark < level:
            break
    return items if len(items) > 1 or level else []
