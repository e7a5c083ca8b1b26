"""`risk`: what speaks against a platform, each sign with its proof; how it dealt with the complaints kept here."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.case_found import load_case_settings
from monitor.cli.context import open_cli_archive
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, plain_text, print_json, show_time

if TYPE_CHECKING:
    from monitor.complaints.risk.metrics import Figure
    from monitor.complaints.risk.model import Factor, RecordedFigure, RiskAnswer
    from storage.archive import Archive

_UNITS = {"hour": "小时", "day": "天", "yuan": "元", "rate": ""}


@click.command()
@click.argument("what", metavar="PLATFORM|URL")
@click.option("--record", "told", multiple=True, metavar="NAME=VALUE",
              help="Keep a figure that others published, such as 投诉量=123; with --capture.")  # fmt: skip
@click.option("--capture", default="", metavar="ID", help="The capture of the page where the figure stands.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def risk_command(context: click.Context, what: str, told: tuple[str, ...], capture: str, as_json: bool) -> ExitCode:
    """Say what speaks against a platform: signs with their proof and a word for their weight, no score.

    What was not looked at is said to be unknown. Signs from own cases are for this machine only. Status 6 when nothing
    is known of the platform.
    """
    from monitor.complaints.risk import assess_risk
    from monitor.complaints.risk.gather import gather_risk

    if bool(told) != bool(capture):
        fail("--record 和 --capture 要一起用：数字写在 --record，显示它的抓取写在 --capture", ExitCode.WRONG_USE)
    if not what.strip():
        fail("写平台的名称、域名或网址，例如 cardwatch risk 星河卡盟", ExitCode.WRONG_USE)
    settings = load_case_settings(context)
    if not Path(settings.archive.database.removeprefix("sqlite:///")).exists() and not told:
        folder = settings.archive.path
        if not (folder / "objects").is_dir():  # a folder with objects and no database is damaged: opening it tells so
            fail(
                f"{folder} 还没有档案，什么都查不到；先 cardwatch add 网址 --platform 名称 --role home，"
                "再 cardwatch run",
                ExitCode.NOTHING_FOUND,
            )
    at = datetime.now(UTC)
    with open_cli_archive(context, settings) as archive:
        recorded = _record(archive, what, told, capture, at) if told else ()
        known = gather_risk(archive, what, at=at)
    answer = assess_risk(known, settings.complaints)
    if as_json:
        print_json(risk_data(answer))
    else:
        for figure in recorded:
            click.echo(
                f"已记下：{plain_text(figure.name)}={plain_text(figure.value)}（证据 {figure.evidence}）", err=True
            )
        _print(answer)
    return ExitCode.DONE if known.platforms or known.sites or known.cases else ExitCode.NOTHING_FOUND


def _record(
    archive: Archive, what: str, told: tuple[str, ...], capture: str, at: datetime
) -> tuple[RecordedFigure, ...]:
    from monitor.complaints.risk.figures import record_figure
    from monitor.operators.platform_sites import find_platforms

    with archive.database.reading() as session:
        platforms, _ = find_platforms(session, what.strip())
    if len(platforms) > 1:
        fail(f"“{plain_text(what)}”对应几个平台：{'、'.join(platforms)}；请写其中一个的名称", ExitCode.WRONG_USE)
    name = platforms[0] if platforms else what.strip()
    try:
        return tuple(record_figure(archive, name, one, capture, at) for one in told)
    except ValueError as error:
        fail(str(error), ExitCode.WRONG_USE)


def risk_data(answer: RiskAnswer) -> dict[str, object]:
    """The answer as JSON; the field names are documented in docs/json.md."""
    return {
        "asked": answer.asked,
        "platforms": list(answer.platforms),
        "at": answer.at,
        "sentence": answer.sentence,
        "factors": [factor_data(one) for one in answer.factors],
        "cases": answer.cases,
        "metrics": list(answer.metrics),
        "published": list(answer.figures),
        "notes": list(answer.notes),
    }


def factor_data(one: Factor) -> dict[str, object]:
    """A factor as JSON; `local` ones must never be published."""
    return {
        "id": one.id,
        "name": one.name,
        "weight": one.weight,
        "word": one.weight.zh,
        "sentence": one.sentence,
        "captures": list(one.captures),
        "cases": list(one.cases),
        "other_proof": list(one.other_proof),
        "quote": one.quote,
        "laws": [
            {"id": law.id, "title": law.title, "article": law.article, "confirmed": law.confirmed}
            for law in one.articles
        ],
        "local": one.local,
    }


def _print(answer: RiskAnswer) -> None:
    _say(f"{'、'.join(answer.platforms) or answer.asked}：{answer.sentence}")
    for one in answer.factors:
        _say(f"[{one.weight.zh}] {one.name}：{one.sentence}")
        if one.quote:
            _say(f"    原文：{one.quote}")
        if one.captures:
            _say(f"    依据：抓取 {'、'.join(one.captures[:4])}")
        if one.cases:
            _say(f"    依据：案件 {'、'.join(one.cases[:4])}（只在本机）")
        if one.other_proof:
            _say(f"    依据：{'、'.join(one.other_proof[:4])}")
        if one.articles:
            laws = "、".join(
                f"《{law.title}》{law.article}{'' if law.confirmed else '（条文待核实）'}" for law in one.articles
            )
            _say(f"    可能涉及：{laws}")
    _say("")
    _say(f"自己的案件（{answer.cases}个，只在本机）：")
    for figure in answer.metrics:
        _say(f"    {figure.name}：{show_figure(figure)}")
    if answer.figures:
        _say("")
        _say("他人公布的数字（由人抄录，本工具未核实）：")
        for told in answer.figures:
            where = f"{show_time(told.seen_at)[:16]} {told.url}"
            _say(f"    {told.name}={told.value}  {where}（抓取 {told.capture}，证据 {told.evidence}）")
    for note in answer.notes:
        _say(f"说明：{note}")


def show_figure(figure: Figure) -> str:
    """A figure as a reader sees it: with n and the interval, or why there is none."""
    if figure.value is None:
        return figure.note
    if figure.unit == "rate":
        interval = (
            f"，95%区间 {figure.low:.0%}–{figure.high:.0%}"
            if figure.low is not None and figure.high is not None
            else ""
        )
        return f"{figure.value:.0%}（n={figure.n}{interval}）"
    unit = _UNITS[figure.unit]
    interval = f"，95%区间 {figure.low:g}–{figure.high:g}" if figure.low is not None and figure.high is not None else ""
    note = f"，{figure.note}" if figure.note else ""
    return f"{figure.value:g}{unit}（n={figure.n}{interval}{note}）"


def _say(text: str) -> None:
    click.echo(plain_text(text))
