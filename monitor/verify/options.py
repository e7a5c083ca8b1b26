"""What a person brings to a check: keys, earlier checkpoints and roots from outside, and the present moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from monitor.verify.anchors import Earlier
from monitor.verify.package import Tick
from storage.notes import VerifierKey

if TYPE_CHECKING:
    from cryptography.x509 import Certificate


def _ignore(_: int) -> None:
    """Show no progress."""


@dataclass(frozen=True)
class Options:
    """`roots` are the certificates of time-stamping authorities that are trusted; `tick` is told of bytes read."""

    at: datetime
    roots: tuple[Certificate, ...] = ()
    pinned: tuple[VerifierKey, ...] = ()
    earlier: tuple[Earlier, ...] = ()
    tick: Tick = _ignore
