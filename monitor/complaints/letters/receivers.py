"""To whom a complaint is addressed: the regulator or the association of the respondent's county, else a blank to fill.

Takes the material of a letter, gives the name and notes on what it rests. Pure.
"""

from __future__ import annotations

from monitor.complaints.letters.material import Material
from monitor.complaints.routing.named_respondent import find_respondent, forum_of
from monitor.operators.addresses import find_division_in
from monitor.operators.jurisdiction import Procedure


def name_office(material: Material) -> str:
    """The market regulator that has to take it up; a blank where it is not known, with a note."""
    forum = forum_of(find_respondent(material.file), material.file, Procedure.COMPLAINT)
    if forum is None or not forum.authority:
        material.note("有管辖权的机关没有查明：一般是被投诉人住所地县级市场监督管理部门，提交前在12315平台核对")
        return "＿＿＿＿市场监督管理局（被投诉人住所地，请填写）"
    material.note(f"收件机关的依据：{forum.reason}")
    return forum.authority


def name_association(material: Material) -> str:
    """Which association: that of the respondent's county, which nothing of the case names; to be compared."""
    named = find_respondent(material.file)
    place = find_division_in(named.address).division if named is not None and named.address else None
    material.note(
        "收件的消协按被投诉人的地址填写：也可以向您所在地的消协提出，名称（消费者协会、消费者委员会、消费者权益保护委员会）"
        "各地不同，提交前核对"
    )
    return f"{place.name}消费者协会（消费者委员会）" if place is not None else "＿＿＿＿消费者协会（请填写）"
