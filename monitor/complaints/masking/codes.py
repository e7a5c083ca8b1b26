"""Finds short codes and passwords by the few words right before them: PIN, CVV, 密 between two numbers, 改成, 密保.

Takes the reading, gives spans. These are too short, or their words too common, for the labels of key_formats.toml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.complaints.masking.shapes import is_measure
from monitor.complaints.masking.shown import show_account, show_key
from monitor.complaints.masking.spans import Span

_PIN = re.compile(
    r"(?<![0-9A-Za-z])(?:cvv2?|cvc2?|cvn2?|csc|(?:security|access|pin)[ _]?(?:code|number|no\.?)|pin[ ]?[码碼]?"
    r"|安全[码碼])"
    r"[ \t]{0,3}[:=#是为]?[ \t]{0,3}([0-9]{3,8}(?:-[0-9]{3,4})?)(?![0-9A-Za-z.%]|[ \t]?[元块张个位次])",
    re.I,
)
_EXPIRY = re.compile(  # number, month/year, code
    r"(?<=[0-9])(?:[ \t|,/:]|exp|有效期){1,5}(?:0[1-9]|1[0-2])[/-]?(?:20)?[23][0-9][ \t|,/:]{1,3}"
    r"([0-9]{3,4})(?![0-9./])",
    re.I,
)
_FIELD = re.compile(r"[\"'](?:[a-z]{1,12}_)?(?:pass|pw)[\"'][ \t]{0,2}:[ \t]{0,2}[\"']([^\"'\s*]{4,60})[\"']", re.I)
_USER = re.compile(r"[\"']user[\"'][ \t]{0,2}:[ \t]{0,2}[\"']([^\"'\s*@]{4,60})[\"']", re.I)
_CHANGED = re.compile(
    r"(?:密码|口令)[^\n。,;:0-9]{0,16}(?:改|换|设|变|重置)(?:成|为|到|了)了?[ \t:\"'“]{0,3}"
    r"([0-9A-Za-z!@#$%^&*_+=~?.-]{4,40})(?<![.])"
)
_GLUED = re.compile(
    r"(?<![0-9A-Za-z.])(?:([0-9A-Z]{6,24})[ \t,，]{0,2}密(?:码|碼)?[ \t:是为]{0,3}|密(?:码|碼)?[ \t]{0,2})"
    r"([0-9]{4,24})(?![0-9A-Za-z元块位张次年]|[-/.:][0-9])"
)
_ANSWERS = re.compile(
    r"密保(?:问题|答案|资料|信息)?(?:[ \t]?[:=是为]|[ \t]|(?=\n))\n?[^\n。]{0,160}"
    r"|(?:问题|密保)[^\n。]{0,40}答案[^\n。]{0,60}"
)
_ANSWER = re.compile(
    r"答案?(?:[ \t:是为]{1,3}|(?<=案))([^\s,;。:是为]{2,20})"
    r"|(?<![0-9A-Za-z./])((?=[A-Za-z!@#$_.]{0,40}[0-9])[0-9A-Za-z!@#$_.]{3,40})(?![0-9A-Za-z./年月日])"
)
_RANK = 3


def find_codes(text: str) -> Iterator[Span]:
    """Spans of PINs, security codes, what a password was changed to, a number and 密 in one breath, and answers."""
    for pattern in (_PIN, _EXPIRY, _FIELD):
        for match in pattern.finditer(text):
            yield _password(match.start(1), match[1])
    for match in _USER.finditer(text):
        yield Span(*match.span(1), "account", show_account(match[1]), _RANK)
    for match in _CHANGED.finditer(text):
        if any(sign.isdigit() or sign.isupper() for sign in match[1]):
            yield _password(match.start(1), match[1])
    for match in _GLUED.finditer(text):
        for group in (1, 2):
            if match[group] and any(sign.isdigit() for sign in match[group]):
                yield Span(*match.span(group), "card_key", show_key(match[group]), _RANK)
    for line in _ANSWERS.finditer(text):
        for match in _ANSWER.finditer(line[0]):
            group = 1 if match[1] else 2
            if not is_measure(match[group]) and "***" not in match[group]:
                yield _password(line.start() + match.start(group), match[group])


def _password(begin: int, word: str) -> Span:
    return Span(begin, begin + len(word), "password", show_key(word), _RANK)
