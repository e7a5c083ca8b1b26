"""Reads how far the seller may go by himself, and who decides or bears, anywhere in the sentences that changed.

With the buyer's consent or after telling him (事先取得同意 → 及时告知), on proof or on suspicion (有证据 → 有理由怀疑),
by a third party or by himself (由仲裁组出结果 → 由号主出结果), at whose cost (由本公司负担 → 由会员负担). Takes the
units that changed on both sides, gives findings that need no second opinion. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitor.changes.measures import Finding
from monitor.changes.stances import is_skipped
from monitor.changes.units import Unit
from storage.model import Effect, Severity

_BUYER = (
    r"(?:买家|买方|用户|客户|顾客|消费者|购买者|乙方|您|你|会员|持[卡券]人"
    r"|参团人|团员|车友|租客|租户|租号者|承租人|玩家|学员|订户)"
)
_SELLER = (
    r"(?:卖家|卖方|卖场|商家|商城|店家|本[店站社铺号司]|本公司|小店|我[店们方司]?|店方"
    r"|店铺|铺主|平台方?|客服|甲方|商户|站方|站长|店[主长]|老板|掌柜|车主|号主|团长|发起[方人]|出租[方人]|房东|主办方|运营方|服务商)"
)
_OTHERS = r"(?:第三方|仲裁[组员委庭]?[员会]?|鉴定机构|官方|法院|双方|消协|评审团|陪审|监管部门|调解员|公证处|警方)"
_CONSENT = re.compile(
    rf"(?:取得|征得|经|得到|获得|需要?|须|等)[^,。;]{{0,6}}{_BUYER}[^,。;]{{0,6}}(?:同意|许可|认可|点头|确认|授权)"
    rf"|{_BUYER}[^,。;不]{{0,4}}(?:同意|许可|点头|认可)[^,。;]{{0,2}}(?:才|方|后)|(?:与|和|同|跟){_BUYER}[^,。;]{{0,4}}(?:协商一致|商定|谈妥|约定)"
)
_TOLD = re.compile(
    rf"(?:及时|提前|事先|事后|随后|另行|同步|尽快|尽量|只需|仅需)?(?:告知|通知|知会|公告|公示|说明|群里(?:喊|说)一声)(?:[^,。;]{{0,6}}{_BUYER})?"
)
_NO_WORD = re.compile(r"无需|不必|不用|不需要?|不另行?|无须|不再")
_PROOF = re.compile(
    r"(?:掌握|持有|有|凭|取得)[^,。;疑]{0,4}证据|证据(?:确凿|充分|表明|证明|显示)|能够?证明|查证属实|查实|查明|坐实|(?:经|被|由)[^,。;]{1,8}(?:认定|确认|判定|核实|证实)|核实|生效(?:判决|文书|裁定)"
)
_SUSPICION = re.compile(
    r"理由(?:怀疑|认为|相信)|怀疑|疑似|涉嫌|认为|觉得|(?:可能|有可能)(?:存在|为|是|系)|感觉|系统(?:提示|判断|识别|检测)|风控(?:提示|命中|触发)|被举报|收到举报|(?:单方|自行)判断"
)
_SANCTION = re.compile(
    r"暂停|冻结|拒绝|扣(?!会|费的)|封|取消|限制|终止|不予|不退|拉黑|停止|关闭|暂扣|没收|收回|作废|中止|延迟"
)
_DECIDED = re.compile(r"裁|认定|判|决定|鉴定|仲裁|出结果|给结果|结果|评|审|定责|责任划分|说了算|拍板|处理意见")
_BY = re.compile(r"由([^,。;()由]{1,12})")
_PAYS = re.compile(r"承担|负担|承受|垫付|支付|买单|补足|赔")
_COST = re.compile(r"费|运|税|差价|车费")
_LOSS = re.compile(r"损失|责任|风险|后果|费|差价|税|赔")
_BORNE = r"(?:承担|负担|负责|承受|担|垫付|支付|出|付|掏|买单|补足|赔)"
_THEY_BEAR = re.compile(rf"由{_BUYER}(?:自行|自己|全额|全部)?{_BORNE}|责任自负|自行承担|自负")
_WE_BEAR = re.compile(rf"由{_SELLER}(?:来|全额|全部|一方)?{_BORNE}(?!不)|{_SELLER}(?:全额|全部)?(?:承担|负担|垫付)")
_SHARED = re.compile(r"各半|各[承负]|分担|共同|一半|五五|按过错|按责任")

_DIFFERENCE = re.compile(
    r"(?:差|缺|少|短)(?:了)?多少[^,。;]{0,3}(?:退|补|还|赔)多少|(?:差额|差价|不足部分|短少部分)(?:全[额部]|如数|照)?(?:退|补|返)"
)
_PART_OF_IT = re.compile(
    r"(?:差额|差价|不足部分|短少部分)[^,。;]{0,3}(?:(?:以|按)?[一二三四五六七八九]成|的?[1-9]\d?\s?%|一半|部分)"
)
_ANY_OF = re.compile(
    r"任选一种|(?:其中)?(?:一样|一项|一种|之一|任一|任意一[样项个])(?:就行|即可|就可以|就成|便可)?|或者?"
)
_ALL_OF = re.compile(
    r"(?:[二两三四五六2-6]|以上)(?:样|项|种|者|个)?(?:都|均|全)(?:要|须|需|得)?(?:齐|有|备|提供|具备)|缺一不可|须同时满足|全部(?:提供|齐备|具备)|都齐了?"
)
_PAPERS = re.compile(r"截图|录屏|凭证|邮箱|订单|单号|型号|视频|照片|号码|记录|小票|证明|材料")
_THEIR_CAUSE = re.compile(r"因[^,。;]{0,8}(?:官方|平台|厂商?|风控|系统|上游|运营商|服务器|版本|政策)[^,。;]{0,6}")
_OUR_CAUSE = re.compile(rf"因{_SELLER}[^,。;]{{0,6}}(?:失误|操作|原因|过错|责任|疏忽|误)[^,。;]{{0,3}}")
_COVERED = re.compile(r"(?:照样|照常|也|都|全|一样|同样|我们|本店|我)管(?![理家道控])(?:$|到|换|修|的|好)")
_LEFT_ALONE = re.compile(r"不管(?![是什怎在您你有哪几多用因])(?:$|了|的|换|修|赔|退)")
_PAID_BACK = re.compile(r"退(?!出|后|步|换码|订阅)")
_NEXT_TIME = re.compile(
    r"(?:转为|转作|留作|留着|作为|存为|存到|改作|只能)?(?:下次|下回|下单|以后|后续|下一[次单])[^,。;]{0,5}(?:抵|扣|用(?!户)|减)"
)
_AT_LEAST = re.compile(r"(?:有效期|效期|期限|保质期|剩余)[^,。;]{0,8}(?:不少于|不低于|不短于|至少|起码)")
_AS_PRINTED = re.compile(r"以(?:卡面|券面|实物|实际|收到的?|包装|页面)(?:标[注示]|所示|显示|印刷|到手)?(?:日期)?为准")
_MORE_ABOARD = re.compile(
    r"(?:高峰|忙时|热门|视情况|必要时|适当|偶尔)[^,。;]{0,8}(?:加人|加塞|多拉|超员|加座|拼桌|限速|降速|降档|限流|降画质)"
)
_NOBODY_MORE = re.compile(
    r"(?:就|只|仅|固定|绝不|不会?)[^,。;]{0,6}(?:人|加人|加塞|超员|限速|降速)|多一个[^,。;]{0,4}赔|独享"
)
_KEPT = re.compile(r"质保|保修|恢复|补|换|赔|退|管|修")
_REFUSED = re.compile(r"不(?:予|再|能|可)?[退换补赔保管修]|概不|不承担|免责")


def compare_powers(before: Sequence[Unit], after: Sequence[Unit]) -> list[Finding]:
    """What the seller may do by himself now, or may not any more; each kind once."""
    sides = [[unit for unit in side if not is_skipped(unit.sentence)] for side in (before, after)]
    if not sides[0] or not sides[1]:
        return []
    found = (
        _compare_consent(*sides),
        _compare_grounds(*sides),
        _compare_deciders(*sides),
        _compare_bearers(*sides),
        _compare_differences(*sides),
        _compare_papers(*sides),
        _compare_causes(*sides),
        _compare_care(*sides),
        _compare_credit(*sides),
        _compare_terms_left(*sides),
        _compare_crowds(*sides),
    )
    return [one for one in found if one]


def _first(units: Sequence[Unit], pattern: re.Pattern[str], unless: re.Pattern[str] | None = None) -> Unit | None:
    return next(
        (unit for unit in units if pattern.search(unit.plain) and not (unless and unless.search(unit.plain))), None
    )


def _compare_consent(old: Sequence[Unit], new: Sequence[Unit]) -> Finding | None:
    """事先取得买家同意 → 及时告知买家."""
    for one, other, worse in ((old, new, True), (new, old, False)):
        asked, told = _first(one, _CONSENT, _NO_WORD), _first(other, _TOLD, _CONSENT)
        if not asked or not told or any(_CONSENT.search(unit.sentence) for unit in other):
            continue
        if any(_TOLD.search(unit.plain) and not _CONSENT.search(unit.plain) for unit in one):
            continue
        was, stands = (asked, told) if worse else (told, asked)
        return _tell("unilateral_power", was, stands, worse=worse, topic="要不要买家同意", severity=Severity.HIGH)
    return None


def _compare_grounds(old: Sequence[Unit], new: Sequence[Unit]) -> Finding | None:
    """有证据证明 → 有理由怀疑, before a measure against the buyer."""
    for one, other, worse in ((old, new, True), (new, old, False)):
        proved, suspected = _first(one, _PROOF, _SUSPICION), _first(other, _SUSPICION, _PROOF)
        if not proved or not suspected or _first(other, _PROOF) or _first(one, _SUSPICION):
            continue
        if not all(_SANCTION.search(unit.sentence) for unit in (proved, suspected)):
            continue
        was, stands = (proved, suspected) if worse else (suspected, proved)
        return _tell("unilateral_power", was, stands, worse=worse, topic="凭什么处置", severity=Severity.HIGH)
    return None


def _rank(name: str) -> int | None:
    """2 the buyer, 1 somebody who is neither, 0 the seller; None where nobody is named."""
    if re.search(_BUYER, name):
        return 2
    if re.search(_OTHERS, name):
        return 1
    return 0 if re.search(_SELLER, name) else None


def _read_decider(units: Sequence[Unit]) -> tuple[int, Unit] | None:
    """Who decides by these units, where they name one alone."""
    found = [
        (rank, unit)
        for unit in units
        if _DECIDED.search(unit.sentence)
        for name in _BY.findall(unit.plain)
        if (rank := _rank(name)) is not None and not _PAYS.search(name)
    ]
    return found[0] if len({rank for rank, _unit in found}) == 1 else None


def _compare_deciders(old: Sequence[Unit], new: Sequence[Unit]) -> Finding | None:
    """由平台仲裁组出结果 → 由号主出结果."""
    was, stands = _read_decider(old), _read_decider(new)
    if was is None or stands is None or was[0] == stands[0] or 2 in (was[0], stands[0]):
        return None
    worse = stands[0] < was[0]
    return _tell("unilateral_power", was[1], stands[1], worse=worse, topic="由谁决定", severity=Severity.HIGH)


def _compare_bearers(old: Sequence[Unit], new: Sequence[Unit]) -> Finding | None:
    """损失由本公司负担 → 损失由会员负担."""
    if any(_SHARED.search(unit.sentence) for unit in (*old, *new)):
        return None
    for one, other, worse in ((old, new, True), (new, old, False)):
        ours, theirs = _first(one, _WE_BEAR), _first(other, _THEY_BEAR)
        if not ours or not theirs or _first(one, _THEY_BEAR) or _first(other, _WE_BEAR):
            continue
        if not _LOSS.search(ours.plain):
            continue
        was, stands = (ours, theirs) if worse else (theirs, ours)
        name = "fee" if _COST.search(ours.plain) and "损失" not in ours.plain else "liability"
        return _tell(name, was, stands, worse=worse, topic="由谁承担", severity=Severity.HIGH)
    return None


def _compare_either(
    old: Sequence[Unit], new: Sequence[Unit], good: re.Pattern[str], bad: re.Pattern[str]
) -> tuple[Unit, Unit, bool] | None:
    """The unit that was good for the buyer and the one that is bad in its place; True where it went that way."""
    for one, other, worse in ((old, new, True), (new, old, False)):
        first, second = _first(one, good, bad), _first(other, bad)
        if first and second and not _first(one, bad) and not _first(other, good, bad):
            return (first, second, True) if worse else (second, first, False)
    return None


def _compare_differences(old: Sequence[Unit], new: Sequence[Unit]) -> Finding | None:
    """差多少退多少 → 差额以八成计退."""
    found = _compare_either(old, new, _DIFFERENCE, _PART_OF_IT)
    if found is None:
        return None
    return _tell("refund", *found[:2], worse=found[2], topic="差额退多少", severity=Severity.HIGH)


def _compare_papers(old: Sequence[Unit], new: Sequence[Unit]) -> Finding | None:
    """Of several papers any one did, and all are asked now: 有其中一样就行 → 三样都齐."""
    found = _compare_either(old, new, _ANY_OF, _ALL_OF)
    if found is None or not any(_PAPERS.search(unit.sentence) or "样" in unit.plain for unit in found[:2]):
        return None
    return _tell("burden", *found[:2], worse=found[2], topic="要交的材料", severity=Severity.MEDIUM)


def _compare_causes(old: Sequence[Unit], new: Sequence[Unit]) -> Finding | None:
    """A trouble from outside that was covered, and only the seller's own slips now: 因风控掉线的 → 因车主失误掉线的."""
    found = _compare_either(old, new, _THEIR_CAUSE, _OUR_CAUSE)
    if found is None:
        return None
    if not all(_KEPT.search(unit.sentence) and not _REFUSED.search(unit.sentence) for unit in found[:2]):
        return None
    return _tell("cover", *found[:2], worse=found[2], topic="保哪些原因", severity=Severity.HIGH)


def _compare_care(old: Sequence[Unit], new: Sequence[Unit]) -> Finding | None:
    """换主板照样管 → 换主板不管."""
    found = _compare_either(old, new, _COVERED, _LEFT_ALONE)
    return None if found is None else _tell("care", *found[:2], worse=found[2], topic="管不管", severity=Severity.HIGH)


def _compare_credit(old: Sequence[Unit], new: Sequence[Unit]) -> Finding | None:
    """租金一起退 → 租金转为下次抵扣."""
    for one, other, worse in ((old, new, True), (new, old, False)):
        paid, kept = _first(one, _PAID_BACK, _NEXT_TIME), _first(other, _NEXT_TIME)
        if not paid or not kept or _first(one, _NEXT_TIME) or any(_REFUSED.search(u.plain) for u in (paid, kept)):
            continue
        was, stands = (paid, kept) if worse else (kept, paid)
        return _tell("refund", was, stands, worse=worse, topic="退成什么", severity=Severity.HIGH)
    return None


def _compare_terms_left(old: Sequence[Unit], new: Sequence[Unit]) -> Finding | None:
    """剩余有效期不少于24个月 → 以卡面为准."""
    found = _compare_either(old, new, _AT_LEAST, _AS_PRINTED)
    return None if found is None else _tell("validity", *found[:2], worse=found[2], topic="剩余有效期")


def _compare_crowds(old: Sequence[Unit], new: Sequence[Unit]) -> Finding | None:
    """一车就三个人 → 高峰期会适当加人."""
    found = _compare_either(old, new, _NOBODY_MORE, _MORE_ABOARD)
    return None if found is None else _tell("spec", *found[:2], worse=found[2], topic="几个人用")


_KINDS = {
    "validity": (("validity_cut", "refund_narrowed"), ("validity_extended", "refund_widened")),
    "spec": (("spec_reduced",), ("spec_improved",)),
    "care": (("warranty_cut",), ("warranty_extended",)),
    "refund": (("refund_narrowed",), ("refund_widened",)),
    "burden": (("burden_added",), ("burden_removed",)),
    "cover": (("warranty_cut", "liability_shifted"), ("warranty_extended", "liability_assumed")),
    "unilateral_power": (("unilateral_power_added",), ("unilateral_power_removed",)),
    "liability": (("liability_shifted",), ("liability_assumed",)),
    "fee": (("fee_added", "liability_shifted"), ("fee_removed", "liability_assumed")),
}


def _tell(name: str, old: Unit, new: Unit, *, worse: bool, topic: str, severity: Severity = Severity.MEDIUM) -> Finding:
    kinds = _KINDS[name][0 if worse else 1]
    effect, weight = (Effect.WORSE, severity) if worse else (Effect.BETTER, Severity.NONE)
    return Finding(kinds, effect, weight, topic, old.plain, new.plain, exact=True)
