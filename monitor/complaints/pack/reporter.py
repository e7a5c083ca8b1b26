"""Keeps whoever reports (举报) out of the pack: unless he agrees, nothing in it leads to him.

Goes for a report only: 总局令第121号 art. 37 lets authorities keep him secret, a pack that names him would not.
Leaves captures and public particulars, names captures by their own time, masks the persons and orders of the case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from monitor.complaints.evidence.exhibits import CLAIMED_SHOWS
from monitor.complaints.masking.known import texts_of
from monitor.complaints.model import CaseFile, Exhibit, ExhibitGroup, Masking
from monitor.complaints.pack.sheets import show_moment

REPORT = "market_report"


def hides_reporter(channel: str, *, disclose: bool) -> bool:
    """Whether a pack for this channel must not lead to the one who makes it."""
    return channel == REPORT and not disclose


def leave_out_report(file: CaseFile, channel: str, *, disclose: bool) -> CaseFile:
    """The case for any other channel without the report: a complaint goes to the respondent, who would know by whom.

    Steps of the report go, and the receipts that prove nothing else.
    """
    reports = [step for step in file.steps if step.channel == REPORT]
    if disclose or channel == REPORT or not reports:
        return file
    rest = tuple(step for step in file.steps if step.channel != REPORT)
    kept = {proof for step in rest for proof in step.proof}
    gone = {proof for step in reports for proof in step.proof} - kept
    items = tuple(item for item in file.items if not {item.id, item.evidence} & gone)
    return replace(file, steps=rest, items=items)


def leave_out_own(exhibits: Sequence[Exhibit]) -> tuple[Exhibit, ...]:
    """Only what anybody could have seen; when it was seen, and not whether before or after which order."""
    kept = [
        one
        for one in exhibits
        if one.form in ("capture", "lookup") or (one.group is ExhibitGroup.SUBJECT and one.kind == "subject")
    ]
    return tuple(_neutral(one) for one in kept)


def mask_own(masking: Masking, file: CaseFile) -> Masking:
    """The masking under which the buyer, his guardian, his helper and his orders are masked too."""
    facts = file.case.facts
    own = {text for one in (facts.buyer, facts.guardian, facts.helper) for text in (one.name, one.phone, one.address)}
    own |= {text for order in facts.orders for text in (order.number, order.payment_no)}
    own.discard("")
    orders = tuple((text, "account") for text, kind in texts_of(file) if kind == "order")
    known = tuple(pair for pair in texts_of(file) if pair[1] != "order" and pair[0] not in masking.keep)
    people = tuple(pair for pair in texts_of(file) if pair[0] in own and pair[1] != "order")
    return replace(
        masking,
        keep=tuple(text for text in masking.keep if text not in own),
        known=tuple(dict.fromkeys((*known, *people, *orders))),
    )


def _neutral(one: Exhibit) -> Exhibit:
    """An exhibit as a reporter names it: by its own time, and never as of a complaint or of the writer's order."""
    name = one.name.partition("（")[0].replace("被投诉人", "被举报人")
    if one.form != "capture":
        return replace(one, name=one.name.replace("被投诉人", "被举报人"))
    if one.kind == "subject":
        return replace(one, name=f"{name}（{show_moment(one.at)} 抓取）")
    if one.shows in (CLAIMED_SHOWS,) or "打开受阻" in one.name:
        return one
    return replace(one, name=f"{name}（{show_moment(one.at)} 抓取）", shows=f"该{name}在抓取时显示的内容")
