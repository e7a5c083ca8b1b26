"""`case letter`: one letter of a case, on the screen or as text, HTML, PDF or DOCX. Nothing is ever sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.asking import read_moment
from monitor.cli.case_found import find_case, load_case_settings, open_case_archive
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, plain_text, print_json, print_table

if TYPE_CHECKING:
    from monitor.complaints.letters.material import Extra
    from monitor.complaints.letters.text import Shortened
    from monitor.complaints.model import CaseFile, Exhibit, Letter, LetterBlocked, Missing
    from monitor.config.complaints import ComplaintSettings
    from storage.archive import Archive

_FORMS = (".txt", ".html", ".htm", ".pdf", ".docx")
_AUDIENCE_ZH = {"platform": "平台", "payment": "支付机构", "public": "公开", "authority": "机关"}
NOTES_LINE = "———— 以下是给您的说明，不要粘贴、不要提交 ————"
_OWN = "correction"  # for the buyer himself: nothing is kept from him
DRAFT = "【草稿，补正后再用】"


@click.command()
@click.argument("case_id", metavar="[CASE]", default="")
@click.argument("kind", metavar="[KIND]", default="")
@click.option("--list", "list_kinds", is_flag=True,
              help="List the kinds, what each needs, its length; of a CASE also what it lacks.")  # fmt: skip
@click.option("--out", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="Write to a name that ends in .txt, .html, .pdf or .docx, instead of on the screen.")  # fmt: skip
@click.option("--limit", type=click.IntRange(20, 100_000), default=None,
              help="Characters at most: whole sentences are left out.  [default: that of the kind]")  # fmt: skip
@click.option("--at", default="", metavar="T", help="The letter's day: its laws decide.  [default: now]")
@click.option("--operator", default="", metavar="NAME", help="Who ran the tool, for capture_note.")
@click.option("--disclose", is_flag=True, help="In market_report: with the reporter's name and his order.")
@click.option("--json", "as_json", is_flag=True, help="Print the letter, or the kinds, as JSON.")
@click.pass_context
def letter_command(
    context: click.Context,
    case_id: str,
    kind: str,
    list_kinds: bool,
    out: Path | None,
    limit: int | None,
    at: str,
    operator: str,
    disclose: bool,
    as_json: bool,
) -> ExitCode:
    """Write a letter of CASE, in Chinese: a draft to be read, signed and handed in by the buyer himself.

    Every fact in it has an exhibit number or stands as 据本人陈述. What is missing is told, with where to get it.
    What would be sent back today is shown as a draft, and ends with 6 as `pack` does.
    """
    from monitor.cli.case_plan import missing_data
    from monitor.complaints.filing.whole_check import find_filing_blocks
    from monitor.complaints.letters.kinds import letter_kinds
    from monitor.complaints.letters.text import render_text

    if list_kinds or not (case_id or kind):
        return _list(context, case_id, as_json=as_json, at=at)
    if kind not in letter_kinds():
        told = f"没有“{plain_text(kind[:40])}”这种文书" if kind else "没有写要哪一种文书"
        fail(f"{told}；`cardwatch case letter --list` 列出全部", ExitCode.WRONG_USE)
    if out is not None:
        _refuse_out(out)
    moment = read_moment(at, "--at", end=True) or datetime.now(UTC)
    with open_case_archive(context) as (archive, settings):
        file, exhibits = _gather(archive, case_id, moment, settings.complaints, kind, disclose=disclose)
        extra = _find_extra(archive, kind, exhibits, moment, operator, disclose=disclose)
    letter = _write(kind, file, exhibits, settings.complaints, extra)
    blocks = find_filing_blocks(file, kind, settings.complaints)
    shortened = _shorten(letter, letter_kinds()[kind].length if limit is None else limit)
    if blocks:
        shortened = _mark_draft(shortened)
    if out is not None:
        _write_file(shortened.letter, out, moment)
    if as_json:
        from monitor.complaints.letters.data import letter_data

        data = letter_data(letter)
        print_json(
            {
                **data,
                "text": shortened.text,
                "left_out": list(shortened.left_out),
                "file": str(out) if out else None,
                "filing_blocks": [missing_data(one) for one in blocks],
            }
        )
        return ExitCode.NOTHING_FOUND if blocks else ExitCode.DONE
    _tell_blocks(blocks, file)
    if out is None:
        shown = shortened.text if limit is not None else render_text(shortened.letter)
        click.echo("\n".join(plain_text(line) for line in shown.splitlines()))
    else:
        click.echo(f"已写入 {plain_text(str(out))}：{letter.title}")
    _tell(letter, shortened)
    return ExitCode.NOTHING_FOUND if blocks else ExitCode.DONE


def _gather(
    archive: Archive, case_id: str, at: datetime, settings: ComplaintSettings, kind: str = "", *, disclose: bool = False
) -> tuple[CaseFile, tuple[Exhibit, ...]]:
    """The case with its exhibits; for a letter of any other kind, as for a pack, without who reported (举报) what."""
    from monitor.complaints.evidence.exhibits import list_exhibits
    from monitor.complaints.gather import gather_case
    from monitor.complaints.pack.reporter import leave_out_report

    with archive.database.reading() as session:
        case = find_case(session, case_id, living=True)
    file = gather_case(archive, case.id, at=at, settings=settings)
    if kind and kind != _OWN:
        file = leave_out_report(file, kind, disclose=disclose)
    return file, list_exhibits(file)


def _write(
    kind: str, file: CaseFile, exhibits: tuple[Exhibit, ...], settings: ComplaintSettings, extra: Extra
) -> Letter:
    """The letter; what is missing ends the command."""
    from monitor.complaints.letters.write import write_letter
    from monitor.complaints.model import LetterBlocked

    try:
        return write_letter(kind, file, exhibits, settings, extra=extra)
    except LetterBlocked as blocked:
        fail(_say_blocked(blocked, file), ExitCode.NOTHING_FOUND)


def _say_blocked(blocked: LetterBlocked, file: CaseFile) -> str:
    from monitor.complaints.letters.kinds import letter_kinds
    from monitor.complaints.routing.channels import cite
    from monitor.complaints.routing.plan_text import tell_clarify

    lines = [f"“{letter_kinds()[blocked.kind].name}”还不能写，缺{len(blocked.missing)}项："]
    for place, one in enumerate(blocked.missing, 1):
        names = cite(one.articles, file.today)
        lines.append(f"  {place}. {plain_text(one.what)}：{plain_text(one.why)}{names}")
        lines.append(f"     怎么补：{plain_text(one.mend)}")
        if one.read:
            lines.append(f"     {plain_text(tell_clarify(one, file.case.id))}")
    return "\n".join(lines)


def _find_extra(
    archive: Archive, kind: str, exhibits: tuple[Exhibit, ...], at: datetime, operator: str, *, disclose: bool
) -> Extra:
    """What letters tell beside the case: who was logged in, and for the note on captures digests, anew, and tokens."""
    from monitor.attestation.gather import gather_attestation, name_tool
    from monitor.complaints.letters.material import Extra

    digests, witnesses = {}, {}
    captures = [one.id for one in exhibits if one.form == "capture"]
    if kind == "capture_note":
        for one in exhibits:
            if one.form == "capture":
                attested = gather_attestation(archive, one.id, at)
                digests[one.id] = attested.stored.warc
                if attested.place is not None and attested.place.witnesses:
                    witnesses[one.id] = attested.place.witnesses
    return Extra(
        digests=digests,
        witnesses=witnesses,
        disclose_reporter=disclose,
        logged_in=frozenset(one for one in captures if archive.load_capture(one).session),
        operator=operator.strip(),
        tool=name_tool(),
    )


def _shorten(letter: Letter, limit: int) -> Shortened:
    from monitor.complaints.letters.text import TextTooLong, shorten

    try:
        return shorten(letter, limit)
    except TextTooLong as error:
        fail(f"“{letter.title}”{error}", ExitCode.NOTHING_FOUND)


def _mark_draft(shortened: Shortened) -> Shortened:
    """The letter with a head that says that it cannot be used yet: who scrolls past the stop still reads it."""
    letter = replace(shortened.letter, title=f"{DRAFT}{shortened.letter.title}")
    return replace(shortened, letter=letter, text=f"{DRAFT}\n{shortened.text}")


def _refuse_out(out: Path) -> None:
    if out.suffix.lower() not in _FORMS:
        fail(f"{out} 的后缀要是 .txt、.html、.pdf 或 .docx：由它决定写成什么", ExitCode.WRONG_USE)
    if out.exists():
        fail(f"{out} 已经存在：换一个名字，或先移走它", ExitCode.WRONG_USE)
    if not out.parent.is_dir():
        fail(f"{out.parent} 不是文件夹：先建好它", ExitCode.WRONG_USE)


def _write_file(letter: Letter, out: Path, at: datetime) -> None:
    """The whole letter without what was left out for its length; the notes go into a text file only, below a line."""
    ending = out.suffix.lower()
    if ending == ".docx":
        from monitor.complaints.letters.docx import render_docx

        data = render_docx(letter, at)
    elif ending == ".txt":
        from monitor.complaints.letters.text import render_text

        notes = "\n".join(f"- {note}" for note in letter.notes)
        data = f"{render_text(letter).rstrip()}\n\n{NOTES_LINE}\n{notes}\n".encode()
    else:
        from monitor.complaints.letters.html import render_html

        page = render_html(letter)
        if ending == ".pdf":
            from monitor.cli.attest import print_page

            data = print_page(page)
        else:
            data = page.encode("utf-8")
    with out.open("xb") as file:
        file.write(data)


def _tell(letter: Letter, shortened: Shortened) -> None:
    """What is for the sender only: on stderr, so that the text can be piped."""
    for note in letter.notes:
        click.echo(f"注意：{plain_text(note)}", err=True)
    if shortened.left_out:
        click.echo(f"为不超过字数略去了{len(shortened.left_out)}句：", err=True)
        for one in shortened.left_out:
            click.echo(f"  - {plain_text(one)}", err=True)


def _tell_blocks(blocks: Sequence[Missing], file: CaseFile) -> None:
    """For what the letter would be sent back if it were filed today: on stderr, before the text is shown."""
    from monitor.complaints.routing.channels import cite
    from monitor.complaints.routing.plan_text import tell_clarify

    if not blocks:
        return
    click.echo(f"这份文书现在提交会被退回或不予受理（{len(blocks)}项），先补正再提交：", err=True)
    for one in blocks:
        click.echo(f"  - {plain_text(one.what)}：{plain_text(one.why)}{cite(one.articles, file.today)}", err=True)
        click.echo(f"    怎么补：{plain_text(one.mend)}", err=True)
        if one.read:
            click.echo(f"    {plain_text(tell_clarify(one, file.case.id))}", err=True)


def _list(context: click.Context, case_id: str, *, as_json: bool, at: str) -> ExitCode:
    """The kinds; of a case also whether each can be written now."""
    from monitor.complaints.letters.kinds import letter_fields, letter_kinds

    lacking: dict[str, list[str]] | None = None
    if case_id:
        from monitor.complaints.letters.write import find_letter_missing

        moment = read_moment(at, "--at", end=True) or datetime.now(UTC)
        with open_case_archive(context) as (archive, settings):
            file, exhibits = _gather(archive, case_id, moment, settings.complaints)
        lacking = {}
        for name in letter_kinds():
            blocked = find_letter_missing(name, file, exhibits, settings.complaints)
            lacking[name] = [one.what for one in blocked.missing] if blocked else []
    else:
        load_case_settings(context)
    rows = []
    for one in letter_kinds().values():
        needs = [letter_fields()[need].what if need != "respondent" else "被投诉人的名称和地址" for need in one.needs]
        rows.append(
            {
                "kind": one.id,
                "name": one.name,
                "reader": one.reader,
                "audience": _AUDIENCE_ZH[one.audience.value] if one.audience else "本人",
                "needs": needs,
                "length": one.length or None,
                **({} if lacking is None else {"missing": lacking[one.id]}),
            }
        )
    if as_json:
        print_json({"letters": rows})
        return ExitCode.DONE
    last = "需要" if lacking is None else "还缺"
    shown = [
        (
            row["kind"],
            row["name"],
            row["reader"],
            f"{row['length']}字内" if row["length"] else "不限",
            "、".join(needs if lacking is None else lacking[one]) or ("无" if lacking is None else "可以写"),
        )
        for row, one, needs in ((row, str(row["kind"]), _words(row["needs"])) for row in rows)
    ]
    print_table(("种类", "名称", "给谁", "长度", last), shown, keep=("种类",))
    return ExitCode.DONE


def _words(value: object) -> list[str]:
    assert isinstance(value, list)
    return [str(one) for one in value]
