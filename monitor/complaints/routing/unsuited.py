"""Channels that do not fit a case, with the reason and the article: nobody shall spend a week on them. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.complaints.facts.purposes import is_not_living, say_purpose
from monitor.complaints.model import CaseFile, Unsuited
from monitor.complaints.routing.channels import in_force, load_channels
from monitor.complaints.routing.fraud_signs import FraudSign
from monitor.complaints.routing.payment_routes import PaymentRoute
from monitor.complaints.routing.small_claims import Fit, SmallClaims

_COMPLAINT = ("tsjb-3", "tsjb-16", "tsjb_old-15", "mfd-577")
_CONSUMER_BODIES = {
    "p12315": _COMPLAINT,
    "market_complaint": _COMPLAINT,
    "consumer_assoc": ("xbf-39", "mfd-577"),
}
_NO_REFUND = ("p12377", "p12321")


def find_unsuited(
    file: CaseFile,
    signs: Sequence[FraudSign],
    payment: PaymentRoute,
    small: SmallClaims,
    *,
    identified: bool,
) -> tuple[Unsuited, ...]:
    """Every channel that is left out of the plan and that people are often sent to."""
    names, today = load_channels(), file.today
    critical = any(one.critical for one in signs)
    found = list(payment.unsuited)
    if is_not_living(file.case.facts):
        why = f"{say_purpose(file.case.facts)}，不是生活消费需要，投诉不予受理；按民法典的合同责任协商、起诉"
        found += [
            Unsuited(one, names[one].name, why, in_force(_CONSUMER_BODIES[one], today)) for one in _CONSUMER_BODIES
        ]
    if critical:
        told = "有严重涉诈迹象：不要再与对方周旋、付款，只保存记录"
        found.append(Unsuited("platform", names["platform"].name, told, ()))
    elif any(one.id == "gone" for one in signs):
        told = "平台已联系不上：把打不开的页面、不回复的记录存证即可，不必等"
        found.append(Unsuited("platform", names["platform"].name, told, ()))
    told = "只处置网站和账号，不处理退款；可以顺手举报，但不要等它"
    found += [Unsuited(one, names[one].name, told, ()) for one in _NO_REFUND if not (critical and one == "p12377")]
    if small.fit is Fit.NO:
        found.append(
            Unsuited(
                "small_claims", names["small_claims"].name, small.sentence, in_force(("msf-165", "msf-166"), today)
            )
        )
    unnamed_person = any(one.id == "personal_payee" for one in signs) and not identified
    if not critical and not unnamed_person:
        told = "一般的消费纠纷公安机关不处理；出现要再付款、失联、冒用身份等迹象时再报案"
        found.append(Unsuited("police", names["police"].name, told, ()))
    return tuple({one.channel: one for one in reversed(found)}.values())[::-1]
