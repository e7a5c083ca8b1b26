"""Which RDAP server speaks for a suffix: the settings, else IANA's table, fetched once a month and kept as evidence."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from monitor.config.lookups import LookupSettings
from monitor.lookups.answers import store_answer
from scrapers.gate import Gate
from scrapers.lookups.model import LookupAnswer, LookupOutcome
from scrapers.lookups.rdap import BOOTSTRAP_DOMAIN, fetch_bootstrap, find_rdap_base, read_bootstrap
from scrapers.model import Clock
from storage.archive import Archive
from storage.identity import LookupKind
from storage.lookups import list_lookups, load_answer

_HOLDS = timedelta(days=30)


class RdapServers:
    """Finds the server of a domain; the table is loaded when a domain needs it, at most once a run."""

    def __init__(self, settings: LookupSettings, archive: Archive, gate: Gate, clock: Clock) -> None:
        self._settings = settings
        self._archive = archive
        self._gate = gate
        self._clock = clock
        self._table: dict[str, str] | None = None
        self._trouble: LookupAnswer | None = None
        self._lock = asyncio.Lock()
        self.asked = 0

    async def find(self, domain: str) -> str | LookupAnswer:
        """The base address for a domain, "" where its registry has none; an answer where the table did not come."""
        base = find_rdap_base(domain, dict(self._settings.rdap))
        if base:
            return base
        async with self._lock:
            if self._table is None and self._trouble is None:
                await self._load()
        return self._trouble or find_rdap_base(domain, self._table or {})

    async def _load(self) -> None:
        url = self._settings.rdap_bootstrap
        if not url:
            self._table = {}
            return
        kept = await asyncio.to_thread(self._kept_table, url)
        if kept is not None:
            self._table = kept
            return
        self.asked += 1
        answer = await fetch_bootstrap(url, self._gate, clock=self._clock, seconds=self._settings.seconds)
        if answer.outcome is LookupOutcome.OK:
            await asyncio.to_thread(store_answer, self._archive, answer)
            self._table = read_bootstrap(answer.raw)
        else:
            detail = f"the table of RDAP servers did not come: {answer.detail}"
            self._trouble = replace(answer, detail=detail, server="", raw=b"", media_type="")

    def _kept_table(self, url: str) -> dict[str, str] | None:
        now = self._clock()
        with self._archive.database.reading() as session:
            kept = list_lookups(
                session, BOOTSTRAP_DOMAIN, kind=LookupKind.RDAP, server=url, outcomes=(LookupOutcome.OK,),
                since=now - _HOLDS, until=now, limit=1,
            )  # fmt: skip
        return read_bootstrap(load_answer(self._archive, kept[0])) if kept else None
