"""`read`: what a page says, from a saved file or from the web, without storing anything."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.batches import batch_options, run_batch
from monitor.cli.context import find_config, load_cli_settings
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import CommandError, fail, plain_text, print_json, print_table

if TYPE_CHECKING:
    from scrapers.identity import Identifier
    from scrapers.model import Block, Capture, Limits, NetworkPolicy, Reading

_ROLES = ("product", "terms", "notice", "home", "contact", "order", "release")
_SHOWN_FACTS = 60
_SHOWN_LINES = 12
_SHOWN_IDENTIFIERS = 30


@click.command()
@click.argument("source", metavar="FILE_OR_URL", required=False, default="")
@click.option(
    "--url", default="", metavar="URL", help="Where a saved file comes from; helps to recognise the software."
)
@click.option("--role", type=click.Choice(_ROLES), help="What the page is for; by default the page itself decides.")
@click.option("--keep", multiple=True, metavar="CSS", help="Read only what this selector matches; may be repeated.")
@click.option("--remove", multiple=True, metavar="CSS", help="Leave out what this selector matches; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON, with the whole text.")
@batch_options
@click.pass_context
def read_command(
    context: click.Context,
    source: str,
    url: str,
    role: str | None,
    keep: tuple[str, ...],
    remove: tuple[str, ...],
    as_json: bool,
    batch: Path | None,
    jobs: int,
    seconds: float,
) -> ExitCode:
    """Read a page without storing it: products, prices, stock, promises, rules, and where each of them stands.

    It is your own file: nothing in it is masked, neither names nor contacts.

    FILE_OR_URL is a saved page (HTML, MHTML, HAR, WARC, WACZ) or an address, which is opened in the browser. Status 4
    when it is a login, captcha, maintenance or error page, 6 when it has nothing to read.

    Lines of a batch: {"id", "file" or "text", "url", "role"}.
    """
    if batch is not None:
        from monitor.file_answers import answer_read

        return run_batch(batch, answer_read, jobs=jobs, seconds=seconds)
    if not source:
        fail("nothing to read: give a file, an address, or --batch FILE.jsonl", ExitCode.WRONG_USE)
    from monitor.file_answers import ReadPage, page_identifiers, pages_data
    from scrapers.content import content_of
    from scrapers.extract import read_page
    from scrapers.model import Role

    _check_selectors((*keep, *remove))
    captures = (look_at(context, source),) if _is_address(source) else open_file(Path(source), url)
    wanted = Role(role) if role else None
    pages = []
    for capture in captures:
        content = content_of(capture)
        pages.append(ReadPage(capture, read_page(content, role=wanted, keep=keep, remove=remove), content))
    if as_json:
        print_json(pages_data(tuple(pages)))
    else:
        for number, (capture, page) in enumerate(zip(captures, pages, strict=True)):
            if number:
                click.echo()
            _print(capture, page.reading)
            _print_identifiers(page_identifiers(page))
    if not any(_was_seen(capture) for capture in captures):
        return ExitCode.PAGES_FAILED
    return ExitCode.DONE if any(page.reading.facts or page.reading.blocks for page in pages) else ExitCode.NOTHING_FOUND


def _is_address(source: str) -> bool:
    return source.lower().startswith(("http://", "https://"))


def _check_selectors(selectors: tuple[str, ...]) -> None:
    import soupsieve

    for selector in selectors:
        try:
            soupsieve.compile(selector)
        except (soupsieve.SelectorSyntaxError, NotImplementedError) as error:
            reason = plain_text(str(error)).split(" line ")[0]
            fail(f"selector {selector!r} is not CSS that can be used: {reason}; correct it", ExitCode.WRONG_USE)


def open_file(path: Path, url: str) -> tuple[Capture, ...]:
    """Open a saved page as captures; one that cannot be read ends the command."""
    from monitor.file_answers import open_captures

    if not path.is_file():
        hint = "give a file in it" if path.is_dir() else "give a file, or an address with http:// or https://"
        fail(f"{path}: {'is a folder' if path.is_dir() else 'there is no such file'}; {hint}", ExitCode.WRONG_USE)
    try:
        return open_captures(path, url, datetime.now(UTC))
    except OSError as error:
        fail(f"{path}: {error.strerror or error}; nothing was read", ExitCode.WRONG_USE)
    except ValueError as error:
        raise CommandError(str(error), ExitCode.WRONG_USE) from None


def look_at(context: click.Context, address: str) -> Capture:
    """Open an address in the browser; nothing is stored."""
    from scrapers.browser import find_browser

    policy, limits = _network(context)
    found = find_browser(os.environ)
    if found is None:
        fail("no browser was found to open the address; `cardwatch doctor` says how to mend it", ExitCode.CANNOT_WORK)
    click.echo(f"opening {plain_text(address)} ...", err=True)

    async def visit() -> Capture:
        from scrapers.browser import open_browser
        from scrapers.model import PageTask, Role
        from storage.ids import new_id

        capture_id = new_id("capture", datetime.now(UTC))
        async with open_browser(found, policy, lambda: datetime.now(UTC)) as browser:
            return await browser.capture_page(PageTask(capture_id, address, Role.PRODUCT, limits=limits))

    return asyncio.run(visit())


def _network(context: click.Context) -> tuple[NetworkPolicy, Limits]:
    """The configured network and limits; without a configuration file the defaults, which let nothing private out."""
    from scrapers.model import Limits, NetworkPolicy

    if not find_config(context).exists() and "cardwatch.config" not in context.find_root().meta:
        return NetworkPolicy(), Limits()
    settings = load_cli_settings(context, tolerant=True)
    return settings.network, settings.limits


def _was_seen(capture: Capture) -> bool:
    return capture.outcome in ("complete", "partial")


def _address(capture: Capture) -> str:
    from monitor.file_answers import NOWHERE

    address = capture.final_url or capture.url
    return "" if address == NOWHERE else address


def _print(capture: Capture, reading: Reading) -> None:
    click.echo(f"page     {plain_text(reading.title) or '(no title)'}")
    click.echo(f"address  {plain_text(_address(capture)) or '(not known: give it with --url)'}")
    signs = plain_text("; ".join(reading.signs)) or "no sign"
    click.echo(f"family   {reading.family} ({reading.family_confidence:.0%}): {signs}")
    if not _was_seen(capture):
        click.echo(
            f"\nThis is not the page itself: {capture.outcome} ({plain_text(capture.reason)})"
            + (f", {plain_text(capture.detail)}" if capture.detail else "")
            + ".\nWhat follows was read from what came in its place."
        )
    if reading.facts:
        click.echo()
        rows = [
            (fact.subject, fact.kind, fact.qualifier, fact.value, fact.source, f"{fact.confidence:.0%}", fact.place)
            for fact in reading.facts[:_SHOWN_FACTS]
        ]
        print_table(("subject", "fact", "of", "value", "source", "sure", "place"), rows)
        if len(reading.facts) > _SHOWN_FACTS:
            click.echo(f"... {len(reading.facts) - _SHOWN_FACTS} more facts; --json prints all")
    for block in reading.blocks:
        _print_block(block)
    if reading.problems:
        click.echo("\nnot found or in doubt")
        for problem in reading.problems:
            click.echo(f"  {plain_text(problem)}")


def _print_identifiers(identifiers: tuple[Identifier, ...]) -> None:
    """What the page tells of who runs the site: what was shown first, the rest counted."""
    from monitor.operators.kind_words import KIND_WORDS

    if not identifiers:
        return
    click.echo("\nidentifiers of who runs the site (anybody can copy text; --json says where each stood)")
    rows = [
        (
            KIND_WORDS.get(identifier.kind, identifier.kind),
            identifier.value,
            str(identifier.place),
            identifier.role,
            identifier.problem,
        )
        for identifier in identifiers[:_SHOWN_IDENTIFIERS]
    ]
    print_table(("kind", "value", "place", "role", "problem"), rows)
    if len(identifiers) > _SHOWN_IDENTIFIERS:
        click.echo(f"... {len(identifiers) - _SHOWN_IDENTIFIERS} more identifiers; --json prints all")


def _print_block(block: Block) -> None:
    heading = f" {plain_text(block.heading)}" if block.heading else ""
    click.echo(f"\n[{block.kind}]{heading} ({block.source}, words of: {block.author}) at {plain_text(block.place)}")
    lines = block.text.split("\n") if block.text else []
    for line in lines[:_SHOWN_LINES]:
        click.echo(f"  {plain_text(line)}")
    if len(lines) > _SHOWN_LINES:
        click.echo(f"  ... {len(lines) - _SHOWN_LINES} more lines; --json prints all")
    for image in block.images[:5]:
        click.echo(f"  picture: {plain_text(image)}")
