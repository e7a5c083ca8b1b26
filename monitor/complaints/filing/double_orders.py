"""One order or one transaction told twice, by which the sum is reckoned twice.

Takes a case file and a channel at which something is claimed, gives what is missing with a way out for each. Pure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from monitor.complaints.filing.grounds import REFUSED, find_grounds
from monitor.complaints.model import CaseFile, Missing
from storage.case import Order

_MONEY = re.compile(r"(?<![\d.])\d[\d,]*(?:\.\d{1,2})?(?![\d])")


def find_double_orders(file: CaseFile, channel: str) -> Iterator[Missing]:
    """One order or one transaction told twice, unless a kept bill shows the sum of both (art. 16(5))."""
    orders = file.case.facts.orders
    for name, key in (("订单号", _number), ("交易单号", _payment_no)):
        counts = Counter(key(one) for one in orders if key(one))
        for number, times in counts.items():
            if times < 2:
                continue
            same = [one for one in orders if key(one) == number]
            if _shows_sum(file, same) or not _is_one(file, same):
                continue
            yield Missing(
                "orders.double",
                "每笔订单只写一次",
                f"{name}“{number[:40]}”写了{times}次，金额重复计算",
                "重复的去掉（case set 案件 orders.N=）；确是两笔的，各写各的单号；合并付款的，放入显示合计金额的账单",
                find_grounds(file, channel, REFUSED),
            )
            return


def _number(order: Order) -> str:
    return order.number.strip()


def _payment_no(order: Order) -> str:
    return order.payment_no.strip()


def _shows_sum(file: CaseFile, orders: list[Order]) -> bool:
    total = sum((one.amount or Decimal(0) for one in orders), Decimal(0))
    return any(
        total in {Decimal(found.replace(",", "")) for found in _MONEY.findall(item.text)}
        for item in file.items
        if item.removed_at is None and item.kind in ("order", "voucher", "wallet_bill")
    )


def _is_one(file: CaseFile, orders: list[Order]) -> bool:
    """Whether nothing parts them: where goods or sums differ and no bill can be read, it may be one cart."""
    alike = len({(one.product.strip(), one.amount) for one in orders}) == 1
    read = any(
        item.text.strip() for item in file.items if item.removed_at is None and item.kind in ("voucher", "wallet_bill")
    )
    return alike or read
