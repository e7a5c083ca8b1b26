"""Draws the pictures of the practice shops as SVG: product covers, logos, and a description set as a picture."""

from __future__ import annotations

import html
from collections.abc import Sequence

_COLOURS = (
    ("#ff9a5a", "#ff5e62"), ("#5b8def", "#3a4ed5"), ("#34c7a0", "#108a76"), ("#b06ab3", "#5f3fa8"),
    ("#f6b73c", "#e07b1f"), ("#4facc4", "#27607e"), ("#e5566d", "#8e2a5b"), ("#6c7a89", "#2c3e50"),
)  # fmt: skip
_FONT = "'Noto Sans CJK SC','WenQuanYi Zen Hei','Microsoft YaHei',sans-serif"


def draw_cover(number: int, title: str, small: str) -> str:
    """A square product cover: two lines on a coloured card. `number` picks the colours."""
    first, second = _COLOURS[number % len(_COLOURS)]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400" viewBox="0 0 400 400">'
        f'<defs><linearGradient id="g" x2="1" y2="1"><stop stop-color="{first}"/>'
        f'<stop offset="1" stop-color="{second}"/></linearGradient></defs>'
        '<rect width="400" height="400" fill="url(#g)"/>'
        '<circle cx="330" cy="60" r="120" fill="#fff" opacity=".12"/>'
        '<circle cx="60" cy="360" r="90" fill="#fff" opacity=".10"/>'
        '<rect x="50" y="120" width="300" height="170" rx="18" fill="#fff" opacity=".18"/>'
        f'<g font-family="{_FONT}" fill="#fff" text-anchor="middle">'
        f'<text x="200" y="200" font-size="44" font-weight="bold">{html.escape(title)}</text>'
        f'<text x="200" y="252" font-size="28">{html.escape(small)}</text>'
        '<text x="200" y="330" font-size="20" opacity=".85">自动发货 · 即买即用</text></g></svg>'
    )


def draw_text(lines: Sequence[str]) -> str:
    """Text as a picture, as shops set descriptions that nobody should be able to copy."""
    height = 60 + 44 * len(lines)
    rows = "".join(
        f'<text x="36" y="{66 + 44 * number}" font-size="24" fill="#333">{html.escape(line)}</text>'
        for number, line in enumerate(lines)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="780" height="{height}" viewBox="0 0 780 {height}">'
        f'<rect width="780" height="{height}" fill="#fff7e8"/><rect width="780" height="8" fill="#f6a63c"/>'
        f'<g font-family="{_FONT}">{rows}</g></svg>'
    )
