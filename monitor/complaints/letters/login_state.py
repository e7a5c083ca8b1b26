"""What letters and packs say of captures that were made while logged in: the mark at a name, the reservation once.

Others may see another page than the account does. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable

from monitor.complaints.letters.material import Material
from monitor.complaints.letters.sentences import form
from monitor.complaints.model import Exhibit, Sentence

LOGGED_IN = "登录状态下抓取"


def mark_login(name: str, exhibit: Exhibit, material: Material) -> str:
    """The name of an exhibit, marked where it was captured while logged in."""
    return f"{name}（{LOGGED_IN}）" if exhibit.id in material.extra.logged_in else name


def explain_login(material: Material, exhibits: Iterable[Exhibit]) -> tuple[Sentence, ...]:
    """The one sentence of a letter on it, with the numbers of those captures; none where there are none."""
    inside = [one.number for one in exhibits if one.form == "capture" and one.id in material.extra.logged_in]
    told = "、".join(f"证{number}" for number in inside)
    return (form(f"{told}是{LOGGED_IN}的，所见是登录账号以后的页面，未登录的访客所见可能不同"),) if told else ()
