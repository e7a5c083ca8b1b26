"""Judges what the change of one fact does to the buyer: price, stock, limit, warranty, contact, registration.

Takes the kind of fact and its two texts, gives a difference; the subject names product, kind and qualifier, so that a
difference can be judged again later. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from monitor.changes.assess import Judgement, judge_texts
from monitor.changes.kinds import load_kinds
from monitor.changes.normal_forms import compact_form
from scrapers.model import FactKind
from storage.model import ChangeClass, Difference, Effect, Severity

PRICES = (FactKind.PRICE, FactKind.MEMBER_PRICE, FactKind.TIER_PRICE, FactKind.VARIANT_PRICE, FactKind.ORIGINAL_PRICE)
_STOCKS = (FactKind.STOCK, FactKind.SOLD, FactKind.AVAILABLE)
NUMBERS = (*PRICES, FactKind.STOCK, FactKind.SOLD)
_LABELS = {
    FactKind.NAME: "名称",
    FactKind.PRICE: "售价",
    FactKind.ORIGINAL_PRICE: "划线价",
    FactKind.MEMBER_PRICE: "会员价",
    FactKind.TIER_PRICE: "批发价",
    FactKind.VARIANT_PRICE: "规格价",
    FactKind.STOCK: "库存",
    FactKind.SOLD: "销量",
    FactKind.LIMIT: "限购",
    FactKind.DELIVERY: "发货",
    FactKind.FACE_VALUE: "面值",
    FactKind.SPEC: "规格",
    FactKind.VALIDITY: "有效期",
    FactKind.WARRANTY: "质保",
    FactKind.AFTER_SALES: "售后",
    FactKind.SUPPLIER: "供货商",
    FactKind.CONTACT: "联系方式",
    FactKind.LICENCE: "主体信息",
    FactKind.CURRENCY: "币种",
    FactKind.LOCKED: "访问限制",
    FactKind.AVAILABLE: "可购状态",
}
_AMOUNT = re.compile(r"\d[\d,]*(?:\.\d+)?")
_SUBJECT = re.compile(r"#([a-z_]+)(?:\[(.*)\])?$", re.DOTALL)
_SOLD_OUT = re.compile(r"^(?:0+|false|no|缺货|售罄|已售罄|无货|下架|暂停销售|禁售|补货中|缺货中)$")
_NAME_KINDS = frozenset(
    {"spec_reduced", "spec_improved", "validity_cut", "validity_extended", "warranty_cut", "warranty_extended"}
)


def read_decimal(text: str) -> Decimal | None:
    """A number as facts carry it, None for a word."""
    try:
        number = Decimal(text.strip().replace(",", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def name_fact(kind: FactKind, subject: str, qualifier: str) -> str:
    """The subject of a difference about a fact: product, kind, qualifier."""
    return f"{subject}#{kind}[{qualifier}]" if qualifier else f"{subject}#{kind}"


def fact_of_subject(subject: str) -> tuple[FactKind, str] | None:
    """Kind and qualifier of a difference's subject, None when it names a clause."""
    match = _SUBJECT.search(subject)
    if match is None or match.group(1) not in {kind.value for kind in FactKind}:
        return None
    return FactKind(match.group(1)), match.group(2) or ""


def show_price(value: str, shown: str = "") -> str:
    """A price as a reason names it: 18.50元, spelled as the page showed it, else with two decimals where it has any."""
    number = read_decimal(value)
    if number is None:
        return value
    for match in _AMOUNT.finditer(shown[:200]):
        if read_decimal(match.group()) == number:
            return f"{match.group()}元"
    exponent = number.as_tuple().exponent
    few = isinstance(exponent, int) and -2 < exponent < 0
    return f"{number:.2f}元" if few else f"{number:f}元"


def judge_fact(
    kind: FactKind, subject: str, before: str, after: str, *, quotable: bool = True, told: tuple[str, str] | None = None
) -> Difference:
    """Judge one fact's old and new text; "" where there is none. `told` are prices as the reason is to name them."""
    if kind in PRICES:
        return _judge_price(kind, subject, before, after, told or (_price_text(before), _price_text(after)), quotable)
    if kind in _STOCKS:
        return _judge_stock(kind, subject, before, after, quotable=quotable)
    label = _LABELS[kind]
    if kind in (FactKind.CONTACT, FactKind.LICENCE):
        return _judge_identity(kind, subject, before, after, quotable=quotable)
    if kind is FactKind.SUPPLIER:
        return make_difference(
            ChangeClass.RULE,
            subject,
            before,
            after,
            Effect.NEUTRAL,
            Severity.LOW,
            ("supplier_changed",),
            _tell(label, before, after),
            quotable,
        )
    judged = judge_texts(_with_label(label, before), _with_label(label, after))
    if kind is FactKind.NAME:
        return _judge_name(subject, before, after, judged, quotable=quotable)
    reason = judged.reason if judged.effect is not Effect.NEUTRAL else _tell(label, before, after)
    wording = judged.effect is Effect.NEUTRAL and bool(before and after)
    kinds = (
        judged.kinds
        if judged.effect is not Effect.NEUTRAL
        else (("wording_only",) if wording else ("rule_added" if after else "rule_removed",))
    )
    severity = judged.severity if not (judged.effect is Effect.NEUTRAL and not after) else Severity.LOW
    return make_difference(
        ChangeClass.WORDING if wording else ChangeClass.RULE,
        subject,
        before,
        after,
        judged.effect,
        severity,
        kinds,
        reason,
        quotable,
    )


def _with_label(label: str, text: str) -> str:
    """The label tells what a bare 7天 is about."""
    return text if not text or label in text else f"{label}{text}"


def _price_text(text: str) -> str:
    return " / ".join(show_price(part) for part in text.split(" / "))


def _judge_price(
    kind: FactKind, subject: str, before: str, after: str, told: tuple[str, str], quotable: bool
) -> Difference:
    label = _LABELS[kind] + _tell_qualifier(kind, subject)
    old, new = _first_decimal(before), _first_decimal(after)
    effect, severity, kinds = Effect.NEUTRAL, Severity.NONE, ("price_changed",)
    if kind is FactKind.ORIGINAL_PRICE:
        kinds = ("original_price_changed",)
    elif old is not None and new is not None and old != new:
        raised = new > old
        effect, kinds = (Effect.WORSE, ("price_raised",)) if raised else (Effect.BETTER, ("price_lowered",))
        severity = _weigh_price(old, new) if raised else Severity.NONE
    elif not after and kind in (FactKind.TIER_PRICE, FactKind.MEMBER_PRICE):
        effect, severity, kinds = Effect.WORSE, Severity.LOW, ("price_raised",)
    elif not before and kind in (FactKind.TIER_PRICE, FactKind.MEMBER_PRICE):
        effect, kinds = Effect.BETTER, ("price_lowered",)
    elif kind is FactKind.VARIANT_PRICE:
        kinds = ("variant_removed",) if not after else ("variant_added",)
    return make_difference(
        ChangeClass.PRICE,
        subject,
        before,
        after,
        effect,
        severity,
        kinds,
        _tell(label, *told, effect),
        quotable,
    )


def _tell_qualifier(kind: FactKind, subject: str) -> str:
    named = fact_of_subject(subject)
    qualifier = named[1] if named else ""
    if not qualifier:
        return ""
    return f"（{qualifier}件起）" if kind is FactKind.TIER_PRICE and qualifier.isdigit() else f"（{qualifier}）"


def _weigh_price(old: Decimal, new: Decimal) -> Severity:
    if new <= old * Decimal("1.1"):
        return Severity.LOW
    return Severity.HIGH if new >= old * 3 else Severity.MEDIUM


def _judge_stock(kind: FactKind, subject: str, before: str, after: str, *, quotable: bool) -> Difference:
    kinds = ("stock_changed",)
    if kind is not FactKind.SOLD:
        gone = [bool(_SOLD_OUT.match(compact_form(text))) for text in (before, after)]
        if gone[0] != gone[1]:
            kinds = ("sold_out",) if gone[1] else ("back_in_stock",)
    return make_difference(
        ChangeClass.STOCK,
        subject,
        before,
        after,
        Effect.NEUTRAL,
        Severity.NONE,
        kinds,
        _tell(_LABELS[kind], before, after),
        quotable,
    )


def _judge_identity(kind: FactKind, subject: str, before: str, after: str, *, quotable: bool) -> Difference:
    licence = kind is FactKind.LICENCE
    if not after:
        effect, kinds = Effect.WORSE, ("disclosure_removed",) if licence else ("channel_removed",)
        severity = Severity.HIGH if licence else Severity.MEDIUM
    elif not before:
        effect, kinds, severity = Effect.BETTER, ("disclosure_added",) if licence else ("channel_added",), Severity.NONE
    else:
        effect, kinds, severity = (
            Effect.NEUTRAL,
            ("operator_changed",) if licence else ("contact_changed",),
            Severity.MEDIUM,
        )
    return make_difference(
        ChangeClass.RULE,
        subject,
        before,
        after,
        effect,
        severity,
        kinds,
        _tell(_LABELS[kind], before, after, effect),
        quotable,
    )


def _judge_name(subject: str, before: str, after: str, judged: Judgement, *, quotable: bool) -> Difference:
    matters = set(judged.kinds) & _NAME_KINDS
    if before and after and matters:
        return make_difference(
            ChangeClass.RULE,
            subject,
            before,
            after,
            judged.effect,
            judged.severity,
            judged.kinds,
            judged.reason,
            quotable,
        )
    return make_difference(
        ChangeClass.WORDING,
        subject,
        before,
        after,
        Effect.NEUTRAL,
        Severity.LOW,
        ("name_changed",),
        _tell("名称", before, after),
        quotable,
    )


def _first_decimal(text: str) -> Decimal | None:
    match = re.search(r"\d+(?:,\d{3})*(?:\.\d+)?", text)
    return read_decimal(match.group()) if match else None


def _tell(label: str, before: str, after: str, effect: Effect = Effect.NEUTRAL) -> str:
    tail = {Effect.WORSE: "，对买家不利", Effect.BETTER: "，对买家有利"}.get(effect, "")
    if before and after:
        return f"{label}由{before[:60]}变为{after[:60]}{tail}"
    return (f"新增{label}：{after[:80]}" if after else f"{label}“{before[:80]}”不再显示") + tail


def make_difference(
    change_class: ChangeClass, subject: str, before: str, after: str, effect: Effect, severity: Severity,
    kinds: Sequence[str], reason: str, quotable: bool,
) -> Difference:  # fmt: skip
    """A difference whose kinds are all known."""
    known = load_kinds()
    unknown = [kind for kind in kinds if kind not in known]
    if unknown:
        raise ValueError(f"kinds {unknown} are not in monitor/reference/change_kinds.toml; add them there")
    return Difference(change_class, severity, effect, tuple(kinds), subject, before, after, reason, quotable)
