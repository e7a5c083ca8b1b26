"""The authority of who acts for the buyer, from a grown-up or from the guardian of a minor.

Takes the material of a letter, gives a paper to be signed by hand; numbers of identity stay blank in it. Pure.
"""

from __future__ import annotations

from monitor.complaints.letters.law_words import citable
from monitor.complaints.letters.material import Material, say_day
from monitor.complaints.letters.orders import say_platform, tell_orders
from monitor.complaints.letters.parties import BLANK, PLACE
from monitor.complaints.letters.sentences import fact, fields, form, items, law, paragraph, signature
from monitor.complaints.model import Letter, Sentence
from storage.case import Person


def write_authorisation(material: Material) -> Letter:
    """授权委托书 of a grown-up buyer: 总局令第121号 art. 11 asks for matters, powers, term and his signature."""
    return _authorise(material, material.facts.buyer, "委托人", ())


def write_guardian_authorisation(material: Material) -> Letter:
    """The guardian of a minor, as his legal agent, authorises somebody."""
    facts = material.facts
    child = facts.buyer
    rows = (
        ("未成年人（购买人）", fact(material.plain(child.name))),
        ("出生日期", fact(say_day(child.born_on)) if child.born_on else form(PLACE)),
        ("监护关系证明", form(_proof(material))),
    )
    return _authorise(material, facts.guardian, "委托人（法定代理人）", rows)


def _proof(material: Material) -> str:
    marks = [one.number for one in material.exhibits if one.form == "item" and one.kind == "guardian_relation"]
    if not marks:
        material.note("还没有监护关系证明：拍户口簿或出生医学证明，用 case add 放入（--kind guardian_relation）")
        return "（请附户口簿或出生医学证明）"
    return "见证" + "、".join(marks)


def _authorise(material: Material, person: Person, role: str, rows: tuple[tuple[str, Sentence], ...]) -> Letter:
    facts = material.facts
    helper = facts.helper
    material.note("授权委托书要交原件，并附受托人身份证明；身份证号由本人在纸面上填写")
    if not facts.consent.strip():
        material.note(
            "还没有记录委托人的同意（case set：consent）：签好以后拍照，用 case add 放入（--kind authorisation）"
        )
    rule = citable(("tsjb-11",), material)
    told = "委托事项、权限和期限已在本书写明，由委托人签名"
    return Letter(
        material.kind.id,
        material.kind.name,
        "受理机关",
        (
            fields(
                role,
                (
                    *rows,
                    ("姓名", fact(material.plain(person.name))),
                    ("联系电话", fact(material.plain(person.phone)) if person.phone.strip() else form(PLACE)),
                    ("地址", fact(material.plain(person.address)) if person.address.strip() else form(PLACE)),
                    ("身份证号", form("（在纸面填写）")),
                ),
            ),
            fields(
                "受托人",
                (
                    ("姓名", fact(material.plain(helper.name))),
                    (
                        "与委托人的关系",
                        fact(material.plain(facts.helper_role)) if facts.helper_role.strip() else form(PLACE),
                    ),
                    ("联系电话", fact(material.plain(helper.phone)) if helper.phone.strip() else form(PLACE)),
                    ("身份证号", form("（在纸面填写）")),
                ),
            ),
            paragraph(
                "委托事项",
                (
                    form(f"就委托人在{say_platform(material)}的下列交易争议，代为投诉、举报、参加调解和提交材料"),
                    *tell_orders(material),
                ),
            ),
            items(
                "委托权限",
                (
                    form("一般代理：代为提交材料、陈述意见、参加调解、签收文书"),
                    form("特别代理（需要的请勾选）：□代为承认、放弃或变更请求　□代为和解、签署调解协议　□代收退款"),
                ),
            ),
            paragraph("委托期限", (form("自签署之日起至上述争议处理终结之日止；委托人可以随时书面撤销"),)),
            paragraph("说明", (law(told, [one.id for one in rule]) if rule else form(told),)),
            signature(
                form(f"委托人（签名）：{BLANK}"),
                form(f"受托人（签名）：{BLANK}"),
                form(f"日期：{say_day(material.today)}"),
            ),
        ),
        material.today,
    )
