"""The page as it is now, captured by the same path as `cardwatch run` for one page, with nothing that outlasts it.

Takes settings, an open archive and an address; gives the capture, or why there is none. A page that cannot be captured
is no error here: everything else of quick is there all the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from monitor.config.pages import PageSettings
from monitor.outcomes import is_readable, say_outcome
from monitor.timetable import DEFAULT_TIMEZONE, parse_schedule
from scrapers.domains import registrable_domain
from scrapers.errors import ScraperError
from scrapers.model import Role
from storage.pages import find_pages

if TYPE_CHECKING:
    from monitor.config.settings import Settings
    from monitor.page_result import PageResult
    from storage.archive import Archive

_ROLES = (("order", Role.ORDER), ("query", Role.ORDER), ("notice", Role.NOTICE), ("terms", Role.TERMS))


@dataclass(frozen=True)
class PageNow:
    """How the page of an address was met: the capture with its outcome, or "" and why there is none."""

    url: str
    capture: str = ""
    outcome: str = ""
    met: str = ""  # in Chinese
    seen: bool = False  # whether it shows the page
    trouble: str = ""


def capture_now(
    settings: Settings,
    archive: Archive,
    url: str,
    platform: str,
    *,
    on_result: Callable[[PageResult], None] | None = None,
) -> PageNow:
    """Capture one page now. Sites, alerts and the second look of a run are left to `cardwatch run`."""
    from monitor.config.settings import AlertSettings
    from monitor.runner import run_once

    page = _page_of(settings, archive, url, platform)
    quiet = replace(
        settings,
        sites=replace(settings.sites, check=False),
        alerts=AlertSettings(),
        run=replace(settings.run, confirm_after_seconds=0.0),
    )
    try:
        outcome = run_once(quiet, archive, (page,), mode="page", only_due=False, on_result=on_result)
    except (ScraperError, OSError) as error:
        return PageNow(url, trouble=str(error))
    if not outcome.summary.results:
        return PageNow(url, trouble=outcome.summary.note or "另一个任务正在抓取这个页面")
    capture = outcome.summary.results[0].capture
    return PageNow(url, capture.id, capture.outcome.value, say_outcome(capture), is_readable(capture.outcome))


def _page_of(settings: Settings, archive: Archive, url: str, platform: str) -> PageSettings:
    """The page as it is watched already, by settings or archive; else one of its own, by its address."""
    configured = next((page for page in settings.pages if page.url == url), None)
    if configured is not None:
        return configured
    with archive.database.reading() as session:
        known = find_pages(session, url, limit=1)
    path = url.partition("://")[2].partition("/")[2].lower()
    role = known[0].role if known else next((role for word, role in _ROLES if word in path), Role.PRODUCT)
    if not path:
        role = Role.HOME
    name = known[0].platform if known else platform or registrable_domain(url)
    return PageSettings(name, url, role, parse_schedule("every 6 h", DEFAULT_TIMEZONE))
