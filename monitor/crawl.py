"""What is known of a site while it is looked through: its proposals, what waits to be opened, what was left out.

A page that was opened is read here and offers what it links; nothing is fetched. No login, cart, payment or query
page, nothing that robots.txt closes, and not the fifth page of one form.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from monitor.discovery import Bounds, Discovery, Proposal, Skipped, Visited
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
from scrapers.links import Link, LinkPlace, find_links
from scrapers.model import Capture, Reading, Role
from scrapers.robots import Robots

_ALIKE = {Role.PRODUCT: 2}  # products of one form are opened to see that the form is right, not to read them all
_MOST_ALIKE = 6
_MOST_SKIPPED = 200


@dataclass
class Crawl:
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


def is_worth_opening(crawl: Crawl, step: Step) -> bool:
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


def take_page(crawl: Crawl, capture: Capture, step: Step, is_home: bool) -> Reading | None:
    """Read a page that was opened: settle what it is, and offer what it links."""
    url = step.link.url
    guess = step.guess
    known = same_address(url)
    if not is_readable(capture.outcome) or registrable_domain(capture.final_url or url) != registrable_domain(
        crawl.home
    ):
        crawl.visited.append(as_visited(capture, url, guess.role))
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
        crawl.visited.append(as_visited(capture, url, None))
        return reading
    if is_home:
        judged = Guess(Role.HOME, "您给出的首页地址", 1.0)
    else:
        if guess.role is None:
            guess = replace(guess_heading(reading, _headings(page)), lists=guess.lists)
        judged = judge_reading(guess, reading, step.link.words)
    products = find_products(page, reading)
    _take_products(crawl, products, url, is_home)
    crawl.visited.append(as_visited(capture, url, judged.role))
    _settle_proposal(crawl, step, capture, reading, judged, products)
    for link in find_links(page):
        offer_link(crawl, link, step.depth + 1, url)
    return reading


def _settle_proposal(
    crawl: Crawl, step: Step, capture: Capture, reading: Reading, judged: Guess, products: tuple[ProductPage, ...]
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


def _note_unseen(crawl: Crawl, capture: Capture, step: Step) -> None:
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


def _take_products(crawl: Crawl, products: tuple[ProductPage, ...], url: str, is_home: bool) -> None:
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
        if explain_refusal(link) or not same_host(crawl.home, address):
            continue
        if key not in crawl.proposals:
            crawl.proposals[key] = Proposal(address, Role.PRODUCT, product.name, product.sign, 0.85, found_on=url)
            crawl.frontier.add(Step(link, 1 if is_home else 2, url, Guess(Role.PRODUCT, product.sign, 0.85)))


def offer_link(crawl: Crawl, link: Link, depth: int, found_on: str) -> None:
    """Take a link into the frontier and, where its role is plain, among the proposals."""
    key = same_address(link.url)
    if key == same_address(crawl.home) or key in crawl.skipped:
        return
    refusal = explain_refusal(link)
    if not same_host(crawl.home, link.url):
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


def _take_foreign(crawl: Crawl, link: Link, found_on: str) -> None:
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


def _skip(crawl: Crawl, link: Link, reason: str) -> None:
    if len(crawl.skipped) < _MOST_SKIPPED:
        crawl.skipped.setdefault(same_address(link.url), Skipped(link.url, link.words, reason))


def finish_crawl(
    crawl: Crawl, url: str, first: Capture, reading: Reading | None, watched: Collection[str], stopped: str
) -> Discovery:
    """What came of it: proposals by role and certainty, each with what robots.txt says; `stopped` is why it ended."""
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


def as_visited(capture: Capture, url: str, role: Role | None) -> Visited:
    """A page that was opened, with how that ended."""
    return Visited(url, capture.final_url or url, role, capture.outcome, capture.reason, capture.title)


def _headings(page: ParsedPage) -> tuple[str, ...]:
    return tuple(line_of(element, 80) for element in page.document.with_tag("h1", "h2")[:4])


def same_host(home: str, url: str) -> bool:
    """Whether an address is of this host, with or without www."""
    own, other = urlsplit(home), urlsplit(url)
    return own.netloc.lower().removeprefix("www.") == other.netloc.lower().removeprefix("www.")
