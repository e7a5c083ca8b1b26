"""Who reads what goes through a channel: it decides what is masked.

A public platform publishes what it is sent; a payment provider and the seller are no authority; whoever is not known
here is taken for the public, which masks most.
"""

from __future__ import annotations

from monitor.complaints.model import Audience

_READERS = {
    Audience.AUTHORITY: (
        "p12315", "market_complaint", "market_report", "consumer_assoc", "p12363", "p12378", "p12377", "p12321",
        "police", "pre_mediation", "small_claims", "court", "telecom_bureau",
    ),
    Audience.PAYMENT: ("wechat_pay", "alipay", "bank", "transfer_report"),
    Audience.PLATFORM: ("platform",),
    Audience.PUBLIC: ("heimao", "xfb", "tszt"),
}  # fmt: skip
AUDIENCE_ZH = {
    Audience.AUTHORITY: "行政机关、公安机关、法院等受理机关",
    Audience.PAYMENT: "支付机构或银行",
    Audience.PLATFORM: "商家或平台",
    Audience.PUBLIC: "公开的投诉平台（任何人都可能看到）",
}


def audience_of(channel: str) -> Audience:
    """Who reads what is filed through a channel."""
    return next((audience for audience, channels in _READERS.items() if channel in channels), Audience.PUBLIC)
