"""Simulated time: one clock that the practice platform, the browser gate and the pipeline share.

It stands at the moment it was last moved to and runs on at the speed of real time from there, so that a capture ends
after it began. It only ever goes forward.
"""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta


class SimulatedClock:
    """A settable clock. Calling it gives aware UTC, as the type `scrapers.model.Clock` asks."""

    def __init__(self, start: datetime) -> None:
        self._lock = threading.Lock()
        self._base = start.astimezone(UTC)
        self._since = time.monotonic()

    def __call__(self) -> datetime:
        """The simulated present."""
        with self._lock:
            return self._base + timedelta(seconds=time.monotonic() - self._since)

    def move_to(self, moment: datetime) -> None:
        """Jump to a later moment; a moment already past leaves the clock where it is."""
        with self._lock:
            now = self._base + timedelta(seconds=time.monotonic() - self._since)
            self._base = max(now, moment.astimezone(UTC))
            self._since = time.monotonic()
