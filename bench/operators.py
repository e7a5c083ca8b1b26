"""How well sites are linked to operators, on generated worlds: precision and recall of pairs by band.

`python -m bench.operators [SITES] [SHAPE:SEED ...]`; see docs/worlds.md. Exit code 1 for a missed goal. Beside recall
stands what can be reached: recall of an answer that knows which values are nobody else's and joins by what the band
asks for, two families of them, of which one cannot be copied for 确认.
"""

from __future__ import annotations

import sys
import time

from bench.worlds.baselines import join_knowing
from bench.worlds.judge import score_answer
from bench.worlds.make import make_world
from bench.worlds.shapes import find_shape
from monitor.operators.attribute import attribute_columns
from monitor.operators.columns_builder import build_columns
from monitor.operators.scored_sites import group_sites

_WORLDS = ("usual:201", "hard:202", "hostile:203", "random-21:204", "random-22:205")
_GOALS = {"confirmed": (0.9999, 0.60), "probable": (0.99, 0.85)}
_GROWTH = 1.2


def main(words: list[str]) -> int:
    """Print a row for each world."""
    sites = int(words[0]) if words else 2000
    held = True
    for word in words[1:] or _WORLDS:
        shape, _, seed = word.partition(":")
        world = make_world(int(seed or 1), sites, find_shape(shape))
        started = time.monotonic()
        score = score_answer(world.truth, group_sites(attribute_columns(build_columns(world.statements))))
        took = time.monotonic() - started
        print(f"{word:<14} {took:6.1f} s", end="")
        for band, (precision, recall) in _GOALS.items():
            found = getattr(score, band)
            held &= found.precision >= precision and found.recall >= recall
            held &= found.largest <= _GROWTH * score.largest
            best = score_answer(world.truth, join_knowing(world, proof=band == "confirmed")).confirmed.recall
            print(f"   {band} P {found.precision:.5f} R {found.recall:.3f} (reachable {best:.3f}) "
                  f"largest {found.largest}", end="")  # fmt: skip
        print(f"   truth's largest {score.largest}")
        print(f"{'':<14} wrong: {dict(score.confirmed.wrong)} {dict(score.probable.wrong)}")
    print("goals hold" if held else "GOALS MISSED")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
