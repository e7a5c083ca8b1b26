"""Rules that a visitor sees outside every part that a reader knows: in a box of the shop's own, an aside, a bar.

Takes a parsed page, the blocks and the names of goods that were read; gives one more block with the lines that state a
rule and stand in none of them. Without it a rule in an unusual place would not be there for the comparison.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from scrapers.dom import ParsedPage
from scrapers.families.sections import has_rule
from scrapers.model import Block, BlockKind, Role, Source
from scrapers.money import find_prices
from scrapers.software_texts import is_software_text
from scrapers.text import condense, one_line

PLACE = "elsewhere on the page"
_STATES = re.compile(r"[不无勿禁拒恕未须]|视为|放弃|自负|自行|包[退换补赔]|可以?[退换补赔]|予以|作废|失效|期限?内")
_SHORTEST, _LONGEST = 8, 400
_MOST_LINES = 100
_MOST_HELD = 20_000
_PIECE = re.compile(r"[^。；;！!？?\n]+[。；;！!？?]?")


def add_elsewhere(page: ParsedPage, blocks: tuple[Block, ...], names: Iterable[str]) -> tuple[Block, ...]:
    """The blocks, and one for the shown rules that no block holds."""
    shown = page.content.text or page.text
    if not has_rule(shown):
        return blocks
    held = condense("\n".join(block.text for block in blocks))
    pieces = {condense(piece) for block in blocks for piece in _PIECE.findall(block.text[:_MOST_HELD])}
    goods = {condense(name) for name in names if name}
    lines: dict[str, str] = {}
    for line in (one_line(piece) for raw in shown.split("\n") for piece in _PIECE.findall(raw)):
        if not _SHORTEST <= len(line) <= _LONGEST or not _STATES.search(line) or not has_rule(line):
            continue
        bare = condense(line)
        if bare in held or bare in goods or bare in lines or find_prices(line) or is_software_text(line):
            continue
        if any(piece in bare and 2 * len(piece) >= len(bare) for piece in pieces):
            continue  # a heading runs into the rule below it
        lines[bare] = line
        if len(lines) == _MOST_LINES:
            break
    if not lines:
        return blocks
    kind = BlockKind.TERMS if page.role is Role.TERMS else BlockKind.NOTICE
    return (*blocks, Block(kind, "\n".join(lines.values()), place=PLACE, source=Source.TEXT))
