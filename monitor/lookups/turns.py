"""Whose turn it is: how far apart questions to one server are, and which servers a run leaves alone."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from monitor.pace import HostPace
from scrapers.lookups.model import TELLING, LookupAnswer, LookupOutcome
from storage.identity import LookupKind

_STRIKES = 2


class ServerTurns:
    """Gives each question its turn, and remembers servers that are silent or ask for patience."""

    def __init__(self, paces: Mapping[LookupKind, float]) -> None:
        self._paces = {kind: HostPace(seconds) for kind, seconds in paces.items()}
        self._strikes: dict[str, int] = {}
        self.asked = 0

    async def wait(self, kind: LookupKind, server: str) -> None:
        """Wait for the turn of a question to a server ("host", "host:port" or an address of the web)."""
        self.asked += 1
        await asyncio.sleep(self._paces[kind].take_turn(server if "//" in server else f"//{server}"))

    async def wait_unless_struck(self, kind: LookupKind, server: str) -> bool:
        """Wait for the turn, or say at once that the server is left alone."""
        if self.is_struck(server):
            return False
        await self.wait(kind, server)
        return True

    def is_struck(self, server: str) -> bool:
        """Whether the server is left alone."""
        return self._strikes.get(server, 0) >= _STRIKES

    def strike(self, server: str) -> None:
        """Leave a server alone from now on."""
        self._strikes[server] = _STRIKES

    def weigh(self, answer: LookupAnswer, server: str = "") -> None:
        """Learn from an answer; `server` where it was asked under another name than the answer bears."""
        name = server or answer.server
        if answer.outcome is LookupOutcome.RATE_LIMITED:
            self.strike(name)
        elif answer.outcome is LookupOutcome.TIMEOUT:
            self._strikes[name] = self._strikes.get(name, 0) + 1
        elif answer.outcome in TELLING:
            self._strikes.pop(name, None)
