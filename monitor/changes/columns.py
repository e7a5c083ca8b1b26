"""Reads a row of a table under its headings: 4小时 in the column 开通 is how long opening takes, not a warranty.

For judging, the heading of its column is put before each bare measure; what is shown and quoted stays the row of the
page. A table is a run of lines with as many cells, its first line the headings; both sides must have it. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from monitor.changes.clauses import Clause
from storage.model import Difference

_RULE_LINE = re.compile(r"^[\s|:：+-]+$")
_MEASURED = re.compile(
    r"^\W*\d+(?:\.\d+)?\s?(?:个?(?:小时|工作日|自然日|月|星期|周)|天|日|年|分钟|秒|h|%|次|元)?\W*$", re.IGNORECASE
)
_HEADING = re.compile(r"^[^\d]{1,10}$")
_PRICE_NAMED = re.compile(r"(?<=[由到为])(?:价格|售价|单价|现价|价)\s?(?=\d)")
_LEAST_CELLS = 2


def name_cells(
    before: Sequence[Clause], after: Sequence[Clause]
) -> tuple[list[Clause], list[Clause], Mapping[str, str]]:
    """Both sides with headings before bare measures, and each row that was so changed with its own text."""
    if not any("|" in clause.text or "｜" in clause.text for clause in before):
        return list(before), list(after), {}
    headed = [_find_headings(side) for side in (before, after)]
    shared = {names for _place, names in headed[0].items()} & {names for _place, names in headed[1].items()}
    own: dict[str, str] = {}
    sides = [_name_side(side, found, shared, own) for side, found in zip((before, after), headed, strict=True)]
    return sides[0], sides[1], own


def show_rows(difference: Difference, own: Mapping[str, str]) -> Difference:
    """The difference with the rows of the page in place of those that were judged."""
    if not own:
        return difference
    texts = (
        "\n".join(own.get(line, line) for line in text.split("\n")) for text in (difference.before, difference.after)
    )
    old, new = texts
    return replace(difference, before=old, after=new, reason=_PRICE_NAMED.sub("", difference.reason))


def _find_headings(clauses: Sequence[Clause]) -> dict[int, tuple[str, ...]]:
    """The headings of every row, by the place of the row."""
    found: dict[int, tuple[str, ...]] = {}
    headings: tuple[str, ...] = ()
    for place, clause in enumerate(clauses):
        if _RULE_LINE.match(clause.text) and "|" in clause.text:
            continue
        cells = _split(clause.text)
        if len(cells) < _LEAST_CELLS:
            headings = ()
        elif len(cells) != len(headings):
            headings = tuple(cells) if all(_HEADING.match(cell) for cell in cells) else ()
        else:
            found[place] = headings
    return found


def _name_side(
    clauses: Sequence[Clause],
    headed: Mapping[int, tuple[str, ...]],
    shared: set[tuple[str, ...]],
    own: dict[str, str],
) -> list[Clause]:
    named: list[Clause] = []
    for place, clause in enumerate(clauses):
        headings = headed.get(place, ())
        told = _tell(_split(clause.text), headings) if headings in shared else ""
        if told:
            own[told] = clause.text
        named.append(replace(clause, text=told) if told else clause)
    return named


def _split(line: str) -> list[str]:
    bare = line.strip().replace("｜", "|")
    return [cell.strip() for cell in bare.strip("|").split("|")] if "|" in bare else []


def _tell(cells: Sequence[str], headings: Sequence[str]) -> str:
    """The cells with headings before bare measures; "" where there is none."""
    if not any(_MEASURED.match(cell) for cell in cells[1:]):
        return ""
    told = [
        f"{heading} {cell}" if place and _MEASURED.match(cell) else cell
        for place, (heading, cell) in enumerate(zip(headings, cells, strict=True))
    ]
    return " | ".join(told)
