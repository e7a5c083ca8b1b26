"""The icon of a site: asked for once a week, because a browser without a window never asks for it.

GET of the front page, then of the icon that it names, else of /favicon.ico: one request, 256 KB, from the site's own
hosts only. Gives the icon as an identifier; that a site has none is an answer too.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from scrapers.domains import registrable_domain
from scrapers.gate import Gate
from scrapers.identifiers.favicon import favicon_value, icon_addresses, picture_dhash
from scrapers.identity import Identifier, IdentifierKind, Place
from scrapers.lookups.connection import open_lane
from scrapers.lookups.fetch import MEDIA_TYPE, Fetched, follow, read_beside, read_hops, write_hops
from scrapers.lookups.http import decode_page, last_answer, walk_front
from scrapers.lookups.model import LookupAnswer, LookupFailed, LookupOutcome
from scrapers.model import Clock, PageContent

MOST_BYTES = 262_144
_MOST_HOPS = 2


async def look_icon(domain: str, gate: Gate, *, clock: Clock, seconds: float) -> LookupAnswer:
    """Look for the icon of a domain's front page; what hinders the page is the outcome, no icon is none."""
    asked_at = clock()
    hops = await walk_front(domain, gate, seconds=seconds)
    if isinstance(hops, LookupFailed):
        return LookupAnswer(domain, "icon", domain, asked_at, hops.outcome, hops.detail)
    page = last_answer(hops)
    address = _icon_address(page, domain)
    found = await _fetch_icon(gate, address, seconds) if address else ()
    return read_icon(write_hops(hops, beside=found), domain, asked_at)


def read_icon(raw: bytes, domain: str, asked_at: datetime) -> LookupAnswer:
    """What the kept answers say. Raises ValueError for bytes that are not of this form."""
    hops, found = read_hops(raw), read_beside(raw)
    icon = found[-1] if found else Fetched("")
    value = favicon_value(icon.body) if icon.status == 200 and not icon.cut else ""
    identifiers: tuple[Identifier, ...] = ()
    if value:
        dhash = picture_dhash(icon.body)
        shown = f"dhash {dhash}" if dhash else ""
        identifiers = (Identifier(IdentifierKind.FAVICON, value, Place.ATTRIBUTE, shown, icon.url[:300]),)
    server = hops[0].address if hops and hops[0].address else domain
    detail = "" if value else _say_why(icon)
    return LookupAnswer(domain, "icon", server, asked_at, LookupOutcome.OK, detail, raw, MEDIA_TYPE, identifiers)


def _icon_address(page: Fetched, domain: str) -> str:
    """Where the icon is; "" where the front page is another site's, whose icon says nothing of this one."""
    if not page.status or page.status >= 500 or not _is_same_site(page.url, domain):
        return ""
    listed = icon_addresses(PageContent(url=page.url, dom=decode_page(page)))
    return listed[0] if listed else ""


async def _fetch_icon(gate: Gate, address: str, seconds: float) -> tuple[Fetched, ...]:
    def may_follow(target: str) -> str:
        return "" if _is_same_site(target, address) else f"leads to another site: {target[:200]}"

    try:
        async with open_lane(gate, seconds) as lane:
            return await follow(
                lane, address, most_bytes=MOST_BYTES, most_hops=_MOST_HOPS, accept="image/*,*/*", may_follow=may_follow
            )
    except LookupFailed as failed:
        return (replace(Fetched(address), trouble=f"{failed.outcome}: {failed.detail}"),)


def _is_same_site(one: str, other: str) -> bool:
    site = registrable_domain(one)
    return site != "" and site == registrable_domain(other if "//" in other else f"http://{other}/")


def _say_why(icon: Fetched) -> str:
    if not icon.url:
        return "the page names no icon that could be asked for"
    if icon.trouble:
        return f"{icon.url[:200]}: {icon.trouble}"[:500]
    if icon.status != 200:
        return f"{icon.url[:200]}: HTTP {icon.status}"
    return f"{icon.url[:200]}: {'longer than an icon is' if icon.cut else 'no picture'}"
