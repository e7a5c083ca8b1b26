"""`cardwatch attest`: the 取证说明 of one capture, as HTML or PDF."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.asking import open_asked_archive
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, plain_text, print_json, refuse_taken

if TYPE_CHECKING:
    from monitor.attestation.facts import Attested


@click.command()
@click.argument("capture")
@click.option("--out", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="Where to: a name that ends in .html or .pdf.  [default: attestation-CAPTURE.html]")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print what it states as JSON; without --out no file is written.")
@click.pass_context
def attest_command(context: click.Context, capture: str, out: Path | None, as_json: bool) -> ExitCode:
    """Write the attestation (取证说明) of CAPTURE: what was done, with which tool, what it proves and what not.

    In Chinese, to be filled in and signed by whoever ran the tool. CAPTURE is an id or its unique beginning. The sealed
    files are hashed again first; damaged ones are not attested (status 7). Seal and stamp before: `cardwatch stamp`.
    """
    from datetime import UTC, datetime

    from monitor.attestation.gather import describe_attestation, gather_attestation

    if out is not None and out.suffix.lower() not in (".html", ".htm", ".pdf"):
        fail(f"{out} must end in .html or .pdf: that says what is written", ExitCode.WRONG_USE)
    if out is not None:
        refuse_taken(out)  # before the sealed files are hashed
    with open_asked_archive(context) as archive:
        attested = gather_attestation(archive, capture, datetime.now(UTC))
    place = out or Path(f"attestation-{attested.stored.id}.html")
    if out is not None or not as_json:
        refuse_taken(place)
        _write(attested, place)
    if as_json:
        print_json({**describe_attestation(attested), "file": str(out) if out else None})
    else:
        click.echo(f"wrote {plain_text(str(place))}: fill in section one and sign it")
    return ExitCode.DONE


def _write(attested: Attested, place: Path) -> None:
    from monitor.attestation.gather import render_attestation

    page = render_attestation(attested)
    data = print_page(page) if place.suffix.lower() == ".pdf" else page.encode("utf-8")
    with place.open("xb") as file:
        file.write(data)


def print_page(page: str) -> bytes:
    """The PDF of an HTML document of ours, by the browser that captures."""
    from monitor.runner import NO_BROWSER
    from scrapers.errors import BrowserUnavailable
    from scrapers.printing import print_html
    from scrapers.process import find_browser

    found = find_browser(os.environ)
    if found is None:
        raise BrowserUnavailable(NO_BROWSER)
    return asyncio.run(print_html(found, page))
