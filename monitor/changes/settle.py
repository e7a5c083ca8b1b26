"""Decides what became of pending changes when the page is seen again.

Pending changes were found between an older version O and P; `differences` compare P with the newest version N. One that
N undoes blinked, and the difference that undoes it is dropped. One whose text N replaces by a third blinked too, and is
told again from O to N. Every other one is confirmed. A confirmed change that is undone later is a new one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.changes.assess import judge_texts
from monitor.changes.fact_judging import fact_of_subject, judge_fact, read_decimal
from monitor.changes.listed import COMING_AND_GOING
from monitor.changes.normal_forms import steady_form
from monitor.changes.visibility import VISIBILITY_KINDS
from storage.model import Change, ChangeClass, Difference, Effect

_SETTLED_AT_ONCE = frozenset(
    {
        ChangeClass.STOCK,
        ChangeClass.NOISE,
        ChangeClass.TECHNICAL,
        ChangeClass.OUTCOME,
        ChangeClass.MOVED,
        ChangeClass.NEW,
    }
)
_Line = tuple[str, str]
"""(fact subject or "", normal form): one thing that a page said."""
_SEEN, _UNSEEN = "\0seen", "\0unseen"


@dataclass(frozen=True)
class Settled:
    """Ids of the changes that are confirmed, ids of those that blinked, and the differences that still stand."""

    confirmed: tuple[str, ...]
    blinked: tuple[str, ...]
    remaining: tuple[Difference, ...]


@dataclass
class _Open:
    """A difference with what it has said and not yet had explained."""

    difference: Difference
    gone: Counter[_Line]
    come: Counter[_Line]
    explained: bool = False


def needs_confirmation(difference: Difference) -> bool:
    """Whether a second capture must show it: rules, prices and wording do, stock and noise do not."""
    if COMING_AND_GOING & set(difference.kinds):
        return True
    return difference.change_class not in _SETTLED_AT_ONCE


def settle_changes(pending: Sequence[Change], differences: Sequence[Difference]) -> Settled:
    """Settle the pending changes of one page by the differences between their version and the newest one."""
    confirmed: list[str] = []
    blinked: list[str] = []
    again: list[Difference] = []
    opened = [_Open(one, *_sides(one)) for one in differences]
    for change in pending:
        found = change.difference
        if not needs_confirmation(found):
            confirmed.append(change.id)
            continue
        had, said = _sides(found)
        undoing = _find_undoing(opened, said, had)
        if undoing is not None:
            blinked.append(change.id)
            _take(undoing, said, had)
            continue
        replacing = [one for one in opened if said and one.gone & said]
        if not replacing or _is_of_sight(found):
            confirmed.append(change.id)
            continue
        blinked.append(change.id)
        again.extend(_tell_from_old(found, replacing))
    remaining = [one.difference for one in opened if not one.explained]
    return Settled(tuple(confirmed), tuple(blinked), (*remaining, *again))


def _sides(found: Difference) -> tuple[Counter[_Line], Counter[_Line]]:
    """What a difference says was there and is there. One of sight says of a text that it was seen, and is not."""
    if not _is_of_sight(found):
        return _lines(found.subject, found.before), _lines(found.subject, found.after)
    text = steady_form(found.before)
    ways = (_SEEN, _UNSEEN) if "rule_shown_again" not in found.kinds else (_UNSEEN, _SEEN)
    return Counter([(ways[0], text)]), Counter([(ways[1], text)])


def _is_of_sight(found: Difference) -> bool:
    return bool(VISIBILITY_KINDS & set(found.kinds))


def _lines(subject: str, text: str) -> Counter[_Line]:
    fact = fact_of_subject(subject)
    if fact is None:
        return Counter(("", form) for form in (steady_form(line) for line in text.splitlines()) if form)
    if not text:
        return Counter()
    number = read_decimal(text)
    return Counter([(subject, f"{number.normalize():f}" if number is not None else steady_form(text))])


def _find_undoing(opened: Sequence[_Open], said: Counter[_Line], had: Counter[_Line]) -> list[_Open] | None:
    """The differences that together take back all that was said and bring back all that was there, if there are any."""
    if not said and not had:
        return None
    chosen = [one for one in opened if (one.gone & said) or (one.come & had)]
    gone: Counter[_Line] = sum((one.gone for one in chosen), Counter())
    come: Counter[_Line] = sum((one.come for one in chosen), Counter())
    return chosen if chosen and said <= gone and had <= come else None


def _take(chosen: Iterable[_Open], said: Counter[_Line], had: Counter[_Line]) -> None:
    """Mark what is explained; a difference is dropped when nothing of it is left."""
    said, had = Counter(said), Counter(had)
    for one in chosen:
        taken_gone, taken_come = one.gone & said, one.come & had
        said, had = said - taken_gone, had - taken_come
        one.gone, one.come = one.gone - taken_gone, one.come - taken_come
        if not one.gone and not one.come:
            one.explained = True
        else:
            _trim(one)


def _trim(one: _Open) -> None:
    """A difference of which a part is explained is told by what is left of it."""
    found = one.difference
    before = _keep_lines(found.before, found.subject, one.gone)
    after = _keep_lines(found.after, found.subject, one.come)
    one.difference = judge_again(found, before, after)


def _keep_lines(text: str, subject: str, wanted: Counter[_Line]) -> str:
    return "\n".join(line for line in text.splitlines() if _lines(subject, line) & wanted)


def _tell_from_old(found: Difference, replacing: Sequence[_Open]) -> list[Difference]:
    """A→B was pending and now B→C: what is told is A→C, unless A and C are equal."""
    said = _lines(found.subject, found.after)
    others: list[str] = []
    news: list[str] = []
    for one in replacing:
        others.extend(line for line in one.difference.before.splitlines() if not _lines(found.subject, line) & said)
        news.extend(one.difference.after.splitlines())
        one.explained = True
    taken_back = Counter(line for one in replacing for line in one.gone)
    kept = [line for line in found.after.splitlines() if not _lines(found.subject, line) & taken_back]
    before = "\n".join([*found.before.splitlines(), *others])
    after = "\n".join([*news, *kept])
    if _lines(found.subject, before) == _lines(found.subject, after):
        return []
    return [judge_again(found, before, after)]


def judge_again(found: Difference, before: str, after: str) -> Difference:
    """A difference of which other lines are left than it had."""
    fact = fact_of_subject(found.subject)
    if fact is not None:
        return judge_fact(fact[0], found.subject, before, after, quotable=found.quotable)
    judged = judge_texts(before, after)
    change_class = found.change_class
    if judged.effect is not Effect.NEUTRAL and change_class is ChangeClass.WORDING:
        change_class = ChangeClass.RULE
    return Difference(
        change_class,
        judged.severity,
        judged.effect,
        judged.kinds,
        found.subject,
        before,
        after,
        judged.reason,
        found.quotable,
    )
