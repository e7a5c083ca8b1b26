"""Who runs which site and when: operators with their lines of domains, hosts, resellers, impersonators, strangers."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from bench.worlds.model import SPAN, Shape
from bench.worlds.profiles import Profile, Shared, Values, make_profiles, make_shared
from bench.worlds.values import make_stem

_ENDINGS = (
    ("com",) * 8 + ("cn",) * 5 + ("net",) * 2 + ("top", "top", "xyz", "vip", "cc", "shop", "com.cn", "club", "site")
)
_TWO_AFTER_ONE, _INTO_ONE, _BACK = 0.06, 0.25, 0.1  # chances: one becomes two, two become one, back to the old name
_WAYS = ("301", "301", "302", "meta", "script", "iframe", "notice", "notice", "notice", "notice_late", "release")


@dataclass(slots=True)
class Operator:
    """Somebody who runs sites. `style` is open, usual, careful or ghost."""

    number: int
    make: str
    style: str
    profiles: list[Profile]
    host: int = -1  # the operator whose host its shops are on
    of: int = -1  # the operator that it copies or sells for
    sites: list[int] = field(default_factory=list)


@dataclass(slots=True)
class SitePlan:
    """One registration of a site: alive from `first` to `last`, with its own content until `content_last`."""

    number: int
    site: str
    operator: int
    profile: int
    make: str
    first: int
    last: int
    content_last: int
    registered: int
    stem: str
    theme: int
    line: int = -1  # the first site of its line: the same installation goes on under other names
    model: int = -1  # the site that it copies
    copied: int = -1  # the site whose footer it shows
    earlier: bool = False  # another registration of the name follows
    down: tuple[int, int] | None = None  # a name that was left, and came back
    pointing: int = 0  # until then the left name sent its visitors on


@dataclass(slots=True)
class Step:
    """A platform's step from one site to another."""

    before: int
    after: int
    way: str
    on: int
    relation: str = "successor"
    jump: int = -1
    release: int = -1  # the release page that tells of it


@dataclass
class Population:
    """All operators and sites of a world."""

    seed: int
    shape: Shape
    shared: Shared
    operators: list[Operator] = field(default_factory=list)
    plans: list[SitePlan] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    releases: dict[int, int] = field(default_factory=dict)  # site -> its release page
    planted: dict[int, list[tuple[str, int]]] = field(default_factory=dict)
    steps_from: dict[int, list[int]] = field(default_factory=dict)  # site -> its steps
    steps_told: dict[int, list[int]] = field(default_factory=dict)  # release page -> the steps it tells of


def make_population(seed: int, sites: int, shape: Shape) -> Population:
    """Draw operators until there are so many sites."""
    dice = random.Random(f"world {seed}")
    values = Values(dice.randrange(1_000_000))
    people = Population(seed, shape, make_shared(dice, values, sites, shape))
    for _ in range(max(3, sites // 800)):
        _add_host(people, dice, values)
    hosts = list(range(len(people.operators)))
    while len(people.plans) < sites:
        draw = dice.random()
        if draw < shape.impersonators * 1.4 and len(people.plans) > 60:
            _add_impersonator(people, dice, values)
        elif draw < shape.impersonators * 1.4 + shape.resellers and len(people.plans) > 60:
            _add_reseller(people, dice, values)
        else:
            _add_merchant(people, dice, values, hosts)
    _register_anew(people, dice, values)
    for plan in people.plans:
        if plan.make == "own" and dice.random() < shape.copied_footers:
            plan.copied = dice.randrange(len(people.plans))
    return people


def draw_size(dice: random.Random, largest: int) -> int:
    """How many sites an operator has: most one to three, few many."""
    draw = dice.random()
    if draw < 0.52:
        return 1
    if draw < 0.73:
        return 2
    if draw < 0.84:
        return 3
    if draw < 0.94:
        return dice.randint(4, 7)
    return min(largest, dice.randint(8, 18) if draw < 0.985 else dice.randint(19, largest))


def _draw_style(dice: random.Random, shape: Shape, size: int = 1) -> str:
    """Whoever runs many sites can neither hide all nor keep all apart: that costs work on every site."""
    draw = dice.random() * (1 if size <= 6 else 1.6 if size <= 18 else 3)
    if draw < shape.careful:
        return "careful"
    if draw < shape.careful + shape.ghosts and size <= 6:
        return "ghost"
    return "open" if dice.random() < 0.42 else "usual"


def _add_operator(people: Population, dice: random.Random, values: Values, make: str, style: str, size: int = 1,
                  *, of: int = -1, host: int = -1) -> Operator:  # fmt: skip
    count = 1 + (size // 4 if style == "careful" else size // 12 if style == "usual" else 0)
    number = len(people.operators)
    profiles = make_profiles(dice, values, people.shared, people.shape, number, count, make)
    operator = Operator(number, make, style, profiles, host, of)
    people.operators.append(operator)
    return operator


def _add_host(people: Population, dice: random.Random, values: Values) -> None:
    """A host of many merchants' shops: one or two names that last."""
    operator = _add_operator(people, dice, values, "host", "open")
    theme, stem = people.shared.draw_theme(dice), make_stem(dice.randrange(10**9))
    for _ in range(dice.choice((1, 1, 2))):
        ending = dice.choice(_ENDINGS)
        site = _free_name(people, dice, f"{stem}{{}}.{ending}")
        first = dice.randint(-200, 60)
        plan = SitePlan(len(people.plans), site, operator.number, 0, "host", first, SPAN, SPAN,
                        first - dice.randint(0, 900), stem, theme)  # fmt: skip
        _add_plan(people, operator, plan)


def _add_merchant(people: Population, dice: random.Random, values: Values, hosts: list[int]) -> None:
    size = draw_size(dice, people.shape.largest)
    style = _draw_style(dice, people.shape, size)
    host = -1
    if dice.random() < people.shape.saas:
        host = hosts[min(dice.randrange(len(hosts)), dice.randrange(len(hosts)))]
        size = min(size, dice.randint(1, 8))
    operator = _add_operator(people, dice, values, "merchant", style, size, host=host)
    if host < 0 or dice.random() < 0.25:
        own = size if host < 0 else dice.randint(0, 1 + size // 3)
        _add_line(people, dice, operator, own)
        size -= own
    for _ in range(size):
        _add_shop(people, dice, operator, people.operators[host], "saas")


def _add_shop(people: Population, dice: random.Random, operator: Operator, host: Operator, make: str) -> None:
    """A shop below the name of a host or of an upstream: a site of its own."""
    model = people.plans[dice.choice(host.sites)]
    root = model.site
    stem = make_stem(dice.randrange(10**9)) + (str(dice.randrange(100)) if dice.random() < 0.3 else "")
    by_path = host.number % 3 == 0
    site = _free_name(people, dice, f"{root}/shop/{stem}{{}}" if by_path else f"{stem}{{}}.{root}")
    first = max(model.first, dice.randint(-150, SPAN - 60))
    last = min(model.content_last, first + 30 + int(dice.expovariate(1 / 300)))
    if last <= max(first, 0) + 10:
        first, last = max(model.first, 0), model.content_last
    profile = dice.randrange(len(operator.profiles))
    _add_plan(people, operator, SitePlan(len(people.plans), site, operator.number, profile, make, first, last, last,
                                         model.registered, stem, model.theme, model=model.number))  # fmt: skip


def _add_line(people: Population, dice: random.Random, operator: Operator, size: int, make: str = "own") -> None:
    """Lines of domains that follow each other, with their mirrors, until so many sites are there."""
    brand = make_stem(dice.randrange(10**9))
    while size > 0:
        if dice.random() < 0.7:
            brand = make_stem(dice.randrange(10**9))
        theme, profile = people.shared.draw_theme(dice), dice.randrange(len(operator.profiles))
        start, stem = dice.randint(-250, SPAN - 90), brand
        before: SitePlan | None = None
        line = len(people.plans)
        for _ in range(min(size, dice.choice((1, 1, 1, 2, 2, 3, 4, 6)))):
            life = 25 + int(dice.expovariate(1 / 240))
            end = max(start + life, 20)
            if before is not None:
                stem = _next_stem(dice, stem)
            ending = dice.choice(_ENDINGS)
            site = _free_name(people, dice, f"{stem}{{}}.{ending}")
            registered = start - (dice.randint(0, 12) if dice.random() < 0.75 else dice.randint(60, 1500))
            plan = SitePlan(len(people.plans), site, operator.number, profile, make, start, min(end, SPAN),
                            min(end, SPAN), registered, stem, theme,
                            before.line if before is not None else len(people.plans))  # fmt: skip
            _add_plan(people, operator, plan)
            size -= 1
            if before is not None:
                _add_step(people, dice, before, plan)
                if size > 0 and dice.random() < _TWO_AFTER_ONE:
                    size -= 1
                    _add_twin(people, dice, operator, before, plan)
                if dice.random() < _INTO_ONE:
                    _end_into(people, dice, operator, plan)
            before = plan
            if end >= SPAN - 15:
                break
            start = end + dice.randint(-14, 9)
            if dice.random() < 0.08 and size > 0:
                break
        if before is not None and dice.random() < _BACK:
            _go_back(people, dice, people.plans[line], before)
        if before is not None and size > 0 and dice.random() < 0.3:
            mirror_stem = stem if dice.random() < 0.5 else _next_stem(dice, stem)
            site = _free_name(people, dice, f"{mirror_stem}{{}}.{dice.choice(_ENDINGS)}")
            first = min(before.first + dice.randint(0, 40), before.content_last - 1)
            mirror = SitePlan(len(people.plans), site, operator.number, profile, make, first, before.content_last,
                              before.content_last, first - dice.randint(0, 30), mirror_stem, theme,
                              before.line)  # fmt: skip
            _add_plan(people, operator, mirror)
            add_step(people, Step(before.number, mirror.number, "both", first, "mirror"))
            size -= 1


def _add_twin(people: Population, dice: random.Random, operator: Operator, before: SitePlan, plan: SitePlan) -> None:
    """A second successor beside the first, under a name of its own: one site becomes two."""
    stem = _next_stem(dice, plan.stem)
    site = _free_name(people, dice, f"{stem}{{}}.{dice.choice(_ENDINGS)}")
    first = plan.first + dice.randint(-5, 5)
    last = min(SPAN, max(plan.content_last + dice.randint(-40, 80), first + 30))
    twin = SitePlan(len(people.plans), site, operator.number, plan.profile, plan.make, first, last, last,
                    first - dice.randint(0, 10), stem, plan.theme, plan.line)  # fmt: skip
    _add_plan(people, operator, twin)
    _add_step(people, dice, before, twin, ways=("notice",))


def _end_into(people: Population, dice: random.Random, operator: Operator, plan: SitePlan) -> None:
    """Another line of the operator ends in this site: two become one."""
    for number in operator.sites:
        other = people.plans[number]
        free = number not in people.steps_from and other.line != plan.line and other.make == plan.make
        if free and other.first < plan.first - 30 and other.content_last > plan.first + 30:
            other.last = other.content_last = max(plan.first + dice.randint(5, 25), 5)
            _add_step(people, dice, other, plan)
            return


def _go_back(people: Population, dice: random.Random, old: SitePlan, last: SitePlan) -> None:
    """The line goes back to its first name, which nobody else took meanwhile."""
    back = last.content_last
    if old is last or back > SPAN - 60 or old.last >= back - 20 or old.content_last < 10:
        return
    old.down, old.pointing = (old.content_last, back), old.last
    old.last = old.content_last = min(SPAN, back + 40 + int(dice.expovariate(1 / 150)))
    _add_step(people, dice, last, old, relation="return")


def _next_stem(dice: random.Random, stem: str) -> str:
    draw = dice.random()
    if draw < 0.35:
        head = stem.rstrip("0123456789")
        return f"{head}{int(stem[len(head) :] or 0) + (1 if dice.random() < 0.8 else dice.randint(2, 4))}"
    if draw < 0.55:
        return stem
    if draw < 0.7:
        return dice.choice(("my", "i", "the", "go")) + stem if dice.random() < 0.5 else stem + dice.choice("xzv8")
    return make_stem(dice.randrange(10**9))


def _add_step(people: Population, dice: random.Random, before: SitePlan, after: SitePlan, *,
              ways: tuple[str, ...] = (), relation: str = "successor") -> None:  # fmt: skip
    """Join two sites by a move, and let the old one go on as long as its way needs."""
    way = "silent" if dice.random() < people.shape.silent else dice.choice(ways or _WAYS)
    jump = dice.randrange(len(people.shared.jumps)) if dice.random() < people.shape.jumps else -1
    on = max(after.first, before.content_last)
    if way in ("301", "302", "meta", "script", "iframe"):
        before.last = min(SPAN, on + dice.randint(15, 160))
    else:
        jump = -1
    release = people.releases.get(before.number, -1)
    if way == "release" and release < 0:
        operator = people.operators[before.operator]
        page = ("github.io", "pages.dev", "gitlab.io")[dice.randrange(3)]
        site = _free_name(people, dice, f"{before.stem}fabu{{}}.{page}")
        first = max(before.first, -30)
        plan = SitePlan(len(people.plans), site, operator.number, before.profile, "release", first, SPAN, SPAN,
                        first, before.stem, before.theme)  # fmt: skip
        _add_plan(people, operator, plan)
        release = people.releases[before.number] = plan.number
    if release >= 0:
        people.releases[after.number] = release
    add_step(people, Step(before.number, after.number, way, on, relation, jump, release))


def add_step(people: Population, step: Step) -> None:
    """Keep a step, and find it by the site that it leaves."""
    people.steps_from.setdefault(step.before, []).append(len(people.steps))
    people.steps_told.setdefault(step.release, []).append(len(people.steps))
    people.steps.append(step)


def _add_impersonator(people: Population, dice: random.Random, values: Values) -> None:
    """A stranger's copies of somebody's site, under names that look like his."""
    for _ in range(20):
        victim = people.plans[dice.randrange(len(people.plans))]
        if victim.make == "own" and victim.content_last > 30 and people.operators[victim.operator].style != "ghost":
            break
    else:
        return
    size = dice.choice((1, 1, 1, 2, 3))
    operator = _add_operator(people, dice, values, "impersonator", "usual", size, of=victim.operator)
    for _ in range(size):
        stem = dice.choice(
            (victim.stem, victim.stem + dice.choice("0123456789"), victim.stem + "vip", "new" + victim.stem)
        )
        ending = dice.choice(_ENDINGS)
        site = _free_name(people, dice, f"{stem}{{}}.{ending}")
        first = min(SPAN - 25, max(victim.first + 10, 5, victim.content_last - 60 + dice.randint(-80, 100)))
        last = min(SPAN, first + 25 + int(dice.expovariate(1 / 150)))
        if dice.random() < 0.4:
            people.planted.setdefault(victim.number, []).append((site, first))
        _add_plan(people, operator, SitePlan(len(people.plans), site, operator.number, 0, "impersonator", first, last,
                                             last, first - dice.randint(0, 9), stem, victim.theme,
                                             model=victim.number))  # fmt: skip


def _add_reseller(people: Population, dice: random.Random, values: Values) -> None:
    """Sells an upstream's goods: below the upstream's name (分站) or under names of its own."""
    # few upstreams have many resellers
    for _ in range(20):
        upstream = people.operators[min(dice.randrange(len(people.operators)), dice.randrange(len(people.operators)))]
        model = people.plans[dice.choice(upstream.sites)] if upstream.sites else None
        if upstream.make == "merchant" and upstream.host < 0 and model is not None and model.make == "own":
            break
    else:
        return
    size = dice.choice((1, 1, 1, 2, 2, 3))
    operator = _add_operator(
        people, dice, values, "reseller", _draw_style(dice, people.shape), size, of=upstream.number
    )
    if dice.random() < 0.5:
        for _ in range(size):
            _add_shop(people, dice, operator, upstream, "branch")
        return
    start = len(people.plans)
    _add_line(people, dice, operator, size, "reseller")
    for plan in people.plans[start:]:
        plan.model, plan.theme = model.number, model.theme


def _register_anew(people: Population, dice: random.Random, values: Values) -> None:
    """Names that ended and that strangers registered: a new epoch of the same name."""
    ended = [plan for plan in people.plans if plan.make == "own" and 40 < plan.last < SPAN - 120]
    wanted = min(len(ended), int(len(people.plans) * people.shape.strangers))
    for plan in dice.sample(ended, wanted):
        operator = _add_operator(people, dice, values, "stranger", _draw_style(dice, people.shape), 2)
        first = plan.last + dice.randint(35, 90)
        last = min(SPAN, first + 25 + int(dice.expovariate(1 / 250)))
        plan.earlier = True
        theme = people.shared.draw_theme(dice)
        _add_plan(people, operator, SitePlan(len(people.plans), plan.site, operator.number, 0, "stranger", first, last,
                                             last, first - dice.randint(0, 6), plan.stem, theme))  # fmt: skip
        if dice.random() < 0.4:
            _add_line(people, dice, operator, 1)


def _add_plan(people: Population, operator: Operator, plan: SitePlan) -> None:
    people.plans.append(plan)
    operator.sites.append(plan.number)


def _free_name(people: Population, dice: random.Random, pattern: str) -> str:
    extra = ""
    while True:
        name = pattern.format(extra)
        if name not in people.names:
            people.names.add(name)
            return name
        extra = str(dice.randrange(1, 9999))
