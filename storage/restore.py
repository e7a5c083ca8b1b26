"""Brings a backup back as an archive.

Goes only to a place where there is nothing yet, hashes every object on the way, and appears there when all of it is
proven. What a backup's list, database or tar says is checked, never trusted.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tarfile
from pathlib import Path
from typing import BinaryIO

from storage.artifacts import StoredObject
from storage.backup import (
    DATABASE_NAME,
    FORMAT,
    LIST_NAME,
    Backup,
    BackupReport,
    ShowProgress,
    copy_hashed,
    copy_object,
    named_objects,
    show_nothing,
)
from storage.errors import ArchiveDamaged, BackupRefused
from storage.objects import ObjectStore, digest_file, make_folder, sync_folder

_CHUNK = 1 << 20
_LIST_LIMIT = 1 << 20
_DATABASE_FILE = re.compile(r"cardwatch-[0-9a-f]{16}\.db")


def restore_archive(
    source: Path,
    root: Path,
    *,
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


def _restore_folder(source: Path, draft: Path, show: ShowProgress) -> BackupReport:
    if not (source / LIST_NAME).is_file():
        raise BackupRefused(f"{source} is no backup: it has no {LIST_NAME}")
    made = _read_list((source / LIST_NAME).read_bytes()[:_LIST_LIMIT])
    with (source / made.database).open("rb") as file:
        _take_database(file, draft, made)
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
