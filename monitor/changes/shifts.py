"""Says what was moved in a redline: 反馈期限 7天→3天（缩短），对买家不利.

Takes a redline with its two texts, gives each measure that was replaced, came or went, with the way it went and what
that does to the buyer, and the run of the redline that it stands in. A measure whose meaning is not known gets its
direction and no effect. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from monitor.changes.entities import Entity, find_entities
from monitor.changes.entity_patterns import EntityKind
from monitor.changes.measures import Finding, compare_measures, same_value
from monitor.changes.normal_forms import plain_line
from monitor.changes.redline import START_EVENT, Redline, RunKind
from monitor.changes.units import cancel_units, pair_units, split_units
from storage.model import Effect

_LONGEST = 6_000
_PICTURE = "[图片] "  # how monitor.changes.pictures begins the side that became a picture
_MOST_SHIFTS = 40
_DIRECTIONS = {
    EntityKind.DURATION: ("延长", "缩短"),
    EntityKind.MONEY: ("提高", "降低"),
    EntityKind.SHARE: ("提高", "降低"),
    EntityKind.DISCOUNT: ("折后价提高", "折后价降低"),
    EntityKind.COUNT: ("增加", "减少"),
    EntityKind.HOURS: ("延长", "缩短"),
}
_SHOWN = frozenset({*_DIRECTIONS, EntityKind.DATE})


@dataclass(frozen=True)
class Shift:
    """One measure on both sides, "" where it is not. `way`: 缩短, 延长, 提高, 降低, 数值相同, 删去, 新增, 改变."""

    topic: str
    before: str
    after: str
    way: str
    effect: Effect

    @property
    def sentence(self) -> str:
        """`反馈期限 7天→3天（缩短）`."""
        values = f"{self.before}→{self.after}" if self.before and self.after else self.before or self.after
        return f"{self.topic} {values}（{self.way}）".strip()


@dataclass(frozen=True)
class Shifts:
    """All shifts of a redline in reading order; `at` has those that stand in a run, by the place of the run."""

    all: tuple[Shift, ...] = ()
    at: Mapping[int, tuple[Shift, ...]] = field(default_factory=dict)


def find_shifts(redline: Redline, before: str, after: str) -> Shifts:
    """The measures that changed; texts beyond the bound give none, nor does a picture, which may still show them."""
    if before.startswith(_PICTURE) or after.startswith(_PICTURE):
        return Shifts()
    if redline.coarse or len(before) + len(after) > _LONGEST:
        return Shifts()
    pairs = pair_units(*cancel_units(split_units(before), split_units(after)))
    findings = [finding for finding in compare_measures(pairs) if finding.before or finding.after]
    at: dict[int, tuple[Shift, ...]] = {}
    for place, removed, added in _replacements(redline):
        shifts = _shifts_between(removed, added, findings)
        if shifts:
            at[place] = shifts
    # a measure that went with its sentence, or came with it, is told by the sentence unless somebody knows what it was
    told = [shift for shifts in at.values() for shift in shifts if shift.topic or (shift.before and shift.after)]
    known = {(shift.before, shift.after) for shift in told}
    rest = [_of_finding(finding) for finding in findings if (finding.before, finding.after) not in known]
    rest = [one for one in rest if not _is_echo(one, told)]
    return Shifts(tuple(dict.fromkeys([*told, *rest]))[:_MOST_SHIFTS], at)


def _replacements(redline: Redline) -> list[tuple[int, str, str]]:
    """The place of the last run of each replacement, what was removed and what was added."""
    found: list[tuple[int, str, str]] = []
    for place, run in enumerate(redline.runs):
        if run.kind is RunKind.REMOVED:
            found.append((place, run.text, ""))
        elif run.kind is RunKind.ADDED:
            follows = found and found[-1][0] == place - 1 and not found[-1][2]
            removed = found.pop()[1] if follows else ""
            found.append((place, removed, run.text))
    return found


def _shifts_between(removed: str, added: str, findings: Sequence[Finding]) -> tuple[Shift, ...]:
    old, new = ([e for e in find_entities(plain_line(text)) if e.kind in _SHOWN] for text in (removed, added))
    shifts: list[Shift] = []
    for one in old:
        other = next((two for two in new if two.kind is one.kind), None)
        if other is None:
            shifts.append(_judge(one.text, "", "删去", findings))
            continue
        new.remove(other)
        shifts.append(_judge(one.text, other.text, _way(one, other), findings))
    shifts += [_judge("", two.text, "新增", findings) for two in new]
    return tuple(shifts)


def _way(old: Entity, new: Entity) -> str:
    if same_value(old, new):
        return "数值相同"
    up, down = _DIRECTIONS.get(old.kind, ("改变", "改变"))
    return up if new.value > old.value else down


def _judge(before: str, after: str, way: str, findings: Sequence[Finding]) -> Shift:
    """The shift with what the findings say of it, if any speaks of these two values."""
    finding = next((one for one in findings if (one.before, one.after) == (before, after)), None)
    if finding is None or way == "数值相同":
        return Shift("", before, after, way, Effect.NEUTRAL)
    told = _of_finding(finding)
    return told if finding.verb else replace(told, way=way)


def _of_finding(finding: Finding) -> Shift:
    starts = [START_EVENT.search(text) for text in (finding.before, finding.after)]
    if not finding.verb and starts[0] and starts[1]:
        way = "起算提前" if finding.effect is Effect.WORSE else "起算推后"
        return Shift(finding.topic, starts[0].group(), starts[1].group(), way, finding.effect)
    way = finding.verb.rstrip("为到") or ("删去" if not finding.after else "新增" if not finding.before else "改变")
    return Shift(finding.topic, finding.before, finding.after, way, finding.effect)


def _is_echo(shift: Shift, told: Sequence[Shift]) -> bool:
    """Whether a lone value is named by a shift that is told already."""
    return any(
        (not shift.before or shift.before == one.before) and (not shift.after or shift.after == one.after)
        for one in told
    )
