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

from collections.abc import Sequence
from datetime import datetime, timedelta

from storage.model import TimeToken

AGAIN_AFTER = timedelta(days=7)
"""How long an authority is not asked again for the same renewal: its certificate may not last longer yet."""


def find_token_to_renew(held: Sequence[TimeToken], *, at: datetime, renew_days: int) -> TimeToken | None:
    """The token to stamp again now, of all held RFC 3161 tokens; None where something lasts, or nothing is good."""
    if not held:
        return None
    soon = at + timedelta(days=renew_days)
    newest_size = max(token.checkpoint.size for token in held)
    newest = [token for token in held if token.checkpoint.size == newest_size]
    if any(token.expires_at is not None and token.expires_at > soon for token in newest):
        return None
    good = [token for token in newest if token.expires_at is not None and token.expires_at > at]
    return min(good, key=lambda token: (token.stamped_at or token.asked_at, token.key), default=None)


def choose_authority(
    token: TimeToken,
    authorities: Sequence[str],
    *,
    held: Sequence[TimeToken],
    renewals: Sequence[TimeToken],
    at: datetime,
) -> str | None:
    """Who is asked to renew a token: the one whose last certificate lasts longest, or is not known yet.

    None where all were asked within the last days. `renewals` are the tokens that were asked for over this one.
    """
    asked = {r.authority for r in renewals if r.asked_at > at - AGAIN_AFTER}
    last: dict[str, datetime] = {}
    for known in sorted(held, key=lambda t: t.key):
        if known.expires_at is not None:
            last[known.authority] = known.expires_at
    free = [name for name in authorities if name not in asked]
    return max(free, key=lambda name: last.get(name, token.expires_at or at).timestamp(), default=None)
