"""A letter as data, for --json. Field names are promises: they are only ever added to. Pure."""

from __future__ import annotations

from monitor.complaints.letters.text import LEGEND, find_legend_block, say_alone
from monitor.complaints.model import Letter, Sentence


def letter_data(letter: Letter) -> dict[str, object]:
    """The letter with every sentence: its kind, marks and articles, and how it is written."""
    return {
        "kind": letter.kind,
        "title": letter.title,
        "to": letter.to,
        "signed_on": letter.signed_on.isoformat(),
        "blocks": [
            {
                "kind": block.kind.value,
                "title": block.title,
                "columns": list(block.columns),
                "sentences": [_sentence(one) for one in block.sentences],
                "rows": [[_sentence(one) for one in row] for row in block.rows],
            }
            for block in letter.blocks
        ],
        "legend": LEGEND if find_legend_block(letter) is not None else "",
        "unknowns": list(letter.unknowns),
        "notes": list(letter.notes),
    }


def _sentence(one: Sentence) -> dict[str, object]:
    return {
        "text": one.text,
        "kind": one.kind.value,
        "marks": list(one.marks),
        "articles": list(one.articles),
        "written": say_alone(one),
    }
