"""Whether a reckoning that a buyer typed comes out at his sum: 199÷30×23, 490元÷10张×1张. Pure.

Only sums that anybody can do again are kept in a letter; what stands around them is told in the buyer's words.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal, DivisionByZero, InvalidOperation

_MOST = 200
_CENT = Decimal("0.01")
_UNITS = r"(?:元|块钱?|圆|张|天|日|小时|个月|个|份|月|次|件|单|笔|点|分钟|折|%)?"
_NUMBER = rf"\d+(?:\.\d+)?{_UNITS}"
_SUM = re.compile(rf"\(?{_NUMBER}\)?(?:[-+*/]\(?{_NUMBER}\)?)+")
_TOKEN = re.compile(r"\d+(?:\.\d+)?|[-+*/()]")
_SIGNS = str.maketrans({"×": "*", "x": "*", "X": "*", "÷": "/", "－": "-", "−": "-", "—": "-", "＋": "+", "乘": "*",
                        "（": "(", "）": ")"})  # fmt: skip


def comes_out(reckoning: str, amount: Decimal) -> bool:
    """Whether one of the sums in it gives the amount, to the cent; False where it holds no sum."""
    plain = "".join(unicodedata.normalize("NFKC", reckoning[:_MOST]).translate(_SIGNS).split())
    plain = plain.replace("除以", "/").replace("减去", "-").replace("减", "-").replace("加", "+")
    for found in _SUM.finditer(plain):
        value = _evaluate(_TOKEN.findall(found[0]))
        if value is not None and value.quantize(_CENT, ROUND_HALF_UP) == amount.quantize(_CENT):
            return True
    return False


def _evaluate(tokens: list[str]) -> Decimal | None:
    """The value of a sum, None where its brackets or numbers make none."""
    try:
        value, rest = _add(tokens)
    except (InvalidOperation, DivisionByZero, IndexError, RecursionError):
        return None
    return value if not rest else None


def _add(tokens: list[str]) -> tuple[Decimal, list[str]]:
    value, rest = _multiply(tokens)
    while rest and rest[0] in "+-":
        other, after = _multiply(rest[1:])
        value, rest = (value + other if rest[0] == "+" else value - other), after
    return value, rest


def _multiply(tokens: list[str]) -> tuple[Decimal, list[str]]:
    value, rest = _atom(tokens)
    while rest and rest[0] in "*/":
        other, after = _atom(rest[1:])
        value, rest = (value * other if rest[0] == "*" else value / other), after
    return value, rest


def _atom(tokens: list[str]) -> tuple[Decimal, list[str]]:
    if tokens[0] == "(":
        value, rest = _add(tokens[1:])
        if not rest or rest[0] != ")":
            raise IndexError
        return value, rest[1:]
    return Decimal(tokens[0]), tokens[1:]
