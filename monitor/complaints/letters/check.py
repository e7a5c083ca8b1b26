"""Looks a finished letter over before it is given: what must never be in one stops it here, whoever wrote the sentence.

Takes a letter and its material, gives what is wrong with it, () where nothing is. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator

from monitor.complaints.letters.kinds import forbidden_words
from monitor.complaints.letters.material import Material
from monitor.complaints.letters.sentences import list_sentences
from monitor.complaints.model import Letter, Sentence, SentenceKind
from monitor.review.laws import load_articles

_TRUSTED = "可信时间戳"


def check_letter(letter: Letter, material: Material) -> tuple[str, ...]:
    """Marks that no exhibit has, laws that may not be cited, words that no letter says."""
    numbers = {one.number for one in material.exhibits}
    found = [
        trouble
        for block in letter.blocks
        for one in list_sentences(block)
        for trouble in _check(one, numbers, letter, material)
    ]
    return tuple(dict.fromkeys(found))


def _check(one: Sentence, numbers: set[str], letter: Letter, material: Material) -> Iterator[str]:
    if one.kind is SentenceKind.FACT and not one.text:
        yield "有一句事实是空的"
    for mark in one.marks:
        if mark not in numbers:
            yield f"证{mark}不在证据目录中"
    for article in one.articles:
        row = load_articles().get(article)
        if row is None or not row.confirmed or not row.is_in_force(letter.signed_on):
            yield f"法条{article}在{letter.signed_on}不能引用"
    trusted = any(witness.is_trusted_timestamp for held in material.extra.witnesses.values() for witness in held)
    for word in forbidden_words():
        if word in one.text and not (word == _TRUSTED and trusted and letter.kind == "capture_note"):
            yield f"有不能写进文书的用语“{word}”"
