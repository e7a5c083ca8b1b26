"""One tab in a clean context of its own: set up, guarded, steered and read over the wire.

Takes a running browser, the capture's lane and a vantage; gives navigation, evaluation in a world that the page
cannot touch, pictures and prints. Refuses by itself: POST navigations, new windows, downloads, service workers, and,
while `held`, any navigation away. Nothing here decides what a capture means.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from scrapers.devtools import Connection, Payload, get_number, get_part, get_parts, get_text
from scrapers.errors import BrowserLost, DevToolsRefused
from scrapers.model import Limits, Missing, Vantage
from scrapers.page_scripts import GUARD, TIMERS_DUE, fill
from scrapers.recorder import Recorder, network_settings

_WORLD = "cardwatch"
_MOST_DIALOGS = 10
_MOST_SESSIONS = 60


@dataclass(frozen=True)
class Frame:
    """One frame of the page with the session that speaks for it."""

    id: str
    url: str
    session: str


@dataclass
class Tab:
    """A page under capture. Made by `open_tab`; `close` drops its context and all that it stored."""

    connection: Connection
    context: str
    target: str
    recorder: Recorder
    vantage: Vantage
    limits: Limits
    user_agent: str
    version: str
    mark: str = field(default_factory=lambda: "_" + secrets.token_hex(8))
    session: str = ""
    stored: dict[str, list[list[str]]] = field(default_factory=dict)
    dialogs: list[str] = field(default_factory=list)
    refused: list[Missing] = field(default_factory=list)
    download: asyncio.Future[str] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    held: bool = False
    crashed: asyncio.Event = field(default_factory=asyncio.Event)
    loaded: asyncio.Event = field(default_factory=asyncio.Event)
    attached: asyncio.Event = field(default_factory=asyncio.Event)
    navigations: int = 0
    _asked: set[asyncio.Future[Payload]] = field(default_factory=set)
    _children: dict[str, Payload] = field(default_factory=dict)
    _worlds: dict[str, int] = field(default_factory=dict)

    # --- being attached -------------------------------------------------------------------------------------------

    def adopt(self, session: str, info: Payload, parent: str) -> None:
        """A target of this context was attached, and waits: the page itself, a frame, a worker, or a new window."""
        kind = get_text(info, "type")
        target = get_text(info, "targetId")
        if target == self.target:
            self.session = session
            self.connection.listen(session, self._listener(session))
            self.attached.set()
            return
        if kind == "page" or len(self._children) >= _MOST_SESSIONS:
            if kind == "page":
                self.refuse(get_text(info, "url") or "about:blank", "the page opened a new window")
            self.connection.send("Target.closeTarget", {"targetId": target})
            return
        if kind in ("iframe", "worker"):
            self._children[session] = info
            self.connection.listen(session, self._listener(session))
            self.connection.send("Network.enable", network_settings(self.limits), session)
            if kind == "iframe":
                for method, params in self._frame_setup():
                    self.connection.send(method, params, session)
            self._auto_attach(session)
        self.connection.send("Runtime.runIfWaitingForDebugger", None, session)

    async def set_up(self) -> None:
        """Prepare the tab before its first navigation."""
        await self.attached.wait()
        wait = [self.connection.send(method, params, self.session) for method, params in self._page_setup()]
        self._auto_attach(self.session)
        self.connection.send("Runtime.runIfWaitingForDebugger", None, self.session)
        await asyncio.gather(*wait)
        self.recorder.main_frame = self.target

    def _page_setup(self) -> list[tuple[str, Payload]]:
        vantage = self.vantage
        screen: Payload = {
            "width": vantage.width,
            "height": vantage.height,
            "deviceScaleFactor": 1,
            "mobile": vantage.mobile,
        }
        setup: list[tuple[str, Payload]] = [
            ("Network.enable", network_settings(self.limits)),
            ("Page.enable", {}),
            ("Inspector.enable", {}),
            ("Emulation.setDeviceMetricsOverride", screen),
            ("Emulation.setTimezoneOverride", {"timezoneId": vantage.timezone}),
            ("Emulation.setLocaleOverride", {"locale": vantage.locale}),
            *self._frame_setup(),
        ]
        if vantage.mobile:
            setup.append(("Emulation.setTouchEmulationEnabled", {"enabled": True}))
        return setup

    def _frame_setup(self) -> list[tuple[str, Payload]]:
        guard = fill(GUARD, mark=self.mark, store=json.dumps(self.stored))
        return [
            ("Page.enable", {}),
            ("Page.addScriptToEvaluateOnNewDocument", {"source": guard}),
            ("Network.setBypassServiceWorker", {"bypass": True}),
            ("Emulation.setUserAgentOverride", self._user_agent()),
            ("Fetch.enable", {"patterns": [{"resourceType": "Document", "requestStage": "Request"}]}),
        ]

    def _user_agent(self) -> Payload:
        language = self.vantage.locale
        accept = f"{language},{language.partition('-')[0]}" if "-" in language else language
        settings: Payload = {"userAgent": self.vantage.user_agent or self.user_agent, "acceptLanguage": accept}
        if not self.vantage.user_agent:
            major = self.version.partition(".")[0]
            settings["userAgentMetadata"] = {
                "brands": [{"brand": "Chromium", "version": major}, {"brand": "Not=A?Brand", "version": "24"}],
                "fullVersion": self.version,
                "platform": "Linux",
                "platformVersion": "",
                "architecture": "x86",
                "model": "",
                "mobile": self.vantage.mobile,
            }
        return settings

    def _auto_attach(self, session: str) -> None:
        self.connection.send(
            "Target.setAutoAttach", {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True}, session
        )

    # --- events ---------------------------------------------------------------------------------------------------

    def _listener(self, session: str) -> Callable[[str, Payload], None]:
        def hear(method: str, params: Payload) -> None:
            if method.startswith("Network."):
                self.recorder.take(session, method, params)
            else:
                handler = _EVENTS.get(method)
                if handler is not None:
                    handler(self, session, params)

        return hear

    def refuse(self, what: str, why: str) -> None:
        """Note something that was not let happen."""
        if len(self.refused) < 200:
            self.refused.append(Missing(what[:2000], why))

    def _attached_child(self, session: str, params: Payload) -> None:
        self.adopt(get_text(params, "sessionId"), get_part(params, "targetInfo"), session)

    def _detached_child(self, _session: str, params: Payload) -> None:
        child = get_text(params, "sessionId")
        self._children.pop(child, None)
        self._worlds = {frame: world for frame, world in self._worlds.items() if not frame.startswith(child)}
        self.connection.forget(child)

    def _request_paused(self, session: str, params: Payload) -> None:
        request = get_part(params, "request")
        url, method = get_text(request, "url"), get_text(request, "method")
        main = get_text(params, "frameId") == self.target
        why = ""
        if method != "GET":
            why = f"a form would have been submitted ({method}); cardwatch never submits"
        elif self.held and main:
            why = "the page would have gone elsewhere while it was being opened up"
        elif urlsplit(url).scheme not in ("http", "https", "about", "data", "blob"):
            why = "only http and https are followed"
        answer: Payload = {"requestId": get_text(params, "requestId")}
        if why:
            self.refuse(f"{method} {url}", why)
            self.connection.send("Fetch.failRequest", {**answer, "errorReason": "Aborted"}, session)
        else:
            self.connection.send("Fetch.continueRequest", answer, session)

    def _dialog(self, session: str, params: Payload) -> None:
        """alert(), confirm() and prompt() hold the page until they are answered: read, then dismissed."""
        message = get_text(params, "message")
        kind = get_text(params, "type")
        if message and len(self.dialogs) < _MOST_DIALOGS:
            self.dialogs.append(message[:100_000])
        accept = kind in ("alert", "beforeunload")
        self.connection.send("Page.handleJavaScriptDialog", {"accept": accept}, session)
        if len(self.dialogs) >= _MOST_DIALOGS:
            self.connection.send("Runtime.terminateExecution", None, session)

    def _frame_navigated(self, session: str, params: Payload) -> None:
        frame = get_part(params, "frame")
        identity = get_text(frame, "id")
        self._worlds.pop(f"{session} {identity}", None)
        if identity == self.target:
            self.navigations += 1
            self._worlds.clear()
            self.loaded.clear()

    def _load_fired(self, session: str, _params: Payload) -> None:
        if session == self.session:
            self.loaded.set()

    def _target_crashed(self, session: str, _params: Payload) -> None:
        if session != self.session:
            return
        self.crashed.set()
        for answer in list(self._asked):  # a dead renderer answers nothing any more
            if not answer.done():
                answer.set_exception(DevToolsRefused("the page brought its renderer down"))

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

    async def navigate(self, url: str) -> str:
        """Start going to `url`; "" once an answer has begun to come in, else the browser's error ("net::ERR_...")."""
        self.loaded.clear()
        answer = await self._ask("Page.navigate", {"url": url}, self.session)
        return get_text(answer, "errorText")

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
        """Seconds until the last short timer that the page has set; 0 when it has none."""
        with contextlib.suppress(DevToolsRefused, TimeoutError):
            async with asyncio.timeout(2):
                due = await self._evaluate(fill(TIMERS_DUE, mark=self.mark), self.session, None)
            return min(float(due), 1200.0) / 1000 if isinstance(due, int | float) else 0.0
        return 0.0

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
        with contextlib.suppress(BrowserLost, DevToolsRefused, TimeoutError):
            async with asyncio.timeout(3):
                await self.connection.send("Target.disposeBrowserContext", {"browserContextId": self.context})


_EVENTS: dict[str, Callable[[Tab, str, Payload], None]] = {
    "Target.attachedToTarget": Tab._attached_child,
    "Target.detachedFromTarget": Tab._detached_child,
    "Fetch.requestPaused": Tab._request_paused,
    "Page.javascriptDialogOpening": Tab._dialog,
    "Page.frameNavigated": Tab._frame_navigated,
    "Page.loadEventFired": Tab._load_fired,
    "Inspector.targetCrashed": Tab._target_crashed,
}
