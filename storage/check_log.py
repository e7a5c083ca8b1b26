"""Checks the custody log against itself and against what it speaks of: part of storage.check.

Every leaf is hashed anew, every stored node, checkpoint and signature is made or checked again from the leaves, every
capture, evidence item, lookup and record of a person has its entry and every entry its item, and `log/` says the
same. Only reads; one view of the database, so that what is appended meanwhile is not in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from sqlalchemy import Row, RowMapping, text
from sqlmodel import Session, col, func, select

from storage.archive import Archive
from storage.checkpoints import head_of, latest_checkpoint, list_checkpoints
from storage.custody import (
    TILE_LEVELS,
    LogKey,
    as_bytes,
    list_keys,
    log_size,
    name_origin,
    newest_key,
    parse_entry,
    root_at,
)
from storage.decisions import told_decisions
from storage.errors import ArchiveDamaged
from storage.evidence import broken_commitments, evidence_seed, list_evidence, read_evidence_manifest
from storage.lookups import told_lookups
from storage.merkle import TreeGrowth, hash_leaf
from storage.model import Checkpoint, EntryKind, LogEntry, StoredEvidence
from storage.notes import VerifierKey, parse_note
from storage.objections import told_objections
from storage.problems import Problem, ProblemKind
from storage.record_entries import compare_records
from storage.tables import CaptureRow, LogNodeRow
from storage.tiles import SignedHead
from storage.verified import told_verified

_PAGE = 1000
_ROWS = text("SELECT place, hash, data FROM log_entry WHERE place >= :start AND place < :end ORDER BY place")
_NODE = text("SELECT hash FROM log_node WHERE level = :level AND place = :place")
_CAPTURES = text(
    "SELECT c.log_index, c.id, a.sha256 FROM capture c "
    "LEFT JOIN capture_artifact ca ON ca.capture_key = c.key AND ca.role = 'manifest' "
    "LEFT JOIN artifact a ON a.key = ca.artifact_key WHERE c.log_index >= :start AND c.log_index < :end"
)
_EVIDENCE = text(
    "SELECT e.log_index, e.tombstone_index, e.id, m.sha256 AS manifest, o.sha256 AS object, om.sha256 AS original "
    "FROM evidence e JOIN artifact m ON m.key = e.manifest_key LEFT JOIN artifact o ON o.key = e.object_key "
    "LEFT JOIN evidence oe ON oe.key = e.original_key LEFT JOIN artifact om ON om.key = oe.manifest_key "
    "WHERE (e.log_index >= :start AND e.log_index < :end) OR (e.tombstone_index >= :start AND e.tombstone_index < :end)"
)


_TOKENS = text(
    "SELECT m.value, CAST(t.data AS BLOB) AS data FROM meta m "
    "JOIN token t ON m.name = 'token-entry:' || CAST(t.key AS TEXT) WHERE m.name LIKE 'token-entry:%'"
)


@dataclass
class LogCheck:
    """What was checked of the log, and what is wrong."""

    entries: int = 0
    problems: list[Problem] = field(default_factory=list)


def check_log(archive: Archive) -> LogCheck:
    """Check the log of an archive."""
    with archive.database.reading() as session:
        return _LogWalk(archive, session).run()


def check_evidence(archive: Archive) -> tuple[int, list[Problem]]:
    """Check the manifests and commitments of all evidence items; give how many there are, and what is wrong."""
    count, problems, after = 0, [], ""
    while items := list_evidence(archive, after=after, limit=_PAGE):
        for item in items:
            count += 1
            problems += [Problem(kind, item.id, item.manifest, what) for kind, what in _check_item(archive, item)]
        after = items[-1].id
    return count, problems


def _check_item(archive: Archive, item: StoredEvidence) -> Iterator[tuple[ProblemKind, str]]:
    if not archive.objects.has(item.manifest):
        return  # told as a missing object already
    try:
        manifest = read_evidence_manifest(archive.objects.read(item.manifest))
    except (ArchiveDamaged, OSError) as error:
        yield ProblemKind.MANIFEST_UNREADABLE, str(error)
        return
    if manifest.id != item.id:
        yield ProblemKind.MANIFEST_MISMATCH, f"the manifest is of the item {manifest.id[:80]!r}"
    seed = evidence_seed(archive, item.id)
    if seed is not None:
        for name in broken_commitments(manifest, item, seed):
            yield ProblemKind.MANIFEST_MISMATCH, f"the commitment to the item's {name} does not hold"


def _list_tokens(session: Session) -> Sequence[Row[tuple[str, bytes]]]:
    return session.connection().execute(_TOKENS).all()


class _LogWalk:
    def __init__(self, archive: Archive, session: Session) -> None:
        self._archive = archive
        self._session = session
        self._check = LogCheck()
        self._growth = TreeGrowth()
        self._key: LogKey | None = None
        self._nodes = 0
        self._size = log_size(session)
        self._noted = {key.place: key for key in list_keys(session, self._size)}
        self._tokens = {row.value: hashlib.sha256(as_bytes(row.data)).hexdigest() for row in _list_tokens(session)}
        self._records: dict[int, str] = {}
        self._checkpoints: dict[int, list[Checkpoint]] = {}
        for checkpoint in list_checkpoints(session):
            self._checkpoints.setdefault(checkpoint.size, []).append(checkpoint)

    def run(self) -> LogCheck:
        for start in range(0, self._size, _PAGE):
            if not self._walk_page(start, min(self._size, start + _PAGE)):
                break
        self._find_unlogged()
        beyond = [size for size in self._checkpoints if size > self._size]
        for size in beyond:
            self._say(ProblemKind.CHECKPOINT_ALTERED, f"a checkpoint of {size} entries, but the log has {self._size}")
        if self._check.entries == self._size:
            self._compare_records()
            held = self._session.exec(select(func.count()).select_from(LogNodeRow)).one()
            if held != self._nodes:
                self._say(ProblemKind.LOG_NODE_ALTERED, f"{held} nodes are stored, {self._nodes} are right")
            self._check_folder()
        return self._check

    def _say(self, kind: ProblemKind, what: str, *, item: str = "", sha256: str = "") -> None:
        self._check.problems.append(Problem(kind, item, sha256, what))

    def _walk_page(self, start: int, end: int) -> bool:
        span = {"start": start, "end": end}
        connection = self._session.connection()
        captures = {row.log_index: (row.id, row.sha256) for row in connection.execute(_CAPTURES, span)}
        evidence: dict[int, RowMapping] = {}
        for item in connection.execute(_EVIDENCE, span).mappings():
            evidence |= {item[name]: item for name in ("log_index", "tombstone_index") if item[name] is not None}
        for number, row in enumerate(connection.execute(_ROWS, span), start):
            if row.place != number:
                break
            data = as_bytes(row.data)
            self._take_leaf(number, as_bytes(row.hash), data)
            try:
                entry = parse_entry(number, data)
            except ArchiveDamaged as error:
                self._say(ProblemKind.LOG_ENTRY_ALTERED, str(error))
            else:
                self._compare_item(entry, captures.pop(number, None), evidence.get(number))
                self._follow_keys(entry)
            self._check_heads(number + 1)
        if self._check.entries != end:
            self._say(
                ProblemKind.LOG_ENTRY_MISSING,
                f"entry {self._check.entries} of {self._size} is gone: what follows cannot be checked",
            )
            return False
        for number, (capture, _) in captures.items():
            self._say(ProblemKind.LOG_ENTRY_MISSING, f"entry {number} cannot be read", item=capture)
        return True

    def _take_leaf(self, number: int, stored: bytes, data: bytes) -> None:
        self._check.entries += 1
        hashed = hash_leaf(data)
        if hashed != stored:
            self._say(ProblemKind.LOG_ENTRY_ALTERED, f"entry {number} does not have the leaf hash that is stored")
        for level, place, node in self._growth.add(hashed):
            if level % TILE_LEVELS:
                continue
            self._nodes += 1
            held = self._session.connection().execute(_NODE, {"level": level, "place": place}).scalar()
            if as_bytes(held) != node:
                self._say(ProblemKind.LOG_NODE_ALTERED, f"node {place} of level {level} is not what its leaves give")

    def _compare_item(
        self, entry: LogEntry, capture: tuple[str, bytes | None] | None, evidence: RowMapping | None
    ) -> None:
        manifest = str(entry.fields.get("manifest", ""))
        if entry.kind is EntryKind.CAPTURE:
            right = bytes(capture[1] or b"").hex() if capture else ""
            self._compare(entry, capture[0] if capture else None, right, manifest)
        elif capture is not None:
            self._say(ProblemKind.LOG_ENTRY_ALTERED, f"entry {entry.index} is no entry of a capture", item=capture[0])
        if entry.kind is EntryKind.TOKEN and self._tokens.get(str(entry.index)) != entry.fields.get("sha256"):
            what = f"entry {entry.index} names a token that is not held, or was altered"
            self._say(ProblemKind.LOG_ENTRY_ALTERED, what, sha256=str(entry.fields.get("sha256"))[:64])
        if entry.kind is EntryKind.RECORD:
            self._records[entry.index] = str(entry.fields.get("commitment", ""))
        if entry.kind in (EntryKind.EVIDENCE, EntryKind.TOMBSTONE):
            right = bytes(evidence["manifest"]).hex() if evidence else ""
            self._compare(entry, str(evidence["id"]) if evidence else None, right, manifest)
        elif entry.kind is EntryKind.DERIVATIVE and evidence is not None:
            self._compare(entry, evidence["id"], bytes(evidence["manifest"]).hex(), manifest)
            stated = (entry.fields.get("original"), entry.fields.get("sha256"))
            held = bytes(evidence["object"]).hex() if evidence["object"] else stated[1]
            if stated != (bytes(evidence["original"] or b"").hex(), held):
                what = f"entry {entry.index} names another original or another copy"
                self._say(ProblemKind.LOG_ENTRY_ALTERED, what, item=evidence["id"])

    def _compare_records(self) -> None:
        """Compare lookups and what people recorded with the entries that bind them."""
        told = (told_lookups, told_verified, told_decisions, told_objections)
        rows = chain.from_iterable(tell(self._session) for tell in told)
        try:
            self._check.problems += compare_records(self._session, rows, self._records)
        except (ValueError, TypeError, OverflowError) as error:  # a column that holds what nobody ever wrote there
            self._say(ProblemKind.RECORD_ALTERED, f"lookups or records of people cannot be read: {error}"[:500])

    def _compare(self, entry: LogEntry, item: str | None, right: str, stated: str) -> None:
        if item is None:
            what = f"entry {entry.index} is of kind {entry.kind.value}, but no row belongs to it"
            self._say(ProblemKind.LOG_ENTRY_ALTERED, what, sha256=stated)
        elif right != stated:
            what = f"entry {entry.index} names the manifest {stated[:64]}"
            self._say(ProblemKind.LOG_ENTRY_ALTERED, what, item=item, sha256=right)

    def _follow_keys(self, entry: LogEntry) -> None:
        """Follow which key signs, from the entries themselves; the table of keys must say the same."""
        if entry.kind not in (EntryKind.LOG, EntryKind.KEY, EntryKind.EPOCH):
            if entry.index in self._noted:
                self._say(
                    ProblemKind.LOG_ENTRY_ALTERED, f"entry {entry.index} brings no key, but is noted as if it did"
                )
            return
        before = self._key
        try:
            key = VerifierKey.parse(str(entry.fields.get("key")))
            epoch = 1 if before is None else before.epoch
            if entry.kind is EntryKind.EPOCH:
                epoch = int(str(entry.fields.get("epoch")))
            log = str(entry.fields.get("log")) if before is None else before.log
        except (ArchiveDamaged, ValueError) as error:
            self._say(ProblemKind.LOG_ENTRY_ALTERED, f"entry {entry.index} brings no key: {error}")
            return
        found = LogKey(entry.index, epoch, key)
        follows = (
            entry.index == 0
            if before is None
            else entry.kind is not EntryKind.LOG
            and (entry.kind is not EntryKind.EPOCH or epoch > before.epoch)
            and (entry.kind is not EntryKind.KEY or entry.fields.get("previous") == before.key.text)
        )
        if not follows or key.name != name_origin(log, epoch) or self._noted.get(entry.index) != found:
            self._say(ProblemKind.LOG_ENTRY_ALTERED, f"entry {entry.index} does not follow from the keys before it")
        self._key = found

    def _check_heads(self, size: int) -> None:
        for checkpoint in self._checkpoints.get(size, ()):
            what = self._compare_head(checkpoint)
            if what:
                self._say(ProblemKind.CHECKPOINT_ALTERED, f"checkpoint {checkpoint.epoch}-{size}: {what}")

    def _compare_head(self, checkpoint: Checkpoint) -> str:
        try:
            head = head_of(checkpoint)
        except ArchiveDamaged as error:
            return str(error)
        if self._key is None or (head.origin, checkpoint.epoch) != (self._key.key.name, self._key.epoch):
            return f"it is signed for {head.origin[:80]}, which is not the log's origin there"
        if (head.size, head.root) != (checkpoint.size, self._growth.root()):
            return "its size or root is not what the entries give"
        if not self._key.key.verify(parse_note(checkpoint.note)):
            return "it bears no good signature by the key that the log names there"
        return ""

    def _find_unlogged(self) -> None:
        logged = col(CaptureRow.log_index)
        missing = select(CaptureRow.id).where(logged.is_(None) | (logged >= self._size)).order_by(col(CaptureRow.key))
        for capture in self._session.exec(missing):
            self._say(ProblemKind.LOG_ENTRY_MISSING, "the custody log has no entry of this capture", item=capture)

    def _check_folder(self) -> None:
        """Compare `log/` with the database; what was signed once and is not in it shows an older database."""
        if not self._size:
            return
        folder, newest = self._archive.log, latest_checkpoint(self._session)
        try:
            signed = folder.newest_checkpoint()
            if signed is not None and not self._holds(signed, newest_key(self._session)):
                self._say(
                    ProblemKind.LOG_ROLLED_BACK,
                    f"checkpoint {signed.epoch}-{signed.head.size} was signed once, but the database does not hold it: "
                    "it is an older or another one. The next checkpoint opens a new epoch, and nothing is lost by that",
                )
                return
            for name in folder.differing(self._session, newest.size) if newest is not None else ():
                self._say_file(name, "missing or altered")
        except ArchiveDamaged as error:
            self._say(ProblemKind.LOG_FILE_ALTERED, str(error))
        for checkpoint in chain.from_iterable(self._checkpoints.values()):
            path = folder.path_of_checkpoint(checkpoint.epoch, checkpoint.size)
            if not path.is_file() or path.read_bytes() != checkpoint.note:
                self._say_file(f"checkpoints/{path.name}", "altered" if path.is_file() else "missing")

    def _holds(self, signed: SignedHead, key: LogKey) -> bool:
        """Whether the database goes on from a checkpoint, or has left its epoch behind."""
        if signed.epoch < key.epoch:
            return True
        head = signed.head
        if head.origin != key.key.name or head.size > self._size:
            return False
        return root_at(self._session, head.size) == head.root

    def _say_file(self, name: str, state: str) -> None:
        self._say(ProblemKind.LOG_FILE_ALTERED, f"log/{name} is {state}: `cardwatch custody publish` writes it anew")
