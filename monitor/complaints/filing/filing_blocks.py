"""What is missing before a channel can be used, and where to get it: fields, respondent, proof, other proceedings.

Takes a case file and a channel, gives one Missing for each gap, every one with a way to mend it. Pure.
"""

from __future__ import annotations

from collections.abc import Callable

from monitor.complaints.deadlines.calendar import add_years_unmoved, day_of
from monitor.complaints.facts.who_acts import find_actor, say_for_actor
from monitor.complaints.filing.authority_blocks import tell_authority
from monitor.complaints.filing.claim_blocks import find_claim_blocks
from monitor.complaints.filing.grounds import REFUSED, find_grounds
from monitor.complaints.filing.person_blocks import find_person_blocks
from monitor.complaints.filing.story_blocks import find_story_blocks
from monitor.complaints.model import CaseFile, Missing
from monitor.complaints.routing.channels import Channel, in_force, load_channels, load_fields
from monitor.complaints.routing.exclusions import BODIES, COMPLAINTS, COURTS, find_conflicts
from monitor.complaints.routing.named_respondent import find_missing
from monitor.complaints.routing.payment_routes import PAYMENT_CHANNELS
from monitor.complaints.routing.small_claims import OF_MONEY, judge_small_claims
from monitor.config.complaints import ComplaintSettings
from storage.case import DemandKind

PROOF_OF_PURCHASE = ("order", "voucher", "wallet_bill")
PROOF_OF_CONTACT = ("demand_chat", "chat", "first_complaint", "reply", "refusal")
_OFFICES = (*COMPLAINTS, "market_report")
_WHO_ACTS = ("tsjb-11",)


def find_blocks(file: CaseFile, channel: str, settings: ComplaintSettings) -> tuple[Missing, ...]:
    """Everything that blocks a channel for this case today; () where it can be filed. An unknown id raises KeyError."""
    row = load_channels()[channel]
    found = [*find_conflicts(channel, file.steps, file.today), *_blocks_of_fields(file, row)]
    if "respondent" in row.fields:
        found += find_missing(file, channel)
    found += _blocks_of_person(file, channel)
    found += find_person_blocks(file, channel)
    found += find_story_blocks(file, channel)
    found += find_claim_blocks(file, channel)
    if channel in COMPLAINTS:
        found += _blocks_of_age(file)
    if channel == "small_claims":
        found += judge_small_claims(file.case.facts, settings, file.today).missing
    seen: dict[str, Missing] = {}
    for one in found:
        seen.setdefault(one.field, one)
    return tuple(seen.values())


def has_item(file: CaseFile, *kinds: str) -> bool:
    """Whether the case has evidence of one of these kinds that was not removed."""
    return any(item.kind in kinds and item.removed_at is None for item in file.items)


def _blocks_of_fields(file: CaseFile, row: Channel) -> list[Missing]:
    found = []
    for name in row.fields:
        if name == "respondent" or _HAS[name](file):
            continue
        field = load_fields()[name]
        articles = field.court_articles if row.id in COURTS else field.articles if row.id in _OFFICES else ()
        facts = file.case.facts
        mend = say_for_actor(field.mend, facts) if name in ("buyer_phone", "buyer_address") else field.mend
        found.append(Missing(name, field.what, field.why, mend, in_force(articles, file.today)))
    return found


def _blocks_of_person(file: CaseFile, channel: str) -> list[Missing]:
    """Who acts for the buyer shows it: the guardian of a minor, a helper with the original of his authority."""
    facts, found = file.case.facts, []
    if facts.minor and not facts.guardian.name.strip():
        field = load_fields()["guardian_name"]
        found.append(Missing(field.id, field.what, field.why, field.mend, in_force(field.articles, file.today)))
    if facts.helper.name.strip() and channel in BODIES and not has_item(file, "authorisation"):
        found.append(
            Missing(
                "authorisation",
                "授权委托书原件和受托人的身份证明",
                f"由{facts.helper.name.strip()}代为办理的，没有授权委托书原件会被退回",
                tell_authority(file),
                find_grounds(file, channel, _WHO_ACTS),
            )
        )
    return found


def _blocks_of_age(file: CaseFile) -> list[Missing]:
    start = file.case.facts.noticed_at or file.case.facts.ordered_at
    if start is None or add_years_unmoved(day_of(start), 3) >= file.today:
        return []
    return [
        Missing(
            "noticed_at",
            "知道权益受损之日起三年以内",
            "超过三年的投诉不予受理",
            "核对发现问题的时间；确已超过的，只能与对方协商或起诉（对方可以时效抗辩），期间提出过请求的找出证据",
            in_force(REFUSED, file.today),
        )
    ]


def _demand_is_specific(file: CaseFile) -> bool:
    """Whether something is demanded, and every demand for money says how much.

    A threefold damage need not: the law fixes its sum (消费者权益保护法 art. 55) and the letters reckon it.
    """
    facts = file.case.facts
    by_law = (DemandKind.FRAUD,) if facts.paid is not None else ()
    wanted = [one for one in facts.demands if one.kind in OF_MONEY and one.kind not in by_law]
    return bool(facts.demands) and all(one.amount is not None for one in wanted)


def _asked_institution(file: CaseFile) -> bool:
    return any(step.channel in PAYMENT_CHANNELS for step in file.steps)


_HAS: dict[str, Callable[[CaseFile], bool]] = {
    "buyer_name": lambda file: bool(file.case.facts.buyer.name.strip()),
    "buyer_phone": lambda file: bool(find_actor(file.case.facts).phone.strip()),
    "buyer_address": lambda file: bool(find_actor(file.case.facts).address.strip()),
    "guardian_name": lambda file: bool(file.case.facts.guardian.name.strip()),
    "demand": _demand_is_specific,
    "what_happened": lambda file: bool(file.case.facts.what_happened.strip()),
    "platform": lambda file: bool(file.case.facts.platform.strip() or file.case.facts.url.strip()),
    "order": lambda file: any(
        one.number.strip() or (one.product.strip() and (one.ordered_at or one.paid_at))
        for one in file.case.facts.orders
    ),
    "amount": lambda file: file.case.facts.paid is not None or bool(file.case.facts.balance),
    "payment_no": lambda file: any(one.payment_no.strip() or one.merchant_no.strip() for one in file.case.facts.orders),
    "purchase_proof": lambda file: has_item(file, *PROOF_OF_PURCHASE),
    "contact_proof": lambda file: has_item(file, *PROOF_OF_CONTACT),
    "institution_proof": _asked_institution,
    "clue": lambda file: any(
        text.strip()
        for text in (
            file.case.facts.url,
            file.case.facts.platform,
            file.case.facts.payee,
            file.case.facts.respondent.name,
        )
    ),
    "born_on": lambda file: file.case.facts.buyer.born_on is not None,
    "home": lambda file: bool(file.case.facts.home.strip() or file.case.facts.buyer.address.strip()),
}
