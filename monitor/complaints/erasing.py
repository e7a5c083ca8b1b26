"""Erases what a case holds of persons: the bytes and salts of its evidence, its facts, steps and words.

Takes an open archive and a case. What another case, a step of one, or a record of the archive still rests on is kept
and named. The custody log goes on to verify: every item that was destroyed leaves a dated tombstone in it. Stopped
half-way it is begun again where it stopped. Packs that were handed out and backups are out of reach, and said to be.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from storage.case import Case, CaseStep, Facts
from storage.case_items import cases_with, copies_of, list_items
from storage.case_steps import list_steps
from storage.cases import erase_case, list_cases, load_case
from storage.errors import NotInArchive
from storage.evidence import erase_evidence, list_records_naming, load_evidence

if TYPE_CHECKING:
    from storage.archive import Archive
    from storage.session import Session

LONGEST_REASON = 200


@dataclass(frozen=True)
class Kept:
    """An item of evidence that is not destroyed, and why."""

    evidence: str
    why: str


@dataclass(frozen=True)
class ErasurePlan:
    """What would be destroyed: items with their names, masked copies of them, and what stays."""

    case: Case
    items: tuple[tuple[str, str], ...]  # evidence id, name
    copies: tuple[str, ...]
    kept: tuple[Kept, ...]
    steps: int


@dataclass(frozen=True)
class ErasureReport:
    """What was done. `shared` are items whose bytes are still there, because another item has the same ones."""

    case: Case
    erased: tuple[str, ...]
    kept: tuple[Kept, ...]
    shared: tuple[str, ...]
    forgotten: bool  # whether SQLite's journal was emptied


def plan_erasure(archive: Archive, case_id: str) -> ErasurePlan:
    """What `erase_whole_case` would do to a case, given by its id."""
    with archive.database.reading() as session:
        case = load_case(session, case_id)
        steps = list_steps(session, case.id)
        wanted = _evidence_of(session, case, steps)
        copies = {one: copies_of(session, one) for one in wanted}
        uses = _other_uses(session, case.id, {*wanted, *(copy for several in copies.values() for copy in several)})
    items: list[tuple[str, str]] = []
    kept: list[Kept] = []
    gone: list[str] = []
    for one in wanted:
        evidence = load_evidence(archive, one)
        if evidence.erased_at is not None:
            gone += copies[one]
            continue
        reason = next((uses[each] for each in (one, *copies[one]) if each in uses), "") or _records(archive, one)
        if reason:
            kept.append(Kept(one, reason))
        else:
            items.append((one, evidence.name))
            gone += copies[one]
    held = {*(one for one, _ in items), *(one.evidence for one in kept)}
    return ErasurePlan(
        case, tuple(items), tuple(one for one in dict.fromkeys(gone) if one not in held), tuple(kept), len(steps)
    )


def erase_whole_case(archive: Archive, case_id: str, reason: str, at: datetime) -> ErasureReport:
    """Destroy what `plan_erasure` names, masked copies first, then the case itself."""
    plan = plan_erasure(archive, case_id)
    told = f"案件 {plan.case.id} 清除：{reason}"
    objects: dict[str, str] = {}
    for one in (*plan.copies, *(evidence for evidence, _ in plan.items)):
        objects[one] = load_evidence(archive, one).object
        erase_evidence(archive, one, told, at)
    with archive.database.writing() as session:
        case = erase_case(session, plan.case.id, reason, at)
    shared = tuple(one for one, held in objects.items() if archive.objects.has(held))
    return ErasureReport(case, tuple(objects), plan.kept, shared, archive.database.forget_overwritten())


def _evidence_of(session: Session, case: Case, steps: Iterable[CaseStep]) -> tuple[str, ...]:
    """The evidence of a case: its items (taken out or not), the proofs of its steps, and what its facts name."""
    named = [item.evidence for item in list_items(session, case.id, removed=True)]
    named += [proof for step in steps for proof in step.proof]
    named += _named_in(case.facts)
    return tuple(one for one in dict.fromkeys(named) if one.startswith("e-") and _is_there(session, one))


def _named_in(facts: Facts) -> list[str]:
    return [
        word.strip("，。,;；()（）") for text in (facts.consent, facts.advert_relied_on, *facts.fraud_evidence)
        for word in text.split()
    ]  # fmt: skip


def _is_there(session: Session, evidence_id: str) -> bool:
    from storage.lookups import key_of_evidence

    try:
        key_of_evidence(session, evidence_id)
    except NotInArchive:
        return False
    return True


def _other_uses(session: Session, case_id: str, wanted: Iterable[str]) -> dict[str, str]:
    """Why items must stay, by id: other cases that hold, filed or name them."""
    uses: dict[str, list[str]] = {one: [c for c in cases_with(session, one) if c != case_id] for one in wanted}
    for step in list_steps(session):
        if step.case != case_id:
            for proof in step.proof:
                uses.get(proof, []).append(step.case)
    for other in list_cases(session):
        if other.id != case_id:
            for named in _named_in(other.facts):
                uses.get(named, []).append(other.id)
    return {one: f"案件 {'、'.join(dict.fromkeys(cases))} 也用到它" for one, cases in uses.items() if cases}


def _records(archive: Archive, evidence_id: str) -> str:
    naming = [f"{kind} {record}" for kind, record in list_records_naming(archive, evidence_id) if kind != "item"]
    return f"它是 {'、'.join(naming[:3])} 的证明；确要销毁用 cardwatch evidence erase {evidence_id}" if naming else ""
