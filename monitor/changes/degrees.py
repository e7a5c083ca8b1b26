"""Reads words that stand on a scale, and pledges that were loosened: 双网 → 单网, 较高者 → 较低者, 每天2G → 总共2G.

Also what is on unless the buyer turns it off (默认不续费 → 默认续费), causes of the seller's own that count as an
excuse, how grave a fault must be, lists that lost an item, and a choice of remedies that shrank. Takes paired units,
gives findings that need no second opinion. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from monitor.changes.contrasts import join_lone
from monitor.changes.measures import Finding, UnitPair
from monitor.changes.modals import compare_rhythms
from monitor.changes.numerals import read_number
from monitor.changes.stances import is_skipped, read_stances
from monitor.changes.units import Unit
from storage.model import Effect, Severity

_GREAT_OR_SMALL: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(great), re.compile(small))
    for great, small in (
        ("双(?!方|倍|击|休)|[两三四五六多](?=[网卡轨端线路声频通制核用语开屏])", "单"),
        ("独[享立占用]|专享|独号", "共享|合租|拼车|多人共?用|同享"),
        (
            "全(?=[区服网国球场站品平系])",
            "单(?=[区服网国场站品平系])|[本限](?=[区服网国站])|(?:部分|指定)(?=[区服网国球场站品平系地])",
        ),
        ("无损|原画|蓝光|超清|高清|高级|优先|极速|尊享|高速", "有损|标清|普清|流畅|普通|一般|常规|标准|低速|低清"),
        ("正式版|完整版|专业版|企业版|旗舰版", "试用版|精简版|基础版|体验版|标准版|阉割版"),
        (
            "(?:全部|所有|都|均)(?=[^,。;]{0,3}(?:可|能|支持|适用|参加|参与|含|包))",
            "(?:部分|少部分|个别|有些|少数|指定)(?=[^,。;]{0,3}(?:可|能|支持|适用|参加|参与|含|包))",
        ),
        ("官方|直充", "非官方|代充|中转|镜像"),
    )
)  # fmt: skip
_FOR_A_PRICE = re.compile(
    r"(\d+(?:\.\d+)?)\s?(?:元|块钱?|rmb)?\s?(?:/|每)\s?(\d{1,3}|[一二两三四五六七八九十]{1,3})?\s?(天|日|周|星期|个?月|季度?|半年|年)(?!卡|费|会员)"
)
_DAYS = {"天": 1, "日": 1, "周": 7, "期": 7, "月": 30, "季": 91, "度": 91, "年": 365}
_HIGHER = re.compile(r"(?:[较更孰就取从])高(?:的|者|一[方个])?|两?者?中?高者|最高(?:的|者|价)|较[多长晚]|就[多长晚]")
_LOWER = re.compile(r"(?:[较更孰就取从])低(?:的|者|一[方个])?|两?者?中?低者|最低(?:的|者|价)|较[少短早]|就[少短早]")
_CHARGED = re.compile(r"收取?|扣|费|付款价|缴|买家[^,。;]{0,4}[付担]|违约金")
_RECEIVED = re.compile(r"赔|退|补偿|返还|结算给|折现|回收")
_PER = re.compile(
    r"每(?:个|款|种|档|张|件|台)[^,。;\d]{0,3}(?:都|各|均)|每(?:个)?(?:天|日|周|星期|月|季度?|年|次|单|期)|一(?:天|日|个?月|周|年)(?=[^,。;]{0,4}[\d一二两三])|按[天日周月年](?:重置|刷新|发放)?"
)
_ALTOGETHER = re.compile(
    r"总共|一共|(?<=[\u4e00-\u9fff])共(?=[一二两三\d])|共计|合计|累计|总计|终身|终生|(?:期间?内|期内|全程|整个?(?:套餐|周期|期间)|套餐内?|有效期内?)[^,。;\d]{0,4}共?"
)
_AMOUNT = re.compile(
    r"(?:\d+(?:\.\d+)?|[一二两三四五六七八九十]+)\s?(?:[次回张条个件份篇句轮]|[gmt]b?(?![a-z])|小时|分钟|积分|点|token|t(?![a-z])|万字?)"
)
_TAKEN = re.compile(r"扣|收取|罚|缴|须|需|必须|手续费|维护|清理")
_OFF = re.compile(
    r"默认(?:状态)?(?:下)?(?:为|是|均|都)?(?:不|未|关|否|没|非)|(?:不|未)(?:会)?默认|默认[^,。;]{0,6}关闭|(?:单独|主动|自愿|自行|另行)[^,。;]{0,3}(?:勾选|开启|打开|同意|选购|选择|开通)"
)
_ON = re.compile(
    r"默认(?:状态)?(?:下)?(?:为|是|均|都)?(?:开|勾选|打开|启用|自动|同意|选中|续|订阅|购买|接受|授权|允许)|默认[^,。;]{0,6}(?:开启|打开|勾选|启用)|(?:随[^,。;]{1,6})?(?:一并|一同|同时|自动|直接)(?:开通|开启|订阅|加购|购买)|捆绑|必选"
)
_PAID_LATER = re.compile(r"险|续|扣|费|购|订阅|付|增值|保险|价|会员|加购|套餐")
_ASKED_OF_HIM = re.compile(r"授权|推送|共享|信息|同意|营销|短信|个性化")
_HELD = re.compile("冻结|暂扣|扣留|扣押|扣划|扣除|限制|封禁|暂停|停用|没收|保留|关停|收回|清零")
_NEVER_HELD = re.compile("不(?:得|会|能|可|予|再)?(?:冻结|暂扣|扣|限制|封|暂停|停用|没收|收回|清零)")
_PART_OF_IT = re.compile(
    "(?:与|和|同)[^,。;]{1,14}(?:相当|等额|相等|对应|相应|相关|有关)|涉[事及嫌案]|争议|该笔|该单|该[项个]|对应|相应|相关|部分|所涉"
)
_ALL_OF_IT = re.compile(
    "全部|所有|整个|一切|名下|全额|账[户号](?:内|里|上|下)?的?(?:余额|资金|款项|功能|使用|$)|整[号户]"
)
_CAUSE = re.compile(
    r"^(?:但|如|若)?[因由遇](?:于|为|到)?([^,。;]{2,60}?)(?:等?(?:情形|情况|原因|因素|事由|问题)?)(?:而|所)?(?:不能|无法|未能|导致|造成|引起|致使|延误|迟延|延迟|中断|产生|的)"
)
_OWN_CAUSE = re.compile(
    r"上游|上家|供应商|供货|货源|缺货|断货|系统(?!性)|服务器|技术|维护|故障|升级|人手|人员|第三方|渠道|接口|网络|库存|通道|节假日|客流|繁忙"
)
_HIS_CAUSE = re.compile("(?:买家|用户|客户|顾客|您|会员|玩家|乘客|本人|自己|自身|个人)")
_EXCUSED = re.compile(
    r"不(?:承?担|负|算|视为|构成|属于?|予?赔|计入|退)|免[责除]|顺延|无责|无关|除外|不在|谅解|自[担负理]"
)
_BESIDES = re.compile(r"仍|照常?赔|也(?:由|要|须|需|会|算|赔|退)|同样(?:由|赔|退|承担)|(?<!不)承担全部")
_REMEDIES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(words))
    for name, words in (
        ("refund", r"退(?!出|后|步|订阅|换)|解除(?:交易|合同|订单)|撤单|解约|返款"),
        ("replace", r"(?<!兑)(?<!退)换(?!绑|算)|补发|重[发做开]|更换|补货"),
        ("reduce", r"减(?:少)?价|减免|降价|退差|部分退"),
        ("pay", r"赔|补偿"),
        ("mend", r"修(?!改)|维修|修复"),
        ("both", r"退换"),
    )
)
_EITHER = re.compile(r"或者?|、|/|还是|任选|选择|也可以?|都可以?")
_REFUSED = re.compile(r"不(?!满|符|良|足|到|了|成|对|想)|无法|拒|概|勿|免(?!费)|除外")
_IN_PARTS = re.compile(
    r"(?:可以?|支持|能|允许)?(?:分(?:多|几|若干)?次|多次|分批|分笔|零散|反复)(?:使用|用|花|消费|抵扣|核销|支付|购物|提现|领取)?"
)
_AT_ONE_GO = re.compile(
    r"(?:须|需|必须|只能|仅限|限|仅可|应)?(?:一次(?:性)?(?:用|花|消费|使用|核销|抵扣|付|领)[完光清尽]?|单次使用|限用一次)"
)
_GRAVE = re.compile(r"严重|重大|明显|离谱|根本性?|实质性?|完全|彻底|大面积|显著|极其|非常|特别")
_CASE = re.compile(r"(?:不(?!退|换|补|赔|保)|差|坏|错|缺|瑕|故障|问题|质量|卡|慢|延|失效|损)")
_LIST_MARK = re.compile(r"[、/]|(?:以?及|和|与|或者?)")
_LIST_EDGE = re.compile(
    r"等(?:[一二两三四五六七八九十\d]*个?[\u4e00-\u9fff]{0,4})?$|[一二两三四五六七八九十\d]+个[\u4e00-\u9fff]{1,4}$|[两三四五六七八九十\d]+[\u4e00-\u9fff]{1,2}$|的$"
)
_COVERED = re.compile(r"覆盖|复盖|支持|适用|通用|兼容|可用|包含|包括|提供|含")
_OF_SIZES = re.compile(r"可选|颜色|款式|规格|面额|型号|版本|尺码|口味")
_LEAST_SHARED = 2
_ASKED_FOR = re.compile(r"须|需|凭|提供|出示|提交|附|上传")
_AT_MOST = re.compile(r"(?:不超过|不足|少于|低于|小于|未满|不满|不到)\s?[\d一二两三四五六七八九十]|\d[^,。;]{0,6}以内")
_NOT_ANY = re.compile(
    r"为零|为0|[一1](?:节|次|张|集|章|课|页|天)?[^,。;]{0,2}(?:未|没)|未(?:曾)?(?:使用|开始|学|看|听|动|激活|播放|下载)|没(?:有)?(?:使?用|看|听|学|动|下载)过?|零(?=进度|使用|学)"
)
_BACK = frozenset({"refund", "replacement", "compensation", "care"})
_IDLE_DAYS = re.compile(r"节假日|假[日期]|周末|双休|星期[六日]|休息|关店|停机|维护|停服|打烊|歇业|春节|法定")
_NOT_COUNTED = re.compile(r"不(?:予)?(?:计|算|占|含)(?!费)|除外|顺延|剔除|扣除")
_COUNTED = re.compile(r"(?:照常?|也|均|都|一并)?(?:计入|算[在进入]?|包含|包括在)(?!费)")
_HIS_TIME = re.compile(r"售后|质保|反馈|报[坏错障]|验|有效|窗口|时效|申请|退|(?<!兑)换|使用期|时长")
_SELLERS_TIME = re.compile(r"发货|处理|到账|回复|办理|受理|审核|响应")
_BARE_PRICE = re.compile(r"^([^\d,。;:]{0,12}(?:年|季|月|周|天|半年)(?:卡|会员|费))\s(\d{1,5}(?:\.\d{1,2})?)$")
_UNLIMITED = re.compile(r"不(?:以|受)[^,。;]{1,14}(?:为(?:上)?限|(?:的)?限制)|不最高|(?:不设|没有|无)上限|不封顶")
_LIMITED = re.compile(r"以[^,。;]{1,14}为(?:上)?限|[亦也均都]?受[^,。;]{1,14}限制|最高|封顶|上限")
_SPENT = re.compile(r"面值|余额|额度|券|卡|积分|点数|金额|储值|货款")


def compare_degrees(pairs: Sequence[UnitPair]) -> list[Finding]:
    """What paired units say of less or more on a scale of words; each pair is told once."""
    found = []
    for old, new in join_lone(pairs):
        if old is None or new is None:
            continue
        if is_skipped(old.sentence) and is_skipped(new.sentence):
            told = _compare_causes(old, new) or _compare_reach(old, new)  # a rule on force majeure is skipped elsewhere
            found += [told] if told else []
            continue
        told = (
            _compare_terms_for_a_price(old, new)
            or _compare_bare_prices(old, new)
            or _compare_defaults(old, new)
            or _compare_reach(old, new)
            or _compare_causes(old, new)
            or _compare_remedies(old, new)
            or compare_rhythms(old, new)
            or _compare_totals(old, new)
            or _compare_heights(old, new)
            or _compare_sizes(old, new)
            or _compare_portions(old, new)
            or _compare_graveness(old, new)
            or _compare_days_counted(old, new)
            or _compare_limits(old, new)
            or _compare_items(old, new)
            or _compare_shares(old, new)
        )
        found += [told] if told else []
    return found


def _both_ways(old: Unit, new: Unit, good: re.Pattern[str], bad: re.Pattern[str]) -> bool | None:
    """Whether it went from good to bad; False the other way, None where neither."""
    sides = [(bool(good.search(unit.plain)), bool(bad.search(unit.plain))) for unit in (old, new)]
    if sides == [(True, False), (False, True)]:
        return True
    return False if sides == [(False, True), (True, False)] else None


def _compare_defaults(old: Unit, new: Unit) -> Finding | None:
    """What happens unless the buyer says no: 默认不勾选 → 默认勾选."""
    off = [bool(_OFF.search(unit.plain)) for unit in (old, new)]
    on = [bool(_ON.search(unit.plain)) and not off[side] for side, unit in enumerate((old, new))]
    if not (off[0] and on[1]) and not (on[0] and off[1]):
        return None
    worse = on[1]
    scope = old.sentence + new.sentence
    if _PAID_LATER.search(scope):
        kinds = ("burden_added", "fee_added") if worse else ("burden_removed", "fee_removed")
    elif _ASKED_OF_HIM.search(scope):
        kinds = ("burden_added", "unilateral_power_added") if worse else ("burden_removed", "unilateral_power_removed")
    else:
        return None
    return _tell(kinds, old, new, worse=worse, topic="默认的选择")


def _compare_terms_for_a_price(old: Unit, new: Unit) -> Finding | None:
    """How long a price pays for: 168/年 → 168/10个月."""
    terms = [_FOR_A_PRICE.search(unit.plain) for unit in (old, new)]
    if not terms[0] or not terms[1]:
        return None
    sums, hours = zip(*(_read_price(term) for term in terms if term), strict=True)
    if hours[0] == hours[1] or not all((*sums, *hours)):
        return None
    rest = {unit.plain.replace(term.group(), "_") for unit, term in zip((old, new), terms, strict=True) if term}
    if len(rest) > 1:
        return None
    shorter, dearer = hours[1] < hours[0], sums[1] * hours[0] > sums[0] * hours[1]
    if shorter != dearer:
        return None  # a smaller pack for less: goods of another size
    kinds = ("validity_cut", "price_raised") if shorter else ("validity_extended", "price_lowered")
    return _tell(kinds, old, new, worse=shorter, topic="一份价钱用多久")


def _compare_bare_prices(old: Unit, new: Unit) -> Finding | None:
    """A number behind the name of a card is its price: 年卡 176 → 年卡 167."""
    found = [_BARE_PRICE.match(unit.plain) for unit in (old, new)]
    if not found[0] or not found[1] or found[0].group(1) != found[1].group(1):
        return None
    sums = [Decimal(one.group(2)) for one in found if one]
    if sums[0] == sums[1] or not all(sums):
        return None
    dearer = sums[1] > sums[0]
    return _tell(("price_raised",) if dearer else ("price_lowered",), old, new, worse=dearer, topic="价格")


def _read_price(found: re.Match[str]) -> tuple[Decimal, int]:
    count = read_number(found.group(2)) if found.group(2) else Decimal(1)
    days = 182 if found.group(3) == "半年" else _DAYS[found.group(3)[-1]]
    return Decimal(found.group(1)), int((count or Decimal(0)) * days)


def _compare_reach(old: Unit, new: Unit) -> Finding | None:
    """How much of what is his a measure of the seller takes in: 冻结争议金额 → 冻结全部余额."""
    grew = _both_ways(old, new, _PART_OF_IT, _ALL_OF_IT)
    if grew is None or not all(_HELD.search(unit.plain) and not _NEVER_HELD.search(unit.plain) for unit in (old, new)):
        return None
    kinds = ("unilateral_power_added",) if grew else ("unilateral_power_removed",)
    return _tell(kinds, old, new, worse=grew, topic="处置的范围", severity=Severity.HIGH)


def _compare_causes(old: Unit, new: Unit) -> Finding | None:
    """Troubles of the seller's own that stand beside force majeure: 因不可抗力 → 因不可抗力、上游缺货."""
    found = [_CAUSE.search(unit.plain) for unit in (old, new)]
    if not found[0] or not found[1]:
        return None
    if any(one and _HIS_CAUSE.match(one.group(1)) for one in found):
        return None  # 因用户使用第三方插件: that is his doing
    own = [frozenset(_OWN_CAUSE.findall(one.group(1))) for one in found if one]
    if own[0] == own[1] or not (own[0] < own[1] or own[1] < own[0]):
        return None
    if not all(_EXCUSED.search(unit.sentence) and not _BESIDES.search(unit.sentence) for unit in (old, new)):
        return None
    worse = own[0] < own[1]
    kinds = ("liability_shifted",) if worse else ("liability_assumed",)
    return _tell(kinds, old, new, worse=worse, topic="免责的原因", severity=Severity.HIGH)


def _compare_remedies(old: Unit, new: Unit) -> Finding | None:
    """What the buyer may choose from: 可选择退款或换货 → 可申请换货."""
    if any(_REFUSED.search(unit.plain) for unit in (old, new)) or old.entities != new.entities:
        return None
    offered = [frozenset(name for name, words in _REMEDIES if words.search(unit.plain)) for unit in (old, new)]
    if "both" in offered[0] | offered[1] or not offered[0] or not offered[1]:
        return None
    worse = offered[1] < offered[0]
    wide, rest = (old, new.sentence) if worse else (new, old.sentence)
    if not (worse or offered[0] < offered[1]) or not _EITHER.search(wide.plain):
        return None
    missing = offered[0] ^ offered[1]
    if any(words.search(rest) for name, words in _REMEDIES if name in missing):
        return None  # said in another unit of the sentence
    kept = offered[0] & offered[1]
    if "refund" in missing and worse and not kept & {"reduce", "pay"}:
        kinds: tuple[str, ...] = ("refund_removed", "refund_narrowed")
    elif missing & {"refund", "reduce", "pay"} or not missing & {"replace", "mend"}:
        kinds = ("refund_narrowed",) if worse else ("refund_widened",)
    else:
        kinds = ("replacement_cut",) if worse else ("replacement_improved",)
    return _tell(kinds, old, new, worse=worse, topic="可选的补救", severity=Severity.HIGH)


def _compare_totals(old: Unit, new: Unit) -> Finding | None:
    """As much once and for all as was given every day: 每天2G → 总共2G."""
    per = [bool(_PER.search(unit.plain)) for unit in (old, new)]
    whole = [bool(_ALTOGETHER.search(unit.plain)) and not per[side] for side, unit in enumerate((old, new))]
    if not (per[0] and whole[1]) and not (whole[0] and per[1]):
        return None
    amounts = [frozenset(_AMOUNT.findall(unit.plain)) for unit in (old, new)]
    if not amounts[0] & amounts[1] or any(_TAKEN.search(unit.plain) for unit in (old, new)):
        return None
    worse = whole[1]
    return _tell(("quota_cut",) if worse else ("quota_raised",), old, new, worse=worse, topic="总量")


def _compare_heights(old: Unit, new: Unit) -> Finding | None:
    """Which of two sums counts: 按较高者赔 → 按较低者赔."""
    fell = _both_ways(old, new, _HIGHER, _LOWER)
    if fell is None or _HIGHER.sub("_", old.plain if fell else new.plain) != _LOWER.sub(
        "_", new.plain if fell else old.plain
    ):
        return None
    scope = old.sentence + new.sentence
    if _RECEIVED.search(scope):
        worse = fell
        kinds = (
            (("liability_shifted", "refund_narrowed") if worse else ("liability_assumed", "refund_widened"))
            if re.search("赔|补偿|损失", scope)
            else (("refund_narrowed",) if worse else ("refund_widened",))
        )
    elif _CHARGED.search(scope):
        worse = not fell
        kinds = ("fee_added",) if worse else ("fee_removed",)
    else:
        return None
    return _tell(kinds, old, new, worse=worse, topic="取高或取低", severity=Severity.HIGH)


def _compare_sizes(old: Unit, new: Unit) -> Finding | None:
    """A lesser word of the same thing: 双音轨 → 单音轨, 独享 → 共享."""
    for great, small in _GREAT_OR_SMALL:
        fell = _both_ways(old, new, great, small)
        if fell is None:
            continue
        one, other = (old, new) if fell else (new, old)
        tails = [_tails(one.plain, great), _tails(other.plain, small)]
        if not tails[0] & tails[1] or _REFUSED.search(old.plain + new.plain):
            continue
        return _tell(("spec_reduced",) if fell else ("spec_improved",), old, new, worse=fell, topic="规格")
    return None


def _tails(plain: str, words: re.Pattern[str]) -> frozenset[str]:
    """The character behind every match: what a word of size is said of."""
    return frozenset(plain[found.end() : found.end() + 1] for found in words.finditer(plain))


def _compare_portions(old: Unit, new: Unit) -> Finding | None:
    """What could be spent bit by bit: 可以分次使用 → 须一次用完."""
    lost = _both_ways(old, new, _IN_PARTS, _AT_ONE_GO)
    if lost is None or not _SPENT.search(old.sentence + new.sentence):
        return None
    kinds = ("quota_cut", "spec_reduced") if lost else ("quota_raised", "spec_improved")
    return _tell(kinds, old, new, worse=lost, topic="分次使用")


def _stands_for(sentence: str) -> int:
    """1 where a sentence grants something to the buyer, -1 where it refuses, 0 where it does both or neither."""
    values = {value for act, value in read_stances(sentence, sentence).items() if act in _BACK}
    return values.pop() if len(values) == 1 else 0


def _of_right(sentence: str, *, worse: bool) -> tuple[str, ...]:
    acts = read_stances(sentence, sentence)
    if "refund" in acts:
        return ("refund_narrowed",) if worse else ("refund_widened",)
    if "replacement" in acts:
        return ("replacement_cut",) if worse else ("replacement_improved",)
    if "compensation" in acts:
        return ("liability_shifted", "refund_narrowed") if worse else ("liability_assumed", "refund_widened")
    return ("warranty_cut",) if worse else ("warranty_extended",)


def _compare_graveness(old: Unit, new: Unit) -> Finding | None:
    """How grave a fault must be: 与描述不符可退 → 与描述严重不符可退."""
    grave = [bool(_GRAVE.search(unit.plain)) for unit in (old, new)]
    if grave[0] == grave[1] or not all(_CASE.search(unit.plain) for unit in (old, new)):
        return None
    stands = [_stands_for(unit.sentence) for unit in (old, new)]
    if stands[0] != stands[1] or not stands[0]:
        return None
    worse = grave[1] == (stands[0] > 0)
    return _tell(_of_right(new.sentence, worse=worse), old, new, worse=worse, topic="要多严重", severity=Severity.HIGH)


def _compare_days_counted(old: Unit, new: Unit) -> Finding | None:
    """Whether the days on which nothing can be done count: 节假日不计入售后期 → 节假日计入售后期."""
    if not all(_IDLE_DAYS.search(unit.plain) for unit in (old, new)):
        return None
    out = [bool(_NOT_COUNTED.search(unit.plain)) for unit in (old, new)]
    counted = [bool(_COUNTED.search(unit.plain)) and not out[side] for side, unit in enumerate((old, new))]
    if not (out[0] and counted[1]) and not (counted[0] and out[1]):
        return None
    scope = old.sentence + new.sentence
    if _HIS_TIME.search(scope) and not _SELLERS_TIME.search(scope):
        kinds, worse = ("window_shortened", "window_extended"), counted[1]
    elif _SELLERS_TIME.search(scope) and not _HIS_TIME.search(scope):
        kinds, worse = ("delivery_slower", "delivery_faster"), out[1]
    else:
        return None
    return _tell((kinds[0 if worse else 1],), old, new, worse=worse, topic="哪些日子算数")


def _compare_limits(old: Unit, new: Unit) -> Finding | None:
    """A liability without a bound, or with one: 赔偿不以货款为限 → 赔偿以货款为限."""
    free = [bool(_UNLIMITED.search(unit.plain)) for unit in (old, new)]
    bound = [bool(_LIMITED.search(unit.plain)) and not free[side] for side, unit in enumerate((old, new))]
    if not (free[0] and bound[1]) and not (bound[0] and free[1]):
        return None
    if not _RECEIVED.search(old.sentence + new.sentence):
        return None
    worse = free[0]
    kinds = ("liability_shifted", "refund_narrowed") if worse else ("liability_assumed", "refund_widened")
    return _tell(kinds, old, new, worse=worse, topic="赔偿的上限", severity=Severity.HIGH)


def _compare_items(old: Unit, new: Unit) -> Finding | None:
    """One list inside the other: 坏的、没发的、发错的 → 没发的、发错的."""
    both = old.plain + new.plain
    if not all("、" in unit.plain for unit in (old, new)) or _REFUSED.search(both) or _OF_SIZES.search(both):
        return None
    lists = [_read_items(unit.plain) for unit in (old, new)]
    if not (lists[0] < lists[1] or lists[1] < lists[0]) or len(lists[0] & lists[1]) < _LEAST_SHARED:
        return None
    worse = lists[1] < lists[0]
    if any(item in (new if worse else old).sentence for item in lists[0] ^ lists[1]):
        return None
    if _COVERED.search(old.plain) and _COVERED.search(new.plain):
        return _tell(("spec_reduced",) if worse else ("spec_improved",), old, new, worse=worse, topic="范围")
    stands = [_stands_for(unit.sentence) for unit in (old, new)]
    if stands[0] != stands[1] or not stands[0] or _ASKED_FOR.search(old.plain):
        return None
    worse = worse == (stands[0] > 0)
    return _tell(_of_right(new.sentence, worse=worse), old, new, worse=worse, topic="范围", severity=Severity.HIGH)


def _read_items(plain: str) -> frozenset[str]:
    found = _COVERED.search(plain)
    text = plain[found.end() :] if found else plain
    return frozenset(bare for item in _LIST_MARK.split(text) if (bare := _LIST_EDGE.sub("", item.strip())))


def _compare_shares(old: Unit, new: Unit) -> Finding | None:
    """How much may have been used: 进度不超过10%可退 → 进度为零可退."""
    some = [bool(_AT_MOST.search(unit.plain)) for unit in (old, new)]
    none = [bool(_NOT_ANY.search(unit.plain)) and not some[side] for side, unit in enumerate((old, new))]
    if not (some[0] and none[1]) and not (none[0] and some[1]):
        return None
    if any(_stands_for(unit.sentence) <= 0 for unit in (old, new)):
        return None
    worse = some[0]
    return _tell(_of_right(new.sentence, worse=worse), old, new, worse=worse, topic="用过多少", severity=Severity.HIGH)


def _tell(
    kinds: Iterable[str], old: Unit, new: Unit, *, worse: bool, topic: str, severity: Severity = Severity.MEDIUM
) -> Finding:
    effect = Effect.WORSE if worse else Effect.BETTER
    return Finding(tuple(kinds), effect, severity if worse else Severity.NONE, topic, old.plain, new.plain, exact=True)
