"""What a dossier is made of: the answer on respondents, the line of domains, the links, the proof, as frozen values.

Nothing here is text of a page yet: `page` renders it, masked or in full.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.findings.model import SiteFinding
from monitor.operators.model import Link
from monitor.operators.who import WhoAnswer
from storage.identity import Move, Objection, SitePeriod, Statement, VerifiedRecord


@dataclass(frozen=True)
class Proof:
    """One numbered item of proof: a capture, a lookup or an evidence item, as the custody log holds it."""

    number: int
    id: str
    kind: str  # capture, lookup or evidence
    about: str  # URL, domain or name
    at: datetime
    said: str  # outcome, or what was asked of whom
    log_index: int | None
    sha256: str  # of the sealed file, "" where there is none


@dataclass(frozen=True)
class SiteFile:
    """What the dossier says of one site. `picture` is a small JPEG of its newest screenshot, taken at `pictured_at`."""

    site: str
    periods: tuple[SitePeriod, ...]
    statements: tuple[Statement, ...]
    picture: bytes = b""
    pictured_at: datetime | None = None
    picture_proof: str = ""


@dataclass(frozen=True)
class Dossier:
    """All of it. `internal` says that links below 确认 are in it: such a file must not leave this machine."""

    platform: str
    made_at: datetime
    tool: str
    who: WhoAnswer
    sites: tuple[SiteFile, ...]
    periods: tuple[SitePeriod, ...]
    moves: tuple[Move, ...]
    links: tuple[Link, ...]
    sisters: tuple[str, ...]
    findings: tuple[SiteFinding, ...]
    verified: tuple[VerifiedRecord, ...]
    objections: tuple[Objection, ...]
    proofs: tuple[Proof, ...]
    notes: tuple[str, ...]
    internal: bool = False

    def number_of(self, proof: str) -> int | None:
        """The number of an item of proof in the list, None for one that is not in it."""
        return next((one.number for one in self.proofs if one.id == proof), None)
