"""What sites show of their moves: redirects, notices, release pages; and what others say of them to mislead."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace

from bench.worlds.model import MoveTruth, Shown, day_date
from bench.worlds.population import Population, SitePlan, Step
from bench.worlds.showing import show_site

REDIRECTS = ("301", "302", "meta", "script", "iframe")
_PARKING = ("sedoparking.com", "dan.com", "bodis.com")


def show_life(people: Population, plan: SitePlan) -> list[Shown]:
    """All that a site shows in its life; nothing of its own while its name was left."""
    rows = show_site(people, plan)
    if plan.down is not None:
        gone, back = plan.down
        rows = [replace(row, last=min(row.last, gone)) for row in rows if row.first <= gone] + [
            replace(row, first=max(row.first, back)) for row in rows if row.last >= back
        ]
    return [*rows, *show_moves(people, plan)]


def show_moves(people: Population, plan: SitePlan) -> list[Shown]:
    """Every pointer to another site that this site shows in its life."""
    found: list[Shown] = []
    for number in people.steps_from.get(plan.number, ()):
        found += _show_step(people, plan, people.steps[number])
    if plan.make == "release":
        steps = [people.steps[number] for number in people.steps_told.get(plan.number, ())]
        if steps:
            first = people.plans[steps[0].before].site
            found.append(Shown("notice_successor", first, "visible", plan.first, steps[0].on, "own", "notice"))
        for step in steps:
            site = people.plans[step.after].site
            later = [other.on for other in steps if other.on > step.on]
            last = min(later, default=plan.last)
            found.append(Shown("notice_successor", site, "visible", step.on, last, "own", "notice"))
    elif plan.number in people.releases:
        release = people.plans[people.releases[plan.number]].site
        found.append(Shown("release_page", release, "visible", plan.first, plan.content_last, "own", "notice"))
    for site, day in people.planted.get(plan.number, ()):
        found.append(Shown("notice_successor", site, "user_content", day, plan.content_last, "planted"))
    if plan.make == "impersonator":
        found += _copy_notices(people, plan)
    if plan.make == "own" and plan.last < 700 and plan.number not in people.steps_from and plan.number % 14 == 0:
        found.append(Shown("redirect", _PARKING[plan.number % 3], "redirect", plan.last - 20, plan.last, "carrier"))
    return found


def _show_step(people: Population, plan: SitePlan, step: Step) -> list[Shown]:
    target = people.plans[step.after].site
    if step.way in REDIRECTS:
        hops = [target]
        if step.jump >= 0:
            jump = people.shared.jumps[step.jump]
            # a jump host that asks for a click is where the look ends
            hops = [jump] if (step.before + step.after) % 10 < 3 else [jump, target]
        last = plan.pointing if plan.down is not None and step.on < plan.down[1] else plan.last
        return [
            Shown("redirect", hop, "redirect", step.on, last, "jump" if hop != target else "own", where=step.way)
            for hop in hops
        ]
    if step.way in ("notice", "notice_late"):
        first = max(plan.first, step.on - (25 if step.way == "notice" else 1), people.plans[step.after].registered)
        last = plan.down[0] if plan.down is not None and step.on < plan.down[1] else plan.content_last
        return [Shown("notice_successor", target, "visible", first, last, "own", "notice")]
    return []


def _copy_notices(people: Population, plan: SitePlan) -> list[Shown]:
    """A copy shows its victim's notice, or puts its own name into it."""
    dice = random.Random(plan.number)
    found = []
    for number in people.steps_from.get(plan.model, ()):
        step = people.steps[number]
        if step.way in ("notice", "notice_late", "release"):
            site = plan.site if dice.random() < 0.5 else people.plans[step.after].site
            found.append(Shown("notice_successor", site, "visible", plan.first, plan.content_last, "copied", "notice"))
    return found


def tell_moves(people: Population, looked: dict[int, tuple[int, ...]]) -> Iterable[MoveTruth]:
    """The moves whose two sites were both seen, with the first look that could see a signal of it."""
    for step in people.steps:
        before, after = people.plans[step.before], people.plans[step.after]
        if step.before not in looked or step.after not in looked:
            continue
        signals = []
        for row in _show_step(people, before, step):
            if row.value == after.site:
                signals += [day for day in looked[step.before] if row.first <= day <= row.last][:1]
        if step.release in looked and people.releases.get(step.before) == step.release:
            told = any(before.first <= day <= before.content_last for day in looked[step.before])
            signals += [day for day in looked[step.release] if told and day >= step.on][:1]
        signal = day_date(min(signals)) if signals else None
        yield MoveTruth(before.site, after.site, step.way, day_date(step.on), signal, step.relation)
