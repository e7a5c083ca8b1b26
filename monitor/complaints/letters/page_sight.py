"""What of a page stood to be seen, in whole sentences: a quotation is compared as the sentence it stands in.

A fragment proves little: 质保7天 stands in 质保7天已取消 too, and 50 in every price. So words are told as the whole
sentence that holds them, and another capture shows the same only where that whole sentence stands in it. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from monitor.complaints.letters.kinds import shown_words
from monitor.complaints.letters.sentences import one_line
from monitor.complaints.model import SeenVersion
from scrapers.model import Block, Fact, Source

SHOWN = (Source.TEXT, Source.POPUP)
_SENTENCE = re.compile(r"[^。！？!?；;]+[。！？!?；;”』」\"]*")
_LABEL = re.compile(r"\s+(?=[^\s：:，。]{1,8}[：:])")  # 价格：50 库存：3 are two statements in one line
_ORDINAL = re.compile(
    r"^\s*(?:[（(][一二三四五六七八九十\d]{1,3}[)）]|[一二三四五六七八九十]{1,3}、|\d{1,2}[、．)）]|\d{1,2}\.(?!\d))\s*"
)
_CLOSING = "。！？!?；;，,、"
_QUOTED = re.compile(r"“[^”]*”|「[^」]*」|『[^』]*』|\"[^\"]*\"|《[^》]*》")


@dataclass(frozen=True)
class Sight:
    """The sentences of a version that stood to be seen, as they stand, and by their signs alone."""

    units: dict[str, str]

    def shows(self, quote: str) -> bool:
        """Whether every line of the words stands somewhere in a visible sentence or run of them."""
        lines = [dense for line in quote.splitlines() if (dense := make_dense(line))]
        return bool(lines) and all(all(self._unit_of(piece) for piece in _pieces(line)) for line in lines)

    def whole(self, quote: str) -> str:
        """The words as the whole sentences that hold them; "" where they were not to be seen."""
        found = [self._unit_of(piece) for line in quote.splitlines() for piece in _pieces(line)]
        if not found or not all(found):
            return ""
        return _join(dict.fromkeys(self.units[one] for one in found))

    def holds(self, sentences: str) -> bool:
        """Whether these whole sentences stand in it as whole sentences."""
        found = [piece for line in sentences.splitlines() for piece in _pieces(line)]
        return bool(found) and all(piece in self.units for piece in found)

    def instead(self, quote: str) -> str:
        """The sentence in which the words stand now, where it is another than they made alone; "" where none does."""
        pieces = [piece for line in quote.splitlines() for piece in _pieces(line)]
        found = [self._unit_of(piece) for piece in pieces]
        if not found or not all(found) or found == pieces:
            return ""
        return _join(dict.fromkeys(self.units[one] for one in found))

    def _unit_of(self, piece: str) -> str:
        """The shortest sentence that holds these signs: itself where it stands alone."""
        if piece in self.units:
            return piece
        return min((one for one in self.units if piece in one), key=len, default="")


def look_at(seen: SeenVersion) -> Sight:
    """What stood to be seen in a version: its visible blocks, and the page's text but for what was concealed."""
    unseen = [make_dense(f"{one.heading}\n{one.text}") for one in seen.reading.blocks if not is_shown(one)]
    units: dict[str, str] = {}
    shown: list[str] = []
    for block in seen.reading.blocks:
        if is_shown(block):
            shown.append(make_dense(f"{block.heading}{block.text}"))
            for line in (*block.heading.splitlines(), *block.text.splitlines()):
                _add(units, line)
    for line in seen.reading.text.splitlines():
        dense = make_dense(line)
        if dense and (any(dense in one for one in shown) or not any(dense in one for one in unseen)):
            _add(units, line)
    return Sight(units)


def is_shown(block: Block) -> bool:
    """Whether a block stood to be seen as text."""
    return block.source in SHOWN and not block.concealed


def is_shown_fact(fact: Fact) -> bool:
    """Whether a fact was read from what stood to be seen as text."""
    return fact.source in SHOWN


def is_said_of_it(words: str, sentence: str) -> bool:
    """Whether a sentence says the words itself: not as a quotation, a customer's review or a rule taken back."""
    dense, held = make_dense(words), make_dense(sentence)
    if any(word in held for word in shown_words("not_its_own")):
        return False
    return dense in _QUOTED.sub("", held) or held.strip('“”「」『』"') == dense


def make_dense(text: str) -> str:
    """The signs of a text alone."""
    return "".join(one_line(text).split())


def _add(units: dict[str, str], line: str) -> None:
    for part in _LABEL.split(_ORDINAL.sub("", one_line(line))):
        for sentence in _SENTENCE.findall(part):
            dense = make_dense(sentence).strip(_CLOSING)
            if dense:
                units.setdefault(dense, sentence.strip().rstrip("；;，,、"))


def _pieces(line: str) -> Iterator[str]:
    for part in _LABEL.split(_ORDINAL.sub("", one_line(line))):
        for sentence in _SENTENCE.findall(part):
            dense = make_dense(sentence).strip(_CLOSING)
            if dense:
                yield dense


def _join(sentences: dict[str, None]) -> str:
    """Several sentences in one run, each closed."""
    told = [*sentences]
    return "".join(one if one[-1:] in _CLOSING else f"{one}；" for one in told[:-1]) + told[-1]
