"""Lookups and what people recorded, as entries of the custody log: so that a row altered later is told by `check`.

An entry of kind `record` commits to the whole row with a salt, and so gives nothing away. Salt and place are a note of
the database. What a row is bound by is given by its own module (`told_of_...`); what takes it back is bound apart.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime

from sqlalchemy import text
from sqlmodel import Session

from storage.custody import append_entry
from storage.keys import KeyFolder
from storage.manifest import commit, json_piece
from storage.model import EntryKind, LogEntry
from storage.problems import Problem, ProblemKind
from storage.runs import write_note

_SALT_BYTES = 16
_PREFIX = "record-entry:"
_NOTES = text("SELECT name, value FROM meta WHERE name LIKE 'record-entry:%'")


def log_record(
    session: Session, kind: str, record_id: str, told: Mapping[str, object], at: datetime, keys: KeyFolder
) -> LogEntry:
    """Append the entry of a row in the writing session that keeps it; `told` is all that the row says, as JSON values.

    `kind` is lookup, verified, decision, objection, or one of these with `-revoked` for the moment it was taken back.
    """
    salt = secrets.token_bytes(_SALT_BYTES)
    commitment = commit(salt, json_piece(_whole(kind, record_id, told)))
    entry = append_entry(session, EntryKind.RECORD, at, {"commitment": commitment}, keys)
    write_note(session, f"{_PREFIX}{kind}:{record_id}", f"{entry.index}:{salt.hex()}")
    return entry


def moment_told(at: datetime | date) -> str:
    """A moment (in UTC) or a day as a record tells it."""
    return at.astimezone(UTC).isoformat() if isinstance(at, datetime) else at.isoformat()


def compare_records(
    session: Session,
    rows: Iterable[tuple[str, str, Mapping[str, object]]],
    entries: Mapping[int, str],
) -> Iterator[Problem]:
    """Compare rows (kind, id, what they tell) with the commitments that the log holds by their places."""
    notes: dict[str, str] = {row.name: str(row.value) for row in session.connection().execute(_NOTES)}
    unmet = dict(entries)
    for kind, record_id, told in rows:
        place, _, salt = notes.get(f"{_PREFIX}{kind}:{record_id}", "").partition(":")
        index = int(place) if place.isascii() and place.isdigit() and len(place) < 16 else -1
        stated = entries.get(index)
        if stated is None:
            what = f"the custody log has no entry of this {kind}"
            yield Problem(ProblemKind.LOG_ENTRY_MISSING, record_id, "", what)
            continue
        unmet.pop(index, None)
        if commit(_salt_of(salt), json_piece(_whole(kind, record_id, told))) != stated:
            what = f"the {kind} is not what entry {index} of the custody log was made of: its row was altered"
            yield Problem(ProblemKind.RECORD_ALTERED, record_id, "", what)
    for index in unmet:
        what = f"entry {index} is of a record (lookup, decision, verified, objection) of which no row is left"
        yield Problem(ProblemKind.LOG_ENTRY_ALTERED, "", "", what)


def _whole(kind: str, record_id: str, told: Mapping[str, object]) -> dict[str, object]:
    return {**told, "record": kind, "id": record_id}


def _salt_of(noted: str) -> bytes:
    try:
        return bytes.fromhex(noted)
    except ValueError:
        return b""
