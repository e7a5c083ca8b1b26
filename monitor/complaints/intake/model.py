"""What intake takes and gives: the bringer's words, a file that was found, what became of it. Frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from storage.case import CaseItem


@dataclass(frozen=True)
class BringerWords:
    """What the person says of what he brings, "" and None where he leaves it open."""

    kind: str = ""
    title: str = ""
    shows: str = ""
    source: str = ""
    said_at: datetime | None = None
    said_day_only: bool = False
    note: str = ""


@dataclass(frozen=True)
class FoundFile:
    """A file to be brought in. `path` holds its bytes; `name` is what it is called; `within` the archive it lay in."""

    path: Path
    name: str
    within: str = ""
    packed_at: datetime | None = None  # as the archive states it, read in Beijing's time: it names no zone


@dataclass(frozen=True)
class Refused:
    """Something that was not taken, and why, in Chinese."""

    name: str
    why: str


class Outcome(StrEnum):
    """What became of a file."""

    KEPT = "kept"
    SAME = "same"  # these bytes are in the case already
    CHANGED = "changed"  # they are, and what was said of them is now another
    NOT_KEPT = "not_kept"


@dataclass(frozen=True)
class BroughtFile:
    """One file and what became of it. `why_kind` tells why it is of its kind; `troubles` what could not be read.

    `facts` is what the file states of itself: format, size, device, software, seconds, pages, from, subject ...
    """

    name: str
    outcome: Outcome
    item: CaseItem | None = None
    why_kind: str = ""
    troubles: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class IntakeReport:
    """All that became of what was brought. `notes` concern the whole: files left out, pictures not read."""

    case: str
    files: tuple[BroughtFile, ...]
    notes: tuple[str, ...] = ()

    @property
    def kept(self) -> tuple[CaseItem, ...]:
        """The items that are new in the case."""
        return tuple(file.item for file in self.files if file.item is not None and file.outcome is Outcome.KEPT)
