"""How long attribution takes, and how much memory: a curve of statements, and sites added to a known field.

`python -m bench.attribution_scale [STATEMENTS] [KNOWN_SITES]` (10,000,000 and 100,000 unless given). Statements are
drawn here, of operators of 1 to 60 sites with accounts, contacts, counters and carriers: time, not judgement.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from collections.abc import Iterator

from monitor.operators.attribute import attribute_columns
from monitor.operators.columns import Columns, ColumnsBuilder
from monitor.operators.incremental import KnownSites

_DAY = 24 * 60
_START = 28_000_000  # minutes since 1970
_GOAL_SECONDS, _GOAL_BYTES, _GOAL_RATE = 300, 4 << 30, 3000
Row = tuple[str, str, str, str, int, int]


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


def build(statements: int) -> Columns:
    """Columns of that many statements."""
    builder = ColumnsBuilder()
    for row in draw_rows(statements):
        builder.add(*row)
    return builder.finish()


def measure_build(statements: int) -> tuple[float, float]:
    """Seconds of reading and of attributing."""
    started = time.monotonic()
    columns = build(statements)
    read = time.monotonic()
    scored = attribute_columns(columns)
    done = time.monotonic()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20)
    print(
        f"{statements:>12,} statements  {len(columns.sites):>9,} sites  {len(scored.pairs):>10,} pairs  "
        f"read {read - started:6.1f} s  attribute {done - read:6.1f} s  peak {peak:5.2f} GB",
        flush=True,
    )
    return read - started, done - read


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
    started = time.monotonic()
    batch = sorted(new)
    for at in range(0, added, 1000):
        field.attribute([row for site in batch[at : at + 1000] for row in rows[site]])
    rate = added / (time.monotonic() - started)
    print(f"{added:,} sites added to {known:,} known ones: {rate:,.0f} sites a second")
    return rate


def main(words: list[str]) -> int:
    """Print the curve; 1 where a goal is missed."""
    largest, known = (int(words[0]) if words else 10_000_000), (int(words[1]) if len(words) > 1 else 100_000)
    rate = measure_adding(known)
    total = 0.0
    for statements in sorted({min(largest, size) for size in (100_000, 300_000, 1_000_000, 3_000_000, largest)}):
        total = sum(measure_build(statements))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    held = total < _GOAL_SECONDS and peak < _GOAL_BYTES and rate >= _GOAL_RATE
    print("goals hold" if held else "GOALS MISSED")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
