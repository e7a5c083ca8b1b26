"""An answer of the other side that is too long for its place: what it grants, asks or refuses stays, and the gaps show.

Takes an answer on one line and a number of characters, gives it whole or as an excerpt with ……. Pure.
"""

from __future__ import annotations

import re

GAP = "……"
_CLAUSE = re.compile(r"[^，,。；;！!？?]+[，,。；;！!？?]*")
_WEIGHS = re.compile(
    r"退(?!出)|(?<!兑)换(?!绑|号码)|补(?!充|丁)|赔|重发|返还|抵扣|优惠券|同意|可以给|不(?:予|能|给|可以|支持|承认|认可|处理)|拒绝|概不|差价"
)
_REFUSES = re.compile(r"不|拒|概|无法|没")
_CONDITION = re.compile(r"如果|若|要是|的话|核实|确认是|等(?!候)|除非|前提|须|需要您|请(?:您)?提供")
_LONGEST = 3  # times the room that what weighs may take


def excerpt_reply(text: str, most: int) -> str:
    """The answer whole where it fits; else its clauses that grant, ask or refuse with the condition before them.

    The beginning fills what room is left. What weighs may take three times the room, what grants first: half of an
    offer would be another one.
    """
    if not most or len(text) <= most:
        return text
    clauses = _CLAUSE.findall(text)
    kept = {place for place, one in enumerate(clauses) if _WEIGHS.search(one)}
    kept |= {place - 1 for place in kept if place and _CONDITION.search(clauses[place - 1])}
    if not kept:
        return text[:most].rstrip() + GAP
    kept = _fit(clauses, kept, most * _LONGEST)
    room = most - sum(len(clauses[place]) for place in kept)
    for place, one in enumerate(clauses):
        if place in kept:
            continue
        if len(one) > room:
            break
        room -= len(one)
        kept.add(place)
    return _join(clauses, kept)


def _fit(clauses: list[str], kept: set[int], room: int) -> set[int]:
    """Of the clauses that weigh as many as fit, those that grant before those that refuse."""
    fitting: set[int] = set()
    for place in sorted(kept, key=lambda place: (_REFUSES.search(clauses[place]) is not None, place)):
        if len(clauses[place]) <= room:
            room -= len(clauses[place])
            fitting.add(place)
    return fitting


def _join(clauses: list[str], kept: set[int]) -> str:
    """The kept clauses in their order, each gap as one ……."""
    told = ""
    for place, one in enumerate(clauses):
        if place in kept:
            told += one
        elif not told.endswith(GAP):
            told += GAP
    return told.rstrip("，,；; ")
