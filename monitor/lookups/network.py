"""The proof that our own network was away: which canaries were tried, by whom, when, and what came of it.

Kept as evidence, because a site's state "unknown" rests on it. What works needs no proof, and the lookups of one run
share theirs.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timedelta

from scrapers.lookups.canary import NetworkState, Reach
from storage.archive import Archive
from storage.evidence import keep_evidence
from storage.runs import read_note, write_note

FORMAT = "cardwatch-network-1"
_NOTE = "network-proof"
_SHARED = timedelta(minutes=10)


def keep_network_state(archive: Archive, state: NetworkState) -> str:
    """The id of the evidence item that shows an outage of ours; "" where there was none, or no canary to show it."""
    if state.reach not in (Reach.DOWN, Reach.PARTIAL) or not state.checks:
        return ""
    seen = [state.reach.value, state.words]
    with archive.database.reading() as session:
        known = _recent(read_note(session, _NOTE), seen, state.checked_at)
    if known:
        return known
    told = {
        "format": FORMAT,
        "checked_at": state.checked_at.isoformat(),
        "reach": state.reach.value,
        "checks": [asdict(check) for check in state.checks],
    }
    item = keep_evidence(
        archive,
        json.dumps(told, ensure_ascii=False, indent=1).encode("utf-8", "replace"),
        name="own network",
        media_type="application/json",
        note=f"canaries of lookups.canaries: own network {state.reach.value}",
        at=state.checked_at,
    )
    with archive.database.writing() as session:
        write_note(session, _NOTE, json.dumps([state.checked_at.isoformat(), item.id, seen]))
    return item.id


def _recent(note: str | None, seen: list[str], at: datetime) -> str:
    """The item that an earlier question of the same run made, "" where the network was another then."""
    if not note:
        return ""
    checked_at, item, before = json.loads(note)
    age = at - datetime.fromisoformat(checked_at)
    return str(item) if before == seen and timedelta(0) <= age <= _SHARED else ""
