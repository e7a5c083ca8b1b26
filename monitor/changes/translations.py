"""Knows a rule that is said in another language now: the same measures, the same acts, as many refusals.

What an English wording means beyond that is not read here, so a person must look; but that all rights went with the
Chinese words is not told. Takes texts or units, says yes or no. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitor.changes.entities import find_entities
from monitor.changes.entity_patterns import EntityKind
from monitor.changes.units import Unit

_CHINESE = re.compile("[\u4e00-\u9fff]")
_WORD = re.compile(r"[a-z]{2,}", re.IGNORECASE)
_LEAST_CHARACTERS, _LEAST_WORDS = 6, 4
_MEASURED = frozenset({EntityKind.DURATION, EntityKind.MONEY, EntityKind.SHARE})
_ACTS = (
    (re.compile(r"退(?!出|后|步)"), re.compile(r"refund|退款|money back|reimburs", re.IGNORECASE)),
    (
        re.compile(r"(?<!兑)换|补发"),
        re.compile(r"replac|exchang|swap|码?更换|new (?:code|key|card|one)", re.IGNORECASE),
    ),
    (re.compile("质保|保修"), re.compile(r"warrant|guarant", re.IGNORECASE)),
)
_REFUSED = (
    re.compile(r"(?:不(?:予|再|可以?|能|会|支持|接受|提供)?|概不|拒绝)退|退不[了成]"),
    re.compile(
        r"\b(?:no|not|non|never|without|cannot|won't|don't|neither)\b[\w\s-]{0,16}refund|\brefunds?\b[\w\s]{0,12}\b(?:not|never|no)\b"
        r"|不退款",
        re.IGNORECASE,
    ),
)


def is_foreign(text: str) -> bool | None:
    """Whether a text is written in Latin letters and not in Chinese ones; None where in neither, or in both."""
    chinese, words = len(_CHINESE.findall(text)), len(_WORD.findall(text))
    if words >= _LEAST_WORDS and chinese * 2 < words:
        return True
    return False if chinese >= _LEAST_CHARACTERS and words * 8 < chinese else None


def is_translated(before: Sequence[Unit], after: Sequence[Unit]) -> bool:
    """Whether the units of one side say in another language what those of the other say, as far as can be read."""
    said = [" ".join(dict.fromkeys(unit.shown for unit in side)) for side in (before, after)]
    foreign = [is_foreign(text) for text in said]
    if None in foreign or foreign[0] is foreign[1]:
        return False
    measures = [
        sorted(
            f"{entity.kind}{entity.value.normalize():f}"
            for unit in side
            for entity in find_entities(unit.plain)
            if entity.kind in _MEASURED
        )
        for side in (before, after)
    ]
    if measures[0] != measures[1]:
        return False
    acts = [[bool(pair[int(bool(foreign[side]))].search(said[side])) for pair in _ACTS] for side in (0, 1)]
    refused = [bool(_REFUSED[int(bool(foreign[side]))].search(said[side])) for side in (0, 1)]
    return acts[0] == acts[1] and refused[0] == refused[1]
