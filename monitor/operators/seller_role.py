"""Whether a site sells by itself (自建网站经营者) or is a platform on which others sell (平台经营者).

Takes what its pages said and its statements, gives a role with its reason. Two kinds of signs make a platform; none on
pages that were read makes an own site; anything between is unknown, and is said so. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from monitor.operators.subject_names import load_words
from scrapers.domains import site_of_host
from scrapers.identifiers.checks import split_icp
from storage.identity import Statement

_MOST_TEXT = 200_000  # characters of one page
_FEW_SUPPLIERS = 2
_MOST_DENIED = 50
_DENIED = re.compile(r"(?:不|无|没有|未|非|停止|暂停|关闭|谢绝)[^。；;，,\s]{0,3}$")


class SellerRole(StrEnum):
    """What a site is in law (电子商务法第九条)."""

    PLATFORM = "platform"
    OWN_SITE = "own_site"
    UNKNOWN = "unknown"


SELLER_ZH = {
    SellerRole.PLATFORM: "平台（多个商户在其上销售）",
    SellerRole.OWN_SITE: "自建网站（自己销售）",
    SellerRole.UNKNOWN: "平台还是自建网站未定",
}


@dataclass(frozen=True)
class SellerJudgement:
    """The role, the signs that were seen, and one Chinese sentence that gives the reason."""

    role: SellerRole
    signs: tuple[str, ...]
    sentence: str


def is_branch(site: str) -> bool:
    """Whether a site is a shop or 分站 under somebody's domain: named by its host, or host and path."""
    name = site.split("@")[0]
    return "/" in name or site_of_host(name) != name


@cache
def _invitations() -> re.Pattern[str]:
    """What speaks to sellers: whole phrases, and a seller's word with a door's: 供货商 + 入口."""
    words = load_words()
    doors = f"(?:{_any(words.sellers)})(?:{_any(words.doors)})"
    return re.compile(f"{_any(words.invites)}|{doors}")


@cache
def _partings() -> re.Pattern[str]:
    """What parts the seller from the site: whole phrases, 入驻供货商, 由商家发货, 交易撮合."""
    words = load_words()
    sellers = _any(words.sellers)
    entered = f"(?:{_any(words.entered)})的?(?:{sellers})"
    acts = f"由(?:{sellers})[^。；;，,\\n]{{0,6}}(?:销售|提供|发货|出售|发布|负责|承担)"
    return re.compile(f"{_any(words.apart)}|{_any(words.between)}|{entered}|{acts}")


def _any(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


def _find_said(pattern: re.Pattern[str], text: str) -> str:
    """The first of the phrases that a text says and does not deny (本站不接受商户入驻)."""
    for count, match in enumerate(pattern.finditer(text)):
        if count == _MOST_DENIED:
            break
        if not _DENIED.search(text[max(0, match.start() - 5) : match.start()]):
            return match[0]
    return ""


def judge_seller(
    texts: Sequence[str],
    *,
    suppliers: Iterable[str] = (),
    statements: Iterable[Statement] = (),
    sites: Iterable[str] = (),
) -> SellerJudgement:
    """Judge by the texts of a platform's pages, the suppliers that its goods name, its statements, its sites' names."""
    words = load_words()
    read = [text[:_MOST_TEXT] for text in texts if text.strip()]
    signs: dict[str, str] = {}
    for kind, looked_for, said in (
        ("invites", _invitations(), "页面有“{}”的入口或字样"),
        ("apart", _partings(), "页面写有“{}”，把卖家与网站分开"),
    ):
        seen = next((found for found in (_find_said(looked_for, text) for text in read) if found), "")
        if seen:
            signs[kind] = said.format(seen)
    sellers = {name.strip() for name in suppliers if name.strip()}
    if len(sellers) >= _FEW_SUPPLIERS:
        signs["suppliers"] = f"商品分别标有{len(sellers)}个不同的供货方或店铺"
    suffixes = [int(suffix) for one in statements if one.kind == "icp" and (suffix := split_icp(one.value)[2])]
    highest = max(suffixes, default=0)
    if highest >= words.many_sites_suffix:
        signs["icp"] = f"备案号的网站序号为-{highest}，该备案主体至少有{highest}个网站，多见于建站或发卡服务商"
    branch = next((site for site in sites if is_branch(site)), "")
    if branch:
        signs["branch"] = f"{branch}是{site_of_host(branch.split('@')[0].split('/')[0])}之下的店铺或分站"
    strong = "suppliers" in signs or "branch" in signs
    if len(signs) >= 2 or strong:
        return SellerJudgement(SellerRole.PLATFORM, tuple(signs.values()), "；".join(signs.values()))
    if signs:
        told = f"只有一种迹象（{next(iter(signs.values()))}），不足以判定"
        return SellerJudgement(SellerRole.UNKNOWN, tuple(signs.values()), told)
    if not read:
        return SellerJudgement(SellerRole.UNKNOWN, (), "没有可读的页面，无从判断")
    own = next((word for word in words.own if any(word in text for text in read)), "")
    told = f"已读的{len(read)}个页面未见商户入驻、多个供货方等迹象" + (f"，并写有“{own}”" if own else "")
    return SellerJudgement(SellerRole.OWN_SITE, (), told)
