"""Time tokens as entries of the custody log: so every later token, over a later checkpoint, seals the older ones too.

Entries are appended when the log is sealed, never when a token comes: a log that nothing was added to would otherwise
need a new checkpoint, and that a new token, without end. Where a token's entry stands is a note of the database.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import text

from storage.custody import append_entry
from storage.keys import KeyFolder
from storage.model import EntryKind
from storage.runs import read_note, write_note
from storage.session import Session

_UNLOGGED = text(
    "SELECT t.key, t.kind, t.authority, t.data FROM token t WHERE t.status = 'held' AND t.data IS NOT NULL AND "
    "NOT EXISTS (SELECT 1 FROM meta m WHERE m.name = 'token-entry:' || CAST(t.key AS TEXT)) ORDER BY t.key"
)


def log_tokens(session: Session, at: datetime, keys: KeyFolder) -> int:
    """Append an entry for every held token that has none yet, in a writing session; gives how many."""
    rows = session.connection().execute(_UNLOGGED).all()
    for row in rows:
        fields = {
            "sha256": hashlib.sha256(bytes(row.data)).hexdigest(),
            "authority": str(row.authority),
            "token": str(row.kind),
        }
        entry = append_entry(session, EntryKind.TOKEN, at, fields, keys)
        write_note(session, f"token-entry:{row.key}", str(entry.index))
    return len(rows)


def entry_of_token(session: Session, key: int) -> int | None:
    """Where the log names a token, None where it does not yet."""
    found = read_note(session, f"token-entry:{key}")
    return int(found) if found else None
