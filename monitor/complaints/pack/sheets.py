"""The pieces of the pages that a pack prints: a document's frame, tables, moments. HTML without scripts or network.

What comes from pages, files and people is hostile: it is escaped, and marks that turn the direction of writing are
shown as codes.
"""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from importlib import resources

from monitor.changes.redline_words import show_hidden
from monitor.times import SHANGHAI


def make_page(title: str, body: Iterable[str]) -> str:
    """A whole document. Pictures are named as files beside it; nothing else is loaded."""
    style = _load_style()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src http://print.invalid; '
        f"style-src 'sha256-{digest}'\">"
        f"<title>{show(title)}</title><style>{style}</style></head><body>" + "\n".join(body) + "</body></html>\n"
    )


def show(text: object, longest: int = 4000) -> str:
    """Text of any origin, safe in HTML."""
    full = str(text)
    cut = full if len(full) <= longest else f"{full[:longest]}……（共 {len(full)} 字，以下略）"
    return html.escape(show_hidden(cut), quote=True)


def show_moment(moment: datetime | None) -> str:
    """A moment in China to the second, 时间不详 without one."""
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}" if moment else "时间不详"


def show_minute(moment: datetime) -> str:
    """A moment in China to the minute."""
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def show_day(moment: datetime) -> str:
    """The day of a moment in China."""
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d}"


def make_facts(rows: Iterable[tuple[str, str]]) -> str:
    """A table of names and values; values are HTML already, rows without one are left out."""
    shown = "".join(f'<tr><th scope="row">{name}</th><td>{value}</td></tr>' for name, value in rows if value)
    return f"<table><tbody>{shown}</tbody></table>" if shown else ""


def make_table(titles: Sequence[tuple[str, str]], rows: Iterable[Sequence[str]], kind: str = "") -> str:
    """A table of a class; titles are (class, words), cells are HTML already."""
    head = "".join(f'<th scope="col" class="{kind}">{words}</th>' for kind, words in titles)
    kinds = [kind for kind, _ in titles]
    body = "".join(
        "<tr>" + "".join(f'<td class="{kind}">{cell}</td>' for kind, cell in zip(kinds, row, strict=True)) + "</tr>"
        for row in rows
    )
    return f"<table class='{kind}'><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def make_list(texts: Iterable[str], *, ordered: bool = False) -> str:
    """A list of plain sentences."""
    shown = "".join(f"<li>{show(text)}</li>" for text in texts)
    tag = "ol" if ordered else "ul"
    return f"<{tag}>{shown}</{tag}>" if shown else ""


@cache
def _load_style() -> str:
    return resources.files("monitor.web").joinpath("pack/pack.css").read_text(encoding="utf-8")
