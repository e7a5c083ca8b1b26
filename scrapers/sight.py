"""What a visitor saw: the visible text of a page and the texts of its pop-ups, to be asked about single lines.

Pure; made from what the browser laid out. Without a browser nothing is known here, and the markup decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from scrapers.model import Source
from scrapers.text import condense

_SENTENCE = re.compile(r"[^，。；！？、,;!?]+[，。；！？、,;!?]*")


@dataclass(frozen=True)
class Sight:
    """What a visitor saw, white space removed: the visible text ("" when no browser looked) and each pop-up's."""

    visible: str
    popups: tuple[str, ...]
    lines: frozenset[str] = frozenset()

    @classmethod
    def of(cls, text: str, popups: tuple[str, ...]) -> Sight:
        """The sight of a page with this visible text and these pop-ups."""
        condensed = tuple(condense(popup) for popup in popups if popup.strip())
        return cls(condense(text), condensed, frozenset(condense(line) for line in text.split("\n")))

    def shows(self, line: str) -> bool:
        """Whether the visible text has this line, or at least six tenths of it sentence by sentence."""
        return condense(line) in self.lines or _occurs(line, self.visible)

    def pops_up(self, line: str) -> bool:
        """Whether a pop-up has this line."""
        return any(_occurs(line, popup) for popup in self.popups)

    def source_of(self, line: str, *, hidden: bool, popup: bool) -> Source:
        """How a line stood on the page; `hidden` and `popup` are what its markup says."""
        if self.visible:
            if self.shows(line) and not (popup and self.pops_up(line)):
                return Source.POPUP if popup else Source.TEXT
            return Source.POPUP if self.pops_up(line) else Source.HIDDEN
        if self.pops_up(line) and (hidden or popup):
            return Source.POPUP
        return Source.HIDDEN if hidden else Source.POPUP if popup else Source.TEXT


def _occurs(line: str, seen: str) -> bool:
    condensed = condense(line)
    if not condensed or condensed in seen:
        return True
    found = sum(len(part) for part in _SENTENCE.findall(condensed) if len(part) > 3 and part in seen)
    return found >= 0.6 * len(condensed)
