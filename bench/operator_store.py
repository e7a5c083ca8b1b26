"""How fast statements come into an archive and operators follow one visit: `python -m bench.operator_store`.

A made-up world is noted site by site into SQLite and built whole; then single sites come anew, as a run brings them.
Also: do the operators that came bit by bit agree with those of a whole build?
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.worlds.make import make_world
from bench.worlds.shapes import find_shape
from monitor.operators.model import Band
from monitor.operators.operator_store import rebuild_operators, settle_operators
from storage.archive import Archive, open_archive
from storage.identity import Statement
from storage.operators import list_operators
from storage.statements import note_statements

START = datetime(2026, 11, 1, tzinfo=UTC)
LEAST_NOTED = 3000  # statements a second
MOST_SETTLED = 5.0  # seconds after a visit that brought something new


def main(words: list[str]) -> int:
    """Measure; 1 where a figure does not hold."""
    parser = argparse.ArgumentParser(prog="python -m bench.operator_store", description=__doc__)
    parser.add_argument("--sites", type=int, default=2000)
    parser.add_argument("--late", type=int, default=20, help="sites that come one by one after the build")
    parser.add_argument("--shape", default="usual")
    chosen = parser.parse_args(words)
    world = make_world(11, chosen.sites, find_shape(chosen.shape))
    by_site: dict[str, list[Statement]] = {}
    for one in world.statements:
        by_site.setdefault(one.site, []).append(one)
    names = sorted(by_site, key=lambda name: name[::-1])
    early, late = names[: -chosen.late], names[-chosen.late :]
    with tempfile.TemporaryDirectory() as folder:
        archive = open_archive(Path(folder), f"sqlite:///{folder}/cardwatch.db", at=START)
        seconds = _timed(lambda: _note(archive, [one for name in early for one in by_site[name]]))
        count = sum(len(by_site[name]) for name in early)
        size = (Path(folder) / "cardwatch.db").stat().st_size
        noted = count / seconds
        print(f"{count} statements of {len(early)} sites noted: {noted:,.0f} a second, {size / count:.0f} bytes each")
        print(f"whole build: {_timed(lambda: rebuild_operators(archive, at=START)):.1f} s")
        took, scored = [], []
        for number, name in enumerate(late, start=1):
            _note(archive, by_site[name])
            began = time.perf_counter()
            scored.append(settle_operators(archive, at=START + timedelta(hours=number), whole_below=0).scored)
            took.append(time.perf_counter() - began)
        print(f"one new site: median {statistics.median(took):.2f} s, worst {max(took):.2f} s; "
              f"sites scored with it: median {statistics.median(scored):.0f}, most {max(scored)}")  # fmt: skip
        before = _confirmed(archive)
        rebuild_operators(archive, at=START + timedelta(days=30))
        after = _confirmed(archive)
        archive.close()
    same = len(before & after)
    print(f"confirmed operators bit by bit {len(before)}, as a whole {len(after)}, the same {same}")
    return int(noted < LEAST_NOTED or statistics.median(took) > MOST_SETTLED)


def _note(archive: Archive, statements: Sequence[Statement]) -> None:
    with archive.database.writing() as session:
        note_statements(session, statements)


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _confirmed(archive: Archive) -> set[tuple[str, ...]]:
    with archive.database.reading() as session:
        return {one.sites for one in list_operators(session, band=Band.CONFIRMED.value)}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
