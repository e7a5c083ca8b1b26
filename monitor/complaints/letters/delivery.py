"""Tells what became of the goods: whether and when they came, how long they were good for, what was used of them.

Takes the material of a letter, gives sentences; where an answer contradicts the problem it notes that and says neither.
Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from monitor.complaints.letters.kinds import shown_words
from monitor.complaints.letters.material import Material, is_day_only, say_day, say_moment
from monitor.complaints.letters.problem_words import CAME_NOT, PROBLEM_ZH, missing_rebate
from monitor.complaints.letters.sentences import fact
from monitor.complaints.letters.support import day_in, no_other_day, words_in
from monitor.complaints.letters.unasked import is_unasked
from monitor.complaints.letters.who_answered import shop_on_platform
from monitor.complaints.model import Sentence
from scrapers.model import FactKind
from storage.case import Answer, Facts, ProblemKind


def tell_delivery(material: Material) -> tuple[Sentence, ...]:
    """Whether and when it came, and how long it was to be good for."""
    facts, told = material.facts, list[Sentence]()
    how = "以网络方式" if facts.by_network else "以寄送方式"
    when = f"于{say_moment(facts.received_at)}" if facts.received_at else ""
    later = [one for one in facts.orders if one.ordered_at and facts.received_at and one.ordered_at > facts.received_at]
    if later and facts.delivered is Answer.PARTLY:
        when = ""  # which of the goods came then is not told, and those of later orders did not
        material.note("有的订单晚于所填的交付时间：文书没有写部分商品是何时交付的，请在经过里逐笔写明")
    elif later and facts.delivered is Answer.YES and not is_unasked(facts):
        material.note("有的订单晚于所填的交付时间：文书只写此前所购的已交付，其余的请在经过里逐笔写明")
    if facts.problem is ProblemKind.BALANCE_FROZEN or missing_rebate(facts) or is_unasked(facts):
        pass  # money stands on an account there: no goods were handed over, nor are any awaited
    elif facts.delivered is Answer.YES and facts.problem in CAME_NOT:
        material.note(
            f"填写的是收到了，而问题是“{PROBLEM_ZH[facts.problem]}”：文书没有写“交付了商品”，"
            "请核对 delivered（收到的是什么）或 problem 后改正"
        )
    elif facts.delivered is Answer.YES:
        told.append(fact(f"{name_seller(material)}{when}{how}交付了{'此前所购的' if later else ''}商品"))
    elif facts.delivered is Answer.PARTLY:
        part = "只交付了部分商品" if facts.problem in CAME_NOT else "交付了商品，其中一部分没有交付或者不能使用"
        told.append(fact(f"{name_seller(material)}{when}{how}{part}"))
    elif facts.delivered is Answer.NO:
        none = f"付款后至本文书出具之日，{material.buyer_word}没有收到商品"
        told.append(material.support(none, ("failure",), words_in(shown_words("not_delivered"))))
    if facts.valid_until is not None:
        until = facts.valid_until
        when = say_day(until) if is_day_only(until) else say_moment(until)
        where = "卡面" if _pages_differ(material, until) else "卡面或页面"
        told.append(material.support(f"{where}所示的有效期至{when}", ("validity", "product_page"), day_in(until)))
        if facts.problem is ProblemKind.EXPIRED_KEY and facts.received_at is not None and facts.received_at < until:
            material.note("卡密收到时还在有效期内：因没有及时兑换而过期的，要求退款的依据不足，先与对方协商延期或补发")
    return tuple(told)


def _pages_differ(material: Material, until: datetime) -> bool:
    """Whether captured pages of the goods show how long they are good for, and none of them this day."""
    sides = [one for page in material.file.pages for one in (page.before, page.after) if one is not None]
    shown = [told.shown or told.value for one in sides for told in one.reading.facts if told.kind is FactKind.VALIDITY]
    return bool(shown) and not any(day_in(until)(one) for one in shown)


def name_seller(material: Material) -> str:
    """How a letter calls the seller where it first does: of a shop on a platform it says that the shop is meant."""
    shop = material.plain(shop_on_platform(material.file), most=40)
    return f"对方（该平台上的店铺“{shop}”）" if shop else "对方"


def name_unused(facts: Facts) -> str:
    """What was not used: of goods of which a part is good, the other part; of several those that are in dispute."""
    if Answer.PARTLY is facts.delivered and facts.problem not in CAME_NOT:
        return "其中未能使用的部分"
    if is_unasked(facts):
        return "所扣费的服务"
    several = len(facts.orders) > 1 or any((one.quantity or 1) > 1 for one in facts.orders)
    return "有争议的商品" if several else "该商品"


def tell_use(material: Material) -> Iterator[Sentence]:
    """Whether and when the buyer redeemed or used the goods, or that he did not."""
    facts = material.facts
    if facts.used is Answer.NO and facts.problem is ProblemKind.ACCOUNT_LOST:
        material.note("填写的是没有使用过，而问题是到手以后被收回或停用：文书没有写“没有使用过”，请核对 used 后改正")
    elif facts.used is Answer.NO:
        done = "使用过" if is_unasked(facts) else "成功兑换或使用过"
        none = f"{material.buyer_word}没有{done}{name_unused(facts)}"
        yield material.support(none, ("use_trace",), words_in(shown_words("unused")))
    elif facts.used in (Answer.YES, Answer.PARTLY):
        when = f"于{say_moment(facts.used_at)}" if facts.used_at else ""
        thing = "所扣费的服务" if is_unasked(facts) else "该商品"
        what = thing if facts.used is Answer.YES else f"{thing}的一部分"
        side = "购买人一方" if facts.minor else "本人一方"  # the answer covers who was given it, and the family
        told = f"{side}曾{when}兑换、登录或使用过{what}"
        yield material.support(told, ("use_trace",), words_in(shown_words("used")), no_other_day(facts.used_at))
