"""New sites into a known field: the same answer as a full build, for the part that they touch."""

from __future__ import annotations

from array import array

import numpy as np

from monitor.operators.columns import to_minutes
from monitor.operators.columns_builder import build_columns
from monitor.operators.frequencies import Frequencies
from monitor.operators.incremental import FieldFrequencies, KnownSites, Row
from operators.scenes import TONGJI, shop
from storage.identity import Statement

MINE = {"qq": "82736451", "alipay_static": "fkx0912345abcd"}
OTHER = {"qq": "93847562", "alipay_static": "fkx0998765dcba", "baidu_tongji": TONGJI}


def row_of(one: Statement) -> Row:
    return one.site, one.kind, one.value, one.place, to_minutes(one.first_seen), to_minutes(one.last_seen)


def known(*statements: Statement) -> KnownSites:
    field = KnownSites()
    for one in statements:
        field.add(*row_of(one))
    field.learn()
    return field


def test_a_new_site_joins_the_group_that_it_belongs_to() -> None:
    field = known(*shop("a.com", **MINE), *shop("b.com", **MINE), *shop("x.com", **OTHER))
    field.attribute([row_of(one) for one in shop("c.com", **MINE)])
    assert field.group_of("c.com") == field.group_of("a.com") == ("a.com", "b.com", "c.com")
    assert field.group_of("x.com") == ("x.com",)


def test_only_what_is_touched_is_looked_at() -> None:
    field = known(*shop("a.com", **MINE), *shop("x.com", **OTHER))
    scored = field.attribute([row_of(one) for one in shop("c.com", **MINE)])
    assert scored.scorer.columns.sites == ("a.com", "c.com")


def test_a_new_statement_joins_two_groups_that_stood() -> None:
    first = {"qq": "82736451", "merchant_id": "alipay:2088412345678901"}
    second = {"wechat": "luyi_two", "alipay_static": "fkx0912345abcd"}
    field = known(*shop("a.com", **first), *shop("b.com", **first), *shop("c.com", **second), *shop("d.com", **second))
    assert field.group_of("a.com") == ("a.com", "b.com") and field.group_of("d.com") == ("c.com", "d.com")
    field.attribute([row_of(one) for one in shop("e.com", **first, **second)])
    assert field.group_of("e.com") == ("a.com", "b.com", "c.com", "d.com", "e.com")


def test_frequencies_by_number_say_what_those_by_name_say() -> None:
    columns = build_columns([*shop("a.com", qq="82736451"), *shop("b.com", qq="93847562", wechat="luyi_kefu")])
    kinds = {kind: number for number, kind in enumerate(columns.kinds)}
    numbers = {(kinds["qq"], "82736451"): 0, (kinds["wechat"], "luyi_kefu"): 1}
    by_number = FieldFrequencies(9, numbers=numbers, count=array("i", (7, 3)), chance=np.array([0.25]))
    by_name = Frequencies(9, {("qq", "82736451"): 7, ("wechat", "luyi_kefu"): 3}, {("qq", "82736451"): 0.25})
    for one, other in zip(by_number.ask(columns), by_name.ask(columns), strict=True):
        assert one.tolist() == other.tolist()
    assert by_number.is_learnt
    assert by_name.is_learnt
