"""Tells what was ordered: each order with its sum, where, and what it was bought for.

Takes the material of a letter, gives sentences with their marks; what the buyer did not say is not said. Pure.
"""

from __future__ import annotations

import re

from monitor.complaints.letters.material import Material, say_moment, say_paid
from monitor.complaints.letters.sentences import fact
from monitor.complaints.letters.support import Test, amount_in, name_in, no_other_day, text_in
from monitor.complaints.letters.unasked import is_unasked
from monitor.complaints.model import Sentence
from storage.case import Order

_SAME_PLACE = "同一平台"
MOST_ORDERS = 5
_FEE = re.compile(r"(?<![免无零退])(?:保证金|押金|解冻费|激活费|认证金|认证费|手续费|解冻金)")


def say_platform(material: Material) -> str:
    """The platform by name and address, as the buyer gives it."""
    name, url = material.plain(material.facts.platform, most=60), material.plain(material.facts.url, most=200)
    if name and url:
        return f"“{name}”（{url}）"
    return f"“{name}”" if name else url or "平台"


def tell_orders(material: Material) -> tuple[Sentence, ...]:
    """Each order; many of them as a sum with the first and last day."""
    orders, where = material.facts.orders, say_platform(material)
    told = [
        material.support(
            _say_order(material, one, where if place == 0 else _SAME_PLACE), ("order",), *_shows_order(one)
        )
        for place, one in enumerate(orders[:MOST_ORDERS])
    ]
    paid = material.facts.paid
    if len(orders) > MOST_ORDERS:
        material.note(f"订单共{len(orders)}笔，正文只列前{MOST_ORDERS}笔和合计，其余见所附订单和账单")
    if len(orders) > 1 and paid is not None:
        unasked = is_unasked(material.facts)
        rest = "以上及其余" if len(orders) > MOST_ORDERS else "以上"
        whole, sum_word = (f"{rest}扣款", "合计") if unasked else (f"{rest}订单", "实付合计")
        told.append(
            material.support_sum(f"{whole}共{len(orders)}笔，{sum_word}{say_paid(material.facts, paid)}", ("order",))
        )
    return tuple(told)


def _shows_order(order: Order) -> tuple[Test, ...]:
    """What an exhibit has to show of an order that it marks: its number, its goods, what was paid, no other day."""
    found: list[Test] = [no_other_day(order.ordered_at)] if order.ordered_at else []
    if order.number.strip():
        found.append(text_in(order.number))
    if order.product.strip():
        found.append(name_in(order.product))
    if order.amount is not None:
        found.append(amount_in(order.amount, order.product))
    return tuple(found)


def _say_order(material: Material, order: Order, where: str) -> str:
    if is_unasked(material.facts):
        return _say_charge(material, order, where)
    parts = []
    when = order.ordered_at or order.paid_at
    what = "支付" if is_fee(order) else "下单购买"
    place = (
        "" if is_fee(order) and where == _SAME_PLACE else f"在{where}"
    )  # a deposit may have gone to a person's account
    parts.append(f"{material.buyer_word}{f'于{say_moment(when)}' if when else ''}{place}{what}{_name(material, order)}")
    if order.quantity is not None:
        parts.append(f"数量{order.quantity}")
    if order.number.strip() and not material.public:
        parts.append(f"订单号{material.plain(order.number, most=80)}")
    if order.amount is not None:
        parts.append(f"实付{say_paid(material.facts, order.amount)}")
    return "，".join(parts)


def _say_charge(material: Material, order: Order, where: str) -> str:
    """A charge as what it is: when, by whom, how much, under which name; the buyer ordered nothing."""
    when = order.paid_at or order.ordered_at
    sum_told = say_paid(material.facts, order.amount) if order.amount is not None else "款项"
    told = f"{material.buyer_word}的账户{f'于{say_moment(when)}' if when else ''}被{where}扣款{sum_told}"
    if order.product.strip():
        told += f"，名目{_name(material, order)}"
    if order.number.strip() and not material.public:
        told += f"，订单号{material.plain(order.number, most=80)}"
    return told


def is_fee(order: Order) -> bool:
    """Whether what was paid for was no goods but a deposit or a fee that had to be paid first."""
    return _FEE.search(order.product) is not None


def _name(material: Material, order: Order) -> str:
    name = material.clean(order.product, most=80)
    return f"“{name}”" if name else "商品"


def tell_purpose(material: Material) -> tuple[Sentence, ...]:
    """What it was bought for, in the words of the answer: a gift, or goods for the family, are for living too."""
    orders = material.facts.orders
    goods = [one for one in orders if not is_fee(one)]
    if not material.consumer or (orders and not goods):
        return ()
    names = dict.fromkeys(_name(material, one) for one in goods) if len(goods) < len(orders) else {}
    if is_unasked(material.facts):
        return ()  # nothing was bought; the declaration says what the service was for
    return (fact(f"所购{'、'.join(names) or '商品'}用于生活消费"),)
