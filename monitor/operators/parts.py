"""Into how many parts the sites of a value fall when they are tied by contacts and holders alone.

One operator's sites hang together, over a chain of numbers that he changes one by one; the customers of a host, an
upstream or a payment service stand each for himself. The count of parts tells them apart whatever the number of sites.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from monitor.operators.clusters import connect
from monitor.operators.columns import Columns, Flags, Floats, Ints, Small
from monitor.operators.frequencies import Commonness
from monitor.operators.pairs import Joined, distinct
from monitor.operators.weights import load_weights

PERSONAL = ("qq", "qq_group", "wechat", "telegram", "mobile", "email", "registrant")
PLAIN = 0.8  # weight of a place from which on a contact is a site's own
MOST_TIED = 60  # sites that one contact may tie
LEAST = 4  # sites with contacts from which on parts tell anything


@dataclass(frozen=True)
class Parts:
    """Of every value: how many of its sites show contacts, in how many parts they fall; of every row, its part."""

    shown: Ints
    parts: Ints
    label: Small

    def bits(self) -> Floats:
        """Bits for one owner: many sites in one part speak for it, each in its own against it."""
        scattered = (self.parts - 1) / np.maximum(self.shown - 1, 1)
        return np.where(self.shown >= LEAST, tie_bits(scattered, self.shown), 0.0)


def tie_bits(scattered: Floats, shown: Ints) -> Floats:
    """Bits for one owner of a value whose so many sites show people that fall into such a share of parts."""
    return np.asarray(np.clip(4.0 - 16.0 * scattered, -7.0, 4.0) * np.minimum(1.0, shown / 8.0) ** 0.5, np.float64)


def count_parts(columns: Columns, common: Commonness, joined: Sequence[Joined], pairs: int) -> Parts:
    """Parts of all values. `joined` is what all pairs share, in blocks."""
    personal = np.array([kind in PERSONAL for kind in columns.kinds])[columns.kind[columns.value]]
    personal &= ~columns.target
    ties = personal & (common.counts[columns.value] <= MOST_TIED) & (common.shared[columns.value] < 0.5)
    tied = np.zeros(pairs, np.bool_)
    for block in joined:
        tied[block.pair[ties[block.row_a]]] = True
    row_a = np.concatenate([block.row_a[tied[block.pair]] for block in joined])
    row_b = np.concatenate([block.row_b[tied[block.pair]] for block in joined])
    label = connect(len(columns.value), row_a, row_b)
    shows = np.zeros(len(columns.sites), np.bool_)
    shows[columns.site[personal & (columns.strength >= PLAIN)]] = True
    rows = shows[columns.site] & ~columns.target
    size = len(columns.values)
    value = columns.value[rows].astype(np.int64)
    slots = distinct(value * max(1, len(columns.value)) + label[rows])
    parts = np.bincount(slots // max(1, len(columns.value)), minlength=size)
    return Parts(np.bincount(value, minlength=size), parts, label)


def not_personal(columns: Columns) -> Flags:
    """Which kinds are not of the families that make the ties, by the number of the kind."""
    weights = load_weights().kinds
    families = {weights[kind].family for kind in PERSONAL}
    return np.array([weights[kind].family not in families or kind in ("tel400", "cs_tenant") for kind in columns.kinds])
