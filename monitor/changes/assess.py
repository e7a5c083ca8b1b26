"""Says what a change of wording does to the buyer: effect, kinds, severity, and one Chinese sentence with the decisive words.

Judged by meaning, not by the size of the edit: units that say the same are taken away first, then signals that were gained
or lost, exceptions, contacts and measures are weighed. A change that shows no harm and no gain is neutral. Pure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.changes.entities import Entity, EntityKind
from monitor.changes.kinds import load_kinds
from monitor.changes.measures import Finding, compare_measures
from monitor.changes.normal_forms import Rung, name_noise
from monitor.changes.signals import Signal, find_signals
from monitor.changes.units import Unit, cancel_units, pair_units, split_units
from storage.model import Effect, Severity

_EXCEPTION = re.compile(r"除外|不在此限|不受此限|不受前述|不受影响|例外")
_RESTRICTION = re.compile(r"视为|逾期|超过|超时|不予|不退|不换|不补|概不|不支持|不负|不承担|不再|放弃|扣|自行承担")
_MERCHANT_RULE = re.compile(r"^[^,。;]{0,8}(?:商户|供货商|入驻|禁止销售|禁止上架|卖家(?:须|应|不得|必须))")
_MERCHANT_SIGNALS = frozenset({"arbitrary_act", "fee_charged", "light_proof", "heavy_proof", "capped", "rights_waived"})
_GIFT = re.compile(r"赠品|赠送|附赠|礼品")
_WEAKER = {"refund_denied": "refund_denied_if", "replacement_denied": "replacement_denied_if", "service_denied": "service_denied_if"}
_DECISIVE = 40


@dataclass(frozen=True)
class Judgement:
    """What a change does to the buyer. `kinds` has the weightiest first; `reason` is one Chinese sentence."""

    effect: Effect
    kinds: tuple[str, ...]
    severity: Severity
    reason: str


def judge_texts(before: str, after: str, *, priced: bool = False) -> Judgement:
    """Judge two wordings of one rule or page."""
    old, new = cancel_units(split_units(before), split_units(after))
    return judge_units(old, new, priced=priced) if old or new else judge_noise(before, after)


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


def judge_units(before: Sequence[Unit], after: Sequence[Unit], *, priced: bool = False) -> Judgement:
    """Judge the units that changed; equal ones are already gone."""
    if not before and not after:
        return Judgement(Effect.NEUTRAL, ("wording_only",), Severity.NONE, "文字或编排有变化，内容相同")
    pairs = pair_units(before, after)
    findings = [
        *compare_measures(pairs, priced=priced),
        *_compare_exceptions(before, after),
        *_compare_signals(before, after),
        *_compare_contacts(before, after),
    ]
    return _combine(findings, before, after)


def _combine(findings: Sequence[Finding], before: Sequence[Unit], after: Sequence[Unit]) -> Judgement:
    findings = _drop_echoes(findings)
    worse = [finding for finding in findings if finding.effect is Effect.WORSE]
    better = [finding for finding in findings if finding.effect is Effect.BETTER]
    neutral = [finding for finding in findings if finding.effect is Effect.NEUTRAL]
    if worse and better:
        effect = Effect.MIXED
    elif worse or better:
        effect = Effect.WORSE if worse else Effect.BETTER
    else:
        effect = Effect.NEUTRAL
    severity = max((finding.severity for finding in worse), key=lambda s: s.rank, default=Severity.NONE)
    ranked = sorted(worse, key=lambda finding: -finding.severity.rank) + better
    kinds = tuple(dict.fromkeys(kind for finding in (ranked or neutral) for kind in finding.kinds))
    if not kinds:
        return Judgement(effect, ("wording_only",), Severity.NONE, _describe_wording(before, after))
    reason = "；".join(dict.fromkeys(_describe(finding) for finding in (ranked or neutral)[:3]))
    tail = {Effect.WORSE: "，对买家不利", Effect.BETTER: "，对买家有利", Effect.MIXED: "，有利有弊", Effect.NEUTRAL: ""}
    return Judgement(effect, kinds, severity, reason + tail[effect])


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


def _describe(finding: Finding) -> str:
    names = load_kinds()
    kind = names[finding.kinds[0]].zh if finding.kinds and finding.kinds[0] in names else finding.topic
    if finding.before and finding.after:
        return f"{kind}：{finding.topic}由“{_short(finding.before)}”改为“{_short(finding.after)}”"
    if finding.after:
        return f"{kind}：新增“{_short(finding.after)}”"
    return f"{kind}：删去“{_short(finding.before)}”"


def _describe_wording(before: Sequence[Unit], after: Sequence[Unit]) -> str:
    if before and after:
        return f"“{_short(before[0].plain)}”改写为“{_short(after[0].plain)}”，未见对买家权利的影响"
    side = before or after
    return f"{'删去' if before else '新增'}“{_short(side[0].plain)}”，未见对买家权利的影响"


def _short(text: str) -> str:
    return text if len(text) <= _DECISIVE else text[: _DECISIVE - 1] + "…"


# --- signals --------------------------------------------------------------------------------------------------------


def _signals_of(units: Iterable[Unit]) -> dict[str, tuple[Signal, Unit]]:
    found: dict[str, tuple[Signal, Unit]] = {}
    for unit in units:
        if _EXCEPTION.search(unit.plain):
            continue
        for signal in find_signals(unit.plain, unit.sentence):
            if signal.id in _MERCHANT_SIGNALS and _MERCHANT_RULE.search(unit.sentence):
                continue
            found.setdefault(signal.id, (signal, unit))
    return found


def _compare_signals(before: Sequence[Unit], after: Sequence[Unit]) -> list[Finding]:
    old, new = _signals_of(before), _signals_of(after)
    lost = {name: old[name] for name in old if name not in new}
    gained = {name: new[name] for name in new if name not in old}
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
            findings.append(Finding(kinds, Effect.WORSE if harm else Effect.BETTER, severity, signal.zh, *words))
    return _join_sides(findings)


def _soften(signal: Signal, unit: Unit) -> Severity:
    """What is about a gift weighs little."""
    return Severity.LOW if _GIFT.search(unit.sentence) else signal.severity


def _join_sides(findings: Sequence[Finding]) -> list[Finding]:
    """A right lost and its denial gained are one change: told with both wordings."""
    joined: list[Finding] = []
    for finding in findings:
        twin = next(
            (i for i, other in enumerate(joined) if set(other.kinds) & set(finding.kinds) and other.effect is finding.effect), None
        )
        if twin is None:
            joined.append(finding)
            continue
        other = joined[twin]
        severity = max(other.severity, finding.severity, key=lambda s: s.rank)
        kinds = tuple(dict.fromkeys((*other.kinds, *finding.kinds)))
        joined[twin] = Finding(kinds, other.effect, severity, other.topic, other.before or finding.before, other.after or finding.after)
    return joined


# --- exceptions -----------------------------------------------------------------------------------------------------


def _compare_exceptions(before: Sequence[Unit], after: Sequence[Unit]) -> list[Finding]:
    """An exception helps the buyer where the sentence takes from him, and harms him where it gives."""
    old = [unit for unit in before if _EXCEPTION.search(unit.plain)]
    new = [unit for unit in after if _EXCEPTION.search(unit.plain)]
    findings = []
    for unit, side in [*((unit, "lost") for unit in old), *((unit, "gained") for unit in new)]:
        if (new if side == "lost" else old) and len(old) == len(new):
            continue
        rest = unit.sentence.replace(unit.plain, "")
        helps = _RESTRICTION.search(rest) is not None
        harm = helps == (side == "lost")
        kinds = _exception_kinds(rest, harm=harm, helps=helps)
        words = (unit.plain, "") if side == "lost" else ("", unit.plain)
        findings.append(Finding(kinds, Effect.WORSE if harm else Effect.BETTER, Severity.MEDIUM if harm else Severity.NONE, "例外", *words))
    return findings


def _exception_kinds(rest: str, *, harm: bool, helps: bool) -> tuple[str, ...]:
    if helps and re.search(r"未[^,。;]{0,8}(?:反馈|联系|提出)|逾期|超过|超时", rest):
        return ("window_shortened",) if harm else ("window_extended",)
    if re.search(r"责任|承担|负责|赔", rest):
        return ("liability_shifted",) if harm else ("liability_assumed",)
    if re.search(r"质保|保修", rest):
        return ("warranty_cut",) if harm else ("warranty_extended",)
    if re.search(r"费|扣", rest):
        return ("fee_added",) if harm else ("fee_removed",)
    if "退" in rest:
        return ("refund_narrowed",) if harm else ("refund_widened",)
    if re.search(r"换|补", rest):
        return ("replacement_cut",) if harm else ("replacement_improved",)
    return ("refund_narrowed",) if harm else ("refund_widened",)


# --- contacts and registrations ----------------------------------------------------------------------------------------


def _compare_contacts(before: Sequence[Unit], after: Sequence[Unit]) -> list[Finding]:
    findings: list[Finding] = []
    kinds = (EntityKind.CONTACT, EntityKind.AUTHORITY)
    old, new = _entities(before, kinds), _entities(after, kinds)
    lost, gained = _count_units(old) - _count_units(new), _count_units(new) - _count_units(old)
    if lost.total() > gained.total():
        grave = any(entity.kind is EntityKind.AUTHORITY for entity in old) or lost.total() > 1
        names = "、".join(entity.text for entity in old)
        findings.append(Finding(("channel_removed",), Effect.WORSE, Severity.HIGH if grave else Severity.MEDIUM, "联系方式", names, "、".join(e.text for e in new)))
    elif gained.total() > lost.total():
        findings.append(Finding(("channel_added",), Effect.BETTER, Severity.NONE, "联系方式", "", "、".join(e.text for e in new)))
    elif {e.text for e in old} != {e.text for e in new}:
        findings.append(Finding(("contact_changed",), Effect.NEUTRAL, Severity.NONE, "联系方式", "、".join(e.text for e in old), "、".join(e.text for e in new)))
    registered_old, registered_new = _entities(before, (EntityKind.REGISTRATION,)), _entities(after, (EntityKind.REGISTRATION,))
    if len(registered_old) > len(registered_new):
        findings.append(Finding(("disclosure_removed",), Effect.WORSE, Severity.CRITICAL, "主体信息", registered_old[0].text, ""))
    elif len(registered_new) > len(registered_old):
        findings.append(Finding(("disclosure_added",), Effect.BETTER, Severity.NONE, "主体信息", "", registered_new[0].text))
    elif {e.text for e in registered_old} != {e.text for e in registered_new}:
        findings.append(Finding(("operator_changed",), Effect.NEUTRAL, Severity.NONE, "主体信息", registered_old[0].text, registered_new[0].text))
    return findings


def _entities(units: Sequence[Unit], kinds: tuple[EntityKind, ...]) -> list[Entity]:
    return [entity for unit in units for entity in unit.entities if entity.kind in kinds]


def _count_units(entities: Sequence[Entity]) -> Counter[str]:
    return Counter(entity.unit or entity.text for entity in entities)
