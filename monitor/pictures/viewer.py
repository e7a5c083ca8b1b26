"""Two screenshots in one page of their own: side by side, or one over the other with a slider. Chinese.

The page is whole in itself: pictures are inside, the only script is the one below, and a content policy forbids
everything else.
"""

from __future__ import annotations

import base64
import hashlib
import html
from functools import cache
from importlib import resources

from monitor.changes.redline_words import Side, show_hidden
from monitor.pictures.compare import Comparison
from monitor.pictures.figures import draw_side
from monitor.pictures.picture import Picture
from monitor.pictures.tiles import TALLEST

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


def render_viewer(old: Picture, new: Picture, comparison: Comparison, *, sides: tuple[Side, Side]) -> str:
    """The whole page."""
    style = _load_style()
    tiles = "".join(
        f'<div class="tile" id="y{top}">'
        + draw_side(old, comparison, (top, min(top + TALLEST, comparison.height)), new=False)
        + draw_side(new, comparison, (top, min(top + TALLEST, comparison.height)), new=True)
        + "</div>"
        for top in range(0, comparison.height, TALLEST)
    )
    notes = "".join(f"<p>{_escape(note)}</p>" for note in (*comparison.notes, *_picture_notes(old, new)))
    links = "".join(f'<a href="#m{number}">{number}</a>' for number, _mark in enumerate(comparison.marks[:99], 1))
    places = "".join(
        f'<i id="m{number}" class="p{round(mark.box[1] * 1000 / max(1, comparison.height))}"></i>'
        for number, mark in enumerate(comparison.marks[:99], 1)
    )
    anchors = "".join(f".p{step}{{top:{step / 10}%}}" for step in sorted(_steps(comparison)))
    style = style + anchors
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; '
        f"style-src 'sha256-{_digest(style)}'; script-src 'sha256-{_digest(_SCRIPT)}'\">"
        '<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer">'
        f"<title>截图对照</title><style>{style}</style></head><body class='side'><header><h1>截图对照</h1>"
        f"{_caption('旧', sides[0])}{_caption('新', sides[1])}{notes}"
        f"<p>{_tell(comparison)}</p><nav aria-label='差别'>{links}</nav>"
        '<p class="controls"><label><input type="radio" name="mode" value="side" checked> 并排</label> '
        '<label><input type="radio" name="mode" value="over"> 叠放</label> '
        '<label class="cut">旧 <input type="range" id="slider" min="0" max="100" value="50"> 新</label></p>'
        f"</header><main>{places}{tiles}</main><script>{_SCRIPT}</script></body></html>"
    )


def _tell(comparison: Comparison) -> str:
    if not comparison.marks:
        return "按像素比对，没有可见差别。"
    return (
        f"框出 {len(comparison.marks)} 处差别，约占 {comparison.share:.1%}。虚线框在旧图，实线框在新图；"
        "只是上下移动的部分已对齐，不标。按 n、p 键看下一处、上一处。"
    )


def _caption(name: str, side: Side) -> str:
    proofs = "".join(f"<br>{_escape(label)}：<code>{_escape(value)}</code>" for label, value in side.proofs)
    return f"<p><b>{name}</b> {_escape(side.seen)} {_escape(side.name)} {_escape(side.url)}{proofs}</p>"


def _picture_notes(old: Picture, new: Picture) -> list[str]:
    return [f"{name}图：{note}" for name, picture in (("旧", old), ("新", new)) for note in picture.notes]


def _steps(comparison: Comparison) -> set[int]:
    return {round(mark.box[1] * 1000 / max(1, comparison.height)) for mark in comparison.marks[:99]}


@cache
def _load_style() -> str:
    return resources.files("monitor.reference").joinpath("pictures.css").read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _escape(text: str) -> str:
    return html.escape(show_hidden(text), quote=True)
