"""One tab in a clean context of its own: opened and driven by Playwright, guarded and read over the wire.

Takes a running browser, the capture's lane and a vantage; gives navigation, evaluation in a world that the page
cannot touch, pictures and prints. Refuses by itself: POST navigations, new windows, downloads, service workers, and,
while `held`, any navigation away; after `guard_clicks`, data. Nothing here decides what a capture means.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import re
import secrets
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.async_api import Dialog, Page
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeout

from scrapers.devtools import Connection, Payload, get_number, get_part, get_parts, get_text, get_texts
from scrapers.downloads import Downloads
from scrapers.errors import BrowserLost, DevToolsRefused
from scrapers.model import Limits, Missing, Vantage
from scrapers.page_scripts import GUARD, KEEP_ROOT, MUTE_WORKER, PAGE_PLANS, fill
from scrapers.process import BrowserProcess
from scrapers.recorder import Recorder, network_settings, read_post_data
from scrapers.refusals import Sent, refuse_data, refuse_navigation

_WORLD = "cardwatch"
_MOST_DIALOGS = 10
_MOST_SESSIONS = 60
_MOST_ROOTS = 100
_NAVIGATIONS = ("Document",)
_DATA = ("XHR", "Fetch", "Ping")
_DOWNLOAD = "Download is starting"  # how Playwright words a navigation that gave a file


@dataclass(frozen=True)
class Frame:
    """One frame of the page with the session that speaks for it."""

    id: str
    url: str
    session: str


@dataclass
class Tab:
    """A page under capture. `set_up` before the first navigation; `close` drops its context and all that it stored."""

    process: BrowserProcess
    page: Page
    target: str  # DevTools' id of the page, of its main frame too
    session: str  # our wire's session with it
    recorder: Recorder
    vantage: Vantage
    limits: Limits
    mark: str = field(default_factory=lambda: "_" + secrets.token_hex(8))
    dialogs: list[str] = field(default_factory=list)
    refused: list[Missing] = field(default_factory=list)
    downloads: Downloads = field(init=False)
    held: bool = False  # while parts are opened: no navigation may leave the page
    observes: bool = False  # the page watches what scrolls into view, and may load more then
    sealed: bool = False  # it made a shadow root that no script can enter
    crashed: asyncio.Event = field(default_factory=asyncio.Event)
    stopped: asyncio.Event = field(default_factory=asyncio.Event)  # a refused navigation ends the page's loading
    stilled: str = ""  # why its scripts were stopped for good
    _document: str = ""  # the request of the main frame's last document
    _asked_often: int = 0  # alert(), confirm() and prompt() so far
    _sent: frozenset[Sent] | None = None  # what scripts had sent when folded parts began to be clicked
    opened: float = field(default_factory=time.monotonic)
    _asked: set[asyncio.Future[Payload]] = field(default_factory=set)
    _children: dict[str, Payload] = field(default_factory=dict)
    _worlds: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.downloads = Downloads(self.recorder, self.refuse)

    @property
    def connection(self) -> Connection:
        """The wire that this tab is read over."""
        return self.process.connection

    @property
    def lost(self) -> bool:
        """Whether nothing of the page will answer any more."""
        return self.crashed.is_set() or self.connection.closed.is_set()

    @property
    def memory_trouble(self) -> str:
        """Why something of the browser was ended for its memory since this tab was opened, or ""."""
        return self.process.memory.told_since(self.opened)

    # --- being set up ---------------------------------------------------------------------------------------------

    async def set_up(self) -> None:
        """Prepare the tab before its first navigation."""
        self.page.on("dialog", self._answer_dialog)
        self.page.on("download", self.downloads.take)
        self.page.on("crash", self._note_crash)
        await self.page.add_init_script(fill(GUARD, mark=self.mark))
        self.recorder.main_frame = self.target
        self.connection.listen(self.session, self._listener(self.session))
        await asyncio.gather(*self._send_setup(self.session, "page"))

    def _send_setup(self, session: str, kind: str) -> list[asyncio.Future[Payload]]:
        """Have a page, frame or worker recorded and guarded, and its own frames and workers told."""
        setup: list[tuple[str, Payload]] = [("Network.enable", network_settings(self.limits))]
        if kind != "worker":
            setup += [
                ("Network.setBypassServiceWorker", {"bypass": True}),
                ("Emulation.setUserAgentOverride", self._user_agent()),
                ("Fetch.enable", self._held_back()),
            ]
        elif self._sent is not None:
            setup.append(("Fetch.enable", self._held_back()))
        setup.append(("Target.setAutoAttach", {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True}))
        return [self.connection.send(method, params, session) for method, params in setup]

    def _held_back(self) -> Payload:
        """Which requests are held back until they were judged."""
        kinds = _NAVIGATIONS if self._sent is None else _NAVIGATIONS + _DATA
        return {"patterns": [{"resourceType": kind, "requestStage": "Request"} for kind in kinds]}

    async def guard_clicks(self) -> None:
        """From now on scripts send nothing but what they sent before (see scrapers.refusals)."""
        if self._sent is None:
            self._sent = self.recorder.list_sent()
            sessions = (self.session, *self._children)
            await asyncio.wait([self.connection.send("Fetch.enable", self._held_back(), key) for key in sessions])

    def _user_agent(self) -> Payload:
        """What Playwright leaves out of the user agent: brands without "Headless", the language without its region."""
        language = self.vantage.locale
        accept = f"{language},{language.partition('-')[0]}" if "-" in language else language
        settings: Payload = {"userAgent": self.vantage.user_agent or self.process.user_agent, "acceptLanguage": accept}
        if not self.vantage.user_agent:
            version = self.process.version
            settings["userAgentMetadata"] = {
                "brands": [
                    {"brand": "Chromium", "version": version.partition(".")[0]},
                    {"brand": "Not=A?Brand", "version": "24"},
                ],
                "fullVersion": version,
                "platform": {"win32": "Windows", "darwin": "macOS"}.get(sys.platform, "Linux"),
                "platformVersion": "",
                "architecture": "x86",
                "model": "",
                "mobile": self.vantage.mobile,
            }
        return settings

    # --- events ---------------------------------------------------------------------------------------------------

    def _listener(self, session: str) -> Callable[[str, Payload], None]:
        def hear(method: str, params: Payload) -> None:
            if method.startswith("Network."):
                self.recorder.take(session, method, params)
                self._follow_document(method, params)
                if self.recorder.truncated > self.limits.exchanges // 10:
                    self.still(f"stopped after {self.limits.exchanges} requests")
            else:
                handler = _EVENTS.get(method)
                if handler is not None:
                    handler(self, session, params)

        return hear

    def _follow_document(self, method: str, params: Payload) -> None:
        """A document that breaks off has no end of loading: the page is told to be over when its last one did."""
        if method == "Network.requestWillBeSent" and get_text(params, "type") == "Document":
            if get_text(params, "frameId") == self.target:
                self._document = get_text(params, "requestId")
                self.stopped.clear()
        elif method == "Network.loadingFailed" and get_text(params, "requestId") == self._document:
            self.stopped.set()

    def refuse(self, what: str, why: str) -> None:
        """Note something that was not let happen."""
        if len(self.refused) < 200:
            self.refused.append(Missing(what[:2000], why))

    def _attached_child(self, _session: str, params: Payload) -> None:
        session, info = get_text(params, "sessionId"), get_part(params, "targetInfo")
        kind = get_text(info, "type")
        if len(self._children) >= _MOST_SESSIONS:
            self.connection.send("Target.closeTarget", {"targetId": get_text(info, "targetId")})
            return
        if kind in ("iframe", "worker"):
            self._children[session] = info
            self.connection.listen(session, self._listener(session))
            self._send_setup(session, kind)
        if kind == "worker":
            self.connection.send("Runtime.evaluate", {"expression": MUTE_WORKER}, session)
        self.connection.send("Runtime.runIfWaitingForDebugger", None, session)

    def adopt_shared_worker(self, session: str, info: Payload) -> None:
        """Record a shared worker of this page; it belongs to no page, so the browser tells of it, not the page."""
        self._attached_child("", {"sessionId": session, "targetInfo": {**info, "type": "worker"}})

    def _detached_child(self, _session: str, params: Payload) -> None:
        child = get_text(params, "sessionId")
        self._children.pop(child, None)
        self._worlds = {frame: world for frame, world in self._worlds.items() if not frame.startswith(child)}
        self.connection.forget(child)

    def _request_paused(self, session: str, params: Payload) -> None:
        request = get_part(params, "request")
        url, method = get_text(request, "url"), get_text(request, "method")
        navigates = get_text(params, "resourceType") == "Document"
        main = navigates and get_text(params, "frameId") == self.target
        if navigates:
            why = refuse_navigation(method, url, leaves_held_page=self.held and main)
        else:
            why = refuse_data((method, url, read_post_data(request)), self._sent or frozenset())
        answer: Payload = {"requestId": get_text(params, "requestId")}
        if why:
            self.refuse(f"{method} {url}", why)
            if main:
                self.stopped.set()
            self.connection.send("Fetch.failRequest", {**answer, "errorReason": "Aborted"}, session)
        else:
            self.connection.send("Fetch.continueRequest", answer, session)

    async def _answer_dialog(self, dialog: Dialog) -> None:
        """alert(), confirm() and prompt() hold the page until they are answered: read, then dismissed."""
        if dialog.message and len(self.dialogs) < _MOST_DIALOGS:
            self.dialogs.append(dialog.message[:100_000])
        with contextlib.suppress(PlaywrightError):  # the page went away with its dialog
            await (dialog.accept() if dialog.type in ("alert", "beforeunload") else dialog.dismiss())
        self._asked_often += 1
        if self._asked_often >= _MOST_DIALOGS:
            self.still(f"stopped after {_MOST_DIALOGS} dialogs")

    def _note_crash(self, _page: Page | None = None) -> None:
        self.crashed.set()
        self._end_waits("the page brought its renderer down")

    def _end_waits(self, why: str) -> None:
        """Whoever waits for the page is told that no answer will come."""
        for answer in list(self._asked):
            if not answer.done():
                answer.set_exception(DevToolsRefused(why))

    # --- steering -------------------------------------------------------------------------------------------------

    async def _ask(self, method: str, params: Payload | None, session: str) -> Payload:
        """Send a command that the page itself must answer; a crash of the page ends the wait."""
        if self.crashed.is_set():
            raise DevToolsRefused("the page brought its renderer down")
        answer = self.connection.send(method, params, session)
        self._asked.add(answer)
        try:
            return await answer
        finally:
            self._asked.discard(answer)

    async def navigate(self, url: str, seconds: float) -> str:
        """Go to `url` until an answer begins to come in; "" then, else "timeout", "download" or the browser's error."""
        try:
            await self.page.goto(url, wait_until="commit", timeout=max(seconds, 0.001) * 1000)
        except PlaywrightTimeout:
            return "timeout"
        except PlaywrightError as error:
            self._raise_if_lost(error)
            told = re.search(r"net::\w+", error.message)
            if told:
                return told.group()
            if _DOWNLOAD in error.message:
                return "download"
            if "interrupted by another navigation" in error.message:
                return ""
            return "net::ERR_CRASHED" if self.crashed.is_set() else "net::ERR_INVALID_URL"
        return ""

    async def wait_for_load(self, seconds: float) -> bool:
        """Wait until the page has loaded, crashed, or was stopped; False when nothing of it came in time."""
        loading = asyncio.ensure_future(self.page.wait_for_load_state("load", timeout=max(seconds, 0.001) * 1000))
        stopping = asyncio.ensure_future(self.stopped.wait())
        try:
            await asyncio.wait({loading, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if loading.done():
                loading.result()
        except PlaywrightTimeout:
            return False
        except PlaywrightError as error:
            self._raise_if_lost(error)
        finally:
            loading.cancel()
            stopping.cancel()
        return True

    def _raise_if_lost(self, error: PlaywrightError) -> None:
        if "crashed" in error.message:
            self._note_crash()
        elif not self.process.alive or self.page.is_closed():
            raise BrowserLost("the browser ended in the middle of a capture") from error

    async def ignore_certificate_errors(self) -> None:
        """From now on pages with bad certificates are let through in this tab."""
        await self.connection.send("Security.setIgnoreCertificateErrors", {"ignore": True}, self.session)

    async def evaluate(self, script: str, seconds: float, frame: Frame | None = None) -> object:
        """Run a script in the isolated world of a frame (the main one by default) and give its JSON-able answer.

        Raises TimeoutError, BrowserLost, or DevToolsRefused when the page has no such frame or the script failed.
        """
        frame = frame or Frame(self.target, "", self.session)
        async with asyncio.timeout(seconds):
            for last in (False, True):
                try:
                    world = await self._find_world(frame)
                    return await self._evaluate(script, frame.session, world)
                except DevToolsRefused as error:
                    if last or "context" not in str(error).lower():
                        raise
                    self._worlds.pop(f"{frame.session} {frame.id}", None)
        return None

    async def timers_due(self) -> float:
        """Seconds until the last short timer of the page; 0 when it has none. Sets `observes` and `sealed`."""
        plans: object = None
        with contextlib.suppress(DevToolsRefused, TimeoutError):
            async with asyncio.timeout(2):
                plans = await self._evaluate(fill(PAGE_PLANS, mark=self.mark), self.session, None)
        if not isinstance(plans, dict):
            return 0.0
        for script in get_texts(plans, "workers"):
            self.refuse(f"service worker {script}", "service workers are not let in: what they answer is no traffic")
        self.observes = self.observes or plans.get("observes") is True
        self.sealed = self.sealed or plans.get("sealed") is True
        return min(get_number(plans, "last"), 1200.0) / 1000

    async def reveal_closed_roots(self, seconds: float) -> None:
        """Hand the shadow roots that the page closed to our isolated world: DevTools sees them, no script does.

        Asks only where the page made one by script, or its source declares one.
        """
        if not (self.sealed or self.recorder.main_source_has(b"shadowrootmode")):
            return
        with contextlib.suppress(DevToolsRefused, TimeoutError):
            async with asyncio.timeout(seconds):
                world = await self._find_world(Frame(self.target, "", self.session))
                document = await self._ask("DOM.getDocument", {"depth": -1, "pierce": True}, self.session)
                for node in _closed_roots(get_part(document, "root")):
                    params: Payload = {"backendNodeId": int(get_number(node, "backendNodeId"))}
                    params["executionContextId"] = world
                    found = await self._ask("DOM.resolveNode", params, self.session)
                    call: Payload = {"objectId": get_text(get_part(found, "object"), "objectId")}
                    call["functionDeclaration"] = KEEP_ROOT
                    await self._ask("Runtime.callFunctionOn", call, self.session)
        self.connection.send("DOM.disable", None, self.session)

    async def frames(self, seconds: float) -> list[Frame]:
        """All frames below the main one, in the page's process or in others; those that answer in time."""
        found: list[Frame] = []
        sessions = [self.session, *(key for key, info in self._children.items() if get_text(info, "type") == "iframe")]
        for session in sessions:
            with contextlib.suppress(DevToolsRefused, TimeoutError):
                async with asyncio.timeout(seconds):
                    tree = await self._ask("Page.getFrameTree", None, session)
                pending = [get_part(tree, "frameTree")]
                while pending and len(found) < 40:
                    node = pending.pop(0)
                    frame = get_part(node, "frame")
                    if get_text(frame, "id") != self.target:
                        found.append(Frame(get_text(frame, "id"), get_text(frame, "url"), session))
                    pending.extend(get_parts(node, "childFrames"))
        return found

    def still(self, why: str) -> None:
        """Let no script of the page run any more, for good: it is read as it stands.

        Scripts of ours still run, but no timer and no promise of theirs.
        """
        if self.stilled:
            return
        self.stilled = why
        for session, info in ((self.session, None), *self._children.items()):
            if info is not None and get_text(info, "type") != "iframe":
                self.connection.send("Target.closeTarget", {"targetId": get_text(info, "targetId")})
                continue
            self.connection.send("Emulation.setScriptExecutionDisabled", {"value": True}, session)
            self.connection.send("Runtime.terminateExecution", None, session)
            self.connection.send("Page.stopLoading", None, session)
        self._end_waits(f"its scripts were {why}")

    async def stop_script(self) -> None:
        """End a script that keeps the page busy, so that the page can still be read."""
        self.connection.send("Runtime.terminateExecution", None, self.session)

    async def _find_world(self, frame: Frame) -> int:
        key = f"{frame.session} {frame.id}"
        if key not in self._worlds:
            params: Payload = {"frameId": frame.id, "worldName": _WORLD}
            answer = await self._ask("Page.createIsolatedWorld", params, frame.session)
            self._worlds[key] = int(get_number(answer, "executionContextId"))
        return self._worlds[key]

    async def _evaluate(self, script: str, session: str, world: int | None) -> object:
        params: Payload = {"expression": script, "awaitPromise": True, "returnByValue": True}
        if world is not None:
            params["contextId"] = world
        answer = await self._ask("Runtime.evaluate", params, session)
        trouble = get_part(answer, "exceptionDetails")
        if trouble:
            told = get_text(get_part(trouble, "exception"), "description") or get_text(trouble, "text")
            raise DevToolsRefused(f"the script failed in the page: {told[:300]}")
        return get_part(answer, "result").get("value")

    # --- pictures and prints --------------------------------------------------------------------------------------

    async def photograph(self, clip: tuple[float, float, float, float] | None = None) -> bytes:
        """PNG of the viewport, or of a box (x, y, width, height) in page pixels, even beyond the viewport."""
        params: Payload = {"format": "png", "optimizeForSpeed": True}
        if clip is not None:
            x, y, width, height = clip
            params["clip"] = {"x": x, "y": y, "width": width, "height": height, "scale": 1}
            params["captureBeyondViewport"] = True
        return await self._data("Page.captureScreenshot", params)

    async def print_pdf(self) -> bytes:
        """PDF on A4, with backgrounds."""
        return await self._data(
            "Page.printToPDF",
            {"printBackground": True, "paperWidth": 8.27, "paperHeight": 11.69, "generateTaggedPDF": False},
        )

    async def save_mhtml(self) -> bytes:
        """MHTML of the page with its frames and pictures."""
        answer = await self._ask("Page.captureSnapshot", {"format": "mhtml"}, self.session)
        return get_text(answer, "data").encode("utf-8", "surrogatepass")

    async def _data(self, method: str, params: Payload) -> bytes:
        answer = await self._ask(method, params, self.session)
        return base64.b64decode(get_text(answer, "data"))

    async def close(self) -> None:
        """Drop the context: the page, its cookies and its storage are gone."""
        for session in (self.session, *self._children):
            self.connection.forget(session)
        with contextlib.suppress(PlaywrightError, TimeoutError):
            async with asyncio.timeout(3):
                await self.page.context.close()


def _closed_roots(root: Payload) -> list[Payload]:
    """The closed shadow roots below a node of DevTools' tree, at most 100; a frame's are its own."""
    found: list[Payload] = []
    pending = [root]
    while pending and len(found) < _MOST_ROOTS:
        node = pending.pop()
        roots = get_parts(node, "shadowRoots")
        found += [shadow for shadow in roots if get_text(shadow, "shadowRootType") == "closed"]
        pending += [*roots, *get_parts(node, "children")]
    return found


_EVENTS: dict[str, Callable[[Tab, str, Payload], None]] = {
    "Target.attachedToTarget": Tab._attached_child,
    "Target.detachedFromTarget": Tab._detached_child,
    "Fetch.requestPaused": Tab._request_paused,
}
