from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright

from monitor.web.build_verify import MODULES, join_modules
from scrapers.browser import find_browser

from .exports import Kept, keep_captures
from .reader import open_verifier


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    found = find_browser(os.environ)
    if found is None:
        pytest.skip("no browser on this machine (see `cardwatch doctor`)")
    browser = playwright.chromium.launch(executable_path=found.path)
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def verifier(chromium: Browser) -> Iterator[Page]:
    """verify.html, opened from its file without a network; an error in it fails the test."""
    context = chromium.new_context(offline=True)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    open_verifier(page)
    yield page
    context.close()
    assert errors == []


@pytest.fixture(scope="module")
def parts(chromium: Browser) -> Iterator[Page]:
    """The modules by themselves, each exported name a global one."""
    page = chromium.new_page()
    page.goto((Path(__file__).parent / "blank.html").as_uri())
    page.add_script_tag(content=join_modules(MODULES))
    yield page
    page.close()


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    folder = tmp_path_factory.mktemp("kept")
    made = keep_captures(folder / "archive")
    yield made
    made.archive.close()


@pytest.fixture(scope="session")
def first(kept: Kept, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The export of a capture that is whole in itself."""
    return kept.export(tmp_path_factory.mktemp("first"), kept.first)


@pytest.fixture(scope="session")
def second(kept: Kept, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The export of a capture that reuses bytes of the first."""
    return kept.export(tmp_path_factory.mktemp("second"), kept.second)
