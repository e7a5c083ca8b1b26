"""A world is the same for the same seed, holds the traps it promises, and its judge counts as it says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bench.worlds.files import read_truth, write_statements, write_truth
from bench.worlds.judge import score_answer
from bench.worlds.make import make_world
from bench.worlds.model import World
from bench.worlds.shapes import PRESETS, find_shape, random_shape
from monitor.operators.model import Band, OperatorGroup


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(3, 600, find_shape("hard"))


def true_groups(world: World, band: Band = Band.CONFIRMED) -> list[OperatorGroup]:
    return [
        OperatorGroup(name, tuple(epoch.label for epoch in epochs), band)
        for name, epochs in world.truth.operators().items()
    ]


def test_the_same_seed_gives_the_same_world(world: World) -> None:
    again = make_world(3, 600, find_shape("hard"))
    assert again.statements == world.statements
    assert again.truth == world.truth
    assert make_world(4, 600, find_shape("hard")).statements != world.statements


def test_every_trap_is_there(world: World) -> None:
    makes = {epoch.make for epoch in world.truth.epochs}
    assert {"own", "saas", "branch", "reseller", "impersonator", "stranger", "host"} <= makes
    assert any("@" in epoch.label for epoch in world.truth.epochs)
    assert {move.way for move in world.truth.moves} >= {"301", "meta", "iframe", "notice", "silent", "release", "both"}
    assert any(found.wrong for found in world.truth.respondents)


def test_nothing_is_seen_outside_a_sites_life_or_in_an_outage(world: World) -> None:
    dark = world.truth.outages
    spans: dict[str, list[tuple[object, object]]] = {}
    for epoch in world.truth.epochs:
        spans.setdefault(epoch.site, []).append((epoch.first, epoch.last))
    for row in world.statements:
        first, last = row.first_seen.date(), row.last_seen.date()
        assert not any(start <= day <= end for start, end in dark for day in (first, last))
        assert any(start <= first and last <= end for start, end in spans[row.site]), row


def test_the_true_answer_scores_full(world: World) -> None:
    score = score_answer(world.truth, true_groups(world))
    assert (score.confirmed.precision, score.confirmed.recall) == (1.0, 1.0)
    assert score.confirmed.largest == score.largest
    assert not score.unknown_sites
    assert 0 < score.signalless < score.pairs


def test_probable_holds_the_confirmed_and_is_scored_apart(world: World) -> None:
    score = score_answer(world.truth, true_groups(world, Band.PROBABLE))
    assert score.confirmed.answered == 0
    assert score.probable.recall == 1.0


def test_joining_a_site_with_its_impersonator_is_wrong_and_named(world: World) -> None:
    copy = next(epoch for epoch in world.truth.epochs if epoch.make == "impersonator")
    victim = world.truth.operators()[copy.of][0]
    score = score_answer(world.truth, [{"id": "x", "sites": [copy.label, victim.label], "band": "确认"}])
    assert score.confirmed.precision == 0.0
    assert score.confirmed.wrong == {"impersonator and its model": 1}


def test_a_plain_name_means_the_latest_registration(world: World) -> None:
    operators = world.truth.operators()
    earlier, mate = next(
        (epoch, other)
        for epoch in world.truth.epochs
        for other in operators[epoch.operator]
        if "@" in epoch.label and other is not epoch
    )
    right = score_answer(world.truth, [OperatorGroup("x", (earlier.label, mate.label), Band.CONFIRMED)])
    assert right.confirmed.precision == 1.0
    wrong = score_answer(world.truth, [OperatorGroup("x", (earlier.site, mate.label), Band.CONFIRMED)])
    assert wrong.confirmed.wrong == {"re-registered name": 1}
    by_registration = f"{earlier.site}@{earlier.registered + timedelta(days=1)}"
    dated = score_answer(world.truth, [OperatorGroup("x", (by_registration, mate.label), Band.CONFIRMED)])
    assert dated.confirmed.precision == 1.0


def test_files_come_back_as_they_were(world: World, tmp_path: Path) -> None:
    assert write_statements(world.statements[:50], tmp_path / "s.jsonl") == 50
    write_truth(world.truth, tmp_path / "t.json")
    back = read_truth(tmp_path / "t.json")
    assert back == replace(world.truth, shared={})


def test_random_shapes_lie_between_the_presets() -> None:
    shape = random_shape(5)
    assert shape == random_shape(5)
    assert shape != random_shape(6)
    assert PRESETS["usual"].impersonators <= shape.impersonators <= PRESETS["hostile"].impersonators
