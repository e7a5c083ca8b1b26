"""Blocks that several letters share: facts in their order, requests with their sums, the list of attachments.

Pure; every block is made from the material of one letter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from monitor.complaints.evidence.exhibits import GROUP_ZH
from monitor.complaints.letters.blink_words import BETWEEN, tell_blinks
from monitor.complaints.letters.dealings import tell_answer, tell_dealings
from monitor.complaints.letters.delivery import tell_delivery
from monitor.complaints.letters.demands import Reckoned, reckon_demands, returned, total_of
from monitor.complaints.letters.login_state import mark_login
from monitor.complaints.letters.material import Material, day_bounds, say_exact, say_yuan
from monitor.complaints.letters.orders import tell_orders, tell_purpose
from monitor.complaints.letters.page_changes import tell_changes
from monitor.complaints.letters.page_clauses import Clause
from monitor.complaints.letters.page_moves import tell_moves
from monitor.complaints.letters.page_names import tell_address
from monitor.complaints.letters.page_promises import find_fee_terms, tell_shown
from monitor.complaints.letters.page_sightings import claimed_captures
from monitor.complaints.letters.payment import tell_payment
from monitor.complaints.letters.problem import tell_problem
from monitor.complaints.letters.sentences import demand, form, items, paragraph
from monitor.complaints.letters.who_answered import who_answered
from monitor.complaints.model import Block, Exhibit, Sentence
from storage.case import DemandKind

HEAD = "草稿，提交前请核对现行法规"
ANSWERED = "对方答复和已退款"
ONLY_ANSWERED = "对方答复"
CLOCK = "文中时间均为北京时间（+08:00）"
_IN_KIND = (DemandKind.REPLACE, DemandKind.DELIVER)


def tell_trade(material: Material) -> Block:
    """The trade from the order to what went wrong."""
    return paragraph(
        "交易经过",
        (
            *tell_orders(material),
            *tell_payment(material),
            *tell_purpose(material),
            *tell_delivery(material),
            *tell_problem(material),
            form(CLOCK),
        ),
    )


def tell_pages(
    material: Material, *, promises: int = 6, changes: int = 5, beside: Sequence[Clause] = ()
) -> tuple[Block, ...]:
    """What the pages showed around the order, what was changed since, and what was otherwise in one capture alone.

    `beside` are the clauses that the same letter quotes elsewhere.
    """
    shown = (
        *tell_shown(material, most=promises, beside=beside),
        *find_fee_terms(material),
        *tell_moves(material),
    )
    changed = tell_changes(material, most=changes)
    blocks = []
    if shown:
        blocks.append(items("页面所示", shown))
    if changed:
        blocks.append(items("抓取所见的变更", changed))
    between = tell_blinks(material)
    if between:
        blocks.append(items(BETWEEN, between))
    return tuple(blocks)


def tell_talks(material: Material) -> tuple[Block, ...]:
    """What was asked and answered; no block where nothing is known of it."""
    told = tell_dealings(material)
    return (paragraph("协商经过", told),) if told else ()


def tell_requests(material: Material, title: str = "请求", *, who: str = "", tail: str = "") -> Block:
    """The demands, one a line, each with its reckoning; then the sum of those that are money."""
    demands = reckon_demands(material)
    sentences = list(say_requests(demands, who=who, tail=tail))
    money = [one for one in demands if one.amount is not None]
    if len(money) > 1:
        sentences.append(demand(say_total(demands)))
    return items(title, sentences)


def say_total(demands: Sequence[Reckoned]) -> str:
    """The sum of the demands that are money, with its parts."""
    parts = "＋".join(say_yuan(one.amount) for one in demands if one.amount is not None)
    either = "，其中退款只在不能换货或交付时请求" if _is_either(demands) else ""
    return f"以上金额合计{say_yuan(total_of(demands))}（{parts}{either}）"


def _is_either(demands: Sequence[Reckoned]) -> bool:
    kinds = {one.kind for one in demands}
    return DemandKind.REFUND in kinds and bool(kinds & set(_IN_KIND))


def say_requests(demands: Iterable[Reckoned], *, who: str = "", tail: str = "") -> Iterable[Sentence]:
    """Each demand as a sentence. Goods and money for the same order are asked for one or the other."""
    listed = list(demands)
    both = _is_either(listed)
    for one in listed:
        how = f"（计算：{one.reckoning}）" if one.reckoning else ""
        either = "不能换货或交付的，" if both and one.kind is DemandKind.REFUND else ""
        yield demand(f"{either}{who}{one.text}{how}{tail}")


def list_attachments(material: Material, exhibits: Iterable[Exhibit] | None = None) -> Block:
    """The exhibits by number and name."""
    listed = material.exhibits if exhibits is None else tuple(exhibits)
    if not listed:
        material.note("还没有任何证据：先放入订单、账单、聊天截图，文书里的事实才有编号可引")
    return items(
        "附件", [form(f"证{one.number} {name_exhibit(material, one)}（{GROUP_ZH[one.group]}）") for one in listed]
    )


def name_exhibit(material: Material, one: Exhibit) -> str:
    """An exhibit as lists call it: whose it is and how it was made is said with a capture's name.

    Of an order that is known by its day alone nobody can say which captures of that day came before it.
    """
    name = material.plain(one.name, most=60)
    if one.form != "capture":
        return name
    when = say_exact(one.at) if one.at else "时间未知"
    ordered = material.facts.ordered_at
    first, last = day_bounds(ordered) if ordered is not None else (None, None)
    either = one.at is not None and first is not None and last is not None and first < last and first <= one.at <= last
    if one.id in claimed_captures(material.file):
        name = f"{name.partition('（')[0]}（他人提供的存档文件，所称时间{when}）"
    elif material.hides_order or either:
        name = f"{name.partition('（')[0]}（{when} 抓取）"
    return mark_login(f"{name}{tell_address(material, one.id, one.kind)}", one, material)


def tell_answered(material: Material, most: int) -> tuple[Block, ...]:
    """The seller's answer and what came back, in a block of its own that is never shortened."""
    told, who = tell_answer(material, most=most), who_answered(material.file)
    title = ANSWERED if returned(material.file.steps) else ONLY_ANSWERED
    title = title.replace("对方", who or "收到的")
    return (paragraph(title, told),) if told else ()
