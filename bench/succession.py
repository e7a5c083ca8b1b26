"""Who is named as successor in generated worlds, and whom our own outages call dead: `python -m bench.succession`.

Worlds come from `bench/worlds`; each is judged at its end and on days between, as a run would have. Goals: the right
successor first in 95 % of the moves that left a signal, none for impersonators, nobody dead who was not.
"""

from __future__ import annotations

import argparse
import time

from bench.worlds.make import make_world
from bench.worlds.moves_score import MoveScore, score_moves
from bench.worlds.shapes import find_shape


def print_score(name: str, seed: int, score: MoveScore, seconds: float) -> None:
    """One world's figures on one line."""
    print(
        f"{name:<10} seed {seed:<5} right first {score.right}/{score.signalled} ({score.share:.1%})"
        f"  of decidable {score.decidable_right}/{score.decidable} ({score.decidable_share:.1%};"
        f" {score.unread} unread, {score.untied} untied)"
        f"  next check {score.prompt}/{score.fresh}  silent {score.silent_right}/{score.silent}"
        f"  impersonators named {len(score.impersonators)}  other strangers {len(score.strangers)}"
        f"  wrongly dead {len(score.dead)}  {seconds:.1f} s"
    )


def main() -> None:
    """Make and judge worlds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, default=1000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[901, 902])
    parser.add_argument("--shapes", nargs="+", default=["usual", "hard", "hostile"])
    chosen = parser.parse_args()
    for name in chosen.shapes:
        for seed in chosen.seeds:
            began = time.perf_counter()
            score = score_moves(make_world(seed, chosen.sites, find_shape(name)))
            print_score(name, seed, score, time.perf_counter() - began)
            for wrong in (*score.impersonators, *score.strangers, *score.dead)[:10]:
                print(f"    wrong: {wrong}")


if __name__ == "__main__":
    main()
