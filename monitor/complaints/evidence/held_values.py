"""Whether the readable text of an item holds a value: an amount, a number, a name. One matcher for letters and packs.

Strict, for a mark is a claim that a reader checks: an amount with its decimals or beside its currency, a number whole
and not as part of a longer one. A value that is only written otherwise is not held. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

MOST_READ = 200_000
_LEAST_NUMBER = 4  # signs: a shorter one stands in any text
_LEAST_NAME = 2
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
_SPACED = r"\s{0,2}"
_CURRENCY_BEFORE = r"(?:[¥$]|(?i:rmb|cny)|人民币)\s*[-+]?\s*"
_CURRENCY_AFTER = r"\s*(?:元|圆|块|(?i:rmb|cny|yuan))"
_BEFORE, _AFTER = r"(?<![0-9.,])", r"(?![0-9]|[.,][0-9])"
_IS_NUMBER = re.compile(r"(?=.*[0-9])[0-9A-Za-z_-]+\Z")


def holds_amount(text: str, amount: Decimal, *names: str) -> bool:
    """Whether it holds the sum; one that is only part of these names (某游戏点卡 50元) does not count."""
    plain = _plain(text)
    for name in names:
        if _plain(name).strip():
            plain = plain.replace(_plain(name).strip(), " ")
    return _spell_amount(amount).search(plain) is not None


def holds_number(text: str, number: str) -> bool:
    """Whether it holds an order's, payment's or account's number as a whole, however it is spaced."""
    bare = "".join(_plain(number).split())
    return len(bare) >= _LEAST_NUMBER and _spell_number(bare).search(_plain(text)) is not None


def holds_name(text: str, name: str) -> bool:
    """Whether it holds a name or other words, however they are spaced; what is a number is held as one."""
    bare = "".join(_plain(name).split())
    if _IS_NUMBER.match(bare):
        return holds_number(text, bare)
    return len(bare) >= _LEAST_NAME and bare in "".join(_plain(text).split())


@lru_cache(maxsize=512)
def _spell_amount(amount: Decimal) -> re.Pattern[str]:
    """An amount as bills write it: with its decimals, or with its currency beside it; never the end of another."""
    places = max(2, -int(amount.normalize().as_tuple().exponent))
    whole, _, cents = f"{abs(amount):.{places}f}".partition(".")
    grouped = f"{int(whole):,}".replace(",", ",?")
    exact = rf"{grouped}\.{cents}0{{0,4}}"
    few = cents.rstrip("0")
    short = rf"{grouped}\.{few}0{{0,4}}" if few else rf"{grouped}(?:\.0{{1,4}})?"
    return re.compile(rf"{_BEFORE}{exact}{_AFTER}|{_CURRENCY_BEFORE}{short}{_AFTER}|{_BEFORE}{short}{_CURRENCY_AFTER}")


@lru_cache(maxsize=512)
def _spell_number(bare: str) -> re.Pattern[str]:
    spelled = _SPACED.join(re.escape(sign) for sign in bare)
    return re.compile(rf"(?<![0-9A-Za-z]){spelled}(?![0-9A-Za-z])")


def _plain(text: str) -> str:
    """The text in one form of its signs (￥ and ¥, full and half width), without invisible ones."""
    return unicodedata.normalize("NFKC", _INVISIBLE.sub("", text[:MOST_READ]))
