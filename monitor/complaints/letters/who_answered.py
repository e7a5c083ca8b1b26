"""Whose words an answer is where a shop sells on a platform: the shop's, the platform's, or of one of the two unknown.

Elsewhere the two are one, and are 对方. The chat of the case tells it by the name before the line; else an answer that
sends the buyer to the shop, or speaks of the platform as its own, is the platform's. Pure.
"""

from __future__ import annotations

from enum import StrEnum

from monitor.complaints.evidence.against_claim import CHATS
from monitor.complaints.evidence.said_lines import read_chat, states
from monitor.complaints.letters.kinds import shown_words
from monitor.complaints.model import CaseFile
from monitor.complaints.routing.named_respondent import is_shop_on_platform

_SHORTEST = 2


class Answerer(StrEnum):
    """Who answered, as a sentence calls him."""

    SELLER = "对方"
    SHOP = "该店铺"
    PLATFORM = "平台客服"
    UNKNOWN = ""


def who_answered(file: CaseFile) -> Answerer:
    """Who gave the answer that the case tells. UNKNOWN is for shops on a platform alone: nobody is named then."""
    facts = file.case.facts
    if not shop_on_platform(file):
        return Answerer.SELLER
    dense = "".join(facts.seller_reply.split())
    found = {
        _whose(line.name, file)
        for item in file.items
        if item.kind in CHATS and item.removed_at is None
        for line in read_chat(item.text, facts)
        if dense and line.name and states(line, facts.seller_reply)
    }
    if len(found) == 1 and (who := found.pop()) is not Answerer.UNKNOWN:
        return who
    own = any(word in dense for word in shown_words("of_platform"))
    return Answerer.PLATFORM if own and not found - {Answerer.UNKNOWN} else Answerer.UNKNOWN


def shop_on_platform(file: CaseFile) -> str:
    """The shop that sold on somebody else's platform, "" where seller and platform are one or nobody named a shop."""
    shop = file.case.facts.respondent.shop.strip()
    return shop if shop and is_shop_on_platform(file) else ""


def _whose(name: str, file: CaseFile) -> Answerer:
    plain, facts = "".join(name.split()), file.case.facts
    shop, platform = ("".join(one.split()) for one in (facts.respondent.shop, facts.platform))
    of_shop, of_platform = (len(one) >= _SHORTEST and one in plain for one in (shop, platform))
    if of_shop and of_platform:  # 百店 is a shop of 百店卡城: the longer name is meant
        return Answerer.SHOP if len(shop) > len(platform) else Answerer.PLATFORM
    if of_shop or of_platform:
        return Answerer.SHOP if of_shop else Answerer.PLATFORM
    trades = any(word in plain for word in ("店", "商家", "商户", "掌柜", "卖家"))
    if "平台" in plain or ("官方" in plain and not trades):
        return Answerer.UNKNOWN if trades else Answerer.PLATFORM
    return Answerer.SHOP if trades else Answerer.UNKNOWN
