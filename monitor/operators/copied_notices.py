"""Notices that another site gave before: whoever copies a page copies the notice that stands on it. Pure.

A copier's page says, word for word like its model's, where the model moved to. So only who says it first says it for
himself; who says it later has to be tied to the new site by what cannot be copied.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta

from monitor.operators.model import Band
from monitor.operators.move_evidence import Known
from monitor.operators.move_signals import NOTICES, MoveSignal
from monitor.operators.site_facts import SiteFacts
from monitor.operators.site_names import plain_name

_SLACK = timedelta(days=1)
_NOT_LETTERS = re.compile(r"[\W_]+")
_LEAST_LETTERS = 8  # "新网址" alone is nobody's sentence


def find_echoes(
    pairs: Mapping[tuple[str, str], tuple[MoveSignal, ...]], facts: Mapping[str, SiteFacts], known: Known
) -> frozenset[tuple[str, str]]:
    """The pairs of which every notice may be copied: another site, not of the same operator, gave it before."""
    told: dict[str, list[MoveSignal]] = defaultdict(list)
    for (_, after), signals in pairs.items():
        told[after] += [signal for signal in signals if signal.way in NOTICES]
    found = set()
    for (before, after), signals in pairs.items():
        own = [signal for signal in signals if signal.way in NOTICES]
        others = [other for other in told[after] if plain_name(other.before) != plain_name(before)]
        here = facts.get(before)
        if own and all(
            _stood_from_the_first(signal, here) or any(_may_be_copied(signal, other, known) for other in others)
            for signal in own
        ):
            found.add((before, after))
    return frozenset(found)


def say_same(one: MoveSignal, other: MoveSignal) -> bool:
    """Whether two notices may be one sentence: alike in all letters, or one of them not kept."""
    texts = [_NOT_LETTERS.sub("", signal.text) for signal in (one, other)]
    return min(map(len, texts)) < _LEAST_LETTERS or texts[0] == texts[1]


def _stood_from_the_first(signal: MoveSignal, here: SiteFacts | None) -> bool:
    """Whether a site was never seen without its notice."""
    return here is not None and signal.first_at <= here.first_seen + _SLACK


def _may_be_copied(signal: MoveSignal, other: MoveSignal, known: Known) -> bool:
    if other.first_at > signal.first_at - _SLACK or not say_same(signal, other):
        return False
    link = known.link_of(signal.before, other.before)
    return link is None or link.decided == "different" or (link.decided != "same" and link.band is not Band.CONFIRMED)
