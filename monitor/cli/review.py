"""`review`: which clauses of a page, a saved file or a text may be unfair or risky, and which articles speak of it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from monitor.cli.batches import batch_options, run_batch
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, plain_text, print_json, show_time

if TYPE_CHECKING:
    from monitor.review.document import Review
    from monitor.review.model import TermFinding
    from scrapers.model import Reading

_TEXT_ENDINGS = frozenset({".txt", ".md", ".text"})
_MAXIMUM_BYTES = 20_000_000
_SHOWN = 160
_SHOWN_LAWS = 4


@click.command()
@click.argument("what", metavar="FILE|URL|PAGE", required=False, default="")
@click.option("--at", "moment", default="", metavar="DATE", help="Articles in force then; of a watched page, its text.")
@click.option(
    "--url", default="", metavar="URL", help="Where a saved file comes from; helps to recognise the software."
)
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@batch_options
@click.pass_context
def review_command(
    context: click.Context,
    what: str,
    moment: str,
    url: str,
    as_json: bool,
    batch: Path | None,
    jobs: int,
    seconds: float,
) -> ExitCode:
    """Review terms: clauses that may be unfair or risky, how grave, why, and the articles in force.

    FILE is a text (.txt, .md) or a saved page; URL is opened in the browser unless it is watched already; PAGE is a
    watched page's id or address, in its newest version or the one of --at. Status 3 when a finding is high or critical,
    4 when the page could not be read, 6 when there is nothing to review.

    Lines of a batch: {"id", "file" or "text", "url", "at"}.
    """
    if batch is not None:
        from monitor.file_answers import answer_review

        return run_batch(batch, answer_review, jobs=jobs, seconds=seconds)
    if not what:
        fail("nothing to review: give a file, an address, a watched page, or --batch FILE.jsonl", ExitCode.WRONG_USE)
    from monitor.cli.asking import read_moment
    from monitor.review.document import review_data, review_plain, review_reading
    from monitor.times import SHANGHAI

    moment_at = read_moment(moment, "--at", end=True)
    at = (moment_at or datetime.now(UTC)).astimezone(SHANGHAI).date()
    document = _load(context, what, url, moment_at)
    review = review_plain(document, at=at) if isinstance(document, str) else review_reading(document, at=at)
    if as_json:
        print_json(review_data(review))
    else:
        _print(review, at)
    if not review.text_characters:
        return ExitCode.NOTHING_FOUND
    grave = any(finding.severity.value in ("high", "critical") for finding in review.findings)
    return ExitCode.GRAVE_CHANGE if grave else ExitCode.DONE


def _load(context: click.Context, what: str, url: str, at: datetime | None) -> str | Reading:
    path = Path(what)
    if path.is_file():
        return _read_text(path) if path.suffix.lower() in _TEXT_ENDINGS else _read_saved(path, url)
    if path.suffix and not what.lower().startswith(("http://", "https://")) and path.parent != Path():
        fail(
            f"{plain_text(what)}: there is no such file; give a file, an address or a watched page", ExitCode.WRONG_USE
        )
    watched = _read_watched(context, what, at)
    if watched is not None:
        return watched
    if at is not None:
        fail(
            f"'{plain_text(what[:200])}' is not watched: a page is opened as it is now, without --at",
            ExitCode.WRONG_USE,
        )
    return _read_address(context, what)


def _read_text(path: Path) -> str:
    try:
        if path.stat().st_size > _MAXIMUM_BYTES:
            fail(f"{path}: larger than {_MAXIMUM_BYTES // 1_000_000} MB; cut out the terms", ExitCode.WRONG_USE)
        data = path.read_bytes()
    except OSError as error:
        fail(f"{path}: {error.strerror}; give another file", ExitCode.WRONG_USE)
    for encoding in ("utf-8-sig", "gb18030", "utf-16"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return fail(f"{path}: not text in UTF-8, GB18030 or UTF-16; save it as UTF-8 text", ExitCode.WRONG_USE)


def _read_saved(path: Path, url: str) -> Reading:
    from monitor.cli.read import open_file
    from scrapers.content import content_of
    from scrapers.extract import read_page

    captures = open_file(path, url)
    if len(captures) > 1:
        click.echo(f"{path}: {len(captures)} pages are in it; the first is reviewed", err=True)
    return read_page(content_of(captures[0]))


def _read_address(context: click.Context, address: str) -> Reading:
    from monitor.cli.read import look_at
    from scrapers.content import content_of
    from scrapers.extract import read_page

    capture = look_at(context, address)
    if capture.outcome not in ("complete", "partial"):
        detail = f" ({plain_text(capture.detail)})" if capture.detail else ""
        fail(
            f"{plain_text(address)}: {capture.outcome}: {plain_text(capture.reason)}{detail}; nothing was reviewed",
            ExitCode.PAGES_FAILED,
        )
    return read_page(content_of(capture))


def _read_watched(context: click.Context, what: str, at: datetime | None) -> Reading | None:
    """The reading of a watched page; None for an address that is not watched."""
    from monitor.cli.asking import find_asked_pages, open_asked_archive
    from monitor.cli.context import find_config
    from monitor.cli.output import CommandError
    from storage.versions import versions_around

    is_address = what.lower().startswith(("http://", "https://"))
    if not find_config(context).exists() and "cardwatch.config" not in context.find_root().meta:
        if is_address:
            return None
        fail(
            f"{plain_text(what[:200])}: there is no such file, and no archive to look in; give a file or URL",
            ExitCode.WRONG_USE,
        )
    try:
        with open_asked_archive(context) as archive, archive.database.reading() as session:
            pages = find_asked_pages(session, what)
            if len(pages) > 1:
                _ask_for_one(what, [page.id for page in pages])
            before, _after = versions_around(session, pages[0].id, at or datetime.now(UTC))
    except CommandError as error:
        if is_address and error.exit_code in (ExitCode.NOTHING_FOUND, ExitCode.WRONG_USE):
            return None
        raise
    if before is None:
        when = "before --at" if at else "yet"
        fail(f"'{plain_text(what[:200])}' has no version {when}; `cardwatch history` lists its captures",
             ExitCode.NOTHING_FOUND)  # fmt: skip
    page = plain_text(f"{pages[0].platform} {pages[0].url}")
    click.echo(f"{page}: the capture {before.capture_id} of {show_time(before.seen_at)} is reviewed", err=True)
    return before.reading


def _ask_for_one(what: str, ids: list[str]) -> NoReturn:
    named = ", ".join(ids[:8])
    fail(f"'{plain_text(what[:200])}' has {len(ids)} pages: {named}; give one of them", ExitCode.CANNOT_WORK)


def _print(review: Review, at: date) -> None:
    from monitor.review.document import rank_findings

    if review.findings:
        click.echo(f"共 {len(review.findings)} 处条款可能涉及不公平或有风险（依 {at} 有效的规定；是否成立须个案判断）")
    else:
        click.echo(f"没有发现所列各类问题条款（依 {at} 有效的规定；不等于没有问题）")
    for number, finding in enumerate(rank_findings(review.findings), 1):
        _print_finding(number, finding)
    if review.not_reviewed:
        click.echo("\n没有审查或不能断定的")
        for line in review.not_reviewed:
            click.echo(f"  {plain_text(line)}")


def _print_finding(number: int, finding: TermFinding) -> None:
    from monitor.change_words import SEVERITY_WORDS

    click.echo(f"\n{number}. [{SEVERITY_WORDS[finding.severity]}] 可能涉及“{finding.name}”（{finding.pattern}）")
    shown = plain_text(finding.wording)
    click.echo(f"   原文：{shown[:_SHOWN]}{'…' if len(shown) > _SHOWN else ''}")
    click.echo(f"   理由：{finding.reason}。")
    for law in finding.laws[:_SHOWN_LAWS]:
        doubt = "" if law.confirmed else "（条文未核实，引用前须查证）"
        click.echo(f"   可参照：《{law.title}》{law.article}：{law.summary}{doubt}")
    if len(finding.laws) > _SHOWN_LAWS:
        click.echo(f"   另有 {len(finding.laws) - _SHOWN_LAWS} 条，见 --json")
    for text in finding.exceptions:
        click.echo(f"   但同处另有：{plain_text(text)}")
    for text in finding.counter_evidence:
        click.echo(f"   但他处另有：{plain_text(text)}")
    if not finding.quotable:
        click.echo("   这段文字当时并未显示给访客，不能当作已显示的条款引用")
    if finding.needs_human:
        click.echo("   须人工核对")
