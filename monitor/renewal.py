"""Which held token is stamped again before its certificate ends, and what that proves.

A token is a signature, and a signature is worth something while its certificate lasts: afterwards nobody watches over
the key any more, and whoever has it by then could date tokens back. A renewal is a token over the bytes of the older
token, made while that one is still good. It proves that the older token, signature and all, existed by then; so the
time that the older one states stands for as long as the renewal's certificate lasts.

One renewal is enough for the whole log. Every later checkpoint contains all that an earlier one does, so a token over
a later checkpoint keeps the older entries proven, though from its own, later time on. Only where the newest tokens end
soon, and none that lasts longer stands beside or after them, is the newest stamped again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from storage.model import TimeToken

AGAIN_AFTER = timedelta(days=7)
"""How long an authority is not asked again for the same renewal: its certificate may not last longer yet."""


def find_token_to_renew(newest: Sequence[TimeToken], *, at: datetime, renew_days: int) -> TimeToken | None:
    """The token to stamp again now; None where one lasts, or none is good any more.

    `newest` are the held RFC 3161 tokens of the newest checkpoint that has any, renewals among them.
    """
    soon = at + timedelta(days=renew_days)
    if any(token.expires_at is not None and token.expires_at > soon for token in newest):
        return None
    good = [token for token in newest if token.expires_at is not None and token.expires_at > at]
    return min(good, key=lambda token: (token.stamped_at or token.asked_at, token.key), default=None)


def choose_authority(
    token: TimeToken, last: Mapping[str, datetime | None], renewals: Sequence[TimeToken], *, at: datetime
) -> str | None:
    """Who is asked to renew a token: the authority whose last certificate ends latest, None where all were asked.

    `last` gives for each configured authority when the certificate of its last token ends (None: not known yet, it
    may last longer), `renewals` the tokens that were asked for over this one.
    """
    asked = {renewal.authority for renewal in renewals if renewal.asked_at > at - AGAIN_AFTER}
    free = [name for name in last if name not in asked]
    known_end = token.expires_at or at
    return max(free, key=lambda name: last[name] or known_end + timedelta(seconds=1), default=None)
