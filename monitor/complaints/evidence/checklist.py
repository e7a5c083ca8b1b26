"""What evidence a case still lacks, in order of effect: nothing is scored. Pure.

Takes a case file, gives what is missing with the reason and how to get it today. What counts: an item of that kind (or
one that is as good), a capture of the page before the order, an answer about the subject. The rows are
monitor/reference/evidence_checklist.toml.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from monitor.complaints.evidence.evidence_kinds import load_kinds
from monitor.complaints.evidence.talks import kinds_in_talks
from monitor.complaints.facts.purposes import is_not_living
from monitor.complaints.model import CaseFile, Missing, PageAround, SeenVersion
from monitor.operators.model import Band
from monitor.times import SHANGHAI
from scrapers.model import BlockKind, FactKind, Role
from storage.case import ProblemKind, Purpose

_PAGE_KINDS = ("product_page", "spec", "after_sales_promise", "validity")
_FACTS = {
    "spec": {FactKind.SPEC, FactKind.FACE_VALUE, FactKind.VARIANT_PRICE},
    "after_sales_promise": {FactKind.AFTER_SALES, FactKind.WARRANTY},
    "validity": {FactKind.VALIDITY},
}
_RULES = (BlockKind.TERMS, BlockKind.NOTICE, BlockKind.PROMPT)


@dataclass(frozen=True)
class Situation:
    """What a circumstance of the case adds, takes away or says otherwise."""

    id: str
    when: tuple[str, ...]
    wants: tuple[str, ...]
    place: str
    why: Mapping[str, str] = field(default_factory=dict)
    how: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, str] = field(default_factory=dict)
    drop: tuple[str, ...] = ()


@dataclass(frozen=True)
class Checklist:
    """The whole table: what each problem wants, the reasons, the situations, what to do at once."""

    wants: Mapping[ProblemKind, tuple[str, ...]]
    why: Mapping[str, str]
    why_here: Mapping[ProblemKind, Mapping[str, str]]
    also: Mapping[str, tuple[str, ...]]
    situations: tuple[Situation, ...]
    keep: tuple[str, ...]


def list_missing(file: CaseFile) -> tuple[Missing, ...]:
    """What is missing, what matters most first. `field` is the id of the kind, `mend` how to get it today."""
    table, kinds, problem = load_checklist(), load_kinds(), file.case.facts.problem
    why = {**table.why, **table.why_here.get(problem, {})}
    how = {name: kind.how_to_get for name, kind in kinds.items()}
    for situation in _holding(file):
        why |= situation.why
        how |= situation.how
    for situation in _holding(file):
        why |= {kind: f"{why[kind]}；{more}" for kind, more in situation.more.items()}
    there = list_present(file)
    return tuple(
        Missing(kind, kinds[kind].name, why[kind] + _tell_late(file, kind), how[kind])
        for kind in list_wanted(file)
        if not there & {kind, *table.also.get(kind, ())}
    )


def list_wanted(file: CaseFile) -> tuple[str, ...]:
    """The kinds that this case needs at all, what matters most first."""
    table = load_checklist()
    wanted = list(table.wants[file.case.facts.problem])
    dropped: set[str] = set()
    for situation in _holding(file):
        dropped |= set(situation.drop)
        added = list(situation.wants)
        anchor = situation.place.partition(":")[2]
        if situation.place != "first" and anchor not in wanted:
            wanted += [kind for kind in added if kind not in wanted]
            continue
        at = wanted.index(anchor) + 1 if anchor else 0
        # What stands before the place already stays there: a situation may make a kind weigh more, never less.
        moved = [kind for kind in added if kind not in wanted[:at]]
        wanted = wanted[:at] + moved + [kind for kind in wanted[at:] if kind not in moved]
    return tuple(kind for kind in wanted if kind not in dropped)


def list_present(file: CaseFile) -> frozenset[str]:
    """The kinds that are there: through items, captures before the order, steps and the answer about the subject."""
    found = {item.kind for item in file.items if item.removed_at is None} | kinds_in_talks(file)
    for page in file.pages:
        if page.before is not None:
            found |= _shown_by(page.before)
    if file.who is not None and file.who.first is not None and file.who.first.band is Band.CONFIRMED:
        found.add("subject")
    if file.case.facts.advert_relied_on:
        found.add("advert")
    if file.case.facts.consent.startswith("e-"):
        found.add("authorisation")
    if file.steps and all(step.proof for step in file.steps):
        found.add("receipt")
    return frozenset(found)


def what_to_keep() -> tuple[str, ...]:
    """What every buyer should do and leave alone from now on, in Chinese sentences."""
    return load_checklist().keep


@cache
def load_checklist() -> Checklist:
    """The table of the checklist."""
    text = resources.files("monitor.reference").joinpath("evidence_checklist.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    problems = data["problems"]
    return Checklist(
        {problem: tuple(problems[problem.value]["wants"]) for problem in ProblemKind},
        data["why"],
        {problem: problems[problem.value].get("why", {}) for problem in ProblemKind},
        {kind: tuple(others) for kind, others in data["also"].items()},
        tuple(
            Situation(
                row["id"],
                tuple(row["when"]),
                tuple(row["wants"]),
                row["place"],
                row.get("why", {}),
                row.get("how", {}),
                row.get("more", {}),
                tuple(row.get("drop", ())),
            )
            for row in data["situations"]
        ),
        tuple(data["keep"]["sentences"]),
    )


def holds(condition: str, file: CaseFile) -> bool:
    """Whether a condition of the table holds for a case: a word, or a word and its values (`payment:usdt,epay`)."""
    name, _, values = condition.partition(":")
    return _CONDITIONS[name](file, frozenset(values.split(",")))


def _holding(file: CaseFile) -> tuple[Situation, ...]:
    return tuple(
        situation
        for situation in load_checklist().situations
        if all(holds(condition, file) for condition in situation.when)
    )


def _shown_by(seen: SeenVersion) -> set[str]:
    """What kinds of evidence one capture stands for."""
    if seen.role is Role.ORDER:
        return {"order"}
    found = {"product_page"} if seen.role is Role.PRODUCT else set()
    facts = {fact.kind for fact in seen.reading.facts}
    found |= {kind for kind, wanted in _FACTS.items() if facts & wanted and seen.role is Role.PRODUCT}
    told = seen.role in (Role.TERMS, Role.NOTICE) or any(block.kind in _RULES for block in seen.reading.blocks)
    if told and seen.reading.text.strip():
        found.add("after_sales_promise")
    return found


def _tell_late(file: CaseFile, kind: str) -> str:
    """That the archive has this page, but only as it was after the order."""
    if kind not in _PAGE_KINDS:
        return ""
    late = next((page for page in file.pages if page.before is None and _has_late(page, kind)), None)
    if late is None or late.after is None:
        return ""
    day = late.after.seen_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    return f"（档案中只有下单后{day}的抓取，不能单独证明下单时的内容）"


def _has_late(page: PageAround, kind: str) -> bool:
    return page.after is not None and kind in _shown_by(page.after)


_CONDITIONS: Mapping[str, Callable[[CaseFile, frozenset[str]], bool]] = {
    "minor": lambda file, _: file.case.facts.minor,
    "helper": lambda file, _: bool(file.case.facts.helper.name),
    "contacted": lambda file, _: file.case.facts.contacted_at is not None,
    "replied": lambda file, _: bool(file.case.facts.seller_reply) or file.case.facts.replied_at is not None,
    "no_reply": lambda file, _: not file.case.facts.seller_reply and file.case.facts.replied_at is None,
    "other_problem": lambda file, values: file.case.facts.problem.value not in values,
    "payment": lambda file, values: file.case.facts.payment.value in values,
    "resale": lambda file, _: is_not_living(file.case.facts),
    "living": lambda file, _: file.case.facts.purpose is Purpose.LIVING,
    "used": lambda file, values: file.case.facts.used.value in values,
    "delivered": lambda file, values: file.case.facts.delivered.value in values,
    "extra": lambda file, _: file.case.facts.extra_asked is not None or bool(file.case.facts.extra_name),
    "demand": lambda file, values: any(demand.kind.value in values for demand in file.case.facts.demands),
    "filed": lambda file, _: any(not step.proof for step in file.steps),
}
