"""Weighs a new version against the last one, knowing the page: what it changed, what only flickers, what was lost.

`weigh_version` is pure but for the texts it asks for; `tell_differences` says what of it is a habit of the page.
Who stores and settles is `monitor.visit_changes`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from monitor.changes.compare import compare_readings
from monitor.changes.habits import (
    VISITS_TO_LEARN,
    Habits,
    is_unsteady,
    learn_visit,
    make_noise,
    may_be_noise,
    tell_habits,
)
from monitor.changes.language import language_of
from monitor.changes.listed import explain_missing, withhold_absences
from monitor.changes.noise_budget import fold_differences
from monitor.changes.settle import Settled
from monitor.rot import LOST, Recheck, is_grave_loss, recheck_lost, sift_differences, tell_lost
from scrapers.model import PageContent, Reading, Role
from scrapers.whereabouts import Whereabouts, dead_selectors, find_whereabouts, shown_text
from storage.model import Change, ChangeClass, Difference, Lost, ReadingState, StoredCapture, Version

_DIFFERENCE_LETTERS = 4.0


@dataclass(frozen=True)
class Weighed:
    """What a version brought: the page's differences, the habits after it, and how well it was read.

    `state` is the state of the reading after this visit, None where it is well and was; `lost` is what only the reader
    lost in this visit, as a difference to keep beside the page's.
    """

    differences: tuple[Difference, ...]
    habits: Habits
    state: ReadingState | None = None
    lost: Difference | None = None
    gone: bool = False


@dataclass(frozen=True)
class Texts:
    """What the two visits showed, fetched only when it is needed."""

    before: Callable[[], str]
    content: Callable[[], PageContent]


def weigh_version(
    before: Version,
    after: Version,
    capture: StoredCapture,
    *,
    habits: Habits,
    state: ReadingState | None,
    keep: tuple[str, ...],
    texts: Texts,
    missing_before: str = "",
) -> Weighed:
    """Compare two versions in a row of one page and part what the page did from what its reader did.

    `missing_before` is what the older capture lacked: what comes after it may have been there all along.
    """
    role = capture.page.role
    learnt = learn_visit(habits, before.reading, after.reading, role=role)
    differences = tuple(
        withhold_absences(
            compare_readings(before.reading, after.reading, role=role),
            before.reading,
            after.reading,
            missing_before=missing_before,
            missing_after=explain_missing(capture),
        )
    )
    same_text = before.reading.text == after.reading.text  # else a dead selector may have let the whole page in
    if not differences and state is None and (same_text or not keep):
        return Weighed((), learnt)
    content = texts.content()
    shown = shown_text(content)
    dead = dead_selectors(content, keep)
    part_differs = bool(dead) or (state is not None and bool(state.selectors))
    sifted = sift_differences(
        differences,
        before.reading,
        after.reading,
        texts.before() if differences else "",
        shown,
        known=None if part_differs else (state.lost if state else ()),
    )
    checked = recheck_lost(state.lost, after.reading, shown) if state else Recheck((), ())
    healed = state is not None and bool(state.selectors) and not dead  # what lay around the selector is no loss
    fresh = () if healed else tuple(one for one in sifted.lost if one not in checked.still)
    found = (*sifted.differences, *checked.gone)
    if dead:  # the whole page is read in place of the part that was chosen: only what may be a rule is told of it
        found = tuple(_of_wrong_part(one) if may_be_noise(one) else one for one in found)
    following = _next_state(state, capture, (*checked.still, *fresh), dead, content)
    lost = tell_lost(fresh, following.proposal, following.share) if fresh and following else None
    return Weighed(found, learnt, following, lost, bool(checked.gone))


def tell_differences(
    habits: Habits, differences: Sequence[Difference], before: Reading, after: Reading, *, role: Role
) -> tuple[Difference, ...]:
    """The differences as they are told of this page: its habits as noise, a flicker without end in one line."""
    return fold_differences(habits, tell_habits(habits, differences, before, after, role=role))


def settle_habits(
    settled: Settled,
    pending: Mapping[str, Difference],
    habits: Habits,
    before: Reading,
    after: Reading,
    *,
    role: Role,
) -> Settled:
    """What stayed for a visit, weighed by what is known of the page: a habit has blinked and is not confirmed.

    What says nothing of a rule waits while the page is new, and while its lines come and go.
    """
    restless: list[str] = []
    confirmed: list[str] = []
    for name in settled.confirmed:
        if _is_habit(habits, pending[name], before, after, role):
            restless.append(name)
        elif not may_be_noise(pending[name]) or _is_known(habits, pending[name]):
            confirmed.append(name)
    return replace(settled, confirmed=tuple(confirmed), blinked=(*settled.blinked, *restless))


def _is_known(habits: Habits, difference: Difference) -> bool:
    return habits.visits >= VISITS_TO_LEARN and not is_unsteady(habits, difference)


def _is_habit(habits: Habits, difference: Difference, before: Reading, after: Reading, role: Role) -> bool:
    told = tell_habits(habits, [difference], before, after, role=role)
    return bool(told) and all(one.change_class is ChangeClass.NOISE for one in told)


def same_language(reading: Reading, language: str) -> bool:
    """Whether a reading is in a language, as far as one can say."""
    return not language or language_of(reading.text) in ("", language)


def may_settle(change: Change, baseline: Version, language: str) -> bool:
    """Whether a version that was compared with `baseline` says anything of a pending change."""
    if LOST in change.difference.kinds or change.difference.change_class is ChangeClass.OUTCOME:
        return False
    if change.after_at > baseline.seen_at:  # found between versions in another language
        return False
    text = f"{change.difference.before}\n{change.difference.after}"
    return not language or language_of(text, least=_DIFFERENCE_LETTERS) in ("", language)


def _next_state(
    state: ReadingState | None,
    capture: StoredCapture,
    lost: tuple[Lost, ...],
    dead: tuple[str, ...],
    content: PageContent,
) -> ReadingState | None:
    if not lost and not dead:
        return (
            replace(state, lost=(), selectors=(), ended_capture=capture.id, ended_at=capture.seen_at) if state else None
        )
    if state is None:
        state = ReadingState(0, capture.page, capture.id, capture.seen_at, "", None, (), (), "", 0.0)
    elif state.lost == lost and state.selectors == dead:
        return state
    where = find_whereabouts(content, [one.text for one in lost]) if lost else Whereabouts(state.proposal, state.share)
    return replace(
        state, lost=lost, selectors=dead, proposal=where.selector, share=where.share,
        grave=state.grave or is_grave_loss(lost, dead),
    )  # fmt: skip


def _of_wrong_part(difference: Difference) -> Difference:
    reason = f"配置的选择器在本页已无匹配，本次读取的是整页，以下变动不能认定为原选定部分的变更：{difference.reason}"
    return make_noise(difference, LOST, reason)
