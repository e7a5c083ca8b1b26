"""What a capture is made in: the machine, the resolver, the way out, and what the browser had loaded.

`learn_machine` is asked once a run, `HostsWatch` and `count_extensions` once a capture. Names no person and no host:
neither the machine's name nor its user is looked at. What cannot be learnt stays empty.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import platform
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from datetime import datetime
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapers.devtools import Payload, get_parts, get_text
from scrapers.model import Capture, Clock, Egress, HostsFile, Limits, NetworkPolicy, PageTask, Role, Surroundings

if TYPE_CHECKING:
    from scrapers.browser import Browser

_LARGEST_HOSTS = 16 << 20
_GIT_SECONDS = 5.0
_PROXY_VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "ftp_proxy", "no_proxy")
_MOST_NAMED = 20
_EGRESS_LIMITS = Limits(capture_seconds=10.0, page_megabytes=1.0)
_ADDRESS = re.compile(r"[0-9A-Fa-f:.]{3,45}")


def learn_machine(policy: NetworkPolicy, environ: Mapping[str, str]) -> Surroundings:
    """What stays the same for a run: tool, system, resolver. Runs git once where this is a checkout."""
    now = datetime.now().astimezone()
    offset = now.strftime("%z")
    return Surroundings(
        tool_commit=find_commit(),
        system=_name_system(),
        python=f"{platform.python_implementation()} {platform.python_version()}",
        machine_timezone=f"{now.tzname()} {offset[:3]}:{offset[3:]}",
        resolver="" if policy.proxy else "configured" if policy.nameserver else "system",
        nameservers=() if policy.proxy else (policy.nameserver,) if policy.nameserver else _system_nameservers(),
        ignored_variables=tuple(sorted(name for name in environ if name.lower() in _PROXY_VARIABLES and environ[name])),
    )


def find_commit() -> str:
    """The commit that this code is of: of its checkout, or of the installation's record (PEP 610); "" if unknown.

    A checkout with edits that no commit holds is told so: its commit alone would not give the same code.
    """
    root = Path(__file__).resolve().parents[1]
    if (root / ".git").exists():
        commit = _ask_git(root, "rev-parse", "HEAD")
        if not re.fullmatch(r"[0-9a-f]{40,64}", commit or ""):
            return ""
        changed = _ask_git(
            root, "status", "--porcelain", "--untracked-files=no", "--", "monitor", "scrapers", "storage"
        )
        return f"{commit} with local edits" if changed else f"{commit}"
    try:
        record = distribution("cardwatch").read_text("direct_url.json")
        told = json.loads(record or "{}").get("vcs_info", {}).get("commit_id", "")
    except (PackageNotFoundError, ValueError, AttributeError):
        return ""
    return told if isinstance(told, str) else ""


def _ask_git(root: Path, *words: str) -> str | None:
    try:
        asked = subprocess.run(
            ["git", "-C", str(root), *words], capture_output=True, text=True, timeout=_GIT_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return asked.stdout.strip()


def _name_system() -> str:
    name = f"{platform.system()} {platform.release()} {platform.machine()}".strip()
    try:
        return f"{platform.freedesktop_os_release()['PRETTY_NAME']}, {name}"
    except (OSError, KeyError):
        return name


def _system_nameservers() -> tuple[str, ...]:
    try:
        lines = Path("/etc/resolv.conf").read_text("utf-8", "replace")[:100_000].splitlines()
    except OSError:
        return ()
    words = [line.split() for line in lines]
    return tuple(word[1] for word in words if len(word) > 1 and word[0] == "nameserver")[:10]


def find_hosts_file(environ: Mapping[str, str]) -> Path:
    """Where this system keeps its hosts file."""
    if sys.platform == "win32":
        return Path(environ.get("SYSTEMROOT", "C:/Windows")) / "System32/drivers/etc/hosts"
    return Path("/etc/hosts")


class HostsWatch:
    """Looks at the hosts file for every capture; reads it again only when it has changed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._state: tuple[int, ...] = ()
        self._digest = ""
        self._addresses: dict[str, str] = {}

    def look(self, hosts: Iterable[str]) -> HostsFile:
        """Whether any of these hosts stands in the file. Never raises: what hinders is told."""
        try:
            self._read()
        except OSError as error:
            return HostsFile(str(self._path), trouble=error.strerror or type(error).__name__)
        wanted = sorted({host.casefold().rstrip(".") for host in hosts})
        named = tuple((host, self._addresses[host]) for host in wanted if host in self._addresses)
        return HostsFile(str(self._path), self._digest, named[:_MOST_NAMED])

    def _read(self) -> None:
        found = self._path.stat()
        state = (found.st_ino, found.st_size, found.st_mtime_ns)
        if state == self._state:
            return
        with self._path.open("rb") as file:
            data = file.read(_LARGEST_HOSTS)
        self._addresses = {}
        for line in data.decode("utf-8", "replace").splitlines():
            address, *names = line.partition("#")[0].split() or [""]
            for name in names:
                self._addresses.setdefault(name.casefold().rstrip("."), address)  # the first line counts
        self._digest = hashlib.sha256(data).hexdigest()
        self._state = state


def list_hosts(capture: Capture) -> set[str]:
    """Every host that a capture asked for or had resolved."""
    hosts = {answer.host for answer in capture.names}
    for url in (capture.url, *(exchange.url for exchange in capture.exchanges)):
        try:
            hosts.add(urlsplit(url).hostname or "")
        except ValueError:  # an address that the page made up
            continue
    return hosts - {""}


def count_extensions(targets: Payload) -> int:
    """How many targets of extensions stand in an answer to Target.getTargets."""
    return sum(get_text(info, "url").startswith("chrome-extension://") for info in get_parts(targets, "targetInfos"))


async def find_egress(browser: Browser, url: str, clock: Clock) -> Egress:
    """Ask a service under which address we are seen, by the browser's own way out. Told, never raised."""
    asked_at = clock()
    task = PageTask("egress", url, Role.HOME, limits=_EGRESS_LIMITS)
    capture = await browser.capture_page(task)
    main = next((exchange for exchange in capture.exchanges if exchange.main_document and exchange.body), None)
    if main is None or main.body is None or main.status != 200:
        return Egress(url, asked_at, trouble=capture.detail or f"it answered {capture.status or 'nothing'}")
    for word in _ADDRESS.findall(main.body[:10_000].decode("ascii", "replace")):
        try:
            return Egress(url, asked_at, str(ipaddress.ip_address(word)))
        except ValueError:
            continue
    return Egress(url, asked_at, trouble="its answer names no address")
