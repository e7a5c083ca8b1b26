"""Measures letters over random cases: every kind, days of 2020 to 2027, each letter audited.

Run: python -m bench.letters [how many cases]. Prints letters written and blocked, faults with their seed, and the time
of a letter. Ends with 1 when there is a fault, or a letter takes longer than the goal.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random

from bench.letters_audit import audit_letter
from bench.letters_world import random_file
from monitor.complaints.evidence.exhibits import list_exhibits
from monitor.complaints.letters.text import TextTooLong, render_text
from monitor.complaints.letters.write import Extra, letter_kinds, write_letter
from monitor.complaints.model import LetterBlocked
from monitor.config.complaints import ComplaintSettings

CASES = 400
MOST_MILLISECONDS = 60.0  # the median of a letter, with its masking


@dataclass
class Tally:
    """What came of the cases."""

    written: Counter[str] = field(default_factory=Counter)
    blocked: Counter[str] = field(default_factory=Counter)
    too_long: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)


def run_case(seed: int, tally: Tally) -> None:
    """Write and audit every letter of one random case."""
    random = Random(seed)
    file = random_file(random)
    exhibits, settings = list_exhibits(file), ComplaintSettings()
    disclose = random.random() < 0.5
    for kind, row in letter_kinds().items():
        begin = time.perf_counter()
        try:
            letter = write_letter(kind, file, exhibits, settings, extra=Extra(disclose_reporter=disclose))
        except LetterBlocked:
            tally.blocked[kind] += 1
            continue
        tally.milliseconds.append((time.perf_counter() - begin) * 1000)
        tally.written[kind] += 1
        tally.faults += [
            f"seed {seed}: {fault}" for fault in audit_letter(letter, file, exhibits, settings, disclose=disclose)
        ]
        if row.length:
            try:
                text = render_text(letter, row.length)
                if len(text) > row.length:
                    tally.faults.append(f"seed {seed}: {kind}: {len(text)} characters are more than {row.length}")
            except TextTooLong:
                tally.too_long[kind] += 1


def main() -> int:
    """Run all cases and print the figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else CASES
    tally = Tally()
    begin = time.perf_counter()
    for seed in range(count):
        run_case(seed, tally)
    for kind in letter_kinds():
        long = f", too long for its box {tally.too_long[kind]}" if tally.too_long[kind] else ""
        print(f"{kind:24} written {tally.written[kind]:6} blocked {tally.blocked[kind]:6}{long}")
    median = statistics.median(tally.milliseconds)
    total = sum(tally.written.values())
    print(f"{count} cases, {total} letters in {time.perf_counter() - begin:.0f} s; median {median:.1f} ms a letter")
    for fault in tally.faults[:40]:
        print(f"FAULT {fault}")
    print(f"{len(tally.faults)} faults; goal: none, and under {MOST_MILLISECONDS:.0f} ms")
    return 1 if tally.faults or median > MOST_MILLISECONDS else 0


if __name__ == "__main__":
    sys.exit(main())
