"""What the evidence, the story and the sums say against the claim itself, before anybody reads it at an office.

Takes a case file and a channel at which something is claimed, gives what is missing with a way out for each. Pure.
"""

from __future__ import annotations

from monitor.complaints.filing.age_blocks import find_earning_blocks
from monitor.complaints.filing.answer_blocks import find_answer_blocks
from monitor.complaints.filing.contrary_evidence import find_contrary_evidence
from monitor.complaints.filing.double_orders import find_double_orders
from monitor.complaints.filing.payment_blocks import find_payment_blocks
from monitor.complaints.filing.public_blocks import PUBLIC, find_hidden_offer, find_threats, find_unproven_admission
from monitor.complaints.filing.refund_blocks import find_loss_blocks, find_refund_blocks
from monitor.complaints.filing.result_blocks import find_result_blocks
from monitor.complaints.filing.settled_blocks import find_settled_blocks
from monitor.complaints.filing.sum_blocks import find_sum_blocks
from monitor.complaints.filing.time_blocks import find_expired_keys, find_time_blocks
from monitor.complaints.filing.unasked_blocks import find_unasked_blocks
from monitor.complaints.model import CaseFile, Missing
from monitor.complaints.routing.exclusions import BODIES
from monitor.complaints.routing.payment_routes import PAYMENT_CHANNELS

CLAIMS = (*BODIES, "platform", *PUBLIC, *PAYMENT_CHANNELS)
"""The channels at which the buyer asks for something."""


def find_claim_blocks(file: CaseFile, channel: str) -> list[Missing]:
    """Everything that speaks against the claim; [] for a channel at which nothing is claimed.

    To the police nothing is claimed, but the same story is told with what was lost: money that came back or was never
    paid stops that, and times, answers and evidence that contradict each other.
    """
    if channel == "police":
        return [
            *find_loss_blocks(file),
            *find_earning_blocks(file),
            *find_time_blocks(file, channel),
            *find_answer_blocks(file, channel),
            *find_contrary_evidence(file, channel),
            *find_result_blocks(file, channel),
            *find_unasked_blocks(file, channel),
        ]
    if channel not in CLAIMS:
        return []
    return [
        *find_earning_blocks(file),
        *find_refund_blocks(file, channel),
        *find_settled_blocks(file, channel),
        *find_answer_blocks(file, channel),
        *find_contrary_evidence(file, channel),
        *find_double_orders(file, channel),
        *find_payment_blocks(file, channel),
        *find_result_blocks(file, channel),
        *find_unasked_blocks(file, channel),
        *find_time_blocks(file, channel),
        *find_sum_blocks(file, channel),
        *find_expired_keys(file, channel),
        *find_hidden_offer(file, channel),
        *find_threats(file, channel),
        *find_unproven_admission(file, channel),
    ]
