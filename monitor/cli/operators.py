"""`operators`: which sites are under one control, as known now or on a day, and what happened to each operator why."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from monitor.cli.asking import open_asked_archive, read_moment
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, plain_text, print_json, print_table, show_time

if TYPE_CHECKING:
    from monitor.operators.operator_store import Settled
    from storage.archive import Archive
    from storage.identity import Operator, OperatorEvent

_SHOWN_SITES = 6
_EVENT_WORDS = {
    "born": "首次认定",
    "gained": "新增站点",
    "lost": "移出站点",
    "merged": "合并",
    "split": "拆分",
    "ended": "不再成立",
}


@click.command()
@click.argument("asked", metavar="[PLATFORM|SITE|OPERATOR]", default="")
@click.option("--at", default="", metavar="T", help="As known at this time.  [default: now]")
@click.option("--events", "with_events", is_flag=True, help="Tell what happened to them, and why.")
@click.option("--rebuild", is_flag=True, help="Work all operators out anew from all statements.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=1000, show_default=True, help="How many at most.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def operators_command(
    context: click.Context, asked: str, at: str, with_events: bool, rebuild: bool, limit: int, as_json: bool
) -> ExitCode:
    """List operators: sets of sites that are shown to be under one control, with band and history.

    What new statements or decisions touched is worked out first. An operator of band 高度疑似 holds those of 确认
    that it would join; it is a lead for you, and stays on this machine. Status 6 where there is none.
    """
    moment = read_moment(at, "--at", end=True)
    with open_asked_archive(context) as archive:
        done = _bring_up_to_date(archive, rebuild)
        found = _find(archive, asked, moment, limit)
        events = _events_of(archive, found, moment, limit) if with_events or as_json else ()
    if as_json:
        print_json(
            {
                "at": moment or datetime.now(UTC),
                "operators": [operator_data(one) for one in found],
                "events": events,
                "notes": done.notes,
            }
        )
        return ExitCode.DONE if found else ExitCode.NOTHING_FOUND
    _print(found, events)
    for note in done.notes:
        click.echo(plain_text(note), err=True)
    return ExitCode.DONE if found else ExitCode.NOTHING_FOUND


def operator_data(one: Operator) -> dict[str, object]:
    """An operator as JSON; the field names are documented in docs/json.md."""
    return {"id": one.id, "band": one.band, "sites": one.sites, "since": one.since, "until": one.until}


def _bring_up_to_date(archive: Archive, rebuild: bool) -> Settled:
    from monitor.operators.operator_store import rebuild_operators, settle_operators

    def tell(done: int, total: int) -> None:
        if total > 5000:
            click.echo(f"{done:,} of {total:,}", err=True)

    work = rebuild_operators if rebuild else settle_operators
    return work(archive, at=datetime.now(UTC), on_progress=tell)


def _find(archive: Archive, asked: str, at: datetime | None, limit: int) -> tuple[Operator, ...]:
    from monitor.operators.asked_sites import find_sites
    from storage.operators import get_operator, list_operators
    from storage.sites import epochs_of

    with archive.database.reading() as session:
        if not asked:
            return list_operators(session, at=at, limit=limit)
        if asked.startswith("o-"):
            return (get_operator(session, asked, at=at),)
        sites = find_sites(session, asked)
        if not sites:
            fail(
                f"no platform, site or operator '{plain_text(asked[:200])}' is known; see `cardwatch sites`",
                ExitCode.NOTHING_FOUND,
            )
        return list_operators(session, epochs_of(session, sites), at=at, limit=limit)


def _events_of(
    archive: Archive, operators: tuple[Operator, ...], at: datetime | None, limit: int
) -> tuple[OperatorEvent, ...]:
    from storage.operators import list_events

    with archive.database.reading() as session:
        return list_events(session, [one.id for one in operators], until=at, limit=limit) if operators else ()


def _print(found: tuple[Operator, ...], events: tuple[OperatorEvent, ...]) -> None:
    if not found:
        click.echo("no operators: no two sites are shown to be under one control", err=True)
        return
    rows = [
        (one.id, one.band, len(one.sites), _list(one.sites), show_time(one.since)[:10], _until(one)) for one in found
    ]
    print_table(("运营者", "把握", "站点数", "站点", "自", "至"), rows, keep=("运营者",))
    for event in events:
        others = f"（{'、'.join(event.others)}）" if event.others else ""
        word = _EVENT_WORDS[event.kind]
        line = f"{show_time(event.at)} {event.operator} {word}{others}：{_list(event.sites)}。{_shorten(event.cause)}"
        click.echo(plain_text(line))


def _shorten(cause: str) -> str:
    """The first and gravest part of a cause; all of it is in the JSON."""
    parts = cause.split("；")
    return parts[0] + (f"（另有 {len(parts) - 1} 项，见 --json）" if len(parts) > 1 else "")


def _until(one: Operator) -> str:
    return show_time(one.until)[:10] if one.until else ""


def _list(sites: tuple[str, ...]) -> str:
    return "、".join(sites[:_SHOWN_SITES]) + (f" 等 {len(sites)} 个" if len(sites) > _SHOWN_SITES else "")
