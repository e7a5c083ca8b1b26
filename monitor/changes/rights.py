"""Which of the buyer's rights words speak of: refund, replacement, warranty, liability. One table for all who ask."""

from __future__ import annotations

import re
from dataclasses import dataclass

from storage.model import Severity


@dataclass(frozen=True)
class Right:
    """One right. `words` find it; `shrunk` and `grown` are the kinds of its change, `severity` the harm of a loss."""

    words: re.Pattern[str]
    shrunk: str
    grown: str
    severity: Severity = Severity.HIGH

    def kind(self, *, worse: bool) -> str:
        """The kind of a change of this right."""
        return self.shrunk if worse else self.grown


RIGHTS = (
    Right(re.compile(r"退(?!出|后|步|订阅|换码)"), "refund_narrowed", "refund_widened"),
    Right(re.compile(r"(?<!兑)换(?!绑|算)|补(?!充|贴|税|偿|差)|重[发做]"), "replacement_cut", "replacement_improved"),
    Right(re.compile(r"质保|保修|售后|[包不]保|包(?=掉|封|活|用)|修(?!改)"), "warranty_cut", "warranty_extended"),
    Right(re.compile(r"赔|承担|垫付|责任|无关|自[负理担]"), "liability_shifted", "liability_assumed"),
)
"""The first that is found is what a clause is about."""
