"""All that scoring needs beside the pairs: the columns, how common values are, and the weights.

What every part of the pairs asks for is counted here once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from monitor.operators.columns import Columns, Flags, Floats, Ints
from monitor.operators.contrary import KindTable
from monitor.operators.frequencies import Commonness
from monitor.operators.in_step import Watched, watch_sites
from monitor.operators.own_people import People, count_people
from monitor.operators.site_names import plain_name
from monitor.operators.weights import Weights, load_weights

CHECKED = (".cn", ".xn--fiqs8s", ".xn--fiqz9s", ".xn--55qx5d", ".xn--io0a7i", ".中国", ".中國", ".公司", ".网络")


@dataclass(frozen=True)
class Scorer:
    """All that scoring needs beside the pairs."""

    columns: Columns
    common: Commonness
    table: KindTable
    keys: Ints
    families: tuple[str, ...]
    weights: Weights
    copying: float | None = None  # bits by which copying is rarer than one owner here, where it was learnt

    @property
    def prior(self) -> float:
        """Bits for one operator before anything is seen."""
        return float(np.log2(self.weights.model.companions / self.common.field_size()))

    @cached_property
    def checked(self) -> Flags:
        """Sites with a holder whose registry looks at his papers; elsewhere anybody types any name."""
        columns = self.columns
        held = np.zeros(len(columns.sites), np.bool_)
        held[columns.site[columns.kind[columns.value] == columns.kinds.index("registrant")]] = True
        for site in np.flatnonzero(held).tolist():  # nobody asks of sites without a holder
            held[site] = plain_name(columns.sites[site]).partition("/")[0].endswith(CHECKED)
        return held

    @cached_property
    def people(self) -> People:
        """The contacts of all sites."""
        return count_people(self.columns)

    @cached_property
    def watched(self) -> Watched:
        """When each site was seen."""
        return watch_sites(self.columns)

    @cached_property
    def rarity(self) -> Floats:
        """How rare each value is; asked by every part of the pairs, counted once."""
        return self.common.rarity()


def make_scorer(columns: Columns, common: Commonness, table: KindTable, copying: float | None = None) -> Scorer:
    """A scorer of these columns."""
    weights = load_weights()
    families = tuple(dict.fromkeys(weight.family for weight in weights.kinds.values()))
    return Scorer(columns, common, table, columns.keys, families, weights, copying)
