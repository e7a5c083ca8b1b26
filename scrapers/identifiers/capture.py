"""All that one capture tells of who runs its sites: page, pictures, traffic, redirects, notices, design, name.

Takes a Capture and the PageContent made of it; gives identifiers, each (kind, value, place, block of a redirect) once,
at most MOST. `identifiers_by_site` says whose they are: a redirect is a statement of the site that sends on, all else
one of the site that the visit ended at. Pure but for the child process that decodes QR codes, and the log line that
names a reader which a page broke: the other readers go on.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from itertools import islice

from scrapers.domains import host_of, registrable_domain, site_of_host
from scrapers.identifiers import find_identifiers
from scrapers.identifiers.design import find_design
from scrapers.identifiers.favicon import find_favicons
from scrapers.identifiers.moves import find_redirects
from scrapers.identifiers.names import name_skeleton
from scrapers.identifiers.notices import find_notices
from scrapers.identifiers.pictures import find_picture_identifiers
from scrapers.identifiers.release import find_release_identifiers
from scrapers.identifiers.traffic import find_request_identifiers, find_traffic_identifiers
from scrapers.identity import Identifier, IdentifierKind, Place
from scrapers.model import Capture, Outcome, PageContent, Reason

_log = logging.getLogger(__name__)

MOST = 2_000
MOST_OF_KIND = 100
"""Of one kind and site: who shows more shows lists. Notices of addresses are bounded where they are read."""
_LISTED = frozenset({IdentifierKind.NOTICE_SUCCESSOR, IdentifierKind.RELEASE_PAGE, IdentifierKind.REDIRECT})
_NOT_THE_SITE = frozenset({Reason.SUSPENDED, Reason.CHALLENGE, Reason.OWN_NETWORK})
"""What stands there is a host's or a shield's page, not the site's."""


def identifiers_of_capture(
    capture: Capture, content: PageContent, *, codes: Mapping[str, tuple[str, ...]] | None = None
) -> tuple[Identifier, ...]:
    """The identifiers of a capture, the page's own first.

    `codes` are texts of QR codes that are known by the digest of their picture, so that none is decoded twice.
    """
    host = host_of(capture.final_url or capture.url)
    readers: list[Callable[[], Iterable[Identifier]]] = [lambda: find_redirects(capture, content)]
    if _shows_site(capture):
        readers += [
            lambda: find_identifiers(content, site_host=host),
            lambda: find_notices(content, site_host=host),
            lambda: find_release_identifiers(content),
            lambda: find_favicons(capture, content),
            lambda: find_picture_identifiers(capture, content, codes=codes),
            lambda: find_request_identifiers(capture),
        ]
        if capture.outcome in (Outcome.COMPLETE, Outcome.PARTIAL):
            readers.append(lambda: find_design(content))
    if capture.outcome is not Outcome.FAILED or capture.status is not None:
        readers.append(lambda: find_traffic_identifiers(capture))
    readers.append(lambda: name_identifiers(site_of_host(host)))
    return _each_once(one for read in readers for one in _read_or_say(read, capture))


def _read_or_say(read: Callable[[], Iterable[Identifier]], capture: Capture) -> tuple[Identifier, ...]:
    """What one reader finds; a page that breaks it hides nothing of what the others read."""
    try:
        return tuple(read())
    except (OSError, MemoryError):
        raise
    except Exception:  # a hostile page may break any reader: it is named, the others go on
        _log.exception("a reader of identifiers failed on capture %s of %s", capture.id, capture.url[:200])
        return ()


def identifiers_by_site(
    capture: Capture,
    content: PageContent,
    *,
    codes: Mapping[str, tuple[str, ...]] | None = None,
    identify: Callable[..., tuple[Identifier, ...]] | None = None,
) -> dict[str, tuple[Identifier, ...]]:
    """The same by the registrable domain that each is a statement of; a site that only sent on has its name beside."""
    told = (identify or identifiers_of_capture)(capture, content, codes=codes)
    final = registrable_domain(capture.final_url or capture.url)
    sites: dict[str, list[Identifier]] = {final: []} if final else {}
    for one in told:
        site = one.block if one.kind == IdentifierKind.REDIRECT and one.block else final
        if site not in sites:
            sites[site] = list(name_identifiers(site))
        sites[site].append(one)
    return {site: tuple(listed) for site, listed in sites.items() if site}


def name_identifiers(site: str) -> tuple[Identifier, ...]:
    """The skeleton of a site's name, nothing where too little is left of it."""
    skeleton = name_skeleton(site)
    return (Identifier(IdentifierKind.NAME, skeleton, Place.DNS, site, "name"),) if skeleton else ()


def _say_left(shown: Counter[str]) -> None:
    for kind, count in shown.items():
        if count > MOST_OF_KIND and kind not in _LISTED:
            _log.warning("%d further values of kind %s of one look are left out", count - MOST_OF_KIND, kind)


def _shows_site(capture: Capture) -> bool:
    return capture.reason not in _NOT_THE_SITE


def _each_once(found: Iterable[Identifier]) -> tuple[Identifier, ...]:
    kept: dict[tuple[str, str, str, str], Identifier] = {}
    shown: Counter[str] = Counter()
    for one in found:
        key = (one.kind, one.value, one.place, one.block if one.kind == IdentifierKind.REDIRECT else "")
        known = kept.get(key)
        if known is None:
            shown[one.kind] += 1
            if shown[one.kind] <= MOST_OF_KIND or one.kind in _LISTED:
                kept[key] = one
        elif one.where.startswith("release page") and one.role != known.role and known.role == "mirror":
            kept[key] = one  # the release page as a whole knows which of its addresses is the current one
    _say_left(shown)
    return tuple(islice(kept.values(), MOST))
