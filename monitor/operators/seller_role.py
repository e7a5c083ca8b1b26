"""Whether a site sells by itself (自建网站经营者) or is a platform on which others sell (平台经营者).

Takes what its pages said and its statements, gives a role with its reason. Two kinds of signs make a platform; none on
pages that were read makes an own site; anything between is unknown, and is said so. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from monitor.operators.subject_names import load_words
from scrapers.domains import site_of_host
from scrapers.identifiers.checks import split_icp
from storage.identity import Statement

_MOST_TEXT = 200_000  # characters of one page
_FEW_SUPPLIERS = 2


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
        ("invites", words.invites, "页面有“{}”的入口或字样"),
        ("apart", words.apart, "页面写有“{}”，把卖家与网站分开"),
    ):
        seen = next((word for word in looked_for if any(word in text for text in read)), "")
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
