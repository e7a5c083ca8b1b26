"""Masks natural persons and contacts in an answer about respondents, wherever in it they stand.

Takes data or text and the answer it was made of, gives the same with names, accounts and contacts of persons masked.
Firms, their numbers and filing numbers stay: they are public. A person's address is cut to its district.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TypeVar, cast

from monitor.operators.addresses import find_division_in
from monitor.operators.subject_names import SubjectKind, mask_name, mask_value
from monitor.operators.who import WhoAnswer, subjects_of

Data = TypeVar("Data")
_SHORTEST = 2
_PRIVATE_KINDS = (SubjectKind.PERSON, SubjectKind.NAME, SubjectKind.ACCOUNT)


def mask_data(data: Data, answer: WhoAnswer) -> Data:
    """The data with every private text in it masked."""
    hidden = list_private(answer)
    if not hidden:
        return data
    ordered = sorted(hidden, key=len, reverse=True)
    # a number is masked only where it stands alone, so that no longer number is broken by it
    pattern = re.compile(
        "|".join(
            rf"(?<![0-9A-Za-z]){re.escape(one)}(?![0-9A-Za-z])" if one.isascii() else re.escape(one) for one in ordered
        )
    )
    return cast(Data, _walk(data, partial(pattern.sub, lambda match: hidden[match[0]])))


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
        if subject.kind is SubjectKind.PERSON:
            for address in subject.addresses:
                found = find_division_in(address.text).division
                hidden[address.text] = f"{found.name if found else ''}****"
    for contact in answer.answer.contacts:
        hidden[contact.value] = mask_value(contact.kind, contact.value)
    return {raw: shown for raw, shown in hidden.items() if raw and raw != shown}


def _walk(data: object, mask: partial[str]) -> object:
    if isinstance(data, str):
        return mask(str(data)) if type(data) is str else data
    if isinstance(data, Mapping):
        return {key: _walk(value, mask) for key, value in data.items()}
    if isinstance(data, Sequence):
        return [_walk(value, mask) for value in data]
    return data
