"""The list of what a complaint is returned without, apart from what makes it stronger, and where to get both.

Takes the material of a letter, gives tables; what is not known of the other side is listed at the end. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from monitor.complaints.evidence.checklist import list_missing
from monitor.complaints.letters.kinds import letter_kinds
from monitor.complaints.letters.material import Material
from monitor.complaints.letters.parties import list_unknowns
from monitor.complaints.letters.required import find_missing_fields
from monitor.complaints.letters.sentences import form, items, paragraph, table
from monitor.complaints.model import Block, Letter, Missing, Sentence
from monitor.complaints.routing.channels import cite
from monitor.complaints.routing.named_respondent import find_missing

_COLUMNS = ("序号", "缺什么", "为什么要", "去哪里拿、怎么拿")


def write_correction(material: Material) -> Letter:
    """补正清单: what a complaint is returned without, apart from what makes it stronger, and where to get both."""
    complaint = replace(material, kind=letter_kinds()["p12315"])
    needed = _each_once([*find_missing_fields(complaint), *find_missing(material.file)])
    nobody = any(one.field.startswith("respondent") for one in needed)
    wanted = [one for one in _each_once(list_missing(material.file)) if not (nobody and one.field == "subject")]
    blocks: list[Block] = []
    if needed:
        rule = cite(("tsjb-10",), material.today)
        blocks.append(table(f"必须补齐，缺了会被退回{rule}", _COLUMNS, _rows_of(needed, material)))
    if wanted:
        blocks.append(table("可以补强，不补也能提交", _COLUMNS, _rows_of(wanted, material)))
    if not blocks:
        blocks.append(paragraph("需要补充的内容", (form("没有发现缺少的内容，提交前仍请逐项核对"),)))
    told = list_unknowns(material)
    if told:
        blocks.append(items("尚不掌握的情况", told))
    return Letter(
        "correction", material.kind.name, "本人", tuple(blocks), material.today, tuple(one.text for one in told)
    )


def _each_once(missing: Sequence[Missing]) -> list[Missing]:
    found: dict[str, Missing] = {}
    for one in missing:
        found.setdefault(one.field, one)
    return list(found.values())


def _rows_of(missing: Sequence[Missing], material: Material) -> list[tuple[Sentence, ...]]:
    return [
        (form(str(place)), form(one.what), form(one.why + cite(one.articles, material.today)), form(one.mend))
        for place, one in enumerate(missing, 1)
    ]
