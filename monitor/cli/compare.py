"""`compare`: two saved pages or texts, without an archive."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail

if TYPE_CHECKING:
    from scrapers.model import Reading, Role

_TEXT_ENDINGS = frozenset({".txt", ".md", ".text"})
_MAXIMUM_BYTES = 20_000_000
_ROLES = ("product", "terms", "notice", "home", "contact", "order", "release")


@click.command()
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
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
def compare_command(before: Path, after: Path, role: str, url: str, html_file: Path | None, as_json: bool) -> ExitCode:
    """Compare two saved pages or texts: which rule, price or promise changed, and what that does to a buyer.

    BEFORE and AFTER are files: .txt and .md as the text of the rules, HTML as pages. Status 3 when a change is grave.
    """
    from monitor.changes.compare import compare_readings
    from monitor.changes.redline_page import Side
    from monitor.cli.difference import show_comparison
    from scrapers.model import Role

    wanted = Role(role)
    old, new = (_read_file(path, wanted, url) for path in (before, after))
    differences = compare_readings(old, new, role=wanted)
    sides = [
        Side(path.name, "文件，未注明所见时间", url, reading.title) for path, reading in ((before, old), (after, new))
    ]
    return show_comparison(
        old, new, differences, old=sides[0], new=sides[1], as_json=as_json, html_file=html_file
    )  # fmt: skip


def _read_file(path: Path, role: Role, url: str) -> Reading:
    data = _load_bytes(path)
    if path.suffix.lower() in _TEXT_ENDINGS:
        from monitor.changes.compare import read_plain

        return read_plain(_decode_text(data, path), role=role)
    from scrapers.extract import read_page
    from scrapers.model import PageContent
    from scrapers.text import decode_html

    dom = decode_html(data, "")
    return read_page(PageContent(url=url, dom=dom, source_html=dom), role=role)


def _load_bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MAXIMUM_BYTES:
            fail(
                f"{path}: larger than {_MAXIMUM_BYTES // 1_000_000} MB; cut out the part to compare", ExitCode.WRONG_USE
            )
        data = path.read_bytes()
    except OSError as error:
        fail(f"{path}: {error.strerror}; give two files", ExitCode.WRONG_USE)
    if not data.strip():
        fail(f"{path}: the file is empty; there is nothing to compare", ExitCode.WRONG_USE)
    return data


def _decode_text(data: bytes, path: Path) -> str:
    for encoding in ("utf-8-sig", "gb18030", "utf-16"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return fail(f"{path}: not text in UTF-8, GB18030 or UTF-16; save it as UTF-8 text", ExitCode.WRONG_USE)
