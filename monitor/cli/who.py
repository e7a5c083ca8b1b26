"""`who`: who a complaint is against, as what, how sure, why, where to complain, and what to do next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from monitor.cli.asking import open_asked_archive, read_moment
from monitor.cli.exit_codes import ExitCode
from monitor.cli.order_options import order_options
from monitor.cli.output import fail, plain_text, print_json

if TYPE_CHECKING:
    from monitor.operators.divisions import Division


@click.command()
@click.argument("asked", metavar="PLATFORM|URL|DOMAIN")
@order_options
@click.option("--unmask", is_flag=True, help="Show the names and contacts of natural persons in full.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def who_command(
    context: click.Context,
    asked: str,
    at: str,
    filed_on: str,
    home: str,
    payee: str,
    payee_account: str,
    by_post: bool,
    unmask: bool,
    as_json: bool,
) -> ExitCode:
    """Say who can be complained against for an order, as what, how sure, by which proof, and where.

    Nobody is named on text alone that anybody can copy: then the answer is 主体不明, with the leads and what to look up
    next. `cardwatch verified add` keeps what you looked up. Natural persons are masked unless --unmask; give their
    names to an authority only, never to the public.
    """
    from monitor.cli.who_json import who_data
    from monitor.cli.who_text import list_lines
    from monitor.dossier.masking import mask_named, mask_shapes
    from monitor.operators.jurisdiction import Delivery
    from monitor.operators.platform_sites import find_platforms
    from monitor.operators.proofs import Voucher
    from monitor.operators.who import answer_who
    from monitor.operators.who_masking import mask_data
    from monitor.times import SHANGHAI

    now = datetime.now(UTC)
    moment = read_moment(at, "--at") or now
    filing = (read_moment(filed_on, "--filed-on") or now).astimezone(SHANGHAI).date()
    place = read_home(home)
    vouchers = [Voucher(payee.strip(), moment, payee_account.strip())] if payee.strip() or payee_account.strip() else []
    with open_asked_archive(context) as archive, archive.database.reading() as session:
        platforms, sites = find_platforms(session, asked)
        if not platforms and not sites:
            fail(
                f"no platform, page or site '{plain_text(asked[:200])}' in the archive; `cardwatch platforms` lists "
                "what is watched",
                ExitCode.NOTHING_FOUND,
            )
        answer = answer_who(
            session,
            asked,
            platforms,
            sites,
            at=moment,
            filed_on=filing,
            home=place,
            vouchers=vouchers,
            delivery=Delivery.POST if by_post else Delivery.NETWORK,
        )
    if not unmask:  # an objection is free text: what nobody noted is known by its shape
        hidden = [replace(one, by=mask_named(one.by), text=mask_shapes(one.text)) for one in answer.objections]
        answer = replace(answer, objections=tuple(hidden))
    if as_json:
        data = {**who_data(answer), "at_given": bool(at.strip()), "masked": not unmask}
        print_json(data if unmask else mask_data(data, answer))
        return ExitCode.DONE
    mask: Callable[[str], str] = str if unmask else (lambda line: mask_data(line, answer))
    for line in list_lines(
        answer, dated=bool(at.strip()), config=str(context.find_root().meta.get("cardwatch.config") or ""), mask=mask
    ):
        click.echo(plain_text(line))
    return ExitCode.DONE


def read_home(text: str) -> Division | None:
    """The division that --home names, None without one; ends the command where it cannot be told."""
    from monitor.operators.addresses import find_division_in

    if not text.strip():
        return None
    found = find_division_in(text)
    if found.division is None:
        fail(
            f"--home {plain_text(text[:80])}: {found.problem}; write 省市区, such as 浙江省杭州市西湖区",
            ExitCode.WRONG_USE,
        )
    return found.division
