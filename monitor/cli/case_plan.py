"""`case plan` and `case check`: which channels in which order, and what a channel would refuse."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from monitor.cli.asking import read_moment
from monitor.cli.case_found import find_case, open_case_archive
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, plain_text, print_json

if TYPE_CHECKING:
    from monitor.complaints.filing.prefiling import PreFiling
    from monitor.complaints.model import CaseFile, Missing, Plan
    from monitor.config.complaints import ComplaintSettings


@click.command()
@click.argument("case_id", metavar="CASE")
@click.option("--at", default="", metavar="T", help="As of this time.  [default: now]")
@click.option("--full", is_flag=True, help="Tell every step at length.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def plan_command(context: click.Context, case_id: str, at: str, full: bool, as_json: bool) -> None:
    """Say which channels fit a case, in which order, why, and what blocks each.

    Nothing is submitted. What has no source in law is marked; amounts that are experience values are called so.
    """
    from monitor.complaints.routing.plan import plan_case
    from monitor.complaints.routing.plan_text import tell_plan

    file, settings = load_case_file(context, case_id, at)
    plan = plan_case(file, settings)
    if as_json:
        print_json({"case": file.case.id, "at": file.at, **plan_data(plan, settings)})
        return
    for line in tell_plan(plan, file.case.id, file.today, full=full):
        click.echo(plain_text(line))


@click.command()
@click.argument("case_id", metavar="CASE")
@click.option("--channel", default="", metavar="C", help="For this channel.  [default: those that the plan has now]")
@click.option("--at", default="", metavar="T", help="As of this time.  [default: now]")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def check_command(context: click.Context, case_id: str, channel: str, at: str, as_json: bool) -> None:
    """Say what a channel would refuse or return, by which article, and what an opponent will attack in the evidence."""
    from monitor.complaints.evidence.exhibits import list_exhibits
    from monitor.complaints.filing.whole_check import check_whole
    from monitor.complaints.routing.plan import plan_case
    from monitor.complaints.routing.plan_text import tell_check

    if channel:
        channel = require_channel(channel)
    file, settings = load_case_file(context, case_id, at)
    plan = plan_case(file, settings)
    first = [step.channel for step in plan.steps if step.place == 1]
    wanted = [channel] if channel else first or ["p12315"]
    exhibits = list_exhibits(file)
    checks = [check_whole(file, one, exhibits, settings) for one in wanted]
    if as_json:
        print_json({"case": file.case.id, "at": file.at, "checks": [check_data(one) for one in checks]})
        return
    for place, check in enumerate(checks):
        for line in ("", *tell_check(check, file.case.id, file.today))[0 if place else 1 :]:
            click.echo(plain_text(line))


def load_case_file(context: click.Context, case_id: str, at: str) -> tuple[CaseFile, ComplaintSettings]:
    """The file of a case and the settings; an unknown or erased case ends the command."""
    from monitor.complaints.gather import gather_case

    moment = read_moment(at, "--at", end=True) or datetime.now(UTC)
    with open_case_archive(context) as (archive, settings):
        with archive.database.reading() as session:
            case = find_case(session, case_id, living=True)
        return gather_case(archive, case.id, at=moment, settings=settings.complaints), settings.complaints


def require_channel(words: str) -> str:
    """The id of the channel that is meant by an id or a Chinese name; ends the command where none or several are."""
    from monitor.complaints.routing.channels import find_channels_called, load_channels, tell_channels

    found, shown = find_channels_called(words), plain_text(words[:40])
    if len(found) > 1:
        fail(f"“{shown}”不止一个渠道，写全或写代号：{tell_channels(found)}", ExitCode.WRONG_USE)
    if not found:
        fail(f"没有渠道“{shown}”。可用的渠道：{tell_channels(load_channels().values())}", ExitCode.WRONG_USE)
    return found[0].id


def plan_data(plan: Plan, settings: ComplaintSettings) -> dict[str, object]:
    """A plan as JSON; the field names are documented in docs/json.md."""
    from monitor.complaints.routing.channels import limits_of

    return {
        "refused": plan.refused,
        "steps": [
            {
                "channel": one.channel,
                "name": one.name,
                "layer": one.layer,
                "place": one.place,
                "reason": one.reason,
                "start": one.start,
                "blocked": [missing_data(gap) for gap in one.blocked],
                "excludes": list(one.excludes),
                "warnings": list(one.warnings),
                "letters": list(one.letters),
                "gives": one.gives,
                "gives_not": one.gives_not,
                "cost": one.cost,
                "entry": one.entry,
                "forum": one.forum,
                "due": one.due,
                "after": list(one.after),
                "limits": limits_of(one.channel, settings),
            }
            for one in plan.steps
        ],
        "unsuited": [
            {"channel": one.channel, "name": one.name, "reason": one.reason, "articles": list(one.articles)}
            for one in plan.unsuited
        ],
        "flags": [{"id": name, "sentence": sentence} for name, sentence in plan.flags],
        "notes": list(plan.notes),
        "basis": dict(plan.basis),
    }


def check_data(check: PreFiling) -> dict[str, object]:
    """A pre-filing check as JSON; the field names are documented in docs/json.md."""
    return {
        "channel": check.channel,
        "ready": check.ready,
        "blocks": [missing_data(one) for one in check.blocks],
        "warnings": list(check.warnings),
        "attacks": [
            {"id": one.id, "what": one.what, "mend": one.mend, "ids": list(one.ids), "articles": list(one.articles)}
            for one in check.attacks
        ],
    }


def missing_data(one: Missing) -> dict[str, object]:
    """Something that is missing, as JSON."""
    return {
        "field": one.field,
        "what": one.what,
        "why": one.why,
        "mend": one.mend,
        "articles": list(one.articles),
        "read": one.read,
    }
