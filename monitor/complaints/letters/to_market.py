"""The report (举报信) to the market regulator, apart from the complaint: acts and clues, no demand of the buyer's own.

It leaves out what would betray the one who reports (name, phone, orders, chats) unless he agrees: 总局令第121号 art. 37
keeps him secret, a mixed paper does not. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from monitor.complaints.letters.acts import Act, find_acts
from monitor.complaints.letters.common import list_attachments
from monitor.complaints.letters.law_words import name_articles
from monitor.complaints.letters.login_state import explain_login
from monitor.complaints.letters.material import Material, say_exact
from monitor.complaints.letters.orders import tell_orders
from monitor.complaints.letters.page_names import list_hosts
from monitor.complaints.letters.page_sightings import claimed_captures
from monitor.complaints.letters.parties import held_sources, sign, signed_otherwise, tell_complainant, tell_party
from monitor.complaints.letters.payment import MONEY_PROOF, tell_payment
from monitor.complaints.letters.sentences import (
    demand,
    fact,
    fields,
    form,
    items,
    law,
    paragraph,
    signature,
    table,
    unknown,
)
from monitor.complaints.letters.support import text_in
from monitor.complaints.model import Block, Exhibit, ExhibitGroup, Letter, Sentence
from monitor.complaints.routing.channels import cite
from monitor.complaints.routing.named_respondent import NamedRespondent, forum_of, is_shop_on_platform
from monitor.complaints.routing.report_parties import DOER_ZH, Doer, find_accused, keep_own_site, list_accused
from monitor.operators.addresses import find_division_in
from monitor.operators.jurisdiction import Procedure

_QUERY = re.compile(r"[?#][^\s）)，,。；;]*")
_OF_PAYMENT = "支付机构"
_PARTY_ZH = {Doer.PLATFORM: "平台经营者", Doer.SHOP: "平台内经营者"}
_PLACES = ("tsjb-29", "tsjb-31")


def write_market_report(material: Material) -> Letter:
    """举报信: 行为—证据—条款—处罚依据."""
    material = _of_one_site(material)
    open_name = material.extra.disclose_reporter
    acts = find_acts(material)
    if acts:
        material.note(
            "“涉嫌违法的行为”各行是本工具按措辞归类的，不是认定：逐行对照页面原文和法条，不认同的整行删去，再签名提交"
        )
    if not open_name:
        material.note("举报信没有写举报人、订单和聊天；愿意具名的加 --disclose。匿名举报一般收不到处理结果的告知")
    material.note(f"举报与投诉要分开提交{cite(('tsjb-9',), material.today)}，退款请求写在投诉里，不写在举报里")
    return Letter(
        "market_report",
        "关于涉嫌违法行为的举报",
        _office(material),
        (
            *([fields("举报人", tell_complainant(material))] if open_name else []),
            *_accused(material),
            *([paragraph("有关交易", (*tell_orders(material), *tell_payment(material)))] if open_name else []),
            _tell_acts([act for act in acts if act.articles], parted=_is_parted(material)),
            *_tell_rest([act for act in acts if not act.articles], parted=_is_parted(material)),
            paragraph("请求", _requests(acts, open_name=open_name)),
            list_attachments(material, _exhibits(material)),
            paragraph("说明", _statement(material)),
            signature(*sign(material, "举报人")) if open_name else signature(form("举报人身份不公开")),
        ),
        material.today,
        (),
    )


def _is_parted(material: Material) -> bool:
    """Whether platform and shop are two, so that each act must say whose it is."""
    return is_shop_on_platform(material.file)


def _of_one_site(material: Material) -> Material:
    """The material without the pages and captures of another site, of which nobody knows whose it is; he is told so."""
    own = keep_own_site(material.file)
    others = [one for one in material.file.pages if one not in own.pages]
    if not others:
        return material
    hosts = dict.fromkeys(host for one in others if (host := urlsplit(one.url).hostname))
    material.note(
        f"{'、'.join(hosts)}与被举报的网站是否同一经营者没有查明：该网站的页面没有写入举报，也没有列入附件；"
        "要举报它的，另建一件以它的网址为准"
    )
    left_out = {seen.capture for one in others for seen in (one.before, one.after, one.newest) if seen is not None}
    return replace(material, file=own, exhibits=tuple(one for one in material.exhibits if one.id not in left_out))


def _accused(material: Material) -> tuple[Block, ...]:
    """Whom: the platform for what its pages show, a shop on it for what its own show; one block each."""
    accused = list_accused(material.file)
    if not _is_parted(material):
        return tuple(fields("被举报人", _particulars(material, named)) for _, named in accused)
    told = {doer for doer, _ in accused}
    if Doer.SHOP not in told:
        material.note("有抓取为证的行为都见于平台的页面，被举报人只写平台；店铺的行为没有抓取为证，没有写入举报")
    if Doer.PLATFORM not in told:
        material.note("有抓取为证的行为都见于店铺的页面，被举报人只写店铺；平台的行为没有抓取为证，没有写入举报")
    many = len(accused) > 1
    return tuple(
        fields(
            f"被举报人{'一二'[place] if many else ''}（{_PARTY_ZH.get(doer, '网站经营者')}）",
            (*_particulars(material, named), *(_tell_shop(material) if doer is Doer.SHOP else ())),
        )
        for place, (doer, named) in enumerate(accused)
    )


def _tell_shop(material: Material) -> tuple[tuple[str, Sentence], ...]:
    shop = material.plain(material.facts.respondent.shop)
    return (("店铺", fact(shop)),) if shop else ()


def _particulars(material: Material, named: NamedRespondent | None) -> tuple[tuple[str, Sentence], ...]:
    """Name and address as far as known, the site, the payee.

    A firm that only took the money stands as the payee, where the reporter agrees to that, never as the accused.
    """
    rows = [(name, value) for name, value in tell_party(material, named) if named is not None or name != "名称"]
    if named is None:
        signed = signed_otherwise(material, None)
        told = "未查明经营者名称，请依网址、备案信息核查"
        name = fact(f"{told}；所附页面署有名称，未经核实", signed) if signed else unknown(f"网站未见或{told}")
        rows.insert(0, ("名称", name))
    kept = {one.number for one in _exhibits(material)}
    safe = [(name, _only(value, kept)) for name, value in rows]
    payee = material.plain(material.facts.payee, most=80)
    if payee and material.extra.disclose_reporter:
        shown = material.support(payee, MONEY_PROOF, text_in(payee)).marks
        safe.append(("收款方（账单所示）" if shown else "收款方（据付款人所述）", fact(payee, shown)))
    if not material.extra.disclose_reporter:  # who knows a bill, or the address of an order, has paid
        source = _say_source(material, named)
        safe = [(name, _without_trade(name, value, source)) for name, value in safe]
    return tuple(safe)


def _say_source(material: Material, named: NamedRespondent | None) -> str:
    """Where the name of the accused is known from: by what exhibits show it, else by the reporter unchecked."""
    kept = {one.number for one in _exhibits(material)}
    held = held_sources(material, named, among=kept)
    told = "举报人留存的主体资料，未经核实" if held.startswith("本人") else held or "据举报人了解，未经核实"
    return f"{told}；是否即为实际经营者请核查"


def _without_trade(name: str, value: Sentence, source: str) -> Sentence:
    """A particular without what only a buyer knows: where it is known from, and what stands behind ? in an address."""
    text = source if name == "名称和地址的来源" else value.text
    return replace(value, text=_QUERY.sub("", text))


def _only(sentence: Sentence, kept: set[str]) -> Sentence:
    """The sentence with marks of attached exhibits only."""
    return Sentence(
        sentence.text, sentence.kind, tuple(mark for mark in sentence.marks if mark in kept), sentence.articles
    )


def _tell_rest(acts: Sequence[Act], *, parted: bool) -> tuple[Block, ...]:
    """What was seen and touches no article that this tool knows: told beside the acts."""
    told = [
        replace(sentence, text=f"{DOER_ZH[act.doer]}的页面：{sentence.text}") if parted else sentence
        for act in acts
        for sentence in act.sentences
    ]
    return (items("其他情况", told),) if told else ()


def _tell_acts(acts: Sequence[Act], *, parted: bool) -> Block:
    """The acts, one a row; with a column that says whose each is where platform and shop are two."""
    rows = []
    for place, act in enumerate(acts, 1):
        text = "；".join(one.text for one in act.sentences)
        marks = tuple(dict.fromkeys(mark for one in act.sentences for mark in one.marks))
        rows.append(
            (
                form(str(place)),
                *((form(DOER_ZH[act.doer]),) if parted else ()),
                fact(f"{act.name}：{text}", marks),
                law(f"可能涉及{name_articles(act.articles)}", [one.id for one in act.articles])
                if act.articles
                else unknown("适用条款请机关依法认定"),
                law(name_articles(act.punished_by), [one.id for one in act.punished_by])
                if act.punished_by
                else unknown("请机关依法确定"),
            )
        )
    whose = ("谁的页面",) if parted else ()
    return table("涉嫌违法的行为", ("序号", *whose, "行为与证据", "涉及条款", "处罚依据"), rows)


def _requests(acts: Sequence[Act], *, open_name: bool) -> tuple[Sentence, ...]:
    asked = ["请依法核查上述线索，核实经营者的主体信息，情况属实的责令改正并依法处理"]
    if any(act.name.startswith("格式条款") for act in acts):
        asked.append("对上述格式条款，请依法责令改正；其民事效力由法院认定，不在本举报请求之内")
    if open_name:
        asked.append("请依法告知处理结果")
    asked.append("请对举报人的信息依法保密")
    return tuple(demand(one) for one in asked)


def _statement(material: Material) -> tuple[Sentence, ...]:
    captures = [one for one in _exhibits(material) if one.form == "capture"]
    claimed, hosts = claimed_captures(material.file), list_hosts(material)
    others = "、".join(f"证{one.number}" for one in captures if one.id in claimed)
    return (
        *((form(f"{others}是他人提供的存档文件，时间为其声称，本人没有看到当时的页面"),) if others else ()),
        *explain_login(material, captures),
        *((form("每项行为只就所列页面的经营者反映，不及于另一方"),) if _is_parted(material) else ()),
        *(unknown(f"{hosts[0]}与{one}是否同一经营者未查明，每项行为只就所写明的网站反映") for one in hosts[1:3]),
        form("本人对所反映情况和所附材料的真实性负责；是否违法由机关认定"),
        form("所附网页抓取只说明抓取时显示的内容，两次抓取之间未观察"),
    )


def _exhibits(material: Material) -> tuple[Exhibit, ...]:
    """All where the reporter agrees, else captures and public particulars only."""
    if material.extra.disclose_reporter:
        return material.exhibits
    kept = [
        one
        for one in material.exhibits
        if one.form in ("capture", "lookup")
        or (one.group is ExhibitGroup.SUBJECT and one.kind == "subject" and _OF_PAYMENT not in one.shows)
    ]
    return tuple(
        replace(one, name=_neutral(one) if one.form == "capture" else one.name.replace("被投诉人", "被举报人"))
        for one in kept
    )


def _neutral(one: Exhibit) -> str:
    """A capture named by its own time: before or after which order it was is not told."""
    when = f"（{say_exact(one.at)} 抓取）" if one.at else "（抓取）"
    return f"{one.name.partition('（')[0]}{when}"


def _office(material: Material) -> str:
    named = find_accused(material.file)
    forum = forum_of(named, material.file, Procedure.REPORT)
    place = find_division_in(named.address).division if named and named.address else None
    if (forum is None or not forum.authority) and place is not None:
        material.note(
            f"收件机关按被举报人的地址填写，提交前核对其是否为行为发生地或经营地{cite(_PLACES, material.today)}"
        )
        return f"{place.name}市场监督管理部门"
    if forum is None or not forum.authority:
        material.note("收件机关没有查明：平台或自建网站一般归其住所地县级以上市场监督管理部门，提交前核对")
        return "＿＿＿＿市场监督管理局（请填写）"
    material.note(f"收件机关的依据：{forum.reason}")
    return forum.authority
