"""Compares the facts of two readings, keyed by (subject, kind, qualifier): prices, stock, validity, limits, contacts.

Money and counts are compared as numbers ('24.9' is '24.90'). A product that came or went is one difference, not one
for each of its facts: a new product is class new, a vanished one class stock, as lists drop what is sold out. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from deepdiff import DeepDiff

from monitor.changes.fact_judging import (
    NUMBERS,
    PRICES,
    judge_fact,
    make_difference,
    name_fact,
    read_decimal,
    show_price,
)
from monitor.changes.normal_forms import compact_form
from scrapers.model import Fact, FactKind, Reading, Role, Source
from storage.model import ChangeClass, Difference, Effect, Severity

READ_FROM_TEXT = frozenset(
    {
        FactKind.VALIDITY,
        FactKind.WARRANTY,
        FactKind.AFTER_SALES,
        FactKind.LIMIT,
        FactKind.DELIVERY,
        FactKind.SPEC,
        FactKind.FACE_VALUE,
    }
)
"""Kinds that a reader takes out of a description: by themselves they make no product."""
SHOWN_SOURCES = (Source.TEXT, Source.POPUP)


@dataclass(frozen=True)
class FactSet:
    """The facts of one key: several where a page says a thing more than once."""

    kind: FactKind
    qualifier: str
    subject: str
    facts: tuple[Fact, ...]

    @property
    def text(self) -> str:
        """As it is told: numbers by their value (满10个24.90元 shows two of them), all else as it stood on the page."""
        numeric = self.kind in NUMBERS
        return " / ".join(dict.fromkeys(fact.value if numeric else fact.shown or fact.value for fact in self.facts))

    @property
    def price(self) -> str:
        """A price as the page spelled it, with 元."""
        return " / ".join(dict.fromkeys(show_price(fact.value, fact.shown) for fact in self.facts))

    @property
    def value(self) -> Decimal | str:
        """What is compared."""
        values = list(dict.fromkeys(fact.value.strip() for fact in self.facts))
        number = read_decimal(values[0]) if len(values) == 1 and self.kind in NUMBERS else None
        return number if number is not None else " / ".join(sorted(map(compact_form, values)))

    @property
    def shown(self) -> bool:
        """Whether a reader of the page could see it."""
        return all(fact.source in SHOWN_SOURCES for fact in self.facts)


def compare_facts(before: Reading, after: Reading, *, role: Role) -> tuple[Difference, ...]:
    """All differences between the facts of two readings."""
    rename = _same_product(before, after, role)
    old, new = _key_facts(before, rename), _key_facts(after, {})
    old_subjects, new_subjects = _subjects(before, rename), _subjects(after, {})
    come, gone = _products(after, {}) - old_subjects, _products(before, rename) - new_subjects
    differences = [_announce_product(new, subject, ChangeClass.NEW) for subject in sorted(come)]
    differences += [_announce_product(old, subject, ChangeClass.STOCK) for subject in sorted(gone)]
    shared = (old_subjects & new_subjects) | {""}
    for key in _changed_keys(old, new):
        sides = old.get(key), new.get(key)
        example = sides[0] or sides[1]
        if example is not None and example.subject in shared:
            differences.append(_judge_sides(*sides))
    return tuple(differences)


def changed_subjects(before: Reading, after: Reading, *, role: Role) -> frozenset[str]:
    """Products on one side only: their descriptions are not compared clause by clause."""
    return _subjects(before, _same_product(before, after, role)) ^ _subjects(after, {})


def rename_subjects(before: Reading, after: Reading, *, role: Role) -> Mapping[str, str]:
    """Old product keys by their new name, where a product page shows one product under another key."""
    return _same_product(before, after, role)


# --- keys -------------------------------------------------------------------------------------------------------------


def _key_facts(reading: Reading, rename: Mapping[str, str]) -> dict[str, FactSet]:
    grouped: dict[tuple[str, FactKind, str], list[Fact]] = defaultdict(list)
    for fact in reading.facts:
        grouped[rename.get(fact.subject, fact.subject), fact.kind, fact.qualifier].append(fact)
    return {
        f"{subject}\x1f{kind}\x1f{qualifier}": FactSet(kind, qualifier, subject, tuple(facts))
        for (subject, kind, qualifier), facts in grouped.items()
    }


def _subjects(reading: Reading, rename: Mapping[str, str]) -> frozenset[str]:
    """The products of a page: those with facts, and those with nothing but a text."""
    found = {fact.subject for fact in reading.facts} | {block.subject for block in reading.blocks}
    return frozenset(rename.get(subject, subject) for subject in found if subject)


def _products(reading: Reading, rename: Mapping[str, str]) -> frozenset[str]:
    """Subjects of which more is known than a promise read out of a text."""
    only_promises = {fact.subject for fact in reading.facts} - {
        fact.subject for fact in reading.facts if fact.kind not in READ_FROM_TEXT
    }
    return _subjects(reading, rename) - {rename.get(subject, subject) for subject in only_promises}


def _same_product(before: Reading, after: Reading, role: Role) -> dict[str, str]:
    old, new = set(_subjects(before, {})), set(_subjects(after, {}))
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
    subject = name_fact(example.kind, example.subject, example.qualifier)
    quotable = all(side.shown for side in (old, new) if side)
    told = (old.price if old else "", new.price if new else "") if example.kind in PRICES else None
    texts = (old.text if old else "", new.text if new else "")
    return judge_fact(example.kind, subject, *texts, quotable=quotable, told=told)


def _announce_product(keyed: Mapping[str, FactSet], subject: str, change_class: ChangeClass) -> Difference:
    facts = [entry for entry in keyed.values() if entry.subject == subject]
    name = next((entry.text for entry in facts if entry.kind is FactKind.NAME), subject)
    price = next((entry.text for entry in facts if entry.kind is FactKind.PRICE), "")
    text = f"{name} {price}".strip()
    quotable = all(entry.shown for entry in facts)
    if change_class is ChangeClass.NEW:
        return make_difference(
            change_class,
            subject,
            "",
            text,
            Effect.NEUTRAL,
            Severity.NONE,
            ("product_added",),
            f"新增商品“{name}”",
            quotable,
        )
    return make_difference(
        change_class,
        subject,
        text,
        "",
        Effect.NEUTRAL,
        Severity.LOW,
        ("product_removed",),
        f"商品“{name}”不再列出，可能售罄或下架",
        quotable,
    )
