"""Tells of a joint complaint who else complains, of which orders; and writes the paper that elects representatives.

Only of cases that are known here and of the same operator; of the others it is said that nothing is known. Without any
named there is not a word of others. 总局令第121号 art. 12. Pure.
"""

from __future__ import annotations

from monitor.complaints.letters.law_words import citable, tell_rule
from monitor.complaints.letters.material import Material, say_day, say_moment, say_yuan
from monitor.complaints.letters.parties import BLANK, name_respondent
from monitor.complaints.letters.problem_words import name_problem
from monitor.complaints.letters.sentences import demand, fact, form, items, paragraph, signature, table, unknown
from monitor.complaints.model import Block, Letter, OtherCase, Sentence
from monitor.complaints.routing.joint import find_joint
from storage.case import DemandKind, Order, Person

_RULE = ("tsjb-12",)
_MOST_ORDERS = 20
_NOT_TOLD = "未填写"
_DEMAND_ZH = {
    DemandKind.REPLACE: "换同面值商品",
    DemandKind.DELIVER: "补发商品",
    DemandKind.REFUND: "退款",
    DemandKind.RELEASE: "退还余额",
    DemandKind.DAMAGES: "赔偿损失",
    DemandKind.FRAUD: "增加赔偿",
}


def tell_joint(material: Material) -> tuple[Block, ...]:
    """Who else complains and of which orders, in tables; no block where nobody else is named."""
    joint = find_joint(material.file)
    _note_left_out(material)
    blocks: list[Block] = []
    if joint.joined:
        material.note("共同投诉：把各人的姓名、电话、地址写进文书前，须经每个人同意；各人的订单、账单由其本人另附")
        material.note(
            "共同投诉可以书面推选代表人（最多两人）：文书“共同投诉代表人推选书”由全体签名；不推选的，各人都要签名"
        )
        rows = [_person_row(material, place, one) for place, one in enumerate(joint.joined, 2)]
        blocks.append(table("共同投诉人（其一见“投诉人”）", ("序号", "姓名", "联系电话", "通讯地址"), rows))
        columns = ("投诉人", "订单号", "商品", "下单时间", "实付金额", "请求")
        blocks.append(table("共同投诉人的订单", columns, _order_rows(material, joint.joined)))
        told = [
            form("共同投诉人的订单由各人自行陈述，凭证由各人另附"),
            *tell_rule(citable(_RULE, material), "两人以上因同一争议投诉同一经营者，请按共同投诉处理："),
        ]
        blocks.append(paragraph("共同投诉", told))
    if joint.strange:
        count = len(joint.strange)
        blocks.append(
            items("共同投诉中尚缺的", (unknown(f"另有{count}名共同投诉人的情况本文书没有掌握，由其本人补充"),))
        )
    return tuple(blocks)


def tell_joint_briefly(material: Material) -> tuple[Block, ...]:
    """For a short form: how many complain together, and where they are told."""
    joint = find_joint(material.file)
    _note_left_out(material)
    if not joint.joined:
        return ()
    count = len(joint.joined) + 1
    return (paragraph("共同投诉", (fact(f"本投诉由{count}人就同一争议共同提出，各人的信息和订单见所附投诉书"),)),)


def write_election(material: Material) -> Letter:
    """共同投诉代表人推选书: all who complain, up to two of them to be written in, and what these may not do alone."""
    joined = find_joint(material.file).joined
    facts = material.facts
    everybody = [(facts.buyer, facts.guardian if facts.minor else None)]
    everybody += [(Person(one.buyer, one.phone, one.address), one.guardian if one.minor else None) for one in joined]
    material.note(
        "推选书由每个投诉人本人签名（未成年人由监护人签名），代表人最多两人，从投诉人中推选；原件随投诉书提交"
    )
    rule = tell_rule(citable(_RULE, material), "依据")
    return Letter(
        "elect_representatives",
        material.kind.name,
        "市场监督管理部门",
        (
            table(
                "全体投诉人",
                ("序号", "姓名", "联系电话", "通讯地址"),
                [_row(material, place, person) for place, (person, _) in enumerate(everybody, 1)],
            ),
            paragraph(
                "推选事项",
                (
                    fact(
                        f"以上{len(everybody)}人因{name_problem(material.file).removeprefix('本人认为')}，投诉{name_respondent(material)}"
                    ),
                    demand(f"共同推选{BLANK}、{BLANK}为代表人（一人或者两人，请填写）进行投诉"),
                    form("代表人的投诉行为对全体投诉人发生效力"),
                    form("代表人变更、放弃投诉请求或者与被投诉人达成调解协议的，须经被代表的投诉人同意"),
                    *rule,
                ),
            ),
            signature(
                *(form(_sign(material, person, guardian)) for person, guardian in everybody),
                form(f"日期：{say_day(material.today)}"),
            ),
        ),
        material.today,
    )


def _note_left_out(material: Material) -> None:
    joint = find_joint(material.file)
    for one in joint.apart:
        material.note(f"所列案件{one.id}与本案不是同一平台、同一经营者，或者没有填写：不是同一争议，没有写进共同投诉")
    if joint.same_buyer:
        material.note("所列案件中有同一买家的：同一人的几笔订单写在一件投诉中，不算共同投诉")
    if joint.strange:
        material.note(
            f"所列的{len(joint.strange)}个案件不在本档案中：没有写出这些人的情况，请为每人建案件或由其本人另写"
        )


def _person_row(material: Material, place: int, one: OtherCase) -> tuple[Sentence, ...]:
    return _row(material, place, Person(one.buyer, one.phone, one.address))


def _row(material: Material, place: int, person: Person) -> tuple[Sentence, ...]:
    told = (material.plain(text) for text in (person.name, person.phone, person.address))
    return (form(str(place)), *(fact(one) if one else unknown(_NOT_TOLD) for one in told))


def _order_rows(material: Material, joined: tuple[OtherCase, ...]) -> list[tuple[Sentence, ...]]:
    rows = []
    for one in joined:
        who = material.plain(one.buyer) or _NOT_TOLD
        asked = "、".join(dict.fromkeys(_DEMAND_ZH[kind] for kind in one.demands if kind in _DEMAND_ZH)) or _NOT_TOLD
        for order in one.orders[:_MOST_ORDERS] or (Order(),):
            rows.append((fact(who), *_order_cells(material, order), fact(asked)))
        if len(one.orders) > _MOST_ORDERS:
            material.note(f"{who}的订单共{len(one.orders)}笔，文书只列前{_MOST_ORDERS}笔")
    return rows


def _order_cells(material: Material, order: Order) -> tuple[Sentence, ...]:
    moment = order.ordered_at or order.paid_at
    told = (
        material.plain(order.number),
        material.clean(order.product, most=60),
        say_moment(moment) if moment is not None else "",
        say_yuan(order.amount) if order.amount is not None else "",
    )
    return tuple(fact(one) if one else unknown(_NOT_TOLD) for one in told)


def _sign(material: Material, person: Person, guardian: Person | None) -> str:
    name = material.plain(person.name) or BLANK
    if guardian is None:
        return f"投诉人（签名）：{BLANK}（{name}）"
    return f"投诉人{name}的法定代理人（签名）：{BLANK}（{material.plain(guardian.name) or BLANK}）"
