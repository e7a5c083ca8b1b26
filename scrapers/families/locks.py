"""What keeps a visitor from a product or its price: a password, a login, a member level.

Takes text and a ParsedPage; gives "password", "login" or "level". A lock is told, never opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4 import Tag

from scrapers.dom import ParsedPage, attribute, line_of, place_of
from scrapers.families.findings import fact
from scrapers.model import Fact, FactKind
from scrapers.traditional import fold_traditional

_LEVEL = re.compile(
    r"(?:会员)?等级不足|(?:仅限|限|仅)\s?(?:(?:s?vip\s?\d?)?[\u4e00-\u9fff]{0,4}(?:会员|代理)|s?vip\d?)\s?(?:可见|可买|购买|专享|查看|下单)|升级.{0,6}(?:后|才)可",
    re.I,
)
_LOGIN = re.compile(
    r"(?:请先?|需要?|须)?(?:登录|登陆)(?:后|才|之后)(?:才?可|方可|才能)?\s?(?:见|看|查看|显示|购买|下单|可见)"
    r"|(?:请先?|未)(?:登录|登陆)|会员登录可见|log\s?in to (?:see|view|buy)",
    re.I,
)
_PASSWORD = re.compile(
    r"(?:请?输入|需要|凭)(?:商品|访问|购买|店铺|查看|分类|提取|页面)?密码"
    r"|密码(?:保护|访问|商品)|加密商品|password[- ]protected|enter (?:the )?password",
    re.I,
)
_NOT_HERE = re.compile(r"查询密码|登录密码|支付密码|订单密码|取卡密码|注册|忘记密码|卡号|确认密码")
_MAY_LOCK = re.compile("[仅僅限等级級升登]|log", re.I)
"""What every text that names a lock has one of: asked first, of all elements of a page."""
_SHORT = 30


def lock_in(text: str) -> str:
    """What a short text in the place of a price says that one needs to see it, "" for anything else."""
    plain = fold_traditional(text)
    if len(plain) > _SHORT:
        return ""
    if _LEVEL.search(plain):
        return "level"
    return "login" if _LOGIN.search(plain) else "password" if _PASSWORD.search(plain) else ""


def lock_facts(page: ParsedPage, subject: str, without: frozenset[int]) -> Iterator[Fact]:
    """The lock on a product's page: a field for its password, or a text where the price or the button would be."""
    for element in page.document.with_tag("input")[:200]:
        around = " ".join((attribute(element, "placeholder"), _around(element)))
        if attribute(element, "type") not in ("password", "text", "") or _NOT_HERE.search(fold_traditional(around)):
            continue
        if _PASSWORD.search(fold_traditional(around)) and not _passed_over(element, without):
            shown = attribute(element, "placeholder") or around.strip()
            yield from fact(subject, FactKind.LOCKED, "password", shown=shown, place=place_of(element), confidence=0.85)
            return
    for element in page.document.with_tag("span", "div", "p", "b", "strong", "em", "font", "a", "button", "td", "dd"):
        if len(element.contents) > 3 and not page.document.is_leaf(element):
            continue
        if not _MAY_LOCK.search(page.document.words_of(element)):
            continue
        shown = line_of(element, 2 * _SHORT)
        lock = lock_in(shown) if 3 < len(shown) <= _SHORT else ""
        if lock not in ("login", "level") or _passed_over(element, without):
            continue
        if lock == "level" or _is_of_product(element):
            yield from fact(subject, FactKind.LOCKED, lock, shown=shown, place=place_of(element), confidence=0.75)
            return


def _around(element: Tag) -> str:
    return " ".join(line_of(node, 100) for node in list(element.parents)[:2])[:160]


def _is_of_product(element: Tag) -> bool:
    """Whether a text stands where a price or a button to buy would: its own words or its neighbours' say so."""
    around = fold_traditional(" ".join(line_of(node, 60) for node in (element, *list(element.parents)[:1])))
    return re.search(r"价|￥|¥|购买|下单|price|buy", around, re.I) is not None


def _passed_over(element: Tag, without: frozenset[int]) -> bool:
    return any(id(node) in without for node in (element, *element.parents))
