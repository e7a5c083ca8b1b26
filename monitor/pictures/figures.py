"""The pictures of a redline: the stretches that differ, old beside new, each place framed. Chinese, no script.

Colours hold in print and for the colour-blind: vermilion and broken for what went, blue and whole for what came.
"""

from __future__ import annotations

import html
from collections.abc import Sequence

from monitor.pictures.compare import Mark
from monitor.pictures.sheet import Sheet
from monitor.pictures.tiles import as_data_url, cut_stretches, draw_stretch

_MOST_FIGURES = 24
_OLD, _NEW = "#c43c00", "#0060a8"
_NAMES = {"changed": "改", "removed": "删", "added": "增"}


def render_figures(sheets: Sequence[Sheet], *, notes: Sequence[str] = ()) -> str:
    """Figures of all that is marked on the sheets, as HTML for the redline; says so where nothing differs."""
    said = [f"<p class='note'>{html.escape(note)}</p>" for note in dict.fromkeys(notes)]
    if not any(sheet.comparison.marks for sheet in sheets):
        return f"{''.join(said)}<p>截图按像素比对，没有可见差别。</p>"
    count = sum(len(sheet.comparison.marks) for sheet in sheets)
    said.append(
        f"<p>两图已按内容对齐，只是上下移动的部分不标。框出 {count} 处："
        "虚线框为旧图中被改或删去之处，实线框为新图中改成或新增之处，灰底为对齐留空。</p>"
    )
    room = _MOST_FIGURES
    for sheet in sheets:
        said += [f"<p class='note'>{html.escape(note)}</p>" for note in sheet.comparison.notes]
        stretches = cut_stretches(sheet.comparison)
        for span in stretches[:room]:
            said.append(_draw_pair(sheet, span, f"{sheet.title}，第 {span[0]}–{span[1]} 行像素（按对齐后计）"))
        if len(stretches) > room:
            said.append(f"<p>{html.escape(sheet.title)}另有 {len(stretches) - room} 段差别未附图。</p>")
        room = max(0, room - len(stretches))
    return "".join(said)


def _draw_pair(sheet: Sheet, span: tuple[int, int], caption: str) -> str:
    """One stretch of the canvas on both sides: beside each other, or a low one one below the other, to be readable."""
    low = (span[1] - span[0]) * 2 < sheet.comparison.width
    sides = "".join(draw_side(sheet, span, new=is_new) for is_new in (False, True))
    where = ("上", "下") if low else ("左", "右")
    told = html.escape(f"{caption}；{where[0]}为旧、{where[1]}为新")
    return f'<figure><div class="pair{" low" if low else ""}">{sides}</div><figcaption>{told}</figcaption></figure>'


def draw_side(sheet: Sheet, span: tuple[int, int], *, new: bool) -> str:
    """One stretch of one side as SVG: the picture, and frames around what differs."""
    top, bottom = span
    picture, comparison = (sheet.new if new else sheet.old), sheet.comparison
    png = draw_stretch(picture, comparison, new=new, top=top, bottom=bottom)
    frames = [
        _frame(number, mark, top, new=new, most=comparison.width)
        for number, mark in enumerate(comparison.marks, 1)
        if mark.box[1] < bottom and mark.box[3] > top and mark.kind != ("removed" if new else "added")
    ]
    name = "新" if new else "旧"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {comparison.width} {bottom - top}" role="img" '
        f'class="{"new" if new else "old"}" aria-label="{name}，第 {top} 至 {bottom} 行像素">'
        f'<image href="{as_data_url(png)}" width="{comparison.width}" height="{bottom - top}"/>{"".join(frames)}</svg>'
    )


def _frame(number: int, mark: Mark, top: int, *, new: bool, most: int) -> str:
    left, first, right, last = mark.box
    colour = _NEW if new else _OLD
    dashes = "" if new else ' stroke-dasharray="10 6"'
    x, y = max(left - 5, 2), first - top - 5
    width, height = min(right + 5, most - 2) - x, last - first + 10
    label_y = y - 4 if y > 18 else y + height + 16
    return (
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{colour}" fill-opacity=".08" stroke="{colour}" '
        f'stroke-width="3"{dashes}/><text x="{x}" y="{label_y}" font-size="15" font-weight="700" fill="{colour}" '
        f'stroke="#fff" stroke-width="4" paint-order="stroke" font-family="sans-serif">'
        f"{number}{_NAMES[mark.kind]}</text>"
    )
