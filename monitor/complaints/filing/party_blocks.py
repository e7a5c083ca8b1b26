"""Against whom and with whom: a respondent under the buyer's own name or abroad, others whose dispute is another one.

Takes a case file and a channel that is a body (12315, 消协, court), gives what is missing with the article. Pure.
"""

from __future__ import annotations

from monitor.complaints.filing.grounds import find_grounds
from monitor.complaints.model import CaseFile, Missing
from monitor.complaints.routing.channels import in_force
from monitor.complaints.routing.exclusions import COMPLAINTS, CONSUMER
from monitor.complaints.routing.filing_words import explained, find_clause, pattern
from monitor.complaints.routing.joint import is_same_operator
from monitor.complaints.routing.named_respondent import find_respondent
from monitor.complaints.routing.told_particulars import is_abroad, is_intermediary
from monitor.operators.subject_names import SubjectKind, classify_name


def find_respondent_blocks(file: CaseFile, channel: str) -> list[Missing]:
    """A respondent under the name of the buyer's side, or one abroad."""
    facts, named = file.case.facts, find_respondent(file)
    found = []
    name = facts.respondent.name.strip()
    own = {one.name.strip() for one in (facts.buyer, facts.guardian, facts.helper) if one.name.strip()}
    if name and name in own:
        found.append(
            Missing(
                "respondent.name",
                "与投诉人不同的被投诉人",
                f"被投诉人“{name}”与投诉人一方同名",
                "核对是不是填错了栏：被投诉人写卖家登记的名称（case set 案件 respondent.name=名称）",
                find_grounds(file, channel, ("tsjb-10", "tsjb-16", "tsjb_old-9")),
            )
        )
    if channel in CONSUMER and named is not None:
        found += _of_intermediary(file, channel, named.name)
        found += _of_private_seller(file, channel, named.name)
    if channel in (*CONSUMER, "small_claims") and named is not None and is_abroad(named.address):
        why = (
            "涉外的纠纷不适用小额诉讼"
            if channel == "small_claims"
            else "被投诉人在境外（或港澳台），没有可以受理的县级市场监管部门"
        )
        ids = ("msf-166",) if channel == "small_claims" else ("tsjb-13",) if channel in COMPLAINTS else ()
        found.append(
            Missing(
                "respondent.abroad",
                "在境内的被投诉人",
                why,
                "走支付渠道的争议处理、所在平台的投诉；境内有代理、子公司或平台经营者应当负责的，以其为被投诉人并附依据",
                in_force(ids, file.today),
            )
        )
    return found


def _of_intermediary(file: CaseFile, channel: str, name: str) -> list[Missing]:
    """A firm that pays or collects for others is complained against for goods that it did not sell (art. 16(1))."""
    if not is_intermediary(name) or name in explained(file.case.facts):
        return []
    return [
        Missing(
            "respondent.name",
            "卖家（经营者）的名称，不是支付、代收机构",
            f"“{name}”像是支付、代收机构：它不是卖家，向它投诉商品问题不予受理",
            "请它提供收款商户的名称，以商户为被投诉人（case set 案件 respondent.name=名称），或走支付渠道的争议处理；"
            f"投诉的就是它自己的服务、或者它就是卖家的：case clarify 案件 {name} '说明'",
            find_grounds(file, channel, ("tsjb-16", "tsjb_old-15")),
            name,
        )
    ]


def _of_private_seller(file: CaseFile, channel: str, name: str) -> list[Missing]:
    """A person who hands on a thing of his own is no trader, and no consumer's dispute arises (art. 3)."""
    facts = file.case.facts
    if classify_name(name) is not SubjectKind.PERSON or facts.respondent.shop.strip() or facts.respondent.uscc.strip():
        return []
    second_hand = pattern("names", "second_hand")
    said = second_hand.search(f"{facts.platform} {facts.url}") or find_clause(facts, "second_hand")
    if not said or name in explained(facts):
        return []
    return [
        Missing(
            "respondent.trader",
            "做生意的卖家（经营者）",
            f"被投诉人“{name}”是个人，又像是在二手平台或者个人之间转让："
            "转让自己的东西的不是经营者，和他的争议不是消费者权益争议，不予受理",
            "个人转让的：找平台处理，或者按合同协商、起诉；他是长期做这个生意的，"
            "写明店铺（case set 案件 respondent.shop=店名）并附他的商品列表，或者 "
            f"case clarify 案件 {name} '他怎样在做这个生意'",
            find_grounds(file, channel, ("tsjb-3", "tsjb-16", "tsjb_old-15")),
            name,
        )
    ]


def find_other_blocks(file: CaseFile, channel: str) -> list[Missing]:
    """Others of a joint complaint whose cases are unknown here, or are against somebody else."""
    facts = file.case.facts
    known = {one.id: one for one in file.others}
    strange = [one for one in facts.others if one not in known]
    apart = [
        one for name in facts.others if (one := known.get(name)) is not None and is_same_operator(file, one) is False
    ]
    if channel not in COMPLAINTS or not (strange or apart):
        return []
    if apart and not strange:
        return [
            Missing(
                "others",
                "同一争议、同一经营者的共同投诉人",
                f"所列的案件“{apart[0].id}”是另一个平台、另一个被投诉人，不能共同投诉",
                "各自投诉的，清空 others；确是同一经营者的，核对两个案件的 platform 和 respondent.name",
                find_grounds(file, channel, ("tsjb-12",)),
            )
        ]
    return [
        Missing(
            "others",
            "共同投诉的其他人的案件",
            f"所列的“{strange[0][:40]}”不在本档案中，写不出共同投诉人的姓名、电话、地址",
            "为每个人各建一个案件再填编号；只为自己投诉的，清空 others",
            find_grounds(file, channel, ("tsjb-12",)),
        )
    ]
