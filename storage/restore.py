"""Brings a backup back as an archive.

Goes only to a place where there is nothing yet, hashes every object on the way, and appears there when all of it is
proven. What a backup's list, database or tar says is checked, never trusted. The custody log goes on in a new epoch: of
what was signed after the backup nothing is known here, and two histories must never bear one name.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tarfile
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from storage.archive import Archive
from storage.artifacts import StoredObject
from storage.backup import (
    DATABASE_NAME,
    FORMAT,
    KEYS_NAME,
    LIST_NAME,
    Backup,
    BackupReport,
    ShowProgress,
    copy_hashed,
    copy_object,
    named_objects,
    put_keys,
    show_nothing,
)
from storage.checkpoints import head_of, latest_checkpoint, publish_log
from storage.custody import log_size, open_epoch
from storage.errors import ArchiveDamaged, ArchiveNewer, BackupRefused
from storage.keys import KEY_FILE, MOST_KEY_BYTES
from storage.objects import ObjectStore, digest_file, is_plain_file, make_folder, sync_folder
from storage.session import Database
from storage.token_files import publish_tokens

_CHUNK = 1 << 20
_LIST_LIMIT = 1 << 20
_DATABASE_FILE = re.compile(r"cardwatch-[0-9a-f]{16}\.db")


def restore_archive(
    source: Path,
    root: Path,
    *,
    at: datetime,
    database: Path | None = None,
    partial: bool = False,
    progress: ShowProgress | None = None,
) -> BackupReport:
    """Bring a backup back as the archive in `root`, which must be absent or empty.

    `database` is where its SQLite file goes (default: in `root`), also a place with nothing yet. What is
    missing or altered raises ArchiveDamaged, unless `partial` asks for what is left.
    """
    show = progress or show_nothing
    target = database or root / DATABASE_NAME
    for taken in (root, target):
        if taken.exists() and not (taken.is_dir() and not any(taken.iterdir())):
            raise BackupRefused(f"{taken} is there already, and a restore overwrites nothing: give another place")
    if not source.exists():
        raise BackupRefused(f"there is no backup at {source}")
    draft = root.with_name(f".{root.name}.restoring")
    if draft.exists():
        shutil.rmtree(draft)
    make_folder(draft)
    try:
        report = (_restore_folder if source.is_dir() else _restore_file)(source, draft, show)
        if report.damaged and not partial:
            named = ", ".join(report.damaged[:3])
            raise ArchiveDamaged(
                f"{len(report.damaged)} objects of {source} are missing or altered ({named} ...): nothing was "
                "restored; use another backup, or ask for what is left of this one with --partial"
            )
        _begin_epoch(draft, at)
        if root.exists():
            root.rmdir()
        if target.parent != root:
            make_folder(target.parent)
            shutil.copyfile(draft / DATABASE_NAME, target)
            (draft / DATABASE_NAME).unlink()
        elif target.name != DATABASE_NAME:
            (draft / DATABASE_NAME).rename(draft / target.name)
        draft.rename(root)
        sync_folder(root.parent)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return BackupReport(root, report.objects, report.copied, report.bytes, report.damaged)


def _begin_epoch(draft: Path, at: datetime) -> None:
    database = Database(f"sqlite:///{draft / DATABASE_NAME}")
    try:
        if database.revision() is None:
            return
        database.migrate()
        with database.writing() as session:
            if log_size(session):
                newest = latest_checkpoint(session)
                open_epoch(session, at, "restore", after=head_of(newest) if newest else None)
        archive = Archive(draft, database, 0)
        publish_log(archive)
        publish_tokens(archive)
    except ArchiveNewer:
        return  # the newer cardwatch that can open it finds no log folder beside it, and then begins an epoch too
    finally:
        database.close()


def _restore_folder(source: Path, draft: Path, show: ShowProgress) -> BackupReport:
    if not (source / LIST_NAME).is_file():
        raise BackupRefused(f"{source} is no backup: it has no {LIST_NAME}")
    made = _read_list((source / LIST_NAME).read_bytes()[:_LIST_LIMIT])
    with (source / made.database).open("rb") as file:
        _take_database(file, draft, made)
    found = [
        path for path in (source / KEYS_NAME).glob("*.pem") if KEY_FILE.fullmatch(path.name) and is_plain_file(path)
    ]
    put_keys(draft / KEYS_NAME, {path.name: path.read_bytes()[:MOST_KEY_BYTES] for path in found})
    store = ObjectStore(source / "objects")
    target = ObjectStore(draft / "objects")
    damaged: list[str] = []
    done = copied = 0
    objects = tuple(named_objects(draft / DATABASE_NAME))
    total = sum(item.size for item in objects)
    for item in objects:
        if copy_object(store, item, target.path_of(item.sha256)):
            copied += 1
        else:
            damaged.append(item.sha256)
        done += item.size
        show(done, total)
    return BackupReport(draft, len(objects), copied, total, tuple(damaged))


def _restore_file(source: Path, draft: Path, show: ShowProgress) -> BackupReport:
    target = ObjectStore(draft / "objects")
    try:
        with tarfile.open(source, "r:") as package:
            members = {member.name: member for member in package if member.isreg()}
            if LIST_NAME not in members or DATABASE_NAME not in members:
                raise ArchiveDamaged(f"{source} is no whole backup: it lacks {LIST_NAME} or {DATABASE_NAME}")
            made = _read_list(_open_member(package, members[LIST_NAME]).read(_LIST_LIMIT))
            _take_database(_open_member(package, members[DATABASE_NAME]), draft, made)
            keys = {
                name: item for name, item in members.items() if KEY_FILE.fullmatch(name.removeprefix(f"{KEYS_NAME}/"))
            }
            read = {name: _open_member(package, item).read(MOST_KEY_BYTES) for name, item in keys.items()}
            put_keys(draft / KEYS_NAME, {name.removeprefix(f"{KEYS_NAME}/"): data for name, data in read.items()})
            objects = tuple(named_objects(draft / DATABASE_NAME))
            total = sum(item.size for item in objects)
            damaged: list[str] = []
            done = 0
            for item in objects:
                member = members.get(f"objects/{item.sha256[:2]}/{item.sha256}")
                if member is None or not _take_object(_open_member(package, member), item, target):
                    damaged.append(item.sha256)
                done += item.size
                show(done, total)
    except tarfile.TarError as error:
        raise ArchiveDamaged(f"{source} is no backup that can be read: {error}") from None
    return BackupReport(draft, len(objects), len(objects) - len(damaged), total, tuple(damaged))


def _open_member(package: tarfile.TarFile, member: tarfile.TarInfo) -> BinaryIO:
    opened = package.extractfile(member)
    if opened is None:
        raise BackupRefused(f"{member.name[:200]} in the backup is no file")
    return opened  # type: ignore[return-value]  # tarfile's reader has all of BinaryIO that is used here


def _take_object(source: BinaryIO, item: StoredObject, target: ObjectStore) -> bool:
    path = target.path_of(item.sha256)
    make_folder(path.parent)
    draft = path.with_name(f".{path.name}.part")
    try:
        with draft.open("wb") as file:
            whole = copy_hashed(source, file, item.size) == item.sha256
            file.flush()
            os.fsync(file.fileno())
        if whole:
            draft.replace(path)
        return whole
    except tarfile.ReadError:
        return False
    finally:
        draft.unlink(missing_ok=True)


def _take_database(source: BinaryIO, draft: Path, made: Backup) -> None:
    path = draft / DATABASE_NAME
    with path.open("wb") as file:
        shutil.copyfileobj(source, file, _CHUNK)
        file.flush()
        os.fsync(file.fileno())
    digest = digest_file(path)[0]
    if digest != made.database_sha256:
        raise ArchiveDamaged(f"the database of the backup is altered (SHA-256 {digest}): use another backup")


def _read_list(data: bytes) -> Backup:
    try:
        found = json.loads(data)
        if found["format"] != FORMAT:
            raise ArchiveDamaged(f"the backup is of the unknown format {str(found['format'])[:40]!r}")
        made = Backup(
            made_at=str(found["made_at"]),
            database=str(found["database"]),
            database_sha256=str(found["database_sha256"]),
            objects=int(found["objects"]),
            bytes=int(found["bytes"]),
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ArchiveDamaged(f"{LIST_NAME} of the backup cannot be read: {error}") from None
    if made.database != DATABASE_NAME and not _DATABASE_FILE.fullmatch(made.database):
        raise ArchiveDamaged(f"{LIST_NAME} of the backup names a database {made.database[:80]!r} that is none")
    return made
