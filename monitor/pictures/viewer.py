"""Two screenshots in one page of their own: side by side, or one over the other with a slider. Chinese.

The page is whole in itself: pictures are inside, the only script is the one below, and a content policy forbids
everything else.
"""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Sequence
from functools import cache
from importlib import resources

from monitor.changes.redline_words import Side, show_hidden
from monitor.pictures.compare import Comparison, Mark
from monitor.pictures.figures import draw_side
from monitor.pictures.sheet import Sheet
from monitor.pictures.tiles import TALLEST

_LINKED = 99
_SCRIPT = """
const root = document.documentElement, slider = document.getElementById('slider');
const marks = [...document.querySelectorAll('nav a')];
let at = -1;
slider.addEventListener('input', () => root.style.setProperty('--cut', slider.value + '%'));
for (const choice of document.querySelectorAll('input[name=mode]'))
  choice.addEventListener('change', () => document.body.className = choice.value);
addEventListener('keydown', event => {
  if (event.key !== 'n' && event.key !== 'p' || !marks.length) return;
  at = (at + (event.key === 'n' ? 1 : marks.length - 1)) % marks.length;
  marks[at].click();
});
"""


def render_viewer(sheets: Sequence[Sheet], *, sides: tuple[Side, Side], notes: Sequence[str] = ()) -> str:
    """The whole page."""
    style = _load_style() + "".join(f".p{step}{{top:{step / 10}%}}" for step in range(1001) if step in _steps(sheets))
    said = "".join(f"<p>{_escape(note)}</p>" for note in notes)
    bodies = "".join(_show_sheet(number, sheet) for number, sheet in enumerate(sheets))
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; '
        f"style-src 'sha256-{_digest(style)}'; script-src 'sha256-{_digest(_SCRIPT)}'\">"
        '<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer">'
        f"<title>截图对照</title><style>{style}</style></head><body class='side'><header><h1>截图对照</h1>"
        f"{_caption('旧', sides[0])}{_caption('新', sides[1])}{said}"
        "<p>虚线框在旧图，实线框在新图；只是上下移动的部分已对齐，不标。按 n、p 键看下一处、上一处。</p>"
        '<p class="controls"><label><input type="radio" name="mode" value="side" checked> 并排</label> '
        '<label><input type="radio" name="mode" value="over"> 叠放</label> '
        '<label class="cut">旧 <input type="range" id="slider" min="0" max="100" value="50"> 新</label></p>'
        f"</header>{bodies}<script>{_SCRIPT}</script></body></html>"
    )


def _show_sheet(place: int, sheet: Sheet) -> str:
    """One pair of pictures under its title, with a link to each place that differs."""
    comparison = sheet.comparison
    marks = list(enumerate(comparison.marks[:_LINKED], 1))
    links = "".join(f'<a href="#m{place}-{number}">{number}</a>' for number, _mark in marks)
    places = "".join(f'<i id="m{place}-{number}" class="p{_step(mark, comparison)}"></i>' for number, mark in marks)
    tiles = "".join(
        '<div class="tile">' + "".join(draw_side(sheet, span, new=is_new) for is_new in (False, True)) + "</div>"
        for span in ((top, min(top + TALLEST, comparison.height)) for top in range(0, comparison.height, TALLEST))
    )
    told = (
        f"框出 {len(comparison.marks)} 处差别，约占 {comparison.share:.1%}。"
        if comparison.marks
        else "按像素比对，没有可见差别。"
    )
    notes = "".join(f" {_escape(note)}" for note in comparison.notes)
    return (
        f"<section><h2>{_escape(sheet.title)}</h2><p>{told}{notes}</p><nav aria-label='差别'>{links}</nav>"
        f"<main>{places}{tiles}</main></section>"
    )


def _caption(name: str, side: Side) -> str:
    proofs = "".join(f"<br>{_escape(label)}：<code>{_escape(value)}</code>" for label, value in side.proofs)
    return f"<p><b>{name}</b> {_escape(side.seen)} {_escape(side.name)} {_escape(side.url)}{proofs}</p>"


def _step(mark: Mark, comparison: Comparison) -> int:
    """How far down a mark stands, in thousandths."""
    return min(1000, max(0, mark.box[1] * 1000 // max(1, comparison.height)))


def _steps(sheets: Sequence[Sheet]) -> frozenset[int]:
    return frozenset(_step(mark, sheet.comparison) for sheet in sheets for mark in sheet.comparison.marks[:_LINKED])


@cache
def _load_style() -> str:
    return resources.files("monitor.reference").joinpath("pictures.css").read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _escape(text: str) -> str:
    return html.escape(show_hidden(text), quote=True)
