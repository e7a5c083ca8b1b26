"""`judge A B`: a person's word on whether two sites are one operator's; kept with its reason, taken back at will."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from monitor.cli.asking import open_asked_archive
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, plain_text, print_json

if TYPE_CHECKING:
    from storage.archive import Archive
    from storage.identity import Decision

_WORDS = ("same", "different", "unsure")


@click.command()
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.argument("verdict", type=click.Choice(_WORDS), required=False)
@click.option("--reason", default="", metavar="TEXT", help="Why; kept with the decision and shown beside it.")
@click.option("--by", "maker", default="", metavar="NAME", help="Who decides.  [default: the user of this machine]")
@click.option("--undo", is_flag=True, help="Take back what was decided about A and B; it stays, marked.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def judge_command(
    context: click.Context,
    a: str,
    b: str,
    verdict: str | None,
    reason: str,
    maker: str,
    undo: bool,
    as_json: bool,
) -> ExitCode:
    """Decide whether two sites are of one operator: same, different or unsure. It stands above the score.

    The operators that it concerns are worked out anew at once, and what was known before stays known of then.
    """
    from monitor.operators.operator_store import settle_operators

    if undo == bool(verdict):
        fail("give one of same, different and unsure, or --undo", ExitCode.WRONG_USE)
    if verdict and not reason.strip():
        fail('say why: --reason "付款时收款人相同" is kept with the decision and shown beside it', ExitCode.WRONG_USE)
    at = datetime.now(UTC)
    with open_asked_archive(context) as archive:
        if undo:
            decision = _take_back(archive, a, b, at)
        else:
            decision = _decide(archive, a, b, str(verdict), reason.strip(), maker.strip() or getpass.getuser(), at)
        events = settle_operators(archive, at=at).events
    if as_json:
        print_json({"decision": decision, "events": events})
        return ExitCode.DONE
    what = "taken back" if undo else f"kept as {decision.id}"
    click.echo(plain_text(f"{decision.a} and {decision.b}: {decision.verdict} ({decision.reason}) {what}"))
    for event in events:
        click.echo(plain_text(f"{event.kind} {event.operator}: {'、'.join(event.sites)} {event.cause}"))
    if not events:
        click.echo("no operator changes by it")
    return ExitCode.DONE


def _decide(archive: Archive, a: str, b: str, verdict: str, reason: str, maker: str, at: datetime) -> Decision:
    from storage.decisions import ABOUT_OPERATOR, keep_decision
    from storage.identity import Decision, Verdict
    from storage.ids import new_id
    from storage.sites import touch_sites

    first, second = _require_pair(archive, a, b)
    decision = Decision(
        new_id("decision", at), ABOUT_OPERATOR, first, second, Verdict(verdict), at, maker, reason[:4000]
    )
    with archive.database.writing() as session:
        keep_decision(session, decision, archive.keys)
        touch_sites(session, (first, second))
    return decision


def _take_back(archive: Archive, a: str, b: str, at: datetime) -> Decision:
    from storage.decisions import revoke_decision, standing_decision
    from storage.sites import touch_sites

    first, second = _require_pair(archive, a, b)
    with archive.database.writing() as session:
        standing = standing_decision(session, first, second)
        if standing is None:
            fail(f"nobody decided about {first} and {second}", ExitCode.NOTHING_FOUND)
        revoked = revoke_decision(session, standing.id, at, archive.keys)
        touch_sites(session, (first, second))
    return revoked


def _require_pair(archive: Archive, a: str, b: str) -> tuple[str, str]:
    from monitor.cli.links import require_site

    with archive.database.reading() as session:
        first, second = require_site(session, a), require_site(session, b)
    if first == second:
        fail(f"{a} and {b} are one site, {first}", ExitCode.WRONG_USE)
    return first, second
