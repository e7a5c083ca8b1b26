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
    r"|(?:回复|评论|分享|转发|点赞|签到|升级|开通会员|登录)(?:后|即)?(?:可见|可看|查看|解锁)|(?:仅|只)?(?:限|对|向)[^,。;]{0,8}(?:会员|等级|已购|买家|用户|粉丝|付费)[^,。;]{0,6}(?:可见|开放|可看|查看)"
    r"|(?:下单|付款|购买|支付|成交|拍下|结算)(?:成功|完成)?(?:之?后|页|时)[^,。;]{0,8}(?:可见|展示|显示|告知|提示|为准)|见(?:付款|支付|下单|购买|结算)(?:成功|完成)?(?:后|页)|(?:按|以)后台(?:设置|显示|规则)"
)
_OF_RULES = re.compile(r"规[则定]|政策|条款|说明|细则|标准|须知|详情|办法|条件|范围|限制|费用|要求|收费")
_FULL_TEXT = re.compile(r"全文|https?:|www\.|链接|pdf|下载")
_LINK = re.compile(
    r"^(?:用户|购买|购物|服务|交易|隐私|退换|退款|售后|质保|平台|买家)?(?:规则|政策|条款|须知|协议|细则|声明)(?:全文)?$"
)
_MENU = re.compile(r"首页|帮助中心|关于我们|联系我们|立即购买|订单查询|查询订单|个人中心|我的订单|商品分类|全部商品")
_BARE_TITLE = re.compile(
    r"^\W*(?:退款|退换货?|退货|换货|售后|质保|补发|赔付)(?:的)?(?:标准|规则|政策|说明|条件|须知|办法|流程)?\W*$"
)
_FOLDED = re.compile(
    r"(?:费|规则|说明|条件|限制)[^,。;]{0,10}(?:折叠|展开|收起)|(?:折叠|展开|收起)[^,。;]{0,8}(?:费|规则|说明|条件|限制)"
)
_TITLED = re.compile(
    r"^\W*(?:[\u4e00-\u9fff]{1,4}\W+)?[\u4e00-\u9fff]{0,4}(?:规则|政策|条款|说明|须知|售后|质保|退换|退款|退货)[\u4e00-\u9fff]{0,3}(?:\W|$)"
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
        points = [[*own, *_beside(own, side, pattern)] for own, side in zip(points, (before, after), strict=True)]
        says = [
            [unit for unit in side if _states_rule(unit) and unit not in points[0] + points[1]]
            for side in (before, after)
        ]
        if points[1] and not points[0] and says[0] and not says[1]:
            words = says[0][0].plain, points[1][0].plain
            kinds = _kinds_of_hidden(says[0]) if gone == "rule_hidden" else (gone,)
            return [Finding(kinds, Effect.WORSE, severity, "条款的去处", *words, exact=True)]
        if points[0] and not points[1] and says[1] and not says[0]:
            words = points[0][0].plain, says[1][0].plain
            return [Finding((back,), Effect.BETTER, Severity.NONE, "条款的去处", *words, exact=True)]
    return []


def _beside(points: Sequence[Unit], side: Sequence[Unit], pattern: re.Pattern[str]) -> list[Unit]:
    """Other units that point the same way in a sentence that does: 费用按后台设置，结算后展示."""
    sentences = {unit.sentence for unit in points}
    return [unit for unit in side if unit not in points and unit.sentence in sentences and pattern.search(unit.plain)]


def _kinds_of_hidden(units: Sequence[Unit]) -> tuple[str, ...]:
    """What is hidden: the whole text of the rules, nothing but burdens, or a rule."""
    if any(_FULL_TEXT.search(unit.plain) and _OF_RULES.search(unit.plain) for unit in units):
        return ("terms_page_removed", "rule_hidden")
    values = [value for unit in units for value in read_stances(unit.plain, unit.sentence).values() if value]
    return ("burden_hidden", "rule_hidden") if values and max(values) < 0 else ("rule_hidden",)


def compare_navigation(before: Sequence[Unit], after: Sequence[Unit]) -> list[Finding]:
    """A way to the rules that went from the menu of a page, or came to it: 购买|售后规则|帮助 → 购买|帮助."""
    for one, other, worse in ((before, after, True), (after, before, False)):
        links = [unit for unit in one if _LINK.match(unit.plain) and _MENU.search(unit.sentence)]
        if not links or len(one) != len(links) or other:
            continue
        kinds = ("terms_page_removed",) if worse else ("terms_page_added",)
        words = (links[0].plain, "") if worse else ("", links[0].plain)
        effect, severity = (Effect.WORSE, Severity.MEDIUM) if worse else (Effect.BETTER, Severity.NONE)
        return [Finding(kinds, effect, severity, "规则的入口", *words, exact=True)]
    return []


def points_elsewhere(units: Sequence[Unit]) -> bool:
    """Whether any of these says that the rules stand in a picture, are folded away, or are shown to some only."""
    return any(
        _PICTURE.search(unit.plain)
        or _FOLDED.search(unit.plain)
        or (_BEHIND.search(unit.plain) and (_OF_RULES.search(unit.plain) or _TITLED.match(unit.sentence)))
        for unit in units
    )


def _states_rule(unit: Unit) -> bool:
    return not _BARE_TITLE.match(unit.plain) and bool(_CLAIMS & read_stances(unit.plain, unit.sentence).keys())
