"""Rules that stay in a page's code and are taken from the visitor's eyes, or struck out; and those shown again.

The wording is the same, so nothing else speaks of it. Only what no fold explains counts: a tab, a pop-up or an
accordion that is open at one visit and closed at the next changes nothing. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from monitor.changes.align import Aligned
from monitor.changes.assess import Judgement, judge_texts
from monitor.changes.clauses import Clause
from monitor.changes.normal_forms import compact_form
from scrapers.model import STRUCK, STYLESHEET, Source
from storage.model import ChangeClass, Difference, Effect, Severity

VISIBILITY_KINDS = frozenset({"rule_hidden", "burden_hidden", "rule_struck", "rule_shown_again"})
_MAXIMUM_TOLD = 30
_SHOWN = (Source.TEXT, Source.POPUP)
_LESS = {
    Severity.CRITICAL: Severity.HIGH,
    Severity.HIGH: Severity.MEDIUM,
    Severity.MEDIUM: Severity.LOW,
    Severity.LOW: Severity.LOW,
    Severity.NONE: Severity.LOW,
}
_CAUSES = {"colour": "文字与背景同色", "off-screen": "被移出可见区域", STYLESHEET: "由样式表隐藏"}
_QUOTED = 40
_STRUCK_INSIDE = re.compile(r"~~([^~\n]{4,300})~~|<(?:del|s|strike)>([^<\n]{4,300})</(?:del|s|strike)>", re.IGNORECASE)
_RULE_WORDS = re.compile("[退换補补赔賠保修]|不|须|需|限|客服|投诉|送|免")


def compare_visibility(pairs: Sequence[Aligned], before: Sequence[Clause], after: Sequence[Clause]) -> list[Difference]:
    """What is not seen any more, and what is seen again, each once; a text that still stands in sight is neither."""
    hidden = [pair for pair in pairs if hides(pair)]
    shown = [pair for pair in pairs if shows_again(pair)]
    inside = [found for pair in pairs for found in _tell_struck_inside(pair)]
    if not hidden and not shown:
        return _bound(inside)
    in_sight = [{clause.steady for clause in side if clause.in_sight} for side in (before, after)]
    told = [
        _tell_hidden(pair.before, pair.after)
        for pair in hidden
        if pair.before and pair.after and pair.after.steady not in in_sight[1]
    ]
    told += [
        _tell_shown(pair.before, pair.after)
        for pair in shown
        if pair.before and pair.after and pair.before.steady not in in_sight[0]
    ]
    return _bound([*told, *inside])


def _tell_struck_inside(pair: Aligned) -> list[Difference]:
    """Words of a clause that stays which are struck out now, or were and are not any more."""
    old, new = pair.before, pair.after
    if old is None or new is None or old.text == new.text or not any(map(_has_strike, (old.text, new.text))):
        return []
    spans = [_find_struck(clause.text) for clause in (old, new)]
    told = []
    for form, words in spans[1].items():
        if form not in spans[0] and form in old.compact:
            gone = judge_texts(words, "")
            effect, severity, kinds, tail = _weigh_hidden(gone, struck=True)
            added = gone.kinds if gone.effect is not Effect.NEUTRAL else ()
            reason = f"该条款中的“{_short(words)}”仍在网页上，但已被划去{tail}"
            told.append(_difference(old, new, (*kinds, *added), effect, severity, reason))
    for form, words in spans[0].items():
        if form not in spans[1] and form in new.compact:
            come = judge_texts("", words)
            effect = Effect.BETTER if come.effect is Effect.BETTER else Effect.NEUTRAL
            reason = f"此前被划去的“{_short(words)}”恢复{'，对买家有利' if effect is Effect.BETTER else ''}"
            told.append(_difference(old, new, ("rule_shown_again",), effect, Severity.NONE, reason))
    return told


def _has_strike(text: str) -> bool:
    return "~~" in text or "</" in text


def _find_struck(text: str) -> dict[str, str]:
    """What is struck out inside a text, by its compact form; a price is no rule."""
    found = (next(filter(None, match.groups())) for match in _STRUCK_INSIDE.finditer(text))
    return {compact_form(words): words for words in found if _RULE_WORDS.search(words)}


def hides(pair: Aligned) -> bool:
    """Whether what was seen is concealed now."""
    return pair.before is not None and pair.after is not None and _differ(pair.before, pair.after)


def shows_again(pair: Aligned) -> bool:
    """Whether what was concealed is seen now."""
    return pair.before is not None and pair.after is not None and _differ(pair.after, pair.before)


def _differ(seen: Clause, concealed: Clause) -> bool:
    if not seen.in_sight or not concealed.concealed:
        return False
    # a pop-up that did not come this time is no change of the page: its markup must say that it is concealed
    return seen.source is Source.TEXT or concealed.concealed != STYLESHEET


def _tell_hidden(before: Clause, after: Clause) -> Difference:
    struck = after.concealed == STRUCK
    gone = judge_texts(before.text, "")
    effect, severity, kinds, tail = _weigh_hidden(gone, struck=struck)
    cause = _CAUSES.get(after.concealed, after.concealed)
    said = "该条款仍在网页上，但已被划去" if struck else f"该条款仍在网页代码中，但页面上不再显示（{cause}）"
    return _difference(before, after, kinds, effect, severity, f"{said}：“{_short(before.text)}”{tail}")


def _weigh_hidden(gone: Judgement, *, struck: bool) -> tuple[Effect, Severity, tuple[str, ...], str]:
    """What the loss of sight does, by what the loss of the rule would do: a right is half gone, a burden is a trap."""
    kind = "rule_struck" if struck else "rule_hidden"
    if gone.effect in (Effect.WORSE, Effect.MIXED):
        severity = _LESS[gone.severity]
        if gone.effect is Effect.MIXED and not struck:
            return Effect.WORSE, max(severity, Severity.MEDIUM, key=_rank), (kind, "burden_hidden"), "，对买家不利"
        return gone.effect, severity, (kind,), "，对买家不利"
    if gone.effect is Effect.BETTER and not struck:
        return Effect.WORSE, Severity.MEDIUM, ("burden_hidden", kind), "，对买家的限制不再明示，对买家不利"
    if gone.effect is Effect.BETTER:
        return Effect.BETTER, Severity.NONE, (kind,), "，对买家有利"
    return Effect.NEUTRAL, Severity.LOW, (kind,), ""


def _tell_shown(before: Clause, after: Clause) -> Difference:
    come = judge_texts("", after.text)
    better = come.effect is Effect.BETTER
    effect, tail = (Effect.BETTER, "，对买家有利") if better else (Effect.NEUTRAL, "")
    severity = Severity.LOW if come.effect in (Effect.WORSE, Effect.MIXED) else Severity.NONE
    said = "此前被划去的条款恢复" if before.concealed == STRUCK else "此前只在网页代码中、不显示的条款，现在页面上显示"
    return _difference(before, after, ("rule_shown_again",), effect, severity, f"{said}：“{_short(after.text)}”{tail}")


def _difference(
    before: Clause, after: Clause, kinds: tuple[str, ...], effect: Effect, severity: Severity, reason: str
) -> Difference:
    subject = " ".join(part for part in (after.subject, after.name) if part)
    quotable = all(clause.source in _SHOWN for clause in (before, after))
    return Difference(
        ChangeClass.RULE, severity, effect, kinds, subject, before.text, after.text, reason, quotable=quotable
    )


def _bound(told: list[Difference]) -> list[Difference]:
    """The gravest; how many more there are is said with the last."""
    if len(told) <= _MAXIMUM_TOLD:
        return told
    told.sort(key=lambda one: -one.severity.rank)
    last = told[_MAXIMUM_TOLD - 1]
    rest = len(told) - _MAXIMUM_TOLD
    told[_MAXIMUM_TOLD - 1] = Difference(
        last.change_class, last.severity, last.effect, last.kinds, last.subject, last.before, last.after,
        f"{last.reason}（另有{rest}条同样处理）", last.quotable,
    )  # fmt: skip
    return told[:_MAXIMUM_TOLD]


def _rank(severity: Severity) -> int:
    return severity.rank


def _short(text: str) -> str:
    return text if len(text) <= _QUOTED else text[: _QUOTED - 1] + "…"
