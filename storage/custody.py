"""The custody log in the database: entries are appended and never altered; proofs are read from it.

`append_entry` belongs into the writing session that keeps what the entry speaks of: then both are there, or neither.
The write lock of the database puts the entries of all processes in one order, so the log has one history and
no gap. Of the tree above the leaves only every eighth level is stored; the rest is hashed when a proof needs it.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version

from sqlalchemy import text
from sqlmodel import Session

from storage.canonical import canonical_json
from storage.errors import ArchiveDamaged, ArchiveError, NotInArchive
from storage.keys import KeyFolder
from storage.merkle import ReadNode, hash_leaf, hash_whole, prove_consistency, prove_inclusion, read_root
from storage.model import EntryKind, LogEntry
from storage.notes import Head, VerifierKey, verifier_key

MOST_ENTRY_BYTES = 0xFFFF
"""An entry bundle gives the length of an entry in two bytes."""

TILE_LEVELS = 8
TILE_WIDTH = 1 << TILE_LEVELS
_SEQUENCER = 0x63617264  # the advisory lock of PostgreSQL that stands for the log
_AT = "%Y-%m-%dT%H:%M:%S.%fZ"

_SIZE = text("SELECT max(place) FROM log_entry")
_INSERT_ENTRY = text("INSERT INTO log_entry (place, hash, data) VALUES (:place, :hash, :data)")
_INSERT_NODE = text("INSERT INTO log_node (level, place, hash) VALUES (:level, :place, :hash)")
_INSERT_KEY = text("INSERT INTO log_key (place, epoch, key) VALUES (:place, :epoch, :key)")
_ENTRIES = text("SELECT place, data FROM log_entry WHERE place >= :start AND place < :end ORDER BY place")
_LEAVES = text("SELECT hash FROM log_entry WHERE place >= :start AND place < :end ORDER BY place")
_NODES = text("SELECT hash FROM log_node WHERE level = :level AND place >= :start AND place < :end ORDER BY place")
_KEYS = text("SELECT place, epoch, key FROM log_key WHERE place < :size ORDER BY place")
_NEWEST_KEY = text("SELECT place, epoch, key FROM log_key ORDER BY place DESC LIMIT 1")


@dataclass(frozen=True)
class LogKey:
    """From the entry `place` on this key signs, until the next one; its name is the origin of its epoch."""

    place: int
    epoch: int
    key: VerifierKey

    @property
    def log(self) -> str:
        """The id of the log."""
        return self.key.name.split("/")[1]


def log_size(session: Session) -> int:
    """Give the number of entries; 0 before the first is appended."""
    last = session.connection().execute(_SIZE).scalar()
    return 0 if last is None else int(last) + 1


def append_entry(
    session: Session, kind: EntryKind, at: datetime, fields: Mapping[str, object], keys: KeyFolder
) -> LogEntry:
    """Append an entry in a writing session; the very first makes the log, and its key in `keys` if need be.

    `fields` are those of docs/evidence.md, without `at` and `kind`. An entry beyond 65,535 bytes raises ArchiveError.
    """
    _take_sequencer(session)
    size = log_size(session)
    if size == 0:
        begin_log(session, at, keys)
        size = 1
    return _append(session, size, kind, at, fields)


def begin_log(session: Session, at: datetime, keys: KeyFolder) -> None:
    """Make the log if there is none: its id, its key, and its first entry."""
    _take_sequencer(session)
    if log_size(session):
        return
    log = secrets.token_hex(8)
    key = verifier_key(name_origin(log, 1), keys.first())
    _append(session, 0, EntryKind.LOG, at, {"log": log, "key": key.text, "tool": f"cardwatch {version('cardwatch')}"})
    _note_key(session, LogKey(0, 1, key))


def name_origin(log: str, epoch: int) -> str:
    """Give the origin under which the checkpoints of an epoch are signed."""
    return f"cardwatch/{log}/{epoch}"


def open_epoch(session: Session, at: datetime, reason: str, *, after: Head | None, least: int = 0) -> LogKey:
    """Begin the next epoch (or `least`, if that is later): nothing is signed under the older origins any more.

    `after` is the last checkpoint that is known of before. The key stays; only its name is another.
    """
    _take_sequencer(session)
    last = newest_key(session)
    number = max(last.epoch + 1, least)
    key = VerifierKey(name_origin(last.log, number), last.key.public)
    fields = {
        "epoch": number,
        "reason": reason,
        "after": None if after is None else dict(zip(("origin", "size", "root"), _show_head(after), strict=True)),
        "key": key.text,
    }
    entry = _append(session, log_size(session), EntryKind.EPOCH, at, fields)
    return _note_key(session, LogKey(entry.index, number, key))


def replace_key(session: Session, at: datetime, reason: str, public: bytes) -> LogKey:
    """Say in the log that another key signs from now on; `reason` is rotation, loss or compromise."""
    _take_sequencer(session)
    last = newest_key(session)
    key = VerifierKey(last.key.name, public)
    fields = {"key": key.text, "previous": last.key.text, "reason": reason}
    entry = _append(session, log_size(session), EntryKind.KEY, at, fields)
    return _note_key(session, LogKey(entry.index, last.epoch, key))


def newest_key(session: Session) -> LogKey:
    """Give the key that signs now; NotInArchive before the first entry."""
    row = session.connection().execute(_NEWEST_KEY).first()
    if row is None:
        raise NotInArchive("the custody log is empty: it begins with the first capture that is kept")
    return LogKey(row.place, row.epoch, VerifierKey.parse(row.key))


def list_keys(session: Session, size: int) -> tuple[LogKey, ...]:
    """Give the keys that the first `size` entries introduce, oldest first."""
    rows = session.connection().execute(_KEYS, {"size": size})
    return tuple(LogKey(row.place, row.epoch, VerifierKey.parse(row.key)) for row in rows)


def key_entries(session: Session, size: int) -> tuple[LogEntry, ...]:
    """Give the entries among the first `size` that introduce keys: of kind log, key and epoch."""
    return tuple(read_entry(session, key.place) for key in list_keys(session, size))


def read_entry(session: Session, index: int) -> LogEntry:
    """Give the entry at an index; NotInArchive where there is none."""
    found = list_entries(session, index, index + 1) if index >= 0 else ()
    if not found:
        raise NotInArchive(f"the custody log has no entry {index}; `cardwatch custody status` says how many it has")
    return found[0]


def list_entries(session: Session, start: int, end: int) -> tuple[LogEntry, ...]:
    """Give the entries from `start` up to, not including, `end`."""
    rows = session.connection().execute(_ENTRIES, {"start": start, "end": end})
    return tuple(parse_entry(row.place, as_bytes(row.data)) for row in rows)


def as_bytes(value: object) -> bytes:
    """Give a column's bytes: SQLite holds any type in any column, and a database may have been forged."""
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode("utf-8", "replace")


def parse_entry(index: int, data: bytes) -> LogEntry:
    """Read an entry's bytes; what is none raises ArchiveDamaged."""
    try:
        if len(data) > MOST_ENTRY_BYTES:
            raise ValueError(f"{len(data)} bytes")
        fields = json.loads(data)
        at = datetime.strptime(fields["at"], _AT).replace(tzinfo=UTC)
        return LogEntry(index, EntryKind(fields["kind"]), at, data, fields)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ArchiveDamaged(f"entry {index} of the custody log cannot be read: {error}") from None


def prove_entry(session: Session, index: int, size: int) -> tuple[bytes, ...]:
    """Give the proof that the entry at `index` is in the log of the first `size` entries."""
    _require(session, size)
    return prove_inclusion(node_reader(session, size), index, size)


def prove_growth(session: Session, old: int, new: int) -> tuple[bytes, ...]:
    """Give the proof that the log of `new` entries extends that of `old`."""
    _require(session, new)
    return prove_consistency(node_reader(session, new), old, new)


def root_at(session: Session, size: int) -> bytes:
    """Give the root over the first `size` entries."""
    _require(session, size)
    return read_root(node_reader(session, size), size)


def read_tile(session: Session, level: int, start: int, count: int) -> list[bytes]:
    """Give `count` hashes of a stored level (0 the leaves, 8, 16 ...) from a place on; fewer raise ArchiveDamaged."""
    query = _NODES if level else _LEAVES
    values = {"start": start, "end": start + count} | ({"level": level} if level else {})
    rows = session.connection().execute(query, values).scalars().all()
    found = [value if type(value) is bytes else as_bytes(value) for value in rows]
    if len(found) != count:
        raise ArchiveDamaged(
            f"the custody log lacks hashes of level {level} from {start} on: run `cardwatch check`, restore a backup"
        )
    return found


def node_reader(session: Session, size: int) -> ReadNode:
    """Give a reader of the nodes over the first `size` entries, for one proof: it keeps the tiles that it has read."""
    tiles: dict[tuple[int, int], list[bytes]] = {}

    def read(level: int, place: int) -> bytes:
        stored = level // TILE_LEVELS * TILE_LEVELS
        width = 1 << (level - stored)
        tile, inside = divmod(place * width, TILE_WIDTH)
        if (stored, tile) not in tiles:
            start = tile * TILE_WIDTH
            tiles[stored, tile] = read_tile(session, stored, start, min(TILE_WIDTH, (size >> stored) - start))
        return hash_whole(tiles[stored, tile][inside : inside + width])

    return read


def _append(session: Session, place: int, kind: EntryKind, at: datetime, fields: Mapping[str, object]) -> LogEntry:
    if at.tzinfo is None:
        raise ValueError(f"an entry of the custody log needs an aware moment, not {at.isoformat()}")
    whole = {**fields, "at": at.astimezone(UTC).strftime(_AT), "kind": kind.value}
    data = canonical_json(whole)
    if len(data) > MOST_ENTRY_BYTES:
        raise ArchiveError(f"an entry of the custody log of {len(data)} bytes, {MOST_ENTRY_BYTES} are the most")
    connection = session.connection()
    connection.execute(_INSERT_ENTRY, {"place": place, "hash": hash_leaf(data), "data": data})
    level, number = 0, place
    while (number + 1) % TILE_WIDTH == 0:
        hashed = hash_whole(read_tile(session, level, number + 1 - TILE_WIDTH, TILE_WIDTH))
        level, number = level + TILE_LEVELS, number // TILE_WIDTH
        connection.execute(_INSERT_NODE, {"level": level, "place": number, "hash": hashed})
    return LogEntry(place, kind, at.astimezone(UTC), data, whole)


def _note_key(session: Session, key: LogKey) -> LogKey:
    session.connection().execute(_INSERT_KEY, {"place": key.place, "epoch": key.epoch, "key": key.key.text})
    return key


def _take_sequencer(session: Session) -> None:
    """Let one process at a time append. SQLite's writing session holds the only write lock already."""
    if session.connection().dialect.name == "postgresql":
        session.connection().execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _SEQUENCER})


def _require(session: Session, size: int) -> None:
    held = log_size(session)
    if not 0 <= size <= held:
        raise NotInArchive(f"the custody log has {held} entries, not {size}")


def _show_head(head: Head) -> tuple[str, int, str]:
    return head.origin, head.size, head.text.split("\n")[2]
