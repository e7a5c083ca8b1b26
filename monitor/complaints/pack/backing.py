"""Which exhibits show a fact: those whose own text holds it, and no others.

Takes the case file and its exhibits; gives marks. An item whose text was never read (a picture without text
recognition, a recording) shows nothing here: then the fact is the buyer's own statement. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from monitor.complaints.evidence.against_claim import find_undone
from monitor.complaints.evidence.contradictions import contradicting_items
from monitor.complaints.evidence.held_values import MOST_READ, holds_amount, holds_name, holds_number
from monitor.complaints.model import CaseFile, Exhibit
from monitor.complaints.pack.model import ABSENT
from storage.case import ProblemKind

SAID = "（据本人陈述）"
_ORDER_KINDS = ("order", "voucher", "wallet_bill")
_PROBLEM_KINDS = ("failure", "balance_record", "loss")
_MOST = 6
_DEAD = r"无效|失效|不存在|无法(?:兑换|激活|使用|充值)|(?:兑换|激活|充值|验证)失败|卡号或密码(?:错误|有误)"
_SHOWN = {
    ProblemKind.DEAD_KEY: _DEAD,
    ProblemKind.USED_KEY: r"已(?:经)?被?(?:使用|兑换|激活|充值|绑定)",
    ProblemKind.EXPIRED_KEY: r"过期|已失效|有效期",
    ProblemKind.SHORT_VALUE: r"余额不足|面值|到账",
    ProblemKind.NOT_DELIVERED: r"未发货|待发货|没有发货|未发卡|库存不足",
    ProblemKind.ACCOUNT_LOST: r"密码错误|已被?(?:找回|冻结|封禁|封停|停用)|封号",
    ProblemKind.TOPUP_MISSING: r"未到账|没有到账|充值失败|充值中",
    ProblemKind.BALANCE_FROZEN: r"冻结|限制提现|无法提现|不能提现|提现失败|暂停提现",
    ProblemKind.UNASKED_CHARGE: r"自动续费|自动扣|连续包|代扣|免密",
    ProblemKind.PLATFORM_GONE: r"无法访问|找不到|404|拒绝连接|已停止",
}
_CONTRARY = re.compile(r"(?:充值|兑换|激活|提现|到账|登录|使用)成功")


@dataclass(frozen=True)
class Backing:
    """The exhibits of a pack, by what they show. `absent` are numbers of those of which nothing goes along."""

    file: CaseFile
    exhibits: Sequence[Exhibit]
    absent: Collection[str] = field(default_factory=frozenset)

    def number(self, text: str) -> str:
        """The mark of an order's or a payment's number, "" where no text holds it."""
        return self.mark(self._holding(_ORDER_KINDS, lambda words: holds_number(words, text)))

    def name(self, text: str) -> str:
        """The mark of a payee, "" where no bill names him."""
        return self.mark(self._holding(_ORDER_KINDS, lambda words: holds_name(words, text)))

    def amounts(self, amounts: Iterable[Decimal | None]) -> str:
        """The mark of a sum: of every amount in it there must be a text that holds it, else it is the buyer's word."""
        found: list[str] = []
        goods = [order.product for order in self.file.case.facts.orders]
        for amount in amounts:
            shown = self._holding(_ORDER_KINDS, _of_amount(amount, goods)) if amount is not None else ()
            if not shown:
                return SAID
            found += shown
        return self.mark(found) or SAID

    def problem(self, kind: ProblemKind) -> str:
        """The mark of what went wrong: items that say so and do not say the contrary."""
        words = _SHOWN.get(kind, "")
        shown = self._holding(_PROBLEM_KINDS, _of_problem(words)) if words else ()
        return self.mark(shown) or SAID

    def of(self, ids: Iterable[str]) -> str:
        """The mark of items or captures by their ids, "" where none is an exhibit."""
        items = {item.id: item.evidence for item in self.file.items}
        wanted = {items.get(one, one) for one in ids}
        return self.mark(one.number for one in self.exhibits if one.id in wanted)

    def mark(self, numbers: Iterable[str]) -> str:
        """Numbers as a mark, those that are not attached named as such."""
        told = [f"{one}{ABSENT if one in self.absent else ''}" for one in dict.fromkeys(numbers)]
        return f"（证{'、'.join(told[:_MOST])}）" if told else ""

    def _holding(self, kinds: Sequence[str], holds: Callable[[str], bool]) -> tuple[str, ...]:
        # of another trade, never paid, or paid back: it shows nothing of this one
        other = contradicting_items(self.file) | find_undone(self.file)
        texts = {
            item.evidence: item.text[:MOST_READ]
            for item in self.file.items
            if item.removed_at is None and item.evidence not in other and item.text_source != "html"  # may be hidden
        }
        found = []
        for one in self.exhibits:
            text = texts.get(one.id, "") if one.form == "item" and one.kind in kinds else ""
            if text and holds(text):
                found.append(one.number)
        return tuple(found)


def _of_amount(amount: Decimal, goods: Sequence[str]) -> Callable[[str], bool]:
    return lambda text: holds_amount(text, amount, *goods)


def _of_problem(words: str) -> Callable[[str], bool]:
    return lambda text: re.search(words, text) is not None and _CONTRARY.search(text) is None
