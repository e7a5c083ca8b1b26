"""`case new`: opens a case, by asking step by step or from a file."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.case_found import open_case_archive
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, plain_text, print_json

if TYPE_CHECKING:
    from monitor.complaints.facts.named_proofs import NamedProofs
    from monitor.complaints.facts.questions import Dialogue, Question
    from storage.case import Case, Facts

_BACK = ("返回", "上一题", "back")
_WHY = ("?", "？", "为什么")
_TRIES = 5  # wrong answers to one question, after which it is passed over


@click.command()
@click.option(
    "--from",
    "path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE.toml",
    help="Take the facts from a file; `--example` prints one with comments.",
)
@click.option("--example", is_flag=True, help="Print a commented example of such a file and leave.")
@click.option("--yes", is_flag=True, help="Do not ask to confirm what a file says.")
@click.option("--json", "as_json", is_flag=True, help="Print the case as JSON; needs --from.")
@click.pass_context
def new_command(context: click.Context, path: Path | None, example: bool, yes: bool, as_json: bool) -> None:
    """Open a case: asks step by step in Chinese, or takes it from a file.

    Only what fits is asked; an empty answer means that it is not known. Nothing leaves this machine.
    """
    from monitor.complaints.facts.case_data import case_data
    from monitor.complaints.facts.case_file_toml import CaseFileWrong, read_case_file, show_example
    from monitor.complaints.facts.demands import propose_demands
    from monitor.complaints.facts.fact_check import find_doubts, warn_of

    if example:
        click.echo(show_example(), nl=False)
        return
    if as_json and path is None:
        fail("--json 要和 --from FILE 一起用：逐项提问时不能输出 JSON", ExitCode.WRONG_USE)
    now = datetime.now(UTC)
    notes: tuple[str, ...] = ()
    if path is None:
        facts, notes = _ask_all(now)
    else:
        try:
            facts = read_case_file(path, now)
        except CaseFileWrong as error:
            fail(str(error), ExitCode.WRONG_USE)
    proofs = _look_up(context, facts)
    if path is not None and not facts.demands:
        proposal = propose_demands(proofs.without_unknown(facts), seen=proofs.seen)
        facts, notes = replace(facts, demands=proposal.demands), proposal.notes
    doubts = (*proofs.doubts, *find_doubts(facts, now, seen=proofs.seen))
    if not as_json:
        _show_summary(facts, (*notes, *(f"注意：{line}" for line in (*warn_of(facts), *doubts))))
    if path is None or not (yes or as_json):
        click.confirm("以上内容对吗？确认后建案", default=True, abort=True, err=True)
    case = _keep(context, facts, datetime.now(UTC))
    if as_json:
        warnings, told = list(warn_of(facts)), list(doubts)
        print_json({"case": case_data(case), "warnings": warnings, "doubts": told, "notes": list(notes)})
        return
    _say_next(case)


def _ask_all(now: datetime) -> tuple[Facts, tuple[str, ...]]:
    from monitor.complaints.facts.fact_words import text_of
    from monitor.complaints.facts.questions import Dialogue, finish_dialogue, next_question

    click.echo(text_of("begin"))
    click.echo(text_of("personal"))
    before: list[Dialogue] = []
    dialogue = Dialogue()
    while (question := next_question(dialogue)) is not None:
        click.echo("")
        after = _ask(dialogue, question, now)
        if after is None:
            dialogue = before.pop() if before else dialogue
            continue
        before.append(dialogue)
        _warn_once(dialogue.facts, after.facts)
        dialogue = after
    return finish_dialogue(dialogue)


def _ask(dialogue: Dialogue, question: Question, now: datetime) -> Dialogue | None:
    """The dialogue after one question, None to go back to the one before."""
    from monitor.complaints.facts.questions import answer_question

    order = f"（第{dialogue.order}笔）" if question.of_order and dialogue.order > 1 else ""
    click.secho(question.ask + order, bold=True)
    click.echo(f"  为什么问：{question.why}")
    for number, names in enumerate(question.options.values(), start=1):
        click.echo(f"  {number} {names[0]}")
    if question.example:
        click.echo(f"  例：{question.example}")
    for _ in range(_TRIES):
        typed = click.prompt("", prompt_suffix="> ", default="", show_default=False)
        if typed.strip() in _BACK:
            return None
        if typed.strip() in _WHY:
            click.echo(f"  {question.why}")
            continue
        try:
            return answer_question(dialogue, question, typed, now)
        except ValueError as error:
            click.echo(f"  {plain_text(str(error))}。不知道就直接回车", err=True)
    click.echo("  先跳过这一项，以后用 case set 补", err=True)
    return answer_question(dialogue, question, "", now)


def _warn_once(before: Facts, after: Facts) -> None:
    """Tell at once what an answer means: unlawful purposes, resale, a minor, an extra fee."""
    from monitor.complaints.facts.fact_check import warn_of

    told = set(warn_of(before))
    for line in warn_of(after):
        if line not in told and "（guardian" not in line:
            click.secho(f"  注意：{line}", fg="yellow")


def _look_up(context: click.Context, facts: Facts) -> NamedProofs:
    """What the facts name as proof; without such the archive is not opened, for it may not be there yet."""
    from monitor.complaints.facts.named_proofs import NamedProofs, look_up_named

    if not (facts.advert_relied_on or facts.fraud_evidence):
        return NamedProofs({})
    with open_case_archive(context) as (archive, _), archive.database.reading() as session:
        return look_up_named(session, facts)


def _show_summary(facts: Facts, notes: tuple[str, ...]) -> None:
    from monitor.complaints.facts.case_text import describe_facts, show_demands
    from monitor.complaints.facts.fact_words import text_of

    click.echo("\n—— 请核对 ——")
    for line in describe_facts(facts):
        click.echo(plain_text(line))
    if facts.demands:
        click.echo("诉求：")
        for line in show_demands(facts.demands):
            click.echo(f"  {plain_text(line)}")
    else:
        click.echo("诉求：还没有（用 case set CASE demands.1.kind=退款 补上）")
    for line in notes:
        click.secho(plain_text(line), fg="yellow")
    click.echo(text_of("personal"))


def _keep(context: click.Context, facts: Facts, at: datetime) -> Case:
    from storage.case import Case
    from storage.cases import keep_case
    from storage.ids import new_id

    case = Case(new_id("case", at), at, at, facts)
    with open_case_archive(context) as (archive, _), archive.database.writing() as session:
        keep_case(session, case)
    return case


def _say_next(case: Case) -> None:
    click.echo(f"\n已建案：{case.id}")
    if case.facts.unlawful:
        click.echo("先咨询律师；证据可以先存：")
    else:
        click.echo("接下来：")
    click.echo(f"  cardwatch case add {case.id} 截图.png 账单.pdf   # 把证据放进来")
    click.echo(f"  cardwatch case missing {case.id}                  # 还缺什么")
    click.echo(f"  cardwatch case show {case.id}                     # 全貌和下一步")
