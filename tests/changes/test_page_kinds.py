"""What a clause says of goods, sizes, shelf and site is named, harms nobody, and is classed as the fact would be."""

from __future__ import annotations

import pytest

from monitor.changes.compare import compare_texts
from storage.model import ChangeClass, Effect


@pytest.mark.parametrize(
    ("before", "after", "kind", "change_class"),
    [
        ("现售：话费、油卡。", "现售：话费、油卡、影票。", "product_added", ChangeClass.NEW),
        ("可选面值：10、30、50", "可选面值：30、50", "variant_removed", ChangeClass.PRICE),
        ("月卡 原价 40 现价 25", "月卡 原价 60 现价 25", "original_price_changed", ChangeClass.PRICE),
        ("状态：现货供应", "状态：已售罄", "sold_out", ChangeClass.STOCK),
        ("售后政策：/a/after.html", "售后政策：/b/service.html", "terms_page_moved", ChangeClass.WORDING),
        ("本店网址 old.example", "本店网址 new.example", "domain_announced", ChangeClass.RULE),
    ],
)
def test_a_change_that_touches_no_rule_is_named(before: str, after: str, kind: str, change_class: ChangeClass) -> None:
    (found,) = compare_texts(before, after)
    assert found.kinds == (kind,)
    assert found.effect is Effect.NEUTRAL
    assert found.change_class is change_class


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("支持设备：手机、平板、电视", "支持设备：手机"),
        ("原价 40 现价 25", "原价 60 现价 35"),
        ("状态：现货，坏的包换", "状态：缺货，坏的不换"),
        ("质保范围：掉线、封号", "质保范围：掉线"),
    ],
)
def test_what_takes_from_the_buyer_is_no_change_of_the_shelf(before: str, after: str) -> None:
    assert any(found.effect in (Effect.WORSE, Effect.MIXED) for found in compare_texts(before, after))
