"""Time tokens of checkpoints: the queue of those still to be had, and those that are held. Rows are never taken back.

A row begins `pending` without data, and becomes `held` or `refused` once. A pending row with a `next_try_at` is in the
queue; one without is not asked for any more, and `trouble` says why (a later checkpoint covers it). A pending row with
data is an OpenTimestamps proof that Bitcoin has not confirmed; its upgrade is a row of its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from storage.checkpoints import checkpoint_of
from storage.errors import ArchiveError, NotInArchive
from storage.model import Checkpoint, TimeToken, TokenKind, TokenStatus
from storage.tables import CheckpointRow, TokenRow

LONGEST_WAIT = timedelta(days=2)
_MOST = 100_000


def request_token(
    session: Session,
    checkpoint: Checkpoint,
    kind: TokenKind,
    authority: str,
    at: datetime,
    *,
    renews: TimeToken | None = None,
) -> int:
    """Put a token into the queue, due at once; its imprint is the checkpoint's, or that of the token it renews.

    Gives the row's key. Raises NotInArchive for a checkpoint that is not kept.
    """
    if renews is not None and renews.data is None:
        raise ArchiveError(f"token {renews.key} holds no bytes that could be stamped again")
    row = TokenRow(
        checkpoint_key=_checkpoint_key(session, checkpoint),
        renews_key=renews.key if renews else None,
        kind=kind,
        authority=authority,
        status=TokenStatus.PENDING,
        imprint=hashlib.sha256(renews.data).hexdigest() if renews and renews.data else checkpoint.digest,
        asked_at=at,
        tries=0,
        next_try_at=at,
        trouble="",
    )
    session.add(row)
    session.flush()
    assert row.key is not None
    return row.key


def claim_tokens(
    session: Session, keys: Collection[int], at: datetime, *, hold: timedelta, early: bool = False
) -> tuple[TimeToken, ...]:
    """Take those of the rows that are due now (`early`: that wait at all), so that no other process asks too.

    They are due again after `hold`, should this process be killed before it says what came of them.
    """
    query = select(TokenRow).where(
        col(TokenRow.key).in_(keys),
        TokenRow.status == TokenStatus.PENDING,
        col(TokenRow.next_try_at).is_not(None),
    )
    if not early:  # what is to wait for longer than anything waits was put off by a clock that ran ahead
        query = query.where((col(TokenRow.next_try_at) <= at) | (col(TokenRow.next_try_at) > at + LONGEST_WAIT))
    rows = session.exec(query.order_by(col(TokenRow.key))).all()
    for row in rows:
        row.next_try_at, row.asked_at, row.tries = at + hold, at, row.tries + 1
        session.add(row)
    session.flush()
    return _values(session, rows)


def hold_token(session: Session, key: int, data: bytes, *, stamped_at: datetime, expires_at: datetime | None) -> None:
    """Keep a token that was checked. A row that has bytes already is never written again."""
    row = _pending_row(session, key)
    row.status, row.data, row.stamped_at, row.expires_at = TokenStatus.HELD, data, stamped_at, expires_at
    row.next_try_at, row.trouble = None, ""
    session.add(row)
    session.flush()


def keep_pending_proof(session: Session, key: int, data: bytes, *, next_try_at: datetime) -> None:
    """Keep a proof that its calendar has still to carry into Bitcoin."""
    row = _pending_row(session, key)
    row.data, row.tries, row.next_try_at, row.trouble = data, 0, next_try_at, ""
    session.add(row)
    session.flush()


def upgrade_token(session: Session, key: int, data: bytes, at: datetime, *, stamped_at: datetime | None) -> int:
    """Keep the confirmed form of a pending proof as a row of its own; gives the new key. The old bytes stay."""
    row = session.get(TokenRow, key)
    if row is None or row.data is None or row.status != TokenStatus.PENDING:
        raise ArchiveError(f"token {key} is no pending proof")
    row.next_try_at, row.trouble = None, "upgraded: a later row holds the confirmed proof"
    session.add(row)
    new = TokenRow(
        checkpoint_key=row.checkpoint_key,
        kind=row.kind,
        authority=row.authority,
        status=TokenStatus.HELD,
        imprint=row.imprint,
        data=data,
        stamped_at=stamped_at,
        asked_at=at,
        tries=1,
        trouble="",
    )
    session.add(new)
    session.flush()
    assert new.key is not None
    return new.key


def refuse_token(session: Session, key: int, trouble: str) -> None:
    """End a request whose answer was wrong for good; the reason is kept."""
    row = _pending_row(session, key)
    row.status, row.next_try_at, row.trouble = TokenStatus.REFUSED, None, trouble
    session.add(row)
    session.flush()


def postpone_token(session: Session, key: int, trouble: str, *, next_try_at: datetime | None) -> None:
    """Say why there is no token yet and when it is asked for again (None: never, the queue leaves it out)."""
    row = session.get(TokenRow, key)
    if row is None or row.status != TokenStatus.PENDING:
        raise ArchiveError(f"token {key} is not waited for")
    row.next_try_at, row.trouble = next_try_at, trouble
    session.add(row)
    session.flush()


def queued_tokens(session: Session) -> tuple[TimeToken, ...]:
    """Give everything that is still to be asked for, oldest checkpoint first."""
    return _select(session, TokenRow.status == TokenStatus.PENDING, col(TokenRow.next_try_at).is_not(None))


def tokens_of_checkpoint(session: Session, checkpoint: Checkpoint) -> tuple[TimeToken, ...]:
    """Give all tokens of a checkpoint, renewals and upgrades among them, in the order in which they were asked for."""
    return _select(session, TokenRow.checkpoint_key == _checkpoint_key(session, checkpoint))


def newest_held(session: Session, authority: str = "") -> TimeToken | None:
    """Give the token of an authority that states the latest time; of any authority where none is named."""
    wanted = [TokenRow.status == TokenStatus.HELD]
    if authority:
        wanted.append(TokenRow.authority == authority)
    query = select(TokenRow).where(*wanted).order_by(col(TokenRow.stamped_at).desc(), col(TokenRow.key).desc()).limit(1)
    found = _values(session, session.exec(query).all())
    return found[0] if found else None


def newest_tokens(session: Session, limit: int) -> tuple[TimeToken, ...]:
    """Give the rows with bytes that were made last."""
    query = select(TokenRow).where(col(TokenRow.data).is_not(None)).order_by(col(TokenRow.key).desc()).limit(limit)
    return _values(session, session.exec(query).all())


def first_stamped(session: Session, index: int) -> Checkpoint | None:
    """Give the earliest checkpoint that covers an entry of the log and has a token; RFC 3161 before OpenTimestamps."""
    query = (
        select(CheckpointRow)
        .join(TokenRow, col(TokenRow.checkpoint_key) == CheckpointRow.key)
        .where(CheckpointRow.size > index, TokenRow.status == TokenStatus.HELD)
        .order_by(col(CheckpointRow.size), col(CheckpointRow.key))
        .limit(1)
    )
    for kind in (TokenKind.RFC3161, TokenKind.OPENTIMESTAMPS):
        row = session.exec(query.where(TokenRow.kind == kind)).first()
        if row is not None:
            return checkpoint_of(row)
    return None


def get_token(session: Session, key: int) -> TimeToken:
    """Give one token. Raises NotInArchive."""
    row = session.get(TokenRow, key)
    if row is None:
        raise NotInArchive(f"no token {key} in the archive")
    return _values(session, [row])[0]


def _select(session: Session, *conditions: object) -> tuple[TimeToken, ...]:
    query = (
        select(TokenRow, CheckpointRow)
        .join(CheckpointRow, col(CheckpointRow.key) == TokenRow.checkpoint_key)
        .where(*conditions)  # type: ignore[arg-type]
        .order_by(col(CheckpointRow.key), col(TokenRow.key))
        .limit(_MOST)
    )
    return tuple(_token(row, checkpoint_of(checkpoint)) for row, checkpoint in session.exec(query).all())


def _values(session: Session, rows: Collection[TokenRow]) -> tuple[TimeToken, ...]:
    return tuple(_token(row, checkpoint_of(_require_checkpoint(session, row.checkpoint_key))) for row in rows)


def _require_checkpoint(session: Session, key: int) -> CheckpointRow:
    row = session.get(CheckpointRow, key)
    assert row is not None  # a foreign key holds it
    return row


def _checkpoint_key(session: Session, checkpoint: Checkpoint) -> int:
    query = select(CheckpointRow.key).where(
        CheckpointRow.epoch == checkpoint.epoch, CheckpointRow.size == checkpoint.size
    )
    key = session.exec(query).first()
    if key is None:
        raise NotInArchive(f"no checkpoint {checkpoint.epoch}-{checkpoint.size} in the archive")
    return key


def _pending_row(session: Session, key: int) -> TokenRow:
    row = session.get(TokenRow, key)
    if row is None:
        raise NotInArchive(f"no token {key} in the archive")
    if row.status != TokenStatus.PENDING or row.data is not None:
        raise ArchiveError(f"token {key} is {row.status} already; a token is never overwritten")
    return row


def _token(row: TokenRow, checkpoint: Checkpoint) -> TimeToken:
    assert row.key is not None
    return TimeToken(
        key=row.key,
        checkpoint=checkpoint,
        renews=row.renews_key,
        kind=TokenKind(row.kind),
        authority=row.authority,
        status=TokenStatus(row.status),
        imprint=row.imprint,
        data=row.data,
        stamped_at=row.stamped_at,
        expires_at=row.expires_at,
        asked_at=row.asked_at,
        tries=row.tries,
        next_try_at=row.next_try_at,
        trouble=row.trouble,
    )
