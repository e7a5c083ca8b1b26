"""Pictures of recommended products and data of scripts come and go by themselves; a rule in them is told."""

from __future__ import annotations

from dataclasses import replace

from monitor.changes.compare import compare_readings
from scrapers.model import Block, BlockKind, Reading, Role, Source
from storage.model import ChangeClass, Difference

from .readings import make_reading

RULE = "坏卡七天内包换"
CARDS = ("白鹭月卡\n即买即用", "云杉年卡\n即买即用", "沉香点券\n四十元")


def make_page(*cards: str, source: Source = Source.IMAGE, kind: BlockKind = BlockKind.OTHER) -> Reading:
    beside = tuple(Block(kind, text, place=f"/{number}.png", source=source) for number, text in enumerate(cards))
    reading = make_reading(RULE)
    return replace(reading, blocks=(*reading.blocks, *beside))


def compare(before: Reading, after: Reading) -> tuple[Difference, ...]:
    return compare_readings(before, after, role=Role.PRODUCT)


def test_pictures_that_change_places_are_no_move() -> None:
    told = compare(make_page(*CARDS), make_page(*reversed(CARDS)))
    assert {one.change_class for one in told} <= {ChangeClass.NOISE}


def test_other_pictures_are_one_difference_of_noise() -> None:
    told = compare(make_page(*CARDS[:2]), make_page(CARDS[2], "极光周卡\n手慢无"))
    assert [(one.change_class, one.kinds) for one in told] == [(ChangeClass.NOISE, ("beside_page",))]
    assert not told[0].quotable


def test_a_rule_beside_the_page_is_told() -> None:
    before, after = (make_page(f"售后说明：卡密有误{days}天内可换", source=Source.JSON) for days in (7, 3))
    assert ChangeClass.RULE in {one.change_class for one in compare(before, after)}


def test_rules_in_sight_that_change_places_are_moved() -> None:
    lines = [RULE, "付款后自动发货", "客服九点到十八点在线"]
    told = compare(make_reading("\n".join(lines)), make_reading("\n".join([*lines[1:], lines[0]])))
    assert {one.change_class for one in told} == {ChangeClass.MOVED}


def test_hidden_texts_have_no_place() -> None:
    pages = [make_page(*cards, source=Source.HIDDEN, kind=BlockKind.NOTICE) for cards in (CARDS, CARDS[::-1])]
    assert ChangeClass.MOVED not in {one.change_class for one in compare(*pages)}
