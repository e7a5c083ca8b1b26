"""To which office a pack goes and why to that one, in words that the office itself may read.

The plan's reasons speak to the buyer; these speak of him. What is not known is said: then the channel itself is named.
"""

from __future__ import annotations

from dataclasses import dataclass

from monitor.complaints.model import Audience, CaseFile
from monitor.complaints.pack.audience import audience_of
from monitor.complaints.routing.channels import Channel, cite
from monitor.complaints.routing.exclusions import COURTS
from monitor.complaints.routing.named_respondent import find_respondent, forum_of
from monitor.complaints.routing.report_parties import find_accused
from monitor.operators.addresses import find_division_in
from monitor.operators.jurisdiction import Procedure

_PROCEDURES = {
    "p12315": Procedure.COMPLAINT,
    "market_complaint": Procedure.COMPLAINT,
    "market_report": Procedure.REPORT,
    **dict.fromkeys(COURTS, Procedure.COURT),
}
_COMPLAINED = ("tsjb-13",)  # of a report the place is another: tsjb-31
_WHY = {
    Audience.PAYMENT: "本笔款项经其支付或收取",
    Audience.PLATFORM: "商品在其处购买",
    Audience.PUBLIC: "该平台受理消费投诉并转交商家",
}


@dataclass(frozen=True)
class Office:
    """Where it goes; `name` is the office as far as it is known, `why` one sentence."""

    name: str
    why: str


def find_office(file: CaseFile, channel: Channel) -> Office:
    """The office of a channel for this case."""
    procedure = _PROCEDURES.get(channel.id)
    named = find_accused(file) if procedure is Procedure.REPORT else find_respondent(file)
    if procedure is None:
        why = _WHY.get(audience_of(channel.id), "")
        return Office(channel.name, why or f"{channel.gives}{cite(channel.articles, file.today)}")
    forum = forum_of(named, file, procedure)
    if forum is not None and forum.authority:
        # what the plan tells the writer, an office reads of him
        step = forum.step.replace("您填写的地址", "据提交人所知，其地址")
        steps = "；".join(one for one in (step, forum.reason) if one)
        return Office(f"{channel.name}：{forum.authority}", f"{steps}{cite(forum.articles, file.today)}")
    place = find_division_in(named.address).division if named and named.address else None
    if procedure is Procedure.COURT:
        home = find_division_in(file.case.facts.home or file.case.facts.buyer.address).division
        if home is not None:
            return Office(f"{home.name}的基层人民法院", f"原告住所地在{home.name}，商品经网络交付{_court(file)}")
    elif place is not None:
        return Office(
            f"{channel.name}：{place.name}市场监督管理部门",
            f"被投诉人的地址在{place.name}{cite(_COMPLAINED if procedure is Procedure.COMPLAINT else (), file.today)}",
        )
    return Office(channel.name, f"{channel.gives}{cite(channel.articles, file.today)}")


def _court(file: CaseFile) -> str:
    return cite(("msfjs-20", "msf-24"), file.today)
