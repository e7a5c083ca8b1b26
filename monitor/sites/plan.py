"""Which sites a run looks at: those whose pages it visited, those that are due, and those that are gone.

Takes the archive and the results of the run; gives a plan, bounded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor.sites.moves import read_line
from monitor.sites.records import is_due, read_memory
from scrapers.domains import is_address, registrable_domain
from scrapers.model import Origin
from storage.identity import SiteState
from storage.pages import list_platforms
from storage.runs import read_note, write_note
from storage.sites import sites_of_platform

if TYPE_CHECKING:
    from monitor.page_result import PageResult
    from storage.archive import Archive
    from storage.model import StoredCapture

_GONE = frozenset({SiteState.DEAD, SiteState.REREGISTERED})
_PLANNED = "sites-planned"
_PLAN_EVERY = timedelta(minutes=30)  # cron may run every minute: what no page of a run shows is not sought so often
_MOST_SITES = 500


@dataclass(frozen=True)
class Plan:
    """Which sites are looked at in this run: those visited with their captures, and those asked about only."""

    visited: dict[str, tuple[StoredCapture, ...]] = field(default_factory=dict)
    unseen: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    @property
    def sites(self) -> tuple[str, ...]:
        """All of them, each once."""
        return tuple(dict.fromkeys((*self.visited, *self.unseen, *self.gone)))


def make_plan(archive: Archive, results: Sequence[PageResult], at: datetime, everything: bool) -> Plan:
    """The sites to look at now; with `everything` all that are known, due or not."""
    captures: dict[str, list[StoredCapture]] = defaultdict(list)
    for result in results:
        site = registrable_domain(result.capture.page.url)
        if site and result.capture.origin is Origin.OWN:
            captures[site].append(result.capture)
    unseen: list[str] = []
    gone: list[str] = []
    with archive.database.reading() as session:
        planned = read_note(session, _PLANNED)
        asking = everything or not planned or abs(at - datetime.fromisoformat(planned)) >= _PLAN_EVERY
        for platform in list_platforms(session) if asking else ():
            own = sites_of_platform(session, platform, arrived=False)
            for site in read_line(session, own):
                if site in captures or is_address(site):
                    continue
                memory = read_memory(session, site)
                if not everything and not is_due(memory, at, visited=site in own):
                    continue
                state = memory.current.state if memory.current else None
                (gone if state in _GONE and not everything else unseen).append(site)
    if asking:
        with archive.database.writing() as session:
            write_note(session, _PLANNED, at.isoformat())
    visited = {site: tuple(found) for site, found in captures.items()}
    room = max(0, _MOST_SITES - len(visited))
    return Plan(visited, tuple(dict.fromkeys(unseen))[:room], tuple(dict.fromkeys(gone))[:room])
