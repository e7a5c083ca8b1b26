"""Tells people: one digest a run over apprise to each channel, and a ping to the dead man's switch.

A channel that fails never fails the run: what it did not take is told there at the next run, and what it took is never
told there again. Channel addresses are secrets and stand in no message. Every wait has a deadline.
"""

from __future__ import annotations

import logging
import os
import socket
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor.alert_text import DigestText, Notice, RunSummary, write_digest
from storage.changes import mark_alerted, unalerted
from storage.model import Change, ChangeClass, ChangeStatus, Severity
from storage.runs import read_note, write_note

if TYPE_CHECKING:
    from monitor.config.settings import AlertChannel, AlertSettings
    from storage.session import Database

CHANNEL_SECONDS = 20.0
HEARTBEAT_SECONDS = 10.0
TOLD_BACK = timedelta(days=7)
"""How far back a channel that is new, or was deaf for long, is told."""

PATIENCE = timedelta(hours=1)
"""How long a grave change may wait for its second look before it is told as unconfirmed."""

_CLAIM_HOLDS = timedelta(minutes=5)  # a run that was killed while it told leaves its claim behind


@dataclass(frozen=True)
class Ledger:
    """What a channel has been told, kept by the caller: asked before sending, told after.

    `claim` is False while another run is telling that channel; `release` ends what `claim` began.
    """

    claim: Callable[[str], bool]
    release: Callable[[str], None]
    unsent_changes: Callable[[str], Sequence[Change]]
    unsent_notices: Callable[[str, Sequence[Notice]], Sequence[Notice]]
    mark_sent: Callable[[str, Sequence[Change], Sequence[Notice]], None]


@dataclass(frozen=True)
class Delivery:
    """What one channel took. `problem` is "" when it went well or when there was nothing to tell."""

    channel: str
    changes: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class DigestResult:
    """How the digest of a run went out."""

    deliveries: tuple[Delivery, ...]

    @property
    def problems(self) -> tuple[str, ...]:
        """One line for each channel that did not take it."""
        return tuple(delivery.problem for delivery in self.deliveries if delivery.problem)

    @property
    def sent(self) -> int:
        """How many changes were told, counted once for each channel."""
        return sum(len(delivery.changes) for delivery in self.deliveries)


def keep_ledger(database: Database, settings: AlertSettings, *, at: datetime) -> Ledger:
    """The ledger of an archive: changes from the configured severity on, of the last seven days."""

    def claim(channel: str) -> bool:
        with database.writing() as session:
            held = read_note(session, f"telling:{channel}")
            if held and abs(at - datetime.fromisoformat(held)) < _CLAIM_HOLDS:
                return False
            write_note(session, f"telling:{channel}", at.isoformat())
        return True

    def release(channel: str) -> None:
        with database.writing() as session:
            write_note(session, f"telling:{channel}", "")

    def unsent_changes(channel: str) -> Sequence[Change]:
        with database.reading() as session:
            found = unalerted(
                session,
                channel,
                min_severity=settings.minimum_severity,
                statuses=(ChangeStatus.CONFIRMED, ChangeStatus.PENDING),
                since=at - TOLD_BACK,
            )
        return [change for change in found if is_due(change, at=at)]

    def unsent_notices(channel: str, notices: Sequence[Notice]) -> Sequence[Notice]:
        with database.reading() as session:
            return [notice for notice in notices if read_note(session, _note_name(channel, notice)) != notice.key]

    def mark_sent(channel: str, changes: Sequence[Change], notices: Sequence[Notice]) -> None:
        with database.writing() as session:
            mark_alerted(session, [change.id for change in changes], channel, at)
            for notice in notices:
                write_note(session, _note_name(channel, notice), notice.key)

    return Ledger(claim, release, unsent_changes, unsent_notices, mark_sent)


def is_due(change: Change, *, at: datetime) -> bool:
    """Whether a change is told now: confirmed, or grave and left without its second look for an hour.

    What only another reader or release sees is never told as news of the page.
    """
    if change.difference.change_class is ChangeClass.TECHNICAL:
        return False
    if change.status is ChangeStatus.CONFIRMED:
        return True
    grave = change.difference.severity.rank >= Severity.HIGH.rank
    return change.status is ChangeStatus.PENDING and grave and at - change.after_at >= PATIENCE


def send_digest(
    summary: RunSummary, settings: AlertSettings, ledger: Ledger, *, seconds: float = CHANNEL_SECONDS
) -> DigestResult:
    """Tell every channel what it was not told yet. Never raises for what a channel does."""
    deliveries = []
    for channel in settings.channels:
        if not ledger.claim(channel.variable):  # another run is at it; what it leaves is told next time
            deliveries.append(Delivery(channel.variable))
            continue
        try:
            deliveries.append(_tell(channel, summary, ledger, seconds))
        finally:
            ledger.release(channel.variable)
    return DigestResult(tuple(deliveries))


def ping_heartbeat(channel: AlertChannel | None, *, ok: bool, seconds: float = HEARTBEAT_SECONDS) -> str:
    """Ask the heartbeat address after a run (with `/fail` behind its path when it failed, as healthchecks does).

    Gives "" or what went wrong; never raises and never takes longer than `seconds`.
    """
    if channel is None:
        return ""
    if not channel.url:
        return f"the heartbeat was not pinged: {channel.variable} is not set"
    problem = _within(seconds, lambda: _ask(channel.url, ok, seconds))
    return f"the heartbeat was not pinged ({channel.variable}): {problem}" if problem else ""


def _tell(channel: AlertChannel, summary: RunSummary, ledger: Ledger, seconds: float) -> Delivery:
    name = channel.variable
    changes = list(ledger.unsent_changes(name))
    notices = list(ledger.unsent_notices(name, summary.notices))
    if not changes and not notices:
        return Delivery(name)
    if not channel.url:
        return Delivery(name, problem=f"no alert went out: {name} is not set; set it or take it out of alerts.urls_env")
    digest = write_digest(changes, summary, notices)
    problem = _within(seconds, lambda: _notify(channel.url, digest))
    if problem:
        return Delivery(name, problem=f"the alert over {name} did not go out ({problem}); it is tried again next run")
    ledger.mark_sent(name, changes, notices)
    return Delivery(name, tuple(change.id for change in changes), tuple(notice.key for notice in notices))


def _notify(url: str, digest: DigestText) -> str:
    """Send over apprise; gives "" or the trouble. Its own log lines are kept quiet: they may hold the address."""
    import apprise

    logging.getLogger("apprise").setLevel(logging.CRITICAL)
    asset = apprise.AppriseAsset(
        app_id="cardwatch", app_desc="cardwatch", async_mode=False, storage_mode=apprise.PersistentStoreMode.MEMORY
    )
    sender = apprise.Apprise(asset=asset)
    if not sender.add(url):
        return "its address is none that apprise knows"
    taken = sender.notify(title=digest.title, body=digest.body, body_format=apprise.NotifyFormat.TEXT)
    return "" if taken else "the service did not take it"


def _ask(url: str, ok: bool, seconds: float) -> str:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        return _explain(error, seconds)
    if parts.scheme not in ("http", "https"):
        return "its address is not http or https"
    if not ok:
        url = parts._replace(path=parts.path.rstrip("/") + "/fail").geturl()
    request = urllib.request.Request(url, headers={"User-Agent": "cardwatch"})  # noqa: S310 - scheme checked above
    try:
        with urllib.request.urlopen(request, timeout=seconds) as answer:  # noqa: S310
            answer.read(1024)
    except urllib.error.HTTPError as error:
        error.close()
        return f"it answered {error.code}"
    except (OSError, ValueError) as error:
        return _explain(error, seconds)
    return ""


def _explain(error: Exception, seconds: float) -> str:
    """Why no answer came, in words that never hold the address."""
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, socket.gaierror):
        return "the name of its host was not found"
    if isinstance(cause, TimeoutError):
        return f"no answer within {seconds:g} s"
    if isinstance(cause, ConnectionRefusedError):
        return "the connection was refused"
    if isinstance(cause, ssl.SSLCertVerificationError):
        return "its certificate is not trusted"
    if isinstance(cause, OSError) and cause.errno is not None:
        return os.strerror(cause.errno)
    return "its address cannot be asked" if isinstance(error, ValueError) else type(cause).__name__


def _within(seconds: float, work: Callable[[], str]) -> str:
    """The answer of `work`, or that it took too long. A thread that hangs is left behind and ends with the process."""
    answers: list[str] = []

    def run() -> None:
        try:
            answers.append(work())
        except Exception as error:  # a plug-in of apprise may raise anything; the run goes on and the reason is told
            answers.append(type(error).__name__)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    return answers[0] if answers else f"no answer within {seconds:g} s"


def _note_name(channel: str, notice: Notice) -> str:
    return f"told:{channel}:{notice.key.partition(':')[0]}"
