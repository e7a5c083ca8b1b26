"""`case clarify`: what the buyer says that words of his case mean, where a check took them for something else."""

from __future__ import annotations

import shlex
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from monitor.cli.case_found import find_case, open_case_archive
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, plain_text, print_json

if TYPE_CHECKING:
    from monitor.complaints.model import Missing

_MOST_MEANING = 500
_MOST_SHOWN = 10


@click.command()
@click.argument("case_id", metavar="CASE")
@click.argument("words", metavar="[WORDS", default="")
@click.argument("meaning", metavar="MEANING]", default="")
@click.option("--json", "as_json", is_flag=True, help="Print what was said, and what is still read, as JSON.")
@click.pass_context
def clarify_command(context: click.Context, case_id: str, words: str, meaning: str, as_json: bool) -> None:
    """Say what words of the story, a chat or the seller's answer mean that look as if they spoke against the case.

    WORDS are the words that `case check` quotes, or a part of them; without any, everything that may be clarified is
    listed. MEANING is one true sentence: it is kept with its day, told at every later check, and stands for your word.
    What a case lacks (a name, a proof) and what a bill shows is not mended by it, nor by a bare yes. To take it back:
    `case set CASE meant.1=`.
    """
    from monitor.complaints.facts.fact_paths import MOST_MEANT
    from monitor.complaints.filing.readings import find_reading, list_readings, say_unclear
    from monitor.complaints.gather import gather_case
    from storage.case import Meant
    from storage.cases import change_case

    meaning = meaning.strip()
    if words.strip() and not meaning:
        fail("只写了原话：再写一句它是什么意思，例如 case clarify 案件 '退10元' '客服只肯退10元，我没有同意，没有退'",
             ExitCode.WRONG_USE)  # fmt: skip
    if words.strip() and (unclear := say_unclear(meaning)):
        fail(unclear, ExitCode.WRONG_USE)
    if len(meaning) > _MOST_MEANING:
        fail(f"说明有{len(meaning)}个字，最多{_MOST_MEANING}个", ExitCode.WRONG_USE)
    now = datetime.now(UTC)
    with open_case_archive(context) as (archive, settings):
        with archive.database.reading() as session:
            case = find_case(session, case_id, living=True)
        readings = list_readings(gather_case(archive, case.id, at=now, settings=settings.complaints),
                                 settings.complaints)  # fmt: skip
        found = find_reading(readings, words) if words.strip() else ()
        if not found:
            if words.strip():
                click.echo(f"检查里没有读到“{plain_text(words.strip()[:60])}”", err=True)
            _tell(case.id, readings, as_json)
            raise SystemExit(ExitCode.NOTHING_FOUND if words.strip() else ExitCode.DONE)
        if len(found) > 1:
            listed = "\n".join(f"  “{plain_text(one.read)}”" for one in found[:_MOST_SHOWN])
            fail(f"“{plain_text(words.strip()[:60])}”在{len(found)}处读到，各是各的意思，一处一处说明：\n{listed}",
                 ExitCode.WRONG_USE)  # fmt: skip
        meant = {one.words: one for one in case.facts.meant}
        meant |= {one.read: Meant(one.read, meaning) for one in found}
        if len(meant) > MOST_MEANT:
            fail(f"一个案件最多说明{MOST_MEANT}处：先用 case set {case.id} meant.1= 去掉不要的", ExitCode.WRONG_USE)
        with archive.database.writing() as session:
            if find_case(session, case.id).facts != case.facts:
                fail(f"案件 {case.id} 刚刚被别的程序改过，什么都没有改；请再试一次", ExitCode.CANNOT_WORK)
            change_case(session, case.id, replace(case.facts, meant=tuple(meant.values())), now)
    if as_json:
        left = [one for one in readings if one not in found]
        print_json({"case": case.id, "clarified": [{"words": one.read, "meaning": meaning} for one in found],
                    "readings": [_data(one) for one in left]})  # fmt: skip
        return
    for one in found:
        click.echo(f"已记下：“{plain_text(one.read)}”是说：{plain_text(meaning)}")
    click.echo("以后的检查不再因此拦下，但会提醒您：受理人、对方仍可能问到，照实回答", err=True)


def _tell(case_id: str, readings: tuple[Missing, ...], as_json: bool) -> None:
    if as_json:
        print_json({"case": case_id, "clarified": [], "readings": [_data(one) for one in readings]})
        return
    if not readings:
        click.echo("现在没有需要说明的话")
    for one in readings[:_MOST_SHOWN]:
        click.echo(f"{plain_text(one.what)}：{plain_text(one.why)}")
        click.echo(
            f"   不是这个意思的：cardwatch case clarify {case_id} {shlex.quote(plain_text(one.read))} '您的意思'"
        )


def _data(one: Missing) -> dict[str, object]:
    return {"field": one.field, "words": one.read, "why": one.why}
