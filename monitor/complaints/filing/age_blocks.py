"""Whether the buyer may complain by himself at his age, and whether the child or its guardian tells.

Takes a case file and a channel that is a body (12315, 消协, court), gives what is missing with the article; that who
earns his living needs no consent is asked wherever something is claimed. Pure.
"""

from __future__ import annotations

from monitor.complaints.facts.age import age_at_order, age_on, articles_of_age
from monitor.complaints.filing.grounds import find_grounds
from monitor.complaints.model import CaseFile, Missing
from monitor.complaints.routing.channels import in_force
from monitor.complaints.routing.filing_words import find_clause, find_sentence, pattern, quote_clause
from storage.case import Answer

_GROWN = 18
_EARNING = 16  # 民法典第十八条: who lives by his own work counts as grown up


def age_of(file: CaseFile) -> int | None:
    """How old the buyer is today, in whole years; None where his birthday is not known."""
    return age_on(file.case.facts.buyer.born_on, file.today)


def find_age_blocks(file: CaseFile, channel: str) -> list[Missing]:
    """A grown buyer whose guardian complains, a minor without one, a story that a child tells."""
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


def find_earning_blocks(file: CaseFile) -> list[Missing]:
    """A buyer of sixteen who lives by his own work as the story goes: then nobody has to agree to his trade.

    At every channel at which the missing consent is the ground, or is told.
    """
    facts, then = file.case.facts, age_at_order(file.case.facts, file.today)
    if not facts.minor or facts.guardian_agreed is not Answer.NO or then is None or not _EARNING <= then < _GROWN:
        return []
    said = find_clause(facts, "earns", "earns_unless")
    if not said:
        return []
    return [
        Missing(
            "minor.earns",
            "是不是主要靠自己的劳动收入生活",
            f"经过中写有“{quote_clause(said)}”，下单时{then}周岁：以自己的劳动收入为主要生活来源的，"
            "视为完全民事行为能力人，监护人不同意就不成为理由",
            "是的，由本人按商品的问题提出（case set 案件 minor=否 guardian_agreed=）；不是、只是打零工的，说明一句",
            in_force(("mfd-18",), file.today),
            said,
        )
    ]


def _told_child(file: CaseFile) -> str:
    """The sentence of the story in which a child bought by itself; "" where its age is told as of a grown one."""
    said = find_sentence(file.case.facts, "child", "child_unless")
    years = pattern("story", "years_old").search(said) if said else None
    return "" if years is not None and int(years[1]) >= _GROWN else said
