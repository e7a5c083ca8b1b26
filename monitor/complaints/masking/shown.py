"""How a masked thing is shown: enough that its owner knows which one it is, not enough to use it.

Takes what stood there, gives what stands there instead. The middle is always four asterisks, whatever its length.
"""

from __future__ import annotations

import re

from monitor.complaints.masking.spans import MARK
from monitor.operators.subject_names import SubjectKind, mask_name

_SEPARATORS = re.compile(r"[\s\-_.·/|\\~,]+")
_GAPS = re.compile(r"[\s\-.·/|\\~,]+")
_DISTRICT = re.compile(
    r"^(?:.{2,8}?(?:省|自治区|特别行政区))?(?:.{2,8}?(?:市|自治州|地区|盟))?(?:.{1,8}?(?:区|县|旗|市))?"
)
_FEW, _ENOUGH, _DIGITS = 8, 13, 16


def show_key(value: str) -> str:
    """First and last four signs; two of at most 12 signs and of at most 15 digits, one of at most eight."""
    signs = _SEPARATORS.sub("", value)
    if len(signs) < 4:
        return MARK
    if len(signs) <= _FEW:
        return f"{signs[0]}{MARK}{signs[-1]}"
    few = len(signs) < (_DIGITS if signs.isdigit() else _ENOUGH)
    kept = 2 if few else 4
    plain = _GAPS.sub("", value)  # "_" is a sign that shows, but hides nothing
    return f"{plain[:kept]}{MARK}{plain[-kept:]}"


def show_folded(first: str, rest: str) -> str:
    """Of a secret on two lines the outer signs, as few as if each line were a secret of its own."""
    return f"{show_key(first).partition(MARK)[0]}{MARK}{show_key(rest).rpartition(MARK)[2]}"


def show_number(value: str, first: int, last: int) -> str:
    """So many first and last signs of a number."""
    signs = _SEPARATORS.sub("", value)
    if len(signs) <= first + last:
        return MARK
    return f"{signs[:first]}{MARK}{signs[len(signs) - last :] if last else ''}"


def show_phone(value: str) -> str:
    """Three first and four last digits, as is usual."""
    digits = re.sub(r"\D", "", value)
    return show_number(digits if digits[:1] == "0" else digits[-11:], 3, 4)


def show_mail(value: str) -> str:
    """One sign of the box, and the host."""
    box, _, host = value.partition("@")
    return f"{box[:1]}{MARK}@{host}"


def show_account(value: str) -> str:
    """First and last sign, two of longer ones."""
    kept = 1 if len(value) <= _FEW else 2
    return show_number(value, kept, kept)


def show_person(name: str) -> str:
    """The family name, and an asterisk for each further sign."""
    return mask_name(name, SubjectKind.PERSON)


def show_address(address: str) -> str:
    """The address down to its district."""
    found = _DISTRICT.match(address)
    return f"{found[0] if found else ''}{MARK}"
