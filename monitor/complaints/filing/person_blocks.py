"""Who complains, who acts for him and against whom: what a clerk sends back although every field is filled.

Takes a case file and a channel that is a body (12315, 消协, court), gives what is missing with the article. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator

from monitor.complaints.facts.who_acts import find_actor, path_of_actor
from monitor.complaints.filing.age_blocks import find_age_blocks
from monitor.complaints.filing.grounds import ASKED, find_grounds
from monitor.complaints.filing.helper_blocks import find_helper_blocks
from monitor.complaints.filing.party_blocks import find_other_blocks, find_respondent_blocks
from monitor.complaints.model import CaseFile, Missing
from monitor.complaints.routing.exclusions import BODIES, CONSUMER
from monitor.complaints.routing.told_particulars import (
    is_coarse,
    is_made_up,
    is_odd_phone,
    is_own_phone,
    is_phone,
    judge_address,
    judge_person_name,
)
from monitor.operators.subject_names import SubjectKind, classify_name


def find_person_blocks(file: CaseFile, channel: str) -> list[Missing]:
    """Everything about persons for which this body would refuse or return it; [] for a channel that is none."""
    if channel not in BODIES:
        return []
    return [
        *_of_complainant(file, channel),
        *find_helper_blocks(file, channel),
        *find_age_blocks(file, channel),
        *find_respondent_blocks(file, channel),
        *find_other_blocks(file, channel),
    ]


def _of_complainant(file: CaseFile, channel: str) -> list[Missing]:
    facts, found = file.case.facts, []
    who, path = find_actor(facts), path_of_actor(facts)
    wrong = judge_person_name(who.name)
    if wrong and classify_name(who.name.strip()) is SubjectKind.COMPANY:
        if channel in CONSUMER:
            found.append(
                Missing(
                    "buyer_name",
                    "为生活消费而购买的个人",
                    f"{wrong}，不属于消费者权益争议",
                    "单位的买卖按合同协商、起诉；确系个人购买的，改写个人姓名（case set 案件 buyer.name=姓名）",
                    find_grounds(file, channel, ("tsjb-3", "tsjb-16", "tsjb_old-15")),
                )
            )
    elif wrong:
        mend = f"填写与身份证一致的姓名，一份投诉一个人（case set 案件 {path}.name=姓名）"
        found.append(
            Missing(
                "buyer_name",
                "投诉人（原告）的真实姓名",
                wrong,
                mend
                + ("；几个人为同一争议投诉的，各写各的，或共同投诉并附书面推选代表人的材料" if "不止" in wrong else ""),
                find_grounds(file, channel, (*ASKED, "tsjb-12") if "不止" in wrong else ASKED),
            )
        )
    phone = who.phone.strip()
    if phone and (not is_phone(phone) or is_made_up(phone)):
        found.append(
            Missing(
                "buyer_phone",
                "能打通的联系电话",
                f"“{phone[:20]}”不是{'真实' if is_phone(phone) else '完整'}的电话号码，受理机关联系不上您",
                f"填写本人正在使用的手机号（case set 案件 {path}.phone=号码）",
                find_grounds(file, channel, ASKED),
            )
        )
    elif phone and not is_own_phone(phone):
        found.append(
            Missing(
                "buyer_phone",
                "本人的联系电话",
                f"“{phone[:20]}”是客服热线一类的号码，不是本人的电话",
                f"填写本人正在使用的手机号（case set 案件 {path}.phone=号码）",
                find_grounds(file, channel, ASKED),
            )
        )
    address = who.address.strip()
    if address and (told := judge_address(address)):
        found.append(
            Missing(
                "buyer_address",
                "能收到信件的通讯地址",
                told,
                f"写到区县、街道和门牌（case set 案件 {path}.address=地址）",
                find_grounds(file, channel, ASKED),
            )
        )
    return found


def warn_of_persons(file: CaseFile, channel: str) -> Iterator[str]:
    """What of names and addresses may be asked about, but is no ground to send the complaint back."""
    if channel not in BODIES:
        return
    who, facts = find_actor(file.case.facts), file.case.facts
    if is_odd_phone(who.phone) and not is_made_up(who.phone):
        yield f"联系电话“{who.phone.strip()}”像是随手写的号码：核对是不是您正在使用的"
    if is_coarse(who.address):
        yield f"您的通讯地址“{who.address.strip()[:30]}”只到区县：写到街道和门牌，否则收不到书面的答复"
    told = facts.respondent.address
    if is_coarse(told):
        yield (
            f"被投诉人的地址“{told.strip()[:30]}”只到区县：能定受理机关，但送达和核实都要门牌；"
            "在国家企业信用信息公示系统查出住所再改（case set 案件 respondent.address=住所）"
        )
