"""Names changes of a page that are no change of its rules: what is sold, at which crossed-out price, by which name.

在售:A、B → 在售:A、B、C is a new product, 原价55 → 原价60 another crossed-out price, 现货 → 缺货 a shelf that is empty.
Only a change that is wholly explained is named; takes paired units, gives kinds. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitor.changes.measures import UnitPair
from monitor.changes.stances import read_stances
from monitor.changes.units import Unit

_NUMBER = r"\d+(?:\.\d+)?"
_ORIGINAL = re.compile(
    rf"~~[^~]{{0,20}}~~|(?:原价|划线价|市场价|门市价|专柜价|官网价)\s?[:为是]?\s?[¥~]{{0,3}}\s?{_NUMBER}\s?元?~{{0,2}}"
)
_QUOTED = re.compile(r"[\"“”「」『』《》'‘’][^\"“”「」『』《》'‘’]{1,16}[\"“”「」『』《》'‘’]")
_SUPPLIED = re.compile(r"供[应货码卡]商?|合作商|货源|上游|厂家")
_RENAMED = re.compile(r"更名|改名|易名|新名|现名|改叫|换名")
_SHOP = re.compile(
    r"^[\u4e00-\u9fffa-z0-9]{1,8}(?:软件|数码|数卡|数娱|点卡|卡券|科技|网络|游戏|优品)?(?:铺|店|商城|小站|小铺|商行|驿站|工作室|数卡|数娱|数码|点卡|卡盟)$"
)
_ADDRESS = re.compile(r"(?:https?://)?(?:[a-z0-9-]{1,40}\.)+[a-z]{2,10}(?:/[\w./-]*)?")
_SITE = re.compile(r"网址|域名|官网|主站|新站|备用站|网站|发布页|地址")
_SPARE_SITE = re.compile("备用|镜像|继续有效|仍(?:可|能|有效)|照常|同时有效|均可|都可|都能")
_NO_SITE = re.compile(r"(?:暂无|没有|无)$")
_HANDLE = re.compile(r"@[a-z0-9_.-]{3,32}")
_RULES_LINK = re.compile(
    r"((?:售后|退款|退换|服务|购买|用户|隐私)(?:政策|条款|规则|须知|协议|说明))\s?:?\s?(/[\w./-]{2,80})"
)
_OUT = re.compile(
    r"缺货|售罄|无货|断货|卖完|卖光|下架|停售|补货中|暂时没|没货|到货通知|来货通知|补到货|补货后|名额(?:已)?(?:满|用[完尽]|没了)|满员|排满|约满"
    r"|^[先都]?[别勿]拍|拍了[^,。;]{0,3}退"
)
_IN = re.compile(
    r"现货|有货|到货了|可以?拍|恢复供应|已补货|重新上架|上架了|供应中|名额(?:已)?(?:开放|放出|补充|更新)|又有名额|直接拍|有名额|未满员"
)
_RESTOCKED = re.compile(
    r"候补|补货时间|视频(?=[年季月周]卡|会员|vip)|(?:等|待)?补(?:到|好)?货(?:中|后|了)?|^(?:周|星期|礼拜|明|后|下)[^,。;]{0,4}补$|拍了[^,。;]{0,3}退"
)
_SHELF = re.compile(
    r"(?:登记|留言|私信|加群)?(?:排队|候补|预约登记|排号)|状态|库存|预计|恢复|选购|供应|通知|即[买拍付][即秒]?发|秒发|自动发货|随拍随发|留意|敬请|欢迎|期待|群里喊|^(?:周|星期|礼拜|明|后|下)[^,。;]{0,4}补$"
)
_GOODS_LABEL = re.compile(
    r"^(?:本店|现|目前|今日|本周|全部|代售|经营|可)?(?:在售|上新|上架|新品|现售|出售|代售|品类|商品|品种|售卖)(?:品类|商品|品种|中)?\s?:"
)
_VARIANT_LABEL = re.compile(
    r"^[\u4e00-\u9fff]{0,4}(?:可选)?(?:面额|面值|规格|档位|版本|颜色|款式|型号|套餐)(?:可选|任选|有|齐全)?\s?:"
)
_ITEM_END = re.compile(r"[、/]|\s{2,}|(?<=\d)\s(?=\d)")
_LONGEST_ITEM = 14
_CRIME_RULE = re.compile(
    r"^(?:敬?请|务必|一律|严格)?(?:勿|不得|禁止|严禁|不要)[^,。;]*(?:赌博|诈骗|洗钱|违法|犯罪|色情|外挂)"
    r"|^(?:敬?请|务必|一律|严格)?(?:勿|不得|禁止|严禁|不要)(?:辱骂|谩骂|骂|人身攻击|骚扰)[^,。;]{0,6}$"
    r"|^[^,。;退换补赔]{0,4}(?:敬?请|务必)?(?:保持)?(?:文明|礼貌|友善)[^,。;退换补赔]{0,6}$"
)


def name_page_change(pairs: Sequence[UnitPair]) -> tuple[str, ...]:
    """The kinds of a change that touches no rule; () where any of it may."""
    pairs = [pair for pair in pairs if any(pair)]
    if not pairs:
        return ()
    return (
        _name_masked(pairs)
        or _name_list(pairs)
        or _name_links(pairs)
        or _name_shelf(pairs)
        or _name_renamed(pairs)
        or _name_crime_rule(pairs)
    )


def _name_masked(pairs: Sequence[UnitPair]) -> tuple[str, ...]:
    """Units that are the same but for one thing in them."""
    kinds: list[str] = []
    for old, new in pairs:
        if old is None or new is None:
            return ()
        kind = next((kind for kind, mask, context in _MASKS if _differs_only(old, new, mask, context)), "")
        if not kind:
            return ()
        kinds.append(kind)
    return tuple(dict.fromkeys(kinds))


_MASKS: tuple[tuple[str, re.Pattern[str], re.Pattern[str] | None], ...] = (
    ("original_price_changed", _ORIGINAL, None),
    ("supplier_changed", _QUOTED, _SUPPLIED),
    ("domain_announced", _ADDRESS, _SITE),
    ("contact_changed", _HANDLE, None),
    ("name_changed", _SHOP, None),
)


def _differs_only(old: Unit, new: Unit, mask: re.Pattern[str], context: re.Pattern[str] | None) -> bool:
    if context and not (context.search(old.sentence) and context.search(new.sentence)):
        return False
    masked = [mask.sub("_", unit.plain) for unit in (old, new)]
    return masked[0] == masked[1] and old.plain != new.plain and "_" in masked[0]


def _name_list(pairs: Sequence[UnitPair]) -> tuple[str, ...]:
    """One list of goods or of sizes inside the other."""
    sentences = [dict.fromkeys(unit.sentence for pair in pairs if (unit := pair[side])) for side in (0, 1)]
    if any(len(side) != 1 for side in sentences):
        return ()
    old, new = (next(iter(side)) for side in sentences)
    for label, added, removed in (
        (_GOODS_LABEL, "product_added", "product_removed"),
        (_VARIANT_LABEL, "variant_added", "variant_removed"),
    ):
        starts = label.match(old), label.match(new)
        if not starts[0] or not starts[1] or starts[0].group() != starts[1].group():
            continue
        items = [
            frozenset(_read_items(text[start.end() :])) for text, start in zip((old, new), starts, strict=True) if start
        ]
        if items[0] and items[1] and items[0] != items[1] and (items[0] < items[1] or items[1] < items[0]):
            return (added if items[0] < items[1] else removed,)
    return ()


def _read_items(text: str) -> list[str]:
    items = [item.strip(" ,元") for item in _ITEM_END.split(text)]
    items = [item for item in items if item]
    if any(len(item) > _LONGEST_ITEM or "," in item or read_stances(item, item) for item in items):
        return []
    return items


def _name_links(pairs: Sequence[UnitPair]) -> tuple[str, ...]:
    """A site that has another address now, or a link to the rules that leads elsewhere."""
    old, new = ("".join(unit.plain for pair in pairs if (unit := pair[side])) for side in (0, 1))
    links = [_RULES_LINK.findall(text) for text in (old, new)]
    if len(links[0]) == len(links[1]) == 1 and links[0][0][0] == links[1][0][0] and links[0] != links[1]:
        return ("terms_page_moved",) if _RULES_LINK.sub("", old) == _RULES_LINK.sub("", new) else ()
    sites = [_ADDRESS.findall(text) for text in (old, new)]
    if not sites[1] or sites[0] == sites[1] or not _SITE.search(new + "".join(_sentences(pairs))):
        return ()
    kept = set(sites[0]) < set(sites[1]) and _SPARE_SITE.search(new)
    if kept or len(sites[0]) == len(sites[1]) or (not sites[0] and _NO_SITE.search(old)):
        return ("domain_announced",) if not _speaks_of_claims(pairs) else ()
    return ()


def _sentences(pairs: Sequence[UnitPair]) -> list[str]:
    return [unit.sentence for pair in pairs for unit in pair if unit]


def _name_shelf(pairs: Sequence[UnitPair]) -> tuple[str, ...]:
    """Goods that are there, or not, for the time being."""
    units = [unit for pair in pairs for unit in pair if unit]
    if _speaks_of_claims(pairs) or not all(
        _OUT.search(unit.plain)
        or _IN.search(unit.plain)
        or _SHELF.search(unit.plain)
        or any(unit is not other and other.form.startswith(unit.form) for other in units)  # the name of the goods
        for unit in units
    ):
        return ()
    out = [any(_OUT.search(unit.plain) for pair in pairs if (unit := pair[side])) for side in (0, 1)]
    there = [any(_IN.search(unit.plain) for pair in pairs if (unit := pair[side])) for side in (0, 1)]
    if out[1] and not out[0]:
        return ("sold_out",)
    return ("back_in_stock",) if out[0] and not out[1] and there[1] else ()


def _name_renamed(pairs: Sequence[UnitPair]) -> tuple[str, ...]:
    """A shop that says by which name it goes now."""
    new = [unit for _old, unit in pairs if unit]
    if not any(_RENAMED.search(unit.plain) for unit in new) or _speaks_of_claims(pairs):
        return ()
    return ("name_changed",) if all(not unit.entities for unit in new) else ()


def _name_crime_rule(pairs: Sequence[UnitPair]) -> tuple[str, ...]:
    """A rule against crime, or on manners, that came or went: it takes nothing from an honest buyer."""
    for side, kind in ((1, "rule_added"), (0, "rule_removed")):
        if all(pair[1 - side] is None and (unit := pair[side]) and _CRIME_RULE.match(unit.plain) for pair in pairs):
            return (kind,)
    return ()


def _speaks_of_claims(pairs: Sequence[UnitPair]) -> bool:
    """Whether any of it grants, refuses or asks."""
    said = [_RESTOCKED.sub("", unit.plain) for pair in pairs for unit in pair if unit]
    return any(read_stances(text, text).keys() - {"speed", "waiting", "telling"} for text in said)
