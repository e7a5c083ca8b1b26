"""Where a complaint to the platform goes: the contacts that its own pages showed, the newest first. Pure.

Takes a case file. A contact that only stood in a picture (OCR) is marked: look at it before you type it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.complaints.model import CaseFile
from scrapers.model import FactKind, Source

KINDS = {
    "qq": "QQ", "qq_group": "QQ群", "group": "群", "wechat": "微信", "phone": "电话", "mobile": "手机",
    "tel400": "400电话", "telegram": "Telegram", "email": "邮箱",
}  # fmt: skip
MOST = 6


@dataclass(frozen=True)
class SendHere:
    """One contact: its kind in Chinese, its value, where and when it was last shown, the capture that shows it."""

    kind: str
    value: str
    where: str
    seen_at: datetime
    capture: str = ""
    read_in_picture: bool = False


def find_contacts(file: CaseFile) -> tuple[SendHere, ...]:
    """The contacts of the newest versions of the pages, then those that the sites' statements hold."""
    found: dict[tuple[str, str], SendHere] = {}
    for page in file.pages:
        seen = page.newest or page.after or page.before
        if seen is None:
            continue
        for fact in seen.reading.facts:
            if fact.kind is FactKind.CONTACT and fact.value and fact.source is not Source.HIDDEN:
                made = SendHere(
                    KINDS.get(fact.qualifier, fact.qualifier or "联系方式"),
                    fact.value,
                    seen.url,
                    seen.seen_at,
                    seen.capture,
                    fact.source is Source.IMAGE,
                )
                found.setdefault((fact.qualifier, fact.value), made)
    if file.who is not None:
        for one in file.who.answer.contacts:
            made = SendHere(KINDS.get(one.kind, one.kind), one.value, "、".join(one.sites[:2]), one.last_seen)
            if not any(value == one.value for _, value in found):
                found[one.kind, one.value] = made
    return tuple(sorted(found.values(), key=lambda one: (one.read_in_picture, -one.seen_at.timestamp()))[:MOST])
