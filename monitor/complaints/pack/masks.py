"""Applies the masking of an audience to what a pack says: letters, texts, captures; and counts what was masked.

Takes values, gives values: the masking itself is monitor.complaints.masking. A count names kinds and numbers and how a
thing is shown now, never what stood there.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass, replace
from datetime import date
from enum import Enum
from typing import TypeVar

from monitor.complaints.masking.text import mask_text
from monitor.complaints.model import Hit, Masking
from storage.secret_values import Secrets

_IDS = ("kind", "marks", "articles")
T = TypeVar("T")
LIVE = frozenset({"card_key", "password", "token", "id_number", "bank_card"})
_GROUPING = re.compile(r"[\s\-_.·]+")
_LEAST = 8

KIND_ZH = {
    "card_key": "卡密、兑换码",
    "id_number": "身份证件号码",
    "bank_card": "银行卡号",
    "phone": "手机号",
    "landline": "固定电话",
    "email": "邮箱",
    "qq": "QQ号",
    "wechat": "微信号",
    "alipay": "支付宝账号",
    "account": "账号",
    "password": "密码",
    "token": "登录凭据",
    "address": "地址",
    "person": "自然人姓名",
    "order": "订单号、交易单号",
    "known": "本案个人信息",
}


class Masker:
    """Masks texts for one audience and keeps the count of what it masked, by where it stood."""

    def __init__(self, masking: Masking) -> None:
        self.masking = masking
        self._counts: Counter[tuple[str, str]] = Counter()
        self._live = {spelling: kind for text, kind in masking.known if kind in LIVE for spelling in spell(text)}
        self._secrets = Secrets((), tuple(self._live))

    def text(self, text: str, where: str) -> str:
        """The text as it may leave."""
        if not text:
            return text
        masked, hits = mask_text(text, self.masking)
        masked, more = self.look_again(masked)
        self.count((*hits, *more), where)
        return masked

    def look_again(self, text: str) -> tuple[str, tuple[Hit, ...]]:
        """A masked text without the live secrets that this case knows, in whatever company one still stands in it."""
        if not self._live or not self._secrets.stand_in(text):
            return text, ()
        found = [kind for spelling, kind in self._live.items() if Secrets((), (spelling,)).stand_in(text)]
        return self._secrets.mask_text(text), tuple(Hit(kind, "") for kind in found)

    def value(self, value: T, where: str) -> T:
        """The same value with every text in it masked: a letter, an exhibit, a row of texts.

        Words of enums stay, and the ids of a letter, an exhibit or an article: nobody's words stand in them, and what
        was masked in one would be told as masked in the paper.
        """
        masked: object = value
        if isinstance(value, str) and not isinstance(value, Enum):
            masked = self.text(value, where)
        elif isinstance(value, tuple):
            masked = tuple(self.value(item, where) for item in value)
        elif is_dataclass(value) and not isinstance(value, type) and not isinstance(value, date):
            masked = replace(
                value,
                **{
                    field.name: self.value(getattr(value, field.name), where)
                    for field in fields(value)
                    if field.name not in _IDS
                },
            )
        return masked  # type: ignore[return-value]

    def count(self, hits: Iterable[Hit], where: str) -> None:
        """Take what was masked elsewhere into the count."""
        for hit in hits:
            self._counts[where, hit.kind] += 1

    @property
    def counts(self) -> tuple[tuple[str, str, int], ...]:
        """Where, kind and how many, in the order of the places."""
        return tuple((where, kind, count) for (where, kind), count in sorted(self._counts.items()))

    @property
    def totals(self) -> tuple[tuple[str, int], ...]:
        """Kind and how many in all."""
        total: Counter[str] = Counter()
        for (_, kind), count in self._counts.items():
            total[kind] += count
        return tuple(sorted(total.items()))


def spell(text: str) -> tuple[str, ...]:
    """A secret as it is known, and without what groups its signs; nothing that is too short to be one."""
    bare = _GROUPING.sub("", text)
    return tuple(dict.fromkeys(one for one in (text, bare, bare.lower(), bare.upper()) if len(one) >= _LEAST))


def name_kind(kind: str) -> str:
    """What a kind of masked thing is called."""
    return KIND_ZH.get(kind, kind)


def tell_masks(hits: Iterable[Hit], longest: int = 300) -> str:
    """What was masked, in a line: kinds and counts."""
    counted = Counter(hit.kind for hit in hits)
    return "；".join(f"{name_kind(kind)} {count} 处" for kind, count in sorted(counted.items()))[:longest]


Mask = Callable[[str], str]
