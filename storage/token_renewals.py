"""Which later tokens keep an older one's time: its entry lies in a checkpoint that they stamp (docs/evidence.md).

A token's certificate ends. What it says stands beyond that where a later token shows that it existed by then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from storage.checkpoints import checkpoint_of
from storage.model import Checkpoint, TimeToken, TokenKind, TokenStatus
from storage.tables import CheckpointRow, TokenRow
from storage.token_entries import entry_of_token
from storage.tokens import first_stamped, get_token

_MOST_RENEWALS = 20


@dataclass(frozen=True)
class Renewal:
    """That `token` existed by the time of `by`: its entry `index` lies in the checkpoint that `by` stamps."""

    token: TimeToken
    index: int
    by: TimeToken


def newest_ending(session: Session, at: datetime, soon: datetime) -> TimeToken | None:
    """Give the newest RFC 3161 token that is still good and whose certificate ends before `soon`."""
    query = (
        select(TokenRow.key)
        .where(
            TokenRow.status == TokenStatus.HELD,
            TokenRow.kind == TokenKind.RFC3161,
            col(TokenRow.expires_at) > at,
            col(TokenRow.expires_at) <= soon,
        )
        .order_by(col(TokenRow.key).desc())
        .limit(1)
    )
    key = session.exec(query).first()
    return None if key is None else get_token(session, key)


def outlasts(session: Session, token: TimeToken, moment: datetime) -> bool:
    """Whether a token stands beyond a moment by a later one that seals it."""
    way = find_renewals(session, token)
    return bool(way) and way[-1].by.expires_at is not None and way[-1].by.expires_at > moment


def find_renewals(session: Session, token: TimeToken) -> tuple[Renewal, ...]:
    """Give the way from a token to the one that lasts longest, each sealed by the next while it was still good.

    Empty where no later token lasts longer than this one.
    """
    found: list[Renewal] = []
    while token.expires_at is not None and len(found) < _MOST_RENEWALS:
        index = entry_of_token(session, token.key)
        by = None if index is None else _longest_over(session, index, token.expires_at)
        if index is None or by is None or by.expires_at is None or by.expires_at <= token.expires_at:
            break
        found.append(Renewal(token, index, by))
        token = by
    return tuple(found)


def first_lasting(session: Session, index: int, at: datetime) -> Checkpoint | None:
    """Give the earliest checkpoint over an entry that has a token which still holds: by itself or by later ones.

    Where none does, the earliest that was stamped at all; RFC 3161 before OpenTimestamps.
    """
    query = (
        select(CheckpointRow, TokenRow.key)
        .join(TokenRow, col(TokenRow.checkpoint_key) == CheckpointRow.key)
        .where(CheckpointRow.size > index, TokenRow.status == TokenStatus.HELD, TokenRow.kind == TokenKind.RFC3161)
        .order_by(col(CheckpointRow.size), col(CheckpointRow.key), col(TokenRow.key))
    )
    for row, key in session.exec(query.limit(_MOST_RENEWALS)):
        assert key is not None
        token = get_token(session, key)
        if token.expires_at is None or token.expires_at > at or outlasts(session, token, at):
            return checkpoint_of(row)
    lasting = session.exec(query.where(col(TokenRow.expires_at) > at).limit(1)).first()
    return checkpoint_of(lasting[0]) if lasting is not None else first_stamped(session, index)


def _longest_over(session: Session, index: int, before: datetime) -> TimeToken | None:
    """Of the tokens over checkpoints that hold an entry, made before a moment: the one that lasts longest."""
    query = (
        select(TokenRow.key)
        .join(CheckpointRow, col(TokenRow.checkpoint_key) == CheckpointRow.key)
        .where(
            CheckpointRow.size > index,
            TokenRow.status == TokenStatus.HELD,
            TokenRow.kind == TokenKind.RFC3161,
            col(TokenRow.renews_key).is_(None),
            col(TokenRow.stamped_at) < before,
        )
        .order_by(col(TokenRow.expires_at).desc(), col(TokenRow.key))
        .limit(1)
    )
    key = session.exec(query).first()
    return None if key is None else get_token(session, key)
