"""`case list` and `case show`: the cases, and one of them on one screen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from monitor.cli.asking import read_moment
from monitor.cli.case_found import find_case, open_case_archive
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import plain_text, print_json, print_table, show_time

if TYPE_CHECKING:
    from monitor.complaints.facts.named_proofs import NamedProofs
    from monitor.complaints.model import CaseFile, Missing, PageAround, Plan, SeenVersion
    from storage.case import Case, CaseStep
    from storage.cases import CaseEvent


@click.command()
@click.option("--open", "open_only", is_flag=True, help="Only cases that are not closed.")
@click.option("--json", "as_json", is_flag=True, help="Print the cases as JSON.")
@click.pass_context
def list_command(context: click.Context, open_only: bool, as_json: bool) -> ExitCode:
    """List the cases, open ones first, with the next date and those whose personal data is due for erasure."""
    from monitor.complaints.facts.case_data import case_data
    from monitor.complaints.facts.case_screen import say_state
    from monitor.complaints.facts.case_text import name_case
    from monitor.complaints.facts.fact_paths import show_moment
    from storage.case_steps import list_steps
    from storage.cases import list_cases

    now = datetime.now(UTC)
    with open_case_archive(context) as (archive, settings), archive.database.reading() as session:
        cases = list_cases(session, open_only=open_only)
        steps = list_steps(session)
    days = settings.complaints.retention_days
    cases = tuple(sorted(cases, key=lambda one: (one.erased_at is not None, one.closed_at is not None, one.opened_at)))
    due = {case.id: next_due(case, steps) for case in cases}
    erasable = {case.id for case in cases if is_past_retention(case, days, now)}
    if as_json:
        rows = [
            {
                **case_data(case),
                "due_at": step.due_at if (step := due[case.id]) else None,
                "due_what": step.due_what if step else "",
                "erasure_due": case.id in erasable,
            }
            for case in cases
        ]
        print_json({"cases": rows, "retention_days": days})
        return ExitCode.DONE if cases else ExitCode.NOTHING_FOUND
    if not cases:
        click.echo("还没有案件：cardwatch case new 建一个", err=True)
        return ExitCode.NOTHING_FOUND
    table = []
    for case in cases:
        step = due[case.id]
        when = f"{show_moment(step.due_at)} {step.due_what}" if step and step.due_at else ""
        state = say_state(case) + ("，个人信息保存期已满，应清除" if case.id in erasable else "")
        table.append((case.id, name_case(case) if case.erased_at is None else "", state, when))
    print_table(("编号", "案件", "状态", "下一个期限"), table, keep=("编号",))
    if erasable:
        click.echo(f"{len(erasable)}个案件结案已超过{days}天：cardwatch case erase 编号 --reason 保存期满", err=True)
    return ExitCode.DONE


@click.command()
@click.argument("case_id", metavar="CASE")
@click.option("--at", default="", metavar="T", help="As the archive knew it at this time.  [default: now]")
@click.option("--history", is_flag=True, help="Show what was changed in the case, and when.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.pass_context
def show_command(context: click.Context, case_id: str, at: str, history: bool, as_json: bool) -> None:
    """Show a case on one screen: facts, evidence, steps, what the archive knows, what is missing, the next step."""
    from monitor.complaints.evidence.checklist import list_missing
    from monitor.complaints.facts.case_screen import say_state, show_case
    from monitor.complaints.facts.named_proofs import look_up_named
    from monitor.complaints.gather import gather_case
    from monitor.complaints.routing.channels import load_channels
    from monitor.complaints.routing.plan import plan_case
    from storage.cases import list_events

    moment = read_moment(at, "--at", end=True) or datetime.now(UTC)
    with open_case_archive(context) as (archive, settings):
        with archive.database.reading() as session:
            case = find_case(session, case_id)
            events = list_events(session, case.id)
            proofs = look_up_named(session, case.facts, case)
        if case.erased_at is None and not history:
            file = gather_case(archive, case.id, at=moment, settings=settings.complaints)
    if history:
        _show_history(case, events, as_json)
        return
    if case.erased_at is not None:
        from monitor.complaints.facts.case_data import case_data

        if as_json:
            print_json({"case": case_data(case)})
        else:
            click.echo(f"案件 {case.id}（{say_state(case)}）：{plain_text(case.erased_why)}")
        return
    missing, plan = list_missing(file), plan_case(file, settings.complaints)
    if as_json:
        print_json(show_data(file, missing, plan, proofs))
        return
    names = {name: channel.name for name, channel in load_channels().items()}
    for line in show_case(file, missing, plan, names, proofs):
        click.echo(plain_text(line))


def next_due(case: Case, steps: tuple[CaseStep, ...]) -> CaseStep | None:
    """The step of an open case whose answer is due first, None where nothing is due."""
    if case.closed_at is not None or case.erased_at is not None:
        return None
    waiting = [one for one in steps if one.case == case.id and one.due_at is not None and one.answered_at is None]
    return min(waiting, key=lambda one: one.due_at or datetime.max.replace(tzinfo=UTC), default=None)


def is_past_retention(case: Case, days: int, now: datetime) -> bool:
    """Whether a case was closed longer ago than its data is to be kept. It is never erased by itself."""
    return case.closed_at is not None and case.erased_at is None and now - case.closed_at > timedelta(days=days)


def show_data(file: CaseFile, missing: tuple[Missing, ...], plan: Plan, proofs: NamedProofs) -> dict[str, object]:
    """A case with all that is known around it, as JSON; the field names are documented in docs/json.md."""
    from monitor.cli.asking import change_data
    from monitor.complaints.facts.case_data import case_data, item_data, step_data
    from monitor.complaints.facts.fact_check import find_doubts, warn_of
    from monitor.complaints.facts.platform_contacts import find_contacts

    first = [step for step in plan.steps if step.place == 1]
    return {
        "case": case_data(file.case),
        "at": file.at,
        "items": [item_data(item) for item in file.items],
        "steps": [step_data(step) for step in file.steps],
        "pages": [_page_data(page) for page in file.pages],
        "changes": [change_data(change) for change in file.changes],
        "blinks": [{"change": change_data(one.change), "back_at": one.back.seen_at} for one in file.blinks],
        "respondent": file.who.conclusion if file.who else None,
        "contacts": find_contacts(file),
        "missing": [{"kind": one.field, "what": one.what, "why": one.why, "mend": one.mend} for one in missing],
        "next": [
            {
                "channel": step.channel,
                "name": step.name,
                "reason": step.reason,
                "start": step.start,
                "entry": step.entry,
                "blocked": [{"what": gap.what, "why": gap.why, "mend": gap.mend} for gap in step.blocked],
            }
            for step in first
        ],
        "refused": plan.refused,
        "flags": [sentence for _, sentence in plan.flags],
        "warnings": list(warn_of(file.case.facts)),
        "doubts": [*proofs.doubts, *find_doubts(file.case.facts, file.at, seen=proofs.seen)],
        "notes": list(file.notes),
    }


def _page_data(page: PageAround) -> dict[str, object]:
    return {
        "url": page.url,
        "role": page.role,
        "vantage": page.vantage,
        "before": _seen_data(page.before),
        "after": _seen_data(page.after),
        "newest": _seen_data(page.newest),
        "statement": page.statement,
        "alike": page.alike,
        "rules_alike": page.rules_alike,
        "gap_seconds": page.gap_seconds,
        "visits_now": page.visits_now,
    }


def _seen_data(seen: SeenVersion | None) -> dict[str, object] | None:
    if seen is None:
        return None
    third_party = seen.origin == "imported"
    return {"capture": seen.capture, "seen_at": seen.seen_at, "title": seen.title, "third_party": third_party}


def _show_history(case: Case, events: tuple[CaseEvent, ...], as_json: bool) -> None:
    from monitor.complaints.facts.fact_paths import show_moment
    from monitor.complaints.facts.fact_words import name_event, name_fact

    if as_json:
        changes = [
            {
                "at": event.at,
                "kind": event.kind,
                "changes": [{"fact": name, "before": old, "after": new} for name, old, new in event.changes],
            }
            for event in events
        ]
        print_json({"case": case.id, "events": changes})
        return
    for event in events:
        click.echo(f"{show_moment(event.at)} {name_event(event.kind)}")
        for name, old, new in event.changes if event.kind != "opened" else ():
            told = f"  {name_fact(name)}：{_shown(name, old)} → {_shown(name, new)}"
            click.echo(plain_text(told))


def _shown(name: str, value: object) -> str:
    """What a fact was, from the form in which events keep it."""
    from monitor.complaints.facts.case_text import show_part
    from monitor.complaints.facts.fact_paths import show_fact
    from monitor.complaints.facts.fact_words import words_of
    from storage.case_json import facts_of, yuan

    if name == "step":
        return _shown_step(value)
    if name == "why":
        return str(value or "（没有）")
    if name == "outcome":
        return words_of("outcome").get(str(value), ("（没有）",))[0]
    if name == "returned":
        return show_fact("", yuan(value)) if isinstance(value, int) else "（没有）"
    return show_part(facts_of({} if value is None else {name: value}), name) or "（没有）"


def _shown_step(value: object) -> str:
    """A filing that was taken out again, from the form in which events keep it."""
    from monitor.complaints.routing.channels import load_channels

    if not isinstance(value, dict):
        return "（删去）"
    channel = str(value.get("channel", ""))
    name = load_channels()[channel].name if channel in load_channels() else channel
    number = f"，编号 {value['receipt_no']}" if value.get("receipt_no") else ""
    return f"{name} {show_time(datetime.fromisoformat(str(value.get('filed_at', ''))))[:16]}{number}"
