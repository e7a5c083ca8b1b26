"""Cuts clauses into units, the smallest parts that can be added, dropped or reworded, and finds those that changed.

Units that say the same on both sides (synonyms, numerals, word order between units, traditional characters) cancel out,
within a clause and across clauses that were merged or split. What is left is what was changed. Pure.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from rapidfuzz import fuzz

from monitor.changes.entities import Entity, find_entities
from monitor.changes.entity_patterns import EntityKind
from monitor.changes.normal_forms import mask_counters, plain_line
from monitor.changes.paraphrases import put_canonical_words
from monitor.changes.signals import put_plain_words, resolve_negations

_SENTENCE_END = re.compile(r"[。;!?\n]+|(?<=[a-z])\.\s")
_UNIT_END = re.compile(r"(?:(?<!\d),|,(?!\d{3}(?!\d))|[。;!?\n|()]|-{2,}|:(?=[^\d/]{6}))+")
_ECHO = re.compile(r"[^\w%#<>≤≥]+")
_PAIRED = 38.0
_SHARED_BONUS = 15.0
_SAME_WORDS_BONUS = 60.0
_MAXIMUM_UNITS = 400
_LISTED_CHARACTERS = 80
_CLOCK = r"(?:凌晨|早上?|上午|中午|下午|晚上?)?\s?(?:\d{1,2}(?::\d{2})?|[一二两三四五六七八九十]{1,3})(?:[点时]半?)?"
_SHIFT = re.compile(
    rf"({_CLOCK})(?:准时)?(?:上线|上班|开门|开工|营业|开始(?:服务|接待|营业)),?\s?({_CLOCK})(?:准时)?(?:下线|下班|打烊|关门|收工|结束(?:服务|营业)?)"
)
_PLACE_IN_NAME = re.compile(
    r"[(（]([\u4e00-\u9fff]{2,4})[)）](?=[\u4e00-\u9fff]{0,12}(?:有限|公司|合伙|商行|工作室|经营部))"
)  # 某某（深圳）有限公司 is one name, not three units
_ASKED_FOR = re.compile("且|同时|满足|须|需|凭|附|提供|出示|提交|上传|材料|证明|满足|符合|具备|截图|要求|条件")
_RUN_UNITS, _LONGEST_RUN, _LONGEST_SUBJECT = 40, 4, 6
_LISTED, _ANY_OF = re.compile("、|任选一种"), re.compile("或|任选一种|任一|都可|均可|皆可|都行|都能|都成")
_LIST_VERB = re.compile("任选一种|支持|适用于?|通用|都|均|全|可以?|能够?|皆|或者?|和|及|与|的")
_MIDNIGHT = re.compile(
    r"(?:(\d{4})\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?[日号]|当[天日晚]|(?<=[至到]))\s?(?:24|二十四)(?:[时点]整?|:00)(?!\d)"
)
_ZERO_HOUR = re.compile(r"(?<=[日号])\s?(?:零|0{1,2})(?:[时点]整?|:00)(?!\d)")
_SUBJECT = re.compile(r"^(?!.*[不未无非没仅只限须除若如凡])[\u4e00-\u9fff]{2,6}$")
_UNIT_CHARACTERS = 300
_TWICE, _OFTEN_OVER = 200, 100_000  # per cent
_SENTENCE_CHARACTERS = 2_000


@dataclass(frozen=True)
class Unit:
    """One unit: `plain` is its judged text, `sentence` the sentence it stands in, `form` decides equality.

    `shown` are its words before paraphrases were put into one: what is quoted.
    """

    plain: str
    sentence: str
    form: str
    entities: tuple[Entity, ...]
    shown: str


@lru_cache(maxsize=5_000)
def split_units(text: str) -> tuple[Unit, ...]:
    """The units of a text in order; counters are masked away first."""
    text = _PLACE_IN_NAME.sub(r"\1", text)
    plain = resolve_negations(mask_counters(_SHIFT.sub(r"\1-\2在线", plain_line(text))))
    units: list[Unit] = []
    for words in _SENTENCE_END.split(plain):
        sentence = put_canonical_words(words)
        pieces = _UNIT_END.split(sentence)
        shown = pieces if sentence == words else _UNIT_END.split(words)
        for place, piece in enumerate(pieces):
            for start in range(0, len(piece), _UNIT_CHARACTERS):  # cut, never dropped: a rule may stand at the end
                unit = piece[start : start + _UNIT_CHARACTERS].strip()
                if _ECHO.sub("", unit):
                    told = (
                        shown[place].strip() if len(shown) == len(pieces) and len(piece) <= _UNIT_CHARACTERS else unit
                    )
                    units.append(
                        Unit(unit, sentence[:_SENTENCE_CHARACTERS], canonical_form(unit), find_entities(unit), told)
                    )
    return tuple(units[:_MAXIMUM_UNITS])


def split_pieces(sentence: str) -> tuple[str, ...]:
    """The texts of the units of one sentence."""
    return tuple(piece for part in _UNIT_END.split(sentence) if _ECHO.sub("", piece := part.strip()))


@lru_cache(maxsize=20_000)
def canonical_form(unit: str) -> str:
    """What two wordings of one thing share: measured things by value, synonyms by one word, no particles."""
    if "时" in unit or "点" in unit or ":" in unit:
        unit = _ZERO_HOUR.sub("0时", _MIDNIGHT.sub(_name_next_day, unit))
    parts: list[str] = []
    position = 0
    for entity in find_entities(unit):
        parts.append(unit[position : entity.start])
        position = entity.end
        parts.append(_entity_mark(entity))
    parts.append(unit[position:])
    return _ECHO.sub("", put_plain_words("".join(parts)))


def _name_next_day(match: re.Match[str]) -> str:
    """The end of a day as the beginning of the next: 12月31日24时 is 1月1日0时."""
    if not match.group(1):
        return "次日0时"
    try:
        day = date(*map(int, match.groups())) + timedelta(days=1)
    except (ValueError, OverflowError):
        return match.group()
    return f"{day.year}年{day.month}月{day.day}日0时"


def _entity_mark(entity: Entity) -> str:
    if entity.kind is EntityKind.SHARE and _TWICE <= entity.value <= _OFTEN_OVER and entity.value % 100 == 0:
        return f"<{entity.value / 100:f}倍>"  # 200% is 两倍
    if entity.kind in (EntityKind.DURATION, EntityKind.MONEY, EntityKind.SHARE, EntityKind.DISCOUNT, EntityKind.HOURS):
        kind = EntityKind.SHARE if entity.kind is EntityKind.DISCOUNT else entity.kind  # 九折 is 90%
        return f"<{kind[0]}{round(entity.value * 3600)}>"
    if entity.kind is EntityKind.COUNT:
        return f"<{entity.value.normalize():f}{entity.unit}>"
    return entity.text


def cancel_units(before: Sequence[Unit], after: Sequence[Unit]) -> tuple[tuple[Unit, ...], tuple[Unit, ...]]:
    """What is left of both sides when equal units are taken away, each once."""
    waiting: dict[str, list[int]] = defaultdict(list)
    for place, unit in enumerate(after):
        waiting[unit.form].append(place)
    gone: set[int] = set()
    left: list[Unit] = []
    for unit in before:
        if waiting[unit.form]:
            gone.add(waiting[unit.form].pop(0))
        else:
            left.append(unit)
    rest = [unit for place, unit in enumerate(after) if place not in gone]
    _cancel_twins(left, rest, _loosen)  # 微信和支付宝 is 微信或支付宝, but 截图和录屏 is more than 截图或录屏
    _cancel_runs(left, rest)
    _cancel_runs(rest, left)
    _cancel_twins(left, rest, list_form)  # 手机、平板、电视 is 电视、手机、平板
    return tuple(left), tuple(rest)


def _cancel_twins(left: list[Unit], rest: list[Unit], form_of: Callable[[Unit], str]) -> None:
    """Take away units of both sides that have one form, each once; "" is no form."""
    if not left or not rest:
        return
    waiting: dict[str, list[Unit]] = defaultdict(list)
    for unit in rest:
        if form := form_of(unit):
            waiting[form].append(unit)
    for unit in list(left) if waiting else ():
        form = form_of(unit)
        if form and waiting.get(form):
            left.remove(unit)
            rest.remove(waiting[form].pop(0))


def _cancel_runs(wholes: list[Unit], parts: list[Unit]) -> None:
    """Take away a unit that the other side says in several: 换不成的退全款 is 换不成的，退全款."""
    for whole in list(wholes[:_RUN_UNITS]):
        for start in range(min(len(parts), _RUN_UNITS)):
            joined = ""
            for stop in range(start, min(len(parts), start + _LONGEST_RUN)):
                joined += parts[stop].form
                if (
                    joined == whole.form
                    or _adds_subject(whole, joined)
                    or len(joined) >= len(whole.form) + _LONGEST_SUBJECT
                ):
                    break
            if (stop > start and joined == whole.form) or _adds_subject(whole, joined):
                wholes.remove(whole)
                del parts[start : stop + 1]
                break


def _adds_subject(whole: Unit, joined: str) -> bool:
    """Whether the words only name again what the sentence is about: 券码先补，补不出退 → 券码先补。券码补不出退."""
    if len(joined) <= len(whole.form) or not joined.endswith(whole.form):
        return False
    subject = joined[: len(joined) - len(whole.form)]
    return _SUBJECT.match(subject) is not None and whole.sentence.startswith(subject)


def _loosen(unit: Unit) -> str:
    """The form of a unit with "and" and "or" alike; "" where it asks for things, and the difference counts."""
    return "" if _ASKED_FOR.search(unit.plain) else unit.form.replace("和", "或")


def list_form(unit: Unit) -> str:
    """The things that a unit lists, in no order; "" where it is no list or measures anything."""
    if not _LISTED.search(unit.plain) or unit.entities or len(unit.plain) > _LISTED_CHARACTERS:
        return ""
    how = ("或" if _ANY_OF.search(unit.plain) else "") if _ASKED_FOR.search(unit.plain) else ""
    return how + "".join(sorted(_LIST_VERB.sub("", _ECHO.sub("", unit.plain))))


def _shared_measures(old: Unit, new: Unit) -> float:
    """A bonus for what both measure alike: 10件9元 and 10件9.5元 are one tier, 100件9元 is another."""
    if not old.entities or not new.entities:
        return 0.0
    if _bare(old) == _bare(new):  # A卡质保7天 is A卡质保30天 now, whatever B卡 has
        return _SAME_WORDS_BONUS + _shared_marks(old, new)
    return _shared_marks(old, new)


def _bare(unit: Unit) -> str:
    """The words of a unit without what it measures."""
    parts: list[str] = []
    position = 0
    for entity in unit.entities:
        parts.append(unit.plain[position : entity.start])
        position = entity.end
    return "\0".join((*parts, unit.plain[position:]))


def _shared_marks(old: Unit, new: Unit) -> float:
    marks = {_entity_mark(entity) for entity in old.entities}
    shared = [entity for entity in new.entities if _entity_mark(entity) in marks]
    return _SHARED_BONUS * sum(2 if entity.kind is EntityKind.COUNT else 1 for entity in shared)


def pair_units(before: Sequence[Unit], after: Sequence[Unit]) -> tuple[tuple[Unit | None, Unit | None], ...]:
    """Pair the most alike units, the best first; the others stand alone."""
    scored = sorted(
        (-fuzz.ratio(old.form, new.form) - _shared_measures(old, new), abs(i - j), i, j)
        for i, old in enumerate(before[:60])
        for j, new in enumerate(after[:60])
    )
    partner: dict[int, int] = {}
    used: set[int] = set()
    for score, _distance, i, j in scored:
        if -score >= _PAIRED and i not in partner and j not in used:
            partner[i] = j
            used.add(j)
    pairs: list[tuple[Unit | None, Unit | None]] = [
        (old, after[partner[i]] if i in partner else None) for i, old in enumerate(before)
    ]
    pairs.extend((None, new) for j, new in enumerate(after) if j not in used)
    return tuple(pairs)
