"""The journal of what is being written, so that kill -9 at any moment leaves a whole capture or none.

Every process that writes has a folder below `staging/` with a lock that ends with the process. Files are written
there first; before they get their names in the object store an intent lists them; it goes when the capture's row is
committed. Whoever opens the archive next cleans the folders whose lock is free.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from storage.errors import ArchiveLocked
from storage.objects import ObjectStore, make_folder

IsKept = Callable[[str], bool]
"""Tells whether a capture or an evidence item has its row."""

IsNamed = Callable[[str], bool]
"""Tells whether any row names an object."""

ERASING = "erase-"
"""What an intent is called that takes an object away instead of bringing it in; never the id of anything kept."""

_GATE_SECONDS = 30
_LOCK = "lock"
_GATE = "gate"


@dataclass(frozen=True)
class Intent:
    """The objects that a capture or an evidence item is about to be made of, or to lose."""

    capture_id: str
    objects: tuple[str, ...]


class Journal:
    """The staging folder of one process. Nothing is made on the disk before the first capture is written."""

    def __init__(self, staging: Path) -> None:
        self.staging = staging
        self._folder: Path | None = None
        self._lock: FileLock | None = None

    def folder(self) -> Path:
        """Give this process's own folder, made and locked at the first call."""
        if self._folder is None:
            make_folder(self.staging)
            folder = self.staging / f"{os.getpid()}-{secrets.token_hex(6)}"
            with _gate(self.staging):
                folder.mkdir()
                self._lock = _make_lock(folder)
                self._lock.acquire(timeout=_GATE_SECONDS)
            self._folder = folder
        return self._folder

    def is_alive(self, name: str) -> bool:
        """Whether the process that owns the staging folder of this name still runs (its lock is held)."""
        folder = self.staging / name
        if not name or folder.name != name or not folder.is_dir():
            return False
        if folder == self._folder:
            return True
        lock = _make_lock(folder)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return True
        lock.release()
        return False

    def declare(self, intent: Intent) -> None:
        """Say which objects are about to appear."""
        path = self.folder() / f"{intent.capture_id}.json"
        text = json.dumps({"capture": intent.capture_id, "objects": list(intent.objects)})
        # Atomic, but without fsync: after a loss of power an object without a row is at worst listed by `check`.
        draft = path.with_suffix(".draft")
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)

    def settle(self, intent: Intent, objects: ObjectStore, is_kept: IsKept, is_named: IsNamed) -> None:
        """Take an intent back: its capture is kept, or else its objects go.

        If the database cannot be asked, the intent stays for the next start to clean.
        """
        if not is_kept(intent.capture_id):
            _discard(intent, objects, set(), is_named)
        (self.folder() / f"{intent.capture_id}.json").unlink()

    def close(self) -> None:
        """Give up the folder; what a failed write left in it is for the next start to clean."""
        if self._lock is None or self._folder is None:
            return
        with _gate(self.staging):
            self._lock.release()
            left = [path for path in self._folder.iterdir() if path.name != _LOCK]
            if not left:
                shutil.rmtree(self._folder, ignore_errors=True)
        self._lock = self._folder = None


def clean_journals(staging: Path, objects: ObjectStore, is_kept: IsKept, is_named: IsNamed) -> tuple[str, ...]:
    """Clean up after processes that died, and say what was removed.

    `is_kept` tells whether a capture has its row, `is_named` whether any row names an object. Folders of living
    processes, and objects that one of them intends, are left alone.
    """
    if not staging.is_dir() or all(path.name == _GATE for path in staging.iterdir()):
        return ()
    said: list[str] = []
    try:
        with _gate(staging):
            dead: list[Path] = []
            intended: set[str] = set()
            for folder in sorted(path for path in staging.iterdir() if path.is_dir()):
                lock = _make_lock(folder)
                try:
                    lock.acquire(timeout=0)
                except Timeout:
                    intended.update(digest for intent in _intents(folder) for digest in intent.objects)
                else:
                    dead.append(folder)
                    lock.release()
            for folder in dead:
                said.extend(_clean_folder(folder, objects, intended, is_kept, is_named))
                shutil.rmtree(folder)
    except ArchiveLocked:
        return ("another process is cleaning the archive's staging folder",)
    return tuple(said)


def intended_objects(staging: Path, *, but: Intent | None = None) -> set[str]:
    """Give the objects that processes are just now bringing in, or had in hand when they died; `but` leaves one out."""
    if not staging.is_dir():
        return set()
    folders = [path for path in staging.iterdir() if path.is_dir()]
    intents = [intent for folder in folders for intent in _intents(folder) if intent != but]
    return {digest for intent in intents for digest in intent.objects}


def _clean_folder(
    folder: Path,
    objects: ObjectStore,
    intended: set[str],
    is_kept: IsKept,
    is_named: IsNamed,
) -> Iterator[str]:
    unfinished = {path.name.partition(".")[0] for path in folder.iterdir() if path.name != _LOCK}
    for intent in _intents(folder):
        if is_kept(intent.capture_id):
            unfinished.discard(intent.capture_id)
            continue
        _discard(intent, objects, intended, is_named)
    for capture_id in sorted(unfinished):
        if capture_id.startswith(ERASING):
            yield f"ended the erasing of {capture_id.removeprefix(ERASING)}, which a stopped process had begun"
        elif not is_kept(capture_id):
            yield f"removed what a stopped process left of capture {capture_id}, which had not been kept"


def _discard(intent: Intent, objects: ObjectStore, intended: set[str], is_named: IsNamed) -> None:
    for digest in intent.objects:
        if digest not in intended and not is_named(digest):
            objects.discard(digest)


def _intents(folder: Path) -> Iterator[Intent]:
    for path in sorted(folder.glob("*.json")):
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            yield Intent(str(found["capture"]), tuple(str(digest) for digest in found["objects"]))
        except (OSError, ValueError, KeyError, TypeError):
            continue  # gone meanwhile: its process has just finished that capture


def _make_lock(folder: Path) -> FileLock:
    return FileLock(folder / _LOCK, thread_local=False)


@contextmanager
def _gate(staging: Path) -> Iterator[None]:
    """Let one process at a time make or clean folders, so that a new one is never taken for a dead one."""
    try:
        with FileLock(staging / _GATE, timeout=_GATE_SECONDS, thread_local=False):
            yield
    except Timeout:
        raise ArchiveLocked(f"{staging} is held by another process for {_GATE_SECONDS} s; try again") from None
