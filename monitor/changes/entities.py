"""What can be measured in a clause: durations, money, shares, counts, dates, hours of service, contacts, registrations.

Takes folded text (see `normal_forms.plain_text`), gives entities with their span and one comparable value: 三天, 3天 and
72小时 are the same, 7天 is less than 7个工作日. Units: durations in hours, money in yuan, shares in per cent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from monitor.changes.numerals import CHINESE_NUMBER, NUMBER, read_number

ENDLESS = Decimal(1_000_000_000)
"""Hours of 永久; compares as longer than any written term."""


class EntityKind(StrEnum):
    """What an entity measures or names."""

    DURATION = "duration"
    MONEY = "money"
    SHARE = "share"  # 70%, 七成
    DISCOUNT = "discount"  # 8折: what is left of the price, in per cent
    COUNT = "count"
    DATE = "date"
    HOURS = "hours"  # 9:00-23:00: open hours a day
    CLOCK = "clock"
    CONTACT = "contact"
    AUTHORITY = "authority"  # 12315 and the like
    REGISTRATION = "registration"  # company name, credit code, ICP number


@dataclass(frozen=True)
class Entity:
    """One measured or named thing. `unit` is the counted thing, the kind of contact, or the way a duration is counted."""

    kind: EntityKind
    text: str
    start: int
    end: int
    value: Decimal
    unit: str = ""

    @property
    def same_as(self) -> tuple[EntityKind, Decimal, str]:
        """Equal for two ways to write the same thing."""
        named = self.kind in (EntityKind.CONTACT, EntityKind.AUTHORITY, EntityKind.REGISTRATION, EntityKind.DATE)
        return self.kind, self.value, self.text if named else (self.unit if self.kind is EntityKind.COUNT else "")


_HOURS_OF = {
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
_UNIT_LETTER = (
    ("工作日", "工"), ("自然日", "天"), ("季", "季"), ("秒", "秒"), ("分", "分"), ("min", "分"), ("时", "时"),
    ("钟头", "时"), ("h", "时"), ("周", "周"), ("星期", "周"), ("礼拜", "周"), ("月", "月"), ("年", "年"), ("天", "天"), ("日", "天"),
)  # fmt: skip
_DURATION_UNIT = (
    r"个?\s?(?:工作日|自然日|小时|钟头|星期|礼拜|季度)|秒钟?|分钟|分(?=内|以内|后)|h(?![a-z])|hours?|mins?|天(?!猫|天)|日(?!元|志|常|期)"
    r"|周(?!年|边)|个\s?月|月(?=内|质保|售后|有效|保修)|(?<=半)月|季(?=质保)|周年|年(?!会|费|度|卡|龄|版|代|级|货|底|终|付|[0-9]{1,2}月)"
)
_SOON = {"当天": 12, "当日": 12, "即日": 12, "次日": 24, "隔天": 24, "隔日": 24, "半天": 12, "半小时": 0.5, "秒发": 0, "秒到": 0, "即时": 0, "实时": 0}
_WORD_VALUE = {word: Decimal(str(hours)) for word, hours in _SOON.items()}
_ENDLESS_WORDS = r"永久|终身|终生|长期(?=有效|质保|保修|售后)|无限期|不限(?:时间|时)(?!段)|随时(?=可|都|申请|提现|退|反馈|投诉)"
_COUNT_UNIT = (
    r"gb|mb|tb|kb|mbps|人车|人团|人(?!民|工|员|为|士|心)|次|张|件|个(?!人|月|工作日|小时|自然日|别|性|字符)|份|单(?!独|价|次|笔)|台|端(?!口)|位"
    r"|倍|条|级|部|套|组|枚|点(?!击|卡|券|[0-9])|积分|席|笔|轮|局|账号|设备|线程|并发|星|k(?![a-z])|g(?![a-z])|m(?![a-z])|t(?![a-z])"
)
_RULES: tuple[tuple[EntityKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (EntityKind.REGISTRATION, r"(?<![0-9a-z])[0-9a-hj-npqrtuwxy]{2}\d{6}[0-9a-hj-npqrtuwxy]{10}(?![0-9a-z])"),
        (EntityKind.REGISTRATION, r"[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新]\s?(?:icp[备证]|公网安备)\s?\d{5,14}(?:号(?:-\d+)?)?"),
        (EntityKind.REGISTRATION, r"[\u4e00-\u9fff()a-z]{2,24}?(?:有限责任公司|股份有限公司|有限公司|个体工商户|工作室|商行|经营部)"),
        (EntityKind.CONTACT, r"[a-z0-9._+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4}"),
        (EntityKind.CONTACT, r"(?:https?://|www\.)[^\s,，。;；\"'<>()（）\u4e00-\u9fff]{3,300}|(?<![a-z0-9@.])(?:[a-z0-9-]{1,63}\.){1,4}(?:com|cn|net|top|xyz|vip|cc|shop|test|example|org|icu|io|me|co|club|site|online|store|fun|pro|ltd|link|app)(?![a-z0-9])(?:/[^\s,，。;；\"'<>()（）\u4e00-\u9fff]{0,200})?"),
        (EntityKind.AUTHORITY, r"(?<!\d)(?:12315|12345|12321|12377|12318|96110|12381|12300)(?!\d)"),
        (EntityKind.CONTACT, r"(?<![\d-])(?:[48]00-?\d{3,4}-?\d{3,4}|0\d{2,3}[- ]\d{3,4}[- ]?\d{4}|1[3-9]\d[- ]?\d{4}[- ]?\d{4})(?![\d-])"),
        (EntityKind.CONTACT, r"(?:qq群?|企鹅群?|扣扣|群号?|微信号?|vx|wx|wechat|威信|telegram|tg|电报|飞机|纸飞机)\s?[:：]?\s?(?:@?[a-z][a-z0-9_-]{4,31}|\d{5,12})(?![0-9])"),
        (EntityKind.CONTACT, r"(?<=[:群号])\s?\d{6,11}(?![\d.]|\s?(?:元|件|个|张|次|人|天|年))"),
        (EntityKind.HOURS, r"(?:[早晚上下中]午?)?\d{1,2}(?::\d{2}|[点时](?:半)?)\s?[-~至到]{1,3}\s?(?:次日|凌晨|[早晚上下中]午?)?\s?\d{1,2}(?::\d{2}|[点时](?:半)?)"),
        (EntityKind.HOURS, r"7\s?[x×*]\s?24(?:小时)?|24小时(?=(?:全天)?(?:在线|客服|值班|人工|不打烊|营业|服务))|全天候?(?=在线|客服|值班|服务|24)"),
        (EntityKind.DATE, r"\d{4}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}(?:\s?[日号])?|\d{4}\s?年\s?(?:\d{1,2}\s?月(?:底|初|中旬)?)?|(?<!\d)\d{1,2}\s?月\s?\d{1,2}\s?[日号]"),
        (EntityKind.CLOCK, r"(?<!\d)\d{1,2}:\d{2}(?::\d{2})?(?!\d)"),
        (EntityKind.DURATION, _ENDLESS_WORDS),
        (EntityKind.DURATION, rf"(?<!第)(?:{NUMBER})\s?个?半?\s?(?:多\s?)?(?:{_DURATION_UNIT})半?|(?<![a-z])[td]\+\d{{1,2}}"),
        (EntityKind.DURATION, r"半\s?(?:个)?\s?(?:小时|钟头|月|天|日|年)|" + "|".join(_WORD_VALUE)),
        (EntityKind.MONEY, rf"(?:¥|rmb|人民币)\s?(?:{NUMBER})\s?(?:元整?|圆整?|块钱?)?|(?:{NUMBER})\s?(?:元整|元|圆整?|块钱?|rmb|cny|角|毛(?!利))"),
        (EntityKind.SHARE, rf"\d+(?:\.\d+)?\s?[%‰]|百分之(?:{NUMBER})|千分之(?:{NUMBER})|(?:{CHINESE_NUMBER}|\d)\s?成(?!功|交|为|立|品|员|本|年|熟|长|都|人)(?:[一二三四五六七八九半])?"),
        (EntityKind.DISCOUNT, rf"(?:{NUMBER})\s?折(?!扣|算|抵|旧|腾|叠)|半价"),
        (EntityKind.COUNT, rf"(?<=[假缺少错坏退]一[赔罚])(?:{NUMBER})倍?"),
        (EntityKind.COUNT, rf"(?<!第)(?:{NUMBER})\s?(?:{_COUNT_UNIT})"),
    )
)  # fmt: skip
_FIRST_NUMBER = re.compile(NUMBER)
_CLOCKS = re.compile(r"(次日|凌晨|[早晚上下中]午?)?\s?(\d{1,2})(?::(\d{2})|[点时](半)?)")
_CONTACT_KINDS = (
    ("@", "email"), ("qq群", "group"), ("群", "group"), ("qq", "qq"), ("扣扣", "qq"), ("企鹅", "qq"), ("微信", "wechat"), ("威信", "wechat"),
    ("vx", "wechat"), ("wx", "wechat"), ("wechat", "wechat"), ("telegram", "telegram"), ("tg", "telegram"), ("电报", "telegram"),
    ("飞机", "telegram"),
)  # fmt: skip


@lru_cache(maxsize=20_000)
def find_entities(folded: str) -> tuple[Entity, ...]:
    """All entities of a text in order, none inside another. At most the first 20,000 characters are read."""
    folded = folded[:20_000]
    taken: list[Entity] = []
    free = list(folded)
    for kind, pattern in _RULES:
        text = "".join(free)
        for match in pattern.finditer(text):
            entity = _measure(kind, match.group(), match.start(), match.end())
            if entity is None:
                continue
            taken.append(entity)
            free[match.start() : match.end()] = "\x00" * (match.end() - match.start())
    return tuple(sorted(taken, key=lambda entity: entity.start))


def entities_of(text: str, kind: EntityKind) -> Iterator[Entity]:
    """The entities of one kind."""
    return (entity for entity in find_entities(text) if entity.kind is kind)


def _measure(kind: EntityKind, text: str, start: int, end: int) -> Entity | None:
    value: Decimal | None = Decimal(0)
    unit = ""
    if kind is EntityKind.DURATION:
        value, unit = _read_duration(text)
    elif kind is EntityKind.MONEY:
        value = _first_number(text)
        if value is not None and text.rstrip().endswith(("角", "毛")):
            value /= 10
    elif kind in (EntityKind.SHARE, EntityKind.DISCOUNT):
        value = _read_share(kind, text)
    elif kind is EntityKind.COUNT:
        value, unit = _first_number(text), _FIRST_NUMBER.sub("", text, count=1).strip()
    elif kind is EntityKind.HOURS:
        value = _read_open_hours(text)
    elif kind is EntityKind.CONTACT:
        unit = _contact_kind(text)
    elif kind is EntityKind.REGISTRATION:
        unit = "icp" if "备" in text or "icp" in text else ("company" if "\u4e00" <= text[-1] <= "\u9fff" else "code")
    return None if value is None else Entity(kind, text, start, end, value, unit)


def _first_number(text: str) -> Decimal | None:
    match = _FIRST_NUMBER.search(text)
    return read_number(match.group()) if match else None


def _read_duration(text: str) -> tuple[Decimal | None, str]:
    if re.fullmatch(_ENDLESS_WORDS, text):
        return ENDLESS, "endless"
    if text in _WORD_VALUE:
        return _WORD_VALUE[text], "word"
    if text[0] in "td" and "+" in text:
        return Decimal(text.split("+")[1]) * 24, "word"
    letter = next((letter for word, letter in _UNIT_LETTER if word in text), "天")
    if text.startswith("半"):
        return _HOURS_OF[letter] / 2, letter
    number = _first_number(text)
    if number is None:
        return None, ""
    if "半" in text:
        number += Decimal("0.5")
    return number * _HOURS_OF[letter], letter


def _read_share(kind: EntityKind, text: str) -> Decimal | None:
    if text == "半价":
        return Decimal(50)
    number = _first_number(text.replace("百分之", "").replace("千分之", ""))
    if number is None:
        return None
    if kind is EntityKind.DISCOUNT:
        return number * 10 if number < 10 else number
    if "成" in text:
        tail = text.split("成")[1]
        return number * 10 + (Decimal(5) if tail == "半" else (read_number(tail) or Decimal(0)))
    return number / 10 if ("‰" in text or "千分之" in text) else number


def _read_open_hours(text: str) -> Decimal | None:
    clocks = list(_CLOCKS.finditer(text))
    if len(clocks) != 2:
        return Decimal(24)
    moments = []
    for clock in clocks:
        hour = Decimal(clock.group(2)) + (Decimal(clock.group(3)) / 60 if clock.group(3) else Decimal(0))
        hour += Decimal("0.5") if clock.group(4) else 0
        word = clock.group(1) or ""
        moments.append(hour + 12 if word[:1] in ("晚", "下") and hour < 12 else hour)
    length = moments[1] - moments[0]
    return length + 24 if length <= 0 else length


def _contact_kind(text: str) -> str:
    if "@" in text and "." in text.rsplit("@", 1)[1]:
        return "email"
    named = next((kind for word, kind in _CONTACT_KINDS if text.startswith(word)), "")
    if named:
        return named
    return "url" if re.search(r"[a-z]", text) else ("phone" if re.match(r"[480]|1[3-9]\d{9}|.*-", text.strip()) else "number")
