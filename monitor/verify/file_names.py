"""What a file in a package may be called: nothing that leads elsewhere, hides something, or stands twice."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from monitor.verify.checks import Said, Trouble
from monitor.verify.zip_directory import CentralHeader, note_trouble

_LONGEST_NAME = 512


def fault_of_name(name: str) -> Said | None:
    """Say what is wrong with the name of a file in a package, None for a safe one."""
    parts = name.removesuffix("/").split("/")
    if not name or len(name) > _LONGEST_NAME:
        return Said("文件名为空或过长", "the name is empty or too long")
    if name.startswith("/") or (len(name) > 1 and name[1] == ":"):
        return Said("文件名是绝对路径", "the name is an absolute path")
    if "\\" in name:
        return Said("文件名含反斜杠", "the name holds a backslash")
    if ".." in parts:
        return Said("文件名会跳出文件夹（路径穿越）", "the name leads out of the folder (path traversal)")
    if "." in parts or "" in parts:
        return Said("文件名有空的或“.”的部分", "a part of the name is empty or a dot")
    if any(unicodedata.category(letter) in ("Cc", "Cf", "Cs") for letter in name):
        return Said("文件名含控制字符", "the name holds control characters")
    return None


def check_names(headers: Sequence[CentralHeader], troubles: list[Trouble]) -> None:
    """Note unsafe names, names that stand twice, and entries that are no plain files."""
    seen: set[str] = set()
    for header in headers:
        fault = fault_of_name(header.name)
        if fault:
            troubles.append(Trouble("file_names", header.name, fault))
        folded = unicodedata.normalize("NFC", header.name).casefold()
        if folded in seen:
            note_trouble(troubles, header.name, "同名文件出现两次", "two entries have this name", "file_names")
        seen.add(folded)
        if header.made_by >> 8 == 3 and header.external >> 28 not in (0, 0o4, 0o10):
            note_trouble(troubles, header.name, "不是普通文件（链接或设备）", "is a link or a device", "file_names")
