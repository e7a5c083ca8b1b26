"""`dossier`: the file on a platform as HTML or PDF: who, where it went, what ties its sites, and the proof of each."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.asking import open_asked_archive, read_moment
from monitor.cli.exit_codes import ExitCode
from monitor.cli.order_options import order_options
from monitor.cli.output import fail, plain_text, print_json, refuse_taken

if TYPE_CHECKING:
    from monitor.dossier.model import Dossier


@click.command()
@click.argument("platform", metavar="PLATFORM|DOMAIN|URL")
@click.option("--out", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="Where to: a name that ends in .html or .pdf.  [default: dossier-PLATFORM.html]")  # fmt: skip
@order_options
@click.option(
    "--internal",
    is_flag=True,
    help="With whom and what is below 确认, leads too: for this machine only, never to hand on.",
)
@click.option("--unmask", is_flag=True, help="Show natural persons and contacts in full: for an authority only.")
@click.option("--json", "as_json", is_flag=True, help="Print what it states as JSON; without --out no file is written.")
@click.pass_context
def dossier_command(
    context: click.Context,
    platform: str,
    out: Path | None,
    at: str,
    filed_on: str,
    home: str,
    payee: str,
    payee_account: str,
    by_post: bool,
    internal: bool,
    unmask: bool,
    as_json: bool,
) -> ExitCode:
    """Write the dossier of PLATFORM, in Chinese, with the picture of its domains, its links row by row and the proof.

    Respondents and links below 确认 stay out of it unless --internal; persons and contacts are masked unless --unmask.
    """
    from monitor.cli.domains import find_platform
    from monitor.cli.who import read_home
    from monitor.dossier.gather import gather_dossier
    from monitor.operators.jurisdiction import Delivery
    from monitor.operators.proofs import Voucher
    from monitor.times import SHANGHAI

    if out is not None and out.suffix.lower() not in (".html", ".htm", ".pdf"):
        fail(f"{out} must end in .html or .pdf: that says what is written", ExitCode.WRONG_USE)
    now = datetime.now(UTC)
    filing = (read_moment(filed_on, "--filed-on") or now).astimezone(SHANGHAI).date()
    ordered = read_moment(at, "--at") or now
    paid = Voucher(payee.strip(), ordered, payee_account.strip())
    with open_asked_archive(context) as archive:
        with archive.database.reading() as session:
            name = find_platform(session, platform)
        place = out or Path(f"dossier-{_file_name(name)}.html")
        if out is not None or not as_json:
            refuse_taken(place)
        dossier = gather_dossier(
            archive,
            name,
            made_at=now,
            ordered_at=ordered,
            filed_on=filing,
            home=read_home(home),
            vouchers=[paid] if paid.payee or paid.account else [],
            delivery=Delivery.POST if by_post else Delivery.NETWORK,
            internal=internal,
            at_given=bool(at.strip()),
        )
    if out is not None or not as_json:
        _write(dossier, place, unmask=unmask)
    if as_json:
        from monitor.dossier.view import dossier_data

        print_json({**dossier_data(dossier, unmask=unmask), "file": str(out) if out else None})
    else:
        from monitor.dossier.view import masker

        click.echo(plain_text(masker(dossier, unmask=unmask)(dossier.who.conclusion)))
        click.echo(f"wrote {plain_text(str(place))}: {len(dossier.sites)} sites, {len(dossier.links)} links, "
                   f"{len(dossier.proofs)} items of proof")  # fmt: skip
    return ExitCode.DONE


def _file_name(platform: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in platform)[:60]


def _write(dossier: Dossier, place: Path, *, unmask: bool) -> None:
    from monitor.cli.attest import print_page
    from monitor.dossier.page import render_dossier

    page = render_dossier(dossier, unmask=unmask)
    data = print_page(page) if place.suffix.lower() == ".pdf" else page.encode("utf-8")
    with place.open("xb") as file:
        file.write(data)
