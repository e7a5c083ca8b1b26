"""What a letter cannot be written without, and what to get where: checked before a sentence is made.

Takes the material of a letter, gives what is missing in the order of its needs. Pure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from monitor.complaints.evidence.against_claim import find_refund
from monitor.complaints.evidence.contradictions import find_contradictions
from monitor.complaints.facts.who_acts import say_for_actor
from monitor.complaints.letters.demands import check_sums, lacks_part, reckon_demands
from monitor.complaints.letters.kinds import letter_fields
from monitor.complaints.letters.material import Material
from monitor.complaints.model import Missing
from monitor.complaints.routing.channels import in_force
from monitor.complaints.routing.joint import find_joint
from monitor.complaints.routing.named_respondent import find_missing
from storage.case import DemandKind, PaymentForm, Purpose

_NO_MERCHANT = (PaymentForm.PERSONAL_CODE, PaymentForm.TRANSFER, PaymentForm.BALANCE, PaymentForm.USDT)
_PROOF = ("order", "voucher", "wallet_bill")
_MAY_LEAVE_OPEN = ("demand", "demand_chat")  # the seller has the record of what he delivered
_OF_REGULATOR = ("tsjb-", "tsjb_old-")  # the rules of the market regulator bind no consumer association and no court
_TO_REGULATOR = ("p12315", "p12315_compact", "market_complaint", "market_report", "correction")
_OF_ACTOR = ("buyer_phone", "buyer_address")
_NAMES_WARD = (  # where bodies ask by whom it was bought
    "p12315", "p12315_compact", "market_complaint", "consumer_assoc", "lawsuit", "preserve_property",
    "preserve_evidence",
)  # fmt: skip


def find_missing_fields(material: Material) -> tuple[Missing, ...]:
    """Everything without which this letter would be refused or would have to invent something."""
    found: list[Missing] = []
    for need in material.kind.needs:
        if need == "respondent":
            found += find_missing(material.file)
        elif need == "demand_sum":
            found += [_missing(material, need, told) for told in check_sums(material.facts, material.file.steps)]
            found += _doubt_payment(material)
            if material.kind.id not in _MAY_LEAVE_OPEN and lacks_part(material.facts, material.file.steps):
                found.append(_missing(material, "got_part"))
        elif need == "buyer_name" and material.facts.minor:
            ward = ("buyer_own_name",) if material.kind.id in _NAMES_WARD else ()
            found += [_missing(material, name) for name in ("guardian_name", *ward) if not _CHECKS[name](material)]
        elif not _CHECKS[need](material):
            found.append(_missing(material, need))
    if material.kind.id not in _TO_REGULATOR:
        found = [
            replace(one, articles=tuple(a for a in one.articles if not a.startswith(_OF_REGULATOR))) for one in found
        ]
    return tuple(found)


def _doubt_payment(material: Material) -> list[Missing]:
    """What the kept evidence says against asking for money: it came back already, or was never paid."""
    back = find_refund(material.file)
    if back is not None:
        told = _missing(material, "not_returned", f"“{back.title or '对方的答复'}”写着“{back.read}”")
        return [replace(told, read=back.words)]
    unpaid = next((one for one in find_contradictions(material.file) if one.grave and one.field == "unpaid"), None)
    return [_missing(material, "paid_proof", unpaid.sentence)] if unpaid is not None else []


def _missing(material: Material, need: str, told: str = "") -> Missing:
    row = letter_fields()[need]
    mend = say_for_actor(row.mend, material.facts) if need in _OF_ACTOR else row.mend
    return Missing(
        need, f"{row.what}：{told}" if told else row.what, row.why, mend, in_force(row.articles, material.today)
    )


def _has_order(material: Material) -> bool:
    return any(one.number or (one.product and (one.ordered_at or one.paid_at)) for one in material.facts.orders)


def _has_amount(material: Material) -> bool:
    paid = material.facts.paid
    held = material.facts.balance
    return (paid is not None and paid > Decimal(0)) or (held is not None and held > Decimal(0))


def _has_demand(material: Material) -> bool:
    """Whether anything is asked for that this case carries: a letter without a request asks for nothing."""
    if any(one.kind is DemandKind.INVALID_CLAUSE for one in material.facts.demands):
        return True
    return bool(reckon_demands(material))


def _has_reckoning(material: Material) -> bool:
    return all(
        one.amount is not None and bool(one.reckoning.strip())
        for one in material.facts.demands
        if one.kind is DemandKind.DAMAGES
    )


def _has_acts(material: Material) -> bool:
    from monitor.complaints.letters.acts import find_acts

    return any(one.articles for one in find_acts(material))  # what touches no article is no suspicion


_CHECKS: dict[str, Callable[[Material], bool]] = {
    "lawful": lambda m: not m.facts.unlawful,
    "joint": lambda m: bool(find_joint(m.file).joined),
    "living": lambda m: m.facts.purpose is Purpose.LIVING,
    "platform": lambda m: bool(m.facts.platform.strip() or m.facts.url.strip()),
    "order": _has_order,
    "amount": _has_amount,
    "payment_no": lambda m: any(one.payment_no.strip() or one.merchant_no.strip() for one in m.facts.orders),
    "merchant_payment": lambda m: m.facts.payment not in _NO_MERCHANT,
    "what_happened": lambda m: bool(m.tell_story(m.facts.what_happened)),
    "demand": _has_demand,
    "money_demand": lambda m: any(one.amount is not None for one in reckon_demands(m)),
    "damages_reckoning": _has_reckoning,
    "buyer_name": lambda m: bool(m.actor.name.strip()),
    "buyer_phone": lambda m: bool(m.actor.phone.strip()),
    "buyer_address": lambda m: bool(m.actor.address.strip()),
    "buyer_own_name": lambda m: bool(m.facts.buyer.name.strip()),
    "guardian_name": lambda m: bool(m.facts.guardian.name.strip()),
    "helper_name": lambda m: bool(m.facts.helper.name.strip()),
    "grown_up": lambda m: not m.facts.minor,
    "ward": lambda m: m.facts.minor,
    "born_on": lambda m: m.facts.buyer.born_on is not None,
    "home": lambda m: bool(m.facts.home.strip()),
    "purchase_proof": lambda m: m.holds(*_PROOF),
    "clue": lambda m: bool(m.facts.platform.strip() or m.facts.url.strip() or m.facts.payee.strip()),
    "acts": _has_acts,
    "exhibits": lambda m: bool(m.exhibits),
    "captures": lambda m: any(one.form == "capture" for one in m.exhibits),
}
