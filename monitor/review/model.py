"""What a review of terms gives: findings with their span, reason, articles and what speaks against them."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.review.laws import Article
from storage.model import Severity


@dataclass(frozen=True)
class TermFinding:
    """One clause that may be unfair or risky. `start` and `end` are its span in characters of the text reviewed.

    `exceptions` stand beside the clause and soften it; `counter_evidence` stands elsewhere in the same text.
    `place` and `quotable` say where a reading had it and whether it was shown as a rule that stands. `guessed`: no
    rule knows its words, it is only like clauses of that kind. `lead_in` is the line above a list whose item this is:
    the clause is what both say together.
    """

    pattern: str
    name: str
    start: int
    end: int
    text: str
    severity: Severity
    reason: str
    laws: tuple[Article, ...]
    exceptions: tuple[str, ...] = ()
    counter_evidence: tuple[str, ...] = ()
    needs_human: bool = False
    place: str = ""
    quotable: bool = True
    guessed: bool = False
    lead_in: str = ""

    @property
    def span(self) -> tuple[int, int]:
        """First character, and the one after the last."""
        return self.start, self.end

    @property
    def wording(self) -> str:
        """The words to quote: those of an item behind the line that leads it in, with what is left out marked."""
        return f"{self.lead_in}……{self.text}" if self.lead_in else self.text
