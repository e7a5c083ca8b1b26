"""What the writer of a letter is told of his own case before he uses it: a resale in his story, years that are gone,
money that is all back, names that were masked.

Takes the material of a letter, adds to its notes. Nothing here stops a letter or changes a sentence. Pure.
"""

from __future__ import annotations

import re

from monitor.complaints.letters.demands import returned
from monitor.complaints.letters.material import Material
from monitor.complaints.routing.channels import cite
from monitor.complaints.routing.limits_of_claims import find_limits

_CLAIMS = ("demand", "demand_chat", "p12315", "p12315_compact", "market_complaint", "consumer_assoc", "heimao",
           "payment", "lawsuit")  # fmt: skip
_OF_CHILD = re.compile(
    r"\d+\s*(?:周?岁)|[一二三四五六七八九十]+岁|年级|[小初高]学?[一二三四五六]|幼儿园|小学|初中|高中"
)
_OF_TIME = ("over_three_years", "should_have_known")


def note_doubts(material: Material) -> None:
    """Tell the writer of a letter that claims something, or of a report to the police, what speaks against it."""
    if material.kind.id in _CLAIMS:
        _ = material.consumer  # looking at it tells of a resale in the story
        for one in find_limits(material.file):
            if one.id in _OF_TIME:
                material.note(f"{one.sentence}{cite(one.articles, material.today)}")
    paid = material.facts.paid
    if material.kind.id == "police" and paid is not None and returned(material.file.steps) >= paid > 0:
        material.note("款项已全额退回：报案材料里没有未退回的损失，先想清楚还要请公安机关做什么，再决定是否提交")
    if material.public and material.third_names:
        material.note("正文中第三人的姓名、就读的学校已遮盖：发布前核对，最好改为“客服”“亲友”“学校”等称呼")
    if material.public and material.facts.minor and _OF_CHILD.search(material.facts.what_happened):
        material.note("正文里有孩子的年龄、年级：公开的帖文写“未成年人”就够，发布前删去")
