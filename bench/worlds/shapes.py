"""The presets of worlds: usual, hard, hostile; and random ones between them."""

from __future__ import annotations

import random
from dataclasses import fields, replace

from bench.worlds.model import Shape

PRESETS = {
    "usual": Shape(),
    "hard": Shape(
        name="hard", openness=1.15, careful=0.22, ghosts=0.08, leaks=0.45, saas=0.22, resellers=0.10,
        impersonators=0.02, impersonator_contacts=0.5, stolen=0.05, copied_footers=0.03, strangers=0.03,
        aggregators=0.35, small_aggregators=0.25, upstream_payment=0.35, theme_leftovers=0.18, rotation=1.3,
        misread=0.004, missed=0.04, silent=0.33, jumps=0.2, recycled=0.07, outages=4, looks=10,
    ),
    "hostile": Shape(
        name="hostile", openness=1.0, careful=0.3, ghosts=0.1, leaks=0.4, saas=0.22, resellers=0.14,
        impersonators=0.06, impersonator_contacts=0.8, stolen=0.1, copied_footers=0.06, strangers=0.05,
        aggregators=0.4, small_aggregators=0.35, upstream_payment=0.45, theme_leftovers=0.25, rotation=1.6,
        misread=0.006, missed=0.05, silent=0.4, jumps=0.3, recycled=0.1, outages=5, looks=8,
    ),
}  # fmt: skip


def find_shape(name: str) -> Shape:
    """A preset by its name, or `random-N`; ValueError says which there are."""
    if name.startswith("random-") and name[7:].isdigit():
        return random_shape(int(name[7:]))
    if name not in PRESETS:
        raise ValueError(f"there is no shape {name!r}; choose of {', '.join(PRESETS)} or random-NUMBER")
    return PRESETS[name]


def random_shape(number: int) -> Shape:
    """A shape with every figure drawn between the easiest and the hardest preset."""
    dice = random.Random(f"shape {number}")
    drawn: dict[str, float | int] = {}
    for field in fields(Shape):
        if field.name == "name":
            continue
        values = [getattr(shape, field.name) for shape in PRESETS.values()]
        low, high = min(values), max(values)
        drawn[field.name] = dice.randint(low, high) if isinstance(low, int) else dice.uniform(low, high)
    return replace(Shape(name=f"random-{number}"), **drawn)  # type: ignore[arg-type]
