"""The facts of a case as JSON, and back, without loss: what storage keeps and compares.

Amounts are whole thousandths of a yuan, moments ISO 8601 in UTC, days ISO dates, enums their words. What is as it is
by default is left out. Texts are cleaned as every database needs it (no NUL, no half characters).
"""

from __future__ import annotations

from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import cache
from types import NoneType, UnionType
from typing import get_args, get_origin, get_type_hints

from storage.case import Facts, FoundTime
from storage.columns import clean_text
from storage.errors import ArchiveDamaged

LARGEST = 10**15
"""The largest sum that is kept, in thousandths of a yuan."""


def thousandths(amount: Decimal) -> int:
    """An amount in yuan as whole thousandths; a finer or a boundless one raises ValueError."""
    if not amount.is_finite() or abs(amount) > LARGEST // 1000:
        raise ValueError(f"the amount {str(amount)[:40]} is beyond all measure")
    exponent = amount.as_tuple().exponent
    scaled = Fraction(amount) * 1000 if isinstance(exponent, int) and exponent > -100 else None
    if scaled is None or scaled.denominator != 1:
        raise ValueError(f"the amount {str(amount)[:40]} is finer than a thousandth of a yuan")
    return scaled.numerator


def yuan(value: int) -> Decimal:
    """Whole thousandths as yuan, with two decimals where that is enough."""
    amount = Decimal(value).scaleb(-3)
    return amount.quantize(Decimal("0.01")) if value % 10 == 0 else amount


def facts_json(facts: Facts) -> dict[str, object]:
    """Facts as JSON values."""
    return _table_json(facts)


def facts_of(values: object) -> Facts:
    """The facts that such JSON values mean; what is none raises ArchiveDamaged. Unknown names are passed over."""
    made = _read("facts", Facts, values)
    assert isinstance(made, Facts)
    return made


def times_json(times: tuple[FoundTime, ...]) -> list[object]:
    """Times found in a file as JSON values."""
    return [_table_json(time) for time in times]


def times_of(values: object) -> tuple[FoundTime, ...]:
    """The times that such JSON values mean."""
    found = _read("times", tuple[FoundTime, ...], values)
    assert isinstance(found, tuple)
    return found


def list_differences(before: Facts, after: Facts) -> list[list[object]]:
    """What differs, as [name, before, after] in the names of `Facts`; None where it was not known."""
    old, new = facts_json(before), facts_json(after)
    return [[name, old.get(name), new.get(name)] for name in _types(Facts) if old.get(name) != new.get(name)]


def _table_json(value: object) -> dict[str, object]:
    made: dict[str, object] = {}
    for one in fields(value):  # type: ignore[arg-type]
        found = getattr(value, one.name)
        if not _is_default(one, found):
            made[one.name] = _value_json(found)
    return made


def _is_default(one: Field[object], found: object) -> bool:
    if one.default is not MISSING:
        return found == one.default
    return one.default_factory is not MISSING and found == one.default_factory()


def _value_json(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, Decimal):
        return thousandths(value)
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{value.isoformat()} has no time zone: give moments as aware UTC")
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_value_json(one) for one in value]
    return _table_json(value)


@cache
def _types(kind: type) -> dict[str, object]:
    hints = get_type_hints(kind)
    return {one.name: hints[one.name] for one in fields(kind)}


def _read(name: str, kind: object, value: object) -> object:
    try:
        return _value_of(kind, value)
    except (TypeError, ValueError, KeyError, OverflowError) as error:
        raise ArchiveDamaged(f"the {name} of a case cannot be read: {str(error)[:200]}") from None


def _value_of(kind: object, value: object) -> object:
    if get_origin(kind) is tuple:
        if not isinstance(value, list):
            raise ValueError(f"{value!r:.60} is no list")
        return tuple(_value_of(get_args(kind)[0], one) for one in value)
    if isinstance(kind, UnionType):
        if value is None:
            return None
        (kind,) = (one for one in get_args(kind) if one is not NoneType)
    if not isinstance(kind, type):
        raise TypeError(f"no form for {kind}")
    if is_dataclass(kind):
        if not isinstance(value, dict):
            raise ValueError(f"{value!r:.60} is no table")
        types = _types(kind)
        return kind(**{name: _value_of(types[name], one) for name, one in value.items() if name in types})
    if issubclass(kind, Enum):
        return kind(value)
    if kind in (bool, int, str):
        if type(value) is not kind:
            raise ValueError(f"{value!r:.60} is no {kind.__name__}")
        return value
    if kind is Decimal and type(value) is int:
        return yuan(value)
    if kind in (datetime, date) and isinstance(value, str):
        return datetime.fromisoformat(value) if kind is datetime else date.fromisoformat(value)
    raise ValueError(f"{value!r:.60} is no {kind.__name__}")
