"""Draws what links the sites of a platform: a circle of sites, a line for each link, thicker the more it is worth.

Takes links, gives SVG without scripts or outside files. The band is told by colour, dash and word; contrary links, as
to an impostor, are drawn too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from monitor.changes.timeline_lanes import SOFT, escape, shorten, text
from monitor.dossier.model import is_judged
from monitor.operators.kind_words import KIND_WORDS
from monitor.operators.model import Band, Link

MOST_SITES = 24
_WIDTH, _RADIUS_X = 1000, 350
_MOST_LABELS = 16
_STYLES = {
    Band.CONFIRMED: ("#7a0019", "", "确认"),
    Band.PROBABLE: ("#b06000", "9 4", "高度疑似"),
    Band.LEAD: ("#8a8a8a", "2 5", "线索（不作认定）"),
}
_JUDGED = ("#4b2a86", "12 3 2 3", "人工判定")


def draw_links(links: Sequence[Link], sites: Sequence[str]) -> str:
    """The picture of links between these sites, "" where none or only one is given."""
    shown = list(dict.fromkeys(sites))[:MOST_SITES]
    if len(shown) < 2:
        return ""
    places = _place_sites(shown)
    height = round(max(y for _, y in places.values()) + 70)
    known = [link for link in links if link.a in places and link.b in places]
    parts = [_draw_link(link, places) for link in sorted(known, key=lambda link: link.bits)]
    labelled = (
        [link for link in known if link.band is not Band.LEAD or is_judged(link)] if len(known) <= _MOST_LABELS else []
    )
    parts += [_draw_label(link, places) for link in labelled]
    parts += [_draw_site(site, *places[site]) for site in shown]
    parts.append(_draw_legend({_style(link) for link in known}, height - 18))
    if len(set(sites)) > len(shown):
        left = len(set(sites)) - len(shown)
        parts.append(text(12, height - 40, f"另有 {left} 个网站未画出", size=13.5, colour=SOFT))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" '
        f'viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="网站关联图">'
        f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>{"".join(parts)}</svg>'
    )


def _place_sites(sites: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Two side by side; more around an ellipse, at even heights, so that no name covers another."""
    if len(sites) == 2:
        return {sites[0]: (_WIDTH * 0.2, 34.0), sites[1]: (_WIDTH * 0.8, 34.0)}
    high = min(60 + 22 * len(sites), 300)
    places = {}
    for number, site in enumerate(sites):
        share = 2 * number / len(sites)  # 0 is the top, 1 the bottom; down on the right side, up on the left
        level = 2 * min(share, 2 - share) - 1
        x = _WIDTH / 2 + math.copysign(_RADIUS_X * math.sqrt(max(0.0, 1 - level * level)), 1 - share)
        places[site] = (round(x, 1), round(high + 24 + high * level, 1))
    return places


def _style(link: Link) -> tuple[str, str, str]:
    return _JUDGED if is_judged(link) else _STYLES[link.band]


def _draw_link(link: Link, places: dict[str, tuple[float, float]]) -> str:
    (x1, y1), (x2, y2) = places[link.a], places[link.b]
    colour, dash, word = _style(link)
    width = max(1.0, min(6.0, link.bits / 5))
    style = f' stroke-dasharray="{dash}"' if dash else ""
    shared = [row.kind for row in link.rows if row.kind != "prior"][:6]
    what = "、".join(dict.fromkeys(KIND_WORDS.get(kind, kind) for kind in shared))
    title = f"{link.a} — {link.b}：{word}，{link.bits:.1f} 比特；{what}"
    return (
        f'<path d="M{x1} {y1}L{x2} {y2}" stroke="{colour}" stroke-width="{width:.1f}"{style}>'
        f"<title>{escape(title)}</title></path>"
    )


def _draw_label(link: Link, places: dict[str, tuple[float, float]]) -> str:
    """Band and bits on white, above every line; off the middle, where lines across a circle meet."""
    (x1, y1), (x2, y2) = places[link.a], places[link.b]
    colour, _dash, word = _style(link)
    words = word if is_judged(link) else f"{word} {link.bits:.0f}"  # bits say nothing of a person's word
    share = 0.5 if len(places) < 4 else 0.36
    x, y, width = x1 + (x2 - x1) * share, y1 + (y2 - y1) * share, 8 + 11.5 * len(words)
    return f'<rect x="{x - width / 2:.1f}" y="{y - 10:.1f}" width="{width:.1f}" height="20" fill="#fff"/>' + text(
        x, y + 5, words, size=13.5, colour=colour, anchor="middle"
    )


def _draw_site(site: str, x: float, y: float) -> str:
    name = shorten(site, 30)
    width = 18 + 8.6 * sum(2 if ord(letter) > 0x2E80 else 1 for letter in name)
    return (
        f'<rect x="{x - width / 2:.1f}" y="{y - 14}" width="{width:.1f}" height="28" rx="4" fill="#fff" '
        f'stroke="#1c1c1c"><title>{escape(site)}</title></rect>'
        + text(x, y + 4.5, name, size=14.5, weight=700, anchor="middle")
    )


def _draw_legend(styles: set[tuple[str, str, str]], y: int) -> str:
    parts: list[str] = []
    x = 12.0
    for colour, dash, word in (*_STYLES.values(), _JUDGED):
        if (colour, dash, word) in styles:
            style = f' stroke-dasharray="{dash}"' if dash else ""
            parts.append(f'<path d="M{x} {y - 4}h30" stroke="{colour}" stroke-width="2.5"{style}/>')
            parts.append(text(x + 36, y, word, size=13.5, colour=SOFT))
            x += 56 + 14 * len(word)
    return "".join(parts)
