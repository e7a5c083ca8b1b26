"""What the doctor looks at, one function a thing: browser, font, clock, archive, services. None changes anything.

Services are shown by host and port, or by the name of the variable that holds their address: never a password.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from monitor.clock_check import ClockUnknownError, measure_clock
from monitor.config.settings import AlertChannel
from monitor.fonts import find_chinese_font
from monitor.times import SHANGHAI, show_time

_ASK_SECONDS = 3.0
_CLOCK_WARN = 2.0
_CLOCK_BAD = 60.0
_RECENT = timedelta(days=7)


class State(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Check:
    """One line of the doctor: what was looked at, its state, what was found, and how to mend it ("" when ok)."""

    what: str
    state: State
    found: str
    mend: str = ""


def check_browser(environ: Mapping[str, str]) -> Check:
    """The browser that captures would use."""
    from scrapers.browser import find_browser

    found = find_browser(environ)
    if found is None:
        chosen = environ.get("CARDWATCH_CHROMIUM")
        mend = "apt install chromium-headless-shell, or set CARDWATCH_CHROMIUM to the path of a Chromium"
        return Check("browser", State.BAD, f"{chosen} is no browser" if chosen else "no Chromium found", mend)
    return Check("browser", State.OK, f"{found.kind} {found.version} at {found.path}")


def check_font() -> Check:
    """A font that draws Chinese."""
    name = find_chinese_font()
    if name:
        return Check("Chinese font", State.OK, name)
    mend = "install one, such as fonts-wqy-zenhei or fonts-noto-cjk"
    return Check("Chinese font", State.WARN, "none found: screenshots and PDFs will show boxes", mend)


def check_ocr(enabled: bool) -> Check:
    """Whether text in pictures can be read."""
    from scrapers.ocr import engine_release

    engine = engine_release()
    if engine and enabled:
        return Check("text in pictures", State.OK, engine)
    if engine:
        return Check("text in pictures", State.OK, "switched off by ocr.enabled")
    mend = 'pip install "cardwatch[ocr]" reads them (models included); without it they are named as unread'
    return Check("text in pictures", State.UNKNOWN, "not read: the extra is not installed", mend)


def check_timezones() -> Check:
    """Asia/Shanghai as it should be."""
    offset = datetime(2026, 1, 1, tzinfo=SHANGHAI).utcoffset()
    if offset == timedelta(hours=8):
        return Check("time zones", State.OK, "Asia/Shanghai is +08:00")
    return Check("time zones", State.BAD, f"Asia/Shanghai is {offset}", "install the system's tzdata, or pip's")


def check_search() -> Check:
    """SQLite with full-text search."""
    try:
        with closing(sqlite3.connect(":memory:")) as database:
            database.execute("CREATE VIRTUAL TABLE probe USING fts5(words)")
    except sqlite3.Error as error:
        mend = "use a Python whose SQLite has FTS5 (that of Debian and of python.org has)"
        return Check("full-text search", State.BAD, f"SQLite {sqlite3.sqlite_version}: {error}", mend)
    return Check("full-text search", State.OK, f"SQLite {sqlite3.sqlite_version} with FTS5")


def check_archive(path: Path, minimum_free_megabytes: int) -> Check:
    """The data folder: there or makeable, writable, with room."""
    if path.exists() and not path.is_dir():
        return Check("archive folder", State.BAD, f"{path} is a file", "set archive.path to a folder")
    here = next((folder for folder in (path, *path.parents) if folder.exists()), path)
    if not os.access(here, os.W_OK | os.X_OK):
        return Check("archive folder", State.BAD, f"{here} cannot be written", f"give this user the right: {here}")
    free = shutil.disk_usage(here).free // 1_000_000
    if free < minimum_free_megabytes:
        mend = "make room, or lower archive.minimum_free_megabytes"
        return Check("archive folder", State.BAD, f"{free} MB free of the {minimum_free_megabytes} needed", mend)
    word = "" if path.is_dir() else " (made by the first run)"
    if free < 4 * minimum_free_megabytes:
        return Check("archive folder", State.WARN, f"{path}{word}, only {free} MB free", "make room soon")
    return Check("archive folder", State.OK, f"{path}{word}, {free} MB free")


def check_database(url: str) -> Check:
    """The database: opens, and its tables are of this release or will be brought up."""
    file = Path(url.removeprefix("sqlite:///"))
    if not file.exists():
        return Check("database", State.OK, "made by the first run")
    from storage.session import Database

    database = Database(url)
    try:
        revision = database.revision()
    finally:
        database.close()
    if revision is None:
        mend = f"is {file} the right file? `cardwatch run` makes the tables in an empty one"
        return Check("database", State.WARN, f"{file} has no tables of cardwatch", mend)
    return Check("database", State.OK, f"{file}, {file.stat().st_size // 1000} kB, tables at {revision}")


def check_clock(source: str) -> Check:
    """This clock against another one."""
    try:
        offset = measure_clock(source, lambda: datetime.now(UTC), seconds=_ASK_SECONDS)
    except ClockUnknownError as error:
        return Check("clock", State.UNKNOWN, str(error), "see that the source is reachable, or name another")
    found = f"{source} is {offset.seconds:+.1f} s from this clock (give or take {offset.blur:.1f} s)"
    wrong = abs(offset.seconds) - offset.blur
    if wrong <= _CLOCK_WARN:
        return Check("clock", State.OK, found)
    state = State.BAD if wrong > _CLOCK_BAD else State.WARN
    return Check("clock", state, found, "set the clock (timedatectl set-ntp true): evidence carries this time")


def check_reach(what: str, url: str, default_port: int) -> Check:
    """Whether the host of a service takes a connection; its address is shown without credentials."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or default_port
    try:
        socket.create_connection((host, port), timeout=_ASK_SECONDS).close()
    except OSError as error:
        reason = error.strerror or str(error) or type(error).__name__
        return Check(
            what, State.WARN, f"{host}:{port} does not answer: {reason}", "is it running, is the address right?"
        )
    return Check(what, State.OK, f"{host}:{port} answers")


def check_nameserver(address: str) -> Check:
    """Whether the configured name server answers a question for the root (RFC 1035, over UDP)."""
    parts = urlsplit(f"//{address}" if address.count(":") < 2 or address.startswith("[") else f"//[{address}]")
    number = secrets.token_bytes(2)
    question = number + b"\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00" + b"\x00" + b"\x00\x02\x00\x01"
    family = socket.AF_INET6 if ":" in (parts.hostname or "") else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as channel:
            channel.settimeout(_ASK_SECONDS)
            channel.connect((parts.hostname or "", parts.port or 53))
            channel.send(question)
            answered = channel.recv(4096)[:2] == number
    except OSError as error:
        reason = error.strerror or str(error) or type(error).__name__
        return Check("name server", State.WARN, f"{address} does not answer: {reason}", "correct network.nameserver")
    if not answered:
        return Check("name server", State.WARN, f"{address} gives wrong answers", "correct network.nameserver")
    return Check("name server", State.OK, f"{address} answers")


def check_channel(what: str, channel: AlertChannel) -> Check:
    """Whether the variable of an alert channel is set to an address that Apprise knows; nothing is sent."""
    if not channel.url:
        return Check(what, State.WARN, f"{channel.variable} is not set", f"set {channel.variable} where cardwatch runs")
    import apprise

    if not apprise.Apprise().add(channel.url):
        mend = f"see the addresses that Apprise takes, and correct {channel.variable}"
        return Check(what, State.WARN, f"{channel.variable} holds no address that Apprise knows", mend)
    return Check(what, State.OK, f"{channel.variable} is set (nothing was sent)")


def check_heartbeat(channel: AlertChannel) -> Check:
    """Whether the heartbeat's address is set and its host answers; the address itself is not shown or asked."""
    if not channel.url:
        return Check("heartbeat", State.WARN, f"{channel.variable} is not set", f"set {channel.variable}")
    if urlsplit(channel.url).scheme not in ("http", "https"):
        return Check(
            "heartbeat", State.WARN, f"{channel.variable} holds no http address", f"correct {channel.variable}"
        )
    return check_reach("heartbeat", channel.url, 443 if channel.url.startswith("https") else 80)


def check_runs(url: str, at: datetime) -> Check:
    """The last run, and those that were missed in the last days."""
    if not Path(url.removeprefix("sqlite:///")).exists():
        return Check("runs", State.UNKNOWN, "none yet", "`cardwatch run`, then `cardwatch cron` for a schedule")
    from storage.errors import ArchiveError
    from storage.runs import last_run, missed_runs
    from storage.session import Database

    database = Database(url)
    try:
        if database.revision() is None:
            return Check("runs", State.UNKNOWN, "none yet", "mend the database first")
        with database.reading() as session:
            last = last_run(session)
            missed = missed_runs(session, since=at - _RECENT)
    except ArchiveError:  # the line of the database says what is wrong with it
        return Check("runs", State.UNKNOWN, "cannot say: the database cannot be read", "mend the database first")
    finally:
        database.close()
    if last is None:
        return Check("runs", State.UNKNOWN, "none yet", "`cardwatch run`, then `cardwatch cron` for a schedule")
    found = f"last run {show_time(last.started_at)}"
    if missed:
        first = missed[0]
        found += f"; {sum(item.missed for item in missed)} visits missed in 7 days, last {first.page.url} "
        found += f"due {show_time(first.due_at)}"
        return Check("runs", State.WARN, found, "was the machine off? `cardwatch cron` prints the schedule's lines")
    return Check("runs", State.OK, found)
