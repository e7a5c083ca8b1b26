"""From a world's pages to verdicts: what is written is read, plain joins are bad, moves are replayed rightly."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image

from bench.worlds.baselines import join_any, join_knowing
from bench.worlds.browser_sample import draw_code
from bench.worlds.files import bare_statements
from bench.worlds.judge import score_answer
from bench.worlds.make import make_world
from bench.worlds.model import SPAN, World
from bench.worlds.page_reading import choose_days, read_world
from bench.worlds.replay import looks_until, stand_on, wrongly_dead
from bench.worlds.respondents_score import score_respondents
from monitor.operators.attribute import attribute_sites
from monitor.operators.model import Band, OperatorGroup
from monitor.operators.site_looks import Network
from storage.identity import SitePeriod, SiteState


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(5, 90)


def test_joining_on_anything_makes_one_heap_and_knowing_makes_no_error(world: World) -> None:
    heap = score_answer(world.truth, join_any(world)).confirmed
    assert heap.largest > len(world.truth.epochs) / 2
    known = score_answer(world.truth, join_knowing(world, families=1, proof=False))
    assert known.confirmed.precision == 1.0
    assert known.confirmed.recall > 0.8
    assert 0 < known.signalless < known.pairs / 5


def test_what_is_written_on_pages_is_read_from_them(world: World) -> None:
    reading = read_world(world, 90)
    assert reading.written.total() > 500
    assert reading.missed.total() < reading.written.total() * 0.02, reading.examples
    assert reading.beyond.total() < reading.found.total() * 0.02, reading.examples
    direct = {(row.site, row.kind, row.value) for row in world.statements}
    assert {(row.site, row.kind, row.value) for row in reading.statements if row.kind == "ip"} <= direct


def test_days_of_pages_hold_the_first_and_the_last_look() -> None:
    assert choose_days((1, 2, 3)) == (1, 2, 3)
    chosen = choose_days(tuple(range(0, 300, 7)))
    assert (chosen[0], chosen[-1], len(chosen)) == (0, 294, 4)


def test_a_drawn_code_can_be_scanned() -> None:
    text = "https://qr.alipay.com/fkx0000abcd1234ef"
    picture = Image.open(BytesIO(draw_code(text)))
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [text]


def test_our_own_outages_are_in_the_looks_and_kill_no_site(world: World) -> None:
    looks = [look for found in looks_until(world, SPAN).values() for look in found]
    assert any(look.network is Network.DOWN for look in looks)
    standing = stand_on(world, SPAN)
    assert wrongly_dead(world, standing) == []
    alive = next(epoch for epoch in world.truth.epochs if epoch.make == "own" and epoch.ended > epoch.first)
    moment = datetime.combine(alive.first, time(3), UTC)
    false = SitePeriod(alive.site, SiteState.DEAD, moment, moment)
    assert wrongly_dead(world, replace(standing, periods=(false,))) == [false]


def test_a_wrong_respondent_is_counted() -> None:
    hostile = make_world(2, 150)
    statements = bare_statements(hostile.statements)
    every = tuple(dict.fromkeys(epoch.site for epoch in hostile.truth.epochs))
    honest = score_respondents(hostile, statements, attribute_sites(statements).operators)
    heap = score_respondents(hostile, statements, [OperatorGroup("x", every, Band.CONFIRMED)])
    assert honest.sites == heap.sites > 100
    assert sum(honest.probable) + sum(honest.confirmed) > 0
    assert heap.confirmed[1] + heap.probable[1] > honest.confirmed[1] + honest.probable[1]
