"""Statements of one site that name another (redirects, notices, certificates): made rows that both sites share.

A pointer becomes a value of its own, "kind → target", that the pointing site shows and the target bears as a row marked
`target`. Where the target is no known site, nothing can be linked and the row is left out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from monitor.operators.site_names import plain_name
from scrapers.domains import site_of_host

POINTERS = ("redirect", "notice_successor")
NAMING = ("tls_san", "release_page")  # shared as values too: two sites may both name a third
CERTIFICATE = "tls_san"
MOST_NAMES = 20  # a certificate with more names is a host's or a CDN's

Small = NDArray[np.int32]
Rows = dict[str, Small]
Floats = NDArray[np.float64]


def add_pointers(
    rows: Rows, sites: list[str], values: list[str], kind_of: Small, caps: Floats, kinds: tuple[str, ...]
) -> tuple[Rows, list[str], Small, Floats]:
    """Rows with pointers resolved to the registration of the target that was there then; values, kinds and caps."""
    rows = {**rows, "target": np.zeros(len(rows["site"]), np.int32)}
    row_kind = kind_of[rows["value"]] if len(rows["value"]) else np.zeros(0, np.int32)
    pointing = np.isin(row_kind, [kinds.index(name) for name in POINTERS])
    naming = np.isin(row_kind, [kinds.index(name) for name in NAMING])
    if not (pointing | naming).any():
        return rows, values, kind_of, caps
    epochs = _epochs_of(sites)
    spans = _spans(rows, len(sites))
    certified = row_kind == kinds.index(CERTIFICATE)
    crowded = np.bincount(rows["site"][certified].astype(np.int64), minlength=len(sites)) > MOST_NAMES
    keep = ~(certified & crowded[rows["site"].astype(np.int64)])
    added: list[tuple[int, int, int, int, int]] = []
    new_values: dict[tuple[int, int], int] = {}
    changed = rows["value"].copy()
    for row in np.flatnonzero((pointing | naming) & keep).tolist():
        source, first, last = int(rows["site"][row]), int(rows["first"][row]), int(rows["last"][row])
        name = values[int(rows["value"][row])]
        found = _epoch_at(epochs, spans, name, first, last)
        if found is None or found == source:
            keep[row] = keep[row] and bool(naming[row])
            continue
        if naming[row]:
            added.append((found, int(rows["value"][row]), first, last, row))
            continue
        slot = (int(row_kind[row]), found)
        number = new_values.setdefault(slot, len(values) + len(new_values))
        changed[row] = number
        added.append((found, number, first, last, row))
    rows["value"] = changed
    whole = {name: column[keep] for name, column in rows.items()}
    if added:
        block = np.array(added, np.int64)
        more = {name: column[block[:, 4]] for name, column in rows.items()}
        more["site"], more["value"] = block[:, 0].astype(np.int32), block[:, 1].astype(np.int32)
        more["target"] = np.ones(len(block), np.int32)
        whole = {name: np.concatenate((column, more[name])) for name, column in whole.items()}
    texts = [*values, *(sites[target] for _, target in new_values)]
    kind_of = np.concatenate((kind_of, np.array([kind for kind, _ in new_values], np.int32)))
    return whole, texts, kind_of, np.concatenate((caps, np.zeros(len(new_values))))


def _epochs_of(sites: list[str]) -> dict[str, list[int]]:
    epochs: dict[str, list[int]] = {}
    for number, site in enumerate(sites):
        epochs.setdefault(plain_name(site), []).append(number)
    return epochs


def _spans(rows: Rows, sites: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    first = np.full(sites, 1 << 40, np.int64)
    last = np.full(sites, -(1 << 40), np.int64)
    np.minimum.at(first, rows["site"].astype(np.int64), rows["first"].astype(np.int64))
    np.maximum.at(last, rows["site"].astype(np.int64), rows["last"].astype(np.int64))
    return first, last


def _epoch_at(
    epochs: dict[str, list[int]], spans: tuple[NDArray[np.int64], NDArray[np.int64]], name: str, first: int, last: int
) -> int | None:
    found = epochs.get(name) or epochs.get(site_of_host(name.partition("/")[0]))
    if not found:
        return None

    def distance(site: int) -> tuple[int, int]:
        apart = max(int(spans[0][site]) - last, first - int(spans[1][site]), 0)
        return apart, -int(spans[0][site])

    return min(found, key=distance)
