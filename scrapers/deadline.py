"""A capture's time: one bound for the whole, from which every step takes its share."""

from __future__ import annotations

import time


class Deadline:
    """Counts down from `seconds` on the machine's monotonic clock."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds left, never below zero."""
        return max(self._end - time.monotonic(), 0.0)

    def share(self, seconds: float, *, reserve: float = 0.0) -> float:
        """At most `seconds`, and never more than what is left beyond `reserve`."""
        return max(min(seconds, self.left - reserve), 0.0)
