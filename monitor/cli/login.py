"""`cardwatch login` records the user's own login; `cardwatch sessions` lists and removes what was recorded.

The user logs in by himself in a window. What the site stored is kept encrypted; no value of it is ever printed.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.context import load_cli_settings
from monitor.cli.exit_codes import ExitCode
from monitor.cli.output import fail, plain_text, print_json, print_table, show_time

if TYPE_CHECKING:
    from monitor.config.settings import Settings
    from monitor.sessions import Session

_LONG_STATE = 8 << 20


@click.command()
@click.argument("url", required=False)
@click.option("--session", "name", metavar="NAME", help="The name by which pages use this login.")
@click.option("--vantage", metavar="V", default="desktop", help="Log in as it looks from this vantage.")
@click.option("--import", "source", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="Take a Playwright storage state that was made elsewhere; no window opens.")  # fmt: skip
@click.option("--new-key", is_flag=True, help="Make a key for sessions and print it; nothing else is done.")
@click.option("--keyring", "in_keyring", is_flag=True, help="With --new-key: keep it in the system's keyring instead.")
@click.option("--json", "as_json", is_flag=True, help="Print what was kept as JSON.")
@click.pass_context
def login_command(
    context: click.Context,
    url: str | None,
    name: str | None,
    vantage: str,
    source: Path | None,
    new_key: bool,
    in_keyring: bool,
    as_json: bool,
) -> ExitCode:
    """Log in at URL in a window and keep the session, encrypted, as NAME for pages that say session = "NAME".

    URL is the address of the page that is to be watched, or of a login page on the same site. Log in, then close the
    window or press Enter here. A session of that name is replaced.
    """
    if new_key:
        return _make_key(in_keyring)
    if not url or not name:
        raise click.UsageError('say where and under which name: cardwatch login URL --session NAME (or "--new-key")')
    from datetime import UTC, datetime

    from monitor.page_address import normalise_address
    from monitor.sessions import check_key, save_session

    settings = load_cli_settings(context, tolerant=True)
    try:
        address = normalise_address(url)
    except ValueError as error:
        fail(f"{url}: {error}", ExitCode.WRONG_USE)
    check_key(settings.session_key)  # before somebody logs in for nothing
    state = _read_state(source) if source else _record(settings, address, vantage)
    kept = save_session(settings.archive.path, name, address, state, settings.session_key, datetime.now(UTC))
    if as_json:
        print_json(describe_session(kept))
    else:
        click.echo(f"kept the session '{name}' of {kept.site}: {_tell_content(kept)}")
        click.echo(f'a page uses it with: session = "{name}"')
    return ExitCode.DONE


@click.command()
@click.argument("action", type=click.Choice(["list", "remove"]), default="list")
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_context
def sessions_command(context: click.Context, action: str, name: str | None, as_json: bool) -> ExitCode:
    """List the recorded logins (never their values), or remove the one called NAME."""
    from monitor.sessions import list_sessions, remove_session

    settings = load_cli_settings(context, tolerant=True)
    if action == "remove":
        if not name:
            raise click.UsageError("say which: cardwatch sessions remove NAME")
        remove_session(settings.archive.path, name)
        users = [page.url for page in settings.pages if page.session == name]
        if as_json:
            print_json({"removed": name, "pages": users})
        else:
            click.echo(f"removed the session '{name}'; log out at the site as well, which ends it there")
        for url in users:
            click.echo(f"still names it: {plain_text(url)}", err=True)
        return ExitCode.DONE
    sessions = list_sessions(settings.archive.path, settings.session_key)
    if as_json:
        print_json({"sessions": [describe_session(session) for session in sessions]})
    elif sessions:
        print_table(("session", "site", "made", "holds", "trouble"), [_row(session) for session in sessions])
    else:
        click.echo("no session is kept: cardwatch login URL --session NAME", err=True)
    return ExitCode.DONE if sessions else ExitCode.NOTHING_FOUND


def describe_session(session: Session) -> dict[str, object]:
    """A session as data; the field names are documented in docs/json.md."""
    return {
        "session": session.name,
        "site": session.site,
        "made_at": session.made_at,
        "cookies": session.cookies,
        "stored_items": session.stored_items,
        "first_expires_at": session.first_expires_at,
        "last_expires_at": session.last_expires_at,
        "trouble": session.trouble,
    }


def _make_key(in_keyring: bool) -> ExitCode:
    from monitor.config.settings import SESSION_KEY
    from monitor.sessions import make_key, store_key

    key = make_key()
    if in_keyring:
        store_key(key)
        click.echo("a new key is in the system's keyring of this user; cardwatch finds it there")
        return ExitCode.DONE
    click.echo(f"{SESSION_KEY}={key}")
    click.echo(
        "Set it where cardwatch runs: in the environment of the service, or in a file readable by you only that cron "
        "sources.\nNever in config.toml, never in a repository. Keep a copy apart from the archive (a password "
        "manager): without it\nthe sessions cannot be opened, and you log in again. Who has key and archive is logged "
        "in as you.",
        err=True,
    )
    return ExitCode.DONE


def _read_state(source: Path) -> str:
    with source.open("rb") as file:
        data = file.read(_LONG_STATE + 1)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        fail(f"{source} is no storage state of Playwright: it is not UTF-8", ExitCode.WRONG_USE)


def _record(settings: Settings, url: str, vantage: str) -> str:
    from datetime import UTC, datetime

    from scrapers.login import find_window, record_login

    chosen = next((item for item in settings.vantages if item.name == vantage), None)
    if chosen is None:
        names = ", ".join(item.name for item in settings.vantages)
        fail(f"there is no vantage '{vantage}'; there are {names}", ExitCode.WRONG_USE)
    found = find_window(os.environ)
    click.echo("log in in the window that opens now; then close it, or press Enter here", err=True)

    async def record() -> str:
        done = asyncio.Event()
        _wait_for_enter(asyncio.get_running_loop(), done)
        return await record_login(
            found, url, policy=settings.network, vantage=chosen, clock=lambda: datetime.now(UTC), done=done
        )

    return asyncio.run(record())


def _wait_for_enter(loop: asyncio.AbstractEventLoop, done: asyncio.Event) -> None:
    """Set the event when a line is typed. The thread may wait for ever: it holds nothing, and ends with us."""
    if not sys.stdin.isatty():
        return

    def wait() -> None:
        if os.read(sys.stdin.fileno(), 4096) and not loop.is_closed():
            loop.call_soon_threadsafe(done.set)

    threading.Thread(target=wait, daemon=True).start()


def _tell_content(session: Session) -> str:
    told = f"{session.cookies} cookies, {session.stored_items} stored items"
    if session.first_expires_at is None:
        return f"{told}; no date of expiry is set, the site decides"
    return f"{told}; the first cookie ends {show_time(session.first_expires_at)}"


def _row(session: Session) -> tuple[object, ...]:
    made = show_time(session.made_at) if session.made_at else ""
    return (session.name, session.site, made, "" if session.trouble else _tell_content(session), session.trouble)
