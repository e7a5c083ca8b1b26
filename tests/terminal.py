"""Runs the command line on a terminal of its own, for what it shows a person and not a pipe."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import click
from click.testing import CliRunner, Result


def run_on_terminal(folder: Path, *arguments: str, columns: int = 100) -> str:
    """Run a command to its end and give what stood on the terminal, output and errors together."""
    import fcntl
    import pty
    import struct
    import termios

    lead, follow = pty.openpty()
    fcntl.ioctl(follow, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    root = Path(__file__).parents[1]
    environment = {**os.environ, "PYTHONPATH": str(root), "TERM": "dumb"}
    environment.pop("COLUMNS", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "monitor", *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=follow,
        stderr=follow,
    )
    os.close(follow)
    shown = b""
    with contextlib.suppress(OSError):  # Linux says EIO when the last writer has gone
        while piece := os.read(lead, 65536):
            shown += piece
    os.close(lead)
    process.wait(timeout=30)
    return shown.decode("utf-8", "replace")


def invoke_apart(command: click.Command, arguments: Sequence[str], text: str = "") -> Result:
    """Run a command that may open the browser in a thread of its own: pytest-playwright has a loop in the main one.

    `text` is what a person types.
    """
    results: list[Result] = []
    thread = threading.Thread(target=lambda: results.append(CliRunner().invoke(command, list(arguments), input=text)))
    thread.start()
    thread.join()
    return results[0]
