"""Finds accounts with their passwords as shops hand them out: 账号----密码, account:password, mail|password.

Takes the reading and what labels call something else, gives spans of accounts, passwords and mail addresses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from monitor.complaints.masking.codes import find_codes
from monitor.complaints.masking.goods import find_goods
from monitor.complaints.masking.shapes import is_dated, is_kept_shape, is_measure, is_secret
from monitor.complaints.masking.shown import show_account, show_key, show_mail
from monitor.complaints.masking.spans import Span

_VALUE = re.compile(r"(?:(?!-{2,}|https?:/)[0-9A-Za-z!@#$%^&*_+=~?./\\-]){3,160}")
_DASHED = re.compile(r"[^\s\-][^\n]{0,200}?-{3,10}[^\n]{1,600}")
_FIELDS = re.compile(r"-{3,10}")
_MAIL_AND = re.compile(
    r"([0-9A-Za-z._%+-]{1,64}@[0-9A-Za-z-]{1,63}(?:\.[0-9A-Za-z-]{1,63}){0,4}\.[A-Za-z]{2,12})"
    r"[ \t]{0,4}(?:[:|,/;]|-{2,8}|[ \t])[ \t]{0,4}(?=[0-9A-Za-z])"
)
_BEFORE = re.compile(
    r"(?<![0-9A-Za-z._-])([0-9A-Za-z]{6,40})(?=[ \t]{0,4}[,;|/]?[ \t]{0,4}(?:密码|卡密|密|pwd|password|pass"
    r"|pin)[ \t]{0,2}[:=])",
    re.I,
)
_PAIR = re.compile(r"(?m)^[ \t]{0,8}([0-9A-Za-z][0-9A-Za-z_.@-]{2,40}):([^\s:/|]{5,60})[ \t]{0,8}$")
_PAIR_NOT = re.compile(r"(?:[a-z]+[-_])*[a-z]+|v?[0-9.]+|[0-9]{1,2}", re.I)
_SAID = re.compile(
    r"(卡(?:[一二三四五六七八九十]|[0-9]{1,2}(?=[ \t:]))?号?|(?<![单编间群型水柜工批运税证])[账帐]?号"
    r"|[账帐]户?|(?<![0-9A-Za-z])(?:id|acc|user)|登录名|用户名)[ \t:是为]{0,3}([0-9A-Za-z][0-9A-Za-z_.@-]{3,63})"
    r"[ \t,;，/|\n]{0,3}(?:登录|登陆)?(?:密码?|(?<![0-9A-Za-z])(?:pw|pwd|pass(?:word)?|mm))[ \t:是为]{0,3}"
    r"([0-9A-Za-z!@#$%^&*_+=~?.-]{4,63})",
    re.I,
)


def find_accounts(text: str, kept: Sequence[tuple[int, int]]) -> Iterator[Span]:
    """Spans of what is handed out in lines and pairs, and of a number right before the word for its password."""
    yield from _dashed(text)
    yield from _after_mail(text)
    yield from _before_password(text, kept)
    yield from _paired(text)
    yield from _in_a_breath(text)
    yield from find_codes(text)
    yield from find_goods(text)


def _dashed(text: str) -> Iterator[Span]:
    """Lines of accounts as shops hand them out: 账号----密码----邮箱."""
    for match in _DASHED.finditer(text):
        if not _FIELDS.search(match[0]):
            continue
        at = match.start()
        fields: list[tuple[int, int]] = []
        for cut in (*_FIELDS.finditer(text, match.start(), match.end()), None):
            end = cut.start() if cut else match.end()
            fields.append((at, end))
            at = cut.end() if cut else end
        for number, (begin, end) in enumerate(fields):
            words = re.finditer(r"[!-~]{3,200}", text[begin:end])
            parts = [(begin + word.start(), begin + word.end()) for word in words]
            if number == 0:
                parts = parts[-1:]
            elif number < len(fields) - 1 and len(parts) > 1:
                parts = [] if re.search(r"[\u4e00-\u9fff]", text[begin:end]) else parts
            for left, right in parts:
                word = text[left:right].strip("\"'`,;:|()[]{}<>=")
                left += text[left:right].find(word) if word else 0
                if not word or is_measure(word) or "://" in word or "***" in word or not any(s.isalnum() for s in word):
                    continue
                if re.search(r"[\u4e00-\u9fff]", text[begin:end]) and not is_secret(
                    word, "key", said=False, listed=True
                ):
                    continue
                kind = (
                    "email"
                    if "@" in word and "." in word.partition("@")[2]
                    else "account"
                    if number == 0
                    else "password"
                )
                shown = show_mail(word) if kind == "email" else show_key(word)
                yield Span(left, left + len(word), kind, shown)


def _after_mail(text: str) -> Iterator[Span]:
    """What stands behind a mail address and a separator: its password."""
    for match in _MAIL_AND.finditer(text):
        value = _VALUE.match(text, match.end())
        if value and is_secret(
            value[0], "password", said=":" in match[0] or "|" in match[0] or "--" in match[0], listed=True
        ):
            yield Span(value.start(), value.end(), "password", show_key(value[0]))


def _paired(text: str) -> Iterator[Span]:
    """Lines of nothing but account:password; one alone only beside a word for accounts."""
    rows = [match for match in _PAIR.finditer(text) if is_secret(match[2], "password", said=True, listed=True)]
    rows = [match for match in rows if not _PAIR_NOT.fullmatch(match[1])]
    for number, match in enumerate(rows):
        near = [other for other in rows[max(0, number - 1) : number + 2] if other is not match]
        beside = any(
            text.count("\n", min(match.end(), other.end()), max(match.start(), other.start())) <= 1 for other in near
        )
        if beside or re.search(r"[账帐]号|account|combo", text[max(0, match.start() - 80) : match.start()], re.I):
            yield Span(*match.span(1), "account", show_account(match[1]))
            yield Span(*match.span(2), "password", show_key(match[2]))


def _in_a_breath(text: str) -> Iterator[Span]:
    """号x密y: an account and its password in one breath."""
    for match in _SAID.finditer(text):
        if any(sign.isdigit() for sign in match[3]) and "***" not in match[0]:
            kind = "card_key" if match[1][0] == "卡" else "email" if "@" in match[2] else "account"
            shows = {"card_key": show_key, "email": show_mail}.get(kind, show_account)
            yield Span(*match.span(2), kind, shows(match[2]), 3)
            end = match.end(3) - (match[3][-1] == ".")
            yield Span(match.start(3), end, "password", show_key(match[3]), 3)


def _before_password(text: str, kept: Sequence[tuple[int, int]]) -> Iterator[Span]:
    """A number directly before the word for its password: the number of the card, or the name of the account."""
    for match in _BEFORE.finditer(text):
        held = any(begin <= match.start() < end for begin, end in kept)
        stays = is_dated(match[1]) if match[1].isdigit() else is_kept_shape(match[1])
        if not held and not stays and any(sign.isdigit() for sign in match[1]):
            yield Span(*match.span(1), "card_key", show_key(match[1]))
