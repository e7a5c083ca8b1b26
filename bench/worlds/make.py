"""Makes a world: what was seen of each site at the times it was looked at, and the truth of it."""

from __future__ import annotations

import random
from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from bench.worlds.model import (
    SPAN,
    EpochTruth,
    RespondentTruth,
    Shape,
    Shown,
    Subject,
    Truth,
    World,
    day_date,
    day_time,
)
from bench.worlds.moves import show_life, tell_moves
from bench.worlds.population import Population, SitePlan, make_population
from bench.worlds.values import make_company, make_icp, make_uscc
from storage.identity import Statement

_TIMES = tuple(day_time(day) for day in range(SPAN + 1))
_LINKING = ("redirect", "notice_successor", "release_page", "tls_san")


def make_world(seed: int, sites: int, shape: Shape | None = None) -> World:
    """A world of about so many site epochs. The same seed, number and shape give the same world."""
    shape = shape or Shape()
    people = make_population(seed, sites, shape)
    dice = random.Random(f"looks {seed}")
    outages = draw_outages(dice, shape)
    statements: list[Statement] = []
    signals = _Signals()
    looked: dict[int, tuple[int, ...]] = {}
    wrong: dict[int, list[Shown]] = {}
    for plan in people.plans:
        looks = draw_looks(dice, plan, shape, outages)
        if not looks:
            continue
        looked[plan.number] = looks
        shown = show_life(people, plan)
        wrong[plan.number] = [row for row in shown if row.kind in ("company", "uscc", "payee", "registrant")]
        statements += see_site(dice, plan, shown, looks, shape, signals)
    truth = _tell_truth(people, looked, signals, outages, wrong)
    seen = [plan for plan in people.plans if plan.number in looked]
    by_label = {epoch.label: looked[plan.number] for epoch, plan in zip(truth.epochs, seen, strict=True)}
    return World(seed, shape, tuple(statements), truth, by_label)


def draw_outages(dice: random.Random, shape: Shape) -> list[tuple[int, int]]:
    """Days on which we ourselves could see nothing."""
    starts = sorted(dice.randrange(20, SPAN - 20) for _ in range(shape.outages))
    return [(start, start + dice.choice((0, 1, 2, 4, 8))) for start in starts]


def draw_looks(
    dice: random.Random, plan: SitePlan, shape: Shape, outages: Iterable[tuple[int, int]]
) -> tuple[int, ...]:
    """The days on which the site was looked at and answered."""
    gap = 365 / shape.looks
    day, found = max(plan.first, 0) + int(dice.random() * gap * 0.8), []
    while day <= min(plan.last, SPAN):
        left = plan.down is not None and max(plan.down[0], plan.pointing) < day < plan.down[1]
        if not left and not any(start <= day <= end for start, end in outages):
            found.append(day)
        day += max(1, int(gap * (0.4 + dice.random() * 1.2)))
    return tuple(found)


def see_site(dice: random.Random, plan: SitePlan, shown: Iterable[Shown], looks: tuple[int, ...], shape: Shape,
             signals: _Signals) -> list[Statement]:  # fmt: skip
    """The statements that the looks gave."""
    found = []
    for row in shown:
        low, high = bisect_left(looks, row.first), bisect_right(looks, row.last)
        while low < high and dice.random() < shape.missed:
            low += 1
        while low < high - 1 and dice.random() < shape.missed:
            high -= 1
        if low >= high:
            continue
        first, last = looks[low], looks[high - 1]
        if row.source == "own":
            signals.note(plan, row.value if row.kind in _LINKING else f"{row.kind} {row.value.split('号-')[0]}")
        found.append(Statement(plan.site, row.kind, row.value, row.place, _TIMES[first], _TIMES[last],
                               where=row.where, role=row.role, block=row.block, times=high - low))  # fmt: skip
        if dice.random() < shape.misread and row.kind not in ("registered_on", "redirect", "ns", "registrar"):
            value = misread(dice, row.value)
            found.append(
                Statement(plan.site, row.kind, value, row.place, _TIMES[first], _TIMES[first], block=row.block)
            )
    return found


def misread(dice: random.Random, value: str) -> str:
    """The value with one digit read wrongly."""
    places = [place for place, sign in enumerate(value) if sign.isdigit()]
    if not places:
        return value
    place = dice.choice(places)
    return f"{value[:place]}{(int(value[place]) + dice.randint(1, 9)) % 10}{value[place + 1 :]}"


class _Signals:
    """Which sites of one operator share anything of their own, directly or over others."""

    def __init__(self) -> None:
        self._parent: dict[object, object] = {}

    def note(self, plan: SitePlan, value: str) -> None:
        """A site showed a value of its operator."""
        site, key = self.find(plan.number), self.find((plan.operator, value))
        self._parent[key] = site
        own = self.find((plan.operator, plan.site))
        self._parent[self.find(plan.number)] = own

    def find(self, key: object) -> object:
        """What stands for the part that holds the key."""
        parent = self._parent
        if key not in parent:
            parent[key] = key
            return key
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key


def _tell_truth(people: Population, looked: dict[int, tuple[int, ...]], signals: _Signals,
                outages: list[tuple[int, int]], legal: dict[int, list[Shown]]) -> Truth:  # fmt: skip
    epochs, respondents = [], []
    parts: dict[object, int] = {}
    for plan in people.plans:
        if plan.number not in looked:
            continue
        operator = people.operators[plan.operator]
        profile = operator.profiles[plan.profile]
        looks = looked[plan.number]
        first = day_date(looks[0])
        of = operator.host if plan.make == "saas" else operator.of
        part = parts.setdefault(signals.find(plan.number), len(parts))
        epochs.append(EpochTruth(
            plan.site, f"{plan.site}@{first}" if plan.earlier else plan.site, f"op{plan.operator}", plan.make, first,
            day_date(looks[-1]), day_date(plan.registered), day_date(plan.last),
            f"op{of}" if of >= 0 else "", str(plan.theme),
            str(profile.aggregator) if profile.aggregator >= 0 else "", str(profile.firm) if profile.firm >= 0 else "",
            str(profile.hoster), part,
            *((day_date(max(plan.down[0], plan.pointing)), day_date(plan.down[1])) if plan.down else ()),
        ))  # fmt: skip
        respondents.append(_tell_respondents(people, plan, legal[plan.number]))
    return Truth(tuple(epochs), tuple(tell_moves(people, looked)), tuple(respondents),
                 tuple((day_date(start), day_date(end)) for start, end in outages))  # fmt: skip


def _tell_respondents(people: Population, plan: SitePlan, shown: Iterable[Shown]) -> RespondentTruth:
    """The subjects that may be named, and those that stand on the site and may not.

    Right are the companies, payees and registrants of the operator, and of the host or upstream of a shop as its
    platform; a payee that takes money for many is right as payee only, a reseller of domains as registrant only.
    """
    right: dict[str, tuple[str, Subject]] = {}
    owners = [("operator", people.operators[plan.operator])]
    if plan.make in ("saas", "branch"):
        owners.append(("platform", people.operators[people.plans[plan.model].operator]))
    for role, owner in owners:
        for profile in owner.profiles:
            if profile.firm < 0 and "company" in profile.has:
                number = profile.number
                right[make_company(number)] = (role, Subject(make_company(number), make_uscc(number), make_icp(number)))
            for kind in ("payee", "registrant"):
                for period in profile.has.get(kind, ()):
                    if period.source == "own":
                        right.setdefault(period.value, (role, Subject(period.value)))
    wrong: dict[str, tuple[str, Subject]] = {}
    for row in shown:
        if row.kind == "payee" and row.source in ("aggregator", "upstream", "host"):
            right.setdefault(row.value, ("payee", Subject(row.value)))
        elif row.kind == "registrant" and row.source != "own":
            right.setdefault(row.value, ("registrant", Subject(row.value)))
        elif row.kind in ("company", "uscc") and row.source in ("stolen", "copied", "upstream", "theme"):
            name, uscc = (row.value, "") if row.kind == "company" else ("", row.value)
            wrong[row.value] = (row.source, Subject(name, uscc))
    names = {name for _, subject in right.values() for name in (subject.name, subject.uscc)}
    kept = tuple(item for key, item in wrong.items() if key not in names)
    return RespondentTruth(plan.site, tuple(right.values()), kept)
