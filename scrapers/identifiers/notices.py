"""What a page says of addresses: where it moved, what it was, which are mirrors or fakes, where to find it again.

Takes a PageContent and the site's host; gives identifiers of kind notice_successor with the MoveRole as `role`, and
release_page. Only role `successor` says that the platform is there. What the words say is `notice_roles`' to judge;
here is which lines a page has to read, with what they stand beside. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from lxml import etree

from scrapers.domains import host_of, readable_host, site_of_host
from scrapers.identifiers.excluded_hosts import explain_exclusion
from scrapers.identifiers.notice_roles import Notice, read_notices
from scrapers.identifiers.notice_words import ANY_CUE, MoveRole
from scrapers.identifiers.page import walk_page
from scrapers.identifiers.page_walk import PageRuns
from scrapers.identity import Identifier, IdentifierKind, Place
from scrapers.model import PageContent
from scrapers.text import condense

MOST_NOTICES = 200
_MOST_LINKS = 2_000


def find_notices(content: PageContent, *, site_host: str = "") -> tuple[Identifier, ...]:
    """The notices of a page, its pop-ups, own frames, pictures and links; each (value, place) with its gravest role."""
    host = site_host or host_of(content.url)
    told: list[Identifier] = []
    for place, where, lines, third in _texts(content, host):
        for one in tell_notices(lines, place, where, host):
            told.append(replace(one, role=MoveRole.PARTNER.value) if third and one.role in _OF_SITE else one)
    return keep_gravest(told)


def keep_gravest(identifiers: Iterable[Identifier]) -> tuple[Identifier, ...]:
    """Each value once a place, in the gravest role that it has there: a warning before all, a mirror last."""
    found: dict[tuple[str, str, str], Identifier] = {}
    for one in identifiers:
        key = (one.kind, one.value, one.place)
        known = found.get(key)
        if known is None or _RANK[MoveRole(one.role)] < _RANK[MoveRole(known.role)]:
            found[key] = one
        if len(found) >= MOST_NOTICES:
            break
    return tuple(found.values())


def tell_notices(lines: Iterable[str], place: str, where: str, site_host: str) -> Iterator[Identifier]:
    """The notices in lines of text as identifiers of that place; none of the site's own domain."""
    own = site_of_host(site_host)
    for notice in read_notices(lines):
        told = _tell(notice, place, where, own)
        if told is not None:
            yield told


_RANK = {
    MoveRole.WARNED: 0,
    MoveRole.FORMER: 1,
    MoveRole.PARTNER: 2,
    MoveRole.BRANCH: 3,
    MoveRole.SUCCESSOR: 4,
    MoveRole.RELEASE: 5,
    MoveRole.MIRROR: 6,
}


# --- what a page has to read ------------------------------------------------------------------------------------------


def _texts(content: PageContent, host: str) -> Iterator[tuple[str, str, list[str], bool]]:
    """Lines by their place, with what they stand in and whether that is about other parties.

    Words of visitors keep their place: whoever writes a review may name any address as the new one.
    """
    page = walk_page(content, host)
    seen = condense("\n".join((content.text, *content.popups, *(text for text, _ in content.layout.drawn))))
    groups: dict[tuple[str, str, bool], list[str]] = {}
    lead, last = "", ("", "", False)
    for run in page.lines:
        place = run.place
        if place == Place.COMMENT:
            continue
        if place == Place.VISIBLE and content.text and run.text not in content.text and condense(run.text) not in seen:
            place = Place.HIDDEN
        key = (place, run.where, run.third)
        lines = groups.setdefault(key, [])
        if lead and key != last:
            lines.append(lead)  # a heading that stands before another block than its own
        lines.append(run.text)
        lead, last = run.text if len(run.text) <= 40 and "." not in run.text else "", key
    for (place, where, third), lines in groups.items():
        yield place, where, lines, third
    if content.text:
        marked = condense("\n".join(run.text for run in page.lines))
        drawn = [line for line in content.text.split("\n") if "." in line or ANY_CUE.search(line)]
        yield Place.VISIBLE, "", [line for line in drawn if condense(line) not in marked], False
    for picture in content.pictures[:120]:
        yield Place.IMAGE_OCR, picture.url[:300], [line.text for line in picture.text.lines], False
    links: dict[str, list[str]] = {}
    for place, line in _links(page, site_of_host(host)):
        links.setdefault(place, []).append(line)
    for place, lines in links.items():
        yield place, "", lines, False


def _links(page: PageRuns, own: str) -> Iterator[tuple[str, str]]:
    """Links to other domains as lines of text: what stands before, the words of the link, its host, what follows."""
    for run in page.addresses[:_MOST_LINKS]:
        target = run.text.strip()
        if not target.startswith(("http://", "https://", "//")) or len(target) > 500:
            continue
        node = run.node
        if not isinstance(node, etree._Element) or node.tag not in ("a", "area") or run.third:
            continue
        host = host_of(target if target.startswith("http") else f"https:{target}")
        if not host or site_of_host(host) == own:
            continue
        words = " ".join("".join(islice(node.itertext(), 40)).split())[:80]
        if host in words.lower():
            continue  # its words are read with the text
        address = target.split("?")[0].split("#")[0]
        before, after = _beside(node)
        line = f"{before}{words}: {address} {after}"
        if ANY_CUE.search(line):
            yield run.place, line


def _beside(node: etree._Element) -> tuple[str, str]:
    earlier, parent = node.getprevious(), node.getparent()
    before = earlier.tail if earlier is not None else parent.text if parent is not None else ""
    after = " ".join((node.tail or "").split())[:24]
    before = " ".join((before or "").split())[-40:]
    if before or after:
        return before, after
    above = _line_above(node)
    return f"{above}，" if above else "", after


def _line_above(node: etree._Element) -> str:
    """The short line in the block before a link that stands alone in its own: 本站最新地址, and below it 点击进入."""
    for _ in range(3):
        above = node.getprevious()
        if above is not None:
            text = " ".join("".join(islice(above.itertext(), 20)).split()) if isinstance(above.tag, str) else ""
            return text if len(text) <= 40 and "." not in text else ""
        parent = node.getparent()
        if parent is None or (parent.text or "").strip() or (node.tail or "").strip():
            return ""
        node = parent
    return ""


def _tell(notice: Notice, place: str, where: str, own: str) -> Identifier | None:
    host = notice.domain.host
    site = site_of_host(host)
    if site == own:
        return None
    release = notice.role is MoveRole.RELEASE
    reason = explain_exclusion(host)
    if reason and not (release and site in _CODE_HOSTS and notice.domain.path.count("/") >= 2):
        return None
    kind = IdentifierKind.RELEASE_PAGE if release else IdentifierKind.NOTICE_SUCCESSOR
    value = f"{host}{notice.domain.path}" if release else site
    shown = notice.shown if readable_host(host) == host else f"{notice.shown} ({readable_host(host)})"[:300]
    return Identifier(kind, value, place, shown, where, notice.role.value, confidence=notice.sure)


_OF_SITE = frozenset({MoveRole.SUCCESSOR.value, MoveRole.MIRROR.value})
_CODE_HOSTS = frozenset({"github.com", "gitee.com", "gitlab.com", "bitbucket.org"})
