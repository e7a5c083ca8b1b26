"""The browser's process: found, started with nothing of its own on the network, measured, and killed with its children.

One process serves many captures. `start_process` raises BrowserUnavailable when Chromium does not come up; everything
after that is told by the connection's end.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

from scrapers.devtools import Connection, Payload, get_text
from scrapers.errors import BrowserLost, BrowserUnavailable, DevToolsRefused

_START_SECONDS = 30.0
_PROFILE_PREFIX = "cardwatch-browser-"
_ARGUMENTS = (
    "--headless",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--disable-breakpad",
    "--disable-domain-reliability",
    "--disable-client-side-phishing-detection",
    "--disable-search-engine-choice-screen",
    "--disable-dev-shm-usage",
    "--disable-hang-monitor",
    "--disable-prompt-on-repost",
    "--metrics-recording-only",
    "--no-pings",
    "--no-service-autorun",
    "--mute-audio",
    "--hide-scrollbars",
    "--password-store=basic",
    "--use-mock-keychain",
    "--force-color-profile=srgb",
    # All traffic goes through the gate: nothing by UDP, no name resolved here, no default way out.
    "--disable-quic",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--proxy-server=socks5://127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
    "--disable-features=Translate,OptimizationHints,MediaRouter,DialMediaRouteProvider,HttpsUpgrades,"
    "AutofillServerCommunication,CertificateTransparencyComponentUpdater,BackForwardCache,ServiceWorkerAutoPreload,"
    "Prerender2,InterestFeedContentSuggestions,PaintHolding",
)


@dataclass(frozen=True)
class FoundBrowser:
    """A browser that runs on this machine. `kind` is headless-shell, chromium or chrome."""

    path: Path
    kind: str
    version: str


def find_browser(environ: Mapping[str, str]) -> FoundBrowser | None:
    """The first browser that runs: CARDWATCH_CHROMIUM, Playwright's own, the system's. None when there is none.

    Raises BrowserUnavailable when CARDWATCH_CHROMIUM names something that does not run: a wish is not overridden.
    """
    wished = environ.get("CARDWATCH_CHROMIUM", "")
    if wished:
        found = _try_browser(Path(shutil.which(wished) or wished))
        if found is None:
            raise BrowserUnavailable(f"CARDWATCH_CHROMIUM is {wished!r}, which does not run as a browser: correct it")
        return found
    for path in _places(environ):
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
    kind = "headless-shell" if "headless" in path.name else "chrome" if "google" in str(path).lower() else "chromium"
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
    """A running browser with its connection. `root` events are handed to the listener set with `connection.listen`."""

    def __init__(self, process: psutil.Process, connection: Connection, profile: Path, product: Payload) -> None:
        self.connection = connection
        self.product = get_text(product, "product")  # "HeadlessChrome/156.0.8078.79"
        self.user_agent = get_text(product, "userAgent").replace("HeadlessChrome", "Chrome")
        self._process = process
        self._profile = profile

    @property
    def alive(self) -> bool:
        """Whether it still talks; what does not is replaced."""
        return not self.connection.closed.is_set()

    @property
    def pid(self) -> int:
        """The id of the browser itself: Debian's commands are shell scripts that stay in front of it."""
        process = self._process
        with contextlib.suppress(psutil.Error):
            while own := [child for child in process.children() if not _is_helper(child)]:
                process = own[0]
        return process.pid

    def memory(self) -> int:
        """Resident bytes of the whole tree; shared pages count in each process."""
        total = 0
        for process in self._tree():
            with contextlib.suppress(psutil.Error):
                total += process.memory_info().rss
        return total

    async def stop(self) -> None:
        """End the whole tree; nothing of it is left when this returns."""
        tree = self._tree()
        self.kill()  # it holds nothing worth a polite end: every context lives in memory only
        await asyncio.to_thread(psutil.wait_procs, tree[:1], 5)  # ours to reap
        for _ in range(100):
            if not any(_is_running(process) for process in tree[1:]):
                break
            await asyncio.sleep(0.02)
        await asyncio.to_thread(shutil.rmtree, self._profile, True)

    def kill(self) -> None:
        """End the whole tree at once, without asking."""
        tree = self._tree()
        self.connection.close()
        _kill_group(self._process.pid)  # also those that a dead wrapper script left without a parent
        for process in tree:
            with contextlib.suppress(psutil.Error):
                process.kill()

    def _tree(self) -> list[psutil.Process]:
        try:
            return [self._process, *self._process.children(recursive=True)]
        except psutil.Error:
            return [self._process]


def _kill_group(group: int) -> None:
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            os.killpg(group, signal.SIGKILL)


def _is_running(process: psutil.Process) -> bool:
    """False for one that has ended but that the system has not yet cleared away."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _is_helper(process: psutil.Process) -> bool:
    return any(argument.startswith("--type=") for argument in process.cmdline())


async def start_process(found: FoundBrowser, trusted_spki: tuple[str, ...]) -> BrowserProcess:
    """Start the browser and shake hands. Raises BrowserUnavailable with the reason."""
    await asyncio.to_thread(_remove_stale_profiles)
    profile = Path(tempfile.mkdtemp(prefix=f"{_PROFILE_PREFIX}{os.getpid()}-"))
    arguments = [str(found.path), *_ARGUMENTS, f"--user-data-dir={profile}"]
    if sys.platform == "linux" and os.geteuid() == 0:
        arguments.append("--no-sandbox")  # Chromium refuses to run its sandbox as root
    if trusted_spki:
        arguments.append(f"--ignore-certificate-errors-spki-list={','.join(trusted_spki)}")
    try:
        pid, read_end, write_end = _spawn(arguments)
        process = psutil.Process(pid)
    except (OSError, psutil.Error) as error:
        shutil.rmtree(profile, True)
        raise BrowserUnavailable(f"{found.path} cannot be started: {error}; see `cardwatch doctor`") from error
    connection = Connection(read_end, write_end)
    try:
        async with asyncio.timeout(_START_SECONDS):
            product = await connection.send("Browser.getVersion")
            await connection.send(
                "Target.setAutoAttach", {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True}
            )
    except (TimeoutError, BrowserLost, DevToolsRefused) as error:
        await BrowserProcess(process, connection, profile, {}).stop()
        what = "did not answer in time" if isinstance(error, TimeoutError) else "ended at once"
        raise BrowserUnavailable(
            f"{found.path} {what}; run it by hand with --version, or see `cardwatch doctor`"
        ) from error
    return BrowserProcess(process, connection, profile, product)


def _spawn(arguments: list[str]) -> tuple[int, int, int]:
    """Start the browser with its command pipe; gives its pid and our ends of the pipe (read, write)."""
    theirs_in, ours_out = os.pipe()
    ours_in, theirs_out = os.pipe()
    try:
        if sys.platform == "win32":
            pid = _spawn_windows(arguments, theirs_in, theirs_out)
        else:
            pid = _spawn_posix(arguments, theirs_in, theirs_out)
    except BaseException:
        os.close(ours_in)
        os.close(ours_out)
        raise
    finally:
        os.close(theirs_in)
        os.close(theirs_out)
    return pid, ours_in, ours_out


def _spawn_posix(arguments: list[str], theirs_in: int, theirs_out: int) -> int:
    if sys.platform == "win32":
        raise OSError("not a POSIX system")
    import fcntl

    # Chromium reads 3 and writes 4; both ends are first moved out of the way of those two numbers.
    read_end, write_end = (fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in (theirs_in, theirs_out))
    try:
        return os.posix_spawn(
            arguments[0],
            [arguments[0], "--remote-debugging-pipe", *arguments[1:]],
            os.environ,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
                (os.POSIX_SPAWN_DUP2, read_end, 3),
                (os.POSIX_SPAWN_DUP2, write_end, 4),
            ],
            setpgroup=0,
        )
    finally:
        os.close(read_end)
        os.close(write_end)


def _spawn_windows(arguments: list[str], theirs_in: int, theirs_out: int) -> int:
    """Handles are handed over by number (--remote-debugging-io-pipes). Not tried on a Windows machine yet."""
    if sys.platform != "win32":
        raise OSError("not a Windows system")
    import msvcrt

    handles = [msvcrt.get_osfhandle(end) for end in (theirs_in, theirs_out)]
    for handle in handles:
        os.set_handle_inheritable(handle, True)
    pipes = ",".join(str(handle) for handle in handles)
    startup = subprocess.STARTUPINFO(lpAttributeList={"handle_list": handles})
    command = [arguments[0], "--remote-debugging-pipe", f"--remote-debugging-io-pipes={pipes}", *arguments[1:]]
    return subprocess.Popen(command, startupinfo=startup, close_fds=True).pid


def _remove_stale_profiles() -> None:
    """Profiles of runs that were killed: named after a process that is no more."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PROFILE_PREFIX}*"):
        owner = folder.name.removeprefix(_PROFILE_PREFIX).partition("-")[0]
        if owner.isdigit() and not psutil.pid_exists(int(owner)):
            shutil.rmtree(folder, True)
