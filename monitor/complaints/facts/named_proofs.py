"""When the captures and evidence items that a buyer names came about, and which of them are not in the archive.

Takes an open session and the facts. A capture came about when it was seen; an item when the buyer says, else at the
earliest time that its file states; an item of which neither is known has no moment here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from storage.captures import get_capture
from storage.case import Case, CaseItem, Facts
from storage.case_items import list_items
from storage.errors import NotInArchive
from storage.lookups import key_of_evidence

if TYPE_CHECKING:
    from storage.session import Session


@dataclass(frozen=True)
class NamedProofs:
    """`seen` by id, and the names that lead nowhere."""

    seen: Mapping[str, datetime]
    unknown: tuple[str, ...] = ()

    @property
    def doubts(self) -> tuple[str, ...]:
        """A Chinese sentence for each name that leads nowhere."""
        return tuple(
            f"“{name[:60]}”不是本机存档（c-…）或证据（e-…、i-…）的编号：先放进来再写编号" for name in self.unknown
        )

    def without_unknown(self, facts: Facts) -> Facts:
        """The facts without the names that lead nowhere: those prove nothing."""
        advert = "" if facts.advert_relied_on in self.unknown else facts.advert_relied_on
        others = tuple(one for one in facts.fraud_evidence if one not in self.unknown)
        return replace(facts, advert_relied_on=advert, fraud_evidence=others)


def look_up_named(session: Session, facts: Facts, case: Case | None = None) -> NamedProofs:
    """The moments of what `advert_relied_on` and `fraud_evidence` name; `case` is where its items are looked for."""
    seen: dict[str, datetime] = {}
    unknown: list[str] = []
    items = list_items(session, case.id) if case is not None else ()
    for name in dict.fromkeys(one for one in (facts.advert_relied_on, *facts.fraud_evidence) if one):
        item = next((one for one in items if name in (one.id, one.evidence)), None)
        if item is not None:
            moment = _moment_of(item)
            if moment is not None:
                seen[name] = moment
        elif not _find(session, name, seen):
            unknown.append(name)
    return NamedProofs(seen, tuple(unknown))


def _moment_of(item: CaseItem) -> datetime | None:
    return item.said_at or min((found.at for found in item.times), default=None)


def _find(session: Session, name: str, seen: dict[str, datetime]) -> bool:
    try:
        if name.startswith("c-"):
            seen[name] = get_capture(session, name).seen_at
        else:
            key_of_evidence(session, name)
    except NotInArchive:
        return False
    return True
