"""Whether the evidence says something else than the case: a bill of another trade, an order that was never paid.

Takes a case file, gives what was read in which item against which fact. An item that shows the right value beside
others (a list of bills) contradicts nothing; a value read by OCR may be misread, and is grave only with a second one.
Pure.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from monitor.complaints.model import CaseFile
from monitor.complaints.routing.filing_words import pattern
from monitor.operators.subject_names import is_masked
from monitor.times import SHANGHAI
from storage.case import CaseItem, Facts, Order, PaymentForm

PROOFS = ("order", "voucher", "wallet_bill")
_MOST_TEXT = 50_000
_FIELD_ZH = {"number": "单号", "amount": "金额", "payee": "收款方", "paid_at": "付款时间", "unpaid": "付款状态"}
_NEAR = timedelta(days=1)  # a wallet books a late payment on the next day
_BRACKETS = re.compile(r"\([^()]*\)")
_MASK = re.compile(r"[*＊×✱某]+")
_MONEY = re.compile(r"\d[\d,]*(?:\.\d{1,2})?")


@dataclass(frozen=True)
class Contradiction:
    """One value that was read in an item against what the case says. `grave`: an office takes it for another trade."""

    item: str  # item id
    evidence: str
    title: str
    field: str  # number, amount, payee, paid_at, unpaid
    read: str
    told: str
    grave: bool

    @property
    def sentence(self) -> str:
        """What is wrong, in Chinese."""
        if self.field == "unpaid":
            return f"“{self.title}”显示“{self.read}”，没有显示已经付款"
        return f"“{self.title}”中读出的{_FIELD_ZH[self.field]}是“{self.read}”，案件写的是“{self.told}”"


def find_contradictions(file: CaseFile) -> tuple[Contradiction, ...]:
    """Every contradiction between proofs of purchase and the case, the grave ones first."""
    found: list[Contradiction] = []
    for item in file.items:
        if item.removed_at is None and not item.duplicate_of and item.kind in PROOFS and item.text.strip():
            found += _of_item(item, file)
    return tuple(sorted(found, key=lambda one: not one.grave))


def contradicting_items(file: CaseFile) -> frozenset[str]:
    """The ids (item and evidence) of proofs that are gravely of another trade: no letter should cite them."""
    grave = [one for one in find_contradictions(file) if one.grave and one.field != "paid_at"]
    return frozenset(one for found in grave for one in (found.item, found.evidence))


def read_payees(file: CaseFile) -> tuple[str, ...]:
    """Whom the kept bills themselves name as payee; () where none was read."""
    found = [
        name
        for item in file.items
        if item.removed_at is None and item.kind in PROOFS
        for name in pattern("bills", "payee").findall(_plain(item.text))
    ]
    return tuple(dict.fromkeys(found))


def payees_beside(file: CaseFile) -> tuple[str, ...]:
    """Payees of the kept bills that are neither the told payee nor the told respondent; () where one of them is.

    Bills of another number or sum are of another trade: whom those paid is no matter here.
    """
    facts = file.case.facts
    strange = {one.item for one in find_contradictions(file) if one.field in ("number", "amount", "unpaid")}
    told = [name for name in (facts.payee, facts.respondent.name, facts.respondent.shop) if name.strip()]
    found = read_payees(replace(file, items=tuple(one for one in file.items if one.id not in strange)))
    if not told or any(is_same_party(one, name) for one in found for name in told):
        return ()
    return found


def is_same_party(one: str, other: str) -> bool:
    """Whether two names may be of one party: what is in brackets or masked does not part them, nor a shorter form."""
    first, second = _bare(one), _bare(other)
    if not first or not second:
        return False
    if is_masked(first) or is_masked(second):
        masked, whole = (first, second) if is_masked(first) else (second, first)
        rest = iter(whole)
        return is_masked(whole) or all(sign in rest for sign in _MASK.sub("", masked))
    return first in second or second in first


def _bare(name: str) -> str:
    plain = _plain(name).strip()
    return _BRACKETS.sub("", plain).strip() or plain


def orders_without_proof(file: CaseFile) -> tuple[int, ...]:
    """Which orders (1, 2 …) no readable proof shows, where another of the case's orders is shown; () otherwise."""
    texts = [
        _plain(item.text)
        for item in file.items
        if item.removed_at is None and item.kind in PROOFS and item.text.strip()
    ]
    unread = any(item.removed_at is None and item.kind in PROOFS and not item.text.strip() for item in file.items)
    orders = file.case.facts.orders
    if unread or len(orders) < 2 or not texts:
        return ()
    shown = [any(number in text for number in _numbers(order) for text in texts) for order in orders]
    if not any(shown):
        return ()
    return tuple(place for place, (order, seen) in enumerate(zip(orders, shown, strict=True), 1)
                 if not seen and _numbers(order))  # fmt: skip


def _of_item(item: CaseItem, file: CaseFile) -> list[Contradiction]:
    facts, text = file.case.facts, _plain(item.text)
    read = {
        "number": _number_against(text, facts),
        "amount": _amount_against(text, facts),
        "payee": _payee_against(text, facts),
        "paid_at": _day_against(text, facts),
    }
    told = {
        "number": "、".join(list(dict.fromkeys(n for one in facts.orders for n in _numbers(one)))[:3]),
        "amount": "、".join(f"{one.amount:f}元" for one in facts.orders[:3] if one.amount is not None),
        "payee": facts.payee.strip(),
        "paid_at": "、".join(dict.fromkeys(one.isoformat() for one in _days(facts))),
    }
    wrong = {field: value for field, value in read.items() if value}
    hard = [field for field in wrong if field != "paid_at"]
    sure = item.text_source != "ocr"
    grave = len(wrong) > 1 or (bool(hard) and sure)
    late = sure and facts.payment is not PaymentForm.BALANCE  # of a balance the bill is that of an earlier top-up
    made = [
        Contradiction(item.id, item.evidence, item.title, field, value, told[field], grave if hard else late)
        for field, value in wrong.items()
    ]
    if unpaid := _unpaid(text):
        made.append(
            Contradiction(item.id, item.evidence, item.title, "unpaid", unpaid, "", not _is_paid_elsewhere(item, file))
        )
    return made


def _unpaid(text: str) -> str:
    """The state that says that nothing was paid; "" where none does, or where the same text shows the payment."""
    if pattern("bills", "paid").search(text):
        return ""
    for line in text.splitlines():
        found = pattern("bills", "unpaid").search(line)
        if found is not None and not pattern("bills", "unpaid_unless").search(line):
            return found[0]
    return ""


def _is_paid_elsewhere(item: CaseItem, file: CaseFile) -> bool:
    """Whether a bill beside this item shows one of the case's payments: the page was kept before it was paid."""
    numbers = [number for order in file.case.facts.orders for number in _numbers(order)]
    amounts = {order.amount for order in file.case.facts.orders if order.amount is not None}
    for other in file.items:
        if other.id == item.id or other.removed_at is not None or other.kind not in ("voucher", "wallet_bill"):
            continue
        text = _plain(other.text)
        shown = {_money(one) for one in _MONEY.findall(text)}
        if not _unpaid(text) and (any(number in text for number in numbers) or amounts & shown):
            return True
    return False


def _number_against(text: str, facts: Facts) -> str:
    known = [number for order in facts.orders for number in _numbers(order)]
    found = pattern("bills", "number").search(text)
    if found is None or not known or any(number in text for number in known):
        return ""
    return found[1]


def _amount_against(text: str, facts: Facts) -> str:
    wanted = {order.amount for order in facts.orders if order.amount is not None}
    if not wanted or any(order.amount is None for order in facts.orders):
        return ""
    if facts.paid is not None:
        wanted.add(facts.paid)
    found = pattern("bills", "amount").search(text)
    shown = {_money(one) for one in _MONEY.findall(text)}
    if found is None or wanted & shown:
        return ""
    return f"{_money(found[1]):f}元"


def _payee_against(text: str, facts: Facts) -> str:
    told = _plain(facts.payee).strip()
    found = pattern("bills", "payee").findall(text)
    if not told or not found or pattern("names", "wallet").fullmatch(told):
        return ""
    own: tuple[str, ...] = (told, facts.respondent.name, facts.respondent.shop, facts.platform)
    if is_masked(told):
        own = (told,)
    elif any(name.strip() and not is_masked(name) and _bare(name) in text for name in own):
        return ""
    if any(is_same_party(one, name) for one in found for name in own if name.strip()):
        return ""
    return str(found[0])


def _day_against(text: str, facts: Facts) -> str:
    wanted = _days(facts)
    found: list[date] = []
    for year, month, day in pattern("bills", "moment").findall(text):
        try:
            found.append(date(int(year), int(month), int(day)))
        except ValueError:
            continue
    if not wanted or not found or any(abs(one - other) <= _NEAR for one in found for other in wanted):
        return ""
    return found[0].isoformat()


def _days(facts: Facts) -> list[date]:
    return [
        moment.astimezone(SHANGHAI).date()
        for order in facts.orders
        if (moment := order.paid_at or order.ordered_at) is not None
    ]


def _numbers(order: Order) -> list[str]:
    known = (order.number, order.payment_no, order.merchant_no)
    return [plain for one in known if len(plain := _plain(one).strip()) >= 6]


def _money(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text[:_MOST_TEXT])
