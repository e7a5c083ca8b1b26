"""What one visit brought: the capture, the changes first seen in it, and those that it settled.

A value; it goes from the watching of a page to whoever tells of a run.
"""

from __future__ import annotations

from dataclasses import dataclass

from storage.model import Change, ChangeStatus, Severity, StoredCapture, WatchedPage


@dataclass(frozen=True)
class PageResult:
    """What one visit brought: the capture, the changes first seen in it, and those that it settled."""

    page: WatchedPage
    capture: StoredCapture
    found: tuple[Change, ...] = ()
    confirmed: tuple[Change, ...] = ()
    blinked: tuple[Change, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def awaits_confirmation(self) -> bool:
        """Whether a grave change was seen here for the first time, so that a second look is due within minutes."""
        return any(
            change.status is ChangeStatus.PENDING and change.difference.severity.rank >= Severity.HIGH.rank
            for change in self.found
        )
