"""Copies an archive away, consistent while it is in use.

A backup is a folder (objects, a database copy, a list of what it is), which a second backup only adds to; or a single
.tar file. Every object is hashed while it is copied; storage.restore brings it back. The custody log is in the
database; private keys are in a backup only where they are asked for.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import tarfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from storage.archive import Archive
from storage.artifacts import StoredObject
from storage.errors import ArchiveDamaged, ArchiveError, BackupRefused
from storage.keys import refuse_wide_rights, write_private
from storage.objects import ObjectStore, digest_file, make_folder, sync_folder, write_durably

FORMAT = "cardwatch-backup-1"
LIST_NAME = "cardwatch-backup.json"
DATABASE_NAME = "cardwatch.db"
KEYS_NAME = "keys"
_CHUNK = 1 << 20
_UNKNOWN = datetime(1970, 1, 1, tzinfo=UTC)

ShowProgress = Callable[[int, int], None]
"""Told the bytes done and all that are to be done."""


@dataclass(frozen=True)
class Backup:
    """What a backup holds: written beside it as JSON. Sizes in bytes; `database` names the copy."""

    made_at: str
    database: str
    database_sha256: str
    objects: int
    bytes: int


@dataclass(frozen=True)
class BackupReport:
    """What was done; `damaged` are objects that were missing or altered at the source, by SHA-256."""

    place: Path
    objects: int
    copied: int
    bytes: int
    damaged: tuple[str, ...]


def backup_archive(
    archive: Archive, to: Path, *, at: datetime, with_keys: bool = False, progress: ShowProgress | None = None
) -> BackupReport:
    """Back an archive up into a folder, or into a new file if the name ends in .tar; `with_keys` adds private keys.

    Raises BackupRefused where that would overwrite something that is no backup. Damaged objects are left out and named.
    """
    show = progress or show_nothing
    place = to.resolve()
    if place.is_relative_to(archive.root.resolve()):
        raise BackupRefused(f"{to} lies inside the archive itself: choose a place on another disk")
    keys = archive.keys.files() if with_keys else ()
    for key in keys:
        refuse_wide_rights(key)
    if to.suffix == ".tar":
        return _backup_to_file(archive, to, at, keys, show)
    return _backup_to_folder(archive, to, at, keys, show)


def show_nothing(done: int, total: int) -> None:
    """Show nothing."""


@contextmanager
def _snapshot(archive: Archive, folder: Path) -> Iterator[tuple[Path, str, tuple[StoredObject, ...]]]:
    """Copy the database and list the objects that the copy names; all of them are on the disk already."""
    if not archive.database.is_sqlite:
        raise ArchiveError("only an archive on SQLite is backed up here; for PostgreSQL use pg_dump and copy `objects`")
    path = folder / f".{DATABASE_NAME}.part"
    path.unlink(missing_ok=True)
    try:
        archive.database.copy_to(str(path))
        with path.open("rb+") as file:
            os.fsync(file.fileno())
        yield path, digest_file(path)[0], tuple(named_objects(path))
    finally:
        for suffix in ("", "-wal", "-shm", "-journal"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)


def named_objects(path: Path) -> Iterator[StoredObject]:
    """Read which objects a database copy names, without leaving a trace in its file.

    Only these three columns are read, so that the copy of another version can be restored too.
    """
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        for sha256, size, kind in connection.execute("SELECT sha256, size, kind FROM artifact ORDER BY sha256"):
            yield StoredObject(bytes(sha256).hex(), int(size), str(kind), _UNKNOWN)
    except sqlite3.DatabaseError as error:
        raise ArchiveDamaged(f"the database in the backup cannot be read: {error}") from None
    finally:
        connection.close()


def _backup_to_folder(
    archive: Archive, to: Path, at: datetime, keys: Sequence[Path], show: ShowProgress
) -> BackupReport:
    if to.exists() and not to.is_dir():
        raise BackupRefused(f"{to} is a file: give a folder, or a new name that ends in .tar")
    if to.is_dir() and any(to.iterdir()) and not (to / LIST_NAME).is_file():
        raise BackupRefused(f"{to} is not empty and is no backup: give a new folder")
    if not to.exists():
        make_folder(to.parent)
        to.mkdir(mode=0o700)  # it holds cookies, and the salts of all that is sealed
    store = ObjectStore(to / "objects")
    with _snapshot(archive, to) as (database, digest, objects):
        total = sum(item.size for item in objects)
        done = copied = 0
        damaged: list[str] = []
        for item in objects:
            path = store.path_of(item.sha256)
            if not (path.is_file() and path.stat().st_size == item.size):
                if copy_object(archive.objects, item, path):
                    copied += 1
                else:
                    damaged.append(item.sha256)
            done += item.size
            show(done, total)
        put_keys(to / KEYS_NAME, {key.name: key.read_bytes() for key in keys})
        name = f"cardwatch-{digest[:16]}.db"
        database.replace(to / name)
        made = Backup(at.astimezone(UTC).isoformat(), name, digest, len(objects) - len(damaged), total)
        draft = to / f".{LIST_NAME}.part"
        draft.unlink(missing_ok=True)
        write_durably(draft, _to_json(made))
        draft.replace(to / LIST_NAME)
        sync_folder(to)
    for old in to.glob("cardwatch-*.db"):
        if old.name != name:
            old.unlink()
    return BackupReport(to, len(objects), copied, total, tuple(damaged))


def put_keys(folder: Path, keys: Mapping[str, bytes]) -> None:
    """Write private keys into a folder that only its owner may read; one that is there already stays."""
    if keys:
        folder.mkdir(mode=0o700, exist_ok=True)
    for name, data in keys.items():
        if not (folder / name).is_file():
            write_private(folder / name, data)


def copy_object(objects: ObjectStore, item: StoredObject, path: Path) -> bool:
    """Copy one object, hashed on the way; says whether it was whole."""
    make_folder(path.parent)
    draft = path.with_name(f".{path.name}.part")
    try:
        with objects.open(item.sha256) as source, draft.open("wb") as target:
            whole = copy_hashed(source, target, item.size) == item.sha256
            target.flush()
            os.fsync(target.fileno())
        if whole:
            draft.replace(path)
            sync_folder(path.parent)
        return whole
    except ArchiveDamaged:
        return False
    finally:
        draft.unlink(missing_ok=True)


def copy_hashed(source: BinaryIO, target: BinaryIO, limit: int) -> str:
    """Copy up to `limit` bytes and one more, and give the SHA-256 of what was read."""
    state = hashlib.sha256()
    left = limit + 1
    while left and (piece := source.read(min(_CHUNK, left))):
        state.update(piece)
        target.write(piece)
        left -= len(piece)
    return state.hexdigest()


def _backup_to_file(archive: Archive, to: Path, at: datetime, keys: Sequence[Path], show: ShowProgress) -> BackupReport:
    if to.exists():
        raise BackupRefused(f"{to} is there already, and a backup overwrites nothing: give a new name")
    make_folder(to.parent)
    draft = to.with_name(f".{to.name}.part")
    damaged: list[str] = []
    try:
        if keys:
            draft.unlink(missing_ok=True)
            os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))  # nobody else reads the keys in it
        with _snapshot(archive, to.parent) as (database, digest, objects):
            total = sum(item.size for item in objects)
            done = 0
            draft.touch(mode=0o600)
            with tarfile.open(draft, "w", format=tarfile.PAX_FORMAT) as package:
                _add_file(package, database, DATABASE_NAME, at)
                for item in objects:
                    path = archive.objects.path_of(item.sha256)
                    # Hashed before it goes in: a tar cannot take a member back.
                    if archive.objects.has(item.sha256) and digest_file(path) == (item.sha256, item.size):
                        _add_file(package, path, f"objects/{item.sha256[:2]}/{item.sha256}", at)
                    else:
                        damaged.append(item.sha256)
                    done += item.size
                    show(done, total)
                made = Backup(at.astimezone(UTC).isoformat(), DATABASE_NAME, digest, len(objects) - len(damaged), total)
                for key in keys:
                    _add_file(package, key, f"{KEYS_NAME}/{key.name}", at)
                text = draft.with_suffix(".json")
                text.write_bytes(_to_json(made))
                _add_file(package, text, LIST_NAME, at)
                text.unlink()
        with draft.open("rb+") as file:
            os.fsync(file.fileno())
        draft.replace(to)
        sync_folder(to.parent)
    finally:
        draft.unlink(missing_ok=True)
    return BackupReport(to, len(objects), len(objects) - len(damaged), total, tuple(damaged))


def _add_file(package: tarfile.TarFile, path: Path, name: str, at: datetime) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = path.stat().st_size
    entry.mtime = int(at.timestamp())
    entry.mode = 0o600 if name.startswith(KEYS_NAME) else 0o644
    with path.open("rb") as file:
        package.addfile(entry, file)


def _to_json(made: Backup) -> bytes:
    return json.dumps({"format": FORMAT, **asdict(made)}, indent=2).encode() + b"\n"
