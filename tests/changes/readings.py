"""Small readings for the tests of comparing."""

from __future__ import annotations

from collections.abc import Sequence

from scrapers.model import Block, BlockKind, Fact, FactKind, Reading


def make_fact(kind: FactKind, value: str, *, subject: str = "item-1", qualifier: str = "", shown: str = "") -> Fact:
    return Fact(subject, kind, value, shown=shown, qualifier=qualifier)


def make_reading(
    *blocks: Block | str, facts: Sequence[Fact] = (), release: str = "2026.11.1", family: str = "generic"
) -> Reading:
    made = tuple(Block(BlockKind.TERMS, block) if isinstance(block, str) else block for block in blocks)
    text = "\n".join(block.text for block in made)
    return Reading(family, 1.0, release, "", text, facts=tuple(facts), blocks=made)
