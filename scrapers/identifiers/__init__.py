"""Identifiers of who runs a site, read from what a capture holds. Pure functions; no network, no database, no clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scrapers.identity import Identifier
    from scrapers.model import PageContent


def find_identifiers(content: PageContent, *, site_host: str = "") -> tuple[Identifier, ...]:
    """Every identifier that stands in a page's text and markup; `text.find_identifiers`, loaded when it is called.

    Those who only check values of a file (`checks`) need no parser of HTML.
    """
    from scrapers.identifiers.text import find_identifiers as find

    return find(content, site_host=site_host)
