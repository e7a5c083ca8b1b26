"""Whether a page looks as it did: its fingerprint, and whether a difference is only a price, a stock or a counter.

Pure. Wrong towards "different" costs a screenshot; wrong towards "equal" would lose evidence, so anything that reads
like a rule (days, hours, warranty, refund ...) never counts as a mere number.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

from scrapers.model import Appearance, Exchange

_PAINTED = ("image", "stylesheet", "font")
_NUMBERS = re.compile(r"\d+(?:[.,]\d+)*")
_STOCK_WORDS = re.compile(
    "已售罄|售罄|所剩无几|数量有限|现货充足|库存爆棚|库存充足|库存紧张|库存不足|库存告急|缺货|有货|无货|充足|少量|一般|加载中"
)
_COUNTED = re.compile(
    r"[¥￥$]|元|库存|已售|剩余|余量|销量|售出|售价|单价|价格|现价|浏览|访问|人气|热度|在线|成交|stock|sold|left|price|views",
    re.IGNORECASE,
)
_RULES = re.compile(
    "天|日|小时|分钟|周|个?月|年|质保|保修|售后|退|补|赔|换|期|内|限|每人|至少|起|满|折|不予|概不|规则|须知|协议|责任|"
    "仅|必须|不得|联系|电话|微信|群|qq",
    re.IGNORECASE,
)
_LONGEST = 60


def make_appearance(
    text: str, popups: Iterable[str], exchanges: Iterable[Exchange], styles: str, size: tuple[int, int], view: str
) -> Appearance:
    """Fingerprint of visible text and pop-ups, and of painted payloads, own styles, document size and viewport."""
    seen = hashlib.sha256("\0".join((text, *popups)).encode("utf-8", "replace")).hexdigest()
    painted = sorted(
        {
            exchange.body_digest or f"{exchange.url} {exchange.status} {exchange.error}"
            for exchange in exchanges
            if exchange.resource_type in _PAINTED and (exchange.status or 0) // 100 != 3
        }
    )
    resources = hashlib.sha256("\n".join((view, f"{size[0]}x{size[1]}", *painted, styles)).encode("utf-8", "replace"))
    return Appearance(seen, resources.hexdigest())


def find_moved_numbers(before: str, after: str) -> tuple[str, ...] | None:
    """The lines of `after` that differ, when all are prices, stocks or counters; None when anything else moved."""
    old, new = before.splitlines(), after.splitlines()
    if len(old) != len(new):
        return None
    moved: list[str] = []
    for place, (was, now) in enumerate(zip(old, new, strict=True)):
        if was == now:
            continue
        if not _is_counter(old, place) or not _is_counter(new, place) or _shape(was) != _shape(now):
            return None
        moved.append(now.strip())
    return tuple(moved) or None


def _is_counter(lines: list[str], place: int) -> bool:
    """A short line with a number or stock word next to a word for money, stock or count, and no word of a rule."""
    line = lines[place].strip()
    if not line or len(line) > _LONGEST or _RULES.search(_STOCK_WORDS.sub("", line)):
        return False
    if _STOCK_WORDS.search(line) or (_COUNTED.search(line) and _NUMBERS.search(line)):
        return True
    if not re.fullmatch(r"[\d.,\s+]+", line):
        return False
    near = [other.strip() for other in (*lines[max(place - 2, 0) : place], *lines[place + 1 : place + 2])]
    beside = " ".join(other for other in near if len(other) <= _LONGEST)
    return bool(_COUNTED.search(beside)) and not _RULES.search(beside)


def _shape(line: str) -> str:
    return re.sub(r"\s+", "", _NUMBERS.sub("#", _STOCK_WORDS.sub("#", line)))
