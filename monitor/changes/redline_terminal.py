"""A redline for a terminal: `[-旧-]{+新+}` without colour, red and green with it. Chinese."""

from __future__ import annotations

import time
from collections.abc import Sequence

from monitor.changes.redline import TIME_LIMIT, Redline, Run, RunKind, make_redline
from monitor.changes.redline_words import (
    EFFECT_WORDS,
    NOT_QUOTABLE,
    Side,
    Sighting,
    show_hidden,
    tell_sighting,
    tell_tags,
    tell_verdict,
)
from monitor.changes.shifts import find_shifts
from storage.model import Difference, Effect

_FOLDED = 160
_KEPT_AROUND = 40
_SHOWN_DIFFERENCES = 200


def render_redline_terminal(
    differences: Sequence[Difference],
    *,
    old: Side,
    new: Side,
    colour: bool,
    sightings: Sequence[Sighting | None] = (),
) -> str:
    """Both sides, the verdict, then each change with since when, its measures and its wording."""
    lines = [
        f"旧  {show_hidden(old.name)}  {show_hidden(old.seen)}",
        f"新  {show_hidden(new.name)}  {show_hidden(new.seen)}",
        f"结论：{show_hidden(tell_verdict(differences))}",
    ]
    spans = {tell_sighting(sighting, old, new) for sighting in sightings}
    if len(spans) == 1:
        lines.append(spans.copy().pop())
    deadline = time.monotonic() + TIME_LIMIT
    for number, difference in enumerate(differences[:_SHOWN_DIFFERENCES], 1):
        redline = make_redline(difference.before, difference.after, limit=max(0.02, deadline - time.monotonic()))
        lines += [
            "",
            f"{number}. {tell_tags(difference)}  {show_hidden(difference.subject)}".rstrip(),
            f"   {show_hidden(difference.reason)}",
        ]
        if time.monotonic() < deadline:
            for shift in find_shifts(redline, difference.before, difference.after).all:
                effect = f"，{EFFECT_WORDS[shift.effect]}" if shift.effect is not Effect.NEUTRAL else ""
                lines.append(f"   ▸ {show_hidden(shift.sentence)}{effect}")
        sighting = sightings[number - 1] if number <= len(sightings) else None
        if sighting is not None and len(spans) > 1:
            lines.append(f"   {tell_sighting(sighting, old, new)}")
        if not difference.quotable:
            lines.append(f"   （{NOT_QUOTABLE.rstrip('。')}）")
        text = "".join(_paint(run, colour) for run in _fold_runs(redline))
        lines += [f"   {line}" for line in text.splitlines() if line.strip()]
    if len(differences) > _SHOWN_DIFFERENCES:
        lines.append(f"另有 {len(differences) - _SHOWN_DIFFERENCES} 处变更未逐一列出。")
    return "\n".join(lines) + "\n"


def _fold_runs(redline: Redline) -> list[Run]:
    """Long equal runs cut in the middle."""
    folded = []
    for run in redline.runs:
        if run.kind is RunKind.EQUAL and len(run.text) > _FOLDED:
            run = Run(RunKind.EQUAL, f"{run.text[:_KEPT_AROUND]} … {run.text[-_KEPT_AROUND:]}")
        folded.append(run)
    return folded


def _paint(run: Run, colour: bool) -> str:
    text = show_hidden(run.text)
    if run.kind is RunKind.EQUAL:
        return text
    if colour:
        return f"\x1b[{'31;9' if run.kind is RunKind.REMOVED else '32;4'}m{text}\x1b[0m"
    return f"[-{text}-]" if run.kind is RunKind.REMOVED else f"{{+{text}+}}"
