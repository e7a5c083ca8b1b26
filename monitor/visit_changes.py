"""Settles what was pending by what a visit brought, and stores what is new of the outcome, the page and its reading.

Takes a session and what was weighed; a change that needs a second look stays pending until another capture.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.capture_reading import capture_of
from monitor.changes.language import language_of
from monitor.changes.listed import explain_missing, holds_back
from monitor.changes.noise_budget import count_blink
from monitor.changes.settle import needs_confirmation, settle_changes
from monitor.outcomes import OWN_TROUBLE, compare_outcomes, outcome_state
from monitor.page_memory import write_habits
from monitor.page_result import PageResult
from monitor.rot import LOST
from monitor.rot_telling import describe_state
from monitor.weigh import Weighed, may_settle, settle_habits, tell_differences
from scrapers.model import Origin
from storage.changes import insert_changes, pending_changes, set_status
from storage.habits import begin_state, update_state
from storage.ids import new_id
from storage.model import Change, ChangeClass, ChangeStatus, Difference, ReadingState, StoredCapture, Version

if TYPE_CHECKING:
    from storage.archive import Archive
    from storage.session import Session


def record_outcome(archive: Archive, result: PageResult, before: StoredCapture | None) -> PageResult:
    """Settle and note what the way the capture ended says, beside the last capture that says anything."""
    after = result.capture
    if after.reason in OWN_TROUBLE or after.origin is not Origin.OWN:
        return result
    with archive.database.writing() as session:
        if before is not None and before.reason in OWN_TROUBLE:
            before = _last_telling(session, after)
        pending = [
            change
            for change in pending_changes(session, after.page.id)
            if change.difference.change_class is ChangeClass.OUTCOME
        ]
        same = before is not None and outcome_state(before) == outcome_state(after)
        status = ChangeStatus.CONFIRMED if same else ChangeStatus.BLINKED
        settled = _settle(session, pending, status, after.id)
        difference = compare_outcomes(before, after)
        found = note_changes(session, [difference] if difference else [], before, after)
    if status is ChangeStatus.CONFIRMED:
        return replace(result, found=found, confirmed=settled)
    return replace(result, found=found, blinked=settled)


def _last_telling(session: Session, after: StoredCapture) -> StoredCapture | None:
    from storage.captures import list_captures

    captures = list_captures(session, pages=[after.page.id], until=after.started_at, limit=200)
    telling = (c for c in captures if c.id != after.id and c.origin is Origin.OWN and c.reason not in OWN_TROUBLE)
    return next(telling, None)


def settle_version(
    session: Session,
    result: PageResult,
    baseline: Version,
    version: Version,
    weighed: Weighed,
    state: ReadingState | None,
    of_language: Difference | None,
) -> PageResult:
    """Settle what was pending by what a version brought, note what is new, and keep what was learnt of the page."""
    after, role = result.capture, result.page.role
    pending = {
        change.id: change
        for change in pending_changes(session, after.page.id)
        if may_settle(change, baseline, language_of(version.reading.text))
        and not holds_back(change, baseline.reading, version.reading, missing=explain_missing(after))
    }
    settled = settle_changes(list(pending.values()), weighed.differences)
    by_name = {name: change.difference for name, change in pending.items()}
    settled = settle_habits(settled, by_name, weighed.habits, baseline.reading, version.reading, role=role)
    habits = count_blink(weighed.habits, bool(settled.blinked))
    write_habits(session, after.page.id, habits)
    confirmed = _settle(session, [pending[i] for i in settled.confirmed], ChangeStatus.CONFIRMED, after.id)
    blinked = _settle(session, [pending[i] for i in settled.blinked], ChangeStatus.BLINKED, after.id)
    told = tell_differences(habits, settled.remaining, baseline.reading, version.reading, role=role)
    extra = [one for one in (of_language, weighed.lost) if one is not None]
    found = note_changes(session, [*told, *extra], capture_of(session, baseline), after)
    problems = _keep_state(session, after, weighed, state)
    return replace(
        result,
        found=result.found + found,
        confirmed=result.confirmed + confirmed,
        blinked=result.blinked + blinked,
        problems=result.problems + problems,
    )


def _keep_state(
    session: Session, after: StoredCapture, weighed: Weighed, before: ReadingState | None
) -> tuple[str, ...]:
    """Keep how well the page was read; gives a line when that became worse or well again, once each."""
    state = weighed.state
    if state is None or state == before:
        return ()
    if before is None:
        begin_state(session, state)
        return (describe_state(state),) if state.grave else ()
    update_state(session, state)
    if not state.ended_capture:
        return (describe_state(state),) if state.grave and not before.grave else ()
    waiting = [change for change in pending_changes(session, after.page.id) if LOST in change.difference.kinds]
    _settle(session, waiting, ChangeStatus.CONFIRMED if weighed.gone else ChangeStatus.BLINKED, after.id)
    return (describe_state(state),) if state.grave else ()


def _settle(session: Session, changes: list[Change], status: ChangeStatus, settled_by: str) -> tuple[Change, ...]:
    if changes:
        set_status(session, [change.id for change in changes], status, settled_by)
    return tuple(replace(change, status=status, settled_by=settled_by) for change in changes)


def note_changes(
    session: Session,
    differences: tuple[Difference, ...] | list[Difference],
    before: StoredCapture | None,
    after: StoredCapture,
) -> tuple[Change, ...]:
    """Store differences as changes between two captures: pending if they need a second look."""
    changes = tuple(
        Change(
            id=new_id("change", after.started_at),
            page=after.page,
            before_capture=before.id if before else "",
            after_capture=after.id,
            before_at=before.seen_at if before else None,
            after_at=after.seen_at,
            status=ChangeStatus.PENDING if _needs_second_look(difference) else ChangeStatus.CONFIRMED,
            settled_by="",
            difference=difference,
        )
        for difference in differences
    )
    insert_changes(session, changes)
    return changes


def _needs_second_look(difference: Difference) -> bool:
    if difference.change_class is ChangeClass.OUTCOME:
        return "site_back" not in difference.kinds
    if "language_changed" in difference.kinds:  # seen three times in a row
        return False
    return LOST in difference.kinds or needs_confirmation(difference)
