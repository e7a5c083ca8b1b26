"""Finds what two wordings of one unit turn around: a "not" that came or went, and lists that grew or shrank.

A last look at paired units that no other finding speaks of: 支持叠加 → 不支持叠加 takes away whatever 叠加 is, and
适用于iOS和安卓 → 适用于安卓 takes away iOS. Takes paired units, gives findings. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitor.changes.entity_patterns import EntityKind
from monitor.changes.measures import Finding, UnitPair
from monitor.changes.topics import find_topic
from monitor.changes.units import Unit
from storage.model import Effect, Severity

_GOODS, _POWER = ("spec_reduced", "spec_improved"), ("unilateral_power_added", "unilateral_power_removed")
_BURDEN = ("burden_added", "burden_removed")
_FREED = re.compile(r"无需|无须|不需要?|不用|不必|不要求|免(?=提供|交|填)")
_WITHIN = re.compile(r"\s?[之以]?内")
_BEYOND = re.compile(r"\s?[之以]?后")
_NOT = re.compile(r"(?:不再|不予|不能|不可|不得|不会|无法|未|不|没有|没|无|非|禁止|暂停|停止|取消)")
_GIVES = re.compile(
    r"支持|可|能|包(?!装|裹)|提供|允许|含|送|赠|开|保证|承诺|享|兼容|参加|参与|适用|接受|负责|办理|处理|受理|通用"
)
_TAKES = re.compile(
    r"收|扣|罚|封|泄露|公开|出售|涨|限制|删除|冻结|拒绝|追究|作废|失效|清零|过期"
    r"|单方|擅自|收回|回收|取消[^,。;]{0,6}订单|保留[^,。;]{0,8}权|修改|变更|调整|转让|查看|监听|读取"
)
_MAY = re.compile(r"得(?!以|到|知|了)|可以?|能够?|有权|会|将|应当?|须")
_LISTING = re.compile(r"(?:适用于?|支持|兼容|可用于|包含|包括|含|通用于?|用于|覆盖|提供|赠送?|送)")
_JOINED = re.compile(r"[、/和及与或+&]|以及|并且")
_DUTY = re.compile(r"须|需|必须|应当|请(?!求)|要求|凭")


def compare_contrasts(pairs: Sequence[UnitPair], spoken: frozenset[Unit]) -> list[Finding]:
    """What pairs without any other finding say; `spoken` are the units that findings already speak of."""
    findings: list[Finding] = []
    for old, new in pairs:
        if old is None or new is None or old in spoken or new in spoken:
            continue
        found = _compare_bounds(old, new) or _compare_negation(old, new) or _compare_lists(old, new)
        findings += [found] if found else []
    return findings


def _compare_bounds(old: Unit, new: Unit) -> Finding | None:
    """The same time on the other side of its bound: 24小时内可退 → 24小时后可退."""
    for before, after in zip(old.entities, new.entities, strict=False):
        if not (before.kind is after.kind is EntityKind.DURATION and before.value == after.value):
            continue
        within = [bool(_WITHIN.match(unit.plain[entity.end :])) for unit, entity in ((old, before), (new, after))]
        beyond = [bool(_BEYOND.match(unit.plain[entity.end :])) for unit, entity in ((old, before), (new, after))]
        if not (within[0] and beyond[1]) and not (beyond[0] and within[1]):
            continue
        if bool(_NOT.search(old.plain)) != bool(_NOT.search(new.plain)):
            return None  # 48小时内受理 is 48小时后不再受理
        worse = within[0] != bool(_NOT.search(old.plain))
        topic = find_topic(after, new)
        late = topic is not None and topic.id in ("duty", "wait")
        kinds = ("delivery_slower",) if late else ("window_shortened",)
        kinds = kinds if worse else (("delivery_faster",) if late else ("window_extended",))
        effect = Effect.WORSE if worse else Effect.BETTER
        return Finding(kinds, effect, Severity.MEDIUM if worse else Severity.NONE, "时间界限", old.plain, new.plain)
    return None


def _compare_negation(old: Unit, new: Unit) -> Finding | None:
    """The same words but for a "not": worse where it takes from the buyer, better where it gives."""
    bare = tuple(_MAY.sub("", _NOT.sub("", unit.plain)) for unit in (old, new))
    said = len(_NOT.findall(old.plain)), len(_NOT.findall(new.plain))
    freed = [bool(_FREED.search(unit.plain)) for unit in (old, new)]
    if freed[0] != freed[1] and _DUTY.search(old.plain) and _DUTY.search(new.plain) and _without_duty(old, new):
        return _tell(old, new, worse=freed[0], kinds=_BURDEN)
    if bare[0] != bare[1] or said[0] % 2 == said[1] % 2:
        return None
    denied = said[1] % 2 == 1
    if _TAKES.search(bare[0]):
        denied = not denied
        return _tell(old, new, worse=denied, kinds=_POWER)
    if not _GIVES.search(old.plain):
        return None
    return _tell(old, new, worse=denied)


def _without_duty(old: Unit, new: Unit) -> bool:
    """Whether both are the same words but for what is asked: 须保持原包装, 无须保持原包装."""
    bare = {_DUTY.sub("", _FREED.sub("", unit.plain)) for unit in (old, new)}
    return len(bare) == 1


def _compare_lists(old: Unit, new: Unit) -> Finding | None:
    """One list inside the other: shorter is worse for what is offered, better for what is asked."""
    lists = [frozenset(part for part in _JOINED.split(_LISTING.sub("、", unit.plain)) if part) for unit in (old, new)]
    if len(lists[0] | lists[1]) < 2 or not (lists[0] < lists[1] or lists[1] < lists[0]):
        return None
    shorter = lists[1] < lists[0]
    if any(part in (new if shorter else old).sentence for part in lists[0] ^ lists[1]):
        return None  # still said, in the next unit
    if _DUTY.search(old.plain) and _DUTY.search(new.plain):
        kinds = ("burden_removed",) if shorter else ("burden_added",)
        effect = Effect.BETTER if shorter else Effect.WORSE
        severity = Severity.NONE if shorter else Severity.LOW
        return Finding(kinds, effect, severity, "要提供的东西", old.plain, new.plain)
    if not (_LISTING.search(old.plain) and _LISTING.search(new.plain)):
        return None
    return _tell(old, new, worse=shorter)


def _tell(old: Unit, new: Unit, *, worse: bool, kinds: tuple[str, str] = _GOODS) -> Finding:
    effect = Effect.WORSE if worse else Effect.BETTER
    severity = Severity.MEDIUM if worse else Severity.NONE
    return Finding((kinds[0 if worse else 1],), effect, severity, "内容", old.plain, new.plain)
