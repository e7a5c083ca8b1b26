"""How well operators are told apart: precision and recall of pairs by band on seeded worlds, beside plain joins.

    python -m bench.attribution [--sites 2000] [--seeds 1,2,3] [--shapes usual,hard,hostile] [--full] [--moves]

Only the six fields of a statements file are given to the scorer. "At best" joins by what no other operator shows, with
the truth at hand, in two families of which one cannot be copied (确认), or in one (高度疑似). Goals: docs/worlds.md.
`--full` adds 100,000 sites, `--moves` the replay of moves; exit code 1 when a goal of the usual worlds is missed.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections import Counter
from collections.abc import Sequence

from bench.worlds.baselines import join_any, join_knowing, join_rare
from bench.worlds.files import bare_statements
from bench.worlds.judge import BandScore, Score, score_answer
from bench.worlds.make import make_world
from bench.worlds.model import World
from bench.worlds.moves_score import MoveScore, score_moves
from bench.worlds.shapes import find_shape
from monitor.operators.attribute import attribute_sites

GOALS = {"确认": (0.9999, 0.60), "高度疑似": (0.99, 0.85)}
LARGEST = 1.2
MOVES = 0.95


def main(words: Sequence[str] | None = None) -> int:
    """Print the figures; 1 when a goal is missed on a usual world."""
    parser = argparse.ArgumentParser(prog="python -m bench.attribution")
    parser.add_argument("--sites", type=int, default=2000)
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument("--shapes", default="usual,hard,hostile")
    parser.add_argument("--full", action="store_true", help="100,000 sites too")
    parser.add_argument("--moves", action="store_true", help="who follows whom, too")
    chosen = parser.parse_args(words)
    missed: list[str] = []
    for shape in chosen.shapes.split(","):
        for seed in map(int, chosen.seeds.split(",")):
            world = make_world(seed, chosen.sites, find_shape(shape))
            missed += judge_world(world, shape, baselines=seed == 1)
            if chosen.moves:
                missed += judge_moves(world, shape)
    if chosen.full:
        missed += judge_world(make_world(1, 100_000, find_shape("usual")), "usual", baselines=False)
    for line in missed:
        print(f"missed: {line}")
    return int(any(line.startswith("usual") for line in missed))


def judge_world(world: World, shape: str, *, baselines: bool) -> list[str]:
    """Print the figures of one world; gives the goals that it misses."""
    name = f"{shape} seed {world.seed}"
    operators = world.truth.operators()
    print(
        f"\n{name}: {len(world.truth.epochs)} site epochs, {len(operators)} operators, {len(world.statements)} statements"
    )
    if baselines:
        for label, groups in (("any shared value", join_any(world)), ("rarity, two families", join_rare(world))):
            band = score_answer(world.truth, groups).confirmed
            print(f"  {label:<22} precision {band.precision:.4f} recall {band.recall:.3f} largest {band.largest}")
    bests = []
    for proof, families in ((True, 2), (False, 1)):
        best = score_answer(world.truth, join_knowing(world, families=families, proof=proof)).confirmed
        bests.append(best.recall)
    started = time.monotonic()
    answer = attribute_sites(bare_statements(world.statements), most_links=1000)
    seconds = time.monotonic() - started
    score = score_answer(world.truth, answer.operators)
    missed = [f"{name}: {line}" for line in _print_score(score, bests)]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"  {len(world.truth.epochs) / seconds:,.0f} sites/s scored and grouped, {memory:.1f} GB at most")
    return missed


def _print_score(score: Score, bests: Sequence[float]) -> list[str]:
    missed = []
    for (name, (precision, recall)), band, best in zip(
        GOALS.items(), (score.confirmed, score.probable), bests, strict=True
    ):
        print(f"  {name:<6} precision {band.precision:.5f} (goal {precision}) recall {band.recall:.3f} (goal {recall}, "
              f"at best {best:.3f}), {band.answered - band.right} wrong, largest {band.largest}")  # fmt: skip
        _print_wrong(band)
        if band.precision < precision:
            missed.append(f"precision at {name} {band.precision:.5f}")
        if band.recall < recall:
            missed.append(f"recall at {name} {band.recall:.3f}")
        if band.largest > score.largest * LARGEST:
            missed.append(f"largest cluster at {name} {band.largest}, truth {score.largest}")
    print(f"  pairs {score.pairs}, of which {score.signalless} left no common signal; largest operator {score.largest}")
    if score.unknown_sites:
        missed.append(f"{len(score.unknown_sites)} sites that are not there, as {score.unknown_sites[0]}")
    return missed


def _print_wrong(band: BandScore) -> None:
    for trap, count in band.wrong.items():
        example = next((f"{a} with {b}" for kind, a, b in band.examples if kind == trap), "")
        print(f"      {count:>5} by {trap}{', as ' + example if example else ''}")


def judge_moves(world: World, shape: str) -> list[str]:
    """Print who was named as successor, and when; gives the goals that are missed."""
    score: MoveScore = score_moves(world)
    print(f"  moves with a signal {score.signalled}, right successor first {score.share:.3f} (goal {MOVES}); "
          f"within one check {score.prompt_share:.3f} of {score.fresh}; "
          f"silent moves {score.silent}, named {score.silent_right}")  # fmt: skip
    for way, count in Counter(score.missed_ways).most_common():
        print(f"      {count:>5} missed by {way}")
    print(f"  impersonators named as successor {len(score.impersonators)}, "
          f"other wrong successors {len(score.strangers)}, called dead while they stood {len(score.dead)}")  # fmt: skip
    for label, found in (("impersonator", score.impersonators), ("wrong", score.strangers), ("dead", score.dead)):
        for one in found[:3]:
            print(f"      {label}: {one}")
    name = f"{shape} seed {world.seed}"
    missed = [f"{name}: right successor first {score.share:.3f}"] if score.share < MOVES else []
    missed += [f"{name}: {len(score.impersonators)} impersonators named as successor"] if score.impersonators else []
    return missed + ([f"{name}: {len(score.dead)} sites called dead while they stood"] if score.dead else [])


if __name__ == "__main__":
    sys.exit(main())
