"""Says where both wordings agree on an act, so that a signal which only one wording's pattern saw is no change.

A second reader beside the signals: it takes the sentence for what is granted or refused (stances), how widely, and with
which measures, and knows nothing of formulas. Takes signals found on one side only, gives those that stand. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from monitor.changes.signals import Signal
from monitor.changes.stances import find_shared_limits, measure_breadth, read_stances
from monitor.changes.units import Unit

_ACTS_OF: Mapping[str, frozenset[str]] = {
    name: frozenset(acts.split())
    for names, acts in (
        ("refund_granted refund_denied refund_denied_if claim_refused claim_refused_if", "refund"),
        ("cancel_right cancel_refused", "refund"),
        ("replacement_granted replacement_denied replacement_denied_if", "replacement"),
        ("service_denied service_denied_if warranty_granted", "care"),
        ("compensation_promised", "compensation"),
        ("liability_refused", "own_fault compensation"),
        ("complaint_way", "reach"),
        ("instant_delivery", "speed"),
        ("slow_delivery", "waiting"),
        ("free_of_charge", "cost free"),
        ("light_proof", "duty"),
        ("shared_use", "shared"),
        ("own_use", "own"),
        ("deemed", "deeming"),
    )
    for name in names.split()
}  # fmt: skip


def keep_unshared(
    found: Mapping[str, tuple[Signal, Unit]],
    others: Mapping[str, tuple[Signal, Unit]],
    before: Sequence[Unit],
    after: Sequence[Unit],
) -> dict[str, tuple[Signal, Unit]]:
    """Of the signals of one side those that the other side does not say in words of its own.

    `others` are all signals of the other side: where one of the same act stands there, the patterns saw a real step.
    """  # fmt: skip
    states = [_gather(side) for side in (before, after)]
    limited = find_shared_limits(before, after)
    kept: dict[str, tuple[Signal, Unit]] = {}
    for name, (signal, unit) in found.items():
        acts = _ACTS_OF.get(name, frozenset())
        rivals = any(_ACTS_OF.get(other, frozenset()) & acts for other in others)
        if acts & limited or (acts and not rivals and _agree(acts, *states)):
            continue
        kept[name] = (signal, unit)
    return kept


def _agree(
    acts: frozenset[str], old: Mapping[str, tuple[int, int, int]], new: Mapping[str, tuple[int, int, int]]
) -> bool:
    """Whether both sides speak of the acts, say the same of them, as widely and under as many conditions."""
    pairs = [(old.get(act), new.get(act)) for act in acts]
    spoken = [pair for pair in pairs if pair[0] or pair[1]]
    return bool(spoken) and all(one is not None and one == other and one[0] for one, other in spoken)


def _gather(units: Sequence[Unit]) -> dict[str, tuple[int, int, int]]:
    """Of every act: what is said of it, how widely, under how many conditions."""
    found: dict[str, tuple[int, int, int]] = {}
    for unit in units:
        for act, value in read_stances(unit.plain, unit.sentence).items():
            said = (value, measure_breadth(unit.plain), 0)
            if act in found and found[act][0] != value:
                said = (0, 0, 0)
            found[act] = said
    return found
