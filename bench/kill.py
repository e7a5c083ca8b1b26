"""Kills a process that keeps captures, at random moments, and looks at what is left.

Run `python bench/kill.py [--kills 100]` (about two minutes). After every kill the archive is opened again: each capture
must be whole or absent, what was reported as kept must be there, and the check must find nothing. Leaves with 1 if not.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from storage.archive import open_archive
from storage.captures import list_captures
from storage.check import check_archive

TESTS = Path(__file__).resolve().parents[1] / "tests"


def main() -> int:
    """Kill, reopen, check; print what was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    told: set[str] = set()
    cleaned = lost = 0
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="cardwatch-kill-") as folder:
        root = Path(folder) / "archive"
        for number in range(options.kills):
            told |= _run_and_kill(root, f"page{number}", chance)
            archive = open_archive(root, f"sqlite:///{root}/cardwatch.db", at=datetime.now(UTC))
            cleaned += bool(archive.cleaned)
            with archive.database.reading() as session:
                newest = {capture.id for capture in list_captures(session, limit=1000)}
            lost += len(told - newest) if len(newest) < 1000 else 0
            archive.close()
            if sys.stderr.isatty():
                print(f"\r{number + 1} kills, {len(newest)} captures", end="", file=sys.stderr, flush=True)
        archive = open_archive(root, f"sqlite:///{root}/cardwatch.db", at=datetime.now(UTC))
        report = check_archive(archive)
        archive.close()
    print(f"{options.kills} kills in {time.monotonic() - started:.0f} s; the next start cleaned {cleaned} times")
    print(f"captures reported as kept: {len(told)}, found: {report.captures}, lost: {lost}")
    print(f"check: {len(report.problems)} problems, {len(report.orphans)} orphans")
    for problem in report.problems[:20]:
        print(" ", problem)
    return 1 if lost or report.problems or report.orphans else 0


def _run_and_kill(root: Path, name: str, chance: random.Random) -> set[str]:
    """Start a process that keeps captures, let it keep a few, kill it a moment later; give what it reported."""
    command = [sys.executable, str(TESTS / "bytes" / "keeper.py"), str(root), name, "1000"]
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        told = {process.stdout.readline().strip() for _ in range(chance.randrange(0, 4))}
        timer = threading.Timer(chance.random() * 0.08, process.send_signal, [signal.SIGKILL])
        timer.start()
        told |= {line.strip() for line in process.stdout}
        timer.join()
    return told - {""}


if __name__ == "__main__":
    sys.exit(main())
