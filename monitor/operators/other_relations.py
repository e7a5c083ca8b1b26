"""What else than one operator explains a pair: a copy, a provider, a host and their like.

Takes a scorer and rows, gives bits for another relation against none of them.
"""

from __future__ import annotations

import numpy as np

from monitor.operators.columns import Flags, Floats, Ints
from monitor.operators.contrary import Differences, share_of_rank
from monitor.operators.scorer import Scorer
from monitor.operators.shared_rows import Rows
from monitor.operators.weights import Explanation

COUNTS = 2.0
COPIED_SUFFIX = 0.05  # chance that a copier alters the suffix
COPIERS = ("clone", "footer", "licence")
PROVIDER = "provider"
REMAINS = 4.0  # bits for a copy where one site has the other's account in a comment or a frame, or planted its notice
DESK = 0.3  # how often a host's or upstream's own contact stands on its shops, which have people of their own beside it
IN_STEP = 0.02  # how often a copy changes in the very days in which its model does (in worlds of three authors, 0.001)
FOLLOWERS = (*COPIERS, "theme")
COPIED_REDIRECT = 0.5  # how often a copier redirects to whom he copied, or lends from, where the order allows it


def explain_otherwise(
    scorer: Scorer, other: Explanation, count: int, rows: Rows, differences: Differences, desk: Flags, steps: Ints
) -> Floats:
    """Bits of another relation against none: its rarity, what it makes agree, and what it would not leave differing.

    `desk` are pairs of which each site has people of its own: a contact that both show may be their host's.
    `steps` says how often each pair changed its text in the same days.
    """
    kinds = [scorer.weights.kinds[name] for name in scorer.columns.kinds]
    rates = np.array([other.rate(one) for one in kinds])
    agree = np.array([one.agree for one in kinds])
    share = share_of_rank(rows.rank)
    with np.errstate(divide="ignore"):
        term = np.where(rates > 0, np.minimum(0.0, np.log2(np.maximum(rates, 1e-9) / agree)), 0.0)
        lost = np.where(rates > 0, np.log2(np.maximum(1.0 - rates, 0.02)), 0.0)
    explained = (rates[rows.kind] > 0) & ~(rows.firm & (other.name in COPIERS))
    weight = np.where(explained, np.maximum(rows.bits + term[rows.kind] * share * (rows.bits > COUNTS), 0.0), 0.0)
    if other.name in COPIERS:
        redirect = (rows.kind == scorer.columns.kinds.index("redirect")) & ~rows.firm
        weight = np.where(redirect, rows.bits + np.log2(COPIED_REDIRECT), np.where(rows.firm, 0.0, weight))
        weight = weight + np.where((rows.suffix == 2) & (rows.rank < 2), np.log2(COPIED_SUFFIX), 0.0)
    unlike = differences.own if other.name in COPIERS else np.ones(len(differences.pair), np.bool_)
    gained = np.bincount(rows.pair, weight, count)
    gained = gained + np.bincount(
        differences.pair, lost[differences.kind] * share_of_rank(differences.rank) * unlike, count
    )
    ratio = np.full(count, other.ratio if other.name != "clone" or scorer.copying is None else scorer.copying)
    if other.name in COPIERS:
        # Where all who show a text pay to one account, another who shows it is seldom a copier.
        text = rows.bits >= COUNTS
        np.minimum.at(ratio, rows.pair[text], scorer.common.copied[scorer.columns.value[rows.row_a[text]]])
        ratio[np.bincount(rows.pair, rows.remains, count) > 0] += REMAINS
    if other.name == PROVIDER:
        lent = np.maximum(rows.bits + np.log2(DESK) * share, 0.0)
        asked = desk[rows.pair] & scorer.people.personal[rows.kind]
        gained = gained + np.bincount(rows.pair, np.where(asked, lent, 0.0), count)
    if other.name in FOLLOWERS:
        gained = gained + np.log2(IN_STEP) * steps
    any_explained = np.bincount(rows.pair, explained & (rows.bits > 0), count) > 0
    return np.where(any_explained, scorer.prior + ratio + gained, -np.inf)
