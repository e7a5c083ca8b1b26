"""The whole check before filing: the channel's own reasons and what its letters still lack, as the pack will judge it.

Takes the case file with its exhibits; gives one answer for `case check`, `case letter` and the pack alike. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from monitor.complaints.filing.prefiling import PreFiling, check_before_filing
from monitor.complaints.letters.kinds import letter_kinds
from monitor.complaints.letters.write import find_letter_missing
from monitor.complaints.model import CaseFile, Exhibit, Missing
from monitor.complaints.routing.channels import load_channels
from monitor.complaints.routing.payment_routes import PAYMENT_CHANNELS, find_payment_route
from monitor.config.complaints import ComplaintSettings

_FILED = frozenset({"demand", "p12315", "heimao", "payment", "market_complaint", "market_report", "lawsuit", "police",
                     "consumer_assoc"})  # fmt: skip
"""The letters that are the filing itself; what goes along beside them may be left out."""


def check_whole(file: CaseFile, channel: str, exhibits: Sequence[Exhibit], settings: ComplaintSettings) -> PreFiling:
    """The check of a channel with the letters that it is filed with; an unknown channel raises KeyError."""
    check = check_before_filing(file, channel, settings)
    known = {one.field: one for one in check.blocks}
    for kind in load_channels()[channel].letters:
        if kind not in _FILED:
            continue
        blocked = find_letter_missing(kind, file, exhibits, settings)
        for one in blocked.missing if blocked else ():
            known.setdefault(_same_field(one.field, known), one)
    return replace(check, blocks=tuple(known.values()))


def find_filing_blocks(file: CaseFile, kind: str, settings: ComplaintSettings) -> tuple[Missing, ...]:
    """For what the channel of a letter would refuse the filing, as it stands today; () for one that is not filed."""
    channel = _channel_of(file, kind)
    return check_before_filing(file, channel, settings).blocks if channel else ()


def _channel_of(file: CaseFile, kind: str) -> str:
    """The channel that a letter is filed at: of a payment letter the one by which was paid."""
    base = kind.removesuffix("_compact").removesuffix("_chat")  # short forms of the same filing
    if base not in _FILED or base not in letter_kinds():
        return ""
    channels = load_channels()
    if base in channels:
        return base
    fitting = [one.id for one in channels.values() if base in one.letters]
    if any(one in PAYMENT_CHANNELS for one in fitting):
        fitting = [one for one in find_payment_route(file.case.facts, file.today).channels if one in fitting]
    if base == "lawsuit":
        return "court"
    return fitting[0] if fitting else ""


_SAME = {"demand_sum": "demand", "living": "purpose", "lawful": "unlawful", "merchant_payment": "payment",
         "not_returned": "refunded", "paid_proof": "purchase_proof"}  # fmt: skip


def _same_field(field: str, known: dict[str, Missing]) -> str:
    """A letter's name for what the channel asks for already is not told twice."""
    return _SAME[field] if _SAME.get(field) in known else field
