"""`pages --noise`: what each page does all the time and is not told for, and which pages are read worse than before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from monitor.cli.asking import open_asked_archive, page_data
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import plain_text, print_json

if TYPE_CHECKING:
    from monitor.changes.habits import Habits
    from storage.model import ReadingState, WatchedPage

_KINDS = {
    "line": "a line that comes and goes",
    "shape": "a counter or token",
    "place": "a rotating place",
    "goods": "rotating goods",
    "guarded": "may be a rule: told every time",
}


def show_noise(context: click.Context, platform: str, as_json: bool) -> ExitCode:
    """Print what was learnt of the pages of a platform, or of all; JSON carries the same."""
    from monitor.page_memory import read_habits
    from monitor.rot_telling import state_data
    from storage.habits import list_states
    from storage.pages import list_pages

    with open_asked_archive(context) as archive, archive.database.reading() as session:
        pages = list_pages(session, platform)
        known = [(page, read_habits(session, page.id)) for page in pages]
        states = {state.page.id: state for state in list_states(session, open_only=True)}
    if as_json:
        print_json({
            "pages": [
                {
                    "page": page_data(page),
                    "visits": habits.visits,
                    "on_budget": habits.on_budget,
                    "blinks": habits.blinks.bit_count(),
                    "language": habits.language,
                    "habits": _habits_data(habits),
                    "reading": state_data(states[page.id]) if page.id in states else None,
                }
                for page, habits in known
            ]
        })  # fmt: skip
    else:
        _print_noise(known, states)
    return ExitCode.DONE if pages else ExitCode.NOTHING_FOUND


def _habits_data(habits: Habits) -> list[dict[str, object]]:
    return [
        {"kind": slot.kind, "example": slot.example, "changed": times, "visits": _window(habits)}
        for slot, times in habits.learnt()
    ]


def _print_noise(known: Sequence[tuple[WatchedPage, Habits]], states: dict[str, ReadingState]) -> None:
    from monitor.rot_telling import describe_state

    for page, habits in known:
        click.echo(f"{plain_text(page.platform)}  {page.role}  {page.url}  {habits.visits} visits")
        if page.id in states:
            click.echo(f"  {plain_text(describe_state(states[page.id]))}")
        if habits.on_budget:
            count = habits.blinks.bit_count()
            click.echo(f"  on a noise budget: something blinked in {count} of {_window(habits)} visits")
        for slot, times in habits.learnt():
            what = _KINDS.get(slot.kind, slot.kind)
            click.echo(f"  changed in {times} of {_window(habits)} visits, {what}: {plain_text(slot.example)}")


def _window(habits: Habits) -> int:
    from monitor.changes.habits import WINDOW

    return min(habits.visits, WINDOW)
