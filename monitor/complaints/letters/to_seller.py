"""Letters to the seller or platform: what happened, what is asked for, until when; and requests for what he keeps.

No threat of publicity, no word of filings that were not made. Each takes a Material, gives a Letter. Pure.
"""

from __future__ import annotations

from monitor.complaints.letters.common import list_attachments, tell_pages, tell_requests, tell_talks, tell_trade
from monitor.complaints.letters.demands import deadlines, say_deadlines
from monitor.complaints.letters.earlier_steps import tell_pressure
from monitor.complaints.letters.law_words import choose_articles, citable, tell_laws, tell_rule
from monitor.complaints.letters.material import Material, say_exact
from monitor.complaints.letters.orders import say_platform, tell_orders
from monitor.complaints.letters.parties import PAYEE, list_unknowns, sign
from monitor.complaints.letters.payment import tell_payment
from monitor.complaints.letters.sentences import demand, fact, fields, form, items, paragraph, signature, unknown
from monitor.complaints.model import Block, Letter, Sentence
from monitor.complaints.routing.named_respondent import find_respondent, is_shop_on_platform

_RECORDS = (
    "该订单的完整记录：下单、付款、发货、退款各环节的时间和操作账号",
    "所交付卡密或账号的来源、入库、发放记录，以及首次查询、兑换或登录的时间和所涉账号",
    "与该订单有关的支付和结算记录，含收款商户的名称和商户号",
    "双方就该订单的全部沟通记录，含机器人答复",
    "下单之日有效的服务协议、交易规则、售后规则及其历次修改的版本和公示时间",
)
_KEPT = (
    "该订单及其支付、发货、退款、结算记录",
    "所交付卡密或账号的入库、发放、查询、兑换、登录记录（含时间、IP、账号）",
    "商品页面、售后条款、公告的历史版本及修改日志",
    "双方就该订单的全部沟通记录",
)


def write_demand(material: Material) -> Letter:
    """限期处理函."""
    articles = choose_articles(material)
    return Letter(
        "demand",
        f"关于订单问题的{material.kind.name}",
        _addressee(material),
        (
            tell_trade(material),
            *tell_pages(material, promises=4, changes=3),
            *tell_talks(material),
            tell_requests(material, "请求", who="请", tail=""),
            paragraph("期限", (demand(say_deadlines(material)), demand("请用文字答复，并写明处理结果和时间"))),
            *_law_block(material, tell_laws(articles)),
            *_ask_of_platform(material),
            _rights(material),
            _how_to_reach(material),
            *_unknown_block(material),
            list_attachments(material),
            signature(*sign(material, "本人")),
        ),
        material.today,
        tuple(one.text for one in list_unknowns(material)),
    )


def _ask_of_platform(material: Material) -> tuple[Block, ...]:
    """Of a shop on a platform: who is meant by 对方, and what is asked of the platform itself."""
    shop = material.plain(material.facts.respondent.shop, most=40)
    if not shop or not is_shop_on_platform(material.file):
        return ()
    told = [form(f"文中“对方”指在平台上销售该商品的店铺“{shop}”")]
    told.append(demand("请平台转告该店铺处理，并提供店铺经营者的真实名称、地址和有效联系方式"))
    told += tell_rule(citable(("xbf-44", "dsf-38"), material), "有关规定：")
    return (paragraph("对平台的请求", told),)


def write_demand_chat(material: Material) -> Letter:
    """The same within a chat box: the short text is the letter."""
    from monitor.complaints.letters.short import chat_sentences

    return Letter(
        "demand_chat",
        material.kind.name,
        f"{say_platform(material)}客服",
        (
            paragraph("短文", chat_sentences(material)),
            items("随文发送的截图", _captions(material)),
        ),
        material.today,
    )


def write_ask_records(material: Material) -> Letter:
    """调取交易记录申请: the seller has to give the records of the dispute (电子商务法 art. 62)."""
    ground = citable(("dsf-62", "dsf-31", "wljy-31"), material)
    refusal = citable(("zj-48", "zj-95"), material)
    answer, _act = deadlines(material)
    return _application(
        material,
        "请提供的记录",
        [demand(one) for one in _records(material)],
        (
            demand(f"请于{say_exact(answer)}（北京时间）前以可下载的电子文件提供，或者书面说明哪些不提供及其理由"),
            demand("涉及他人的个人信息可以遮盖，时间、状态和账号前后几位请保留"),
        ),
        (
            *tell_rule(ground, "依据", "，交易记录由经营者保存，发生争议时应当提供"),
            *tell_rule(refusal, "无正当理由不提供的，诉讼中依", "，可能作出对其不利的认定"),
        ),
    )


def write_ask_preservation(material: Material) -> Letter:
    """证据保存请求: to keep what a court or office may ask for later."""
    ground = citable(("dsf-31", "wljy-31", "dsf-62", "zj-95"), material)
    return _application(
        material,
        "请完整保存的资料",
        [demand(one) for one in _KEPT],
        (
            demand("自收到本请求之日起至争议处理终结之日，请勿删除、覆盖或修改上述资料，并书面确认已经保存"),
            demand("本请求只为保存证据，不要求对任何账户采取措施"),
        ),
        tell_rule(ground, "依据"),
    )


def _application(
    material: Material, title: str, wanted: list[Sentence], asked: tuple[Sentence, ...], grounds: tuple[Sentence, ...]
) -> Letter:
    return Letter(
        material.kind.id,
        material.kind.name,
        f"{say_platform(material)}客服及经营者",
        (
            paragraph("所涉交易", (*tell_orders(material), *tell_payment(material))),
            items(title, wanted),
            paragraph("请求", asked),
            *([paragraph("依据", grounds)] if grounds else []),
            _how_to_reach(material),
            list_attachments(material),
            signature(*sign(material, "申请人")),
        ),
        material.today,
    )


def _records(material: Material) -> tuple[str, ...]:
    if material.consumer and citable(("xbf-44",), material):
        return (*_RECORDS, "商品由入驻店铺销售的，该店铺经营者的真实名称、地址和有效联系方式")
    return _RECORDS


def _addressee(material: Material) -> str:
    """The platform, and the firm behind it where it is named: not a payee, who may only have taken the money."""
    named = find_respondent(material.file)
    firm = f"{material.plain(named.name)}、" if named is not None and named.role != PAYEE and named.name else ""
    return f"{firm}{say_platform(material)}客服及经营者"


def _rights(material: Material) -> Block:
    """What was filed already, with its proof; else that rights are kept."""
    filed = tell_pressure(material)
    kept = form("逾期未处理的，本人依法保留投诉、举报、申请处理支付争议和提起诉讼的权利")
    return paragraph("其他途径", (*filed, kept))


def _how_to_reach(material: Material) -> Block:
    person = material.actor
    rows = [("联系人", fact(material.plain(person.name)) if person.name.strip() else unknown("（请填写）"))]
    rows.append(("联系电话", fact(material.plain(person.phone)) if person.phone.strip() else unknown("（请填写）")))
    contact = material.plain(material.facts.seller_contact)
    if contact:
        rows.append(("送达方式", fact(f"发往对方联系方式{contact}，并截图留存发送时间")))
    else:
        rows.append(("送达方式", form("通过平台公示的客服渠道发送，并截图留存发送时间")))
        material.note("没有填写卖家的联系方式；发送后请截图（看得到账号和时间），再用 case add 放入案件")
    return fields("联系与送达", rows)


def _law_block(material: Material, sentences: tuple[Sentence, ...]) -> tuple[Block, ...]:
    return (items("依据", sentences),) if sentences else ()


def _unknown_block(material: Material) -> tuple[Block, ...]:
    told = list_unknowns(material)
    return (items("尚不掌握的情况", told),) if told else ()


def _captions(material: Material) -> list[Sentence]:
    from monitor.complaints.letters.short import caption_sentences

    return list(caption_sentences(material))
