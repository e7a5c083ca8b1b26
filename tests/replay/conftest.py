from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from conftest import run_async
from playwright.sync_api import Browser, Playwright

from scrapers.browser import open_browser
from scrapers.model import NetworkPolicy, PageTask, Role
from scrapers.process import FoundBrowser, find_browser
from storage.archive import open_archive
from storage.ids import new_id
from storage.model import StoredCapture
from storage.pages import ensure_page
from storage.wacz import export_wacz

from .player import Outside, find_player, serve_outside
from .shop import serve_shop

HOST = "http://shop.test"
PAGES = ("/product.html", "/gbk.html", "/prices.html")


@dataclass(frozen=True)
class Package:
    """An exported capture of the shop, which is gone by then."""

    path: Path
    url: str
    stored: StoredCapture


@pytest.fixture(scope="session")
def chromium() -> FoundBrowser:
    found = find_browser(os.environ)
    if found is None:
        pytest.skip("no browser is here: `cardwatch doctor` says how to get one")
    return found


@pytest.fixture(scope="session")
def player() -> Path:
    return find_player()


@pytest.fixture(scope="session")
def packages(chromium: FoundBrowser, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Package]:
    """Every page of the shop, captured and exported; `repeat` is a second visit, whose payloads lie in other files."""
    folder = tmp_path_factory.mktemp("replay")
    root = folder / "archive"
    archive = open_archive(root, f"sqlite:///{root}/cardwatch.db", at=datetime.now(UTC), minimum_free_megabytes=1)

    async def visit(port: int) -> dict[str, StoredCapture]:
        policy = NetworkPolicy(allow_private=("127.0.0.1",), resolve=(("shop.test", f"127.0.0.1:{port}"),))
        kept: dict[str, StoredCapture] = {}
        async with open_browser(chromium, policy, lambda: datetime.now(UTC)) as browser:
            for name, path in (*((path, path) for path in PAGES), ("repeat", PAGES[0])):
                now = datetime.now(UTC)
                with archive.database.writing() as session:
                    page = ensure_page(session, "示例卡盟", HOST + path, Role.PRODUCT, "desktop", now)
                known = archive.known_views(page.id, at=now, max_age=timedelta(days=1))
                task = PageTask(new_id("capture", now), HOST + path, Role.PRODUCT, known=known)
                kept[name] = archive.keep_capture(await browser.capture_page(task), page)
        return kept

    with serve_shop() as port:
        kept = run_async(visit(port))
    made: dict[str, Package] = {}
    for number, (name, stored) in enumerate(kept.items()):
        written = export_wacz(archive, stored.id, folder / f"{number}.wacz", at=datetime.now(UTC))
        made[name] = Package(written.path, stored.page.url, stored)
    archive.close()
    return made


@pytest.fixture(scope="session")
def outside() -> Iterator[Outside]:
    with serve_outside() as served:
        yield served


@pytest.fixture(scope="session")
def viewer(playwright: Playwright, chromium: FoundBrowser, outside: Outside) -> Iterator[Browser]:
    """A browser that reaches loopback itself; all else goes to `outside`."""
    launched = playwright.chromium.launch(
        executable_path=str(chromium.path),
        proxy={"server": f"http://127.0.0.1:{outside.port}", "bypass": "127.0.0.1"},
    )
    yield launched
    launched.close()
