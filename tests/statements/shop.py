"""Captures of small shops made by hand: a page, its traffic, and who is said to run it."""

from __future__ import annotations

import hashlib
from datetime import datetime

from scrapers.model import Capture, Exchange, NameAnswer, Origin, Outcome, Role, Vantage, View, ViewKind
from storage.archive import Archive
from storage.ids import new_id
from storage.model import WatchedPage
from storage.pages import ensure_page

FOOT = "客服QQ：2846109375 <a href='https://t.me/xinglan_kf'>TG</a> 粤ICP备2021048137号-2"


def watch(archive: Archive, url: str, at: datetime, platform: str = "星岚卡盟") -> WatchedPage:
    with archive.database.writing() as session:
        return ensure_page(session, platform, url, Role.HOME, "desktop", at)


def visit(
    url: str,
    at: datetime,
    *,
    body: str = FOOT,
    final_url: str = "",
    outcome: Outcome = Outcome.COMPLETE,
    reason: str = "",
    status: int | None = 200,
    hops: tuple[str, ...] = (),
    origin: Origin = Origin.OWN,
    claimed_at: datetime | None = None,
    exchanges: tuple[Exchange, ...] = (),
) -> Capture:
    """One visit; `hops` are addresses that sent on by 302 before the final one answered."""
    html = f"<!doctype html><html><head><title>商城</title></head><body><p>{body}</p></body></html>".encode()
    final = final_url or url
    asked = [*hops, final] if hops else [final]
    traffic = [
        Exchange(
            sequence=number,
            url=address,
            method="GET",
            started_at=at,
            resource_type="document",
            status=302 if number + 1 < len(asked) else status,
            response_headers=(
                (("location", asked[number + 1]),) if number + 1 < len(asked) else (("content-type", "text/html"),)
            ),
            body=None if number + 1 < len(asked) else html,
            body_digest="" if number + 1 < len(asked) else hashlib.sha256(html).hexdigest(),
            remote_address="8.8.4.4:443",
            main_document=True,
        )
        for number, address in enumerate(asked)
    ]
    host = final.split("/")[2]
    views = (_view(ViewKind.DOM, html, "text/html"), _view(ViewKind.TEXT, body.encode(), "text/plain"))
    return Capture(
        id=new_id("capture", at),
        url=url,
        final_url=final,
        vantage=Vantage(),
        started_at=at,
        ended_at=at,
        outcome=outcome,
        reason=reason,
        status=status,
        title="商城",
        exchanges=(*traffic, *exchanges),
        views=views,
        names=(NameAnswer(host, "system", ("8.8.4.4",), "", at),),
        browser="HeadlessShell 156",
        origin=origin,
        claimed_at=claimed_at,
    )


def _view(kind: ViewKind, data: bytes, media_type: str) -> View:
    return View(kind, media_type, data, hashlib.sha256(data).hexdigest())
