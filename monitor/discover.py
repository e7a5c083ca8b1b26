"""Looks through one site from its home page and proposes what to watch: products, terms, notices, contact, releases.

Takes an address, a way to look at one page (the browser through the gate) and bounds; gives proposals with their signs.
Only GET, only this site, never a login, cart, payment or query page; robots.txt is kept to, and what was left out is
said. Nothing is stored here.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from monitor.frontier import Frontier, Step
from monitor.outcomes import is_readable, registrable_domain
from scrapers.content import content_of
from scrapers.discover import (
    Guess,
    ProductPage,
    explain_refusal,
    find_products,
    guess_heading,
    guess_link,
    judge_reading,
    other_sub_site,
    same_address,
    shape_of,
)
from scrapers.dom import ParsedPage, line_of, parse_page
from scrapers.extract import read_page
from scrapers.links import Link, LinkPlace, find_links, join_address
from scrapers.model import Capture, Outcome, Reading, Role
from scrapers.robots import Robots, is_sitemap_index, read_robots, read_sitemap

Look = Callable[[str, Role], Awaitable[Capture]]
_ALIKE = {Role.PRODUCT: 2}  # products of one form are opened to see that the form is right, not to read them all
_MOST_ALIKE = 6
_MOST_SKIPPED = 200
_MOST_SITEMAPS = 2


@dataclass(frozen=True)
class Bounds:
    """How far a crawl goes. `pace` is the least time between two pages of the site, in seconds."""

    pages: int = 25
    depth: int = 2
    seconds: float = 300.0
    pace: float = 1.0
    products: int = 500


@dataclass(frozen=True)
class Proposal:
    """A page to watch. `opened` is "" where it was not opened, else how that ended; `found_on` is where it was seen."""

    url: str
    role: Role
    name: str
    why: str
    confidence: float
    opened: str = ""
    found_on: str = ""
    watched: bool = False
    note: str = ""


@dataclass(frozen=True)
class Skipped:
    """An address that was not opened, and why."""

    url: str
    words: str
    reason: str


@dataclass(frozen=True)
class Visited:
    """A page that was opened."""

    url: str
    final_url: str
    role: Role | None
    outcome: Outcome
    reason: str
    title: str


@dataclass(frozen=True)
class Progress:
    """How far a crawl is, for whoever waits."""

    opened: int
    most: int
    waiting: int
    url: str


@dataclass(frozen=True)
class Discovery:
    """What was found. `stopped` names the bound that ended it early, "" when nothing was left to open."""

    home: str
    final_url: str
    title: str
    family: str
    family_confidence: float
    outcome: Outcome
    reason: str
    proposals: tuple[Proposal, ...]
    visited: tuple[Visited, ...]
    skipped: tuple[Skipped, ...]
    notes: tuple[str, ...]
    stopped: str
    without_address: tuple[str, ...]  # names of products that have no page of their own


@dataclass
class _Crawl:
    """What is known so far."""

    home: str
    bounds: Bounds
    robots: Robots
    frontier: Frontier
    proposals: dict[str, Proposal] = field(default_factory=dict)
    visited: list[Visited] = field(default_factory=list)
    skipped: dict[str, Skipped] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    products: dict[str, ProductPage] = field(default_factory=dict)
    shapes: Counter[str] = field(default_factory=Counter)
    listed: set[str] = field(default_factory=set)


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
    crawl = _Crawl(home, bounds, Robots(), Frontier())
    if registrable_domain(home) != registrable_domain(url):
        crawl.notes.append(
            f"{url} leads to another site, {home}: it was not followed; discover that address if it is wanted"
        )
        return _finish(crawl, url, first, None, watched, "another site")
    if not is_readable(first.outcome):
        crawl.visited.append(_as_visited(first, url, Role.HOME))
        if first.detail:
            crawl.notes.append(first.detail)
        return _finish(crawl, url, first, None, watched, "the home page was not seen")
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
    reading = await asyncio.to_thread(_take_page, crawl, first, Step(Link(url, "", LinkPlace.PAGE), 0, ""), True)
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
        if not _is_worth_opening(crawl, step):
            continue
        await turn.wait()
        report(Progress(len(crawl.visited), bounds.pages, len(crawl.frontier), step.link.url))
        role = step.guess.role or Role.HOME
        capture = await look(step.link.url, role)
        await asyncio.to_thread(_take_page, crawl, capture, step, False)
        if is_readable(capture.outcome) and same_address(step.link.url) in crawl.proposals:
            keep(capture, crawl.proposals[same_address(step.link.url)].role)
    return _finish(crawl, url, first, reading, watched, stopped)


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


async def _add_sitemap(crawl: _Crawl, look: Look, turn: _Turn) -> None:
    """Put what the sitemap lists beside what the home page links."""
    if crawl.robots.forbids_all:
        return
    parts = urlsplit(crawl.home)
    named = [url for url in _as_addresses(crawl.home, crawl.robots.sitemaps) if _same_host(crawl.home, url)]
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
            queue += [url for url in listed if _same_host(crawl.home, url)]
            continue
        for url in listed:
            _offer(crawl, Link(url, "", LinkPlace.SITEMAP), 1, address)
        if listed:
            crawl.notes.append(f"{address} lists {len(listed)} addresses")


def _as_addresses(base: str, told: Collection[str]) -> list[str]:
    """What of it a visitor could GET: no file: or javascript:, nothing that is no address at all."""
    return [address for one in told if (address := join_address(base, one))]


# --- one page ---------------------------------------------------------------------------------------------------------


def _is_worth_opening(crawl: _Crawl, step: Step) -> bool:
    """Whether a page may teach something: not the fifth of one form, nor one that robots.txt closes."""
    url = step.link.url
    forbidden = crawl.robots.explain_refusal(url)
    if forbidden:
        _skip(crawl, step.link, forbidden)
        return False
    shape = shape_of(url)
    most = _ALIKE.get(step.guess.role, _MOST_ALIKE) if step.guess.role else _MOST_ALIKE
    if step.guess.role not in (Role.TERMS, Role.CONTACT, Role.RELEASE) and crawl.shapes[shape] >= most:
        return False
    crawl.shapes[shape] += 1
    return True


def _take_page(crawl: _Crawl, capture: Capture, step: Step, is_home: bool) -> Reading | None:
    """Read a page that was opened: settle what it is, and offer what it links."""
    url = step.link.url
    guess = step.guess
    known = same_address(url)
    if not is_readable(capture.outcome) or registrable_domain(capture.final_url or url) != registrable_domain(
        crawl.home
    ):
        crawl.visited.append(_as_visited(capture, url, guess.role))
        _note_unseen(crawl, capture, step)
        return None
    arrived = same_address(capture.final_url or url)
    if "#" in known and "#" not in arrived and known.startswith(f"{arrived.rstrip('/')}"):
        arrived = known  # an address that was not redirected is told without its route
    content = content_of(capture)
    page = parse_page(content, guess.role)
    reading = read_page(content, role=Role.HOME if is_home else guess.role)
    if not is_home and arrived != known and arrived in {same_address(one.final_url) for one in crawl.visited}:
        crawl.proposals.pop(known, None)
        _skip(crawl, step.link, f"leads to {capture.final_url}, which was opened already")
        crawl.visited.append(_as_visited(capture, url, None))
        return reading
    if is_home:
        judged = Guess(Role.HOME, "您给出的首页地址", 1.0)
    else:
        if guess.role is None:
            guess = replace(guess_heading(reading, _headings(page)), lists=guess.lists)
        judged = judge_reading(guess, reading, step.link.words)
    products = find_products(page, reading)
    _take_products(crawl, products, url, is_home)
    crawl.visited.append(_as_visited(capture, url, judged.role))
    _settle_proposal(crawl, step, capture, reading, judged, products)
    for link in find_links(page):
        _offer(crawl, link, step.depth + 1, url)
    return reading


def _settle_proposal(
    crawl: _Crawl, step: Step, capture: Capture, reading: Reading, judged: Guess, products: tuple[ProductPage, ...]
) -> None:
    url, key = step.link.url, same_address(step.link.url)
    opened = str(capture.outcome)
    if judged.role is not None:
        own = next((p.name for p in products if p.name), "") if judged.role is Role.PRODUCT else ""
        name = own or step.link.words or reading.title
        crawl.proposals[key] = Proposal(url, judged.role, name, judged.sign, judged.confidence, opened, step.found_on)
        return
    fresh = [one for one in products if one.subject not in crawl.listed]
    if judged.lists and len(fresh) >= 2 and step.depth > 0:
        crawl.listed |= {one.subject for one in fresh}
        told = f"{judged.sign}，其中 {len(fresh)} 件未在首页等其他列表出现"
        name = step.link.words or reading.title
        crawl.proposals[key] = Proposal(url, Role.HOME, name, told, 0.6, opened, step.found_on, note="list")
    else:
        crawl.proposals.pop(key, None)


def _note_unseen(crawl: _Crawl, capture: Capture, step: Step) -> None:
    """A page that was not seen: gone ones are dropped, walls leave the proposal with what stood there."""
    key = same_address(step.link.url)
    how = f"{capture.outcome}: {capture.reason}"
    proposal = crawl.proposals.pop(key, None)
    gone = capture.reason in ("http_404", "http_410", "soft_404", "download") or is_readable(capture.outcome)
    if proposal is None or gone:
        told = f"leads to another site, {capture.final_url}" if is_readable(capture.outcome) else how
        _skip(crawl, step.link, told)
        return
    crawl.proposals[key] = replace(proposal, opened=how, confidence=min(proposal.confidence, 0.6))


def _take_products(crawl: _Crawl, products: tuple[ProductPage, ...], url: str, is_home: bool) -> None:
    for product in products:
        if is_home:
            crawl.listed.add(product.subject)
        known = crawl.products.get(product.subject)
        if known is None or not known.url:
            crawl.products[product.subject] = product
        address = product.url
        if not address or same_address(address) == same_address(url) or len(crawl.products) > crawl.bounds.products:
            continue
        link = Link(address, product.name[:80], LinkPlace.GOODS)
        key = same_address(address)
        if explain_refusal(link) or not _same_host(crawl.home, address):
            continue
        if key not in crawl.proposals:
            crawl.proposals[key] = Proposal(address, Role.PRODUCT, product.name, product.sign, 0.85, found_on=url)
            crawl.frontier.add(Step(link, 1 if is_home else 2, url, Guess(Role.PRODUCT, product.sign, 0.85)))


def _offer(crawl: _Crawl, link: Link, depth: int, found_on: str) -> None:
    """Take a link into the frontier and, where its role is plain, among the proposals."""
    key = same_address(link.url)
    if key == same_address(crawl.home) or key in crawl.skipped:
        return
    refusal = explain_refusal(link)
    if not _same_host(crawl.home, link.url):
        _take_foreign(crawl, link, found_on)
        return
    if not refusal and other_sub_site(crawl.home, link.url):
        refusal = "another shop of the same platform"
    if refusal:
        _skip(crawl, link, refusal)
        return
    guess = guess_link(link)
    if guess.role is not None and key not in crawl.proposals and len(crawl.proposals) < crawl.bounds.products + 200:
        crawl.proposals[key] = Proposal(
            link.url, guess.role, link.words, guess.sign, guess.confidence, found_on=found_on
        )
    if depth <= crawl.bounds.depth:
        crawl.frontier.add(Step(link, depth, found_on, guess))


def _take_foreign(crawl: _Crawl, link: Link, found_on: str) -> None:
    """A link off this host is never opened; terms on a sister host and release pages anywhere are still proposed."""
    guess = guess_link(link)
    sister = registrable_domain(link.url) == registrable_domain(crawl.home)
    if guess.role is Role.RELEASE or (sister and guess.role in (Role.TERMS, Role.NOTICE, Role.CONTACT)):
        note = "on another host of this domain" if sister else "on another site"
        crawl.proposals.setdefault(
            same_address(link.url),
            Proposal(
                link.url, guess.role, link.words, guess.sign, 0.6 if sister else 0.5, found_on=found_on, note=note
            ),
        )
        return
    _skip(crawl, link, "another host of this domain" if sister else "another site")


def _skip(crawl: _Crawl, link: Link, reason: str) -> None:
    if len(crawl.skipped) < _MOST_SKIPPED:
        crawl.skipped.setdefault(same_address(link.url), Skipped(link.url, link.words, reason))


def _finish(
    crawl: _Crawl, url: str, first: Capture, reading: Reading | None, watched: Collection[str], stopped: str
) -> Discovery:
    known = {same_address(address) for address in watched}
    order = [Role.HOME, Role.TERMS, Role.NOTICE, Role.CONTACT, Role.RELEASE, Role.PRODUCT, Role.ORDER]
    closed = {key: told for key, one in crawl.proposals.items() if (told := crawl.robots.explain_refusal(one.url))}
    proposals = sorted(
        (
            replace(
                one,
                watched=key in known,
                note="; ".join(
                    filter(None, (one.note, f"{closed[key]}: not opened" if key in closed and not one.opened else ""))
                ),
            )
            for key, one in crawl.proposals.items()
        ),
        key=lambda one: (order.index(one.role), one.note == "list", -one.confidence, one.url),
    )
    nowhere = [one.name or one.subject for one in crawl.products.values() if not one.url]
    return Discovery(
        home=url,
        final_url=first.final_url or url,
        title=first.title,
        family=reading.family if reading else "",
        family_confidence=reading.family_confidence if reading else 0.0,
        outcome=first.outcome,
        reason=first.reason,
        proposals=tuple(proposals),
        visited=tuple(crawl.visited),
        skipped=tuple(crawl.skipped.values()),
        notes=tuple(crawl.notes),
        stopped=stopped,
        without_address=tuple(nowhere) if not any(one.role is Role.PRODUCT and one.opened for one in proposals) else (),
    )


def _as_visited(capture: Capture, url: str, role: Role | None) -> Visited:
    return Visited(url, capture.final_url or url, role, capture.outcome, capture.reason, capture.title)


def _headings(page: ParsedPage) -> tuple[str, ...]:
    return tuple(line_of(element, 80) for element in page.document.with_tag("h1", "h2")[:4])


def _same_host(home: str, url: str) -> bool:
    own, other = urlsplit(home), urlsplit(url)
    return own.netloc.lower().removeprefix("www.") == other.netloc.lower().removeprefix("www.")
