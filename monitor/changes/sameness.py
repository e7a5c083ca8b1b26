"""Says how likely two wordings mean the same: a small linear model over what a rewording keeps and a change does not.

Takes the units that changed on both sides, gives a chance. It knows no rule and no formula: it counts what is carried
over (words, measures, acts, parties) and what is not (a "not", an "only", a start, one spot replaced in the same
words). Asked last, it takes back a verdict only where the rules found nothing they can measure. Weights:
monitor/reference/sameness.toml, taught by `monitor.changes.train_sameness`. Pure and repeatable.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from rapidfuzz.distance import Indel

from monitor.changes.entities import Entity, find_entities
from monitor.changes.entity_patterns import EntityKind
from monitor.changes.exceptions import find_exception
from monitor.changes.measures import Finding, UnitPair, find_events, pair_measures
from monitor.changes.signals import find_signals, put_defects
from monitor.changes.stances import gather_stances
from monitor.changes.units import Unit, canonical_form, pair_units
from storage.model import Effect

_MOST_CHARACTERS = 1_200
_MOST_UNITS = 40
_BY_TEXT = frozenset({EntityKind.CONTACT, EntityKind.REGISTRATION, EntityKind.AUTHORITY, EntityKind.DATE})
_MEASURE = re.compile("<[^>]*>")
_IDLE = re.compile(
    r"[的了就都也则将会可以能还是有被把由其之所而且并及或和与在于对为向给到从这那该此些者时候上下里中内个已经再又即便均皆请"
    r"您你我们本店家买卖商平台用户客顾消费人\W_]"
)
_NOT = re.compile(
    r"除非|除(?!非)[^,。;]{1,16}?外|除了|除外|例外|没有|不(?!超过|少于|多于|晚于|迟于|低于|高于|早于)|没|未|无(?!论)|非(?!常)|勿|别(?=[^的人处])|拒|禁"
)
_ANY = re.compile("任一|任何一|之一|或|任意|择一|任选")
_BOTH = re.compile("同时|以及|和|与|及|且")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_COUNTED = {
    "only": re.compile("只|仅|限|才|方可|方能|唯"),
    "tied": re.compile("须|需|必须|凭|提供|出示|前提|条件|满足|如果|若|但|同时|且"),
    "must": re.compile("应当|应|须|必须|必定|一定|务必|保证|负责"),
    "may": re.compile("可以|可|能|有权|允许|支持|得(?=[^到了])"),
    "soft": re.compile("尽量|尽力|酌情|视情况|协助|原则上|一般|建议|最好|可能"),
    "whole": re.compile("全部|全额|一律|任何|所有|均|都|概|随时|无论"),
    "money": re.compile("费|钱|元|款|价"),
}
_MENTIONED = {
    "buyer": re.compile("买家|用户|客户|顾客|消费者|您|你|会员|买方|乙方"),
    "seller": re.compile("卖家|商家|店家|店主|本店|本站|小店|我们|我方|平台|客服|商城|甲方|卖方"),
    "part": re.compile("一半|半(?![小个天年月])|部分|差额|折|其中|随机"),
    "within": re.compile("[之以]?内"),
    "beyond": re.compile("[之以]?后|超过|逾期|过了"),
    "ahead": re.compile("[之以]?前"),
    "wide": re.compile("全国|全场|全程|全天|全年|全部|全额|所有|任何|任意|不限|随时|永久|终身"),
    "others": re.compile("人工|智能|机器人|第三方|厂商|官方|法院|上家|上游|号主|原主"),
    "harsh": re.compile(
        "拉黑|罚(?!款单)|没收|封号|封停|收回|作废|清零|终止|不管(?!是|什么|怎|在|您|你|有)|更?换[^,。;]{0,3}失效|取消[^,。;]{0,4}资格"
    ),
    "too": re.compile("亦同|同样|也一样|亦然|一视同仁"),
    "himself": re.compile("自行|自己|自负|自理|自担"),
}
_DENIED = re.compile(
    r"(?:不再|不予|不能够?|不可以?|不得|不会|无法|没有|不|没|无|未)(?:得|以|再|给|予|被|能)?([\u4e00-\u9fff]{2})"
)
_ACT_DENIED = re.compile("(?:不|没得|无法)(?:予|再|能|给|可|会|支持)?([退换补赔撤保修管])")
_LISTED = re.compile(r"[、/]")
_LONGEST_ITEM, _LEAST_LIST = 8, 3
_NEAR = 0.6
_FEW = 2
_LEAST_ALIKE, _LEAST_COVERED = 0.4, 0.35
_MANY, _SURE, _LEAST_RETOLD = 3, 0.8, 0.2
"""Where so many units of both sides were said anew and all else speaks for it, few of the words need be the same: of an
author who retold whole paragraphs 30 of 54 were known with it and 19 without it, of his 72 changes two both times."""
_MOST = 3
_NAMED = frozenset({"联系方式", "主体信息", "新域名"})
"""Topics of findings that name who can be reached: a way that is gone is gone in any words."""


@dataclass(frozen=True)
class Sameness:
    """The model: what every trait weighs, and how sure it must be to take back a verdict, by the effect told."""

    bias: float
    weights: Mapping[str, float]
    needed: Mapping[Effect, float]


@cache
def load_sameness() -> Sameness:
    """Read the weights."""
    text = resources.files("monitor.reference").joinpath("sameness.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    weights = {str(name): float(weight) for name, weight in data["weights"].items()}
    needed = {Effect(name): float(chance) for name, chance in data["needed"].items()}
    return Sameness(float(data["bias"]), weights, needed)


def means_the_same(effect: Effect, findings: Sequence[Finding], before: Sequence[Unit], after: Sequence[Unit]) -> bool:
    """Whether a verdict on these units is to be taken back: they say in other words what they said."""
    model = load_sameness()
    if effect not in model.needed:
        return False
    if any(finding.exact or finding.verb or finding.topic in _NAMED for finding in findings):
        return False  # a measure that moved, the other party in the same words, a way to reach somebody
    if not before or not after or max(len(before), len(after)) > _MOST_UNITS:
        return False
    if sum(len(unit.plain) for unit in (*before, *after)) > _MOST_CHARACTERS:
        return False
    traits = read_traits(before, after)
    chance = weigh_traits(traits)
    return chance >= model.needed[effect] and not is_plain_change(traits, chance)


def is_plain_change(traits: Mapping[str, float], chance: float) -> bool:
    """Whether one trait alone says that something was changed, however alike the rest is."""
    retold = chance >= _SURE and min(traits["units_old"], traits["units_new"]) >= _MANY
    return (
        traits["alike"] < (_LEAST_RETOLD if retold else _LEAST_ALIKE)
        or traits["cover_least"] < (_LEAST_RETOLD if retold else _LEAST_COVERED)
        or bool(traits["start_other"] or traits["near_turned"] or (traits["word_turned"] and traits["not_odd"]))
        or bool(traits["harsh_one"] or traits["act_denied"])
        or bool(traits["wide_one"] and traits["measure_come"] and not retold)
        or bool(traits["exception_one"] and traits["too_one"])
        or bool((traits["put_in"] or traits["taken_out"]) and traits["cover_least"] < _NEAR)
        or bool(traits["item_gone"]) != bool(traits["item_come"])
    )


def weigh_traits(traits: Mapping[str, float]) -> float:
    """The chance that both sides say the same."""
    model = load_sameness()
    score = model.bias + sum(model.weights.get(name, 0.0) * value for name, value in traits.items())
    return 1 / (1 + math.exp(-score))


def read_traits(before: Sequence[Unit], after: Sequence[Unit]) -> dict[str, float]:
    """What was carried over and what was not, as numbers with names."""
    pairs = pair_units(before, after)
    return (
        _read_words(before, after)
        | _read_measures(before, after, pairs)
        | _read_marks(before, after)
        | _read_rights(before, after)
        | _read_edits(before, after, pairs)
    )


def _read_words(before: Sequence[Unit], after: Sequence[Unit]) -> dict[str, float]:
    """How many of the words of one side stand on the other, and how many are new."""
    texts = [[_words_of(unit.form) for unit in side] for side in (before, after)]
    old, new = (Counter("".join(side)) for side in texts)
    whole = [Counter(_words_of(canonical_form(_sentences_of(side)))) for side in (before, after)]
    kept = [sum(count for char, count in own.items() if char in whole[1 - side]) for side, own in enumerate((old, new))]
    sizes = [old.total(), new.total()]
    covers = [one / max(1, size) for one, size in zip(kept, sizes, strict=True)]
    twos = [Counter(text[at : at + 2] for text in side for at in range(len(text) - 1)) for side in texts]
    rests = [math.log1p(size - one) for one, size in zip(kept, sizes, strict=True)]
    logs = [math.log1p(size) for size in sizes]
    return {
        "cover_old": covers[0],
        "cover_new": covers[1],
        "cover_least": min(covers),
        "alike": 2 * (old & new).total() / max(1, sum(sizes)),
        "pairs_alike": 2 * (twos[0] & twos[1]).total() / max(1, twos[0].total() + twos[1].total()),
        "rest_old": rests[0],
        "rest_new": rests[1],
        "rest_apart": abs(rests[0] - rests[1]),
        "size_old": logs[0],
        "size_new": logs[1],
        "size_apart": abs(logs[0] - logs[1]),
        "put_in": float(rests[1] > 1.6 and rests[0] < 0.7),
        "taken_out": float(rests[0] > 1.6 and rests[1] < 0.7),
        "number_apart": _cap(len(_numbers_of(before) ^ _numbers_of(after))),
    }


def _read_measures(before: Sequence[Unit], after: Sequence[Unit], pairs: Sequence[UnitPair]) -> dict[str, float]:
    """Measures that went, came and stayed, and starts from which a time runs."""
    own = [frozenset(_name(entity) for unit in side for entity in unit.entities) for side in (before, after)]
    said = [frozenset(map(_name, find_entities(_sentences_of(side)))) for side in (before, after)]
    gone, come = len(own[0] - said[1]), len(own[1] - said[0])
    events = [frozenset(event for unit in side for event in find_events(unit.plain)) for side in (before, after)]
    return {
        "measure_gone": _cap(gone),
        "measure_come": _cap(come),
        "measure_other": _cap(min(gone, come)),
        "measure_kept": float(bool(own[0] & own[1])),
        "measure_moved": _cap(sum(len(pair_measures(old, new)) for old, new in pairs if old and new)),
        "start_other": float(bool(events[0] - events[1] and events[1] - events[0])),
        "start_one": float(bool(events[0]) != bool(events[1])),
    }


def _read_marks(before: Sequence[Unit], after: Sequence[Unit]) -> dict[str, float]:
    """Small words that turn, tie, bind or free."""
    nots = [sum(map(_count_nots, side)) for side in (before, after)]
    found = {
        "not_odd": float((nots[0] - nots[1]) % 2),
        "not_more": _cap(abs(nots[0] - nots[1])),
        "not_one": float(bool(nots[0]) != bool(nots[1])),
    }
    for name, words in _COUNTED.items():
        counts = [_count(words, side) for side in (before, after)]
        found[f"{name}_up"], found[f"{name}_down"] = _cap(counts[1] - counts[0]), _cap(counts[0] - counts[1])
        found[f"{name}_one"] = float(bool(counts[0]) != bool(counts[1]))
    for name, words in _MENTIONED.items():
        found[f"{name}_one"] = float(bool(_count(words, before)) != bool(_count(words, after)))
    forms = ["".join(unit.form for unit in side) for side in (before, after)]
    one_of, all_of = ([bool(_count(words, side)) for side in (before, after)] for words in (_ANY, _BOTH))
    found["joined_other"] = float(any(one_of[side] and not one_of[1 - side] and all_of[1 - side] for side in (0, 1)))
    found["and_apart"] = float(min(2, abs(forms[0].count("和") - forms[1].count("和"))))
    found["or_apart"] = float(min(2, abs(forms[0].count("或") - forms[1].count("或"))))
    said = [" ".join(unit.plain for unit in side) for side in (before, after)]
    found["word_turned"] = _cap(sum(_count_turned(said[side], said[1 - side]) for side in (0, 1)))
    found["act_denied"] = _cap(sum(_count_denied_acts(said[side], said[1 - side]) for side in (0, 1)))
    found["item_gone"], found["item_come"] = (_count_missing(before, said[1]), _count_missing(after, said[0]))
    excepted = [any(find_exception(unit.plain) for unit in side) for side in (before, after)]
    found["exception_one"] = float(excepted[0] != excepted[1])
    return found


def _read_rights(before: Sequence[Unit], after: Sequence[Unit]) -> dict[str, float]:
    """Acts and signals of both sides."""
    old, new = gather_stances(before), gather_stances(after)
    shared = old.keys() & new.keys()
    signals = [
        frozenset(signal.id for unit in side for signal in find_signals(unit.plain, unit.sentence))
        for side in (before, after)
    ]
    return {
        "act_turned": float(sum(old[act][0] != new[act][0] for act in shared)),
        "act_gone": _cap(len(old.keys() - new.keys())),
        "act_come": _cap(len(new.keys() - old.keys())),
        "act_kept": _cap(sum(old[act][0] == new[act][0] for act in shared)),
        "signal_gone": _cap(len(signals[0] - signals[1])),
        "signal_come": _cap(len(signals[1] - signals[0])),
        "signal_kept": _cap(len(signals[0] & signals[1])),
    }


def _read_edits(before: Sequence[Unit], after: Sequence[Unit], pairs: Sequence[UnitPair]) -> dict[str, float]:
    """How the units lie to each other: a rewording touches all of a clause, a change one spot of it."""
    both = [(old, new) for old, new in pairs if old and new]
    near = [
        (old, new)
        for old, new in both
        if Indel.normalized_similarity(old.form, new.form) >= _NEAR
        and (len(_NOT.findall(old.plain)) - len(_NOT.findall(new.plain))) % 2
    ]
    nots = sum(map(_count_nots, before)) - sum(map(_count_nots, after))
    spots = [_measure_spot(old.plain, new.plain) for old, new in both]
    return {
        "units_old": float(min(6, len(before))),
        "units_new": float(min(6, len(after))),
        "units_apart": float(abs(min(6, len(before)) - min(6, len(after)))),
        "lone_old": float(min(4, sum(new is None for _old, new in pairs))),
        "lone_new": float(min(4, sum(old is None for old, _new in pairs))),
        "alone": float(len(before) == len(after) == 1),
        "spot_replaced": float(any(spot == "replaced" for spot in spots)),
        "spot_put_in": float(any(spot == "put in" for spot in spots)),
        "spot_taken_out": float(any(spot == "taken out" for spot in spots)),
        "near_turned": float(bool(near) and bool(nots % 2 or any(_is_spot(old, new) for old, new in near))),
        "in_order": max((Indel.normalized_similarity(old.form, new.form) for old, new in both), default=0.0),
        "all_in_order": Indel.normalized_similarity(*("".join(u.form for u in side) for side in (before, after))),
    }


def _measure_spot(old: str, new: str) -> str:
    """What became of the one spot in which two texts differ, "" where they differ in more or nearly all."""
    shared = min(len(old), len(new))
    start = next((place for place in range(shared) if old[place] != new[place]), shared)
    rest = shared - start
    end = next((place for place in range(rest) if old[-1 - place] != new[-1 - place]), rest)
    if 2 * (start + end) < max(len(old), len(new)):
        return ""
    if start + end == len(old):
        return "put in"
    return "taken out" if start + end == len(new) else "replaced"


def _count_turned(one: str, other: str) -> int:
    """Words that one text denies and the other says without a "not"."""
    return sum(word in _DENIED.sub("", other) for word in set(_DENIED.findall(put_defects(one))))


def _count_denied_acts(one: str, other: str) -> int:
    """Acts that one text only denies and the other only grants: 能撤单 → 一律不撤."""
    one, other = put_defects(one), put_defects(other)
    return sum(
        act in other and act not in _ACT_DENIED.sub("", one) and act not in _ACT_DENIED.findall(other)
        for act in set(_ACT_DENIED.findall(one))
    )


def _count_missing(units: Sequence[Unit], other: str) -> float:
    """Things that a list of one side names and the other side does not."""
    missing = 0
    for unit in units:
        items = _LISTED.split(unit.plain)
        if len(items) >= _LEAST_LIST:
            items[0] = items[0].rsplit(":", 1)[-1]
            missing += sum(_is_missing(item.strip(), other) for item in items)
    return _cap(missing)


def _is_missing(item: str, other: str) -> bool:
    """Whether less than half of the characters of a short item stand in a text."""
    if not 1 < len(item) <= _LONGEST_ITEM or item in other:
        return False
    return item.isdigit() or 2 * sum(char in other for char in item) <= len(item)


def _is_spot(old: Unit, new: Unit) -> bool:
    """Whether two units differ in a spot of a few characters."""
    return bool(_measure_spot(old.plain, new.plain)) and abs(len(old.plain) - len(new.plain)) <= _FEW


def _words_of(form: str) -> str:
    return _IDLE.sub("", _MEASURE.sub("", form))


def _numbers_of(units: Sequence[Unit]) -> frozenset[str]:
    return frozenset(number for unit in units for number in _NUMBER.findall(_MEASURE.sub("", unit.form)))


def _sentences_of(units: Sequence[Unit]) -> str:
    return " ".join(dict.fromkeys(unit.sentence for unit in units))


def _name(entity: Entity) -> tuple[str, str]:
    value = entity.text if entity.kind in _BY_TEXT else f"{float(entity.value):.3f}"
    return str(entity.kind), value


def _count(words: re.Pattern[str], units: Sequence[Unit]) -> int:
    return sum(len(words.findall(unit.plain)) for unit in units)


def _count_nots(unit: Unit) -> int:
    return len(_NOT.findall(put_defects(unit.plain)))


def _cap(count: int) -> float:
    return float(max(0, min(_MOST, count)))
