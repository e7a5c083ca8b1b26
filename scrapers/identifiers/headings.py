"""Headings that say whose words follow them: 用户评价, 友情链接, 合作伙伴.

Takes a line and the element in which it stood; gives the elements that it speaks of. Bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from lxml import etree

from scrapers.identity import Place

PARTNER = "partner"
FRIEND = "friend"
LONGEST_HEADING = 40
_USERS = re.compile(
    r"(?:(?:用户|买家|商品|顾客|客户|真实|全部|最新|网友|宝贝)?(?:评价|评论|留言|晒单|晒图|口碑|反馈)"
    r"(?:列表|区|专区|展示|内容|墙)?|买家秀|留言板|聊天记录|弹幕)\s*(?:[(（]?\s*\d{0,6}\s*\+?\s*条?[)）]?)\s*[:：]?"
)
MAY_HEAD = re.compile("[评留晒碑反秀聊弹友链合站赞伙]")
FRIENDS = re.compile(r"(?:友情链接|友情連結|友链|相关链接|友站|交换链接|合作网站|站点推荐)\s*[:：]?")
_PARTNERS = re.compile(
    r"(?:(?:我们的)?(?:合作伙伴|合作单位|合作机构|合作商|合作商家|战略合作|赞助商|支付伙伴))\s*[:：]?"
)
_FOOTING = re.compile("©|版权|ICP ?备|公网安备|主办单位|Copyright", re.I)
FRIENDLY_NAMES = re.compile(r"friend|f_?links?|youlian|youqing|blogroll", re.I)
OWN_FOOTING = re.compile(
    r"\s*(?:©|[(（]c[)）]|版权|Copyright|备案号|ICP备案|[\u3400-\u9fff]\s?ICP\s?备|[\u3400-\u9fff]?\s?公网安备)", re.I
)
_FOOT = re.compile(r"foot|copyright", re.I)


def elements_headed(text: str, node: etree._Element) -> dict[etree._Element, str]:
    """The elements of which a heading tells whose words they are, each `user_content`, "friend" or "partner"."""
    if _USERS.fullmatch(text):
        return dict.fromkeys(_following(node, 200), Place.USER_CONTENT.value)
    if FRIENDS.fullmatch(text):
        return dict.fromkeys(_following(node, 1, footing=False), FRIEND)
    if _PARTNERS.fullmatch(text):
        return dict.fromkeys(_following(node, 3), PARTNER)
    return {}


def _following(node: etree._Element, most: int, *, footing: bool = True) -> Iterator[etree._Element]:
    """The elements that a heading speaks of: what follows it up to the next heading or the foot of the page."""
    for _ in range(3):
        parent = node.getparent()
        if node.getnext() is not None or parent is None or parent.tag in ("body", "footer", "main"):
            break
        if (node.tail or "").strip():
            return
        node = parent
    for count, sibling in enumerate(node.itersiblings()):
        if count >= most or not isinstance(sibling.tag, str):
            return
        names = f"{sibling.get('class', '')} {sibling.get('id', '')}"
        if sibling.tag in ("footer", "h1", "h2", "h3", "h4", "dt") or _FOOT.search(names[:200]):
            return
        if footing and _FOOTING.search("".join(islice(sibling.itertext(), 40))[:1000]):
            return
        yield sibling
