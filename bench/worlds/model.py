"""What a generated world is: what was seen of its sites, and who really runs them.

Days are whole numbers from `FIRST_DAY` on; `day_time` and `day_date` turn them into dates. The truth never goes into
the statements.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from storage.identity import Statement

FIRST_DAY = date(2024, 7, 1)
SPAN = 730  # days that the world is looked at


def day_date(day: int) -> date:
    """The calendar day of a day's number; numbers below zero lie before the world was looked at."""
    return FIRST_DAY + timedelta(days=day)


def day_time(day: int) -> datetime:
    """The moment of the look on that day."""
    return datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, 3, tzinfo=UTC) + timedelta(days=day)


@dataclass(frozen=True, slots=True)
class Shown:
    """A site shows an identifier from one day to another. `source` is truth: whose it is and why it stands there.

    Sources: own, name, theme, host, aggregator, carrier (CDN, hoster, registrar), copied, stolen, upstream, jump,
    planted (in user content), unique (a value no other site has).
    """

    kind: str
    value: str
    place: str
    first: int
    last: int
    source: str = "own"
    block: str = ""
    role: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class EpochTruth:
    """A registration of a site and who runs it. `label` is how an answer names it: `site`, or `site@day` if earlier.

    `make` is own, saas, branch, reseller, impersonator, stranger, host or release; `of` the operator that it copies,
    sells for or is hosted by. `signals` numbers the part of its operator's sites that share anything of their own
    with it, directly or over others: two sites of one operator with different numbers left nothing in common.
    """

    site: str
    label: str
    operator: str
    make: str
    first: date
    last: date
    registered: date
    ended: date  # the last day on which it answered, or the end of the world
    of: str = ""
    theme: str = ""
    aggregator: str = ""
    firm: str = ""  # the uninvolved firm whose licence it shows
    carrier: str = ""
    signals: int = 0
    left: date | None = None  # the name was left on this day
    back: date | None = None  # and came back on this one


@dataclass(frozen=True, slots=True)
class MoveTruth:
    """A platform went from one name to another. `way` is how; `signal_on` the first look that could see it, if any."""

    before: str
    after: str
    way: str
    on: date
    signal_on: date | None
    relation: str = "successor"  # or mirror, return


@dataclass(frozen=True, slots=True)
class Subject:
    """A legal person, right or wrong to name."""

    name: str
    uscc: str = ""
    icp: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class RespondentTruth:
    """Who may be named for a site, and who may not. `right` is empty where nothing that was shown tells it."""

    site: str
    right: tuple[tuple[str, Subject], ...]  # (role, subject)
    wrong: tuple[tuple[str, Subject], ...]  # (why it stands there, subject)


@dataclass(frozen=True)
class Truth:
    """All that is true of a world."""

    epochs: tuple[EpochTruth, ...]
    moves: tuple[MoveTruth, ...]
    respondents: tuple[RespondentTruth, ...]
    outages: tuple[tuple[date, date], ...]
    shared: Mapping[str, str] = field(default_factory=dict)  # "kind value" of what is shared by design, and by what

    def operators(self) -> dict[str, list[EpochTruth]]:
        """The epochs of each operator."""
        found: dict[str, list[EpochTruth]] = {}
        for epoch in self.epochs:
            found.setdefault(epoch.operator, []).append(epoch)
        return found


@dataclass(frozen=True)
class World:
    """What was seen, and what is true."""

    seed: int
    shape: Shape
    statements: tuple[Statement, ...]
    truth: Truth
    looks: Mapping[str, tuple[int, ...]] = field(default_factory=dict)  # of each epoch: the days it was looked at


@dataclass(frozen=True)
class Shape:
    """How hard a world is. Shares are of sites or of operators, as docs/worlds.md says of each."""

    name: str = "usual"
    openness: float = 1.3  # factor on how often a site shows what its operator has
    careful: float = 0.15  # operators that keep their sites apart in compartments
    ghosts: float = 0.06  # operators that show next to nothing
    leaks: float = 0.5  # chance that a compartment shares a family with the main one
    largest: int = 60
    saas: float = 0.18  # operators whose sites are shops on a host
    resellers: float = 0.06
    impersonators: float = 0.015
    impersonator_contacts: float = 0.3  # chance that a copied contact is left as it was
    stolen: float = 0.03  # operators with a licence of an uninvolved firm
    copied_footers: float = 0.02  # sites with the footer of a stranger
    strangers: float = 0.02  # ended names registered anew by somebody else
    aggregators: float = 0.25  # compartments that take money through a payee shared by many
    small_aggregators: float = 0.1  # of those: a payee that only two to six operators share
    upstream_payment: float = 0.25  # resellers that take money into the upstream's account
    theme_leftovers: float = 0.12  # chance that a theme's own contact or counter is left in
    rotation: float = 1.0  # factor on how fast contacts and accounts change
    misread: float = 0.002  # identifiers read with a wrong digit
    missed: float = 0.02  # identifiers not read at all at a look
    silent: float = 0.25  # moves without a word
    jumps: float = 0.12  # redirects through a jump host
    recycled: float = 0.04  # own servers whose address a stranger had before
    outages: int = 3
    looks: int = 14  # looks at a site in a year
