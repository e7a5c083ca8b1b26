"""Whether a text is a copied or exported chat, and when its first and last lines were said. Pure.

Knows how WeChat, QQ and Telegram write time lines; a text with dates in it is not yet a chat.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from monitor.times import SHANGHAI
from storage.case import FoundTime

_MOST_LINES = 40_000
_LONGEST_HEAD = 80
_LEAST_HEADS = 2
_TIME = (
    r"(?P<year>20\d{2})[-/.年]\s?(?P<month>\d{1,2})[-/.月]\s?(?P<day>\d{1,2})日?"
    r"[ \t,T]{0,3}(?:(?:星期|周)[一二三四五六日天])?\s?(?P<half>凌晨|早上|上午|中午|下午|晚上)?"
    r"\s?(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?"
)
_TIME_FIRST = re.compile(rf"^\[?{_TIME}\]?(?P<rest>.*)$")
_TIME_LAST = re.compile(rf"^(?P<who>[^:：]{{1,40}})[ \t(（]{{1,3}}{_TIME}[)）]?\s*[:：]?$")
_TELEGRAM = re.compile(
    r"^(?P<day>\d{2})\.(?P<month>\d{2})\.(?P<year>20\d{2}) (?P<hour>\d{2}):(?P<minute>\d{2}):(?P<second>\d{2})"
)
_MARKS = ("消息记录（此消息记录为文本格式", "消息对象:", "消息分组:", "聊天记录", "Exported Data", "Chat history")


@dataclass(frozen=True)
class Chat:
    """A recognised chat: how many time lines it has, the first and the last moment."""

    lines: int
    first: datetime
    last: datetime

    @property
    def times(self) -> tuple[FoundTime, ...]:
        """Both moments as found times; exports write no zone."""
        found = [FoundTime("chat", "第一条", self.first, False)]
        if self.last != self.first:
            found.append(FoundTime("chat", "最后一条", self.last, False))
        return tuple(found)


def recognise_chat(text: str) -> Chat | None:
    """The chat that a text is, None for what is none."""
    moments: list[datetime] = []
    for line in text.splitlines()[:_MOST_LINES]:
        head = line.strip()
        if not head or not any(sign.isdigit() for sign in head[:60]):
            continue
        moment = _read_head(head)
        if moment is not None:
            moments.append(moment)
    marked = any(mark in text[:3000] for mark in _MARKS)
    if len(moments) < (1 if marked else _LEAST_HEADS):
        return None
    return Chat(len(moments), min(moments), max(moments))


def _read_head(line: str) -> datetime | None:
    """The moment of a line that opens what somebody said: time and name, name and time, or the time with the words."""
    first = _TIME_FIRST.match(line[:300])
    if first and _opens(first["rest"]):
        return _moment(first)
    if len(line) > _LONGEST_HEAD:
        return None
    found = _TIME_LAST.match(line) or _TELEGRAM.match(line)
    return _moment(found) if found else None


def _opens(rest: str) -> bool:
    """Whether what follows a time is a name, a name and the words, or nothing: not the middle of a sentence."""
    stripped = rest.strip()
    return not stripped or len(stripped) <= 40 or re.match(r"[^:：，。]{1,40}[:：]", stripped) is not None


def _moment(match: re.Match[str]) -> datetime | None:
    parts = match.groupdict()
    hour = int(parts["hour"])
    if parts.get("half") in ("下午", "晚上") and hour < 12:
        hour += 12
    try:
        return datetime(
            int(parts["year"]),
            int(parts["month"]),
            int(parts["day"]),
            hour,
            int(parts["minute"]),
            int(parts["second"] or 0),
            tzinfo=SHANGHAI,
        ).astimezone(UTC)
    except ValueError:
        return None
