"""One picture of the old capture beside its counterpart of the new one: the page, or a pop-up.

Takes two captures whose views are filled in, gives the sheets to look at. A pop-up that came at one visit only stands
beside an empty picture.
"""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from monitor.pictures.capture_picture import read_capture_picture, read_popup_pictures
from monitor.pictures.compare import Comparison, compare_pictures
from monitor.pictures.picture import Picture
from scrapers.model import Capture

_MOST_POPUPS = 6


@dataclass(frozen=True)
class Sheet:
    """Two pictures and how they differ."""

    title: str
    old: Picture
    new: Picture
    comparison: Comparison


def make_sheets(old: Capture, new: Capture) -> tuple[Sheet, ...]:
    """The page first, then its pop-ups by number. Raises PictureError where a capture has no screenshot."""
    sheets = [_make("整页", read_capture_picture(old), read_capture_picture(new))]
    before, after = read_popup_pictures(old), read_popup_pictures(new)
    for name in sorted({*before, *after})[:_MOST_POPUPS]:
        one, two = before.get(name), after.get(name)
        title = f"弹窗 {name.removeprefix('popup').strip()}".strip()
        if one and two:
            sheets.append(_make(title, one, two))
        elif one or two:
            kept = one or two
            assert kept is not None
            empty = Picture(Image.new("RGB", (kept.width, 1), "white"), ("这次抓取没有出现此弹窗",))
            sheets.append(_make(title, one or empty, two or empty))
    return tuple(sheets)


def _make(title: str, old: Picture, new: Picture) -> Sheet:
    return Sheet(title, old, new, compare_pictures(old, new))
