"""Finds accounts that are sold as goods: lines of several fields, one of them a mail address, or named by a 格式 line.

Takes the reading, gives spans of the fields that open something: names of accounts, passwords, mails, tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from monitor.complaints.masking.shapes import is_dated, is_measure
from monitor.complaints.masking.shown import show_account, show_key, show_mail
from monitor.complaints.masking.spans import Span

_ROW = re.compile(r"(?m)^[ \t]{0,8}(?:[0-9]{1,3}(?:[、)]|\.[ \t])[ \t]?)?([!-~]{12,2000})[ \t]{0,8}$")
_FORMAT = re.compile(r"(?:格式|顺序|format)[ \t]{0,3}(?:[:=是为]|\n)[ \t]{0,3}([^\n]{4,160})", re.I)
_MAIL = re.compile(r"[0-9A-Za-z._%+-]{1,64}@[0-9A-Za-z-]{1,63}(?:\.[0-9A-Za-z-]{1,63}){0,4}\.[A-Za-z]{2,12}")
_SEPARATORS = ("----", "---", "|", ":", ",", ";", "\t", "/")
_STAYS = re.compile(
    r"面值|面额|金额|价|时间|日期|有效|期限|订单|单号|商品|产品|名称|地区|区服|国家|等级|数量|状态|备注|链接|网址|price|date|time|amount"
    r"|order|region|country|level|status|url",
    re.I,
)
_HIDES = re.compile(r"账|帐|号|密|邮|令牌|token|2fa|cookie|auth|mail|pass|user|pwd|cdk|key|码", re.I)
_LEAST_FIELDS = 3
_LEAST_SIGNS = 3
_LEAST_DRAWN = 5


def find_goods(text: str) -> Iterator[Span]:
    """Spans of the fields of accounts that are handed out in lines."""
    formats = [_read_format(match) for match in _FORMAT.finditer(text)]
    yield from _alike(text)
    for row in _ROW.finditer(text):
        line = row[1]
        if "://" in line or line[0] in "{[<":
            continue
        for separator in _SEPARATORS:
            fields = _split(line, separator)
            if len(fields) < _LEAST_FIELDS - any(mark == separator for mark, _names in formats):
                continue
            names = next((names for mark, names in formats if mark == separator and len(names) == len(fields)), ())
            mails = sum(_MAIL.fullmatch(field) is not None for _at, field in fields)
            if names or (mails and len(fields) >= _LEAST_FIELDS):
                yield from _fields(row.start(1), fields, names)
                break


def _alike(text: str) -> Iterator[Span]:
    """Lines right below each other of as many drawn fields."""
    above: tuple[int, str, list[tuple[int, str]], int] | None = None  # its end, separator and fields, where it begins
    for row in _ROW.finditer(text):
        drawn = _all_drawn(row[1])
        if drawn is None or "://" in row[1]:
            above = None
            continue
        separator, fields = drawn
        if (
            above
            and above[1] == separator
            and len(above[2]) == len(fields)
            and not text[above[0] : row.start()].strip()
        ):
            yield from _fields(above[3], above[2], ())
            yield from _fields(row.start(1), fields, ())
        above = (row.end(), separator, fields, row.start(1))


def _all_drawn(line: str) -> tuple[str, list[tuple[int, str]]] | None:
    """Three fields and more between colons or strokes, each drawn signs: their separator and the fields."""
    for separator in ("|", ":"):
        fields = _split(line, separator)
        if len(fields) >= _LEAST_FIELDS and all(_is_drawn(field) for _at, field in fields):
            return separator, fields
    return None


def _is_drawn(field: str) -> bool:
    return (
        len(field) >= _LEAST_DRAWN
        and any(sign.isalpha() for sign in field)
        and not is_measure(field)
        and not is_dated(re.sub(r"^[A-Z]{1,4}", "", field))
        and (any(sign.isdigit() for sign in field) or not field.isalpha() or not (field.islower() or field.istitle()))
    )


def _read_format(match: re.Match[str]) -> tuple[str, tuple[str, ...]]:
    """The separator and the names of the fields that a 格式 line gives."""
    for separator in _SEPARATORS:
        names = tuple(name.strip() for name in match[1].split(separator) if name.strip())
        if len(names) >= 2 and sum(_HIDES.search(name) is not None for name in names) >= 1:
            return separator, names
    return "", ()


def _split(line: str, separator: str) -> list[tuple[int, str]]:
    fields: list[tuple[int, str]] = []
    at = 0
    for part in line.split(separator):
        fields.append((at, part))
        at += len(part) + len(separator)
    while fields and not fields[-1][1]:
        fields.pop()
    return fields


def _fields(begin: int, fields: Sequence[tuple[int, str]], names: Sequence[str]) -> Iterator[Span]:
    for number, (at, field) in enumerate(fields):
        place = begin + at
        if _MAIL.fullmatch(field):
            yield Span(place, place + len(field), "email", show_mail(field), 3)
            continue
        if names and _STAYS.search(names[number]) and not re.search(r"密", names[number]):
            continue
        if len(field) < _LEAST_SIGNS or "***" in field or is_measure(field) or is_dated(field):
            continue
        if not names and field.isalpha() and (field.islower() or field.istitle()) and len(field) <= 8:
            continue  # US, Germany, premium: what is said of the account
        kind = "account" if number == 0 else "password"
        yield Span(place, place + len(field), kind, show_account(field) if number == 0 else show_key(field), 3)
