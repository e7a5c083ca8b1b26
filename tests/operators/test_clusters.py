"""Groups are the same however few pairs are looked at together."""

from __future__ import annotations

import random
import tracemalloc

import numpy as np
import pytest

from monitor.operators import clusters
from monitor.operators.attribute import WIDE
from monitor.operators.clusters import Bars, Voices, connect, join_groups

SITES = 240


def heard(seed: int, sites: int = SITES) -> Voices:
    """What pairs of sites say, of which every 12 hang together: links, doubts and vetoes among them."""
    dice = random.Random(seed)
    pairs = sorted(
        (first, second)
        for begin in range(0, sites, 12)
        for first in range(begin, begin + 12)
        for second in range(first + 1, begin + 12)
        if dice.random() < 0.4
    )
    bits = np.array([dice.uniform(-4.0, 16.0) for _ in pairs])
    link = bits > 5.0
    veto = np.array([dice.random() < 0.02 for _ in pairs]) & ~link
    alike = np.array([dice.random() < 0.3 for _ in pairs])
    first, second = (np.array(column, np.int32) for column in zip(*pairs, strict=True))
    return Voices(first, second, bits, bits - 3.0, link, veto, alike)


@pytest.mark.parametrize("seed", range(5))
def test_components_joined_one_by_one_give_the_groups_of_all_together(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    bars = Bars(mean=1.0, bridge=9.0, bridge_part=2, alike=0.15)
    together = join_groups(SITES, heard(seed), bars)
    monkeypatch.setattr(clusters, "MOST_HEARD", 1)
    monkeypatch.setattr(clusters, "AT_ONCE", 7)
    singly = join_groups(SITES, heard(seed), bars)
    assert singly.label.tolist() == together.label.tolist()
    assert singly.refused == together.refused and together.refused
    assert 20 < len(set(together.label.tolist())) < SITES


def test_what_was_said_in_a_component_is_let_go_before_others_are_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    voices = heard(1, 6000)

    def most_held(pairs_together: int) -> int:
        monkeypatch.setattr(clusters, "MOST_HEARD", pairs_together)
        tracemalloc.start()
        try:
            join_groups(6000, voices, Bars(mean=1.0, bridge=9.0))
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    most_held(1000)  # what numpy loads at its first use is no part of it
    assert most_held(1000) * 3 < most_held(len(voices.a))


def test_a_component_is_never_parted() -> None:
    def parts(most: int) -> list[list[int]]:
        component = np.array([3, 0, 3, 0, 3, 9], np.int32)
        return [part.tolist() for part in clusters._by_component(np.arange(10, 16), component, most)]

    assert parts(1) == parts(2) == [[11, 13], [10, 12, 14], [15]]
    assert parts(4) == [[11, 13], [10, 12, 14, 15]]
    assert parts(6) == [[10, 11, 12, 13, 14, 15]]
    assert list(clusters._by_component(np.zeros(0, np.int64), np.zeros(0, np.int32), 4)) == []


def test_whatever_hangs_together_bears_its_least_item(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "AT_ONCE", 3)
    # A chain from the middle outwards, whose least item is met last, and a ring apart from it.
    chain = [(5, 6), (6, 7), (4, 7), (4, 3), (3, 2), (2, 8), (8, 0)]
    ring = [(11, 12), (12, 13), (13, 11)]
    first, second = (np.array(column, np.int32) for column in zip(*chain, *ring, strict=True))
    assert connect(15, first, second).tolist() == [0, 1, 0, 0, 0, 0, 0, 0, 0, 9, 10, 11, 11, 11, 14]


def test_sites_that_say_nothing_of_a_newcomer_do_not_keep_him_from_the_group_that_links_to_him() -> None:
    def grouped(said: float) -> int:
        """Eight sites that stand, and a ninth that one of them links to; of the others each says so much."""
        first, second = np.arange(8, dtype=np.int32), np.full(8, 8, np.int32)
        bits, say = np.zeros(8), np.full(8, said)
        bits[0] = say[0] = 7.0
        none = np.zeros(8, np.bool_)
        voices = Voices(first, second, bits, say, bits > 5, none, none)
        return len(set(join_groups(9, voices, WIDE, np.array([0] * 8 + [8])).label.tolist()))

    assert grouped(0.0) == 1
    assert grouped(-2.0) == 2
