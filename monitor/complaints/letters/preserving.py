"""Applications to a court: preservation of property and of evidence, before a suit or with it.

What the court asks (security, grounds, clues to property) and the case does not hold is a blank to fill in. Nothing is
said of what the court will do. 民事诉讼法 arts. 84, 103 to 108. Pure.
"""

from __future__ import annotations

from monitor.complaints.letters.common import list_attachments, say_requests
from monitor.complaints.letters.dealings import tell_dealings
from monitor.complaints.letters.delivery import tell_delivery
from monitor.complaints.letters.demands import reckon_demands, total_of
from monitor.complaints.letters.law_words import citable, tell_laws
from monitor.complaints.letters.material import Material, say_day, say_exact, say_yuan
from monitor.complaints.letters.orders import tell_orders
from monitor.complaints.letters.page_changes import tell_changes
from monitor.complaints.letters.parties import PAYEE, PLACE, Row, list_unknowns, sign, tell_complainant, tell_respondent
from monitor.complaints.letters.payment import MONEY_PROOF, tell_payment
from monitor.complaints.letters.problem import tell_problem
from monitor.complaints.letters.sentences import demand, fact, fields, form, items, paragraph, signature, unknown
from monitor.complaints.letters.support import text_in
from monitor.complaints.letters.to_court import say_court
from monitor.complaints.model import Block, Letter, Sentence
from monitor.complaints.routing.named_respondent import find_respondent
from storage.case import CaseStep, PaymentForm
from storage.model import ChangeClass, ChangeStatus

_SUITS = ("small_claims", "court")
_ENDED = ("rejected", "withdrawn")
_MOST_OUTCOMES = 3
_STAGE = "□起诉前　□随起诉状一并提出或者诉讼过程中（请勾选）"
_GROUND = "＿＿＿＿（请写明使判决可能难以执行的具体情形和证据；没有具体情形的，先不要提交本申请）"
_NEED = "＿＿＿＿（请写明证据为什么可能灭失或者以后难以取得；没有具体情形的，先不要提交本申请）"
_CLUES = "其他财产线索：＿＿＿＿（开户行和账号、支付账户、房产、车辆等；没有的写“暂无”）"
_RECORDS = (
    "该订单的下单、付款、发货、退款记录，含操作时间和操作账号",
    "该订单所涉卡密、账号或充值的入库、发放、查询、兑换、登录记录，含时间、IP地址和账号",
    "下单之日有效的商品页面、服务协议、售后规则，及其后历次修改的版本和时间",
    "双方就该订单的全部沟通记录，含机器人答复",
)


def write_property_preservation(material: Material) -> Letter:
    """财产保全申请书: within what is claimed, against the respondent that may be named."""
    suit = _find_suit(material)
    demands = reckon_demands(material)
    material.note("财产保全不是必经程序：没有转移财产等具体情形的不必申请；是否准许由法院裁定，交了申请不等于已经保全")
    _tell_costs(material)
    ids = (*(["msf-104"] if suit is None else []), "msf-103", "msf-105", "msf-106", "msf-108")
    return _write(
        material,
        suit,
        (
            items("本案请求（起诉状所列或拟列）", say_requests(demands, who="判令被申请人")),
            items(
                "请求事项",
                (
                    demand(f"请求在本案请求的范围内，对被申请人价值{say_yuan(total_of(demands))}的财产采取保全措施"),
                    demand("保全的具体财产和方式，请依所提供的线索依法确定"),
                ),
            ),
            _tell_dispute(material),
            paragraph("需要保全的情形", (*_tell_closing(material), form(_GROUND))),
            items("财产线索", (*_tell_payee(material), form(_CLUES))),
            fields("担保", _security(suit)),
        ),
        ids,
    )


def write_evidence_preservation(material: Material) -> Letter:
    """证据保全申请书: what the respondent's systems hold, and why it may be gone."""
    suit = _find_suit(material)
    material.note("证据保全以前，先用“证据保存请求”“调取交易记录申请”书面要求对方保存、提供，并留存发送凭证")
    material.note("网页内容可以自己抓取或公证；申请法院保全的，限于自己拿不到的后台记录")
    _tell_costs(material)
    ids = ("msf-84", *(["msf-104"] if suit is None else ["msf-103"]), "msf-108")
    whose = f"由{material.buyer_word}以外的一方保存，{material.buyer_word}没有查阅、复制的权限"
    return _write(
        material,
        suit,
        (
            items("请求保全的证据", [demand(one) for one in _RECORDS]),
            items("请求事项", (demand("请求对被申请人保存的上述证据采取复制、固定、封存等保全措施"),)),
            fields(
                "证据所在",
                (
                    ("保存人", form("被申请人（由其委托的支付机构、服务器提供方保存的，请一并写明）")),
                    ("保存地点", form(PLACE)),
                ),
            ),
            _tell_dispute(material),
            paragraph("拟证明的事实", (form("订单如何履行、商品是什么状态、下单时所示的规则是什么"),)),
            paragraph(
                "需要保全的情形",
                (fact(f"上述记录{whose}"), *tell_changes(material, most=3), *_tell_closing(material), form(_NEED)),
            ),
            fields("担保", _security(suit)),
        ),
        ids,
    )


def _write(material: Material, suit: CaseStep | None, parts: tuple[Block, ...], ids: tuple[str, ...]) -> Letter:
    unknowns, court = list_unknowns(material), say_court(material)
    laws = tell_laws(citable(ids, material))
    return Letter(
        material.kind.id,
        material.kind.name,
        court,
        (
            fields("申请人", tell_complainant(material)),
            fields("被申请人", tell_respondent(material)),
            fields("提出的阶段", _stage(material, suit)),
            *parts,
            *([items("依据", laws)] if laws else []),
            items("尚不掌握、需查明的情况", unknowns),
            list_attachments(material),
            signature(form(f"此致　{court}"), *sign(material, "申请人")),
        ),
        material.today,
        tuple(one.text for one in unknowns),
    )


def _find_suit(material: Material) -> CaseStep | None:
    """The suit that a court has accepted; one that is only sent in is not yet one."""
    steps = [one for one in material.file.steps if one.channel in _SUITS and one.outcome not in _ENDED]
    return next((one for one in reversed(steps) if one.accepted_at is not None), None)


def _stage(material: Material, suit: CaseStep | None) -> tuple[Row, ...]:
    if suit is None:
        return (("阶段", form(_STAGE)), ("案号", form("＿＿＿＿（已立案的填写）")))
    when = say_day(suit.filed_at)
    number = material.plain(suit.receipt_no, most=60)
    told = material.support_by(
        f"诉讼过程中，{when}提交起诉材料，法院已受理", suit.proof, lambda text: bool(text.strip())
    )
    return (("阶段", told), ("案号", fact(number) if number else form(PLACE)))


def _tell_dispute(material: Material) -> Block:
    return paragraph(
        "争议事实",
        (
            *tell_orders(material),
            *tell_payment(material),
            *tell_delivery(material),
            *tell_problem(material),
            *tell_dealings(material),
        ),
    )


def _tell_closing(material: Material) -> tuple[Sentence, ...]:
    """Visits that found the pages shut after they had been open, each with both captures."""
    told = []
    for change in material.file.changes:
        if change.difference.change_class is not ChangeClass.OUTCOME or change.before_at is None:
            continue
        marks = material.marks_of((change.before_capture, change.after_capture))
        before, after = (material.clean(one, most=60) for one in (change.difference.before, change.difference.after))
        if change.status is not ChangeStatus.CONFIRMED or len(marks) < 2 or not after:
            continue
        then = f"在{say_exact(change.before_at)}的访问中{before or '有结果'}"
        now = f"在{say_exact(change.after_at)}的访问中{after}"
        told.append(fact(f"{material.plain(change.page.url, most=120)}{then}，{now}，间隔期间未观察", marks))
    return tuple(told[-_MOST_OUTCOMES:])


def _tell_payee(material: Material) -> tuple[Sentence, ...]:
    """Where the money went as the bill shows it; whose account it is, is not for us to say."""
    payee, account = (
        material.plain(material.facts.payee, most=80),
        material.plain(material.facts.payee_account, most=80),
    )
    told: list[Sentence] = []
    for name, value in (("收款方", payee), ("收款账号", account)):
        if value:
            shown = material.support(value, MONEY_PROOF, text_in(value)).marks
            told.append(fact(f"付款{'账单所示' if shown else '时的'}{name}为“{value}”", shown))
    named = find_respondent(material.file)
    if told and (named is None or named.role == PAYEE or named.name != payee):
        told.append(unknown("收款账户是否属于被申请人尚未查明"))
    if material.facts.payment in (PaymentForm.WECHAT_MERCHANT, PaymentForm.ALIPAY_MERCHANT):
        told.append(unknown("商户的结算账户由支付机构掌握"))
    return tuple(told)


def _security(suit: CaseStep | None) -> tuple[Row, ...]:
    how = "＿＿＿＿（现金、保函等，按法院要求填写）"
    if suit is None:
        return (("方式", form(how)), ("金额", form("＿＿＿＿元（请填写；起诉前申请财产保全的应当提供）")))
    return (("方式", form(how)), ("金额", form("＿＿＿＿元（法院责令提供的，按要求填写）")))


def _tell_costs(material: Material) -> None:
    """What the court will ask, for the one who signs."""
    if not citable(("msf-104",), material):
        return
    material.note("法院会问：情况紧急在哪里、拿什么担保、财产或证据在哪里；空格没有填好的不要提交")
    material.note("起诉前申请的：法院接受申请后四十八小时内裁定；采取措施后三十日内不起诉的解除，起诉状先备好")
    material.note("申请有错误的要赔偿对方因此受到的损失；保全还要交申请费，金额小的先算值不值得")
