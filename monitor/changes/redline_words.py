"""What a redline says in words: the two sides, when each text was seen, the verdict, the tags of a change. Chinese.

Pure data and sentences for the HTML and the terminal form. `show_hidden` makes every control character visible.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.change_words import CLASS_WORDS, SEVERITY_WORDS
from monitor.changes.compare import summarise_differences
from monitor.changes.kinds import load_kinds
from monitor.times import show_time
from scrapers.model import Origin
from storage.model import ChangeClass, Difference, Effect, Severity, StoredCapture

_HIDDEN_MARKS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
NOT_QUOTABLE = "隐藏文字或图片、接口数据，不作为页面展示文字引用。"
COARSE = "文本过长，只作粗略对照。"
LEGEND = "删除线为旧文，下划线为新文。本页只说明两次所见之间的差别；两次之间未观察的时段，不作推断。"
UNTIMED = "所比对的文件没有注明所见时间，何时改动无从得知。"
OTHER_PAGE = "两次抓取的地址不同：这是两个页面之间的差别，不等于同一页面被改动。"
EFFECT_WORDS = {
    Effect.WORSE: "对买家不利",
    Effect.BETTER: "对买家有利",
    Effect.MIXED: "有利有弊",
    Effect.NEUTRAL: "未见影响",
}
ASIDE = frozenset({ChangeClass.STOCK, ChangeClass.MOVED, ChangeClass.NOISE, ChangeClass.TECHNICAL})
"""Classes that are listed apart: nothing of a rule was changed."""


@dataclass(frozen=True)
class Side:
    """Where one of the two texts comes from; `seen` is a time as shown, or words that say why there is none.

    `proofs` are names and values by which the capture can be checked: digests, its place in the custody log.
    """

    name: str
    seen: str
    url: str = ""
    title: str = ""
    note: str = ""
    seen_at: datetime | None = None
    proofs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Sighting:
    """When the old text of a difference was seen last, and the new one first, each with its capture.

    `between` counts the captures that lie between the two and do not tell which text they showed.
    """

    last_before: datetime
    before_capture: str
    first_after: datetime
    after_capture: str
    between: int = 0


def side_of_capture(stored: StoredCapture) -> Side:
    """The side of a kept capture, with what proves it."""
    brought = stored.origin is Origin.IMPORTED
    shown = show_time(stored.seen_at)
    proofs = [("WARC 文件 SHA-256", stored.warc), ("清单 SHA-256", stored.manifest)]
    if stored.log_index is not None:
        proofs.append(("保管链序号", str(stored.log_index)))
    return Side(
        stored.id,
        f"{shown[:10]}（只有日期）" if stored.claims_day_only else shown,
        stored.final_url or stored.page.url,
        stored.title,
        "第三方提供，时间为其声称" if brought else "",
        stored.seen_at,
        tuple((name, value) for name, value in proofs if value),
    )


def tell_verdict(differences: Sequence[Difference]) -> str:
    """How many changes there are, and what they do to the buyer."""
    if not differences:
        return "两次所见相同，没有变化。"
    summary = summarise_differences(differences)
    counts = [
        f"{sum(one.effect is effect for one in differences)} 处{EFFECT_WORDS[effect]}"
        for effect in (Effect.WORSE, Effect.MIXED, Effect.BETTER)
        if any(one.effect is effect for one in differences)
    ]
    if not counts and any(one.change_class is ChangeClass.TECHNICAL for one in differences):
        return f"{len(differences)} 处变化；前后由不同方式读取，对买家有无影响须对照两份原文。"
    if not counts:
        return f"{len(differences)} 处变化，未见对买家的影响。"
    worst = f"最重的一处：{SEVERITY_WORDS[summary.severity]}。" if summary.severity is not Severity.NONE else ""
    return f"{len(differences)} 处变化，其中 {'，'.join(counts)}。{worst}"


def tell_sighting(sighting: Sighting | None, old: Side, new: Side) -> str:
    """Since when: between which two looks, and how long nobody looked."""
    if sighting is None:
        if old.url != new.url and old.seen_at and new.seen_at:
            return OTHER_PAGE
        if old.seen_at is None or new.seen_at is None:
            return UNTIMED
        if old.seen_at > new.seen_at:
            return f"新旧两次的先后与所给顺序相反：旧文所见 {old.seen}，新文所见 {new.seen}。"
        sighting = Sighting(old.seen_at, old.name, new.seen_at, new.name)
    gap = tell_gap(sighting.first_after - sighting.last_before)
    seen = f"{show_time(sighting.last_before)[:16]}", f"{show_time(sighting.first_after)[:16]}"
    if sighting.between:
        return (
            f"此处比对的是 {seen[0]} 与 {seen[1]} 所见，相隔{gap}；其间另有 {sighting.between} 次抓取，"
            "改动始于哪一次见变更记录与时间线。"
        )
    return (
        f"最后一次见到旧文：{seen[0]}；首次见到新文：{seen[1]}。间隔期间（{gap}）未观察，改动发生在其间何时不作推断。"
    )


def tell_gap(gap: timedelta) -> str:
    """A length of time in Chinese, as coarse as it is long."""
    minutes = int(gap.total_seconds() // 60)
    if minutes < 60:
        return f"{minutes} 分钟"
    if minutes < 48 * 60:
        return f"{minutes / 60:.1f} 小时".replace(".0 ", " ")
    return f"{minutes / 1440:.1f} 天".replace(".0 ", " ")


def tell_tags(difference: Difference) -> str:
    """Class, severity, effect and the kinds of a change."""
    marks = CLASS_WORDS[difference.change_class], SEVERITY_WORDS[difference.severity], EFFECT_WORDS[difference.effect]
    return f"{' '.join(f'[{mark}]' for mark in marks)} {tell_kinds(difference)}"


def tell_kinds(difference: Difference) -> str:
    """The kinds of a change by their Chinese names."""
    names = load_kinds()
    return "、".join(names[kind].zh if kind in names else kind for kind in difference.kinds)


def show_hidden(text: str) -> str:
    """Controls and marks that turn the direction of writing, as codes."""
    return _HIDDEN_MARKS.sub(lambda match: f"⟨U+{ord(match.group()):04X}⟩", text)
