"""The browser's process: found, started by Playwright, measured, and killed with its children.

Playwright steers it over a pipe of its own; our wire attaches beside it at a port of loopback that Chromium chooses,
open only while the browser runs. Chromium refuses it to web pages (they send an Origin), but not to another program of
this machine: see docs/decisions/0009. `start_process` raises BrowserUnavailable when Chromium does not come up.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil
from playwright.async_api import Browser as Chromium
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Playwright, async_playwright

from scrapers.devtools import Connection, Payload, get_text, open_connection
from scrapers.errors import BrowserLost, BrowserUnavailable, DevToolsRefused
from scrapers.memory import MemoryBounds, MemoryWatch, list_tree

_START_SECONDS = 30.0
_STOP_SECONDS = 5.0
_NETWORK_SECONDS = 3.0
_WINDOWLESS = "headless-shell"
NETWORK_ARGUMENTS = (
    "--disable-domain-reliability",
    "--disable-client-side-phishing-detection",
    "--no-pings",
    # All traffic goes through the gate: nothing by UDP, no name resolved here, no default way out.
    "--disable-quic",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--proxy-server=socks5://127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
    # Of two such switches Chromium takes the last, so those of Playwright 1.65 that matter here are said again.
    "--disable-features=AvoidCorsURLLoaderRestartOnRedirect,AvoidUnnecessaryBeforeUnloadCheckSync,"
    "DestroyProfileOnBrowserClose,HttpsFirstBalancedModeAutoEnable,HttpsUpgrades,MediaRouter,NetworkTimeServiceQuerying,"
    "OptimizationHints,PaintHolding,PreconnectToSearch,TcpPortRandomizationWin,"
    "AutofillServerCommunication,CertificateTransparencyComponentUpdater,DialMediaRouteProvider,Prerender2,"
    "ServiceWorkerAutoPreload,Translate",
)
_ARGUMENTS = (
    "--remote-debugging-port=0",  # a free one, told in the profile's DevToolsActivePort
    "--remote-debugging-address=127.0.0.1",
    *NETWORK_ARGUMENTS,
)
_PROTECTIONS = ("--disable-ipc-flooding-protection", "--disable-popup-blocking")  # Playwright lifts them; pages may not


@dataclass(frozen=True)
class FoundBrowser:
    """A browser that runs on this machine. `kind` is headless-shell, chromium or chrome."""

    path: Path
    kind: str
    version: str


def find_browser(environ: Mapping[str, str], *, windowed: bool = False) -> FoundBrowser | None:
    """The first browser that runs: CARDWATCH_CHROMIUM, Playwright's own, the system's. None when there is none.

    With `windowed`, only one that can show a window counts: a headless shell cannot, though it is wished for.
    Raises BrowserUnavailable when CARDWATCH_CHROMIUM names something that does not run: a wish is not overridden.
    """
    wished = environ.get("CARDWATCH_CHROMIUM", "")
    if wished:
        found = _try_browser(Path(shutil.which(wished) or wished))
        if found is None:
            raise BrowserUnavailable(f"CARDWATCH_CHROMIUM is {wished!r}, which does not run as a browser: correct it")
        if not (windowed and found.kind == _WINDOWLESS):
            return found
    for path in _places(environ):
        if windowed and "headless" in path.name:
            continue
        found = _try_browser(path)
        if found is not None:
            return found
    return None


def _places(environ: Mapping[str, str]) -> Iterator[Path]:
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or Path.home())
    caches = {
        "linux": home / ".cache/ms-playwright",
        "darwin": home / "Library/Caches/ms-playwright",
        "win32": Path(environ.get("LOCALAPPDATA", home / "AppData/Local")) / "ms-playwright",
    }
    own = environ.get("PLAYWRIGHT_BROWSERS_PATH", "")
    cache = Path(own) if own not in ("", "0") else caches.get(sys.platform, caches["linux"])
    for folder, names in (
        ("chromium_headless_shell-*", ("headless_shell", "chrome-headless-shell", "chrome-headless-shell.exe")),
        ("chromium-*", ("chrome", "chrome.exe", "Chromium.app/Contents/MacOS/Chromium")),
    ):
        for revision in sorted(cache.glob(folder), key=_revision, reverse=True):
            for name in names:
                yield from sorted(revision.glob(f"*/{name}"))
    for name in ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        path = shutil.which(name, path=environ.get("PATH"))
        if path:
            yield Path(path)
    yield Path("/Applications/Chromium.app/Contents/MacOS/Chromium")
    yield Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
    for variable in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
        if environ.get(variable):
            yield Path(environ[variable]) / "Google/Chrome/Application/chrome.exe"
            yield Path(environ[variable]) / "Chromium/Application/chrome.exe"


def _revision(path: Path) -> int:
    number = path.name.rpartition("-")[2]
    return int(number) if number.isdigit() else 0


def _try_browser(path: Path) -> FoundBrowser | None:
    if not path.is_file():
        return None
    kind = _WINDOWLESS if "headless" in path.name else "chrome" if "google" in str(path).lower() else "chromium"
    if sys.platform == "win32":  # there --version opens a window; the folder beside it is named after the version
        versions = [entry.name for entry in path.parent.iterdir() if re.fullmatch(r"\d+(\.\d+){3}", entry.name)]
        return FoundBrowser(path, kind, max(versions, default=""))
    try:
        shown = subprocess.run([str(path), "--version"], capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    version = re.search(r"\d+(\.\d+)+", shown.stdout)
    return FoundBrowser(path, kind, version.group() if version else "")


class BrowserProcess:
    """A running browser: `chromium` is Playwright's hand on it, `connection` our wire to it."""

    def __init__(
        self,
        driver: Playwright,
        chromium: Chromium,
        process: psutil.Process,
        profile: Path,
        connection: Connection,
        product: Payload,
        bounds: MemoryBounds,
    ) -> None:
        self.chromium = chromium
        self.connection = connection
        self.product = get_text(product, "product")
        self.extensions_off = "--disable-extensions" in process.cmdline()
        self.version = self.product.partition("/")[2]  # "HeadlessChrome/156.0.8078.79"
        self.user_agent = get_text(product, "userAgent").replace("HeadlessChrome", "Chrome")
        self.pid = process.pid
        self.port = connection.port
        self._driver = driver
        self._process = process
        self._profile = profile
        self._root = _find_root(process)
        self.memory = MemoryWatch(self._root, bounds)
        self.memory.limit(process)
        self._network = _find_network(process)
        self._network_lost = False

    @property
    def alive(self) -> bool:
        """Whether it still talks and keeps bodies; what does not is replaced.

        A head that is hostile enough brings the network's process down. Chromium starts another, which never hands a
        body over again (seen with 156): what was there before is gone, and what comes after would lack its payloads.
        """
        talks = not self.connection.closed.is_set() and self.chromium.is_connected()
        return talks and not self._network_lost and (self._network is None or _is_running(self._network))

    async def find_out(self, seconds: float) -> bool:
        """Whether it is still alive; waits so long for an end that is under way (slow on a busy machine)."""
        end = time.monotonic() + seconds
        while self.alive:
            now = await asyncio.to_thread(_find_network, self._process)
            self._network = self._network or now  # a busy machine may not have had it at the start
            if self._network is not None and (now is None or now.pid != self._network.pid):
                self._network_lost = True
            elif time.monotonic() >= end:
                break
            await asyncio.sleep(0.05)
        return self.alive

    async def stop(self) -> None:
        """End the whole tree; nothing of it is left when this returns."""
        tree = list_tree(self._root)
        self.memory.close()
        self.connection.close()
        await _stop_driver(self._driver, self.chromium)
        for process in tree:
            with contextlib.suppress(psutil.Error):
                process.kill()
        for _ in range(100):
            if not any(_is_running(process) for process in tree):
                break
            await asyncio.sleep(0.02)
        # Playwright clears it too, and gives up where a killed browser's children were still writing.
        await asyncio.to_thread(shutil.rmtree, self._profile, True)

    def kill(self) -> None:
        """End the browser at once, without asking. The driver stays until `stop` and clears the profile away."""
        tree = list_tree(self._process)
        self.connection.close()
        for process in tree:
            with contextlib.suppress(psutil.Error):
                process.kill()


async def start_process(found: FoundBrowser, trusted_spki: tuple[str, ...], bounds: MemoryBounds) -> BrowserProcess:
    """Start the browser and shake hands. Raises BrowserUnavailable with the reason."""
    mark = f"--cardwatch={secrets.token_hex(8)}"  # by which its processes are known
    arguments = [*_ARGUMENTS, mark]
    if trusted_spki:
        arguments.append(f"--ignore-certificate-errors-spki-list={','.join(trusted_spki)}")
    try:
        driver = await async_playwright().start()
    except OSError as error:
        raise BrowserUnavailable(f"Playwright's driver cannot be started: {error}; install cardwatch anew") from error
    chromium: Chromium | None = None
    try:
        async with asyncio.timeout(_START_SECONDS):
            chromium = await driver.chromium.launch(
                executable_path=found.path,
                args=arguments,
                ignore_default_args=list(_PROTECTIONS),
                chromium_sandbox=not (sys.platform == "linux" and os.geteuid() == 0),  # refused to root on Linux
                handle_sigint=False,
                handle_sigterm=False,
                handle_sighup=False,
                timeout=_START_SECONDS * 1000,
            )
            process = await asyncio.to_thread(_find_process, mark)
            profile = _find_profile(process)
            connection = await open_connection(await _read_endpoint(profile))
            product = await connection.send("Browser.getVersion")
            filters = [{"type": "page"}, {"type": "shared_worker"}, {"exclude": True}]
            await connection.send(
                "Target.setAutoAttach",
                {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True, "filter": filters},
            )
            await asyncio.to_thread(_await_network, process)
            return BrowserProcess(driver, chromium, process, profile, connection, product, bounds)
    except (TimeoutError, PlaywrightError, BrowserLost, DevToolsRefused, psutil.Error, OSError) as error:
        await _stop_driver(driver, chromium)
        what = next((line for line in str(error).splitlines() if line.strip()), "it did not answer in time")
        raise BrowserUnavailable(
            f"{found.path} cannot be used: {what}; run it by hand with --version, or see `cardwatch doctor`"
        ) from error


def _find_network(browser: psutil.Process) -> psutil.Process | None:
    """The process of the browser's network; None where it has none of its own."""
    for process in list_tree(browser):
        with contextlib.suppress(psutil.Error):
            if any(part.endswith("=network.mojom.NetworkService") for part in process.cmdline()):
                return process
    return None


def _await_network(browser: psutil.Process) -> None:
    """Wait until the network has its process: Chromium answers before it started it."""
    end = time.monotonic() + _NETWORK_SECONDS
    while _find_network(browser) is None and time.monotonic() < end:
        time.sleep(0.02)


def _is_running(process: psutil.Process) -> bool:
    """False for one that has ended but that the system has not yet cleared away."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


async def _stop_driver(driver: Playwright, chromium: Chromium | None) -> None:
    with contextlib.suppress(PlaywrightError, TimeoutError):
        async with asyncio.timeout(_STOP_SECONDS):
            if chromium is not None:
                await chromium.close()
    with contextlib.suppress(PlaywrightError, TimeoutError):
        async with asyncio.timeout(_STOP_SECONDS):
            await driver.stop()


def _find_process(mark: str) -> psutil.Process:
    """The browser itself: Debian's commands are shell scripts that stay in front of it with the same arguments."""
    marked: dict[int, psutil.Process] = {}
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if mark in process.cmdline():
                marked[process.pid] = process
    # From the first one down, past the scripts. Not from the last one up: a child that was forked this very moment
    # still shows its parent's arguments.
    found = next((process for process in marked.values() if _parent_of(process) not in marked), None)
    while found is not None and _is_script(found):
        parent = found.pid
        found = next((process for process in marked.values() if _parent_of(process) == parent), None)
    if found is None:
        raise BrowserLost("it ended as soon as it was started")
    return found


def _parent_of(process: psutil.Process) -> int | None:
    try:
        return process.ppid()
    except psutil.Error:
        return None


def _is_script(process: psutil.Process) -> bool:
    """Whether it is a shell that runs a script, by the name of its program."""
    try:
        return Path(process.exe()).name in {"sh", "dash", "bash", "ash", "busybox", "ksh", "zsh"}
    except psutil.Error:
        return False


def _find_root(process: psutil.Process) -> psutil.Process:
    """The child of ours that the browser descends from: Playwright's driver."""
    own = os.getpid()
    parents = process.parents()
    return next((parent for parent in parents if parent.ppid() == own), process)


def _find_profile(process: psutil.Process) -> Path:
    """The folder that Playwright made for it; only its user may read there."""
    switch = "--user-data-dir="
    for part in process.cmdline():
        if part.startswith(switch):
            return Path(part.removeprefix(switch))
    raise BrowserLost("it ended as soon as it was started")


async def _read_endpoint(profile: Path) -> str:
    """Where the wire attaches: Chromium writes port and path into its profile."""
    told = profile / "DevToolsActivePort"
    while True:
        with contextlib.suppress(OSError):
            port, _, path = (await asyncio.to_thread(told.read_text)).strip().partition("\n")
            if path:
                return f"ws://127.0.0.1:{port}{path}"
        await asyncio.sleep(0.02)
