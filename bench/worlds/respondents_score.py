"""Judges who is named as respondent of each site for an order in the middle of its life."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench.worlds.model import EpochTruth, RespondentTruth, World, day_time
from monitor.operators.model import Band, OperatorGroup
from monitor.operators.respondents import Respondent, RespondentRole, rank_respondents
from monitor.operators.seller_role import judge_seller
from monitor.operators.subject_gathering import gather_subjects
from storage.identity import Statement

_NARROW = {RespondentRole.PAYEE: "payee", RespondentRole.REGISTRANT: "registrant"}


@dataclass(frozen=True)
class RespondentScore:
    """`confirmed` and `probable` are (right, wrong) names; `unknown` sites for which nobody is named."""

    sites: int
    confirmed: tuple[int, int]
    probable: tuple[int, int]
    unknown: int
    nameable: int  # sites whose operator has a name
    named: int  # of those, sites with a right respondent, 高度疑似 or better
    wrong: tuple[str, ...]


def score_respondents(
    world: World, statements: Iterable[Statement], operators: Iterable[OperatorGroup]
) -> RespondentScore:
    """Judge every site that has only one registration; a site is asked about with its confirmed group."""
    by_site: dict[str, list[Statement]] = defaultdict(list)
    stands: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in statements:
        by_site[row.site].append(row)
        stands[_key(row)].add(row.site)
    operators = tuple(operators)
    owner = {site: group.id for group in operators for site in group.sites}
    group_of = {site: group.sites for group in operators if group.band == Band.CONFIRMED for site in group.sites}
    epochs = Counter(epoch.site for epoch in world.truth.epochs)
    rights = {one.site: one.right for one in world.truth.respondents}
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    for epoch, truth in zip(world.truth.epochs, world.truth.respondents, strict=True):
        if epochs[epoch.site] > 1:
            continue
        counts["sites"] += 1
        members = [site for site in group_of.get(epoch.label, (epoch.site,)) if epochs[site] == 1] or [epoch.site]
        found = _ask(world, epoch, members[:60], by_site, stands, owner)
        narrow = {(role, subject.name) for site in members for role, subject in rights[site]}
        _judge(truth, found, narrow, counts, wrong)
    return RespondentScore(
        sites=counts["sites"],
        confirmed=(counts["确认 right"], counts["确认 wrong"]),
        probable=(counts["高度疑似 right"], counts["高度疑似 wrong"]),
        unknown=counts["unknown"],
        nameable=counts["nameable"],
        named=counts["named"],
        wrong=tuple(wrong),
    )


def _ask(world: World, epoch: EpochTruth, members: Sequence[str], by_site: dict[str, list[Statement]],
         stands: dict[tuple[str, str], set[str]], owner: dict[str, str]) -> Sequence[Respondent]:  # fmt: skip
    looks = world.looks[epoch.label]
    at = day_time(looks[len(looks) // 2])
    rows = [row for site in members for row in by_site[site]]
    inside = set(members)
    keys = {_key(row) for row in rows}
    others = {key: len({owner.get(site, site) for site in stands[key] - inside}) for key in keys}
    subjects = gather_subjects(rows, at=at, other_sites=others)
    return rank_respondents(subjects, judge_seller((), statements=rows), at=at, statements=rows).respondents


def _judge(truth: RespondentTruth, found: Sequence[Respondent], narrow: set[tuple[str, str]], counts: Counter[str],
           wrong: list[str]) -> None:  # fmt: skip
    full = {name for role, subject in truth.right if role not in _NARROW.values()
            for name in (subject.name, subject.uscc) if name}  # fmt: skip
    counts["nameable"] += bool(full)
    counts["unknown"] += not found
    hit = False
    for one in found:
        name = one.subject.name or one.subject.uscc
        if not name:
            continue  # an account without a name names nobody
        right = name in full or one.subject.uscc in full or (_NARROW.get(one.role, "-"), name) in narrow
        counts[f"{one.band} {'right' if right else 'wrong'}"] += 1
        hit = hit or right
        if not right and len(wrong) < 200:
            wrong.append(f"{one.band} {truth.site}: {name} as {one.role} ({one.why})")
    counts["named"] += hit and bool(full)


def _key(row: Statement) -> tuple[str, str]:
    return row.kind, row.value.split("号-")[0] + "号" if row.kind == "icp" and "号-" in row.value else row.value
