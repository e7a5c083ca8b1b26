"""Prices by member level: VIP价 12元, 金牌代理：9.850, 钻石会员专享价 ￥8.

Takes labels and text; gives the level's name and its price in yuan. 会员价 without a level is of no named one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from scrapers.money import yuan
from scrapers.text import condense
from scrapers.traditional import fold_traditional

_NAME = (
    r"(?:[\u4e00-\u9fff]{0,4}(?:会员|代理商?|用户|经销商|站长|批发商)|[\u4e00-\u9fff]{1,3}级|(?:s?vip|lv|v)\s?\d{0,2}"
    r"|[一二三四五六]级[\u4e00-\u9fff]{0,3})"
)
_LABEL = re.compile(rf"^({_NAME})(?:专享|优惠|登录)?(?:价格?)?$", re.I)
_PRICE_LABEL = re.compile(rf"^({_NAME})(?:专享|优惠|登录)?价格?$", re.I)
_PAIR = re.compile(
    rf"(?:^|[\s，,；;。|｜/·•【（(])({_NAME})(?:专享|优惠)?(?:价格?)?\s{{0,2}}(?:[:：]\s{{0,2}}[¥￥]?|\s{{0,2}}[¥￥])\s{{0,2}}"
    r"(\d{1,6}(?:\.\d{1,4})?)(?![\d.%折天年月])(?:\s?元)?",
    re.I,
)
_NOBODY = re.compile(r"^(?:本站|普通用户注册|联系|注册|成为|开通|升级|非)")


@dataclass(frozen=True)
class LevelPrice:
    """The price for one level of members; "" names none."""

    level: str
    price: str
    shown: str


def level_of(label: str) -> str:
    """The level that the label of a price names: VIP价 is of VIP, 金牌代理价 of 金牌代理; "" for other labels."""
    match = _LABEL.match(condense(fold_traditional(label)).strip("：:【】"))
    return _spelt(match.group(1)) if match and not _NOBODY.match(match.group(1)) else ""


def is_level_price(label: str) -> bool:
    """Whether a label says by itself that a price of a level follows."""
    return _PRICE_LABEL.match(condense(fold_traditional(label)).strip("：:【】")) is not None


def named_level(level: str) -> str:
    """The qualifier of a level: "" where it is but 会员, the members of any level."""
    return "" if level == "会员" else level


def find_level_prices(text: str) -> tuple[LevelPrice, ...]:
    """Prices by level in a text, each level once, in order."""
    found: dict[str, LevelPrice] = {}
    for line in text[:50_000].split("\n")[:2000]:
        plain = fold_traditional(line[:400])
        for match in _PAIR.finditer(plain):
            level, price = _spelt(match.group(1)), yuan(match.group(2))
            if price and not _NOBODY.match(level):
                shown = line[match.start(1) : match.end()]
                found.setdefault(level, LevelPrice(named_level(level), price, shown))
    return tuple(found.values())


def _spelt(level: str) -> str:
    return re.sub(r"\s", "", level).upper()
