"""`case set`, `case close` and `case erase`: what is altered in a case, each with its trace."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import click

from monitor.cli.case_found import find_case, open_case_archive
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, plain_text, print_json

if TYPE_CHECKING:
    from monitor.complaints.erasing import ErasurePlan, ErasureReport
    from storage.case import Facts

_MOST_PAIRS = 200
_MOST_SHOWN = 10


@click.command()
@click.argument("case_id", metavar="CASE", default="")
@click.argument("pairs", metavar="KEY=VALUE…", nargs=-1)
@click.option("--keys", is_flag=True, help="List every key with its Chinese name and leave.")
@click.option("--yes", is_flag=True, help="Do not ask before what is there is replaced.")
@click.option("--json", "as_json", is_flag=True, help="Print the case as JSON.")
@click.pass_context
def set_command(
    context: click.Context, case_id: str, pairs: tuple[str, ...], keys: bool, yes: bool, as_json: bool
) -> None:
    """Change or add facts: platform=…, orders.1.amount=50元, buyer.name=…, demands.1.kind=退款.

    The number after the last adds an order or a demand; `orders.2=` alone takes one out; an empty value makes a fact
    unknown. What was there before stays in the history of the case (`case show CASE --history`).
    """
    from monitor.complaints.facts.case_data import case_data
    from monitor.complaints.facts.fact_check import find_doubts, warn_of
    from monitor.complaints.facts.named_proofs import look_up_named
    from storage.cases import change_case

    if keys:
        _show_keys()
        return
    if not pairs or len(pairs) > _MOST_PAIRS:
        fail(f"请写1到{_MOST_PAIRS}项 KEY=VALUE，例如 orders.1.amount=50元；--keys 列出所有的项", ExitCode.WRONG_USE)
    now = datetime.now(UTC)
    with open_case_archive(context) as (archive, _):
        with archive.database.reading() as session:
            case = find_case(session, case_id, living=True)
        facts, changes = _apply(case.facts, pairs, now)
        if not changes:
            fail("这些项本来就是这样，没有改动", ExitCode.NOTHING_FOUND)
        replaced = [change for change in changes if change[1]]
        if not as_json:
            for label, before, after in changes:
                click.echo(f"{label}：{plain_text(before) or '（没有）'} → {plain_text(after) or '（没有）'}")
        if replaced and not yes:
            click.confirm(f"要替换{len(replaced)}项已填的内容吗？", abort=True, err=True)
        with archive.database.writing() as session:
            if find_case(session, case.id).facts != case.facts:
                fail(f"案件 {case.id} 刚刚被别的程序改过，什么都没有改；请再试一次", ExitCode.CANNOT_WORK)
            case = change_case(session, case.id, facts, now)
            proofs = look_up_named(session, facts, case)
    warnings, doubts = warn_of(facts), (*proofs.doubts, *find_doubts(facts, now, seen=proofs.seen))
    if as_json:
        told = [{"key": label, "before": before, "after": after} for label, before, after in changes]
        print_json({"case": case_data(case), "changed": told, "warnings": list(warnings), "doubts": list(doubts)})
        return
    for line in (*warnings, *doubts):
        click.secho(f"注意：{plain_text(line)}", fg="yellow")
    click.echo(f"已更新 {case.id}")


@click.command()
@click.argument("case_id", metavar="CASE")
@click.option(
    "--outcome",
    default="",
    metavar="TEXT",
    help="refunded 退款, replaced 换货, partly 部分, refused 拒绝, abandoned 放弃.",
)
@click.option("--returned", default="", metavar="YUAN", help="What came back, such as 50元; 0 for nothing.")
@click.option("--reopen", is_flag=True, help="Take up a closed case again.")
@click.option("--json", "as_json", is_flag=True, help="Print the case as JSON.")
@click.pass_context
def close_command(
    context: click.Context, case_id: str, outcome: str, returned: str, reopen: bool, as_json: bool
) -> None:
    """Close a case, with how it ended and what came back."""
    from monitor.complaints.facts.case_data import case_data
    from monitor.complaints.facts.fact_paths import show_fact
    from monitor.complaints.facts.fact_words import names_of
    from storage.cases import close_case, reopen_case

    if reopen == bool(outcome):
        fail(
            "请写 --outcome（refunded、replaced、partly、refused、abandoned）；重新打开用 --reopen", ExitCode.WRONG_USE
        )
    now = datetime.now(UTC)
    word, amount = _read_outcome(outcome, returned) if outcome else ("", None)
    with open_case_archive(context) as (archive, settings), archive.database.writing() as session:
        case = find_case(session, case_id, living=True)
        if reopen and case.closed_at is None:
            fail(f"案件 {case.id} 没有结案", ExitCode.WRONG_USE)
        if not reopen and case.closed_at is not None:
            fail(f"案件 {case.id} 已经结案；要改结果，先 cardwatch case close {case.id} --reopen", ExitCode.WRONG_USE)
        case = reopen_case(session, case.id, now) if reopen else close_case(session, case.id, word, amount, now)
        days = settings.complaints.retention_days
    if as_json:
        print_json({"case": case_data(case)})
        return
    if reopen:
        click.echo(f"已重新打开 {case.id}")
        return
    click.echo(f"已结案 {case.id}：{names_of('outcome', word)}，收回 {show_fact('', amount) or '未写'}")
    click.echo(
        f"个人信息保留{days}天，到期后 case list 会提示清除（不会自动清除）：cardwatch case erase {case.id} --reason …"
    )


@click.command()
@click.argument("case_id", metavar="CASE")
@click.option("--reason", required=True, metavar="TEXT", help="Why; it stays in the custody log for good: no names.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print what was destroyed as JSON.")
@click.pass_context
def erase_command(context: click.Context, case_id: str, reason: str, yes: bool, as_json: bool) -> None:
    """Destroy the personal data of a case: facts, steps, the bytes and salts of its evidence and their masked copies.

    It cannot be undone. What another case or record rests on is kept and named. A dated tombstone is left, and the
    custody log still verifies. Packs handed out, files elsewhere and backups made before are not reached.
    """
    from monitor.complaints.erasing import LONGEST_REASON, erase_whole_case, plan_erasure
    from monitor.complaints.facts.case_data import case_data

    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        fail(f"--reason 要写1到{LONGEST_REASON}个字；它会永久留在保管链里，不要写姓名、电话", ExitCode.WRONG_USE)
    with open_case_archive(context) as (archive, _):
        with archive.database.reading() as session:
            case = find_case(session, case_id, living=True)
        plan = plan_erasure(archive, case.id)
        if not yes:
            _show_plan(plan)
            click.confirm("确定永久销毁吗？", abort=True, err=True)
        report = erase_whole_case(archive, case.id, reason, datetime.now(UTC))
    if as_json:
        kept = [{"evidence": one.evidence, "why": one.why} for one in report.kept]
        print_json(
            {"case": case_data(report.case), "erased": list(report.erased), "kept": kept, "shared": list(report.shared)}
        )
        return
    _show_erased(report)


def _apply(facts: Facts, pairs: tuple[str, ...], now: datetime) -> tuple[Facts, list[tuple[str, str, str]]]:
    """The facts after all pairs, and each change as (what, before, after); nothing wrong is applied in part."""
    from monitor.complaints.facts.fact_paths import drop_one, get_fact, set_fact, show_fact, split_path
    from monitor.complaints.facts.fact_words import label_of

    changes: list[tuple[str, str, str]] = []
    wrong: list[str] = []
    # The kind makes a new demand (the words a new meaning), so it goes first whatever the order of typing.
    for pair in sorted(pairs, key=lambda pair: re.match(r"demands\.\d+\.kind=|meant\.\d+\.words=", pair) is None):
        path, sign, typed = pair.partition("=")
        path = path.strip()
        try:
            if not sign:
                raise ValueError("要写成 KEY=VALUE")
            if path.count(".") == 1 and path.partition(".")[0] in ("orders", "demands", "meant") and not typed.strip():
                before, facts = facts, drop_one(facts, path)
                changes.append((path, _one_shown(before, path), ""))
                continue
            name, number = split_path(path)
            old = show_fact(name, get_fact(facts, path))
            facts = set_fact(facts, path, typed, now)
            new = show_fact(name, get_fact(facts, path))
            if old != new:
                changes.append((label_of(name) + (f"（第{number}项）" if number else ""), old, new))
        except ValueError as error:
            wrong.append(f"{plain_text(path[:60])}：{error}")
    if wrong:
        fail("什么都没有改。\n" + "\n".join(wrong[:_MOST_SHOWN]), ExitCode.WRONG_USE)
    return facts, changes


def _one_shown(facts: Facts, path: str) -> str:
    from monitor.complaints.facts.fact_words import names_of

    table, _, number = path.partition(".")
    if table == "orders":
        order = facts.orders[int(number) - 1]
        return order.number or order.product or f"第{number}笔订单"
    if table == "meant":
        return facts.meant[int(number) - 1].words
    return names_of("demands.kind", facts.demands[int(number) - 1].kind.value)


def _read_outcome(outcome: str, returned: str) -> tuple[str, Decimal | None]:
    from monitor.complaints.facts.fact_words import words_of
    from monitor.complaints.facts.said_values import read_amount, read_choice

    try:
        return read_choice(outcome, words_of("outcome")), read_amount(returned) if returned.strip() else None
    except ValueError as error:
        fail(str(error), ExitCode.WRONG_USE)


def _show_keys() -> None:
    from monitor.cli.output import print_table
    from monitor.complaints.facts.fact_paths import list_fact_names
    from monitor.complaints.facts.fact_words import label_of, load_table

    words = load_table()["words"]
    assert isinstance(words, dict)
    rows = []
    for name in list_fact_names():
        key = name.replace(".", ".1.", 1) if name.startswith(("orders.", "demands.")) else name
        rows.append((key, label_of(name), "、".join(words.get(name, {}))))
    print_table(("项", "含义", "可选"), rows, keep=("项",))


def _show_plan(plan: ErasurePlan) -> None:
    counts = f"事实、{plan.steps}个步骤、{len(plan.items)}件证据、{len(plan.copies)}件遮盖副本"
    click.echo(f"将永久销毁案件 {plan.case.id} 的全部内容：{counts}")
    for evidence, name in plan.items[:_MOST_SHOWN]:
        click.echo(f"  {evidence} {plain_text(name)}")
    if len(plan.items) > _MOST_SHOWN:
        click.echo(f"  ……共{len(plan.items)}件")
    for one in plan.kept:
        click.echo(f"  保留 {one.evidence}：{plain_text(one.why)}")
    click.echo("已导出的投诉包、别处的文件和以前的备份不在其内，需要您自己处理。")


def _show_erased(report: ErasureReport) -> None:
    told = f"；销毁了{len(report.erased)}件证据和副本，保管链里留有带日期的销毁记录" if report.erased else ""
    click.echo(f"已清除 {report.case.id}：案件内容已删除{told}")
    for one in report.kept:
        click.echo(f"保留 {one.evidence}：{plain_text(one.why)}")
    for evidence in report.shared:
        click.echo(f"{evidence} 的内容还在：另有一件证据是同样的文件", err=True)
    if not report.forgotten:
        click.echo("数据库日志里可能还有旧内容，稍后运行 cardwatch check", err=True)
    click.echo("已导出的投诉包和以前的备份不在其内，需要您自己处理。")
