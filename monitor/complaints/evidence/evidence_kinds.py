"""The kinds of evidence in a case (monitor/reference/evidence_kinds.toml), and the guess of a file's kind. Pure.

A guess is told with its reason and is never more than that: what speaks for no kind clearly is `other`.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from monitor.complaints.model import ExhibitGroup
from storage.case import Stage

OTHER = "other"
STAGE_ZH = {Stage.BEFORE: "下单前", Stage.DURING: "交易中", Stage.AFTER: "出问题后"}
_MOST_TEXT = 20_000  # characters of a file that are looked at for a guess
_MOST_TOLD = 3
_BILLS = ("voucher", "wallet_bill")
_IN_DEALINGS = ("refusal", "demand_chat")  # what a chat or mail can be, the stronger first
_DEALINGS = {"chat": ("chat", "聊天记录的格式"), "mail": ("reply", "邮件"), "mbox": ("reply", "邮件")}


@dataclass(frozen=True)
class EvidenceKind:
    """One kind. `shows`: what it proves by default; `how_to_get`: what to do today; the word lists are for guessing."""

    id: str
    name: str
    stage: Stage
    group: ExhibitGroup
    shows: str
    how_to_get: str
    names: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()


@dataclass(frozen=True)
class KindGuess:
    """A kind and why, in Chinese."""

    kind: str
    reason: str


@cache
def load_kinds() -> dict[str, EvidenceKind]:
    """Every kind by its id, in the order of the file."""
    rows = _data()["kinds"]
    assert isinstance(rows, dict)
    return {name: _make_kind(name, row) for name, row in rows.items()}


@cache
def load_editors() -> tuple[str, ...]:
    """Words, in lower case, by which the software that a file names is known to edit pictures."""
    editors = _data()["editors"]
    assert isinstance(editors, dict)
    return tuple(str(word).lower() for word in editors["words"])


def guess_kind(name: str, text: str, form: str = "") -> KindGuess:
    """Guess a kind from a file's name, from what was read in it, and from its form (chat, mail, audio, video ...)."""
    low_name, low_text = name.lower(), text[:_MOST_TEXT].lower()
    weights = _weights()
    best, most, why = OTHER, 0, ""
    for kind in load_kinds().values():
        in_name = [word for word in kind.names if word.lower() in low_name]
        in_text = [word for word in kind.words if word.lower() in low_text]
        leaning = [word for word in kind.hints if word.lower() in low_text]
        weight = weights["name_weight"] * bool(in_name) + weights["hint_weight"] * len(leaning)
        if in_text:
            weight += weights["word_weight"] + weights["further_weight"] * (len(in_text) - 1)
        if weight > most:
            best, most, why = kind.id, weight, _tell(in_name, in_text or leaning)
    settled = _guess_by_form(form, low_text, best if most >= weights["least"] else OTHER)
    if settled is not None:
        return settled
    if most < weights["least"]:
        return KindGuess(OTHER, "名称和文字都看不出是哪一类" if text or name else "没有可以判断的内容")
    if best in _BILLS and is_transfer(low_text):
        return KindGuess("wallet_bill", f"{why}；是转账的账单，不是商户付款")
    return KindGuess(best, why)


def is_transfer(text: str) -> bool:
    """Whether a bill is of a transfer: it has words of one and none of a payment to a merchant."""
    bills = _data()["bills"]
    assert isinstance(bills, dict)
    low = text[:_MOST_TEXT].lower()
    return any(word in low for word in bills["transfer"]) and not any(word in low for word in bills["merchant"])


def _guess_by_form(form: str, text: str, best: str) -> KindGuess | None:
    """What the form of a file settles: a recording is a recording whatever it is called; a chat is at least a chat."""
    if form in ("audio", "video"):
        return KindGuess("recording", "音频或视频文件")
    if form == "token":
        return KindGuess("certificate", "时间戳或签名文件")
    if form not in _DEALINGS:
        return None
    usual, told = _DEALINGS[form]
    for kind in _IN_DEALINGS:
        found = [word for word in load_kinds()[kind].words if word.lower() in text]
        if found:
            return KindGuess(kind, f"{told}，{_tell([], found)}")
    if form == "chat" or best in (OTHER, "chat"):
        return KindGuess(usual, told)
    return None


def _tell(in_name: list[str], in_text: list[str]) -> str:
    parts = []
    if in_text:
        parts.append("文字中有" + "、".join(f"“{word}”" for word in in_text[:_MOST_TOLD]))
    if in_name:
        parts.append(f"文件名中有“{in_name[0]}”")
    return "；".join(parts)


def _make_kind(name: str, row: dict[str, object]) -> EvidenceKind:
    def words(field: str) -> tuple[str, ...]:
        listed = row.get(field, [])
        assert isinstance(listed, list)
        return tuple(str(word) for word in listed)

    return EvidenceKind(
        name,
        str(row["name"]),
        Stage(str(row["stage"])),
        ExhibitGroup(str(row["group"])),
        str(row["shows"]),
        str(row["how_to_get"]),
        words("names"),
        words("words"),
        words("hints"),
    )


@cache
def _weights() -> dict[str, int]:
    guess = _data()["guess"]
    assert isinstance(guess, dict)
    return {name: int(value) for name, value in guess.items()}


@cache
def _data() -> dict[str, object]:
    text = resources.files("monitor.reference").joinpath("evidence_kinds.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
