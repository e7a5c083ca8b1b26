"""Numbers what a dossier rests on: captures, lookups and evidence items, each with its place in the custody log.

Takes ids in the order they are met, reads the archive, gives the list; an id that the archive does not hold is left
out and named by the caller.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from monitor.dossier.model import Proof
from storage.captures import get_capture
from storage.errors import NotInArchive
from storage.evidence import load_evidence
from storage.lookups import get_lookup

if TYPE_CHECKING:
    from storage.archive import Archive

MOST = 400
_KINDS = {"dns": "域名解析查询", "rdap": "注册数据查询（RDAP）", "whois": "注册数据查询（WHOIS）", "tls": "证书查询",
          "http": "网页应答查询"}  # fmt: skip
_OUTCOMES = {"complete": "完整", "partial": "部分", "blocked": "受阻", "failed": "未打开"}


def list_proofs(archive: Archive, ids: Iterable[str]) -> tuple[tuple[Proof, ...], int]:
    """The items with these ids, numbered from 1, and how many could not be found or were too many."""
    found: list[Proof] = []
    left = 0
    for wanted in dict.fromkeys(one for one in ids if one):
        if len(found) == MOST:
            left += 1
            continue
        item = _read(archive, wanted, len(found) + 1)
        if item is None:
            left += 1
        else:
            found.append(item)
    return tuple(found), left


def _read(archive: Archive, wanted: str, number: int) -> Proof | None:
    with archive.database.reading() as session:
        try:
            capture = get_capture(session, wanted)
        except NotInArchive:
            pass
        else:
            said = _OUTCOMES.get(capture.outcome.value, capture.outcome.value)
            said += f"（{capture.reason}）" if capture.reason else ""
            return Proof(
                number, capture.id, "capture", capture.final_url or capture.page.url, capture.seen_at, said,
                capture.log_index, capture.warc,
            )  # fmt: skip
        try:
            lookup = get_lookup(session, wanted)
        except NotInArchive:
            lookup = None
    if lookup is not None:
        said = f"{_KINDS.get(lookup.kind.value, lookup.kind.value)}，{lookup.server}：{lookup.outcome}"
        if not lookup.evidence:
            return Proof(number, lookup.id, "lookup", lookup.domain, lookup.asked_at, said, None, "")
        kept = load_evidence(archive, lookup.evidence)
        return Proof(
            number, lookup.id, "lookup", lookup.domain, lookup.asked_at, said, kept.log_index, kept.object
        )  # fmt: skip
    try:
        item = load_evidence(archive, wanted)
    except NotInArchive:
        return None
    return Proof(number, item.id, "evidence", item.name, item.kept_at, item.note, item.log_index, item.object)
