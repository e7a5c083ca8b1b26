"""Hosts that are never where a platform moved to: why one is left out, and which are only passed through.

Reads `excluded_hosts.toml` once. Takes host names as scrapers.domains gives them; pure.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

_TABLE = Path(__file__).with_suffix(".toml")
_OWNED_BELOW = frozenset({"github.io", "gitee.io", "pages.dev", "workers.dev", "vercel.app", "netlify.app", "web.app"})


def explain_exclusion(host: str) -> str:
    """The reason (a word of the table: search, platform, payment ...) why a host is no target, "" where it may be."""
    listed = _listed()
    name = host
    while name and name not in _OWNED_BELOW:
        reason = listed.get(name)
        if reason is not None:
            return reason
        _, _, name = name.partition(".")
    return ""


def is_jump_host(host: str) -> bool:
    """Whether a host only passes on whoever comes to it."""
    return explain_exclusion(host) in ("jump", "shortener")


@cache
def _listed() -> dict[str, str]:
    table = tomllib.loads(_TABLE.read_text("utf-8"))["hosts"]
    found: dict[str, str] = {}
    for reason, hosts in table.items():
        for host in hosts:
            if reason == "jump" or host.lower() not in found:
                found[host.lower()] = reason
    return found
