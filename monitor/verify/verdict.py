"""What all checks of one thing together mean, and of several things (docs/evidence.md)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from monitor.verify.anchors import ProvenHead
from monitor.verify.checks import Check, Findings, Said, Status
from monitor.verify.tokens import Stamp


class Verdict(StrEnum):
    """The answer."""

    INTACT = "intact"
    CANNOT_SAY = "cannot_say"
    INCOMPLETE = "incomplete"
    ALTERED = "altered"

    @property
    def gravity(self) -> int:
        """0 for intact up to 3 for altered."""
        return list(Verdict).index(self)


TITLES = {
    Verdict.INTACT: Said("完好", "intact"),
    Verdict.CANNOT_SAY: Said("无法判断", "cannot say"),
    Verdict.INCOMPLETE: Said("不完整", "incomplete"),
    Verdict.ALTERED: Said("已改动", "altered"),
}


@dataclass(frozen=True)
class FileTold:
    """What was found of a file of a pack: `what` is capture, original, masked or made, `id` of the item that it is.

    `status` is passed for what is proven, redacted for a masked copy of `original` (`masked` says what is masked),
    cannot_say for what was made for the pack.
    """

    path: str
    what: str
    status: Status
    id: str = ""
    original: str = ""
    masked: str = ""


@dataclass(frozen=True)
class PackTold:
    """What a pack says of itself (its maker's word), and what was found of each file that it lists."""

    case: str
    channel: str
    made_at: datetime
    files: tuple[FileTold, ...]


@dataclass
class Facts:
    """What was learnt of a thing that was checked; "" and None where it was not. Times are aware UTC.

    `sealed_at` is our own clock in the entry of the log; `proven_before` the time of the earliest trusted token.
    """

    capture: str = ""
    url: str = ""
    title: str = ""
    outcome: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    sealed_at: datetime | None = None
    origin: str = ""
    index: int | None = None
    size: int | None = None
    key: str = ""
    proven_before: datetime | None = None
    redacted: int = 0
    stamps: tuple[Stamp, ...] = ()
    anchors: list[str] = field(default_factory=list)  # token, pinned_key, earlier_checkpoint
    pack: PackTold | None = None


@dataclass
class Trace:
    """What one export leaves to be compared with others of the same log; no part of the answer."""

    manifest: str = ""
    heads: tuple[ProvenHead, ...] = ()
    moments: tuple[tuple[int, str, datetime], ...] = ()


@dataclass(frozen=True)
class Subject:
    """One thing that was checked: a capture's export, a pack, a WARC, the archive's log, or a container."""

    name: str
    kind: str  # capture, pack, warc, store, container
    verdict: Verdict
    facts: Facts
    checks: tuple[Check, ...]
    trace: Trace = field(default_factory=Trace, compare=False, repr=False)


@dataclass(frozen=True)
class Report:
    """All that was checked of one target, and the gravest verdict."""

    target: str
    verdict: Verdict
    subjects: tuple[Subject, ...]


def judge(findings: Findings, facts: Facts) -> Verdict:
    """Give the verdict of one thing."""
    if findings.any(Status.FAILED):
        return Verdict.ALTERED
    if findings.any(Status.ABSENT):
        return Verdict.INCOMPLETE
    return Verdict.INTACT if facts.anchors else Verdict.CANNOT_SAY


def gravest(verdicts: Iterable[Verdict]) -> Verdict:
    """Give the gravest of several verdicts; of none that nothing can be said."""
    return max(verdicts, key=lambda verdict: verdict.gravity, default=Verdict.CANNOT_SAY)
