"""The settings: config.toml and the environment (secrets only) become frozen values, once, at the edge.

Everything is checked here, and everything that is wrong is told at once. Relative paths start at the folder of the
file. Nothing is created, opened or asked over the network.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from monitor.config.complaints import ComplaintSettings, read_complaints
from monitor.config.lookups import LookupSettings, read_lookups
from monitor.config.pages import (
    NO_DEFAULTS,
    PageDefaults,
    PageSettings,
    PlatformSettings,
    read_defaults,
    read_platforms,
    read_vantages,
)
from monitor.config.problems import ConfigError, Problem, Problems
from monitor.config.section import Section
from monitor.config.services import (
    PROXY_PASSWORD,
    PROXY_USER,
    Calendar,
    CustodySettings,
    OcrSettings,
    TimestampAuthority,
    check_service,
    read_custody,
    read_witnesses,
)
from monitor.config.sites import SiteSettings, read_sites
from scrapers.model import Limits, NetworkPolicy, Vantage
from storage.model import Severity

__all__ = ["PageSettings", "PlatformSettings", "Settings", "load_settings"]

LARGEST_FILE = 5_000_000
SESSION_KEY = "CARDWATCH_SESSION_KEY"
_MOST_DOTS = 20
_URLS_HINT = 'Addresses of alerts are secrets: write urls_env = ["CARDWATCH_ALERT_URL"] and set that variable.'


@dataclass(frozen=True)
class ArchiveSettings:
    """Where evidence is kept. `database` is a SQLAlchemy URL with an absolute path."""

    path: Path
    database: str
    minimum_free_megabytes: int = 500


@dataclass(frozen=True)
class RunSettings:
    """How visits are spread: pages at once, seconds between two visits of a host, random delay, retries.

    `confirm_after_seconds` is how long after a grave change the page is looked at again to confirm it.
    """

    concurrency: int = 2
    pace_seconds: float = 3.0
    jitter_seconds: float = 2.0
    retries: int = 2
    confirm_after_seconds: float = 120.0


@dataclass(frozen=True)
class AlertChannel:
    """Where an alert goes: the variable that names it, and its secret address ("" while the variable is not set)."""

    variable: str
    url: str = field(repr=False)


@dataclass(frozen=True)
class AlertSettings:
    """Who is told, from which severity on, and the address that is asked after every run (a dead man's switch)."""

    channels: tuple[AlertChannel, ...] = ()
    minimum_severity: Severity = Severity.MEDIUM
    heartbeat: AlertChannel | None = None


@dataclass(frozen=True)
class Settings:
    """All that was configured. `problems` is empty unless broken pages were left out (see `load_settings`).

    `network.proxy` carries the proxy's user and password and is therefore never shown as it is.
    """

    path: Path
    archive: ArchiveSettings
    network: NetworkPolicy = field(repr=False)
    limits: Limits
    run: RunSettings
    vantages: tuple[Vantage, ...]
    platforms: tuple[PlatformSettings, ...]
    defaults: PageDefaults = NO_DEFAULTS
    alerts: AlertSettings = AlertSettings()
    authorities: tuple[TimestampAuthority, ...] = ()
    calendars: tuple[Calendar, ...] = ()
    custody: CustodySettings = field(default_factory=CustodySettings)
    clock_sources: tuple[str, ...] = ()
    ocr: OcrSettings = field(default_factory=OcrSettings)
    lookups: LookupSettings = field(default_factory=LookupSettings)
    sites: SiteSettings = field(default_factory=SiteSettings)
    complaints: ComplaintSettings = field(default_factory=ComplaintSettings)
    egress_url: str = ""  # asked once a run under which address we are seen; "" asks nobody
    session_key: str = field(default="", repr=False)  # "" looks into the system's keyring
    problems: tuple[Problem, ...] = ()

    @property
    def pages(self) -> tuple[PageSettings, ...]:
        """Every page of every platform, in the order of the file."""
        return tuple(page for platform in self.platforms for page in platform.pages)


def load_settings(path: Path, environ: Mapping[str, str], *, tolerant: bool = False) -> Settings:
    """The settings of a file. Raises ConfigError that names every problem in it.

    With `tolerant`, pages and platforms that are wrong are left out and told in `Settings.problems`, so that a run
    goes on with the healthy ones; anything wrong elsewhere still raises.
    """
    return read_settings(read_config_text(path), path, environ, tolerant=tolerant)


def read_config_text(path: Path) -> str:
    """The text of the file, bounded in size. Raises ConfigError when it is not there or not UTF-8."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        mend = (
            "there is no such file. `cardwatch add URL --platform NAME --role ROLE` makes one, --config names another"
        )
        raise ConfigError(path, (Problem("", mend),)) from None
    except OSError as error:
        raise ConfigError(path, (Problem("", f"cannot be read: {error.strerror}"),)) from error
    if len(data) > LARGEST_FILE:
        raise ConfigError(
            path, (Problem("", f"has more than {LARGEST_FILE // 1_000_000} MB; is this the right file?"),)
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(path, (Problem("", "is not UTF-8; save the file as UTF-8", line),)) from error


def parse_config_text(text: str, path: Path) -> dict[str, object]:
    """The tables of a TOML text. Raises ConfigError with the line of a mistake in its syntax."""
    for number, line in enumerate(text.splitlines(), start=1):
        # tomllib takes quadratic time for a key of many parts.
        if line.count(".") > _MOST_DOTS and line.partition("=")[0].count(".") > _MOST_DOTS:
            raise ConfigError(path, (Problem("", f"has more than {_MOST_DOTS} dots in a key", number),))
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        reason = (
            f"is not TOML: {error}" if str(error) and not isinstance(error, RecursionError) else "is nested too deep"
        )
        raise ConfigError(path, (Problem("", reason),)) from error


def read_settings(text: str, path: Path, environ: Mapping[str, str], *, tolerant: bool = False) -> Settings:
    """The settings of a text that stands, or is to stand, in the file at `path`."""
    problems = Problems()
    root = Section(parse_config_text(text, path), (), problems)
    folder = path.absolute().parent
    archive = _read_archive(root.table("archive"), folder)
    network = _read_network(root.table("network"), environ)
    limits, run = _read_limits(root.table("limits"))
    vantages = read_vantages(root.table("vantages"))
    alerts = _read_alerts(root.table("alerts"), environ)
    authorities, calendars = read_witnesses(root, folder)
    custody = read_custody(root.table("custody"))
    clock_sources = _read_clock(root.table("clock"))
    egress_url = _read_provenance(root.table("provenance"))
    ocr = _read_ocr(root.table("ocr"))
    lookups = read_lookups(root.table("lookups"), environ)
    sites = read_sites(root.table("sites"))
    complaints = read_complaints(root.table("complaints"))
    defaults = read_defaults(root.table("defaults"), vantages)
    platforms = read_platforms(root, defaults, vantages)
    root.refuse_rest()
    told = problems.tell(text)
    if told and not (tolerant and all(problem.page for problem in told)):
        raise ConfigError(path, told)
    return Settings(
        path=path,
        archive=archive,
        network=network,
        limits=limits,
        run=run,
        vantages=vantages,
        platforms=platforms,
        defaults=defaults,
        alerts=alerts,
        authorities=authorities,
        calendars=calendars,
        custody=custody,
        clock_sources=clock_sources,
        egress_url=egress_url,
        ocr=ocr,
        lookups=lookups,
        sites=sites,
        complaints=complaints,
        session_key=environ.get(SESSION_KEY, "").strip(),
        problems=told,
    )


def _read_archive(section: Section, folder: Path) -> ArchiveSettings:
    path_text = section.text("path", "archive")
    if "://" in path_text:
        section.wrong("path", "must be a local folder; object stores are not written to by this release")
    path = folder / Path(path_text or ".").expanduser()
    if not path_text.strip():
        section.wrong("path", 'is empty; name a folder of its own, such as "archive"')
    elif path.resolve() == Path(path.resolve().anchor):
        section.wrong("path", 'is the root of a disk; name a folder of its own, such as "archive"')
    database = section.text("database")
    file = path / "cardwatch.db"
    if database:
        scheme, _, rest = database.partition(":///")
        if scheme != "sqlite" or not rest or "?" in rest or rest.startswith(":memory:"):
            section.wrong("database", 'must be "sqlite:///" and a file, such as "sqlite:///archive/cardwatch.db"')
        else:
            file = folder / rest
    free = section.count("minimum_free_megabytes", 500, 0, 100_000_000)
    section.refuse_rest()
    return ArchiveSettings(path, f"sqlite:///{file.as_posix()}", free)


def _read_network(section: Section, environ: Mapping[str, str]) -> NetworkPolicy:
    allow = section.texts("allow_private")
    resolve = section.pairs("resolve")
    for host, address in resolve:
        if not host or not _is_address(address):
            section.wrong("resolve", f"'{address}' of '{host}' must be an IP address, or address:port")
    proxy = section.text("proxy")
    if proxy:
        check_service(section, "proxy", proxy, ("socks5", "socks5h", "http"), "socks5://127.0.0.1:1080")
        proxy = _with_login(proxy, environ)
    nameserver = section.text("nameserver")
    if nameserver and not _is_address(nameserver):
        section.wrong("nameserver", f"'{nameserver}' must be an IP address, or address:port")
    section.refuse_rest()
    return NetworkPolicy(allow, tuple((host.lower(), address) for host, address in resolve), proxy, nameserver)


def _with_login(proxy: str, environ: Mapping[str, str]) -> str:
    """The proxy's address with the user and password of the environment; whoever shows it leaves them out."""
    user, password = environ.get(PROXY_USER, ""), environ.get(PROXY_PASSWORD, "")
    scheme, _, rest = proxy.partition("://")
    return f"{scheme}://{quote(user, safe='')}:{quote(password, safe='')}@{rest}" if user else proxy


def _read_limits(section: Section) -> tuple[Limits, RunSettings]:
    usual, pace = Limits(), RunSettings()
    limits = Limits(
        capture_seconds=section.number("capture_seconds", usual.capture_seconds, 5, 600),
        page_megabytes=section.number("page_megabytes", usual.page_megabytes, 1, 2000),
        body_megabytes=section.number("body_megabytes", usual.body_megabytes, 1, 2000),
        exchanges=section.count("exchanges", usual.exchanges, 10, 100_000),
        screenshot_pixels=section.count("screenshot_pixels", usual.screenshot_pixels, 1_000_000, 500_000_000),
        text_characters=section.count("text_characters", usual.text_characters, 10_000, 50_000_000),
    )
    run = RunSettings(
        concurrency=section.count("concurrency", pace.concurrency, 1, 64),
        pace_seconds=section.number("pace_seconds", pace.pace_seconds, 0, 3600),
        jitter_seconds=section.number("jitter_seconds", pace.jitter_seconds, 0, 3600),
        retries=section.count("retries", pace.retries, 0, 10),
        confirm_after_seconds=section.number("confirm_after_seconds", pace.confirm_after_seconds, 0, 3600),
    )
    section.refuse_rest()
    return limits, run


def _read_alerts(section: Section, environ: Mapping[str, str]) -> AlertSettings:
    names = section.environment_names("urls_env")
    severities = {str(severity): str(severity) for severity in Severity if severity.rank}
    minimum = section.word("minimum_severity", severities, "medium") or "medium"
    heartbeat = section.environment_name("heartbeat_url_env")
    section.refuse_rest({"urls": _URLS_HINT, "url": _URLS_HINT, "heartbeat_url": "Write heartbeat_url_env instead."})
    return AlertSettings(
        channels=tuple(AlertChannel(name, environ.get(name, "").strip()) for name in dict.fromkeys(names)),
        minimum_severity=Severity(minimum),
        heartbeat=AlertChannel(heartbeat, environ.get(heartbeat, "").strip()) if heartbeat else None,
    )


def _read_clock(section: Section) -> tuple[str, ...]:
    sources = section.texts("sources")
    for source in sources:
        check_service(section, "sources", source, ("ntp", "http", "https"), "ntp://ntp.example.org")
    section.refuse_rest()
    return sources


def _read_ocr(section: Section) -> OcrSettings:
    usual = OcrSettings()
    ocr = OcrSettings(
        enabled=section.flag("enabled", usual.enabled),
        seconds=section.number("seconds", usual.seconds, 1, 600),
        picture_seconds=section.number("picture_seconds", usual.picture_seconds, 1, 600),
    )
    section.refuse_rest()
    return ocr


def _read_provenance(section: Section) -> str:
    url = section.text("egress_url")
    if url:
        check_service(section, "egress_url", url, ("http", "https"), "https://ip.example.org/")
    section.refuse_rest()
    return url


def _is_address(text: str) -> bool:
    from ipaddress import ip_address

    host, _, port = text.rpartition(":") if text.count(":") == 1 or text.startswith("[") else (text, "", "")
    if text.startswith("[") and text.endswith("]"):
        host, port = text, ""
    try:
        ip_address(host.strip("[]") if port or host else text)
    except ValueError:
        return False
    return not port or (port.isdigit() and 0 < int(port) < 65_536)
