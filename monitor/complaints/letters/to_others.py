"""Letters to payment providers and the police, authorisations, and the list of what is still to be got.

Nothing here says that an offence was committed, and nothing promises that money comes back. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from monitor.complaints.evidence.against_claim import find_against
from monitor.complaints.evidence.checklist import list_missing
from monitor.complaints.letters.blink_words import BETWEEN, list_blinks
from monitor.complaints.letters.common import CLOCK, list_attachments
from monitor.complaints.letters.dealings import tell_dealings
from monitor.complaints.letters.delivery import tell_delivery
from monitor.complaints.letters.demands import in_part, most_refund, returned
from monitor.complaints.letters.earlier_steps import tell_steps
from monitor.complaints.letters.kinds import letter_kinds, shown_words
from monitor.complaints.letters.law_words import citable, tell_rule
from monitor.complaints.letters.material import Material, say_day, say_exact, say_moment, say_yuan
from monitor.complaints.letters.orders import is_fee, say_platform, tell_orders
from monitor.complaints.letters.parties import BLANK, PLACE, list_unknowns, sign, tell_complainant
from monitor.complaints.letters.payment import MONEY_PROOF, PAYMENT_ZH, tell_payment
from monitor.complaints.letters.problem import tell_problem
from monitor.complaints.letters.problem_words import FAILURES, missing_rebate, shows_problem
from monitor.complaints.letters.required import find_missing_fields
from monitor.complaints.letters.sentences import demand, fact, fields, form, items, law, paragraph, signature, table
from monitor.complaints.letters.support import (
    Test,
    amount_in,
    asked_by_buyer,
    no_other_day,
    said_by_seller,
    text_in,
    told_by_seller,
    words_in,
)
from monitor.complaints.letters.who_answered import Answerer, shop_on_platform, who_answered
from monitor.complaints.model import Block, Letter, Missing, Sentence
from monitor.complaints.routing.channels import cite
from monitor.complaints.routing.fraud_signs import find_signs
from monitor.complaints.routing.named_respondent import find_missing
from storage.case import Answer, Order, PaymentForm, Person

_COLUMNS = ("序号", "缺什么", "为什么要", "去哪里拿、怎么拿")
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


def write_police(material: Material) -> Letter:
    """报案材料: the timeline, the accounts, the evidence; whether it is an offence is for the police to say."""
    signs = [form(one.office) for one in find_signs(material.file)]
    paid = material.facts.paid
    extra = material.facts.extra_asked
    if extra is not None:
        material.note(f"对方另要求的{say_yuan(extra)}若已支付，请作为一笔订单填入案件，损失合计才会包括它")
    back = returned(material.file.steps)
    loss = _tell_loss(material)
    whole = paid is not None and back >= paid > 0
    asked = [demand("请依法受理并出具回执；是否构成违法犯罪由公安机关认定")]
    if not whole:
        asked.append(demand("收款账户的情况请依法调查，需要采取的措施由公安机关决定"))
    if material.facts.unlawful:
        material.note("所填用途可能涉及违法：报案材料等于自陈，先咨询律师或法律援助（12348）")
    material.note("携带原手机、付款账户和身份证到就近派出所；转账不久的立即拨打110，由公安机关决定采取什么措施")
    return Letter(
        "police",
        "报案材料",
        "公安机关",
        (
            fields("报案人", tell_complainant(material)),
            table("时间线", ("时间", "经过"), list(_timeline(material))),
            paragraph(
                "经过",
                (
                    *tell_orders(material),
                    *tell_payment(material),
                    *tell_delivery(material),
                    *tell_problem(material),
                    *tell_dealings(material),
                    form(CLOCK),
                ),
            ),
            *([items("已提出的其他请求", filed)] if (filed := tell_steps(material)) else []),
            table("涉案账户与线索", ("类别", "内容"), list(_accounts(material))),
            *([items("值得注意的迹象（据所填情况）", signs)] if signs else []),
            paragraph("损失", loss),
            items("请求", asked),
            items("尚不掌握的情况", list_unknowns(material)),
            list_attachments(material),
            paragraph("声明", (form("以上情况属实，本人愿配合调查；原始手机和账号可当面核对"),)),
            signature(*sign(material, "报案人")),
        ),
        material.today,
        tuple(one.text for one in list_unknowns(material)),
    )


def _tell_loss(material: Material) -> list[Sentence]:
    """What was paid, less what came back, still stands on the account or is of use; open where nobody told how much."""
    facts, paid = material.facts, material.facts.paid
    back = returned(material.file.steps)
    if paid is None:
        return []
    told = [material.support_sum(f"已付款合计{say_yuan(paid)}", MONEY_PROOF)]
    if back >= paid > 0:
        return [*told, fact(f"已退回{say_yuan(back)}，没有未退回的款项")]
    if back:
        told.append(fact(f"已退回{say_yuan(back)}，尚有{say_yuan(paid - back)}未退回"))
    open_parts = _list_open_parts(material)
    lacking = most_refund(facts, back)
    if lacking is not None and not open_parts:
        return [*told, fact(f"按约定面值与实得折算，没有得到的部分为{say_yuan(lacking)}")]
    rebate = missing_rebate(facts)
    if rebate:
        open_parts.append(f"所称没有到账的是{rebate}，其金额没有算出")
    elif in_part(facts) and facts.balance is None:
        open_parts.append("其中一部分商品已经得到或使用，其余部分的金额没有算出")
    if not open_parts:
        return told
    material.note(
        "损失没有按已付款合计写：退回的用 case answer 记录金额，得到的部分填 face_value 和 got_value，再核算损失"
    )
    return [*told, *(fact(one) for one in open_parts), fact("以上已付款合计不等于损失，损失金额待核实")]


def _list_open_parts(material: Material) -> list[str]:
    """What is known of money that is not lost, or not in this sum, and of which the case has no amount to take off."""
    facts, found = material.facts, list[str]()
    if facts.balance is not None:
        held = f"平台账户中的余额{say_yuan(facts.balance)}尚未取回"
        rest = "，其余充值是否已使用以账户记录为准" if facts.paid is not None and facts.balance < facts.paid else ""
        found.append(held + rest)
    told_back = [one for one in find_against(material.file) if one.field == "refunded"]
    if not returned(material.file.steps) and (told_back or facts.money_back in (Answer.YES, Answer.PARTLY)):
        some = "退款" if facts.money_back is Answer.YES else "部分退款"
        sums = {one.amount for one in told_back if one.amount is not None}
        how_much = f"案件材料中载有{say_yuan(sums.pop())}" if len(sums) == 1 else "退回的金额没有登记"
        found.append(f"已收到{some}，{how_much}")
    return found


def _timeline(material: Material) -> Iterator[tuple[Sentence, ...]]:
    facts, seller = material.facts, said_by_seller(material.facts.seller_reply, material.facts)
    request, who = asked_by_buyer(facts, facts.contacted_at), who_answered(material.file)
    shop = material.plain(shop_on_platform(material.file), most=40)
    seller_word = f"店铺“{shop}”" if shop else "对方"
    asked, answered = ("demand_chat", "first_complaint", "chat"), ("refusal", "reply", "chat")
    told: list[tuple[datetime | None, str, tuple[str, ...], tuple[Test, ...]]] = []
    for one in facts.orders[:20]:
        shown = [amount_in(one.amount, one.product)] if one.amount is not None else []
        ordered = (*shown, *([text_in(one.number)] if one.number.strip() else []))
        paid = (*shown, *([text_in(one.payment_no)] if one.payment_no.strip() else []))
        if not is_fee(one):
            told.append((one.ordered_at, f"下单，{_money(one)}", ("order",), ordered))
        what = f"支付“{name}”" if is_fee(one) and (name := material.clean(one.product, most=40)) else "付款"
        told.append((one.paid_at, f"{what}，{_money(one)}", MONEY_PROOF, paid))
    told += [
        (facts.received_at, f"{seller_word}交付{'部分商品' if facts.delivered is Answer.PARTLY else ''}", (), ()),
        (facts.used_at, f"{material.buyer_word}使用", ("use_trace",), (words_in(shown_words("used")),)),
        (facts.noticed_at, "发现问题", FAILURES, shows_problem(facts)),
        (facts.contacted_at, "向对方提出处理要求" if who is Answerer.SELLER else "提出处理要求", asked, (request,)),
        (facts.replied_at, f"{who or '收到'}答复", answered, (seller,)),
    ]
    rows = [
        (
            moment,
            form(say_moment(moment)),
            material.support(text, kinds, *(no_other_day(moment), *tests) if tests else ()),
        )
        for moment, text, kinds, tests in told
        if moment is not None
    ]
    rows += [
        (blink.change.after_at, form(f"{say_exact(blink.change.after_at)}（{BETWEEN}）"), sentence)
        for blink, sentence in list_blinks(material)
    ]
    for _, when, sentence in sorted(rows, key=lambda one: one[0]):
        yield when, sentence


def _money(order: Order) -> str:
    return say_yuan(order.amount) if order.amount is not None else "金额见账单"


def _accounts(material: Material) -> Iterator[tuple[Sentence, ...]]:
    facts = material.facts
    rows: list[tuple[str, str, tuple[str, ...]]] = [
        ("平台", material.plain(facts.platform), ("order", "product_page")),
        ("网址", material.plain(facts.url), ("order", "product_page")),
        ("店铺", material.plain(shop_on_platform(material.file)), ("order", "product_page")),
        ("付款方式", PAYMENT_ZH[facts.payment], ()),
        ("收款方", material.plain(facts.payee), MONEY_PROOF),
        ("收款账号", material.plain(facts.payee_account), MONEY_PROOF),
        ("对方联系方式", material.plain(facts.seller_contact), ("chat", "demand_chat")),
        *_called_itself(material),
    ]
    for one in facts.orders[:20]:
        rows.append(("交易单号", material.plain(one.payment_no), MONEY_PROOF))
        rows.append(("商户单号", material.plain(one.merchant_no), MONEY_PROOF))
    for name, text, kinds in rows:
        if text:
            yield form(name), material.support(text, kinds, text_in(text))


def _called_itself(material: Material) -> list[tuple[str, str, tuple[str, ...]]]:
    """The seller's name: what it calls itself where a chat shows that, else what the writer fills in."""
    name = material.plain(material.facts.respondent.name)
    said = told_by_seller([text_in(name)], material.facts)
    talks = ("chat", "reply", "refusal", "demand_chat")
    shown = bool(name) and bool(material.support("", talks, said).marks)
    return [("对方自称" if shown else "报案人填写的卖家名称", name, talks if shown else ())]


def write_authorisation(material: Material) -> Letter:
    """授权委托书 of a grown-up buyer: 总局令第121号 art. 11 asks for matters, powers, term and his signature."""
    return _authorise(material, material.facts.buyer, "委托人", ())


def write_guardian_authorisation(material: Material) -> Letter:
    """The guardian of a minor, as his legal agent, authorises somebody."""
    facts = material.facts
    child = facts.buyer
    rows = (
        ("未成年人（购买人）", fact(material.plain(child.name))),
        ("出生日期", fact(say_day(child.born_on)) if child.born_on else form(PLACE)),
        ("监护关系证明", form(_proof(material))),
    )
    return _authorise(material, facts.guardian, "委托人（法定代理人）", rows)


def _proof(material: Material) -> str:
    marks = [one.number for one in material.exhibits if one.form == "item" and one.kind == "guardian_relation"]
    if not marks:
        material.note("还没有监护关系证明：拍户口簿或出生医学证明，用 case add 放入（--kind guardian_relation）")
        return "（请附户口簿或出生医学证明）"
    return "见证" + "、".join(marks)


def _authorise(material: Material, person: Person, role: str, rows: tuple[tuple[str, Sentence], ...]) -> Letter:
    facts = material.facts
    helper = facts.helper
    material.note("授权委托书要交原件，并附受托人身份证明；身份证号由本人在纸面上填写")
    if not facts.consent.strip():
        material.note(
            "还没有记录委托人的同意（case set：consent）：签好以后拍照，用 case add 放入（--kind authorisation）"
        )
    rule = citable(("tsjb-11",), material)
    told = "委托事项、权限和期限已在本书写明，由委托人签名"
    return Letter(
        material.kind.id,
        material.kind.name,
        "受理机关",
        (
            fields(
                role,
                (
                    *rows,
                    ("姓名", fact(material.plain(person.name))),
                    ("联系电话", fact(material.plain(person.phone)) if person.phone.strip() else form(PLACE)),
                    ("地址", fact(material.plain(person.address)) if person.address.strip() else form(PLACE)),
                    ("身份证号", form("（在纸面填写）")),
                ),
            ),
            fields(
                "受托人",
                (
                    ("姓名", fact(material.plain(helper.name))),
                    (
                        "与委托人的关系",
                        fact(material.plain(facts.helper_role)) if facts.helper_role.strip() else form(PLACE),
                    ),
                    ("联系电话", fact(material.plain(helper.phone)) if helper.phone.strip() else form(PLACE)),
                    ("身份证号", form("（在纸面填写）")),
                ),
            ),
            paragraph(
                "委托事项",
                (
                    form(f"就委托人在{say_platform(material)}的下列交易争议，代为投诉、举报、参加调解和提交材料"),
                    *tell_orders(material),
                ),
            ),
            items(
                "委托权限",
                (
                    form("一般代理：代为提交材料、陈述意见、参加调解、签收文书"),
                    form("特别代理（需要的请勾选）：□代为承认、放弃或变更请求　□代为和解、签署调解协议　□代收退款"),
                ),
            ),
            paragraph("委托期限", (form("自签署之日起至上述争议处理终结之日止；委托人可以随时书面撤销"),)),
            paragraph("说明", (law(told, [one.id for one in rule]) if rule else form(told),)),
            signature(
                form(f"委托人（签名）：{BLANK}"),
                form(f"受托人（签名）：{BLANK}"),
                form(f"日期：{say_day(material.today)}"),
            ),
        ),
        material.today,
    )


def write_correction(material: Material) -> Letter:
    """补正清单: what a complaint is returned without, apart from what makes it stronger, and where to get both."""
    complaint = replace(material, kind=letter_kinds()["p12315"])
    needed = _each_once([*find_missing_fields(complaint), *find_missing(material.file)])
    nobody = any(one.field.startswith("respondent") for one in needed)
    wanted = [one for one in _each_once(list_missing(material.file)) if not (nobody and one.field == "subject")]
    blocks: list[Block] = []
    if needed:
        rule = cite(("tsjb-10",), material.today)
        blocks.append(table(f"必须补齐，缺了会被退回{rule}", _COLUMNS, _rows_of(needed, material)))
    if wanted:
        blocks.append(table("可以补强，不补也能提交", _COLUMNS, _rows_of(wanted, material)))
    if not blocks:
        blocks.append(paragraph("需要补充的内容", (form("没有发现缺少的内容，提交前仍请逐项核对"),)))
    told = list_unknowns(material)
    if told:
        blocks.append(items("尚不掌握的情况", told))
    return Letter(
        "correction", material.kind.name, "本人", tuple(blocks), material.today, tuple(one.text for one in told)
    )


def _each_once(missing: Sequence[Missing]) -> list[Missing]:
    found: dict[str, Missing] = {}
    for one in missing:
        found.setdefault(one.field, one)
    return list(found.values())


def _rows_of(missing: Sequence[Missing], material: Material) -> list[tuple[Sentence, ...]]:
    return [
        (form(str(place)), form(one.what), form(one.why + cite(one.articles, material.today)), form(one.mend))
        for place, one in enumerate(missing, 1)
    ]
