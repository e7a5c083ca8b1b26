"""Keeps the distance between two visits to one host, so that watching never becomes a burden or a reason to block.

Holds the next free moment of each host in memory; two runners keep apart by leases, not by this.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from monitor.config.settings import RunSettings


class HostPace:
    """Gives each visit to a host its turn. Seconds of a monotonic clock; jitter is added, never taken away."""

    def __init__(
        self, pace_seconds: float, jitter_seconds: float = 0.0, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._pace = pace_seconds
        self._jitter = jitter_seconds
        self._monotonic = monotonic
        self._free_at: dict[str, float] = {}

    @classmethod
    def of(cls, run: RunSettings) -> HostPace:
        """The pace that the settings ask for."""
        return cls(run.pace_seconds, run.jitter_seconds)

    def soonest(self, urls: Sequence[str]) -> int:
        """The index of the first URL whose host is free soonest. `urls` is not empty."""
        now = self._monotonic()
        best, best_at = 0, float("inf")
        for index, url in enumerate(urls):
            free_at = max(now, self._free_at.get(_host_of(url), now))
            if free_at < best_at:
                best, best_at = index, free_at
            if free_at <= now:
                break
        return best

    def take_turn(self, url: str) -> float:
        """Take the next turn of the URL's host and say how many seconds to wait for it."""
        now = self._monotonic()
        host = _host_of(url)
        start = max(now, self._free_at.get(host, now))
        jitter = random.uniform(0, self._jitter) if self._jitter else 0.0  # noqa: S311 - spreads load, no secret
        self._free_at[host] = start + self._pace + jitter
        return start - now


def _host_of(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()
