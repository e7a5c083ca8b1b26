"""The contacts that a platform's sites show: leads to follow, never a respondent. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from monitor.operators.subjects import is_usable
from storage.identity import Statement

_CONTACT_KINDS = ("qq", "qq_group", "wechat", "mobile", "tel400", "telegram", "email")
_MOST_CONTACTS = 30


@dataclass(frozen=True)
class Contact:
    """A contact that the sites show: a lead to follow, never a respondent."""

    kind: str
    value: str
    sites: tuple[str, ...]
    first_seen: datetime
    last_seen: datetime


def list_contacts(statements: Iterable[Statement]) -> tuple[Contact, ...]:
    """The contacts of usable statements: those on most sites first, no more than 30."""
    seen: dict[tuple[str, str], list[Statement]] = {}
    for one in statements:
        if one.kind in _CONTACT_KINDS and is_usable(one):
            seen.setdefault((one.kind, one.value), []).append(one)
    contacts = [
        Contact(
            kind,
            value,
            tuple(dict.fromkeys(one.site for one in ones))[:20],
            min(one.first_seen for one in ones),
            max(one.last_seen for one in ones),
        )
        for (kind, value), ones in seen.items()
    ]
    contacts.sort(key=lambda one: (-len(one.sites), _CONTACT_KINDS.index(one.kind), one.value))
    return tuple(contacts[:_MOST_CONTACTS])
