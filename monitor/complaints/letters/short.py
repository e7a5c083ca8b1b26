"""The texts that fit a small box: a chat message within 100 characters, a payment dispute within 300.

Whole sentences only, by rank; numbers and sums are never cut. Marks stand in the captions of the pictures that go with
the text. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from monitor.complaints.facts.age import is_small_child
from monitor.complaints.letters.dealings import is_unanswered
from monitor.complaints.letters.delivery import name_unused
from monitor.complaints.letters.demands import Reckoned, deadlines, reckon_demands, returned
from monitor.complaints.letters.material import Material, say_moment, say_paid, say_yuan
from monitor.complaints.letters.orders import is_fee
from monitor.complaints.letters.own_words import whose_words
from monitor.complaints.letters.problem import tell_consent, tell_open_site
from monitor.complaints.letters.problem_words import name_problem
from monitor.complaints.letters.sentences import demand, fact, form
from monitor.complaints.letters.unasked import is_unasked
from monitor.complaints.letters.who_answered import Answerer, shop_on_platform, who_answered
from monitor.complaints.model import CaseFile, Exhibit, Sentence
from monitor.complaints.routing.filing_words import pattern
from monitor.config.complaints import ComplaintSettings
from monitor.times import SHANGHAI
from storage.case import Answer, DemandKind, Facts, ProblemKind

_WEIGHTY = (("promises", "told"), ("promises", "specs"), ("story", "defect"))
_IN_KIND = (DemandKind.REPLACE, DemandKind.DELIVER)
CHAT = 100
PAYMENT = 300
_CAPTION_KINDS = ("order", "wallet_bill", "voucher", "failure", "demand_chat", "refusal", "reply", "chat")
_MOST_CAPTIONS = 9


def write_short(
    kind: str, file: CaseFile, exhibits: Sequence[Exhibit], settings: ComplaintSettings | None = None, *, most: int
) -> str:
    """The text of a short letter (demand_chat or payment) within so many characters.

    Raises LetterBlocked as `write_letter`, TextTooLong where even the shortest form is longer.
    """
    from monitor.complaints.letters.text import render_text
    from monitor.complaints.letters.write import write_letter

    return render_text(write_letter(kind, file, exhibits, settings or ComplaintSettings()), most)


def chat_sentences(material: Material) -> tuple[Sentence, ...]:
    """The chat message: which order, what is wrong, what is asked, until when; then what may be left out."""
    facts = material.facts
    first = facts.orders[0]
    number = material.plain(first.number, most=40)
    name = material.clean(first.product, most=20)
    which = f"订单{number}" if number else f"{_day(material)}{_bought(facts)}的{name or '商品'}"
    several = len(facts.orders) > 1
    _answer, act = deadlines(material)
    paid, back = facts.paid, returned(material.file.steps)
    money = f"{'合计' if several else ''}{say_paid(facts, paid)}" if paid is not None else ""
    money += _say_back(facts, back) if money else ""
    many = f"等{len(facts.orders)}笔" if several else ""
    told = [
        fact(f"您好，{_say_ward(material)}{which}{many}{f'（{money}）' if money else ''}{name_problem(material.file)}")
    ]
    wanted = reckon_demands(material)
    moment = f"{act.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    shop = material.plain(shop_on_platform(material.file), most=20)
    asked = f"请转告店铺“{shop}”于" if shop else "请于"  # the platform is asked to pass it on, not as the seller
    told.append(demand(f"{asked}{moment}（北京时间）前{_say_wanted(wanted)}，并文字答复"))
    told.append(form("逾期本人依法保留投诉等权利"))
    if _is_unused(facts):
        told.append(fact(f"{material.buyer_word}没有成功使用过{name_unused(facts)}"))
    return tuple(told)


def payment_sentences(material: Material) -> tuple[Sentence, ...]:
    """The description of a payment dispute: the trade, what is wrong, what was tried, what is asked."""
    facts = material.facts
    when = facts.ordered_at
    name = next((kept for one in facts.orders if (kept := material.clean(one.product, most=40))), "商品")
    paid, several = facts.paid, len(facts.orders) > 1
    paying = "" if is_unasked(facts) else "付款"
    money = f"，{'合计' if several else ''}{paying}{say_paid(facts, paid)}" if paid is not None else ""
    money += _say_back(facts, returned(material.file.steps)) if money else ""
    many, since = (f"等{len(facts.orders)}笔", "起") if several else ("", "")
    buyer = f"{material.buyer_word}{'（未成年人）' if facts.minor else ''}"
    bought = f"{buyer}{f'于{say_moment(when)}{since}' if when else ''}{_bought(facts)}“{name}”{many}{money}"
    wrong = name_problem(material.file)
    told = [fact(f"{bought}，{'没有经过同意' if is_unasked(facts) else wrong}")]
    told.append(demand(f"请求{_say_wanted(_of_payment(reckon_demands(material)))}"))
    if facts.contacted_at is not None:
        unanswered = "，未获解决" if is_unanswered(material) else ""
        asked = "联系商家" if who_answered(material.file) is Answerer.SELLER else "联系店铺或平台"
        told.append(fact(f"已于{say_moment(facts.contacted_at)}{asked}{unanswered}"))
    told += tell_open_site(material)
    if _is_unused(facts):
        told.append(fact(f"{material.buyer_word}没有成功使用过{name_unused(facts)}"))
    told += tell_consent(material)
    number = material.plain(facts.orders[0].number, most=60) if facts.orders else ""
    if number:
        told.append(fact(f"商家订单号{number}{'等' if several else ''}"))
    room = PAYMENT - sum(len(one.text) + 1 for one in told)
    story = [f"{whose_words(facts)}{one}" for one in material.tell_story(facts.what_happened)]
    return (*told, *(fact(one) for one in _weightiest_first(story, room)))


def _weightiest_first(story: Sequence[str], room: int) -> Sequence[str]:
    """An account that the box will not hold whole: what was promised, what is bad and what was answered come first.

    A text is shortened from its end, and how old the writer is says nothing to a payment provider.
    """
    if sum(len(one) + 1 for one in story) <= room:
        return story
    weighty = [one for one in story if any(pattern(*row).search(one) for row in _WEIGHTY)]
    return (*weighty, *(one for one in story if one not in weighty))


def _say_back(facts: Facts, back: Decimal) -> str:
    """What came back of a sum that is told before it; how much is said where it was recorded."""
    if back:
        return f"，已退{say_yuan(back)}"
    return "，已退一部分" if facts.money_back is Answer.PARTLY else ""


def _bought(facts: Facts) -> str:
    """What was done with the orders: a deposit among them is not bought."""
    if is_unasked(facts):
        return "被扣款"
    return "支付" if any(is_fee(one) for one in facts.orders) else "购买"


def caption_sentences(material: Material) -> Iterator[Sentence]:
    """A caption for each picture: the mark and what it shows."""
    found = [one for kind in _CAPTION_KINDS for one in material.exhibits if one.form == "item" and one.kind == kind]
    captures = [one for one in material.exhibits if one.form == "capture"]
    for one in [*found, *captures][:_MOST_CAPTIONS]:
        yield form(f"证{one.number}：{material.plain(one.name, most=40)}，{material.clean(one.shows, most=60)}")


def _say_ward(material: Material) -> str:
    """That a minor bought, and what his guardian says of it: the ground of the demand, in a few words."""
    if not material.facts.minor:
        return ""
    if not any(tell_consent(material)):
        return "" if material.facts.guardian_agreed is Answer.YES else "购买人是未成年人，"
    refused = "没有同意" if is_small_child(material.facts, material.today) else "不予追认"
    return f"购买人是未成年人，监护人{refused}，"


def _is_unused(facts: Facts) -> bool:
    """Whether it may be said that nothing was used: not of what came into the buyer's hands and was taken back."""
    return facts.used is Answer.NO and facts.problem is not ProblemKind.ACCOUNT_LOST


def _say_wanted(wanted: Sequence[Reckoned]) -> str:
    """Goods or money for one order; money beside money is asked for too, not instead."""
    first = list(wanted[:2])
    kinds = {one.kind for one in first}
    either = bool(kinds & set(_IN_KIND)) and DemandKind.REFUND in kinds
    return ("，或" if either else "，并").join(dict.fromkeys(one.short for one in first)) or "处理"


def _of_payment(wanted: Sequence[Reckoned]) -> list[Reckoned]:
    """What a payment provider can see to: the payment itself, no damages."""
    kept = [one for one in wanted if one.kind not in (DemandKind.FRAUD, DemandKind.DAMAGES)]
    return kept or list(wanted)


def _day(material: Material) -> str:
    when = material.facts.ordered_at
    return f"{when.astimezone(SHANGHAI):%m月%d日}" if when else ""
