"""A platform's pages on the site that it moved to: proposed, or taken into the watch list, as the configuration says.

Takes settings and the line of a platform; gives what to watch. A page keeps its role, schedule and vantage; its path
is taken over, and the next visit shows whether it is there. Nothing is taken twice, and nothing on a candidate.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from monitor.page_address import normalise_address
from monitor.watchlist import NewPage, add_pages
from scrapers.domains import host_of, registrable_domain
from scrapers.model import Role
from storage.identity import Move, MoveKind

if TYPE_CHECKING:
    from monitor.config.settings import PageSettings, Settings
    from monitor.sites.moves import PlatformLine

_MOST_EACH = 200
_PROPOSE, _TAKE = "propose", "take"


@dataclass(frozen=True)
class Proposal:
    """A page to watch, and why: the page that it continues ("" for a release page), and the move."""

    platform: str
    url: str
    role: Role
    continues: str
    why: str
    schedule: str = ""
    vantage: str = ""


@dataclass(frozen=True)
class Followed:
    """What came of a line: pages still to be decided on, pages taken into the watch list, and why some were not."""

    proposals: tuple[Proposal, ...] = ()
    taken: tuple[PageSettings, ...] = ()
    refused: tuple[str, ...] = ()


def follow_successor(settings: Settings, line: PlatformLine, certain: Collection[str] = ()) -> Followed:
    """What the configuration wants done about the pages of a line's newest sites.

    Only pages of `certain` sites are taken without being asked: whatever is watched under a platform's name counts as
    its own. The others stay proposals.
    """
    if settings.sites.follow not in (_PROPOSE, _TAKE):
        return Followed()
    proposals = propose_pages(settings.pages, line)
    sure = tuple(one for one in proposals if registrable_domain(one.url) in certain)
    if settings.sites.follow == _PROPOSE or not sure:
        return Followed(proposals)
    taken = take_pages(settings, sure)
    return replace(taken, proposals=tuple(one for one in proposals if one not in sure))


def take_pages(settings: Settings, proposals: Iterable[Proposal]) -> Followed:
    """Put proposals into the watch list. Those that it refuses are given back with the reason."""
    wanted = [
        NewPage(one.platform, one.url, str(one.role), schedule=one.schedule, vantage=one.vantage) for one in proposals
    ]
    done = add_pages(settings.path, wanted)
    refused = tuple(f"{one.page.url}: {one.reason}" for one in done.refused if not one.known)
    return Followed(taken=done.added, refused=refused)


def propose_pages(pages: Iterable[PageSettings], line: PlatformLine) -> tuple[Proposal, ...]:
    """The pages that continue those of the sites which a platform left, and its release pages; each once."""
    own = [page for page in pages if page.platform == line.platform]
    watched = {(_place(page.url), page.vantage.name) for page in own}
    watched_sites = {registrable_domain(page.url) for page in own}
    found: dict[tuple[str, str], Proposal] = {}
    heirs = _heirs(line.moves)
    for page in own:
        site = registrable_domain(page.url)
        if page.role is Role.RELEASE:
            continue
        for move in heirs.get(site, ()):
            if move.after in watched_sites:  # somebody chose already what to watch there
                continue
            url = move_address(page.url, site, move.after)
            key = (_place(url), page.vantage.name)
            if not url or key in watched or key in found:
                continue
            found[key] = Proposal(
                platform=line.platform,
                url=url,
                role=page.role,
                continues=page.url,
                why=move.reason,
                schedule=page.schedule.text,
                vantage=page.vantage.name,
            )
    for release in line.release_pages:
        named = [site for site in release.named_by if site in line.sites]
        url = _release_address(release.url)
        if named and url and not any(key[0] == _place(url) for key in (*watched, *found)):
            why = f"{'、'.join(named[:3])} 称其为地址发布页"
            found[(_place(url), "")] = Proposal(line.platform, url, Role.RELEASE, "", why)
    return tuple(found.values())[:_MOST_EACH]


def move_address(url: str, before: str, after: str) -> str:
    """The address of the same page on another site; "www." and the like stay, "" where it cannot be made."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    below = host[: -len(before)] if host.endswith(f".{before}") else ""
    target = after.partition("/")[0]
    if target.count(".") > 1 and below and target.startswith(below):
        below = ""
    try:
        return normalise_address(urlunsplit(("https", f"{below}{target}", parts.path or "/", parts.query, "")))
    except ValueError:
        return ""


def _heirs(moves: Iterable[Move]) -> dict[str, tuple[Move, ...]]:
    """For every site the moves to where it is now: over those that it passed on the way, the last first."""
    direct: dict[str, list[Move]] = {}
    for move in moves:
        if move.kind is MoveKind.SUCCESSOR:
            direct.setdefault(move.before.partition("@")[0], []).append(move)
    found: dict[str, tuple[Move, ...]] = {}
    for site in direct:
        last: list[Move] = []
        seen, queue = {site}, list(direct[site])
        while queue:
            move = queue.pop(0)
            if move.after in seen:
                continue
            seen.add(move.after)
            onward = [one for one in direct.get(move.after, ()) if one.after not in seen]
            queue += onward
            if not onward:
                last.append(move)
        found[site] = tuple(last)
    return found


def _release_address(url: str) -> str:
    try:
        return normalise_address(url if "://" in url else f"https://{url}")
    except ValueError:
        return ""


def _place(url: str) -> str:
    parts = urlsplit(url)
    return f"{host_of(url).removeprefix('www.')}{parts.path.rstrip('/')}?{parts.query}"
