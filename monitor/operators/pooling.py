"""Groups seen as one: the columns of groups of sites, so that what one site shows counts for all of its group."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from monitor.operators.column_rows import WHOLE, merge_rows
from monitor.operators.columns import Columns, Ints
from monitor.operators.pairs import distinct


def pool_columns(columns: Columns, label: Ints) -> tuple[Columns, Ints]:
    """Columns with a unit for every group (named by its least site), and the unit of each site."""
    least = distinct(label)
    unit = np.searchsorted(least, label)
    rows = {
        "site": unit[columns.site].astype(np.int32),
        "value": columns.value,
        "first": columns.first,
        "last": columns.last,
        "place": columns.place,
        "strength": np.round(columns.strength * WHOLE).astype(np.int32),
        "suffix": columns.suffix,
        "target": columns.target.astype(np.int32),
    }
    rows = merge_rows(rows, len(columns.values))
    pooled = replace(
        columns,
        sites=tuple(columns.sites[int(site)] for site in least),
        domain=columns.domain[least],
        site=rows["site"],
        value=rows["value"],
        first=rows["first"],
        last=rows["last"],
        place=rows["place"],
        strength=rows["strength"] / WHOLE,
        suffix=rows["suffix"],
        target=rows["target"].astype(np.bool_),
        start=np.searchsorted(rows["site"], np.arange(len(least) + 1, dtype=np.int32)).astype(np.int64),
    )
    return pooled, unit
