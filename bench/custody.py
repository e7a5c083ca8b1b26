"""What the custody log costs: appending, proving from a long log, sealing; ours beside bare inserts of the same rows.

Run `python bench/custody.py [--leaves 1000000] [--commits 1000] [--processes 32]` (some minutes). Both sides write to
the same disk in one run: the bare side inserts the same three columns in the same transactions, with random bytes in
place of hashes. Goals: 1,000 leaves/s in batches; one a commit, where the disk's sync decides, 40 % of the bare rate;
a proof in 5 ms. Leaves with 1 when one is missed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from storage.archive import Archive, open_archive
from storage.check_log import check_log
from storage.checkpoints import seal_log
from storage.custody import append_entry, log_size, prove_entry, prove_growth, read_entry, root_at
from storage.merkle import hash_leaf, verify_consistency, verify_inclusion
from storage.model import EntryKind

RATE_GOAL = 1000.0
SHARE_GOAL = 0.4
PROOF_GOAL = 5.0
BATCH = 1000
_MANIFEST = "ab" * 32
_BARE = text("INSERT INTO bare_entry (place, hash, data) VALUES (:place, :hash, :data)")


def main() -> int:
    """Append, prove, seal, measure; leaves with 1 when a goal is missed or a proof does not hold."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--leaves", type=int, default=1_000_000)
    parser.add_argument("--commits", type=int, default=1000)
    parser.add_argument("--processes", type=int, default=32)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cardwatch-custody-") as name:
        root = Path(name) / "archive"
        archive = _open(root)
        with archive.database.writing() as session:
            session.connection().execute(
                text("CREATE TABLE bare_entry (place INTEGER PRIMARY KEY, hash BLOB NOT NULL, data BLOB NOT NULL)")
            )
        print(f"{'appending':<34}{'ours, leaves/s':>16}{'bare inserts/s':>16}")
        share = _measure_commits(archive, options.commits)
        rate = _measure_batches(archive, options.commits * 20)
        _measure_processes(archive, options.processes, max(1, options.commits // options.processes))
        _grow(archive, options.leaves)
        proof = _measure_proofs(archive)
        _measure_seal(archive)
        started = time.perf_counter()
        problems = [problem for problem in check_log(archive).problems if "no row belongs" not in problem.what]
        print(f"check of the whole log: {time.perf_counter() - started:.1f} s, {len(problems)} problems")
        archive.close()
    return int(rate < RATE_GOAL or share < SHARE_GOAL or proof > PROOF_GOAL or bool(problems))


def _open(root: Path) -> Archive:
    return open_archive(root, f"sqlite:///{root}/cardwatch.db", at=_now(), minimum_free_megabytes=1)


def _now() -> datetime:
    return datetime.now(UTC)


def _append(archive: Archive, count: int) -> None:
    with archive.database.writing() as session:
        for _ in range(count):
            append_entry(session, EntryKind.CAPTURE, _now(), {"manifest": _MANIFEST}, archive.keys)


def _insert_bare(archive: Archive, count: int) -> None:
    data = b'{"at":"2026-11-22T12:00:00.000000Z","kind":"capture","manifest":"' + _MANIFEST.encode() + b'"}'
    with archive.database.writing() as session:
        connection = session.connection()
        for _ in range(count):
            place = connection.execute(text("SELECT coalesce(max(place), -1) + 1 FROM bare_entry")).scalar()
            connection.execute(_BARE, {"place": place, "hash": os.urandom(32), "data": data})


def _rate(work: Callable[[], object], count: int) -> float:
    started = time.perf_counter()
    work()
    return count / (time.perf_counter() - started)


def _measure_commits(archive: Archive, count: int) -> float:
    def one_by_one(append: Callable[[Archive, int], None]) -> None:
        for _ in range(count):
            append(archive, 1)

    _append(archive, 1)
    ours, bare = _rate(lambda: one_by_one(_append), count), _rate(lambda: one_by_one(_insert_bare), count)
    print(f"{'one a commit, synced':<34}{ours:>16,.0f}{bare:>16,.0f}")
    return ours / bare


def _measure_batches(archive: Archive, count: int) -> float:
    def in_batches(append: Callable[[Archive, int], None]) -> None:
        for _ in range(count // BATCH):
            append(archive, BATCH)

    ours, bare = _rate(lambda: in_batches(_append), count), _rate(lambda: in_batches(_insert_bare), count)
    print(f"{f'{BATCH} a commit':<34}{ours:>16,.0f}{bare:>16,.0f}")
    return ours


def _measure_processes(archive: Archive, processes: int, each: int) -> None:
    with archive.database.reading() as session:
        before = log_size(session)
    ours = _rate(lambda: _fork(archive.root, processes, each, _append), processes * each)
    with archive.database.reading() as session:
        added = log_size(session) - before
    bare = _rate(lambda: _fork(archive.root, processes, each, _insert_bare), processes * each)
    print(f"{f'{processes} processes, one a commit':<34}{ours:>16,.0f}{bare:>16,.0f}")
    print(f"  {added} of {processes * each} leaves are there; the times hold starting the processes")
    if added != processes * each:
        sys.exit(1)


def _fork(root: Path, processes: int, each: int, append: Callable[[Archive, int], None]) -> None:
    children = []
    for _ in range(processes):
        child = os.fork()
        if not child:
            archive = _open(root)
            for _ in range(each):
                append(archive, 1)
            archive.close()
            os._exit(0)
        children.append(child)
    if any(os.waitpid(child, 0)[1] for child in children):
        sys.exit("a process failed")


def _grow(archive: Archive, leaves: int) -> None:
    with archive.database.reading() as session:
        missing = leaves - log_size(session)
    started = time.perf_counter()
    while missing > 0:
        _append(archive, min(missing, 20_000))
        missing -= 20_000
    print(f"grown to {leaves:,} leaves in {time.perf_counter() - started:.0f} s")


def _measure_proofs(archive: Archive) -> float:
    inclusion: list[float] = []
    growth: list[float] = []
    with archive.database.reading() as session:
        size = log_size(session)
        root = root_at(session, size)
    for number in range(300):
        index = number * 7_919_777 % size
        with archive.database.reading() as session:
            started = time.perf_counter()
            proof = prove_entry(session, index, size)
            inclusion.append((time.perf_counter() - started) * 1000)
            leaf = hash_leaf(read_entry(session, index).data)
            old_root = root_at(session, index + 1)
            started = time.perf_counter()
            grown = prove_growth(session, index + 1, size)
            growth.append((time.perf_counter() - started) * 1000)
        if not verify_inclusion(leaf, index, size, proof, root):
            sys.exit(f"the proof of leaf {index} does not hold")
        if not verify_consistency(index + 1, size, old_root, root, grown):
            sys.exit(f"the proof of growth from {index + 1} does not hold")
    for name, times in (("inclusion", inclusion), ("consistency", growth)):
        high = statistics.quantiles(times, n=100)[98]
        print(f"{name + ' proof':<34}{statistics.median(times):>13.2f} ms median{high:>8.2f} ms at 99 %")
    return statistics.median(inclusion)


def _measure_seal(archive: Archive) -> None:
    started = time.perf_counter()
    seal_log(archive, _now())
    print(f"first checkpoint, all tiles written: {time.perf_counter() - started:.1f} s")
    times = []
    for _ in range(10):
        _append(archive, 100)
        started = time.perf_counter()
        seal_log(archive, _now())
        times.append((time.perf_counter() - started) * 1000)
    print(f"a checkpoint after 100 more leaves: {statistics.median(times):.1f} ms median")


if __name__ == "__main__":
    sys.exit(main())
