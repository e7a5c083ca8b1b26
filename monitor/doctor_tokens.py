"""What the doctor says of time stamps: what waits, whose certificate ends soon, whose clock is far from ours."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.doctor_checks import Check, State
from monitor.times import show_time

if TYPE_CHECKING:
    from monitor.config.services import TimestampAuthority
    from monitor.config.settings import Settings
    from storage.model import TimeToken

_WHAT = "time tokens"
_FAR = timedelta(seconds=60)
_MEND_NONE = "name one under [[tsa]] in config.toml; docs/howto/timestamps.md says how to choose"


def check_tokens(settings: Settings, at: datetime) -> Check:
    """The queue of tokens and what is held."""
    if not settings.authorities and not settings.calendars:
        found = "no time-stamping authority is configured: when something was kept rests on this machine's clock alone"
        return Check(_WHAT, State.UNKNOWN, found, _MEND_NONE)
    url = settings.archive.database
    if not Path(url.removeprefix("sqlite:///")).exists():
        return Check(_WHAT, State.UNKNOWN, "none yet", "`cardwatch run` asks for the first")
    from storage.errors import ArchiveError
    from storage.session import Database
    from storage.tokens import newest_held, queued_tokens

    names = [authority.name for authority in settings.authorities]
    database = Database(url)
    try:
        if database.revision() is None:
            return Check(_WHAT, State.UNKNOWN, "none yet", "mend the database first")
        with database.reading() as session:
            waiting = [token for token in queued_tokens(session) if token.data is None]
            held = [token for name in names if (token := newest_held(session, name))]
    except ArchiveError:  # the line of the database says what is wrong with it
        return Check(_WHAT, State.UNKNOWN, "cannot say: the database cannot be read", "mend the database first")
    finally:
        database.close()
    return _judge(waiting, held, settings.custody.renew_days, at)


def check_roots(authority: TimestampAuthority) -> Check:
    """Whether the file of an authority's root certificates can be used, and lasts."""
    from monitor.certificate_chain import RootsUnreadableError, load_roots

    what = f"roots of {authority.name}"
    try:
        roots = load_roots(authority.ca)
    except RootsUnreadableError as error:
        return Check(what, State.BAD, str(error), f"correct `ca` of [[tsa]] {authority.name}")
    return Check(what, State.OK, f"{len(roots)} trusted, " + (str(authority.ca) if authority.ca else "Mozilla's list"))


def _judge(waiting: list[TimeToken], held: list[TimeToken], renew_days: int, at: datetime) -> Check:
    trouble: list[str] = []
    mend: list[str] = []
    if waiting:
        first = min(waiting, key=lambda token: token.checkpoint.made_at)
        why = f" ({first.authority}: {first.trouble})" if first.trouble else ""
        trouble.append(f"{len(waiting)} not had yet, the first since {show_time(first.checkpoint.made_at)}{why}")
        mend.append("`cardwatch stamp` asks now; runs ask by themselves")
    for token in held:
        if token.expires_at is not None and token.expires_at < at + timedelta(days=renew_days):
            trouble.append(f"the certificate of {token.authority} ends on {show_time(token.expires_at)[:10]}")
            mend.append("add a second authority, whose certificate lasts longer, so that its tokens can be renewed")
        offset = token.stamped_at - token.asked_at if token.stamped_at else timedelta(0)
        if abs(offset) > _FAR:
            trouble.append(f"the clock of {token.authority} was {offset.total_seconds():+.0f} s from ours")
            mend.append("see the line of the clock")
    if trouble:
        return Check(_WHAT, State.WARN, "; ".join(trouble), "; ".join(dict.fromkeys(mend)))
    if not held:
        return Check(_WHAT, State.UNKNOWN, "none yet", "`cardwatch stamp` asks for the first now, and so does each run")
    last = max(held, key=lambda token: token.stamped_at or token.asked_at)
    return Check(_WHAT, State.OK, f"last of {last.authority} at {show_time(last.stamped_at or last.asked_at)}")
