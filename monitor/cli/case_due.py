"""`case due`: what is due in open cases, what comes next, and the same as a calendar file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.asking import read_moment
from monitor.cli.case_found import find_case, open_case_archive
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, plain_text, print_json

if TYPE_CHECKING:
    from monitor.complaints.deadlines.terms import DueRow

_CALENDAR = b"BEGIN:VCALENDAR"


@click.command()
@click.argument("case_id", metavar="[CASE]", default="")
@click.option("--at", default="", metavar="T", help="As of this time.  [default: now]")
@click.option("--ics", "calendar", type=click.Path(dir_okay=False, path_type=Path), help="Write a calendar file too.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def due_command(context: click.Context, case_id: str, at: str, calendar: Path | None, as_json: bool) -> ExitCode:
    """List what is due in open cases, earliest first, and the next move of what has passed.

    Working days go by the yearly arrangement of holidays; where it is not published yet the date is marked 暂定. Status
    6 when nothing is due.
    """
    from monitor.complaints.deadlines.terms import list_due
    from storage.case_steps import list_steps
    from storage.cases import list_cases

    moment = read_moment(at, "--at", end=True) or datetime.now(UTC)
    with open_case_archive(context) as (archive, settings), archive.database.reading() as session:
        cases = (find_case(session, case_id, living=True),) if case_id else list_cases(session, open_only=True)
        steps = list_steps(session, cases[0].id) if case_id else list_steps(session)
    rows = [
        row
        for case in cases
        for row in list_due(case, [step for step in steps if step.case == case.id], moment, settings.complaints)
    ]
    rows.sort(key=lambda row: (row.due.at, row.case, row.step))
    if calendar is not None:
        _write(calendar, rows, moment)
    if as_json:
        print_json({"at": moment, "due": [due_data(row) for row in rows]})
    else:
        _print(rows)
        if calendar is not None:
            click.echo(f"日历已写入 {calendar}（{len(rows)}项）", err=True)
    return ExitCode.DONE if rows or as_json else ExitCode.NOTHING_FOUND


def due_data(row: DueRow) -> dict[str, object]:
    """A row of what is due as JSON; the field names are documented in docs/json.md."""
    return {
        "case": row.case,
        "step": row.step,
        "channel": row.channel,
        "name": row.name,
        "due_at": row.due.at,
        "what": row.due.what,
        "provisional": row.due.provisional,
        "why_provisional": row.due.why,
        "confirmed": row.due.confirmed,
        "article": row.due.article,
        "yours": row.due.buyers,
        "passed": row.passed,
        "then": row.due.then,
        "next": list(row.next_moves),
    }


def _print(rows: list[DueRow]) -> None:
    from monitor.complaints.deadlines.terms import tell_due
    from monitor.complaints.routing.channels import load_channels

    if not rows:
        click.echo("没有未到期或已到期的事项；提交以后用 case file 记录，才有期限", err=True)
        return
    for row in rows:
        mark = "已过" if row.passed else "未到"
        click.echo(plain_text(f"[{mark}] {tell_due(row.due)}"))
        about = f"{row.name}" + (f"（{row.step}）" if row.step else "")
        click.echo(plain_text(f"      案件 {row.case}，{about}"))
        if row.due.why:
            click.echo(plain_text(f"      {row.due.why}"))
        if row.passed:
            names = "、".join(load_channels()[one].name for one in row.next_moves[:4])
            told = "；".join(filter(None, (row.due.then, f"可用的渠道：{names}" if names else "")))
            click.echo(plain_text(f"      下一步：{told}"))


def _write(path: Path, rows: list[DueRow], at: datetime) -> None:
    """Write the calendar; only a calendar file is ever replaced."""
    from monitor.complaints.deadlines.due_calendar import make_calendar

    if path.exists():
        with path.open("rb") as file:
            if file.read(len(_CALENDAR)) != _CALENDAR:
                fail(f"{path} 已存在，而且不是日历文件：换一个名字", ExitCode.WRONG_USE)
    elif not path.parent.is_dir():
        fail(f"{path.parent} 不是文件夹：先建立它", ExitCode.WRONG_USE)
    path.write_bytes(make_calendar(rows, at))
