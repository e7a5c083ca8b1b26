"""Tells what went wrong: when it was seen, its kind with the figures, the buyer's own words, whether a guardian agreed.

Takes the material of a letter, gives sentences with their marks. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from monitor.complaints.evidence.exhibits import ROLE_ZH
from monitor.complaints.facts.age import age_at_order, is_small_child
from monitor.complaints.facts.guardian_consent import withheld_consent
from monitor.complaints.letters.delivery import name_seller, tell_use
from monitor.complaints.letters.material import Material, say_exact, say_moment, say_yuan
from monitor.complaints.letters.own_words import OF_GUARDIAN, name_side, whose_words
from monitor.complaints.letters.problem_words import FAILURES, name_problem, shows_problem
from monitor.complaints.letters.sentences import fact
from monitor.complaints.letters.support import amount_in, text_in, told_by_seller
from monitor.complaints.model import SeenVersion, Sentence
from monitor.complaints.routing.fraud_signs import is_same_site
from scrapers.model import Origin
from storage.case import Answer, PaymentForm, ProblemKind

_GROWN_UP = 18
_FOUND = (
    ProblemKind.DEAD_KEY,
    ProblemKind.USED_KEY,
    ProblemKind.EXPIRED_KEY,
    ProblemKind.SHORT_VALUE,
    ProblemKind.WRONG_GOODS,
    ProblemKind.TOPUP_MISSING,
    ProblemKind.ACCOUNT_LOST,
    ProblemKind.BALANCE_FROZEN,
    ProblemKind.UNASKED_CHARGE,
)
_FOUND_FIRST = (ProblemKind.REFUSED_AFTER_SALES, ProblemKind.EXTRA_FEE, ProblemKind.PLATFORM_GONE)
"""What has a day of its own, another than that on which the harm was seen."""


def tell_problem(material: Material) -> tuple[Sentence, ...]:
    """What went wrong: by its kind with the figures, then in the buyer's own words."""
    facts = material.facts
    told = [
        material.support(f"{_say_noticed(material)}{_say_what_was(material)}", FAILURES, *shows_problem(facts)),
        *tell_open_site(material),
    ]
    if facts.face_value is not None and facts.got_value is not None:
        face, got = facts.face_value, facts.got_value
        told.append(material.support(f"约定面值{say_yuan(face)}", ("spec", "product_page", "order"), amount_in(face)))
        told.append(material.support(f"实际得到{say_yuan(got)}", FAILURES, amount_in(got)))
    if facts.extra_asked is not None:
        name = material.clean(facts.extra_name, most=40)
        came = facts.delivered in (Answer.YES, Answer.PARTLY)
        seller = "对方" if came else name_seller(material)
        asked = f"{seller}在价款之外另要求支付{f'“{name}”' if name else '费用'}{say_yuan(facts.extra_asked)}"
        tests = [amount_in(facts.extra_asked), *([text_in(facts.extra_name)] if name else [])]
        by_seller = told_by_seller(tests, facts)
        told.append(material.support(asked, ("chat", "reply", "refusal", "demand_chat"), by_seller))
    if facts.balance is not None:
        held = f"{material.buyer_word}在该平台账户中有余额{say_yuan(facts.balance)}"
        told.append(material.support(held, ("balance_record",), amount_in(facts.balance)))
    whose = whose_words(facts)
    told += [fact(f"{whose}{one}") for one in material.tell_story(facts.what_happened)]
    told += tell_consent(material)
    told += tell_use(material)
    _doubt_story(material)
    return tuple(told)


def tell_consent(material: Material) -> Iterator[Sentence]:
    """That the guardian did not agree, where he declares it; that he does not ratify only of a trade that he could."""
    facts = material.facts
    age = age_at_order(facts, material.today)
    if not withheld_consent(facts) or age is None or age >= _GROWN_UP:
        return
    tail = "" if is_small_child(facts, material.today) else "，监护人不予追认"
    yield fact(f"{OF_GUARDIAN}该笔交易没有经过监护人同意{tail}")


def _say_noticed(material: Material) -> str:
    """When the harm was seen, before what it was: the moment of seeing is not told for that of what was seen.

    A refusal has its own day beside the answer, a demand for a fee beside the talk; nothing that did not come did so at
    one moment.
    """
    facts = material.facts
    if facts.noticed_at is None:
        return ""
    when = say_moment(facts.noticed_at)
    if facts.problem in _FOUND_FIRST:
        return f"{when}，{name_side(material.facts)}发现问题；"
    if facts.problem is ProblemKind.NOT_DELIVERED:
        return f"至{when}，"
    if name_problem(material.file).startswith(f"{name_side(material.facts)}认为"):
        return f"{when}，"
    return f"{when}，{name_side(material.facts)}发现" if facts.problem in _FOUND else f"{when}，"


def _say_what_was(material: Material) -> str:
    """What went wrong, after the moment of seeing: a platform that cannot be opened is not seen twice."""
    told = name_problem(material.file)
    return told.removeprefix("发现问题时") if material.facts.noticed_at is not None else told


def tell_open_site(material: Material) -> tuple[Sentence, ...]:
    """Of a platform that could not be opened: that a later capture opened it, which a reader will find anyway.

    Of another site it is said that nobody knows whose it is; in public nothing, for it may be of somebody else.
    """
    facts = material.facts
    if facts.problem is not ProblemKind.PLATFORM_GONE or facts.noticed_at is None:
        return ()
    sides = [one for page in material.file.pages for one in (page.after, page.newest) if one is not None]
    later = [one for one in sides if one.origin is Origin.OWN and one.seen_at > facts.noticed_at]
    same = [one for one in later if is_same_site(material.file, one)]
    if same:
        return (_say_open(material, same, "{host}的{page}可以打开"),)
    if not later or material.public:
        return ()
    return (_say_open(material, later, "另一网站{host}的{page}可以打开，该网站与上述平台的关系未查明"),)


def _say_open(material: Material, seen: list[SeenVersion], told: str) -> Sentence:
    last = max(seen, key=lambda one: one.seen_at)
    host = urlsplit(last.url).hostname or "该网站"
    what = told.format(host=host, page=ROLE_ZH[last.role])
    return fact(f"其后在{say_exact(last.seen_at)}的抓取中，{what}", material.marks_of((last.capture,)))


def _doubt_story(material: Material) -> None:
    """Tell the writer where his story names another way of payment than his answers, or persons in a public post."""
    facts = material.facts
    wallet = {PaymentForm.WECHAT_MERCHANT: "微信", PaymentForm.ALIPAY_MERCHANT: "支付宝"}.get(facts.payment)
    other = {"微信": "支付宝", "支付宝": "微信"}.get(wallet or "")
    if (
        wallet
        and other
        and wallet not in facts.what_happened
        and re.search(f"{other}[^。；，]{{0,4}}付", facts.what_happened)
    ):
        material.note(f"经过里写的是用{other}付款，而所填的付款方式是{wallet}：请核对账单后改正，两处不一致会被质疑")
