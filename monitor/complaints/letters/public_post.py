"""A post on a public complaint platform: it names no person and judges nothing.

Takes the material of a letter, gives the post; persons, numbers of orders and keys never stand in it. Pure.
"""

from __future__ import annotations

from decimal import Decimal

from monitor.complaints.letters.common import tell_answered, tell_requests
from monitor.complaints.letters.dealings import tell_asking
from monitor.complaints.letters.delivery import tell_delivery
from monitor.complaints.letters.demands import reckon_demands, total_of
from monitor.complaints.letters.material import Material, say_yuan
from monitor.complaints.letters.orders import tell_orders
from monitor.complaints.letters.page_promises import find_fee_terms, tell_shown
from monitor.complaints.letters.payment import tell_payment
from monitor.complaints.letters.problem import tell_problem
from monitor.complaints.letters.problem_words import missing_rebate, name_problem
from monitor.complaints.letters.sentences import demand, fact, fields, items, paragraph
from monitor.complaints.letters.short import caption_sentences
from monitor.complaints.model import Letter
from monitor.complaints.routing.named_respondent import is_shop_on_platform

_TITLE = 30


def write_heimao(material: Material) -> Letter:
    """A post that anybody may read: neutral, without persons, numbers of orders, or judgements."""
    facts = material.facts
    demands = reckon_demands(material)
    money = total_of(demands)
    platform = material.plain(facts.platform, most=20) or "该平台"
    shop = material.plain(facts.respondent.shop, most=20) if is_shop_on_platform(material.file) else ""
    title = f"{platform}的店铺：{name_problem(material.file)}" if shop else f"{platform}：{name_problem(material.file)}"
    material.note("正文取自您写的经过和对方的答复，其中人名不一定都能认出：发布前逐句核对，删去任何人的姓名和称呼")
    material.note("公开帖文不写姓名、电话、订单号和卡密；平台另有“仅商家可见”的栏目时，订单号填在那里")
    material.note("上传的截图要用打码后的版本（投诉包会生成）；只写事实，不加评价")
    return Letter(
        "heimao",
        title[:_TITLE],
        "公开投诉平台",
        (
            fields(
                "帖文信息",
                (
                    ("投诉对象", fact(f"{platform}，店铺“{shop}”" if shop else platform)),
                    ("问题", fact(name_problem(material.file))),
                    ("诉求", demand("、".join(dict.fromkeys(one.short for one in demands)) or "处理")),
                    ("涉及金额", fact(_say_involved(material, money))),
                ),
            ),
            paragraph(
                "正文",
                (
                    *tell_orders(material)[:2],
                    *tell_payment(material),
                    *tell_delivery(material),
                    *tell_problem(material),
                    *tell_shown(material, most=2),
                    *find_fee_terms(material),
                    *tell_asking(material),
                ),
            ),
            *tell_answered(material, 100),
            paragraph("诉求", tuple(tell_requests(material, who="请").sentences)),
            items("配图说明", tuple(caption_sentences(material))),
        ),
        material.today,
    )


def _say_involved(material: Material, money: Decimal) -> str:
    """The sum that is asked for, else what was paid; of a rebate neither is known."""
    paid = material.facts.paid
    if money:
        return say_yuan(money)
    return say_yuan(paid) if paid and not missing_rebate(material.facts) else "见正文"
