"""The screenshot of a capture of the archive: its own, or the one it names where the page looked the same.

Says in its notes which capture each part of the picture comes from (docs/decisions/0010).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitor.pictures.picture import Picture, PictureError, read_picture
from scrapers.model import Capture, View, ViewKind

_NAMES = {
    ViewKind.SCREENSHOT: "screenshot",
    ViewKind.REGION_SCREENSHOT: "region",
    ViewKind.POPUP_SCREENSHOT: "popup",
}
_BOX = re.compile(r"(-?\d{1,6}),(-?\d{1,6}),\d{1,6},\d{1,6}")
_PART = re.compile(r"part (\d{1,4}) of \d{1,4}")


def read_capture_picture(capture: Capture) -> Picture:
    """The picture of a capture whose views are filled in. Raises PictureError where it has none."""
    parts = sorted((view for view in capture.views if view.kind is ViewKind.SCREENSHOT), key=_number)
    patches = [view for view in capture.views if view.kind is ViewKind.REGION_SCREENSHOT]
    files = [view.data for view in parts if view.data is not None]
    if not files or len(files) < len(parts):
        raise PictureError(f"capture {capture.id} has no screenshot")
    laid = [
        (int(box.group(1)), int(box.group(2)), view.data)
        for view in patches
        if view.data is not None and (box := _BOX.fullmatch(view.name))
    ]
    return read_picture(files, laid, _tell_origin(parts, len(laid)))


def read_popup_pictures(capture: Capture) -> dict[str, Picture]:
    """The pictures of the pop-ups that were seen, by number. Raises PictureError for a damaged one."""
    pictures = {}
    for view in capture.views:
        if view.kind is ViewKind.POPUP_SCREENSHOT and view.data is not None:
            notes = [f"弹窗截图取自抓取 {view.reused_from}"] if view.reused_from else []
            pictures[view.name] = read_picture([view.data], notes=notes)
    return pictures


def list_files(capture: Capture) -> tuple[tuple[str, bytes], ...]:
    """The screenshot files that the picture is made of, named by their kind and number, bytes as they are kept."""
    views = [view for view in capture.views if view.kind in _NAMES]
    views.sort(key=lambda view: (list(_NAMES).index(view.kind), _number(view)))
    return tuple(
        (f"{_NAMES[view.kind]}-{number}", view.data) for number, view in enumerate(views, 1) if view.data is not None
    )


def _number(view: View) -> int:
    match = _PART.fullmatch(view.name)
    return int(match.group(1)) if match else 0


def _tell_origin(parts: Sequence[View], patched: int) -> list[str]:
    reused = sorted({view.reused_from for view in parts if view.reused_from})
    if not reused:
        return []
    whole = f"截图取自抓取 {'、'.join(reused)}：本次页面外观相同，未重新截取全页"
    return [f"{whole}；另有 {patched} 处数字变动的区域为本次所截" if patched else whole]
