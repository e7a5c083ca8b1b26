"""What a host lends to the shops under its domain (分站, SaaS): what it shows itself, or many of them, is nobody's.

Sites that bear one registrable domain are shops on a host: that they are named apart means that signs told them apart.
What a shop shows of its host's is taken out of its rows, so that it links neither shops with each other nor others.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from monitor.operators.site_names import plain_name
from scrapers.domains import site_of_host

Small = NDArray[np.int32]
Rows = dict[str, Small]

SHARE = 0.2  # of the shops of a host: what so many show is the host's
LEAST = 3


def drop_lent(rows: Rows, sites: list[str], domain: Small, values: int) -> Rows:
    """Rows without those of shops that their host, or a fifth of its shops, shows too."""
    if not len(rows["site"]):
        return rows
    members = np.bincount(domain)
    root = np.array([is_root(name) for name in sites], np.bool_)
    shop = ~root & (members[domain] > 1)
    if not shop.any():
        return rows
    shops = np.bincount(domain[shop], minlength=len(members))
    site = rows["site"].astype(np.int64)
    inside = shops[domain[site]] > 0
    keys = domain[site].astype(np.int64) * max(1, values) + rows["value"]
    of_root = np.unique(keys[inside & root[site]])
    of_shops, counts = np.unique(keys[inside & shop[site]], return_counts=True)
    needed = np.maximum(LEAST, SHARE * shops[(of_shops // max(1, values)).astype(np.int64)])
    lent = np.union1d(of_root, of_shops[counts >= needed])
    drop = shop[site] & np.isin(keys, lent)
    return {name: column[~drop] for name, column in rows.items()}


def is_root(site: str) -> bool:
    """Whether a site's name is a whole registrable domain, by its look: no path, and few labels."""
    name = plain_name(site)
    return "/" not in name and (name.count(".") == 1 or not _has_parent(name))


def _has_parent(name: str) -> bool:
    return site_of_host(name) != name
