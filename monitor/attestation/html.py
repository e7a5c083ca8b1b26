"""The pieces of an attestation's HTML: safe text, moments, tables, lists.

What comes from a page is hostile: it is cut, escaped, and marks that turn the direction of writing are shown as codes.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from monitor.times import SHANGHAI

NOT_RECORDED = "未记录"
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_LONGEST = 1500
_MOST_ROWS = 100


def show(text: object, longest: int = _LONGEST) -> str:
    """Text of any origin, safe in HTML: cut, hidden marks as codes, escaped."""
    full = str(text)
    cut = full if len(full) <= longest else f"{full[:longest]}……（共 {len(full)} 字，全文在封存记录中）"
    return html.escape(_HIDDEN.sub(lambda match: f"⟨U+{ord(match[0]):04X}⟩", cut))


def show_moment(moment: datetime | None, *, fine: bool = False) -> str:
    """Beijing time, and UTC behind it."""
    if moment is None:
        return NOT_RECORDED
    unit = "milliseconds" if fine else "seconds"
    local = moment.astimezone(SHANGHAI).replace(tzinfo=None).isoformat(" ", unit)
    universal = moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", unit)
    return f"{local}（北京时间）／{universal}（UTC）"


def make_section(title: str, body: str) -> tuple[str, ...]:
    """A heading and what stands under it; nothing where that is nothing."""
    return (f"<h2>{title}</h2>", body) if body else ()


def make_facts(rows: Iterable[tuple[str, str]]) -> str:
    """A table of names and values; values are HTML already, rows without one are left out."""
    shown = "".join(f'<tr><th scope="row">{name}</th><td>{value}</td></tr>' for name, value in rows if value)
    return f'<table class="facts"><tbody>{shown}</tbody></table>' if shown else ""


def make_table(titles: Sequence[str], rows: Sequence[Sequence[str]], empty: str = "") -> str:
    """A table of rows of HTML; more than a hundred are counted, not shown."""
    if not rows:
        return f"<p>{empty}</p>" if empty else ""
    head = "".join(f'<th scope="col">{title}</th>' for title in titles)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows[:_MOST_ROWS])
    more = f'<p class="quiet">另有 {len(rows) - _MOST_ROWS} 项未列出，见 cardwatch attest --json。</p>'
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>" + more * (len(rows) > _MOST_ROWS)


def make_list(texts: Iterable[str]) -> str:
    """A list of plain sentences."""
    shown = "".join(f"<li>{show(text)}</li>" for text in texts)
    return f"<ul>{shown}</ul>" if shown else ""


def show_hash(digest: str) -> str:
    """A digest in type of even width."""
    return f'<span class="hash">{show(digest)}</span>' if digest else ""
