"""One visit to one page, from the first byte to the last view. It reads as the steps a careful visitor would take.

Takes a tab that is set up, gives a Capture; never raises for what a page does (only BrowserLost, when the browser
itself is gone). Every step has a deadline out of the capture's one; what was cut or could not be made is told.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import urlsplit

from scrapers.certificates import collect_certificates
from scrapers.challenge import Block, recognise_block
from scrapers.deadline import Deadline
from scrapers.errors import BrowserLost, DevToolsRefused
from scrapers.gate import Lane
from scrapers.model import (
    Appearance,
    Capture,
    Certificate,
    Clock,
    Exchange,
    Missing,
    Outcome,
    PageTask,
    Reason,
    Role,
    View,
    ViewKind,
)
from scrapers.popups import Shown, glimpse_popups, open_folded, read_dialogs, read_popups
from scrapers.settle import settle
from scrapers.step_log import StepLog
from scrapers.steps import run_steps
from scrapers.tab import Tab
from scrapers.verdict import explain_failure, is_certificate_error, list_lost_bodies
from scrapers.views import (
    PageReading,
    ViewSet,
    fingerprint,
    keep_reading,
    make_views,
    photograph_canvases,
    read_content,
)

_NO_PAGES = ("javascript", "data", "file", "about", "blob", "mailto", "tel")
_NAVIGATION_SHARE = 0.5
_LOAD_SHARE = 0.35
_FIRST_SHARE = 0.5  # of the time that is left, for the first try to read
_SETTLE_SECONDS = 8.0
_DRAIN_SECONDS = 5.0
_CRASH_DRAIN_SECONDS = 1.0  # without its renderer a body that has not ended comes no further
_DOWNLOAD_SECONDS = 30.0  # where the file is all that the address gives
_CERTIFICATE_SECONDS = 5.0
_ROLES_WITH_RULES = (Role.PRODUCT, Role.TERMS, Role.NOTICE)
_BLOCKED_DESPITE_STATUS = (Reason.LOGIN, Reason.CAPTCHA, Reason.CHALLENGE, Reason.GATE, Reason.MAINTENANCE)


@dataclass
class _Visit:
    """What one visit has gathered so far."""

    task: PageTask
    tab: Tab
    lane: Lane
    deadline: Deadline
    log: StepLog = field(default_factory=StepLog)
    missing: list[Missing] = field(default_factory=list)
    reason: str = ""
    detail: str = ""
    certificate_errors: dict[str, str] = field(default_factory=dict)
    shown: Shown = field(default_factory=lambda: Shown({}))
    reading: PageReading | None = None
    kept: tuple[View, ...] = ()  # DOM, text and frames of the reading
    views: ViewSet = field(default_factory=lambda: ViewSet((), True, ()))
    appearance: Appearance | None = None
    exchanges: tuple[Exchange, ...] = ()
    certificates: tuple[Certificate, ...] = ()


async def visit_page(task: PageTask, tab: Tab, lane: Lane, clock: Clock, browser: str, proxy: str) -> Capture:
    """Visit the task's page in this tab and give all that was seen."""
    visit = _Visit(task, tab, lane, Deadline(task.limits.capture_seconds))
    visit.shown.known_pictures.update(_known_pictures(task))
    started_at = clock()
    arrived = await _arrive(visit)
    if arrived:
        await _look(visit)
    await _close_books(visit, read_views=arrived)
    return _make_capture(visit, started_at=started_at, clock=clock, browser=browser, proxy=proxy)


async def _arrive(visit: _Visit) -> bool:
    """Go to the page; False when no document came."""
    tab, deadline, url = visit.tab, visit.deadline, visit.task.url
    if urlsplit(url).scheme not in ("http", "https"):
        visit.reason, visit.detail = Reason.FORBIDDEN_ADDRESS, "only http and https addresses are captured"
        return False
    error = await _navigate(visit, url)
    if error and is_certificate_error(error):
        last = tab.recorder.main_hop()
        parts = urlsplit(last.url if last else url)
        visit.certificate_errors[f"{parts.scheme}://{parts.netloc}"] = error.removeprefix("net::")
        await tab.ignore_certificate_errors()
        error = await _navigate(visit, url)
    hop = tab.recorder.main_hop()
    if error == "download":
        visit.reason, visit.detail = Reason.DOWNLOAD, "the address gives a file"
        with contextlib.suppress(TimeoutError):
            named = asyncio.shield(tab.downloads.named)
            visit.detail += ", " + await asyncio.wait_for(named, deadline.share(1.0))
        return False
    if error == "timeout":
        answered = hop is not None and hop.status is not None
        refusal = lane_failure(visit, hop.url if hop else url)
        visit.reason = refusal[0] if refusal else Reason.TIMEOUT
        seconds = deadline.seconds * _NAVIGATION_SHARE
        told = "began to answer but sent no page" if answered else "did not answer"
        visit.detail = refusal[1] if refusal else f"{urlsplit(url).netloc} {told} within {seconds:.0f} s"
        return False
    if error:
        status = hop.status if hop is not None else None
        if status is not None and status >= 400:
            return True  # an error page without a body: the browser shows its own in place of it
        scheme = tab.recorder.refused_redirect().partition(":")[0].strip().lower()
        if "ERR_ABORTED" in error and scheme in _NO_PAGES:
            visit.reason, visit.detail = Reason.UNSAFE_REDIRECT, f"it sends on to a {scheme}: address, which is no page"
        elif "ERR_ABORTED" in error:
            empty = f"the server answered {status or 'nothing'} without a page"
            visit.reason, visit.detail = Reason.EMPTY_ANSWER, empty
        else:
            visit.reason, visit.detail = explain_failure(error, hop.url if hop else url, visit.lane)
        return False
    with visit.log.note("load") as doing:
        loaded = await tab.wait_for_load(deadline.share(deadline.seconds * _LOAD_SHARE))
        doing.trouble = "" if loaded else "still loading"
    if not loaded:
        tab.held = True  # a page that reloads itself for ever: the document that stands now is the one to be read
        visit.missing.append(Missing("load", "the page was still loading when it was read"))
    return not tab.crashed.is_set()


def lane_failure(visit: _Visit, url: str) -> tuple[str, str] | None:
    """What the gate says of a host that never answered, None when it has nothing against it."""
    parts = urlsplit(url)
    refusal = visit.lane.failure(parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
    return (refusal.reason, refusal.detail) if refusal else None


async def _navigate(visit: _Visit, url: str) -> str:
    """Navigate; the browser's error, "timeout", "download", or "" when a document began."""
    with visit.log.note("navigate") as doing:
        seconds = visit.deadline.share(visit.deadline.seconds * _NAVIGATION_SHARE)
        doing.trouble = await visit.tab.navigate(url, seconds)
    return doing.trouble


async def _look(visit: _Visit) -> None:
    """See what a visitor would see: pop-ups first, then the page, then what is folded away."""
    tab, deadline, task = visit.tab, visit.deadline, visit.task
    await _step(visit, "first sight", glimpse_popups(tab, visit.shown, deadline), 0.1)
    settled = await _step(
        visit, "settling", settle(tab, deadline.share(_SETTLE_SECONDS, reserve=deadline.seconds * 0.3)), 0.3
    )
    status = (hop := tab.recorder.main_hop()) and hop.status
    await _step(visit, "pop-ups", read_popups(tab, visit.shown, deadline), 0.25)
    visit.shown.add_glimpsed()
    if (status or 200) < 400:
        visit.missing.extend(await run_steps(tab, task.steps, deadline, visit.log))
        if task.steps:
            await _step(visit, "pop-ups after the steps", read_popups(tab, visit.shown, deadline), 0.25)
        await _step(visit, "folded parts", open_folded(tab, visit.shown, deadline, task.limits), 0.4)
    read_dialogs(tab, visit.shown)
    visit.missing.extend(visit.shown.missing)
    tab.held = True  # from here on it stays the page that is read and photographed
    if settled is not True:
        await _step(visit, "holding the page", settle(tab, deadline.share(1.5)), 0.15)
    with visit.log.note("reading") as doing:
        visit.reading = await _read(visit)
        doing.trouble = "" if visit.reading is not None else "not read"
    if visit.reading is not None:
        visit.kept = keep_reading(visit.reading, task.known)
        if visit.reading.canvases and task.role in _ROLES_WITH_RULES:
            canvases, trouble = await photograph_canvases(tab, visit.reading, deadline)
            visit.kept += canvases
            visit.missing.extend([trouble] if trouble else [])


async def _read(visit: _Visit) -> PageReading | None:
    """Read the page; a page that keeps the browser busy is stopped once and read again."""
    for last in (False, True):
        try:
            async with asyncio.timeout(visit.deadline.left * (1.0 if last else _FIRST_SHARE)):
                reading = await read_content(visit.tab, visit.task.limits, visit.deadline)
        except (TimeoutError, DevToolsRefused) as error:
            if last or visit.tab.crashed.is_set():
                visit.missing.append(Missing("dom", str(error) or "the page did not answer in time"))
                return None
            visit.tab.still("stopped to read the page, which did not answer")
            continue
        visit.missing.extend(reading.missing)
        return reading
    return None


async def _close_books(visit: _Visit, *, read_views: bool) -> None:
    """Take the bodies that are under way, the certificates, and the views."""
    tab, deadline, task = visit.tab, visit.deadline, visit.task
    with visit.log.note("answers under way"):
        await tab.downloads.finish(deadline.share(_DOWNLOAD_SECONDS if visit.reason else _DRAIN_SECONDS, reserve=2.0))
        most = _CRASH_DRAIN_SECONDS if tab.crashed.is_set() else _DRAIN_SECONDS
        await tab.recorder.drain(deadline.share(most))
    if tab.recorder.origins:
        refused, at = visit.certificate_errors, tab.recorder.started_at
        with visit.log.note("certificates"):
            asked = collect_certificates(tab.recorder, visit.lane, refused, at, deadline.share(_CERTIFICATE_SECONDS))
            visit.certificates = await asked
    if tab.stilled:
        visit.missing.append(Missing("scripts", tab.stilled))
    before_views = tab.recorder.finish()
    if read_views and visit.reading is not None:
        visit.appearance = fingerprint(visit.reading, visit.shown.texts, before_views, tab)
        made = make_views(tab, visit.reading, visit.appearance, task.known, task.role, task.limits, deadline)
        with visit.log.note("views") as doing:
            visit.views = await made
            doing.trouble = "; ".join(f"{item.what}: {item.why}" for item in visit.views.missing)
        visit.missing.extend(visit.views.missing)
        if tab.connection.closed.is_set():
            raise BrowserLost("the browser ended while the views were made")
    visit.exchanges = before_views
    if visit.lane.over_limit:
        limit = task.limits.page_megabytes
        visit.missing.append(Missing("traffic", f"cut at the limit of {limit:g} MB a page"))
    if tab.recorder.truncated:
        more = tab.recorder.truncated
        visit.missing.append(
            Missing("traffic", f"{more} requests beyond the limit of {task.limits.exchanges} are not kept")
        )


async def _step(visit: _Visit, what: str, work: Awaitable[object], share: float) -> object:
    """Run one step within its share of the whole time; its trouble is told and never ends the visit."""
    seconds = visit.deadline.share(visit.deadline.seconds * share)
    with visit.log.note(what) as doing:
        try:
            async with asyncio.timeout(seconds):
                return await work
        except TimeoutError:
            doing.trouble = "not done in time"
            visit.missing.append(Missing(what, doing.trouble))
            await visit.tab.stop_script()
        except DevToolsRefused as error:
            doing.trouble = str(error)
            visit.missing.append(Missing(what, doing.trouble))
    if visit.tab.connection.closed.is_set():
        raise BrowserLost(f"the browser ended during {what}")
    return None


def _known_pictures(task: PageTask) -> dict[str, View]:
    """Pictures of pop-ups by the digest of the text that they show; text and picture of one pop-up share a name."""
    if task.known is None:
        return {}
    pictures = {view.name: view for view in task.known.views if view.kind is ViewKind.POPUP_SCREENSHOT}
    texts = [view for view in task.known.views if view.kind is ViewKind.POPUP_TEXT]
    return {view.digest: pictures[view.name] for view in texts if view.name in pictures}


def _decide(visit: _Visit, main: Exchange | None) -> tuple[Outcome, str, str]:
    """Outcome, reason and detail of the visit."""
    if visit.tab.crashed.is_set():
        brought_down = visit.tab.memory_trouble or "the page brought its renderer down"
        if visit.reading is None:
            return Outcome.FAILED, Reason.MEMORY if visit.tab.memory_trouble else Reason.CRASH, brought_down
        visit.missing.insert(0, Missing("views", f"{brought_down} (after it was read)"))
    if visit.reason:
        return Outcome.FAILED, visit.reason, visit.detail
    status = main.status if main is not None else None
    block = _find_block(visit, status)
    if status is not None and status >= 400 and (block is None or block.reason not in _BLOCKED_DESPITE_STATUS):
        return (
            Outcome.FAILED,
            f"http_{status}",
            f"the server answered {status} {main.status_text if main else ''}".strip(),
        )
    if block is not None and block.reason == Reason.EMPTY_SHELL and main is not None and main.error:
        return Outcome.FAILED, *explain_failure(main.error, main.url, visit.lane)
    if block is not None and block.reason == Reason.EMPTY_SHELL and any(item.what == "load" for item in visit.missing):
        return Outcome.FAILED, Reason.TIMEOUT, "the page was still loading and had shown nothing yet"
    if block is not None and block.reason is Reason.LOGIN and visit.task.session:
        again = f"cardwatch login URL --session {visit.task.session}"
        detail = f"{block.detail}; the session '{visit.task.session}' has run out: log in again with `{again}`"
        return block.outcome, block.reason, detail
    if block is not None:
        return block.outcome, block.reason, block.detail
    if visit.reading is None:
        return Outcome.FAILED, Reason.TIMEOUT, "the page came, but could not be read in time"
    if visit.missing:
        return Outcome.PARTIAL, "", "; ".join(f"{item.what}: {item.why}" for item in visit.missing[:3])
    return Outcome.COMPLETE, "", ""


def _find_block(visit: _Visit, status: int | None) -> Block | None:
    reading = visit.reading
    if reading is None or reading.media_type not in ("text/html", "application/xhtml+xml"):
        return None
    return recognise_block(
        status=status,
        title=reading.title,
        text="\n".join((reading.text, *visit.shown.texts)),
        html=reading.html,
        url=reading.url,
        requested_url=visit.task.url,
    )


def _make_capture(visit: _Visit, *, started_at: datetime, clock: Clock, browser: str, proxy: str) -> Capture:
    tab, task = visit.tab, visit.task
    main = next((exchange for exchange in visit.exchanges if exchange.main_document), None)
    if not visit.reason:
        visit.missing.extend(list_lost_bodies(visit.exchanges))
        if main is not None and main.error and "ERR_ABORTED" not in main.error:
            visit.missing.append(Missing("document", f"it broke off: {main.error}"))
    outcome, reason, detail = _decide(visit, main)
    errors = [*visit.certificate_errors.values()]
    return Capture(
        id=task.capture_id,
        url=task.url,
        final_url=(visit.reading.url if visit.reading else "") or (main.url if main else task.url),
        vantage=task.vantage,
        started_at=started_at,
        ended_at=clock(),
        outcome=outcome,
        reason=str(reason),
        detail=detail,
        status=main.status if main is not None else None,
        title=visit.reading.title if visit.reading else "",
        exchanges=visit.exchanges,
        views=(*visit.shown.views, *visit.kept, *visit.views.views),
        missing=tuple(visit.missing),
        names=tuple(visit.lane.names),
        certificates=visit.certificates,
        certificate_error=errors[0] if errors else "",
        refused=(*visit.lane.refused, *tab.refused),
        notes=tab.recorder.list_unseen(),
        appearance=visit.appearance,
        full_views=visit.views.full,
        browser=browser,
        tool=_tool(),
        proxy=proxy,
        session=task.session,
        steps_done=visit.log.steps,
    )


def _tool() -> str:
    with contextlib.suppress(PackageNotFoundError):
        return f"cardwatch {version('cardwatch')}"
    return "cardwatch"
