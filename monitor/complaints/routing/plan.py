"""Case → ordered plan: which channels, why, what blocks each and how to mend it, what may run side by side.

Takes a case file and the settings, gives a Plan. Signs of fraud put police and payment first; else the seller with a
deadline, the payment dispute, 12315, public platforms, the written complaint, the courts. Promises nothing. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping

from monitor.complaints.facts.purposes import is_not_living, say_purpose
from monitor.complaints.facts.step_outcomes import OUTCOME_ZH
from monitor.complaints.model import CaseFile, Plan, PlannedStep
from monitor.complaints.routing.channels import cite, load_channels
from monitor.complaints.routing.fraud_signs import (
    PERSONAL_FORMS,
    PURPOSE_ZH,
    find_signs,
    hint_purposes,
)
from monitor.complaints.routing.joint import find_joint
from monitor.complaints.routing.limits_of_claims import find_limits
from monitor.complaints.routing.payment_routes import PAYMENT_CHANNELS
from monitor.complaints.routing.planned_steps import StepMaker, is_past
from monitor.complaints.routing.situation import Situation, judge_situation
from monitor.complaints.routing.unsuited import find_unsuited
from monitor.config.complaints import ComplaintSettings
from storage.case import Purpose, UnlawfulPurpose


def plan_case(file: CaseFile, settings: ComplaintSettings) -> Plan:
    """The ordered way of a case. Refused for an unlawful purpose; otherwise it has at least one step."""
    if file.case.facts.unlawful:
        return _refuse(file)
    situation = judge_situation(file, settings)
    unsuited = find_unsuited(file, situation.signs, situation.payment, situation.small, identified=situation.identified)
    left_out = {one.channel for one in unsuited}
    maker = StepMaker(file, settings, situation.named)
    reasons = _reasons(situation)
    steps: list[PlannedStep] = []
    place = 0
    for channels, start in _order(situation):
        made = [
            maker.make(one, place + 1, _ANY_TIME.get(one, start), reasons[one])
            for one in channels
            if one not in left_out and not any(one == step.channel for step in steps)
        ]
        made = [one for one in made if one.channel in ("small_claims", "court") or not is_past(file, one.channel)]
        if made:
            place += 1
            steps += made
    return Plan(
        steps=tuple(steps),
        unsuited=unsuited,
        flags=tuple((one.id, one.sentence) for one in situation.signs),
        notes=_notes(situation),
        basis=_basis(situation),
    )


_PUBLIC = ("heimao", "xfb", "tszt")
_ANY_TIME = {
    **dict.fromkeys(("market_report", "telecom_bureau"), "随时可以，不必等其他渠道；先把证据存好"),
    **dict.fromkeys(_PUBLIC, "可以与12315、书面投诉并行"),
}
_Group = tuple[tuple[str, ...], str]  # the channels of one place, and when to begin


def _order(situation: Situation) -> list[_Group]:
    """The channels by place. Those of one place may run side by side: no two of them exclude each other."""
    payment, facts = situation.payment.channels, situation.file.case.facts
    if situation.critical:
        return [
            (("police", *payment), "现在，越快越好"),
            (("p12377", "market_report"), "报案和支付投诉之后就可以提"),
            *([(("p12315",), "主体已明确，可以与报案并行")] if situation.identified else []),
            (("pre_mediation",), "公安机关不予立案，或查明对方身份以后"),
            (("small_claims",), "公安机关不予立案，或查明对方身份以后"),
            (("court",), "公安机关不予立案，或查明对方身份以后"),
        ]
    report = ("market_report",) if situation.systemic or not situation.identified else ()
    bureau = ("telecom_bureau",) if _filing_is_odd(situation.file) else ()
    watchdog = _watchdog(situation)
    police = ("police",) if facts.payment in PERSONAL_FORMS and not situation.identified else ()
    gone = any(one.id == "gone" for one in situation.signs)
    waited = "现在" if gone else "卖家的期限届满或明确拒绝以后；快要自动确认、结算的，可与上一步同时提"
    first: list[_Group] = [] if gone else [(("platform",), "现在")]
    if situation.moved:  # who went once may go again: the payment does not wait for him
        first = [(("platform", *payment), "现在")]
    middle: list[_Group] = [
        (payment, waited),
        (("p12315", *report, *bureau, *watchdog, *police), "卖家和支付渠道没有解决以后；材料可以现在就准备"),
    ]
    courts: list[_Group] = [
        (("pre_mediation",), "行政调解结束（或不走行政调解）以后"),
        (("small_claims",), "调解不成以后"),
        (("court",), "不适用或不愿意走小额诉讼时"),
    ]
    written: _Group = (("market_complaint",), "代替12315，或12315因材料不足未受理、补正以后（二选一）")
    association: _Group = (("consumer_assoc",), "代替12315时（二选一）")
    if situation.large:
        together: _Group = ((*written[0], *_PUBLIC), written[1])
        return [*first, *middle, together, association, *courts]
    return [*first, *middle, (_PUBLIC, ""), written, association, *courts]


def _filing_is_odd(file: CaseFile) -> bool:
    return any(article.startswith("hlwxx-") for one in file.findings for article in one.articles)


def _watchdog(situation: Situation) -> tuple[str, ...]:
    """The hot line over the payment institution, once that was asked in vain; at once for a gateway nobody knows."""
    asked = [
        step
        for step in situation.file.steps
        if step.channel in PAYMENT_CHANNELS
        and (step.outcome in ("refused", "rejected", "silent") or (step.due_at and step.due_at < situation.file.at))
    ]
    if not asked:
        return ("p12363",) if situation.file.case.facts.payment.value == "epay" else ()
    return ("p12378",) if asked[-1].channel == "bank" else ("p12363",)


def _reasons(situation: Situation) -> Mapping[str, str]:
    facts = situation.file.case.facts
    amount = f"{situation.amount}元" if situation.amount is not None else "金额未填写"
    quick = "达到经验值，同时准备正式途径" if situation.large else "金额不大，先走省时省钱的途径"
    critical = "；".join(one.sentence for one in situation.signs if one.critical)
    resale = f"；{say_purpose(facts)}按合同关系主张" if is_not_living(facts) else ""
    report = "；".join(situation.systemic) or "被投诉人还不明确：举报有线索就可以提，投诉要有名称和地址"
    return {
        "platform": f"{amount}，{quick}；先限期要求处理，对方的答复或不答复都是后面的证据",
        "police": critical or "收款方是个人，其身份只有公安机关、支付机构和法院查得到",
        "wechat_pay": "凭交易单号就能找到收款商户，不需要先查清卖家是谁",
        "alipay": "凭交易号就能找到收款商户，不需要先查清卖家是谁",
        "bank": "凭交易流水就能找到收单商户，不需要先查清卖家是谁",
        "transfer_report": "付给个人或虚拟币地址的没有商户争议，只能举报收款账户",
        "p12315": f"被投诉人：{situation.named.name}（{situation.named.basis}）"
        if situation.named and situation.identified
        else "适合生活消费争议，但要先查清被投诉人的名称和地址",
        "market_report": f"{report}；举报不代替投诉，可以并行",
        "telecom_bureau": "网站备案有异常",
        "p12363": "支付机构没有处理，或通道不明、查不到收款方",
        "p12378": "银行没有处理",
        "p12377": "有涉诈迹象，可能防止别人再受害",
        "heimao": "公开平台转给商家，只对在意名声的商家有用",
        "xfb": "与黑猫相同，备选",
        "tszt": "与黑猫相同，备选",
        "market_complaint": "书面投诉可以附完整证据；与12315是同一程序，只能走一个",
        "consumer_assoc": "消协也能调解；与12315只能选一个",
        "pre_mediation": "起诉前的调解，不收诉讼费" + resale,
        "small_claims": situation.small.sentence + resale,
        "court": "需要判决（如确认条款无效、金额较大、不适用小额）时" + resale,
    }


def _notes(situation: Situation) -> tuple[str, ...]:
    file, facts = situation.file, situation.file.case.facts
    notes = [one.sentence + cite(one.articles, file.today) for one in find_limits(file)]
    if situation.payment.note:
        notes.insert(0, situation.payment.note)
    if facts.purpose is Purpose.UNKNOWN:
        notes.insert(0, "用途未填写：自用、单位用、替别人买还是转卖，决定能不能走12315（case set 案件 purpose=…）")
    for purpose in hint_purposes(facts):
        notes.insert(
            0,
            f"描述中有像“{PURPOSE_ZH[purpose]}”的内容：如果交易本身是为此目的，可能涉及违法，"
            "本工具不做消费投诉材料，先咨询律师",
        )
    if facts.minor:
        notes.insert(
            0,
            "买家是未成年人：由监护人作为法定代理人提出，准备关系证明；以监护人不追认为由的，写明孩子的年龄和操作经过",
        )
    if any(step.outcome in ("refunded", "replaced") for step in file.steps):
        notes.insert(0, "已记录退款或换货：全部解决的用 case close 结案；没有全部解决的，把那一步改记为 partly")
    notes += _joint_notes(file)
    notes += [
        f"“{load_channels()[step.channel].name}”已有结果：{OUTCOME_ZH.get(step.outcome, step.outcome)}"
        for step in file.steps
        if step.outcome and step.channel in load_channels()
    ]
    return tuple(dict.fromkeys((*notes, *file.notes)))


def _joint_notes(file: CaseFile) -> list[str]:
    """Several buyers may complain jointly about one dispute with one operator (总局令121 art. 12)."""
    facts = file.case.facts
    if not facts.others:
        return []
    joint = find_joint(file)
    notes = [
        "多人共同投诉：限同一消费争议、同一经营者，经每个人同意，可以书面推选两名代表人；代表人变更、放弃请求或和解须经被代表人同意"
        + cite(("tsjb-12",), file.today)
    ]
    if joint.strange or joint.apart:
        notes.append("所列的其他案件中有不在本档案的，或不是同一平台、同一经营者：不是同一经营者的不能共同投诉")
    if joint.same_buyer:
        notes.append("所列案件的买家是同一人：同一人的几笔订单应在一件投诉中写明，不是共同投诉")
    return notes


def _basis(situation: Situation) -> Mapping[str, str]:
    settings, small = situation.settings, situation.small
    basis = {
        "amount": (f"{situation.amount}元" if situation.amount is not None else "未填写")
        + (f"（已退回{situation.returned}元，请求要相应减少）" if situation.returned else ""),
        "escalation_yuan": f"{settings.escalation_yuan.normalize():f}元（经验值，不是法定界线，可在设置中改）",
        "answer_hours": f"{settings.answer_hours}小时（默认值，没有条文依据，可在设置中改）",
        "small_claims": small.basis or small.sentence,
    }
    if situation.named is not None:
        basis["respondent"] = f"{situation.named.name}（{situation.named.basis}）"
    return basis


_AGAINST = {
    UnlawfulPurpose.REAL_NAME_ACCOUNTS: ("fzf-31",),
    UnlawfulPurpose.SMS_CODES: ("fzf-14",),
    UnlawfulPurpose.FAKE_ORDERS: ("dsf-17",),
}


def _refuse(file: CaseFile) -> Plan:
    """No consumer pack for a trade that is itself unlawful: who files it accuses himself."""
    purposes = tuple(dict.fromkeys(file.case.facts.unlawful))
    names = "、".join(PURPOSE_ZH[one] for one in purposes)
    articles = ("mfd-153", *(article for one in purposes for article in _AGAINST.get(one, ())))
    return Plan(
        steps=(),
        flags=tuple((one.id, one.sentence) for one in find_signs(file)),
        notes=(
            "这类交易可能本身违法，合同可能无效，不受消费者权益保护；提交材料等于自述参与，可能牵连自己"
            + cite(articles, file.today),
            "先咨询律师（可拨打12348法律援助热线），再决定是否以及如何向公安机关说明",
            "自己被骗了钱的，可以在律师帮助下报案并如实陈述；不要再付款，不要删除记录",
        ),
        refused=f"您说明的用途涉及{names}：不制作消费投诉材料",
    )
