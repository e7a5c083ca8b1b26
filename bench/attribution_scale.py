"""How long attribution takes, and how much memory: a curve of statements, a file, and sites added to a known field.

`python -m bench.attribution_scale [STATEMENTS] [KNOWN_SITES]` (10,000,000 and 100,000 unless given). Statements are
drawn here, of operators of 1 to 60 sites with accounts, contacts, counters and carriers: time, not judgement. Each
size is measured in a process of its own, without the drawing. Seconds of the processor stand in brackets; the goals are
held against the clock, so run it while nothing else does.
"""

from __future__ import annotations

import json
import random
import resource
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context

from monitor.operators.attribute import attribute_columns
from monitor.operators.columns import Columns
from monitor.operators.columns_builder import ColumnsBuilder
from monitor.operators.incremental import KnownSites
from monitor.operators.link_file import read_statements

_DAY = 24 * 60
_START = 28_000_000  # minutes since 1970
_GOAL_SECONDS, _GOAL_BYTES, _GOAL_RATE = 300, 4 << 30, 3000
_BATCH, _TOGETHER, _SINGLY = 10_000, 1000, 200
Row = tuple[str, str, str, str, int, int]
Measure = tuple[float, float, int]


def draw_rows(statements: int, seed: int = 1) -> Iterator[Row]:
    """Statements of operators, one after the other."""
    dice = random.Random(seed)
    made = operator = 0
    while made < statements:
        operator += 1
        size = min(60, 1 + int(dice.paretovariate(1.3)) - 1) or 1
        own = [
            ("qq", str(100_000_000 + operator * 7), "visible"),
            ("baidu_tongji", f"{operator * 2654435761 % (1 << 64):016x}" * 2, "script"),
            ("alipay_static", f"fkx{operator:012d}k", "image_ocr"),
            ("payee", f"示例商行{operator}", "visible"),
            ("registrant", f"示例公司{operator}", "registry"),
            ("telegram", f"shop_{operator}_kf", "attribute"),
        ]
        for number in range(size):
            site = f"s{operator}-{number}.com"
            first = _START + dice.randrange(600) * _DAY
            shown = [one for one in own if dice.random() < 0.6]
            shown += [
                ("ns", f"dns{dice.randrange(40)}.com", "dns"),
                ("ip", f"203.0.{dice.randrange(250)}.{dice.randrange(250)}", "dns"),
                ("design", f"{dice.randrange(500):016x}", "visible"),
            ]
            for kind, value, place in shown:
                made += 1
                yield site, kind, value, place, first, first + 60 * _DAY


def build(statements: int) -> tuple[Columns, float, float]:
    """Columns of that many statements, and the seconds of clock and processor that taking them in cost."""
    builder = ColumnsBuilder()
    clock = processor = 0.0
    rows = draw_rows(statements)
    while batch := list(islice(rows, _BATCH)):
        started, worked = time.monotonic(), time.process_time()
        for row in batch:
            builder.add(*row)
        clock += time.monotonic() - started
        processor += time.process_time() - worked
    started, worked = time.monotonic(), time.process_time()
    columns = builder.finish(last=True)
    return columns, clock + time.monotonic() - started, processor + time.process_time() - worked


def measure_build(statements: int) -> Measure:
    """A full build of statements in memory: seconds of clock and processor, and the most memory in bytes."""
    columns, read, worked = build(statements)
    started, before = time.monotonic(), time.process_time()
    scored = attribute_columns(columns)
    took, worked_too = time.monotonic() - started, time.process_time() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(
        f"{statements:>12,} statements  {len(columns.sites):>9,} sites  {len(scored.pairs):>10,} pairs  "
        f"taken in {read:6.1f} s ({worked:.1f})  attributed {took:6.1f} s ({worked_too:.1f})  "
        f"peak {peak / 2**30:5.2f} GB",
        flush=True,
    )
    return read + took, worked + worked_too, peak


def measure_file(statements: int) -> float:
    """Lines a second of the processor that are read from a file."""
    lines = [
        json.dumps({"site": site, "kind": kind, "value": value, "place": place, "first_seen": "2024-03-01",
                    "last_seen": "2024-05-01"}, ensure_ascii=False).encode()
        for site, kind, value, place, _, _ in draw_rows(statements)
    ]  # fmt: skip
    started = time.process_time()
    read_statements(lines)
    rate = len(lines) / (time.process_time() - started)
    print(f"{len(lines):,} lines of a file read: {rate:,.0f} a second of the processor", flush=True)
    return rate


def measure_adding(known: int, added: int = 5000) -> float:
    """Sites a second that are added to so many known ones."""
    field = KnownSites()
    rows: dict[str, list[Row]] = {}
    for row in draw_rows((known + added) * 8, seed=2):
        rows.setdefault(row[0], []).append(row)
        if len(rows) > known + added:
            break
    sites = list(rows)[: known + added]
    new = set(random.Random(3).sample(sites, added))
    for site in sites:
        if site not in new:
            for row in rows[site]:
                field.add(*row)
    field.learn()
    started, worked = time.monotonic(), time.process_time()
    batch = sorted(new)
    singly, batch = batch[:_SINGLY], batch[_SINGLY:]
    for at in range(0, len(batch), _TOGETHER):
        field.attribute([row for site in batch[at : at + _TOGETHER] for row in rows[site]])
    took, worked = time.monotonic() - started, time.process_time() - worked
    print(f"{len(batch):,} sites added to {known:,} known ones, {_TOGETHER:,} at once: {len(batch) / took:,.0f} sites "
          f"a second ({len(batch) / worked:,.0f})", flush=True)  # fmt: skip
    before = time.process_time()
    for site in singly:
        field.attribute(rows[site])
    print(f"one by one: {(time.process_time() - before) / len(singly) * 1000:.1f} ms each", flush=True)
    return len(batch) / took


def main(words: list[str]) -> int:
    """Print the curve; 1 where a goal is missed."""
    largest, known = (int(words[0]) if words else 10_000_000), (int(words[1]) if len(words) > 1 else 100_000)
    seconds, peak = 0.0, 0  # first of all: a process is born with the peak of the one that started it
    for statements in sorted({min(largest, size) for size in (100_000, 300_000, 1_000_000, 3_000_000, largest)}):
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            seconds, _processor, peak = pool.submit(measure_build, statements).result()
    rate = measure_adding(known)
    measure_file(min(largest, 300_000))
    print(f"goals: under {_GOAL_SECONDS} s and {_GOAL_BYTES >> 30} GB, {_GOAL_RATE:,} sites a second")
    held = seconds < _GOAL_SECONDS and peak < _GOAL_BYTES and rate >= _GOAL_RATE
    print("goals hold" if held else "GOALS MISSED")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
