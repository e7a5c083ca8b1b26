"""What pairs of sites share, row by row, with its bits: less for what is common, old, hidden, lent, pointed to in vain.

Takes a scorer and pairs; a row may stand as proof, or as what a copy leaves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from monitor.operators.columns import Columns, Flags, Floats, Ints, Small, suffix_keys
from monitor.operators.contrary import rank_in_groups, share_of_rank
from monitor.operators.in_step import find_steps
from monitor.operators.model import ForgeClass
from monitor.operators.pairs import Joined, Pairs, join_pairs
from monitor.operators.scorer import Scorer

DAY = 24 * 60
HEAVY = 4.0  # bits from which on an item may prove control, and a family count as one of two
CARRIERS = {"ns": 3.0, "ip": 3.5, "registrar": 1.5}  # bits that two customers of one large carrier have at most
PARTLY = 0.5  # from this chance of being shared on a value loses weight
MOSTLY = 1.0  # at this it has none
OWN_DOMAIN = ("infra", "registry", "succession", "name")  # hosts under one domain share these by nature
POINTERS = ("redirect", "notice_successor")
NAMES_OTHER = ("redirect", "notice_successor", "release_page")
CLAIMED = 6.0  # bits of a holder that whoever registers types himself: no registry of the name looks at papers
BACKING = ("registrant", "verification_dns")  # with these in common, an account that decoys show is still theirs
UNSEEN = 0.5  # weight of a place up to which no visitor sees it: nobody pays there
PLANTED = 0.2  # weight of a place, up to which anybody may have put it there


@dataclass(frozen=True)
class Rows:
    """What pairs share: the rows of columns on both sides, bits in the sum, and whether it stands as proof."""

    pair: Small
    row_a: Small
    row_b: Small
    kind: Small
    bits: Floats
    rank: Small
    proof: Flags
    firm: Flags  # a pointer that no copier could have made: from the older site, first of all, or answered by the other
    suffix: Small  # 0 nothing to say, 1 the same suffix in the same weeks, 2 different suffixes
    remains: Flags  # what a copy leaves: the other's account where nobody pays, or a notice that a stranger planted
    came: Flags  # came on both sites within days
    went: Flags  # went from both sites within days


def join_rows(scorer: Scorer, pairs: Pairs) -> Joined:
    """All that pairs share, whatever it weighs, but pointers between two that only have the target in common."""
    columns = scorer.columns
    joined = join_pairs(pairs, columns.start, columns.value, scorer.keys, max(1, len(columns.values)))
    kind = columns.kind[columns.value[joined.row_a]]
    target_a, target_b = columns.target[joined.row_a], columns.target[joined.row_b]
    pointer = np.isin(kind, [columns.kinds.index(name) for name in POINTERS])
    own = np.array([scorer.weights.kinds[name].family in OWN_DOMAIN for name in columns.kinds])[kind]
    one_domain = columns.domain[pairs.a[joined.pair]] == columns.domain[pairs.b[joined.pair]]
    keep = np.where(pointer, target_a != target_b, ~(target_a & target_b)) & ~(own & one_domain)
    return Joined(joined.pair[keep], joined.row_a[keep], joined.row_b[keep])


def weigh_rows(scorer: Scorer, pairs: Pairs, joined: Joined) -> Rows:
    """The bits of all that pairs share, strongest first within each family."""
    columns, weights = scorer.columns, scorer.weights
    kinds = [weights.kinds[name] for name in columns.kinds]
    value = columns.value[joined.row_a]
    kind = columns.kind[value]
    agree = np.array([one.agree for one in kinds])[kind]
    cap = np.array([one.cap for one in kinds])[kind]
    cap = np.where(columns.cap[value] > 0, np.minimum(cap, columns.cap[value]), cap)
    rarity = scorer.rarity[value]
    first_a, last_a = columns.first[joined.row_a].astype(np.int64), columns.last[joined.row_a].astype(np.int64)
    first_b, last_b = columns.first[joined.row_b].astype(np.int64), columns.last[joined.row_b].astype(np.int64)
    gap = np.maximum(0, np.maximum(first_a - last_b, first_b - last_a)) / DAY
    half_life = np.array([one.half_life for one in kinds], np.float64)[kind]
    strength = np.minimum(columns.strength[joined.row_a], columns.strength[joined.row_b])
    own = np.clip(
        (MOSTLY - scorer.common.shared[value]) / (MOSTLY - PARTLY), 0.0, 1.0
    )  # what was learnt to be shared carries no weight
    # Where a site is hosted is a customer's choice: a carrier's customers are many, yet a copier is seldom one of them.
    carrier = np.isin(kind, [columns.kinds.index(name) for name in CARRIERS]) & (own < 1.0)
    cap = np.where(carrier, np.array([CARRIERS.get(name, 0.0) for name in columns.kinds])[kind], cap)
    own = np.where(carrier, 1.0, own)
    claimed = kind == columns.kinds.index("registrant")
    claimed &= ~(scorer.checked[pairs.a] & scorer.checked[pairs.b])[joined.pair]
    cap = np.where(claimed, np.minimum(cap, CLAIMED), cap)
    family = np.array([scorer.families.index(one.family) for one in kinds])[kind]
    backed = _see_backed(scorer, joined, kind, family, ~claimed & (strength > UNSEEN), len(pairs))
    own = np.where(backed, 1.0, own)
    own = np.where(_names_in_vain(scorer, pairs, joined, kind), 0.0, own)
    rarity = np.where(backed, scorer.common.field_size() / (scorer.common.counts[value] + 0.5), rarity)
    chances = _chances(scorer, joined, kind)
    bits = np.clip(np.minimum(np.log2(agree * rarity), cap) - chances, 0.0, None)
    remains = _see_remains(scorer, joined, kind, family == scorer.families.index("pay"), strength)
    bits = bits * strength * np.exp2(-gap / half_life) * own * ~remains
    groups = joined.pair.astype(np.int64) * len(scorer.families) + family
    order = _strongest_first(groups, bits)
    remains = remains[order]
    pair, kind, bits, value = joined.pair[order], kind[order], bits[order], value[order]
    rank = rank_in_groups(groups[order])
    bits = bits * share_of_rank(rank)
    row_a, row_b = joined.row_a[order], joined.row_b[order]
    may_prove = np.array([one.proof for one in kinds])[kind]
    proof = may_prove & (bits >= HEAVY) & (scorer.common.shared[value] < 0.5) & (strength[order] > UNSEEN)
    proof &= ~claimed[order]
    firm = _firm_pointers(scorer, pairs, pair, row_a, row_b, kind)
    proof &= (kind != columns.kinds.index("redirect")) | firm
    came, went = find_steps(scorer.watched, columns, scorer.common.shared, pairs, pair, row_a, row_b, kind)
    suffix = _suffixes(columns, kind, row_a, row_b)
    return Rows(pair, row_a, row_b, kind, bits, rank, proof, firm, suffix, remains, came, went)


def _see_remains(scorer: Scorer, joined: Joined, kind: Small, pay: Flags, strength: Floats) -> Flags:
    """Rows as a copy leaves them: an account that one site takes money by and the other has where nobody pays."""
    columns = scorer.columns
    shown = np.maximum(columns.strength[joined.row_a], columns.strength[joined.row_b]) > UNSEEN
    notice = kind == columns.kinds.index("notice_successor")
    return np.asarray((pay & shown & (strength <= UNSEEN)) | (notice & (strength <= PLANTED)), np.bool_)


def _names_in_vain(scorer: Scorer, pairs: Pairs, joined: Joined, kind: Small) -> Flags:
    """Certificates that name the other site, which names none in turn: anybody writes any name into his own."""
    columns = scorer.columns
    of_a, of_b = columns.target[joined.row_a], columns.target[joined.row_b]
    naming = (kind == columns.kinds.index("tls_san")) & (of_a != of_b)
    forth, back = np.zeros(len(pairs), np.bool_), np.zeros(len(pairs), np.bool_)
    forth[joined.pair[naming & of_b]] = True
    back[joined.pair[naming & of_a]] = True
    return np.asarray(naming & ~(forth & back)[joined.pair], np.bool_)


def _see_backed(scorer: Scorer, joined: Joined, kind: Small, family: Small, plain: Flags, pairs: int) -> Flags:
    """Accounts of pairs that share a checked holder or a key besides: decoys that show one take it from nobody."""
    backing = np.isin(kind, [scorer.columns.kinds.index(name) for name in BACKING]) & plain
    backing &= scorer.common.shared[scorer.columns.value[joined.row_a]] < PARTLY
    backed = np.zeros(pairs, np.bool_)
    backed[joined.pair[backing]] = True
    return np.asarray((family == scorer.families.index("pay")) & backed[joined.pair], np.bool_)


def _strongest_first(groups: Ints, bits: Floats) -> Ints:
    """The order by group, then bits; rows of equal bits stay in order. Most groups are of one row, and sorted soon."""
    order = np.argsort(groups, kind="stable")
    ordered = groups[order]
    same = ordered[1:] == ordered[:-1]
    several = np.flatnonzero(np.r_[False, same] | np.r_[same, False]) if len(order) else order
    rows = order[several]
    order[several] = rows[np.lexsort((-bits[rows], ordered[several]))]
    return order


def _chances(scorer: Scorer, joined: Joined, kind: Small) -> Floats:
    """Bits lost because many values of a kind on both sides have many chances to meet, unless they all do."""
    columns = scorer.columns
    in_pair = joined.pair.astype(np.int64) * len(columns.kinds) + kind
    met = np.bincount(in_pair, minlength=1)[in_pair]
    of_a, of_b = columns.of_kind[joined.row_a].astype(np.int64), columns.of_kind[joined.row_b].astype(np.int64)
    lost = np.log2(np.maximum(1, of_a * of_b)) - 2.0 * np.log2(np.maximum(1, met))
    return np.asarray(np.maximum(0.0, lost), np.float64)


def _firm_pointers(scorer: Scorer, pairs: Pairs, pair: Small, row_a: Small, row_b: Small, kind: Small) -> Flags:
    """Which pointers a copier cannot have made: both name each other, or what both show stood first on the pointer.

    A notice must also be the first of its kind, for a copied page carries the notices of its model.
    """
    columns = scorer.columns
    pointer = np.isin(kind, [columns.kinds.index(name) for name in NAMES_OTHER])
    pointer &= columns.target[row_a] != columns.target[row_b]
    if not pointer.any():
        return pointer
    with_pointer = np.zeros(len(pairs), np.bool_)
    with_pointer[pair[pointer]] = True
    kinds = [scorer.weights.kinds[name] for name in columns.kinds]
    text = np.array([one.forge is ForgeClass.TEXT and one.family != "succession" for one in kinds])
    rows = np.flatnonzero(text[kind] & with_pointer[pair])
    first_a = np.full(len(pairs), 1 << 40, np.int64)
    first_b = np.full(len(pairs), 1 << 40, np.int64)
    np.minimum.at(first_a, pair[rows], columns.first[row_a[rows]])
    np.minimum.at(first_b, pair[rows], columns.first[row_b[rows]])
    firm = np.zeros(len(kind), np.bool_)
    rows = np.flatnonzero(pointer)
    pair, row_a, row_b, kind = pair[rows], row_a[rows], row_b[rows], kind[rows]
    margin = 2 * DAY
    source_is_a = columns.target[row_b]
    older = np.where(source_is_a, first_a[pair] + margin < first_b[pair], first_b[pair] + margin < first_a[pair])
    forth, back = np.zeros(len(pairs), np.bool_), np.zeros(len(pairs), np.bool_)
    forth[pair[source_is_a]] = True
    back[pair[~source_is_a]] = True
    source = np.where(source_is_a, row_a, row_b)
    first_of_all = columns.first[source] <= columns.earliest[columns.value[source]]
    redirect = kind == columns.kinds.index("redirect")
    firm[rows] = (older & (redirect | first_of_all)) | (forth & back)[pair]
    return firm


def _suffixes(columns: Columns, kind: Small, row_a: Small, row_b: Small) -> Small:
    says = np.zeros(len(kind), np.int32)
    rows = np.flatnonzero(kind == columns.kinds.index("icp"))
    rows = rows[(columns.suffix[row_a[rows]] >= 0) & (columns.suffix[row_b[rows]] >= 0)]
    if not len(rows):
        return says
    row_a, row_b = row_a[rows], row_b[rows]
    same = columns.suffix[row_a] == columns.suffix[row_b]
    together = (columns.first[row_a] <= columns.last[row_b]) & (columns.first[row_b] <= columns.last[row_a])
    # A suffix that a third site shows too may have been copied from there: it tells nothing.
    own = (_bearers(columns, row_a) == 1) & (_bearers(columns, row_b) == 1)
    says[rows] = np.where(own & ~same, 2, np.where(same & together, 1, 0))
    return says


def _bearers(columns: Columns, row: Small) -> Ints:
    """How many sites show the number of this row with its suffix."""
    wanted = suffix_keys(columns, row)
    return np.searchsorted(columns.suffixed, wanted, "right") - np.searchsorted(columns.suffixed, wanted, "left")
