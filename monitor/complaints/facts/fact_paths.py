"""The facts of a case by dotted names: platform, orders.1.amount, buyer.name, demands.2.kind. Pure.

`read_fact` turns what was typed (or stood in a TOML file) into the value that a name takes, `set_fact` puts it into the
facts, `list_fact_names` gives every name. Orders and demands are counted from 1; the number after the last adds one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from difflib import get_close_matches
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import get_args, get_origin, get_type_hints

from monitor.complaints.facts.fact_words import names_of, words_of
from monitor.complaints.facts.said_values import (
    LONGEST_STORY,
    is_unknown,
    read_amount,
    read_choice,
    read_count,
    read_day,
    read_moment,
    read_text,
    read_yes_no,
)
from monitor.times import SHANGHAI
from storage.case import Demand, DemandKind, Facts, Meant, Order

MOST_ORDERS = 1000
MOST_DEMANDS = 20
MOST_MEANT = 50
MOST_WORDS = 50
_STORIES = frozenset(("what_happened", "seller_reply", "demands.reckoning"))
_AHEAD = frozenset(("valid_until", "answer_by"))  # times that may lie ahead
_NONE = ("没有", "无")  # to a question for yes or no these say no
_NOTHING = Facts()
_REPEATED = {"orders": MOST_ORDERS, "demands": MOST_DEMANDS, "meant": MOST_MEANT}

Said = str | int | float | bool | datetime | date
"""A single value as a TOML file or a command line gives it."""


def list_fact_names() -> tuple[str, ...]:
    """Every name of a single fact, with orders, demands and meanings as `orders.number`, in the order of `Facts`."""
    return tuple(_kinds())


def is_list(name: str) -> bool:
    """Whether a name takes several texts or words: unlawful, fraud_evidence, others."""
    return get_origin(_kinds()[name]) is tuple


def read_fact(name: str, said: Said, now: datetime) -> object:
    """The value that is meant for a name (without the number of an order); wrong ones raise ValueError in Chinese.

    "不知道" and "" mean what is not known: None, "" or the word unknown.
    """
    kind = _kinds()[name]
    optional = isinstance(kind, UnionType)
    if isinstance(kind, UnionType):
        (kind,) = (one for one in get_args(kind) if one is not NoneType)
    if isinstance(said, float) and said != said:
        raise ValueError("不是数")
    if kind is str:
        if not isinstance(said, str):
            raise ValueError("要写在引号里")
        found = read_text(said, LONGEST_STORY if name in _STORIES else 500)
        return "" if is_unknown(found) else found
    if kind is bool:
        if isinstance(said, str) and is_unknown(said) and said.strip() not in _NONE:
            return getattr(_NOTHING, name)
        return said if isinstance(said, bool) else read_yes_no(_typed(said))
    if isinstance(said, bool):
        said = "是" if said else "否"
    if isinstance(kind, type) and issubclass(kind, Enum):
        unknown = [one for one in kind if one.value == "unknown"]
        word = _typed(said)
        if unknown and is_unknown(word) and word.strip() not in _NONE:
            return unknown[0]
        return kind(read_choice(word, words_of(name)))
    if optional and isinstance(said, str) and is_unknown(said):
        return None
    return _read_measure(name, kind, said, now)


def _read_measure(name: str, kind: object, said: Said, now: datetime) -> object:
    if kind is Decimal:
        return read_amount(_typed(said))
    if kind is int:
        return read_count(_typed(said))
    if kind is datetime:
        if isinstance(said, datetime):
            said = (said if said.tzinfo else said.replace(tzinfo=SHANGHAI)).isoformat()
        elif isinstance(said, date):
            said = said.isoformat()
        return read_moment(_typed(said), now, past=name not in _AHEAD)
    if kind is date:
        return read_day(said.isoformat() if isinstance(said, date) else _typed(said), now)
    raise TypeError(f"no reader for {kind}")


def read_list(name: str, said: Sequence[Said], now: datetime) -> tuple[object, ...]:
    """The values that are meant for a name that takes several."""
    if len(said) > MOST_WORDS:
        raise ValueError(f"有{len(said)}项，最多{MOST_WORDS}项")
    (kind, _) = get_args(_kinds()[name])
    made: list[object] = []
    for one in said:
        if not isinstance(one, str):
            raise ValueError("每一项都要写在引号里")
        if isinstance(kind, type) and issubclass(kind, Enum):
            made.append(kind(read_choice(one, words_of(name))))
        elif read_text(one):
            made.append(read_text(one))
    return tuple(dict.fromkeys(made))


def get_fact(facts: Facts, path: str) -> object:
    """The value that stands at a path; a path that is none raises ValueError."""
    name, number = split_path(path)
    if number is None:
        value: object = facts
        for part in name.split("."):
            value = getattr(value, part)
        return value
    several = getattr(facts, name.partition(".")[0])
    if number > len(several):
        return None
    return getattr(several[number - 1], name.partition(".")[2])


def set_fact(facts: Facts, path: str, said: str, now: datetime) -> Facts:
    """The facts with what was typed for a path; a path or value that is wrong raises ValueError in Chinese."""
    name, number = split_path(path)
    if number is not None:
        return put_fact(facts, path, read_fact(name, said, now))
    if is_list(name):
        parts = [] if is_unknown(said) else re.split(r"[,，、;；\s]+", said.strip())
        return put_fact(facts, path, read_list(name, parts, now))
    return put_fact(facts, path, read_fact(name, said, now))


def put_fact(facts: Facts, path: str, value: object) -> Facts:
    """The facts with a value of the right type at a path."""
    name, number = split_path(path)
    table, _, field = name.partition(".")
    if number is None:
        if field:
            return replace(facts, **{table: replace(getattr(facts, table), **{field: value})})
        return replace(facts, **{table: value})  # type: ignore[arg-type]
    several = list(getattr(facts, table))
    if number > len(several) + 1:
        raise ValueError(f"现在只有{len(several)}项，新增请写 {table}.{len(several) + 1}.{field}")
    if number > _REPEATED[table]:
        raise ValueError(f"最多{_REPEATED[table]}项")
    if number == len(several) + 1:
        several.append(_new_one(table, field, value))
    several[number - 1] = replace(several[number - 1], **{field: value})
    return replace(facts, **{table: tuple(several)})  # type: ignore[arg-type]


def drop_one(facts: Facts, path: str) -> Facts:
    """The facts without one order or demand (`orders.2`)."""
    table, _, number = path.partition(".")
    several = list(getattr(facts, table)) if table in _REPEATED else []
    if not number.isascii() or not number.isdigit() or not 1 <= int(number[:6]) <= len(several):
        raise ValueError(f"没有 {path[:60]}")
    del several[int(number) - 1]
    return replace(facts, **{table: tuple(several)})  # type: ignore[arg-type]


def split_path(path: str) -> tuple[str, int | None]:
    """A path as its name and the number in it: orders.2.amount is (orders.amount, 2). Wrong ones raise ValueError."""
    parts = path.strip().split(".") if len(path) <= 80 else [path[:80]]
    numbered = len(parts) == 3 and parts[0] in _REPEATED and re.fullmatch(r"[1-9][0-9]{0,4}", parts[1]) is not None
    name = f"{parts[0]}.{parts[2]}" if numbered else ".".join(parts)
    if name not in _kinds() or (not numbered and parts[0] in _REPEATED):
        spelled = re.sub(r"\.\d+\.", ".", path)
        close = get_close_matches(spelled, _kinds(), n=1, cutoff=0.5)
        near = close[0].replace(".", ".1.", 1) if close and close[0].partition(".")[0] in _REPEATED else "".join(close)
        raise ValueError(f"没有叫“{path[:60]}”的项" + (f"，您是要写 {near} 吗？" if near else ""))
    return name, int(parts[1]) if numbered else None


def show_fact(name: str, value: object) -> str:
    """A value in Chinese, as it is shown to the buyer; "" where it is not known."""
    if value is None or value == "" or value == ():
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Enum):
        return "" if value.value == "unknown" else names_of(name, value.value)
    if isinstance(value, Decimal):
        return f"{value:,.2f}元" if value == value.quantize(Decimal("0.01")) else f"{value:,}元"
    if isinstance(value, datetime):
        return show_moment(value)
    if isinstance(value, tuple):
        return "、".join(show_fact(name, one) for one in value)
    return str(value)


def show_moment(moment: datetime) -> str:
    """A moment in Asia/Shanghai to the minute; the first or last of a day as that day only, for so a day is kept."""
    local = moment.astimezone(SHANGHAI)
    if local.time() in (time.min, time.max):
        return f"{local:%Y-%m-%d}"
    return f"{local:%Y-%m-%d %H:%M}"


def _new_one(table: str, field: str, value: object) -> object:
    if table == "demands":
        if field != "kind" or not isinstance(value, DemandKind):
            raise ValueError("新增诉求要先写 kind，例如 demands.1.kind=退款")
        return Demand(value)
    if table == "meant":
        if field != "words":
            raise ValueError("新增说明要先写 words（原话），例如 meant.1.words=…")
        return Meant(str(value))

    return Order()


def _typed(said: Said) -> str:
    if isinstance(said, float):
        return format(Decimal(str(said)), "f")
    return said.isoformat() if isinstance(said, date) else str(said)


@cache
def _kinds() -> Mapping[str, object]:
    found: dict[str, object] = {}
    for name, kind in _hints(Facts).items():
        inner = get_args(kind)[0] if get_origin(kind) is tuple else kind
        if isinstance(inner, type) and is_dataclass(inner):
            found |= {f"{name}.{below}": one for below, one in _hints(inner).items()}
        else:
            found[name] = kind
    return found


def _hints(kind: type) -> dict[str, object]:
    hints = get_type_hints(kind)
    return {one.name: hints[one.name] for one in fields(kind)}
