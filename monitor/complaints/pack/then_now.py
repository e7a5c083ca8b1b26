"""当时/现在: what a page said around the order beside what it said last, on one page with both capture times.

Takes two captures' readings; gives HTML. Words that were removed and added are marked inside the sentence; what was
hidden or read from a picture is marked as such. Text is masked before it is shown. What does not fit on the page is
counted, and stands in the archived pages.

A column is headed by its capture's time, and is called 现在 only where it is of the pack's own day. What a change does
is the tool's guess: it is told as 可能, and without the names of its kinds, which the text itself may contradict.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from monitor.changes.compare import compare_readings
from monitor.changes.redline import RunKind, make_redline
from monitor.changes.redline_words import ASIDE, EFFECT_WORDS
from monitor.complaints.letters.page_sight import look_at
from monitor.complaints.model import PageAround, SeenVersion
from monitor.complaints.pack.masks import Mask
from monitor.complaints.pack.sheets import make_page, show, show_day, show_moment
from monitor.findings.empty_pages import quote_empty
from scrapers.model import Origin
from storage.model import ChangeClass, Difference, Effect, Severity

TITLE = "当时与最近一次抓取对照"
_LIMIT = 20.0  # seconds; so far off that the same texts always give the same marks
_LONGEST = 1200
_AROUND = 60
_MOST = 40
_KIND = re.compile(r"(?<=”)（[^（）“”]{1,24}）")
_RATING = re.compile(r"，(?:对买家不利|对买家有利|有利有弊|未见对买家权利的影响)")
_ALIKE = 0.4  # share of the shorter text that stands in both
_UNSEEN = "没有作为页面文字显示（隐藏文字、图片识别或接口数据），只供查找，不作引用"
_GRAVE = (Severity.CRITICAL, Severity.HIGH)


@dataclass(frozen=True)
class ThenNow:
    """Two looks at one page: the nearest to the order, and the newest that says something.

    `empty` is the newest of all where it shows no more than an error or goods taken down. Where nothing lies between
    that and the first, it is `now` itself, and nothing is compared.
    """

    page: PageAround
    then: SeenVersion
    now: SeenVersion
    differences: tuple[Difference, ...]
    empty: SeenVersion | None = None

    @property
    def told(self) -> tuple[Difference, ...]:
        """The differences that matter, those against the buyer first."""
        told = [one for one in self.differences if one.change_class not in ASIDE]
        return tuple(sorted(told, key=lambda one: (one.effect is not Effect.WORSE, -one.severity.rank)))


def find_then_now(pages: Sequence[PageAround]) -> tuple[ThenNow, ...]:
    """The pages of which there is an older and a newer version that differ."""
    found = []
    for page in pages:
        then, newest = page.nearest, page.newest
        if then is None or newest is None or not _is_later(newest, then):
            continue
        empty = newest if quote_empty(newest.reading) else None
        now = newest if empty is None or not _says_more(page.after, then) or page.after is None else page.after
        differences = () if now is empty else compare_readings(then.reading, now.reading, role=page.role)
        pair = ThenNow(page, then, now, tuple(differences), empty)
        if pair.told or empty is not None:
            found.append(pair)
    return tuple(found)


def _is_later(one: SeenVersion, then: SeenVersion) -> bool:
    return one.capture != then.capture and then.seen_at < one.seen_at


def _says_more(one: SeenVersion | None, then: SeenVersion) -> bool:
    """Whether a version between the two can be compared with the first."""
    return one is not None and _is_later(one, then) and not quote_empty(one.reading)


def render_then_now(pair: ThenNow, marks: Sequence[str], mask: Mask, *, today: date, most: int = _MOST) -> str:
    """One page. `marks` are the exhibit numbers of the older and the newer capture; `most` is how many changes."""
    told = pair.told
    shown = told[:most]
    claimed = _is_claimed(pair)
    title = "当时与最近一份存档对照" if claimed else TITLE
    parts = [
        f"<h1>{title}</h1>",
        f'<p class="under">{show(mask(_name(pair)))}</p>',
        _sides(pair, marks, mask, today),
        *([f"<p><b>{_verdict(told)}</b></p>"] if pair.now is not pair.empty else []),
        *([f"<p><b>{_tell_empty(pair.empty, mask)}</b></p>"] if pair.empty is not None else []),
        *[_change(one, pair, mask) for one in shown],
    ]
    if len(told) > len(shown):
        parts.append(f"<p>另有 {len(told) - len(shown)} 处变化，见所附网页存档。</p>")
    if pair.now is pair.empty:
        return make_page(title, parts)
    between = "两份材料之间的差别（他人提供的存档，其内容和时间未核实）" if claimed else "两次抓取所见之间的差别"
    parts.append(
        '<p class="quiet">删除线为前一次有、后一次没有的文字；下划线为后一次新出现的文字。'
        f"只说明{between}，间隔期间未观察，改动发生在其间何时不作推断。</p>"
    )
    return make_page(title, parts)


def _tell_empty(seen: SeenVersion, mask: Mask) -> str:
    """That the newest look met no page to compare: what stood there before was not taken back by it."""
    there = "的抓取" if _is_own(seen) else "的存档（他人提供，所称时间）"
    told = f"{show_moment(seen.seen_at)}{there}只显示“{show(mask(quote_empty(seen.reading)))}”"
    return f"{told}，没有可以对照的内容；此前的规则和承诺是否改动不作推断。"


def _verdict(told: Sequence[Difference]) -> str:
    """How many changes, and what they may do; nothing of how grave they are."""
    counts = [
        f"{sum(one.effect is effect and one.quotable for one in told)} 处可能{EFFECT_WORDS[effect]}"
        for effect in (Effect.WORSE, Effect.MIXED, Effect.BETTER)
        if any(one.effect is effect and one.quotable for one in told)
    ]
    return f"{len(told)} 处变化" + (f"，其中 {'，'.join(counts)}" if counts else "") + "。"


def _name(pair: ThenNow) -> str:
    return pair.now.title or pair.then.title or pair.page.url


def _sides(pair: ThenNow, marks: Sequence[str], mask: Mask, today: date) -> str:
    rows = [
        ("时间", *(f"<b>{show_moment(side.seen_at)}</b>（{_tell_clock(side)}）" for side in (pair.then, pair.now))),
        ("网址", *(show(mask(side.url), 300) for side in (pair.then, pair.now))),
        ("证据编号", *(f"证{show(mark)}" if mark else "" for mark in marks)),
        ("抓取编号", *(f'<span class="mono">{show(side.capture)}</span>' for side in (pair.then, pair.now))),
        ("来源", *(_tell_origin(side) for side in (pair.then, pair.now))),
    ]
    newest = "现在" if show_day(pair.now.seen_at) == f"{today:%Y-%m-%d}" else "最近一次抓取"
    if pair.empty is not None and pair.now is not pair.empty:
        newest = "其后读到内容的一次抓取"
    heads = (_head("当时", pair.then), _head(newest if _is_own(pair.now) else "最近一份", pair.now))
    head = f"<tr><th></th>{''.join(f'<th>{one}</th>' for one in heads)}</tr>"
    body = "".join(f"<tr><th>{name}</th><td>{then}</td><td>{now}</td></tr>" for name, then, now in rows if then or now)
    return f'<table class="sides">{head}{body}</table>'


def _head(name: str, seen: SeenVersion) -> str:
    return f"{name}（{'' if _is_own(seen) else '他人提供，所称'}{show_day(seen.seen_at)}）"


def _tell_clock(seen: SeenVersion) -> str:
    return "北京时间，抓取时间" if _is_own(seen) else "北京时间，提供人声称"


def _is_own(seen: SeenVersion) -> bool:
    return seen.origin is Origin.OWN


def _is_claimed(pair: ThenNow) -> bool:
    return not (_is_own(pair.then) and _is_own(pair.now))


def _tell_origin(seen: SeenVersion) -> str:
    return "本工具抓取" if _is_own(seen) else "他人提供的存档，时间为其声称"


def _change(difference: Difference, pair: ThenNow, mask: Mask) -> str:
    grave = difference.severity.value if difference.severity in _GRAVE and difference.quotable else ""
    clear = difference.quotable and difference.effect in (Effect.WORSE, Effect.BETTER)
    effect = f'<span class="quiet">（可能{EFFECT_WORDS[difference.effect]}）</span>' if clear else ""
    before, after = mask(difference.before)[:_LONGEST], mask(difference.after)[:_LONGEST]
    if not difference.quotable:
        return f'<section class="change"><p></p>{_apart(difference, pair, before, after)}</section>'
    head = show(mask(_tell_reason(difference)), 300)
    body = ""
    if before and after:
        alike = _is_alike(before, after)
        body = f'<div class="text">{_redline(before, after)}</div>' if alike else _sides_of(before, after)
    elif not _stands_in(before or after, head):  # what the sentence above quotes is not said twice
        body = _sides_of(before, after)
    return f'<section class="change {grave}"><p>{head}{effect}</p>{body}</section>'


def _sides_of(before: str, after: str, gone: str = "", come: str = "") -> str:
    """What was there and what came, each by itself; `gone` and `come` are said behind them."""
    told = ""
    if before:
        told += f'<div class="text">前一次有、后一次没有{gone}：<del>{show(before)}</del></div>'
    if after:
        told += f'<div class="text">后一次新出现{come}：<ins>{show(after)}</ins></div>'
    return told


def _apart(difference: Difference, pair: ThenNow, before: str, after: str) -> str:
    """A change of which a side was not to be seen: each side says for itself whether it stood on the page as text."""
    unseen = f'<span class="quiet">（{_UNSEEN}）</span>'
    sides = ((pair.then, difference.before), (pair.now, difference.after))
    seen = [look_at(side).holds(text) for side, text in sides]
    if all(shown or not text for shown, (_, text) in zip(seen, sides, strict=True)):
        seen = [False, False]  # it stands there as text too; what was compared was read elsewhere
    gone, come = ("" if shown else unseen for shown in seen)
    return _sides_of(before, after, gone, come)


def _stands_in(words: str, head: str) -> bool:
    return bool(words) and "".join(show(words).split()) in "".join(head.split())


def _redline(before: str, after: str) -> str:
    parts = []
    for run in make_redline(before, after, limit=_LIMIT).runs:
        tag = {RunKind.REMOVED: "del", RunKind.ADDED: "ins"}.get(run.kind)
        text = run.text
        if tag is None and len(text) > 2 * _AROUND + 20:
            text = f"{text[:_AROUND]} …… {text[-_AROUND:]}"
        parts.append(f"<{tag}>{show(text)}</{tag}>" if tag else show(text))
    return "".join(parts)


def _is_alike(before: str, after: str) -> bool:
    """Whether one text may be the other rewritten: a comparison pairs what stood in one place, alike or not."""
    kept = sum(len(run.text) for run in make_redline(before, after, limit=_LIMIT).runs if run.kind is RunKind.EQUAL)
    return kept >= _ALIKE * min(len(before), len(after))


def _tell_reason(difference: Difference) -> str:
    """What was changed. Which sentence became which is a guess that only the text beside it may answer."""
    if difference.change_class is ChangeClass.RULE and "改为" in difference.reason:
        return "这段文字前后不同"
    return _plain_reason(difference.reason)


def _plain_reason(reason: str) -> str:
    """What was changed, without the name of its kind and without a verdict."""
    return _RATING.sub("", _KIND.sub("", reason))
