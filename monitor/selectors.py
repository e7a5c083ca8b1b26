"""The configured selectors of a page, and the mark that they leave on the release of what was read with them.

A value; two pages with the same selectors and reader of pictures have the same release.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from monitor.config.services import OCR_OFF, OcrSettings
from scrapers.extract import RELEASE


@dataclass(frozen=True)
class Selectors:
    """The configured CSS selectors of a page; they are part of what a version was made with."""

    keep: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    ocr: OcrSettings = OCR_OFF

    @property
    def release(self) -> str:
        """The extractor release, with a mark of the selectors and of the reader of pictures where there are any."""
        engine = self.ocr.engine
        if engine:
            return f"{self._own_release}+{engine.replace(' ', '-')}"
        return self._own_release

    @property
    def _own_release(self) -> str:
        if not self.keep and not self.remove:
            return RELEASE
        mark = hashlib.sha256("\0".join((*self.keep, "", *self.remove)).encode()).hexdigest()[:8]
        return f"{RELEASE}+{mark}"
