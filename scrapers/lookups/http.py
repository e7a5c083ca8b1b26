"""A first look at a site without a browser: GET of its front page, without cookies, a few redirects, 64 KB.

https first, then http. Says where it leads and what came; judges nothing, and runs no script: what a page does in a
browser only a capture shows. Certificates are not checked here (`tls` reads them).
"""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from scrapers.domains import is_domain_name, site_of_host
from scrapers.gate import Gate
from scrapers.identity import Identifier, IdentifierKind, Place
from scrapers.lookups.connection import open_lane
from scrapers.lookups.fetch import MEDIA_TYPE, Fetched, follow, read_hops, write_hops
from scrapers.lookups.model import (
    HttpFacts,
    HttpHop,
    LookupAnswer,
    LookupFailed,
    LookupOutcome,
    identify,
    keep_distinct,
)
from scrapers.model import Clock
from scrapers.text import bound_html, decode_html, one_line

MOST_BYTES = 65_536
_MOST_HOPS = 5
_REFRESH = re.compile(r"url\s{0,3}=\s{0,3}[\"']?([^\"'\s>]{1,1000})", re.IGNORECASE)


async def look_http(domain: str, gate: Gate, *, clock: Clock, seconds: float) -> LookupAnswer:
    """Look at https://domain/, where nothing answers there at http://domain/, and then at www.domain."""
    asked_at = clock()
    hops = await walk_front(domain, gate, seconds=seconds)
    if isinstance(hops, LookupFailed):
        return LookupAnswer(domain, "http", domain, asked_at, hops.outcome, hops.detail)
    return read_http(write_hops(hops), domain, asked_at)


async def walk_front(domain: str, gate: Gate, *, seconds: float) -> tuple[Fetched, ...] | LookupFailed:
    """GET the front page and what it redirects to, or why nothing answered.

    Many shops serve www alone, and their bare name refuses: only where neither answers is the domain's failure told.
    """
    failures: list[tuple[str, LookupFailed]] = []
    hosts = (domain, f"www.{domain}") if site_of_host(domain) == domain and is_domain_name(domain) else (domain,)
    missing: set[str] = set()
    for host, scheme in ((host, scheme) for host in hosts for scheme in ("https", "http")):
        if host in missing:
            continue
        url = f"{scheme}://[{host}]/" if ":" in host else f"{scheme}://{host}/"
        try:
            async with open_lane(gate, seconds) as lane:
                hops = await follow(lane, url, most_bytes=MOST_BYTES, most_hops=_MOST_HOPS, accept="text/html,*/*")
        except LookupFailed as failed:
            failures.append((url, failed))
            if failed.outcome is LookupOutcome.NO_SUCH_NAME:
                missing.add(host)
            elif failed.outcome is LookupOutcome.OFFLINE:
                break
        else:
            before = tuple(Fetched(tried, trouble=f"{failed.outcome}: {failed.detail}") for tried, failed in failures)
            return (*before, *hops)
    told = [failed for url, failed in failures if urlsplit(url).hostname == domain.strip("[]")] or [failures[-1][1]]
    if domain in missing and len(told) < len(failures):
        told = [failures[-1][1]]
    return LookupFailed(told[-1].outcome, "; ".join(dict.fromkeys(failed.detail for _, failed in failures)))


def read_http(raw: bytes, domain: str, asked_at: datetime) -> LookupAnswer:
    """What the kept hops say. Raises ValueError for bytes that are not of this form."""
    hops = read_hops(raw)
    told = tuple(
        HttpHop(hop.url, hop.address, hop.status, hop.target or hop.header("location")[:500],
                hop.header("server")[:200], hop.trouble)
        for hop in hops
    )  # fmt: skip
    last = last_answer(hops)
    html = decode_page(last)
    facts = HttpFacts(
        hops=told,
        final_url=last.url,
        status=last.status,
        title=_title(html),
        html=html,
        looped=any(hop.trouble == "redirect loop" for hop in hops),
    )
    detail = "; ".join(hop.trouble for hop in hops if hop.trouble)[:500]
    return LookupAnswer(
        *(domain, "http", hops[0].address or domain, asked_at, LookupOutcome.OK, detail, raw, MEDIA_TYPE),
        keep_distinct(_redirects(hops, domain)),
        facts,
    )


def last_answer(hops: tuple[Fetched, ...]) -> Fetched:
    """The last hop that answered at all, an empty one where none did."""
    answered = [hop for hop in hops if hop.status]
    return answered[-1] if answered else Fetched("")


def decode_page(hop: Fetched) -> str:
    """The text of an answer, "" where it is no page."""
    return decode_html(hop.body, hop.header("content-type")) if _is_text(hop) else ""


def _redirects(hops: tuple[Fetched, ...], domain: str) -> list[Identifier]:
    """Other sites that the redirects lead to, each with the hop that names it."""
    found = []
    own = site_of_host(domain)
    for number, hop in enumerate(hops, start=1):
        try:
            target = hop.target or _refresh_target(hop)
            host = urlsplit(target).hostname or ""
        except ValueError:
            continue
        if host and is_domain_name(host) and site_of_host(host) != own:
            where = f"{f'HTTP {hop.status}' if hop.target else 'Refresh'}, hop {number}: {hop.url}"
            found.append(identify(IdentifierKind.REDIRECT, host, Place.REDIRECT, where=where, shown=target))
    return found


def _refresh_target(hop: Fetched) -> str:
    """Where a Refresh header leads, "" where there is none."""
    match = _REFRESH.search(hop.header("refresh")[:2000])
    return urljoin(hop.url, match[1]) if match else ""


def _is_text(hop: Fetched) -> bool:
    media_type = hop.header("content-type").partition(";")[0].strip().lower()
    return media_type in ("", "text/html", "text/plain", "application/xhtml+xml", "application/xml", "text/xml")


def _title(html: str) -> str:
    if not html:
        return ""
    node = LexborHTMLParser(bound_html(html)).css_first("title")
    return one_line(node.text())[:300] if node is not None else ""
