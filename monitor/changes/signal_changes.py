"""Weighs the signals that a change gained and lost: what a unit gives to the buyer or takes from him.

Takes the units that changed, gives findings. A signal that the other side says in words of its own is none; a condition
that went with its right, or came with a new one, is no news of its own. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from monitor.changes.accord import keep_unshared
from monitor.changes.entity_patterns import EntityKind
from monitor.changes.exceptions import find_exception
from monitor.changes.measures import Finding, UnitPair
from monitor.changes.signals import Signal, find_signals
from monitor.changes.stances import binds_seller, gather_stances
from monitor.changes.units import Unit
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
_NOT_STATED = re.compile(r"[吗么呢]$|是否(?![^,。;]{0,10}(?:[由以看凭]|取决))|能不能|可不可以|怎么办|如何|为什么")
_DISOWNED = re.compile(r"霸王条款|(?:不会?|从不|承诺不|绝不)(?:采用|使用|设置)(?:此类|这类|这种)|属于?无效条款")
_KEPT_GOOD = re.compile("掉(?!线率)|被?封|找回|质保|保修")  # a replacement for what breaks in use is a warranty
_REPLACED = re.compile(r"(?:赔|补|换)(?:给?[你您]|发|货|号)?(?:一?个|标准|同等|新[号的]|[号货]的)")
_CASES = re.compile(r"原因|问题|情[况形]|责任|导致|造成")
_OTHER_GOODS = re.compile(r"(?:等[值价]|同[等价]值?|其[他它]|别的)[^,。;]{0,3}(?:商品|产品|货|卡|号)")
_KEPT_BACK = re.compile(r"退[^,。;]{0,8}扣|扣[^,。;]{0,8}退")
_FEE_BACK = re.compile(r"(?:通道|手续|支付|转账)费[^,。;]{0,6}?(?:也|都|照|一并|一起|概|均)?不?(?:予|再|可)?退")
_RIGHTS_BY_WORDS = (
    (re.compile(r"退(?!出|后|步)"), "refund_narrowed", "refund_widened"),
    (re.compile(r"(?<!兑)换(?!绑|算)|补(?!充|贴|税|偿|差)"), "replacement_cut", "replacement_improved"),
)
_REPLACED_GOODS = re.compile(
    r"[换补](?:来|过|发|到)的|(?:更换|换货|补发|补货)(?:后|过|来)?的?新|换新后|重发的|再次?(?:损坏|失效|出问题)"
)
_COST_ONLY = re.compile(r"[手续运邮汇服务工本通道检测鉴定快递转账]{1,3}费|税|差价|费用")
_LOSS = re.compile("损失|责任|后果|风险|全部")
_WAYS = re.compile("调解|投诉|申诉|热线|复核|仲裁|法律援助")
_VOUCHER = re.compile("券|积分|红包|余额|代金|点数")
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
_DENIALS = frozenset({"liability_refused", "refund_denied", "replacement_denied", "service_denied"})
_RIGHTS = frozenset({"refund", "replacement", "compensation", "care", "help", "use"})
_GRANT = re.compile(r"(?<!不)(?<!概不)(?<!不予)(?:退|换|补|赔|找回|处理|售后|受理|恢复|核实)")
_ONLY_NOW = re.compile(r"只|仅|不再|改为|取消")
_ASKING = re.compile(
    r"(?:买家|用户|客户|顾客|消费者|您|会员)[^,。;]{0,10}(?:申请|要求|提出|退|换|取消|投诉|注销|提现)|(?:申请|要求|提出)(?:退|换|取消|投诉|注销|提现)[^,。;]{0,6}(?:的|时|者)?$"
)
_FREE_OF = re.compile(r"(?:也|均|都|则)?(?:无需|无须|不必|不用|可不)")
_BY_HIM = re.compile(r"(?:买家|用户|客户|顾客|消费者|您|你|会员)[^,。;]{0,6}(?:可|能|自行|自己|自主|选|继续|等)")
_AND_ALSO = re.compile(r"并|也|且|还|或|亦")
_PAID_BY_SUBJECT = frozenset({"fee_charged", "liability_refused"})
_GOES_ON = re.compile(r"(?:并且?|且|同时|还|也|另)[^,。;]{0,3}(?:承担|支付|垫付|负责|补|付)")
_QUOTAS = frozenset({"capped", "unlimited"})
_OWN_MONEY = re.compile(r"提现|购买|限购|充值|拍下|下单|领取|登录|设备|并发|余额")
_CLAIMED = (
    (re.compile(r"退款|退货|赔付|赔偿|理赔|(?<!不)[可能]退|包退"), "refund_narrowed", "refund_widened", Severity.HIGH),
    (re.compile(r"(?<!兑)换|补(?!充|贴|偿|差)"), "replacement_cut", "replacement_improved", Severity.MEDIUM),
)


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
            if not signal.good and binds_seller(unit):
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
    before = head.split(",")[-1]
    if _BY_HIM.search(before) and not _SELLER.search(before) and _AND_ALSO.match(unit.plain):
        return True  # 由用户自行打开，并可随时关闭
    return _ASKING.search(before) is not None and _FREE_OF.match(unit.plain) is not None


def _goes_on_about_seller(unit: Unit) -> bool:
    """Whether a unit without a subject goes on with what the seller does: 由本店赔付，并承担申诉的费用."""
    head = unit.sentence[: max(0, unit.sentence.find(unit.plain))]
    return (
        _GOES_ON.match(unit.plain) is not None
        and _SELLER.search(head.split(",")[-2] if "," in head else "") is not None
    )


def find_lone(pairs: Sequence[UnitPair], side: int) -> frozenset[Unit]:
    """Units of one side that have no counterpart on the other: they went, or came."""
    return frozenset(unit for pair in pairs if (unit := pair[side]) and pair[1 - side] is None)


def compare_signals(
    before: Sequence[Unit], after: Sequence[Unit], gone: frozenset[Unit], come: frozenset[Unit]
) -> list[Finding]:
    """What came and went; `gone` and `come` are the units that have no counterpart."""
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
            if kinds[:1] in (("spec_reduced",), ("spec_improved",)) and _REPLACED.search(unit.sentence):
                kinds = ("replacement_cut" if harm else "replacement_improved", *kinds)
            if kinds[:1] in (("spec_reduced",), ("spec_improved",)) and _CASES.search(unit.plain):
                kinds = (*_of_right(unit.sentence, harm=harm), *kinds)
            if signal.id == "refund_as_credit" and _OTHER_GOODS.search(unit.plain) and "退" not in unit.sentence:
                kinds = ("replacement_cut" if harm else "replacement_improved", *kinds)
            if signal.id == "fee_charged" and _KEPT_BACK.search(unit.plain):
                kinds = (*kinds, "refund_narrowed" if harm else "refund_widened")
            if kinds[:1] in (("refund_removed",), ("refund_widened",)) and _FEE_BACK.search(unit.plain):
                kinds, severity = ("refund_narrowed", "fee_added"), Severity.LOW
                if not harm:
                    kinds, severity = ("refund_widened", "fee_removed"), Severity.NONE
            if signal.id == "liability_refused" and _COST_ONLY.search(unit.plain) and not _LOSS.search(unit.plain):
                kinds, severity = ("fee_added", "liability_shifted"), Severity.MEDIUM
                if not harm:
                    kinds, severity = ("fee_removed", "liability_assumed"), Severity.NONE
            if signal.id == "free_of_charge" and _WAYS.search(unit.plain):
                kinds = ("channel_removed" if harm else "channel_added", *kinds)
            if signal.id == "seller_consent":
                kinds = (*_of_right(unit.sentence, harm=harm), *kinds)
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
    paid_back = {"refund_granted", "refund_original_route", "refund_full"} & lost.keys()
    if paid_back and "extra_given" in gained and _VOUCHER.search(gained["extra_given"][1].plain):
        dropped.add("extra_given")  # 原路退款 → 赠送等额优惠券
    granted = {id(unit) for signal, unit in gained.values() if signal.good}
    if (
        "light_proof" in gained
        and id(gained["light_proof"][1]) in granted
        and not any(s.good for s, _u in lost.values())
    ):
        dropped.add("light_proof")  # the condition of a right that is new
    if _DENIALS & lost.keys() and not any(signal.good for signal, _unit in lost.values()):
        dropped |= _FORMS & gained.keys()  # 自己承担 → 赔一半: a part of what was nothing
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
    if "refund_denied_if" in gained and "refund_granted" in lost:
        context, unit = gained["refund_denied_if"][0].context, lost["refund_granted"][1]
        if context and context.search(unit.sentence):  # 不喜欢可退 → 不喜欢不退: gone in this case, narrowed in all
            findings = [
                replace(finding, kinds=(*finding.kinds, "refund_narrowed"))
                if "refund_removed" in finding.kinds and "refund_narrowed" not in finding.kinds
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
    if finding.topic not in ("承诺变成尽量", "由应当变为可以") and not (
        finding.topic == "单方最终解释或决定" and _WHETHER.search(words)
    ):
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


def _of_right(sentence: str, *, harm: bool) -> tuple[str, ...]:
    """The right that a sentence is about."""
    return tuple((worse if harm else better) for words, worse, better in _RIGHTS_BY_WORDS if words.search(sentence))[:1]


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
