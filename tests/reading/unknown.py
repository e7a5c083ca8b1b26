"""Pages of shops of unknown make, with what a person read on them before any reader did.

Each page `unknown_shops/<name>.html` has its truth `<name>.truth.json`: fields of its one product, or its goods, and
words that must stand in a rule, a prompt or a description. `PYTHONPATH=tests python -m reading.unknown` counts the
fields that the generic reader gets right; a field that it adds though the page does not say it is wrong too.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import cast

from scrapers.extract import read_page
from scrapers.model import BlockKind, Fact, FactKind, Reading, Role
from scrapers.text import condense

from .golden import content_of_example

PAGES = Path(__file__).parent / "unknown_shops"
_SINGLE = {
    "name": (FactKind.NAME, ""),
    "price": (FactKind.PRICE, ""),
    "original_price": (FactKind.ORIGINAL_PRICE, ""),
    "currency": (FactKind.CURRENCY, ""),
    "stock": (FactKind.STOCK, ""),
    "sold": (FactKind.SOLD, ""),
    "min_quantity": (FactKind.LIMIT, "min"),
    "max_quantity": (FactKind.LIMIT, "max"),
    "delivery": (FactKind.DELIVERY, ""),
    "face_value": (FactKind.FACE_VALUE, ""),
    "spec": (FactKind.SPEC, ""),
    "validity": (FactKind.VALIDITY, ""),
    "warranty": (FactKind.WARRANTY, ""),
    "after_sales": (FactKind.AFTER_SALES, ""),
    "supplier": (FactKind.SUPPLIER, ""),
    "locked": (FactKind.LOCKED, ""),
}
_MANY = {
    "wholesale": FactKind.TIER_PRICE,
    "variants": FactKind.VARIANT_PRICE,
    "member_prices": FactKind.MEMBER_PRICE,
}
_MAY_BE_ADDED = frozenset(
    {"spec", "delivery", "validity", "warranty", "after_sales", "locked", "min_quantity", "stock"}
)
_RULES = (BlockKind.TERMS, BlockKind.NOTICE, BlockKind.PROMPT, BlockKind.DESCRIPTION)
_BLOCKS = {
    "rule": _RULES,
    "prompt": (BlockKind.PROMPT,),
    "description": (BlockKind.DESCRIPTION,),
}


def unknown_pages() -> list[Path]:
    """All pages of unknown shops, in a fixed order."""
    return sorted(PAGES.glob("*.html"))


def read_unknown(page: Path) -> tuple[Reading, dict[str, object]]:
    """A page as the generic reader alone reads it, and its truth."""
    truth: dict[str, object] = json.loads(page.with_suffix(".truth.json").read_text("utf-8"))
    reading = read_page(content_of_example(page, str(truth["url"])), role=Role(str(truth["role"])), families=())
    return reading, truth


def judge(reading: Reading, truth: dict[str, object]) -> list[tuple[str, bool, str]]:
    """Each field with whether it was read right, and what was read."""
    judged: list[tuple[str, bool, str]] = []
    if "product" in truth:
        subjects = {fact.subject for fact in reading.facts if fact.subject}
        subject = max(subjects, key=lambda s: sum(f.subject == s for f in reading.facts), default="")
        judged += _judge_product([f for f in reading.facts if f.subject == subject], _fields(truth["product"]))
    for number, goods in enumerate(cast("list[object]", truth.get("goods", []))):
        fields = _fields(goods)
        named = [f.subject for f in reading.facts if f.kind is FactKind.NAME and f.value == fields["name"]]
        own = [f for f in reading.facts if named and f.subject == named[0]]
        judged += [
            (f"goods {number} {key}", _value(own, key) == value, _value(own, key)) for key, value in fields.items()
        ]
    if "goods" in truth:
        count = sum(f.kind is FactKind.NAME for f in reading.facts if f.subject)
        judged.append(("goods once", count == len(cast("list[object]", truth["goods"])), str(count)))
    for key, kinds in _BLOCKS.items():
        if key in truth:
            text = "".join(condense(block.text) for block in reading.blocks if block.kind in kinds)
            judged.append((key, condense(str(truth[key])) in text, text[:60]))
    if "contact" in truth:
        found = [fact.value for fact in reading.facts if fact.kind is FactKind.CONTACT]
        judged.append(("contact", str(truth["contact"]) in found, ",".join(found)))
    return judged


def _judge_product(facts: list[Fact], fields: dict[str, object]) -> list[tuple[str, bool, str]]:
    judged = []
    for key, (_kind, _) in _SINGLE.items():
        read = _value(facts, key)
        if key in fields:
            judged.append((key, _alike(key, read, str(fields[key])), read))
        elif read and key not in _MAY_BE_ADDED:
            judged.append((f"no {key}", False, read))
    for key, kind in _MANY.items():
        found = sorted([fact.qualifier, fact.value] for fact in facts if fact.kind is kind)
        if key in fields:
            judged.append((key, found == sorted(cast("list[list[str]]", fields[key])), str(found)))
        elif found:
            judged.append((f"no {key}", False, str(found)))
    return judged


def _alike(key: str, read: str, told: str) -> bool:
    if key == "after_sales":
        return bool(read) and condense(told).strip("。") in condense(read)
    return condense(read) == condense(told)


def _value(facts: list[Fact], key: str) -> str:
    kind, qualifier = _SINGLE[key]
    return next((f.value for f in facts if f.kind is kind and (f.qualifier == qualifier or not qualifier)), "")


def _fields(value: object) -> dict[str, object]:
    return cast("dict[str, object]", value)


if __name__ == "__main__":
    right = total = 0
    for page in unknown_pages():
        if len(sys.argv) > 1 and not any(page.name.startswith(name) for name in sys.argv[1:]):
            continue
        judged = judge(*read_unknown(page))
        right, total = right + sum(ok for _, ok, _ in judged), total + len(judged)
        wrong = "; ".join(f"{key} read {read!r}" for key, ok, read in judged if not ok)
        sys.stdout.write(f"{page.stem:24} {sum(ok for _, ok, _ in judged):3} of {len(judged):3}  {wrong}\n")
    sys.stdout.write(f"{right} of {total} fields right ({right / total:.3f})\n")
