"""What a page does all the time, learnt from its own visits: lines, shapes of lines, places and goods that come and go.

Takes the habits known so far and two readings in a row, gives the habits after them; of a difference says whether it is
one of them, with the reason to show. A line that speaks of a rule, money, a duration, a limit or a contact is never
learnt. Small and bounded: what a visit changed is one bit of a number. Pure.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from monitor.changes.clauses import Clause, split_reading
from monitor.changes.entity_patterns import EntityKind
from monitor.changes.normal_forms import compact_form, plain_line, steady_form
from monitor.changes.settle import judge_again
from monitor.changes.signals import find_signals
from monitor.changes.units import split_units
from scrapers.model import FactKind, Reading, Role
from storage.model import ChangeClass, Difference, Effect, Severity

WINDOW = 20
"""How many visits back a habit is looked for."""

_MASK = (1 << WINDOW) - 1
MOST_SLOTS = 400
_MOST_LEARNT_AT_ONCE = 150
_EXAMPLE = 40
VISITS_TO_LEARN = 12
"""So many visits a new page is watched before what says nothing of rules is confirmed: until then it waits."""

_VISITS_TO_STAY = 6
"""A line that came and went before stays only when it has not moved for so many visits."""

_LEAST = {"line": 4, "shape": 4, "place": 5, "goods": 4, "guarded": 4}
"""In how many of the last visits each kind of thing must have changed before it is called a habit."""

_WORDS = {
    "line": "轮换出现的内容",
    "shape": "计数或随机标记",
    "place": "滚动展示的区域",
    "goods": "轮换推荐的商品",
    "guarded": "反复出现的条款",
}
_ALL_GOODS = "goods:*"
_GUARDED = frozenset(
    {
        EntityKind.DURATION, EntityKind.MONEY, EntityKind.SHARE, EntityKind.DISCOUNT, EntityKind.HOURS,
        EntityKind.CONTACT, EntityKind.AUTHORITY, EntityKind.REGISTRATION, EntityKind.DATE,
    }
)  # fmt: skip
_LIMIT = re.compile(
    r"限购|限量|限时|限制|每(?:人|单|户|账号|id|ip)|最[多少高低大小]|至[多少]|不(?:超过|少于|足|低于)|起[购批订售]|上限|下限"
    r"|有效期|过期|失效|质保|保修|售后|退|换|补|赔|投诉|客服|官网|域名|网址|停|关闭|搬|跑路"
    r"|不(?:予|再|得|支持|负责|接受|提供|承担|受理|保证)|禁止|严禁|作废|冻结|封(?:号|禁)|没收|清零|转让|转卖|自备"
    r"|(?:收款|支付|账[户号])\S{0,8}(?:变更|更换|改)|只(?:接受|支持|收)|仅(?:限|支持|接受|收)|同意|视为|收集|隐私"
)
_STARRED = re.compile(r"\S?\*+\S?")
_LABEL = re.compile(r"([^\s:,。;]{2,12}\s?:)(?=.)")
_DIGITS = re.compile(r"\d+")
_MIXED = re.compile(r"(?=[0-9a-z#_-]*[a-z])(?=[0-9a-z#_-]*#)[0-9a-z#_-]{2,}|[a-z]{24,}")
_SHAPED = (ChangeClass.WORDING, ChangeClass.RULE, ChangeClass.MOVED, ChangeClass.NOISE)
_GOODS = frozenset({"product_added", "product_removed"})


@dataclass(frozen=True)
class Slot:
    """One thing that changed before. Bit n of `bits` is set when it changed n visits before visit `at`."""

    kind: str
    bits: int
    at: int
    example: str

    def times(self, visit: int, window: int = WINDOW) -> int:
        """In how many of the last `window` visits it changed."""
        return ((self.bits << max(0, visit - self.at)) & ((1 << min(window, WINDOW)) - 1)).bit_count()


@dataclass(frozen=True)
class Habits:
    """What is known of a page after so many visits."""

    visits: int = 0
    slots: Mapping[str, Slot] = field(default_factory=dict)
    blinks: int = 0  # bits: visits in which something blinked
    on_budget: bool = False
    language: str = ""  # the one that the page answers in
    other_language: str = ""  # another one, in which it answered last
    other_run: int = 0  # how many times in a row

    def learnt(self) -> tuple[tuple[Slot, int], ...]:
        """What is a habit now, each with how often it changed, the most restless first."""
        found = [(slot, slot.times(self.visits)) for slot in self.slots.values() if slot.kind in _LEAST]
        return tuple(sorted((pair for pair in found if pair[1] >= _LEAST[pair[0].kind]), key=lambda pair: -pair[1]))


def learn_visit(habits: Habits, before: Reading, after: Reading, *, role: Role) -> Habits:
    """The habits after a visit that showed `after` where the last one showed `before`."""
    visit = habits.visits + 1
    if before is after or (before.blocks == after.blocks and before.facts == after.facts and before.text == after.text):
        return replace(habits, visits=visit)
    old, new = split_reading(before, role=role), split_reading(after, role=role)
    changed: dict[str, tuple[str, str]] = {}
    for clause in _changed_clauses(old, new):
        if is_guarded(clause.text):
            changed.setdefault(_key("guarded", clause.steady), ("guarded", clause.text))
            continue
        for key, kind in _keys_of_line(clause.text):
            changed.setdefault(key, (kind, clause.text))
    changed |= _changed_places(old, new)
    changed |= _changed_goods(_goods(before), _goods(after), role)
    slots = dict(habits.slots)
    for key, (kind, example) in list(changed.items())[:_MOST_LEARNT_AT_ONCE]:
        known = slots.pop(key, None)
        bits = (known.bits << (visit - known.at)) & _MASK if known else 0
        slots[key] = Slot(kind, bits | 1, visit, example[:_EXAMPLE])
    while len(slots) > MOST_SLOTS:  # those that changed last stand last
        del slots[next(iter(slots))]
    return replace(habits, visits=visit, slots=slots)


def tell_habits(
    habits: Habits, differences: Sequence[Difference], before: Reading, after: Reading, *, role: Role
) -> tuple[Difference, ...]:
    """The differences, with what is a habit of the page taken out and told as noise, with its reason."""
    if not habits.slots or not differences:
        return tuple(differences)
    places = _Places(split_reading(before, role=role), split_reading(after, role=role))
    told: list[Difference] = []
    for difference in differences:
        told += _tell_one(habits, difference, places)
    return tuple(told)


def is_unsteady(habits: Habits, difference: Difference) -> bool:
    """Whether a line of it came and went before, not long ago: whether it stays cannot be said yet."""
    keys = [_key("line", steady_form(line)) for line in _lines(difference)]
    slots = [habits.slots[key] for key in keys if key in habits.slots]
    return any(slot.times(habits.visits) > 1 and habits.visits - slot.at < _VISITS_TO_STAY for slot in slots)


@lru_cache(maxsize=20_000)
def is_guarded(text: str) -> bool:
    """Whether a text speaks of what is never noise: a rule, money, a duration, a share, a limit, a contact, a date."""
    if _LIMIT.search(plain_line(text)):
        return True
    return any(
        any(entity.kind in _GUARDED for entity in unit.entities) or find_signals(unit.plain, unit.sentence)
        for unit in split_units(text)
    )


def may_be_noise(difference: Difference) -> bool:
    """Whether a difference may be called noise at all: it does nothing to the buyer and says nothing guarded."""
    if difference.effect is not Effect.NEUTRAL or difference.severity.rank > Severity.LOW.rank:
        return False
    if _GOODS & set(difference.kinds):
        return True
    if difference.change_class not in _SHAPED or "#" in difference.subject or not difference.quotable:
        return False
    return not any(is_guarded(line) for line in _lines(difference))


def make_noise(difference: Difference, kind: str, reason: str) -> Difference:
    """The difference as noise of a kind: kept, and shown to whoever asks for it."""
    return replace(
        difference, change_class=ChangeClass.NOISE, severity=Severity.NONE, effect=Effect.NEUTRAL, kinds=(kind,),
        reason=reason,
    )  # fmt: skip


class _Places:
    """Where each line of two readings stands."""

    def __init__(self, *readings: Sequence[Clause]) -> None:
        self._keys: dict[str, str] = {}
        for clause in (clause for clauses in readings for clause in clauses):
            self._keys.setdefault(clause.steady, _place_key(clause))

    def key_of(self, line: str) -> str:
        """The place's key, "" for a line that stands in no clause."""
        return self._keys.get(steady_form(line), "")


def _tell_one(habits: Habits, difference: Difference, places: _Places) -> list[Difference]:
    if difference.effect is not Effect.NEUTRAL or difference.severity.rank > Severity.LOW.rank:
        return [_with_remark(habits, difference)]
    if _GOODS & set(difference.kinds):
        slot = _learnt(habits, [_key("goods", difference.subject), _ALL_GOODS])
        return [make_noise(difference, "page_habit", _reason(habits, slot))] if slot else [difference]
    if difference.change_class not in _SHAPED or "#" in difference.subject:
        return [difference]
    sides: list[list[str]] = [[], []]
    found: Slot | None = None
    for side, text in enumerate((difference.before, difference.after)):
        for line in text.splitlines():
            slot = None if is_guarded(line) else _learnt(habits, _keys_to_ask(line, places))
            if slot is None and steady_form(line):
                sides[side].append(line)
            found = found or slot
    if found is None:
        return [_with_remark(habits, difference)]
    noise = make_noise(difference, "page_habit", _reason(habits, found))
    if not sides[0] and not sides[1]:
        return [noise]
    rest = judge_again(difference, "\n".join(sides[0]), "\n".join(sides[1]))
    return [rest, noise]


def _with_remark(habits: Habits, difference: Difference) -> Difference:
    """A rule that comes and goes time and again is told each time, with the remark that it does."""
    lines = _lines(difference) if "#" not in difference.subject else []
    slot = _learnt(habits, [_key("guarded", steady_form(line)) for line in lines])
    if slot is None:
        return difference
    times, window = slot.times(habits.visits), min(habits.visits, WINDOW)
    remark = f"（该内容在本页最近{window}次抓取中出现或消失{times}次，页面可能在几种版本间轮换）"
    return replace(difference, reason=difference.reason + remark)


def _keys_to_ask(line: str, places: _Places) -> list[str]:
    keys = [key for key, _ in _keys_of_line(line)]
    place = places.key_of(line)
    return [*keys, place] if place else keys


def _learnt(habits: Habits, keys: Iterable[str]) -> Slot | None:
    for key in keys:
        slot = habits.slots.get(key)
        if slot is not None and slot.times(habits.visits) >= _LEAST.get(slot.kind, WINDOW + 1):
            return slot
    return None


def _reason(habits: Habits, slot: Slot) -> str:
    window = min(habits.visits, WINDOW)
    return (
        f"本页最近{window}次抓取中，这类内容变动了{slot.times(habits.visits)}次（{_WORDS[slot.kind]}，例如“{slot.example}”），"
        "按本页自身的历史视为噪声；涉及条款、价格、期限、限购的内容不在此列"
    )


def _changed_clauses(old: Sequence[Clause], new: Sequence[Clause]) -> list[Clause]:
    """Clauses that stand on one side only and may be learnt."""
    before, after = Counter(clause.steady for clause in old), Counter(clause.steady for clause in new)
    gone, come = before - after, after - before
    found = [clause for clause in old if clause.steady in gone] + [clause for clause in new if clause.steady in come]
    # a line of which only the counter moves differs in its compact form alone: it is no habit, the ladder knows it
    return [clause for clause in found if clause.steady]


def _changed_goods(old: frozenset[str], new: frozenset[str], role: Role) -> dict[str, tuple[str, str]]:
    """Goods that came or went; on the page of one product others that come while others go are a recommendation."""
    changed = {_key("goods", name): ("goods", name) for name in sorted(old ^ new)}
    if role is Role.PRODUCT and old - new and new - old and old & new:
        changed[_ALL_GOODS] = ("goods", "、".join(sorted(old ^ new)))
    return changed


def _changed_places(old: Sequence[Clause], new: Sequence[Clause]) -> dict[str, tuple[str, str]]:
    """Places of which at least half was replaced, none of it guarded."""
    places: dict[str, tuple[list[Clause], list[Clause]]] = {}
    for side, clauses in enumerate((old, new)):
        for clause in clauses:
            places.setdefault(_place_key(clause), ([], []))[side].append(clause)
    changed: dict[str, tuple[str, str]] = {}
    for key, (before, after) in places.items():
        moved = _changed_clauses(before, after)
        most = max(len(before), len(after))
        if before and after and len(moved) >= most and not any(is_guarded(one.text) for one in (*before, *after)):
            name = " › ".join(after[0].heading) or after[0].text
            changed[key] = ("place", name)
    return changed


def _keys_of_line(text: str) -> list[tuple[str, str]]:
    return [(_key("line", steady_form(text)), "line"), *((_key("shape", shape), "shape") for shape in _shapes_of(text))]


def _shapes_of(text: str) -> list[str]:
    """The line with numbers, tokens and masked names taken out, and the label that it fills in, where it has them."""
    plain = plain_line(text)
    shape = _MIXED.sub("@", _DIGITS.sub("#", _STARRED.sub("※", plain)))
    label = _LABEL.match(plain)
    return ([shape] if shape != plain else []) + ([label.group(1)] if label else [])


def _place_key(clause: Clause) -> str:
    return _key("place", "\0".join((clause.kind, clause.subject, clause.source, *map(compact_form, clause.heading))))


def _key(kind: str, content: str) -> str:
    return f"{kind}:{hashlib.sha256(content.encode('utf-8', 'replace')).hexdigest()[:16]}"


def _goods(reading: Reading) -> frozenset[str]:
    return frozenset(fact.subject for fact in reading.facts if fact.subject and fact.kind is FactKind.NAME)


def _lines(difference: Difference) -> list[str]:
    return [line for text in (difference.before, difference.after) for line in text.splitlines()]
