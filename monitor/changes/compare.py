"""Compares two readings of one page: facts by key, clauses by alignment, each difference classed and judged.

Pure: the same two readings always give the same differences, and a reading against itself gives none. A reading made by
another extractor release is compared too, but every difference of it is technical, never a rule change.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from monitor.changes.align import align_clauses
from monitor.changes.beside import compare_aligned
from monitor.changes.clauses import MAXIMUM_CHARACTERS, MAXIMUM_CLAUSES, Clause, reached_bound, split_reading
from monitor.changes.columns import name_cells, show_rows
from monitor.changes.fact_judging import fact_of_subject
from monitor.changes.facts import READ_FROM_TEXT, changed_subjects, compare_facts, rename_subjects
from monitor.changes.listed import compare_links, withhold_absences, without_links
from monitor.changes.normal_forms import compact_form
from monitor.changes.other_software import mark_technical, tell_other_software
from monitor.changes.pictures import compare_pictures, without_unread_pictures
from monitor.changes.rules import tell_unread
from monitor.changes.visibility import compare_visibility
from scrapers.model import Block, BlockKind, Reading, Role
from storage.model import ChangeClass, Difference, Effect, Severity

MAXIMUM_DIFFERENCES = 500
_LINE_TAG = re.compile(r"</?(?:br|p|li|div|tr|h[1-6]|ul|ol|table)(?:\s[^<>]{0,300})?/?>", re.IGNORECASE)
_READER_OF_TEXT = "text"
_UNIMPORTANT = (ChangeClass.MOVED, ChangeClass.NOISE, ChangeClass.TECHNICAL)


@dataclass(frozen=True)
class Summary:
    """All differences of a page in one: the weightiest class and kinds, the effect of all, one Chinese sentence."""

    change_class: ChangeClass | None
    effect: Effect
    severity: Severity
    kinds: tuple[str, ...]
    reason: str


def compare_readings(before: Reading, after: Reading, *, role: Role) -> tuple[Difference, ...]:
    """Every difference between two readings of a page, the gravest first; at most `MAXIMUM_DIFFERENCES`."""
    if before == after:
        return ()
    before, after = without_unread_pictures(before, after)
    rename = rename_subjects(before, after, role=role)
    skipped = changed_subjects(before, after, role=role)
    pictures = compare_pictures(before, after)
    old = [_rename(clause, rename.get(clause.subject, clause.subject)) for clause in split_reading(before, role=role)]
    new = list(split_reading(after, role=role))
    cut = reached_bound(old) or reached_bound(new)
    old = [clause for clause in old if clause.subject not in skipped and not pictures.hides(clause)]
    new = [clause for clause in new if clause.subject not in skipped and not pictures.shows_again(clause)]
    old, new, rows = name_cells(old, new)
    alignment = align_clauses(old, new)
    told = tuple(
        show_rows(one, rows) for one in (*compare_aligned(alignment), *compare_visibility(alignment.pairs, old, new))
    )
    found = compare_facts(without_links(before), without_links(after), role=role)
    facts = [fact for fact in found if not _is_told(fact, told, before, after)]
    facts = [*withhold_absences(facts, before, after), *compare_links(before, after)]
    differences = [*facts, *pictures.differences, *told]
    if not differences:
        differences = _name_rest(old, new)
    if cut and _texts(before) != _texts(after):
        reason = f"页面超过{MAXIMUM_CLAUSES}条或{MAXIMUM_CHARACTERS}字，其后的内容未比对，须人工核对"
        differences.append(tell_unread("", "", "", reason))
    if before.release != after.release:
        cause = f"读取程序由{before.release}变为{after.release}"
        differences = [mark_technical(difference, cause) for difference in differences]
    elif before.family != after.family:
        differences = tell_other_software(differences, before, after)
    return _bound(sorted(differences, key=_weight))


def _is_told(fact: Difference, told: Sequence[Difference], before: Reading, after: Reading) -> bool:
    """Whether a promise that was read out of the text as a fact is told by its clause, or stood there all along."""
    named = fact_of_subject(fact.subject)
    if named is None or named[0] not in READ_FROM_TEXT:
        return False
    old, new = compact_form(fact.before), compact_form(fact.after)
    if not (old and new):
        other = before if new else after
        if any((old or new) in compact_form(line) for block in other.blocks for line in block.text.splitlines()):
            return True
    sides = (
        (compact_form(one.before), compact_form(one.after))
        for one in told
        if one.change_class in (ChangeClass.RULE, ChangeClass.WORDING, ChangeClass.PRICE)
    )
    # A promise of several lines holds the clauses that tell of it; one of a few words stands in a clause.
    return any((old in a and new in b) or ((a or b) and a in old and b in new) for a, b in sides)


def compare_texts(before: str, after: str, *, role: Role = Role.TERMS) -> tuple[Difference, ...]:
    """Compare two plain texts as the terms, notice or description of a page."""
    differences = compare_readings(read_plain(before, role=role), read_plain(after, role=role), role=role)
    if differences or before == after:
        return differences
    reason = "只是标记或排版变化，文字内容相同"
    return (Difference(ChangeClass.NOISE, Severity.NONE, Effect.NEUTRAL, ("formatting_only",), "", "", "", reason),)


def read_plain(text: str, *, role: Role = Role.TERMS) -> Reading:
    """A plain text as a reading with one block."""
    kinds = {Role.PRODUCT: BlockKind.DESCRIPTION, Role.NOTICE: BlockKind.NOTICE, Role.CONTACT: BlockKind.CONTACT}
    text = _LINE_TAG.sub("\n", text) if "<" in text else text
    block = Block(kinds.get(role, BlockKind.TERMS), text)
    return Reading(_READER_OF_TEXT, 1.0, _READER_OF_TEXT, "", text, blocks=(block,) if text.strip() else ())


def summarise_differences(differences: Sequence[Difference]) -> Summary:
    """One verdict over all differences: good news never hides bad."""
    if not differences:
        return Summary(None, Effect.NEUTRAL, Severity.NONE, (), "没有变化")
    ranked = sorted(differences, key=_weight)
    effects = {difference.effect for difference in differences if difference.change_class not in _UNIMPORTANT}
    if Effect.MIXED in effects or {Effect.WORSE, Effect.BETTER} <= effects:
        effect = Effect.MIXED
    else:
        effect = next((one for one in (Effect.WORSE, Effect.BETTER) if one in effects), Effect.NEUTRAL)
    kinds = tuple(dict.fromkeys(kind for difference in ranked for kind in difference.kinds))
    reason = "；".join(dict.fromkeys(difference.reason for difference in ranked[:3]))
    return Summary(ranked[0].change_class, effect, ranked[0].severity, kinds, reason)


def _weight(difference: Difference) -> tuple[int, int, int]:
    order = {Effect.WORSE: 0, Effect.MIXED: 0, Effect.BETTER: 1, Effect.NEUTRAL: 2}
    return -difference.severity.rank, order[difference.effect], list(ChangeClass).index(difference.change_class)


def _name_rest(before: Sequence[Clause], after: Sequence[Clause]) -> list[Difference]:
    """Nothing is said otherwise, yet marks, numbers or headings differ: one difference of class noise."""
    old, new = ([(clause.number, clause.text) for clause in clauses] for clauses in (before, after))
    if old == new:
        return []
    pairs = zip([*old, *[("", "")] * len(new)], [*new, *[("", "")] * len(old)], strict=False)
    first = next(((a, b) for a, b in pairs if a != b), (("", ""), ("", "")))
    texts = [" ".join(part for part in side if part) for side in first]
    return [
        Difference(
            ChangeClass.NOISE, Severity.NONE, Effect.NEUTRAL, ("formatting_only",), "", texts[0], texts[1],
            "只是编号、标点或排版变化，文字内容相同",
        )
    ]  # fmt: skip


def _texts(reading: Reading) -> tuple[str, ...]:
    return tuple(block.text for block in reading.blocks) or (reading.text,)


def _bound(differences: Sequence[Difference]) -> tuple[Difference, ...]:
    if len(differences) <= MAXIMUM_DIFFERENCES:
        return tuple(differences)
    kept = differences[: MAXIMUM_DIFFERENCES - 1]
    rest = len(differences) - len(kept)
    last = differences[len(kept)]
    return (*kept, replace(last, reason=f"{last.reason}（另有{rest - 1}处变化未逐一列出）"))


def _rename(clause: Clause, subject: str) -> Clause:
    return clause if clause.subject == subject else replace(clause, subject=subject)
