"""`case`: one dispute from the first question to the last answer. Loads only the subcommand that was asked for."""

from __future__ import annotations

import importlib

import click

PARTS: dict[str, tuple[str, str]] = {
    "new": ("case_new:new_command", "Open a case: asks step by step, or takes it from a file."),
    "list": ("case_show:list_command", "List the cases, open ones first, with what is due."),
    "show": ("case_show:show_command", "Show a case: facts, evidence, what the archive knows, what is missing."),
    "set": ("case_set:set_command", "Change or add facts of a case."),
    "add": ("case_add:add_command", "Bring evidence into a case: files, folders, a phone's photo dump."),
    "remove": ("case_add:remove_command", "Take an item out of a case; the sealed original stays."),
    "missing": ("case_add:missing_command", "Say what evidence is missing, what matters most first."),
    "plan": ("case_plan:plan_command", "Say which channels, in which order, why, and what blocks each."),
    "check": (
        "case_plan:check_command",
        "Say what a channel would refuse, and what an opponent will attack.",
    ),
    "clarify": ("case_clarify:clarify_command", "Say what words in a case mean that look as if they spoke against it."),
    "excuses": ("case_excuses:excuses_command", "Answer the seller's excuses from what the pages showed."),
    "letter": ("case_letter:letter_command", "Write one letter of a case as text, HTML, PDF or DOCX."),
    "file": ("case_step:file_command", "Record that something was filed, with its proof."),
    "unfile": ("case_step:unfile_command", "Take out a filing that was recorded by mistake."),
    "answer": ("case_step:answer_command", "Record an answer, a refusal, or money that came back."),
    "due": ("case_due:due_command", "List what is due and what comes next; also as a calendar file."),
    "close": ("case_set:close_command", "Close a case, with how it ended."),
    "erase": ("case_set:erase_command", "Destroy the personal data of a case and leave a tombstone."),
}


class _Parts(click.Group):
    """A group that imports a subcommand only when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every subcommand, in the order of the help."""
        return list(PARTS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The subcommand of that name, imported now."""
        from monitor.cli.main import add_config_option

        if cmd_name not in PARTS:
            return None
        module_name, _, function_name = PARTS[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(f"monitor.cli.{module_name}"), function_name)
        if not isinstance(command, click.Command):
            raise TypeError(f"monitor.cli.{PARTS[cmd_name][0]} is not a click command")
        command.name = cmd_name
        add_config_option(command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help from the table, so that no subcommand is imported."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_line) for name, (_, help_line) in PARTS.items()])


@click.group(cls=_Parts)
def case_command() -> None:
    """A dispute: its facts, evidence, channels, letters and deadlines.

    Everything a consumer reads is in Chinese. Nothing is ever submitted by the tool.
    """
