"""The sites that somebody means by a platform's name, a domain, a host or path of a 分站, or a URL.

Reads the archive; gives names under which statements are kept, none where nothing is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapers.domains import ascii_host, host_of, registrable_domain
from storage.pages import list_platforms
from storage.sites import has_site, sites_of_platform

if TYPE_CHECKING:
    from storage.session import Session


def find_sites(session: Session, asked: str) -> tuple[str, ...]:
    """The known sites that are meant; of a platform all where its pages are or came to."""
    wanted = asked.strip()
    if wanted in list_platforms(session):
        return sites_of_platform(session, wanted)
    site = find_site(session, wanted)
    return (site,) if site else ()


def find_site(session: Session, asked: str) -> str:
    """The one known site that is meant, "" where none is: as it is written, else its host, else its domain."""
    wanted = asked.strip().rstrip("/")
    address = wanted if "://" in wanted else f"//{wanted}"
    host = host_of(address)
    path = address.partition("//")[2].partition("/")[2].partition("?")[0]
    names = (wanted, ascii_host(wanted), f"{host}/{path}" if path else "", host, registrable_domain(address))
    return next((name for name in names if name and has_site(session, name)), "")
