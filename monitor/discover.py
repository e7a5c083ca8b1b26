"""Looks through one site from its home page and proposes what to watch: products, terms, notices, contact, releases.

Takes an address, a way to look at one page (the browser through the gate) and bounds; gives proposals with their signs.
Only GET, only this site, never a login, cart, payment or query page; robots.txt is kept to, and what was left out is
said. Nothing is stored here.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection
from urllib.parse import urlsplit

from monitor.crawl import Crawl, as_visited, finish_crawl, is_worth_opening, offer_link, same_host, take_page
from monitor.discovery import Bounds, Discovery, Progress
from monitor.frontier import Frontier, Step
from monitor.outcomes import is_readable, registrable_domain
from scrapers.discover import same_address
from scrapers.links import Link, LinkPlace, join_address
from scrapers.model import Capture, Role
from scrapers.robots import Robots, is_sitemap_index, read_robots, read_sitemap

Look = Callable[[str, Role], Awaitable[Capture]]
_MOST_SITEMAPS = 2


async def discover_site(
    url: str,
    *,
    look: Look,
    bounds: Bounds,
    watched: Collection[str] = (),
    keep: Callable[[Capture, Role], None] = lambda capture, role: None,
    report: Callable[[Progress], None] = lambda progress: None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    monotonic: Callable[[], float] = time.monotonic,
) -> Discovery:
    """Crawl from `url`; `watched` are addresses that are watched already. Never raises for what a page does."""
    began = monotonic()
    turn = _Turn(bounds.pace, sleep, monotonic)
    report(Progress(0, bounds.pages, 1, url))
    first = await look(url, Role.HOME)
    home = first.final_url or url
    crawl = Crawl(home, bounds, Robots(), Frontier())
    if registrable_domain(home) != registrable_domain(url):
        crawl.notes.append(
            f"{url} leads to another site, {home}: it was not followed; discover that address if it is wanted"
        )
        return finish_crawl(crawl, url, first, None, watched, "another site")
    if not is_readable(first.outcome):
        crawl.visited.append(as_visited(first, url, Role.HOME))
        if first.detail:
            crawl.notes.append(first.detail)
        return finish_crawl(crawl, url, first, None, watched, "the home page was not seen")
    await turn.wait()
    crawl.robots = await _ask_robots(home, look, crawl.notes)
    if crawl.robots.delay > bounds.pace:
        turn.pace = crawl.robots.delay
        crawl.notes.append(f"robots.txt asks for {crawl.robots.delay:g} s between two pages: kept to")
    forbidden = crawl.robots.explain_refusal(home)
    if forbidden:
        crawl.notes.append(
            f"the home page itself is closed to crawlers ({forbidden}): it alone was opened, because it was named"
        )
    reading = await asyncio.to_thread(take_page, crawl, first, Step(Link(url, "", LinkPlace.PAGE), 0, ""), True)
    keep(first, Role.HOME)
    await _add_sitemap(crawl, look, turn)
    stopped = ""
    while (step := crawl.frontier.next()) is not None:
        if len(crawl.visited) >= bounds.pages:
            stopped = f"{bounds.pages} pages opened (--max-pages)"
            break
        if monotonic() - began > bounds.seconds:
            stopped = f"{bounds.seconds:.0f} seconds spent"
            break
        if not is_worth_opening(crawl, step):
            continue
        await turn.wait()
        report(Progress(len(crawl.visited), bounds.pages, len(crawl.frontier), step.link.url))
        role = step.guess.role or Role.HOME
        capture = await look(step.link.url, role)
        await asyncio.to_thread(take_page, crawl, capture, step, False)
        if is_readable(capture.outcome) and same_address(step.link.url) in crawl.proposals:
            keep(capture, crawl.proposals[same_address(step.link.url)].role)
    return finish_crawl(crawl, url, first, reading, watched, stopped)


class _Turn:
    """Keeps the pace between two pages of the site."""

    def __init__(self, pace: float, sleep: Callable[[float], Awaitable[None]], monotonic: Callable[[], float]) -> None:
        self.pace = pace
        self._sleep = sleep
        self._monotonic = monotonic
        self._last = monotonic()

    async def wait(self) -> None:
        """Wait for our turn."""
        left = self._last + self.pace - self._monotonic()
        if left > 0:
            await self._sleep(left)
        self._last = self._monotonic()


# --- what robots.txt and the sitemap say ------------------------------------------------------------------------------


async def _ask_robots(home: str, look: Look, notes: list[str]) -> Robots:
    """The site's rules for crawlers. None there means no rules; a server error means that nothing may be crawled."""
    parts = urlsplit(home)
    capture = await look(f"{parts.scheme}://{parts.netloc}/robots.txt", Role.HOME)
    if capture.status is not None and capture.status >= 500:
        told = f"robots.txt could not be read (HTTP {capture.status})"
        notes.append(f"{told}: by RFC 9309 nothing else was opened")
        return Robots(forbids_all=told)
    if capture.status is None:
        told = f"robots.txt could not be read ({capture.reason or capture.outcome})"
        notes.append(f"{told}: by RFC 9309 nothing else was opened")
        return Robots(forbids_all=told)
    if capture.status >= 400 or registrable_domain(capture.final_url or home) != registrable_domain(home):
        return Robots()
    text = _plain_body(capture)
    return read_robots(text) if text else Robots()


def _plain_body(capture: Capture) -> str:
    """The main document's text unless it is a page: many SPAs answer every address with their shell."""
    document = next((e for e in reversed(capture.exchanges) if e.main_document and e.body_size), None)
    if document is None:
        return ""
    text = document.read_body(1_000_000).decode("utf-8", "replace")
    return "" if "<html" in text[:2000].lower() or "<!doctype html" in text[:200].lower() else text


async def _add_sitemap(crawl: Crawl, look: Look, turn: _Turn) -> None:
    """Put what the sitemap lists beside what the home page links."""
    if crawl.robots.forbids_all:
        return
    parts = urlsplit(crawl.home)
    named = [url for url in _as_addresses(crawl.home, crawl.robots.sitemaps) if same_host(crawl.home, url)]
    queue = named[:_MOST_SITEMAPS] or [f"{parts.scheme}://{parts.netloc}/sitemap.xml"]
    asked = 0
    while queue and asked < _MOST_SITEMAPS:
        address = queue.pop(0)
        if crawl.robots.explain_refusal(address):
            continue
        await turn.wait()
        capture = await look(address, Role.HOME)
        asked += 1
        text = _plain_body(capture) if capture.status == 200 else ""
        listed = _as_addresses(address, read_sitemap(text))
        if is_sitemap_index(text):
            queue += [url for url in listed if same_host(crawl.home, url)]
            continue
        for url in listed:
            offer_link(crawl, Link(url, "", LinkPlace.SITEMAP), 1, address)
        if listed:
            crawl.notes.append(f"{address} lists {len(listed)} addresses")


def _as_addresses(base: str, told: Collection[str]) -> list[str]:
    """What of it a visitor could GET: no file: or javascript:, nothing that is no address at all."""
    return [address for one in told if (address := join_address(base, one))]
