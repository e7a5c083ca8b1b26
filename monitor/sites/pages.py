"""The pages of a platform across its domains: its own, and those on sites that it moved to, under whatever name.

Takes a session and a platform's name; gives pages of the archive. Only moves that are kept count, no candidates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.sites.moves import read_line
from scrapers.domains import registrable_domain
from storage.pages import list_pages
from storage.sites import platforms_of_site, sites_of_platform

if TYPE_CHECKING:
    from storage.model import WatchedPage
    from storage.session import Session


def pages_across_domains(session: Session, platform: str) -> tuple[WatchedPage, ...]:
    """All pages of a platform, and those of other platforms' names that stand on sites which it moved to."""
    own = list_pages(session, platform)
    known = set(sites_of_platform(session, platform, arrived=False)) | {registrable_domain(page.url) for page in own}
    found = {page.id: page for page in own}
    for site in read_line(session, sorted(known)):
        if site in known:
            continue
        for name in platforms_of_site(session, site):
            pages = list_pages(session, name)
            found |= {page.id: page for page in pages if registrable_domain(page.url) == site}
    return tuple(found.values())
