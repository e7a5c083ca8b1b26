"""When the log is sealed once more only to keep its time tokens beyond their certificates.

A token is a signature, and a signature is worth something while its certificate lasts: afterwards nobody watches over
the key any more, and whoever has it by then could date tokens back. Held tokens are entries of the custody log, so a
token over a later checkpoint shows that all older ones existed by then, while they were still good. A log that
grows is stamped with every run, and needs nothing else; one that rests is sealed again before its newest tokens end.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from storage.model import Checkpoint
from storage.session import Session
from storage.token_renewals import newest_ending, outlasts

AGAIN_AFTER = timedelta(days=7)
"""How long no further checkpoint is made for tokens alone: the authorities' certificates may last no longer yet."""


def needs_renewal(session: Session, newest: Checkpoint, *, at: datetime, renew_days: int) -> bool:
    """Whether a token ends within `renew_days`, none that lasts longer seals it, and the log has rested for a week."""
    if abs(at - newest.made_at) < AGAIN_AFTER:
        return False
    soon = at + timedelta(days=renew_days)
    ending = newest_ending(session, at, soon)
    return ending is not None and not outlasts(session, ending, soon)
