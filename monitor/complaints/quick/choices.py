"""What can be read in two ways: the payment form and the problem in an answer, or the choice that stays open. Pure.

A choice is carried by the next question, whose answer may begin with its letter; where nobody chooses it stays open.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from monitor.complaints.quick.book import Book, Problem
from storage.case import PaymentForm, ProblemKind

LONGEST = 2000
"""Characters of one answer that are read."""

NOTHING_KNOWN = re.compile(r"(?:没有?|无|不知道|不清楚|不记得|忘了|找不到|暂无|没给)[^0-9A-Za-z]{0,8}")
LETTER_CHOSEN = re.compile(r"^\s*([a-l])(?![a-z0-9])[\s,.:、)]*", re.I)  # only where a choice was asked: E卡 is a card
_LETTER = re.compile(r"^\s*([a-h])(?=[\s,.:、)\d]|$)", re.I)
_LETTER_AT_END = re.compile(r"(?<![a-z0-9])([a-h])\s*$", re.I)
DENIED = re.compile(r"(?:没有?|没让|并未|不是|从未|没要求|不用|无需|不需要|未曾)[^，。,；;]{0,4}$")


@dataclass(frozen=True)
class Choice:
    """What can be read in several ways: the letters and names to choose of. `about` is payment or problem."""

    about: str
    said: str
    options: tuple[tuple[str, str], ...]

    @property
    def line(self) -> str:
        """The choice as it stands before the next question."""
        several = "  ".join(f"{letter} {name}" for letter, name in self.options)
        what = "付款方式" if self.about == "payment" else "问题"
        return f"（{what}有几种可能：{several}。知道是哪种，就把字母写在这次答案的最前面；不知道就不写）"


def read_payment(text: str, book: Book) -> tuple[PaymentForm, str, Choice | None]:
    """The payment form in an answer, the wallet, and the choice where it stays open."""
    letter = _LETTER.search(text) or _LETTER_AT_END.search(text)
    if letter and (chosen := book.payment_of_letter(letter[1])):
        return chosen, "", None
    wallet = next((one for one in book.wallets if one.words.search(text)), None)
    payees = [one for one in book.payees if one.words.search(text)]
    if wallet is not None and wallet.form is not None and not (wallet.id == "bank" and payees):
        return wallet.form, wallet.id, None
    name = wallet.id if wallet else ""
    forms = {form for one in payees if (form := one.forms.get(name) or one.form) is not None}
    if len(forms) == 1:
        return forms.pop(), name, None
    if wallet is None and not payees:
        if not text.strip() or NOTHING_KNOWN.match(text.strip()):
            return PaymentForm.UNKNOWN, "", None
        every = tuple((row.letter, row.name) for row in book.payments.values())
        return PaymentForm.UNKNOWN, "", Choice("payment", text.strip()[:100], every)
    if wallet is not None and wallet.form is not None:
        forms = forms or {wallet.form}
    options = forms or set(wallet.open if wallet else (PaymentForm.WECHAT_MERCHANT, PaymentForm.ALIPAY_MERCHANT))
    listed = tuple((row.letter, row.name) for row in book.payments.values() if row.form in options)
    return PaymentForm.UNKNOWN, name, Choice("payment", text.strip()[:100], listed)


def read_sure_payment(text: str, book: Book) -> PaymentForm:
    """What another answer says of the payment, where it is certain and names the wallet."""
    if _LETTER.search(text) or _LETTER_AT_END.search(text):
        return PaymentForm.UNKNOWN
    payment, wallet, _ = read_payment(text, book)
    return payment if wallet not in ("", "balance") else PaymentForm.UNKNOWN  # 余额提不出来 is no way to pay


def read_problem(text: str, book: Book) -> tuple[ProblemKind, Choice | None]:
    """The kind of problem in an answer, and the choice where several hold and none says more than the others."""
    found = [one for one in book.problems if holds(one.words, text)]
    told = {one.kind.value for one in found}
    left = [one for one in found if not _gives_way(one, told)]
    if len(left) == 1:
        return left[0].kind, None
    if not left:
        return ProblemKind.UNKNOWN, None
    return ProblemKind.UNKNOWN, Choice("problem", text[:100], tuple((one.letter, one.name) for one in left))


def _gives_way(one: Problem, told: set[str]) -> bool:
    others = told - {one.kind.value}
    return bool(others) if "*" in one.yields else bool(others & set(one.yields))


def holds(words: re.Pattern[str], text: str) -> bool:
    """Whether words are said and not denied right before: 没有让我交解冻金 asks for nothing."""
    return any(not DENIED.search(text[: match.start()]) for match in words.finditer(text))


def take_letter(text: str, choice: Choice | None) -> tuple[str, str]:
    """The letter before an answer that takes an open choice, and the answer without it."""
    match = LETTER_CHOSEN.match(text) if choice is not None else None
    if match is None or choice is None or match[1].upper() not in {letter for letter, _ in choice.options}:
        return "", text
    return match[1].upper(), text[match.end() :].strip()


def half_width(text: str) -> str:
    """Half width; ①, ² and ¼ become blanks first, for ①50元 is not 150."""
    told = "".join(" " if unicodedata.category(char) == "No" else char for char in text[:LONGEST])
    return unicodedata.normalize("NFKC", told)


def plain(text: str) -> str:
    """An answer as patterns are matched on it: half width, lower case, no outer blanks."""
    return half_width(text).lower().strip()
