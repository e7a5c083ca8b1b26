"""The folder of a demo: made, or cleared of an earlier demo; and the config.toml that lets every query work on it.

Only a folder that carries our mark is ever cleared, and of that only what a demo writes.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path

from filelock import FileLock, Timeout

from monitor.demo.script import PAGES

ARCHIVE, CONFIG, REDLINE, EXPORT, PACK = (
    "archive", "config.toml", "redline.html", "capture.wacz", "complaint-pack.zip",
)  # fmt: skip
_MARK = ".cardwatch-demo"
_LOCK = ".cardwatch-demo.lock"
_OURS = (ARCHIVE, CONFIG, REDLINE, EXPORT, PACK)
_HEAD = """\
# The archive of `cardwatch demo`. Its platforms live only while the demo runs, so look at it, but do not `run` it:
#   cardwatch changes --config {config}
# Another `cardwatch demo` with this folder replaces it.

[archive]
path = "archive"
"""


class FolderRefusedError(Exception):
    """The folder may not be used for a demo."""


@contextmanager
def claim_folder(folder: Path) -> Iterator[Path]:
    """Make the folder ready for a demo, and keep other demos out while the `with` block lasts.

    Raises FolderRefusedError for a folder that holds anything and is not the folder of an earlier demo.
    """
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise FolderRefusedError(f"{folder} is not a folder; name another with --archive PATH")
    if folder.is_dir() and not (folder / _MARK).is_file() and any(folder.iterdir()):
        raise FolderRefusedError(
            f"{folder} holds something and was not made by `cardwatch demo`, so nothing in it was touched; "
            "name another folder with --archive PATH"
        )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARK).write_text("A practice archive of `cardwatch demo`; the next demo replaces it.\n", "utf-8")
    try:
        with FileLock(folder / _LOCK, timeout=0):
            _clear(folder)
            (folder / CONFIG).write_text(write_config(folder), encoding="utf-8")
            yield folder
    except Timeout:
        raise FolderRefusedError(f"another demo is running in {folder}; wait for it, or name another folder") from None


def _clear(folder: Path) -> None:
    for name in _OURS:
        path = folder / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def write_config(folder: Path) -> str:
    """The configuration of the demo: its platforms and pages."""
    lines = [_HEAD.format(config=(folder / CONFIG).as_posix())]
    for name, pages in groupby(PAGES, key=lambda page: page.platform):
        lines.append(f'[[platforms]]\nname = "{name}"\n')
        lines += [f'  [[platforms.pages]]\n  url = "{page.url}"\n  role = "{page.role}"\n' for page in pages]
    return "\n".join(lines)
