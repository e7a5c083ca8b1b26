"""`cardwatch import`: bring in a page that somebody else saved, and say what it can and cannot prove."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.asking import capture_data, change_data, describe_outcome, page_data, read_moment, show_seen
from monitor.cli.context import load_cli_settings, open_cli_archive
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import plain_text, print_json
from monitor.cli.stamp import describe_sealing, print_sealing

if TYPE_CHECKING:
    from monitor.bring_in import BroughtIn
    from storage.model import StoredCapture

_ROLES = ("product", "terms", "notice", "home", "contact", "order", "release")

PROVES = (
    ("导入之后，这份文件没有被改动（cardwatch check 可随时核对）。", "Since its import the file is unchanged."),
    (
        "文件里记载了这些内容，并自称来自该网址和该时间。",
        "The file holds this content, and claims this address and time.",
    ),
)
PROVES_NOT = (
    (
        "不能单独证明该网站当时确实显示过这些内容：文件由他人制作，可以被编造或修改。",
        "That the site showed this then: somebody else made the file and could have made it up.",
    ),
    (
        "不能证明所称的时间：只有导入时间是本工具所见。",
        "The claimed time: only the time of import was seen by this tool.",
    ),
    (
        "没有域名解析、服务器证书和浏览器画面可供核对。",
        "There is no name answer, certificate or screenshot of ours to hold against it.",
    ),
)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--url", default="", metavar="URL", help="The page's address; of a file with many pages, the one meant.")
@click.option("--claimed-time", default="", metavar="T", help="When the page looked like this, as far as you know.")
@click.option("--platform", default="", metavar="NAME", help="The platform's name.  [default: known, or the domain]")
@click.option("--role", type=click.Choice(_ROLES), help="What the page is for.  [default: known, or guessed]")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def import_command(
    context: click.Context, file: Path, url: str, claimed_time: str, platform: str, role: str | None, as_json: bool
) -> ExitCode:
    """Bring in a saved page: WARC, WACZ, MHTML, HTML, HAR, or a Wayback capture in one of these.

    The file is kept byte for byte and its pages join the history, marked as third party.
    """
    from datetime import UTC, datetime

    from monitor.bring_in import BringerWord, bring_in
    from monitor.runner import utc_now
    from monitor.times import names_day_only
    from monitor.timestamps import seal_and_stamp
    from scrapers.model import Role
    from scrapers.saved import open_saved
    from storage.ids import new_id

    at = datetime.now(UTC)
    word = BringerWord(platform.strip(), Role(role) if role else None, read_moment(claimed_time, "--claimed-time"))
    settings = load_cli_settings(context, tolerant=True)
    captures = open_saved(
        file,
        url=url,
        claimed_at=word.claimed_at,
        at=at,
        make_id=lambda: new_id("capture", at),
        day_only=word.claimed_at is not None and names_day_only(claimed_time, now=at),
    )
    with open_cli_archive(context, settings) as archive:
        brought = bring_in(archive, captures, settings.pages, word)
        sealing = seal_and_stamp(settings, archive, utc_now)
    if as_json:
        print_json({**describe_import(brought), "sealing": describe_sealing(sealing)})
    else:
        for item in brought:
            _print_item(item)
        _print_proof()
        print_sealing(sealing)
    return ExitCode.DONE


def describe_import(brought: tuple[BroughtIn, ...]) -> dict[str, object]:
    """What was brought in as data; the field names are documented in docs/json.md."""
    return {
        "captures": [
            {
                "capture": capture_data(item.capture),
                "page": page_data(item.page),
                "known": item.known,
                "read": item.read,
                "guessed": list(item.guessed),
                "problems": list(item.problems),
                "changes": [change_data(change) for change in item.changes],
            }
            for item in brought
        ],
        "proves": [{"zh": chinese, "en": english} for chinese, english in PROVES],
        "does_not_prove": [{"zh": chinese, "en": english} for chinese, english in PROVES_NOT],
    }


def _print_item(item: BroughtIn) -> None:
    capture, page = item.capture, item.page
    head = "已导入过，没有重复保存 / known already, nothing doubled" if item.known else "已导入 / brought in"
    _line(f"{head}: {capture.id}")
    guessed = {name: f" (guessed; say it with --{name})" for name in item.guessed}
    _line(f"  平台 / platform      {page.platform}{guessed.get('platform', '')}")
    _line(f"  页面 / page          {page.url}")
    _line(f"  用途 / role          {page.role}{guessed.get('role', '')}")
    _line(f"  所称时间 / claimed   {_shown_claim(capture)}")
    _line(f"  文件 / file          {capture.source_file}")
    _line(f"  结果 / outcome       {describe_outcome(capture)}")
    for what, why in capture.missing:
        if what not in ("origin", "dns", "tls", "browser", "time of day"):
            _line(f"    {what}: {why}")
    if not item.known and not item.read:
        _line("  没有读出页面内容 / not read: it is a blocked, failed or empty page, kept as evidence only")
    for change in item.changes:
        difference = change.difference
        _line(f"  [{difference.severity}] {difference.reason}")
        _line(f"      cardwatch diff {change.before_capture} {change.after_capture}")
    for problem in item.problems:
        _line(f"  reader: {problem}")
    if item.read and not capture.claimed_at:
        _line(
            "  没有所称时间，未与其他版本比较 / without a claimed time it is compared with nothing; use --claimed-time"
        )


def _shown_claim(capture: StoredCapture) -> str:
    if capture.claimed_at is None:
        return "无 / none"
    return f"{show_seen(capture)} / 只称当日，未给钟点" if capture.claims_day_only else show_seen(capture)


def _print_proof() -> None:
    click.echo()
    for title, points in (
        ("能说明什么 / What it can show", PROVES),
        ("不能说明什么 / What it cannot show", PROVES_NOT),
    ):
        click.echo(title)
        for chinese, english in points:
            click.echo(f"  - {chinese}")
            click.echo(f"    {english}")


def _line(text: str) -> None:
    indent = len(text) - len(text.lstrip())
    click.echo(" " * indent + plain_text(text.strip()))
