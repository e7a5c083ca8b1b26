"""The true sentence of pressure: what was filed, only if it was recorded with its proof; else that rights are reserved.

Takes a case file and a channel. It never threatens: no publicity for money, nothing that has not happened. Pure.
"""

from __future__ import annotations

from monitor.complaints.model import CaseFile
from monitor.complaints.routing.channels import load_channels
from monitor.times import SHANGHAI

RESERVED = "本人依法保留投诉、举报、申请支付争议处理和提起诉讼的权利。"
_VERBS = {"market_report": "提交举报", "p12377": "提交举报", "p12321": "提交举报", "transfer_report": "提交举报",
          "police": "报案", "pre_mediation": "申请调解", "small_claims": "提起诉讼", "court": "提起诉讼"}  # fmt: skip


def pressure_sentence(file: CaseFile, channel: str) -> str:
    """The one sentence that may be said of a channel in a letter to the other side; an unknown id raises KeyError."""
    row = load_channels()[channel]
    steps = [step for step in file.steps if step.channel == channel and step.proof and step.filed_at <= file.at]
    steps = [step for step in steps if step.outcome != "withdrawn"]
    if not steps:
        return RESERVED
    step = max(steps, key=lambda one: one.filed_at)
    day = step.filed_at.astimezone(SHANGHAI)
    number = f"（编号{step.receipt_no}）" if step.receipt_no.strip() else ""
    name = row.name.partition("（")[0].partition("——")[0].strip()
    return f"本人已于{day.year}年{day.month}月{day.day}日向{name}{_VERBS.get(channel, '提交投诉')}{number}。"
