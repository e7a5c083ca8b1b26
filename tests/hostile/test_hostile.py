"""Hostile pages: each ends in its time with a named outcome, the next page is captured whole, and nothing is left over.

All pages are captured through one browser, several at once, in the background; a test looks at its page's end.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from scrapers.browser import find_browser
from scrapers.model import Outcome

from .catalogue import list_handlers, list_pages
from .crowd import BOUNDS, MARGIN_SECONDS, Crowd
from .keys import make_keys
from .page import Page
from .pages.transport import specials
from .site import Site, open_site

PAGES = tuple(page for page in list_pages() if not page.bench)
pytestmark = pytest.mark.timeout(300)


def _leftovers() -> set[str]:
    """Everything that outlives a browser if it is badly ended: its processes, folders and listening ports."""
    own = psutil.Process()
    found = {f"process {process.pid} {process.name()}" for process in own.children(recursive=True)}
    found |= {str(path) for path in Path(tempfile.gettempdir()).iterdir()}
    found |= {f"port {link.laddr.port}" for link in own.net_connections("tcp") if link.status == psutil.CONN_LISTEN}
    return found


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Iterator[set[str]]:
    """What is there before the browser; its temporary files go to a folder of this module's own from here on."""
    folder = tmp_path_factory.mktemp("t")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(folder))
        patch.setattr(tempfile, "tempdir", str(folder))
        yield _leftovers()


@pytest.fixture(scope="module")
def wanted(request: pytest.FixtureRequest) -> tuple[Page, ...]:
    """The pages that this run asks for: `-k` makes a run of one page short."""
    asked = {
        item.callspec.params["hostile"].name
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.module is request.module and "hostile" in item.fixturenames
    }
    return tuple(page for page in PAGES if page.name in asked)


@pytest.fixture(scope="module")
def site(before: set[str]) -> Iterator[Site]:
    keys = make_keys()
    with open_site(list_handlers(PAGES), specials(keys), keys) as site:
        yield site


@pytest.fixture(scope="module")
def crowd(site: Site, wanted: tuple[Page, ...]) -> Iterator[Crowd]:
    found = find_browser(os.environ)
    if found is None:
        pytest.skip("no browser on this machine (see `cardwatch doctor`)")
    crowd = Crowd(found, site, wanted)
    yield crowd
    crowd.close()


@pytest.mark.parametrize("hostile", PAGES, ids=[page.name for page in PAGES])
def test_it_ends_in_its_time_with_a_name_and_the_next_page_is_captured(crowd: Crowd, site: Site, hostile: Page) -> None:
    page = hostile
    ended = crowd.ended[page.name].result(280)
    assert ended.fault == ""
    assert ended.seconds <= ended.allowed + MARGIN_SECONDS, ended.capture.detail
    plain = crowd.plain[page.name].result(280)
    assert plain.outcome is Outcome.COMPLETE, f"the page after it: {plain.outcome} {plain.reason}: {plain.detail}"


def test_no_page_reached_what_is_none_of_its_business(crowd: Crowd, site: Site, wanted: tuple[Page, ...]) -> None:
    for page in wanted:
        crowd.ended[page.name].result(280)
    assert site.canary_connections == 0


def test_nothing_is_left_over_and_the_memory_held(crowd: Crowd, before: set[str], site: Site) -> None:
    crowd.close()
    ports = {f"port {port}" for port in (site.plain, site.secure, site.canary, *site.special.values())}
    assert _leftovers() - before - ports == set()
    # The system's own bound is a gigabyte above ours; between two looks of a busy machine a page may come that far.
    assert crowd.peak.renderer < BOUNDS.renderer_megabytes + 1024
    assert crowd.peak.tree < BOUNDS.total_megabytes + 2048  # resident sizes: what processes share counts in each
