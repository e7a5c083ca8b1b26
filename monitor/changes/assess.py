"""Says what a change of wording does to the buyer: effect, kinds, severity, one Chinese sentence with the words.

Judged by meaning, not by the size of the edit: units that say the same are taken away first, then signals that were
gained or lost, exceptions, contacts and measures are weighed. A change that shows no harm and no gain is neutral. Pure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from monitor.changes.accord import keep_unshared
from monitor.changes.conditions import compare_conditions
from monitor.changes.contrasts import compare_contrasts
from monitor.changes.entity_patterns import EntityKind
from monitor.changes.exceptions import compare_exceptions, find_exception
from monitor.changes.identity import compare_identity
from monitor.changes.kinds import load_kinds
from monitor.changes.measures import Finding, UnitPair, compare_measures
from monitor.changes.normal_forms import Rung, name_noise
from monitor.changes.only_if import cancel_ties
from monitor.changes.signals import Signal, find_signals
from monitor.changes.stances import compare_stances, gather_stances
from monitor.changes.units import Unit, cancel_units, pair_units, split_units
from storage.model import Effect, Severity

_NOT_PAID = re.compile(
    r"^(?!.*(?:费|差价))[^,。;]*?(?:概|均|恕|再|予|都|也|并)?不(?:予|再)?[赔退](?![^,。;]{0,2}[足满])"
)
_WHETHER = re.compile(
    r"是否[^,。;]{0,4}[退换补赔]|(?:选|挑|指定|决定)[^,。;]{0,6}[退换补赔]|[退换补][^,。;]{0,6}(?:或|还是)[^,。;]{0,4}[退换补]"
)
_MERCHANT_RULE = re.compile(r"^[^,。;]{0,8}(?:商户|供货商|入驻|禁止销售|禁止上架|卖家(?:须|应|不得|必须))")
_MERCHANT_SIGNALS = frozenset({"arbitrary_act", "fee_charged", "light_proof", "heavy_proof", "capped", "rights_waived"})
_SELLER_POWERS = frozenset({"arbitrary_act", "arbitrary_change", "final_say"})
_BUYER_POWER = re.compile(r"(?:买家|用户|客户|顾客|消费者|您|亲|购买者|会员)[^,。;]{0,4}(?:可|能|有权|(?<!不)得)")
_SELLER = re.compile(r"卖家|商家|店家|本店|本站|小店|我们|我方|平台|客服|商户")
_TITLE = re.compile(
    r"^[#\s【《\[(*=]*(?:关于|有关)(?:售后|退款|退换货?|退货|换货|质保|补发|投诉|发货)[】》\]:]*$"
    r"|^[#\s【《\[(*=]*(?:售后|退款|退换货?|退货|换货|质保|补发|投诉|发货)(?:服务|[与和及/]|退款|退换|售后|质保|补发){0,3}"
    r"(?:说明|保障|规则|须知|政策|条款|声明|事项|问题|流程|细则|指南)[】》\]:=*]*$"
    r"|^[#\s【《\[(*=]*(?:购买|购物|买家|下单|温馨|重要|特别|使用|商品|店铺|平台|最新|注意)"
    r"(?:须知|必读|提示|提醒|说明|公告|规则|事项|详情|介绍)[】》\]:=*]*$"
)
_CHATTER = re.compile(
    r"^\W*[^退换补赔保费限]{0,8}(?:手慢(?:无|则无)|抢光|抢购|先到先得|先拍先得|速拍|速来|赶紧|赶快|抓紧|从速|按需(?:拍|购|下单)|马上抢|售完(?:即止|为止)"
    r"|卖完(?:即止|为止|就没)|数量有限|库存(?:有限|紧张|不多)|所剩不多|货源紧张|多买多得|薄利多销|好评如潮|闭眼入|冲鸭|上车|走过路过|支持一下|老板大气|补货[啦了]|到货[啦了]|上新|新到|刚补|欢迎"
    r"|诚信(?:为本|经营)|(?:售后|品质|购物|服务)无忧|信誉(?:第一|保证)|童叟无欺|放心(?:购买|拍|下单)|品质保[证障]|(?:双|六|国庆|元旦|春节|五一|年终|周年)[^,。;]{0,4}(?:返场|大促|狂欢|特惠)|喜迎[^,。;]{1,4}|欢迎(?:光临|选购|惦记|下单|新老)|祝(?:您|大家|各位)|感谢(?:支持|惠顾|信任|理解)|谢谢(?:支持|惠顾|老板|理解|配合))[^退换补赔保费限]{0,8}$"
)
_ADVICE = re.compile(
    r"^\W*(?:亲+,?)?(?:买|购买|下单|拍|付款|拍下|购)?(?:之?前|时)?(?:请|务必|记得|建议|麻烦|烦请|最好|一定|先)*(?:仔细|认真|先|自行)?(?:核对|确认|看清|看准|看好|看明白|认准|检查)(?:好|一下|清楚)?[^,。;退换补赔费责]{0,14}$"
)
_NOT_STATED = re.compile(r"[吗么呢]$|是否(?![^,。;]{0,10}(?:[由以看凭]|取决))|能不能|可不可以|怎么办|如何|为什么")
_DISOWNED = re.compile(r"霸王条款|(?:不会?|从不|承诺不|绝不)(?:采用|使用|设置)(?:此类|这类|这种)|属于?无效条款")
_KEPT_GOOD = re.compile("掉(?!线率)|被?封|找回|质保|保修")  # a replacement for what breaks in use is a warranty
_REPLACED_GOODS = re.compile(
    r"[换补](?:来|过|发|到)的|(?:更换|换货|补发|补货)(?:后|过|来)?的?新|换新后|重发的|再次?(?:损坏|失效|出问题)"
)
_GIFT = re.compile(r"赠品|赠送|附赠|附送|附带|礼品(?!卡)|教程|小礼|彩蛋")
_WEAKER = {
    "refund_denied": "refund_denied_if",
    "replacement_denied": "replacement_denied_if",
    "service_denied": "service_denied_if",
}
_CONDITIONS = frozenset({"light_proof", "heavy_proof", "proof_by_buyer", "slow_delivery"})
_FORMS = frozenset(
    {
        "refund_as_credit",
        "refund_partial",
        "capped",
        "liability_capped",
        "lesser_goods",
        "checked_first",
        "praise_demanded",
    }
)
_RIGHTS = frozenset({"refund", "replacement", "compensation", "care", "help", "use"})
_GRANT = re.compile(r"(?<!不)(?<!概不)(?<!不予)(?:退|换|补|赔|找回|处理|售后|受理|恢复|核实)")
_SOFTENERS = frozenset({"承诺变成尽量", "由应当变为可以", "单方最终解释或决定"})
_DECISIVE = 40
_CLAIMS = ("来源可靠",)
_ONLY_NOW = re.compile(r"只|仅|不再|改为|取消")
_OUTSIDE = re.compile(r"12315|投诉(?!须知|材料)|起诉|诉讼|仲裁|平台介入|市场监管|消协|消费者协会|监管部门|举报|维权")
_EXCEPTED = re.compile(
    r"除(?:了|去)?[^。;]{2,30}?(?:外|的),?[^,。;]{0,4}(?:其余|其他|一律|概|均|都)[^,。;]{0,4}不|除外"
)
_SOME_REFUNDS = re.compile(
    r"除[^,。;]{1,16}外[^,。;]{0,6}不[^,。;]{0,4}退|(?:只|仅)(?:有|限)?[^,。;]{1,12}退|[^不]可以?退|包退|予以退"
)
_ASKING = re.compile(
    r"(?:买家|用户|客户|顾客|消费者|您|会员)[^,。;]{0,10}(?:申请|要求|提出|退|换|取消|投诉|注销|提现)|(?:申请|要求|提出)(?:退|换|取消|投诉|注销|提现)[^,。;]{0,6}(?:的|时|者)?$"
)
_FREE_OF = re.compile(r"(?:也|均|都|则)?(?:无需|无须|不必|不用|可不)")
_PAID_BY_SUBJECT = frozenset({"fee_charged", "liability_refused"})
_GOES_ON = re.compile(r"(?:并且?|且|同时|还|也|另)[^,。;]{0,3}(?:承担|支付|垫付|负责|补|付)")
_QUOTAS = frozenset({"capped", "unlimited"})
_OWN_MONEY = re.compile(r"提现|购买|限购|充值|拍下|下单|领取|登录|设备|并发|余额")
_CLAIMED = (
    (re.compile(r"退款|退货|赔付|赔偿|理赔|(?<!不)[可能]退|包退"), "refund_narrowed", "refund_widened", Severity.HIGH),
    (re.compile(r"(?<!兑)换|补(?!充|贴|偿|差)"), "replacement_cut", "replacement_improved", Severity.MEDIUM),
)


@dataclass(frozen=True)
class Judgement:
    """What a change does to the buyer. `kinds` has the weightiest first; `reason` is one Chinese sentence."""

    effect: Effect
    kinds: tuple[str, ...]
    severity: Severity
    reason: str


def judge_texts(before: str, after: str) -> Judgement:
    """Judge two wordings of one rule or page."""
    old, new = cancel_units(split_units(before), split_units(after))
    return judge_units(old, new) if old or new else judge_noise(before, after)


_NOISE = {
    Rung.COUNTERS: ("counter_or_date", "只是计数或日期变化"),
    Rung.ORDER: ("moved_only", "只是位置变化，文字相同"),
}


def judge_noise(before: str, after: str) -> Judgement:
    """Name a change that says nothing new: format, counters, order, or other words for the same."""
    rung = name_noise(before, after)
    if rung in _NOISE:
        kind, reason = _NOISE[rung]
    elif rung is not None:
        kind, reason = "formatting_only", "只是格式、标点或字形变化，文字相同"
    elif Counter(unit.plain for unit in split_units(before)) == Counter(unit.plain for unit in split_units(after)):
        kinds = ("moved_only",) if "\n" in before.strip() else ("wording_only", "moved_only")
        return Judgement(Effect.NEUTRAL, kinds, Severity.NONE, "只是位置变化，文字相同")
    else:
        kind, reason = "wording_only", "措辞有变化，意思相同"
    return Judgement(Effect.NEUTRAL, (kind,), Severity.NONE, reason)


def judge_units(before: Sequence[Unit], after: Sequence[Unit]) -> Judgement:
    """Judge the units that changed; equal ones are already gone."""
    before, after = (
        [unit for unit in side if not any(idle.match(unit.plain) for idle in (_TITLE, _CHATTER, _ADVICE))]
        for side in (before, after)
    )
    if not before and not after:
        return Judgement(Effect.NEUTRAL, ("wording_only",), Severity.NONE, "文字或编排有变化，内容相同")
    before, after = cancel_ties(before, after)
    if not before and not after:
        return Judgement(Effect.NEUTRAL, ("wording_only",), Severity.NONE, "条件换了说法，意思相同")
    pairs = pair_units(before, after)
    findings = [
        *compare_measures(pairs),
        *compare_exceptions(before, after),
        *_compare_signals(before, after, _find_lone(pairs, 0), _find_lone(pairs, 1)),
        *compare_identity(before, after),
    ]
    findings += compare_contrasts(pairs, _spoken_of(findings, pairs))
    findings += compare_conditions(pairs, _spoken_of(findings, pairs))
    if not findings:
        findings += compare_stances(pairs)
    elif all(finding.topic in _SOFTENERS and finding.effect is Effect.BETTER for finding in findings):
        # 酌情协助 → 不予协助: that nobody may choose any more is no gain where the act itself is refused
        refused = [finding for finding in compare_stances(pairs) if finding.effect is Effect.WORSE]
        findings = refused or findings
    return _combine(_drop_companions(findings, pairs), before, after)


def _spoken_of(findings: Sequence[Finding], pairs: Sequence[UnitPair]) -> frozenset[Unit]:
    """The units that some finding quotes."""
    words = [text for finding in findings for text in (finding.before, finding.after) if text]
    return frozenset(
        unit
        for pair in pairs
        for unit in pair
        if unit and any(text in unit.plain or unit.plain in text for text in words)
    )


def _drop_companions(findings: Sequence[Finding], pairs: Sequence[UnitPair]) -> list[Finding]:
    """Good news that is only what else went with a sentence that gave something: its deposit, its condition."""
    gone = _find_lone(pairs, 0)
    losses = {
        unit.sentence
        for finding in findings
        if finding.effect is Effect.WORSE and not finding.after
        for unit in gone
        if finding.before and finding.before in unit.plain
    }
    return [
        finding
        for finding in findings
        if not (
            finding.effect is Effect.BETTER
            and finding.before
            and not finding.after
            and any(finding.before in unit.plain and unit.sentence in losses for unit in gone)
        )
    ]


def _combine(findings: Sequence[Finding], before: Sequence[Unit], after: Sequence[Unit]) -> Judgement:
    findings = _drop_echoes(findings)
    findings = [_by_what_is_left(finding, findings, before, after) for finding in findings]
    findings = [_as_way_to_complain(finding, (*before, *after)) for finding in findings]
    if any("refund_removed" in finding.kinds for finding in findings):  # what is gone need not be called narrowed
        findings = [finding for finding in findings if finding.kinds != ("refund_narrowed",)]
    worse = [finding for finding in findings if finding.effect is Effect.WORSE]
    claims = _CLAIMS if worse else ()  # praise of the goods makes up for nothing
    better = [finding for finding in findings if finding.effect is Effect.BETTER and finding.topic not in claims]
    neutral = [finding for finding in findings if finding.effect is Effect.NEUTRAL]
    if worse and better:
        effect = Effect.MIXED
    elif worse or better:
        effect = Effect.WORSE if worse else Effect.BETTER
    else:
        effect = Effect.NEUTRAL
    severity = max((finding.severity for finding in (worse or neutral)), key=lambda s: s.rank, default=Severity.NONE)
    ranked = sorted(worse, key=_rank_worse) + sorted(better, key=_rank_better)
    kinds = tuple(dict.fromkeys(kind for finding in (ranked or neutral) for kind in finding.kinds))
    if not kinds:
        return Judgement(effect, ("wording_only",), Severity.NONE, _describe_wording(before, after))
    shown = {unit.plain: unit.shown for unit in (*before, *after)}
    reason = "；".join(dict.fromkeys(_describe(finding, shown) for finding in (ranked or neutral)[:3]))
    tail = {Effect.WORSE: "，对买家不利", Effect.BETTER: "，对买家有利", Effect.MIXED: "，有利有弊", Effect.NEUTRAL: ""}
    return Judgement(effect, kinds, severity, reason + tail[effect])


def _keeps_refund(unit: Unit, words: str) -> bool:
    """Whether the sentence that lost a refund still gives one in some case."""
    return (
        bool(words) and words in unit.plain and _SOME_REFUNDS.search(unit.sentence.replace(unit.plain, "")) is not None
    )


def _by_what_is_left(
    finding: Finding, findings: Sequence[Finding], before: Sequence[Unit], after: Sequence[Unit]
) -> Finding:
    """A refund that is taken away beside one that is given in part was narrowed."""
    left = (
        bool(finding.after and any(finding.after in unit.plain and _EXCEPTED.search(unit.sentence) for unit in after))
        or any(other.topic == "只退一部分" and other.after for other in findings)
        or (not finding.after and any(_keeps_refund(unit, finding.before) for unit in before))
    )
    if not left or "refund_removed" not in finding.kinds:
        return finding
    kinds = tuple("refund_narrowed" if kind == "refund_removed" else kind for kind in finding.kinds)
    return replace(finding, kinds=kinds, severity=Severity.HIGH)


def _as_way_to_complain(finding: Finding, units: Sequence[Unit]) -> Finding:
    """A burden on a complaint stands in the way to those who hear it: 须走完三级方可拨打12315."""
    if finding.kinds[:1] not in (("burden_added",), ("burden_removed",)):
        return finding
    words = finding.after or finding.before
    if not any(words in unit.plain and _OUTSIDE.search(unit.sentence) for unit in units):
        return finding
    worse = finding.effect is Effect.WORSE
    severity = Severity.HIGH if worse else finding.severity
    return replace(finding, kinds=("channel_removed" if worse else "channel_added", *finding.kinds), severity=severity)


def _rank_worse(finding: Finding) -> tuple[int, int]:
    return -finding.severity.rank, -load_kinds()[finding.kinds[0]].severity.rank


def _rank_better(finding: Finding) -> int:
    """Good news by the weight of its opposite."""
    kinds = load_kinds()
    opposite = kinds[finding.kinds[0]].opposite
    return -kinds[opposite].severity.rank if opposite in kinds else 0


def _drop_echoes(findings: Sequence[Finding]) -> list[Finding]:
    """A kind that is found both ways by two rows about one wording says nothing: keep the graver measure of it."""
    names = load_kinds()
    worse = {kind for finding in findings if finding.effect is Effect.WORSE for kind in finding.kinds}
    kept: list[Finding] = []
    for finding in findings:
        opposites = {names[kind].opposite for kind in finding.kinds if kind in names}
        if finding.effect is Effect.BETTER and opposites & worse and not (finding.before and finding.after):
            continue
        kept.append(finding)
    return kept


def _describe(finding: Finding, shown: Mapping[str, str]) -> str:
    names = load_kinds()
    kind = names[finding.kinds[0]].zh if finding.kinds and finding.kinds[0] in names else finding.topic
    before, after = (_short(shown.get(text, text)) for text in (finding.before, finding.after))
    if finding.verb:
        return f"{finding.topic}由{before}{finding.verb}{after}"
    if before and after:
        return f"“{before}”改为“{after}”（{kind}）"
    return f"新增“{after}”（{kind}）" if after else f"删去“{before}”（{kind}）"


def _describe_wording(before: Sequence[Unit], after: Sequence[Unit]) -> str:
    if before and after:
        return f"“{_short(before[0].shown)}”改写为“{_short(after[0].shown)}”，未见对买家权利的影响"
    side = before or after
    return f"{'删去' if before else '新增'}“{_short(side[0].shown)}”，未见对买家权利的影响"


def _short(text: str) -> str:
    return text if len(text) <= _DECISIVE else text[: _DECISIVE - 1] + "…"


# --- signals --------------------------------------------------------------------------------------------------------


def _signals_of(units: Iterable[Unit]) -> dict[str, tuple[Signal, Unit]]:
    found: dict[str, tuple[Signal, Unit]] = {}
    for unit in units:
        if find_exception(unit.plain) or _NOT_STATED.search(unit.plain) or _DISOWNED.search(unit.sentence):
            continue
        for signal in find_signals(unit.plain, unit.sentence):
            if signal.id in _SELLER_POWERS and not _SELLER.search(unit.plain) and _is_buyers(unit):
                continue
            if signal.id in _MERCHANT_SIGNALS and _MERCHANT_RULE.search(unit.sentence):
                continue
            if signal.id in _PAID_BY_SUBJECT and _goes_on_about_seller(unit):
                continue
            found.setdefault(signal.id, (signal, unit))
    return found


def _is_buyers(unit: Unit) -> bool:
    """Whether a unit that names no seller is about what the buyer may do: 用户申请退回余额的，无须说明理由."""
    if _BUYER_POWER.search(unit.plain):
        return True
    head = unit.sentence[: max(0, unit.sentence.find(unit.plain))].rstrip(",")
    return _ASKING.search(head.split(",")[-1]) is not None and _FREE_OF.match(unit.plain) is not None


def _goes_on_about_seller(unit: Unit) -> bool:
    """Whether a unit without a subject goes on with what the seller does: 由本店赔付，并承担申诉的费用."""
    head = unit.sentence[: max(0, unit.sentence.find(unit.plain))]
    return (
        _GOES_ON.match(unit.plain) is not None
        and _SELLER.search(head.split(",")[-2] if "," in head else "") is not None
    )


def _find_lone(pairs: Sequence[UnitPair], side: int) -> frozenset[Unit]:
    """Units of one side that have no counterpart on the other: they went, or came."""
    return frozenset(unit for pair in pairs if (unit := pair[side]) and pair[1 - side] is None)


def _compare_signals(
    before: Sequence[Unit], after: Sequence[Unit], gone: frozenset[Unit], come: frozenset[Unit]
) -> list[Finding]:
    old, new = _signals_of(before), _signals_of(after)
    lost = keep_unshared({name: old[name] for name in old if name not in new}, new, before, after)
    gained = keep_unshared({name: new[name] for name in new if name not in old}, old, before, after)
    for strong, weak in _WEAKER.items():
        # from a denial with a condition to one without is one step, not a loss and a gain
        if strong in gained:
            lost.pop(weak, None)
        if strong in lost:
            gained.pop(weak, None)
    findings = []
    for side, changed in (("lost", lost), ("gained", gained)):
        for signal, unit in changed.values():
            harm = signal.good == (side == "lost")
            kinds = signal.lost if side == "lost" else signal.gained
            severity = _soften(signal, unit) if harm else Severity.NONE
            words = (unit.plain, "") if side == "lost" else ("", unit.plain)
            kinds, severity = _of_claims(signal, unit, kinds, severity, harm=harm)
            if (
                signal.id == "buyer_choice"
                and "退" not in unit.sentence
                and re.search("换|补|改发|另发|重发|替代|同类", unit.sentence)
            ):
                kinds = ("replacement_cut",) if harm else ("replacement_improved",)
            if kinds[:1] in (("warranty_cut",), ("warranty_extended",)) and _REPLACED_GOODS.search(unit.sentence):
                kinds = ("replacement_cut" if harm else "replacement_improved", *kinds)
            if kinds[:1] in (("replacement_cut",), ("replacement_improved",)) and _KEPT_GOOD.search(unit.sentence):
                kinds = ("warranty_cut" if harm else "warranty_extended", *kinds)
            findings.append(Finding(kinds, Effect.WORSE if harm else Effect.BETTER, severity, signal.zh, *words))
    return _join_sides(_weigh_together(findings, lost, gained, before, after, gone, come))


_Found = dict[str, tuple[Signal, Unit]]


def _weigh_together(
    findings: Sequence[Finding],
    lost: _Found,
    gained: _Found,
    before: Sequence[Unit],
    after: Sequence[Unit],
    gone: frozenset[Unit],
    come: frozenset[Unit],
) -> list[Finding]:
    """Signals that belong together: a substitute is no gift, a fee on a refund is a fee, a share says what is left."""
    dropped: set[str] = set()
    if "refund_as_credit" in gained:
        dropped |= {"refund_granted", "refund_original_route", "instant_delivery"} & lost.keys()
        dropped |= {"extra_given"} & gained.keys()
    granted = {id(unit) for signal, unit in gained.values() if signal.good}
    if (
        "light_proof" in gained
        and id(gained["light_proof"][1]) in granted
        and not any(s.good for s, _u in lost.values())
    ):
        dropped.add("light_proof")  # the condition of a right that is new
    if "refund_partial" in gained and {"compensation_promised", "refund_full"} & lost.keys():
        dropped |= {"refund_granted"} & gained.keys()  # 赔双倍 → 只退本金
    if (
        ("refund_granted" in lost or "refund_full" in lost)
        and "replacement_granted" in gained
        and "replacement_granted" not in lost
    ):
        dropped.add("replacement_granted")
    lesser = {"refund_partial", "refund_as_credit"} & gained.keys()
    if "refund_granted" in gained and any(
        gained[name][1] == gained["refund_granted"][1] and _ONLY_NOW.search(gained[name][1].sentence) for name in lesser
    ):
        dropped.add("refund_granted")  # 只退余额 is no new refund
    decided = {"final_say", "vague_duty", "may_only"} & gained.keys()
    if "refund_granted" in lost and any("退" in gained[name][1].plain for name in decided):
        dropped.add("refund_granted")  # 退租当场退 → 退不退看店主: it is narrowed, and told with the power
    charged = {"fee_charged"} & gained.keys() or {"free_of_charge"} & lost.keys()
    freed = {"fee_charged"} & lost.keys() or {"free_of_charge"} & gained.keys()
    if (charged and "refund_full" in lost and "refund_partial" not in gained) or (freed and "refund_full" in gained):
        dropped.add("refund_full")
    if any(entity.kind is EntityKind.SHARE and "退" in unit.plain for unit in after for entity in unit.entities):
        dropped.add("refund_full")  # the share itself is weighed among the measures
    if any(finding.effect is Effect.WORSE for finding in findings):
        # a condition that went with its right frees nobody, nor does a lesser form of a right that is gone
        dropped |= {name for name in _CONDITIONS & lost.keys() if _GRANT.search(lost[name][1].plain)}
        dropped |= _FORMS & lost.keys() if not _stands(after, before) else set()
        rights = {unit.sentence for signal, unit in lost.values() if signal.good and unit in gone}
        dropped |= {
            name
            for name, (signal, unit) in lost.items()
            if not signal.good and unit in gone and unit.sentence in rights
        }
    if any(finding.effect is Effect.BETTER for finding in findings) and not _stands(before, after):
        # what a right that is new is tied to takes nothing away
        rights = {unit.sentence for signal, unit in gained.values() if signal.good and unit in come}
        dropped |= {
            name
            for name in (_CONDITIONS | _FORMS) & gained.keys()
            if gained[name][1].sentence in rights
            and gained[name][1] in come
            and not _ONLY_NOW.search(gained[name][1].sentence)
        }
    if "refund_full" in lost and "refund_full" not in dropped and any(_NOT_PAID.search(unit.plain) for unit in after):
        findings = [
            replace(finding, kinds=("refund_removed",), severity=Severity.CRITICAL)
            if finding.topic == lost["refund_full"][0].zh
            else finding
            for finding in findings
        ]
    names = {signal.zh for name, (signal, _unit) in (lost | gained).items() if name in dropped}
    return [_with_topic(finding) for finding in findings if finding.topic not in names]


def _stands(units: Sequence[Unit], others: Sequence[Unit]) -> bool:
    """Whether one side still grants an act of which the other speaks."""
    old, new = gather_stances(others), gather_stances(units)
    return bool(_RIGHTS & old.keys()) and any(new[act][0] > 0 for act in _RIGHTS & new.keys())


def _with_topic(finding: Finding) -> Finding:
    """A duty that became vague, or firm, also moves the right that it is about."""
    words = finding.before or finding.after
    if finding.topic != "承诺变成尽量" and not (finding.topic == "单方最终解释或决定" and _WHETHER.search(words)):
        return finding
    worse = finding.effect is Effect.WORSE
    extra = (
        ("refund_narrowed" if worse else "refund_widened") if "退" in words
        else ("refund_narrowed" if worse else "refund_widened") if re.search(r"赔|补偿", words)
        else ("replacement_cut" if worse else "replacement_improved") if re.search(r"换|补", words)
        else ("warranty_cut" if worse else "warranty_extended") if re.search(r"质保|保修|售后", words)
        else ""
    )  # fmt: skip
    severity = Severity.HIGH if worse and extra else finding.severity
    return Finding(
        tuple(kind for kind in (extra, *finding.kinds) if kind),
        finding.effect,
        severity,
        finding.topic,
        finding.before,
        finding.after,
    )


def _of_claims(
    signal: Signal, unit: Unit, kinds: tuple[str, ...], severity: Severity, *, harm: bool
) -> tuple[tuple[str, ...], Severity]:
    """A quota on refunds narrows the refund, one on replacements the replacement; on all else it is only a quota."""
    if signal.id not in _QUOTAS or _OWN_MONEY.search(unit.sentence):
        return kinds, severity
    for words, worse, better, weight in _CLAIMED:
        if words.search(unit.sentence):
            return (worse if harm else better, *kinds), weight if harm else severity
    return kinds, severity


def _soften(signal: Signal, unit: Unit) -> Severity:
    """What is about a gift weighs little."""
    return Severity.LOW if _GIFT.search(unit.sentence) else signal.severity


def _join_sides(findings: Sequence[Finding]) -> list[Finding]:
    """A right lost and its denial gained are one change: told with both wordings."""
    joined: list[Finding] = []
    for finding in findings:
        twin = next(
            (
                i
                for i, other in enumerate(joined)
                if set(other.kinds) & set(finding.kinds) and other.effect is finding.effect
            ),
            None,
        )
        if twin is None:
            joined.append(finding)
            continue
        other = joined[twin]
        severity = max(other.severity, finding.severity, key=lambda s: s.rank)
        kinds = tuple(dict.fromkeys((*other.kinds, *finding.kinds)))
        joined[twin] = Finding(
            kinds, other.effect, severity, other.topic, other.before or finding.before, other.after or finding.after
        )
    return joined
