"""The facts of a case as short Chinese lines, for the one who owns the case. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.complaints.facts.demands import total_asked
from monitor.complaints.facts.fact_paths import get_fact, list_fact_names, show_fact
from monitor.complaints.facts.fact_words import label_of, names_of
from storage.case import Case, Demand, Facts, Order, Person, Respondent

_MOST_ORDERS = 5
_ON_ONE_LINE = (
    ("平台", ("platform", "url", "purpose")),
    ("付款", ("payment", "payee", "payee_account")),
    ("问题", ("problem", "delivered", "received_at", "valid_until", "used", "used_at")),
    ("数额", ("face_value", "got_value", "extra_name", "extra_asked", "balance")),
    ("经过", ("noticed_at", "what_happened")),
    ("联系", ("contacted_at", "seller_contact", "seller_reply", "replied_at", "answer_by")),
    ("卖家", ("respondent.name", "respondent.shop", "respondent.address", "respondent.uscc", "respondent.phone")),
    ("买方", ("buyer.name", "buyer.phone", "buyer.address", "buyer.born_on", "buyer.id_number", "home")),
    ("监护人", ("guardian_agreed", "guardian.name", "guardian.phone", "guardian.address", "guardian.id_number")),
    ("代办人", ("helper.name", "helper_role", "consent", "helper.phone", "helper.address", "helper.id_number")),
    ("声明", ("own_trade", "still_open", "money_back", "elsewhere")),
    ("材料", ("advert_relied_on", "fraud_evidence", "unlawful", "others")),
)
_BARE = frozenset(("platform", "payment", "problem", "what_happened", "respondent.name", "buyer.name", "guardian.name",
                   "helper.name"))  # fmt: skip


def describe_facts(facts: Facts) -> tuple[str, ...]:
    """All that is known, a few lines by subject; what is not known is left out."""
    lines = [_line("平台", facts, _ON_ONE_LINE[0][1])]
    lines += [_order_line(number, order) for number, order in enumerate(facts.orders[:_MOST_ORDERS], start=1)]
    if len(facts.orders) > 1:
        more = f"另有{len(facts.orders) - _MOST_ORDERS}笔未列出，" if len(facts.orders) > _MOST_ORDERS else ""
        lines.append(f"合计：{more}{len(facts.orders)}笔，{show_fact('', facts.paid) or '有订单没有写金额'}")
    lines += [_line(title, facts, names) for title, names in _ON_ONE_LINE[1:]]
    lines += [f"说明：“{one.words}”是说：{one.meaning}" for one in facts.meant]
    return tuple(line for line in lines if line)


def show_demands(demands: Sequence[Demand]) -> tuple[str, ...]:
    """The demands, numbered, with their reckoning; the sum where there are several sums."""
    lines = []
    for number, demand in enumerate(demands, start=1):
        amount = f" {show_fact('', demand.amount)}" if demand.amount is not None else ""
        reckoning = f"（{demand.reckoning}）" if demand.reckoning else ""
        lines.append(f"{number} {names_of('demands.kind', demand.kind.value)}{amount}{reckoning}")
    total = total_asked(demands)
    if total is not None and sum(1 for demand in demands if demand.amount is not None) > 1:
        lines.append(f"合计 {show_fact('', total)}")
    return tuple(lines)


def show_part(facts: Facts, name: str) -> str:
    """One field of `Facts` in a line: of orders, demands and persons all that is known of them."""
    value = getattr(facts, name)
    if name == "orders":
        return "；".join(_order_line(number, order) for number, order in enumerate(facts.orders, start=1))
    if name == "demands":
        return "；".join(show_demands(facts.demands))
    if name == "meant":
        return "；".join(f"“{one.words}”是说：{one.meaning}" for one in facts.meant)
    if isinstance(value, Person | Respondent):
        below = [one for one in list_fact_names() if one.startswith(f"{name}.")]
        shown = ((one, show_fact(one, get_fact(facts, one))) for one in below)
        return "；".join(f"{label_of(one)} {told}" for one, told in shown if told)
    return show_fact(name, value)


def name_case(case: Case) -> str:
    """A case in a few words: platform, sum, problem."""
    facts = case.facts
    problem = show_fact("problem", facts.problem) or "问题未写明"
    return "，".join(part for part in (facts.platform or facts.url, show_fact("", facts.paid), problem) if part)


def _line(title: str, facts: Facts, names: Sequence[str]) -> str:
    parts = []
    for name in names:
        value = get_fact(facts, name)
        shown = show_fact(name, value)
        if shown and not isinstance(value, bool):
            parts.append(shown if name in _BARE else f"{label_of(name)} {shown}")
    return f"{title}：{'；'.join(parts)}" if parts else ""


def _order_line(number: int, order: Order) -> str:
    parts = []
    for name in (name for name in list_fact_names() if name.startswith("orders.")):
        shown = show_fact(name, getattr(order, name.partition(".")[2]))
        if shown:
            parts.append(f"{label_of(name)} {shown}")
    return f"订单{number}：{'；'.join(parts) or '（没有内容）'}"
