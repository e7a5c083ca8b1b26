"""A small scripted world for the watch over sites: a clock, name servers, a registry and front pages on loopback."""

from __future__ import annotations

import hashlib
import http.server
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from conftest import run_async
from lookups.servers import Whois, Zone, free_port, name_server, stream_server

from monitor.config.settings import Settings, read_settings
from monitor.page_result import PageResult
from monitor.selectors import Selectors
from monitor.sites.watch import SiteRun, watch_sites
from monitor.watch import record_capture
from scrapers.model import Capture, Exchange, Outcome, Role, Vantage, View, ViewKind
from storage.archive import Archive, open_archive
from storage.ids import new_id
from storage.pages import ensure_page

START = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)
PLATFORM = "星岚卡盟"
SHOP = "客服QQ：2846109375 <a href='https://t.me/xinglan_kf'>TG</a> 粤ICP备2021048137号-2 点卡 ¥9.9 库存 30"
REGISTERED = (
    "Domain Name: {name}\r\nRegistry Domain ID: 1_DOMAIN_COM-VRSN\r\nCreation Date: {created}T00:00:00Z\r\n"
    "Registry Expiry Date: {expires}T00:00:00Z\r\nRegistrar: Practice Names\r\nDomain Status: {status} "
    "https://icann.org/epp#{status}\r\nName Server: NS1.PRACTICE-DNS.COM\r\nRegistrant Organization: {holder}\r\n"
)


@dataclass
class World:
    """What there is at the moment; a test changes it and looks again."""

    archive: Archive
    config: Path
    zone: Zone
    whois: Whois
    fronts: dict[str, str]
    port: int
    servers: tuple[str, ...]
    whois_server: str
    at: datetime = START
    online: bool = True
    extra: str = ""
    taken: list[str] = field(default_factory=list)

    def clock(self) -> datetime:
        return self.at

    def pass_days(self, days: float) -> None:
        self.at += timedelta(days=days)

    def register(
        self, name: str, *, created: str = "2023-04-01", expires: str = "2029-04-01", status: str = "ok",
        holder: str = "Xinglan Practice", resolves: bool = True,
    ) -> None:  # fmt: skip
        text = REGISTERED.format(name=name.upper(), created=created, expires=expires, status=status, holder=holder)
        self.whois.texts[name] = text
        if resolves:
            self.zone.names[name] = [("A", "127.0.0.1"), ("NS", "ns1.practice-dns.com")]
        else:
            self.zone.names.pop(name, None)

    def settings(self) -> Settings:
        canary = f"127.0.0.1:{self.port if self.online else free_port()}"
        hosts = ", ".join(f'"{name}" = "127.0.0.1:{self.port}"' for name in sorted({*self.zone.names, *self.fronts}))
        servers = ", ".join(f'"{one}"' for one in self.servers)
        text = self.config.read_text("utf-8") + (
            f'\n[network]\nallow_private = ["127.0.0.1"]\nresolve = {{ {hosts} }}\n'
            f'[lookups]\nresolvers = [{servers}]\ncanaries = ["{canary}"]\nrdap_bootstrap = ""\n'
            f'whois = {{ com = "{self.whois_server}", net = "{self.whois_server}" }}\n'
            "dns_seconds = 2\nseconds = 3\npace_seconds = 0\ndns_pace_seconds = 0\n"
            f"[sites]\nsiblings = 6\n{self.extra}"
        )
        return read_settings(text, self.config, {})

    def visit(self, url: str, **parts: object) -> PageResult:
        with self.archive.database.writing() as session:
            page = ensure_page(session, PLATFORM, url, Role.HOME, "desktop", self.at)
        return record_capture(self.archive, capture_of(url, self.at, **parts), page, Selectors())  # type: ignore[arg-type]

    def look(self, *results: PageResult, everything: bool = False) -> SiteRun:
        return run_async(watch_sites(self.settings(), self.archive, self.clock, results, everything=everything))


@contextmanager
def open_world(folder: Path) -> Iterator[World]:
    with ExitStack() as stack:
        zone, whois = Zone({}), Whois({}, usual="No match for domain.\r\n")
        servers = tuple(stack.enter_context(name_server(zone)) for _ in range(2))
        whois_server = stack.enter_context(stream_server(whois.talk))
        fronts: dict[str, str] = {}
        port = stack.enter_context(_front_server(fronts))
        archive = open_archive(folder / "archive", f"sqlite:///{folder}/archive/cardwatch.db", at=START)
        stack.callback(archive.close)
        config = folder / "config.toml"
        config.write_text("", "utf-8")
        yield World(archive, config, zone, whois, fronts, port, servers, whois_server)


def capture_of(
    url: str,
    at: datetime,
    *,
    body: str = SHOP,
    hops: Sequence[str] = (),
    outcome: Outcome = Outcome.COMPLETE,
    reason: str = "",
    status: int | None = 200,
    detail: str = "",
) -> Capture:
    """One visit; `hops` are the addresses behind `url` that it was sent on to by 301, the last one showing the page."""
    if outcome is Outcome.FAILED and status is None:
        return Capture(
            id=new_id("capture", at), url=url, final_url="", vantage=Vantage(), started_at=at, ended_at=at,
            outcome=outcome, reason=reason, detail=detail, browser="HeadlessShell 156",
        )  # fmt: skip
    html = f"<!doctype html><html><head><title>商城</title></head><body><p>{body}</p></body></html>".encode()
    asked = [url, *hops]
    traffic = tuple(
        Exchange(
            sequence=number,
            url=address,
            method="GET",
            started_at=at,
            resource_type="document",
            status=301 if number + 1 < len(asked) else status,
            response_headers=(
                (("location", asked[number + 1]),) if number + 1 < len(asked) else (("content-type", "text/html"),)
            ),
            body=None if number + 1 < len(asked) else html,
            body_digest="" if number + 1 < len(asked) else hashlib.sha256(html).hexdigest(),
            main_document=number + 1 == len(asked),
        )
        for number, address in enumerate(asked)
    )
    views = (_view(ViewKind.DOM, html, "text/html"), _view(ViewKind.TEXT, body.encode(), "text/plain"))
    return Capture(
        id=new_id("capture", at), url=url, final_url=asked[-1], vantage=Vantage(), started_at=at, ended_at=at,
        outcome=outcome, reason=reason, detail=detail, status=status, title="商城", exchanges=traffic, views=views,
        browser="HeadlessShell 156",
    )  # fmt: skip


def _view(kind: ViewKind, data: bytes, media_type: str) -> View:
    return View(kind, media_type, data, hashlib.sha256(data).hexdigest())


@contextmanager
def _front_server(fronts: dict[str, str]) -> Iterator[int]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = fronts.get(self.headers.get("Host", "").partition(":")[0])
            data = (body or "").encode()
            self.send_response(200 if body is not None else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
