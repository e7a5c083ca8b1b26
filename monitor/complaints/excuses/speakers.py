"""Who said which line of a chat: the buyer, the seller, an automatic reply, or somebody the text does not tell. Pure.

Exports and copied chats put the name before the words, the time before the name, or both on a line of their own.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from storage.case import Facts

BUYER, SELLER, ROBOT, UNKNOWN = "buyer", "seller", "robot", "unknown"

_TIME = (
    r"\[?(?:20\d{2}[-/.年]\s?\d{1,2}[-/.月]\s?\d{1,2}日?)?[ \tT,]{0,3}(?:(?:星期|周)[一二三四五六日天])?\s?"
    r"(?:凌晨|早上|上午|中午|下午|晚上)?\s?\d{1,2}:\d{2}(?::\d{2})?\]?"
)
_SAID = re.compile(rf"^[ \t]*(?P<time>{_TIME})?[ \t]*(?P<name>[^\s:：，。,；;！？]{{1,20}})[ \t]*[:：]")
_NAME_TIME = re.compile(rf"^[ \t]*(?P<name>[^:：，。]{{1,40}}?)[ \t(（]{{1,3}}{_TIME}[)）]?[ \t]*[:：]?[ \t]*$")
_TIME_NAME = re.compile(rf"^[ \t]*{_TIME}[ \t]+(?P<name>[^\s:：，。]{{1,20}})[ \t]*$")
_OWN_NAMES = frozenset(("我", "本人", "我方", "自己", "买家", "买方", "顾客", "客户", "用户"))
_ROBOT = re.compile(r"智能|机器人|自动|自助|\bai\b|\bbot\b", re.I)
_SELLER = re.compile(r"客服|商家|卖家|店|掌柜|老板|平台|官方|管理员|售后|供货|上级|号商|商户")
_LONGEST_HEAD = 120


@dataclass(frozen=True)
class Speakers:
    """Who speaks from which character on, in the order of the text."""

    starts: tuple[int, ...]
    kinds: tuple[str, ...]

    def at(self, place: int) -> str:
        """Who speaks at a character."""
        found = bisect_right(self.starts, place) - 1
        return self.kinds[found] if found >= 0 else UNKNOWN


def find_speakers(text: str, facts: Facts) -> Speakers:
    """Who speaks in a text. A speaker with a time before him keeps the lines below; one without only his own line."""
    starts: list[int] = []
    kinds: list[str] = []
    current, place = UNKNOWN, 0
    for line in text.split("\n"):
        head = line[:_LONGEST_HEAD]
        kind = current
        if alone := (_NAME_TIME.match(head) or _TIME_NAME.match(head)) if len(line) <= _LONGEST_HEAD else None:
            kind = current = _kind_of(alone["name"], facts)
        elif said := _SAID.match(head):
            kind = _kind_of(said["name"], facts)
            if said["time"]:
                current = kind
            elif kind != UNKNOWN:
                current = UNKNOWN
        starts.append(place)
        kinds.append(kind)
        place += len(line) + 1
    return Speakers(tuple(starts), tuple(kinds))


def _kind_of(name: str, facts: Facts) -> str:
    plain = "".join(name.split())
    own = "".join(facts.buyer.name.split())
    if _ROBOT.search(plain):
        return ROBOT
    if plain in _OWN_NAMES or (len(own) >= 2 and own in plain):
        return BUYER
    named = (facts.platform, facts.respondent.name, facts.respondent.shop, facts.payee)
    if _SELLER.search(plain) or any(len(one) >= 2 and (one in plain or plain in one) for one in named):
        return SELLER
    return UNKNOWN
