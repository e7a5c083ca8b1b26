"""Finds conditions that were put to a right, or dropped from it: 都给换 → 并且没查看过的，才给换.

The last look at units that came or went alone while the rest of their sentence stayed: one that is worded as a
condition narrows what the sentence grants, and loosens what it refuses. Takes paired units, gives findings. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitor.changes.measures import Finding, UnitPair
from monitor.changes.rights import RIGHTS
from monitor.changes.signals import put_defects
from monitor.changes.stances import is_skipped, read_stances
from monitor.changes.units import Unit
from storage.model import Effect, Severity

_CONDITION = re.compile(
    r"^(?:并且|而且|且(?!慢)|同时(?:满足|具备|符合|须|需|要)|还(?:要|须|得|需|必须)|但(?:是)?(?:须|需|要|得|必须|仅限|只限|限|仅|只|前提)"
    r"|前提(?:是|为|条件)|不过(?:要|得|须|只|仅)|只限|仅限|限(?=[^,。;]{2})|另[需须]|(?:必须|务必|须|需|得)(?:先|在|经|由|是|为|满|本人|同时)"
    r"|以[^,。;]{1,16}为(?:前提|条件|准)|首次|(?:当天|当日|本人|同一)[^,。;]{0,6}(?:的|者)$)"
    r"|(?:为前提|为条件|的前提下|才行|方可|才可以?|才能|才算(?:数|有效)?)$"
)
_PROOF = re.compile("录屏|录像|视频|截图|凭证|证明|证据|身份|实名|照片|订单号|好评|审核|同意|批准|核实")


_CAUSE = re.compile(
    r"^(?!.*(?:除外|例外|不在此限))(?:但|如)?(?:因|由于)为?(?!此|而|故|质量|本店|商家|卖家|我)[^,。;]{3,}[^,。;的者时]$"
)
"""A cause before a refusal: without it the refusal takes every case. 因挂脚本被封,不质保 → 被封不质保."""


def compare_conditions(pairs: Sequence[UnitPair], spoken: frozenset[Unit]) -> list[Finding]:
    """Conditions that came or went in sentences that stayed; `spoken` are the units that findings already speak of."""
    sides = [[unit for pair in pairs if (unit := pair[side])] for side in (0, 1)]
    stands = [any(_is_condition(unit) for unit in side) for side in sides]
    if stands[0] == stands[1]:
        return []
    gained = stands[1]
    own, others = sides[1 if gained else 0], sides[0 if gained else 1]
    for unit in own:
        if _CAUSE.match(unit.plain) and _is_said_otherwise(unit, others):
            continue
        if unit not in spoken and _is_condition(unit) and not is_skipped(unit.sentence):
            found = _judge_condition(unit, own, pairs, gained=gained)
            if found:
                return [found]
    return []


def _is_condition(unit: Unit) -> bool:
    if _CONDITION.search(unit.plain):
        return True
    rest = unit.sentence.replace(unit.plain, "")
    return _CAUSE.match(unit.plain) is not None and set(read_stances(rest, rest).values()) == {-1}


def _is_said_otherwise(unit: Unit, others: Sequence[Unit]) -> bool:
    """Whether the other side uses most of the characters of this unit."""
    said = frozenset("".join(other.form for other in others))
    return 2 * sum(character in said for character in unit.form) >= len(unit.form)


def _judge_condition(unit: Unit, own: Sequence[Unit], pairs: Sequence[UnitPair], *, gained: bool) -> Finding | None:
    """What it does to the buyer that this condition came or went; None where it is none of a rule that stayed."""
    if not _stayed(unit, own, pairs):
        return None
    rest = unit.sentence.replace(unit.plain, "")
    values = [value for act, value in read_stances(rest, rest).items() if act not in ("duty", "telling", "speed")]
    own_values = [value for act, value in read_stances(unit.plain, unit.sentence).items() if act not in ("duty",)]
    values = values or own_values
    if not values or len(set(values)) > 1 or not values[0]:
        return None
    worse = gained == (values[0] > 0)
    effect = Effect.WORSE if worse else Effect.BETTER
    kinds = [("burden_added", "burden_removed")[not worse]]
    severity = Severity.MEDIUM
    for right in RIGHTS:
        if right.words.search(put_defects(unit.sentence)):
            kinds.append(right.kind(worse=worse))
            severity = right.severity
            break
    if not _PROOF.search(unit.plain):
        kinds.reverse()
    words_told = ("", unit.plain) if gained else (unit.plain, "")
    return Finding(tuple(kinds), effect, severity if worse else Severity.NONE, "条件", *words_told)


def _stayed(unit: Unit, own: Sequence[Unit], pairs: Sequence[UnitPair]) -> bool:
    """Whether another part of its sentence stood there before, unchanged or reworded."""
    changed = {other.plain for other in own if other.sentence == unit.sentence}
    pieces = {piece.strip() for piece in re.split(r"[,:]", unit.sentence) if piece.strip()}
    if pieces - changed:
        return True
    return any(
        unit not in pair and None not in pair and any(one and one.sentence == unit.sentence for one in pair)
        for pair in pairs
    )
