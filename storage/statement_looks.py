"""What the last look at each page stated, so that an equal look moves the statements on without being read again.

Functions take the session first. The digest is the caller's: equal digests promise equal statements.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import bindparam, case
from sqlmodel import Session

from storage.captures import key_of_capture
from storage.columns import clean_text
from storage.identifiers import bound_value, keys_of_identifiers
from storage.identity import Statement
from storage.identity_tables import PageRestatedRow, PageStatementsRow, StatementRow
from storage.pages import key_of_page
from storage.sites import keys_of_sites

_TABLE = StatementRow.metadata.tables["statement"]
_LATER = _TABLE.c.last_seen_at <= bindparam("at", type_=_TABLE.c.last_seen_at.type)
_GO_ON = (
    _TABLE.update()
    .where(
        _TABLE.c.site_key == bindparam("of_site"),
        _TABLE.c.identifier_key == bindparam("of_identifier"),
        _TABLE.c.place == bindparam("of_place"),
        _TABLE.c.claimed.is_(False),
    )
    .values(
        times=_TABLE.c.times + 1,
        last_capture_key=case((_LATER, bindparam("capture")), else_=_TABLE.c.last_capture_key),
        last_lookup_key=case((_LATER, None), else_=_TABLE.c.last_lookup_key),
        last_seen_at=case((_LATER, bindparam("at", type_=_TABLE.c.last_seen_at.type)), else_=_TABLE.c.last_seen_at),
    )
)


def go_on_as_before(session: Session, page_id: str, digest: str, at: datetime, capture: str) -> bool:
    """Move the statements of the last look at a page on to this capture if it was equal; says whether it was."""
    row = session.get(PageStatementsRow, key_of_page(session, page_id))
    if row is None or row.digest != digest:
        return False
    key = key_of_capture(session, capture)
    moves = [
        {"of_site": site, "of_identifier": identifier, "of_place": place, "at": at, "capture": key}
        for site, identifier, place in row.statements
    ]
    if moves:
        session.connection().execute(_GO_ON, moves)
    return True


def keep_look(session: Session, page_id: str, digest: str, statements: Iterable[Statement]) -> None:
    """Remember what a look at a page stated, in the place of the look before. The statements must be noted."""
    told = tuple(statements)
    sites = keys_of_sites(session, (clean_text(one.site) for one in told))
    values = keys_of_identifiers(session, ((one.kind, one.value) for one in told))
    stated = {(sites[clean_text(one.site)], values[one.kind, bound_value(one.value)], one.place) for one in told}
    page_key = key_of_page(session, page_id)
    row = session.get(PageStatementsRow, page_key)
    if row is None:
        row = PageStatementsRow(page_key=page_key, digest=digest, statements=[])
    row.digest = digest
    row.statements = [list(place) for place in sorted(stated)]
    session.add(row)
    session.flush()


def forget_look(session: Session, page_id: str) -> None:
    """Let a page be read again at its next visit."""
    row = session.get(PageStatementsRow, key_of_page(session, page_id))
    if row is not None:
        session.delete(row)
        session.flush()


def is_restated(session: Session, page_id: str, readers: str) -> bool:
    """Whether the statements of all captures of a page were made anew by these readers."""
    row = session.get(PageRestatedRow, key_of_page(session, page_id))
    return row is not None and row.readers == readers


def note_restated(session: Session, page_id: str, readers: str) -> None:
    """Note that they were."""
    page_key = key_of_page(session, page_id)
    row = session.get(PageRestatedRow, page_key) or PageRestatedRow(page_key=page_key, readers=readers)
    row.readers = readers
    session.add(row)
    session.flush()
