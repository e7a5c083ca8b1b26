"""Platforms and watched pages: made when first met, found by id, URL or platform name.

Functions take the session first and give WatchedPage values; `key_of_page` is for the other files of storage.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from rapidfuzz import fuzz, process
from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from scrapers.model import Role
from storage.errors import NotInArchive
from storage.ids import new_id
from storage.model import WatchedPage
from storage.tables import PageRow, PlatformRow

_NEAREST_AMONG = 50_000


def ensure_page(session: Session, platform: str, url: str, role: Role, vantage: str, at: datetime) -> WatchedPage:
    """Give the page of this platform, URL and vantage, made now if it is new; its role is brought up to date."""
    owner = session.exec(select(PlatformRow).where(PlatformRow.name == platform)).first()
    if owner is None:
        owner = PlatformRow(name=platform, created_at=at)
        session.add(owner)
        session.flush()
    assert owner.key is not None
    digest = digest_url(url)
    row = session.exec(
        select(PageRow).where(
            PageRow.platform_key == owner.key, PageRow.url_digest == digest, PageRow.vantage == vantage
        )
    ).first()
    if row is None:
        row = PageRow(
            id=new_id("page", at),
            platform_key=owner.key,
            url=url,
            url_digest=digest,
            role=role.value,
            vantage=vantage,
            created_at=at,
        )
    row.role = role.value
    session.add(row)
    session.flush()
    return page_of(row, platform)


def get_page(session: Session, page_id: str) -> WatchedPage | None:
    """Give the page with this id."""
    found = _select_pages(session, PageRow.id == page_id, limit=1)
    return found[0] if found else None


def list_pages(session: Session, platform: str = "", *, limit: int = 100_000) -> tuple[WatchedPage, ...]:
    """Give all pages, or those of a platform, in the order of their making."""
    if platform:
        return _select_pages(session, PlatformRow.name == platform, limit=limit)
    return _select_pages(session, limit=limit)


def find_pages(session: Session, wanted: str, *, limit: int = 100_000) -> tuple[WatchedPage, ...]:
    """Find pages by what a person types: a page id or its unique beginning, a URL, or a platform's name.

    A URL is found with or without its scheme and its last slash. Several pages are given where several platforms or
    vantages watch one URL. Nothing found is an empty tuple.
    """
    wanted = wanted.strip()
    if not wanted:
        return ()
    for condition in (PageRow.id == wanted, PlatformRow.name == wanted):
        if found := _select_pages(session, condition, limit=limit):
            return found
    digests = [digest_url(url) for url in _spellings_of(wanted)]
    if found := _select_pages(session, col(PageRow.url_digest).in_(digests), limit=limit):
        return found
    if wanted.startswith("p-") and len(wanted) >= 5:
        begins = col(PageRow.id) >= wanted, col(PageRow.id) < wanted + "\x7f"
        found = _select_pages(session, *begins, limit=2)
        return found if len(found) == 1 else ()
    return ()


def nearest_pages(session: Session, wanted: str, *, limit: int = 3) -> tuple[str, ...]:
    """Give the known URLs and platform names most like what was asked for, best first, for a message."""
    urls = session.exec(select(PageRow.url).order_by(col(PageRow.key).desc()).limit(_NEAREST_AMONG)).all()
    names = session.exec(select(PlatformRow.name).limit(_NEAREST_AMONG)).all()
    found = process.extract(wanted[:2000], {*urls, *names}, scorer=fuzz.WRatio, limit=limit, score_cutoff=60)
    return tuple(str(name) for name, _, _ in found)


def list_platforms(session: Session) -> tuple[str, ...]:
    """Give the names of all platforms, sorted."""
    return tuple(session.exec(select(PlatformRow.name).order_by(PlatformRow.name)).all())


def digest_url(url: str) -> str:
    """Give the SHA-256 of a URL, under which it is indexed."""
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()


def page_of(row: PageRow, platform: str) -> WatchedPage:
    """Turn a row into the value that leaves storage."""
    return WatchedPage(id=row.id, platform=platform, url=row.url, role=Role(row.role), vantage=row.vantage)


def key_of_page(session: Session, page_id: str) -> int:
    """Give a page's key; raise NotInArchive."""
    key = session.exec(select(PageRow.key).where(PageRow.id == page_id)).first()
    if key is None:
        raise NotInArchive(f"no page {page_id!r} in the archive; `cardwatch history` and `cardwatch pages` list them")
    return key


def keys_of_pages(session: Session, page_ids: Sequence[str]) -> tuple[int, ...]:
    """Give the keys of those of the pages that exist."""
    return tuple(
        key for key in session.exec(select(PageRow.key).where(col(PageRow.id).in_(page_ids))).all() if key is not None
    )


def key_of_platform(session: Session, platform: str) -> int | None:
    """Give a platform's key, None for an unknown name."""
    return session.exec(select(PlatformRow.key).where(PlatformRow.name == platform)).first()


def _select_pages(session: Session, *conditions: ColumnElement[bool] | bool, limit: int) -> tuple[WatchedPage, ...]:
    query = select(PageRow, PlatformRow.name).join(PlatformRow).where(*conditions).order_by(col(PageRow.key))
    return tuple(page_of(row, name) for row, name in session.exec(query.limit(limit)).all())


def _spellings_of(url: str) -> list[str]:
    bases = [url] if "://" in url else [f"https://{url}", f"http://{url}", url]
    return [spelling for base in bases for spelling in (base, base.rstrip("/"), base.rstrip("/") + "/")]
