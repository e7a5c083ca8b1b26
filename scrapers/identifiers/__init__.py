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


def identifiers_in_text(text: str, place: str, where: str = "", *, block: str = "") -> tuple[Identifier, ...]:
    """Every identifier in the lines of a text whose place is known; `text.identifiers_in_text`, loaded when called."""
    from scrapers.identifiers.text import identifiers_in_text as find

    return find(text, place, where, block=block)
