"""Signs the head of the custody log, and keeps what was signed.

`seal_log` is called after every run. It signs inside the database's write lock, so that callers at once make one
checkpoint; the file comes before the row, so that nothing is ever signed that the folder does not know. Where the
database is older than what was signed, or another history, it opens a new epoch and never signs a fork.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlmodel import Session, col, select

from storage.archive import Archive
from storage.custody import (
    LogKey,
    begin_log,
    key_entries,
    log_size,
    newest_key,
    open_epoch,
    replace_key,
    root_at,
)
from storage.errors import ArchiveDamaged
from storage.keys import KeyFolder
from storage.model import Checkpoint, EntryKind
from storage.notes import Head, parse_head, parse_note, sign_note
from storage.tables import CheckpointRow
from storage.tiles import LogFolder, SignedHead
from storage.token_entries import log_tokens


def seal_log(archive: Archive, at: datetime, *, renew: bool = False) -> Checkpoint:
    """Sign the log if anything was appended since the last checkpoint, and write `log/`; give the newest checkpoint.

    Tokens that came since become entries with it; for them alone a checkpoint is made only with `renew`. Raises
    KeyRefused where the key may not be used. A key that is gone is replaced, and the log says so.
    """
    with archive.database.reading() as session:
        newest = latest_checkpoint(session)
        sealed = newest is not None and newest.size == log_size(session)
        sealed = sealed and archive.keys.has(newest_key(session).key.public)
    if newest is not None and sealed and not renew and _is_published(archive.log, newest):
        return newest
    return _seal(archive, at, "", renew=renew)


def rotate_key(archive: Archive, at: datetime, reason: str) -> Checkpoint:
    """Make a new key, say so in the log, and sign a checkpoint with the old and the new one.

    `reason` is rotation or compromise. Where the old key is gone that is a loss, whatever the reason given.
    """
    return _seal(archive, at, reason)


def publish_log(archive: Archive, *, anew: bool = False) -> Checkpoint | None:
    """Write `log/` up to the newest checkpoint; with `anew` compare all of it and write again what differs.

    Gives that checkpoint, None where nothing was signed yet.
    """
    folder, database = archive.log, archive.database
    with database.reading() as session:
        if latest_checkpoint(session) is None:
            return None
    with folder.locked(), database.reading() as session:
        newest = latest_checkpoint(session)
        published = folder.read_published()
        if newest is None or (published and (published.epoch, published.head.size) > (newest.epoch, newest.size)):
            return newest  # the next seal sees that this database is older, and opens an epoch
        before = _size_in_common(session, published)
        if before is None and published is not None:
            folder.set_tiles_aside(published.epoch)
        missing = list_checkpoints(session) if anew or before is None else (newest,)
        for checkpoint in missing:
            folder.keep_checkpoint(checkpoint.epoch, checkpoint.size, checkpoint.note, anew=anew)
        folder.write_tiles(session, 0 if anew else before or 0, newest.size)
        folder.write_head(newest.note)
        folder.remove_partials(newest.size)
    return newest


def insert_checkpoint(session: Session, epoch: int, size: int, note: bytes, made_at: datetime) -> Checkpoint:
    """Record a signed checkpoint in a writing session."""
    made = Checkpoint(epoch, size, note, hashlib.sha256(note).hexdigest(), made_at)
    session.add(CheckpointRow(epoch=epoch, size=size, note=note.decode(), digest=made.digest, made_at=made_at))
    session.flush()
    return made


def latest_checkpoint(session: Session) -> Checkpoint | None:
    """Give the checkpoint that was signed last."""
    row = session.exec(select(CheckpointRow).order_by(col(CheckpointRow.key).desc()).limit(1)).first()
    return None if row is None else checkpoint_of(row)


def list_checkpoints(session: Session) -> tuple[Checkpoint, ...]:
    """Give all checkpoints, oldest first."""
    return tuple(checkpoint_of(row) for row in session.exec(select(CheckpointRow).order_by(col(CheckpointRow.key))))


def checkpoint_covering(session: Session, index: int) -> Checkpoint | None:
    """Give the earliest checkpoint whose log holds the entry at an index, None where none was signed since."""
    query = select(CheckpointRow).where(CheckpointRow.size > index)
    row = session.exec(query.order_by(col(CheckpointRow.size), col(CheckpointRow.key)).limit(1)).first()
    return None if row is None else checkpoint_of(row)


def names_lost_key(session: Session, checkpoint: Checkpoint) -> bool:
    """Whether this is the first checkpoint after an entry which says that the key before was lost."""
    query = select(CheckpointRow).where(CheckpointRow.size < checkpoint.size)
    row = session.exec(query.order_by(col(CheckpointRow.size).desc()).limit(1)).first()
    before = row.size if row else 0
    return any(
        entry.index >= before and entry.kind is EntryKind.KEY and entry.fields.get("reason") == "loss"
        for entry in key_entries(session, checkpoint.size)
    )


def checkpoint_of(row: CheckpointRow) -> Checkpoint:
    """Give the value of a row."""
    return Checkpoint(row.epoch, row.size, row.note.encode(), row.digest, row.made_at)


def head_of(checkpoint: Checkpoint) -> Head:
    """Read what a checkpoint says."""
    return parse_head(parse_note(checkpoint.note))


def _seal(archive: Archive, at: datetime, rotation: str, *, renew: bool = False) -> Checkpoint:
    folder = archive.log
    if renew or rotation or not _is_sealed(archive):
        _enter_tokens(archive, at)
    with archive.database.writing() as session:
        begin_log(session, at, archive.keys)
        _refuse_other_log(folder, newest_key(session))
        _open_epoch_if_older(session, folder, at)
        signers = _choose_signers(session, archive.keys, at, rotation)
        newest = latest_checkpoint(session)
        size = log_size(session)
        if newest is None or newest.size != size:
            key = newest_key(session)
            origin = key.key.name
            note = sign_note(Head(origin, size, root_at(session, size)).text, origin, *signers)
            folder.keep_checkpoint(key.epoch, size, note)
            kept = folder.path_of_checkpoint(key.epoch, size).read_bytes()
            newest = insert_checkpoint(session, key.epoch, size, kept, at)
    publish_log(archive)
    return newest


def _is_sealed(archive: Archive) -> bool:
    with archive.database.reading() as session:
        newest = latest_checkpoint(session)
        return newest is not None and newest.size == log_size(session)


def _enter_tokens(archive: Archive, at: datetime) -> None:
    """Append the entries of tokens, and commit: a seal that fails and is made again must find the same entries.

    Else it would sign another root for the size of a checkpoint whose file is there already.
    """
    with archive.database.writing() as session:
        begin_log(session, at, archive.keys)
        _refuse_other_log(archive.log, newest_key(session))
        log_tokens(session, at, archive.keys)


def _choose_signers(session: Session, keys: KeyFolder, at: datetime, rotation: str) -> tuple[Ed25519PrivateKey, ...]:
    """Give the keys that sign now, the newest first; a key that is gone is replaced and the log says so."""
    current = newest_key(session)
    key = keys.find(current.key.public)
    if key is not None and not rotation:
        return (key,)
    made = keys.make()
    replace_key(session, at, rotation if key is not None else "loss", made.public_key().public_bytes_raw())
    return (made,) if key is None else (made, key)


def _open_epoch_if_older(session: Session, folder: LogFolder, at: datetime) -> None:
    """Compare the database with what was signed last; what it cannot go on from is left behind by a new epoch."""
    current = newest_key(session)
    signed = folder.newest_checkpoint()
    newest = latest_checkpoint(session)
    if signed is None:
        if newest is not None and newest.epoch == current.epoch:
            # What was signed after this database's last checkpoint cannot be known any more.
            open_epoch(session, at, "log folder missing", after=head_of(newest))
        return
    if signed.epoch < current.epoch:
        return
    size = log_size(session)
    if signed.epoch > current.epoch or signed.head.size > size:
        reason = "database older than its last checkpoint"
    elif root_at(session, signed.head.size) != signed.head.root or not _is_ours(current, signed):
        reason = "database of another history than its last checkpoint"
    elif newest is not None and newest.epoch == current.epoch and newest.size > signed.head.size:
        reason = "log folder older than the database"
    else:
        return
    open_epoch(session, at, reason, after=signed.head, least=signed.epoch + 1)


def _is_ours(current: LogKey, signed: SignedHead) -> bool:
    return current.key.verify(signed.note)


def _refuse_other_log(folder: LogFolder, current: LogKey) -> None:
    signed = folder.newest_checkpoint()
    log = signed.head.origin.split("/")[1:2] if signed else [current.log]
    if log != [current.log]:
        raise ArchiveDamaged(
            f"{folder.folder} holds another custody log ({signed.head.origin if signed else ''}) than the database "
            f"({current.key.name}): bring back the database that belongs to it, or move that folder away"
        )


def _is_published(folder: LogFolder, newest: Checkpoint) -> bool:
    published = folder.read_published()
    return (
        published is not None
        and published.note.data == newest.note
        and folder.path_of_checkpoint(newest.epoch, newest.size).is_file()
    )


def _size_in_common(session: Session, published: SignedHead | None) -> int | None:
    """Give how much of the tiles on the disk is this log, None where they are of another history or not there."""
    if published is None or published.head.size > log_size(session):
        return None
    return published.head.size if root_at(session, published.head.size) == published.head.root else None
