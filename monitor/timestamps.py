"""Witnesses of the custody log's time: after a run its head is signed, and every configured authority stamps it.

One request a run and authority: the checkpoint holds all that was kept so far. What cannot be had now stays in a queue
(back-off from minutes to a day); once a later checkpoint is there, only that is asked for, since it holds the same
entries. Nothing here fails a run, or holds it up for longer than the slowest authority's own deadline.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from monitor.certificate_chain import write_chain
from monitor.ots import ProofInvalid, ProofNotGiven, ask_calendar, check_proof, upgrade_proof
from monitor.renewal import needs_renewal
from monitor.tsa import GivenToken, TokenNotGiven, ask_authority
from storage.checkpoints import latest_checkpoint, names_lost_key, seal_log
from storage.errors import ArchiveError
from storage.model import Checkpoint, TimeToken, TokenKind, TokenStatus
from storage.token_files import keep_chain, publish_newest
from storage.tokens import (
    LONGEST_WAIT,
    claim_tokens,
    get_token,
    hold_token,
    keep_pending_proof,
    postpone_token,
    queued_tokens,
    refuse_token,
    request_token,
    tokens_of_checkpoint,
    upgrade_token,
)

if TYPE_CHECKING:
    from monitor.config.services import Calendar, TimestampAuthority
    from monitor.config.settings import Settings
    from scrapers.model import Clock
    from storage.archive import Archive
    from storage.session import Session

COVERED = "covered by a later checkpoint"
UNCONFIGURED = "its authority is not in the configuration any more"
_UNCONFIRMED = "Bitcoin has not confirmed it yet"
_FIRST_RETRY = timedelta(minutes=5)
_FIRST_UPGRADE = timedelta(hours=1)
_LONGEST_RETRY = timedelta(days=1)
_HOLD = timedelta(minutes=5)  # longer than any deadline: a process that was killed leaves its claim for so long
_MOST_PER_AUTHORITY = 6
_LEAST_SECONDS = 0.5
_MOST_PUBLISHED = 20


@dataclass(frozen=True)
class Asked:
    """One request and what came of it. `offset_seconds` is the authority's clock less ours, None where none came."""

    authority: str
    kind: TokenKind
    checkpoint: str  # epoch-size, as the files are named
    renewal: bool
    status: TokenStatus
    stamped_at: datetime | None
    offset_seconds: float | None
    seconds: float
    trouble: str
    next_try_at: datetime | None
    waits_for_bitcoin: bool = False


@dataclass(frozen=True)
class Sealing:
    """The newest checkpoint (None while the log is empty or cannot be signed), what was asked for, what still waits.

    `problem` says why the log could not be signed or its tokens not be kept, "" if all is well. `key_lost`: a new key
    signed it, for the old one was gone.
    """

    checkpoint: Checkpoint | None
    asked: tuple[Asked, ...] = ()
    waiting: int = 0
    problem: str = ""
    key_lost: bool = False


@dataclass(frozen=True)
class _Reply:
    """What an authority or calendar gave for one row: a token, a proof, or the reason why not."""

    token: TimeToken
    seconds: float
    given: GivenToken | None = None
    proof: bytes | None = None
    upgraded: bool = False
    trouble: str = ""
    passing: bool = True


def seal_and_stamp(
    settings: Settings, archive: Archive, clock: Clock, *, ask: bool = True, early: bool = False
) -> Sealing:
    """Sign the log's head and ask for its tokens. Never raises for the log, a disk or an authority: it is told.

    With `ask` false requests are only put into the queue; `early` asks for all that waits, whatever its back-off, and
    once more where an authority refused before.
    """
    checkpoint: Checkpoint | None = None
    lost = False
    try:
        at = clock()
        checkpoint = seal_log(archive, at)
        lost = checkpoint.made_at == at and _is_key_lost(archive, checkpoint)  # told once, not until the next one
        return replace(stamp_pending(settings, archive, clock, ask=ask, early=early), key_lost=lost)
    except (ArchiveError, OSError) as error:
        return Sealing(checkpoint, problem=f"the custody log was not sealed: {error}", key_lost=lost)


def _is_key_lost(archive: Archive, checkpoint: Checkpoint) -> bool:
    with archive.database.reading() as session:
        return names_lost_key(session, checkpoint)


def stamp_pending(
    settings: Settings, archive: Archive, clock: Clock, *, ask: bool = True, early: bool = False
) -> Sealing:
    """Ask for whatever is due over the newest checkpoint, as many authorities at once as are configured.

    Where a token ends that no later one keeps yet, the log is sealed once more first, so that its entry is stamped.
    """
    at = clock()
    with archive.database.reading() as session:
        checkpoint = latest_checkpoint(session)
        if checkpoint is None:
            return Sealing(None)
        renew = bool(settings.authorities) and needs_renewal(
            session, checkpoint, at=at, renew_days=settings.custody.renew_days
        )
    if renew:
        checkpoint = seal_log(archive, at, renew=True)
    with archive.database.reading() as session:
        idle = not _wanted(session, settings, checkpoint, at, early=early).has_work
        waiting = len(queued_tokens(session))
    if idle:
        return Sealing(checkpoint, waiting=waiting)
    with archive.database.writing() as session:
        wanted = _wanted(session, settings, checkpoint, at, early=early)
        keys = [*wanted.due, *_enqueue(session, settings, checkpoint, wanted, at)]
        claimed = claim_tokens(session, keys, at, hold=_HOLD, early=early) if ask else ()
    kept = [(_keep(archive, reply, clock()), reply) for reply in _ask_all(settings, claimed, clock)]
    with archive.database.reading() as session:
        asked = tuple(_describe(get_token(session, key), reply) for key, reply in kept)
        waiting = len(queued_tokens(session))
    return Sealing(checkpoint, asked, waiting, _publish(archive))


def _publish(archive: Archive) -> str:
    """Write the files of the newest tokens; what goes wrong is told and loses nothing, for the database has them."""
    try:
        publish_newest(archive, _MOST_PUBLISHED)
    except (ArchiveError, OSError) as error:
        return f"the files of the tokens were not written: {error}"
    return ""


@dataclass(frozen=True)
class _Wanted:
    """What is to be done: rows due now, requests to add (kind, authority), rows that nobody needs."""

    due: tuple[int, ...]
    new: tuple[tuple[TokenKind, str], ...]
    needless: tuple[tuple[int, str], ...]

    @property
    def has_work(self) -> bool:
        return bool(self.due or self.new or self.needless)


def _wanted(session: Session, settings: Settings, checkpoint: Checkpoint, at: datetime, *, early: bool) -> _Wanted:
    names = [(TokenKind.RFC3161, authority.name) for authority in settings.authorities]
    names += [(TokenKind.OPENTIMESTAMPS, calendar.name) for calendar in settings.calendars]
    there = tokens_of_checkpoint(session, checkpoint)
    done = {
        (token.kind, token.authority)
        for token in there
        if token.renews is None and not (early and token.status is TokenStatus.REFUSED)
    }
    new = [name for name in names if name not in done]
    due: dict[str, list[int]] = {}
    needless: list[tuple[int, str]] = []
    for token in queued_tokens(session):
        if (token.kind, token.authority) not in names:
            needless.append((token.key, UNCONFIGURED))
        elif token.checkpoint != checkpoint and token.data is None and token.renews is None:
            needless.append((token.key, COVERED))
        elif early or (token.next_try_at is not None and not at < token.next_try_at <= at + LONGEST_WAIT):
            due.setdefault(token.authority, []).append(token.key)
    keys = [key for found in due.values() for key in found[:_MOST_PER_AUTHORITY]]
    return _Wanted(tuple(keys), tuple(new), tuple(needless))


def _enqueue(session: Session, settings: Settings, checkpoint: Checkpoint, wanted: _Wanted, at: datetime) -> list[int]:
    for key, why in wanted.needless:
        postpone_token(session, key, why, next_try_at=None)
    return [request_token(session, checkpoint, kind, name, at) for kind, name in wanted.new]


def _ask_all(settings: Settings, tokens: Sequence[TimeToken], clock: Clock) -> tuple[_Reply, ...]:
    """Ask for tokens, each authority in a thread of its own, its requests one after the other within its seconds."""
    work: list[Callable[[], list[_Reply]]] = []
    for authority in settings.authorities:
        if mine := [t for t in tokens if t.kind is TokenKind.RFC3161 and t.authority == authority.name]:
            work.append(partial(_ask_authority, authority, mine, settings, clock))
    for calendar in settings.calendars:
        if mine := [t for t in tokens if t.kind is TokenKind.OPENTIMESTAMPS and t.authority == calendar.name]:
            work.append(partial(_ask_calendar, calendar, mine, settings))
    if not work:
        return ()
    with ThreadPoolExecutor(len(work), thread_name_prefix="stamp") as pool:
        return tuple(reply for replies in pool.map(lambda ask: ask(), work) for reply in replies)


def _ask_authority(
    authority: TimestampAuthority, tokens: Sequence[TimeToken], settings: Settings, clock: Clock
) -> list[_Reply]:
    replies: list[_Reply] = []
    ends = time.monotonic() + authority.seconds
    for token in tokens:
        began = time.monotonic()
        if ends - began < _LEAST_SECONDS:
            replies.append(_Reply(token, 0, trouble="no time was left in this run"))
            continue
        one = replace(authority, seconds=ends - began)
        try:
            given = ask_authority(one, bytes.fromhex(token.imprint), clock=clock, proxy=settings.network.proxy)
        except TokenNotGiven as error:
            spent = time.monotonic() - began
            replies.append(_Reply(token, spent, trouble=str(error), passing=error.passing))
        else:
            replies.append(_Reply(token, time.monotonic() - began, given=given))
    return replies


def _ask_calendar(calendar: Calendar, tokens: Sequence[TimeToken], settings: Settings) -> list[_Reply]:
    replies: list[_Reply] = []
    ends = time.monotonic() + calendar.seconds
    for token in tokens:
        began = time.monotonic()
        if ends - began < _LEAST_SECONDS:
            replies.append(_Reply(token, 0, trouble="no time was left in this run"))
            continue
        digest = bytes.fromhex(token.imprint)
        proxy, left = settings.network.proxy, ends - began
        try:
            if token.data is None:
                proof: bytes | None = ask_calendar(calendar.url, digest, seconds=left, proxy=proxy)
            else:
                proof = upgrade_proof(token.data, digest, calendar.url, seconds=left, proxy=proxy)
            confirmed = proof is not None and bool(check_proof(proof, digest).blocks)
        except (ProofNotGiven, ProofInvalid) as error:
            replies.append(_Reply(token, time.monotonic() - began, trouble=str(error)))
        else:
            waits = "" if proof is not None else _UNCONFIRMED
            spent = time.monotonic() - began
            replies.append(_Reply(token, spent, proof=proof, upgraded=confirmed, trouble=waits))
    return replies


def _keep(archive: Archive, reply: _Reply, at: datetime) -> int:
    """Keep what came of a request; gives the key of the row that now says so."""
    token, key = reply.token, reply.token.key
    with archive.database.writing() as session:
        if reply.given is not None:
            facts = reply.given.facts
            hold_token(session, key, reply.given.data, stamped_at=facts.gen_time, expires_at=facts.expires_at)
            keep_chain(session, key, write_chain(facts.chain))
        elif reply.proof is not None and token.data is None:
            keep_pending_proof(session, key, reply.proof, next_try_at=at + _FIRST_UPGRADE)
        elif reply.proof is not None and reply.upgraded:
            return upgrade_token(session, key, reply.proof, at, stamped_at=None)
        elif not reply.passing:
            refuse_token(session, key, reply.trouble)
        else:
            postpone_token(session, key, reply.trouble, next_try_at=at + _back_off(token))
    return key


def _back_off(token: TimeToken) -> timedelta:
    first = _FIRST_RETRY if token.data is None else _FIRST_UPGRADE
    return min(_LONGEST_RETRY, first * (1 << min(max(token.tries - 1, 0), 10)))


def _describe(token: TimeToken, reply: _Reply) -> Asked:
    offset = reply.given.offset.total_seconds() if reply.given else None
    return Asked(
        authority=token.authority,
        kind=token.kind,
        checkpoint=f"{token.checkpoint.epoch}-{token.checkpoint.size}",
        renewal=token.renews is not None,
        status=token.status,
        stamped_at=token.stamped_at,
        offset_seconds=offset,
        seconds=round(reply.seconds, 3),
        trouble=token.trouble,
        next_try_at=token.next_try_at,
        waits_for_bitcoin=token.trouble == _UNCONFIRMED or (token.status is TokenStatus.PENDING and not token.trouble),
    )
