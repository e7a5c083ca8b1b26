"""`quick`: five questions, and at once what to save, what to write, what is due, and an open case to go on with."""

from __future__ import annotations

import contextlib
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.case_found import load_case_settings
from monitor.cli.context import find_config, open_cli_archive
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, plain_text, print_json, show_time

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.complaints.quick.model import QuickAnswer
    from monitor.complaints.quick.page_now import PageNow
    from monitor.complaints.quick.understand import QuickAnswers
    from monitor.config.settings import Settings
    from monitor.page_result import PageResult
    from storage.archive import Archive

NAMES = ("platform", "order", "paid", "what", "when")
_MOST_BYTES = 65_536
_MOST_ANSWER = 2000


@click.command()
@click.option("--platform", metavar="TEXT", help="Question 1: the platform's name, its address, or both.")
@click.option("--order", metavar="TEXT", help="Question 2: the order number.")
@click.option("--paid", metavar="TEXT", help='Question 3: how much, and how it was paid, such as "50 微信".')
@click.option("--what", metavar="TEXT", help="Question 4: what happened.")
@click.option("--when", metavar="TEXT", help='Question 5: when, such as "昨晚 8 点".')
@click.option("--from", "source", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
              help="Take answers from a TOML file with these five names.")  # fmt: skip
@click.option("--no-capture", is_flag=True, help="Do not capture the page now.")
@click.option("--no-case", is_flag=True, help="Do not open a case.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def quick_command(
    context: click.Context,
    platform: str | None,
    order: str | None,
    paid: str | None,
    what: str | None,
    when: str | None,
    source: Path | None,
    no_capture: bool,
    no_case: bool,
    as_json: bool,
) -> ExitCode:
    """Five questions; then what to save now, what to paste to the seller and the payment provider, and what is due.

    Answers may be options or a file; then nothing is asked. Nothing is sent to anybody, and no refund is promised.
    """
    from monitor.cli.quick_text import print_advice, print_next, quick_data
    from monitor.complaints.quick import make_quick

    options = {"platform": platform, "order": order, "paid": paid, "what": what, "when": when}
    given = {name: value for name, value in options.items() if value is not None}
    if source is not None:
        given = {**_read_file(source), **given}
    settings = _load_or_make(context)
    answers, asked = collect_answers(given, datetime.now(UTC))
    quick = make_quick(answers, datetime.now(UTC), settings.complaints)
    if not as_json:
        print_advice(quick)
    case, page, trouble = "", None, ""
    if not no_case or (quick.facts.url and not no_capture):
        case, page, trouble = _keep(context, settings, quick, open_case=not no_case, capture=not no_capture)
    if as_json:
        print_json(quick_data(quick, case, page, asked, trouble))
    else:
        print_next(quick, case, page, trouble, capture=not no_capture)
    return ExitCode.CANNOT_WORK if trouble and not case and not no_case else ExitCode.DONE


def collect_answers(given: Mapping[str, str], now: datetime) -> tuple[QuickAnswers, int]:
    """The five answers: those given, else those typed; and how many questions were asked (never more than five)."""
    from monitor.complaints.quick.book import load_book
    from monitor.complaints.quick.understand import QuickAnswers, open_choices

    answers = {name: given.get(name, "")[:_MOST_ANSWER] for name in NAMES}
    if given:
        return QuickAnswers(**answers), 0
    book = load_book()
    choices = "  ".join(f"{one.letter} {one.name}" for one in book.payments.values())
    for number, question in enumerate(book.questions, start=1):
        for choice in open_choices(QuickAnswers(**answers), number):
            click.echo(plain_text(choice.line), err=True)
        click.echo(f"{number}/5 {question.ask.format(choices=choices)}", err=True)
        typed = click.prompt(
            f"    例：{question.example}\n    ", default="", show_default=False, prompt_suffix="", err=True
        )
        answers[question.id] = str(typed).strip()[:_MOST_ANSWER]
    return QuickAnswers(**answers), len(book.questions)


def _load_or_make(context: click.Context) -> Settings:
    """The settings of the chosen file; who comes with nothing gets the commented default one, and is told.

    Where that file cannot be written the defaults stand: five answers do not wait for a folder.
    """
    from monitor.watchlist import default_config

    path = find_config(context)
    if not path.exists() and "cardwatch.config" not in context.find_root().meta:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileExistsError), path.open("x", encoding="utf-8") as file:
                file.write(default_config())
        except OSError as error:
            click.echo(f"配置文件 {path} 写不进去（{plain_text(str(error))}），这次按默认设置进行", err=True)
        else:
            click.echo(f"第一次使用：已生成配置文件 {path}，档案放在它旁边的 archive 文件夹", err=True)
    return load_case_settings(context)


def _read_file(path: Path) -> dict[str, str]:
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
        if len(data) > _MOST_BYTES:
            fail(f"{path} 超过 {_MOST_BYTES} 字节：五个回答用不了这么多，请检查是不是选错了文件", ExitCode.WRONG_USE)
        told = tomllib.loads(data.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        fail(f"{path} 不是可读的 TOML：{error}；应为 platform、order、paid、what、when 五行文字", ExitCode.WRONG_USE)
    unknown = sorted(set(told) - set(NAMES))
    if unknown or not all(isinstance(value, (str, int, float)) for value in told.values()):
        wrong = f"不认识的名称：{'、'.join(unknown)}" if unknown else "值要写成带引号的文字"
        fail(f"{path}：{plain_text(wrong)[:200]}；可用 platform、order、paid、what、when", ExitCode.WRONG_USE)
    return {name: str(value) for name, value in told.items()}


def _keep(
    context: click.Context, settings: Settings, quick: QuickAnswer, *, open_case: bool, capture: bool
) -> tuple[str, PageNow | None, str]:
    """Open the case, then capture the page; trouble with either is a line, for the texts are out already."""
    from storage.errors import ArchiveError

    case, page = "", None
    try:
        with open_cli_archive(context, settings) as archive:
            if open_case:
                case = _open_case(archive, quick)
            if capture and quick.facts.url:
                click.echo(
                    f"正在抓取页面：{plain_text(quick.facts.url)}（最多约{settings.limits.capture_seconds:.0f}秒）",
                    err=True,
                )
                page = _capture(settings, archive, quick)
    except (ArchiveError, OSError) as error:
        return case, page, str(error)
    return case, page, ""


def _open_case(archive: Archive, quick: QuickAnswer) -> str:
    from storage.case import Case
    from storage.cases import keep_case
    from storage.ids import new_id

    case = Case(new_id("case", quick.at), quick.at, quick.at, quick.facts)
    with archive.database.writing() as session:
        keep_case(session, case)
    return case.id


def _capture(settings: Settings, archive: Archive, quick: QuickAnswer) -> PageNow:
    from monitor.complaints.quick.page_now import capture_now

    def follow(result: PageResult) -> None:
        click.echo(f"    {show_time(result.capture.started_at)}  {result.capture.outcome}", err=True)

    return capture_now(settings, archive, quick.facts.url, quick.facts.platform, on_result=follow)
