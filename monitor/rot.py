"""When a reader finds less than it used to: what it lost is told apart from what the page took away.

A text that vanished from the reading and still stands in what a visitor is shown was lost by the reader; it is gone
only when the page shows it nowhere. The same the other way: what stood there all along is no new rule. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from rapidfuzz import fuzz, process

from monitor.changes.assess import judge_texts
from monitor.changes.fact_judging import fact_of_subject, name_fact
from monitor.changes.habits import is_guarded
from monitor.changes.normal_forms import compact_form, steady_form
from monitor.changes.settle import judge_again
from monitor.changes.shown_lines import ShownLines
from monitor.changes.visibility import VISIBILITY_KINDS
from scrapers.model import FactKind, Reading
from storage.model import ChangeClass, Difference, Effect, Lost, Severity

LOST = "reading_lost"
"""The kind of a difference that only says what the reader did not read."""

_OF_TEXT = (ChangeClass.RULE, ChangeClass.WORDING, ChangeClass.TECHNICAL, ChangeClass.PRICE)
_OF_FACTS = frozenset(
    {
        FactKind.PRICE, FactKind.NAME, FactKind.VALIDITY, FactKind.WARRANTY, FactKind.AFTER_SALES, FactKind.LIMIT,
        FactKind.DELIVERY, FactKind.FACE_VALUE, FactKind.SPEC,
    }
)  # fmt: skip
_LEAST_SHOWN = 3
_MOST_LOST = 200
_ALIKE = 60.0
_GRAVE_LINES = 3


@dataclass(frozen=True)
class Sifted:
    """The differences that the page made, and what only the reader lost."""

    differences: tuple[Difference, ...]
    lost: tuple[Lost, ...] = ()


def sift_differences(
    differences: Sequence[Difference],
    before: Reading,
    after: Reading,
    shown_before: str,
    shown_after: str,
    *,
    known: Sequence[Lost] | None = None,
) -> Sifted:
    """Part what a page changed from what its reader lost or found again between two readings.

    `known` is what was lost before: the same reader finds it again, while a rule that it never read and that a page
    moves to where rules are read is told. None where the readers look at different parts of the page.
    """
    if not differences:
        return Sifted(())
    sieve = _Sieve(before, after, ShownLines(shown_before), ShownLines(shown_after), known)
    kept: list[Difference] = []
    lost: list[Lost] = []
    for difference in differences:
        rest, missing = sieve.sift(difference)
        kept += [rest] if rest is not None else []
        lost += missing
    if lost:  # the reader lost something: what went may stand rewritten where it does not look
        for place, difference in enumerate(kept):
            kept[place], missing = sieve.find_successors(difference)
            lost += missing
    return Sifted(tuple(kept), tuple(dict.fromkeys(lost))[:_MOST_LOST])


@dataclass(frozen=True)
class Recheck:
    """What became of texts that were lost: still not read, or gone from the page (told as differences)."""

    still: tuple[Lost, ...]
    gone: tuple[Difference, ...]


def recheck_lost(lost: Sequence[Lost], reading: Reading, shown: str) -> Recheck:
    """Look for lost texts again: those that are read again are dropped, those shown nowhere are gone for good."""
    read, page = ShownLines(_read_text(reading)), ShownLines(shown)
    facts = " ".join(fact.shown or fact.value for fact in reading.facts)
    still: list[Lost] = []
    gone: list[Difference] = []
    for one in lost:
        if read.holds(one.text) or (_is_fact(one) and compact_form(one.text) in compact_form(facts)):
            continue
        if page.holds(one.text):
            still.append(one)
        else:
            successor = _nearest_unread(one.text, page, read, still)
            gone.append(_tell_gone(one, successor))
            still += [Lost(successor, one.what)] if successor else []
    return Recheck(tuple(still), tuple(gone))


def tell_lost(lost: Sequence[Lost], proposal: str, share: float) -> Difference:
    """What the reader did not read, with the doubt named; never a rule that was removed."""
    where = f"，其中{share:.0%}现位于“{proposal}”，可据此调整选择器" if proposal else ""
    reason = (
        f"读取程序未能读到原有的{len(lost)}处内容，但网页上仍显示这些文字{where}；不能据此认定内容被删除，"
        "待网页全文不再出现该文字时才作为变更认定"
    )
    return Difference(
        ChangeClass.TECHNICAL, Severity.NONE, Effect.NEUTRAL, (LOST,), "", "\n".join(one.text for one in lost), "",
        reason, False,
    )  # fmt: skip


def is_grave_loss(lost: Sequence[Lost], dead_selectors: Sequence[str]) -> bool:
    """Whether so much is lost that a person must be told: a selector, a fact, a rule, or several lines."""
    if dead_selectors or len(lost) >= _GRAVE_LINES:
        return True
    return any(_is_fact(one) or is_guarded(one.text) for one in lost)


class _Sieve:
    def __init__(
        self,
        before: Reading,
        after: Reading,
        shown_before: ShownLines,
        shown_after: ShownLines,
        known: Sequence[Lost] | None,
    ) -> None:
        self._before, self._after = before, after
        self._shown_before, self._shown_after = shown_before, shown_after
        # a reading of another family is compared as technical, yet what both pages show can still be told apart
        self._other_reader = before.release == after.release and before.family != after.family
        alike = before.release == after.release and before.family == after.family
        self._known = ShownLines("\n".join(one.text for one in known)) if known is not None and alike else None

    @cached_property
    def _read_before(self) -> ShownLines:
        return ShownLines(_read_text(self._before))

    @cached_property
    def _read_after(self) -> ShownLines:
        return ShownLines(_read_text(self._after))

    def sift(self, difference: Difference) -> tuple[Difference | None, list[Lost]]:
        """What is left of a difference, and what of it was only lost by the reader."""
        if difference.change_class not in _OF_TEXT or VISIBILITY_KINDS & set(difference.kinds):
            return difference, []
        fact = fact_of_subject(difference.subject)
        if fact is not None:
            return self._sift_fact(difference, fact[0])
        if difference.change_class is ChangeClass.TECHNICAL and not self._other_reader:
            return difference, []
        old, new = difference.before.splitlines(), difference.after.splitlines()
        kept = {steady_form(line) for line in new} & {steady_form(line) for line in old}
        lost = [line for line in old if steady_form(line) not in kept and self._is_lost(line)]
        regained = [line for line in new if steady_form(line) not in kept and self._is_regained(line)]
        missing = [Lost(line, "text") for line in lost]
        if not lost and not regained:
            return self._tell_earlier(self._as_real(difference)), []
        before = "\n".join(line for line in old if line not in lost)
        after = "\n".join(line for line in new if line not in regained)
        if steady_form(before) == steady_form(after):
            return None, missing
        return self._tell_earlier(self._as_real(judge_again(difference, before, after))), missing

    def find_successors(self, difference: Difference) -> tuple[Difference, list[Lost]]:
        """The difference with the wording that stands in the place of what went, where no reader has read it."""
        if difference.change_class not in (ChangeClass.RULE, ChangeClass.WORDING) or "#" in difference.subject:
            return difference, []
        if difference.after or VISIBILITY_KINDS & set(difference.kinds):
            return difference, []
        found = [line for line in map(self._successor_of, difference.before.splitlines()) if line]
        if not found:
            return difference, []
        return judge_again(difference, difference.before, "\n".join(found)), [Lost(line, "text") for line in found]

    def _sift_fact(self, difference: Difference, kind: FactKind) -> tuple[Difference | None, list[Lost]]:
        if kind not in _OF_FACTS or bool(difference.before) == bool(difference.after):
            return difference, []
        reading = self._before if difference.before else self._after
        shown = next(
            (f.shown for f in reading.facts if name_fact(f.kind, f.subject, f.qualifier) == difference.subject), ""
        )
        if len(compact_form(shown)) < _LEAST_SHOWN:
            return difference, []
        if difference.before and self._shown_after.holds(shown):
            return None, [Lost(shown, kind.value)]
        if difference.after and self._shown_before.holds(shown):
            return None, []
        return difference, []

    def _is_lost(self, line: str) -> bool:
        return self._shown_after.holds(line) and not self._read_after.holds(line)

    def _is_regained(self, line: str) -> bool:
        """Whether a line stood on the page all along: a rule among them only when the reader had lost it."""
        if not self._shown_before.holds(line) or self._read_before.holds(line):
            return False
        return self._known is None or not is_guarded(line) or self._known.holds(line)

    def _tell_earlier(self, difference: Difference) -> Difference:
        """The difference, with the remark that its new wording was on the page before, where no rules are read."""
        lines = [line for line in difference.after.splitlines() if compact_form(line)]
        if not any(self._shown_before.holds(line) and not self._read_before.holds(line) for line in lines):
            return difference
        remark = "（前一次抓取的网页别处已显示此文字，但不在所读的条款之中；首次出现的时间更早）"
        return replace(difference, reason=difference.reason + remark)

    def _successor_of(self, line: str) -> str:
        """The line that stands in the place of one that is gone, where the reader does not see it."""
        found = _nearest_unread(line, self._shown_after, self._read_after, ())
        return found if found and not self._shown_before.holds(found) else ""

    def _as_real(self, difference: Difference) -> Difference:
        if difference.change_class is not ChangeClass.TECHNICAL:
            return difference
        judged = judge_texts(difference.before, difference.after)
        if judged.effect is Effect.NEUTRAL and not any(map(is_guarded, (difference.before, difference.after))):
            return difference
        return replace(
            difference, change_class=ChangeClass.RULE, severity=judged.severity, effect=judged.effect,
            kinds=judged.kinds, reason=f"{judged.reason}（页面改由另一读取程序读取，已与网页全文核对）",
        )  # fmt: skip


def _read_text(reading: Reading) -> str:
    return "\n".join(block.text for block in reading.blocks) if reading.blocks else reading.text


def _is_fact(one: Lost) -> bool:
    return one.what != "text"


def _nearest_unread(line: str, page: ShownLines, read: ShownLines, taken: Sequence[Lost]) -> str:
    """The line of the page most like this one that no reader has read; "" when none is alike."""
    others = {compact_form(one.text) for one in taken}
    found = process.extractOne(
        compact_form(line), [form for form in page.forms if form not in others], scorer=fuzz.ratio, score_cutoff=_ALIKE
    )
    if found is None:
        return ""
    near = page.forms[found[0]]
    return "" if read.holds(near) else near


def _tell_gone(one: Lost, successor: str) -> Difference:
    judged = judge_texts(one.text, successor)
    neutral = judged.effect is Effect.NEUTRAL and not is_guarded(one.text)
    return Difference(
        ChangeClass.WORDING if neutral else ChangeClass.RULE, judged.severity, judged.effect, judged.kinds, "",
        one.text, successor, f"{judged.reason}（此前读取程序已读不到该处，现网页全文中也不再出现此文字）",
    )  # fmt: skip
