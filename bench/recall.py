"""How much of the demo's truth the whole line finds: recall and precision of the changes, class by class.

Walks through the 90 scripted days with real captures (about a minute a run) in a temporary folder and prints, for each
class, what happened, what was found and what was claimed falsely. Goal: every rule change, no false one.

    python bench/recall.py [--runs N] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from monitor.demo.folder import claim_folder
from monitor.demo.play import play_demo
from monitor.demo.report import Report, as_data
from monitor.demo.truth import SCORED
from storage.model import ChangeClass


def main() -> int:
    """Walk, print, and give 0 when every run met the truth."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1, help="walk so many times (default 1)")
    parser.add_argument("--json", action="store_true", help="print the whole of every run as JSON")
    options = parser.parse_args()
    reports: list[Report] = []
    for _ in range(options.runs):
        with tempfile.TemporaryDirectory() as place, claim_folder(Path(place) / "demo") as folder:
            reports.append(play_demo(folder, environ=os.environ, now=datetime.now(UTC)))
    if options.json:
        json.dump([as_data(report) for report in reports], sys.stdout, ensure_ascii=False, indent=2, default=str)
        print()
    else:
        for number, report in enumerate(reports, start=1):
            _print_run(number, report)
        print(f"median {statistics.median(report.seconds for report in reports):.1f} s a run")
    return 0 if all(report.verdict.met for report in reports) else 1


def _print_run(number: int, report: Report) -> None:
    print(f"run {number}: {len(report.visits)} captures in {report.seconds:.1f} s")
    print(f"  {'class':<10}{'happened':>10}{'found':>8}{'false':>8}{'recall':>9}{'precision':>11}")
    for change_class in SCORED:
        score = report.verdict.score(change_class)
        recall, precision = ("-" if share is None else f"{share:.1%}" for share in (score.recall, score.precision))
        print(f"  {change_class:<10}{score.expected:>10}{score.found:>8}{score.false:>8}{recall:>9}{precision:>11}")
    claims = Counter(finding.change_class for finding in report.findings)
    silent = ", ".join(f"{claims[kind]} {kind}" for kind in ChangeClass if kind not in SCORED and claims[kind])
    print(f"  not scored: {silent or 'nothing'}")
    right = sum(not row.trouble for row in report.verdict.ended)
    print(f"  visits that ended as scripted: {right} of {len(report.verdict.ended)}")
    for line in report.verdict.troubles:
        print(f"  differs: {line}")
    for line in report.problems:
        print(f"  a reader said: {line}")


if __name__ == "__main__":
    raise SystemExit(main())
