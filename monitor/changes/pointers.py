"""Finds rules that are shown in words no more: only in a picture (详见下图), or only to who logs in or asks.

What such a rule says now nobody can search, copy or read from here; that is told, and not that the right is gone. Takes
the units that changed, gives findings. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitor.changes.measures import Finding
from monitor.changes.stances import read_stances
from monitor.changes.units import Unit
from storage.model import Effect, Severity

_PICTURE = re.compile(
    r"(?:[参详请可]?见|看|如|按|以)(?:下|上|附|左|右|此|本)?(?:方|面|边)?(?:长)?图(?!书)|^\W*图片\W*$|图片[:〕\])】]|[〔\[【(]\s?图片?\s?[:〕\])】]|\.(?:png|jpe?g|webp|gif)\b"
)
_BEHIND = re.compile(
    r"(?:登[录入]|扫码|加群|进群|入群|关注|注册|会员中心|后台)[^,。;]{0,10}(?:后)?(?:查[看阅]|可见|获取|了解)"
    r"|(?:下单|付款|购买|支付|成交|拍下)(?:之?后)?[^,。;]{0,8}(?:查[看阅]|可见|显示|展示|出现|告知|揭晓)"
    r"|(?:咨询|联系|询问|私信|问)(?:在线)?客服(?:获取|了解|查看|索取)|(?:以|见)客服(?:告知|回复|发送)"
)
_OF_RULES = re.compile(r"规[则定]|政策|条款|说明|细则|标准|须知|详情|办法|条件|范围")
_FOLDED = re.compile(
    r"(?:费|规则|说明|条件|限制)[^,。;]{0,10}(?:折叠|展开|收起)|(?:折叠|展开|收起)[^,。;]{0,8}(?:费|规则|说明|条件|限制)"
)
_TITLED = re.compile(
    r"^\W*[\u4e00-\u9fff]{0,4}(?:规则|政策|条款|说明|须知|售后|质保|退换|退款|退货)[\u4e00-\u9fff]{0,3}(?:\W|$)"
)
_CLAIMS = frozenset(
    {"refund", "replacement", "compensation", "care", "handling", "deeming", "own_fault", "duty", "cost", "extension"}
)


def compare_pointers(before: Sequence[Unit], after: Sequence[Unit]) -> list[Finding]:
    """A rule in words that gave way to a picture or to a door, or came out of one."""
    for pattern, gone, back, severity in (
        (_PICTURE, "text_to_image", "image_to_text", Severity.HIGH),
        (_BEHIND, "rule_hidden", "rule_shown_again", Severity.MEDIUM),
    ):
        points = [
            [
                unit
                for unit in side
                if pattern.search(unit.plain)
                and (pattern is _PICTURE or _OF_RULES.search(unit.plain) or _TITLED.match(unit.sentence))
            ]
            for side in (before, after)
        ]
        says = [
            [unit for unit in side if _states_rule(unit) and unit not in points[0] + points[1]]
            for side in (before, after)
        ]
        if points[1] and not points[0] and says[0] and not says[1]:
            words = says[0][0].plain, points[1][0].plain
            return [Finding((gone,), Effect.WORSE, severity, "条款的去处", *words, exact=True)]
        if points[0] and not points[1] and says[1] and not says[0]:
            words = points[0][0].plain, says[1][0].plain
            return [Finding((back,), Effect.BETTER, Severity.NONE, "条款的去处", *words, exact=True)]
    return []


def points_elsewhere(units: Sequence[Unit]) -> bool:
    """Whether any of these says that the rules stand in a picture, or are folded away."""
    return any(_PICTURE.search(unit.plain) or _FOLDED.search(unit.plain) for unit in units)


def _states_rule(unit: Unit) -> bool:
    return bool(_CLAIMS & read_stances(unit.plain, unit.sentence).keys())
