"""The custody log as files, which need no database to be read: `log/` beside `objects/` (C2SP tlog-tiles).

Only whole steps are seen: each file is written aside, synced and renamed, and `log/checkpoint` comes last. What a
file says is made from the database; but a checkpoint file that is there already tells what was signed once, and is
never overwritten, and tiles of a history that the database no longer has are moved aside, never lost.
"""

from __future__ import annotations

import os
import re
import secrets
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
from filelock import FileLock, Timeout
from sqlmodel import Session

from storage.custody import TILE_LEVELS, TILE_WIDTH, list_entries, read_tile
from storage.errors import ArchiveDamaged, ArchiveLocked
from storage.notes import MOST_NOTE_BYTES, Head, Note, parse_head, parse_note
from storage.objects import make_folder, sync_folder, write_durably

_NAME = re.compile(r"([1-9][0-9]{0,8})-([1-9][0-9]{0,18})")
_LOCK_SECONDS = 60


@dataclass(frozen=True)
class SignedHead:
    """A checkpoint that lies on the disk."""

    epoch: int
    head: Head
    note: Note


class LogFolder:
    """The files of one custody log."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path_of_checkpoint(self, epoch: int, size: int) -> Path:
        """Where the checkpoint of an epoch and size is, or would be."""
        return self.folder / "checkpoints" / f"{epoch}-{size}"

    def keep_checkpoint(self, epoch: int, size: int, note: bytes, *, anew: bool = False) -> None:
        """Write a checkpoint that was just signed, before anybody is told of it; one that is there stays.

        With `anew` one that says something else is moved aside (`.altered`), for it may be what was signed once.
        """
        path = self.path_of_checkpoint(epoch, size)
        if path.exists():
            if not anew or _holds(path, note):
                return
            path.replace(path.with_name(f"{path.name}.{secrets.token_hex(3)}.altered"))
        self._write(path, note)

    def newest_checkpoint(self) -> SignedHead | None:
        """Give the last checkpoint that was ever signed here, by epoch and size; None where there is no such file.

        A file that is no checkpoint of its name raises ArchiveDamaged: it is no time to sign another.
        """
        folder = self.folder / "checkpoints"
        if not folder.is_dir():
            return None
        found = [(int(match[1]), int(match[2])) for path in folder.iterdir() if (match := _NAME.fullmatch(path.name))]
        if not found:
            return None
        epoch, size = max(found)
        signed = _read_checkpoint(self.path_of_checkpoint(epoch, size))
        if (signed.epoch, signed.head.size) != (epoch, size):
            raise ArchiveDamaged(
                f"{self.path_of_checkpoint(epoch, size)} is a checkpoint of another epoch or size: "
                "something is wrong with the folder; keep a copy of it and remove that file"
            )
        return signed

    def read_published(self) -> SignedHead | None:
        """Give the checkpoint up to which the tiles stand, None where nothing was published, or not to the end."""
        path = self.folder / "checkpoint"
        if not path.is_file():
            return None
        try:
            return _read_checkpoint(path)
        except ArchiveDamaged:
            return None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let one process at a time write the tiles."""
        make_folder(self.folder)
        try:
            with FileLock(self.folder / ".lock", timeout=_LOCK_SECONDS, thread_local=False):
                self._remove_drafts()
                yield
        except Timeout:
            raise ArchiveLocked(f"{self.folder} is held by another process for {_LOCK_SECONDS} s; try again") from None

    def set_tiles_aside(self, epoch: int) -> None:
        """Move the tiles of an epoch whose end the database does not have: they may be the only trace of it."""
        tiles = self.folder / "tile"
        if not tiles.is_dir():
            return
        target = self.folder / f"tile-{epoch}"
        number = 2
        while target.exists():
            target, number = self.folder / f"tile-{epoch}.{number}", number + 1
        tiles.rename(target)
        sync_folder(self.folder)

    def write_tiles(self, session: Session, old: int, new: int) -> None:
        """Write hash tiles and entry bundles for a log that grew from `old` to `new` entries.

        From 0 on all of them are laid beside what is there, and only what differs is written again.
        """
        folders: set[Path] = set()
        for path, data in self._tiles(session, old, new):
            if not _holds(path, data):
                self._put(path, data)
                folders.add(path.parent)
        for folder in sorted(folders):
            sync_folder(folder)

    def differing(self, session: Session, size: int) -> Iterator[str]:
        """Give the tiles of the first `size` entries that are missing or hold something else."""
        for path, data in self._tiles(session, 0, size):
            if not _holds(path, data):
                yield path.relative_to(self.folder).as_posix()

    def _write(self, path: Path, data: bytes) -> None:
        self._put(path, data)
        sync_folder(path.parent)

    def _put(self, path: Path, data: bytes) -> None:
        """Write a file whole or not at all: a draft, which a kill may leave behind, takes its place."""
        make_folder(path.parent)
        make_folder(self._drafts)
        draft = self._drafts / f"{os.getpid()}-{secrets.token_hex(6)}"
        try:
            write_durably(draft, data)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)

    @property
    def _drafts(self) -> Path:
        return self.folder / ".drafts"

    def _remove_drafts(self) -> None:
        """Remove what processes that are gone left unfinished; checkpoints are written without the lock."""
        for draft in self._drafts.iterdir() if self._drafts.is_dir() else ():
            writer = draft.name.partition("-")[0]
            if not writer.isdigit() or not psutil.pid_exists(int(writer)):
                draft.unlink(missing_ok=True)

    def _tiles(self, session: Session, old: int, new: int) -> Iterator[tuple[Path, bytes]]:
        level = 0
        while new >> (level * TILE_LEVELS):
            before, after = old >> (level * TILE_LEVELS), new >> (level * TILE_LEVELS)
            for number in range(before // TILE_WIDTH, -(-after // TILE_WIDTH)):
                start = number * TILE_WIDTH
                width = min(TILE_WIDTH, after - start)
                hashes = read_tile(session, level * TILE_LEVELS, start, width)
                yield self._path(str(level), number, width), b"".join(hashes)
                if level == 0:
                    yield self._path("entries", number, width), _bundle(session, start, width)
            level += 1

    def write_head(self, note: bytes) -> None:
        """Say that the tiles stand up to this checkpoint."""
        path = self.folder / "checkpoint"
        if not path.is_file() or path.read_bytes() != note:
            self._write(path, note)

    def remove_partials(self, size: int) -> None:
        """Remove partial tiles that a longer or whole one has replaced."""
        tiles = self.folder / "tile"
        for folder in sorted(tiles.rglob("*.p")) if tiles.is_dir() else ():
            level, number = _place_of(folder.relative_to(tiles))
            kept = 0 if level is None else min(TILE_WIDTH, (size >> (level * TILE_LEVELS)) - number * TILE_WIDTH)
            for path in folder.iterdir():
                if path.name != str(kept):
                    path.unlink()
            if kept == TILE_WIDTH or not any(folder.iterdir()):
                with suppress(OSError):  # another reader's file in it is no trouble of ours
                    folder.rmdir()

    def _path(self, level: str, number: int, width: int) -> Path:
        path = self.folder / "tile" / level / tile_name(number)
        return path if width == TILE_WIDTH else path.with_name(f"{path.name}.p") / str(width)


def tile_name(number: int) -> str:
    """Give the path of a tile's number: groups of three digits, all but the last marked with an x."""
    groups = [f"{number % 1000:03}"]
    while number := number // 1000:
        groups.insert(0, f"x{number % 1000:03}")
    return "/".join(groups)


def unpack_bundle(data: bytes) -> tuple[bytes, ...]:
    """Read an entry bundle; one that is cut off raises ArchiveDamaged."""
    entries: list[bytes] = []
    place = 0
    while place < len(data):
        end = place + 2 + int.from_bytes(data[place : place + 2], "big")
        if end > len(data) or place + 2 > len(data) or len(entries) >= TILE_WIDTH:
            raise ArchiveDamaged("an entry bundle of the custody log is cut off or too long")
        entries.append(data[place + 2 : end])
        place = end
    return tuple(entries)


def _bundle(session: Session, start: int, width: int) -> bytes:
    entries = list_entries(session, start, start + width)
    return b"".join(struct.pack(">H", len(entry.data)) + entry.data for entry in entries)


def _place_of(folder: Path) -> tuple[int | None, int]:
    """Give level and number of a partial tile's folder, such as `0/x001/067.p`; level None for what is none."""
    first, *rest = folder.parts
    digits = "".join(part.removeprefix("x").removesuffix(".p") for part in rest)
    if not digits.isdecimal() or not (first == "entries" or first.isdecimal()):
        return None, 0
    return (0 if first == "entries" else int(first)), int(digits)


def _read_checkpoint(path: Path) -> SignedHead:
    try:
        with path.open("rb") as file:
            note = parse_note(file.read(MOST_NOTE_BYTES + 1))
        head = parse_head(note)
        return SignedHead(int(head.origin.rpartition("/")[2]), head, note)
    except ValueError:
        raise ArchiveDamaged(f"{path} is the checkpoint of no epoch: keep a copy of it and remove it") from None
    except ArchiveDamaged as error:
        raise ArchiveDamaged(f"{path} cannot be read ({error}): keep a copy of it and remove it") from None


def _holds(path: Path, data: bytes) -> bool:
    return path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data
