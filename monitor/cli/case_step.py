"""`case file` and `case answer`: what was filed where with which proof, and what came of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.asking import read_moment
from monitor.cli.case_found import find_case, open_case_archive
from monitor.cli.case_plan import require_channel
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, plain_text, print_json, show_time
from monitor.complaints.facts.step_outcomes import OUTCOME_ZH

if TYPE_CHECKING:
    from monitor.complaints.deadlines.terms import Due
    from monitor.config.complaints import ComplaintSettings
    from storage.archive import Archive
    from storage.case import CaseItem, CaseStep, Facts
    from storage.session import Session

OUTCOMES = ("accepted", *OUTCOME_ZH)
_MOST_TEXT = 500
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("case_id", metavar="CASE")
@click.argument("channel", metavar="CHANNEL")
@click.option("--filed-at", default="", metavar="T", help="When it was filed.  [default: now]")
@click.option("--proof", "proofs", multiple=True, type=_FILE, help="Receipt or screenshot of the filing; repeat.")
@click.option("--receipt-no", default="", metavar="NO", help="The number that the channel gave.")
@click.option("--note", default="", metavar="TEXT", help="What else is to be remembered.")
@click.option("--json", "as_json", is_flag=True, help="Print the step as JSON.")
@click.pass_context
def file_command(
    context: click.Context,
    case_id: str,
    channel: str,
    filed_at: str,
    proofs: tuple[Path, ...],
    receipt_no: str,
    note: str,
    as_json: bool,
) -> None:
    """Record that you filed something yourself, with its proof. The tool submits nothing.

    The proof becomes an item of the case and an entry of the custody log. Only what was recorded with a proof may be
    called filed in a letter.
    """
    from monitor.complaints.deadlines.calendar import day_of
    from monitor.complaints.deadlines.terms import due_after
    from monitor.complaints.routing.exclusions import find_conflicts
    from storage.case import CaseStep
    from storage.case_steps import keep_step, list_steps
    from storage.ids import new_id

    channel = require_channel(channel)
    now = datetime.now(UTC)
    moment = read_moment(filed_at, "--filed-at") or now
    if moment > now:
        fail(f"--filed-at {filed_at} 在将来：写已经提交的时间", ExitCode.WRONG_USE)
    _require_short(receipt_no, "--receipt-no")
    _require_short(note, "--note")
    with open_case_archive(context) as (archive, chosen):
        settings = chosen.complaints
        with archive.database.reading() as session:
            case = find_case(session, case_id, living=True)
            before = list_steps(session, case.id)
        if case.closed_at is not None:
            fail(f"案件 {case.id} 已结案，不能再记录提交", ExitCode.WRONG_USE)
        _refuse_twice(before, channel, moment, receipt_no)
        conflicts = find_conflicts(channel, before, day_of(moment))
        kept = _keep_proofs(archive, case.id, proofs, now, settings)
        due = due_after(channel, "filed", moment, settings)
        step = CaseStep(
            new_id("step", now),
            case.id,
            channel,
            moment,
            kept,
            receipt_no.strip(),
            due.at if due else None,
            due.what if due else "",
            due.provisional if due else False,
            note=note.strip(),
        )
        with archive.database.writing() as session:
            _refuse_twice(list_steps(session, case.id), channel, moment, receipt_no)  # by another process meanwhile
            keep_step(session, step)
    if as_json:
        print_json(step_data(step, due))
        return
    _tell_step(step, due, "已记录")
    for one in conflicts:
        click.echo(plain_text(f"注意：{one.what}；{one.why}。{one.mend}"), err=True)
    if not kept:
        click.echo("没有凭证（--proof）：函件中不会写“已提交”，请补截回执", err=True)


@click.command()
@click.argument("case_id", metavar="CASE")
@click.argument("step_id", metavar="STEP")
@click.option("--outcome", type=click.Choice(OUTCOMES), required=True, help="What came of it.")
@click.option("--at", "answered_at", default="", metavar="T", help="When the answer came.  [default: now]")
@click.option("--returned", default="", metavar="YUAN", help="What came back, in yuan.")
@click.option("--proof", "proofs", multiple=True, type=_FILE, help="The answer, notice or bill; repeat.")
@click.option("--note", default="", metavar="TEXT", help="The answer in short, in its own words.")
@click.option("--json", "as_json", is_flag=True, help="Print the step as JSON.")
@click.pass_context
def answer_command(
    context: click.Context,
    case_id: str,
    step_id: str,
    outcome: str,
    answered_at: str,
    returned: str,
    proofs: tuple[Path, ...],
    note: str,
    as_json: bool,
) -> None:
    """Record an answer, a refusal, or money that came back. STEP is the id of a step, or its channel.

    `accepted` is 受理: the next clock begins. `rejected` is 不予受理, `ended` a mediation without agreement, `silent`
    that nobody answered, `withdrawn` that you took it back yourself.
    """
    from monitor.complaints.deadlines.terms import apply_answer
    from storage.case_steps import change_step, list_steps

    now = datetime.now(UTC)
    moment = read_moment(answered_at, "--at") or now
    if moment > now:
        fail(f"--at {answered_at} 在将来：写已经收到答复的时间", ExitCode.WRONG_USE)
    _require_short(note, "--note")
    money = _read_money(returned)
    with open_case_archive(context) as (archive, chosen):
        settings = chosen.complaints
        with archive.database.reading() as session:
            case = find_case(session, case_id, living=True)
            step = _find_step(list_steps(session, case.id), step_id, case.id)
        if moment < step.filed_at:
            fail(f"答复时间早于提交时间（{show_time(step.filed_at)}），请核对", ExitCode.WRONG_USE)
        kept = _keep_proofs(archive, case.id, proofs, now, settings)
        changed, due = apply_answer(step, outcome, moment, settings)
        changed = replace(
            changed,
            proof=tuple(dict.fromkeys((*step.proof, *kept))),
            returned=money if money is not None else step.returned,
            note="；".join(filter(None, (step.note, note.strip()))),
        )
        with archive.database.writing() as session:
            changed = change_step(session, changed)
            steps = list_steps(session, case.id)
    if as_json:
        print_json(step_data(changed, due))
        return
    _tell_step(changed, due, "已更新")
    _tell_next(changed, steps, case.facts)


@click.command()
@click.argument("case_id", metavar="CASE")
@click.argument("step_id", metavar="STEP")
@click.option("--why", required=True, metavar="TEXT", help="Why the record is wrong.")
@click.option("--yes", is_flag=True, help="Do not ask before a step that was accepted is taken out.")
@click.option("--json", "as_json", is_flag=True, help="Print the step as it was as JSON.")
@click.pass_context
def unfile_command(context: click.Context, case_id: str, step_id: str, why: str, yes: bool, as_json: bool) -> None:
    """Take out a filing that was recorded by mistake. STEP is the id of a step, or its channel.

    Only the record goes: what was really filed and then taken back is an answer, `case answer … --outcome withdrawn`.
    A receipt that was brought for this step alone leaves the case with it, as by `case remove`. The history of the case
    keeps what was recorded, and why it went.
    """
    from storage.case_items import remove_item
    from storage.case_steps import list_steps, remove_step

    _require_short(why, "--why")
    if not why.strip():
        fail("--why 是空的：写一句为什么记错了", ExitCode.WRONG_USE)
    with open_case_archive(context) as (archive, _):
        with archive.database.reading() as session:
            case = find_case(session, case_id, living=True)
            step = _find_step(list_steps(session, case.id), step_id, case.id)
        if case.closed_at is not None:
            fail(f"案件 {case.id} 已结案：先用 case close {case.id} --reopen 重新打开", ExitCode.WRONG_USE)
        if step.accepted_at is not None and not yes:
            click.echo(
                f"这一步记录了 {show_time(step.accepted_at)[:16]} 已受理：真的提交过又撤回的，用 case answer", err=True
            )
            click.confirm("确定是误记、要删去吗？", abort=True, err=True)
        now = datetime.now(UTC)
        with archive.database.writing() as session:
            own = _receipts_of(session, step, case.facts)
            removed = remove_step(session, step.id, why.strip(), now)
            gone = [remove_item(session, item.id, now) for item in own]
    if as_json:
        print_json(step_data(removed, None))
        return
    _tell_step(removed, None, "已删去误记的提交")
    click.echo(f"原来的记录和原因留在历史里：cardwatch case show {case.id} --history", err=True)
    for item in gone:
        click.echo(
            f"它的凭证已从案件中移除：{item.id}  {plain_text(item.title)}；原件仍封存，要用时再用 case add 加入",
            err=True,
        )
    if len(gone) < len(removed.proof):
        click.echo("其余凭证另有用处，仍是本案的证据；不要的话用 case remove 移除", err=True)


def _receipts_of(session: Session, step: CaseStep, facts: Facts) -> tuple[CaseItem, ...]:
    """The receipts of a step that nothing else in the case rests on."""
    from storage.case_items import list_items
    from storage.case_steps import list_steps

    used = {one for other in list_steps(session, step.case) if other.id != step.id for one in other.proof}
    used |= {*facts.fraud_evidence, facts.advert_relied_on, facts.consent}
    return tuple(
        item
        for item in list_items(session, step.case)
        if item.evidence in step.proof and item.kind == "receipt" and not {item.id, item.evidence} & used
    )


def step_data(step: CaseStep, due: Due | None) -> dict[str, object]:
    """A step as JSON; the field names are documented in docs/json.md."""
    return {
        "id": step.id,
        "case": step.case,
        "channel": step.channel,
        "filed_at": step.filed_at,
        "proof": list(step.proof),
        "receipt_no": step.receipt_no,
        "due_at": step.due_at,
        "due_what": step.due_what,
        "provisional": step.provisional,
        "why_provisional": due.why if due else "",
        "article": due.article if due else "",
        "then": due.then if due else "",
        "accepted_at": step.accepted_at,
        "answered_at": step.answered_at,
        "outcome": step.outcome,
        "returned": step.returned,
        "note": step.note,
    }


def _keep_proofs(
    archive: Archive, case_id: str, paths: tuple[Path, ...], at: datetime, settings: ComplaintSettings
) -> tuple[str, ...]:
    """Keep the proofs as items of the case; one that cannot be kept ends the command before a step is recorded."""
    if not paths:
        return ()
    from monitor.complaints.intake.bring import bring_in
    from storage.case_items import list_items
    from storage.evidence import load_evidence
    from storage.objects import digest_file

    with archive.database.reading() as session:
        items = list_items(session, case_id)
    known = {load_evidence(archive, item.evidence).object: item.evidence for item in items}
    digests = {path: digest_file(path)[0] for path in paths}
    new = [path for path in paths if digests[path] not in known]  # what is in the case keeps what was said of it
    if new:
        report = bring_in(
            archive, case_id, new, at=at, kind="receipt", note="提交或答复的凭证", settings=settings, ocr_seconds=0
        )
        lost = [one for one in report.files if one.item is None]
        if lost:
            told = "；".join(f"{one.name}：{'、'.join(one.troubles) or '未能保存'}" for one in lost[:5])
            fail(f"凭证没有存下，这一步没有记录：{plain_text(told)}。换一个文件再试", ExitCode.WRONG_USE)
        brought = [one.item.evidence for one in report.files if one.item is not None]
    else:
        brought = []
    return tuple(dict.fromkeys([*(known[digests[path]] for path in paths if digests[path] in known), *brought]))


def _refuse_twice(steps: tuple[CaseStep, ...], channel: str, moment: datetime, receipt_no: str) -> None:
    """End the command where the same filing is on record: the same channel at the same time, or under that number."""
    number = receipt_no.strip()
    for one in steps:
        if one.channel == channel and (one.filed_at == moment or (number and one.receipt_no == number)):
            fail(
                f"这一步已经记录过：{one.id}（{show_time(one.filed_at)[:16]}）；"
                "有了结果用 case answer，记错了用 case unfile",
                ExitCode.WRONG_USE,
            )


def _find_step(steps: tuple[CaseStep, ...], wanted: str, case_id: str) -> CaseStep:
    """The step of this id or beginning, or the last one of that channel."""
    found = [one for one in steps if one.id == wanted] or [one for one in steps if wanted and one.id.startswith(wanted)]
    found = found or [one for one in steps if one.channel == wanted][-1:]
    if len(found) != 1:
        known = "、".join(f"{one.id}（{one.channel}）" for one in steps) or "还没有；先用 case file 记录"
        told = "有几个以此开头的步骤" if found else "没有步骤"
        fail(f"案件 {case_id} {told}“{plain_text(wanted[:60])}”。已记录的步骤：{known}", ExitCode.NOTHING_FOUND)
    return found[0]


def _tell_step(step: CaseStep, due: Due | None, done: str) -> None:
    from monitor.complaints.deadlines.terms import tell_due
    from monitor.complaints.routing.channels import load_channels

    name = load_channels()[step.channel].name if step.channel in load_channels() else step.channel
    click.echo(plain_text(f"{done} {step.id}：{name}，提交于{show_time(step.filed_at)[:16]}"))
    if due is not None:
        click.echo(plain_text(f"期限：{tell_due(due)}"))
        for line in filter(None, (due.why, f"到期没有结果的：{due.then}" if due.then else "")):
            click.echo(plain_text(f"  {line}"))


def _tell_next(step: CaseStep, steps: tuple[CaseStep, ...], facts: Facts) -> None:
    from monitor.complaints.deadlines.terms import is_over, next_moves
    from monitor.complaints.routing.channels import load_channels

    if not is_over(step):
        return
    if step.outcome in ("refunded", "replaced"):
        click.echo(f"全部解决了的，结案：cardwatch case close {step.case} --outcome {step.outcome}")
        return
    names = [load_channels()[one].name for one in next_moves(step, steps, facts)]
    if names:
        click.echo(f"下一步可用的渠道：{'、'.join(names)}；看全部计划：cardwatch case plan {step.case}")


def _read_money(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        money = Decimal(text.strip().removesuffix("元"))
    except InvalidOperation:
        money = Decimal(-1)
    if not money.is_finite() or not 0 <= money < Decimal(10) ** 9:
        fail(f"--returned {plain_text(text[:40])} 不是金额：写退回的元数，如 50.00", ExitCode.WRONG_USE)
    return money


def _require_short(text: str, option: str) -> None:
    if len(text) > _MOST_TEXT:
        fail(f"{option} 有{len(text)}个字，最多{_MOST_TEXT}个", ExitCode.WRONG_USE)
