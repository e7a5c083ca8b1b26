"""`compare`: two saved pages or texts, without an archive."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.batches import batch_options, run_batch
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import CommandError, fail

if TYPE_CHECKING:
    from scrapers.model import Reading, Role

_ROLES = ("product", "terms", "notice", "home", "contact", "order", "release")


@click.command()
@click.argument("before", type=click.Path(path_type=Path), required=False)
@click.argument("after", type=click.Path(path_type=Path), required=False)
@click.option("--role", type=click.Choice(_ROLES), default="terms", show_default=True, help="What the page is for.")
@click.option(
    "--url", default="", metavar="URL", help="Where the saved pages come from; helps to recognise the software."
)
@click.option(
    "--html",
    "html_file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write a redline to read or print.",
)
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@batch_options
def compare_command(
    before: Path | None,
    after: Path | None,
    role: str,
    url: str,
    html_file: Path | None,
    as_json: bool,
    batch: Path | None,
    jobs: int,
    seconds: float,
) -> ExitCode:
    """Compare two saved pages or texts: which rule, price or promise changed, and what that does to a buyer.

    BEFORE and AFTER are files: .txt and .md as the text of the rules, HTML as pages. Status 3 when a change is grave.

    Lines of a batch: {"id", "before", "after", "role"}, each side a text, or the name of a file.
    """
    if batch is not None:
        from monitor.file_answers import answer_comparison

        return run_batch(batch, answer_comparison, jobs=jobs, seconds=seconds)
    if before is None or after is None:
        fail("two files are compared: give BEFORE and AFTER, or --batch FILE.jsonl", ExitCode.WRONG_USE)
    from monitor.changes.compare import compare_readings
    from monitor.changes.redline_page import Side
    from monitor.cli.difference import show_comparison
    from scrapers.model import Role

    wanted = Role(role)
    old, new = _read_files(before, after, wanted, url)
    differences = compare_readings(old, new, role=wanted)
    sides = [
        Side(path.name, "文件，未注明所见时间", url, reading.title) for path, reading in ((before, old), (after, new))
    ]
    return show_comparison(
        old, new, differences, old=sides[0], new=sides[1], as_json=as_json, html_file=html_file
    )  # fmt: skip


def _read_files(before: Path, after: Path, role: Role, url: str) -> tuple[Reading, Reading]:
    from monitor.file_answers import read_pair

    try:
        return read_pair(before, after, role=role, url=url, at=datetime.now(UTC))
    except (ValueError, OSError) as error:
        raise CommandError(f"{error}", ExitCode.WRONG_USE) from None
