"""`add`, `platforms` and `pages`: the watch list as it is, and pages added to it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.context import find_config, load_cli_settings
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, plain_text, print_json, print_table

if TYPE_CHECKING:
    from monitor.config.settings import PageSettings, Settings
    from monitor.watchlist import NewPage


@click.command()
@click.argument("url")
@click.option("--platform", required=True, metavar="NAME", help="The platform as you know it.")
@click.option("--role", required=True, help="product, terms, notice, home, contact, order or release.")
@click.option("--schedule", default="", metavar="S", help="'0 */6 * * *' or 'every 6 h'.  [default: as configured]")
@click.option("--vantage", default="", metavar="V", help="desktop, mobile, or one of the configuration.")
@click.option("--json", "as_json", is_flag=True, help="Print the page as JSON.")
@click.pass_context
def add_command(
    context: click.Context, url: str, platform: str, role: str, schedule: str, vantage: str, as_json: bool
) -> None:
    """Add a page to the watch list.

    The configuration file is made if it is not there; comments and all other lines of it stay.
    """
    from monitor.watchlist import NewPage, add_pages

    path = find_config(context)
    done = add_pages(path, [NewPage(platform, url, role, schedule, vantage)])
    for refusal in done.refused:
        fail(f"not added: {refusal.reason}", ExitCode.WRONG_USE)
    page = done.added[0]
    hint = _hint_of(page.url, load_cli_settings(context, tolerant=True))
    if as_json:
        print_json({"config": path, "created": done.created, "page": _as_data(page), "hint": hint})
        return
    if done.created:
        click.echo(f"made {path} with commented defaults")
    click.echo(f"watching {page.url} as {page.role} of {plain_text(page.platform)}, {page.schedule.text}")
    click.echo("`cardwatch run` captures it now; `cardwatch cron` prints the lines for a schedule")
    if hint:
        click.echo(hint, err=True)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def platforms_command(context: click.Context, as_json: bool) -> ExitCode:
    """List the platforms that are watched."""
    settings = load_cli_settings(context, tolerant=True)
    if as_json:
        listed = [
            {"name": platform.name, "pages": len(platform.pages), "roles": _count_roles(platform.pages)}
            for platform in settings.platforms
        ]
        print_json({"config": settings.path, "platforms": listed, "problems": _problems(settings)})
    else:
        rows = [(item.name, len(item.pages), _tell_roles(item.pages)) for item in settings.platforms]
        print_table(("platform", "pages", "roles"), rows)
        _tell_problems(settings)
    _tell_empty(settings)
    return ExitCode.DONE if settings.platforms else ExitCode.NOTHING_FOUND


@click.command()
@click.option("--platform", default="", metavar="NAME", help="Only the pages of this platform.")
@click.option(
    "--import",
    "source",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE.csv",
    help="Add the pages of a CSV file: platform,url,role,schedule.",
)
@click.option("--noise", is_flag=True, help="What was learnt of each page: its flicker, and how well it is read.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def pages_command(context: click.Context, platform: str, source: Path | None, noise: bool, as_json: bool) -> ExitCode:
    """List the pages that are watched, or bring in a CSV of them."""
    if noise and source is None:
        from monitor.cli.page_noise import show_noise

        return show_noise(context, platform, as_json)
    if source is not None:
        if platform:
            raise click.UsageError("--platform chooses pages to list; with --import the file names the platforms.")
        return _import_pages(find_config(context), source, as_json)
    settings = load_cli_settings(context, tolerant=True)
    names = [item.name for item in settings.platforms]
    if platform and platform not in names:
        from monitor.config.problems import nearest_word

        fail(f"no platform '{platform}' is watched.{nearest_word(platform, names)}", ExitCode.NOTHING_FOUND)
    pages = [page for page in settings.pages if platform in ("", page.platform)]
    if as_json:
        listed = [_as_data(page) for page in pages]
        print_json({"config": settings.path, "pages": listed, "problems": _problems(settings)})
    else:
        rows = [(page.platform, page.role, page.url, page.schedule.text, page.vantage.name) for page in pages]
        print_table(("platform", "role", "url", "schedule", "vantage"), rows)
        _tell_problems(settings)
    _tell_empty(settings)
    return ExitCode.DONE if pages else ExitCode.NOTHING_FOUND


def _hint_of(url: str, settings: Settings) -> str:
    """What must be configured before a page on a private address can be captured; "" for all others."""
    from urllib.parse import urlsplit

    from scrapers.addresses import explain_refusal, is_allowed, parse_address

    host = urlsplit(url).hostname or ""
    address = parse_address("127.0.0.1" if host == "localhost" else host)
    why = explain_refusal(address) if address else ""
    network = settings.network
    if address is None or not why or host in dict(network.resolve) or is_allowed(host, address, network.allow_private):
        return ""
    return f'{host} is a {why}, which is not captured: write allow_private = ["{host}"] under [network] first'


def _import_pages(config: Path, source: Path, as_json: bool) -> ExitCode:
    from monitor.watchlist import add_pages
    from monitor.watchlist_csv import PageListError, read_page_list

    try:
        pages, bad = read_page_list(source)
    except PageListError as error:
        fail(str(error), ExitCode.WRONG_USE)
    done = add_pages(config, pages)
    wrong = [(row.line, row.reason) for row in bad]
    wrong += [(_line_of(refusal.page), refusal.reason) for refusal in done.refused if not refusal.known]
    known = [(_line_of(refusal.page), refusal.reason) for refusal in done.refused if refusal.known]
    if as_json:
        print_json({
            "config": config,
            "created": done.created,
            "added": [_as_data(page) for page in done.added],
            "known": [{"line": line, "reason": reason} for line, reason in sorted(known)],
            "wrong": [{"line": line, "reason": reason} for line, reason in sorted(wrong)],
        })  # fmt: skip
    else:
        for line, reason in sorted(wrong):
            click.echo(f"{source}, line {line}: {plain_text(reason)}", err=True)
        click.echo(f"{len(done.added)} pages added to {config}, {len(known)} known already, {len(wrong)} wrong")
    return ExitCode.WRONG_USE if wrong else ExitCode.DONE


def _line_of(page: NewPage) -> int:
    return int(page.source.removeprefix("line "))


def _as_data(page: PageSettings) -> dict[str, object]:
    return {
        "platform": page.platform,
        "url": page.url,
        "role": page.role,
        "schedule": page.schedule.text,
        "timezone": page.schedule.timezone,
        "vantage": page.vantage.name,
        "session": page.session,
    }


def _count_roles(pages: tuple[PageSettings, ...]) -> dict[str, int]:
    roles = [str(page.role) for page in pages]
    return {role: roles.count(role) for role in dict.fromkeys(roles)}


def _tell_roles(pages: tuple[PageSettings, ...]) -> str:
    return ", ".join(f"{count} {role}" for role, count in _count_roles(pages).items())


def _problems(settings: Settings) -> list[dict[str, object]]:
    return [{"line": item.line, "place": item.place, "reason": item.reason} for item in settings.problems]


def _tell_empty(settings: Settings) -> None:
    if not settings.pages:
        click.echo("no page is watched yet: `cardwatch add URL --platform NAME --role ROLE` adds one", err=True)


def _tell_problems(settings: Settings) -> None:
    for problem in settings.problems:
        click.echo(f"left out: {settings.path}: {plain_text(str(problem))}", err=True)
