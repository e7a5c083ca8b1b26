"""The request to a payment provider to say whose account took the money.

Takes the material of a letter, gives the request; it promises no money and asks for none to be held. Pure.
"""

from __future__ import annotations

from monitor.complaints.letters.common import list_attachments
from monitor.complaints.letters.law_words import citable, tell_rule
from monitor.complaints.letters.material import Material
from monitor.complaints.letters.orders import tell_orders
from monitor.complaints.letters.parties import sign, tell_complainant
from monitor.complaints.letters.payment import tell_payment
from monitor.complaints.letters.problem import tell_problem
from monitor.complaints.letters.sentences import demand, fields, items, paragraph, signature
from monitor.complaints.model import Letter
from storage.case import PaymentForm

_TO_PERSONS = (PaymentForm.PERSONAL_CODE, PaymentForm.TRANSFER)


def write_ask_payee(material: Material) -> Letter:
    """收款方身份查询申请, to the payment provider: whose account took the money."""
    ground = citable(("dsf-53", "fyh-20", "fyh-30"), material)
    merchant = "请核实上述交易的收款商户，告知其登记名称、统一社会信用代码和地址，或将本申请转交商户并告知处理结果"
    person = "请核实上述转账的收款账户，告知可以识别收款人的信息，或将本申请转交收款人并告知处理结果"
    asked = [
        demand(person if material.facts.payment in _TO_PERSONS else merchant),
        demand(
            "依规定不能直接向本人提供的，请书面说明理由，并完整保存该交易、商户入网和结算的资料，以备有关机关依法调取"
        ),
        demand("请按贵机构规则处理本交易的争议，并告知处理时限"),
    ]
    grounds = tell_rule(ground, "有关规定：")
    return Letter(
        "ask_payee",
        material.kind.name,
        _provider(material),
        (
            paragraph("所涉交易", (*tell_orders(material), *tell_payment(material))),
            paragraph("争议", tell_problem(material)),
            items("请求", asked),
            *([paragraph("依据", grounds)] if grounds else []),
            fields("申请人", tell_complainant(material)),
            list_attachments(material),
            signature(*sign(material, "申请人")),
        ),
        material.today,
    )


def _provider(material: Material) -> str:
    return {
        PaymentForm.WECHAT_MERCHANT: "微信支付客服",
        PaymentForm.ALIPAY_MERCHANT: "支付宝客服",
        PaymentForm.BANK_CARD: "发卡银行",
    }.get(material.facts.payment, "支付机构客服")
