"""Renders the pages of a site at a day with the practice platform's templates, with what the site shows then.

The templates' own contacts and footers are taken out, the site's are put in; beside them stands what must not be read
as the site's: a vendor's credit, an order's own code, ids of components, a review.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from bench.worlds.markup import is_on_page, write_markup
from bench.worlds.model import Shown
from bench.worlds.values import digest
from monitor.demo.script import OLD_HOST, START, state_at
from monitor.demo.shops import songguo, xinghe, yunque
from monitor.demo.shops.answer import Moment, Request

ROLES = ("home", "product", "terms", "contact")
_SHOPS = (
    (songguo.answer_request, "songguo.example", {"home": "/", "product": "/item/12"}, "松果小铺"),
    (
        yunque.answer_request,
        "yunque.test",
        {"home": "/", "product": "/buy/3", "terms": "/article/after-sale"},
        "云雀发卡",
    ),
    (xinghe.answer_request, OLD_HOST, {"home": "/", "product": "/goods.asp", "terms": "/agreement.asp"}, "星河卡盟"),
)
_FOOT = re.compile(r"<footer\b.*?</footer>|<table class=\"?foot\b.*?</table>", re.DOTALL)
_COUNTER = re.compile(r"<script>function tongji.*?</script>", re.DOTALL)
_OWN_CONTACT = re.compile(r"<p>[^<]*客服 ?QQ[^<]*</p>|<form[^>]*submit\.php.*?</form>", re.DOTALL)
_BODY_END = re.compile(r"</body>(?!.*</body>)", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True)
class RenderedPage:
    """One page as the server sends it."""

    url: str
    role: str
    text: str


@cache
def read_skeleton(shop: int, role: str) -> tuple[str, str]:
    """A page of a practice shop without what is its own, and the shop's name."""
    answer, host, paths, name = _SHOPS[shop]
    request = Request("GET", host, paths.get(role, "/"), {}, 1)
    body = answer(request, Moment(START, state_at(START))).body
    text = body.decode("gbk" if shop == 2 else "utf-8", errors="replace")
    text = _OWN_CONTACT.sub("", _COUNTER.sub("", _FOOT.sub("", text)))
    text = text.replace("</head>", "{HEAD}</head>", 1).replace("gb2312", "utf-8")
    if role == "contact":
        text = re.sub(r"(<body[^>]*>).*(?=</body>)", r"\1<h2>联系我们</h2>", text, flags=re.DOTALL)
    return _BODY_END.sub("{BODY}</body>", text), name


def render_pages(site: str, theme: int, brand: str, rows: Iterable[Shown], day: int) -> list[RenderedPage]:
    """The pages of a site on a day."""
    dice = random.Random(digest("page", site, theme))
    parts: dict[str, list[str]] = {}
    for row in sorted(rows, key=lambda row: (row.kind, row.value)):
        if row.first <= day <= row.last and is_on_page(row):
            part, markup = write_markup(row, dice)
            parts.setdefault(part, []).append(markup)
    on_home = dice.random() < 0.7
    return [_render(site, theme, brand, role, parts, on_home=on_home) for role in ROLES]


def _render(site: str, theme: int, brand: str, role: str, parts: Mapping[str, list[str]], *,
            on_home: bool) -> RenderedPage:  # fmt: skip
    text, name = read_skeleton(theme % len(_SHOPS), role)
    found = {part: "\n".join(rows) for part, rows in parts.items()}
    body = []
    if role == "home" and "notice" in found:
        body.append(f'<div class="gonggao">{found["notice"]}</div>')
    if role == "contact" or (role == "home" and on_home):
        body.append(f'<div class="service">{found.get("contact", "")}</div>')
    if role == "product":
        body.append(f'<div class="checkout">{found.get("order", "")}'
                    '<a href="https://qr.alipay.com/bax0812345abcdefghijk20">本单付款码</a></div>')  # fmt: skip
        body.append(
            f'<ul class="comment-list"><li class="comment-item">发货快，卡密可用</li>{found.get("review", "")}</ul>'
        )
    body.append(f'<footer class="footer">{found.get("foot", "")}<p>本站程序由开源社区提供</p></footer>')
    body.append('<script>window.__ids=[16348930081,13512349987654];var build="20260601103000";</script>')
    body.append(found.get("scripts", ""))
    text = text.replace("{HEAD}", found.get("head", "")).replace("{BODY}", "\n".join(body)).replace(name, brand)
    path = {"home": "/", "product": "/buy/3", "terms": "/terms", "contact": "/contact"}[role]
    return RenderedPage(f"https://{site}{path}", role, text)
