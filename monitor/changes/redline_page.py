"""A redline that a person reads, prints and attaches: one HTML file without scripts. Chinese.

Takes two readings, their differences, where each side comes from, since when each difference is known, and pictures
that were compared; gives text. The first screen says what was changed against the buyer, since when, how it is known.
All content is hostile: it is escaped, marks that turn the direction of writing are shown as codes, and a content policy
forbids everything but our own style and pictures inside the file.
"""

from __future__ import annotations

import base64
import hashlib
import html
import time
from collections.abc import Sequence
from functools import cache
from importlib import resources

from monitor.change_words import CLASS_WORDS, SEVERITY_WORDS
from monitor.changes.redline import TIME_LIMIT, Run, RunKind, make_redline
from monitor.changes.redline_words import (
    ASIDE,
    COARSE,
    EFFECT_WORDS,
    LEGEND,
    NOT_QUOTABLE,
    Side,
    Sighting,
    show_hidden,
    side_of_capture,
    tell_kinds,
    tell_sighting,
    tell_verdict,
)
from monitor.changes.shifts import Shift, Shifts, find_shifts
from scrapers.model import Reading
from storage.model import Difference, Effect

__all__ = ["Side", "Sighting", "render_redline_html", "side_of_capture"]

_FOLDED = 160
_KEPT_AROUND = 40
_SHOWN_DIFFERENCES = 200
_ON_TOP = 6
_SHORT = 120


def render_redline_html(
    before: Reading,
    after: Reading,
    differences: Sequence[Difference],
    *,
    old: Side,
    new: Side,
    sightings: Sequence[Sighting | None] = (),
    pictures: str = "",
) -> str:
    """The whole page. `sightings` go with `differences`; `pictures` is HTML of ours, put in as it is."""
    deadline = time.monotonic() + TIME_LIMIT
    shown = list(zip(differences, [*sightings, *[None] * len(differences)], strict=False))[:_SHOWN_DIFFERENCES]
    rows = [(number, difference, sighting) for number, (difference, sighting) in enumerate(shown, 1)]
    told = [_change(*row, old, new, deadline) for row in rows if row[1].change_class not in ASIDE]
    aside = [_change(*row, old, new, deadline) for row in rows if row[1].change_class in ASIDE]
    parts = [
        _head(),
        "<header>",
        "<h1>页面变更对照</h1>",
        f'<p class="verdict">{_escape(tell_verdict(differences))}</p>',
        _summary(rows, old, new, deadline),
        _sides(old, new),
        "</header>",
        "<h2>逐条对照</h2>" if told else "",
        *told,
        f"<p>另有 {len(differences) - len(rows)} 处变更未逐一列出。</p>" if len(differences) > len(rows) else "",
        f"<details class='aside'><summary>库存、位置、格式、计数等 {len(aside)} 处变化</summary>" if aside else "",
        *aside,
        "</details>" if aside else "",
        f'<h2>截图对照</h2><div class="pictures">{pictures}</div>' if pictures else "",
        "<h2>全文对照</h2>",
        _full_text(before, after, deadline),
        f'<p class="note">{LEGEND}</p>',
        "</body></html>",
    ]
    return "\n".join(part for part in parts if part)


def _head() -> str:
    style = _load_style()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; '
        f"style-src 'sha256-{digest}'\">"
        '<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer">'
        f"<title>页面变更对照</title><style>{style}</style></head><body>"
    )


@cache
def _load_style() -> str:
    return resources.files("monitor.reference").joinpath("redline.css").read_text(encoding="utf-8")


# --- the first screen -------------------------------------------------------------------------------------------------


def _summary(rows: Sequence[tuple[int, Difference, Sighting | None]], old: Side, new: Side, deadline: float) -> str:
    """What was changed, the worst for the buyer first, each with since when."""
    against = [row for row in rows if row[1].effect in (Effect.WORSE, Effect.MIXED)]
    title = "改得对买家不利的" if against else "改动"
    listed = against or [row for row in rows if row[1].change_class not in ASIDE]
    if not listed:
        return ""
    items = []
    spans = {_since(sighting, old, new) for _number, _difference, sighting in listed}
    for number, difference, sighting in listed[:_ON_TOP]:
        since = f'<p class="since">{_since(sighting, old, new)}</p>' if len(spans) > 1 else ""
        shifts = _find(difference, deadline).all
        items.append(
            f'<li class="{difference.severity.value}"><p><b class="badge">{SEVERITY_WORDS[difference.severity]}</b> '
            f"{_escape(_shorten(difference.reason))}</p>"
            f'{_list_shifts(shifts)}{since}<a href="#c{number}">看对照 ↓</a></li>'
        )
    more = f"<p>其余 {len(listed) - _ON_TOP} 处见下。</p>" if len(listed) > _ON_TOP else ""
    since = f'<p class="since">{spans.pop()}</p>' if len(spans) == 1 else ""
    return f"<h2>{title}</h2>{since}<ol class='top'>{''.join(items)}</ol>{more}"


def _since(sighting: Sighting | None, old: Side, new: Side) -> str:
    return _escape(tell_sighting(sighting, old, new))


def _shorten(text: str) -> str:
    return text if len(text) <= _SHORT else f"{text[: _SHORT - 1]}…"


def _sides(old: Side, new: Side) -> str:
    """How it is known: two captures, each with its time, address and digests."""
    rows = [
        ("来源", old.name, new.name), ("所见时间", old.seen, new.seen), ("网址", old.url, new.url),
        ("标题", old.title, new.title), ("说明", old.note, new.note),
    ]  # fmt: skip
    names = list(dict.fromkeys(name for side in (old, new) for name, _value in side.proofs))
    rows += [(name, dict(old.proofs).get(name, ""), dict(new.proofs).get(name, "")) for name in names]
    body = "".join(
        f"<tr><th>{_escape(label)}</th><td>{_escape(one)}</td><td>{_escape(two)}</td></tr>"
        for label, one, two in rows
        if one or two
    )
    return f"<h2>如何得知</h2><table><tr><th></th><th>旧</th><th>新</th></tr>{body}</table>"


# --- one change -------------------------------------------------------------------------------------------------------


def _change(
    number: int, difference: Difference, sighting: Sighting | None, old: Side, new: Side, deadline: float
) -> str:
    redline = make_redline(difference.before, difference.after, limit=max(0.02, deadline - time.monotonic()))
    shifts = _find(difference, deadline)
    notes = [NOT_QUOTABLE] if not difference.quotable else []
    notes += [COARSE] if redline.coarse else []
    captures = f"（{sighting.before_capture} → {sighting.after_capture}）" if sighting else ""
    since = f'<p class="since">{_since(sighting, old, new)}{_escape(captures)}</p>' if sighting else ""
    subject = f"<b>{_escape(difference.subject)}</b>" if difference.subject else ""
    return (
        f'<section class="change {difference.severity.value}" id="c{number}">'
        f'<p class="tags">{number}. <b class="badge">{SEVERITY_WORDS[difference.severity]}</b> '
        f"<span>{CLASS_WORDS[difference.change_class]}</span> <span>{EFFECT_WORDS[difference.effect]}</span> "
        f"<span>{_escape(tell_kinds(difference))}</span> {subject}</p>"
        f"<p>{_escape(difference.reason)}</p>{_list_shifts(shifts.all)}{since}"
        + "".join(f'<p class="note">{note}</p>' for note in notes)
        + f'<div class="text" dir="auto">{_runs_html(redline.runs, shifts)}</div></section>'
    )


def _find(difference: Difference, deadline: float) -> Shifts:
    """The measures of a change; none when the time is over."""
    left = deadline - time.monotonic()
    if left <= 0:
        return Shifts()
    return find_shifts(
        make_redline(difference.before, difference.after, limit=left), difference.before, difference.after
    )


def _list_shifts(shifts: Sequence[Shift]) -> str:
    """Each measure with both values, the way it went and what that does to the buyer."""
    items = []
    for shift in shifts:
        arrow = "<i>→</i>" if shift.before and shift.after else ""
        topic = f"{_escape(shift.topic)} " if shift.topic else ""
        effect = f"，{EFFECT_WORDS[shift.effect]}" if shift.effect is not Effect.NEUTRAL else ""
        old = f"<del>{_escape(shift.before)}</del>" if shift.before else ""
        new = f"<ins>{_escape(shift.after)}</ins>" if shift.after else ""
        items.append(f'<li class="{shift.effect.value}">{topic}{old}{arrow}{new}（{_escape(shift.way)}{effect}）</li>')
    return f'<ul class="shifts">{"".join(items)}</ul>' if items else ""


def _full_text(before: Reading, after: Reading, deadline: float) -> str:
    redline = make_redline(_text_of(before), _text_of(after), limit=max(0.05, deadline - time.monotonic()))
    note = f'<p class="note">{COARSE}</p>' if redline.coarse else ""
    return f'{note}<div class="text" dir="auto">{_runs_html(redline.runs, Shifts(), folded=True)}</div>'


def _text_of(reading: Reading) -> str:
    blocks = [f"{block.heading}\n{block.text}" if block.heading else block.text for block in reading.blocks]
    return "\n\n".join(blocks) if blocks else reading.text


def _runs_html(runs: Sequence[Run], shifts: Shifts, *, folded: bool = False) -> str:
    marks = {RunKind.REMOVED: "del", RunKind.ADDED: "ins"}
    parts: list[str] = []
    for place, run in enumerate(runs):
        if run.kind in marks:
            ways = [one for one in shifts.at.get(place, ()) if one.before and one.after]
            parts.append(f"<{marks[run.kind]}>{_escape(run.text)}</{marks[run.kind]}>")
            parts += [f'<span class="way {one.effect.value}">{_escape(one.way)}</span>' for one in ways]
        elif folded and len(run.text) > _FOLDED:
            middle = run.text[_KEPT_AROUND:-_KEPT_AROUND]
            head, tail = run.text[:_KEPT_AROUND], run.text[-_KEPT_AROUND:]
            parts.append(
                f"{_escape(head)}<details><summary>未变 {len(middle)} 字</summary>"
                f"{_escape(middle)}</details>{_escape(tail)}"
            )
        else:
            parts.append(_escape(run.text))
    return "".join(parts)


def _escape(text: str) -> str:
    return html.escape(show_hidden(text), quote=True)
