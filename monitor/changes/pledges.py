"""Reads pledges that changed their terms anywhere in the changed text, however it was cut into units.

A price that was pinned and floats now, what had no end and has one, what was not asked and is, a court of either side
that became the seller's, a penalty on who complains elsewhere, the whole text of the rules that can be opened no more.
Takes the units that changed on both sides, gives findings that need no second opinion. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from monitor.changes.measures import Finding
from monitor.changes.stances import is_skipped, read_stances
from monitor.changes.units import Unit
from storage.model import Effect, Severity

_OF_RENEWAL = re.compile(
    r"毕业后|到期|期满|之后|过后|次月|下月|续|以后|后续|将来|次年|第二[年期]|老用户|终身|价格|单价|购买后|涨"
)
_OF_PRICE = re.compile(r"价|费用|资费|收费标准|首年")
_AS_BEFORE = re.compile("照旧$|不变$|一样$|照样$")
_PINNED = re.compile(
    r"(?<![不会])(?:不变|锁定|锁价|维持|保持|一致|相同|同价|照旧|不涨|不调|不(?:会)?(?:高于|超过|上调|涨|变)|永不|一直[^,。;]{0,4}按?)"
    r"|以(?:下单|购买|付款|成交|拍下)[^,。;]{0,6}为准|按[^,。;]{0,4}(?:首次|当初|原价?|初始|成交|第一次|购买时|上车价|入手价)|同首[次年]|(?:为|是|等于)首[次年]|不因[^,。;]{0,8}(?:调价|涨价)|涨价[^,。;]{0,6}(?:自[己担负]|不找|不收|责任)"
)
_FLOATING = re.compile(
    r"为准|随行就市|随[^,。;]{0,4}(?:行情|市场|市价|大盘)|浮动|市场价|(?:可能|可以?|将|会|有权)[^,。;]{0,4}(?:调|涨|变|改)|上调|实时价|另行(?:通知|定价|公布)|当[日天时][^,。;]{0,4}价|恢复原价"
)
_TIMES_OF_IT = re.compile(
    r"首[次年][^,。;]{0,10}?\d{3}\s?%|首[次年][^,。;]{0,8}?(?:[1-9]\.\d|[二两三2-9])\s?倍|上浮|加价|加收"
)
_FIRST_ONLY = re.compile(
    r"[次下]个?[月年周季期]起|第[二2]个?[月年周季期]起?|首[月年次单期][^,。;]{0,3}[之以]?后|(?:之后|到期后?|期满)[^,。;]{0,4}(?:按|恢复)[^,。;]{0,3}原价|仅限?首[月年次单期]"
)
_SUM = re.compile(r"\d\s?(?:元|块|rmb|¥)|原价")
_ENDLESS = re.compile(
    r"买断|永久|终身|终生|一直(?:可|能|有效|保留|用)|(?:想|爱)[^,。;]{0,6}都(?:行|可以?|能)|不限(?:时|期|次数?)|无限[期次]|不设?期限|反复(?=查|看|用|下|报|换)|长期(?:保存|有效|可)|不过期|永不|(?:想|爱|能)?[放留存]多久"
)
_ENDING = re.compile(
    r"为止|阅后即焚|(?:查看|显示|使用|下载|打开)(?:仅|只|限)?[^,。;]{0,2}[一1]次|(?:只|仅|限)[^,。;]{0,4}(?:查看|显示|使用|下载|看|用)[一1]次|(?:之?后|即|就|自动|到期|期满)(?:销毁|删除|作废|失效|清除|清空|清零|收回|停用|终止|回收)|到期|有效期(?:至|为|到)|满[^,。;]{1,6}(?:止|失效|停)"
)
_TO_THE_END = re.compile(
    r"随时(?:都)?(?:给|可以?)?[补换修](?!充)|掉几[次回]补几[次回]|[补换修赔]到(?:好|能用|成功|可用|有效|满意|[^,。;]{0,4}为止)|(?:反复|多次|不限次数?|无限次?|随便|一直)(?:地|都)?(?:可以?)?(?:[补换修]|报修|重发)|[补换修](?:发|货|换)?不限次?"
)
_SO_OFTEN = re.compile(
    r"[补换修](?:发|货|换|理)?[^,。;]{0,4}[一二两三1-3]\s?次|[一二两三1-3]\s?次[^,。;]{0,4}(?:[补换修]|机会|为限)"
)
_WORK = re.compile(
    r"证明|自证|举证|说明(?=理由|原因|情况|缘由|$)|理由|解释|原因|提供|提交|出示|上传|填写|录[屏像]|视频|截图|身份证|实名|预约|排队|审核|好评|备案|签字|打印"
)
_NOT_ASKED = re.compile(r"(?:不需要?|不用|无需|无须|不必|不要求?|不强制|免(?!费))[^,。;]{0,10}$")
_ASKED = re.compile(r"(?:请|须|需要?|应当?|必须|要|得|方可|才[能可给])")
_EASY = re.compile(
    r"(?:一句话|说一?声|吱一?声|讲一?声|喊一?声|截图|截个图|拍(?:张|个)?照(?:片)?|发个?[^,。;]{1,6}|回复?\s?[a-z\u4e00-\u9fff]{1,4}|点一下|勾一下|动动手指)(?:就行|即可|就好|就成|就可以|就能|便可|$)"
)
_HARD = re.compile(
    r"(?:须|需要?|请|得|必须|应当?|要)[^,。;]{0,8}(?:填写|填报|邮件|邮寄|致电|到场|到店|亲[自赴]|手持|公证|证明|盖章|签字|全程|表格?|申请书|身份证|工作日)"
)
_COURT = re.compile(r"法院|管辖|打官司|仲裁地|起诉")
_EITHER_COURT = re.compile(
    r"任[一何意]|都(?:成|行|可|能)|双方|原告|(?:您|你|买|用户|消费者|客户|买方|乙方)[^,。;]{0,6}(?:在地|那边|这边|住|户籍|当地|城市|方)|消费者"
)
_SELLERS_COURT = re.compile(
    r"(?:我|本店|卖家?|商家|店[家铺主]|本站|平台|甲方|公司|工作室|被告)[^,。;]{0,6}(?:在地|那边|这边|住|注册|当地|城市|方)"
)
_NAMED_COURT = re.compile(r"[\u4e00-\u9fff]{2,8}(?:人民)?法院")
_OUTSIDE = re.compile(
    r"(?:平台|官方|第三方|闲鱼|淘宝|支付宝?)[^,。;]{0,3}(?:介入|投诉|申诉|维权)|投诉|12315|举报|报警|差评|曝光|起诉|拒付|退单|撤单申诉|申诉过|(?:别|勿|不要|不得|不许|禁止)[^,。;]{0,4}(?:找|去|向|到)[^,。;]{0,4}(?:平台|官方|支付)"
)
_WHO_DOES = re.compile(r"[的者](?:话|,|$|订单|买家|用户|账号|客户)|否则|一?经|凡|如|若|即视|,|后$")
_PUNISHED = re.compile(
    r"作废|不退|不[再予]?(?:退|赔|补|换|售后|处理|受理|服务)|拉黑|封|取消|视为(?:自动)?(?:放弃|下车|退出|违约)|终止|没收|追究|失效|不配合|停止|停掉|关掉|关闭|丧失|失去|不(?:再)?(?:处理|理会?|管)"
)
_OUTSIDE_ALLOWED = re.compile(
    r"(?:可以?|有权|尽管|能|支持|欢迎|随时|也)[^,。;]{0,10}(?:介入|投诉|12315|维权|举报|报警|申诉)|我们?(?:全力)?配合"
)
_WHOLE_TEXT = re.compile(
    r"《[^》]{2,20}(?:协议|规则|条款|说明|细则|政策|须知|规定|条例|办法)》|(?:完整|全部|全文|详细)(?:的)?(?:规则|条款|协议|细则|政策|说明)"
)
_OPENED = re.compile(
    r"请?(?:点击?|点开|打开|阅读|先读|查看|查阅|戳|见|看)|链接|蓝字|全文|https?:|www\.|/[a-z][a-z/_-]{2,}"
)
_NARROWED_TO = re.compile(r"定向|闲时|夜间|限速|限时段|指定(?:应用|app|平台|地区|时段|门店)|非高峰")
_PRIVATE = re.compile(r"信息|隐私|资料|数据|号码|手机号|证件|身份证|对话|聊天|通讯录|记录|上传|文件")
_KEEPING = r"(?:保存|留存|查看|读取|分享|共享|出售|提供给|披露|收集|采集|分析|训练|用于(?:改进|分析|训练|营销|推广))"
_KEPT = re.compile(_KEEPING)
_NOT_KEPT = re.compile(rf"(?:不|绝不|从不)(?:会|得|再|予|作)?[^,。;]{{0,3}}{_KEEPING}")
_FOLDED = re.compile(r"折叠|展开|收起|点[^,。;]{0,6}更多|小字|脚注|鼠标悬停|下拉(?:查看|可见)")
_OF_BURDEN = re.compile(r"费|押金|扣|条件|限制|违约金")
_SAID = re.compile(r"\d|[一二三四五六七八九十百]+分之|须|需")
_WHOLE_TERM = re.compile(
    r"(?:有效期|订阅期|会员期|服务期|使用期|租期|周期|到期)[^,。;]{0,2}[内前]|全程|自始至终|整个(?:有效期|周期|租期)"
)
_DAYS_WITHIN = re.compile(r"\d+\s?个?(?:天|日|小时|周|月)(?:之|以)?内")
_OF_WARRANTY = re.compile(r"质保|保修|售后|包[赔换补]|补(?!充)|(?<!兑)换|赔|掉(?!线率)|收回|封")
_AMOUNT = re.compile(r"\d\s?(?:gb?|mb?|tb?|小时|分钟|次|张)|流量|时长|额度")


def compare_pledges(before: Sequence[Unit], after: Sequence[Unit]) -> list[Finding]:
    """What the changed units of both sides pledge on other terms."""
    sides = [[unit for unit in side if not is_skipped(unit.sentence)] for side in (before, after)]
    if not sides[1] and not any(_OPENED.search(unit.plain) for unit in sides[0]):
        return []
    found = (
        _compare_prices(*sides),
        _compare_ends(*sides),
        _compare_whole_terms(*sides),
        _compare_repeats(*sides),
        _compare_asked(*sides),
        _compare_ease(*sides),
        _compare_courts(*sides),
        _compare_penalties(*sides),
        _compare_texts(*sides),
        _compare_kinds_of_goods(*sides),
        _compare_privacy(*sides),
        _compare_folds(*sides),
    )
    return [one for one in found if one]


def _first(units: Iterable[Unit], *patterns: re.Pattern[str]) -> Unit | None:
    return next((unit for unit in units if all(pattern.search(unit.plain) for pattern in patterns)), None)


def _compare_prices(old: Sequence[Unit], new: Sequence[Unit]) -> Finding | None:
    """续费价不变 → 续费价以当日页面为准; 月卡26元 → 月卡26元, 仅首月."""
    pinned, loose = ([_find_pinned(side) for side in (old, new)], [_find_loose(side) for side in (old, new)])
    if pinned[0] and loose[1] and not pinned[1] and not loose[0]:
        return _tell(("price_raised", "unilateral_power_added"), pinned[0], loose[1], worse=True, topic="以后的价格")
    if loose[0] and pinned[1] and not pinned[0] and not loose[1]:
        return _tell(
            ("price_lowered", "unilateral_power_removed"), loose[0], pinned[1], worse=False, topic="以后的价格"
        )
    first = [
        next((one for one in side if _FIRST_ONLY.search(one.plain) and _SUM.search(one.plain)), None)
        for side in (old, new)
    ]
    if first[1] and not first[0]:
        return _tell(("price_raised",), None, first[1], worse=True, topic="只是首期的价格")
    if first[0] and not first[1] and not loose[1]:
        return _tell(("price_lowered",), first[0], None, worse=False, topic="只是首期的价格")
    return None


def _is_of_price(unit: Unit) -> bool:
    named = _OF_PRICE.search(unit.plain) or (_AS_BEFORE.search(unit.plain) and _OF_PRICE.search(unit.sentence))
    return bool(named and _OF_RENEWAL.search(unit.sentence))


def _find_pinned(units: Sequence[Unit]) -> Unit | None:
    return next(
        (u for u in units if _is_of_price(u) and _PINNED.search(u.plain) and not _TIMES_OF_IT.search(u.plain)), None
    )


def _find_loose(units: Sequence[Unit]) -> Unit | None:
    return next(
        (
            u
            for u in units
            if _is_of_price(u)
            and (_TIMES_OF_IT.search(u.plain) or (_FLOATING.search(u.plain) and not _PINNED.search(u.plain)))
        ),
        None,
    )


def _compare_ends(old: Sequence[Unit], new: Sequence[Unit]) -> Finding | None:
    """What could be seen or used without an end, and has one now: 想什么时候看都行 → 看满一学年为止."""
    for one, other, worse in ((old, new, True), (new, old, False)):
        endless, ended = _first(one, _ENDLESS), _first(other, _ENDING)
        if not endless or not ended or _first(one, _ENDING) or _first(other, _ENDLESS):
            continue
        if _claims_of((endless, ended)) - {"use", "expiry", "carry"}:
            return None
        was, stands = (endless, ended) if worse else (ended, endless)
        kinds = ("validity_cut",) if worse else ("validity_extended",)
        return _tell(kinds, was, stands, worse=worse, topic="使用的期限", severity=Severity.HIGH)
    return None


def _compare_whole_terms(old: Sequence[Unit], new: Sequence[Unit]) -> Finding | None:
    """A claim that stood for the whole term, and for some days now: 有效期内失效的补 → 到账后7日内失效的补."""
    for one, other, worse in ((old, new, True), (new, old, False)):
        whole, some = _first(one, _WHOLE_TERM), _first(other, _DAYS_WITHIN)
        if not whole or not some or _first(other, _WHOLE_TERM) or _first(one, _DAYS_WITHIN):
            continue
        if not all(_OF_WARRANTY.search(unit.sentence) for unit in (whole, some)):
            continue
        was, stands = (whole, some) if worse else (some, whole)
        kinds = ("warranty_cut",) if worse else ("warranty_extended",)
        return _tell(kinds, was, stands, worse=worse, topic="保到什么时候", severity=Severity.HIGH)
    return None


def _claims_of(units: Iterable[Unit]) -> frozenset[str]:
    return frozenset(act for unit in units for act in read_stances(unit.plain, unit.plain))


def _compare_repeats(old: Sequence[Unit], new: Sequence[Unit]) -> Finding | None:
    """As often as it takes, or once: 补到好 → 补一次."""
    for one, other, worse in ((old, new, True), (new, old, False)):
        endless, counted = _first(one, _TO_THE_END), _first(other, _SO_OFTEN)
        if not endless or not counted or _first(one, _SO_OFTEN) or _first(other, _TO_THE_END):
            continue
        if ("refund" in _claims_of(one)) != ("refund" in _claims_of(other)):
            continue  # 换三次不行就退 → 换到行为止: what comes after is gone
        was, stands = (endless, counted) if worse else (counted, endless)
        repaired = "修" in was.plain + stands.plain
        names = ("replacement_cut", "warranty_cut") if worse else ("replacement_improved", "warranty_extended")
        return _tell(names if not repaired else names[::-1], was, stands, worse=worse, topic="补换的次数")
    return None


def _compare_asked(old: Sequence[Unit], new: Sequence[Unit]) -> Finding | None:
    """What had not to be done and has to be: 无需说明理由 → 应说明理由."""
    for one, other, worse in ((old, new, True), (new, old, False)):
        for free in one:
            words = {
                found.group() for found in _WORK.finditer(free.plain) if _NOT_ASKED.search(free.plain[: found.start()])
            }
            asked = next((unit for unit in other if _asks(unit, words)), None) if words else None
            if asked is None:
                continue
            if any(_asks(unit, words) for unit in one) or any(_frees(unit, words) for unit in other):
                continue
            was, stands = (free, asked) if worse else (asked, free)
            kinds = ("burden_added",) if worse else ("burden_removed",)
            severity = Severity.HIGH if words & {"证明", "自证", "举证"} else Severity.MEDIUM
            return _tell(kinds, was, stands, worse=worse, topic="要做的事", severity=severity)
    return None


def _compare_ease(old: Sequence[Unit], new: Sequence[Unit]) -> Finding | None:
    """What took a word and takes a paper now: 报修说一声就行 → 报修请填写故障表."""
    for one, other, worse in ((old, new, True), (new, old, False)):
        easy = _first(one, _EASY)
        hard = next((unit for unit in other if _HARD.search(unit.plain) and not _EASY.search(unit.plain)), None)
        if not easy or not hard or _first(other, _EASY) or _first(one, _HARD):
            continue
        was, stands = (easy, hard) if worse else (hard, easy)
        kinds = ("burden_added",) if worse else ("burden_removed",)
        return _tell(kinds, was, stands, worse=worse, topic="要做的事")
    return None


def _frees(unit: Unit, words: Iterable[str]) -> bool:
    return any(
        found.group() in words and _NOT_ASKED.search(unit.plain[: found.start()])
        for found in _WORK.finditer(unit.plain)
    )


def _asks(unit: Unit, words: Iterable[str]) -> bool:
    found = [one for one in _WORK.finditer(unit.plain) if one.group() in words]
    return any(
        _ASKED.search(unit.plain[: one.start()]) and not _NOT_ASKED.search(unit.plain[: one.start()]) for one in found
    )


def _compare_courts(old: Sequence[Unit], new: Sequence[Unit]) -> Finding | None:
    """A court of either side, or the seller's: 你那边、我这边的法院都成 → 得来我这边的法院."""
    of_courts = [[unit for unit in side if _COURT.search(unit.sentence)] for side in (old, new)]
    either = [_first(side, _EITHER_COURT) for side in of_courts]
    ours = [_first(side, _SELLERS_COURT) for side in of_courts]
    named = ours[1] or _first(of_courts[1], _NAMED_COURT)
    if either[0] and named and not either[1]:
        return _tell(("jurisdiction_moved",), either[0], named, worse=True, topic="去哪里打官司")
    if ours[0] and either[1] and not either[0]:
        return _tell(("jurisdiction_returned",), ours[0], either[1], worse=False, topic="去哪里打官司")
    return None


def _compare_penalties(old: Sequence[Unit], new: Sequence[Unit]) -> Finding | None:
    """Who complains elsewhere loses something: 可申请平台介入 → 申请平台介入的，售后作废."""
    punished = [_find_punished(side) for side in (old, new)]
    allowed = [_first(side, _OUTSIDE_ALLOWED) for side in (old, new)]
    if punished[1] and not punished[0]:
        kinds: tuple[str, ...] = ("channel_removed", "unilateral_power_added")
        if re.search("不退", punished[1].sentence):
            kinds = (*kinds, "refund_removed")
        return _tell(kinds, allowed[0], punished[1], worse=True, topic="向外投诉的后果", severity=Severity.HIGH)
    if punished[0] and not punished[1]:
        kinds = ("channel_added", "unilateral_power_removed")
        return _tell(kinds, punished[0], allowed[1], worse=False, topic="向外投诉的后果")
    return None


def _find_punished(units: Sequence[Unit]) -> Unit | None:
    """A unit that names who complains elsewhere, in a sentence that takes something from him."""
    for unit in units:
        found = _OUTSIDE.search(unit.plain)
        if found is None or _OUTSIDE_ALLOWED.search(unit.plain) or "恶意" in unit.sentence:
            continue
        rest = unit.sentence[unit.sentence.find(unit.plain) + found.end() :]
        if _WHO_DOES.search(rest) and _PUNISHED.search(rest):
            return unit
    return None


def _compare_texts(old: Sequence[Unit], new: Sequence[Unit]) -> Finding | None:
    """The whole text of the rules, with a way to open it: 《用户协议》点击蓝字打开 → -."""
    found = [
        next((u for u in side if _WHOLE_TEXT.search(u.plain) and _OPENED.search(u.sentence)), None)
        for side in (old, new)
    ]
    named = [any(_WHOLE_TEXT.search(u.plain) for u in side) for side in (old, new)]
    if found[0] and not found[1] and not (named[1] and any(_OPENED.search(u.plain) for u in new)):
        return _tell(("terms_page_removed",), found[0], None, worse=True, topic="规则全文")
    return None


def _compare_kinds_of_goods(old: Sequence[Unit], new: Sequence[Unit]) -> Finding | None:
    """A part of what was given without bounds is bound now: 100G通用 → 10G通用+90G定向."""
    bound = [_first(side, _NARROWED_TO, _AMOUNT) for side in (old, new)]
    given = [_first(side, _AMOUNT) for side in (old, new)]
    if bound[1] and not bound[0] and given[0]:
        return _tell(("spec_reduced",), given[0], bound[1], worse=True, topic="规格")
    if bound[0] and not bound[1] and given[1]:
        return _tell(("spec_improved",), bound[0], given[1], worse=False, topic="规格")
    return None


def _compare_privacy(old: Sequence[Unit], new: Sequence[Unit]) -> Finding | None:
    """What was not kept of him and is: 不留存聊天记录 → 可以留存聊天记录并用于分析."""
    of_him = [[unit for unit in side if _PRIVATE.search(unit.sentence)] for side in (old, new)]
    left = [_first(side, _NOT_KEPT) for side in of_him]
    kept = [
        next((u for u in side if _KEPT.search(_NOT_KEPT.sub("", u.plain)) and not _NOT_KEPT.search(u.plain)), None)
        for side in of_him
    ]
    for side, worse in ((0, True), (1, False)):
        first, second = left[side], kept[1 - side]
        if not first or not second or kept[side] or left[1 - side]:
            continue
        was, stands = (first, second) if worse else (second, first)
        kinds = ("unilateral_power_added",) if worse else ("unilateral_power_removed",)
        return _tell(kinds, was, stands, worse=worse, topic="买家的信息", severity=Severity.HIGH)
    return None


def _compare_folds(old: Sequence[Unit], new: Sequence[Unit]) -> Finding | None:
    """A charge or a condition that has to be unfolded now: 另付15%服务费 → 收费标准折叠在页面底部."""
    folded = [_first(side, _FOLDED, _OF_BURDEN) for side in (old, new)]
    said = [_first(side, _OF_BURDEN, _SAID) for side in (old, new)]
    if folded[1] and said[0] and not folded[0] and not said[1]:
        return _tell(("burden_hidden",), said[0], folded[1], worse=True, topic="要点开才见")
    return None


def _tell(
    kinds: tuple[str, ...],
    old: Unit | None,
    new: Unit | None,
    *,
    worse: bool,
    topic: str,
    severity: Severity = Severity.MEDIUM,
) -> Finding:
    effect, weight = (Effect.WORSE, severity) if worse else (Effect.BETTER, Severity.NONE)
    return Finding(kinds, effect, weight, topic, old.plain if old else "", new.plain if new else "", exact=True)
