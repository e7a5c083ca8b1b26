"""`pack`: the complaint pack of a case for one channel, as a ZIP or a folder. In Chinese, for the one who files it."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.asking import read_moment
from monitor.cli.case_found import open_case_archive
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, plain_text, print_json, show_time

if TYPE_CHECKING:
    from monitor.complaints.pack.model import PackBlocked, PackReport
    from scrapers.process import FoundBrowser

_MEGABYTE = 1_000_000


@click.command()
@click.argument("case", metavar="CASE")
@click.option(
    "--channel",
    required=True,
    metavar="CHANNEL",
    help="Where it goes: p12315, wechat_pay ... or its Chinese name.",
)
@click.option(
    "--out",
    metavar="DIR|ZIP",
    type=click.Path(path_type=Path),
    help="Where to: a name that ends in .zip, or a new folder.  [default: pack-CASE-CHANNEL.zip]",
)
@click.option("--compact", is_flag=True, help="PDF and JPG only, within the limits of the channel's form.")
@click.option("--at", default="", metavar="T", help="Make it as of this moment.  [default: now]")
@click.option(
    "--include",
    multiple=True,
    metavar="ITEM",
    help="Let an item go along that cannot be masked (audio, video): to authorities only; repeat.",
)
@click.option("--disclose", is_flag=True, help="In a report (举报): name who makes it, with orders and chats.")
@click.option("--dry-run", is_flag=True, help="Say what would be made, masked and withheld; write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print what was made as JSON.")
@click.pass_context
def pack_command(
    context: click.Context,
    case: str,
    channel: str,
    out: Path | None,
    compact: bool,
    at: str,
    include: tuple[str, ...],
    disclose: bool,
    dry_run: bool,
    as_json: bool,
) -> ExitCode:
    """Make the pack of CASE for one channel: letters, list of evidence, evidence, proofs, and how to file it.

    Keys and personal data are masked for whoever reads it there. Nothing is submitted. A pack that the channel would
    return is not made: all that is missing is listed, with where to get it (status 6).
    """
    from monitor.complaints.gather import gather_case
    from monitor.complaints.pack.build import build_pack, preview_pack
    from monitor.complaints.pack.folder import PackTaken
    from monitor.complaints.pack.model import PackBlocked
    from monitor.complaints.routing.channels import find_channels_called

    now = datetime.now(UTC)
    moment = read_moment(at, "--at") or now
    if moment > now:
        fail("--at 不能晚于现在：材料包只说明已经发生的事", ExitCode.WRONG_USE)
    if out is not None and not dry_run and (out.exists() or not out.parent.is_dir()):
        fail(_say_taken(out), ExitCode.WRONG_USE)
    found = find_channels_called(channel)
    channel = found[0].id if len(found) == 1 else channel
    with open_case_archive(context) as (archive, chosen):
        settings = chosen.complaints
        file = gather_case(archive, case, at=moment, settings=settings)
        place = out or Path(f"pack-{file.case.id}-{channel}{'-compact' if compact else ''}.zip")
        if not dry_run and (place.exists() or not place.parent.is_dir()):
            fail(_say_taken(place), ExitCode.WRONG_USE)
        try:
            if dry_run:
                report = preview_pack(
                    archive, file, channel, compact=compact, at=moment, settings=settings, include=include,
                    disclose=disclose, tell=_tell,
                )  # fmt: skip
            else:
                report = build_pack(
                    archive, file, channel, compact=compact, at=moment, settings=settings, out=place,
                    browser=_find_browser(), include=include, disclose=disclose, kept_at=now, tell=_tell,
                )  # fmt: skip
        except PackBlocked as blocked:
            return _show_blocked(blocked, file.case.id, channel, as_json=as_json)
        except PackTaken as error:
            fail(str(error), ExitCode.WRONG_USE)
    if as_json:
        print_json(pack_data(report))
    else:
        _show(report, dry_run=dry_run)
    return ExitCode.DONE


def pack_data(report: PackReport) -> dict[str, object]:
    """A report as JSON; the field names are documented in docs/json.md."""
    return {
        "case": report.case,
        "channel": report.channel,
        "channel_name": report.channel_name,
        "audience": report.audience.value,
        "at": report.at,
        "form": "compact" if report.compact else "full",
        "out": str(report.out) if report.out else None,
        "bytes": report.bytes,
        "sha256": report.sha256,
        "pages": report.pages,
        "files": [{"path": one.path, "bytes": one.bytes, "sha256": one.sha256} for one in report.files],
        "letters": list(report.letters),
        "exhibits": [
            {
                "number": one.number,
                "id": one.id,
                "form": one.form,
                "name": one.name,
                "pages": one.pages,
                "files": list(one.files),
                "masked": one.masked,
                "withheld": one.withheld,
            }
            for one in report.exhibits
        ],
        "masks": [{"kind": kind, "count": count} for kind, count in report.masks],
        "withheld": [{"number": number, "name": name, "why": why} for number, name, why in report.withheld],
        "warnings": list(report.warnings),
        "next_steps": list(report.next_steps),
        "new_copies": report.new_copies,
        "blocked": [],
        "refused": "",
    }


def _tell(line: str) -> None:
    click.echo(plain_text(line), err=True)


def _say_taken(place: Path) -> str:
    if place.exists():
        return f"{place} 已存在：用 --out 换一个名字，或先移走它"
    return f"{place.parent} 不是文件夹：先建好它"


def _find_browser() -> FoundBrowser:
    from monitor.runner import NO_BROWSER
    from scrapers.errors import BrowserUnavailable
    from scrapers.process import find_browser

    found = find_browser(os.environ)
    if found is None:
        raise BrowserUnavailable(NO_BROWSER)
    return found


def _show_blocked(blocked: PackBlocked, case: str, channel: str, *, as_json: bool) -> ExitCode:
    if as_json:
        from monitor.cli.case_plan import missing_data

        missing = [missing_data(one) for one in blocked.missing]
        print_json(
            {"case": case, "channel": channel, "out": None, "files": [], "blocked": missing, "refused": blocked.refused}
        )
        return ExitCode.NOTHING_FOUND
    if blocked.refused:
        click.echo(f"没有制作材料包：{plain_text(blocked.refused)}")
        click.echo(f"看适合本案的渠道：cardwatch case plan {case}")
        return ExitCode.NOTHING_FOUND
    from monitor.complaints.routing.plan_text import tell_clarify

    click.echo(f"还不能制作这个渠道的材料包，缺 {len(blocked.missing)} 项：")
    for number, one in enumerate(blocked.missing, 1):
        click.echo(f"{number}. {plain_text(one.what)}")
        click.echo(f"   为什么需要：{plain_text(one.why)}")
        click.echo(f"   怎样补上：{plain_text(one.mend)}")
        if one.read:
            click.echo(f"   {plain_text(tell_clarify(one, case))}")
    click.echo(f"补上之后再运行一次；不能补的，看其他渠道：cardwatch case plan {case}")
    return ExitCode.NOTHING_FOUND


def _show(report: PackReport, *, dry_run: bool) -> None:
    form = "精简版（只有 PDF 和 JPG）" if report.compact else "完整版"
    name = plain_text(report.channel_name)
    if dry_run:
        click.echo(
            f"将为“{name}”制作{form}：{len(report.letters)} 份文书，{len(report.exhibits)} 件证据（未写任何文件）"
        )
    else:
        click.echo(
            f"已为“{name}”做好{form}：{report.out}，{report.bytes / _MEGABYTE:.1f} MB，{len(report.files)} 个文件，"
            f"截至 {show_time(report.at)[:16]}"
        )
    if report.letters:
        click.echo("文书：" + "、".join(plain_text(title) for title in report.letters))
    if report.pages:
        click.echo(f"证据材料共 {report.pages} 页，页码已写入证据目录")
    if report.compact and not dry_run:
        for one in report.files:
            click.echo(f"  {one.bytes / _MEGABYTE:6.2f} MB  {one.path}")
    if report.masks:
        from monitor.complaints.pack.masks import name_kind

        click.echo("已遮盖：" + "、".join(f"{name_kind(kind)} {count} 处" for kind, count in report.masks))
    for number, title, why in report.withheld:
        click.echo(f"未附：证据 {number} {plain_text(title)}：{plain_text(why)}")
    for warning in report.warnings:
        click.echo(f"注意：{plain_text(warning)}")
    if not dry_run:
        click.echo("下一步：")
        for place, line in enumerate(report.next_steps, 1):
            click.echo(f"  {place}. {plain_text(line)}")
