"""Whether this machine has a font that draws Chinese: without one, screenshots and PDFs show boxes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

_SECONDS = 20.0
_FILE_WORDS = (
    "cjk", "wqy", "sourcehan", "uming", "ukai", "droidsansfallback",  # Linux
    "msyh", "simsun", "simhei", "deng",  # Windows
    "pingfang", "heiti", "songti", "hiragino sans gb",  # macOS
)  # fmt: skip


def find_chinese_font() -> str:
    """The name of one such font, "" if there is none: by fontconfig where it is, else by the files."""
    if shutil.which("fc-list"):
        try:
            asked = subprocess.run(
                ["fc-list", ":lang=zh-cn", "family"], capture_output=True, timeout=_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            return find_font_file(font_folders())
        families = sorted(line for line in asked.stdout.decode("utf-8", "replace").splitlines() if line.strip())
        return families[0].split(",")[0] if families else ""
    return find_font_file(font_folders())


def find_font_file(folders: Iterable[Path]) -> str:
    """The first font file whose name is that of a Chinese font."""
    for folder in folders:
        for file in folder.rglob("*.[to]t[cf]"):
            if any(word in file.name.lower() for word in _FILE_WORDS):
                return file.name
    return ""


def font_folders() -> tuple[Path, ...]:
    """Where this system keeps its fonts."""
    if sys.platform == "win32":
        return (Path("C:/Windows/Fonts"), Path.home() / "AppData/Local/Microsoft/Windows/Fonts")
    if sys.platform == "darwin":
        return (Path("/System/Library/Fonts"), Path("/Library/Fonts"), Path.home() / "Library/Fonts")
    return (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts")
