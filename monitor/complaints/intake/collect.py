"""Finds the files to bring in: files as they are, folders all the way down, archives taken apart.

Gives files and refusals in the order of their names; links inside folders are not followed. An archive of which
anything could not be taken is given whole as well, so that nothing of it is lost.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from monitor.complaints.intake.forms import look_at_start, tell_form
from monitor.complaints.intake.model import FoundFile, Refused
from monitor.complaints.intake.unpack import Budget, OverBoundsError, is_document, unpack_tar, unpack_zip

MOST_FILES = 5_000
MOST_DEPTH = 16
MOST_NESTED = 3
MOST_BYTES = 16 << 30
_HIDDEN = (".ds_store", "thumbs.db", "desktop.ini")


def collect_files(paths: Sequence[Path], folder: Path, budget: Budget) -> Iterator[FoundFile | Refused]:
    """Everything below the paths. `folder` is empty and ours: members of archives stand there in their turn."""
    count = 0
    for path in paths:
        for found in _walk(path):
            if isinstance(found, Refused):
                yield found
                continue
            count += 1
            if count > MOST_FILES:
                yield Refused(str(path), f"文件超过{MOST_FILES}个，其余没有加入：请分几次加入")
                return
            yield from _open(found, folder, budget, 0)


def count_files(paths: Sequence[Path]) -> int:
    """How many files stand below the paths, archives counting as one."""
    return sum(1 for path in paths for found in _walk(path) if isinstance(found, FoundFile))


def _walk(path: Path) -> Iterator[FoundFile | Refused]:
    try:
        if path.is_dir():
            yield from _walk_folder(path, 0)
            return
        yield _check(path, path.resolve(strict=True))
    except OSError as error:
        yield Refused(path.name, f"读不到：{error.strerror or type(error).__name__}")


def _walk_folder(folder: Path, depth: int) -> Iterator[FoundFile | Refused]:
    if depth > MOST_DEPTH:
        yield Refused(folder.name, f"文件夹超过{MOST_DEPTH}层，里面的没有加入")
        return
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield Refused(folder.name, f"文件夹打不开：{error.strerror or type(error).__name__}")
        return
    for entry in entries:
        if entry.name.lower() in _HIDDEN or entry.name.startswith("._"):
            continue
        if entry.is_symlink():
            yield Refused(entry.name, "是链接，没有跟随：请加入文件本身")
        elif entry.is_dir(follow_symlinks=False):
            yield from _walk_folder(Path(entry.path), depth + 1)
        else:
            yield _check(Path(entry.path), Path(entry.path))


def _check(path: Path, real: Path) -> FoundFile | Refused:
    try:
        status = real.stat()
    except OSError as error:
        return Refused(path.name, f"读不到：{error.strerror or type(error).__name__}")
    if not stat.S_ISREG(status.st_mode):
        return Refused(path.name, "不是普通文件，没有加入")
    if status.st_size == 0:
        return Refused(path.name, "空文件，没有内容")
    if status.st_size > MOST_BYTES:
        return Refused(path.name, f"超过{MOST_BYTES >> 30}GB，没有加入")
    return FoundFile(real, path.name)


def _open(found: FoundFile, folder: Path, budget: Budget, depth: int) -> Iterator[FoundFile | Refused]:
    """A file itself, or what an archive holds."""
    try:
        form = tell_form(look_at_start(found.path), found.name).form
    except OSError as error:
        yield Refused(found.name, f"读不到：{error.strerror or type(error).__name__}")
        return
    if form not in ("zip", "tar") or (form == "zip" and is_document(found.path)):
        yield found
        return
    if depth >= MOST_NESTED:
        yield Refused(found.name, f"压缩包套压缩包超过{MOST_NESTED}层，没有打开，原样保存")
        yield found
        return
    inner = folder / f"d{depth}"
    inner.mkdir(exist_ok=True)
    unpack = unpack_zip if form == "zip" else unpack_tar
    within = f"{found.within}／{found.name}" if found.within else found.name
    whole, members = True, 0
    try:
        for member in unpack(found.path, within, inner, budget):
            if isinstance(member, Refused):
                whole = False
                yield Refused(f"{found.name}／{member.name}", member.why)
            elif member.path.stat().st_size == 0:
                yield Refused(f"{found.name}／{member.name}", "空文件，没有内容")
            else:
                members += 1
                yield from _open(member, folder, budget, depth + 1)
    except (OverBoundsError, ValueError) as error:
        whole = False
        yield Refused(found.name, f"{error}；压缩包本身原样保存")
    if not whole or not members:
        yield found
