"""Lists in terms: an item is reviewed as the sentence that it makes with the line that leads it in.

以下情况不予售后：… is no refusal of all service but of each case that follows; 兑换失败的 alone is no clause. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from monitor.changes.clauses import Clause, split_block
from monitor.changes.lead_ins import join_item
from monitor.review.plain import Sentence
from scrapers.model import Block, BlockKind


def join_lists(plain: str, sentences: Sequence[Sentence]) -> tuple[Sentence, ...]:
    """The sentences of a plain text, the first one of each item joined to its lead-in."""
    if ":" not in plain:
        return tuple(sentences)
    clauses = split_block(Block(BlockKind.TERMS, plain))
    if not any(clause.lead_in for clause in clauses):
        return tuple(sentences)
    joined = list(sentences)
    lead: Clause | None = None
    place = 0
    for clause in clauses:
        if not clause.lead_in:
            lead = clause
            continue
        if lead is None or lead.text != clause.lead_in:
            continue
        while place < len(joined) and joined[place].end <= clause.start:
            place += 1
        if place < len(joined) and joined[place].start < clause.end:
            joined[place] = _join(joined[place], lead)
    return tuple(joined)


def _join(sentence: Sentence, lead: Clause) -> Sentence:
    text = join_item(lead.text, sentence.text)
    bare = sentence.text.strip().rstrip("。.;,、")
    start = text.find(bare)
    own = (start, start + len(bare)) if start >= 0 else (0, len(text))
    return replace(sentence, text=text, lead_in=(lead.start, lead.end), own=own)


def leads_list(number: int, sentences: Sequence[Sentence]) -> bool:
    """Whether a sentence leads a list in: what it says holds in the cases that follow only."""
    following = sentences[number + 1].lead_in if number + 1 < len(sentences) else None
    return following is not None and following[0] <= sentences[number].start < following[1]
