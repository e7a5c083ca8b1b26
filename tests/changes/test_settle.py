"""A pending change is confirmed by the next capture, or it blinked; nothing that still stands is lost."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.changes.compare import compare_readings, compare_texts
from monitor.changes.settle import needs_confirmation, settle_changes
from scrapers.model import FactKind, Reading, Role
from storage.model import Change, ChangeClass, ChangeStatus, Difference, Effect, WatchedPage

from .readings import make_fact, make_reading

PAGE = WatchedPage("p", "x", "https://a.test/", Role.TERMS, "desktop")
AT = datetime(2026, 1, 1, tzinfo=UTC)


def pend(differences: tuple[Difference, ...]) -> list[Change]:
    return [Change(f"c{i}", PAGE, "o", "p", AT, AT, ChangeStatus.PENDING, "", one) for i, one in enumerate(differences)]


def settle(
    old: str, pending: str, newest: str
) -> tuple[list[Change], tuple[str, ...], tuple[str, ...], tuple[Difference, ...]]:
    changes = pend(compare_texts(old, pending))
    settled = settle_changes(changes, compare_texts(pending, newest))
    return changes, settled.confirmed, settled.blinked, settled.remaining


@pytest.mark.parametrize(
    ("old", "pending"),
    [
        ("坏卡7天包换。", "坏卡3天包换。"),
        ("甲条款在此。\n坏卡包退。", "甲条款在此。"),
        ("甲条款在此。", "甲条款在此。\n概不退换。"),
        (
            "1. 坏卡包换。\n2. 无货可换的，全额退款。\n3. 看清再拍。",
            "1. 坏卡包换；无货可换的，等待补货。\n2. 看清再拍。",
        ),
        ("坏卡可以全额退款，由买家选择。", "虚拟商品售出不退，介意者请勿购买本店商品。"),
    ],
)
def test_what_comes_back_has_blinked_and_leaves_nothing(old: str, pending: str) -> None:
    changes, confirmed, blinked, remaining = settle(old, pending, old)
    assert changes
    assert (confirmed, set(blinked)) == ((), {change.id for change in changes})
    assert remaining == ()


def test_what_stays_is_confirmed() -> None:
    _changes, confirmed, blinked, remaining = settle("坏卡7天包换。", "坏卡3天包换。", "坏卡3天包换。")
    assert (confirmed, blinked, remaining) == (("c0",), (), ())


def test_a_third_value_is_told_from_the_first() -> None:
    _changes, confirmed, blinked, remaining = settle("坏卡7天包换。", "坏卡3天包换。", "坏卡1天包换。")
    assert (confirmed, blinked) == ((), ("c0",))
    (found,) = remaining
    assert (found.before, found.after) == ("坏卡7天包换。", "坏卡1天包换。")
    assert "7天缩短为1天" in found.reason


def test_a_third_value_that_is_better_than_the_first_is_good_news() -> None:
    _changes, _confirmed, _blinked, (found,) = settle("坏卡7天包换。", "坏卡3天包换。", "坏卡9天包换。")
    assert found.effect is Effect.BETTER


def test_another_change_beside_a_blink_stays() -> None:
    old = "坏卡7天包换。\n客服九点上班。"
    _changes, confirmed, blinked, remaining = settle(old, "坏卡3天包换。\n客服九点上班。", old + "\n最终解释权归本站。")
    assert (confirmed, blinked) == ((), ("c0",))
    assert [one.after for one in remaining] == ["最终解释权归本站。"]


def test_one_change_blinks_while_another_is_confirmed() -> None:
    changes, confirmed, blinked, remaining = settle(
        "坏卡7天包换。\n退款免费。", "坏卡3天包换。\n退款扣5%手续费。", "坏卡7天包换。\n退款扣5%手续费。"
    )
    by_text = {change.difference.after: change.id for change in changes}
    assert confirmed == (by_text["退款扣5%手续费。"],)
    assert blinked == (by_text["坏卡3天包换。"],)
    assert remaining == ()


def test_undoing_is_known_when_it_is_aligned_in_another_way() -> None:
    changed = compare_texts("坏卡七天内可以全额退款。", "坏卡七天内可以全额换货。")
    assert len(changed) == 1
    apart = (
        *compare_texts("坏卡七天内可以全额换货。", ""),
        *compare_texts("", "坏卡七天内可以全额退款。"),
    )
    settled = settle_changes(pend(changed), apart)
    assert (settled.blinked, settled.remaining) == (("c0",), ())
    backwards = settle_changes(pend(apart), changed)
    assert len(backwards.blinked) == 2
    assert backwards.remaining == ()


def test_equal_values_of_two_products_are_kept_apart() -> None:
    def shelf(one: str, two: str) -> Reading:
        return make_reading(facts=[make_fact(FactKind.PRICE, one), make_fact(FactKind.PRICE, two, subject="item-2")])

    pending = pend(compare_readings(shelf("5", "6"), shelf("6", "6"), role=Role.HOME))
    settled = settle_changes(pending, compare_readings(shelf("6", "6"), shelf("6", "5"), role=Role.HOME))
    assert (settled.confirmed, settled.blinked) == (("c0",), ())
    assert len(settled.remaining) == 1


def test_a_third_price_is_told_from_the_first() -> None:
    def priced(value: str) -> Reading:
        return make_reading(facts=[make_fact(FactKind.PRICE, value)])

    pending = pend(compare_readings(priced("5"), priced("50"), role=Role.PRODUCT))
    settled = settle_changes(pending, compare_readings(priced("50"), priced("4"), role=Role.PRODUCT))
    (found,) = settled.remaining
    assert (found.before, found.after, found.kinds) == ("5", "4", ("price_lowered",))


def test_stock_and_noise_need_no_second_capture() -> None:
    def stocked(value: str) -> Reading:
        return make_reading(facts=[make_fact(FactKind.STOCK, value)])

    (found,) = compare_readings(stocked("5"), stocked("4"), role=Role.PRODUCT)
    assert not needs_confirmation(found)
    assert needs_confirmation(compare_texts("坏卡7天包换", "坏卡3天包换")[0])
    (noise,) = compare_texts("已售5件", "已售6件")
    assert (noise.change_class, needs_confirmation(noise)) == (ChangeClass.NOISE, False)
    assert settle_changes(pend((found,)), ()).confirmed == ("c0",)
