"""The options that tell of an order: when, filed when, from where, paid to whom. `who` and `dossier` share them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., object])


def order_options(command: Command) -> Command:
    """Add --at, --filed-on, --home, --payee, --payee-account and --by-post."""
    for option in (
        click.option("--by-post", is_flag=True, help="The goods came by post, not over the network."),
        click.option(
            "--payee-account", default="", metavar="ID", help="The merchant number that your payment record shows."
        ),
        click.option("--payee", default="", metavar="NAME", help="The payee that your payment record shows."),
        click.option("--home", default="", metavar="省市区", help="Where the buyer lives, for the court."),
        click.option(
            "--filed-on", default="", metavar="DATE", help="The day of filing: its rules decide.  [default: today]"
        ),
        click.option("--at", default="", metavar="DATE", help="The day of the order.  [default: now]"),
    ):
        command = option(command)
    return command
