"""The name of the site that an address belongs to: its registrable domain, or for a 分站 its host, or host and path.

A subdomain or a shop's path becomes a site of its own only where the page itself says so: most subdomains are the
same people's, and a site that is cut up without need loses what links it. Once a host is known as a 分站, all its
pages are that site's. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from scrapers.domains import host_of, registrable_domain
from scrapers.model import PageContent

_SERVICE = re.compile(
    r"(?:www?|web|w{1,3}\d{1,3}|m|wap|mobile|h5|app|shop|mall|store|buy|pay|api|my|user|member|home|index|new|old|faka|fk|"
    r"ka|card|km|cdn|static|img|images|order|query|help|kf|news|bbs|blog|mail|admin|ssl|cn|zh|v\d|s\d{0,2})"
)
# What the page says of itself, not of branches that it offers or lists.
_BRANCH = re.compile(
    r"(?:本站|本店|当前站点?|您(?:正在|所)?访问的?(?:网站|站点|平台)?)(?:是|为|属于|系)[^。\n]{0,20}(?:分站|子站|代理站)"
    r"|分站(?:站长|编号|ID|名称|域名|客服)\s{0,3}[：:]"
    r"|(?:所属主站|上级(?:站点|平台|主站)|主站(?:网址|地址|域名))\s{0,3}[：:]"
)
_SHOP_PATH = re.compile(r"/(?:shop|store|liebiao|links?|merchant|seller|mall)/([A-Za-z0-9_-]{4,40})(?:[./]|$)")
_SHOP = re.compile(
    r"(?:店铺|本店|商家|商户|卖家)(?:名称|信息|公告|客服|编号|ID|QQ|等级|保证金)|举报(?:本店|店铺|商家|商户|卖家)|商家入驻|进入店铺"
)
_MOST_TEXT = 300_000


def plain_name(site: str) -> str:
    """A site without the day of an earlier registration of its name (`site@YYYY-MM-DD`, see `epochs.py`)."""
    return site.partition("@")[0]


def name_site(url: str, content: PageContent | None, is_known: Callable[[str], bool]) -> str:
    """The site of an address. `content` is the page there, None where nothing of it was seen.

    `is_known` tells whether a site of that name is known already. An address without a host gives "".
    """
    host, domain = host_of(url), registrable_domain(url)
    if not host:
        return ""
    path = _shop_path(url)
    if path:
        shop = host + path
        if is_known(shop) or (content is not None and _says(_SHOP, content)):
            return shop
    own_host = host != domain and not _is_service(host, domain)
    if own_host and (is_known(host) or (content is not None and _says(_BRANCH, content))):
        return host
    return domain


def _shop_path(url: str) -> str:
    """The path of one shop among many: a token that mixes letters and digits or is long, never a word or a number."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return ""
    match = _SHOP_PATH.match(path)
    if match is None:
        return ""
    token = match[1]
    mixed = any(letter.isdigit() for letter in token) and any(letter.isalpha() for letter in token)
    return path[: match.end(1)] if mixed else ""


def _is_service(host: str, domain: str) -> bool:
    """Whether what stands before the domain only names a service of the same site (www, m, pay ...)."""
    labels = host.removesuffix(domain).rstrip(".").split(".")
    return all(_SERVICE.fullmatch(label) for label in labels)


def _says(words: re.Pattern[str], content: PageContent) -> bool:
    return words.search(f"{content.title}\n{content.text}"[:_MOST_TEXT]) is not None
