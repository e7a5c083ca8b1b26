"""Writes a world or judges an answer: `python -m bench.worlds make FOLDER`, `... judge FOLDER ANSWER`."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from bench.worlds.files import read_truth, write_statements, write_truth
from bench.worlds.judge import BandScore, score_answer
from bench.worlds.make import make_world
from bench.worlds.shapes import find_shape


def main(words: list[str]) -> int:
    """Make a world or judge an answer."""
    parser = argparse.ArgumentParser(prog="python -m bench.worlds", description=__doc__)
    parts = parser.add_subparsers(dest="part", required=True)
    make = parts.add_parser("make", help="write statements.jsonl and truth.json into a folder")
    make.add_argument("folder", type=Path)
    make.add_argument("--seed", type=int, default=1)
    make.add_argument("--sites", type=int, default=2000)
    make.add_argument("--shape", default="usual", help="usual, hard, hostile or random-NUMBER")
    judge = parts.add_parser("judge", help="judge the JSON that `cardwatch link --json` gave")
    judge.add_argument("folder", type=Path)
    judge.add_argument("answer", type=Path)
    chosen = parser.parse_args(words)
    if chosen.part == "make":
        started = time.monotonic()
        world = make_world(chosen.seed, chosen.sites, find_shape(chosen.shape))
        chosen.folder.mkdir(parents=True, exist_ok=True)
        count = write_statements(world.statements, chosen.folder / "statements.jsonl")
        write_truth(world.truth, chosen.folder / "truth.json")
        print(f"{len(world.truth.epochs)} site epochs of {len(world.truth.operators())} operators, {count} statements, "
              f"{time.monotonic() - started:.1f} s")  # fmt: skip
        return 0
    answer = json.loads(chosen.answer.read_text(encoding="utf-8"))
    score = score_answer(read_truth(chosen.folder / "truth.json"), answer["operators"])
    for name, band in (("确认", score.confirmed), ("高度疑似 or better", score.probable)):
        print_band(name, band)
    print(f"pairs {score.pairs}, without any common signal {score.signalless}; largest operator {score.largest}")
    if score.unknown_sites:
        print(f"{len(score.unknown_sites)} sites of the answer are not in the world: {score.unknown_sites[:5]}")
    return 0


def print_band(name: str, band: BandScore) -> None:
    """One band's figures, with what went wrong."""
    print(f"{name}: precision {band.precision:.5f} recall {band.recall:.3f} of {band.wanted} pairs, "
          f"{band.answered - band.right} wrong, largest cluster {band.largest}")  # fmt: skip
    for trap, count in band.wrong.items():
        print(f"    {count:>6} wrong by {trap}")
    for trap, a, b in band.examples[:6]:
        print(f"    e.g. {a} with {b} ({trap})")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
