"""Who complains, who acts for him and against whom: what a clerk sends back although every field is filled.

Takes a case file and a channel that is a body (12315, 消协, court), gives what is missing with the article. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from monitor.complaints.facts.age import age_at_order, age_on, articles_of_age
from monitor.complaints.facts.who_acts import find_actor, path_of_actor
from monitor.complaints.filing.grounds import ASKED, find_grounds
from monitor.complaints.model import CaseFile, Missing
from monitor.complaints.routing.channels import in_force
from monitor.complaints.routing.exclusions import BODIES, COMPLAINTS
from monitor.complaints.routing.filing_words import find_clause, find_sentence, pattern
from monitor.complaints.routing.joint import is_same_operator
from monitor.complaints.routing.named_respondent import find_respondent
from monitor.complaints.routing.told_particulars import (
    is_abroad,
    is_coarse,
    is_made_up,
    is_odd_phone,
    is_own_phone,
    is_phone,
    judge_address,
    judge_person_name,
)
from monitor.operators.subject_names import SubjectKind, classify_name

_CONSUMER = (*COMPLAINTS, "consumer_assoc")
_DAY = re.compile(r"(20\d{2})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})")
_GROWN = 18
_EARNING = 16  # 民法典第十八条: who lives by his own work counts as grown up


def find_person_blocks(file: CaseFile, channel: str) -> list[Missing]:
    """Everything about persons for which this body would refuse or return it; [] for a channel that is none."""
    if channel not in BODIES:
        return []
    return [
        *_of_complainant(file, channel),
        *_of_helper(file, channel),
        *_of_age(file, channel),
        *_of_respondent(file, channel),
        *_of_others(file, channel),
    ]


def _of_complainant(file: CaseFile, channel: str) -> list[Missing]:
    facts, found = file.case.facts, []
    who, path = find_actor(facts), path_of_actor(facts)
    wrong = judge_person_name(who.name)
    if wrong and classify_name(who.name.strip()) is SubjectKind.COMPANY:
        if channel in _CONSUMER:
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


def _of_helper(file: CaseFile, channel: str) -> list[Missing]:
    facts = file.case.facts
    helper, found = facts.helper.name.strip(), list[Missing]()
    found += _of_names(file, channel)
    said = find_clause(facts, "for_another")
    acts = bool(facts.helper_role.strip()) or bool(said and not (facts.minor and facts.guardian.name.strip()))
    if acts and not helper:
        why = f"经过中写有“{said[:30]}”" if said else f"写了与买家的关系（{facts.helper_role.strip()[:20]}）"
        found.append(
            Missing(
                "helper_name",
                "代办人的姓名和委托书，或以买家本人的口吻写经过",
                f"{why}，而材料里没有代办人：代为投诉要写明受托人并提交授权委托书",
                "由别人代办的填 helper.name、helper.phone；本人自己提交的，改写经过并清空 helper_role；"
                "买家未成年的填 minor=是 和 guardian.name",
                find_grounds(file, channel, ("tsjb-11",)),
                said if not facts.helper_role.strip() else "",
            )
        )
    empty = [
        item
        for item in file.items
        if item.kind == "authorisation"
        and item.removed_at is None
        and item.text_source != "ocr"
        and item.text.strip()
        and pattern("bills", "blank_authority").search(item.text)
    ]
    if helper and not empty and not any(one.field == "authorisation" for one in found):
        found += _of_authority(file, channel)
        found += _of_helper_identity(file, channel)
    if helper and empty:
        found.append(
            Missing(
                "authorisation",
                "签了名的授权委托书",
                f"所放入的“{empty[0].title}”是空白的",
                tell_authority(file),
                find_grounds(file, channel, ("tsjb-11",)),
            )
        )
    return found


def _of_names(file: CaseFile, channel: str) -> list[Missing]:
    """Names that must be of two persons, and those that an authority must hold."""
    facts, found = file.case.facts, []
    buyer, guardian, helper = (one.name.strip() for one in (facts.buyer, facts.guardian, facts.helper))
    if facts.minor and guardian and guardian == buyer:
        found.append(
            Missing(
                "guardian_name",
                "监护人自己的姓名",
                f"监护人与未成年的买家同名（“{guardian}”）：未成年人不能自己作法定代理人",
                "填写父母或其他监护人的姓名（case set 案件 guardian.name=姓名）",
                find_grounds(file, channel, ("tsjb-11",)),
            )
        )
    principal = guardian if facts.minor else buyer
    if helper and helper == principal:
        found.append(
            Missing(
                "helper_name",
                "与投诉人不同的代办人",
                f"代办人与投诉人同名（“{helper}”）：自己不能受自己委托",
                "本人提交的，清空代办人（case set 案件 helper.name= helper_role=）；别人代办的，填代办人的姓名",
                find_grounds(file, channel, ("tsjb-11",)),
            )
        )
    for item in file.items:
        if item.kind != "authorisation" or item.removed_at is not None or item.text_source == "ocr" or not helper:
            continue
        text = "".join(item.text.split())
        lacking = [name for name in (principal, helper) if name and name not in text]
        if lacking and pattern("bills", "named_authority").search(text):
            found.append(
                Missing(
                    "authorisation",
                    "本案委托人和受托人的授权委托书",
                    f"所放入的“{item.title}”中没有“{'”“'.join(lacking)}”：不是为本案出具的委托书",
                    tell_authority(file),
                    find_grounds(file, channel, ("tsjb-11", "tsjb-16")),
                )
            )
            break
    return found


def _of_authority(file: CaseFile, channel: str) -> Iterator[Missing]:
    """What an authority does not say, as far as its text can be read without a recogniser of pictures."""
    for item in file.items:
        if item.kind != "authorisation" or item.removed_at is not None or item.text_source == "ocr":
            continue
        text = item.text.strip()
        if not pattern("bills", "named_authority").search("".join(text.split())):
            continue  # a label or a fragment: nothing can be said of the paper
        wrong = _other_matter(text) or _over(text, file.today) or _lacks(text, signed=item.text_source != "pdf")
        if wrong:
            yield Missing(
                "authorisation",
                "本案有效的授权委托书",
                f"所放入的“{item.title}”{wrong}",
                tell_authority(file),
                find_grounds(file, channel, ("tsjb-11",)),
            )
            return


def _other_matter(text: str) -> str:
    told = pattern("bills", "authority_matter").search(text)
    if told is None or pattern("bills", "of_disputes").search(text):
        return ""
    return f"委托的是“{told[1][:20]}”：不是为这件争议出具的"


def _over(text: str, today: date) -> str:
    """That the term is over: the last day that stands behind the word for it."""
    term = pattern("bills", "authority_term").search(text)
    if term is None or re.search(r"办结|办理完毕|终结|结束|处理完", text):
        return ""
    days = []
    for year, month, day in _DAY.findall(text[term.start() :].partition("签")[0]):
        try:
            days.append(date(int(year), int(month), int(day)))
        except ValueError:
            continue
    return f"的期限到{max(days)}为止，已经过了" if days and max(days) < today else ""


def _lacks(text: str, *, signed: bool) -> str:
    """The parts that an authority has to have and this one has not; a signature in a PDF may be a picture."""
    rows = {"委托的事项": "authority_any_matter", "权限": "authority_power", "期限": "authority_term"}
    lacking = [name for name, row in rows.items() if not pattern("bills", row).search(text)]
    lines = pattern("bills", "authority_signed").finditer(text)
    if signed and not any(one["name"] and not one["agent"] for one in lines):
        lacking.append("委托人的签名")
    return f"没有写明{'、'.join(lacking)}" if lacking else ""


def _of_helper_identity(file: CaseFile, channel: str) -> Iterator[Missing]:
    if not any(item.kind == "authorisation" and item.removed_at is None for item in file.items):
        return  # asked for together with it
    helper = file.case.facts.helper.name.strip()
    papers = [item for item in file.items if item.kind == "identity" and item.removed_at is None]
    unread = any(item.text_source == "ocr" or not item.text.strip() for item in papers)
    if papers and (unread or any(helper in "".join(item.text.split()) for item in papers)):
        return
    yield Missing(
        "helper_identity",
        f"受托人{helper}的身份证明",
        "有授权委托书而没有受托人的身份证明，代为投诉会被退回" + ("；所放入的身份证明是别人的" if papers else ""),
        "放入受托人身份证的照片（case add 案件 文件 --kind identity）；它只随投诉交给受理机关",
        find_grounds(file, channel, ("tsjb-11",)),
    )


def tell_authority(file: CaseFile) -> str:
    """How an authority comes about: written by which letter, signed by whom."""
    minor = file.case.facts.minor
    letter, who = ("guardian_authorisation", "监护人") if minor else ("authorisation", "买家本人")
    return (
        f"用 case letter {letter} 写出，由{who}签名（写明事项、权限、期限），原件和受托人的身份证明随投诉提交，"
        "扫描件放入案件（--kind authorisation）"
    )


def age_of(file: CaseFile) -> int | None:
    """How old the buyer is today, in whole years; None where his birthday is not known."""
    return age_on(file.case.facts.buyer.born_on, file.today)


def _of_age(file: CaseFile, channel: str) -> list[Missing]:
    age, then = age_of(file), age_at_order(file.case.facts, file.today)
    if age is not None and age >= _GROWN and file.case.facts.minor:
        young = then is not None and then < _GROWN
        return [
            Missing(
                "minor",
                "成年买家本人的投诉",
                f"按出生日期，买家现在{age}周岁，已经成年，应由本人提出"
                + (f"（下单时{then}周岁）" if young else "，法定代理人不能代替"),
                "由本人提出：case set 案件 minor=否，补上本人的电话、地址"
                + ("，在经过里写明购买时未成年" if young else "")
                + "；由父母代办的填 helper.name 并附授权委托书；出生日期写错的，改正 buyer.born_on",
                find_grounds(file, channel, ("tsjb-10", "tsjb-11")),
            )
        ]
    if age is None and not file.case.facts.minor and (said := _told_child(file)):
        return [
            Missing(
                "minor",
                "是谁下的单：您本人还是孩子",
                f"经过中写有“{said[:40]}”：像是未成年人自己下单付款，案件却按成年人本人购买写",
                "孩子自己买的，由监护人作为法定代理人提出：case set 案件 minor=是 buyer.name=孩子的姓名 "
                "buyer.born_on=出生日期 guardian.name=您的姓名 guardian.phone=… guardian.address=…；"
                "是您买给孩子用的，改写这一句",
                find_grounds(file, channel, ("tsjb-11",)),
                said,
            )
        ]
    if age is None or age >= _GROWN or file.case.facts.minor:
        return []
    own = "；已满十六周岁、以自己的劳动收入为主要生活来源的，可以自己办理，在经过里写明" if age >= _EARNING else ""
    if age >= _EARNING and "劳动收入" in file.case.facts.what_happened:
        return []
    return [
        Missing(
            "minor",
            "监护人作为法定代理人",
            f"按出生日期，买家现在{age}周岁，是未成年人",
            "填 case set 案件 minor=是 guardian.name=姓名 guardian.phone=… guardian.address=…，"
            f"并备好户口簿等关系证明{own}",
            in_force(articles_of_age(then), file.today),
        )
    ]


def _told_child(file: CaseFile) -> str:
    """The sentence of the story in which a child bought by itself; "" where its age is told as of a grown one."""
    said = find_sentence(file.case.facts, "child", "child_unless")
    years = pattern("story", "years_old").search(said) if said else None
    return "" if years is not None and int(years[1]) >= _GROWN else said


def _of_respondent(file: CaseFile, channel: str) -> list[Missing]:
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
    if channel in (*_CONSUMER, "small_claims") and named is not None and is_abroad(named.address):
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


def _of_others(file: CaseFile, channel: str) -> list[Missing]:
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
