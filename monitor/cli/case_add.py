"""`case add`, `case remove`, `case missing`: evidence into a case, out of it, and what is still lacking."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.asking import read_moment
from monitor.cli.case_found import open_case_archive
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, plain_text, print_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.complaints.intake.model import BroughtFile, IntakeReport
    from monitor.complaints.model import CaseFile, Missing

_MOST_WORDS = 1000
_PROGRESS_FROM = 3  # files; fewer are done before a line of progress is read
_TOLD_AT_FIRST = 3
_FACT_ZH = {
    "device": "设备{}", "size": "{}像素", "seconds": "时长{}秒", "pages": "{}页", "messages": "{}封邮件",
    "address": "网址{}", "from": "发件人{}", "subject": "主题{}", "software": "软件{}",
    "signed": "带有电子签名（没有核验）", "dkim": "带有DKIM签名（没有核验）",
}  # fmt: skip


@click.command()
@click.argument("case_id", metavar="CASE")
@click.argument("paths", metavar="PATH…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--kind", default="", metavar="KIND", help="What it is, for every file given.  [default: guessed]")
@click.option("--title", default="", metavar="TEXT", help="Its name in the list of evidence.")
@click.option("--shows", default="", metavar="TEXT", help="What it is to prove (证明对象).")
@click.option("--source", default="", metavar="TEXT", help="Where it comes from.")
@click.option("--said", default="", metavar="T", help="When it was made, as you remember it.")
@click.option("--note", default="", metavar="TEXT", help="A note that is sealed with the original.")
@click.option(
    "--ocr-seconds",
    type=click.FloatRange(0, 3600),
    default=60.0,
    show_default=True,
    help="Time for reading the text in pictures; 0 reads none.",
)
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def add_command(
    context: click.Context,
    case_id: str,
    paths: tuple[Path, ...],
    kind: str,
    title: str,
    shows: str,
    source: str,
    said: str,
    note: str,
    ocr_seconds: float,
    as_json: bool,
) -> ExitCode:
    """Bring evidence into a case: files, folders, ZIP or TAR archives, a phone's photo dump.

    Originals stay untouched and enter the custody log. The kind is guessed and told with its reason; `--kind` says it.
    """
    from monitor.complaints.evidence.evidence_kinds import load_kinds
    from monitor.complaints.intake.bring import bring_in
    from monitor.complaints.intake.model import BringerWords
    from monitor.times import names_day_only

    kinds = load_kinds()
    if kind and kind not in kinds:
        listed = "、".join(f"{one.id}（{one.name}）" for one in kinds.values())
        fail(f"--kind {plain_text(kind[:40])}：没有这种证据类型。可用的有：{listed}", ExitCode.WRONG_USE)
    for name, text in (("--title", title), ("--shows", shows), ("--source", source), ("--note", note)):
        if len(text) > _MOST_WORDS:
            fail(f"{name} 有{len(text)}字，最多{_MOST_WORDS}字：请写短一些", ExitCode.WRONG_USE)
    at = datetime.now(UTC)
    said_at = read_moment(said, "--said")
    words = BringerWords(
        kind, _line(title), _line(shows), _line(source), said_at, bool(said) and names_day_only(said, now=at), note
    )
    bar = _Progress(paths)
    with open_case_archive(context) as (archive, _):
        report = bring_in(
            archive, case_id, paths, at=at, words=words, ocr_seconds=ocr_seconds, progress=None if as_json else bar.tell
        )
    bar.clear()
    if as_json:
        print_json(report_data(report))
    else:
        _print_report(report)
    taken = any(file.item is not None for file in report.files)
    return ExitCode.DONE if taken else ExitCode.NOTHING_FOUND


@click.command()
@click.argument("case_id", metavar="CASE")
@click.argument("item_id", metavar="ITEM")
@click.option("--json", "as_json", is_flag=True, help="Print the item as JSON.")
@click.pass_context
def remove_command(context: click.Context, case_id: str, item_id: str, as_json: bool) -> None:
    """Take an item out of a case. The sealed original stays in the custody log, and the item can be added again."""
    from monitor.complaints.facts.case_data import item_data
    from storage.case_items import load_item, remove_item
    from storage.cases import load_case

    with open_case_archive(context) as (archive, _), archive.database.writing() as session:
        case = load_case(session, case_id)
        item = load_item(session, item_id)
        if item.case != case.id:
            fail(f"证据{item.id}不在案件{case.id}中，而在{item.case}中：请核对编号", ExitCode.WRONG_USE)
        if item.removed_at is None:
            item = remove_item(session, item.id, datetime.now(UTC))
    if as_json:
        print_json(item_data(item))
        return
    click.echo(f"已从案件中移除：{item.id}  {plain_text(item.title)}")
    click.echo(f"原件仍封存在保管链中（{item.evidence}）；要重新使用，再加入一次同一个文件即可。")
    click.echo(
        f"要连原件一起销毁：cardwatch evidence erase {item.evidence} --reason 原因（原因会永久留在日志里）", err=True
    )


@click.command()
@click.argument("case_id", metavar="CASE")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def missing_command(context: click.Context, case_id: str, as_json: bool) -> ExitCode:
    """Say what evidence is missing, what matters most first, why, and how to get it today."""
    from monitor.complaints.evidence.checklist import list_missing, list_present, what_to_keep
    from monitor.complaints.gather import gather_case

    with open_case_archive(context) as (archive, settings):
        file = gather_case(archive, case_id, at=datetime.now(UTC), settings=settings.complaints)
    missing = list_missing(file)
    if as_json:
        print_json(
            {
                "case": file.case.id,
                "missing": [missing_data(one) for one in missing],
                "present": sorted(list_present(file)),
                "keep": list(what_to_keep()),
            }
        )
        return ExitCode.DONE
    _print_missing(file, missing)
    return ExitCode.DONE


def report_data(report: IntakeReport) -> dict[str, object]:
    """What became of what was brought, as JSON; the field names are documented in docs/json.md."""
    from monitor.complaints.facts.case_data import item_data

    return {
        "case": report.case,
        "files": [
            {
                "name": file.name,
                "outcome": file.outcome,
                "why_kind": file.why_kind,
                "troubles": list(file.troubles),
                "notes": list(file.notes),
                "facts": dict(file.facts),
                "item": item_data(file.item) if file.item is not None else None,
            }
            for file in report.files
        ],
        "notes": list(report.notes),
    }


def missing_data(missing: Missing) -> dict[str, object]:
    """What is missing, as JSON; `kind` is an id of the kinds of evidence."""
    from monitor.complaints.evidence.evidence_kinds import load_kinds

    return {
        "kind": missing.field,
        "what": missing.what,
        "stage": load_kinds()[missing.field].stage,
        "why": missing.why,
        "mend": missing.mend,
    }


class _Progress:
    """One line on stderr that says how far it is, on a terminal only, where there is more than a little to do."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = paths
        self._total = -1
        self._shown = False

    def tell(self, what: str, done: int, name: str) -> None:
        """Show what is being done."""
        if not sys.stderr.isatty():
            return
        if self._total < 0:
            from monitor.complaints.intake.collect import count_files

            self._total = count_files(self._paths)
        if self._total < _PROGRESS_FROM and what == "read":
            return
        doing = "保存并读取" if what == "read" else "识别图片文字"
        of = f"/{self._total}" if done < self._total else ""
        click.echo(f"\r\x1b[K{doing} {done + 1}{of}  {plain_text(name)[:40]}", nl=False, err=True)
        self._shown = True

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            click.echo("\r\x1b[K", nl=False, err=True)


def _line(text: str) -> str:
    return " ".join(text.split())


def _print_report(report: IntakeReport) -> None:
    from monitor.complaints.intake.model import Outcome

    for file in report.files:
        _print_file(file)
    counts = {outcome: sum(1 for file in report.files if file.outcome is outcome) for outcome in Outcome}
    told = [
        f"新加入{counts[Outcome.KEPT]}件",
        f"已有{counts[Outcome.SAME]}件" if counts[Outcome.SAME] else "",
        f"改了说明{counts[Outcome.CHANGED]}件" if counts[Outcome.CHANGED] else "",
        f"没有加入{counts[Outcome.NOT_KEPT]}件" if counts[Outcome.NOT_KEPT] else "",
    ]
    click.echo(f"案件{report.case}：" + "，".join(one for one in told if one))
    for note in report.notes:
        click.echo(plain_text(note), err=True)
    if any(file.outcome is Outcome.KEPT and "--kind" not in file.why_kind for file in report.files):
        click.echo("类型是猜的，不对的话：同一个文件加 --kind 再加入一次，只改说明，不重复保存", err=True)
    told_of = [file.item for file in report.files if file.item is not None and file.outcome is not Outcome.SAME]
    doubted = sum(1 for item in told_of if item.conflicts)
    if doubted:
        click.echo(f"有{doubted}件的时间或内容有疑点（标“！”的行）：原件不改，提交前请说明或补充", err=True)
    click.echo(f"还缺什么：cardwatch case missing {report.case}", err=True)


def _print_file(file: BroughtFile) -> None:
    from monitor.complaints.evidence.evidence_kinds import STAGE_ZH
    from monitor.complaints.intake.conflicts import tell_time
    from monitor.complaints.intake.model import Outcome

    item = file.item
    if item is None:
        click.echo(f"没有加入  {plain_text(file.name)}：{plain_text('；'.join(file.troubles))}")
        return
    done = {Outcome.KEPT: "已加入", Outcome.SAME: "已有　", Outcome.CHANGED: "已修改"}[file.outcome]
    click.echo(f"{done}  {item.id}  〔{STAGE_ZH[item.stage]}〕{plain_text(item.title)}  ← {plain_text(file.name)}")
    if file.why_kind and file.outcome is Outcome.KEPT:
        click.echo(f"    类型：{item.kind}（{plain_text(file.why_kind)}）")
    told = [form.format(file.facts[name]) for name, form in _FACT_ZH.items() if name in file.facts]
    if told:
        click.echo(f"    文件自述：{plain_text('，'.join(told))}")
    for time in item.times if file.outcome is Outcome.KEPT else ():
        click.echo(f"    时间：{plain_text(tell_time(time))}")
    for line in item.conflicts if file.outcome is not Outcome.SAME else ():
        click.echo(f"    ！{plain_text(line)}")
    for line in (*file.troubles, *file.notes):
        click.echo(f"    {plain_text(line)}")


def _print_missing(file: CaseFile, missing: Sequence[Missing]) -> None:
    from monitor.complaints.evidence.checklist import what_to_keep
    from monitor.complaints.evidence.evidence_kinds import STAGE_ZH, load_kinds

    if missing:
        click.echo(f"案件{file.case.id}还缺{len(missing)}项，按作用大小排列；缺了不等于不能投诉，先补前面的：")
    else:
        click.echo(f"案件{file.case.id}：清单上的证据都有了。")
    for number, one in enumerate(missing, 1):
        stage = STAGE_ZH[load_kinds()[one.field].stage]
        click.echo(f"{number}. 〔{stage}〕{one.what}")
        click.echo(f"   为什么：{plain_text(one.why)}")
        click.echo(f"   怎么取：{plain_text(one.mend)}")
        if number <= _TOLD_AT_FIRST:
            click.echo(f"   加入：cardwatch case add {file.case.id} 文件 --kind {one.field}")
    click.echo("从现在起：")
    for sentence in what_to_keep():
        click.echo(f"- {sentence}")
