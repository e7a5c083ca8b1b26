"""Two captures' screenshots compared for a person: the figures of a redline, or a folder with a page to look at.

The folder holds the screenshot files byte for byte as they are kept, the page, and the same as JSON with digests.
"""

from __future__ import annotations

import errno
import hashlib
import html
import json
import re
from collections.abc import Sequence
from pathlib import Path

from monitor.changes.redline_words import Side
from monitor.pictures.capture_picture import list_files
from monitor.pictures.figures import render_figures
from monitor.pictures.picture import PictureError
from monitor.pictures.sheet import Sheet, make_sheets
from monitor.pictures.viewer import render_viewer
from scrapers.model import Capture

_OURS = re.compile(r"(?:old|new)-(?:screenshot|region|popup)-\d{1,4}\.png|comparison\.json|index\.html")


def draw_pictures(old: Capture, new: Capture) -> str:
    """The figures of a redline, or a sentence that says why there are none."""
    try:
        sheets = make_sheets(old, new)
    except PictureError as error:
        return f"<p class='note'>未附截图：{html.escape(str(error))}</p>"
    return render_figures(sheets, notes=tell_notes(old, new, sheets))


def write_pictures(old: Capture, new: Capture, sides: tuple[Side, Side], folder: Path) -> Path:
    """Write the folder; gives the page. Raises PictureError for a capture without a screenshot, and OSError.

    What an earlier comparison left there is taken out; a folder that holds anything else is refused.
    """
    sheets = make_sheets(old, new)
    notes = tell_notes(old, new, sheets)
    _make_empty(folder)
    files: dict[str, list[dict[str, str]]] = {}
    for name, capture in (("old", old), ("new", new)):
        files[name] = []
        for kept, data in list_files(capture):
            place = f"{name}-{kept}.png"
            (folder / place).write_bytes(data)
            files[name].append({"file": place, "sha256": hashlib.sha256(data).hexdigest()})
    told = _describe(sheets, (old.id, new.id), files, notes)
    (folder / "comparison.json").write_text(json.dumps(told, ensure_ascii=False, indent=2), encoding="utf-8")
    index = folder / "index.html"
    index.write_text(render_viewer(sheets, sides=sides, notes=notes), encoding="utf-8")
    return index


def tell_notes(old: Capture, new: Capture, sheets: Sequence[Sheet]) -> list[str]:
    """What must be known of the pictures: which captures they come from, and what they lack."""
    notes = [
        f"{name}图（{sheet.title}）：{note}"
        for sheet in sheets
        for name, picture in (("旧", sheet.old), ("新", sheet.new))
        for note in picture.notes
    ]
    if _same_files(old, new):
        notes.append("两次抓取用的是同一张截图：外观相同，没有重拍。")
    return list(dict.fromkeys(notes))


def _make_empty(folder: Path) -> None:
    """Pictures of another pair beside these would pass for evidence of this one."""
    folder.mkdir(parents=True, exist_ok=True)
    there = list(folder.iterdir())
    ours = not there or (folder / "comparison.json").is_file()
    if not ours or any(not _OURS.fullmatch(one.name) or one.is_symlink() or not one.is_file() for one in there):
        raise FileExistsError(errno.EEXIST, "it holds other files, which would be written over or mixed in")
    for one in there:
        one.unlink()


def _describe(
    sheets: Sequence[Sheet], captures: tuple[str, str], files: dict[str, list[dict[str, str]]], notes: Sequence[str]
) -> dict[str, object]:
    return {
        "before": {"capture": captures[0], "files": files["old"]},
        "after": {"capture": captures[1], "files": files["new"]},
        "sheets": [
            {
                "title": sheet.title,
                "width": sheet.comparison.width,
                "height": sheet.comparison.height,
                "share": round(sheet.comparison.share, 5),
                "marks": [{"kind": mark.kind, "box": list(mark.box)} for mark in sheet.comparison.marks],
                "notes": list(sheet.comparison.notes),
            }
            for sheet in sheets
        ],
        "notes": list(notes),
    }


def _same_files(old: Capture, new: Capture) -> bool:
    digests = [{hashlib.sha256(data).hexdigest() for _name, data in list_files(capture)} for capture in (old, new)]
    return digests[0] == digests[1]
