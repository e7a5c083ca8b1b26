"""What an attestation states of one capture, as frozen values: its record, its place in the log, its witnesses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin

from monitor.evidence_rules import EvidenceRule, EvidenceRules
from scrapers.model import Capture, Exchange
from storage.model import Checkpoint, StoredCapture, TokenKind, TokenStatus

_MOST_HOPS = 30
_BRAND = ("联合信任", "unitrust")


@dataclass(frozen=True)
class Witness:
    """A time token over the checkpoint (or over an older token). Names are those of the signer's certificate."""

    kind: TokenKind
    status: TokenStatus
    authority: str
    stamped_at: datetime | None
    expires_at: datetime | None
    renews: bool
    signer: str = ""
    issuer: str = ""

    @property
    def is_trusted_timestamp(self) -> bool:
        """Whether it may be called 可信时间戳, which is the service of 联合信任: by the names in its certificate."""
        names = f"{self.signer} {self.issuer}".casefold()
        return self.kind is TokenKind.RFC3161 and any(word in names for word in _BRAND)


@dataclass(frozen=True)
class LogPlace:
    """Where the capture stands in the custody log; `checkpoint` is None while no signed head covers it."""

    index: int
    entered_at: datetime
    origin: str = ""
    root: str = ""
    checkpoint: Checkpoint | None = None
    witnesses: tuple[Witness, ...] = ()


@dataclass(frozen=True)
class Attested:
    """All that the attestation says. The files of the archive were hashed again at `made_at` and are as recorded."""

    made_at: datetime
    maker: str  # the tool that made this attestation, which may be newer than the one that captured
    stored: StoredCapture
    capture: Capture
    manifest_bytes: int
    place: LogPlace | None
    rules: tuple[EvidenceRule, ...]
    rules_from: EvidenceRules
    redacted: bool = False  # for a redacted copy: secrets are masked, digests of views are left out

    @property
    def hops(self) -> tuple[Exchange, ...]:
        """The redirects from the address asked for to the one that answered."""
        documents = [exchange for exchange in self.capture.exchanges if exchange.resource_type == "document"]
        hops: list[Exchange] = []
        url = self.capture.url
        for exchange in documents:
            if len(hops) == _MOST_HOPS or exchange.status is None or not 300 <= exchange.status < 400:
                continue
            if exchange.url != url and not (not hops and exchange.url.rstrip("/") == url.rstrip("/")):
                continue
            hops.append(exchange)
            target = next((value for name, value in exchange.response_headers if name.casefold() == "location"), "")
            try:
                url = urljoin(exchange.url, target.strip())
            except ValueError:  # an address that no browser would take either
                break
        return tuple(hops)

    @property
    def servers(self) -> tuple[tuple[str, str], ...]:
        """Every server address of the capture with one URL that it answered."""
        found: dict[str, str] = {}
        for exchange in self.capture.exchanges:
            if exchange.remote_address:
                found.setdefault(exchange.remote_address, exchange.url)
        return tuple(found.items())

    @property
    def stamps(self) -> tuple[Witness, ...]:
        """The witnesses that name a time, RFC 3161 first, the earliest first."""
        place = self.place
        held = [w for w in place.witnesses if w.status is TokenStatus.HELD and w.stamped_at] if place else []
        return tuple(sorted(held, key=lambda w: (w.kind is not TokenKind.RFC3161, w.stamped_at)))
