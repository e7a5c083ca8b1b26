"""`case excuses`: what the seller says instead of paying, answered from what the pages showed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from monitor.cli.case_found import find_case, open_case_archive
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import plain_text, print_json
from monitor.times import show_time

if TYPE_CHECKING:
    from monitor.complaints.excuses import AnsweredExcuse, Reason

_MOST_REPLY = 5000
_SPEAKERS = {"seller": "", "robot": "（自动回复）", "unknown": "（没有写明是谁说的）"}


@click.command()
@click.argument("case_id", metavar="CASE")
@click.option(
    "--reply", default="", metavar="TEXT", help="What the seller wrote; looked at beside what the case holds."
)
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def excuses_command(context: click.Context, case_id: str, reply: str, as_json: bool) -> ExitCode:
    """Answer the seller's excuses: the clause as captured, why it does not bind, where it may, what to ask and paste.

    Status 6 when neither the seller's words nor the terms seen hold an excuse that is known.
    """
    from monitor.complaints.excuses import answer_excuses, list_cautions
    from monitor.complaints.excuses.sights import gather_histories
    from monitor.complaints.gather import gather_case

    with open_case_archive(context) as (archive, settings):
        with archive.database.reading() as session:
            case = find_case(session, case_id, living=True)
        file = gather_case(archive, case.id, at=datetime.now(UTC), settings=settings.complaints)
        with archive.database.reading() as session:
            histories = gather_histories(session, file)
    if reply.strip():
        told = "\n".join(one for one in (file.case.facts.seller_reply, reply.strip()[:_MOST_REPLY]) if one)
        file = replace(file, case=replace(file.case, facts=replace(file.case.facts, seller_reply=told)))
    answered, cautions = answer_excuses(file, histories), list_cautions(file)
    if as_json:
        print_json(
            {
                "case": file.case.id,
                "at": file.at,
                "cautions": list(cautions),
                "excuses": [excuse_data(one) for one in answered],
                "notes": list(file.notes),
            }
        )
    else:
        _print(answered, cautions, file.notes)
    return ExitCode.DONE if answered else ExitCode.NOTHING_FOUND


def excuse_data(one: AnsweredExcuse) -> dict[str, object]:
    """An answered excuse as JSON; the field names are documented in docs/json.md."""
    return {
        "id": one.id,
        "name": one.name,
        "raised": list(one.raised),
        "clauses": list(one.clauses),
        "why": [_reason_data(reason) for reason in one.why],
        "may_bind": [_reason_data(reason) for reason in one.may_bind],
        "ask": list(one.ask),
        "paste": one.paste,
        "not_promised": list(one.not_promised),
        "notes": list(one.notes),
    }


def _reason_data(reason: Reason) -> dict[str, object]:
    laws = [
        {"id": one.id, "title": one.title, "article": one.article, "confirmed": one.confirmed}
        for one in reason.articles
    ]
    return {"says": reason.says, "laws": laws}


def _print(answered: tuple[AnsweredExcuse, ...], cautions: tuple[str, ...], notes: tuple[str, ...]) -> None:
    for caution in cautions:
        _say(f"先说明：{caution}")
    for one in answered:
        _say("")
        _say(f"【{one.name}】")
        for raised in one.raised:
            where = "卖家答复（据你陈述）" if raised.source == "reply" else f"材料 {raised.id}"
            _say(f"  出处：{where}{_SPEAKERS[raised.speaker]}：“{raised.words}”")
        for clause in one.clauses:
            quote = f"“{clause.quote}”" if clause.quote else f"（{clause.name}，文字不引用）"
            _say(f"  页面条款：{quote}  {clause.url}")
            captures = f"（抓取 {'、'.join(clause.captures[:3])}）" if clause.captures else ""
            _say(f"    {clause.statement}{captures}")
            if clause.absent:
                _say(f"    未显示该条的抓取：{'、'.join(clause.absent[:3])}")
            if clause.but:
                _say(f"    同一页面还写有：“{clause.but}”（引用时要一起引用）")
            if clause.better and clause.better_seen is not None:
                _say(f"    最近一次抓取（{show_time(clause.better_seen)[:16]}）该页写的是：“{clause.better}”")
            if clause.changes:
                _say(f"    对应的变更：{'、'.join(clause.changes[:3])}（cardwatch explain {clause.changes[0]}）")
        _say("  为什么不能这样说：")
        for reason in one.why:
            _say(f"    - {reason.says}{_show_laws(reason)}")
        _say("  什么情况下可能对你有效：")
        for reason in one.may_bind:
            _say(f"    - {reason.says}{_show_laws(reason)}")
        _say("  反问：")
        for asked in one.ask:
            _say(f"    - {asked}")
        _say(f"  粘贴（{len(one.paste)}字）：{one.paste}")
        for said in one.not_promised:
            _say(f"  不能承诺：{said}")
        for note in one.notes:
            _say(f"  注意：{note}")
    if not answered:
        _say("没有认出已知的推托说法，已抓取的规则里也没有对应条款；卖家的原话可以这样试：--reply '原话'")
    for note in notes:
        _say(f"档案：{note}")


def _show_laws(reason: Reason) -> str:
    shown = [f"《{one.title}》{one.article}{'' if one.confirmed else '（条文待核实）'}" for one in reason.articles]
    return f"（可能涉及：{'、'.join(shown)}）" if shown else ""


def _say(text: str) -> None:
    click.echo(plain_text(text))
