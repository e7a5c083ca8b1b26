"""What a dossier is made of: the answer on respondents, the line of domains, the links, the proof, as frozen values.

Nothing here is text of a page yet: `view` makes plain data of it, masked or in full, and `page` renders that.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from monitor.findings.model import SiteFinding
from monitor.operators.model import Band, Link
from monitor.operators.move_signals import MoveSignal
from monitor.operators.site_names import plain_name
from monitor.operators.who import WhoAnswer
from storage.identity import Decision, Move, Objection, SitePeriod, Statement, VerifiedRecord

_FIRST, _LAST = 2, 2


@dataclass(frozen=True)
class Proof:
    """One numbered item of proof: a capture, a lookup or an evidence item, as the custody log holds it.

    `sealed_at` is when the bytes entered the log: earlier than `at` where an answer was the same as one before.
    `stamped_at` is the time that an authority (`stamped_by`) gives for a head of the log over it.
    """

    number: int
    id: str
    kind: str  # capture, lookup or evidence
    about: str  # URL, domain or name
    at: datetime
    said: str  # outcome, or what was asked of whom
    log_index: int | None
    sha256: str  # of the sealed file, "" where there is none
    sealed_at: datetime | None = None
    stamped_at: datetime | None = None
    stamped_by: str = ""


@dataclass(frozen=True)
class SiteFile:
    """What the dossier says of one site. `picture` is a small JPEG of its newest screenshot, taken at `pictured_at`.

    `why` is line (where the platform is or was), release (a page that only lists addresses), sister (of the same
    operator at 确认) or around (below that: in a dossier for this machine only). `left` statements are not listed.
    """

    site: str
    why: str
    statements: tuple[Statement, ...]
    left: int = 0
    picture: bytes = b""
    pictured_at: datetime | None = None
    picture_proof: str = ""
    drill: bool = False  # made by `cardwatch demo`: sites and times are simulated


@dataclass(frozen=True)
class SiteLink:
    """A link with the proof of each of its rows, agreeing ones first. `whole`: its rows are listed one by one.

    The band is that of the evidence; where a person called the two the same, `decision` says who, when and why.
    """

    link: Link
    proofs: tuple[tuple[str, ...], ...]
    whole: bool
    decision: Decision | None = None

    @property
    def judged(self) -> bool:
        """Whether only a person's word holds the two to be one operator's: the evidence alone does not."""
        return is_judged(self.link)


def is_judged(link: Link) -> bool:
    """Whether a person called two sites the same that the evidence alone does not confirm."""
    return link.decided == "same" and link.band is not Band.CONFIRMED


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
    links: tuple[SiteLink, ...]
    sisters: tuple[str, ...]
    findings: tuple[SiteFinding, ...]
    verified: tuple[VerifiedRecord, ...]
    objections: tuple[Objection, ...]
    proofs: tuple[Proof, ...]
    notes: tuple[str, ...]
    mutual: frozenset[tuple[str, str]] = field(default_factory=frozenset)  # moves whose new site names the old one too
    internal: bool = False
    said: tuple[MoveSignal, ...] = ()  # the signals behind the moves, each with its own days
    at_given: bool = True  # False: nobody told of an order, the day of making stands in for it

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {one.id: one.number for one in self.proofs}

    def number_of(self, proof: str) -> int | None:
        """The number of an item of proof in the list, None for one that is not in it."""
        return self._numbers.get(proof)

    def periods_of(self, site: str) -> tuple[SitePeriod, ...]:
        """The periods of a site and of its earlier registrations, oldest first."""
        return tuple(sorted((one for one in self.periods if plain_name(one.site) == site), key=lambda one: one.since))


def cite(ids: Iterable[str]) -> tuple[str, ...]:
    """Those of some ids that a row names: of many the first two and the last two, which frame what lies between."""
    known = tuple(dict.fromkeys(one for one in ids if one))
    return known if len(known) <= _FIRST + _LAST else known[:_FIRST] + known[-_LAST:]
