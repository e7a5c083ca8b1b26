"""The rows of monitor/reference/quick.toml, read once and checked: a wrong row is named."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from storage.case import PaymentForm, ProblemKind


@dataclass(frozen=True)
class Question:
    """One of the five questions, with an example of an answer."""

    id: str
    ask: str
    example: str


@dataclass(frozen=True)
class Wallet:
    """What the money came from: it gives a form, or is `open` between several."""

    id: str
    words: re.Pattern[str]
    form: PaymentForm | None
    open: tuple[PaymentForm, ...]


@dataclass(frozen=True)
class Payee:
    """Who took the money: it gives a form by itself, or one for each wallet."""

    id: str
    words: re.Pattern[str]
    form: PaymentForm | None
    forms: Mapping[str, PaymentForm]


@dataclass(frozen=True)
class Payment:
    """What a payment form has: where to complain, what that gives, what there is instead. `days` None: no clock."""

    form: PaymentForm
    letter: str
    name: str
    to: str
    entry: str
    gives: str
    instead: str
    days: int | None
    days_note: str
    source: str
    confirmed: bool


@dataclass(frozen=True)
class Problem:
    """A kind of problem: how it is recognised, said and what is asked for. `yields` to kinds that say more."""

    kind: ProblemKind
    letter: str
    name: str
    words: re.Pattern[str]
    yields: tuple[str, ...]
    short: str
    long: str
    want: str
    delivered: str


@dataclass(frozen=True)
class SaveRow:
    """One thing to save; without problems and payments it is for everybody."""

    id: str
    order: int
    text: str
    why: str
    problems: tuple[str, ...]
    payments: tuple[str, ...]


@dataclass(frozen=True)
class Book:
    """All of quick.toml."""

    questions: tuple[Question, ...]
    wallets: tuple[Wallet, ...]
    payees: tuple[Payee, ...]
    payments: Mapping[PaymentForm, Payment]
    problems: tuple[Problem, ...]
    unknown_problem: Problem
    fees: re.Pattern[str]
    fee_paid: re.Pattern[str]
    fee_paid_unless: re.Pattern[str]
    missing: re.Pattern[str]
    face: re.Pattern[str]
    got: re.Pattern[str]
    redeemed: re.Pattern[str]
    minor: re.Pattern[str]
    resale: re.Pattern[str]
    withdrawal: re.Pattern[str]
    balance: re.Pattern[str]
    partly: re.Pattern[str]
    partly_good: re.Pattern[str]
    partly_used: re.Pattern[str]
    regret: re.Pattern[str]
    solved: re.Pattern[str]
    solved_unless: re.Pattern[str]
    offer: re.Pattern[str]
    offer_done: re.Pattern[str]
    offer_refused: re.Pattern[str]
    returned: re.Pattern[str]
    returned_unless: re.Pattern[str]
    used_no: re.Pattern[str]
    used_yes: re.Pattern[str]
    contacted: re.Pattern[str]
    noticed: re.Pattern[str]
    reply: re.Pattern[str]
    save: tuple[SaveRow, ...]
    older: str
    older_commands: tuple[str, ...]
    older_note: str

    def payment_of_letter(self, letter: str) -> PaymentForm | None:
        """The payment form of a letter that was typed."""
        return next((one.form for one in self.payments.values() if one.letter == letter.upper()), None)

    def problem_of(self, kind: ProblemKind) -> Problem:
        """The row of a kind; that of the unknown problem where it has none."""
        return next((one for one in self.problems if one.kind is kind), self.unknown_problem)


@cache
def load_book() -> Book:
    """The rows of quick.toml; raises ValueError that names the table which is wrong."""
    data = tomllib.loads(resources.files("monitor.reference").joinpath("quick.toml").read_text(encoding="utf-8"))
    try:
        return _read(data)
    except (KeyError, TypeError, ValueError, re.error) as error:
        raise ValueError(f"quick.toml: {error!r}; mend that row") from error


def _read(data: Mapping[str, object]) -> Book:
    unknown = _table(data["unknown_problem"])
    contacted, older, used = _table(data["contacted"]), _table(data["older"]), _table(data["used"])
    return Book(
        tuple(Question(_text(row, "id"), _text(row, "ask"), _text(row, "example")) for row in _rows(data, "questions")),
        tuple(_read_wallet(row) for row in _rows(data, "wallets")),
        tuple(_read_payee(row) for row in _rows(data, "payees")),
        {one.form: one for one in map(_read_payment, _rows(data, "payments"))},
        tuple(_read_problem(row) for row in _rows(data, "problems")),
        Problem(
            ProblemKind.UNKNOWN,
            "",
            "未说明",
            re.compile(r"(?!)"),
            (),
            _text(unknown, "short"),
            _text(unknown, "long"),
            _text(unknown, "want"),
            "unknown",
        ),
        _pattern(_table(data["fees"]), "words"),
        _pattern(_table(data["fees"]), "paid"),
        _pattern(_table(data["fees"]), "paid_unless"),
        _pattern(_table(data["shortfall"]), "missing"),
        _pattern(_table(data["shortfall"]), "face"),
        _pattern(_table(data["shortfall"]), "got"),
        _pattern(_table(data["shortfall"]), "redeemed"),
        _pattern(_table(data["minor"]), "words"),
        _pattern(_table(data["resale"]), "words"),
        _pattern(_table(data["withdrawal"]), "words"),
        _pattern(_table(data["withdrawal"]), "balance"),
        _pattern(_table(data["partly"]), "words"),
        _pattern(_table(data["partly"]), "good"),
        _pattern(_table(data["partly"]), "used"),
        _pattern(_table(data["regret"]), "words"),
        _pattern(_table(data["solved"]), "words"),
        _pattern(_table(data["solved"]), "unless"),
        _pattern(_table(data["offer"]), "words"),
        _pattern(_table(data["offer"]), "done"),
        _pattern(_table(data["offer"]), "refused"),
        _pattern(_table(data["returned"]), "words"),
        _pattern(_table(data["returned"]), "unless"),
        _pattern(used, "no"),
        _pattern(used, "yes"),
        _pattern(contacted, "words"),
        _pattern(contacted, "noticed"),
        _pattern(contacted, "reply"),
        tuple(
            SaveRow(
                _text(row, "id"),
                _count(row["order"]),
                _text(row, "text"),
                _text(row, "why"),
                _texts(row, "problems"),
                _texts(row, "payments"),
            )
            for row in _rows(data, "save")
        ),
        _text(older, "text"),
        _texts(older, "commands"),
        _text(older, "note"),
    )


def _read_wallet(row: Mapping[str, object]) -> Wallet:
    form = PaymentForm(_text(row, "form")) if "form" in row else None
    return Wallet(_text(row, "id"), _pattern(row, "words"), form, tuple(map(PaymentForm, _texts(row, "open"))))


def _read_payee(row: Mapping[str, object]) -> Payee:
    form = PaymentForm(_text(row, "form")) if "form" in row else None
    forms = {name: PaymentForm(str(value)) for name, value in _table(row.get("forms", {})).items()}
    return Payee(_text(row, "id"), _pattern(row, "words"), form, forms)


def _read_payment(row: Mapping[str, object]) -> Payment:
    return Payment(
        PaymentForm(_text(row, "form")),
        _text(row, "letter"),
        _text(row, "name"),
        _text(row, "to"),
        _text(row, "entry"),
        _text(row, "gives"),
        str(row.get("instead", "")),
        _count(row["days"]) if "days" in row else None,
        str(row.get("days_note", "")),
        _text(row, "source"),
        bool(row["confirmed"]),
    )


def _read_problem(row: Mapping[str, object]) -> Problem:
    return Problem(
        ProblemKind(_text(row, "kind")),
        _text(row, "letter"),
        _text(row, "name"),
        _pattern(row, "words"),
        _texts(row, "yields"),
        _text(row, "short"),
        _text(row, "long"),
        _text(row, "want"),
        _text(row, "delivered"),
    )


def _rows(data: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    rows = data[name]
    if not isinstance(rows, list):
        raise TypeError(f"[[{name}]] is a list of tables")
    return [_table(row) for row in rows]


def _table(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise TypeError(f"{value!r} is no table")
    return value


def _text(row: Mapping[str, object], name: str) -> str:
    value = row[name]
    if not isinstance(value, str):
        raise TypeError(f"{name} is a text, not {value!r}")
    return value


def _texts(row: Mapping[str, object], name: str) -> tuple[str, ...]:
    value = row.get(name, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise TypeError(f"{name} is a list of texts")
    return tuple(value)


def _count(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(f"{value!r} is no whole number")
    return value


def _pattern(row: Mapping[str, object], name: str) -> re.Pattern[str]:
    return re.compile(_text(row, name))
