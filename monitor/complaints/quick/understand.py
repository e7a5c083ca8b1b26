"""Five answers in free words, as facts of a case: what was said, what stays open, what changes everything. Pure.

A payment form or a problem that can be read in two ways is a choice, which the next question carries; where nobody
chooses it stays unknown. Nothing is filled in that was not said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from monitor.complaints.facts.said_values import read_text
from monitor.complaints.quick.amounts import Amount, choose_amount, find_amounts, find_coins, show_yuan
from monitor.complaints.quick.book import Book, load_book
from monitor.complaints.quick.choices import (
    DENIED,
    LETTER_CHOSEN,
    LONGEST,
    NOTHING_KNOWN,
    Choice,
    half_width,
    holds,
    plain,
    read_payment,
    read_problem,
    read_sure_payment,
    take_letter,
)
from monitor.complaints.quick.moments import Moment, count_years_ago, find_moments
from monitor.complaints.quick.signs import find_fraud
from monitor.complaints.routing.filing_words import find_clause, own_words
from monitor.complaints.routing.fraud_signs import FraudSign, PurposeWords, find_purposes
from monitor.page_address import normalise_address
from monitor.times import show_time
from scrapers.domains import is_domain_name
from storage.case import Answer, Facts, PaymentForm, ProblemKind

_URL = re.compile(r"https?://[^\s，。；、）)》」\"'<>]+", re.I)
_BARE_HOST = re.compile(
    r"(?<![@\w.-])((?:[a-z0-9\u4e00-\u9fff-]{1,63}\.)+[a-z\u4e00-\u9fff]{2,24})(:\d{2,5})?(/[^\s，。；、）)》」\"'<>]*)?",
    re.I,
)
_ORDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{2,63}")
_SHORT_ORDER = re.compile(r"[A-Za-z]{0,3}\d{1,3}")  # of a small shop: A1、A2
_PAID = re.compile(r"付|买|充|下单|拍|转账|扫")
_ABOUT = re.compile(r"(?:约|大概|大约|左右|差不多)")
_MOST_ORDERS = 20
_BESIDE = 1  # characters between a fee's name and its sum; farther away it may be another sum


@dataclass(frozen=True)
class QuickAnswers:
    """The five answers as they were typed; "" where nothing was said."""

    platform: str = ""
    order: str = ""
    paid: str = ""
    what: str = ""
    when: str = ""


@dataclass(frozen=True)
class Understood:
    """What five answers say. `choices` are open; `notes` tell what was read how, and what was not."""

    platform: str = ""
    url: str = ""
    orders: tuple[str, ...] = ()
    amount: Decimal | None = None
    payment: PaymentForm = PaymentForm.UNKNOWN
    wallet: str = ""  # wechat, alipay ... where the form is not known
    problem: ProblemKind = ProblemKind.UNKNOWN
    what: str = ""
    paid_at: Moment | None = None
    noticed_at: Moment | None = None
    contacted_at: Moment | None = None
    used: Answer = Answer.UNKNOWN
    reply: str = ""  # the seller's words, as the buyer tells them
    extra: Decimal | None = None
    extra_name: str = ""
    balance: Decimal | None = None  # what is held back on the platform
    withdrawal: bool = False  # it is about money that cannot be taken out
    partly: bool = False  # some of what was bought is said to be good
    regret: bool = False  # nothing is said to be wrong: it is not wanted any more
    solved: bool = False  # the trouble is over and nothing is asked back
    returned: Decimal | None = None  # what came back already, as the buyer tells it
    extra_paid: str = ""  # what he paid on top already, as he wrote it
    face: Decimal | None = None
    got: Decimal | None = None
    missing: Decimal | None = None  # how much less came
    redeemed: bool = False  # what came was redeemed: it cannot be given back
    years_ago: int = 0  # where only years are told: 三年前
    offer: str = ""  # what the seller offered, in the buyer's words
    offer_refused: bool = False
    fraud: tuple[FraudSign, ...] = ()
    unlawful: tuple[PurposeWords, ...] = ()
    minor: bool = False
    resale: bool = False
    contacted: bool = False
    choices: tuple[Choice, ...] = ()
    notes: tuple[str, ...] = field(default=())


def understand(answers: QuickAnswers, now: datetime) -> Understood:
    """Read the five answers. `now` (aware) is what 昨晚 counts from."""
    book = load_book()
    answers = clean_answers(answers)
    typed = [plain(one) for one in (answers.platform, answers.order, answers.paid, answers.what, answers.when)]
    where, order, paid, what, when = typed
    notes: list[str] = []
    platform, url = read_platform(answers.platform)
    payment, wallet, choice = read_payment(paid, book)
    letter, what = take_letter(what, choice)
    if letter:
        payment, choice = book.payment_of_letter(letter) or payment, None
    if (
        payment is PaymentForm.UNKNOWN
        and not wallet
        and (told := read_sure_payment(what, book)) is not PaymentForm.UNKNOWN
    ):
        payment, choice = told, None
    amount = _read_amount(paid, what, now, notes)
    problem, other = read_problem(what, book)
    letter, when = take_letter(when, other)
    if letter:
        problem, other = next(one.kind for one in book.problems if one.letter == letter), None
    times = _read_times(when, what, paid, now, notes, book)
    said = "\n".join((what, paid, when))
    extra, extra_name = _read_fee(what, book)
    reply = book.reply.search(half_width(answers.what))
    balance = _read_balance(what, book)
    returned = _read_returned(what, book)
    partly = bool(book.partly.search(what)) or (
        len(read_orders(answers.order)) > 1
        and problem is not ProblemKind.UNKNOWN
        and bool(book.partly_good.search(what))
    )
    offer = book.offer.search(what)
    if offer is not None and book.offer_done.search(offer[0]):
        offer = None
    alleged = problem not in (ProblemKind.UNKNOWN, ProblemKind.REFUSED_AFTER_SALES) or other is not None
    regret = not alleged and _tells_regret(what, book)
    if regret:  # who wants goods back that are well must not say that they are not
        problem = ProblemKind.UNKNOWN
    short = problem is ProblemKind.SHORT_VALUE
    face, got, missing = _read_shortfall(what, book) if short else (None, None, None)
    redeemed = short and holds(book.redeemed, what)
    known = Facts(payment=payment, problem=problem, what_happened=said, extra_asked=extra, extra_name=extra_name)
    known = replace(known, balance=balance, delivered=Answer(book.problem_of(problem).delivered))
    return Understood(
        platform=platform,
        url=url,
        orders=read_orders(answers.order),
        amount=amount,
        payment=payment,
        wallet=wallet,
        problem=problem,
        what=_without_letter(answers.what, answers.paid, book),
        paid_at=times[0],
        noticed_at=times[1],
        contacted_at=times[2],
        used=Answer.YES if redeemed and not partly else _read_used(what, book, partly=partly),
        reply=reply[1].strip() if reply else "",
        extra=extra,
        extra_name=extra_name,
        balance=balance,
        withdrawal=bool(book.withdrawal.search(what)),
        partly=partly,
        regret=regret,
        solved=not alleged and bool(book.solved.search(what)) and not book.solved_unless.search(what),
        returned=returned,
        extra_paid=_read_extra_paid(what, book) if problem is ProblemKind.EXTRA_FEE else "",
        face=face,
        got=got,
        missing=missing,
        redeemed=redeemed,
        years_ago=0 if times[0] or times[1] else max(map(count_years_ago, (when, what))),
        offer=" ".join(offer[0].split()) if offer else "",
        offer_refused=bool(offer and book.offer_refused.search(what, offer.end())),
        fraud=find_fraud(known),
        unlawful=find_purposes("\n".join((where, order, said))),
        minor=bool(book.minor.search(said)),
        resale=bool(book.resale.search(said)),
        contacted=bool(book.contacted.search(what) or times[2]),
        choices=tuple(one for one in (choice, other) if one is not None),
        notes=tuple(notes),
    )


def clean_answers(answers: QuickAnswers) -> QuickAnswers:
    """The answers without control characters and cut to their length: as a case keeps texts."""
    told = (answers.platform, answers.order, answers.paid, answers.what, answers.when)
    return QuickAnswers(*(read_text(one[:LONGEST], LONGEST) for one in told))


def open_choices(answers: QuickAnswers, number: int) -> tuple[Choice, ...]:
    """The choices that question `number` (1 to 5) carries for the one before it; the answers so far are enough."""
    book, answers = load_book(), clean_answers(answers)
    payment = read_payment(plain(answers.paid), book)[2]
    if number == 4:
        return (payment,) if payment else ()
    if number == 5:
        problem = read_problem(take_letter(plain(answers.what), payment)[1], book)[1]
        return (problem,) if problem else ()
    return ()


def read_platform(text: str) -> tuple[str, str]:
    """The platform's name and the address in an answer; "" for what is not there. A name alone has no address."""
    typed = text.strip()[:LONGEST]
    match = _URL.search(typed) or _BARE_HOST.search(typed)
    if match is None:
        return typed.strip(" ,，。;；")[:100], ""
    wanted = match[0] if "://" in match[0] else f"https://{match[0]}"
    host = match[0].split("//")[-1].split("/")[0].split(":")[0]
    if "://" not in match[0] and not is_domain_name(host):
        return typed.strip(" ,，。;；")[:100], ""
    try:
        url = normalise_address(wanted)
    except ValueError:
        return typed[:100], ""
    rest = (typed[: match.start()] + " " + typed[match.end() :]).strip(" ,，。;；:：()（）")
    return " ".join(rest.split())[:100], url


def read_orders(text: str) -> tuple[str, ...]:
    """The order numbers in an answer; 没有 gives none. What is no number at all is taken as it stands, if short."""
    typed = half_width(text).strip()
    if not typed or NOTHING_KNOWN.fullmatch(typed):
        return ()
    found = tuple(dict.fromkeys(one for one in _ORDER.findall(typed) if any(char.isdigit() for char in one)))
    if found:
        return found[:_MOST_ORDERS]
    short = [one.strip() for one in re.split(r"[、,;\s]+", typed) if one.strip()]
    if len(short) > 1 and all(_SHORT_ORDER.fullmatch(one) for one in short):
        return tuple(dict.fromkeys(short))[:_MOST_ORDERS]
    return () if NOTHING_KNOWN.match(typed) else (typed[:64],)


def _read_amount(paid: str, what: str, now: datetime, notes: list[str]) -> Decimal | None:
    amounts = find_amounts(_without(paid, find_moments(paid, now)), bare=True)
    if not amounts and not find_coins(paid):
        amounts = tuple(one for one in find_amounts(_without(what, find_moments(what, now))) if _is_paid(what, one))
    chosen = choose_amount(amounts)
    if coins := find_coins(paid):
        notes.append(f"付的是虚拟币（{coins}），不是人民币：折合多少元没有替你换算，金额先空着")
    if chosen is not None and _ABOUT.search(paid):
        notes.append(f"金额{show_yuan(chosen.yuan)}元是约数：请照账单改成实付的数")
    if chosen is None and amounts:
        shown = "、".join(show_yuan(one.yuan) for one in amounts[:5])
        notes.append(f"写了几个金额（{shown}元），没有替你相加：请在案件里逐笔填写")
    return chosen.yuan if chosen else None


def _is_paid(text: str, amount: Amount) -> bool:
    return bool(re.search(r"(?:付|花|充|买|转)(?:了|过)?\s*$", text[max(0, amount.start - 6) : amount.start]))


def _without(text: str, moments: Sequence[Moment]) -> str:
    """The text with its times blanked out: 8 点 is no sum."""
    for one in moments:
        text = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    return text


def _read_fee(text: str, book: Book) -> tuple[Decimal | None, str]:
    """What is asked beyond the price, with its name."""
    match = next((one for one in book.fees.finditer(text) if not DENIED.search(text[: one.start()])), None)
    if match is None:
        return None, ""
    after = find_amounts(text[match.end() : match.end() + 12], bare=True)
    before = find_amounts(text[max(0, match.start() - 12) : match.start()], bare=True)
    if after and after[0].start <= _BESIDE:
        return after[0].yuan, match[0]
    beside = before and min(match.start(), 12) - before[-1].end <= _BESIDE
    return (before[-1].yuan if beside else None), match[0]


def _read_extra_paid(text: str, book: Book) -> str:
    """What was paid on top, as it was written, behind the words that ask for it; "" where nothing was."""
    asked = book.problem_of(ProblemKind.EXTRA_FEE).words.search(text)
    for clause in re.split(r"[，,。；;！!？?\n]+", text[asked.end() :] if asked else ""):
        match = book.fee_paid.search(clause)
        if match is not None and not book.fee_paid_unless.search(clause):
            return "".join(match[1].split())
    return ""


def _read_shortfall(text: str, book: Book) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """What was promised, what came, and how much less that is; None for what is not told."""
    found = [Decimal(match[1]) if (match := one.search(text)) else None for one in (book.face, book.got, book.missing)]
    face, got, missing = found
    if face is not None and got is not None and 0 <= got < face:
        return face, got, face - got
    return None, None, missing if missing and (face is None or missing < face) else None


def _read_returned(text: str, book: Book) -> Decimal | None:
    """What came back already: not what was asked for, offered or refused."""
    for clause in re.split(r"[，,。；;！!？?\n]+", text):
        match = book.returned.search(clause)
        if match is not None and not book.returned_unless.search(clause[: match.start() + 1]):
            return Decimal(match[1])
    return None


def _tells_regret(what: str, book: Book) -> bool:
    """Whether he says himself that the goods are not wanted, or that he misread the page; the seller may say so too."""
    if book.regret.search(own_words(what)):
        return True
    return bool(find_clause(Facts(what_happened=what), "misread", "misread_unless"))


def _read_used(what: str, book: Book, *, partly: bool) -> Answer:
    if book.used_no.search(what):
        return Answer.NO
    if partly and (book.partly_used.search(what) or book.used_yes.search(what)):
        return Answer.PARTLY
    return Answer.YES if book.used_yes.search(what) else Answer.UNKNOWN


def _read_balance(text: str, book: Book) -> Decimal | None:
    match = book.balance.search(text)
    found = find_amounts(match[0], bare=True) if match else ()
    return found[0].yuan if len(found) == 1 else None


def _read_times(
    when: str, what: str, paid: str, now: datetime, notes: list[str], book: Book
) -> tuple[Moment | None, Moment | None, Moment | None]:
    """When it was paid, noticed and told to the seller: the first time is the payment's."""
    text = next((one for one in (when, what) if find_moments(one, now)), "")
    moments = find_moments(text, now)
    first: Moment | None = None
    contacted: Moment | None = None
    noticed: Moment | None = None
    for place, one in enumerate(moments):
        end = moments[place + 1].start if place + 1 < len(moments) else len(text)
        beside = text[one.end : min(end, one.end + 20)]
        if book.contacted.search(beside):
            contacted = contacted or one
        elif book.noticed.search(beside):
            noticed = noticed or one
        elif first is None and (text is when or _PAID.search(beside)):
            first = one
    first = first or next(iter(find_moments(paid, now)), None)
    if when.strip() and not moments:
        notes.append("“什么时候”没有读出时间（或写的是将来的时间），先空着：请写成 2026-11-10 20:00 这样")
    for moment, name in ((first, "付款"), (noticed, "发现问题"), (contacted, "联系卖家")):
        if moment is not None and moment.day_only:
            notes.append(f"{name}时间只说到日（{show_time(moment.at)[:10]}），钟点未知：请照账单补上")
    return first, noticed, contacted


def _without_letter(what: str, paid: str, book: Book) -> str:
    """What happened as it was typed, without the letter that answered the question before."""
    letter, _ = take_letter(plain(what), read_payment(plain(paid), book)[2])
    return LETTER_CHOSEN.sub("", what, count=1) if letter else what
