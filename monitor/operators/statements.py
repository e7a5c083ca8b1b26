"""Turns a kept capture into statements: what it shows of who runs the site, placed on the site that showed it.

A redirect is a statement of the site that sends on; what stands on the page is of the site that the visit ended at.
A lock of somebody else (a challenge, a host's page) says nothing of the site but its address, certificate and hops.
An equal look is not read again: its statements go on.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from monitor.operators.site_names import name_site
from monitor.outcomes import OWN_TROUBLE, is_readable
from monitor.picture_reading import see_pictures
from scrapers.content import content_of
from scrapers.domains import host_of, registrable_domain
from scrapers.identifiers.capture import identifiers_by_site
from scrapers.identifiers.excluded_hosts import explain_exclusion
from scrapers.identifiers.pictures import list_code_pictures, read_codes
from scrapers.identity import Identifier, IdentifierKind, Place
from scrapers.model import Capture, Exchange, Origin, PageContent, PictureLine, PictureText, Reason, ViewKind
from storage.canonical import canonical_json
from storage.identity import Statement
from storage.picture_texts import keep_picture_texts, load_picture_texts
from storage.sites import has_site, link_platform
from storage.statement_looks import go_on_as_before, keep_look
from storage.statements import note_statements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from monitor.config.services import OcrSettings
    from storage.archive import Archive
    from storage.model import StoredCapture
    from storage.session import Session

READERS = "2026.11.1"
"""Raised whenever the same capture would state otherwise, so that unchanged pages are read again."""
CODE_READER = "codes 1"
"""Under this name the texts of QR codes are kept beside recognised texts."""

# Whoever answered was not the site: a shield, a host, a registrar. What stands there is theirs.
_ANSWERED_BY_OTHERS = frozenset({Reason.CHALLENGE, Reason.CAPTCHA, Reason.SUSPENDED, Reason.DOWNLOAD})
_OF_THE_CONNECTION = frozenset({Place.REDIRECT, Place.TLS, Place.DNS})
_UNREAD_VIEWS = frozenset({ViewKind.PDF, ViewKind.MHTML, ViewKind.SOURCE_FILE, ViewKind.REGION_SCREENSHOT})
_READ_TYPES = frozenset({"document", "xhr", "fetch", "image", "script", "other"})
_PASSING = re.compile(r"(?:^|&)(?:_|t|ts|time|timestamp|r|rand|random|nonce|v|_t)=[^&]*")
"""Parameters that are new at every visit and name nobody."""


def note_capture(archive: Archive, capture: Capture, stored: StoredCapture, ocr: OcrSettings) -> int:
    """Note what a capture shows of who runs the site; gives how many statements are new.

    `capture` need not hold the bytes of views that it reused: they are fetched where the look is a new one.
    """
    if stored.reason in OWN_TROUBLE:
        return 0
    own = stored.origin is Origin.OWN
    digest = digest_look(capture, ocr.engine)
    if own:
        with archive.database.writing() as session:
            if go_on_as_before(session, stored.page.id, digest, stored.seen_at, stored.id):
                return 0
    statements, whole = state_capture(archive, capture, stored, ocr)
    with archive.database.writing() as session:
        new = note_statements(session, statements)
        link_sites(session, stored, statements)
        if own and whole:
            keep_look(session, stored.page.id, digest, statements)
    return new


def state_capture(
    archive: Archive, capture: Capture, stored: StoredCapture, ocr: OcrSettings
) -> tuple[tuple[Statement, ...], bool]:
    """The statements of one capture, and whether all its pictures were looked at for codes in the time there was."""
    capture = _fill_views(archive, capture)
    content = content_of(capture)
    content = replace(content, pictures=see_pictures(archive, capture, content, stored.page.role, ocr))
    codes, whole = _see_codes(archive, capture, content, stored.seen_at)
    with archive.database.reading() as session:
        return place_identifiers(capture, content, stored, codes, partial(has_site, session)), whole


def place_identifiers(
    capture: Capture,
    content: PageContent,
    stored: StoredCapture,
    codes: Mapping[str, tuple[str, ...]],
    is_known: Callable[[str], bool],
) -> tuple[Statement, ...]:
    """The identifiers of a capture as statements of the sites that they speak of. Pure.

    `codes` are the texts of QR codes by the digest of their picture; `is_known` tells whether a site is known already.
    """
    arrived = capture.final_url or capture.url
    domain = registrable_domain(arrived)
    final = name_site(arrived, content, is_known)
    found: list[Statement] = []
    for site, told in identifiers_by_site(capture, content, codes=codes).items():
        strange = site == domain != registrable_domain(capture.url) and explain_exclusion(host_of(arrived))
        for one in told:
            if _is_said_by_site(stored, one) and (not strange or one.kind == IdentifierKind.REDIRECT):
                found.append(_statement_of(final if site == domain else site, one, stored))
    return tuple(found)


def state_file_capture(capture: Capture, at: datetime) -> tuple[Statement, ...]:
    """What a capture of a saved file states, without an archive; a file without a time is taken as of `at`."""
    seen = capture.claimed_at or at
    told = identifiers_by_site(capture, content_of(capture))
    return tuple(
        replace(_statement_at(site, one, seen, ""), claimed=True) for site, listed in told.items() for one in listed
    )


def _fill_views(archive: Archive, capture: Capture) -> Capture:
    views = tuple(
        replace(view, data=archive.load_payload(view.digest))
        if view.data is None and view.digest and view.kind not in _UNREAD_VIEWS
        else view
        for view in capture.views
    )
    return replace(capture, views=views)


def _see_codes(
    archive: Archive, capture: Capture, content: PageContent, at: datetime
) -> tuple[Mapping[str, tuple[str, ...]], bool]:
    """The texts of the codes in a capture's pictures; each picture is decoded once and for all."""
    pictures = list_code_pictures(capture, content)
    if not pictures:
        return {}, True
    with archive.database.reading() as session:
        kept = load_picture_texts(session, [picture.digest for picture in pictures], CODE_READER)
    known = {digest: tuple(line.text for line in text.lines) for digest, text in kept.items()}
    told = read_codes(pictures, known)
    fresh = [
        PictureText(digest, CODE_READER, tuple(PictureLine(text, 1.0) for text in texts), "", final=True)
        for digest, texts in told.items()
        if digest not in known
    ]
    if fresh:
        with archive.database.writing() as session:
            keep_picture_texts(session, fresh, at)
    return {**dict.fromkeys((picture.digest for picture in pictures), ()), **told}, len(told) >= len(pictures)


def digest_look(capture: Capture, engine: str = "") -> str:
    """A digest of all that identifiers are read from; what is new at every visit and names nobody is left out."""
    views = [[view.kind.value, view.name, view.digest] for view in capture.views if view.kind not in _UNREAD_VIEWS]
    seen = [_look_of(one) for one in capture.exchanges if one.main_document or one.resource_type in _READ_TYPES]
    host = host_of(capture.final_url or capture.url)
    addresses = sorted({text for one in capture.names if one.host == host for text in one.addresses})
    certificates = [[one.host, one.chain_digest, one.error] for one in capture.certificates]
    parts = [READERS, engine, capture.url, capture.final_url, capture.outcome.value, capture.reason, capture.title]
    return hashlib.sha256(canonical_json([parts, sorted(views), sorted(seen), addresses, certificates])).hexdigest()


def _look_of(exchange: Exchange) -> list[str]:
    url = exchange.url
    if not exchange.main_document and "?" in url:
        head, _, query = url.partition("?")
        url = f"{head}?{_PASSING.sub('', query)}"
    location = next((value for name, value in exchange.response_headers if name.lower() == "location"), "")
    remote = exchange.remote_address if exchange.main_document else ""
    return [exchange.resource_type, url, str(exchange.status), exchange.body_digest, location, remote]


def _is_said_by_site(stored: StoredCapture, one: Identifier) -> bool:
    if one.place in _OF_THE_CONNECTION:
        return True
    if is_readable(stored.outcome):
        return True
    # Its own server answered: a notice of a new address on an error or maintenance page is the site's own word.
    return bool(stored.status) and stored.reason not in _ANSWERED_BY_OTHERS


def _statement_of(site: str, one: Identifier, stored: StoredCapture) -> Statement:
    made = _statement_at(site, one, stored.seen_at, stored.id)
    return made if stored.origin is Origin.OWN else replace(made, claimed=True)


def _statement_at(site: str, one: Identifier, at: datetime, proof: str) -> Statement:
    return Statement(
        site=site,
        kind=str(one.kind),
        value=one.value,
        place=str(one.place),
        first_seen=at,
        last_seen=at,
        first_capture=proof,
        last_capture=proof,
        shown=one.shown,
        where=one.where,
        role=one.role,
        problem=one.problem,
        block=one.block,
        confidence=one.confidence,
    )


def link_sites(session: Session, stored: StoredCapture, statements: Iterable[Statement]) -> None:
    """Tie the platform to the site of its page, and to those that the visit came to."""
    own = registrable_domain(stored.page.url)
    for site in dict.fromkeys((own, *(one.site for one in statements))):
        if site:
            below = site == own or registrable_domain(f"//{site}") == own
            link_platform(session, stored.page.platform, site, stored.seen_at, arrived=not below)
