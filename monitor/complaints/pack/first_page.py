"""首页: one page that stands alone: who asks whom for what, why this office, what was filed where, what is attached.

Takes the case file and what the pack holds; gives HTML. What the buyer says is marked 据本人陈述, what an exhibit shows
bears its number; nothing is said that is not known. What speaks for the other side (money that came back, his answer)
is told too. Texts are masked before they are shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from decimal import Decimal

from monitor.complaints.facts.purposes import is_not_living, say_purpose
from monitor.complaints.facts.step_outcomes import OUTCOME_ZH
from monitor.complaints.letters.delivery import name_unused
from monitor.complaints.letters.demands import returned
from monitor.complaints.letters.own_words import keep_account, name_teller
from monitor.complaints.letters.problem_words import missing_rebate, say_problem
from monitor.complaints.letters.who_answered import who_answered
from monitor.complaints.model import CaseFile, ExhibitGroup, Letter, PlannedStep
from monitor.complaints.pack.backing import SAID, Backing
from monitor.complaints.pack.letter_words import find_accused, find_acts, find_marks, find_requests
from monitor.complaints.pack.masks import Mask
from monitor.complaints.pack.model import ABSENT
from monitor.complaints.pack.office import find_office
from monitor.complaints.pack.reporter import REPORT
from monitor.complaints.pack.sheets import make_facts, make_list, make_page, show
from monitor.complaints.routing.channels import load_channels
from monitor.complaints.routing.filing_words import find_clause
from monitor.complaints.routing.named_respondent import NamedRespondent, find_respondent, source_of_address
from monitor.complaints.routing.report_parties import DOER_ZH, Doer, list_accused
from monitor.operators.respondents import ROLE_ZH, RespondentRole
from monitor.times import SHANGHAI
from storage.case import Answer, CaseStep, Demand, DemandKind, Facts, PaymentForm, ProblemKind, Purpose

PAYMENT_ZH = {
    PaymentForm.WECHAT_MERCHANT: "微信支付（商户收款）",
    PaymentForm.ALIPAY_MERCHANT: "支付宝（商户收款）",
    PaymentForm.BANK_CARD: "银行卡",
    PaymentForm.PERSONAL_CODE: "个人收款码",
    PaymentForm.TRANSFER: "转账或红包",
    PaymentForm.EPAY: "聚合支付通道（易支付等）",
    PaymentForm.BALANCE: "平台余额",
    PaymentForm.USDT: "USDT（虚拟货币）",
}
PROBLEM_ZH = {
    ProblemKind.DEAD_KEY: "卡密无效，无法兑换",
    ProblemKind.USED_KEY: "卡密已被使用",
    ProblemKind.EXPIRED_KEY: "卡密过期或有效期与约定不符",
    ProblemKind.SHORT_VALUE: "到账面值不足",
    ProblemKind.NOT_DELIVERED: "付款后未发货",
    ProblemKind.WRONG_GOODS: "所发商品与约定不符",
    ProblemKind.ACCOUNT_LOST: "所购账号被找回或被封",
    ProblemKind.TOPUP_MISSING: "充值未到账",
    ProblemKind.REFUSED_AFTER_SALES: "卖家拒绝售后",
    ProblemKind.BALANCE_FROZEN: "平台余额被冻结或限制提现",
    ProblemKind.EXTRA_FEE: "被要求另付费用",
    ProblemKind.PLATFORM_GONE: "平台无法访问或失联",
    ProblemKind.UNASKED_CHARGE: "没有经过同意被扣款",
}
DEMAND_ZH = {
    DemandKind.REPLACE: "更换同面值商品",
    DemandKind.DELIVER: "交付所购商品",
    DemandKind.REFUND: "退款（原路退回）",
    DemandKind.RELEASE: "解除限制，退还或提现余额",
    DemandKind.DAMAGES: "赔偿损失",
    DemandKind.FRAUD: "惩罚性赔偿（以有关机关认定为准）",
    DemandKind.INVALID_CLAUSE: "确认格式条款无效",
    DemandKind.COSTS: "承担费用",
}
_REPORTED = ("<p>请依法核查；属实的，责令改正并依法处理。举报不含退款请求。</p>",)
_LEGEND = "“据本人陈述”为{writer}自己所述；“证”后的编号见证据目录，标在其文字中确有该内容的证据上。"
_LEGEND_REPORT = "被举报人的名称、地址由举报人了解，来源见举报信，请核查。"
_ADDRESS_ZH = {
    "verified": "地址据查询登记、核验所得的结果",
    "printed": "地址据网站页面所示",
    "voucher": "地址据付款凭证所示",
    "told": SAID.strip("（）"),
}
_LONGEST_STORY = 320
_LONGEST_REPLY = 160


def _problem(facts: Facts) -> str:
    """The problem in a few words; what came into the buyer's own account was no account that he bought.

    That a key was used before is said as the letters say it: only of who did not use it himself.
    """
    if facts.problem in (ProblemKind.ACCOUNT_LOST, ProblemKind.USED_KEY) or missing_rebate(facts):
        return say_problem(facts)
    return PROBLEM_ZH.get(facts.problem, "见下")


def render_first_page(
    file: CaseFile,
    step: PlannedStep,
    backing: Backing,
    attachments: Sequence[str],
    mask: Mask,
    *,
    letters: Sequence[Letter] = (),
    holdings: str = "",
    most_attachments: int = 40,
    anonymous: bool = False,
) -> str:
    """The page. `attachments` are the pack's parts in the order in which they are read, `holdings` their numbers.

    What is asked, and whom a report accuses of what, are taken from the `letters` that go along (masked already): the
    page promises nothing that they do not ask.
    """
    listed = list(attachments[:most_attachments])
    if len(attachments) > len(listed):
        listed.append(f"其余 {len(attachments) - len(listed)} 项见证据目录")
    reports = step.channel == REPORT
    title = "举报材料首页" if reports else "投诉材料首页"
    writer = "举报人" if reports else "投诉人"
    parts = [
        f"<h1>{title}</h1>",
        f'<p class="under">{show(step.name)}　{file.today:%Y年%m月%d日}</p>',
        make_facts(
            [
                *(_report_rows(file, step, letters, mask) if anonymous else _rows(file, step, backing, letters, mask)),
                ("证据", show(holdings)),
            ]
        ),
        "<h2>请求</h2>",
        *(_REPORTED if anonymous else _requests(file, backing, letters, mask)),
        "<h2>附件</h2>",
        make_list(listed, ordered=True),
        f'<p class="quiet">{_LEGEND_REPORT if anonymous else _LEGEND.format(writer=writer)}'
        "本材料只说明所见与所述，是否构成违法由有关机关认定。</p>",
    ]
    return make_page(title, parts)


def _requests(file: CaseFile, backing: Backing, letters: Sequence[Letter], mask: Mask) -> list[str]:
    demands = list(find_requests(letters)) or [mask(_tell_demand(one)) for one in file.case.facts.demands]
    steps = [mask(_tell_step(one, backing)) for one in file.steps]
    return [
        make_list(demands or ["未填写"], ordered=True),
        "<h2>此前已在何处提出</h2>",
        make_list(steps or ["此前未向其他渠道提出。"]),
    ]


def _report_rows(file: CaseFile, step: PlannedStep, letters: Sequence[Letter], mask: Mask) -> list[tuple[str, str]]:
    """The rows of a report that does not lead to who makes it: no order, no sum, no story, no payee of his bill."""
    office = find_office(file, load_channels()[step.channel])
    accused = find_accused(letters) or (("被举报人", "主体尚未查明，见举报信"),)
    acts = "、".join(find_acts(letters))
    return [
        ("提交给", f"<b>{show(office.name)}</b>"),
        ("为什么向其提出", show(mask(office.why.replace("被投诉人", "被举报人")), 400)),
        ("举报人", "不具名"),
        *((show(name), show(mask(told), 700)) for name, told in accused),
        ("反映的情况", f"可能涉及：{show(acts, 300)}。详见举报信和证据目录" if acts else "详见举报信和证据目录"),
    ]


def _rows(
    file: CaseFile, step: PlannedStep, backing: Backing, letters: Sequence[Letter], mask: Mask
) -> list[tuple[str, str]]:
    facts = file.case.facts
    office = find_office(file, load_channels()[step.channel])
    writer, other = ("举报人", "被举报人") if step.channel == REPORT else ("投诉人", "被投诉人")
    return [
        ("提交给", f"<b>{show(office.name)}</b>"),
        ("为什么向其提出", show(mask(office.why.replace("被投诉人", other)), 400)),
        (writer, show(mask(_tell_buyer(facts)))),
        (other, show(mask(_tell_respondent(file, step, backing)), 700)),
        ("交易", show(mask(_tell_order(facts, backing)), 900)),
        ("金额", _tell_amount(facts, backing)),
        ("已退回", _tell_returned(file, backing)),
        ("付款方式", PAYMENT_ZH.get(facts.payment, "")),
        ("问题", f"<b>{_problem(facts)}</b>{backing.problem(facts.problem)}"),
        (
            "经过",
            show(mask(story), 900) + f"（据{name_teller(facts)}陈述）"
            if (story := _tell_story(facts, step.channel))
            else "",
        ),
        (f"{who_answered(file) or '收到的'}答复", show(mask(_tell_reply(facts, backing, letters)), 500)),
        ("购买用途", _tell_purpose(facts)),
    ]


def _tell_story(facts: Facts, channel: str) -> str:
    """The buyer's account as the letters of this channel tell it: without judgements and what befell others."""
    kept = (one for one, _ in keep_account(facts.what_happened, others=channel == "police"))
    told = "。".join(one for one in kept if one)
    return _shorten(f"{told}。") if told else ""


def _tell_buyer(facts: Facts) -> str:
    buyer = facts.buyer
    told = [buyer.name, f"电话 {buyer.phone}" if buyer.phone else "", buyer.address]
    if facts.minor and facts.guardian.name:
        told.append(f"（未成年人，法定代理人 {facts.guardian.name} {facts.guardian.phone}）")
    if facts.helper.name:
        told.append(f"（受托人 {facts.helper.name}{'，' + facts.helper_role if facts.helper_role else ''}）")
    return "，".join(one.strip() for one in told if one.strip()) or "未填写"


def _tell_respondent(file: CaseFile, step: PlannedStep, backing: Backing) -> str:
    """Whom it is about; of a report platform and shop apart, each for its own pages."""
    if step.channel != REPORT:
        return _tell_party(file, find_respondent(file), backing)
    told = []
    for doer, named in list_accused(file):
        whose = f"{DOER_ZH[doer]}：" if doer is not Doer.SITE else ""
        told.append(whose + _tell_party(file, named, backing).replace("购买的平台", "网站"))
    return "；".join(told)


def _tell_party(file: CaseFile, named: NamedRespondent | None, backing: Backing) -> str:
    facts = file.case.facts
    bought_at = "；".join(one for one in (facts.platform, facts.url) if one)
    if named is None or not named.name:
        return f"主体不明；购买的平台：{bought_at or '未填写'}（据本人陈述）"
    code = f"，统一社会信用代码 {named.uscc}" if named.uscc else ""
    known = _tell_basis(named.name, named.role, backing)
    if named.role == RespondentRole.PAYEE.value and named.address:  # a bill shows a name, no address
        where = _ADDRESS_ZH[source_of_address(file, named)]
        return f"{named.name}{known}，{named.address}{code}（{where}）；购买的平台：{bought_at}{SAID}"
    return f"{named.name}，{named.address or '地址待查'}{code}{known}；购买的平台：{bought_at}{SAID}"


def _tell_basis(name: str, role: str, backing: Backing) -> str:
    """By what the respondent is known: what the pack itself holds, else the buyer's word."""
    if role == "told":
        return SAID
    if role == RespondentRole.PAYEE.value:
        shown = backing.name(name)
        return f"（账单所示收款方）{shown}" if shown else "（收款方，据本人陈述）"
    held = any(one.group is ExhibitGroup.SUBJECT and one.kind == "subject" for one in backing.exhibits)
    return f"（{ROLE_ZH[RespondentRole(role)]}{'，依据见证据目录第1组' if held else ''}）"


def _tell_order(facts: Facts, backing: Backing) -> str:
    told = []
    for order in facts.orders[:3]:
        at = order.ordered_at or order.paid_at
        pieces = [
            _show_time(at) if at else "时间不详",
            order.product,
            f"订单号 {order.number}{backing.number(order.number)}" if order.number else "",
            f"交易单号 {order.payment_no}{backing.number(order.payment_no)}" if order.payment_no else "",
        ]
        told.append("，".join(one for one in pieces if one))
    if len(facts.orders) > 3:
        told.append(f"等共 {len(facts.orders)} 笔")
    if not told:
        return "未填写"
    text = "；".join(told)
    return f"{text}（未标证据编号的，{SAID.strip('（）')}）" if "（证" in text else f"{text}{SAID}"


def _tell_amount(facts: Facts, backing: Backing) -> str:
    if facts.paid is None:
        return "未填写"
    several = f"（共 {len(facts.orders)} 笔）" if len(facts.orders) > 1 else ""
    return f"<b>{_money(facts.paid)}</b>{several}{backing.amounts(order.amount for order in facts.orders)}"


def _tell_returned(file: CaseFile, backing: Backing) -> str:
    """What came back already: whoever decides must not learn it from the other side."""
    back = returned(file.steps) or file.case.returned
    if not back:
        return ""
    proof = backing.of(one for step in file.steps if step.returned for one in step.proof)
    return f"<b>{_money(back)}</b>{proof or SAID}"


def _tell_reply(facts: Facts, backing: Backing, letters: Sequence[Letter]) -> str:
    """The seller's answer or offer in his words, as the buyer hands it on; marked as the letters mark it."""
    reply = _shorten(facts.seller_reply, _LONGEST_REPLY)
    if not reply:
        return ""
    when = f"{_show_day(facts.replied_at)}　" if facts.replied_at else ""
    return f"{when}“{reply}”{backing.mark(_bare_marks(find_marks(letters, facts.seller_reply))) or SAID}"


def _bare_marks(marks: Sequence[str]) -> list[str]:
    return [one.removesuffix(ABSENT) for one in marks]


def _tell_purpose(facts: Facts) -> str:
    if facts.purpose is Purpose.LIVING and find_clause(facts, "resale", "resale_unless"):
        return "未说明"  # the story tells of a purchase to sell on
    if facts.purpose is Purpose.LIVING:
        unused = facts.used is Answer.NO and facts.problem is not ProblemKind.ACCOUNT_LOST
        used = f"；{'购买人' if facts.minor else '本人'}未使用{name_unused(facts)}" if unused else ""
        return f"为生活消费需要购买，自己或家人用{used}（据本人陈述）"
    return f"{say_purpose(facts)}，不属于生活消费（据本人陈述）" if is_not_living(facts) else "未填写"


def _tell_demand(demand: Demand) -> str:
    amount = f" {_money(demand.amount)}" if demand.amount is not None else ""
    reckoning = f"（{demand.reckoning}）" if demand.reckoning else ""
    return f"{DEMAND_ZH[demand.kind]}{amount}{reckoning}"


def _tell_step(step: CaseStep, backing: Backing) -> str:
    """A filing. That it was made is said only where its proof is on record; else what the buyer noted."""
    channel = load_channels().get(step.channel)
    name = channel.name if channel else step.channel
    number = f"，编号 {step.receipt_no}" if step.receipt_no else ""
    result = f"，结果：{OUTCOME_ZH.get(step.outcome, step.outcome)}" if step.outcome else "，尚无结果"
    if step.proof:
        shown = backing.of(step.proof) or "（凭证未附）"
        return f"{_show_day(step.filed_at)}已向{name}提出{number}{result}{shown}"
    result = result if step.outcome else ""
    return f"{name}：本人记录为{_show_day(step.filed_at)}提出{number}{result}，没有提交凭证{SAID}"


def _show_time(moment: datetime) -> str:
    """To the minute, as the letters write it; midnight exactly is a day whose hour nobody gave."""
    local = moment.astimezone(SHANGHAI)
    day = _show_day(moment)
    return f"{day}（时刻不详）" if local.time() == time.min else f"{day}{local:%H:%M}"


def _show_day(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y年%m月%d日}"


def _money(amount: Decimal) -> str:
    return f"人民币 {amount:.2f} 元"


def _shorten(text: str, longest: int = _LONGEST_STORY) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= longest else f"{plain[: longest - 1]}…"
