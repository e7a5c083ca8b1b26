"""Columns of a part of the sites are those that a builder of that part alone would give."""

from __future__ import annotations

import numpy as np

from monitor.operators.columns import Columns
from monitor.operators.columns_builder import ColumnsBuilder
from monitor.operators.values import NO_SUFFIX

ROWS = [
    ("c.com", "qq", "82736451", "visible", 28_000_000, 28_100_000),
    ("a.com", "qq", "82736451", "attribute", 28_000_500, 28_000_900),
    ("b.com", "redirect", "c.com", "redirect", 28_050_000, 28_050_000),
    ("b.com", "icp", "粤ICP备20417386号-3", "visible", 28_000_000, 28_050_000),
    ("a.com", "payee", "路一商行", "visible", 28_000_000, 28_050_000),
    ("c.com", "icp", "粤ICP备20417386号-4", "visible", 28_000_000, 28_050_000),
    ("c.com", "registered_on", "2023-06-01", "registry", 28_090_000, 28_100_000),
]


def filled(rows: list[tuple[str, str, str, str, int, int]]) -> ColumnsBuilder:
    builder = ColumnsBuilder()
    for row in rows:
        builder.add(*row)
    return builder


def told(columns: Columns) -> list[object]:
    rows = zip(
        columns.site.tolist(), columns.value.tolist(), columns.first.tolist(), columns.last.tolist(),
        columns.strength.tolist(), columns.suffix.tolist(), columns.target.tolist(), strict=True,
    )  # fmt: skip
    return [columns.sites, columns.values, columns.kind.tolist(), columns.start.tolist(), *rows]


def test_a_part_is_what_a_builder_of_that_part_gives() -> None:
    whole = filled(ROWS)
    for names in (["b.com", "c.com"], ["c.com", "b.com"], ["a.com"], ["c.com", "a.com", "b.com"]):
        chosen = [(name, whole.sites[name]) for name in names]
        numbers = {number for _, number in chosen}
        rows = np.array([at for at, site in enumerate(whole.site) if site in numbers], np.int64)
        days = [day for day in whole.registered if day[0] in numbers]
        part = whole.part(chosen, list(whole.values), rows, days)
        assert told(part) == told(filled([row for row in ROWS if row[0] in names]).finish())


def test_taking_a_part_leaves_room_for_more() -> None:
    builder = filled(ROWS)
    builder.part([("a.com", 1)], list(builder.values), np.array([1], np.int64), [])
    builder.add("d.com", "qq", "82736451", "visible", 28_000_000, 28_100_000)
    assert {"a.com", "b.com", "c.com", "d.com"} < set(builder.finish().sites)


def test_a_builder_that_gives_up_what_it_holds_gives_the_same_columns() -> None:
    builder = filled(ROWS)
    kept = builder.finish()
    assert told(builder.finish()) == told(kept)
    given = builder.finish(last=True)
    assert told(given) == told(kept) and given.notes == kept.notes and given.cap.tolist() == kept.cap.tolist()
    held = (builder.sites, builder.values, builder.caps, builder.site, builder.value, builder.suffix)
    assert not any(len(one) for one in held)


def test_a_suffix_is_that_of_the_licence_number_alone() -> None:
    number = "粤ICP备20417386号"
    rows = [
        (site, kind, value, "visible", 28_000_000, 28_050_000)
        for site, kind, value in (
            ("a.com", "icp", f"{number}-3"), ("b.com", "icp", f"{number}-4"), ("c.com", "icp", number),
            ("d.com", "icp", f"{number}-3"), ("e.com", "name", f"{number}-3"),
        )
    ]  # fmt: skip
    columns = filled(rows).finish()
    assert columns.sites == ("a.com", "b.com", "c.com", "d.com", "e.com")
    assert columns.suffix.tolist() == [3, 4, NO_SUFFIX, 3, NO_SUFFIX]


def test_what_is_counted_once_is_what_the_rows_say() -> None:
    columns = filled(ROWS).finish()
    kinds = columns.kind[columns.value]
    for row in range(len(columns.site)):
        alike = (columns.site == columns.site[row]) & (kinds == kinds[row])
        assert columns.of_kind[row] == alike.sum()
        shown = (columns.value == columns.value[row]) & ~columns.target
        assert not shown.any() or columns.earliest[columns.value[row]] == columns.first[shown].min()
    assert len(columns.suffixed) == 2
