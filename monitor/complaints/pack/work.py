"""The work on one pack: what is at hand while it is made, and what was noted of the files that already lie in it.

The full and the compact form fill it, the report reads it; it never leaves the package.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.complaints.model import CaseFile
from monitor.complaints.pack.folder import PackFolder
from monitor.complaints.pack.gate import Opened
from monitor.complaints.pack.masks import Masker
from monitor.complaints.pack.model import Prepared
from monitor.complaints.pack.press import Press
from storage.pack_proof import PackedAs

if TYPE_CHECKING:
    from monitor.config.complaints import ComplaintSettings
    from storage.archive import Archive

Tell = Callable[[str], None]


@dataclass
class Work:
    """What is at hand while a pack is made."""

    archive: Archive
    file: CaseFile
    settings: ComplaintSettings
    at: datetime
    kept_at: datetime
    masker: Masker
    folder: PackFolder
    temporary: Path
    press: Press
    tell: Tell
    opened: Opened
    prepared: list[Prepared]
    anonymous: bool
    disclose: bool
    what: dict[str, tuple[PackedAs, str]] = field(default_factory=dict)  # by path, of what is evidence
    of_exhibit: dict[str, list[str]] = field(default_factory=dict)  # paths by exhibit number
    warnings: list[str] = field(default_factory=list)

    def own(self, number: str, path: str, what: PackedAs, name: str) -> None:
        """Note which exhibit a file is, and as what it is proven."""
        if what is not PackedAs.MADE:
            self.what[path] = (what, name)
        self.of_exhibit.setdefault(number, []).append(path)
