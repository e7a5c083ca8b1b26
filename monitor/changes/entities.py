"""What can be measured in a clause: durations, money, shares, counts, dates, service hours, contacts, registrations.

Takes folded text (see `normal_forms.plain_text`), gives entities with their span and one comparable value: 三天, 3天
and 72小时 are the same, 7天 is less than 7个工作日. Units: durations in hours, money in yuan, shares in per cent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from monitor.changes.entity_patterns import EntityKind, load_entity_rules
from monitor.changes.numerals import NUMBER, read_number

ENDLESS = Decimal(1_000_000_000)
"""Hours of 永久; compares as longer than any written term."""
_RHYTHM = re.compile("[每逢](.)")
_WEEKDAY = re.compile("[一二三四五六日天](?=[、和及与周星礼]|$)")
_DAYTIME = {"凌": 24, "早": 0, "上": 0, "中": 0, "下": 12, "晚": 12, "夜": 12}
_PLAIN_HOURS = re.compile(r"(\d{1,2})\s?[-~至到]\s?(\d{1,2})\s?[点时]$")
_NAMED_HOURS = re.compile("上午$|下午$|白天$|全天$|全年$|工作日$")
_PICTURE = re.compile(r"^(\d{3,4}(?=p$)|[248](?=k$))([pk])$")

_DATA = re.compile(r"[\d.]+\s?([gmt]b)$")
_MEGABYTES = {"mb": 1, "gb": 1024, "tb": 1024 * 1024}
_PART_OF = re.compile("([二三四五六十])分之([一二三四五])")


@dataclass(frozen=True)
class Entity:
    """One measured or named thing. `unit`: the counted thing, the kind of contact, the way a duration is counted."""

    kind: EntityKind
    text: str
    start: int
    end: int
    value: Decimal
    unit: str = ""


_HOURS_OF = {
    "刻": Decimal(1) / 4,
    "秒": Decimal(1) / 3600,
    "分": Decimal(1) / 60,
    "时": Decimal(1),
    "天": Decimal(24),
    "周": Decimal(168),
    "月": Decimal(730),
    "季": Decimal(2190),
    "年": Decimal(8760),
    "工": Decimal(168) / 5,  # a working day is 7/5 of a day
}
_UNIT_LETTER = {
    "刻钟": "刻",
    "工作日": "工", "自然日": "天", "季": "季", "秒": "秒", "分": "分", "min": "分", "时": "时", "钟头": "时",
    "h": "时", "周": "周", "星期": "周", "礼拜": "周", "月": "月", "年": "年", "天": "天", "日": "天",
    "day": "天", "week": "周", "month": "月",
}  # fmt: skip
_TAKEN = "\x00"
_FIRST_NUMBER = re.compile(NUMBER)
_ABOUT = re.compile("[一二两三四五六七八九]{2}")  # 三五天 is five at the latest
_OFTEN = re.compile(r"[每一](?:自然)?(天|日|周|星期|个?月|半年|年|季)度?内?(?=.*[次笔回张杯份盒瓶趟局件])")
_TIMES_A_YEAR = {"天": 365, "日": 365, "周": 52, "星期": 52, "月": 12, "个月": 12, "半年": 2, "年": 1, "季": 4}
_SUM = re.compile(r"\d+(?:\s?\+\s?\d+)+")
_DAYS_OF_HOURS = re.compile(r"([1-6])\s?[×x*]")
_WEEKLY = re.compile("周|星期|每天|天天|全年")
_YUAN_AND_JIAO = re.compile(rf"元({NUMBER})\s?[角毛](?:({NUMBER})分)?|块([1-9一二三四五六七八九])[角毛]?$")
_CLOCKS = re.compile(r"(凌晨|[早晚上下中]午?)?\s?(\d{1,2}|[一二两三四五六七八九十零]{1,3})(?::(\d{2})|[点时](半)?)")
_CONTACT_KINDS = {
    "@": "email", "qq群": "group", "群": "group", "qq": "qq", "扣扣": "qq", "企鹅": "qq", "微信": "wechat",
    "威信": "wechat", "vx": "wechat", "wx": "wechat", "wechat": "wechat", "telegram": "telegram", "tg": "telegram",
    "电报": "telegram", "飞机": "telegram",
}  # fmt: skip


@lru_cache(maxsize=20_000)
def find_entities(folded: str) -> tuple[Entity, ...]:
    """All entities of a text in order, none inside another. At most the first 20,000 characters are read."""
    folded = folded[:20_000]
    taken: list[Entity] = []
    text = folded
    book = load_entity_rules()
    for place in book.index.find_places(folded):
        rule = book.rules[place]
        if rule.needs and not any(word in text for word in rule.needs):
            continue
        found = [
            entity
            for match in rule.pattern.finditer(text)
            if (entity := _measure(rule.kind, match.group(), match.start(), match.end())) is not None
        ]
        for entity in found:
            text = f"{text[: entity.start]}{_TAKEN * (entity.end - entity.start)}{text[entity.end :]}"
        taken.extend(found)
    return tuple(sorted(taken, key=lambda entity: entity.start))


def _measure(kind: EntityKind, text: str, start: int, end: int) -> Entity | None:
    value: Decimal | None = Decimal(0)
    unit = ""
    if kind is EntityKind.DURATION:
        value, unit = _read_duration(text)
    elif kind is EntityKind.MONEY:
        value = _first_number(text)
        if value is not None and (parts := _YUAN_AND_JIAO.search(text)):
            value += (read_number(parts.group(1) or parts.group(3)) or Decimal(0)) / 10
            value += (read_number(parts.group(2) or "零") or Decimal(0)) / 100
        elif value is not None and text.rstrip(" 钱").endswith(("角", "毛")):
            value /= 10
    elif kind in (EntityKind.SHARE, EntityKind.DISCOUNT):
        value = _read_share(kind, text)
    elif kind is EntityKind.COUNT and (often := _OFTEN.match(text)):
        number = _first_number(text[often.end() :])
        value, unit = number * _TIMES_A_YEAR[often.group(1)] if number is not None else None, "频"
    elif kind is EntityKind.COUNT and (parts := _SUM.match(text)):  # 6480+1600 is 8080
        value, unit = (
            Decimal(sum(map(int, re.findall(r"\d+", parts.group())))),
            _name_count(text[parts.end() :].strip()),
        )
    elif kind is EntityKind.COUNT and _WEEKLY.match(text):
        value, unit = _count_weekdays(text), "每周"
    elif kind is EntityKind.COUNT and (picture := _PICTURE.match(text)):
        value, unit = Decimal(picture.group(1)) * (540 if picture.group(2) == "k" else 1), "画质"
    elif kind is EntityKind.COUNT and text[0] in _DAYTIME:
        number = _first_number(text)
        value, unit = None if number is None else _hour_of_day(text[0], number), "点"
    elif kind is EntityKind.COUNT and (data := _DATA.match(text)):
        number = _first_number(text)
        value, unit = None if number is None else number * _MEGABYTES[data.group(1)], "mb"
    elif kind is EntityKind.COUNT and text.startswith("双"):
        value, unit = Decimal(2), _name_count(text[1:])
    elif kind is EntityKind.COUNT:
        value, unit = _first_number(text), _name_count(_FIRST_NUMBER.sub("", text, count=1).strip())
    elif kind is EntityKind.CLOCK:
        hour, minute = text.split(":")[:2]
        value = Decimal(hour) + Decimal(minute) / 60
    elif kind is EntityKind.HOURS:
        value = _read_open_hours(text)
    elif kind is EntityKind.CONTACT:
        unit = _contact_kind(text)
    elif kind is EntityKind.REGISTRATION:
        unit = "icp" if "备" in text or "icp" in text else ("company" if "\u4e00" <= text[-1] <= "\u9fff" else "code")
    return None if value is None else Entity(kind, text, start, end, value, unit)


def _name_count(unit: str) -> str:
    """The counted thing; goods are counted in 件 or 份."""
    return "件" if unit == "份" else unit


def _hour_of_day(word: str, hour: Decimal) -> Decimal:
    """An hour on the clock of a working day, which ends after midnight: 凌晨两点 is 26."""
    if hour == 12:
        return Decimal(24) if word in "晚夜凌" else hour
    return hour + _DAYTIME[word] if hour < 12 else hour


def _first_number(text: str) -> Decimal | None:
    match = _FIRST_NUMBER.search(text)
    return read_number(match.group()) if match else None


def _last_number(text: str) -> Decimal | None:
    found = _FIRST_NUMBER.findall(text)
    return read_number(found[-1][-1:] if found and _ABOUT.fullmatch(found[-1]) else found[-1]) if found else None


def _read_duration(text: str) -> tuple[Decimal | None, str]:
    book = load_entity_rules()
    if text in book.word_hours:
        return book.word_hours[text], "word"
    if rhythm := _RHYTHM.match(text):
        days = len(_WEEKDAY.findall(text)) or 1
        return Decimal(24 * {"周": 7, "星": 7, "礼": 7, "月": 30, "个": 30}.get(rhythm.group(1), 1)) / days, "rhythm"
    if text.startswith(("永", "不", "与", "和", "同", "跟")) or (
        not _FIRST_NUMBER.search(text) and not text.startswith("半")
    ):
        return ENDLESS, "endless"  # 永久, 终身, 随时: the only durations without a number
    if text[0] in "td" and "+" in text:
        return Decimal(text.split("+")[1]) * 24, "word"
    part = _PART_OF.match(text)
    unit = text[part.end() :] if part else text
    letter = next((letter for word, letter in _UNIT_LETTER.items() if word in unit), "天")
    if part:  # 三分之一小时 is twenty minutes
        whole, share = (read_number(number) for number in part.groups())
        return (share / whole * _HOURS_OF[letter], "part") if whole and share else (None, "")
    if text.startswith("半"):
        return _HOURS_OF[letter] / 2, letter
    number = _last_number(text)  # 3到5天 is five at the latest
    if number is None:
        return None, ""
    if product := _DAYS_OF_HOURS.match(text):  # 3×24小时
        number *= int(product.group(1))
    if "半" in text:
        number += Decimal("0.5")
    return number * _HOURS_OF[letter], letter


def _read_share(kind: EntityKind, text: str) -> Decimal | None:
    if text == "半价":
        return Decimal(50)
    number = _first_number(text.replace("百分之", "").replace("千分之", "").replace("万分之", ""))
    if number is None:
        return None
    if kind is EntityKind.DISCOUNT and "%" in text:
        return 100 - number  # 30% off leaves 70%
    if kind is EntityKind.DISCOUNT:
        return number * 10 if number < 10 else number
    if "成" in text:
        tail = text.split("成")[1]
        return number * 10 + (Decimal(5) if tail == "半" else (read_number(tail) or Decimal(0)))
    if "万分之" in text:
        return number / 100
    return number / 10 if ("‰" in text or "千分之" in text) else number


def _count_weekdays(text: str) -> Decimal:
    """周一至周五 is five days a week; 每天 is seven."""
    if not text.startswith(("周", "星期")):
        return Decimal(7)
    days = ["一二三四五六日".index(day) for day in text.replace("天", "日") if day in "一二三四五六日"]
    days = [day for place, day in enumerate(days) if place in (0, len(days) - 1)]
    return Decimal(days[-1] - days[0] + 1)


def _read_open_hours(text: str) -> Decimal | None:
    if named := _NAMED_HOURS.search(text):
        days = Decimal(5) / 7 if "工作日" in text else Decimal(1)
        return days * {"上": 4, "下": 5, "白": 10, "工": 8}.get(named.group()[0] if named.group() else "工", 24)
    if plain := _PLAIN_HOURS.match(text):
        length = Decimal(plain.group(2)) - Decimal(plain.group(1))
        return length + 24 if length <= 0 else length
    clocks = list(_CLOCKS.finditer(text))
    if len(clocks) != 2:
        return Decimal(24)
    moments = []
    for clock in clocks:
        hour = (read_number(clock.group(2)) or Decimal(0)) + Decimal(clock.group(3) or 0) / 60
        hour += Decimal("0.5") if clock.group(4) else 0
        word = clock.group(1) or ""
        evening = (word[:1] == "晚" and hour <= 12) or (word[:1] == "下" and hour < 12)
        moments.append(hour + 12 if evening else hour)
    length = moments[1] - moments[0]
    return length + 24 if length <= 0 else length


def _contact_kind(text: str) -> str:
    if "@" in text and "." in text.rsplit("@", 1)[1]:
        return "email"
    if "_" in text and "号" not in text[:4] and not text.startswith(tuple(_CONTACT_KINDS)):
        return "number"
    if "号" in text[:4] and not text.startswith(("群", "微信", "qq", "企鹅")):
        return "number"
    named = next((kind for word, kind in _CONTACT_KINDS.items() if text.startswith(word)), "")
    if named:
        return named
    return (
        "url"
        if re.search(r"[a-z]", text)
        else ("phone" if re.match(r"[480]|1[3-9]\d{9}|.*-", text.strip()) else "number")
    )
