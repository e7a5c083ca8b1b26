"""Numbers what a dossier rests on: captures, lookups and evidence items, each with its place in the custody log.

Takes ids in the order they are met, reads the archive, gives the list; an id that the archive does not hold is left
out and counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.dossier.model import Proof
from scrapers.model import Origin
from storage.captures import get_capture
from storage.custody import read_entry
from storage.errors import NotInArchive
from storage.evidence import load_evidence
from storage.identity import LookupKind
from storage.lookups import get_lookup
from storage.model import TokenKind, TokenStatus
from storage.token_renewals import first_lasting
from storage.tokens import tokens_of_checkpoint

if TYPE_CHECKING:
    from datetime import datetime

    from storage.archive import Archive
    from storage.session import Session

MOST = 600
_KINDS = {
    LookupKind.DNS: "域名解析查询",
    LookupKind.RDAP: "注册数据查询（RDAP）",
    LookupKind.WHOIS: "注册数据查询（WHOIS）",
    LookupKind.TLS: "证书查询",
    LookupKind.HTTP: "网页应答查询",
}
_CAPTURED = {"complete": "完整取得", "partial": "部分取得", "blocked": "访问受阻", "failed": "未能打开"}
_ANSWERED = {
    "ok": "有答复",
    "no_such_name": "答复查无此名",
    "refused": "被拒绝",
    "timeout": "超时，没有答复",
    "server_failure": "对方服务器故障",
    "not_supported": "对方不支持",
    "offline": "本机不能联网",
    "error": "出错，没有可用的答复",
}


def list_proofs(archive: Archive, ids: Iterable[str], at: datetime) -> tuple[tuple[Proof, ...], int]:
    """The items with these ids, numbered from 1, and how many could not be found or were too many."""
    found: list[Proof] = []
    left = 0
    for wanted in dict.fromkeys(one for one in ids if one):
        item = _read(archive, wanted) if len(found) < MOST else None
        if item is None:
            left += 1
        else:
            found.append(replace(item, number=len(found) + 1))
    with archive.database.reading() as session:
        stamps: dict[int, tuple[datetime, str] | None] = {}
        return tuple(_with_stamp(session, one, at, stamps) for one in found), left


def _read(archive: Archive, wanted: str) -> Proof | None:
    with archive.database.reading() as session:
        try:
            capture = get_capture(session, wanted)
        except NotInArchive:
            pass
        else:
            said = _CAPTURED.get(capture.outcome.value, capture.outcome.value)
            said += f"（{capture.reason}）" if capture.reason else ""
            if capture.origin is not Origin.OWN:
                said = f"他人制作的文件，来源和时间只是其自称；{said}"
            about = capture.final_url or capture.page.url
            return Proof(0, capture.id, "capture", about, capture.seen_at, said, capture.log_index, capture.warc)
        try:
            lookup = get_lookup(session, wanted)
        except NotInArchive:
            lookup = None
    if lookup is not None:
        said = f"{_KINDS[lookup.kind]}，问 {lookup.server}，{_ANSWERED.get(lookup.outcome, lookup.outcome)}"
        proof = Proof(0, lookup.id, "lookup", lookup.domain, lookup.asked_at, said, None, "")
        if not lookup.evidence:
            return proof
        kept = load_evidence(archive, lookup.evidence)
        return replace(proof, log_index=kept.log_index, sha256=kept.object, sealed_at=kept.kept_at)
    try:
        item = load_evidence(archive, wanted)
    except NotInArchive:
        return None
    name = item.name or "（内容已销毁，只余封存记录）"
    return Proof(
        0,
        item.id,
        "evidence",
        name,
        item.kept_at,
        f"使用人提供；{item.note}".rstrip("；"),
        item.log_index,
        item.object,
        item.kept_at,
    )


def _with_stamp(session: Session, proof: Proof, at: datetime, stamps: dict[int, tuple[datetime, str] | None]) -> Proof:
    """The item with when it entered the log, and the earliest time of an authority over that place."""
    if proof.log_index is None:
        return proof
    if proof.log_index not in stamps:
        stamps[proof.log_index] = _find_stamp(session, proof.log_index, at)
    sealed = proof.sealed_at or read_entry(session, proof.log_index).at
    stamp = stamps[proof.log_index]
    if stamp is None:
        return replace(proof, sealed_at=sealed)
    return replace(proof, sealed_at=sealed, stamped_at=stamp[0], stamped_by=stamp[1])


def _find_stamp(session: Session, index: int, at: datetime) -> tuple[datetime, str] | None:
    checkpoint = first_lasting(session, index, at)
    if checkpoint is None:
        return None
    held = [
        (one.stamped_at, one.authority)
        for one in tokens_of_checkpoint(session, checkpoint)
        if one.status is TokenStatus.HELD and one.stamped_at is not None and one.renews is None
        and one.kind in (TokenKind.RFC3161, TokenKind.OPENTIMESTAMPS)
    ]  # fmt: skip
    return min(held) if held else None
