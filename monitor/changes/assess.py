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
from monitor.changes.contrasts import compare_contrasts
from monitor.changes.entity_patterns import EntityKind
from monitor.changes.exceptions import compare_exceptions, find_exception
from monitor.changes.identity import compare_identity
from monitor.changes.kinds import load_kinds
from monitor.changes.measures import Finding, UnitPair, compare_measures
from monitor.changes.normal_forms import Rung, name_noise
from monitor.changes.signals import Signal, find_signals
from monitor.changes.stances import compare_stances
from monitor.changes.units import Unit, cancel_units, pair_units, split_units
from storage.model import Effect, Severity

_NOT_PAID = re.compile(
    r"^(?!.*(?:费|差价))[^,。;]*?(?:概|均|恕|再|予|都|也|并)?不(?:予|再)?[赔退](?![^,。;]{0,2}[足满])"
)
_WHETHER = re.compile(r"是否[^,。;]{0,4}[退换补赔]")
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
_NOT_STATED = re.compile(r"[吗么呢]$|是否(?![^,。;]{0,10}(?:[由以看凭]|取决))|能不能|可不可以|怎么办|如何|为什么")
_DISOWNED = re.compile(r"霸王条款|(?:不会?|从不|承诺不|绝不)(?:采用|使用|设置)(?:此类|这类|这种)|属于?无效条款")
_KEPT_GOOD = re.compile("掉(?!线率)|被?封|找回|质保|保修")  # a replacement for what breaks in use is a warranty
_GIFT = re.compile(r"赠品|赠送|附赠|礼品")
_WEAKER = {
    "refund_denied": "refund_denied_if",
    "replacement_denied": "replacement_denied_if",
    "service_denied": "service_denied_if",
}
_CONDITIONS = frozenset({"light_proof", "heavy_proof", "proof_by_buyer", "slow_delivery"})
_GRANT = re.compile(r"(?<!不)(?<!概不)(?<!不予)(?:退|换|补|赔|找回|处理|售后|受理|恢复|核实)")
_SOFTENERS = frozenset({"承诺变成尽量", "由应当变为可以", "单方最终解释或决定"})
_DECISIVE = 40
_CLAIMS = ("来源可靠",)


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
        kind, reason = "moved_only", "只是位置变化，文字相同"
    else:
        kind, reason = "wording_only", "措辞有变化，意思相同"
    return Judgement(Effect.NEUTRAL, (kind,), Severity.NONE, reason)


def judge_units(before: Sequence[Unit], after: Sequence[Unit]) -> Judgement:
    """Judge the units that changed; equal ones are already gone."""
    before, after = ([unit for unit in side if not _TITLE.match(unit.plain)] for side in (before, after))
    if not before and not after:
        return Judgement(Effect.NEUTRAL, ("wording_only",), Severity.NONE, "文字或编排有变化，内容相同")
    pairs = pair_units(before, after)
    findings = [
        *compare_measures(pairs),
        *compare_exceptions(before, after),
        *_compare_signals(before, after),
        *compare_identity(before, after),
    ]
    findings += compare_contrasts(pairs, _spoken_of(findings, pairs))
    if not findings:
        findings += compare_stances(pairs)
    elif all(finding.topic in _SOFTENERS and finding.effect is Effect.BETTER for finding in findings):
        # 酌情协助 → 不予协助: that nobody may choose any more is no gain where the act itself is refused
        refused = [finding for finding in compare_stances(pairs) if finding.effect is Effect.WORSE]
        findings = refused or findings
    return _combine(findings, before, after)


def _spoken_of(findings: Sequence[Finding], pairs: Sequence[UnitPair]) -> frozenset[Unit]:
    """The units that some finding quotes."""
    words = [text for finding in findings for text in (finding.before, finding.after) if text]
    return frozenset(
        unit
        for pair in pairs
        for unit in pair
        if unit and any(text in unit.plain or unit.plain in text for text in words)
    )


def _combine(findings: Sequence[Finding], before: Sequence[Unit], after: Sequence[Unit]) -> Judgement:
    findings = _drop_echoes(findings)
    findings = [_by_what_is_left(finding, findings) for finding in findings]
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


def _by_what_is_left(finding: Finding, findings: Sequence[Finding]) -> Finding:
    """A refund that is taken away beside one that is given in part was narrowed."""
    left = any(other.topic == "只退一部分" and other.after for other in findings)
    if not left or "refund_removed" not in finding.kinds:
        return finding
    kinds = tuple("refund_narrowed" if kind == "refund_removed" else kind for kind in finding.kinds)
    return replace(finding, kinds=kinds, severity=Severity.HIGH)


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
            if signal.id in _SELLER_POWERS and _BUYER_POWER.search(unit.plain) and not _SELLER.search(unit.plain):
                continue
            if signal.id in _MERCHANT_SIGNALS and _MERCHANT_RULE.search(unit.sentence):
                continue
            found.setdefault(signal.id, (signal, unit))
    return found


def _compare_signals(before: Sequence[Unit], after: Sequence[Unit]) -> list[Finding]:
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
            if signal.id == "buyer_choice" and "退" not in unit.sentence and re.search("换|补", unit.sentence):
                kinds = ("replacement_cut",) if harm else ("replacement_improved",)
            if kinds[:1] in (("replacement_cut",), ("replacement_improved",)) and _KEPT_GOOD.search(unit.sentence):
                kinds = ("warranty_cut" if harm else "warranty_extended", *kinds)
            findings.append(Finding(kinds, Effect.WORSE if harm else Effect.BETTER, severity, signal.zh, *words))
    return _join_sides(_weigh_together(findings, lost, gained, after))


_Found = dict[str, tuple[Signal, Unit]]


def _weigh_together(findings: Sequence[Finding], lost: _Found, gained: _Found, after: Sequence[Unit]) -> list[Finding]:
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
    charged = {"fee_charged"} & gained.keys() or {"free_of_charge"} & lost.keys()
    freed = {"fee_charged"} & lost.keys() or {"free_of_charge"} & gained.keys()
    if (charged and "refund_full" in lost and "refund_partial" not in gained) or (freed and "refund_full" in gained):
        dropped.add("refund_full")
    if any(entity.kind is EntityKind.SHARE and "退" in unit.plain for unit in after for entity in unit.entities):
        dropped.add("refund_full")  # the share itself is weighed among the measures
    if any(finding.effect is Effect.WORSE for finding in findings):
        # a condition that went with the right it was tied to frees nobody
        dropped |= {name for name in _CONDITIONS & lost.keys() if _GRANT.search(lost[name][1].plain)}
    if "refund_full" in lost and "refund_full" not in dropped and any(_NOT_PAID.search(unit.plain) for unit in after):
        findings = [
            replace(finding, kinds=("refund_removed",), severity=Severity.CRITICAL)
            if finding.topic == lost["refund_full"][0].zh
            else finding
            for finding in findings
        ]
    names = {signal.zh for name, (signal, _unit) in (lost | gained).items() if name in dropped}
    return [_with_topic(finding) for finding in findings if finding.topic not in names]


def _with_topic(finding: Finding) -> Finding:
    """A duty that became vague, or firm, also moves the right that it is about."""
    words = finding.before or finding.after
    if finding.topic != "承诺变成尽量" and not (finding.topic == "单方最终解释或决定" and _WHETHER.search(words)):
        return finding
    worse = finding.effect is Effect.WORSE
    extra = (
        ("refund_narrowed" if worse else "refund_widened") if "退" in words
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
