"""Makes the ids that people see: readable, opaque, sorting by time within a kind.

An id is the kind's prefix, the second in UTC, two characters for the part of the second and six drawn at random:
`c-20261122T063015-k7m2qdx4`. Ids never carry meaning for a program; the tables keep the exact times beside them.
"""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # in ASCII order, without the letters that are misread

PREFIXES = {
    "capture": "c",
    "page": "p",
    "version": "v",
    "change": "d",
    "run": "r",
    "evidence": "e",
    "lookup": "q",
    "decision": "j",
    "operator": "o",
    "verified": "w",
    "objection": "b",
    "case": "k",
    "item": "i",
    "step": "p",
}

_KIND = re.compile(r"[a-z]{1,12}")


def new_id(kind: str, at: datetime) -> str:
    """Make an id of a kind (a word such as `capture`, or its prefix) for a moment; a naive moment raises ValueError.

    Within one kind, ids of different milliseconds sort by time; within one millisecond their order is open.
    """
    if not _KIND.fullmatch(kind):
        raise ValueError(f"an id's kind is a short lower-case word, not {kind!r}")
    if at.tzinfo is None:
        raise ValueError(f"an id needs an aware moment, but {at.isoformat()} has no time zone")
    moment = at.astimezone(UTC)
    part = moment.microsecond * 1024 // 1_000_000
    tail = ALPHABET[part // 32] + ALPHABET[part % 32] + "".join(secrets.choice(ALPHABET) for _ in range(6))
    return f"{PREFIXES.get(kind, kind)}-{moment:%Y%m%dT%H%M%S}-{tail}"
