"""Reads what a unit of a sentence speaks of, whether it says yes or no to it, and for how much of it.

The last look at changed units that no signal and no measure explains: the same act granted before and denied now, an
act that came or went, and one that is granted for less (都 → 只有, 或 → 且, 除特价外). Data: reference/stances.toml.
Takes paired units, gives findings. Pure.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from monitor.changes.entities import find_entities
from monitor.changes.entity_patterns import EntityKind
from monitor.changes.measures import Finding, UnitPair
from monitor.changes.pattern_hints import HintIndex, find_hint, index_hints
from monitor.changes.signals import find_signals, put_defects
from monitor.changes.units import Unit
from storage.model import Effect, Severity

_BEFORE, _BEHIND = 8, 8
_ALIKE_BETTER, _ALIKE_WORSE = 0.65, 0.9
_UNLESS = re.compile(r"非(?!常)|不是|不属于?|除[^,。;]{1,12}外|除了|除外|(?:没有|无)质量问题")
_GENERAL = frozenset({"handling"})
_SUBJECTS = (
    (re.compile("投诉|申诉|举报|客服|工单|消息|留言"), "channel_removed", "channel_added"),
    (
        re.compile("超过|超出|逾期|过期|过时|超时|过了|之后|以后|时效|期限|小时|[0-9一二三五七]天"),
        "window_shortened",
        "window_extended",
    ),
    (re.compile("退"), "refund_narrowed", "refund_widened"),
    (re.compile("(?<!兑)换|补"), "replacement_cut", "replacement_improved"),
)
_LATE = re.compile(r"超过|超出|逾期|过期|过时|超时|过了|以外|之后|以后")
_IN_TIME = re.compile(r"[之以]?内|之?前|未满|不满|没过|不超过")
_SELLER = re.compile("卖家|商家|店家|本店|本站|平台|客服|商户|我们|我方")
_CUT = re.compile(
    "[都均就才即则也的]|(?<![退换补赔修货款])[、并而或及]|[退换补赔修](?=[不无未没])|视为"
)  # 面值不对都补: the "not" belongs to another verb


_REASONED = re.compile(
    r"^\W*(?:客服|本店|平台|我们)?(?:须|应当?|要|并|必须|且)[^,。;]{0,3}(?:附|说明|写明|给出|告知|注明)[^,。;]{0,4}(?:理由|原因)$"
)
_SELLERS_NO = re.compile(r"不同意|驳回|拒绝|不通过|不批|未通过")
_PERHAPS = re.compile(r"(?:可能|或许|也许|偶尔)(?:会)?(?:要|需)")


@dataclass(frozen=True)
class Act:
    """One thing that a rule can speak of. `good` ones help the buyer where they are granted."""

    id: str
    zh: str
    words: re.Pattern[str]
    good: bool
    worse: tuple[str, ...]
    better: tuple[str, ...]
    narrowed: tuple[str, ...]
    severity: Severity


@dataclass(frozen=True)
class ActBook:
    """All of stances.toml."""

    acts: tuple[Act, ...]
    index: HintIndex
    marks: Mapping[str, re.Pattern[str]]


@cache
def load_acts() -> ActBook:
    """Read and compile the rows."""
    data = tomllib.loads(resources.files("monitor.reference").joinpath("stances.toml").read_text(encoding="utf-8"))
    acts = tuple(
        Act(
            row["id"], row["zh"], re.compile(row["words"]), bool(row["good"]), tuple(row["worse"]),
            tuple(row["better"]), tuple(row.get("narrowed", row["worse"])), Severity(row["severity"]),
        )
        for row in data["acts"]
    )  # fmt: skip
    marks = {name: re.compile(pattern) for name, pattern in data["marks"].items()}
    return ActBook(acts, index_hints([find_hint(act.words) for act in acts]), marks)


@lru_cache(maxsize=5_000)
def is_skipped(sentence: str) -> bool:
    """Whether a sentence is about crime, merchants or good manners: nothing in it is a right of the buyer."""
    return load_acts().marks["skipped"].search(sentence) is not None


@lru_cache(maxsize=20_000)
def read_stances(plain: str, sentence: str) -> Mapping[str, int]:
    """Acts of a unit: 1 where it is good for the buyer that they stand so, -1 where bad, 0 where both are said."""
    book = load_acts()
    found: dict[str, int] = {}
    if is_skipped(sentence) or book.marks["asked"].search(plain):
        return found
    plain, sentence = put_defects(plain), put_defects(sentence)
    revoked = book.marks["revoked"].search(plain) is not None
    text = sentence if revoked else plain  # "包赔"，现在没有了: what is revoked stands before the comma
    for place in book.index.find_places(text):
        act = book.acts[place]
        for match in act.words.finditer(text):
            head, tail = text[max(0, match.start() - _BEFORE) : match.start()], text[match.end() :][:_BEHIND]
            head = _CUT.split(head)[-1]
            denials = len(book.marks["before"].findall(head)) + bool(book.marks["behind"].search(tail))
            forbids = act.id == "duty" and match.group()[0] in "不禁严请切"
            if forbids and _SELLER.search(text[: match.start()]):
                continue  # 平台不得查看: that binds the seller
            denials = 0 if forbids else denials + revoked
            value = 1 if act.good == (denials % 2 == 0) else -1
            found[act.id] = value if found.get(act.id, value) == value else 0
    return found


def measure_breadth(plain: str) -> int:
    """How widely a unit speaks: words that take all, less twice those that leave a part."""
    marks = load_acts().marks
    return len(marks["wide"].findall(plain)) - 2 * len(marks["narrow"].findall(plain))


def compare_stances(pairs: Sequence[UnitPair]) -> list[Finding]:
    """Findings on a change of which nothing else speaks: acts that turned, came or went, or changed in breadth."""
    before, after = [old for old, _new in pairs if old], [new for _old, new in pairs if new]
    turned, moved = _compare_acts(before, after)
    if turned:
        return turned
    if len({finding.effect for finding in moved}) == 1:
        return [] if _reworded(pairs, moved[0].effect) else moved[:1]
    if moved:
        return []
    settled = find_settled(before, after) | find_shared_limits(before, after)
    return [finding for old, new in pairs if old and new for finding in _compare_scope(old, new, settled)]


def find_settled(before: Sequence[Unit], after: Sequence[Unit]) -> frozenset[str]:
    """Acts of which both wordings say what is granted and what is not: 坏的可退，其余不退 → 不退，坏的除外."""
    return find_two_sided(before) & find_two_sided(after)


def find_two_sided(units: Sequence[Unit]) -> frozenset[str]:
    """Acts that these units grant and deny both, each for something else."""
    return frozenset(act for act, (value, _unit) in gather_stances(units).items() if not value)


def _reworded(pairs: Sequence[UnitPair], effect: Effect) -> bool:
    """Whether both sides use almost the same characters: then an act that seems to have come or gone was renamed.

    Good news is doubted sooner than bad: a harm that is told in vain is looked at, one that is not told is missed.
    """
    old, new = (Counter("".join(unit.form for pair in pairs if (unit := pair[side]))) for side in (0, 1))
    said = [
        frozenset(
            signal.id for pair in pairs if (unit := pair[side]) for signal in find_signals(unit.plain, unit.sentence)
        )
        for side in (0, 1)
    ]
    if effect is Effect.BETTER and said[0] and said[0] == said[1]:
        return True
    shared, total = (old & new).total(), old.total() + new.total()
    return total > 0 and 2 * shared >= total * (_ALIKE_WORSE if effect is Effect.WORSE else _ALIKE_BETTER)


def find_shared_limits(before: Sequence[Unit], after: Sequence[Unit]) -> frozenset[str]:
    """Acts that both limit: in words of exception, or to one time (超过48小时不处理, 只处理48小时内的)."""
    return frozenset(name.split(" ")[0] for name in find_limited(before) & find_limited(after))


def _hours_in(sentence: str) -> frozenset[str]:
    return frozenset(str(entity.value) for entity in find_entities(sentence) if entity.kind is EntityKind.DURATION)


def find_limited(units: Sequence[Unit]) -> frozenset[str]:
    """Acts that are granted in some cases only, said either way: 非卡密问题不退 is 仅限卡密问题退."""
    narrow = load_acts().marks["narrow"]
    found: set[str] = set()
    for unit in units:
        stances = read_stances(unit.plain, unit.sentence)
        excepted, late, in_time = read_limits(unit.sentence) if stances else (False, False, False)
        for act, value in stances.items():
            if excepted or (value > 0 and narrow.search(unit.plain)):
                found.add(act)
            if late if value < 0 else in_time:
                found |= {f"{act} {hours}" for hours in _hours_in(unit.sentence)}
    return frozenset(found)


@lru_cache(maxsize=5_000)
def read_limits(sentence: str) -> tuple[bool, bool, bool]:
    """Whether a sentence excepts something, speaks of what is too late, of what is in time."""
    return (
        _UNLESS.search(sentence) is not None,
        _LATE.search(sentence) is not None,
        _IN_TIME.search(sentence) is not None,
    )


def _compare_acts(before: Sequence[Unit], after: Sequence[Unit]) -> tuple[list[Finding], list[Finding]]:
    """Acts that are granted on one side and denied on the other, and acts that stand on one side only."""
    old, new = gather_stances(before), gather_stances(after)
    limited = find_shared_limits(before, after)
    turned: list[Finding] = []
    moved: list[Finding] = []
    for act in load_acts().acts:
        if act.id in limited:
            continue
        was, stands = old.get(act.id), new.get(act.id)
        step = (stands[0] if stands else 0) - (was[0] if was else 0)
        if not step or (was and not was[0]) or (stands and not stands[0]):
            continue
        found = _tell(act, was[1] if was else None, stands[1] if stands else None, worse=step < 0, narrowed=False)
        (turned if was and stands else moved).append(found)
    return turned, moved


def binds_seller(unit: Unit) -> bool:
    """Whether a duty to give reasons is his who refuses: 不同意的，须附理由."""
    return _REASONED.search(unit.plain) is not None and _SELLERS_NO.search(unit.sentence) is not None


def gather_stances(units: Sequence[Unit]) -> dict[str, tuple[int, Unit]]:
    """What units together say of every act, with the unit that says it first; 0 where they say both."""
    found: dict[str, tuple[int, Unit]] = {}
    for unit in units:
        for act, value in read_stances(unit.plain, unit.sentence).items():
            if act == "duty" and (binds_seller(unit) or _PERHAPS.search(unit.plain)):
                continue
            said = found.setdefault(act, (value, unit))
            found[act] = said if said[0] == value else (0, said[1])
    return found


def _compare_scope(old: Unit, new: Unit, settled: frozenset[str]) -> list[Finding]:
    """The same act granted for less or for more."""
    book = load_acts()
    before, after = (read_stances(unit.plain, unit.sentence) for unit in (old, new))
    shared = [
        act
        for act in book.acts
        if act.id not in settled and before.get(act.id) and before.get(act.id) == after.get(act.id)
    ]
    if not shared:
        return []
    act = shared[0]
    refused = act.good and before[act.id] < 0  # 均不支持 refuses no more than 不支持
    breadths = [min(0, measure_breadth(unit.plain)) if refused else measure_breadth(unit.plain) for unit in (old, new)]
    if breadths[0] == breadths[1]:
        return []
    worse = (breadths[1] < breadths[0]) == (before[act.id] > 0)
    return [_tell(act, old, new, worse=worse, narrowed=True)]


def _kinds_of_subject(unit: Unit | None, *, worse: bool) -> str:
    """What is handled, or not: a claim that came too late, a refund, a replacement."""
    sentence = unit.sentence if unit else ""
    for words, shrunk, grown in _SUBJECTS:
        if words.search(sentence):
            return shrunk if worse else grown
    return "warranty_cut" if worse else "warranty_extended"


def _tell(act: Act, old: Unit | None, new: Unit | None, *, worse: bool, narrowed: bool) -> Finding:
    kinds = (act.narrowed if narrowed else act.worse) if worse else act.better
    if act.id in _GENERAL:
        kinds = (_kinds_of_subject(new or old, worse=worse), *kinds)
    severity = Severity.NONE if not worse else (Severity.MEDIUM if narrowed else act.severity)
    effect = Effect.WORSE if worse else Effect.BETTER
    return Finding(kinds, effect, severity, act.zh, old.plain if old else "", new.plain if new else "")
