"""Reads small files of an archive folder: bounded, no links followed, every failure told."""

from __future__ import annotations

from pathlib import Path

from monitor.verify.checks import Findings, Said


def list_names(folder: Path) -> list[str]:
    """The names in a folder in their order, none where there is no folder."""
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def read_small(findings: Findings, kind: str, path: Path, name: str, most: int) -> bytes | None:
    """Read a file of at most so many bytes; None, and told under its `name`, where that cannot be done."""
    try:
        if path.is_symlink() or (path.exists() and not path.is_file()):
            findings.failed("file_names", Said("不是普通文件", "is a link or a device"), about=name)
            return None
        with path.open("rb") as file:
            data = file.read(most + 1)
    except FileNotFoundError:
        findings.absent(kind, Said("文件不在", "the file is not there"), about=name)
        return None
    except OSError as error:
        findings.absent(kind, Said(f"读不出：{error.strerror}", f"cannot be read: {error.strerror}"), about=name)
        return None
    if len(data) > most:
        findings.failed(kind, Said(f"超过 {most} 字节", f"has more than {most} bytes"), about=name)
        return None
    return data
