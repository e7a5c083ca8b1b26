"""The pictures of a redline: the stretches that differ, old beside new, each place framed and named. Chinese, no script.

Colours hold in print and for the colour-blind: vermilion and broken for what went, blue and whole for what came.
"""

from __future__ import annotations

import html
from collections.abc import Sequence

from monitor.pictures.compare import Comparison, Mark
from monitor.pictures.picture import Picture
from monitor.pictures.tiles import as_data_url, cut_stretches, draw_stretch

_MOST_FIGURES = 24
_OLD, _NEW = "#c43c00", "#0060a8"
_NAMES = {"changed": "改", "removed": "删", "added": "增"}


def render_figures(old: Picture, new: Picture, comparison: Comparison, *, notes: Sequence[str] = ()) -> str:
    """Figures of all that is marked, as HTML for the redline; says so where nothing differs."""
    said = "".join(f"<p class='note'>{html.escape(note)}</p>" for note in dict.fromkeys([*notes, *comparison.notes]))
    if not comparison.marks:
        return f"{said}<p>两张截图按像素比对，没有可见差别。</p>"
    stretches = cut_stretches(comparison)
    figures = [
        draw_pair(old, new, comparison, span, f"第 {span[0]}–{span[1]} 行像素（按对齐后计）")
        for span in stretches[:_MOST_FIGURES]
    ]
    more = f"<p>另有 {len(stretches) - _MOST_FIGURES} 段差别未附图。</p>" if len(stretches) > _MOST_FIGURES else ""
    told = (
        f"<p>左为旧、右为新；两图已按内容对齐，只是下移的部分不标。框出 {len(comparison.marks)} 处："
        "虚线框为旧图中被改或删去之处，实线框为新图中改成或新增之处，灰底为对齐留空。</p>"
    )
    return f"{said}{told}{''.join(figures)}{more}"


def draw_pair(old: Picture, new: Picture, comparison: Comparison, span: tuple[int, int], caption: str) -> str:
    """One stretch of the canvas, both sides beside each other."""
    sides = "".join(draw_side(picture, comparison, span, new=is_new) for picture, is_new in ((old, False), (new, True)))
    return f'<figure><div class="pair">{sides}</div><figcaption>{html.escape(caption)}</figcaption></figure>'


def draw_side(picture: Picture, comparison: Comparison, span: tuple[int, int], *, new: bool) -> str:
    """One stretch of one side as SVG: the picture, and frames around what differs."""
    top, bottom = span
    png = draw_stretch(picture, comparison, new=new, top=top, bottom=bottom)
    frames = [
        _frame(mark, top, new=new, most=comparison.width)
        for mark in comparison.marks
        if mark.box[1] < bottom and mark.box[3] > top and mark.kind != ("removed" if new else "added")
    ]
    name = "新" if new else "旧"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {comparison.width} {bottom - top}" role="img" '
        f'class="{"new" if new else "old"}" aria-label="{name}，第 {top} 至 {bottom} 行像素">'
        f'<image href="{as_data_url(png)}" width="{comparison.width}" height="{bottom - top}"/>{"".join(frames)}</svg>'
    )


def _frame(mark: Mark, top: int, *, new: bool, most: int) -> str:
    left, first, right, last = mark.box
    colour = _NEW if new else _OLD
    dashes = "" if new else ' stroke-dasharray="10 6"'
    x, y = max(left - 5, 2), first - top - 5
    width, height = min(right + 5, most - 2) - x, last - first + 10
    label_y = y - 4 if y > 26 else y + height + 22
    return (
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{colour}" fill-opacity=".08" stroke="{colour}" '
        f'stroke-width="4"{dashes}/><text x="{x}" y="{label_y}" font-size="22" font-weight="700" fill="{colour}" '
        f'stroke="#fff" stroke-width="5" paint-order="stroke" font-family="sans-serif">{_NAMES[mark.kind]}</text>'
    )
