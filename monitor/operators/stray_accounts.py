"""Payments into an account that only strangers' sites were seen to show: perhaps the buyer paid somebody else.

Reads an open session; gives for each account as it was typed one Chinese sentence. What nobody showed says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from monitor.operators.model import Band
from monitor.operators.site_names import plain_name
from monitor.operators.subject_gathering import is_same_account
from monitor.operators.subject_names import load_words
from monitor.operators.subjects import ACCOUNT_KINDS
from monitor.times import SHANGHAI
from storage.identifiers import sites_with, values_ending
from storage.operators import list_operators
from storage.statements import statements_of

if TYPE_CHECKING:
    from storage.identity import Statement
    from storage.session import Session

_MOST_VALUES = 20
_MOST_NAMED = 3


def find_stray_accounts(
    session: Session, typed: Iterable[str], sites: Sequence[str], statements: Iterable[Statement]
) -> dict[str, str]:
    """The accounts that sites of others show and none of these sites, nor one of their operator's at 确认, does."""
    shown = [(one.kind, one.value) for one in statements if one.kind in ACCOUNT_KINDS and not one.claimed]
    wanted = dict.fromkeys(one.strip() for one in typed)
    strange = [one for one in wanted if one and not any(is_same_account(one, *pair) for pair in shown)]
    if not strange or not sites:
        return {}
    ours = {site for one in list_operators(session, sites, band=Band.CONFIRMED) for site in one.sites} | set(sites)
    found = {}
    for account in strange:
        pairs = [
            pair for pair in values_ending(session, ACCOUNT_KINDS, account, _MOST_VALUES)
            if is_same_account(account, *pair)
        ]  # fmt: skip
        holders = {site for kind, value in pairs for site in sites_with(session, kind, value)}
        # what so many strangers show belongs to somebody who collects for others: it names no other site
        if (
            holders
            and not any(plain_name(one) in ours for one in holders)
            and len(holders) < load_words().shared_accounts
        ):
            found[account] = _say(session, sorted(holders), set(pairs))
    return found


def _say(session: Session, sites: Sequence[str], pairs: set[tuple[str, str]]) -> str:
    rows = statements_of(session, sites, kinds=ACCOUNT_KINDS, claimed=False)
    seen = min((one for one in rows if (one.kind, one.value) in pairs), key=lambda one: one.first_seen)
    day = seen.first_seen.astimezone(SHANGHAI).date()
    proof = f"，{seen.first_capture}" if seen.first_capture else ""
    names = "、".join(sites[:_MOST_NAMED]) + ("等" if len(sites) > _MOST_NAMED else "")
    return f"该收款账户只见于{names}（{day}{proof}），不见于所问的网站：可能付给了另一家，请查 cardwatch who {sites[0]}"
