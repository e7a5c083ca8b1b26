"""Says what a change of wording does to the buyer: effect, kinds, severity, one Chinese sentence with the words.

Judged by meaning, not by the size of the edit: units that say the same are taken away first, then signals that were
gained or lost, exceptions, contacts and measures are weighed. A change that shows no harm and no gain is neutral. Pure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from monitor.changes.conditions import compare_conditions
from monitor.changes.contrasts import compare_contrasts, swaps_parties
from monitor.changes.degrees import compare_degrees
from monitor.changes.exceptions import compare_exceptions
from monitor.changes.identity import compare_identity
from monitor.changes.idle import leave_idle_out
from monitor.changes.kinds import load_kinds
from monitor.changes.measures import Finding, UnitPair, compare_measures
from monitor.changes.normal_forms import Rung, name_noise
from monitor.changes.only_if import cancel_ties
from monitor.changes.page_kinds import name_page_change
from monitor.changes.pledges import compare_pledges
from monitor.changes.pointers import compare_navigation, compare_pointers
from monitor.changes.powers import compare_powers
from monitor.changes.qualifiers import compare_qualifiers, is_idle_edit
from monitor.changes.sameness import means_the_same
from monitor.changes.second_opinion import can_weigh, name_kind, settle_effect
from monitor.changes.signal_changes import compare_signals, find_lone
from monitor.changes.signals import find_signals
from monitor.changes.stances import compare_stances, is_skipped, read_stances
from monitor.changes.translations import is_translated
from monitor.changes.units import Unit, cancel_units, pair_units, split_units
from storage.model import Effect, Severity

_SOFTENERS = frozenset({"承诺变成尽量", "由应当变为可以", "单方最终解释或决定"})
_PRICE_KINDS = frozenset({"price_raised", "price_lowered"})
_LIKELY_KIND = 0.5
"""Of what the rules had said of three authors at first sight it named the main kind they had missed in 12 of 227
changes, and one that nobody had named in 5."""
_DECISIVE = 40
_CLAIMS = ("来源可靠",)
_CLAUSE = 14  # characters of both sides together
_AS_CREDIT = re.compile(
    r"(?:退|返|转|折|充)[^,。;]{0,2}(?:至|到|入|为|成)[^,。;]{0,6}(?:积分|余额|券|金币|点数|购物金|代金|储值)"
)
_CHOICE = re.compile(r"(?:可以?|能|任)选|择一|任选一种|由(?:买家|您|用户|客户|会员)(?:自己|自行)?(?:选|决定|定|挑)")
_SELLERS_CHOICE = re.compile(r"由?(?:本店|卖家|商家|平台|我们|客服|店家)[^,。;]{0,4}(?:选|择|决定|安排)")
_CHOSEN = tuple(re.compile(words) for words in ("退(?!出|后)", "(?<!兑)换|补发", "修", "减价?|折", "赔|补偿"))
_INFERRED = "按措辞推断，须人工核对"
_TRANSLATED = "改用其他语言表述，期限、金额和退换各项读来一致，译文须人工核对"
_COMPANIONS = (
    ("liability_shifted", "liability_assumed"),
    ("window_shortened", "window_extended"),
    ("refund_narrowed", "refund_widened"),
    ("fee_added", "fee_removed"),
)
_CONSOLING = frozenset({"delivery_faster", "validity_extended", "spec_improved", "quota_raised", "channel_added"})
_KEPT_GOODS = re.compile("掉(?!线率)|被?封|找回|质保|保修|失效|红信|收回|翻车")
_ANSWERS = re.compile("赔|包(?!装|含|括)|质保|保修|管|售后|承担|负责")
_PAID_IN_GOODS = re.compile(r"[号码卡][^,。;]{0,8}赔|赔[^,。;]{0,6}[号码卡]|包赔|赔[一二两三\d]?[个张]")
_PAID_IN_MONEY = re.compile("元|款|金额|倍|损失|违约金|钱|费")
_OTHERS_MONEY = re.compile(
    r"(?:结算|打款|放款|提现)给?(?:商户|供货商|号主|卖家)|(?:商户|供货商)[^,。;]{0,4}(?:结算|提现|打款)"
)
_YIELDED = re.compile(
    "不(?:得|会|能)?(?:再)?(?:单方面?|擅自)(?:决定|解释|认定|修改|变更)|依[照据]?法律规定(?:理解|解释|处理)"
)
_OUTSIDE = re.compile(r"12315|投诉(?!须知|材料)|起诉|诉讼|仲裁|平台介入|市场监管|消协|消费者协会|监管部门|举报|维权")
_EXCEPTED = re.compile(
    r"除(?:了|去)?[^。;]{2,30}?(?:外|的),?[^,。;]{0,4}(?:其余|其他|一律|概|均|都)[^,。;]{0,4}不|除外"
)
_BEYOND_RULE = re.compile(r"(?:^|,)\W*(?:但是?|惟|唯独?|不过|然而|只是)(?!.*(?:无货|没货|缺货))")
_ALSO = re.compile(r"^[也亦]退$|(?:视为|视同|默认)[^,。;]{0,6}退")
_SOME_REFUNDS = re.compile(
    r"除[^,。;]{1,16}外[^,。;]{0,6}不[^,。;]{0,4}退|(?:只|仅)(?:有|限)?[^,。;]{1,12}退|[^不]可以?退|包退|予以退"
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
    return judge_changed(tuple(before), tuple(after))


@lru_cache(maxsize=500)
def judge_changed(before: tuple[Unit, ...], after: tuple[Unit, ...]) -> Judgement:
    """Judge units that changed, once for as often as a page says them."""
    if led := compare_navigation(before, after):
        return _combine(led, before, after)
    before, after = leave_idle_out(before), leave_idle_out(after)
    if not before and not after:
        return Judgement(Effect.NEUTRAL, ("wording_only",), Severity.NONE, "文字或编排有变化，内容相同")
    if is_translated(before, after):
        return Judgement(Effect.NEUTRAL, ("language_changed",), Severity.LOW, _TRANSLATED)
    whole = before, after
    before, after = cancel_ties(before, after)
    if not before and not after:
        return Judgement(Effect.NEUTRAL, ("wording_only",), Severity.NONE, "条件换了说法，意思相同")
    pairs = pair_units(before, after)
    if pointed := compare_pointers(before, after):
        return _combine(pointed, before, after)
    if kinds := name_page_change(pairs):
        told = f"{_describe_wording(before, after)}（{load_kinds()[kinds[0]].zh}）"
        return Judgement(Effect.NEUTRAL, kinds, Severity.NONE, told)
    findings = [
        *compare_measures(pairs),
        *compare_exceptions(before, after),
        *compare_signals(before, after, find_lone(pairs, 0), find_lone(pairs, 1)),
        *compare_identity(before, after),
    ]
    by_degree = [*compare_degrees(pairs), *compare_pledges(before, after)]
    by_degree += [one for one in compare_powers(before, after) if not _is_told(one, by_degree)]
    by_degree += [one for one in compare_qualifiers(pairs) if not _is_told(one, by_degree)]
    findings = [*by_degree, *_drop_spoken(findings, by_degree, (*before, *after))]
    findings += _without_lesser_gain(compare_contrasts(pairs, _spoken_of(findings, pairs)), findings, after)
    findings += compare_conditions(pairs, _spoken_of(findings, pairs))
    if not findings:
        findings += compare_stances(pairs)
    elif all(finding.topic in _SOFTENERS and finding.effect is Effect.BETTER for finding in findings):
        # 酌情协助 → 不予协助: that nobody may choose any more is no gain where the act itself is refused
        refused = [finding for finding in compare_stances(pairs) if finding.effect is Effect.WORSE]
        findings = refused or findings
    findings = _drop_companions(findings, pairs)
    judged = _add_likely_kind(_combine(findings, before, after), pairs)
    if means_the_same(judged.effect, findings, *whole):
        reason = f"{_describe_wording(before, after)}（{_INFERRED}）"
        return Judgement(Effect.NEUTRAL, ("wording_only",), Severity.NONE, reason)
    if not findings and all(old and new and is_idle_edit(old, new) for old, new in pairs):
        return judged
    if all(is_skipped(unit.sentence) or _OTHERS_MONEY.search(unit.sentence) for unit in (*before, *after)):
        return judged
    if any(finding.exact for finding in findings) or any(old and new and swaps_parties(old, new) for old, new in pairs):
        return judged
    if judged.effect is Effect.NEUTRAL and not _speaks_of_rules((*before, *after)):
        return judged
    if judged.effect is Effect.BETTER and any(_YIELDED.search(unit.plain) for unit in after):
        return judged  # the seller gives up a power in so many words
    if all(finding.topic == "由买家选择" for finding in findings) and _offers_same_choice(before, after):
        return Judgement(Effect.NEUTRAL, ("wording_only",), Severity.NONE, _describe_wording(before, after))
    stands = settle_effect(judged.effect, pairs)
    if judged.effect is Effect.NEUTRAL and means_the_same(stands, (), before, after):
        return judged
    return judged if stands is judged.effect else _overrule(stands, findings, pairs, before, after)


def _offers_same_choice(before: Sequence[Unit], after: Sequence[Unit]) -> bool:
    """Whether both sides let the buyer choose, and from the same: 可以选退款，也可以选换新 is 换新与退款由买家择一."""
    said = [" ".join(unit.plain for unit in side) for side in (before, after)]
    if not all(_CHOICE.search(text) and not _SELLERS_CHOICE.search(text) for text in said):
        return False
    offered = [frozenset(place for place, words in enumerate(_CHOSEN) if words.search(text)) for text in said]
    return offered[0] == offered[1] and len(offered[0]) > 1


def _add_likely_kind(judged: Judgement, pairs: Sequence[UnitPair]) -> Judgement:
    """The judgement with one more kind behind those that were read, where the words make it likely."""
    if judged.effect is Effect.NEUTRAL or set(judged.kinds) <= _PRICE_KINDS or not can_weigh(pairs):
        return judged
    kind, chance = name_kind(Effect.BETTER if judged.effect is Effect.BETTER else Effect.WORSE, pairs)
    if chance < _LIKELY_KIND or kind in judged.kinds:
        return judged
    return replace(judged, kinds=(*judged.kinds, kind))


def _speaks_of_rules(units: Sequence[Unit]) -> bool:
    """Whether these are clauses, or words that grant, refuse or ask: the name of a product does not."""
    if sum(len(unit.plain) for unit in units) >= _CLAUSE:
        return True
    return any(read_stances(unit.plain, unit.sentence) or find_signals(unit.plain, unit.sentence) for unit in units)


def _overrule(
    effect: Effect,
    findings: Sequence[Finding],
    pairs: Sequence[UnitPair],
    before: Sequence[Unit],
    after: Sequence[Unit],
) -> Judgement:
    """The judgement with the effect of the second opinion, and why."""
    if effect is Effect.NEUTRAL:
        return Judgement(effect, ("wording_only",), Severity.NONE, _describe_wording(before, after))
    kept = [finding for finding in findings if finding.effect is effect]
    if kept:
        return _combine(kept, before, after)
    kind = load_kinds()[name_kind(effect, pairs)[0]]
    severity = min(kind.severity, Severity.HIGH, key=lambda one: one.rank)
    old, new = (side[0].plain if side else "" for side in (before, after))
    told = _combine([Finding((kind.id,), effect, severity, "措辞", old, new)], before, after)
    return replace(told, reason=f"{told.reason}（{_INFERRED}）")


def _spoken_of(findings: Sequence[Finding], pairs: Sequence[UnitPair]) -> frozenset[Unit]:
    """The units that some finding quotes."""
    words = [text for finding in findings for text in (finding.before, finding.after) if text]
    return frozenset(
        unit
        for pair in pairs
        for unit in pair
        if unit and any(text in unit.plain or unit.plain in text for text in words)
    )


def _drop_spoken(findings: Sequence[Finding], told: Sequence[Finding], units: Sequence[Unit]) -> list[Finding]:
    """Findings without those on units that were told exactly, and without good news that only went with such a harm."""
    if not told:
        return list(findings)
    sides = [[text for one in told if (text := getattr(one, side))] for side in ("before", "after")]
    harmed = {
        unit.sentence
        for unit in units
        for one in told
        if one.effect is Effect.WORSE and unit.plain in (one.before, one.after)
    }
    return [
        finding
        for finding in findings
        if not _is_within(finding, sides) and not (_is_one_sided_gain(finding) and _all_within(finding, harmed))
    ]


def _without_lesser_gain(found: Sequence[Finding], told: Sequence[Finding], after: Sequence[Unit]) -> list[Finding]:
    """Findings without words that went from the very sentence in which a liability was laid on the buyer."""
    laid = {
        unit.sentence
        for unit in after
        for one in told
        if one.kinds == ("liability_shifted",) and one.after == unit.plain
    }
    return [
        one
        for one in found
        if one.kinds[:1] != ("spec_improved",) or not any(one.after and one.after in text for text in laid)
    ]


def _is_told(finding: Finding, told: Sequence[Finding]) -> bool:
    """Whether the same words are told already."""
    return any(one.before == finding.before and one.after == finding.after for one in told)


def _is_within(finding: Finding, sides: Sequence[Sequence[str]]) -> bool:
    """Whether all that a finding quotes stands in what was told."""
    quoted = [(words, side) for words, side in zip((finding.before, finding.after), sides, strict=True) if words]
    return bool(quoted) and all(any(words in text for text in side) for words, side in quoted)


def _is_one_sided_gain(finding: Finding) -> bool:
    return finding.effect is Effect.BETTER and not finding.verb and not (finding.before and finding.after)


def _all_within(finding: Finding, sentences: Collection[str]) -> bool:
    return any((finding.before or finding.after) in sentence for sentence in sentences)


def _drop_companions(findings: Sequence[Finding], pairs: Sequence[UnitPair]) -> list[Finding]:
    """Good news that is only what else went with a sentence that gave something: its deposit, its condition."""
    gone = find_lone(pairs, 0)
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
    findings = [
        _with_companion(finding, (*before, *after))
        for finding in _drop_consolations(_drop_speed_of_credit(findings, after), after)
    ]
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


def _was_extension(unit: Unit, words: str) -> bool:
    """Whether the refund that went was granted beyond a rule that stays: 但页面写错的,照退; 看过没用的,也退."""
    if not words or words not in unit.plain:
        return False
    head = unit.sentence[: max(0, unit.sentence.find(words))]
    return _BEYOND_RULE.search(head) is not None or _ALSO.search(words) is not None


def _by_what_is_left(
    finding: Finding, findings: Sequence[Finding], before: Sequence[Unit], after: Sequence[Unit]
) -> Finding:
    """A refund that is taken away beside one that is given in part was narrowed."""
    left = (
        bool(finding.after and any(finding.after in unit.plain and _EXCEPTED.search(unit.sentence) for unit in after))
        or any(other.topic == "只退一部分" and other.after for other in findings)
        or (not finding.after and any(_keeps_refund(unit, finding.before) for unit in before))
        or (bool(finding.before) and any(_was_extension(unit, finding.before) for unit in before))
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


def _with_companion(finding: Finding, units: Sequence[Unit]) -> Finding:
    """What is paid or claimed for goods that break in use is a warranty too, and what is paid in goods a replacement.

    封号包赔 → 封号不包赔 shifts a liability and cuts a warranty; 坏号全赔 → 坏号只赔一半 cuts the replacement.
    """
    pair = next((pair for pair in _COMPANIONS if finding.kinds[:1] and finding.kinds[0] in pair), None)
    words = finding.after or finding.before
    scope = next((unit.sentence for unit in units if words and words in unit.sentence), "")
    if pair is None or not scope:
        return finding
    worse = finding.kinds[0] == pair[0]
    added = []
    if _KEPT_GOODS.search(scope) and _ANSWERS.search(scope):
        added.append(("warranty_cut", "warranty_extended")[not worse])
    if "liability" in pair[0] and _PAID_IN_GOODS.search(scope) and not _PAID_IN_MONEY.search(scope):
        added.append(("replacement_cut", "replacement_improved")[not worse])
    return replace(finding, kinds=tuple(dict.fromkeys((*finding.kinds, *added))))


def _drop_speed_of_credit(findings: Sequence[Finding], after: Sequence[Unit]) -> list[Finding]:
    """Findings without how fast money comes that is no money any more: 当天原路退 → 秒退至商城积分."""
    narrowed = any(one.effect is Effect.WORSE and one.kinds[:1] == ("refund_narrowed",) for one in findings)
    credited = [unit.plain for unit in after if _AS_CREDIT.search(unit.plain)] if narrowed else []
    return [
        one
        for one in findings
        if one.kinds != ("delivery_faster",) or not any(one.after and one.after in text for text in credited)
    ]


def _drop_consolations(findings: Sequence[Finding], after: Sequence[Unit]) -> list[Finding]:
    """Findings without kind words in the very sentence that took a refund away: 取不出来, 但不过期."""
    taken = [one for one in findings if "refund_removed" in one.kinds and one.effect is Effect.WORSE]
    gone = {one.before for one in taken if one.before}
    told = {unit.sentence for unit in after for one in taken if one.after and one.after in unit.sentence}
    if not taken or (not told and len({unit.sentence for unit in after}) > 1):
        return list(findings)
    told = told or {unit.sentence for unit in after}
    kept = []
    for one in findings:
        soft = one.effect is Effect.BETTER and not one.verb and not one.exact and set(one.kinds) <= _CONSOLING
        if soft and one.after and not one.before and any(one.after in sentence for sentence in told):
            continue
        if one.kinds == ("delivery_slower",) and not one.after and any(one.before in words for words in gone):
            continue  # 即时退还 went: what is not paid cannot be late
        kept.append(one)
    return kept


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
