"""Compares the facts of two readings, keyed by (subject, kind, qualifier): prices, stock, validity, limits, contacts.

Money and counts are compared as numbers ('24.9' is '24.90'). A product that came or went is one difference, not one for each
of its facts: a new product is class new, a vanished one is class stock, since lists also drop what is sold out. Pure.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from deepdiff import DeepDiff

from monitor.changes.assess import Judgement, judge_texts
from monitor.changes.kinds import load_kinds
from monitor.changes.normal_forms import compact_form
from scrapers.model import Fact, FactKind, Reading, Role, Source
from storage.model import ChangeClass, Difference, Effect, Severity

SHOWN_SOURCES = (Source.TEXT, Source.POPUP)
_PRICES = (FactKind.PRICE, FactKind.MEMBER_PRICE, FactKind.TIER_PRICE, FactKind.VARIANT_PRICE, FactKind.ORIGINAL_PRICE)
_STOCKS = (FactKind.STOCK, FactKind.SOLD, FactKind.AVAILABLE)
_NUMBERS = (*_PRICES, FactKind.STOCK, FactKind.SOLD)
_LABELS = {
    FactKind.NAME: "名称", FactKind.PRICE: "售价", FactKind.ORIGINAL_PRICE: "划线价", FactKind.MEMBER_PRICE: "会员价",
    FactKind.TIER_PRICE: "批发价", FactKind.VARIANT_PRICE: "规格价", FactKind.STOCK: "库存", FactKind.SOLD: "销量", FactKind.LIMIT: "限购",
    FactKind.DELIVERY: "发货", FactKind.FACE_VALUE: "面值", FactKind.SPEC: "规格", FactKind.VALIDITY: "有效期", FactKind.WARRANTY: "质保",
    FactKind.AFTER_SALES: "售后", FactKind.SUPPLIER: "供货商", FactKind.CONTACT: "联系方式", FactKind.LICENCE: "主体信息",
    FactKind.LOCKED: "访问限制", FactKind.AVAILABLE: "可购状态",
}  # fmt: skip
_SUBJECT = re.compile(r"#([a-z_]+)(?:\[(.*)\])?$", re.DOTALL)
_SOLD_OUT = re.compile(r"^(?:0+|false|no|缺货|售罄|已售罄|无货|下架|暂停销售|禁售|补货中|缺货中)$")
_NAME_KINDS = frozenset({"spec_reduced", "spec_improved", "validity_cut", "validity_extended", "warranty_cut", "warranty_extended"})


@dataclass(frozen=True)
class FactSet:
    """The facts of one key: several where a page says a thing more than once."""

    kind: FactKind
    qualifier: str
    subject: str
    facts: tuple[Fact, ...]

    @property
    def text(self) -> str:
        """As it stood on the page."""
        return " / ".join(dict.fromkeys(fact.shown or fact.value for fact in self.facts))

    @property
    def value(self) -> Decimal | str:
        """What is compared."""
        values = list(dict.fromkeys(fact.value.strip() for fact in self.facts))
        number = read_decimal(values[0]) if len(values) == 1 and self.kind in _NUMBERS else None
        return number if number is not None else " / ".join(sorted(map(compact_form, values)))

    @property
    def shown(self) -> bool:
        """Whether a reader of the page could see it."""
        return all(fact.source in SHOWN_SOURCES for fact in self.facts)


def compare_facts(before: Reading, after: Reading, *, role: Role) -> tuple[Difference, ...]:
    """All differences between the facts of two readings."""
    rename = _same_product(before, after, role)
    old, new = _key_facts(before, rename), _key_facts(after, {})
    old_subjects, new_subjects = _subjects(old), _subjects(new)
    differences = [_announce_product(new, subject, ChangeClass.NEW) for subject in sorted(new_subjects - old_subjects)]
    differences += [_announce_product(old, subject, ChangeClass.STOCK) for subject in sorted(old_subjects - new_subjects)]
    shared = (old_subjects & new_subjects) | {""}
    for key in _changed_keys(old, new):
        sides = old.get(key), new.get(key)
        example = sides[0] or sides[1]
        if example is not None and example.subject in shared:
            differences.append(_judge_sides(*sides))
    return tuple(differences)


def changed_subjects(before: Reading, after: Reading, *, role: Role) -> frozenset[str]:
    """Products on one side only: their descriptions are not compared clause by clause."""
    old = _subjects(_key_facts(before, _same_product(before, after, role)))
    return old ^ _subjects(_key_facts(after, {}))


def rename_subjects(before: Reading, after: Reading, *, role: Role) -> Mapping[str, str]:
    """Old product keys by their new name, where a product page shows one product under another key."""
    return _same_product(before, after, role)


def read_decimal(text: str) -> Decimal | None:
    """A number as facts carry it, None for a word."""
    try:
        number = Decimal(text.strip().replace(",", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def fact_of_subject(subject: str) -> tuple[FactKind, str] | None:
    """Kind and qualifier of a difference's subject, None when it names a clause."""
    match = _SUBJECT.search(subject)
    if match is None or match.group(1) not in {kind.value for kind in FactKind}:
        return None
    return FactKind(match.group(1)), match.group(2) or ""


def judge_fact(kind: FactKind, subject: str, before: str, after: str, *, quotable: bool = True) -> Difference:
    """Judge one fact's old and new text; "" where there is none."""
    if kind in _PRICES:
        return _judge_price(kind, subject, before, after, quotable=quotable)
    if kind in _STOCKS:
        return _judge_stock(kind, subject, before, after, quotable=quotable)
    label = _LABELS[kind]
    if kind in (FactKind.CONTACT, FactKind.LICENCE):
        return _judge_identity(kind, subject, before, after, quotable=quotable)
    if kind is FactKind.SUPPLIER:
        return _difference(ChangeClass.RULE, subject, before, after, Effect.NEUTRAL, Severity.LOW, ("supplier_changed",), _tell(label, before, after), quotable)
    judged = judge_texts(f"{label}{before}" if before else "", f"{label}{after}" if after else "")
    if kind is FactKind.NAME:
        return _judge_name(subject, before, after, judged, quotable=quotable)
    reason = judged.reason if judged.effect is not Effect.NEUTRAL else _tell(label, before, after)
    wording = judged.effect is Effect.NEUTRAL and bool(before and after)
    kinds = judged.kinds if judged.effect is not Effect.NEUTRAL else (("wording_only",) if wording else ("rule_added" if after else "rule_removed",))
    severity = judged.severity if not (judged.effect is Effect.NEUTRAL and not after) else Severity.LOW
    return _difference(ChangeClass.WORDING if wording else ChangeClass.RULE, subject, before, after, judged.effect, severity, kinds, reason, quotable)


# --- keys -------------------------------------------------------------------------------------------------------------


def _key_facts(reading: Reading, rename: Mapping[str, str]) -> dict[str, FactSet]:
    grouped: dict[tuple[str, FactKind, str], list[Fact]] = defaultdict(list)
    for fact in reading.facts:
        grouped[rename.get(fact.subject, fact.subject), fact.kind, fact.qualifier].append(fact)
    return {
        f"{subject}\x1f{kind}\x1f{qualifier}": FactSet(kind, qualifier, subject, tuple(facts))
        for (subject, kind, qualifier), facts in grouped.items()
    }


def _subjects(keyed: Mapping[str, FactSet]) -> frozenset[str]:
    return frozenset(facts.subject for facts in keyed.values() if facts.subject)


def _same_product(before: Reading, after: Reading, role: Role) -> dict[str, str]:
    old = {fact.subject for fact in before.facts if fact.subject}
    new = {fact.subject for fact in after.facts if fact.subject}
    if role is Role.PRODUCT and len(old) == 1 and len(new) == 1 and old != new:
        return {old.pop(): new.pop()}
    return {}


def _changed_keys(old: Mapping[str, FactSet], new: Mapping[str, FactSet]) -> list[str]:
    """Keys whose values differ. Equal entries are left out first: DeepDiff costs by the size of what it is given."""
    old_values, new_values = ({key: facts.value for key, facts in side.items()} for side in (old, new))
    same = {key for key, value in old_values.items() if key in new_values and new_values[key] == value}
    if len(same) == len(old_values) == len(new_values):
        return []
    tree = DeepDiff(
        {key: value for key, value in old_values.items() if key not in same},
        {key: value for key, value in new_values.items() if key not in same},
        view="tree", threshold_to_diff_deeper=0,
    )  # fmt: skip
    found = {str(level.path(output_format="list")[0]) for levels in tree.values() for level in levels}
    return sorted(found)


# --- judging ----------------------------------------------------------------------------------------------------------


def _judge_sides(old: FactSet | None, new: FactSet | None) -> Difference:
    example = new or old
    if example is None:  # never: a changed key stands on one side at least
        raise ValueError("a changed fact must stand on one side at least")
    suffix = f"[{example.qualifier}]" if example.qualifier else ""
    subject = f"{example.subject}#{example.kind}{suffix}"
    quotable = all(side.shown for side in (old, new) if side)
    return judge_fact(example.kind, subject, old.text if old else "", new.text if new else "", quotable=quotable)


def _announce_product(keyed: Mapping[str, FactSet], subject: str, change_class: ChangeClass) -> Difference:
    facts = [entry for entry in keyed.values() if entry.subject == subject]
    name = next((entry.text for entry in facts if entry.kind is FactKind.NAME), subject)
    price = next((entry.text for entry in facts if entry.kind is FactKind.PRICE), "")
    text = f"{name} {price}".strip()
    quotable = all(entry.shown for entry in facts)
    if change_class is ChangeClass.NEW:
        return _difference(change_class, subject, "", text, Effect.NEUTRAL, Severity.NONE, ("product_added",), f"新增商品“{name}”", quotable)
    return _difference(
        change_class, subject, text, "", Effect.NEUTRAL, Severity.LOW, ("product_removed",), f"商品“{name}”不再列出，可能售罄或下架", quotable
    )


def _judge_price(kind: FactKind, subject: str, before: str, after: str, *, quotable: bool) -> Difference:
    label = _LABELS[kind]
    old, new = _first_decimal(before), _first_decimal(after)
    effect, severity, kinds = Effect.NEUTRAL, Severity.NONE, ("price_changed",)
    if kind is FactKind.ORIGINAL_PRICE:
        kinds = ("original_price_changed",)
    elif old is not None and new is not None and old != new:
        raised = new > old
        effect, kinds = (Effect.WORSE, ("price_raised",)) if raised else (Effect.BETTER, ("price_lowered",))
        severity = _weigh_price(old, new) if raised else Severity.NONE
    elif not after and kind in (FactKind.TIER_PRICE, FactKind.MEMBER_PRICE):
        effect, severity, kinds = Effect.WORSE, Severity.LOW, ("price_raised",)
    elif not before and kind in (FactKind.TIER_PRICE, FactKind.MEMBER_PRICE):
        effect, kinds = Effect.BETTER, ("price_lowered",)
    elif kind is FactKind.VARIANT_PRICE:
        kinds = ("variant_removed",) if not after else ("variant_added",)
    return _difference(ChangeClass.PRICE, subject, before, after, effect, severity, kinds, _tell(label, before, after, effect), quotable)


def _weigh_price(old: Decimal, new: Decimal) -> Severity:
    if new <= old * Decimal("1.1"):
        return Severity.LOW
    return Severity.HIGH if new >= old * 3 else Severity.MEDIUM


def _judge_stock(kind: FactKind, subject: str, before: str, after: str, *, quotable: bool) -> Difference:
    kinds = ("stock_changed",)
    if kind is not FactKind.SOLD:
        gone = [bool(_SOLD_OUT.match(compact_form(text))) for text in (before, after)]
        if gone[0] != gone[1]:
            kinds = ("sold_out",) if gone[1] else ("back_in_stock",)
    return _difference(ChangeClass.STOCK, subject, before, after, Effect.NEUTRAL, Severity.NONE, kinds, _tell(_LABELS[kind], before, after), quotable)


def _judge_identity(kind: FactKind, subject: str, before: str, after: str, *, quotable: bool) -> Difference:
    licence = kind is FactKind.LICENCE
    if not after:
        effect, kinds = Effect.WORSE, ("disclosure_removed",) if licence else ("channel_removed",)
        severity = Severity.HIGH if licence else Severity.MEDIUM
    elif not before:
        effect, kinds, severity = Effect.BETTER, ("disclosure_added",) if licence else ("channel_added",), Severity.NONE
    else:
        effect, kinds, severity = Effect.NEUTRAL, ("operator_changed",) if licence else ("contact_changed",), Severity.MEDIUM
    return _difference(ChangeClass.RULE, subject, before, after, effect, severity, kinds, _tell(_LABELS[kind], before, after, effect), quotable)


def _judge_name(subject: str, before: str, after: str, judged: Judgement, *, quotable: bool) -> Difference:
    matters = set(judged.kinds) & _NAME_KINDS
    if before and after and matters:
        return _difference(ChangeClass.RULE, subject, before, after, judged.effect, judged.severity, judged.kinds, judged.reason, quotable)
    return _difference(ChangeClass.WORDING, subject, before, after, Effect.NEUTRAL, Severity.LOW, ("name_changed",), _tell("名称", before, after), quotable)


def _first_decimal(text: str) -> Decimal | None:
    match = re.search(r"\d+(?:,\d{3})*(?:\.\d+)?", text)
    return read_decimal(match.group()) if match else None


def _tell(label: str, before: str, after: str, effect: Effect = Effect.NEUTRAL) -> str:
    tail = {Effect.WORSE: "，对买家不利", Effect.BETTER: "，对买家有利"}.get(effect, "")
    if before and after:
        return f"{label}由{before[:60]}变为{after[:60]}{tail}"
    return (f"新增{label}：{after[:80]}" if after else f"{label}“{before[:80]}”不再显示") + tail


def _difference(
    change_class: ChangeClass, subject: str, before: str, after: str, effect: Effect, severity: Severity,
    kinds: Sequence[str], reason: str, quotable: bool,
) -> Difference:  # fmt: skip
    known = load_kinds()
    unknown = [kind for kind in kinds if kind not in known]
    if unknown:
        raise ValueError(f"kinds {unknown} are not in monitor/reference/change_kinds.toml; add them there")
    return Difference(change_class, severity, effect, tuple(kinds), subject, before, after, reason, quotable)
