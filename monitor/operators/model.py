"""What attribution gives: links between sites with their rows of proof, operators, and the subjects behind them.

Frozen values of pure functions. A row says what it is worth and why; nothing here is ever sure by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Band(StrEnum):
    """How sure a link or an operator is. A lead never merges and never leaves this machine."""

    CONFIRMED = "确认"
    PROBABLE = "高度疑似"
    LEAD = "线索"


class ForgeClass(StrEnum):
    """Who could have put an identifier there."""

    CONTROL = "control"  # needs the account, the key or the server
    REGISTRY = "registry"  # stands in a register
    TEXT = "text"  # anybody can copy it
    NONE = "none"  # says nothing


@dataclass(frozen=True)
class LinkRow:
    """One identifier that two sites share, or about which they differ (`bits` below zero), and what it is worth.

    `sites` is on how many sites outside their cluster the value stands too. `reason` is one Chinese sentence.
    `without` is the band of the link if this row were not there.
    """

    kind: str
    value: str
    bits: float
    reason: str
    family: str = ""
    forge: ForgeClass = ForgeClass.NONE
    other_value: str = ""  # of the other site, where they differ
    place_a: str = ""
    place_b: str = ""
    first_a: datetime | None = None
    last_a: datetime | None = None
    first_b: datetime | None = None
    last_b: datetime | None = None
    sites: int = 0
    without: Band | None = None


@dataclass(frozen=True)
class Link:
    """Two sites, what speaks for one operator (`rows`, strongest first) and against it (`contrary`)."""

    a: str
    b: str
    bits: float
    band: Band
    rows: tuple[LinkRow, ...]
    contrary: tuple[LinkRow, ...] = ()
    decided: str = ""  # same or different, where a person decided


@dataclass(frozen=True)
class OperatorGroup:
    """Sites under one control. Those of band 高度疑似 hold the confirmed ones that they would join."""

    id: str
    sites: tuple[str, ...]
    band: Band


@dataclass(frozen=True)
class Attribution:
    """All that statements say of operators. `notes` name what was kept without weight, and what waits for a person."""

    operators: tuple[OperatorGroup, ...]
    links: tuple[Link, ...]
    notes: tuple[str, ...] = ()
