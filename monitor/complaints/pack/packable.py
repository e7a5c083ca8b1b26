"""What may leave for the reader of a channel: which exhibits, and masked how.

Takes a case file and a channel. Pure.
"""

from __future__ import annotations

from dataclasses import replace

from monitor.complaints.evidence.exhibits import list_exhibits, number_again
from monitor.complaints.masking.policy import policy_for
from monitor.complaints.masking.third_parties import mask_third
from monitor.complaints.model import CaseFile, Exhibit
from monitor.complaints.pack.audience import audience_of
from monitor.complaints.pack.masks import Masker
from monitor.complaints.pack.reporter import hides_reporter, leave_out_own, mask_own
from monitor.operators.model import Band


def make_masker(file: CaseFile, channel: str, *, disclose: bool = False) -> Masker:
    """The masking for whoever reads what goes through a channel; set phrases of ours are no names."""
    policy = policy_for(file, audience_of(channel))
    if hides_reporter(channel, disclose=disclose):
        policy = mask_own(policy, file)
    policy = mask_third(policy, file)
    return Masker(replace(policy, keep=(*policy.keep, "据本人陈述")))


def list_packable(file: CaseFile, channel: str, *, disclose: bool = False) -> tuple[Exhibit, ...]:
    """The exhibits that may leave: what shows a subject that is not 确认 stays on this machine.

    They are numbered again, so that no gap in a pack tells that something was left out.
    """
    first = file.who.first if file.who else None
    sure = first is not None and first.band is Band.CONFIRMED
    kept = tuple(one for one in list_exhibits(file) if sure or one.kind != "subject" or one.form == "item")
    return number_again(leave_out_own(kept) if hides_reporter(channel, disclose=disclose) else kept)
