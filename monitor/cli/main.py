"""The entry point `cardwatch`: names every command and loads only the one that was asked for.

A command lives as `<name>_command` in its module; the table below holds its place and its line of help, so that
`cardwatch --help` imports none of them. Errors of every command are caught here, once.
"""

from __future__ import annotations

import difflib
import importlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from monitor.cli.errors import ReaderGoneError, report_error
from monitor.cli.exit_codes import ExitCode

CONFIG_VARIABLE = "CARDWATCH_CONFIG"


@dataclass(frozen=True)
class CommandEntry:
    """Where a command is defined, and its line in the help."""

    place: str
    help: str


SECTIONS: dict[str, dict[str, CommandEntry]] = {
    "Start here": {
        "demo": CommandEntry("demo:demo_command", "Watch a practice platform live through 90 days."),
        "doctor": CommandEntry("doctor:doctor_command", "Say what is there, what is missing, and how to mend it."),
        "add": CommandEntry("watchlist:add_command", "Add a page to the watch list."),
        "discover": CommandEntry("discover:discover_command", "Look through a site and propose what to watch."),
        "platforms": CommandEntry("watchlist:platforms_command", "List the platforms that are watched."),
        "pages": CommandEntry("watchlist:pages_command", "List the pages that are watched, or bring in a CSV of them."),
        "login": CommandEntry("login:login_command", "Record your own login, for pages that only members see."),
        "sessions": CommandEntry("login:sessions_command", "List the recorded logins, or remove one."),
    },
    "Watch": {
        "run": CommandEntry("run:run_command", "Capture what is due, compare, and alert."),
        "schedule": CommandEntry("run:schedule_command", "Keep running, and capture pages when they are due."),
        "cron": CommandEntry("cron:cron_command", "Print lines for crontab, systemd or the Windows Task Scheduler."),
    },
    "Ask": {
        "history": CommandEntry("history:history_command", "List the captures of a page or platform."),
        "at": CommandEntry("at:at_command", "Show what a page said around a moment."),
        "changes": CommandEntry("changes:changes_command", "List the changes that were found."),
        "explain": CommandEntry("explain:explain_command", "Explain one change: what, since when, how it is known."),
        "findings": CommandEntry(
            "findings:findings_command", "Say what was rewritten in silence, and what is not shown."
        ),
        "timeline": CommandEntry("timeline:timeline_command", "Show the history of a page or platform as a picture."),
        "diff": CommandEntry("diff:diff_command", "Show what differs between two captures."),
        "show": CommandEntry("show:show_command", "Show one capture with its evidence."),
        "search": CommandEntry("search:search_command", "Search the text of all versions."),
    },
    "Who is behind it": {
        "who": CommandEntry("who:who_command", "Say who a complaint is against, how sure, why and where to file it."),
        "verified": CommandEntry("verified:verified_command", "Keep what you looked up by hand at a register."),
        "domains": CommandEntry("domains:domains_command", "Show where a platform was, is and may be, with the proof."),
        "sites": CommandEntry("sites:sites_command", "List the sites with their state, since when and why."),
        "operators": CommandEntry("operators:operators_command", "List which sites are under one control, since when."),
        "links": CommandEntry("links:links_command", "Explain the link between two sites, row by row."),
        "judge": CommandEntry("judge:judge_command", "Decide whether two sites are one operator's, or take it back."),
        "statements": CommandEntry("statements:statements_command", "List what a site shows of who runs it."),
        "dossier": CommandEntry(
            "dossier:dossier_command", "Write the file on a platform, to hand over with a complaint."
        ),
        "objection": CommandEntry("objection:objection_command", "Keep what a platform answered to being named."),
        "lookup": CommandEntry("lookup:lookup_command", "Ask name servers, registries and servers about domains."),
    },
    "Complain": {
        "quick": CommandEntry("quick:quick_command", "Five questions: what to save now, what to write, what is due."),
        "case": CommandEntry("case:case_command", "Open and lead a case: evidence, channels, letters, deadlines."),
        "pack": CommandEntry("pack:pack_command", "Make the complaint pack of a case for one channel."),
        "risk": CommandEntry("risk:risk_command", "Say what speaks against a platform, each sign with its proof."),
    },
    "Look at files": {
        "read": CommandEntry("read:read_command", "Read a page or a saved file without storing it."),
        "compare": CommandEntry("compare:compare_command", "Compare two saved pages or texts."),
        "link": CommandEntry("link:link_command", "Link the sites of a file of statements: who runs which, and why."),
        "review": CommandEntry("review:review_command", "Find unfair or risky clauses in terms, with the articles."),
    },
    "Keep": {
        "import": CommandEntry("imports:import_command", "Bring in a saved page, a WARC, WACZ, MHTML or HAR file."),
        "reextract": CommandEntry("reextract:reextract_command", "Read the whole history anew by this release."),
        "stamp": CommandEntry("stamp:stamp_command", "Ask time-stamping authorities to witness what is kept."),
        "evidence": CommandEntry("evidence:evidence_command", "Keep orders, chats and other files as evidence."),
        "custody": CommandEntry("custody:custody_command", "See, seal and prove the log of all that was kept."),
        "attest": CommandEntry("attest:attest_command", "Write the attestation (取证说明) of a capture."),
        "export": CommandEntry("keeping:export_command", "Write a capture to a WACZ file."),
        "verify": CommandEntry("verify:verify_command", "Check an export, a pack or an archive folder, offline."),
        "check": CommandEntry("keeping:check_command", "Check every row, byte and digest of the archive."),
        "backup": CommandEntry("keeping:backup_command", "Back the archive up, while it runs if need be."),
        "restore": CommandEntry("keeping:restore_command", "Restore an archive from a backup."),
    },
}


def find_entry(name: str) -> CommandEntry | None:
    """The table's entry of a command, None if there is no such command."""
    return next((entries[name] for entries in SECTIONS.values() if name in entries), None)


def load_command(name: str, entry: CommandEntry) -> click.Command:
    """Import the module of a command and give the command, with `--config` among its options."""
    module_name, _, function_name = entry.place.partition(":")
    command = getattr(importlib.import_module(f"monitor.cli.{module_name}"), function_name)
    if not isinstance(command, click.Command):
        raise TypeError(f"monitor.cli.{entry.place} is not a click command")
    command.name = name
    parts = command.commands.values() if isinstance(command, click.Group) else ()
    for part in (command, *parts):
        add_config_option(part)
    return command


def add_config_option(command: click.Command) -> None:
    """Give a command `--config`, once."""
    if not any("--config" in parameter.opts for parameter in command.params):
        command.params.append(_config_option())


def _remember_config(context: click.Context, _parameter: click.Parameter, value: Path | None) -> None:
    if value is not None:
        context.find_root().meta["cardwatch.config"] = value


def _config_option() -> click.Option:
    return click.Option(
        ["--config"],
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help=f"The configuration file.  [default: {CONFIG_VARIABLE}, else config.toml]",
        expose_value=False,
        callback=_remember_config,
    )


def _print_version(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if not wanted or context.resilient_parsing:
        return
    from importlib.metadata import version

    click.echo(f"cardwatch {version('cardwatch')}")
    context.exit()


class LazyGroup(click.Group):
    """A group that imports a command only when it is used, and turns every error into a message and a status."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order of the help."""
        return [name for entries in SECTIONS.values() for name in entries]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now."""
        entry = find_entry(cmd_name)
        return load_command(cmd_name, entry) if entry else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or name the nearest one."""
        if args and not args[0].startswith("-") and find_entry(args[0]) is None:
            nearest = difflib.get_close_matches(args[0], self.list_commands(ctx), n=1)
            hint = f" Did you mean '{nearest[0]}'?" if nearest else " See 'cardwatch --help'."
            raise click.UsageError(f"There is no command '{args[0]}'.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help from the table, so that no command is imported."""
        for title, entries in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name, entry.help) for name, entry in entries.items()])

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; a reader that has gone (head, less) is told apart from other errors before click ends it."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError as error:
            raise ReaderGoneError from error
        return result

    def main(  # type: ignore[override]
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **_settings: object
    ) -> None:
        """Run the command line and leave the process with one of the statuses of `ExitCode`."""
        try:
            result = super().main(args=args, prog_name=prog_name or "cardwatch", standalone_mode=False)
        except BaseException as error:
            sys.exit(report_error(error))
        sys.exit(result if isinstance(result, int) else ExitCode.DONE)


def _cardwatch() -> None:
    """Archive card-platform pages as evidence, notice rewritten rules, answer questions about their history."""


group = LazyGroup(
    name="cardwatch",
    callback=_cardwatch,
    params=[
        _config_option(),
        click.Option(["--version"], is_flag=True, expose_value=False, is_eager=True, callback=_print_version,
                     help="Show the version and leave."),
    ],
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)  # fmt: skip


def main() -> None:
    """Start the command line on the arguments of the process."""
    for stream in (sys.stdout, sys.stderr):
        # A pipe on Windows has the code page of the machine; what we print is Chinese and must stay whole.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")
    group.main()
