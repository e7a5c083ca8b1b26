"""The check before filing: what this channel would refuse or return and by which article, and what will be attacked.

Takes a case file and a channel, gives blocks (each with the way to mend it), warnings and attack points. It plays the
intake clerk: what it lets through should be accepted, what it stops would be returned. Nothing is submitted. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from monitor.complaints.evidence.against_claim import find_offer
from monitor.complaints.evidence.contradictions import (
    find_contradictions,
    is_same_party,
    orders_without_proof,
    read_payees,
)
from monitor.complaints.facts.purposes import is_not_living, say_purpose
from monitor.complaints.filing.attack_points import AttackPoint, find_attack_points
from monitor.complaints.filing.beside_declared import tell_beside, warn_of_number
from monitor.complaints.filing.claim_blocks import CLAIMS
from monitor.complaints.filing.declarations import find_undeclared
from monitor.complaints.filing.filing_blocks import find_blocks, has_item
from monitor.complaints.filing.grounds import find_grounds
from monitor.complaints.filing.person_blocks import warn_of_persons
from monitor.complaints.filing.repeated_reports import find_repeated, warn_of_repeated
from monitor.complaints.filing.self_check import check_self
from monitor.complaints.filing.story_blocks import find_police_first
from monitor.complaints.filing.wishes import find_unmet_wish
from monitor.complaints.letters.demands import most_refund
from monitor.complaints.model import CaseFile, Missing
from monitor.complaints.routing.channels import cite, load_channels
from monitor.complaints.routing.exclusions import BODIES, COMPLAINTS, CONSUMER, COURTS, awaits_decision, find_silent
from monitor.complaints.routing.filing_words import pattern
from monitor.complaints.routing.fraud_signs import PURPOSE_ZH, find_signs, hint_purposes
from monitor.complaints.routing.limits_of_claims import find_limits
from monitor.complaints.routing.named_respondent import (
    find_other_respondents,
    find_respondent,
    forum_of,
    other_address,
    say_swapped,
)
from monitor.complaints.routing.payment_routes import PAYMENT_CHANNELS, find_payment_route
from monitor.complaints.routing.told_particulars import is_intermediary
from monitor.config.complaints import ComplaintSettings
from monitor.operators.jurisdiction import Procedure
from monitor.times import show_time
from storage.case import DemandKind, PaymentForm, ProblemKind, Purpose

_REGULATORS = re.compile(r"《市场监督管理投诉举报(?:处理|处理暂行)?办法》第[^（）《、]*条(?:、第[^（）《、]*条)*、?")
_EMPTY = re.compile(r"（、?）")
_REFUSE = ("tsjb-16", "tsjb-17", "tsjb_old-15")


@dataclass(frozen=True)
class PreFiling:
    """The answer for one channel. `blocks` would be refused or returned; `warnings` may be; `attacks` come later."""

    channel: str
    blocks: tuple[Missing, ...]
    warnings: tuple[str, ...]
    attacks: tuple[AttackPoint, ...]

    @property
    def ready(self) -> bool:
        """Whether nothing is known for which the channel would refuse it."""
        return not self.blocks


def check_before_filing(file: CaseFile, channel: str, settings: ComplaintSettings) -> PreFiling:
    """Check a case for one channel today; an unknown channel raises KeyError."""
    load_channels()[channel]
    blocks = [
        *_of_purpose(file, channel),
        *_of_payment(file, channel),
        *find_undeclared(file, channel),
        *find_repeated(file, channel),
        *find_police_first(file, channel),
        *find_blocks(file, channel, settings),
    ]
    unique: dict[str, Missing] = {}
    for one in blocks:
        unique.setdefault(one.field, one)
    return PreFiling(
        channel,
        tuple(unique.values()),
        tuple(dict.fromkeys(_for_office(one, channel) for one in _warn(file, channel, settings))),
        find_attack_points(file),
    )


def _for_office(told: str, channel: str) -> str:
    """A warning without the rules of the market regulator for the consumers' association, which they do not bind."""
    if channel not in CONSUMER or channel in COMPLAINTS:
        return told
    return _EMPTY.sub("", _REGULATORS.sub("", told)).replace("（、", "（").replace("、）", "）")


def _of_purpose(file: CaseFile, channel: str) -> list[Missing]:
    facts, found = file.case.facts, []
    if facts.unlawful:
        names = "、".join(PURPOSE_ZH[one] for one in dict.fromkeys(facts.unlawful))
        found.append(
            Missing(
                "unlawful",
                "合法的交易目的",
                f"用途涉及{names}：提交等于自述参与违法活动",
                "不要提交；先咨询律师，再决定是否向公安机关如实说明",
            )
        )
    if channel in CONSUMER and is_not_living(facts):
        own = facts.purpose is Purpose.FOR_OTHERS
        found.append(
            Missing(
                "purpose",
                "为生活消费需要而购买",
                f"{say_purpose(facts)}，不是为自己和家人的生活消费，不予受理",
                ("由实际使用的人各自提出；" if own else "")
                + "改走协商、支付争议或民事诉讼（合同责任）；确为自己和家人用的，改正用途并准备说明",
                find_grounds(file, channel, _REFUSE, ("xbf-2",)),
            )
        )
    if channel in CONSUMER and facts.purpose is Purpose.UNKNOWN:
        found.append(
            Missing(
                "purpose",
                "购买的用途",
                "是不是生活消费决定受理与否，须由您自己如实说明",
                "填写自用、单位用、替别人买还是转卖（case set 案件 purpose=…）",
                find_grounds(file, channel, _REFUSE, ("xbf-2",)),
            )
        )
    return found


def _of_payment(file: CaseFile, channel: str) -> list[Missing]:
    if channel not in PAYMENT_CHANNELS:
        return []
    route = find_payment_route(file.case.facts, file.today)
    if channel in route.channels:
        return []
    why = next((one.reason for one in route.unsuited if one.channel == channel), "")
    named = "、".join(f"“{load_channels()[one].name}”" for one in route.channels)
    return [
        Missing(
            "payment",
            "与这个渠道相符的付款方式",
            why or "这笔款不是经这个渠道付的，它查不到交易",
            f"改用{named}" if named else "按账单核对付款方式（case set 案件 payment=…），再看 case plan",
        )
    ]


def _warn(file: CaseFile, channel: str, settings: ComplaintSettings) -> list[str]:
    facts, found = file.case.facts, list[str]()
    named = find_respondent(file)
    known = named is not None and named.complete and facts.problem is ProblemKind.EXTRA_FEE
    signs = find_signs(file, reachable=known)
    if any(one.critical for one in signs) and channel not in ("police", *PAYMENT_CHANNELS):
        found.append("有严重涉诈迹象：先报案、先向支付机构投诉，不要等这个渠道")
    for purpose in hint_purposes(facts):
        found.append(f"描述中有像“{PURPOSE_ZH[purpose]}”的内容：受理人会追问交易目的，如属实先咨询律师")
    found += _warn_of_proofs(file, stops=channel in BODIES)
    if channel in CLAIMS:
        found += [
            f"您写过“{one.words}”，并说明：{one.meaning}。受理人、对方仍可能问到，照实回答"
            for one in facts.meant
            if one.meaning.strip()
        ]
    if facts.helper.name.strip() and not facts.consent.strip():
        found.append(f"由{facts.helper.name.strip()}代办，但没有记录买家本人的同意（case set 案件 consent=…）")
    if facts.helper.name.strip() and channel in BODIES:
        law = cite(("tsjb-11",), file.today) if channel in COMPLAINTS else ""
        found.append(f"授权委托书要交原件，并附受托人{facts.helper.name.strip()}的身份证明；扫描件只作留底{law}")
    if channel in COMPLAINTS and facts.others:
        told = "共同投诉要有每个人的同意和书面推选代表人的文件，各人的姓名、电话、地址和凭证分别列出；"
        told += "投诉书列出本档案中同一经营者的各案买家，凭证由各人另附"
        found.append(told + cite(("tsjb-12",), file.today))
    if channel in CLAIMS and (wish := find_unmet_wish(file)):
        found.append(
            f"您写过“{wish}”，请求里没有这一项：还想要的，写进请求（case set 案件 demands.1.kind=补发 或 换发同面值）；"
            "现在改要退款的，在经过里写明改要退款"
        )
    if channel in CLAIMS and (offer := find_offer(file)):
        found.append(
            f"聊天中对方说“{offer.read}”，案件里没有写：先答复它；没有兑现的写进卖家的答复"
            "（case set 案件 seller_reply=…），不要隐去"
        )
    if channel in COMPLAINTS and any(pattern("names", "airtime").search(one.product) for one in facts.orders):
        found.append("话费、流量没有到账的：先向该号码的运营商查缴费记录（到没到、几点、谁缴的），一并附上")
    if facts.payment is PaymentForm.USDT and channel in BODIES:
        found.append(
            "付的是虚拟币：按人民币请求的，写明当时怎么折算并附凭证；没有可以退回的原支付渠道，这类交易可能得不到保护"
        )
    if channel in BODIES:
        found += _warn_of_steps(file, channel)
        found += [f"{one.sentence}{cite(one.articles, file.today)}" for one in check_self(file, settings)]
        found += _warn_of_respondent(file, channel)
        found += warn_of_persons(file, channel)
        found += tell_beside(facts)
    if channel in CONSUMER:
        found += warn_of_number(facts)
    if channel in CLAIMS:
        found += _warn_of_face(file)
    if channel in (*BODIES, "platform", *PAYMENT_CHANNELS):
        found += [f"{one.sentence}{cite(one.articles, file.today)}" for one in find_limits(file)]
    if channel in CONSUMER and any(one.kind is DemandKind.INVALID_CLAUSE for one in facts.demands):
        told = "行政机关不认定条款在民事上是否有效：请求中写退款或补发，条款问题另写举报请求责令改正，确认无效向法院提"
        found.append(told + cite(("htxz-22",), file.today))
    if channel in CONSUMER and not has_item(file, "identity"):
        found.append(f"可能要求核验身份，拒不配合的不予受理：备好身份证件{cite(('tsjb-10', 'tsjb-16'), file.today)}")
    if facts.minor and channel in BODIES and not has_item(file, "guardian_relation"):
        found.append("买家是未成年人：备好户口簿、出生证明等监护关系证明")
    back = sum((step.returned for step in file.steps if step.returned is not None), Decimal(0))
    if channel == "police" and facts.paid is not None and back >= facts.paid > 0:
        found.append("记录中款项已全额退回：报案材料里没有损失数额，先想清楚还要请公安机关做什么")
    if channel == "market_report":
        found.append(
            "举报材料不写退款请求，也尽量不写只有您知道的订单细节；同时附投诉内容的，为组织调解会向对方提供必要信息"
            + cite(("tsjb-9", "tsjb-37"), file.today)
        )
        found += warn_of_repeated(file)
    if not load_channels()[channel].confirmed:
        found.append("这个渠道的办理细则没有条文或存档来源，以其页面、接线员所说为准")
    return found


def _warn_of_steps(file: CaseFile, channel: str) -> list[str]:
    """What became of earlier filings, where it does not stop this one but has to be cleared up first."""
    names = {name: row.name for name, row in load_channels().items()}
    found = [
        f"“{names[step.channel]}”{show_time(step.filed_at)[:10]}的提交期限已过而没有答复，不等于不予受理："
        "先凭编号打电话问是否受理；已受理的等结果，没有受理的请其书面告知，再用 case answer 记为 rejected"
        for step in find_silent(file.steps, file.today)
    ]
    if channel in COURTS:
        found += [
            f"“{names[step.channel]}”还在处理同一争议：法院不因此不收，但立案以后那边的调解会终止"
            f"{cite(('tsjb-23',), file.today) if step.channel in COMPLAINTS else ''}；两边都要如实说明"
            for step in file.steps
            if step.channel in CONSUMER and (not step.outcome or awaits_decision(step, file.today))
        ]
    refused = [step for step in file.steps if step.channel in COMPLAINTS and step.outcome == "rejected"]
    if channel in COMPLAINTS and any(pattern("story", "not_ours").search(step.note) for step in refused):
        told = "此前因不归其管辖而不予受理：先查明被投诉人的住所（实际经营地）在哪个区县，改向那里的市场监管部门提出"
        found.append(told + cite(("tsjb-13",), file.today))
    return found


def _warn_of_face(file: CaseFile) -> list[str]:
    """Who asks the missing face value back, where he paid less than the face, asks for more than its price."""
    facts = file.case.facts
    wanted = next((one.amount for one in facts.demands if one.kind is DemandKind.REFUND), None)
    share = most_refund(facts, Decimal(0))
    if wanted is None or share is None or wanted <= share:
        return []
    return [
        f"请求退款{wanted:f}元是少得的面值，按实付的比例是{share:f}元：可以这样请求，对方可能只认{share:f}元，"
        "调解时先想好能否接受"
    ]


def _warn_of_proofs(file: CaseFile, *, stops: bool) -> list[str]:
    """Evidence that says something else than the case, as far as it does not stop this channel already."""
    found = [f"{one.sentence}：对照原件核对" for one in find_contradictions(file) if not (one.grave and stops)]
    bare = orders_without_proof(file)
    if bare:
        named = "、".join(f"订单{place}" for place in bare)
        found.append(f"{named}没有凭证：所放入的凭证里读不到它的单号，补上这一笔的账单")
    return found


def _warn_of_respondent(file: CaseFile, channel: str) -> list[str]:
    named, found, facts = find_respondent(file), list[str](), file.case.facts
    if named is None or not named.complete:
        return []
    for other in find_other_respondents(file)[:2]:
        found.append(
            f"档案核验到的是“{other.name}”（{other.basis}），与您填写的“{named.name}”不同：材料按您填写的写；"
            "核对谁是卖家，要改的用 case set 案件 respondent.name=名称 respondent.address=住所"
        )
    if swapped := say_swapped(file, named):
        found.append(f"材料按“{named.name}”写{swapped}")
    if named.told and (known := other_address(file)):
        found.append(
            f"登记（查得）的住所是“{known}”，与您填写的地址不在同一区县：住所地和实际经营地的机关都可以受理，"
            "材料按您填写的地址写；确认哪一处是实际经营地，能证明的附上" + cite(("tsjb-13",), file.today)
        )
    own = {one.strip() for one in (facts.buyer.address, facts.guardian.address) if one.strip()}
    phones = {one.strip() for one in (facts.buyer.phone, facts.guardian.phone) if one.strip()}
    if named.address.strip() in own or facts.respondent.phone.strip() in phones:
        told = "被投诉人的地址或电话与投诉人的相同：会被怀疑不是真实的消费争议，先核对是不是填错了栏"
        found.append(told + cite(("tsjb-17",) if channel in COMPLAINTS else (), file.today))
    if is_intermediary(named.name) and channel not in CONSUMER:  # there it stops
        found.append(
            f"“{named.name}”像是支付、代收机构：它不是卖家，请它提供收款商户的名称，以商户为被告，或走支付渠道的争议处理"
        )
    if pattern("names", "telecom").search(named.name):
        found.append(
            "话费、流量等电信服务的争议，通常先由该企业处理，对结果不满意的向电信用户申诉受理机构申诉；"
            "市场监管部门可能告知不归其处理（没有存档的来源，先打12315问清）"
        )
    if not named.confirmed:
        found.append(f"被投诉人“{named.name}”出自您的填写，未经核实：写错的对象会被退回，也可能冤枉无关的人")
    shown = read_payees(file)
    payee = file.case.facts.payee.strip()
    others = [one for one in shown or (payee,) if one and not is_same_party(one, named.name)]
    if channel in COMPLAINTS and others and len(others) == len(shown or (payee,)) and not has_item(file, "subject"):
        told = (
            f"{'账单上的' if shown else '您填写的'}收款方是“{others[0]}”，与被投诉人不同："
            f"附上能说明“{named.name}”就是卖家的材料（首页公示、订单页、平台的答复），否则可能被认为不能证明与被投诉人有消费争议"
        )
        found.append(told + cite(("tsjb-16", "tsjb-17"), file.today))
    forum = forum_of(named, file, Procedure.COMPLAINT)
    if channel in COMPLAINTS and (forum is None or not forum.authority):
        told = "受理机关还没有确定：按被投诉人住所地（平台内经营者按公示地址或平台住所地）的县级市场监管局查明"
        found.append(told + cite(("tsjb-13",), file.today))
    if named.role == "payee":
        found.append("所列的是收款方：它可能只是代收的第三方，受理时可能要求证明它就是卖家")
    if named.instead:
        law = cite(("xbf-44",), file.today)
        found.append(f"以平台为被投诉人：附上请平台披露店铺信息的记录和它没有提供的证明{law}")
    if channel in COURTS:
        found.append("被告下落不明的不适用小额诉讼；先确认其住所能够送达" + cite(("msf-166",), file.today))
    return found
