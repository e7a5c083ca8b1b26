"""How well operators are told apart: precision and recall of pairs by band on seeded worlds, beside plain joins.

    python -m bench.attribution [--sites 2000] [--seeds 1,2] [--shapes usual,hard,hostile] [--parts moves,pages,...]

Only the six fields of a statements file are given to the scorer. "At best" joins by what no other operator shows, with
the truth at hand, in two families of which one cannot be copied (确认), or in one (高度疑似). Goals: docs/worlds.md.
The parts: `moves` replays who follows whom, `pages` renders all pages of the first world and reads them without a
browser, `browser` 50 sites in Chromium, `full` scores 100,000 sites. Exit code 1 when a usual world misses a goal.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import sys
import time
from collections import Counter
from collections.abc import Sequence

from bench.worlds.baselines import join_any, join_knowing, join_rare
from bench.worlds.browser_sample import read_sample
from bench.worlds.files import bare_statements
from bench.worlds.judge import BandScore, Score, score_answer
from bench.worlds.make import make_world
from bench.worlds.model import World
from bench.worlds.moves_score import MoveScore, score_moves
from bench.worlds.page_reading import read_world
from bench.worlds.respondents_score import score_respondents
from bench.worlds.shapes import find_shape
from monitor.operators.attribute import attribute_sites

GOALS = {"确认": (0.9999, 0.60), "高度疑似": (0.99, 0.85)}
LARGEST = 1.2
MOVES = 0.95
READING = 0.98
CHECKED = ("uscc", "crypto", "police_icp")


def main(words: Sequence[str] | None = None) -> int:
    """Print the figures; 1 when a goal is missed on a usual world."""
    parser = argparse.ArgumentParser(prog="python -m bench.attribution")
    parser.add_argument("--sites", type=int, default=2000)
    parser.add_argument("--seeds", default="1,2")
    parser.add_argument("--shapes", default="usual,hard,hostile")
    parser.add_argument("--parts", default="moves,pages", help="of moves, pages, browser, full; empty for none")
    chosen = parser.parse_args(words)
    parts = set(filter(None, chosen.parts.split(",")))
    if parts - {"moves", "pages", "browser", "full"}:
        parser.error(f"there is no part {sorted(parts - {'moves', 'pages', 'browser', 'full'})[0]}")
    missed: list[str] = []
    for shape in chosen.shapes.split(","):
        scores: list[Score] = []
        for seed in map(int, chosen.seeds.split(",")):
            world = make_world(seed, chosen.sites, find_shape(shape))
            scores.append(judge_world(world, shape, baselines=seed == 1))
            if "moves" in parts:
                missed += judge_moves(world, shape)
        missed += judge_together(shape, scores)
    first = make_world(1, chosen.sites, find_shape("usual"))
    if "pages" in parts:
        missed += judge_pages(first, chosen.sites)
    if "browser" in parts:
        missed += judge_browser(first, chosen.sites)
    if "full" in parts:
        missed += judge_together(
            "usual", [judge_world(make_world(1, 100_000, find_shape("usual")), "usual", baselines=False)]
        )
    for line in missed:
        print(f"missed: {line}")
    return int(any(line.startswith("usual") for line in missed))


def judge_world(world: World, shape: str, *, baselines: bool) -> Score:
    """Print the figures of one world."""
    operators = world.truth.operators()
    counts = f"{len(world.truth.epochs)} site epochs, {len(operators)} operators, {len(world.statements)} statements"
    print(f"\n{shape} seed {world.seed}: {counts}", flush=True)
    if baselines and len(world.truth.epochs) < 10_000:
        for label, groups in (("any shared value", join_any(world)), ("rarity, two families", join_rare(world))):
            band = score_answer(world.truth, groups).confirmed
            print(f"  {label:<22} precision {band.precision:.4f} recall {band.recall:.3f} largest {band.largest}")
    started = time.monotonic()
    answer = attribute_sites(bare_statements(world.statements), most_links=1000)
    seconds = time.monotonic() - started
    score = score_answer(world.truth, answer.operators)
    _print_score(score, measure_best(world))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"  {len(world.truth.epochs) / seconds:,.0f} sites/s scored and grouped, {memory:.1f} GB at most", flush=True)
    return score


def judge_together(name: str, scores: Sequence[Score]) -> list[str]:
    """The figures of all worlds of a shape as one; gives the goals that are missed."""
    missed = []
    print(f"\n{name}, {len(scores)} worlds together:")
    for band, (precision, recall) in GOALS.items():
        parts = [score.confirmed if band == "确认" else score.probable for score in scores]
        answered, right, wanted = (
            sum(getattr(part, what) for part in parts) for what in ("answered", "right", "wanted")
        )
        found, reached = right / answered if answered else 1.0, right / wanted if wanted else 1.0
        print(f"  {band:<6} precision {found:.5f} (goal {precision}) recall {reached:.3f} (goal {recall})")
        missed += [f"{name}: precision at {band} {found:.5f}"] if found < precision else []
        missed += [f"{name}: recall at {band} {reached:.3f}"] if reached < recall else []
        for score, part in zip(scores, parts, strict=True):
            if part.largest > score.largest * LARGEST:
                missed.append(f"{name}: largest cluster at {band} {part.largest}, truth {score.largest}")
    missed += [
        f"{name}: sites that are not there, as {score.unknown_sites[0]}" for score in scores if score.unknown_sites
    ]
    return missed


def measure_best(world: World) -> list[float]:
    """Recall at 确认 and at 高度疑似 of an answer that knows which values are nobody else's."""
    answers = (join_knowing(world), join_knowing(world, families=1, proof=False))
    return [score_answer(world.truth, answer).confirmed.recall for answer in answers]


def _print_score(score: Score, bests: Sequence[float]) -> None:
    for name, band, best in zip(GOALS, (score.confirmed, score.probable), bests, strict=True):
        print(f"  {name:<6} precision {band.precision:.5f} recall {band.recall:.3f} (at best {best:.3f}), "
              f"{band.answered - band.right} wrong, largest {band.largest}")  # fmt: skip
        _print_wrong(band)
    print(f"  pairs {score.pairs}, of which {score.signalless} left no common signal; largest operator {score.largest}")


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


def judge_pages(world: World, sites: int) -> list[str]:
    """From page to verdict: render, read, score, name respondents; gives the goals that are missed."""
    name = f"usual seed {world.seed} by pages"
    reading = read_world(world, sites)
    print(f"\n{name}: {reading.pages} pages of {reading.bytes / reading.pages / 1000:.1f} KB read, "
          f"{reading.seconds / reading.pages * 1000:.1f} ms each, {len(reading.statements)} statements")  # fmt: skip
    missed = _print_reading(name, reading.written, reading.missed, reading.found, reading.beyond)
    for what, kind, value, site in reading.examples:
        print(f"      {what} {kind} {value} on {site}")
    answer = attribute_sites(reading.statements, most_links=1000)
    pairs = score_answer(world.truth, answer.operators)
    _print_score(pairs, measure_best(world))
    missed += judge_together(name, [pairs])
    score = score_respondents(world, reading.statements, answer.operators)
    print(f"  respondents of {score.sites} sites: at 确认 {score.confirmed[0]} right, "
          f"{score.confirmed[1]} wrong (goal 0), at 高度疑似 {score.probable[0]} right, "
          f"{score.probable[1]} wrong")  # fmt: skip
    print(f"  nobody named for {score.unknown} sites; a right name for {score.named} of {score.nameable} that have one")
    for line in score.wrong[:6]:
        print(f"      {line}")
    return missed + ([f"{name}: {score.confirmed[1]} wrong respondents at 确认"] if score.confirmed[1] else [])


def judge_browser(world: World, sites: int) -> list[str]:
    """A sample of 50 sites in a real browser."""
    sample = asyncio.run(read_sample(world, sites))
    name = f"usual seed {world.seed} in Chromium"
    print(
        f"\n{name}: {sample.sites} sites, {sample.pages} pages in {sample.seconds:.0f} s, {len(sample.failed)} failed"
    )
    for line in (*sample.failed[:3], *sample.examples[:8]):
        print(f"      {line}")
    return _print_reading(name, sample.written, sample.missed, sample.written - sample.missed + sample.beyond,
                          sample.beyond)  # fmt: skip


def _print_reading(name: str, written: Counter[str], missed: Counter[str], found: Counter[str],
                   beyond: Counter[str]) -> list[str]:  # fmt: skip
    recall = 1 - missed.total() / max(1, written.total())
    precision = 1 - beyond.total() / max(1, found.total())
    print(f"  identifiers written {written.total()}, recall {recall:.4f} (goal {READING}), precision {precision:.4f} "
          f"(goal {READING}; 1.0 for {', '.join(CHECKED)})")  # fmt: skip
    for kind in sorted({*missed, *beyond}):
        print(f"      {kind}: {missed[kind]} of {written[kind]} missed, {beyond[kind]} of {found[kind]} beyond")
    goals = [f"{name}: recall {recall:.4f}"] if recall < READING else []
    goals += [f"{name}: precision {precision:.4f}"] if precision < READING else []
    return goals + [f"{name}: {beyond[kind]} {kind} beyond what was written" for kind in CHECKED if beyond[kind]]


if __name__ == "__main__":
    sys.exit(main())
