"""The evidence items of cases: kept, listed, changed, taken out. Their bytes are evidence of the custody log.

Functions take the session first. What is taken out of a case stays with the moment; the sealed original is untouched.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from storage.case import CaseItem, Stage
from storage.case_json import times_json, times_of
from storage.case_tables import CaseItemRow, CaseRow
from storage.cases import key_of_case, touch_case
from storage.columns import clean_text
from storage.errors import NotInArchive
from storage.lookups import key_of_evidence
from storage.tables import ArtifactRow, EvidenceRow

MOST = 10_000


def keep_item(session: Session, item: CaseItem) -> None:
    """Keep an item of a case; its evidence must be kept before, else NotInArchive."""
    session.add(
        CaseItemRow(
            id=item.id,
            case_key=key_of_case(session, item.case),
            evidence_key=key_of_evidence(session, item.evidence),
            kind=item.kind,
            stage=item.stage.value,
            title=item.title,
            shows=item.shows,
            source=item.source,
            added_at=item.added_at,
            media_type=item.media_type,
            said_at=item.said_at,
            times=times_json(item.times),
            conflicts=[clean_text(one) for one in item.conflicts],
            text=item.text,
            text_source=item.text_source,
            duplicate_of=item.duplicate_of,
            removed_at=item.removed_at,
        )
    )
    session.flush()
    touch_case(session, item.case, item.added_at)


def list_items(session: Session, case_id: str, *, removed: bool = False) -> tuple[CaseItem, ...]:
    """List the items of a case in the order in which they were added; with `removed` also those taken out."""
    query = (
        select(CaseItemRow, CaseRow.id, EvidenceRow.id)
        .join(CaseRow, col(CaseRow.key) == CaseItemRow.case_key)
        .join(EvidenceRow, col(EvidenceRow.key) == CaseItemRow.evidence_key)
        .where(CaseRow.id == case_id)
    )
    if not removed:
        query = query.where(col(CaseItemRow.removed_at).is_(None))
    rows = session.exec(query.order_by(col(CaseItemRow.added_at), col(CaseItemRow.key)).limit(MOST)).all()
    return tuple(_item_of(row, case, evidence) for row, case, evidence in rows)


def find_same_bytes(session: Session, case_id: str, digest: str) -> CaseItem | None:
    """The item of a case whose original has these bytes (their SHA-256); None where there is none."""
    row = session.exec(
        select(CaseItemRow, EvidenceRow.id)
        .join(CaseRow, col(CaseRow.key) == CaseItemRow.case_key)
        .join(EvidenceRow, col(EvidenceRow.key) == CaseItemRow.evidence_key)
        .join(ArtifactRow, col(ArtifactRow.key) == EvidenceRow.object_key)
        .where(CaseRow.id == case_id, col(CaseItemRow.removed_at).is_(None), ArtifactRow.sha256 == digest)
        .order_by(col(CaseItemRow.key))
    ).first()
    return _item_of(row[0], case_id, row[1]) if row else None


def load_item(session: Session, item_id: str) -> CaseItem:
    """Give an item by its id or unique beginning; else NotInArchive."""
    row = _find_row(session, item_id)
    case = session.exec(select(CaseRow.id).where(CaseRow.key == row.case_key)).one()
    evidence = session.exec(select(EvidenceRow.id).where(EvidenceRow.key == row.evidence_key)).one()
    return _item_of(row, case, evidence)


def change_item(session: Session, item: CaseItem, at: datetime) -> None:
    """Put what is said of an item anew: kind, stage, title, what it shows, times, texts. Not its case or evidence."""
    row = _find_row(session, item.id)
    touch_case(session, item.case, at)
    row.kind, row.stage, row.title, row.shows, row.source = (
        item.kind,
        item.stage.value,
        item.title,
        item.shows,
        item.source,
    )
    row.media_type, row.said_at = item.media_type, item.said_at
    row.times, row.conflicts = times_json(item.times), [clean_text(one) for one in item.conflicts]
    row.text, row.text_source, row.duplicate_of = item.text, item.text_source, item.duplicate_of
    session.add(row)
    session.flush()


def remove_item(session: Session, item_id: str, at: datetime) -> CaseItem:
    """Take an item out of its case; it stays in the archive, with the moment. An unknown id raises NotInArchive."""
    row = _find_row(session, item_id)
    if row.removed_at is None:
        row.removed_at = at
        session.add(row)
        session.flush()
        touch_case(session, load_item(session, row.id).case, at)
    return load_item(session, row.id)


def cases_with(session: Session, evidence_id: str) -> tuple[str, ...]:
    """The ids of the cases (not erased) that use an item of evidence: one that was taken out is not used."""
    query = (
        select(CaseRow.id)
        .join(CaseItemRow, col(CaseItemRow.case_key) == CaseRow.key)
        .join(EvidenceRow, col(EvidenceRow.key) == CaseItemRow.evidence_key)
        .where(EvidenceRow.id == evidence_id, col(CaseRow.erased_at).is_(None), col(CaseItemRow.removed_at).is_(None))
        .distinct()
        .order_by(col(CaseRow.id))
    )
    return tuple(session.exec(query).all())


def copies_of(session: Session, evidence_id: str) -> tuple[str, ...]:
    """The ids of the masked copies of an item of evidence that are not erased, copies of copies too, youngest first."""
    found: list[str] = []
    waiting = [evidence_id]
    while waiting and len(found) < MOST:
        original = session.exec(select(EvidenceRow.key).where(EvidenceRow.id == waiting.pop())).first()
        rows = session.exec(select(EvidenceRow).where(EvidenceRow.original_key == original)).all() if original else ()
        waiting += [row.id for row in rows]
        found += [row.id for row in rows if row.erased_at is None]
    return tuple(sorted(found, reverse=True))


def _find_row(session: Session, item_id: str) -> CaseItemRow:
    wanted = item_id.strip()
    rows = session.exec(select(CaseItemRow).where(CaseItemRow.id == wanted)).all()
    if not rows and wanted:
        begins = (col(CaseItemRow.id) >= wanted, col(CaseItemRow.id) < wanted + "\x7f")
        rows = session.exec(select(CaseItemRow).where(*begins).order_by(col(CaseItemRow.id)).limit(6)).all()
    if not rows:
        raise NotInArchive(f"no item {wanted[:80]!r} in any case; `cardwatch case show CASE` lists them")
    if len(rows) > 1:
        names = ", ".join(row.id for row in rows[:5])
        raise NotInArchive(f"several items begin with {wanted[:80]!r}: {names}; give more of the id")
    return rows[0]


def _item_of(row: CaseItemRow, case: str, evidence: str) -> CaseItem:
    return CaseItem(
        row.id,
        case,
        evidence,
        row.kind,
        Stage(row.stage),
        row.title,
        row.shows,
        row.source,
        row.added_at,
        row.media_type,
        row.said_at,
        times_of(row.times),
        tuple(row.conflicts),
        row.text,
        row.text_source,
        row.duplicate_of,
        row.removed_at,
    )
