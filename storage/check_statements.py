"""Checks statements against what proves them: part of storage.check.

A statement of ours names the captures or lookups that saw it first and last, and says their very moments. Those are
bound by the custody log; what they showed is read from them again by `cardwatch reextract`. Only reads.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select as select_columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, and_, col, func, or_

from storage.identity_tables import IdentifierRow, LookupRow, SiteRow, StatementRow
from storage.problems import Problem, ProblemKind
from storage.tables import CaptureRow

MOST_TOLD = 50


def check_statements(session: Session) -> Iterator[Problem]:
    """Give the statements whose proof is missing or of another moment; beyond MOST_TOLD only how many more."""
    firsts, lasts = (aliased(CaptureRow), aliased(LookupRow)), (aliased(CaptureRow), aliased(LookupRow))
    times = [func.coalesce(col(capture.seen_at), col(lookup.asked_at)) for capture, lookup in (firsts, lasts)]
    ends = (col(StatementRow.first_seen_at), col(StatementRow.last_seen_at))
    ill = or_(*(or_(time.is_(None), time != end) for time, end in zip(times, ends, strict=True)))
    query = (
        select_columns(
            *(col(SiteRow.name), col(IdentifierRow.kind), col(IdentifierRow.value)),
            *(or_(time.is_(None)) for time in times),
            func.count().over(),
        )
        .select_from(StatementRow)
        .join(SiteRow, col(SiteRow.key) == StatementRow.site_key)
        .join(IdentifierRow, col(IdentifierRow.key) == StatementRow.identifier_key)
        .outerjoin(firsts[0], col(firsts[0].key) == StatementRow.first_capture_key)
        .outerjoin(firsts[1], col(firsts[1].key) == StatementRow.first_lookup_key)
        .outerjoin(lasts[0], col(lasts[0].key) == StatementRow.last_capture_key)
        .outerjoin(lasts[1], col(lasts[1].key) == StatementRow.last_lookup_key)
        .where(and_(col(StatementRow.claimed).is_(False), ill))
        .order_by(col(StatementRow.site_key), col(StatementRow.identifier_key), col(StatementRow.place))
        .limit(MOST_TOLD)
    )
    count = 0
    for site, kind, value, no_first, no_last, count in session.execute(query):  # noqa: B007 - told after the loop
        why = "names no capture or lookup" if no_first or no_last else "says another moment than the capture or lookup"
        what = f"the statement that {site[:100]} shows {kind} {value[:100]} {why} that proves it"
        yield Problem(ProblemKind.DATABASE, "", "", what)
    if count > MOST_TOLD:
        yield Problem(
            ProblemKind.DATABASE, "", "", f"{count - MOST_TOLD} further statements do not agree with their proof"
        )
