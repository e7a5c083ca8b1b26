"""Masks natural persons and contacts in an answer about respondents, wherever in it they stand.

Takes data or text and the answer it was made of, gives the same with names, accounts and contacts of persons masked.
Firms, their numbers and filing numbers stay: they are public. An address that is no firm's own is cut to its
district, and mail addresses are masked wherever they stand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar, cast

from monitor.operators.addresses import find_division_in
from monitor.operators.subject_names import SubjectKind, mask_mails, mask_name, mask_value
from monitor.operators.subjects import Subject
from monitor.operators.who import WhoAnswer, subjects_of

Data = TypeVar("Data")
_SHORTEST = 2
_PRIVATE_KINDS = (SubjectKind.PERSON, SubjectKind.NAME, SubjectKind.ACCOUNT)


def mask_data(data: Data, answer: WhoAnswer) -> Data:
    """The data with every private text in it masked."""
    hidden = list_private(answer)
    if not hidden:
        return cast(Data, _walk(data, mask_mails))
    ordered = sorted(hidden, key=len, reverse=True)
    # a number is masked only where it stands alone, so that no longer number is broken by it
    pattern = re.compile(
        "|".join(
            rf"(?<![0-9A-Za-z]){re.escape(one)}(?![0-9A-Za-z])" if one.isascii() else re.escape(one) for one in ordered
        )
    )

    def mask(text: str) -> str:
        return mask_mails(pattern.sub(lambda match: hidden[match[0]], text))

    return cast(Data, _walk(data, mask))


def list_private(answer: WhoAnswer) -> dict[str, str]:
    """Each private text of an answer with what is shown in its place."""
    hidden: dict[str, str] = {}
    for subject in subjects_of(answer.answer):
        if subject.kind not in _PRIVATE_KINDS:
            continue
        for name in (subject.name, *subject.other_names):
            masked = mask_name(name, subject.kind)
            if len(name) >= _SHORTEST and masked != name:
                hidden[name] = masked
        for row in subject.rows:
            masked = mask_value(row.kind, row.value)
            if masked != row.value:
                hidden[row.value] = masked
    firms = list_firm_addresses(answer)
    for subject in subjects_of(answer.answer):
        shown = [row.value for row in subject.rows if row.kind == "address"]
        for address in (*shown, *(one.text for one in subject.addresses)):
            if address not in firms:
                hidden[address] = cut_address(address)
    for contact in answer.answer.contacts:
        hidden[contact.value] = mask_value(contact.kind, contact.value)
    return {raw: shown for raw, shown in hidden.items() if raw and raw != shown}


def list_firm_addresses(answer: WhoAnswer) -> frozenset[str]:
    """The addresses of firms, which are public; whose home the others are is not known."""
    firms = [one for one in subjects_of(answer.answer) if _is_firm(one)]
    return frozenset(address.text for one in firms for address in one.addresses)


def cut_address(address: str) -> str:
    """An address down to its district."""
    found = find_division_in(address).division
    return f"{found.name if found else ''}****"


def _is_firm(subject: Subject) -> bool:
    """A company, or a trader who is in the register: a shop's name alone may be anybody's at home."""
    return subject.kind is SubjectKind.COMPANY or (subject.kind is SubjectKind.TRADER and bool(subject.uscc))


def _walk(data: object, mask: Callable[[str], str]) -> object:
    if isinstance(data, str):
        return mask(str(data)) if type(data) is str else data
    if isinstance(data, Mapping):
        return {key: _walk(value, mask) for key, value in data.items()}
    if isinstance(data, Sequence):
        return [_walk(value, mask) for value in data]
    return data
