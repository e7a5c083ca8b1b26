"""A redline that a person reads: one HTML file without scripts, and its form for a terminal. Chinese.

Takes two readings, their differences and where each side comes from; gives text. All content is hostile: it is escaped,
marks that turn the direction of writing are shown as codes, and a content policy forbids everything but our own style.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from monitor.change_words import CLASS_WORDS, SEVERITY_WORDS
from monitor.changes.compare import Summary, summarise_differences
from monitor.changes.kinds import load_kinds
from monitor.changes.redline import TIME_LIMIT, Redline, Run, RunKind, make_redline
from scrapers.model import Reading
from storage.model import Difference, Effect

_HIDDEN_MARKS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_FOLDED = 160
_KEPT_AROUND = 40
_SHOWN_DIFFERENCES = 200
_LEGEND = "删除线为旧文，下划线为新文。本页只说明两次所见之间的差别；两次之间未观察的时段，不作推断。"
_EFFECTS = {
    Effect.WORSE: "对买家不利",
    Effect.BETTER: "对买家有利",
    Effect.MIXED: "有利有弊",
    Effect.NEUTRAL: "未见影响",
}


@dataclass(frozen=True)
class Side:
    """Where one of the two texts comes from; `seen` is a time as shown, or words that say why there is none."""

    name: str
    seen: str
    url: str = ""
    title: str = ""
    note: str = ""


def render_redline_html(
    before: Reading, after: Reading, differences: Sequence[Difference], *, old: Side, new: Side
) -> str:
    """The whole page: both sides, the verdict, every change with its wording, then the text, equal parts folded."""
    deadline = time.monotonic() + TIME_LIMIT
    summary = summarise_differences(differences)
    shown = differences[:_SHOWN_DIFFERENCES]
    parts = [
        _head(),
        "<h1>页面变更对照</h1>",
        _sides(old, new),
        f"<p><strong>结论：</strong>{_escape(_verdict(summary, differences))}</p>",
        "<h2>变更之处</h2>" if shown else "",
        *(_change(number, difference, deadline) for number, difference in enumerate(shown, 1)),
        f"<p>另有 {len(differences) - len(shown)} 处变更未逐一列出。</p>" if len(differences) > len(shown) else "",
        "<h2>全文对照</h2>",
        _full_text(before, after, deadline),
        f'<p class="note">{_LEGEND}</p>',
        "</body></html>",
    ]
    return "\n".join(part for part in parts if part)


def render_redline_terminal(differences: Sequence[Difference], *, old: Side, new: Side, colour: bool) -> str:
    """The same for a terminal: `[-旧-]{+新+}` without colour, red and green with it."""
    summary = summarise_differences(differences)
    lines = [
        f"旧  {_visible(old.name)}  {_visible(old.seen)}",
        f"新  {_visible(new.name)}  {_visible(new.seen)}",
        f"结论：{_visible(_verdict(summary, differences))}",
    ]
    deadline = time.monotonic() + TIME_LIMIT
    for number, difference in enumerate(differences[:_SHOWN_DIFFERENCES], 1):
        lines += [
            "",
            f"{number}. {_tags(difference)}  {_visible(difference.subject)}".rstrip(),
            f"   {_visible(difference.reason)}",
        ]
        if not difference.quotable:
            lines.append("   （隐藏文字或图片、接口数据，不作为页面展示文字引用）")
        text = "".join(_paint(run, colour) for run in _fold_runs(_redline_of(difference, deadline)))
        lines += [f"   {line}" for line in text.splitlines() if line.strip()]
    if len(differences) > _SHOWN_DIFFERENCES:
        lines.append(f"另有 {len(differences) - _SHOWN_DIFFERENCES} 处变更未逐一列出。")
    return "\n".join(lines) + "\n"


# --- what is said -----------------------------------------------------------------------------------------------------


def _verdict(summary: Summary, differences: Sequence[Difference]) -> str:
    if summary.change_class is None:
        return "两次所见相同，没有变化。"
    judged = f"{_EFFECTS[summary.effect]}，程度：{SEVERITY_WORDS[summary.severity]}"
    return f"{len(differences)} 处变化，{judged}。{summary.reason}。"


def _tags(difference: Difference) -> str:
    names = load_kinds()
    kinds = "、".join(names[kind].zh if kind in names else kind for kind in difference.kinds)
    marks = CLASS_WORDS[difference.change_class], SEVERITY_WORDS[difference.severity], _EFFECTS[difference.effect]
    return f"{' '.join(f'[{mark}]' for mark in marks)} {kinds}"


def _redline_of(difference: Difference, deadline: float) -> Redline:
    return make_redline(difference.before, difference.after, limit=max(0.02, deadline - time.monotonic()))


def _text_of(reading: Reading) -> str:
    blocks = [f"{block.heading}\n{block.text}" if block.heading else block.text for block in reading.blocks]
    return "\n\n".join(blocks) if blocks else reading.text


# --- HTML -------------------------------------------------------------------------------------------------------------


@cache
def _load_style() -> str:
    return resources.files("monitor.reference").joinpath("redline.css").read_text(encoding="utf-8")


def _head() -> str:
    style = _load_style()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        f"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{digest}'\">"
        '<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer">'
        f"<title>页面变更对照</title><style>{style}</style></head><body>"
    )


def _sides(old: Side, new: Side) -> str:
    rows = [
        ("", "旧", "新"), ("来源", old.name, new.name), ("所见时间", old.seen, new.seen), ("网址", old.url, new.url),
        ("标题", old.title, new.title), ("说明", old.note, new.note),
    ]  # fmt: skip
    body = "".join(
        f"<tr><th>{label}</th><td>{_escape(one)}</td><td>{_escape(two)}</td></tr>"
        for label, one, two in rows
        if one or two
    )
    return f"<table>{body}</table>"


def _change(number: int, difference: Difference, deadline: float) -> str:
    note = "" if difference.quotable else '<p class="note">隐藏文字或图片、接口数据，不作为页面展示文字引用。</p>'
    redline = _redline_of(difference, deadline)
    coarse = '<p class="note">文本过长，只作粗略对照。</p>' if redline.coarse else ""
    return (
        f'<section class="change {difference.severity.value}">'
        f'<p class="tags">{number}. <span>{_escape(_tags(difference))}</span> '
        f"{_escape(difference.subject)}</p><p>{_escape(difference.reason)}</p>{note}{coarse}"
        f'<div class="text" dir="auto">{_runs_html(redline.runs)}</div></section>'
    )


def _full_text(before: Reading, after: Reading, deadline: float) -> str:
    redline = make_redline(_text_of(before), _text_of(after), limit=max(0.05, deadline - time.monotonic()))
    note = '<p class="note">文本过长，只作粗略对照。</p>' if redline.coarse else ""
    return f'{note}<div class="text" dir="auto">{_runs_html(redline.runs, folded=True)}</div>'


def _runs_html(runs: Sequence[Run], *, folded: bool = False) -> str:
    marks = {RunKind.REMOVED: "del", RunKind.ADDED: "ins"}
    parts: list[str] = []
    for run in runs:
        if run.kind in marks:
            parts.append(f"<{marks[run.kind]}>{_escape(run.text)}</{marks[run.kind]}>")
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
    return html.escape(_visible(text), quote=True)


def _visible(text: str) -> str:
    return _HIDDEN_MARKS.sub(lambda match: f"⟨U+{ord(match.group()):04X}⟩", text)


# --- terminal ---------------------------------------------------------------------------------------------------------


def _fold_runs(redline: Redline) -> list[Run]:
    """Long equal runs cut in the middle."""
    folded = []
    for run in redline.runs:
        if run.kind is RunKind.EQUAL and len(run.text) > _FOLDED:
            run = Run(RunKind.EQUAL, f"{run.text[:_KEPT_AROUND]} … {run.text[-_KEPT_AROUND:]}")
        folded.append(run)
    return folded


def _paint(run: Run, colour: bool) -> str:
    text = _visible(run.text)
    if run.kind is RunKind.EQUAL:
        return text
    if colour:
        return f"\x1b[{'31;9' if run.kind is RunKind.REMOVED else '32;4'}m{text}\x1b[0m"
    return f"[-{text}-]" if run.kind is RunKind.REMOVED else f"{{+{text}+}}"
