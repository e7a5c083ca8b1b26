"""What a pack is made of and what is told of it afterwards. Frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from monitor.complaints.model import Audience, Exhibit, Hit, Letter, Missing
from monitor.complaints.pack.folder import MadeFile

NOT_ATTACHED = "未附"
"""In the place of pages: nothing of this exhibit goes along."""

ABSENT = f"〔{NOT_ATTACHED}〕"
"""Behind the number of such an exhibit, wherever it is named."""


@dataclass(frozen=True)
class QuotedClause:
    """A clause that stood on a captured page, as text that can be read and searched; masked."""

    name: str
    text: str
    reason: str
    articles: tuple[str, ...] = ()
    quotable: bool = True


@dataclass(frozen=True)
class Prepared:
    """An exhibit as it leaves: the file that goes along (None where none does), its text, and what was masked.

    `file` is the original where nothing had to be masked, else a masked copy; `evidence` is the item of the custody log
    with these bytes. `text` is masked. `withheld` says why no file goes along. `raw` is true where the user let an item
    go along that cannot be masked.
    """

    exhibit: Exhibit
    name: str  # the exhibit's name, masked
    shows: str
    source: str
    file: Path | None = None
    media_type: str = ""
    evidence: str = ""
    masked: bool = False
    text: str = ""
    text_source: str = ""
    hits: tuple[Hit, ...] = ()
    withheld: str = ""
    raw: bool = False
    times: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    pictures: tuple[Path, ...] = ()  # of a capture: its screenshot, masked
    clauses: tuple[QuotedClause, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()  # of a capture: address, digests
    session: bool = False  # of a capture: seen logged in
    claimed: bool = False  # of a capture: somebody else's file, with the time that it claims
    secrets: tuple[str, ...] | None = None  # of a capture: words that its copy must not show, None where there is none


@dataclass(frozen=True)
class PageRange:
    """Where an exhibit stands in the booklet, first and last page counted from 1."""

    first: int
    last: int

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"


@dataclass(frozen=True)
class WrittenLetter:
    """A letter of the pack, masked for its reader. `paste` is its text for a form, "" for a paper.

    `too_long` says that the text is longer than the form takes, and what to do; `leans_on` are the exhibits that it
    names and that are not attached.
    """

    kind: str
    title: str
    letter: Letter
    paste: str = ""
    too_long: str = ""
    leans_on: tuple[str, ...] = ()


@dataclass(frozen=True)
class PackedExhibit:
    """What is told of an exhibit of a pack."""

    number: str
    id: str
    name: str
    form: str
    pages: str  # of the booklet, "" where it is not in it
    files: tuple[str, ...]
    masked: bool
    withheld: str = ""


@dataclass(frozen=True)
class PackReport:
    """What was made (or would be, in a dry run), what was masked and withheld, and what comes next."""

    case: str
    channel: str
    channel_name: str
    audience: Audience
    at: datetime
    compact: bool
    out: Path | None
    files: tuple[MadeFile, ...] = ()
    letters: tuple[str, ...] = ()
    exhibits: tuple[PackedExhibit, ...] = ()
    masks: tuple[tuple[str, int], ...] = ()  # kind and count
    withheld: tuple[tuple[str, str, str], ...] = ()  # number, name, why
    warnings: tuple[str, ...] = ()
    next_steps: tuple[str, ...] = ()
    pages: int = 0  # of the booklet
    new_copies: int = 0  # masked copies and log entries that this build made
    bytes: int = 0
    sha256: str = ""  # of the ZIP
    printing_seconds: float = 0.0  # of the time that it took, what the browser had


class PackBlocked(Exception):  # noqa: N818 - reads as a sentence where it is caught
    """A pack cannot be made yet: all that is missing, or why none is made at all."""

    def __init__(self, channel: str, missing: tuple[Missing, ...] = (), refused: str = "") -> None:
        super().__init__(refused or "；".join(one.what for one in missing))
        self.channel = channel
        self.missing = missing
        self.refused = refused
